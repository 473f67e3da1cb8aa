/** How a run leaves the worker: it waits, ended, failed or asks, with everything that hangs on that. */
import type { JsonObject } from "../../connectors/kit/define.ts";
import type { Bundle } from "../bundle/model.ts";
import type { Alert } from "../engine.ts";
import type { Incidents, Notify, Shared, Tx } from "../parts.ts";
import { readMemberName } from "../store/asked.ts";
import { lockOpen, markFirstSuccess } from "../store/incidents.ts";
import {
  type Checkpoint,
  type ClaimedRun,
  type EntryRow,
  type Moved,
  type NewEntry,
  releaseBehind,
  setIncident,
  writeCheckpoint,
} from "../store/runs.ts";
import { readPath } from "../values/settings.ts";
import { waitingError } from "./journal.ts";
import type { Next } from "./machine.ts";
import { sendReady } from "./send.ts";

/** Behind a run that goes on within this time the next one of its record waits; longer, and it runs past. */
export const SOON_MS = 15 * 60_000;

export interface EndingDeps extends Pick<Shared, "db" | "clock" | "queue" | "process"> {
  readonly incidents: Incidents;
  readonly notify: Notify;
  /** Stores a checkpoint together with those of other runs. */
  readonly store: (checkpoint: Checkpoint) => Promise<Moved | undefined>;
  /** Repeats while the database is away. */
  readonly patiently: <T>(act: () => Promise<T>) => Promise<T>;
}
/** The run as the worker leaves it: lines that aren't stored yet, and all that were. */
export interface Left {
  readonly run: ClaimedRun;
  readonly bundle: Bundle;
  readonly pending: readonly NewEntry[];
  readonly journal: readonly EntryRow[];
}
export type Ending = (left: Left, next: Exclude<Next, { go: "on" }>) => Promise<void>;

export function makeEnding({ db, clock, queue, process, incidents, notify, store, patiently }: EndingDeps): Ending {
  /** Those behind go on; the ones of a run that hangs run past it, unless they are strict. */
  async function release(run: ClaimedRun, how: "over" | "hangs" | "failed"): Promise<void> {
    await db.transaction(async (tx) => sendReady(queue, tx, await releaseBehind(tx, run.seq, how)));
    queue.wake("run");
  }

  async function succeed(left: Left, next: Extract<Next, { go: "ended" }>): Promise<void> {
    const { run, pending } = left;
    const end: Checkpoint = { ...placeOf(run.seq, pending), state: "succeeded", ended: next.how, endedAt: clock.now() };
    // A run that is no news ends in one round trip, together with others.
    const moved = run.isAwaited ? await succeedAloud(left, end) : await store(end);
    if (!moved) return;
    if (moved.followed) await release(run, "over");
    // An incident was opened while it ran.
    if (!run.isAwaited && moved.hasIncidents) await db.transaction((tx) => tell(tx, left, moved));
  }

  /** The end and what it means for others are true together; the last answer is stored before, it comes only once. */
  async function succeedAloud(left: Left, end: Checkpoint): Promise<Moved | undefined> {
    const { run, pending } = left;
    const last = pending.at(-1);
    if (last) {
      const { step, attempt, element } = last;
      if (!(await store({ ...placeOf(run.seq, pending), step, attempt, element }))) return undefined;
    }
    return patiently(() =>
      db.transaction(async (tx) => {
        // The last of several runs that end at once must see the others' ends.
        await lockOpen(tx, run.workspace);
        const one = await writeCheckpoint(tx, process, end);
        if (one) await tell(tx, left, one);
        return one;
      }),
    );
  }

  async function tell(tx: Tx, left: Left, moved: Moved): Promise<void> {
    const { run, journal } = left;
    const done = left.bundle.steps.filter(({ id }) =>
      journal.some((line) => line.step === id && line.state === "succeeded"),
    );
    const didSomething = done.some(({ kind }) => kind === "action");
    if (moved.hasIncidents) {
      const connections = done.flatMap((step) => (step.kind === "action" && step.connection ? [step.connection] : []));
      const steps = done.map(({ id }) => id);
      const { workspace, bundle, version } = run;
      await incidents.succeeded(tx, { workspace, bundle, version, steps, connections });
    }
    if (moved.isFirst && didSomething && (await markFirstSuccess(tx, run.bundle, clock.now()))) {
      await notify(tx, run.workspace, { kind: "firstSuccess", bundle: run.bundle, run: run.id });
    }
  }

  async function wait(left: Left, next: Extract<Next, { go: "wait" }>): Promise<void> {
    const { run, pending } = left;
    const now = clock.now();
    const { failure, at } = next;
    const place: Checkpoint = {
      ...placeOf(run.seq, pending),
      ...at,
      state: "waiting",
      waits: next.why,
      nextAt: new Date(now.getTime() + next.ms),
      error:
        failure === null
          ? next.why === "turn"
            ? run.error
            : null
          : waitingError(run.error, failure, at.step ?? "", now, next.askedMs),
    };
    const moved = next.why === "approval" ? await ask(run, place) : await store(place);
    if (moved?.followed && next.why !== "delay" && (next.why === "approval" || next.ms > SOON_MS))
      await release(run, "hangs");
  }

  /** The question is out exactly when the run waits for its answer. */
  async function ask(run: ClaimedRun, place: Checkpoint): Promise<Moved | undefined> {
    const { step, element, attempt } = place;
    const asked = place.entries.find((line) => line.step === step && line.attempt === attempt);
    return patiently(() =>
      db.transaction(async (tx) => {
        const one = await writeCheckpoint(tx, process, place);
        if (!one) return undefined;
        const alert: Alert = { kind: "approval", run: run.id, step: step ?? "", ...(element > 0 ? { element } : {}) };
        const named = readPath(asked?.output ?? null, "who");
        const isHere = typeof named === "string" && (await readMemberName(tx, run.workspace, named)) !== null;
        await notify(
          tx,
          run.workspace,
          alert,
          `approval ${run.id} ${step} ${element} ${attempt}`,
          isHere ? named : undefined,
        );
        return one;
      }),
    );
  }

  /** Fails or asks: state, incident and alert are true together or not at all. */
  async function stop(left: Left, next: Extract<Next, { go: "failed" | "asks" }>): Promise<void> {
    const { run, bundle, pending } = left;
    const { at } = next;
    const failure = { ...next.failure, ...(at.step === null ? {} : { step: at.step }) };
    const step = bundle.steps.find(({ id }) => id === at.step);
    const moved = await patiently(() =>
      db.transaction(async (tx) => {
        const one = await writeCheckpoint(tx, process, {
          ...placeOf(run.seq, pending),
          state: next.go === "failed" ? "failed" : "unknown",
          ...at,
          error: failure,
          endedAt: next.go === "failed" ? clock.now() : null,
        });
        if (!one) return undefined;
        if (next.go === "asks") {
          await notify(tx, run.workspace, { kind: "unknown", run: run.id }, `unknown ${run.id}`);
          return one;
        }
        const incident = await incidents.report(tx, {
          workspace: run.workspace,
          bundle: run.bundle,
          step: at.step ?? "",
          connection: step?.kind === "action" ? step.connection : null,
          run: run.id,
          failure,
        });
        await setIncident(tx, run.seq, incident);
        return one;
      }),
    );
    if (moved?.followed) await release(run, next.go === "asks" ? "hangs" : "failed");
  }

  return async (left, next) => {
    switch (next.go) {
      case "ended":
        return succeed(left, next);
      case "wait":
        return wait(left, next);
      case "failed":
      case "asks":
        return stop(left, next);
      default:
        return next satisfies never;
    }
  };
}

/** A checkpoint at the end of a run, where nothing else is said. */
export function placeOf(run: number, entries: readonly NewEntry[]): Checkpoint {
  return {
    run,
    state: "running",
    step: null,
    attempt: 0,
    element: 0,
    nextAt: null,
    waits: null,
    error: null,
    ended: null as JsonObject | null,
    endedAt: null,
    entries,
  };
}

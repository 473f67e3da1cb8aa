/** Carries one claimed run from step to step, each stored in one round trip, until it ends, waits or asks. */
import type { JsonObject } from "../../connectors/kit/define.ts";
import type { Bundle } from "../bundle/model.ts";
import type { Opener, Shared } from "../parts.ts";
import type { ClaimedRun, EntryRow, NewEntry } from "../store/runs.ts";
import { type ActionDeps, doAction, type Note, settleAction } from "./action.ts";
import { type Ending, placeOf } from "./ending.ts";
import { entryOf, itemsOf, lineOf, outputsOf } from "./journal.ts";
import { keepValues, type OpenStorage } from "./keep.ts";
import type { Known } from "./known.ts";
import { after, type Entry, firstPosition, type Position, type Work, workAt } from "./machine.ts";
import type { Progress, Stored } from "./progress.ts";
import type { Result } from "./result.ts";
import { closeLoop, doTool, openLoop } from "./tools.ts";

export interface CarryDeps extends Pick<Shared, "clock"> {
  readonly action: ActionDeps;
  readonly opener: Opener;
  readonly known: Known;
  readonly ending: Ending;
  readonly progress: Progress;
  readonly retract: (run: number, at: { step: string; attempt: number; element: number }) => Promise<void>;
  /** What a loop's steps gave for an element that is repeated. */
  readonly recall: (run: number, element: number) => Promise<readonly EntryRow[]>;
  readonly storage: OpenStorage;
}

/** A long loop gives its place to others once in a while: nobody waits behind somebody's thousand elements. */
const TURN_MS = 20_000;

export async function carry(deps: CarryDeps, run: ClaimedRun, bundle: Bundle): Promise<void> {
  const { clock, ending, progress } = deps;
  const journal: EntryRow[] = [...run.journal];
  /** Lines that go with the next checkpoint: deciding a router again costs less than a round trip. */
  let pending: NewEntry[] = [];
  const entries = journal.map(entryOf);
  let at: Position =
    run.step === null ? firstPosition(bundle) : { step: run.step, attempt: run.attempt, element: run.element };
  const begun = Date.now();
  /** The last checkpoint, under way: the next step is made ready meanwhile, but nothing is called before it is stored. */
  let storing: Stored | null = null;
  /** False: the run isn't ours any more. */
  const isStored = async (): Promise<boolean> => {
    const last = storing;
    storing = null;
    return last === null || (await last.done) !== undefined;
  };
  const store = (place: Position & Partial<Pick<ClaimedRun, "error">>): void => {
    storing = progress.store({ ...placeOf(run.seq, pending), ...place });
    pending = [];
  };

  async function pass(): Promise<void> {
    while (true) {
      const work = workAt(bundle, at, entries);
      const isCall = work.do === "step" && work.step.kind === "action";
      if (!isCall && !(await isStored())) return;
      if (work.do === "move") {
        if (work.next.go !== "on") return ending({ run, bundle, pending, journal }, work.next);
        const { element } = work.next.at;
        if (element !== at.element) await change(deps, { run, bundle, at, journal }, element);
        at = work.next.at;
        if (element > 0 && pending.length === 0 && Date.now() - begun > TURN_MS) {
          return ending({ run, bundle, pending, journal }, { go: "wait", at, ms: 0, why: "turn", failure: null });
        }
        continue;
      }
      const from = clock.now();
      const { step, attempt } = work;
      let isNoted = false;
      const note: Note = async (input) => {
        if (input === null) return isStored();
        // What led here must be stored before the call, or a restart could choose another way.
        if (pending.length > 0) {
          if (!(await isStored())) return false;
          store({ ...at, error: run.error });
        }
        const call = { run: run.seq, step: step.id, attempt, element: at.element, input, startedAt: clock.now() };
        const attached = storing?.attach(call) ?? null;
        isNoted =
          attached === null
            ? (await isStored()) && (await progress.announce(call))
            : (await Promise.all([isStored(), attached])).every(Boolean);
        return isNoted;
      };
      const result = await perform(deps, { run, bundle, at, journal }, work, note);
      if (result === "gone" || !(await isStored())) return;

      const next = after(bundle, at, entries, result.outcome);
      const line = lineOf(at, result, next, { from, to: clock.now() });
      if (line !== null) {
        pending.push(line);
        remember(journal, line, entries);
      } else if (isNoted) await deps.retract(run.seq, { step: step.id, attempt, element: at.element });

      if (next.go !== "on") return ending({ run, bundle, pending, journal }, next);
      // An answer from outside is stored at once, and so is a step that is looked at again.
      if (step.kind === "action" || step.kind === "set" || next.at.step === at.step) store(next.at);
      at = next.at;
    }
  }

  try {
    await pass();
  } finally {
    // Whoever takes the run up next must find what was stored last.
    await isStored().catch(() => {});
  }
}

/** A run on its way: where it stands and what is known of it. */
interface Going {
  readonly run: ClaimedRun;
  readonly bundle: Bundle;
  readonly at: Position;
  readonly journal: readonly EntryRow[];
}

async function perform(
  deps: CarryDeps,
  { run, bundle, at, journal }: Going,
  work: Exclude<Work, { do: "move" }>,
  note: Note,
): Promise<Result | "gone"> {
  const settings = await deps.known.settings(run.workspace);
  const data: JsonObject = { ...outputsOf(bundle, journal, at), trigger: run.event };
  if (work.do === "open") return openLoop(work.step, data, settings, itemsOf(journal, work.step.id));
  if (work.do === "close") return closeLoop(bundle, work, journal);
  const { step } = work;
  const line = journal.find((one) => one.step === at.step && one.attempt === at.attempt && one.element === at.element);
  if (step.kind === "set") return keepValues(deps.storage, { run, at, journal, bundle, data, settings }, step);
  if (step.kind !== "action") {
    return doTool(step, data, { ...settings, now: deps.clock.now() }, line?.state === "waiting" ? line.output : null);
  }
  const stepRun = { workspace: run.workspace, run: run.id, element: at.element, data, settings };
  if (work.do === "settle") {
    return settleAction(deps.action, stepRun, step, {
      input: line?.input ?? null,
      startedAt: line ? new Date(line.startedAt) : deps.clock.now(),
      looks: line?.error?.looks ?? 0,
      failure: line?.error ?? null,
    });
  }
  const result = await doAction(deps.action, stepRun, step, note);
  if (result !== "gone" && result.outcome.kind === "failed" && result.outcome.failure.class === "access") {
    if (step.connection !== null) await deps.opener.setBroken(step.connection, result.outcome.failure);
  }
  return result;
}

/** From one element to the next: what the steps gave for it isn't needed any more, what they gave for this one may be. */
async function change(
  { recall }: CarryDeps,
  { run, bundle, at, journal }: Going & { readonly journal: EntryRow[] },
  element: number,
): Promise<void> {
  const before = at.element;
  const actions = new Set(bundle.steps.flatMap(({ id, kind }) => (kind === "action" ? [id] : [])));
  const isRepeated = element > 0 && journal.some((line) => line.element === element);
  const known = isRepeated ? await recall(run.seq, element) : [];
  for (const [place, line] of journal.entries()) {
    if (before > 0 && line.element === before && actions.has(line.step))
      journal[place] = { ...line, input: null, output: null };
    const found = known.find((one) => one.step === line.step && one.attempt === line.attempt);
    if (line.element === element && found) journal[place] = found;
  }
}

function remember(journal: EntryRow[], line: NewEntry, entries: Entry[]): void {
  const place = journal.findIndex(
    (one) => one.step === line.step && one.attempt === line.attempt && one.element === line.element,
  );
  const before = journal[place];
  const row: EntryRow = {
    ...line,
    input: line.input ?? before?.input ?? null,
    startedAt: before?.startedAt ?? line.startedAt.toISOString(),
  };
  const at = before ? place : journal.length;
  journal[at] = row;
  entries[at] = entryOf(row);
}

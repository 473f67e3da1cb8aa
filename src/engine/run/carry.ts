/** Carries one claimed run from step to step, each stored in one round trip, until it ends, waits or asks. */
import type { JsonObject } from "../../connectors/kit/define.ts";
import type { Bundle } from "../bundle/model.ts";
import type { Opener, Shared } from "../parts.ts";
import type { Checkpoint, ClaimedRun, EntryRow, Moved, NewEntry, noteCalls } from "../store/runs.ts";
import { type ActionDeps, doAction, type Note, settleAction } from "./action.ts";
import { type Ending, placeOf } from "./ending.ts";
import { entryOf, lineOf, outputsOf } from "./journal.ts";
import type { Known } from "./known.ts";
import { after, firstPosition, type Position, type Work, workAt } from "./machine.ts";
import type { Result } from "./result.ts";
import { doTool } from "./tools.ts";

export interface CarryDeps extends Pick<Shared, "clock"> {
  readonly action: ActionDeps;
  readonly opener: Opener;
  readonly known: Known;
  readonly ending: Ending;
  readonly store: (checkpoint: Checkpoint) => Promise<Moved | undefined>;
  /** Stores that an unsafe call is about to be made. */
  readonly announce: (call: Parameters<typeof noteCalls>[2][number]) => Promise<boolean>;
  readonly retract: (run: number, step: string, attempt: number) => Promise<void>;
}

export async function carry(deps: CarryDeps, run: ClaimedRun, bundle: Bundle): Promise<void> {
  const { clock, ending, store } = deps;
  const journal: EntryRow[] = [...run.journal];
  /** Lines that go with the next checkpoint: deciding a router again costs less than a round trip. */
  let pending: NewEntry[] = [];
  let at: Position = run.step === null ? firstPosition(bundle) : { step: run.step, attempt: run.attempt };

  while (true) {
    const entries = journal.map(entryOf);
    const work = workAt(bundle, at, entries);
    if (work.do === "move") {
      if (work.next.go !== "on") return ending({ run, bundle, pending, journal }, work.next);
      at = work.next.at;
      continue;
    }
    const from = clock.now();
    const { step, attempt } = work;
    let isNoted = false;
    const note: Note = async (input) => {
      // What led here must be stored before the call, or a restart could choose another way.
      if (pending.length > 0) {
        if (!(await store({ ...placeOf(run.seq, pending), step: step.id, attempt, error: run.error }))) return false;
        pending = [];
      }
      isNoted = await deps.announce({ run: run.seq, step: step.id, attempt, input, startedAt: from });
      return isNoted;
    };
    const result = await perform(deps, run, work, journal, note);
    if (result === "gone") return;

    const next = after(bundle, at, entries, result.outcome);
    const line = lineOf(at, result, next, { from, to: clock.now() });
    if (line !== null) {
      pending.push(line);
      remember(journal, line);
    } else if (isNoted) await deps.retract(run.seq, step.id, attempt);

    if (next.go !== "on") return ending({ run, bundle, pending, journal }, next);
    // An answer from outside is stored at once, and so is a step that is looked at again.
    if (step.kind === "action" || next.at.step === at.step) {
      if (!(await store({ ...placeOf(run.seq, pending), step: next.at.step, attempt: next.at.attempt }))) return;
      pending = [];
    }
    at = next.at;
  }
}

async function perform(
  deps: CarryDeps,
  run: ClaimedRun,
  work: Exclude<Work, { do: "move" }>,
  journal: readonly EntryRow[],
  note: Note,
): Promise<Result | "gone"> {
  const settings = await deps.known.settings(run.workspace);
  const data: JsonObject = { ...outputsOf(journal), trigger: run.event };
  const stepRun = { workspace: run.workspace, run: run.id, data, settings };
  const { step, attempt } = work;
  if (step.kind !== "action") return doTool(step, data, settings);
  if (work.do === "settle") {
    const noted = journal.find((line) => line.step === step.id && line.attempt === attempt);
    return settleAction(deps.action, stepRun, step, {
      input: noted?.input ?? null,
      startedAt: noted ? new Date(noted.startedAt) : deps.clock.now(),
      looks: noted?.error?.looks ?? 0,
      failure: noted?.error ?? null,
    });
  }
  const result = await doAction(deps.action, stepRun, step, note);
  if (result !== "gone" && result.outcome.kind === "failed" && result.outcome.failure.class === "access") {
    if (step.connection !== null) await deps.opener.setBroken(step.connection, result.outcome.failure);
  }
  return result;
}

function remember(journal: EntryRow[], line: NewEntry): void {
  const place = journal.findIndex((one) => one.step === line.step && one.attempt === line.attempt);
  const before = journal[place];
  const row: EntryRow = {
    ...line,
    input: line.input ?? before?.input ?? null,
    startedAt: before?.startedAt ?? line.startedAt.toISOString(),
  };
  if (before) journal[place] = row;
  else journal.push(row);
}

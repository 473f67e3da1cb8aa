/** Lines of a run's journal: what a result becomes, and what a row means to the machine. */
import type { JsonObject } from "../../connectors/kit/define.ts";
import type { Failure } from "../engine.ts";
import type { EntryRow, NewEntry, StoredFailure } from "../store/runs.ts";
import type { Entry, Next, Outcome, Position } from "./machine.ts";
import type { Result } from "./result.ts";

export function entryOf({ step, attempt, state, error }: EntryRow): Entry {
  return { step, attempt, state, ...(error?.final ? { final: true } : {}) };
}

/** What later steps may refer to. */
export function outputsOf(journal: readonly EntryRow[]): JsonObject {
  const succeeded = journal.filter(({ state }) => state === "succeeded");
  return Object.fromEntries(succeeded.map(({ step, output }) => [step, output]));
}

/** The line of an attempt; null when nothing was attempted after all. */
export function lineOf(at: Position, result: Result, next: Next, times: { from: Date; to: Date }): NewEntry | null {
  const state = stateOf(result.outcome);
  if (state === null || at.step === null) return null;
  return {
    step: at.step,
    attempt: at.attempt,
    state,
    input: result.input,
    output: result.output,
    exchange: result.exchange,
    notes: result.notes.map(({ ru, en }) => ({ ru, en })),
    error: errorOf(at.step, result, next),
    startedAt: times.from,
    endedAt: times.to,
  };
}

function stateOf(outcome: Outcome): NewEntry["state"] | null {
  switch (outcome.kind) {
    case "done":
    case "goes":
    case "ends":
      return "succeeded";
    case "failed":
      return "failed";
    case "lost":
    case "untold":
    case "unseen":
      return "unknown";
    case "absent":
      return "skipped";
    case "turn":
      return null;
    default:
      return outcome satisfies never;
  }
}

function errorOf(step: string, { outcome, looks }: Result, next: Next): StoredFailure | null {
  if (!("failure" in outcome)) return null;
  // That it was found undone is a note, not a failure.
  if (outcome.kind === "absent" && next.go === "on") return null;
  return {
    ...outcome.failure,
    step,
    ...((outcome.kind === "failed" || outcome.kind === "absent") && next.go !== "wait" ? { final: true } : {}),
    ...(looks === undefined ? {} : { looks }),
  };
}

/** A waiting run's failure, with the moment since when it has been failing. */
export function waitingError(before: StoredFailure | null, failure: Failure, step: string, now: Date): StoredFailure {
  if (failure.class !== "temporary") return { ...failure, step };
  const since = before?.step === step && before.since !== undefined ? before.since : now.toISOString();
  const isSame = before?.step === step && before.since === since;
  return { ...failure, step, since, ...(isSame && before.hurried !== undefined ? { hurried: before.hurried } : {}) };
}

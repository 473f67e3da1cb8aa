/** Lines of a run's journal: what a result becomes, and what a row means to the machine. */
import type { Json, JsonObject } from "../../connectors/kit/define.ts";
import type { Bundle } from "../bundle/model.ts";
import type { Failure } from "../engine.ts";
import type { EntryRow, NewEntry, StoredFailure } from "../store/runs.ts";
import { loopAround } from "./loops.ts";
import type { Entry, Next, Outcome, Position, Told } from "./machine.ts";
import type { Result } from "./result.ts";

export function entryOf({ step, attempt, element, state, error, output }: EntryRow): Entry {
  const told = toldOf(output);
  return {
    step,
    attempt,
    element,
    state,
    ...(error?.final ? { final: true } : {}),
    ...(error?.broke ? { broke: true } : {}),
    ...(told === null ? {} : { told }),
  };
}

/** Read for tools only: what an action gives may hold the same names. */
function toldOf(output: Json): Told | null {
  if (typeof output !== "object" || output === null || Array.isArray(output)) return null;
  const { to, stops, answer, total, done } = output;
  return {
    ...(typeof to === "string" ? { to } : {}),
    ...(typeof stops === "boolean" ? { stops } : {}),
    ...(answer === "yes" || answer === "no" ? { answer } : {}),
    ...(typeof total === "number" ? { total } : {}),
    ...(typeof done === "number" ? { isClosed: true } : {}),
  };
}

/**
 * What a step may refer to: the steps outside of loops, those of its own element, and values kept for the run. In a loop
 * the loop itself gives the element.
 */
export function outputsOf(bundle: Bundle, journal: readonly EntryRow[], at: Position): JsonObject {
  const kept = new Set(bundle.steps.flatMap((step) => (step.kind === "set" && step.keep === "run" ? [step.id] : [])));
  const seen = journal.filter(
    ({ state, element, step }) => state === "succeeded" && (element === 0 || element === at.element || kept.has(step)),
  );
  const data: JsonObject = Object.fromEntries(seen.map(({ step, output }) => [step, output]));
  const loop =
    at.element > 0
      ? loopAround(
          bundle,
          bundle.steps.findIndex(({ id }) => id === at.step),
        )
      : undefined;
  if (loop) data[loop.step.id] = elementOf(journal, loop.step.id, at.element);
  return data;
}

/** What a loop gives to the steps in it. */
export function elementOf(journal: readonly EntryRow[], loop: string, element: number): JsonObject {
  const items = itemsOf(journal, loop) ?? [];
  return { item: items[element - 1] ?? null, index: element, total: items.length };
}

/** The list that a loop goes through, as it was when it was first opened. */
export function itemsOf(journal: readonly EntryRow[], loop: string): readonly Json[] | undefined {
  const opened = journal.findLast(({ step, element, output }) => step === loop && element === 0 && isOpened(output));
  return opened && isOpened(opened.output) ? opened.output.items : undefined;
}
const isOpened = (output: Json): output is { items: Json[] } =>
  typeof output === "object" && output !== null && !Array.isArray(output) && Array.isArray(output.items);

/** The line of an attempt; null when nothing was attempted after all. */
export function lineOf(at: Position, result: Result, next: Next, times: { from: Date; to: Date }): NewEntry | null {
  const state = stateOf(result.outcome);
  if (state === null || at.step === null) return null;
  return {
    step: at.step,
    attempt: at.attempt,
    element: at.element,
    state,
    input: result.input,
    output: result.output,
    exchange: result.exchange,
    notes: result.notes.map(({ ru, en }) => ({ ru, en })),
    error: errorOf(at.step, result, next),
    startedAt: times.from,
    endedAt: state === "waiting" ? null : times.to,
  };
}

function stateOf(outcome: Outcome): NewEntry["state"] | null {
  switch (outcome.kind) {
    case "done":
    case "goes":
    case "ends":
    case "opened":
    case "closed":
      return "succeeded";
    case "sleeps":
      return "waiting";
    case "failed":
    case "partly":
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
    ...(isFailure(outcome) && next.go !== "wait" ? { final: true } : {}),
    ...(next.go === "on" && next.broke ? { broke: true } : {}),
    ...(looks === undefined ? {} : { looks }),
  };
}

const isFailure = ({ kind }: Outcome): boolean => kind === "failed" || kind === "absent" || kind === "partly";

/** A waiting run's failure, with the moment since when it has been failing, and until when the service asked to wait. */
export function waitingError(
  before: StoredFailure | null,
  failure: Failure,
  step: string,
  now: Date,
  askedMs?: number,
): StoredFailure {
  if (failure.class !== "temporary") return { ...failure, step };
  const since = before?.step === step && before.since !== undefined ? before.since : now.toISOString();
  const isSame = before?.step === step && before.since === since;
  return {
    ...failure,
    step,
    since,
    ...(askedMs === undefined ? {} : { notBefore: new Date(now.getTime() + askedMs).toISOString() }),
    ...(isSame && before.hurried !== undefined ? { hurried: before.hurried } : {}),
  };
}

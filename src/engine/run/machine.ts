/**
 * The step machine: what a run does next, from its version, its journal and the outcome of what it did last. Pure, so
 * that any crash can be played through: whatever was stored decides, and nothing else is remembered.
 */
import type { JsonObject } from "../../connectors/kit/fields.ts";
import type { ActionStep, Bundle, LoopStep, Step, Target } from "../bundle/model.ts";
import type { Failure } from "../engine.ts";
import { endedWithin, failedElements, type Loop, loopAt, nextElement } from "./loops.ts";
import { defect, end, enter, type From, goTo, onError } from "./ways.ts";

/** Where a run stands: the step to do, the number of the attempt, and the element of the loop; no step at the end. */
export interface Position {
  readonly step: string | null;
  readonly attempt: number;
  /** From 1; 0 outside of loops. */
  readonly element: number;
}

/** A line of the journal, as far as decisions need it. */
export interface Entry {
  readonly step: string;
  readonly attempt: number;
  readonly element: number;
  /** calling: noted before an unsafe call, nothing heard since · waiting: a delay or an approval that isn't over. */
  readonly state: "calling" | "waiting" | "succeeded" | "failed" | "unknown" | "skipped";
  /** This failure ended a series of retries; a person's repeat begins a new one. */
  readonly final?: boolean;
  /** This failure ended the passage of its element; the others go on. */
  readonly broke?: boolean;
  readonly told?: Told;
}
/** What a tool decided, from what is stored of it. */
export interface Told {
  readonly to?: Target;
  readonly stops?: boolean;
  readonly answer?: "yes" | "no";
  /** Of a loop: how many elements it has; closed once all are done. */
  readonly total?: number;
  readonly isClosed?: boolean;
}

export type Outcome =
  | { readonly kind: "done"; readonly output: JsonObject }
  | { readonly kind: "goes"; readonly to: Target }
  | { readonly kind: "ends"; readonly how: "break" | "stopIf" | "approval" }
  /** A delay, or a question to a person. */
  | { readonly kind: "sleeps"; readonly ms: number; readonly why: "delay" | "approval" }
  /** A loop's list is known; its elements follow. */
  | { readonly kind: "opened" }
  /** A loop is through, and nothing failed · and some elements failed. */
  | { readonly kind: "closed" }
  | { readonly kind: "partly"; readonly failure: Failure }
  | { readonly kind: "failed"; readonly failure: Failure; readonly retryAfterMs?: number }
  /** The connection's limits let nothing be sent yet: no attempt was made. */
  | { readonly kind: "turn"; readonly retryAfterMs: number }
  /** An unsafe call was sent, and its answer was lost: it is looked up before anybody is asked. */
  | { readonly kind: "lost"; readonly failure: Failure }
  /** Looked up in vain. */
  | { readonly kind: "untold"; readonly failure: Failure }
  /** It is certain that the unsafe call did nothing. */
  | { readonly kind: "absent"; readonly failure: Failure }
  /** Not seen yet; look again after so long. */
  | { readonly kind: "unseen"; readonly failure: Failure; readonly lookAfterMs: number };

export type Next =
  /** `broke`: the element failed, and the run goes on with the next one. */
  | { readonly go: "on"; readonly at: Position; readonly broke?: true }
  | {
      readonly go: "wait";
      readonly at: Position;
      readonly ms: number;
      readonly why: Why;
      readonly failure: Failure | null;
      /** The service itself asked for so long a wait. */
      readonly askedMs?: number;
    }
  | { readonly go: "ended"; readonly how: Ended }
  | { readonly go: "failed"; readonly at: Position; readonly failure: Failure }
  /** Only a person can tell. */
  | { readonly go: "asks"; readonly at: Position; readonly failure: Failure };

export type Why = "retry" | "delay" | "approval" | "turn";

export type Ended =
  | { readonly kind: "end" }
  | { readonly kind: "break" | "stopIf" | "approval"; readonly number: number };

export type Work =
  | { readonly do: "step"; readonly step: Exclude<Step, LoopStep>; readonly attempt: number }
  /** An unsafe call was noted, its outcome isn't known: look before anything else. */
  | { readonly do: "settle"; readonly step: ActionStep; readonly attempt: number }
  /** The list is to be read: anew, or again as it was. */
  | { readonly do: "open"; readonly step: LoopStep; readonly attempt: number }
  | { readonly do: "close"; readonly step: LoopStep; readonly attempt: number; readonly failed: readonly number[] }
  | { readonly do: "move"; readonly next: Next };

const MINUTE = 60_000;
/** Temporary failures are tried again after 1, 5 and 15 minutes, 1, 3 and 6 hours. */
export const RETRY_MS = [1, 5, 15, 60, 180, 360].map((minutes) => minutes * MINUTE);
/** A bug of ours is tried once more: most are races. */
const DEFECT_RETRY_MS = 5_000;

/** The trigger is number 1. */
export function numberOf(bundle: Bundle, step: string): number {
  return bundle.steps.findIndex(({ id }) => id === step) + 2;
}

export function firstPosition(bundle: Bundle): Position {
  return enter(bundle, 0, []);
}

/** What is to be done by a run that stands here with this journal, fresh or after a crash. */
export function workAt(bundle: Bundle, at: Position, journal: readonly Entry[]): Work {
  if (at.step === null) return { do: "move", next: { go: "ended", how: { kind: "end" } } };
  const index = bundle.steps.findIndex(({ id }) => id === at.step);
  const step = bundle.steps[index];
  if (!step) {
    return { do: "move", next: { go: "failed", at, failure: defect(`step ${at.step} is not in this version`) } };
  }
  const entry = journal.find(
    (line) => line.step === at.step && line.attempt === at.attempt && line.element === at.element,
  );
  if (step.kind === "loop") {
    return loopWork(bundle, loopAt(bundle, index) ?? { step, first: index + 1, end: index + 1 }, at, journal, entry);
  }
  if (step.kind === "action" && (entry?.state === "calling" || entry?.state === "unknown")) {
    return { do: "settle", step, attempt: at.attempt };
  }
  // It was done, and the run taken away before it could move: cancelled under way, or a person has answered.
  if (entry?.state === "succeeded") {
    return { do: "move", next: after(bundle, at, journal, toldOutcome(step, entry.told ?? {})) };
  }
  return { do: "step", step, attempt: at.attempt };
}

/** A loop opens, hands out its elements one by one, and closes; each element comes back here when it is through. */
function loopWork(bundle: Bundle, loop: Loop, at: Position, journal: readonly Entry[], entry: Entry | undefined): Work {
  const { step } = loop;
  if (at.element > 0) {
    return { do: "move", next: { go: "failed", at, failure: defect(`loop ${step.id} lies in a loop`) } };
  }
  if (entry?.state !== "succeeded" || entry.told?.total === undefined) return { do: "open", step, attempt: at.attempt };
  if (entry.told.isClosed) return { do: "move", next: after(bundle, at, journal, { kind: "closed" }) };
  const next = nextElement(bundle, loop, journal, entry);
  if (next === undefined) {
    return { do: "close", step, attempt: at.attempt, failed: failedElements(bundle, loop, journal) };
  }
  return { do: "move", next: { go: "on", at: next } };
}

function toldOutcome(step: Step, told: Told): Outcome {
  switch (step.kind) {
    case "router":
      return { kind: "goes", to: told.to ?? "next" };
    case "break":
      return { kind: "ends", how: "break" };
    case "stopIf":
      return told.stops ? { kind: "ends", how: "stopIf" } : { kind: "goes", to: "next" };
    case "approval":
      return answeredOutcome(step.onNo, told.answer ?? "yes");
    case "action":
    case "loop":
    case "endLoop":
    case "delay":
    case "set":
      return { kind: "done", output: {} };
    default:
      return step satisfies never;
  }
}

/** Where a person's answer leads. */
export function answeredOutcome(onNo: Target, answer: "yes" | "no"): Outcome {
  if (answer === "yes") return { kind: "goes", to: "next" };
  return onNo === "end" ? { kind: "ends", how: "approval" } : { kind: "goes", to: onNo };
}

/** Where a run goes from `at` after this outcome. `journal` is what was stored before it. */
export function after(bundle: Bundle, at: Position, journal: readonly Entry[], outcome: Outcome): Next {
  const index = bundle.steps.findIndex(({ id }) => id === at.step);
  const step = bundle.steps[index];
  if (!step) return { go: "failed", at, failure: defect(`step ${at.step} is not in this version`) };
  const from: From = { bundle, index, at, journal };
  switch (outcome.kind) {
    case "done":
      return goTo(from, "next");
    case "goes":
      return goTo(from, outcome.to);
    case "ends":
      return end(from, { kind: outcome.how, number: index + 2 });
    case "sleeps":
      return { go: "wait", at, ms: outcome.ms, why: outcome.why, failure: null };
    case "opened":
      return { go: "on", at };
    case "closed": {
      const loop = loopAt(bundle, index);
      const ended = loop && endedWithin(bundle, loop, journal);
      return ended ? { go: "ended", how: ended } : goTo(from, "next");
    }
    case "partly":
      return onError(from, step.onError ?? { kind: "stop" }, outcome.failure);
    case "turn":
      return { go: "wait", at, ms: outcome.retryAfterMs, why: "turn", failure: null };
    case "lost":
      return { go: "on", at };
    case "untold":
      return { go: "asks", at, failure: outcome.failure };
    case "absent": {
      // Made again at once; a service that swallows that too is given the time of any other outage.
      const tries = triesBefore(journal, at);
      const again = { ...at, attempt: at.attempt + 1 };
      if (tries === 0) return { go: "on", at: again };
      const ms = RETRY_MS[tries - 1];
      const failure: Failure = { ...outcome.failure, class: "temporary" };
      if (ms !== undefined) return { go: "wait", at: again, ms, why: "retry", failure };
      return onError(from, step.onError ?? { kind: "stop" }, failure);
    }
    case "unseen":
      return { go: "wait", at, ms: outcome.lookAfterMs, why: "retry", failure: outcome.failure };
    case "failed": {
      const { failure } = outcome;
      const delay = retryDelay(failure, triesBefore(journal, at));
      if (delay !== null) {
        const askedMs = outcome.retryAfterMs;
        const next = { ...at, attempt: at.attempt + 1 };
        if (askedMs === undefined) return { go: "wait", at: next, ms: delay, why: "retry", failure };
        return { go: "wait", at: next, ms: Math.max(delay, askedMs), why: "retry", failure, askedMs };
      }
      return onError(from, step.onError ?? { kind: "stop" }, failure);
    }
    default:
      return outcome satisfies never;
  }
}

/** A person's word on an unknown outcome; what happened is in the journal by then, and the run goes on from there. */
export function resolved(at: Position, word: "happened" | "repeat"): Position {
  return word === "repeat" ? { ...at, attempt: at.attempt + 1 } : at;
}

/** Milliseconds until the next try of a failure that was tried `before` times already; null: that was the last. */
function retryDelay(failure: Failure, before: number): number | null {
  if (failure.class === "temporary") return RETRY_MS[before] ?? null;
  if (failure.class === "defect") return before === 0 ? DEFECT_RETRY_MS : null;
  return null;
}

/** Attempts of this step that did nothing, since a series last ended. */
function triesBefore(journal: readonly Entry[], at: Position): number {
  let tries = 0;
  for (const line of journal) {
    if (line.step !== at.step || line.element !== at.element || line.attempt >= at.attempt) continue;
    if (line.state !== "failed" && line.state !== "skipped") continue;
    tries = line.final ? 0 : tries + 1;
  }
  return tries;
}

/** The version that a run started with can't be read. */
export function goneVersion(version: number): Extract<Next, { go: "failed" }> {
  return { go: "failed", at: { step: null, attempt: 1, element: 0 }, failure: defect(`version ${version} is gone`) };
}

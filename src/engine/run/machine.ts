/**
 * The step machine: what a run does next, from its version, its journal and the outcome of what it did last. Pure, so
 * that any crash can be played through: whatever was stored decides, and nothing else is remembered.
 */
import type { JsonObject } from "../../connectors/kit/fields.ts";
import type { ActionStep, Bundle, OnError, Step, Target } from "../bundle/model.ts";
import type { Failure } from "../engine.ts";

/** Where a run stands: the step to do and the number of the attempt; no step at the end. */
export interface Position {
  readonly step: string | null;
  readonly attempt: number;
}

/** A line of the journal, as far as decisions need it. */
export interface Entry {
  readonly step: string;
  readonly attempt: number;
  /** calling: noted before an unsafe call, nothing heard since. */
  readonly state: "calling" | "succeeded" | "failed" | "unknown" | "skipped";
  /** This failure ended a series of retries; a person's repeat begins a new one. */
  readonly final?: boolean;
}

export type Outcome =
  | { readonly kind: "done"; readonly output: JsonObject }
  | { readonly kind: "goes"; readonly to: Target }
  | { readonly kind: "ends"; readonly how: "break" | "stopIf" }
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
  | { readonly go: "on"; readonly at: Position }
  | { readonly go: "wait"; readonly at: Position; readonly ms: number; readonly failure: Failure | null }
  | { readonly go: "ended"; readonly how: Ended }
  | { readonly go: "failed"; readonly at: Position; readonly failure: Failure }
  /** Only a person can tell. */
  | { readonly go: "asks"; readonly at: Position; readonly failure: Failure };

export type Ended = { readonly kind: "end" } | { readonly kind: "break" | "stopIf"; readonly number: number };

export type Work =
  | { readonly do: "step"; readonly step: Step; readonly attempt: number }
  /** An unsafe call was noted, its outcome isn't known: look before anything else. */
  | { readonly do: "settle"; readonly step: ActionStep; readonly attempt: number }
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
  return enter(bundle, 0);
}

/** What is to be done by a run that stands here with this journal, fresh or after a crash. */
export function workAt(bundle: Bundle, at: Position, journal: readonly Entry[]): Work {
  if (at.step === null) return { do: "move", next: { go: "ended", how: { kind: "end" } } };
  const step = bundle.steps.find(({ id }) => id === at.step);
  if (!step) {
    return { do: "move", next: { go: "failed", at, failure: defect(`step ${at.step} is not in this version`) } };
  }
  const entry = journal.find((line) => line.step === at.step && line.attempt === at.attempt);
  if (step.kind === "action" && (entry?.state === "calling" || entry?.state === "unknown")) {
    return { do: "settle", step, attempt: at.attempt };
  }
  // Its run was cancelled under way and taken up again: what was done isn't done twice.
  if (step.kind === "action" && entry?.state === "succeeded") {
    return { do: "move", next: goTo(bundle, bundle.steps.indexOf(step), "next") };
  }
  return { do: "step", step, attempt: at.attempt };
}

/** Where a run goes from `at` after this outcome. `journal` is what was stored before it. */
export function after(bundle: Bundle, at: Position, journal: readonly Entry[], outcome: Outcome): Next {
  const index = bundle.steps.findIndex(({ id }) => id === at.step);
  const step = bundle.steps[index];
  if (!step) return { go: "failed", at, failure: defect(`step ${at.step} is not in this version`) };
  switch (outcome.kind) {
    case "done":
      return goTo(bundle, index, "next");
    case "goes":
      return goTo(bundle, index, outcome.to);
    case "ends":
      return { go: "ended", how: { kind: outcome.how, number: index + 2 } };
    case "turn":
      return { go: "wait", at, ms: outcome.retryAfterMs, failure: null };
    case "lost":
      return { go: "on", at };
    case "untold":
      return { go: "asks", at, failure: outcome.failure };
    case "absent": {
      // Made again at once; a service that swallows that too is given the time of any other outage.
      const tries = triesBefore(journal, at);
      const again = { step: step.id, attempt: at.attempt + 1 };
      if (tries === 0) return { go: "on", at: again };
      const ms = RETRY_MS[tries - 1];
      const failure: Failure = { ...outcome.failure, class: "temporary" };
      if (ms !== undefined) return { go: "wait", at: again, ms, failure };
      return onError(bundle, index, step.onError ?? { kind: "stop" }, at, failure);
    }
    case "unseen":
      return { go: "wait", at, ms: outcome.lookAfterMs, failure: outcome.failure };
    case "failed": {
      const delay = retryDelay(outcome.failure, triesBefore(journal, at));
      if (delay !== null) {
        const ms = Math.max(delay, outcome.retryAfterMs ?? 0);
        return { go: "wait", at: { step: step.id, attempt: at.attempt + 1 }, ms, failure: outcome.failure };
      }
      return onError(bundle, index, step.onError ?? { kind: "stop" }, at, outcome.failure);
    }
    default:
      return outcome satisfies never;
  }
}

/** A person's word on an unknown outcome. */
export function resolved(bundle: Bundle, at: Position, word: "happened" | "repeat"): Next {
  const index = bundle.steps.findIndex(({ id }) => id === at.step);
  if (word === "repeat") return { go: "on", at: { step: at.step, attempt: at.attempt + 1 } };
  return goTo(bundle, index, "next");
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
    if (line.step !== at.step || line.attempt >= at.attempt) continue;
    if (line.state !== "failed" && line.state !== "skipped") continue;
    tries = line.final ? 0 : tries + 1;
  }
  return tries;
}

function onError(bundle: Bundle, index: number, rule: OnError, at: Position, failure: Failure): Next {
  switch (rule.kind) {
    case "stop":
      return { go: "failed", at, failure };
    case "continue":
      return goTo(bundle, index, "next");
    case "goto":
      return goTo(bundle, index, rule.step);
    default:
      return rule satisfies never;
  }
}

/** Forwards only; a version that says otherwise was never valid. */
function goTo(bundle: Bundle, from: number, target: Target): Next {
  if (target === "end") return { go: "ended", how: { kind: "end" } };
  const to = target === "next" ? from + 1 : bundle.steps.findIndex(({ id }) => id === target);
  if (to <= from) {
    const at = { step: bundle.steps[from]?.id ?? null, attempt: 1 };
    return { go: "failed", at, failure: defect(`step ${target} doesn't come later`) };
  }
  const at = enter(bundle, to);
  return at.step === null ? { go: "ended", how: { kind: "end" } } : { go: "on", at };
}

/** The first step from `index` on that isn't switched off. */
function enter(bundle: Bundle, index: number): Position {
  const step = bundle.steps.slice(index).find(({ disabled }) => !disabled);
  return { step: step?.id ?? null, attempt: 1 };
}

/** The version that a run started with can't be read. */
export function goneVersion(version: number): Extract<Next, { go: "failed" }> {
  return { go: "failed", at: { step: null, attempt: 1 }, failure: defect(`version ${version} is gone`) };
}

function defect(own: string): Failure {
  return {
    class: "defect",
    sentence: {
      ru: "Связка сохранена с ошибкой: переход ведёт не туда. Откройте её, поправьте переход и запустите снова.",
      en: "The bundle was saved with a mistake: a jump leads nowhere. Open it, mend the jump and start it again.",
    },
    own,
  };
}

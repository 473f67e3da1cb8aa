/** Where a run goes: forwards, into a loop and out of it, to its end. Pure. */
import type { Bundle, OnError, Target } from "../bundle/model.ts";
import type { Failure } from "../engine.ts";
import { failedElements, type Loop, loopAround, loopAt, openingOf } from "./loops.ts";
import type { Ended, Entry, Next, Position } from "./machine.ts";

/** The place that a run leaves. */
export interface From {
  readonly bundle: Bundle;
  readonly index: number;
  readonly at: Position;
  readonly journal: readonly Entry[];
}

/** A failure that isn't tried again, by the step's rule. */
export function onError(from: From, rule: OnError, failure: Failure): Next {
  const { bundle, index, at, journal } = from;
  switch (rule.kind) {
    case "stop": {
      const loop = at.element > 0 ? loopAround(bundle, index) : undefined;
      // One element's failure is its own; a dead credential is everybody's.
      if (!loop || failure.class === "access") return { go: "failed", at, failure };
      return { go: "on", at: backTo(loop, journal), broke: true };
    }
    case "continue":
      return goTo(from, "next");
    case "goto":
      return goTo(from, rule.step);
    default:
      return rule satisfies never;
  }
}

/** Forwards only; a version that says otherwise was never valid. Leaving a loop's steps ends the passage of the element. */
export function goTo(from: From, target: Target): Next {
  const { bundle, index, at, journal } = from;
  if (target === "end") return end(from, { kind: "end" });
  const loop = at.element > 0 ? loopAround(bundle, index) : undefined;
  const last = (loopAt(bundle, index)?.end ?? index + 1) - 1;
  const to = target === "next" ? last + 1 : bundle.steps.findIndex(({ id }) => id === target);
  if (to <= last) {
    const place = { ...at, attempt: 1 };
    return { go: "failed", at: place, failure: defect(`step ${target} doesn't come later`) };
  }
  if (!loop) {
    const next = enter(bundle, to, journal);
    return next.step === null ? { go: "ended", how: { kind: "end" } } : { go: "on", at: next };
  }
  const step = bundle.steps.slice(to, loop.end).find(({ disabled }) => !disabled);
  if (!step) return { go: "on", at: backTo(loop, journal) };
  return { go: "on", at: { step: step.id, attempt: freshAttempt(journal, step.id, at.element), element: at.element } };
}

/** The end of the run, also from within a loop; elements that failed before are told first. */
export function end({ bundle, index, at, journal }: From, how: Ended): Next {
  const loop = at.element > 0 ? loopAround(bundle, index) : undefined;
  if (loop && failedElements(bundle, loop, journal).length > 0) return { go: "on", at: backTo(loop, journal) };
  return { go: "ended", how };
}

function backTo(loop: Loop, journal: readonly Entry[]): Position {
  return { step: loop.step.id, attempt: openingOf(journal, loop)?.attempt ?? 1, element: 0 };
}

/** The first step from `index` on that isn't switched off; a loop that is switched off is passed over with its steps. */
export function enter(bundle: Bundle, index: number, journal: readonly Entry[]): Position {
  for (let to = index; to < bundle.steps.length; to++) {
    const step = bundle.steps[to];
    if (step === undefined || step.kind === "endLoop") continue;
    if (!step.disabled) return { step: step.id, attempt: freshAttempt(journal, step.id, 0), element: 0 };
    to = (loopAt(bundle, to)?.end ?? to + 1) - 1;
  }
  return { step: null, attempt: 1, element: 0 };
}

/** A step that a person lets run again makes a new attempt. */
function freshAttempt(journal: readonly Entry[], step: string, element: number): number {
  const before = journal.filter((line) => line.step === step && line.element === element);
  return 1 + Math.max(0, ...before.map(({ attempt }) => attempt));
}

/** A version that was never valid. */
export function defect(own: string): Failure {
  return {
    class: "defect",
    sentence: {
      ru: "Связка сохранена с ошибкой: переход ведёт не туда. Откройте её, поправьте переход и запустите снова.",
      en: "The bundle was saved with a mistake: a jump leads nowhere. Open it, mend the jump and start it again.",
    },
    own,
  };
}

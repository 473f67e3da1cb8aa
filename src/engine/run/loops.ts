/** Where a loop begins and ends, and what of its elements is still to be done: told from the journal alone. Pure. */
import type { Bundle, LoopStep, Step } from "../bundle/model.ts";
import type { Ended, Entry, Position } from "./machine.ts";

/** A loop with the steps in it: those from `first` up to, without, `end`. */
export interface Loop {
  readonly step: LoopStep;
  readonly first: number;
  readonly end: number;
}

export function loopAt(bundle: Bundle, index: number): Loop | undefined {
  const step = bundle.steps[index];
  if (step?.kind !== "loop") return undefined;
  const end = bundle.steps.findIndex(({ kind }, at) => at > index && kind === "endLoop");
  return { step, first: index + 1, end: end === -1 ? bundle.steps.length : end };
}

/** The loop that a step lies in. */
export function loopAround(bundle: Bundle, index: number): Loop | undefined {
  for (let at = index - 1; at >= 0; at--) {
    const loop = loopAt(bundle, at);
    if (loop) return index < loop.end ? loop : undefined;
  }
  return undefined;
}

export const bodyOf = (bundle: Bundle, { first, end }: Loop): readonly Step[] => bundle.steps.slice(first, end);

/** The newest opening of a loop in the journal. */
export function openingOf(journal: readonly Entry[], loop: Loop): Entry | undefined {
  return journal.findLast((line) => line.step === loop.step.id && line.element === 0 && line.told?.total !== undefined);
}

/** Of each element that has been begun: its lines, in order. */
function linesByElement(bundle: Bundle, loop: Loop, journal: readonly Entry[]): ReadonlyMap<number, readonly Entry[]> {
  const ids = new Set(bodyOf(bundle, loop).map(({ id }) => id));
  return Map.groupBy(
    journal.filter(({ step, element }) => element > 0 && ids.has(step)),
    ({ element }) => element,
  );
}

/** The line at which an element's passage broke off, unless it was repeated since. */
function brokenLine(lines: readonly Entry[]): Entry | undefined {
  const newest = new Map(lines.map((line) => [line.step, line]));
  return [...newest.values()].find(({ broke }) => broke === true);
}

/** Elements that failed, in order. */
export function failedElements(bundle: Bundle, loop: Loop, journal: readonly Entry[]): readonly number[] {
  const lines = linesByElement(bundle, loop, journal);
  return [...lines].flatMap(([element, own]) => (brokenLine(own) ? [element] : [])).sort((a, b) => a - b);
}

/**
 * Where the next element begins: one that was never begun, or one that failed before the loop was opened for this
 * passage, which goes on at the step that failed. Undefined: all are done.
 */
export function nextElement(
  bundle: Bundle,
  loop: Loop,
  journal: readonly Entry[],
  opening: Entry,
): Position | undefined {
  const first = bodyOf(bundle, loop).find(({ disabled }) => !disabled);
  if (!first) return undefined;
  const begun = linesByElement(bundle, loop, journal);
  const openedAt = journal.indexOf(opening);
  const isOver = endedWithin(bundle, loop, journal) !== undefined;
  for (let element = 1; element <= (opening.told?.total ?? 0); element++) {
    const own = begun.get(element);
    if (own === undefined) {
      if (!isOver) return { step: first.id, attempt: 1, element };
      continue;
    }
    const broken = brokenLine(own);
    if (!broken || journal.indexOf(broken) > openedAt) continue;
    return { step: broken.step, attempt: broken.attempt + 1, element };
  }
  return undefined;
}

/** A step of some element ended the whole run: the elements after it aren't begun any more. */
export function endedWithin(bundle: Bundle, loop: Loop, journal: readonly Entry[]): Ended | undefined {
  for (const [place, step] of bodyOf(bundle, loop).entries()) {
    const lines = journal.filter((line) => line.step === step.id && line.element > 0);
    const ended = lines.map((line) => endOf(step, line, loop.first + place + 2)).find((one) => one !== undefined);
    if (ended) return ended;
  }
  return undefined;
}

function endOf(step: Step, { state, told, final, broke }: Entry, number: number): Ended | undefined {
  if (state === "failed") {
    const leaves = step.onError?.kind === "goto" && step.onError.step === "end";
    return leaves && final === true && broke !== true ? { kind: "end" } : undefined;
  }
  if (state !== "succeeded") return undefined;
  switch (step.kind) {
    case "break":
      return { kind: "break", number };
    case "stopIf":
      return told?.stops === true ? { kind: "stopIf", number } : undefined;
    case "router":
      return told?.to === "end" ? { kind: "end" } : undefined;
    case "approval":
      return told?.answer === "no" && step.onNo === "end" ? { kind: "approval", number } : undefined;
    default:
      return undefined;
  }
}

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "../../../test/support/property.ts";
import type { Bundle, Step, Target } from "../bundle/model.ts";
import { failedElements, loopAround, loopAt } from "./loops.ts";
import { anyBundle, anyCrashes, anyWorld, type Played, play, type World } from "./machine.fixtures.ts";

const NONE: ReadonlySet<number> = new Set();
/** The world once everything that was broken is mended. */
const mended = (world: World): World => ({ ...world, fate: () => "answers" });
/** Nothing leads another way because of a failure, so that a mended run comes to the same places; no element ends the run. */
const withoutRules = (bundle: Bundle): Bundle => ({
  ...bundle,
  steps: bundle.steps.map(({ onError: _, ...rest }, at) => {
    const step = rest as Step;
    if (!loopAround(bundle, at)) return step;
    if (step.kind === "break" || step.kind === "stopIf") return { ...step, disabled: true };
    if (step.kind === "approval") return { ...step, onNo: within(step.onNo) };
    if (step.kind !== "router") return step;
    return { ...step, onTrue: within(step.onTrue), onFalse: within(step.onFalse) };
  }),
});
const within = (target: Target): Target => (target === "end" ? "next" : target);
const endOf = ({ end }: Played) =>
  end.go === "failed" ? ["failed", end.at.step, end.at.element, end.failure.class] : ["ended", end.how];
const effectsOf = ({ effects }: Played) => [...effects].sort(([a], [b]) => (a < b ? -1 : 1));

test("for any bundle, any outcomes and any crash points the journal folds to the same end as an uninterrupted run", () => {
  fc.assert(
    fc.property(anyBundle, anyWorld, anyCrashes, (bundle, world, crashes) => {
      const calm = play(bundle, world, NONE);
      const stormy = play(bundle, world, crashes);
      assert.deepEqual(endOf(stormy), endOf(calm));
      assert.deepEqual(unsafeOnly(bundle, stormy), unsafeOnly(bundle, calm));
    }),
    { numRuns: 3_000 },
  );
});

test("no unsafe call is made twice without a person's word, no value is kept twice, in no element", () => {
  fc.assert(
    fc.property(anyBundle, anyWorld, anyCrashes, (bundle, world, crashes) => {
      for (const [place, times] of unsafeOnly(bundle, play(bundle, world, crashes))) {
        assert.ok(times <= 1, `${place} had its effect ${times} times`);
      }
    }),
    { numRuns: 2_000 },
  );
});

test("a retry repeats what failed and nothing else, of a loop only the failed elements", () => {
  fc.assert(
    fc.property(anyBundle, anyWorld, anyCrashes, (given, world, crashes) => {
      const bundle = withoutRules(given);
      const broken = play(bundle, world, crashes);
      const whole = play(bundle, mended(world), NONE);
      let played = broken;
      for (let again = 0; played.end.go === "failed"; again++) {
        assert.ok(again < 5, "a mended run still fails");
        const { at } = played.end;
        played = play(bundle, mended(world), NONE, { at: { ...at, attempt: at.attempt + 1 }, played });
      }
      assert.deepEqual(endOf(played), endOf(whole));
      for (const [place, times] of unsafeOnly(bundle, played)) assert.equal(times, 1, place);
      assert.deepEqual(unsafeOnly(bundle, played), unsafeOnly(bundle, whole));
    }),
    { numRuns: 2_000 },
  );
});

test("a loop that ended in failure names exactly the elements that have not gone through", () => {
  fc.assert(
    fc.property(anyBundle, anyWorld, (given, world) => {
      const bundle = withoutRules(given);
      const played = play(bundle, world, NONE);
      if (played.end.go !== "failed") return;
      const { at } = played.end;
      const loop = loopAt(
        bundle,
        bundle.steps.findIndex(({ id }) => id === at.step),
      );
      if (!loop) return;
      const failed = failedElements(bundle, loop, played.journal);
      assert.ok(failed.length > 0 && failed.every((element) => element >= 1 && element <= world.total));
      const ids = new Set(bundle.steps.slice(loop.first, loop.end).map(({ id }) => id));
      const broke = played.journal.filter((line) => ids.has(line.step) && line.broke).map(({ element }) => element);
      assert.deepEqual([...new Set(broke)].sort(), [...failed]);
    }),
    { numRuns: 1_000 },
  );
});

/** Safe calls may be made again. */
function unsafeOnly(bundle: Bundle, played: Played): [string, number][] {
  const safe = new Set(
    bundle.steps.flatMap((step) => (step.kind === "action" && step.action === "ping" ? [step.id] : [])),
  );
  return effectsOf(played).filter(([place]) => !safe.has(place.split(".")[0] ?? ""));
}

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "../../../test/support/property.ts";
import type { Bundle, Step } from "../bundle/model.ts";
import type { Failure } from "../engine.ts";
import { act } from "./machine.fixtures.ts";
import {
  after,
  type Entry,
  firstPosition,
  type Next,
  type Outcome,
  type Position,
  resolved,
  workAt,
} from "./machine.ts";

const failure = (errorClass: Failure["class"]): Failure => ({ class: errorClass, sentence: { ru: "x", en: "x" } });
const bundleOf = (steps: Step[]): Bundle => ({ format: 1, trigger: null, steps });

/** What the world does to a call of a step: answers, refuses, or takes it and loses the answer. */
type Fate = "answers" | "refuses" | "broken" | "loses" | "swallows";
/** Where the process dies, counted in the moments at which it can. */
interface Play {
  readonly fates: readonly Fate[];
  readonly crashes: ReadonlySet<number>;
  readonly canLookUp: boolean;
}

/** Plays a run with crashes: only what was stored survives. Returns what the service did per step, and the end. */
function play(bundle: Bundle, { fates, crashes, canLookUp }: Play) {
  let stored: { at: Position; journal: Entry[] } = { at: firstPosition(bundle), journal: [] };
  const effects: Record<string, number> = {};
  const words: Record<string, number> = {};
  let moment = 0;
  let fate = 0;
  const dies = () => crashes.has(moment++);

  for (let round = 0; round < 1_000; round++) {
    const { at, journal } = stored;
    const work = workAt(bundle, at, journal);
    if (work.do === "move") {
      if (work.next.go === "on") stored = { at: work.next.at, journal };
      else return { effects, words, end: work.next };
      continue;
    }
    const { step, attempt } = work;
    let outcome: Outcome;
    if (work.do === "settle") {
      const happened = (effects[`${step.id}.${attempt}`] ?? 0) > 0;
      if (dies()) continue;
      if (canLookUp) {
        outcome = happened ? { kind: "done", output: {} } : { kind: "absent", failure: failure("unknown") };
      } else outcome = { kind: "untold", failure: failure("unknown") };
    } else if (step.kind !== "action") {
      outcome = step.kind === "router" ? { kind: "goes", to: step.onTrue } : { kind: "ends", how: "break" };
    } else {
      if (dies()) continue;
      const isSafe = step.action === "ping";
      if (!isSafe) stored = { at, journal: [...journal, { ...at, step: step.id, state: "calling" }] };
      if (dies()) continue;
      const does = fates[fate++ % fates.length] ?? "answers";
      if (does === "answers" || does === "swallows") {
        effects[`${step.id}.${attempt}`] = (effects[`${step.id}.${attempt}`] ?? 0) + 1;
      }
      if (dies()) continue;
      if (does === "answers") outcome = { kind: "done", output: {} };
      else if (does === "refuses") outcome = { kind: "failed", failure: failure("temporary") };
      else if (does === "broken") outcome = { kind: "failed", failure: failure("data") };
      else if (isSafe) outcome = { kind: "failed", failure: failure("temporary") };
      else outcome = { kind: "lost", failure: failure("unknown") };
    }
    let next: Next = after(bundle, at, journal, outcome);
    let state: Entry["state"] = "succeeded";
    if (outcome.kind === "failed") state = "failed";
    if (outcome.kind === "lost" || outcome.kind === "untold") state = "unknown";
    if (outcome.kind === "absent") state = "skipped";
    if (dies()) continue;
    const final = outcome.kind === "failed" && next.go !== "wait";
    let line: Entry = { ...at, step: step.id, state, ...(final ? { final } : {}) };
    if (next.go === "asks") {
      // The person looks and tells the truth.
      const word = (effects[`${step.id}.${attempt}`] ?? 0) > 0 ? "happened" : "repeat";
      words[step.id] = (words[step.id] ?? 0) + 1;
      line = { ...line, state: word === "happened" ? "succeeded" : "skipped" };
      next = { go: "on", at: resolved(at, word) };
    }
    const rest = stored.journal.filter((one) => one.step !== step.id || one.attempt !== attempt);
    const lines = [...rest, line];
    if (next.go === "on" || next.go === "wait") stored = { at: next.at, journal: lines };
    else return { effects, words, end: next };
  }
  throw new Error("a run that never ends");
}

const steps = [
  act("aaa", "create"),
  act("bbb", "ping"),
  { id: "rou", kind: "router", when: [], onTrue: "ccc", onFalse: "next" } as Step,
  act("not", "create"),
  act("ccc", "create"),
];
const plays = fc.record({
  fates: fc.array(fc.constantFrom<Fate>("answers", "answers", "refuses", "loses", "swallows"), {
    minLength: 1,
    maxLength: 8,
  }),
  crashes: fc.array(fc.nat(40), { maxLength: 12 }).map((moments) => new Set(moments)),
  canLookUp: fc.boolean(),
});

test("whatever dies and whatever is lost, no unsafe step has its effect twice, and none is passed over", () => {
  fc.assert(
    fc.property(plays, (given) => {
      const { effects, end } = play(bundleOf(steps), { ...given, fates: [...given.fates, "answers"] });
      for (const step of ["aaa", "ccc"]) {
        const times = Object.entries(effects).filter(([key]) => key.startsWith(`${step}.`));
        const total = times.reduce((sum, [, count]) => sum + count, 0);
        assert.ok(total <= 1, `${step} had its effect ${total} times`);
        if (end.go === "ended") assert.equal(total, 1, `${step} was passed over`);
      }
      assert.equal(
        Object.keys(effects).some((key) => key.startsWith("not.")),
        false,
      );
      assert.ok(end.go === "ended" || end.go === "failed");
    }),
    { numRuns: 2_000 },
  );
});

test("crashes change nothing about how a run ends", () => {
  fc.assert(
    fc.property(plays, (given) => {
      const fates = given.fates.map((fate) => (fate === "refuses" ? "answers" : fate));
      const calm = play(bundleOf(steps), { ...given, fates: ["answers"], crashes: new Set() });
      // Four mishaps, then answers for good: were they dealt out in turns, crashes could eat the answers until the
      // retries of a step are used up, and the run would rightly fail.
      const stormy = play(bundleOf(steps), { ...given, fates: [...fates.slice(0, 4), ...Array(200).fill("answers")] });
      assert.deepEqual(stormy.end, calm.end);
    }),
    { numRuns: 1_000 },
  );
});

test("a person is asked only where nothing can be looked up", () => {
  fc.assert(
    fc.property(plays, (given) => {
      const { words } = play(bundleOf(steps), { ...given, fates: [...given.fates, "answers"] });
      if (given.canLookUp) assert.deepEqual(words, {});
    }),
  );
});

test("six retries, each later than the one before, then the end; a person's repeat begins a new series", () => {
  const bundle = bundleOf([act("aaa", "ping")]);
  const journal: Entry[] = [];
  const waits: number[] = [];
  let at = firstPosition(bundle);
  for (let series = 0; series < 2; series++) {
    while (true) {
      const next = after(bundle, at, journal, { kind: "failed", failure: failure("temporary") });
      journal.push({
        ...at,
        step: "aaa",
        state: "failed",
        ...(next.go === "failed" ? { final: true } : {}),
      });
      if (next.go !== "wait") break;
      waits.push(next.ms / 60_000);
      at = next.at;
    }
    at = { ...at, attempt: at.attempt + 1 };
  }
  assert.deepEqual(waits, [1, 5, 15, 60, 180, 360, 1, 5, 15, 60, 180, 360]);
});

test("Retry-After is a lower bound, and waiting for a turn counts as nothing", () => {
  const bundle = bundleOf([act("aaa", "create")]);
  const at = firstPosition(bundle);
  const later = after(bundle, at, [], { kind: "failed", failure: failure("temporary"), retryAfterMs: 7_200_000 });
  assert.deepEqual(later.go === "wait" && [later.ms, later.at.attempt], [7_200_000, 2]);
  const turn = after(bundle, at, [], { kind: "turn", retryAfterMs: 3_000 });
  assert.deepEqual(turn.go === "wait" && [turn.ms, turn.at.attempt, turn.failure], [3_000, 1, null]);
});

test("a bug of ours is tried once more; other classes end at once", () => {
  const bundle = bundleOf([act("aaa", "ping")]);
  const at = firstPosition(bundle);
  assert.equal(after(bundle, at, [], { kind: "failed", failure: failure("defect") }).go, "wait");
  const again = [{ step: "aaa", attempt: 1, element: 0, state: "failed" as const }];
  assert.equal(
    after(bundle, { step: "aaa", attempt: 2, element: 0 }, again, { kind: "failed", failure: failure("defect") }).go,
    "failed",
  );
  for (const one of ["access", "forbidden", "data", "not_found"] as const) {
    assert.equal(after(bundle, at, [], { kind: "failed", failure: failure(one) }).go, "failed");
  }
});

test("steps that are switched off are passed over, also as the goal of a jump", () => {
  const off = { disabled: true };
  const bundle = bundleOf([
    { ...act("aaa", "ping"), ...off },
    act("bbb", "ping"),
    { ...act("ccc", "ping"), ...off },
    act("ddd", "ping"),
  ]);
  assert.deepEqual(firstPosition(bundle), { step: "bbb", attempt: 1, element: 0 });
  const next = after(bundle, { step: "bbb", attempt: 1, element: 0 }, [], { kind: "goes", to: "ccc" });
  assert.deepEqual(next, { go: "on", at: { step: "ddd", attempt: 1, element: 0 } });
});

test("a jump backwards or to nowhere is a failure, never a loop", () => {
  const bundle = bundleOf([act("aaa", "ping"), act("bbb", "ping")]);
  for (const to of ["aaa", "bbb", "zzz"]) {
    assert.equal(after(bundle, { step: "bbb", attempt: 1, element: 0 }, [], { kind: "goes", to }).go, "failed");
  }
});

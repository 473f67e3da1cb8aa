/** Steps for tests of the machine, and a world to play runs of any bundle in, with deaths at any moment. */
import fc from "fast-check";
import { type ActionStep, type Bundle, OnError, type Step } from "../bundle/model.ts";
import type { Failure } from "../engine.ts";
import { loopAround } from "./loops.ts";
import {
  after,
  type Entry,
  firstPosition,
  type Next,
  type Outcome,
  type Position,
  resolved,
  type Told,
  workAt,
} from "./machine.ts";

export function act(id: string, action: string): ActionStep {
  return { id, kind: "action", connector: "crm", action, connection: null, input: {} };
}

/** What happens to the first call of a step for an element; later ones are answered. `broken` never gets better by itself. */
export type Fate = "answers" | "refuses" | "loses" | "swallows" | "broken";

export interface World {
  readonly fate: (place: string) => Fate;
  /** Whether conditions hold, and what a person answers. */
  readonly holds: (place: string) => boolean;
  readonly total: number;
  readonly canLookUp: boolean;
}
export interface Played {
  /** How often each place had its effect outside. */
  readonly effects: ReadonlyMap<string, number>;
  readonly end: Exclude<Next, { go: "on" | "wait" | "asks" }>;
  readonly journal: readonly Entry[];
}

const failure = (errorClass: Failure["class"]): Failure => ({ class: errorClass, sentence: { ru: "x", en: "x" } });

/** Plays a run; only what was stored survives a death. `crashes`: the moments of death, counted. */
export function play(
  bundle: Bundle,
  world: World,
  crashes: ReadonlySet<number>,
  from?: { at: Position; played: Played },
): Played {
  const effects = new Map(from?.played.effects ?? []);
  const called = new Map<string, number>();
  /** Calls whose effect is there, by place and attempt: what a look-up finds. */
  const made = new Set<string>();
  const kept = new Set<string>();
  let stored = { at: from?.at ?? firstPosition(bundle), journal: [...(from?.played.journal ?? [])] };
  let { at, journal } = stored;
  let moment = 0;
  const dies = (): boolean => {
    const isDead = crashes.has(moment++);
    if (isDead) ({ at, journal } = stored);
    return isDead;
  };
  const store = (): void => {
    stored = { at, journal };
  };
  const put = (line: Entry): void => {
    const isOther = (one: Entry) =>
      one.step !== line.step || one.attempt !== line.attempt || one.element !== line.element;
    const place = journal.findIndex((one) => !isOther(one));
    journal = place < 0 ? [...journal, line] : journal.with(place, line);
  };

  for (let round = 0; round < 50_000; round++) {
    const work = workAt(bundle, at, journal);
    if (work.do === "move") {
      const { next } = work;
      if (next.go === "wait" || next.go === "asks") throw new Error("a move never waits");
      if (next.go !== "on") return { effects, end: next, journal };
      at = next.at;
      continue;
    }
    const { step } = work;
    const place = `${step.id}.${at.element}`;
    const call = `${place}.${at.attempt}`;
    const entry = journal.find(
      (one) => one.step === step.id && one.attempt === at.attempt && one.element === at.element,
    );
    let outcome: Outcome;
    let told: Told = {};
    if (dies()) continue;
    if (work.do === "settle") {
      if (world.canLookUp)
        outcome = made.has(call) ? { kind: "done", output: {} } : { kind: "absent", failure: failure("unknown") };
      else outcome = { kind: "untold", failure: failure("unknown") };
    } else if (work.do === "open") {
      outcome = { kind: "opened" };
      told = { total: world.total };
    } else if (work.do === "close") {
      told = { total: world.total, isClosed: true };
      outcome = work.failed.length > 0 ? { kind: "partly", failure: failure("data") } : { kind: "closed" };
    } else {
      switch (work.step.kind) {
        case "router": {
          const to = world.holds(place) ? work.step.onTrue : work.step.onFalse;
          told = { to };
          outcome = { kind: "goes", to };
          break;
        }
        case "stopIf":
          told = { stops: world.holds(place) };
          outcome = told.stops ? { kind: "ends", how: "stopIf" } : { kind: "goes", to: "next" };
          break;
        case "break":
          told = { stops: true };
          outcome = { kind: "ends", how: "break" };
          break;
        case "delay":
          outcome = entry?.state === "waiting" ? { kind: "done", output: {} } : { kind: "sleeps", ms: 1, why: "delay" };
          break;
        case "approval":
          outcome = { kind: "sleeps", ms: 1, why: "approval" };
          break;
        case "set": {
          const before = journal.filter(
            (one) => one.step === step.id && one.element === at.element && one.state === "succeeded",
          );
          const op = `${place}.${before.length}`;
          if (!kept.has(op)) effects.set(place, (effects.get(place) ?? 0) + 1);
          kept.add(op);
          outcome = { kind: "done", output: {} };
          break;
        }
        case "endLoop":
          throw new Error("the end of a loop is never a place to stand");
        case "action": {
          const isSafe = work.step.action === "ping";
          if (!isSafe) {
            store();
            put({ ...at, step: step.id, state: "calling" });
            store();
          }
          if (dies()) continue;
          const times = called.get(place) ?? 0;
          called.set(place, times + 1);
          const fate = world.fate(place);
          const does = times === 0 || fate === "broken" ? fate : "answers";
          if (does === "answers" || does === "swallows") {
            effects.set(place, (effects.get(place) ?? 0) + 1);
            made.add(call);
          }
          if (dies()) continue;
          if (does === "answers") outcome = { kind: "done", output: {} };
          else if (does === "broken") outcome = { kind: "failed", failure: failure("data") };
          else if (does === "refuses" || isSafe) outcome = { kind: "failed", failure: failure("temporary") };
          else outcome = { kind: "lost", failure: failure("unknown") };
          break;
        }
        default:
          throw new Error(work.step satisfies never);
      }
    }
    const next = after(bundle, at, journal, outcome);
    if (dies()) continue;
    const isFailure = outcome.kind === "failed" || outcome.kind === "partly" || outcome.kind === "absent";
    put({
      ...at,
      step: step.id,
      state: stateOf(outcome),
      ...(isFailure && next.go !== "wait" ? { final: true } : {}),
      ...(next.go === "on" && next.broke ? { broke: true } : {}),
      told,
    });
    if (next.go === "ended" || next.go === "failed") return { effects, end: next, journal };
    if (next.go === "asks") {
      // The person looks and tells the truth.
      const word = made.has(call) ? "happened" : "repeat";
      put({ ...at, step: step.id, state: word === "happened" ? "succeeded" : "skipped" });
      at = resolved(at, word);
      store();
    } else if (next.go === "wait" && next.why === "approval") {
      put({ ...at, step: step.id, state: "succeeded", told: { answer: world.holds(place) ? "yes" : "no" } });
      store();
    } else {
      const isStored = step.kind === "action" || step.kind === "set" || next.go === "wait" || next.at.step === at.step;
      at = next.at;
      if (isStored) store();
    }
  }
  throw new Error("a run that never ends");
}

function stateOf({ kind }: Outcome): Entry["state"] {
  if (kind === "failed" || kind === "partly") return "failed";
  if (kind === "lost" || kind === "untold" || kind === "unseen") return "unknown";
  if (kind === "absent") return "skipped";
  return kind === "sleeps" ? "waiting" : "succeeded";
}

// ---------------------------------------------------------------- any bundle, any world

const KINDS = ["create", "create", "ping", "router", "stopIf", "break", "delay", "set", "approval"] as const;
const anyStep = fc.record({
  kind: fc.constantFrom(...KINDS),
  to: fc.nat(99),
  otherwise: fc.nat(99),
  onError: fc.constantFrom("stop", "stop", "stop", "continue", "goto"),
  isOff: fc.integer({ min: 0, max: 9 }).map((n) => n === 0),
});
type Seed = typeof anyStep extends fc.Arbitrary<infer One> ? One : never;

const anyPart = fc.oneof(
  { weight: 3, arbitrary: anyStep.map((seed) => [seed]) },
  {
    weight: 2,
    arbitrary: fc
      .tuple(fc.array(anyStep, { minLength: 1, maxLength: 4 }), fc.boolean())
      .map(([body, isClosed]) => ["loop" as const, ...body, ...(isClosed ? ["endLoop" as const] : [])]),
  },
);

/** A bundle as the validator lets it pass: jumps go forwards, into no loop and out of none but to its end. */
export const anyBundle: fc.Arbitrary<Bundle> = fc.array(anyPart, { minLength: 1, maxLength: 4 }).map((parts) => {
  const closed = parts.map((part, at) =>
    at < parts.length - 1 && part[0] === "loop" && part.at(-1) !== "endLoop" ? [...part, "endLoop" as const] : part,
  );
  const seeds = closed.flat();
  const bare = seeds.map((seed, at): Step => {
    const id = `s${String(at).padStart(2, "0")}`;
    if (seed === "loop") return { id, kind: "loop", list: "{{ trigger.items }}" };
    if (seed === "endLoop") return { id, kind: "endLoop" };
    return bareStep(id, seed);
  });
  const body: Bundle = { format: 1, trigger: null, steps: bare };
  return { ...body, steps: bare.map((step, at) => aimed(body, step, at, seeds[at])) };
});

function bareStep(id: string, { kind, isOff }: Seed): Step {
  const off = isOff ? { disabled: true } : {};
  if (kind === "create" || kind === "ping") return { ...act(id, kind), ...off };
  if (kind === "router") return { id, kind, when: [], onTrue: "next", onFalse: "next", ...off };
  if (kind === "stopIf") return { id, kind, when: [], ...off };
  if (kind === "break") return { id, kind, ...off };
  if (kind === "delay") return { id, kind, how: { kind: "for", amount: 1, unit: "hours" }, ...off };
  if (kind === "set") return { id, kind, keep: "workspace", values: [{ name: "n", how: "add" }], ...off };
  const deadline = { amount: 1, unit: "hours" as const };
  return { id, kind, question: "?", who: null, deadline, otherwise: "no", onNo: "next", ...off };
}

function aimed(body: Bundle, step: Step, at: number, seed: Seed | "loop" | "endLoop" | undefined): Step {
  if (seed === undefined || seed === "loop" || seed === "endLoop") return step;
  const own = loopAround(body, at);
  const goals = body.steps.flatMap(({ id }, to) => {
    const isInside = own ? to <= own.end : loopAround(body, to) === undefined;
    return to > at && isInside ? [id] : [];
  });
  const goal = (n: number): string => [...goals, "next", "end"][n % (goals.length + 2)] ?? "next";
  const onError = OnError.parse(
    seed.onError === "goto" ? { kind: "goto", step: goal(seed.otherwise) } : { kind: seed.onError },
  );
  if (step.kind === "router") return { ...step, onTrue: goal(seed.to), onFalse: goal(seed.otherwise) };
  if (step.kind === "approval") return { ...step, onNo: goal(seed.to) };
  return step.kind === "action" ? { ...step, onError } : step;
}

/** A stable choice for a place. */
function dice(seed: number, place: string): number {
  let hash = seed | 0;
  for (const char of place) hash = Math.imul(hash ^ char.charCodeAt(0), 0x5bd1e995) ^ (hash >>> 13);
  return (hash >>> 8) & 0xffff;
}
const FATES: readonly Fate[] = ["answers", "answers", "refuses", "loses", "swallows", "broken"];

export const anyWorld: fc.Arbitrary<World> = fc
  .record({ seed: fc.integer(), total: fc.integer({ min: 0, max: 4 }), canLookUp: fc.boolean() })
  .map(({ seed, total, canLookUp }) => ({
    total,
    canLookUp,
    fate: (place) => FATES[dice(seed, place) % FATES.length] ?? "answers",
    holds: (place) => dice(seed, `${place}?`) % 3 !== 0,
  }));
/** Few deaths: a service that swallows the same call again and again is rightly given up. */
export const anyCrashes = fc.array(fc.nat(120), { maxLength: 4 }).map((moments) => new Set(moments));

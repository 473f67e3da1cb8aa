import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "../../../test/support/property.ts";
import type { Failure } from "../engine.ts";
import { causeOf, valuesIn, withoutValues } from "./cause.ts";
import { corpus, SAID, UNSEEN } from "./corpus.fixtures.ts";
import { judgeStreak } from "./streak.ts";

const failure = (more: Partial<Failure>): Failure => ({
  class: "data",
  sentence: { ru: "x", en: "Refused." },
  ...more,
});
const at = { bundle: "b", step: "s", connection: "c" };

test("messages that differ only in values have one cause", () => {
  const pairs = [
    ["Order 1234 was not found", "Order 99 was not found"],
    ["Phone «+7 999 1» is wrong", "Phone «123» is wrong"],
    ["bad id 5f0c7f3e-1111-4222-8333-444455556666", "bad id 0a0c7f3e-9999-4222-8333-444455556666"],
    ["no user ann@example.com", "no user bob@example.org"],
    ["status 'new' unknown", "status 'lost' unknown"],
    ["at 2026-03-02T10:00:00Z", "at 2025-01-01T00:00:01Z"],
  ];
  for (const [a = "", b = ""] of pairs) {
    assert.equal(causeOf({ ...at, failure: failure({ own: a }) }), causeOf({ ...at, failure: failure({ own: b }) }), a);
  }
});

test("another step, class or text is another cause", () => {
  const causes = [
    causeOf({ ...at, failure: failure({ own: "no such shop" }) }),
    causeOf({ ...at, failure: failure({ own: "no such status" }) }),
    causeOf({ ...at, failure: failure({ own: "no such shop", class: "forbidden" }) }),
    causeOf({ ...at, step: "t", failure: failure({ own: "no such shop" }) }),
    causeOf({ ...at, bundle: "d", failure: failure({ own: "no such shop" }) }),
  ];
  assert.equal(new Set(causes).size, causes.length);
});

test("access errors belong to the connection, whatever bundle meets them", () => {
  const access = failure({ class: "access" });
  assert.equal(
    causeOf({ ...at, failure: access }),
    causeOf({ bundle: "other", step: "t", connection: "c", failure: failure({ class: "access", own: "else" }) }),
  );
  assert.notEqual(causeOf({ ...at, failure: access }), causeOf({ ...at, connection: "d", failure: access }));
});

const pairs = (count: number) => (count * (count - 1)) / 2;
const sum = (counts: Iterable<number>) => [...counts].reduce((all, count) => all + pairs(count), 0);
const counted = (keys: readonly (string | number)[]) => {
  const counts = new Map<string | number, number>();
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
  return counts.values();
};

test("hundreds of real-looking messages: nothing of another cause is hidden, hardly a cause is told twice", () => {
  const all = corpus().map((one) => ({ ...one, said: withoutValues(one.text, valuesIn({ ...one.input })) }));
  const together = sum(counted(all.map(({ said, cause }) => `${cause} ${said}`)));
  const precision = together / sum(counted(all.map(({ said }) => said)));
  const recall = together / sum(counted(all.map(({ cause }) => cause)));
  assert.ok(all.length >= 400 && SAID.length >= 80);
  assert.equal(precision, 1);
  // What is missing are names that stand unquoted in the message and nowhere in what was sent.
  assert.ok(recall >= 0.96, `pairs that belong together and are: ${recall}`);
});

test("messages that the rules weren't made for are grouped as well", () => {
  const keys = UNSEEN.map((group) => new Set(group.map((text) => withoutValues(text))));
  assert.deepEqual(
    keys.map(({ size }) => size),
    keys.map(() => 1),
  );
  assert.equal(new Set(keys.flatMap((one) => [...one])).size, UNSEEN.length, "and none hides another");
});

test("what a message begins with is what it speaks of, also behind our own sentence", () => {
  const own = (text: string) => causeOf({ ...at, failure: failure({ own: text }) });
  assert.notEqual(own('"status" with code "x" does not exist.'), own('"orderType" with code "x" does not exist.'));
  assert.equal(own('"status" with code "x" does not exist.'), own('"status" with code "y" does not exist.'));
  const sent = (value: string) =>
    causeOf({ ...at, failure: failure({ own: `no ${value} here` }), input: { deep: [{ value }] } });
  assert.equal(sent("Анна Петрова"), sent("Smith & Sons"));
});

test("a service that doesn't answer is one cause, however it doesn't", () => {
  const temporary = (own: string) => causeOf({ ...at, failure: failure({ class: "temporary", own }) });
  assert.equal(temporary("502 Bad Gateway"), temporary("connection reset"));
});

test("any text is grouped without harm", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme", maxLength: 500 }), (text) => {
      const once = withoutValues(text);
      assert.equal(typeof once, "string");
      assert.doesNotMatch(once, /\d{3}/);
    }),
  );
});

const times = (count: number, value: boolean) => Array.from({ length: count }, () => value);
test("ten failures in a row pause, eight warn, a success between starts anew", () => {
  assert.equal(judgeStreak(times(7, true)).do, "nothing");
  assert.equal(judgeStreak(times(8, true)).do, "warn");
  assert.equal(judgeStreak(times(9, true)).do, "nothing");
  assert.equal(judgeStreak(times(10, true)).do, "pause");
  assert.equal(judgeStreak([...times(9, true), false, ...times(9, true)]).do, "nothing");
});

test("95 % of more than 20 runs pause too", () => {
  assert.equal(judgeStreak([...times(5, true), false, ...times(14, true)]).do, "nothing");
  assert.equal(judgeStreak([...times(5, true), false, ...times(15, true)]).do, "pause");
  assert.equal(judgeStreak([true, false, ...times(17, true), false, ...times(2, true)]).do, "nothing");
});

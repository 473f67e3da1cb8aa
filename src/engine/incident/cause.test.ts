import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Failure } from "../engine.ts";
import { causeOf, withoutValues } from "./cause.ts";
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

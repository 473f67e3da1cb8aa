import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "../../../test/support/property.ts";
import type { Json } from "../../connectors/kit/fields.ts";
import { type Condition, OPERATORS, type Operator } from "../bundle/model.ts";
import { evaluate, mistakeInPattern } from "./conditions.ts";
import type { ValueSettings } from "./settings.ts";

const moscow: ValueSettings = {
  timeZone: "Europe/Moscow",
  country: "RU",
  locale: "ru",
  now: new Date("2026-01-10T09:00:00Z"),
};
function holds(left: Json, operator: Operator, right?: Json, more: Partial<Condition> = {}): boolean {
  const condition: Condition = { left: "{{ t.left }}", operator, right: "{{ t.right }}", ...more };
  return evaluate([[condition]], { t: { left, right: right ?? null } }, moscow).holds;
}

test("a missing value is empty; false and 0 are values", () => {
  for (const value of [null, "", "  ", [], {}]) assert.ok(holds(value, "empty"), JSON.stringify(value));
  for (const value of [0, false, "0", [0]]) assert.ok(holds(value, "notEmpty"), JSON.stringify(value));
});

test("text ignores case and outer spaces unless told otherwise", () => {
  assert.ok(holds(" Complete ", "equals", "complete"));
  assert.ok(!holds(" Complete ", "equals", "complete", { exact: true }));
  assert.ok(holds("new", "notEquals", "complete"));
  assert.ok(holds("Заявка с сайта", "contains", "САЙТ"));
  assert.ok(holds("abc", "notContains", "d") && holds("abc", "startsWith", "AB") && holds("abc", "endsWith", "BC"));
  assert.ok(!holds("abc", "startsWith", "AB", { exact: true }));
});

test("patterns are searched anywhere, in linear time; a broken one matches nothing", () => {
  assert.ok(holds("order-123", "matches", "\\d{3}$"));
  assert.ok(holds("ЗАКАЗ", "matches", "^заказ"));
  assert.ok(!holds("x", "matches", "("));
  assert.ok(!holds(`${"a".repeat(50_000)}!`, "matches", "^(a+)+$"));
  assert.notEqual(mistakeInPattern({ left: "x", operator: "matches", right: "(" }), null);
  assert.equal(mistakeInPattern({ left: "x", operator: "matches", right: "a+" }), null);
});

test("is one of and is none of take lists and texts that list", () => {
  assert.ok(holds("b", "oneOf", ["a", "B"]) && holds("b", "oneOf", "a, b") && holds(2, "oneOf", "1\n2"));
  assert.ok(holds("c", "noneOf", ["a", "b"]) && !holds("a", "noneOf", "a;b") && holds("", "noneOf", ["a"]));
});

test("numbers compare as numbers when both sides look like numbers", () => {
  assert.ok(holds("1 234,50", "eq", 1234.5) && holds("1\u00a0234,5", "equals", "1234.50"));
  assert.ok(holds("10", "gt", "9") && holds("9", "lt", 10) && holds("9", "le", "9,0") && holds("-1", "ge", "-1.5"));
  assert.ok(holds("1234567890123456789", "gt", "1234567890123456788"));
  assert.ok(holds("1234567890123456789", "ne", "1234567890123456788"));
  assert.ok(!holds("abc", "lt", 5) && !holds("abc", "gt", 5) && !holds("", "lt", 5) && holds("abc", "ne", 5));
});

test("codes and phones aren't quantities: 007 is not 7, 1e3 is not 1000", () => {
  assert.ok(!holds("007", "equals", "7") && !holds("1e3", "equals", "1000") && holds("1.0", "equals", 1));
});

test("dates: before, after, within the last N, in several formats and zones", () => {
  assert.ok(holds("10.01.2026 11:00", "before", "2026-01-10T09:00:00Z"));
  assert.ok(holds(1_768_035_600, "after", "10/01/2026 11:59"));
  assert.ok(holds("10.01.2026 11:30", "within", 1, { unit: "hours" }));
  assert.ok(!holds("10.01.2026 10:30", "within", 1, { unit: "hours" }) && holds("09.01.2026 18:00", "within", "1"));
  assert.ok(!holds("10.01.2026 12:30", "within", 5, { unit: "days" }), "the future isn't the last days");
  assert.ok(!holds("soon", "before", "2026-01-10") && !holds(null, "after", "2026-01-10"));
});

test("booleans as services write them; an empty one is neither", () => {
  assert.ok(holds(true, "isTrue") && holds("Да", "isTrue") && holds(1, "isTrue") && holds("false", "isFalse"));
  assert.ok(!holds(null, "isTrue") && !holds(null, "isFalse") && !holds("maybe", "isTrue"));
});

test("lists: contains and does not contain", () => {
  assert.ok(holds(["VIP", "опт"], "has", "vip") && holds(["a"], "hasNot", "b") && !holds(["a"], "hasNot", "A"));
  assert.ok(holds(["a", "b"], "contains", "b") && holds([], "hasNot", "a") && holds("a, b", "has", "b"));
});

test("groups are OR of AND-groups; none hold for everything; a verdict for each", () => {
  const yes: Condition = { left: "a", operator: "equals", right: "a" };
  const no: Condition = { left: "a", operator: "equals", right: "b" };
  assert.ok(evaluate([], {}, moscow).holds);
  assert.ok(evaluate([[yes, no], [yes]], {}, moscow).holds);
  const result = evaluate([[yes, no]], {}, moscow);
  assert.equal(result.holds, false);
  assert.deepEqual(result.verdicts, [
    [
      { condition: yes, left: "a", right: "a", holds: true },
      { condition: no, left: "a", right: "b", holds: false },
    ],
  ]);
});

test("every operator gives a verdict on any values, and each negative one the opposite of its positive", () => {
  const pairs = {
    empty: "notEmpty",
    equals: "notEquals",
    contains: "notContains",
    oneOf: "noneOf",
    eq: "ne",
    has: "hasNot",
  } as const;
  fc.assert(
    fc.property(
      fc.constantFrom(...OPERATORS),
      fc.jsonValue(),
      fc.jsonValue(),
      fc.boolean(),
      (operator, a, b, exact) => {
        const [left, right] = [JSON.parse(JSON.stringify(a)), JSON.parse(JSON.stringify(b))];
        assert.equal(typeof holds(left, operator, right, { exact }), "boolean");
        for (const [positive, negative] of Object.entries(pairs)) {
          if (operator === positive)
            assert.notEqual(holds(left, negative, right, { exact }), holds(left, operator, right, { exact }));
        }
      },
    ),
    { numRuns: 1_000 },
  );
});

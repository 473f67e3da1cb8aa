import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "../../../test/support/property.ts";
import { parseJson, storableJson, stringifyJson } from "./json.ts";

test("integers beyond 2^53 stay exact as text", () => {
  assert.deepEqual(parseJson('{"ctClientId":1234567890123456789,"n":[-9007199254740993,9007199254740991]}'), {
    ctClientId: "1234567890123456789",
    n: ["-9007199254740993", 9007199254740991],
  });
});

test("decimals a double holds stay numbers, others become text", () => {
  assert.deepEqual(parseJson("[0.1,1.10,55.75396123456789012,1e-7,100000000000000000.5]"), [
    0.1,
    1.1,
    "55.75396123456789012",
    1e-7,
    "100000000000000000.5",
  ]);
});

test("exponents: small ones are numbers, large integers decimal text, absurd ones stay as written", () => {
  assert.deepEqual(parseJson("[1e3,12.5e1,1E20,-1.5e300,1e400,1e-400,0e9]"), [
    1000,
    125,
    "100000000000000000000",
    "-1.5e300",
    "1e400",
    "1e-400",
    0,
  ]);
});

test("minus zero is zero", () => {
  assert.ok(Object.is(parseJson("-0"), 0));
  assert.deepEqual(parseJson('{"a":[-0,-0.0]}'), { a: [0, 0] });
});

test("numbers inside strings are left alone", () => {
  assert.deepEqual(parseJson('{"a":"1234567890123456789","b":1234567890123456789}'), {
    a: "1234567890123456789",
    b: "1234567890123456789",
  });
});

test("the last of repeated keys wins", () => {
  assert.deepEqual(parseJson('{"a":1,"a":12345678901234567890}'), { a: "12345678901234567890" });
  assert.deepEqual(parseJson('{"a":12345678901234567890,"a":2}'), { a: 2 });
});

test("__proto__ keys are harmless", () => {
  for (const text of ['{"__proto__":{"isAdmin":true},"a":1}', '{"\\u005f_proto__":{"isAdmin":true},"a":1}']) {
    const parsed = parseJson(text);
    assert.deepEqual(parsed, { a: 1 });
    assert.equal(Reflect.get(Object.assign({}, parsed), "isAdmin"), undefined);
  }
});

test("broken and bottomless input is a SyntaxError", () => {
  for (const text of [
    "",
    "{",
    "{'a':1}",
    "NaN",
    "[1,]",
    "[".repeat(500_000),
    `${'{"a":'.repeat(300)}1${"}".repeat(300)}`,
  ]) {
    assert.throws(() => parseJson(text), SyntaxError);
  }
});

test("huge but flat input parses", () => {
  const items = Array.from({ length: 20_000 }, (_, index) => ({ id: index, text: 'with "quotes" \\ and [brackets' }));
  assert.deepEqual(parseJson(JSON.stringify(items)), items);
});

test("what JSON.stringify wrote comes back", () => {
  const leaf = fc.oneof(fc.string(), fc.boolean(), fc.constant(null), fc.maxSafeInteger());
  const { tree } = fc.letrec((tie) => ({
    tree: fc.oneof(
      leaf,
      fc.array(tie("tree")),
      fc.dictionary(
        fc.string().filter((key) => key !== "__proto__"),
        tie("tree"),
      ),
    ),
  }));
  fc.assert(
    fc.property(tree, (value) => assert.equal(stringifyJson(parseJson(stringifyJson(value))), stringifyJson(value))),
  );
});

test("every double survives, as a number or as its text", () => {
  const doubles = fc.double({ noNaN: true, noDefaultInfinity: true });
  fc.assert(fc.property(doubles, (value) => assert.equal(Number(parseJson(stringifyJson(value))) + 0, value + 0)));
});

test("every integer survives as the same digits", () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }), (value) => {
      assert.equal(String(parseJson(`[${value}]`)), String(value));
    }),
  );
});

test("storable text has no NUL and no half surrogates", () => {
  assert.deepEqual(storableJson({ "a\u0000": ["x\u0000y", "\ud800z", 1, null, true] }), {
    a: ["xy", "\ufffdz", 1, null, true],
  });
});

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "../../test/support/property.ts";
import { indexOf, newStepId, short, token } from "./short.ts";

test("a token finds its line, also when the line moved, and never another one", () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.string({ minLength: 1 }), { minLength: 1, maxLength: 60 }), fc.nat(), (keys, n) => {
      const index = n % keys.length;
      const key = keys[index] ?? "";
      const given = token(index, key);
      assert.ok(Buffer.byteLength(given) <= 9);
      const moved = [...keys.slice(1), ...keys.slice(0, 1)];
      const found = indexOf(given, moved);
      assert.ok(found !== null && short(moved[found] ?? "") === short(key));
      const without = keys.filter((one) => short(one) !== short(key));
      assert.equal(indexOf(given, without), null);
    }),
  );
});

test("what no button of ours carries is stale", () => {
  for (const bad of [undefined, "", ".", "1", "1.", "-1.abcde", "x.abcde", "1e3.abcde"])
    assert.equal(indexOf(bad, ["a", "b"]), null);
});

test("step ids are Liquid names and new", () => {
  const taken: string[] = [];
  for (let i = 0; i < 200; i++) taken.push(newStepId(taken));
  assert.equal(new Set(taken).size, 200);
  for (const id of taken) assert.match(id, /^[a-z][a-z0-9]{3}$/);
});

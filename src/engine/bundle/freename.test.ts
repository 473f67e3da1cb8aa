import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "../../../test/support/property.ts";
import { copyName, freeName, MAX_NAME } from "./freename.ts";

test("copies count up, copies of copies too", () => {
  const taken = ["Звонки"];
  const made = ["Звонки", "Звонки (копия)", "Звонки (копия 2)"].map((name) => {
    const next = copyName(name, "копия", taken);
    taken.push(next);
    return next;
  });
  assert.deepEqual(made, ["Звонки (копия)", "Звонки (копия 2)", "Звонки (копия 3)"]);
});

test("an import keeps its name while it is free", () => {
  assert.equal(freeName("Звонки", []), "Звонки");
  assert.equal(freeName("Звонки", ["Звонки", "Звонки (2)"]), "Звонки (3)");
});

test("a made name fits and is taken by nobody", () => {
  const name = fc.string({ minLength: 1, maxLength: MAX_NAME, unit: "grapheme" });
  fc.assert(
    fc.property(name, fc.array(name), (given, others) => {
      const taken = [given, ...others];
      for (const make of [() => copyName(given, "copy", taken), () => freeName(given, taken)]) {
        const made = make();
        assert.ok(made.length <= MAX_NAME && !taken.includes(made) && made.isWellFormed());
        taken.push(made);
      }
    }),
  );
});

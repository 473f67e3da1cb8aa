import assert from "node:assert/strict";
import { test } from "node:test";
import { FormattedString } from "@grammyjs/parse-mode";
import fc from "../../test/support/property.ts";
import { cut, markup } from "./show.ts";

test("a cut text fits, keeps its entities inside and tears no character", () => {
  const entity = fc.record({ offset: fc.nat(60), length: fc.integer({ min: 1, max: 60 }) });
  fc.assert(
    fc.property(
      fc.string({ unit: "binary", minLength: 1, maxLength: 80 }),
      fc.array(entity, { maxLength: 5 }),
      fc.integer({ min: 2, max: 40 }),
      (text, given, longest) => {
        const entities = given
          .filter(({ offset }) => offset < text.length)
          .map(({ offset, length }) => ({
            type: "bold" as const,
            offset,
            length: Math.min(length, text.length - offset),
          }));
        const got = cut(new FormattedString(text, entities), longest);
        assert.ok(got.text.length <= longest);
        assert.ok(got.text.isWellFormed());
        for (const { offset, length } of got.entities) {
          assert.ok(length > 0 && offset + length <= got.text.length);
        }
      },
    ),
  );
});

test("an empty text is never sent", () => {
  assert.equal(cut(new FormattedString("")).text, "…");
});

test("a screen that Telegram would refuse is refused here, with its size", () => {
  const button = { text: "x", data: "y" };
  const screen = (keyboard: { text: string; data: string }[][]) => ({ text: new FormattedString("t"), keyboard });
  assert.throws(() => markup(screen(Array.from({ length: 91 }, () => [button]))), /91 buttons/);
  assert.throws(() => markup(screen([Array.from({ length: 9 }, () => button)])), /must page/);
  assert.throws(() => markup(screen(Array.from({ length: 80 }, () => [{ text: "ж".repeat(60), data: "y" }]))), /bytes/);
  assert.deepEqual(markup(screen([[], []])), {});
});

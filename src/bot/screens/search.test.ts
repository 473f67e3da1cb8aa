/** What a search over fields, services and events finds, and in which order fields are suggested. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Field, Source } from "../../engine/index.ts";
import { candidates, ranked, searched } from "./candidates.ts";
import { fits as fitsWords } from "./choose.ts";

const both = (text: string) => ({ ru: text, en: text });

test("fields of the same meaning come first; a search looks at names and values", () => {
  const one = (key: string, over: Partial<Field>, shown: string | null): Source["fields"][number] => ({
    field: { key, label: both(key), kind: "text", ...over },
    template: `{{ trigger.${key} }}`,
    shown,
    value: shown,
  });
  const given: Source[] = [
    {
      ref: "trigger",
      number: 1,
      title: both("t"),
      fields: [
        one("empty", {}, null),
        one("city", {}, "Москва"),
        one("caller", { kind: "phone", meaning: "phone" }, "+7 900"),
      ],
    },
  ];
  assert.deepEqual(
    ranked(given, { kind: "phone", meaning: "phone" }).map((each) => each.one.field.key),
    ["caller", "city", "empty"],
  );
  assert.deepEqual(
    searched(candidates(given), "моск", "ru").map((each) => each.one.field.key),
    ["city"],
  );
  assert.deepEqual(
    searched(candidates(given), "{CALLER}", "ru").map((each) => each.one.field.key),
    ["caller"],
  );
});

test("a search overlooks endings and the order of words", () => {
  assert.ok(fitsWords("retailCRM · Новый клиент", "клиента retail"));
  assert.ok(fitsWords("Calltouch · Новая сделка по звонку", "сделку"));
  assert.ok(!fitsWords("Calltouch · Новая заявка", "сделка"));
  assert.ok(!fitsWords("Calltouch", "···"));
});

import assert from "node:assert/strict";
import { test } from "node:test";
import type { Source } from "../../engine/index.ts";
import { candidates } from "./candidates.ts";
import { firstUnknown, nearest, withField } from "./unknown.ts";

const field = (key: string, ru: string) => ({
  field: { key, label: { ru, en: key }, kind: "text" as const },
  template: `{{ trigger.${key} }}`,
  shown: null,
  value: null,
});
const source: Source = {
  ref: "trigger",
  number: 1,
  title: { ru: "Звонок", en: "Call" },
  fields: [field("caller", "Номер звонящего"), field("source", "Источник звонка"), field("tag", "Авто-теги")],
};

test("the unknown name alone is replaced, whatever stands around it", () => {
  const template = 'Заказ {Номер звонящево} от {{ trigger.source }} за {{ "{" }}% и {Тег}';
  assert.equal(firstUnknown(template), "Номер звонящево");
  const mended = withField(template, "{{ trigger.caller }}");
  assert.equal(mended, 'Заказ {{ trigger.caller }} от {{ trigger.source }} за {{ "{" }}% и {Тег}');
  assert.equal(firstUnknown(mended), "Тег");
  assert.equal(firstUnknown("{{ trigger.caller | date }}"), null);
});

test("the nearest name comes first", () => {
  const best = (typed: string) => nearest(candidates([source]), typed, "ru")[0]?.one.field.key;
  assert.equal(best("Номер звонящево"), "caller");
  assert.equal(best("источник"), "source");
  assert.equal(best("автотеги"), "tag");
});

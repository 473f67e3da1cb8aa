import assert from "node:assert/strict";
import { test } from "node:test";
import type { Field, Json } from "../../connectors/kit/fields.ts";
import { mappingLines } from "./lines.ts";

const field: Field = { key: "on", label: { ru: "И новые записи", en: "New ones too" }, kind: "boolean" };
const line = (on: Json, locale: "ru" | "en") => {
  const settings = { timeZone: "UTC", country: "RU", locale };
  const data = { trigger: { isNew: false } };
  const [made] = mappingLines({ fields: [field], values: { on }, unsure: [], data, named: [], settings, labels: {} });
  return [made?.spoken, made?.shown];
};

test("yes and no are said in people's words, chosen or computed", () => {
  assert.deepEqual(line(true, "ru"), ["Да", "Да"]);
  assert.deepEqual(line(false, "ru"), ["Нет", "Нет"]);
  assert.deepEqual(line("true", "en"), ["Yes", "Yes"]);
  assert.equal(line("{{ trigger.isNew }}", "ru")[1], "Нет");
});

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

test("a value that the account's list doesn't hold is doubted, not refused; one that is still to come isn't", () => {
  const shop: Field = { key: "shop", label: { ru: "Магазин", en: "Shop" }, kind: "reference", list: { name: "shops" } };
  const of = (value: Json, known = true) => {
    const [made] = mappingLines({
      fields: [shop],
      values: { shop: value },
      unsure: [],
      data: { trigger: { code: "north", phone: "7900" }, made: { id: "1" } },
      examples: new Set(["made"]),
      named: [],
      settings: { timeZone: "UTC", country: "RU", locale: "en" },
      labels: {},
      ...(known ? { listed: new Map([["shop", new Set(["north", "south"])]]) } : {}),
    });
    return made?.problem ? [made.isMild === true, made.problem.en.includes("list")] : null;
  };
  assert.deepEqual(of("{{ trigger.phone }}"), [true, true]);
  assert.deepEqual(of("gone"), [true, true]);
  assert.equal(of("{{ trigger.code }}"), null);
  assert.equal(of("{{ made.id }}"), null);
  assert.equal(of("{{ trigger.phone }}", false), null);
});

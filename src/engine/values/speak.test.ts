import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "../../../test/support/property.ts";
import type { Source } from "../engine.ts";
import { hear, nameSources, speak } from "./speak.ts";
import { escapeText, referenceTo } from "./template.ts";

function source(ref: string, number: number, fields: readonly [key: string, ru: string, en: string][]): Source {
  return {
    ref,
    number,
    title: { ru: ref, en: ref },
    fields: fields.map(([key, ru, en]) => ({
      field: { key, label: { ru, en }, kind: "text" },
      template: referenceTo(ref, key),
      shown: null,
      value: null,
    })),
  };
}
const sources = [
  source("trigger", 1, [
    ["callerNumber", "Номер звонящего", "Caller's number"],
    ["id", "ID", "ID"],
    ["tags.0", "Тег", "Tag"],
    ["odd-key", "Тег", "Tag"],
  ]),
  source("k7f", 2, [["id", "ID", "ID"]]),
];
const named = nameSources(sources, "ru");

test("people read names, not Liquid", () => {
  assert.equal(speak("Заказ по звонку {{ trigger.callerNumber }}", named), "Заказ по звонку {Номер звонящего}");
  assert.equal(speak("{{ trigger.callerNumber | phone }}", named), "{Номер звонящего | phone}");
  assert.equal(speak("{{ k7f.id }}/{{trigger['id']}}", named), "{2. ID}/{1. ID}");
  assert.equal(speak("{{ trigger.tags[0] }} {{ trigger['odd-key'] }}", named), "{Тег [tags.0]} {Тег [odd-key]}");
  assert.equal(speak("{{ gone.x }}", named), "{?gone.x}");
  assert.equal(speak(escapeText("{{ x }} {% y %}"), named), "{{ x }} {% y %}");
  assert.equal(speak(5, named), "5");
});

test("typed names are found whatever their case, in both languages, by key and by number", () => {
  for (const typed of [
    "номер звонящего",
    "Caller's number",
    "callerNumber",
    "1.Номер звонящего",
    "trigger.callerNumber",
  ]) {
    assert.deepEqual(hear(`№ {${typed}}`, named), { template: "№ {{ trigger.callerNumber }}", unknown: [] });
  }
  assert.equal(hear("{2. ID | upcase}", named).template, "{{ k7f.id | upcase }}");
});

test("a webhook's fields are found by the end of their keys, as long as one alone ends so", () => {
  const keys = ["body.order", "body.customer.name", "body.items.0.name"];
  const hook = nameSources(
    [
      source(
        "trigger",
        1,
        keys.map((key) => [key, key, key]),
      ),
    ],
    "en",
  );
  assert.equal(
    hear("{order} {Customer.name}", hook).template,
    `${referenceTo("trigger", "body.order")} ${referenceTo("trigger", "body.customer.name")}`,
  );
  assert.deepEqual(hear("{name}", hook).unknown, ["name"]);
});

test("unknown names are reported and stay text; Liquid and JSON that people type is text", () => {
  assert.deepEqual(hear("{Почта}", named), { template: "{Почта}", unknown: ["Почта"] });
  assert.deepEqual(hear('{"a": 1}', named), { template: '{"a": 1}', unknown: [] });
  assert.equal(speak(hear("{{ x }} {% if %}", named).template, named), "{{ x }} {% if %}");
});

test("long and hostile texts are spoken and heard at once", () => {
  for (const piece of ["{{", '{{"', "{{ a ", "{", "{x", "}", "{%"]) {
    const long = piece.repeat(Math.floor(60_000 / piece.length));
    assert.equal(typeof speak(long, named), "string");
    assert.equal(speak(hear(long, named).template, named), long);
  }
});

test("what is spoken is heard as the same template", () => {
  const piece = fc.oneof(
    fc.constantFrom(...named.map(({ template }) => template)),
    fc.constantFrom("{", "}", "{{", "%", " ", "|", "текст", '"', "{}", "{ {").map(escapeText),
  );
  fc.assert(
    fc.property(fc.array(piece), (pieces) => {
      const template = hear(speak(pieces.join(""), named), named).template;
      assert.equal(speak(template, named), speak(pieces.join(""), named));
      assert.equal(hear(speak(template, named), named).template, template);
    }),
  );
});

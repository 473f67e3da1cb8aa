import assert from "node:assert/strict";
import { test } from "node:test";
import { textsFor } from "../texts/index.ts";
import { checkTyped, pieces, withoutLast } from "./typed.ts";

const ru = textsFor("ru");

test("a text where a number belongs is refused with a sentence that quotes it", () => {
  const bad = checkTyped({ kind: "integer" }, "пятнадцать", ru);
  assert.equal(bad.ok, false);
  assert.match(bad.ok ? "" : bad.why, /«пятнадцать» – не целое число/);
});

test("each kind takes what people write and refuses the rest", () => {
  const ok = (kind: Parameters<typeof checkTyped>[0]["kind"], text: string) => {
    const found = checkTyped({ kind }, text, ru);
    return found.ok ? found.value : null;
  };
  assert.equal(ok("integer", "1 500"), "1500");
  assert.equal(ok("integer", "9007199254740993123"), "9007199254740993123");
  assert.equal(ok("integer", "1.5"), null);
  assert.equal(ok("decimal", "1 500,50"), "1500.50");
  assert.equal(ok("decimal", "много"), null);
  assert.equal(ok("boolean", "Да"), true);
  assert.equal(ok("boolean", "может"), null);
  assert.equal(ok("phone", "+7 (900) 123-45-67"), "+7 (900) 123-45-67");
  assert.equal(ok("phone", "звоните"), null);
  assert.equal(ok("email", "a@b.ru"), "a@b.ru");
  assert.equal(ok("email", "a@b"), null);
  assert.equal(ok("dateTime", "31.12.2026 15:30"), "31.12.2026 15:30");
  assert.equal(ok("dateTime", "2026-12-31"), "2026-12-31");
  assert.equal(ok("dateTime", "31.02.2026"), null);
  assert.equal(ok("dateTime", "вчера"), null);
  assert.equal(ok("text", "что угодно"), "что угодно");
  assert.equal(ok("integer", "{Номер}"), "{Номер}");
});

test("a template comes apart into pieces, a separator last, and loses them one by one", () => {
  const template = "Заказ {{ trigger.a }}|{{ trigger.b }} и ещё, ";
  assert.deepEqual(pieces(template), ["Заказ", " ", "{{ trigger.a }}", "|", "{{ trigger.b }}", " ", "и ещё,", " "]);
  assert.equal(pieces(template).join(""), template);
  assert.equal(withoutLast("{{ trigger.a }}|"), "{{ trigger.a }}");
  assert.equal(withoutLast("{{ trigger.a }}"), "");
});

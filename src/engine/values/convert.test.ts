import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "../../../test/support/property.ts";
import type { Field, FieldKind, Json } from "../../connectors/kit/fields.ts";
import { convertInput } from "./convert.ts";
import type { ValueSettings } from "./settings.ts";

const moscow: ValueSettings = { timeZone: "Europe/Moscow", country: "RU", locale: "ru" };
function one(kind: FieldKind, value: Json, more: Partial<Field> = {}): Json | undefined | { refused: string } {
  const field: Field = { key: "f", label: { ru: "Поле Ф", en: "Field F" }, kind, ...more };
  const { input, problems } = convertInput([field], { f: value }, moscow);
  const [problem] = problems;
  return problem === undefined ? input.f : { refused: problem.sentence.ru };
}
const refused = (value: ReturnType<typeof one>): string =>
  typeof value === "object" && value !== null && "refused" in value
    ? String(value.refused)
    : assert.fail(`was taken: ${JSON.stringify(value)}`);

test("an empty optional field is not sent, an empty required one is a problem that names it", () => {
  const optional: Field = { key: "a", label: { ru: "А", en: "A" }, kind: "text" };
  const required: Field = { key: "b", label: { ru: "Имя", en: "Name" }, kind: "text", required: true };
  for (const empty of [null, "", "  ", [], {}]) {
    const { input, problems } = convertInput([optional, required], { a: empty, b: empty }, moscow);
    assert.deepEqual(input, {});
    assert.deepEqual(
      problems.map(({ field }) => field),
      ["b"],
    );
    assert.match(problems[0]?.sentence.ru ?? "", /«Имя»/);
    assert.match(problems[0]?.sentence.en ?? "", /“Name”/);
  }
});

test("numbers: as people write them, exact, refused with the value quoted", () => {
  assert.equal(one("integer", "1 234"), 1234);
  assert.equal(one("integer", "1234567890123456789"), "1234567890123456789");
  assert.equal(one("decimal", "1 234,50 ₽"), 1234.5);
  assert.equal(one("decimal", 0), 0);
  assert.match(refused(one("integer", "1,5")), /«Поле Ф».*целое.*«1,5»/);
  assert.match(refused(one("decimal", "много")), /«много»/);
});

test("phones become E.164 by the country, then as international without plus", () => {
  assert.equal(one("phone", "8 (999) 000-00-01"), "+79990000001");
  assert.equal(one("phone", "380501234567"), "+380501234567");
  assert.equal(one("phone", 79_990_000_001), "+79990000001");
  assert.match(refused(one("phone", "нет")), /телефон/);
});

test("dates: many formats in, the field's format out, in the zone", () => {
  const format = "%d-%m-%Y %H:%M:%S";
  for (const value of [
    "2026-01-10T09:00:00Z",
    "10/01/2026 12:00:00",
    "10.01.2026 12:00",
    1_768_035_600,
    "1768035600000",
  ]) {
    assert.equal(one("dateTime", value, { format }), "10-01-2026 12:00:00");
  }
  assert.equal(one("dateTime", "10.01.2026"), "2026-01-10T00:00:00+03:00");
  assert.match(refused(one("dateTime", "31.02.2026")), /«31.02.2026»/);
});

test("booleans, e-mails, choices", () => {
  assert.equal(one("boolean", "да"), true);
  assert.equal(one("boolean", false), false);
  assert.equal(one("email", " anna@example.test "), "anna@example.test");
  refused(one("email", "anna@"));
  const choices = [{ value: "PENDING", label: { ru: "открыта", en: "open" } }];
  assert.equal(one("choice", "Открыта", { choices }), "PENDING");
  refused(one("choice", "other", { choices }));
  assert.equal(one("choice", "other", { choices, open: true }), "other");
});

test("lists: from lists and from texts that list; empty elements fall away", () => {
  assert.deepEqual(one("text", "a|b, c\n\n", { many: true }), ["a", "b", "c"]);
  assert.deepEqual(one("integer", [1, "2", null], { many: true }), [1, 2]);
  assert.equal(one("text", ["", null], { many: true }), undefined);
  assert.equal(one("phone", ["79990000001"]), "+79990000001");
});

test("objects: JSON stays, JSON text is read, other text is refused", () => {
  assert.deepEqual(one("object", '{"id":1234567890123456789}'), { id: "1234567890123456789" });
  assert.deepEqual(one("object", [{ a: 1 }], { many: true }), [{ a: 1 }]);
  refused(one("object", "text"));
});

test("a megabyte where a number, a phone or a date belongs is refused at once", () => {
  for (const kind of ["integer", "decimal", "boolean", "dateTime", "phone", "email"] as const) {
    refused(one(kind, `1${" ".repeat(1_000_000)}x`));
  }
});

test("secret values are never quoted", () => {
  assert.doesNotMatch(refused(one("integer", "hunter2", { secret: true })), /hunter2/);
});

test("fields that aren't declared go through", () => {
  assert.deepEqual(convertInput([], { "custom.x": "1", empty: "" }, moscow).input, { "custom.x": "1" });
});

test("any value of any kind converts or is refused, and what was converted converts to itself", () => {
  const kinds: FieldKind[] = [
    "text",
    "longText",
    "integer",
    "decimal",
    "boolean",
    "dateTime",
    "phone",
    "email",
    "choice",
    "reference",
    "object",
  ];
  const values = fc.oneof(
    fc.jsonValue(),
    fc.constantFrom("1 234,5", "79990000001", "10.01.2026", "a@b.cd", "да", "{}"),
  );
  fc.assert(
    fc.property(fc.constantFrom(...kinds), fc.boolean(), values, (kind, many, raw) => {
      const value: Json = JSON.parse(JSON.stringify(raw));
      const first = one(kind, value, { many });
      if (
        first === undefined ||
        JSON.stringify(first) === "{}" ||
        (typeof first === "object" && first !== null && "refused" in first) ||
        Array.isArray(first)
      )
        return;
      assert.deepEqual(one(kind, first, { many }), first);
    }),
    { numRuns: 1_000 },
  );
});

test("a field whose sibling says that it isn't asked is neither required nor sent", () => {
  const label = { ru: "x", en: "x" };
  const fields = [
    { key: "auth", label, kind: "text" },
    { key: "token", label, kind: "text", required: true, when: { field: "auth", is: ["bearer"] } },
  ] as const;
  const settings = { timeZone: "UTC", country: "RU", locale: "en" } as const;
  assert.deepEqual(convertInput(fields, { auth: "none", token: "t" }, settings), {
    input: { auth: "none" },
    problems: [],
  });
  assert.equal(convertInput(fields, { auth: "bearer" }, settings).problems.length, 1);
});

test("what a value became must be readable by its field's syntax: a dry run says so, not the service", () => {
  const label = { ru: "Адрес", en: "Address" };
  const fields = [
    { key: "url", label, kind: "text", required: true, syntax: "url" },
    { key: "body", label, kind: "longText", syntax: "json" },
  ] as const;
  const problemsOf = (url: string, body: Json) =>
    convertInput(fields, { url, body }, moscow).problems.map(({ field }) => field);
  assert.deepEqual(problemsOf("https://a.test/1", { a: 1 }), []);
  assert.deepEqual(problemsOf("a.test/1", "{"), ["url", "body"]);
  assert.match(convertInput(fields, { url: "Анна" }, moscow).problems[0]?.sentence.ru ?? "", /^Поле «Адрес»: «Анна»/);
});

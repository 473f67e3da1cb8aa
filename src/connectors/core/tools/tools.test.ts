import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "../../../../test/support/property.ts";
import type { Context, JsonObject } from "../../kit/define.ts";
import { ConnectorError } from "../../kit/errors.ts";
import { tools } from "./index.ts";
import { splitName } from "./texts.ts";

const ctx: Context = {
  auth: {},
  http: () => Promise.reject(new Error("no network")),
  locale: "ru",
  timeZone: "Europe/Moscow",
  country: "RU",
  now: () => new Date("2026-01-10T09:00:00Z"),
};
function run(key: string, input: JsonObject, more: Partial<Context> = {}): Promise<JsonObject> {
  const action = tools.actions.find((one) => one.key === key);
  assert.ok(action, key);
  return action.run({ ...ctx, ...more }, input, { key: "once" });
}
const value = async (key: string, input: JsonObject, more: Partial<Context> = {}) =>
  (await run(key, input, more)).result;
const refusedField = (key: string, input: JsonObject) =>
  run(key, input).then(
    () => null,
    (error: unknown) => (error instanceof ConnectorError ? error.details.field : String(error)),
  );

describe("tools for texts", () => {
  it("parts of a name, in whatever order they stand", () => {
    const cases: [string, string, string, string][] = [
      ["Петрова Анна Ивановна", "Анна", "Ивановна", "Петрова"],
      ["Анна Ивановна Петрова", "Анна", "Ивановна", "Петрова"],
      ["Анна Петрова", "Анна", "", "Петрова"],
      ["Петрова Анна", "Анна", "", "Петрова"],
      ["Анна Ивановна", "Анна", "Ивановна", ""],
      ["Анна", "Анна", "", ""],
      ["John Smith", "John", "", "Smith"],
      ["John Paul Smith", "John", "Paul", "Smith"],
      ["Smith, John", "John", "", "Smith"],
      ["Алиев Вагиф Самед оглы", "Вагиф", "Самед оглы", "Алиев"],
      ["Рудов Пётр Ильич Младший", "Пётр", "Ильич Младший", "Рудов"],
      ["  Анна   Петрова ", "Анна", "", "Петрова"],
      ["", "", "", ""],
    ];
    for (const [whole, first, middle, last] of cases)
      assert.deepEqual(splitName(whole), { first, middle, last }, whole);
  });
  it("loses no word of any name", () => {
    fc.assert(
      fc.property(fc.array(fc.stringMatching(/^[А-Яа-яA-Za-z]{1,12}$/), { minLength: 1, maxLength: 5 }), (words) => {
        const { first, middle, last } = splitName(words.join(" "));
        assert.deepEqual([first, middle, last].join(" ").split(" ").filter(Boolean).sort(), [...words].sort());
      }),
    );
  });

  it("phones in every form; what is none stays as it was", async () => {
    const phone = "8 (916) 123-45-67";
    assert.deepEqual(
      await Promise.all(
        ["e164", "international", "national", "digits"].map((as) => value("formatPhone", { phone, as })),
      ),
      ["+79161234567", "+7 916 123-45-67", "8 (916) 123-45-67", "79161234567"],
    );
    assert.equal(await value("formatPhone", { phone: "375291234567" }), "+375291234567");
    assert.deepEqual(await run("formatPhone", { phone: "доб. 12" }), {
      result: "доб. 12",
      valid: false,
      country: null,
    });
  });

  it("finds mail, phones, numbers, links and own patterns", async () => {
    const text = "Заказ № 17 на 1500,50: почта anna@example.test, тел. +7 (916) 123-45-67, https://example.test/a?b=1";
    assert.equal(await value("findPattern", { text, what: "email" }), "anna@example.test");
    assert.equal(await value("findPattern", { text, what: "phone" }), "+7 (916) 123-45-67");
    assert.equal(await value("findPattern", { text, what: "url" }), "https://example.test/a?b=1");
    assert.equal(await value("findPattern", { text, what: "number" }), "17");
    const found = await run("findPattern", { text, what: "pattern", pattern: String.raw`заказ № (\d+) на ([\d,]+)` });
    assert.deepEqual(found, { result: "17", found: true, all: ["17"], groups: ["17", "1500,50"] });
    assert.deepEqual(await run("findPattern", { text: "нет", what: "email" }), {
      result: null,
      found: false,
      all: [],
      groups: [],
    });
    assert.equal(await refusedField("findPattern", { text, what: "pattern", pattern: "(" }), "pattern");
  });
  it("no pattern takes long, and none matches for ever", async () => {
    const text = `${"a".repeat(30_000)}!`;
    assert.equal((await run("findPattern", { text, what: "pattern", pattern: "(a+)+$" })).found, false);
    assert.equal(((await run("findPattern", { text, what: "pattern", pattern: "x*" })).all as string[]).length, 100);
  });
  it("replaces plain text as it stands, patterns by their parts", async () => {
    assert.deepEqual(await run("replaceText", { text: "5$ и 5$", pattern: "5$", by: "$1" }), {
      result: "$1 и $1",
      count: 2,
    });
    assert.equal(await value("replaceText", { text: "a.b.c", pattern: "." }), "abc");
    const swap = { text: "Петрова Анна", pattern: String.raw`(\S+) (\S+)`, by: "$2 $1", isPattern: true };
    assert.equal(await value("replaceText", swap), "Анна Петрова");
    assert.equal(await value("replaceText", { text: "Да ДА", pattern: "да", by: "нет" }), "нет нет");
    assert.equal(
      await value("replaceText", { text: "Да ДА", pattern: "ДА", by: "нет", isCaseSensitive: true }),
      "Да нет",
    );
  });
  it("case of letters", async () => {
    const text = "аННА пЕТРОВА-водкина";
    const forms = ["lower", "upper", "sentence", "title"];
    assert.deepEqual(await Promise.all(forms.map((as) => value("changeCase", { text, as }))), [
      "анна петрова-водкина",
      "АННА ПЕТРОВА-ВОДКИНА",
      "Анна петрова-водкина",
      "Анна Петрова-Водкина",
    ]);
  });
});

describe("arithmetic", () => {
  it("is exact", async () => {
    const cases: [JsonObject, number | string][] = [
      [{ a: 0.1, b: 0.2, operation: "add" }, 0.3],
      [{ a: "1 000,50", b: 1, operation: "subtract" }, 999.5],
      [{ a: "9007199254740993", b: 2, operation: "multiply" }, "18014398509481986"],
      [{ a: 10, b: 4, operation: "divide" }, 2.5],
      [{ a: 10, b: 3, operation: "divide", places: 2 }, 3.33],
      [{ a: 10, b: 3, operation: "divide", places: 0, way: "ceil" }, 4],
      [{ a: 1500, b: 15, operation: "percent" }, 225],
      [{ a: 17, b: 5, operation: "remainder" }, 2],
    ];
    for (const [input, expected] of cases)
      assert.equal(await value("calculate", input), expected, JSON.stringify(input));
  });
  it("names what can't be counted", async () => {
    assert.equal(await refusedField("calculate", { a: 1, b: 0, operation: "divide" }), "b");
    assert.equal(await refusedField("calculate", { a: "много", b: 1 }), "a");
    assert.equal(await refusedField("calculate", { a: 1, b: 1, places: 99 }), "places");
  });
});

describe("dates", () => {
  it("move by the local calendar, also over a change of the clocks", async () => {
    const berlin = { timeZone: "Europe/Berlin" };
    const at = "2026-03-28T11:00:00Z";
    assert.equal(await value("addToDate", { date: at, amount: 1, unit: "days" }, berlin), "2026-03-29T10:00:00.000Z");
    assert.equal(await value("addToDate", { date: at, amount: 24, unit: "hours" }, berlin), "2026-03-29T11:00:00.000Z");
    const end = { date: "2026-01-31T09:00:00Z", unit: "months" };
    assert.equal(await value("addToDate", { ...end, amount: 1 }), "2026-02-28T09:00:00.000Z");
    assert.equal(await value("addToDate", { ...end, amount: -2 }), "2025-11-30T09:00:00.000Z");
    assert.equal(
      await value("addToDate", { date: "2024-02-29T09:00:00Z", amount: 1, unit: "years" }),
      "2025-02-28T09:00:00.000Z",
    );
    assert.equal(await value("addToDate", { date: "31.12.2026", amount: 1, unit: "days" }), "2026-12-31T21:00:00.000Z");
    assert.equal(await refusedField("addToDate", { date: at, amount: 9_999_999, unit: "years" }), "amount");
    assert.equal(await refusedField("addToDate", { date: "завтра", amount: 1, unit: "days" }), "date");
  });
  it("are written in every form", async () => {
    const written = await run("formatDate", { date: "2026-12-31T21:30:00Z", as: "dd.MM.yyyy HH:mm" });
    assert.deepEqual(written, { result: "01.01.2027 00:30", weekday: "пятница", weekdayNumber: 5, unix: 1798752600 });
  });
  it("tell how much lies between them, days by the calendar", async () => {
    const between = await run("dateDifference", { from: "2026-01-10T20:30:00Z", to: "2026-01-10T21:30:00Z" });
    assert.deepEqual(between, { days: 1, hours: 1, minutes: 60, years: 0, isPast: false });
    const age = await run("dateDifference", { from: "1990-05-20", to: "2026-05-19" });
    assert.equal(age.years, 35);
    assert.equal((await run("dateDifference", { from: "2026-01-02", to: "2026-01-01" })).isPast, true);
  });
});

describe("lists", () => {
  it("out of a text and back into one", async () => {
    assert.deepEqual(await run("splitText", { text: "красный, синий,,зелёный", number: -1 }), {
      result: "зелёный",
      items: ["красный", "синий", "зелёный"],
      count: 3,
    });
    assert.equal(await value("splitText", { text: "a\nb", mark: "\\n", number: 2 }), "b");
    assert.equal(await value("splitText", { text: "a b", mark: "\\s", number: 2 }), "b");
    assert.equal(
      await value("joinList", { items: [{ name: "a" }, { name: null }, { name: "b" }], field: "name" }),
      "a, b",
    );
    assert.equal(await value("joinList", { items: ["a", "b"], mark: "\\n" }), "a\nb");
    assert.deepEqual(await run("takeFromList", { items: [{ n: 1 }, { n: 2 }], number: -1, field: "n" }), {
      result: "2",
      item: { n: 2 },
      count: 2,
    });
    assert.equal(await value("takeFromList", { items: [], number: 1 }), null);
    assert.equal(await refusedField("splitText", { text: "a", number: 0 }), "number");
  });
  it("a table of pairs", async () => {
    const table = "Москва = Анна\nСПб => Пётр\n\nКазань\tОлег";
    assert.equal(await value("lookUp", { value: "москва ", table }), "Анна");
    assert.equal(await value("lookUp", { value: "Казань", table }), "Олег");
    assert.deepEqual(await run("lookUp", { value: "Тверь", table, otherwise: "Иван" }), {
      result: "Иван",
      found: false,
    });
    assert.equal(await refusedField("lookUp", { value: "x", table: "без знака" }), "table");
  });
});

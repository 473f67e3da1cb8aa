/** Lists: out of a text, into a text, one of them; and a table to look up in. */
import type { Action, Json, JsonObject } from "../../kit/define.ts";
import { numberOf, textOf } from "../../kit/read.ts";
import { bad, given, result, text, tool } from "./tool.ts";

const MAX_ITEMS = 1_000;
/** As people type what can't be seen. */
const markOf = (input: JsonObject, key: string, usual: string): string =>
  (input[key] === undefined || input[key] === null ? usual : given(input, key))
    .replaceAll("\\s", " ")
    .replaceAll("\\n", "\n")
    .replaceAll("\\t", "\t");
const asText = (value: Json): string =>
  value === null ? "" : typeof value === "object" ? JSON.stringify(value) : String(value);

const split = tool({
  key: "splitText",
  name: { ru: "Разделить текст на части", en: "Split a text" },
  words: ["разделить", "список", "запятая", "split", "list"],
  fields: [
    text("text", "Текст", "Text", { required: true }),
    text("mark", "Разделитель", "Separator", {
      kind: "longText",
      hint: {
        ru: "Пусто: запятая. \\s — пробел, \\n — новая строка.",
        en: "Empty: a comma. \\s is a space, \\n a new line.",
      },
    }),
    {
      key: "number",
      label: { ru: "Какую часть взять", en: "Which part to take" },
      kind: "integer",
      initial: "1",
      common: true,
      hint: { ru: "1 — первая, -1 — последняя.", en: "1 is the first, -1 the last." },
    },
  ],
  output: [
    result,
    { key: "items", label: { ru: "Все части", en: "All parts" }, kind: "text", many: true, common: true },
    { key: "count", label: { ru: "Сколько частей", en: "Parts" }, kind: "integer" },
  ],
  sample: { result: "красный", items: ["красный", "синий"], count: 2 },
  run(input) {
    const mark = markOf(input, "mark", ",");
    const whole = given(input, "text");
    const items = whole
      .split(mark === "" ? "," : mark, MAX_ITEMS)
      .map((part) => part.trim())
      .filter((part) => part !== "");
    return { result: picked(items, input), items, count: items.length };
  },
});

function picked(items: readonly Json[], input: JsonObject): Json {
  const number = numberOf(input.number) ?? 1;
  if (!Number.isInteger(number) || number === 0)
    return bad("number", "Номер — целое число, не ноль.", "The number is a whole one, not zero.");
  return items.at(number > 0 ? number - 1 : number) ?? null;
}

/** A list as it comes: JSON, a single value, or nothing. */
const listOf = (value: Json | undefined): Json[] =>
  Array.isArray(value)
    ? value.slice(0, MAX_ITEMS)
    : value === undefined || value === null || value === ""
      ? []
      : [value];

const items = {
  key: "items",
  label: { ru: "Список", en: "List" },
  kind: "object",
  required: true,
  common: true,
} as const;

const join = tool({
  key: "joinList",
  name: { ru: "Собрать список в текст", en: "Join a list" },
  words: ["объединить", "склеить", "список", "join", "list"],
  fields: [
    items,
    text("mark", "Через что", "With what between", {
      hint: { ru: "Пусто: запятая и пробел. \\n — новая строка.", en: "Empty: comma and space. \\n is a new line." },
    }),
    text("field", "Поле элемента", "Item's field", {
      kind: "text",
      hint: { ru: "Если элементы — объекты: например, name.", en: "If the items are objects: for example name." },
    }),
  ],
  output: [result, { key: "count", label: { ru: "Сколько элементов", en: "Items" }, kind: "integer" }],
  sample: { result: "красный, синий", count: 2 },
  run(input) {
    const texts = listOf(input.items)
      .map((item) => asText(fieldOf(item, input)))
      .filter((one) => one !== "");
    return { result: texts.join(markOf(input, "mark", ", ")), count: texts.length };
  },
});

function fieldOf(item: Json, input: JsonObject): Json {
  const field = textOf(input.field);
  if (field === null || typeof item !== "object" || item === null || Array.isArray(item)) return item;
  return Object.hasOwn(item, field) ? (item[field] ?? null) : null;
}

const take = tool({
  key: "takeFromList",
  name: { ru: "Взять из списка", en: "Take from a list" },
  words: ["первый", "последний", "список", "first", "last", "list"],
  fields: [
    items,
    {
      key: "number",
      label: { ru: "Который", en: "Which one" },
      kind: "integer",
      initial: "1",
      common: true,
      hint: { ru: "1 — первый, -1 — последний.", en: "1 is the first, -1 the last." },
    },
    text("field", "Поле элемента", "Item's field", { kind: "text" }),
  ],
  output: [
    result,
    { key: "item", label: { ru: "Элемент целиком", en: "The whole item" }, kind: "object" },
    { key: "count", label: { ru: "Сколько элементов", en: "Items" }, kind: "integer" },
  ],
  sample: { result: "красный", item: { name: "красный" }, count: 2 },
  run(input) {
    const all = listOf(input.items);
    const item = picked(all, input);
    return { result: item === null ? null : asText(fieldOf(item, input)), item, count: all.length };
  },
});

const lookUp = tool({
  key: "lookUp",
  name: { ru: "Подобрать по таблице", en: "Look up in a table" },
  about: { ru: "Город → менеджер, код → название.", en: "City → manager, code → name." },
  words: ["таблица", "соответствие", "справочник", "впр", "lookup", "map", "table"],
  fields: [
    text("value", "Что искать", "What to look for", { kind: "text", required: true }),
    text("table", "Таблица", "Table", {
      required: true,
      hint: {
        ru: "По строке на пару: Москва = Анна. Регистр не важен.",
        en: "A pair per line: Moscow = Anna. Case doesn't matter.",
      },
    }),
    text("otherwise", "Если не найдено", "If there is none", { kind: "text" }),
  ],
  output: [result, { key: "found", label: { ru: "Найдено", en: "Found" }, kind: "boolean" }],
  sample: { result: "Анна", found: true },
  run(input) {
    const wanted = given(input, "value").trim().toLowerCase();
    for (const line of given(input, "table").split(/\r?\n/)) {
      if (line.trim() === "") continue;
      const cut = /\s*(?:=>|→|=|\t)\s*/.exec(line);
      if (!cut) {
        bad(
          "table",
          `В строке «${line.slice(0, 60)}» нет знака «=»: нужно «что = на что».`,
          `The line “${line.slice(0, 60)}” has no “=”: “what = result” is needed.`,
        );
      }
      if (line.slice(0, cut.index).trim().toLowerCase() === wanted)
        return { result: line.slice(cut.index + cut[0].length).trim(), found: true };
    }
    return { result: textOf(input.otherwise), found: false };
  },
});

export const lists: readonly Action[] = [split, join, take, lookUp];

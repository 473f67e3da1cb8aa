/** Tools for texts: names, phones, patterns, case. */
import { isSupportedCountry, parsePhoneNumberFromString } from "libphonenumber-js";
import { RE2JS } from "re2js";
import type { Action, Choice, JsonObject } from "../../kit/define.ts";
import { textOf } from "../../kit/read.ts";
import { bad, given, result, text, tool } from "./tool.ts";

const MAX_TEXT = 100_000;
const MAX_MATCHES = 100;

const PATRONYMIC = /(?:ович|евич|ич|овна|евна|ична|инична|оглы|кызы|улы)$/iu;
const SURNAME = /(?:ов|ова|ев|ева|ёв|ёва|ин|ина|ын|ына|ский|ская|цкий|цкая|енко|чук|юк|ых|их|дзе|швили|ян|янц)$/iu;

/** Parts of a name. Russian ones are told by their endings, so that the order doesn't matter; others are first name first. */
export function splitName(whole: string): { first: string; middle: string; last: string } {
  const comma = /^([^,]+),\s*(.+)$/.exec(whole.trim());
  const words = (comma ? `${comma[2]} ${comma[1]}` : whole).trim().split(/\s+/).filter(Boolean);
  const [one = "", two = "", three = ""] = words;
  if (words.length <= 1) return { first: one, middle: "", last: "" };
  if (words.length === 2) {
    if (comma) return { first: one, middle: "", last: two };
    if (PATRONYMIC.test(two) && !SURNAME.test(two)) return { first: one, middle: two, last: "" };
    const isSurnameFirst = SURNAME.test(one) && !SURNAME.test(two);
    return isSurnameFirst ? { first: two, middle: "", last: one } : { first: one, middle: "", last: two };
  }
  if (words.length > 3 && /^(?:оглы|кызы|улы)$/iu.test(words.at(-1) ?? ""))
    return { first: two, middle: words.slice(2).join(" "), last: one };
  if (words.length === 3 || /^[А-ЯЁ]/iu.test(one)) {
    if (!comma && PATRONYMIC.test(three)) return { first: two, middle: words.slice(2).join(" "), last: one };
    if (PATRONYMIC.test(two)) return { first: one, middle: two, last: words.slice(2).join(" ") };
    if (PATRONYMIC.test(three)) return { first: two, middle: words.slice(2).join(" "), last: one };
  }
  return { first: one, middle: words.slice(1, -1).join(" "), last: words.at(-1) ?? "" };
}

const name = tool({
  key: "splitName",
  name: { ru: "Разобрать ФИО", en: "Split a full name" },
  words: ["фио", "имя", "фамилия", "отчество", "name", "split"],
  fields: [text("name", "ФИО", "Full name", { kind: "text", required: true, meaning: "name.full" })],
  output: [
    { key: "first", label: { ru: "Имя", en: "First name" }, kind: "text", meaning: "name.first", common: true },
    { key: "last", label: { ru: "Фамилия", en: "Last name" }, kind: "text", meaning: "name.last", common: true },
    { key: "middle", label: { ru: "Отчество", en: "Middle name" }, kind: "text", meaning: "name.middle" },
  ],
  sample: { first: "Анна", last: "Петрова", middle: "Ивановна" },
  run(input) {
    const { first, middle, last } = splitName(given(input, "name"));
    return { first: first || null, last: last || null, middle: middle || null };
  },
});

const phone = tool({
  key: "formatPhone",
  name: { ru: "Привести телефон к виду", en: "Format a phone" },
  words: ["телефон", "номер", "phone"],
  fields: [
    text("phone", "Телефон", "Phone", { kind: "text", required: true, meaning: "phone" }),
    {
      key: "as",
      label: { ru: "Вид", en: "Form" },
      kind: "choice",
      initial: "e164",
      common: true,
      choices: [
        { value: "e164", label: { ru: "+79161234567", en: "+79161234567" } },
        { value: "international", label: { ru: "+7 916 123-45-67", en: "+7 916 123-45-67" } },
        { value: "national", label: { ru: "8 (916) 123-45-67", en: "8 (916) 123-45-67" } },
        { value: "digits", label: { ru: "79161234567", en: "79161234567" } },
      ],
    },
  ],
  output: [
    { ...result, kind: "text", meaning: "phone" },
    { key: "valid", label: { ru: "Номер похож на настоящий", en: "Looks like a real number" }, kind: "boolean" },
    { key: "country", label: { ru: "Страна", en: "Country" }, kind: "text" },
  ],
  sample: { result: "+79161234567", valid: true, country: "RU" },
  run(input, ctx) {
    const typed = given(input, "phone").trim();
    const home = isSupportedCountry(ctx.country) ? { defaultCountry: ctx.country } : {};
    const national = parsePhoneNumberFromString(typed, { ...home, extract: false });
    const foreign = parsePhoneNumberFromString(`+${typed.replace(/\D/g, "")}`, { extract: false });
    const found = [national, foreign].find((one) => one?.isValid()) ?? national;
    if (!found) return { result: typed, valid: false, country: null };
    const forms: Record<string, string> = {
      e164: found.number,
      international: found.formatInternational().replace(/^(\+7 \d{3} \d{3}) (\d{2}) (\d{2})$/, "$1-$2-$3"),
      national: found.formatNational(),
      digits: found.number.replace(/\D/g, ""),
    };
    return {
      result: forms[textOf(input.as) ?? "e164"] ?? found.number,
      valid: found.isValid(),
      country: found.country ?? null,
    };
  },
});

/** Linear in time, whatever pattern a person writes. */
function compile(input: JsonObject): RE2JS {
  const pattern = given(input, "pattern");
  const flags = input.isCaseSensitive === true ? 0 : RE2JS.CASE_INSENSITIVE;
  try {
    return RE2JS.compile(pattern, flags);
  } catch {
    return bad(
      "pattern",
      `Шаблон «${pattern.slice(0, 60)}» не читается: проверьте скобки.`,
      `The pattern “${pattern.slice(0, 60)}” can't be read: check its brackets.`,
    );
  }
}
const limited = (input: JsonObject, key: string): string => {
  const whole = given(input, key);
  if (whole.length <= MAX_TEXT) return whole;
  return bad(key, `Текст длиннее ${MAX_TEXT} знаков.`, `The text is longer than ${MAX_TEXT} characters.`);
};
const isCaseSensitive = {
  key: "isCaseSensitive",
  label: { ru: "Различать большие и маленькие буквы", en: "Case matters" },
  kind: "boolean",
} as const;

/** What people look for most, so that nobody has to write a pattern. */
const READY: Readonly<Record<string, string>> = {
  email: String.raw`[\p{L}\d._%+-]+@[\p{L}\d-]+(?:\.[\p{L}\d-]+)+`,
  phone: String.raw`(?:\+|\b)\d(?:[\s().-]{0,3}\d){9,14}`,
  number: String.raw`-?\d+(?:[.,]\d+)?`,
  url: String.raw`https?://[^\s<>"']+`,
};
const find = tool({
  key: "findPattern",
  name: { ru: "Найти в тексте", en: "Find in a text" },
  about: {
    ru: "Почта, телефон, число, ссылка или свой шаблон.",
    en: "An e-mail, phone, number, link or a pattern of your own.",
  },
  words: ["найти", "регулярное", "выражение", "шаблон", "извлечь", "regex", "extract", "pattern", "find"],
  fields: [
    text("text", "Текст", "Text", { required: true }),
    {
      key: "what",
      label: { ru: "Что искать", en: "What to look for" },
      kind: "choice",
      initial: "email",
      required: true,
      common: true,
      choices: [
        { value: "email", label: { ru: "адрес почты", en: "an e-mail address" } },
        { value: "phone", label: { ru: "телефон", en: "a phone" } },
        { value: "number", label: { ru: "число", en: "a number" } },
        { value: "url", label: { ru: "ссылку", en: "a link" } },
        { value: "pattern", label: { ru: "свой шаблон", en: "a pattern of my own" } },
      ],
    },
    text("pattern", "Шаблон (RE2)", "Pattern (RE2)", {
      kind: "text",
      required: true,
      when: { field: "what", is: ["pattern"] },
      hint: {
        ru: "Регулярное выражение; часть в скобках станет результатом: заказ № (\\d+)",
        en: "A regular expression; the part in brackets is the result: order # (\\d+)",
      },
    }),
    isCaseSensitive,
  ],
  output: [
    result,
    { key: "found", label: { ru: "Найдено", en: "Found" }, kind: "boolean" },
    { key: "all", label: { ru: "Все совпадения", en: "All matches" }, kind: "text", many: true },
    { key: "groups", label: { ru: "Части в скобках", en: "Parts in brackets" }, kind: "text", many: true },
  ],
  sample: { result: "17", found: true, all: ["17"], groups: ["17"] },
  run(input) {
    const ready = READY[textOf(input.what) ?? ""];
    const matcher = compile(ready === undefined ? input : { ...input, pattern: ready }).matcher(limited(input, "text"));
    const all: string[] = [];
    let groups: string[] = [];
    while (all.length < MAX_MATCHES && matcher.find()) {
      const parts = Array.from({ length: matcher.groupCount() }, (_, index) => matcher.group(index + 1) ?? "");
      if (all.length === 0) groups = parts;
      all.push(parts[0] ?? matcher.group() ?? "");
    }
    return { result: all[0] ?? null, found: all.length > 0, all, groups };
  },
});

const replace = tool({
  key: "replaceText",
  name: { ru: "Заменить в тексте", en: "Replace in a text" },
  words: ["заменить", "удалить", "replace", "remove"],
  fields: [
    text("text", "Текст", "Text", { required: true }),
    text("pattern", "Что заменить", "What to replace", { kind: "longText", required: true }),
    text("by", "На что", "By what", { hint: { ru: "Пусто: удалить.", en: "Empty: remove." } }),
    {
      key: "isPattern",
      label: { ru: "Это шаблон (RE2)", en: "It is a pattern (RE2)" },
      kind: "boolean",
      hint: { ru: "Тогда $1 — первая часть в скобках.", en: "Then $1 is the first part in brackets." },
    },
    isCaseSensitive,
  ],
  output: [result, { key: "count", label: { ru: "Сколько замен", en: "Replacements" }, kind: "integer" }],
  sample: { result: "привет, мир", count: 1 },
  run(input) {
    const isPattern = input.isPattern === true;
    const pattern = isPattern ? input : { ...input, pattern: RE2JS.quote(given(input, "pattern")) };
    const whole = limited(input, "text");
    const by = given(input, "by");
    const matcher = compile(pattern).matcher(whole);
    let count = 0;
    let replaced = "";
    let from = 0;
    while (matcher.find()) {
      count++;
      const put = isPattern
        ? by.replace(/\$(\d)/g, (mark, number: string) =>
            Number(number) <= matcher.groupCount() ? (matcher.group(Number(number)) ?? "") : mark,
          )
        : by;
      replaced += whole.slice(from, matcher.start()) + put;
      from = matcher.end();
    }
    replaced += whole.slice(from);
    return { result: replaced, count };
  },
});

const CASES: Readonly<Record<string, (text: string, locale: string) => string>> = {
  upper: (whole, locale) => whole.toLocaleUpperCase(locale),
  lower: (whole, locale) => whole.toLocaleLowerCase(locale),
  sentence: (whole, locale) => capital(whole.toLocaleLowerCase(locale), locale),
  title: (whole, locale) => whole.toLocaleLowerCase(locale).replace(/[\p{L}\d]+/gu, (word) => capital(word, locale)),
};
const capital = (whole: string, locale: string) =>
  whole.replace(/\p{L}/u, (letter) => letter.toLocaleUpperCase(locale));
const caseChoices: readonly Choice[] = [
  { value: "lower", label: { ru: "маленькими буквами", en: "lower case" } },
  { value: "upper", label: { ru: "БОЛЬШИМИ БУКВАМИ", en: "UPPER CASE" } },
  { value: "sentence", label: { ru: "С большой первой буквы", en: "Sentence case" } },
  { value: "title", label: { ru: "Каждое Слово С Большой", en: "Every Word Capital" } },
];
const changeCase = tool({
  key: "changeCase",
  name: { ru: "Изменить регистр", en: "Change case" },
  words: ["регистр", "буквы", "заглавные", "case", "upper", "lower"],
  fields: [
    text("text", "Текст", "Text", { required: true }),
    {
      key: "as",
      label: { ru: "Как", en: "How" },
      kind: "choice",
      initial: "sentence",
      common: true,
      choices: caseChoices,
    },
  ],
  output: [result],
  sample: { result: "Анна Петрова" },
  run: (input, ctx) => ({
    result: (CASES[textOf(input.as) ?? ""] ?? CASES.sentence)?.(limited(input, "text"), ctx.locale) ?? "",
  }),
});

export const texts: readonly Action[] = [name, phone, find, replace, changeCase];

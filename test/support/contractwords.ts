/** What can be judged by reading a connector's declaration: its words and its samples. */
import type { Connector, Field, Json, JsonObject, Text } from "../../src/connectors/kit/define.ts";
import { fieldsOf } from "../../src/connectors/kit/oauth.ts";
import { isObject } from "../../src/connectors/kit/read.ts";

const CYRILLIC = /\p{Script=Cyrillic}/u;
const wordsIn = (text: string): string[] => text.match(/\p{L}{2,}/gu) ?? [];
/** Names and abbreviations are the same in both languages; a sentence never is. */
const MOST_EQUAL_WORDS = 4;

/** What is wrong with one text; null where nothing is. */
export function mistakeInText({ ru, en }: Text): string | null {
  if (ru.trim() === "" || en.trim() === "") return "is empty";
  // What stands in quotes may be the service's own word in its own language.
  if (CYRILLIC.test(en.replace(/“[^”]*”/gu, ""))) return `its English is Russian: ${en}`;
  if (ru === en) return wordsIn(en).length > MOST_EQUAL_WORDS ? `is the same in both languages: ${en}` : null;
  const own = new Set(wordsIn(ru).map((word) => word.toLowerCase()));
  if (!CYRILLIC.test(ru) && wordsIn(en).some((word) => !own.has(word.toLowerCase())))
    return `its Russian is no Russian: ${ru}`;
  return null;
}

const isText = (value: object): value is Text =>
  "ru" in value && "en" in value && typeof value.ru === "string" && typeof value.en === "string";

/** Every untranslated text of a declaration, with its place. */
export function mistakesInWords(value: unknown, place = ""): string[] {
  if (typeof value !== "object" || value === null) return [];
  if (!Array.isArray(value) && isText(value)) {
    const mistake = mistakeInText(value);
    return mistake === null ? [] : [`${place} ${mistake}`];
  }
  return Object.entries(value).flatMap(([key, inner]) =>
    key === "sample" ? [] : mistakesInWords(inner, `${place}.${key}`),
  );
}

/** Fields that a person sees are called something. */
export function mistakesInLabels(connector: Connector): string[] {
  const all: [string, readonly Field[]][] = [
    ["auth", fieldsOf(connector.auth)],
    ...connector.triggers.flatMap((one): [string, readonly Field[]][] => [
      [`${one.key}.options`, one.options],
      [`${one.key}.output`, one.output],
    ]),
    ...connector.actions.flatMap((one): [string, readonly Field[]][] => [
      [`${one.key}.fields`, one.fields],
      [`${one.key}.output`, one.output],
    ]),
  ];
  return all.flatMap(([place, fields]) =>
    fields
      .filter(({ key, label }) => label?.ru === key && /[a-z][A-Z_]/.test(key))
      .map(({ key }) => `${place}.${key} is called by its key`),
  );
}

/** The value at a dotted path; undefined where the way ends. */
export function valueAt(value: Json | undefined, path: string): Json | undefined {
  let here: Json | undefined = value;
  for (const part of path.split(".")) {
    if (Array.isArray(here)) here = here[Number(part)];
    else if (isObject(here) && Object.hasOwn(here, part)) here = here[part];
    else return undefined;
  }
  return here;
}

const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?Z$/;
const isDecimal = (value: Json): boolean =>
  typeof value === "number" || (typeof value === "string" && /^-?\d+(\.\d+)?$/.test(value));
const isPlain = (value: Json): boolean => typeof value === "string" || typeof value === "number";

function fits(field: Field, value: Json): boolean {
  switch (field.kind) {
    case "text":
    case "longText":
    case "phone":
    case "email":
      return typeof value === "string";
    case "choice":
    case "reference":
      return isPlain(value);
    case "integer":
      return isDecimal(value) && !String(value).includes(".");
    case "decimal":
      return isDecimal(value);
    case "boolean":
      return typeof value === "boolean";
    case "dateTime":
      return (
        typeof value === "string" && (field.format !== undefined || ISO.test(value) || /^\d{4}-\d\d-\d\d$/.test(value))
      );
    case "object":
      return true;
  }
}

/** Where an item isn't what is declared of it: a field that lacks, or a value of another kind. Empty is null. */
export function mistakesInItem(output: readonly Field[], item: JsonObject): string[] {
  return output.flatMap((field) => {
    const value = valueAt(item, field.key);
    // Of the account's own fields only those that are filled come.
    if (value === undefined && field.custom) return [];
    if (value === undefined) return [`lacks “${field.key}”`];
    if (value === null || (field.kind === "object" && !field.many)) return [];
    if (field.many && !Array.isArray(value)) return [`“${field.key}” is no list: ${JSON.stringify(value)}`];
    if (!field.many && Array.isArray(value)) return [`“${field.key}” is a list: ${JSON.stringify(value)}`];
    const values = Array.isArray(value) ? value : [value];
    const wrong = values.find((one) => one !== null && !fits(field, one));
    return wrong === undefined ? [] : [`“${field.key}” is no ${field.kind}: ${JSON.stringify(wrong)}`];
  });
}

/** Fields that a sample lacks, and values of another kind than declared. */
export function mistakesInSamples(connector: Connector): string[] {
  return [...connector.triggers, ...connector.actions].flatMap(({ key, output, sample }) => [
    ...mistakesInItem(output, sample).map((mistake) => `${key}: its sample ${mistake}`),
    ...(output.length > 0 && output.every((field) => (valueAt(sample, field.key) ?? null) === null)
      ? [`${key}: its sample is empty`]
      : []),
  ]);
}

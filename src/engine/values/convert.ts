/** Rendered values become what a service's fields take. */
import type { Field, Json, JsonObject, Text } from "../../connectors/kit/fields.ts";
import { parseJson, storableJson } from "../../connectors/kit/json.ts";
import { mistakeBySyntax } from "../../connectors/kit/syntax.ts";
import { isAsked, syntaxOf } from "../../connectors/kit/when.ts";
import { readBoolean } from "./conditions.ts";
import { readMoment, writeMoment } from "./moment.ts";
import { decimalJson, isInteger, readAmount } from "./numbers.ts";
import { normalPhone } from "./phone.ts";
import { isEmpty, toText, type ValueSettings } from "./settings.ts";

export interface FieldProblem {
  readonly field: string;
  readonly sentence: Text;
}

/**
 * Converts values to the kinds of their fields. Empty optional fields are left out, empty required ones and values that
 * can't be converted are problems that name the field and quote the value. Values of fields that aren't declared (custom
 * ones while the account can't be asked) go through as they are.
 */
export function convertInput(
  fields: readonly Field[],
  rendered: JsonObject,
  settings: ValueSettings,
): { input: JsonObject; problems: readonly FieldProblem[] } {
  const input: [string, Json][] = [];
  const problems: FieldProblem[] = [];
  const declared = new Set(fields.map(({ key }) => key));
  for (const field of fields) {
    if (!isAsked(field, fields, rendered)) continue;
    const value = Object.hasOwn(rendered, field.key) ? (rendered[field.key] ?? null) : null;
    const result = convert(field, value, settings);
    if ("problem" in result) problems.push({ field: field.key, sentence: result.problem });
    else if (result.value !== undefined) {
      input.push([field.key, result.value]);
      const mistake = mistakeOf(field, result.value, fields, rendered);
      if (mistake !== null) problems.push({ field: field.key, sentence: inField(field, mistake) });
    }
  }
  for (const [key, value] of Object.entries(rendered)) {
    if (!declared.has(key) && !isEmpty(value)) input.push([key, value]);
  }
  // Half of a surrogate pair can't stand in an address, and NUL in hardly anything.
  return { input: storableJson(Object.fromEntries(input)), problems };
}

/** Why a finished value can't be read by its field's syntax; null where it can, or the field has none. */
export function mistakeOf(
  field: Field,
  value: Json,
  fields: readonly Field[],
  values: Readonly<Record<string, Json>>,
): Text | null {
  const syntax = syntaxOf(field, fields, values);
  return syntax === null || typeof value !== "string" ? null : mistakeBySyntax(syntax, value);
}

/** The mistake with its place. */
export function inField({ label }: Pick<Field, "label">, mistake: Text): Text {
  return { ru: `Поле «${label.ru}»: ${mistake.ru}`, en: `Field “${label.en}”: ${mistake.en}` };
}

type Converted = { readonly value: Json | undefined } | { readonly problem: Text };

/** One field's value; `undefined` where there is nothing to send. */
export function convert(field: Field, value: Json, settings: ValueSettings): Converted {
  if (isEmpty(value)) return field.required === true ? { problem: missing(field) } : { value: undefined };
  if (field.many !== true) {
    const single = Array.isArray(value) && value.length === 1 && field.kind !== "object" ? (value[0] ?? null) : value;
    return single !== value ? convert(field, single, settings) : convertOne(field, value, settings);
  }
  const converted: Json[] = [];
  for (const item of elements(field, value)) {
    if (isEmpty(item)) continue;
    const result = convertOne(field, item, settings);
    if ("problem" in result) return result;
    if (result.value !== undefined) converted.push(result.value);
  }
  if (converted.length > 0) return { value: converted };
  return field.required === true ? { problem: missing(field) } : { value: undefined };
}

function convertOne(field: Field, value: Json, settings: ValueSettings): Converted {
  switch (field.kind) {
    case "text":
      return { value: toText(value).trim() };
    case "longText":
    case "reference":
      return { value: toText(value) };
    case "integer": {
      const read = readAmount(value, settings.locale);
      return read !== null && isInteger(read) ? { value: decimalJson(read) } : refused(field, value, INTEGER);
    }
    case "decimal": {
      const read = readAmount(value, settings.locale);
      return read !== null ? { value: decimalJson(read) } : refused(field, value, DECIMAL);
    }
    case "boolean": {
      const read = readBoolean(value);
      return read !== null ? { value: read } : refused(field, value, BOOLEAN);
    }
    case "dateTime": {
      const read = readMoment(value, settings);
      return read !== null ? { value: writeMoment(read, field.format, settings) } : refused(field, value, DATE);
    }
    case "phone": {
      const read = normalPhone(value, settings.country);
      return read !== null ? { value: read } : refused(field, value, PHONE);
    }
    case "email": {
      const text = toText(value).trim();
      return /^[^\s@,;<>]+@[^\s@,;<>]+\.[^\s@,;<>.]+$/.test(text) ? { value: text } : refused(field, value, EMAIL);
    }
    case "choice":
      return chosen(field, value);
    case "object":
      return structured(field, value);
    default:
      return field.kind satisfies never;
  }
}

function chosen(field: Field, value: Json): Converted {
  const text = toText(value).trim();
  const choices = field.choices ?? [];
  const folded = text.toLowerCase();
  const found =
    choices.find((choice) => choice.value === text) ??
    choices.find(({ value: own, label }) => [own, label.ru, label.en].some((name) => name.toLowerCase() === folded));
  if (found !== undefined) return { value: found.value };
  return field.open === true || choices.length === 0 ? { value: text } : refused(field, value, CHOICE);
}

function structured(field: Field, value: Json): Converted {
  if (typeof value !== "string") return { value };
  try {
    const parsed = parseJson(value);
    if (typeof parsed === "object" && parsed !== null) return { value: parsed };
  } catch {
    // Said below: whatever it is, it isn't JSON.
  }
  return refused(field, value, OBJECT);
}

/** A list's elements; a text lists them by line, comma, semicolon or `|`. */
function elements(field: Field, value: Json): readonly Json[] {
  if (Array.isArray(value)) return value;
  if (typeof value !== "string" || field.kind === "longText") return [value];
  if (field.kind === "object") {
    const parsed = structured(field, value);
    return "value" in parsed && Array.isArray(parsed.value) ? parsed.value : [value];
  }
  const mark = field.kind === "decimal" || field.kind === "dateTime" ? /[\n;|]/ : /[\n;|,]/;
  return value.split(mark).map((part) => part.trim());
}

const INTEGER: Text = { ru: "нужно целое число", en: "a whole number is needed" };
const DECIMAL: Text = { ru: "нужно число", en: "a number is needed" };
const BOOLEAN: Text = { ru: "нужно «да» или «нет»", en: "“yes” or “no” is needed" };
const DATE: Text = { ru: "нужна дата, например 10.01.2026 12:00", en: "a date is needed, such as 2026-01-10 12:00" };
const PHONE: Text = { ru: "нужен номер телефона", en: "a phone number is needed" };
const EMAIL: Text = { ru: "нужен адрес почты", en: "an e-mail address is needed" };
const CHOICE: Text = { ru: "нужно одно из значений списка", en: "one of the listed values is needed" };
const OBJECT: Text = { ru: "нужен JSON", en: "JSON is needed" };

function missing(field: Field): Text {
  return {
    ru: `Поле «${field.label.ru}» обязательно, а значение пустое.`,
    en: `The field “${field.label.en}” is required, but its value is empty.`,
  };
}

function refused(field: Field, value: Json, need: Text): Converted {
  const text = field.secret === true ? "•••" : toText(value);
  const quoted = text.length > 80 ? `${text.slice(0, 80)}…` : text;
  return {
    problem: {
      ru: `Поле «${field.label.ru}»: ${need.ru}, а пришло «${quoted}».`,
      en: `The field “${field.label.en}”: ${need.en}, but it got “${quoted}”.`,
    },
  };
}

/** Paths, bodies and answers as a person describes them: `{companyId}`, `{{phone}}`, `data.contact.id`. */
import type { Json, JsonObject } from "../kit/define.ts";
import { ConnectorError } from "../kit/errors.ts";
import { parseJson } from "../kit/json.ts";
import { isObject, objectsOf, textOf } from "../kit/read.ts";

export const DEFAULT_BODY = '{"company_id":"{{companyId}}","name":"{{name}}","phone":"{{phone}}","email":"{{email}}"}';

/** The names that a body may hold. */
export const NAMES = [
  "companyId",
  "name",
  "firstName",
  "lastName",
  "middleName",
  "phone",
  "email",
  "position",
  "comment",
] as const;

function wrong(field: string, ru: string, en: string): never {
  throw new ConnectorError("access", { ru, en }, { field });
}

/** A path with its names filled in, safe for any value. */
export function filledPath(path: string, values: JsonObject, field: string): string {
  const filled = path.trim().replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = textOf(values[name]);
    if (value !== null) return encodeURIComponent(value);
    return wrong(
      field,
      `В пути «${path}» есть {${name}}, а значения для него нет.`,
      `The path “${path}” holds {${name}}, and there is no value for it.`,
    );
  });
  return filled.startsWith("/") ? filled : `/${filled}`;
}

/** The body: what is empty is left out, so that nothing is cleared. */
export function filledBody(template: string, values: JsonObject): JsonObject {
  let parsed: Json;
  try {
    parsed = parseJson(template);
  } catch {
    return wrong(
      "body",
      "«Тело запроса» – не JSON: проверьте кавычки и скобки.",
      "“Request body” is no JSON: check its quotes and brackets.",
    );
  }
  const result = filledIn(parsed, values);
  if (isObject(result)) return result;
  return wrong("body", "«Тело запроса» должно быть объектом JSON.", "“Request body” has to be a JSON object.");
}

function filledIn(value: Json, values: JsonObject): Json | undefined {
  if (typeof value === "string") {
    const lone = /^\{\{\s*(\w+)\s*\}\}$/.exec(value)?.[1];
    if (lone !== undefined) return textOf(values[named(lone)]) ?? undefined;
    return value.replace(/\{\{\s*(\w+)\s*\}\}/g, (_, name: string) => textOf(values[named(name)]) ?? "");
  }
  if (Array.isArray(value)) return value.flatMap((one) => filledIn(one, values) ?? []);
  if (!isObject(value)) return value;
  const entries = Object.entries(value).flatMap(([key, one]): [string, Json][] => {
    const own = filledIn(one, values);
    return own === undefined ? [] : [[key, own]];
  });
  return Object.fromEntries(entries);
}

function named(name: string): string {
  if ((NAMES as readonly string[]).includes(name)) return name;
  const known = NAMES.join(", ");
  return wrong(
    "body",
    `В «Теле запроса» есть {{${name}}}, такого поля нет. Есть: ${known}.`,
    `“Request body” holds {{${name}}}, which is no field. There are: ${known}.`,
  );
}

/** The value at a dotted path, list positions as numbers. */
export function valueAt(value: Json, path: string): Json {
  let here: Json | undefined = value;
  for (const part of path.split(".").filter(Boolean)) {
    if (Array.isArray(here)) here = /^\d+$/.test(part) ? here[Number(part)] : undefined;
    else if (isObject(here) && Object.hasOwn(here, part)) here = here[part];
    else return null;
  }
  return here ?? null;
}

/** Records of a search's answer, wherever they lie: a list, a list inside, or one record. */
export function recordsIn(answer: Json): readonly JsonObject[] {
  if (Array.isArray(answer)) return objectsOf(answer);
  if (!isObject(answer)) return [];
  for (const inner of Object.values(answer)) {
    if (Array.isArray(inner)) return objectsOf(inner);
    if (isObject(inner)) {
      const list = Object.values(inner).find((one) => Array.isArray(one));
      if (list !== undefined) return objectsOf(list);
    }
  }
  return [answer];
}

/** Every text of a record, however deep. */
export function textsIn(value: Json): string[] {
  if (Array.isArray(value)) return value.flatMap(textsIn);
  if (isObject(value)) return Object.values(value).flatMap(textsIn);
  const text = textOf(value);
  return text === null ? [] : [text];
}

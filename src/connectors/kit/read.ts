/** Reading foreign JSON without trusting it: every function takes anything and gives a value or nothing. */
import type { Json, JsonObject } from "./fields.ts";

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The object, or an empty one. PHP services write empty objects as `[]`. */
export function objectOf(value: Json | undefined): JsonObject {
  return isObject(value) ? value : {};
}

/** The list, or an empty one; an object's values where a service keys its lists. */
export function listOf(value: Json | undefined): Json[] {
  if (Array.isArray(value)) return value;
  return isObject(value) ? Object.values(value) : [];
}

export function objectsOf(value: Json | undefined): JsonObject[] {
  return listOf(value).filter(isObject);
}

/** Trimmed text of a text or number; null for everything else and for the empty text. */
export function textOf(value: Json | undefined): string | null {
  if (typeof value === "number") return String(value);
  if (typeof value !== "string") return null;
  const trimmed = value.trim();
  return trimmed === "" ? null : trimmed;
}

/** A number, also out of text with a comma; null where there is none. */
export function numberOf(value: Json | undefined): number | null {
  if (typeof value === "number") return value;
  if (typeof value !== "string" || value.trim() === "") return null;
  const number = Number(value.trim().replace(",", "."));
  return Number.isFinite(number) ? number : null;
}

/** True and false as services write them; null for anything else. */
export function booleanOf(value: Json | undefined): boolean | null {
  if (typeof value === "boolean") return value;
  if (value === 1 || value === "1" || value === "true") return true;
  if (value === 0 || value === "0" || value === "false") return false;
  return null;
}

/** Drops what is empty, so that a service isn't told to clear it. */
export function filled(values: Readonly<Record<string, Json | undefined>>): JsonObject {
  const result: JsonObject = {};
  for (const [key, value] of Object.entries(values)) {
    if (value === undefined || value === null || value === "") continue;
    if (Array.isArray(value) && value.length === 0) continue;
    if (isObject(value) && Object.keys(value).length === 0) continue;
    result[key] = value;
  }
  return result;
}

/** Texts of a list, or of a single value: what a person picked among many. */
export function textsOf(value: Json | undefined): string[] {
  return (Array.isArray(value) ? value : [value]).map(textOf).filter((text) => text !== null);
}

/** The value is one of those wanted; where nothing is wanted in particular, anything is. */
export function isAmong(value: Json | undefined, wanted: Json | undefined): boolean {
  const values = textsOf(wanted);
  return values.length === 0 || values.includes(textOf(value) ?? "");
}

/** When an item happened, by the ISO text in one of its fields: for the `at` of a trigger. */
export const momentIn =
  (field: string) =>
  (item: JsonObject): Date | null => {
    const text = textOf(item[field]);
    return text === null ? null : new Date(text);
  };

/** Digits of a phone, the way phones are compared when a service wrote them. */
export function digitsOf(value: Json | undefined): string {
  return (textOf(value) ?? "").replace(/\D/g, "");
}

/** The same phone: equal digits, or equal last ten where one side lacks its country code. */
export function isSamePhone(one: Json | undefined, other: Json | undefined): boolean {
  const a = digitsOf(one);
  const b = digitsOf(other);
  if (a === "" || b === "") return false;
  return a === b || (a.length >= 10 && b.length >= 10 && a.slice(-10) === b.slice(-10));
}

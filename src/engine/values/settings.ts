import type { Json, Locale } from "../../connectors/kit/fields.ts";

/** How a workspace reads and writes values. */
export interface ValueSettings {
  /** IANA zone for times without one, and for times that are written. */
  readonly timeZone: string;
  /** ISO 3166 country by which national phone numbers are read. */
  readonly country: string;
  readonly locale: Locale;
  /** The present moment; the machine's own when absent. */
  readonly now?: Date;
}

/** A missing value: null, blank text, an empty list or object. False and 0 are values. */
export function isEmpty(value: Json | undefined): boolean {
  if (value === undefined || value === null) return true;
  if (typeof value === "string") return value.trim() === "";
  if (typeof value === "object") return Object.keys(value).length === 0;
  return false;
}

/** A value as it stands inside a text: lists are joined, objects become JSON, nothing becomes nothing. */
export function toText(value: Json | undefined): string {
  if (value === undefined || value === null) return "";
  if (typeof value === "string") return value;
  if (typeof value !== "object") return String(value);
  if (Array.isArray(value) && value.every((item) => typeof item !== "object" || item === null)) {
    return value
      .filter((item) => !isEmpty(item))
      .map(String)
      .join(", ");
  }
  return JSON.stringify(value);
}

/** The value at a path such as `client.phones.0.number`, by own properties only; undefined where it is missing. */
export function readPath(value: Json | undefined, path: string | readonly string[]): Json | undefined {
  let at: Json | undefined = value;
  for (const part of typeof path === "string" ? path.split(".") : path) {
    if (typeof at !== "object" || at === null || !Object.hasOwn(at, part)) return undefined;
    at = Array.isArray(at) ? at[Number(part)] : at[part];
  }
  return at;
}

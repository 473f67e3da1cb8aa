/** Data as people read it: a line per value, the field's own name before it. */
import { FormattedString } from "@grammyjs/parse-mode";
import type { Field, Json, Locale } from "../../engine/index.ts";
import type { Texts } from "../texts/index.ts";
import { short } from "../texts/words.ts";

const LONGEST_VALUE = 160;

type Scalar = string | number | boolean;
const isScalar = (value: Json): value is Scalar => value !== null && typeof value !== "object";

/** Leaves of the data, empty ones left out; a list of plain values is one leaf. */
export function leaves(data: Json, path = ""): readonly { path: string; value: Scalar }[] {
  if (data === null || data === "") return [];
  if (isScalar(data)) return [{ path, value: data }];
  if (Array.isArray(data) && data.length > 0 && data.every(isScalar)) return [{ path, value: data.join(", ") }];
  const below = Array.isArray(data) ? data.map((one, at) => [String(at), one] as const) : Object.entries(data);
  return below.flatMap(([key, value]) => leaves(value, path === "" ? key : `${path}.${key}`));
}

/** At most `most` lines, and how many were left out. */
export function valueLines(
  t: Texts,
  locale: Locale,
  data: Json,
  fields: readonly Field[],
  most: number,
): { lines: FormattedString[]; more: number } {
  const names = new Map(fields.map((field) => [field.key, field.label[locale]]));
  const choices = new Map(
    fields.flatMap((field) => (field.choices ?? []).map((one) => [`${field.key} ${one.value}`, one.label[locale]])),
  );
  // jsonb keeps keys in an order of its own; people know that of the form.
  const order = new Map(fields.map((field, at) => [field.key, at]));
  const rank = ({ path }: { path: string }): number => order.get(declared(path, order)) ?? fields.length;
  const all = [...leaves(data)].sort((a, b) => rank(a) - rank(b));
  const lines = all.slice(0, most).map(({ path, value }) => {
    const shown =
      typeof value === "boolean"
        ? value
          ? t.history.yes
          : t.history.no
        : (choices.get(`${path} ${value}`) ?? short(String(value), LONGEST_VALUE));
    return FormattedString.join([`${named(path, names)}: `, shown]);
  });
  return { lines, more: all.length - lines.length };
}

/** The name of the nearest declared field, the rest of the path behind it. */
function named(path: string, names: ReadonlyMap<string, string>): string {
  const key = declared(path, names);
  const rest = path.slice(key.length).split(".").filter(Boolean).map(human);
  const name = names.get(key);
  return [...(name === undefined ? [] : [name]), ...rest].join(" · ");
}

/** The longest part of the path that a field has for its key; empty where none has. */
function declared(path: string, fields: ReadonlyMap<string, unknown>): string {
  for (let end = path.length; end > 0; end = path.lastIndexOf(".", end - 1)) {
    if (fields.has(path.slice(0, end))) return path.slice(0, end);
  }
  return "";
}
const human = (part: string): string => (/^\d+$/.test(part) ? String(Number(part) + 1) : part);

/** Data as people read it: a line per value, the field's own name before it. */
import { FormattedString } from "@grammyjs/parse-mode";
import type { Field, Json, Locale } from "../../engine/index.ts";
import type { Texts } from "../texts/index.ts";
import { short } from "../texts/words.ts";

const LONGEST_VALUE = 160;

/** Leaves of the data in order, empty ones left out: path and text. */
export function leaves(data: Json, path = ""): readonly { path: string; value: string | number | boolean }[] {
  if (data === null || data === "") return [];
  if (typeof data !== "object") return [{ path, value: data }];
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
  const all = leaves(data);
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
  const parts = path.split(".");
  for (let end = parts.length; end > 0; end--) {
    const name = names.get(parts.slice(0, end).join("."));
    if (name !== undefined) return [name, ...parts.slice(end).map(human)].join(" · ");
  }
  return parts.map(human).join(" · ");
}
const human = (part: string): string => (/^\d+$/.test(part) ? String(Number(part) + 1) : part);

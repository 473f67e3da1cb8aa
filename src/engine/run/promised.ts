/** Values of records that a dry run doesn't make: said to come later, never invented. Pure. */
import { ConnectorError } from "../../connectors/kit/errors.ts";
import type { Json, JsonObject } from "../../connectors/kit/fields.ts";
import { isEmpty, toText, type ValueSettings } from "../values/settings.ts";
import { references, render } from "../values/template.ts";

/** Steps whose output is only declared so far, each with its number. */
export type Promised = ReadonlyMap<string, number>;

/** A template as people read it while records that it needs are still to be made; null where it needs none of them. */
export function promisedValue(
  template: Json | undefined,
  promised: Promised,
  data: JsonObject,
  settings: ValueSettings,
): string | null {
  if (template === undefined || promised.size === 0) return null;
  const needed = references(template).map(({ ref }) => promised.get(ref));
  const number = needed.find((one) => one !== undefined);
  if (number === undefined) return null;
  const alone = comesAfter(number, settings);
  if (typeof template === "string" && /^\s*\{\{[^{}]*\}\}\s*$/.test(template)) return alone;
  const words = [...promised].map(([step, after]): [string, Json] => [
    step,
    replaced(data[step] ?? null, `(${comesAfter(after, settings)})`),
  ]);
  try {
    const text = render(template, { ...data, ...Object.fromEntries(words) }, settings);
    return isEmpty(text) ? alone : toText(text);
  } catch (error) {
    // A filter that wants a date or a number can't read the words.
    if (error instanceof ConnectorError) return alone;
    throw error;
  }
}

const comesAfter = (number: number, { locale }: ValueSettings): string =>
  locale === "ru" ? `появится после шага ${number}` : `known after step ${number}`;

function replaced(value: Json, words: string): Json {
  if (Array.isArray(value)) return value.map((one) => replaced(one, words));
  if (typeof value === "object" && value !== null)
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, replaced(one, words)]));
  return words;
}

/** What retailCRM's records have in common: local times, marketing marks, custom fields, tags. */
import type { Context, Json, JsonObject } from "../kit/define.ts";
import { ConnectorError } from "../kit/errors.ts";
import { filled, isObject, listOf, objectOf, textOf } from "../kit/read.ts";
import { formatLocal, parseLocal } from "../kit/time.ts";
import { customAsInput } from "./custom.ts";
import { SOURCE_KEYS } from "./fields.ts";

/** Reads a local date-time of the account. */
export type ReadTime = (value: Json | undefined) => string | null;

export const timeIn =
  (zone: string): ReadTime =>
  (value) => {
    const text = textOf(value);
    return text === null ? null : (parseLocal(text, zone)?.toISOString() ?? null);
  };

/** A date-time of ours as retailCRM writes it; a data error that names the field where it can't be read. */
export function localTime(ctx: Context, value: Json | undefined, field: string): string | undefined {
  const text = textOf(value);
  if (text === null) return undefined;
  const date = parseLocal(text, ctx.timeZone);
  if (date) return formatLocal(date, ctx.timeZone, "yyyy-MM-dd HH:mm:ss");
  throw new ConnectorError(
    "data",
    { ru: `Не получается прочитать дату «${text}».`, en: `The date “${text}” can't be read.` },
    { field },
  );
}

/** The date alone, for fields without a time. */
export const dayOf = (value: Json | undefined): string | undefined => textOf(value)?.slice(0, 10);

export const source = (record: JsonObject): JsonObject => {
  const from = objectOf(record.source);
  return Object.fromEntries(SOURCE_KEYS.map((key): [string, Json] => [key, textOf(from[key])]));
};
export const sourceBody = (input: JsonObject): JsonObject =>
  filled(Object.fromEntries(SOURCE_KEYS.map((key) => [key, input[key]])));

export const custom = (record: JsonObject): JsonObject => (isObject(record.customFields) ? record.customFields : {});

/** Names of a list of objects or texts in one line: tags, segments. */
export const namesIn = (value: Json | undefined): string | null => {
  const names = listOf(value).map((one) => (isObject(one) ? (textOf(one.name) ?? textOf(one.code)) : textOf(one)));
  return names.filter((name) => name !== null).join(", ") || null;
};

/** Ids are numbers at retailCRM; anything else stays as it is and is refused there. */
export const numeric = (value: Json | undefined): Json | undefined => {
  const text = textOf(value);
  if (text === null) return undefined;
  return /^\d+$/.test(text) && Number.isSafeInteger(Number(text)) ? Number(text) : text;
};

/** What a found record already holds, by input field, for the rules "add" and "fill if empty". */
export function asInput(output: JsonObject, record: JsonObject): JsonObject {
  const { customFields: _, ...own } = output;
  return { ...own, ...customAsInput(record) };
}

/** Our input fields as both generations take them. */
import type { Context, Json, JsonObject } from "../kit/define.ts";
import { digitsOf, filled, isObject, listOf, textOf } from "../kit/read.ts";
import { parseLocal } from "../kit/time.ts";
import { versionOf } from "./api.ts";

/** Ids are numbers at RemOnline; anything else stays as it is and is refused there. */
export const idNumber = (value: Json | undefined): Json => {
  const text = textOf(value);
  return text !== null && /^\d{1,15}$/.test(text) ? Number(text) : text;
};

/** Phones are kept there as digits. `phones` are all of a record's, `phone` the one that a person mapped. */
export function phonesOf(input: JsonObject): string[] {
  const given = input.phones === undefined ? [input.phone ?? null] : listOf(input.phones);
  return given.map(digitsOf).filter((phone) => phone !== "");
}

export const fullName = (input: JsonObject): string =>
  [input.firstName, input.lastName]
    .map((part) => textOf(part))
    .filter((part) => part !== null)
    .join(" ");

/** ISO text in milliseconds since 1970; null where nothing was given. */
export function inMilliseconds(value: Json | undefined): number | null {
  const text = textOf(value);
  return text === null ? null : (parseLocal(text, "UTC")?.getTime() ?? null);
}

/** Input fields are flat, so a custom field's id gets a prefix that no field of RemOnline's own has. */
export const CUSTOM = "custom_";

/**
 * Custom values by key. Generation 2 writes `f700`; in generation 1 the form differs between accounts, so records that
 * have some tell it.
 */
export async function customBody(
  ctx: Context,
  input: JsonObject,
  rows: () => Promise<readonly JsonObject[]>,
): Promise<JsonObject> {
  const values = filled(
    Object.fromEntries(
      Object.entries(input).flatMap(([key, value]) =>
        key.startsWith(CUSTOM) ? [[key.slice(CUSTOM.length), value]] : [],
      ),
    ),
  );
  if (Object.keys(values).length === 0) return {};
  const isBare = versionOf(ctx.auth) !== "2" && (await rows()).some(hasBareKeys);
  return isBare ? values : Object.fromEntries(Object.entries(values).map(([id, value]) => [`f${id}`, value]));
}

const hasBareKeys = (row: JsonObject) =>
  isObject(row.custom_fields) && Object.keys(row.custom_fields).some((key) => /^\d+$/.test(key));

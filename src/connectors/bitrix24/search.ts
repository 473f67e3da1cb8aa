/** Finding records: for duplicates, for lost answers, and for the actions that search. */
import type { Context, Found, Json, JsonObject } from "../kit/define.ts";
import { digitsOf, isSamePhone, objectOf, objectsOf, textOf } from "../kit/read.ts";
import { batch, type Command, read } from "./api.ts";
import { type Custom, customsOf } from "./custom.ts";
import type { Entity } from "./fields.ts";
import { asInput, ORIGINATOR, outputOf, SELECT, valuesOf } from "./records.ts";

export interface Held {
  readonly records: readonly JsonObject[];
  readonly customs: readonly Custom[];
}

const PAGE = 50;
const AT_ONCE = 10;
/** Calls of ten pages after the first one: records beyond the first 2 050 with one value are not looked at. */
const MOST_CALLS = 4;

/** Records by a filter, by rising ID, with what their custom values mean: mostly one call. */
async function list(
  ctx: Context,
  entity: Entity,
  filter: JsonObject,
): Promise<Held & { readonly names: ReadonlySet<string> }> {
  const page = (after: Json): Command => ({
    method: `crm.${entity}.list`,
    params: { select: SELECT(entity), filter: { ...filter, ">ID": after }, order: { ID: "ASC" }, start: -1 },
  });
  const first = await batch(ctx, { fields: { method: `crm.${entity}.fields` }, p0: page(0) });
  const fields = first("fields");
  let some = objectsOf(first("p0"));
  const records = [...some];
  for (let calls = 0; calls < MOST_CALLS && some.length === PAGE; calls++) {
    const commands: Record<string, Command> = { p0: page(some.at(-1)?.ID ?? null) };
    for (let at = 1; at < AT_ONCE; at++) commands[`p${at}`] = page(`$result[p${at - 1}][${PAGE - 1}][ID]`);
    const result = await batch(ctx, commands);
    for (let at = 0; at < AT_ONCE && some.length === PAGE; at++) {
      // What follows a page that isn't full began anew, for want of a last ID.
      some = objectsOf(result(`p${at}`));
      records.push(...some);
    }
  }
  return { records, customs: customsOf(fields), names: new Set(Object.keys(objectOf(fields))) };
}

/** The forms in which a phone may stand there; the portal compares digits, so only the country code differs. */
function spellings(phone: string): string[] {
  const digits = digitsOf(phone);
  const national = digits.length >= 11 ? digits.slice(-10) : digits;
  return [...new Set([`+${digits}`, digits, ...(digits.startsWith("7") ? [`8${national}`] : []), national])];
}

async function byCommunication(
  ctx: Context,
  entity: Entity,
  type: "PHONE" | "EMAIL",
  text: string,
): Promise<readonly string[]> {
  const answer = await read(ctx, "crm.duplicate.findbycomm", {
    type,
    values: type === "PHONE" ? spellings(text) : [text],
    entity_type: entity.toUpperCase(),
  });
  // No hit is an empty list, hits are an object.
  const ids = objectOf(answer.result)[entity.toUpperCase()];
  return (Array.isArray(ids) ? ids : []).map((id) => textOf(id)).filter((id) => id !== null);
}

const isSameText = (held: Json | undefined, wanted: string) =>
  (textOf(held) ?? "").toLowerCase() === wanted.trim().toLowerCase();

/** Records in which one of our fields has this value; whatever the portal found too broadly is sorted out here. */
export async function recordsBy(ctx: Context, entity: Entity, key: string, value: Json): Promise<Held> {
  const none: Held = { records: [], customs: [] };
  const text = textOf(Array.isArray(value) ? (value[0] ?? null) : value);
  if (text === null) return none;
  if (key === "PHONE" || key === "EMAIL") {
    const ids = await byCommunication(ctx, entity, key, text);
    if (ids.length === 0) return none;
    const { records, customs } = await list(ctx, entity, { "@ID": [...ids] });
    const fits = (held: string) => (key === "PHONE" ? isSamePhone(held, text) : isSameText(held, text));
    return { records: records.filter((record) => valuesOf(record[key]).some(fits)), customs };
  }
  const filter: JsonObject = key === "ORIGIN_ID" ? { ORIGIN_ID: text, ORIGINATOR_ID: ORIGINATOR } : { [key]: text };
  const { records, customs } = await list(ctx, entity, filter);
  return { records: records.filter((record) => isSameText(record[key], text)), customs };
}

export function foundOf(entity: Entity, record: JsonObject, customs: readonly Custom[]): Found {
  const output = outputOf(entity, record, customs);
  const createdAt = textOf(output.DATE_CREATE);
  return {
    id: textOf(record.ID) ?? "",
    output,
    fields: asInput(entity, record, customs),
    ...(createdAt ? { createdAt } : {}),
  };
}

/** The oldest record that matches every filled field, or null. */
export async function findOne(ctx: Context, entity: Entity, input: JsonObject): Promise<JsonObject | null> {
  let matching: readonly JsonObject[] | undefined;
  let customs: readonly Custom[] = [];
  for (const [key, value] of Object.entries(input)) {
    if (textOf(value) === null) continue;
    const held = await recordsBy(ctx, entity, key, value);
    const ids = new Set(held.records.map((record) => textOf(record.ID)));
    matching = matching === undefined ? held.records : matching.filter((record) => ids.has(textOf(record.ID)));
    if (matching.length === 0) return null;
    customs = held.customs;
  }
  const [oldest] = (matching ?? []).toSorted((a, b) => Number(a.ID) - Number(b.ID));
  return oldest ? outputOf(entity, oldest, customs) : null;
}

/**
 * The record that the call named `key` made, with an external ID of the person's or with its own name; "absent" where
 * there is none, null where the portal doesn't keep what would tell.
 */
export async function byOrigin(
  ctx: Context,
  entity: Entity,
  given: string | null,
  key: string,
): Promise<JsonObject | "absent" | null> {
  const origin = given ?? key;
  const { records, customs, names } = await list(ctx, entity, { ORIGIN_ID: origin, ORIGINATOR_ID: ORIGINATOR });
  if (!names.has("ORIGIN_ID")) return null;
  const named = records.filter((record) => isSameText(record.ORIGIN_ID, origin));
  // Others although the name was asked for: the filter was passed over.
  if (named.length < records.length) return null;
  const own = named.find((record) => given === null || isSameText(record.ORIGIN_VERSION, key));
  if (own) return outputOf(entity, own, customs);
  return named.length === 0 || names.has("ORIGIN_VERSION") ? "absent" : null;
}

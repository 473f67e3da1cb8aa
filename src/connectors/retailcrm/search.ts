/** Finding customers and orders, for duplicates and for the actions that search. */
import type { Context, Found, Json, JsonObject } from "../kit/define.ts";
import { digitsOf, isSamePhone, objectOf, objectsOf, textOf } from "../kit/read.ts";
import { search } from "./api.ts";
import { customerOf } from "./customershape.ts";
import { orderOf } from "./ordershape.ts";
import { asInput, timeIn } from "./shapes.ts";

export type Kind = "customers" | "orders";

/** The forms in which a phone may have been written, most likely first; the filter is a text search. */
function spellings(phone: string): readonly string[] {
  const digits = digitsOf(phone);
  const national = digits.length >= 11 ? digits.slice(-10) : digits;
  return [...new Set([digits, `+${digits}`, ...(digits.startsWith("7") ? [`8${national}`] : []), national])];
}

const phonesOf = (kind: Kind, record: JsonObject): Json[] =>
  kind === "customers"
    ? objectsOf(record.phones).map((phone) => phone.number ?? null)
    : [record.phone ?? null, record.additionalPhone ?? null];

/**
 * There is no filter by phone: `name` (`customer` for orders) looks into names and phones alike, so every answer is
 * checked by its digits.
 */
async function byPhone(ctx: Context, kind: Kind, phone: string): Promise<JsonObject[]> {
  for (const spelling of spellings(phone)) {
    const records = await search(ctx, kind, { [kind === "customers" ? "name" : "customer"]: spelling });
    const same = records.filter((record) => phonesOf(kind, record).some((number) => isSamePhone(number, phone)));
    if (same.length > 0) return same;
  }
  return [];
}

const isSameText = (one: Json | undefined, other: string) =>
  (textOf(one) ?? "").toLowerCase() === other.trim().toLowerCase();

/** Records in which one of our fields has this value; what the service found too broadly is sorted out here. */
export async function recordsBy(ctx: Context, kind: Kind, key: string, value: Json): Promise<JsonObject[]> {
  const text = textOf(value);
  if (text === null) return [];
  switch (key) {
    case "phone":
      return byPhone(ctx, kind, text);
    case "email":
      return (await search(ctx, kind, { email: text })).filter((record) => isSameText(record.email, text));
    case "id":
      return search(ctx, kind, { ids: [text] });
    case "externalId":
      return search(ctx, kind, { externalIds: [text] });
    case "number":
      return search(ctx, kind, { numbers: [text] });
    case "customerId":
      return (await search(ctx, kind, { customerId: text })).filter((record) =>
        isSameText(objectOf(record.customer).id, text),
      );
    default:
      return [];
  }
}

const itemIds = (record: JsonObject) =>
  objectsOf(record.items).map(({ id = null, quantity = null }) => ({ id, quantity }));

export function foundOf(ctx: Context, kind: Kind, record: JsonObject): Found {
  const time = timeIn(ctx.timeZone);
  const output = kind === "customers" ? customerOf(record, time) : orderOf(record, time);
  const createdAt = textOf(output.createdAt);
  return {
    id: textOf(record.id) ?? "",
    output,
    // Items that are there are named by their id: retailCRM takes no other part of its own answer back.
    fields: { ...asInput(output, record), ...(kind === "orders" ? { items: itemIds(record) } : {}) },
    ...(createdAt ? { createdAt } : {}),
  };
}

/** The oldest record that matches every filled key, or null. Keys are asked in the order given. */
export async function findOne(
  ctx: Context,
  kind: Kind,
  keys: readonly string[],
  input: JsonObject,
): Promise<JsonObject | null> {
  const asked = keys.filter((key) => textOf(input[key]) !== null);
  let matching: JsonObject[] | null = null;
  for (const key of asked) {
    const records = await recordsBy(ctx, kind, key, input[key] ?? null);
    const ids = new Set(records.map((record) => textOf(record.id)));
    matching = matching === null ? records : matching.filter((record) => ids.has(textOf(record.id)));
    if (matching.length === 0) return null;
  }
  const found = (matching ?? []).map((record) => foundOf(ctx, kind, record));
  found.sort((a, b) => (a.createdAt ?? "").localeCompare(b.createdAt ?? "") || Number(a.id) - Number(b.id));
  return found[0]?.output ?? null;
}

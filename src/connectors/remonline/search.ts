/** Finding clients and orders, for duplicates, for actions that search, and after a lost answer. */
import type { Context, Found, Json, JsonObject } from "../kit/define.ts";
import { digitsOf, isSamePhone, textOf } from "../kit/read.ts";
import { serviceOf } from "./service.ts";
import { asInput, clientOf, orderOf, phonesIn } from "./shapes.ts";

/** How the service compares phones isn't published: the whole number first, then the ways in which it is often kept. */
function spellings(phone: string): readonly string[] {
  const digits = digitsOf(phone);
  const national = digits.slice(-10);
  return [...new Set([digits, ...(digits.length === 11 ? [national, `8${national}`] : [])])];
}

async function gather(pages: AsyncIterable<JsonObject[]>, holds: (row: JsonObject) => boolean): Promise<JsonObject[]> {
  const found: JsonObject[] = [];
  for await (const rows of pages) found.push(...rows.filter(holds));
  return found;
}

export async function clientsBy(ctx: Context, key: string, value: Json | undefined): Promise<JsonObject[]> {
  const text = textOf(value);
  if (text === null) return [];
  const service = serviceOf(ctx);
  if (key === "clientId") {
    const client = await service.client(ctx, text);
    return client ? [client] : [];
  }
  if (key === "email") {
    const email = text.toLowerCase();
    return gather(service.clients(ctx, { email }), (row) => textOf(row.email)?.toLowerCase() === email);
  }
  if (key !== "phone" || digitsOf(text) === "") return [];
  const isSame = (row: JsonObject) => phonesIn(row).some((phone) => isSamePhone(phone, text));
  for (const phone of spellings(text)) {
    const found = await gather(service.clients(ctx, { phone }), isSame);
    if (found.length > 0) return found;
  }
  return [];
}

export async function ordersBy(ctx: Context, key: string, value: Json | undefined): Promise<JsonObject[]> {
  const text = textOf(value);
  if (text === null) return [];
  const service = serviceOf(ctx);
  const is = (wanted: Json | undefined) => textOf(wanted) === text;
  if (key === "clientId") {
    return gather(service.orders(ctx, { clientId: text }), (row) => is(orderOf(row).clientId));
  }
  if (key === "id") return gather(service.orders(ctx, { ids: [text] }), (row) => is(row.id));
  if (key !== "number") return [];
  return gather(service.orders(ctx, { numbers: [text] }), (row) => is(orderOf(row).number));
}

const foundAs = (output: JsonObject): Found => {
  const createdAt = textOf(output.createdAt);
  return { id: textOf(output.id) ?? "", output, fields: asInput(output), ...(createdAt ? { createdAt } : {}) };
};
export const foundClient = (record: JsonObject): Found => foundAs(clientOf(record));
export const foundOrder = (record: JsonObject): Found => foundAs(orderOf(record));

/** The oldest record that fits every filled field, or null. */
export async function oldest(
  input: JsonObject,
  keys: readonly string[],
  by: (key: string, value: Json | undefined) => Promise<JsonObject[]>,
  asFound: (record: JsonObject) => Found,
): Promise<JsonObject | null> {
  let matching: JsonObject[] | null = null;
  for (const key of keys.filter((one) => textOf(input[one]) !== null)) {
    const records = await by(key, input[key]);
    const ids = new Set(records.map(({ id }) => textOf(id)));
    matching = matching === null ? records : matching.filter(({ id }) => ids.has(textOf(id)));
    if (matching.length === 0) return null;
  }
  const found = (matching ?? []).map(asFound);
  found.sort((a, b) => (a.createdAt ?? "").localeCompare(b.createdAt ?? "") || Number(a.id) - Number(b.id));
  return found[0]?.output ?? null;
}

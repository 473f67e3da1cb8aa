/** Finding counterparties and orders, for duplicates and for the actions that search. */
import type { Context, Found, Json, JsonObject } from "../kit/define.ts";
import { ConnectorError } from "../kit/errors.ts";
import { digitsOf, isSamePhone, objectsOf, textOf } from "../kit/read.ts";
import { BASE, type Entity, filterOf, get, idOf, PAGE } from "./api.ts";
import { asInput, COUNTERPARTY_EXPAND, counterpartyOf, ORDER_EXPAND, orderOf } from "./shapes.ts";

const expandOf = (entity: Entity) => (entity === "counterparty" ? COUNTERPARTY_EXPAND : ORDER_EXPAND);
export const outputOf = (entity: Entity, record: JsonObject) =>
  entity === "counterparty" ? counterpartyOf(record) : orderOf(record);

/** The record with its links by name. */
export const read = (ctx: Context, entity: Entity, id: string): Promise<JsonObject> =>
  get(ctx, `/entity/${entity}/${encodeURIComponent(id)}`, { expand: expandOf(entity) });

const MOST_PAGES = 20;

/** Records that a filter or a search finds, over its pages; those beyond the first 2 000 are not looked at. */
async function select(ctx: Context, entity: Entity, query: Record<string, unknown>): Promise<JsonObject[]> {
  const found: JsonObject[] = [];
  const whole = { ...query, limit: PAGE, expand: expandOf(entity) };
  for (let page = 0; page < MOST_PAGES; page++) {
    const offset = page > 0 ? { offset: page * PAGE } : {};
    const rows = objectsOf((await get(ctx, `/entity/${entity}`, { ...whole, ...offset })).rows);
    const known = new Set(found.map(idOf));
    const fresh = rows.filter((row) => !known.has(idOf(row)));
    found.push(...fresh);
    // The same page under another number: no numbers are heeded.
    if (rows.length < PAGE || fresh.length === 0) break;
  }
  return found;
}

/** Records by their ids, in as few calls as addresses of a decent length allow. */
export async function readMany(ctx: Context, entity: Entity, ids: readonly string[]): Promise<JsonObject[]> {
  const found: JsonObject[] = [];
  for (let from = 0; from < ids.length; from += 50) {
    const filter = filterOf(...ids.slice(from, from + 50).map((id) => `id=${id}`));
    found.push(...(await select(ctx, entity, { filter })));
  }
  return found;
}

/** The filter compares texts, so a phone is asked for in the ways in which people and programs write it. */
function spellings(phone: string): readonly string[] {
  const digits = digitsOf(phone);
  const [area, one, two, three] = /^(?:.*?)(\d{3})(\d{3})(\d{2})(\d{2})$/.exec(digits)?.slice(1) ?? [];
  const plain = [phone, digits, `+${digits}`];
  if (!/^[78]\d{10}$/.test(digits)) return [...new Set(plain)];
  const local = `${one}-${two}-${three}`;
  const formatted = ["+7", "7", "8"].flatMap((prefix) => [
    `${prefix}${digits.slice(1)}`,
    `${prefix} (${area}) ${local}`,
    `${prefix} ${area} ${local}`,
    `${prefix}(${area})${local}`,
  ]);
  return [...new Set([...plain, digits.slice(1), ...formatted])];
}

/** Exact spellings first, then the service's own search, each answer checked by its digits. */
async function byPhone(ctx: Context, phone: string): Promise<JsonObject[]> {
  const same = (records: readonly JsonObject[]) => records.filter((record) => isSamePhone(record.phone, phone));
  const exact = same(
    await select(ctx, "counterparty", { filter: filterOf(...spellings(phone).map((one) => `phone=${one}`)) }),
  );
  const digits = digitsOf(phone);
  if (exact.length > 0 || digits.length < 10) return exact;
  const last = digits.slice(-10);
  for (const search of [last, `${last.slice(3, 6)}-${last.slice(6, 8)}-${last.slice(8)}`]) {
    const found = same(await select(ctx, "counterparty", { search }));
    if (found.length > 0) return found;
  }
  return [];
}

const isSameText = (one: Json | undefined, other: string) =>
  (textOf(one) ?? "").toLowerCase() === other.trim().toLowerCase();

/** Nothing is promised about the case of e-mails: as typed and small first, then the search. */
async function byEmail(ctx: Context, email: string): Promise<JsonObject[]> {
  const same = (records: readonly JsonObject[]) => records.filter((record) => isSameText(record.email, email));
  const spelled = [...new Set([email, email.toLowerCase()])];
  const exact = same(await select(ctx, "counterparty", { filter: filterOf(...spelled.map((one) => `email=${one}`)) }));
  return exact.length > 0 ? exact : same(await select(ctx, "counterparty", { search: email }));
}

const UUID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/i;

/** Also by the id in the browser's address bar, which is another: the service leads from it to the record. */
async function byId(ctx: Context, entity: Entity, typed: string): Promise<JsonObject[]> {
  const id = UUID.exec(typed)?.[0].toLowerCase();
  if (id === undefined) return [];
  try {
    const found = await read(ctx, entity, id);
    const own = idOf(found);
    return own === null || own === id ? [found] : [await read(ctx, entity, own)];
  } catch (error) {
    if (error instanceof ConnectorError && error.errorClass === "not_found") return [];
    throw error;
  }
}

/** Records in which one of our fields has this value; what the service found too broadly is sorted out here. */
export async function recordsBy(ctx: Context, entity: Entity, key: string, value: Json): Promise<JsonObject[]> {
  const text = textOf(value);
  if (text === null) return [];
  switch (key) {
    case "phone":
      return byPhone(ctx, text);
    case "email":
      return byEmail(ctx, text);
    case "agent":
      return select(ctx, entity, { filter: filterOf(`agent=${BASE}/entity/counterparty/${text}`) });
    case "id":
      return byId(ctx, entity, text);
    case "externalCode":
    case "code":
    case "name":
      return select(ctx, entity, { filter: filterOf(`${key}=${text}`) });
    default:
      return [];
  }
}

export function foundOf(entity: Entity, record: JsonObject): Found {
  const createdAt = textOf(record.created);
  return {
    id: idOf(record) ?? "",
    output: outputOf(entity, record),
    fields: asInput(entity, record),
    ...(createdAt ? { createdAt } : {}),
  };
}

/** The oldest record that matches every filled key, or null. Keys are asked in the order given. */
export async function findOne(
  ctx: Context,
  entity: Entity,
  keys: readonly string[],
  input: JsonObject,
): Promise<JsonObject | null> {
  let matching: JsonObject[] | null = null;
  for (const key of keys.filter((one) => textOf(input[one]) !== null)) {
    const records = await recordsBy(ctx, entity, key, input[key] ?? null);
    const ids = new Set(records.map(idOf));
    matching = matching === null ? records : matching.filter((record) => ids.has(idOf(record)));
    if (matching.length === 0) return null;
  }
  const oldest = (matching ?? []).toSorted((a, b) => String(a.created).localeCompare(String(b.created)))[0];
  return oldest ? outputOf(entity, oldest) : null;
}

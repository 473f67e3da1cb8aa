/** Reading, finding and writing the records of amoCRM. */
import type { Context, Found, Json, JsonObject } from "../kit/define.ts";
import { ConnectorError } from "../kit/errors.ts";
import { digitsOf, isSamePhone, objectOf, textOf } from "../kit/read.ts";
import { embedded, get, PAGE, send } from "./api.ts";
import { asInput, bodyOf, type Entity, multiOf, numeric, outputOf, type Rule } from "./shapes.ts";

export const WITH: Readonly<Record<Entity, string>> = {
  contacts: "leads",
  leads: "contacts",
  companies: "leads",
  tasks: "",
};

export async function read(ctx: Context, kind: Entity, id: string): Promise<JsonObject | null> {
  if (!/^\d+$/.test(id)) return null;
  const more = WITH[kind];
  const record = await get(ctx, `${kind}/${id}`, more ? { with: more } : {}).catch((error: unknown) => {
    if (error instanceof ConnectorError && error.errorClass === "not_found") return {} as JsonObject;
    throw error;
  });
  return textOf(record.id) === null ? null : record;
}

const MOST_PAGES = 20;

/**
 * `query` looks everywhere and forgives much; whoever asks checks what came. Those beyond the first 5 000 are not looked
 * at: whoever has more with one word can't be told by it.
 */
async function query(ctx: Context, kind: Entity, words: string): Promise<JsonObject[]> {
  const found: JsonObject[] = [];
  for (let page = 1; page <= MOST_PAGES; page++) {
    const some = embedded(await get(ctx, kind, { query: words, with: WITH[kind], limit: PAGE, page }), kind);
    found.push(...some);
    if (some.length < PAGE) break;
  }
  return found;
}

const isSameText = (one: Json | undefined, other: string) =>
  (textOf(one) ?? "").toLowerCase() === other.trim().toLowerCase();
const isOpen = (lead: JsonObject) => !["142", "143"].includes(textOf(lead.status_id) ?? "");

/** Records in which one of our fields has this value. */
export async function recordsBy(ctx: Context, kind: Entity, key: string, value: Json): Promise<JsonObject[]> {
  const text = textOf(Array.isArray(value) ? value[0] : value);
  if (text === null) return [];
  switch (key) {
    case "id": {
      const record = await read(ctx, kind, text);
      return record ? [record] : [];
    }
    case "phone": {
      const found = await query(ctx, kind, digitsOf(text).slice(-10));
      return found.filter((record) => multiOf(record, "PHONE").some((one) => isSamePhone(one.value, text)));
    }
    case "email":
      return (await query(ctx, kind, text)).filter((record) =>
        multiOf(record, "EMAIL").some((one) => isSameText(one.value, text)),
      );
    case "name":
      return (await query(ctx, kind, text)).filter((record) => isSameText(record.name, text));
    case "query":
      return query(ctx, kind, text);
    case "contactId": {
      const contact = await read(ctx, "contacts", text);
      const ids = embedded(contact ?? {}, "leads").map((lead) => textOf(lead.id) ?? "");
      // The newest few: a contact with more open leads than this is no way to tell a lead.
      const leads = await Promise.all(ids.slice(-20).map((id) => read(ctx, "leads", id)));
      return leads.filter((lead) => lead !== null).filter(isOpen);
    }
    default:
      return [];
  }
}

export function foundOf(ctx: Context, kind: Entity, record: JsonObject): Found {
  const output = outputOf(ctx, kind, record);
  const id = textOf(record.id) ?? "";
  return { id, output, fields: asInput(output, record), createdAt: id };
}

/** The oldest record that matches every filled key, or null. */
export async function findOne(
  ctx: Context,
  kind: Entity,
  keys: readonly string[],
  input: JsonObject,
): Promise<JsonObject | null> {
  let matching: JsonObject[] | null = null;
  for (const key of keys.filter((one) => textOf(input[one]) !== null)) {
    const records = await recordsBy(ctx, kind, key, input[key] ?? null);
    const ids = new Set(records.map((record) => textOf(record.id)));
    matching = matching === null ? records : matching.filter((record) => ids.has(textOf(record.id)));
    if (matching.length === 0) return null;
  }
  const [oldest] = (matching ?? []).sort((a, b) => Number(textOf(a.id)) - Number(textOf(b.id)));
  return oldest ? outputOf(ctx, kind, oldest) : null;
}

export async function create(ctx: Context, kind: Entity, input: JsonObject, requestId: string): Promise<JsonObject> {
  const body = await bodyOf(ctx, kind, input, null);
  const answer = await send(ctx, "POST", kind, [{ ...body, request_id: requestId }]);
  const id = textOf(embedded(answer, kind)[0]?.id);
  if (id === null) {
    throw new ConnectorError("unknown", {
      ru: "amoCRM ответил без ID новой записи, и неизвестно, создана ли она.",
      en: "amoCRM answered without the new record's ID; whether it exists is unknown.",
    });
  }
  // It exists: a failure from here on must not look like one of the create.
  const whole = await read(ctx, kind, id).catch(() => null);
  return outputOf(ctx, kind, whole ?? { ...body, id });
}

/** Writes into a record as it is now, and answers with what it is then. */
export async function update(
  ctx: Context,
  kind: Entity,
  present: JsonObject,
  input: JsonObject,
  rule: Rule,
): Promise<JsonObject> {
  const id = textOf(present.id) ?? "";
  const body = await bodyOf(ctx, kind, input, present, rule);
  if (Object.keys(body).length > 0) await send(ctx, "PATCH", `${kind}/${id}`, body, true);
  const links = [
    ...(textOf(input.contactId) === null
      ? []
      : [{ to_entity_id: numeric(input.contactId), to_entity_type: "contacts" }]),
    ...(textOf(input.companyId) === null
      ? []
      : [{ to_entity_id: numeric(input.companyId), to_entity_type: "companies" }]),
  ];
  if (links.length > 0) await send(ctx, "POST", `${kind}/${id}/link`, links, true);
  return outputOf(ctx, kind, (await read(ctx, kind, id)) ?? { ...present, ...body });
}

const NAMES: Readonly<Record<Entity, { ru: string; en: string }>> = {
  contacts: { ru: "контакта", en: "contact" },
  leads: { ru: "сделки", en: "lead" },
  companies: { ru: "компании", en: "company" },
  tasks: { ru: "задачи", en: "task" },
};

/** The record with this id; not_found names it. */
export async function demand(ctx: Context, kind: Entity, value: Json | undefined, field = "id"): Promise<JsonObject> {
  const id = textOf(value) ?? "";
  const record = await read(ctx, kind, id);
  if (record) return record;
  const name = NAMES[kind];
  throw new ConnectorError(
    "not_found",
    { ru: `В amoCRM нет ${name.ru} с ID «${id}».`, en: `amoCRM has no ${name.en} with the ID “${id}”.` },
    { field },
  );
}

export const isFilterOn = async (ctx: Context): Promise<boolean> =>
  objectOf(await get(ctx, "account", { with: "is_api_filter_enabled" })).is_api_filter_enabled === true;

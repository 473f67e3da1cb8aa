/** Clients and orders of both generations as our flat outputs. */
import type { Json, JsonObject } from "../kit/define.ts";
import { booleanOf, isObject, listOf, numberOf, objectOf, textOf } from "../kit/read.ts";
import { parseLocal } from "../kit/time.ts";
import { CUSTOM } from "./inputs.ts";

/** Milliseconds since 1970 or ISO text, as ISO text in UTC. */
export function momentOf(value: Json | undefined): string | null {
  const text = textOf(value);
  if (text === null || text === "0") return null;
  if (/^\d{10,}$/.test(text)) return new Date(Number(text)).toISOString();
  return parseLocal(text, "UTC")?.toISOString() ?? null;
}

/** Keys are `f700` or `700` by account; outputs always have the letter, so that a path isn't a position in a list. */
function customOf(record: JsonObject): JsonObject {
  if (!isObject(record.custom_fields)) return {};
  return Object.fromEntries(
    Object.entries(record.custom_fields).map(([key, value]) => [/^\d/.test(key) ? `f${key}` : key, value]),
  );
}

export const phonesIn = (record: JsonObject): string[] =>
  [...listOf(record.phones), ...(isObject(record.phone) ? [record.phone] : listOf(record.phone))]
    .map((phone) => textOf(isObject(phone) ? phone.phone : phone))
    .filter((phone, at, all): phone is string => phone !== null && all.indexOf(phone) === at);

/** An id, whether it stands plain or in an object, and the name beside it. */
const idOf = (record: JsonObject, key: string) => textOf(record[`${key}_id`]) ?? textOf(objectOf(record[key]).id);
const nameOf = (value: Json | undefined) => {
  const object = objectOf(value);
  return textOf(object.name) ?? textOf(object.title) ?? textOf(value);
};

export function clientOf(record: JsonObject): JsonObject {
  const first = textOf(record.first_name);
  const last = textOf(record.last_name);
  const phones = phonesIn(record);
  return {
    id: textOf(record.id),
    name: textOf(record.name) ?? ([first, last].filter(Boolean).join(" ") || null),
    firstName: first,
    lastName: last,
    phone: phones[0] ?? null,
    phones,
    email: textOf(record.email),
    address: textOf(record.address),
    notes: textOf(record.notes),
    juridical: booleanOf(record.is_organization ?? record.juridical ?? null) ?? false,
    supplier: booleanOf(record.supplier ?? null) ?? false,
    discountCode: textOf(record.discount_code),
    adCampaign: nameOf(record.ad_campaign),
    createdAt: momentOf(record.created_at),
    modifiedAt: momentOf(record.modified_at),
    customFields: customOf(record),
  };
}

/** 1 new, 2 in work, 3 postponed, 4 done, 5 delivery, 6 closed, 7 closed without success, 0 the account's own; null: unknown. */
export function groupOf(status: Json | undefined): number | null {
  const { group } = objectOf(status);
  return numberOf(isObject(group) ? group.type : group);
}
export const isClosed = (group: number | null): boolean => group === 6 || group === 7;

export function orderOf(record: JsonObject): JsonObject {
  const status = objectOf(record.status);
  const client = clientOf(objectOf(record.client));
  const asset = objectOf(record.asset);
  return {
    id: textOf(record.id),
    number: textOf(record.id_label) ?? textOf(record.number),
    status: textOf(status.name),
    statusId: textOf(status.id) ?? textOf(record.status_id),
    orderType: nameOf(record.order_type),
    orderTypeId: idOf(record, "order_type"),
    branchId: idOf(record, "branch"),
    clientId: client.id ?? textOf(record.client_id),
    clientName: client.name ?? null,
    clientPhone: client.phone ?? null,
    clientEmail: client.email ?? null,
    managerId: idOf(record, "manager"),
    engineerId: idOf(record, "engineer") ?? idOf(record, "assignee"),
    kindofGood: textOf(record.kindof_good) ?? textOf(asset.group),
    brand: textOf(record.brand) ?? textOf(asset.brand),
    model: textOf(record.model) ?? textOf(asset.model) ?? textOf(asset.title),
    serial: textOf(record.serial) ?? textOf(asset.uid),
    malfunction: textOf(record.malfunction),
    managerNotes: textOf(record.manager_notes),
    engineerNotes: textOf(record.engineer_notes),
    resume: textOf(record.resume),
    price: numberOf(record.price ?? record.total ?? null),
    payed: numberOf(record.payed ?? null),
    estimatedCost: numberOf(record.estimated_cost ?? record.estimated_price ?? null),
    urgent: booleanOf(record.urgent ?? null) ?? false,
    adCampaign: nameOf(record.ad_campaign),
    createdAt: momentOf(record.created_at),
    modifiedAt: momentOf(record.modified_at),
    doneAt: momentOf(record.done_at),
    closedAt: momentOf(record.closed_at),
    estimatedDoneAt: momentOf(record.estimated_done_at ?? record.due_date),
    customFields: customOf(record),
  };
}

/** What a record already holds, by input field, for the rules "add" and "fill if empty". */
export function asInput(output: JsonObject): JsonObject {
  const { customFields, phones: _, ...own } = output;
  const custom = Object.entries(objectOf(customFields)).map(([key, value]): [string, Json] => [
    CUSTOM + key.replace(/^f/, ""),
    value,
  ]);
  // Where only the whole name is known, the first name isn't empty.
  const firstName = own.firstName ?? own.name ?? null;
  return { ...own, ...("name" in own ? { firstName } : {}), ...Object.fromEntries(custom) };
}

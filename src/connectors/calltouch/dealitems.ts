/** Deals of the journal in our shape. Its keys are known from one client only, so every place is read tolerantly. */
import type { JsonObject } from "../kit/define.ts";
import { objectOf } from "../kit/read.ts";
import { clean, commentOf, count, customFieldsOf, joined, momentOf, visitOf } from "./items.ts";

/** Names of tags, however they are wrapped. */
const tagNames = (value: JsonObject["tags"] | undefined): string | null =>
  joined(
    Array.isArray(value)
      ? value.flatMap((tag) => {
          const one = objectOf(tag);
          const names = Array.isArray(one.names)
            ? one.names
            : [one.tag ?? one.name ?? (typeof tag === "string" ? tag : null)];
          return names.map(clean);
        })
      : clean(value),
  );

const first = (values: JsonObject["tags"] | undefined, ...keys: readonly string[]): string | null => {
  const list = Array.isArray(values) ? values : [values ?? null];
  for (const value of list) {
    const one = objectOf(value);
    const found = clean(
      typeof value === "object" ? keys.map((key) => clean(one[key])).find((text) => text !== null) : value,
    );
    if (found !== null) return found;
  }
  return null;
};

export function dealFromJournal(deal: JsonObject, zone: string): JsonObject {
  const client = objectOf(deal.client);
  const contacts = objectOf(objectOf(deal.orderContacts).mainContacts);
  const planned = count(deal.plannedAmount);
  const completed = count(deal.completedAmount);
  const visit = objectOf(deal.visit ?? deal.session);
  const moment = (...values: readonly (JsonObject["tags"] | undefined)[]) => {
    const value = values.find((one) => clean(one) !== null);
    return value === undefined ? null : momentOf(value, value, zone);
  };
  return {
    orderNumber: clean(deal.orderNumber),
    calltouchOrderId: clean(deal.orderId),
    orderName: clean(deal.orderName),
    status: clean(deal.orderStatus ?? deal.status),
    funnel: clean(deal.funnel),
    amount: completed !== null && completed !== 0 ? completed : (planned ?? completed ?? count(deal.revenue)),
    plannedAmount: planned,
    completedAmount: completed,
    orderDate: moment(deal.orderDate, deal.createdDate),
    createdAt: moment(deal.createdDate, deal.dateCreated, deal.orderDate),
    updatedAt: moment(deal.updatedDate, deal.updateDate),
    manager: clean(deal.manager),
    tags: tagNames(deal.tags ?? deal.ordersTags),
    comment: commentOf(deal.comment ?? deal.comments),
    fullName: clean(client.fio) ?? clean(contacts.fio),
    phone: first(client.phones, "phoneNumber", "phone") ?? clean(contacts.phoneNumber),
    email: first(client.emails ?? client.contacts, "contactValue", "email") ?? clean(contacts.email),
    leadType: clean(objectOf(deal.orderSource).type ?? deal.orderSource),
    ...visitOf(visit, { ctClientId: deal.ctClientId ?? null }),
    customFields: customFieldsOf(deal.customFields),
  };
}

export const isDeal = (deal: JsonObject): boolean => deal.orderNumber !== null || deal.calltouchOrderId !== null;
export const idOfDeal = (deal: JsonObject): string => String(deal.calltouchOrderId ?? deal.orderNumber);

/** retailCRM's records as our flat outputs, and our inputs as its records. */
import type { Context, Json, JsonObject } from "../kit/define.ts";
import { ConnectorError } from "../kit/errors.ts";
import { filled, isObject, listOf, numberOf, objectOf, objectsOf, textOf } from "../kit/read.ts";
import { formatLocal, parseLocal } from "../kit/time.ts";
import { customAsInput, customValues } from "./custom.ts";
import { SOURCE_KEYS } from "./fields.ts";

/** Reads a local date-time of the account. */
export type ReadTime = (value: Json | undefined) => string | null;

export const timeIn =
  (zone: string): ReadTime =>
  (value) => {
    const text = textOf(value);
    return text === null ? null : (parseLocal(text, zone)?.toISOString() ?? null);
  };

function localTime(ctx: Context, value: Json | undefined, field: string): string | undefined {
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

const source = (record: JsonObject): JsonObject => {
  const from = objectOf(record.source);
  return Object.fromEntries(SOURCE_KEYS.map((key): [string, Json] => [key, textOf(from[key])]));
};
const custom = (record: JsonObject): JsonObject => (isObject(record.customFields) ? record.customFields : {});
const tagNames = (record: JsonObject): string | null => {
  const names = listOf(record.tags).map((tag) => (isObject(tag) ? textOf(tag.name) : textOf(tag)));
  return names.filter((name) => name !== null).join(", ") || null;
};

export function customerOf(record: JsonObject, time: ReadTime): JsonObject {
  const phones = listOf(record.phones)
    .map((phone) => textOf(isObject(phone) ? phone.number : phone))
    .filter((number) => number !== null);
  const address = objectOf(record.address);
  return {
    id: textOf(record.id),
    externalId: textOf(record.externalId),
    firstName: textOf(record.firstName),
    lastName: textOf(record.lastName),
    patronymic: textOf(record.patronymic),
    phone: phones[0] ?? null,
    phones,
    email: textOf(record.email),
    site: textOf(record.site),
    managerId: textOf(record.managerId),
    address: textOf(address.text),
    city: textOf(address.city),
    vip: record.vip === true,
    ordersCount: numberOf(record.ordersCount),
    totalSumm: numberOf(record.totalSumm),
    tags: tagNames(record),
    ...source(record),
    createdAt: time(record.createdAt),
    customFields: custom(record),
  };
}

function itemOf(item: JsonObject): JsonObject {
  const offer = objectOf(item.offer);
  return {
    id: textOf(item.id),
    name: textOf(offer.displayName) ?? textOf(offer.name) ?? textOf(item.productName),
    price: numberOf(item.initialPrice),
    quantity: numberOf(item.quantity),
    externalId: textOf(offer.externalId),
    status: textOf(item.status),
  };
}

export function orderOf(record: JsonObject, time: ReadTime): JsonObject {
  const items = objectsOf(record.items).map(itemOf);
  const delivery = objectOf(record.delivery);
  // Payments are an object by id in lists and a list in the answer to a create.
  const payment = objectsOf(record.payments)[0] ?? {};
  const customer = objectOf(record.customer);
  return {
    id: textOf(record.id),
    externalId: textOf(record.externalId),
    number: textOf(record.number),
    status: textOf(record.status),
    statusUpdatedAt: time(record.statusUpdatedAt),
    statusComment: textOf(record.statusComment),
    totalSumm: numberOf(record.totalSumm),
    summ: numberOf(record.summ),
    prepaySum: numberOf(record.prepaySum),
    purchaseSumm: numberOf(record.purchaseSumm),
    currency: textOf(record.currency),
    discount: numberOf(record.discountManualAmount),
    createdAt: time(record.createdAt),
    site: textOf(record.site),
    orderType: textOf(record.orderType),
    orderMethod: textOf(record.orderMethod),
    customerId: textOf(customer.id),
    customerExternalId: textOf(customer.externalId),
    firstName: textOf(record.firstName),
    lastName: textOf(record.lastName),
    patronymic: textOf(record.patronymic),
    phone: textOf(record.phone),
    email: textOf(record.email),
    managerId: textOf(record.managerId),
    customerComment: textOf(record.customerComment),
    managerComment: textOf(record.managerComment),
    ...source(record),
    deliveryType: textOf(delivery.code),
    deliveryCost: numberOf(delivery.cost),
    deliveryAddress: textOf(objectOf(delivery.address).text),
    paymentType: textOf(payment.type),
    paymentStatus: textOf(payment.status),
    fullPaidAt: time(record.fullPaidAt),
    itemsText: items.map((item) => `${item.name ?? "?"} × ${item.quantity ?? 1}`).join(", ") || null,
    items,
    customFields: custom(record),
  };
}

/** Ids are numbers at retailCRM; anything else stays as it is and is refused there. */
export const numeric = (value: Json | undefined): Json | undefined => {
  const text = textOf(value);
  if (text === null) return undefined;
  return /^\d+$/.test(text) && Number.isSafeInteger(Number(text)) ? Number(text) : text;
};

const sourceBody = (input: JsonObject) => filled(Object.fromEntries(SOURCE_KEYS.map((key) => [key, input[key]])));
const namesOf = (value: Json | undefined) =>
  (Array.isArray(value) ? value : [value ?? null]).map((tag) => textOf(tag)).filter((tag) => tag !== null);

/** A customer to create or to change; `phones` is a list there and one phone here. */
export function customerBody(ctx: Context, input: JsonObject, isNew: boolean): JsonObject {
  const phones = listOf(input.phones ?? null).concat(input.phone ?? null);
  const tags = namesOf(input.tags);
  return filled({
    ...(isNew ? { externalId: input.externalId, createdAt: localTime(ctx, input.createdAt, "createdAt") } : {}),
    firstName: input.firstName,
    lastName: input.lastName,
    patronymic: input.patronymic,
    email: input.email,
    phones: phones.filter((phone) => textOf(phone) !== null).map((number) => ({ number })),
    managerId: numeric(input.managerId),
    address: filled({ text: input.address }),
    sex: input.sex,
    birthday: textOf(input.birthday)?.slice(0, 10),
    vip: input.vip,
    source: sourceBody(input),
    customFields: customValues(input),
    ...(isNew ? { tags } : { addTags: tags }),
  });
}

export function orderBody(ctx: Context, input: JsonObject, isNew: boolean): JsonObject {
  const payment = filled({
    type: input.paymentType,
    status: input.paymentStatus,
    amount: numberOf(input.paymentAmount),
  });
  return filled({
    ...(isNew
      ? {
          externalId: input.externalId,
          number: input.number,
          createdAt: localTime(ctx, input.createdAt, "createdAt"),
          customer: filled({
            id: numeric(input.customerId),
            externalId: input.customerId ? undefined : input.customerExternalId,
          }),
          payments: Object.keys(payment).length > 0 ? [payment] : [],
        }
      : {}),
    status: input.status,
    statusComment: input.statusComment,
    orderType: input.orderType,
    orderMethod: input.orderMethod,
    firstName: input.firstName,
    lastName: input.lastName,
    patronymic: input.patronymic,
    phone: input.phone,
    email: input.email,
    managerId: numeric(input.managerId),
    customerComment: input.customerComment,
    managerComment: input.managerComment,
    discountManualAmount: numberOf(input.discountManualAmount),
    discountManualPercent: numberOf(input.discountManualPercent),
    delivery: filled({
      code: input.deliveryType,
      cost: numberOf(input.deliveryCost),
      address: filled({ text: input.deliveryAddress }),
    }),
    shipmentStore: input.shipmentStore,
    items: objectsOf(input.items),
    source: sourceBody(input),
    customFields: customValues(input),
  });
}

/** What a found record already holds, by input field, for the rules "add" and "fill if empty". */
export function asInput(output: JsonObject, record: JsonObject): JsonObject {
  const { customFields: _, ...own } = output;
  return { ...own, ...customAsInput(record) };
}

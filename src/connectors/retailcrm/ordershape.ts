/** An order of retailCRM as our flat output, with its items and payments, and our input as an order. */
import type { Context, JsonObject } from "../kit/define.ts";
import { filled, numberOf, objectOf, objectsOf, textOf } from "../kit/read.ts";
import { customValues } from "./custom.ts";
import { custom, dayOf, localTime, numeric, type ReadTime, source, sourceBody } from "./shapes.ts";

export function itemOf(item: JsonObject): JsonObject {
  const offer = objectOf(item.offer);
  const price = numberOf(item.initialPrice);
  const quantity = numberOf(item.quantity);
  return {
    id: textOf(item.id),
    name: textOf(offer.displayName) ?? textOf(offer.name) ?? textOf(item.productName),
    price,
    quantity,
    discount: numberOf(item.discountTotal),
    externalId: textOf(offer.externalId),
    xmlId: textOf(offer.xmlId),
    offerId: textOf(offer.id),
    status: textOf(item.status),
    comment: textOf(item.comment),
  };
}

export function paymentOf(payment: JsonObject, time: ReadTime): JsonObject {
  return {
    id: textOf(payment.id),
    externalId: textOf(payment.externalId),
    type: textOf(payment.type),
    status: textOf(payment.status),
    amount: numberOf(payment.amount),
    paidAt: time(payment.paidAt),
    comment: textOf(payment.comment),
  };
}

/** Payments are an object by id in lists and a list in the answer to a create; newest last either way. */
export const paymentsOf = (record: JsonObject): JsonObject[] =>
  objectsOf(record.payments).sort((a, b) => (numberOf(a.id) ?? 0) - (numberOf(b.id) ?? 0));

/** Kopecks are whole here, so that sums of sums stay what people wrote. */
const sumOf = (amounts: readonly (number | null)[]): number | null =>
  amounts.length === 0 ? null : Math.round(amounts.reduce<number>((sum, one) => sum + (one ?? 0) * 100, 0)) / 100;

function deliveryOf(record: JsonObject): JsonObject {
  const delivery = objectOf(record.delivery);
  const address = objectOf(delivery.address);
  const time = objectOf(delivery.time);
  const span = [textOf(time.from), textOf(time.to)].filter((one) => one !== null).join("–");
  const data = objectOf(delivery.data);
  return {
    deliveryType: textOf(delivery.code),
    deliveryCost: numberOf(delivery.cost),
    deliveryAddress: textOf(address.text),
    deliveryCity: textOf(address.city),
    deliveryDate: textOf(delivery.date),
    deliveryTime: textOf(time.custom) ?? (span === "" ? null : span),
    deliveryService: textOf(objectOf(delivery.service).code),
    trackNumber: textOf(data.trackNumber),
  };
}

export function orderOf(record: JsonObject, time: ReadTime): JsonObject {
  const items = objectsOf(record.items).map(itemOf);
  const payments = paymentsOf(record).map((one) => paymentOf(one, time));
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
    ...deliveryOf(record),
    paymentType: payments[0]?.type ?? null,
    paymentStatus: payments[0]?.status ?? null,
    paymentsSum: sumOf(payments.map((one) => numberOf(one.amount))),
    payments,
    fullPaidAt: time(record.fullPaidAt),
    itemsText: items.map((item) => `${item.name ?? "?"} × ${item.quantity ?? 1}`).join(", ") || null,
    items,
    additionalPhone: textOf(record.additionalPhone),
    shipmentStore: textOf(record.shipmentStore),
    shipmentDate: textOf(record.shipmentDate),
    shipped: record.shipped === true,
    customFields: custom(record),
  };
}

/** A payment to write; its order stands beside it where it is a new one. */
export function paymentBody(ctx: Context, input: JsonObject): JsonObject {
  return filled({
    type: input.type,
    status: input.status,
    amount: numberOf(input.amount),
    paidAt: localTime(ctx, input.paidAt, "paidAt"),
    comment: input.comment,
  });
}

/** The payment among an order's own fields, where one is given. */
export const paymentAmong = (input: JsonObject): JsonObject =>
  filled({ type: input.paymentType, status: input.paymentStatus, amount: numberOf(input.paymentAmount) });

/** An item to write: a product of the catalogue by one of its ids, or any other by its name. */
export function itemBody(input: JsonObject): JsonObject {
  const offer = filled({ id: numeric(input.offerId), externalId: input.offerExternalId, xmlId: input.xmlId });
  return filled({
    offer,
    productName: input.name,
    initialPrice: numberOf(input.price),
    quantity: numberOf(input.quantity),
    discountManualAmount: numberOf(input.discount),
    status: input.status,
    comment: input.comment,
  });
}

/** Items given as a list, else the one item that the plain fields tell of. */
function itemsOf(input: JsonObject): JsonObject[] {
  const many = objectsOf(input.items);
  if (many.length > 0) return many;
  const named = textOf(input.itemName) !== null || textOf(input.itemOffer) !== null;
  if (!named) return [];
  const { itemName: name = null, itemOffer: offerExternalId = null, itemPrice: price = null } = input;
  return [itemBody({ name, offerExternalId, price, quantity: numberOf(input.itemQuantity) ?? 1 })];
}

export function orderBody(ctx: Context, input: JsonObject, isNew: boolean): JsonObject {
  const payment = paymentAmong(input);
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
      : { externalId: input.newExternalId }),
    status: input.status,
    statusComment: input.statusComment,
    orderType: input.orderType,
    orderMethod: input.orderMethod,
    firstName: input.firstName,
    lastName: input.lastName,
    patronymic: input.patronymic,
    phone: input.phone,
    additionalPhone: input.additionalPhone,
    email: input.email,
    managerId: numeric(input.managerId),
    customerComment: input.customerComment,
    managerComment: input.managerComment,
    discountManualAmount: numberOf(input.discountManualAmount),
    discountManualPercent: numberOf(input.discountManualPercent),
    delivery: filled({
      code: input.deliveryType,
      cost: numberOf(input.deliveryCost),
      netCost: numberOf(input.deliveryNetCost),
      date: dayOf(input.deliveryDate),
      time: filled({ custom: input.deliveryTime }),
      service: filled({ code: input.deliveryService }),
      address: filled({ text: input.deliveryAddress, city: input.deliveryCity }),
    }),
    shipmentStore: input.shipmentStore,
    shipmentDate: dayOf(input.shipmentDate),
    shipped: input.shipped,
    call: input.call,
    items: itemsOf(input),
    source: sourceBody(input),
    customFields: customValues(input),
  });
}

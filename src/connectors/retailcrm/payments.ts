/** Payments of orders: add, change, delete, and the one that an order's own update speaks of. */
import type { Action, Context, Field, Found, JsonObject } from "../kit/define.ts";
import { ConnectorError } from "../kit/errors.ts";
import { textOf } from "../kit/read.ts";
import { post } from "./api.ts";
import { paymentAmong, paymentBody, paymentOf, paymentsOf } from "./ordershape.ts";
import { addressed, removeAction } from "./records.ts";
import { numeric, timeIn } from "./shapes.ts";

const orderKeys = ["orderId", "orderExternalId"] as const;
const order: readonly Field[] = [
  { key: "orderId", label: { ru: "ID заказа", en: "Order ID" }, kind: "text", meaning: "order.id", common: true },
  {
    key: "orderExternalId",
    label: { ru: "Внешний ID заказа", en: "Order's external ID" },
    kind: "text",
    meaning: "order.externalId",
    common: true,
    hint: { ru: "Если ID заказа пуст, заказ ищется по нему.", en: "The order is found by it when the ID is empty." },
  },
];
const type: Field = {
  key: "type",
  label: { ru: "Тип оплаты", en: "Payment type" },
  kind: "reference",
  list: { name: "paymentTypes" },
  common: true,
};
const values: readonly Field[] = [
  {
    key: "status",
    label: { ru: "Статус оплаты", en: "Payment status" },
    kind: "reference",
    list: { name: "paymentStatuses" },
    common: true,
  },
  {
    key: "amount",
    label: { ru: "Сумма оплаты", en: "Payment amount" },
    kind: "decimal",
    meaning: "amount",
    common: true,
  },
  { key: "paidAt", label: { ru: "Дата и время оплаты", en: "Paid at" }, kind: "dateTime" },
  { key: "comment", label: { ru: "Комментарий", en: "Comment" }, kind: "text", meaning: "comment" },
];
const externalId: Field = {
  key: "externalId",
  label: { ru: "Внешний ID оплаты", en: "Payment's external ID" },
  kind: "text",
  hint: {
    ru: "По нему оплату можно узнать: например, номер платежа в банке или кассе.",
    en: "The payment is known by it: for example its number at the bank or the till.",
  },
};

const output: readonly Field[] = [
  { key: "id", label: { ru: "ID оплаты", en: "Payment ID" }, kind: "text", meaning: "id" },
  { key: "orderId", label: { ru: "ID заказа", en: "Order ID" }, kind: "text", meaning: "order.id" },
  { key: "externalId", label: { ru: "Внешний ID оплаты", en: "Payment's external ID" }, kind: "text" },
  { key: "type", label: { ru: "Тип оплаты", en: "Payment type" }, kind: "text", list: { name: "paymentTypes" } },
  {
    key: "status",
    label: { ru: "Статус оплаты", en: "Payment status" },
    kind: "text",
    list: { name: "paymentStatuses" },
  },
  { key: "amount", label: { ru: "Сумма оплаты", en: "Payment amount" }, kind: "decimal", meaning: "amount" },
  { key: "paidAt", label: { ru: "Дата и время оплаты", en: "Paid at" }, kind: "dateTime" },
  { key: "comment", label: { ru: "Комментарий", en: "Comment" }, kind: "text" },
];
const sample: JsonObject = {
  id: "3001",
  orderId: "900",
  externalId: "pay-1",
  type: "bank-card",
  status: "paid",
  amount: 900,
  paidAt: "2026-01-10T09:10:00.000Z",
  comment: "Оплата по ссылке",
};

const outputOf = (ctx: Context, payment: JsonObject, orderId: string | null): JsonObject => ({
  ...paymentOf(payment, timeIn(ctx.timeZone)),
  orderId,
});

/** The order's payments that have this value; an external id is unique, of a type there may be several. */
function withValue(ctx: Context, record: JsonObject & { id: string }, key: string, value: string): Found[] {
  return paymentsOf(record)
    .filter((payment) => textOf(payment[key]) === value)
    .map((payment) => {
      const found = outputOf(ctx, payment, record.id);
      return { id: textOf(payment.id) ?? "", output: found, fields: found };
    });
}

async function change(ctx: Context, id: string, payment: JsonObject, by: "id" | "externalId", site?: string | null) {
  if (Object.keys(payment).length === 0) return;
  const path = `orders/payments/${encodeURIComponent(id)}/edit`;
  await post(ctx, path, { payment, by, site: site ?? undefined }, true);
}

/** Made under an external id of ours where the person gave none, so that a lost answer can be cleared up. */
const externalIdOf = (input: JsonObject, once: { readonly key: string }) => textOf(input.externalId) ?? once.key;

const addPayment: Action = {
  key: "addPayment",
  name: { ru: "Новая оплата заказа", en: "New payment of an order" },
  words: ["добавить оплату", "оплата", "платёж", "payment"],
  kind: "create",
  safe: false,
  fields: [...order, { ...type, required: true }, ...values, externalId],
  output,
  sample,
  async run(ctx, input, once) {
    const record = await addressed(ctx, "orders", input, orderKeys);
    const payment = { ...paymentBody(ctx, input), externalId: externalIdOf(input, once) };
    const answer = await post(ctx, "orders/payments/create", {
      payment: { ...payment, order: { id: numeric(record.id) ?? null } },
      site: textOf(record.site) ?? undefined,
    });
    return outputOf(ctx, { ...payment, id: answer.id ?? null }, record.id);
  },
  duplicates: {
    keys: ["externalId", "type"],
    async find(ctx, key, value, input) {
      const record = await addressed(ctx, "orders", input, orderKeys);
      return withValue(ctx, record, key, textOf(value) ?? "");
    },
    async update(ctx, found, changes) {
      const body = paymentBody(ctx, changes);
      await change(ctx, found.id, body, "id");
      return outputOf(ctx, { ...found.output, ...body }, textOf(found.output.orderId));
    },
  },
  async lookup(ctx, input, once) {
    const record = await addressed(ctx, "orders", input, orderKeys);
    return withValue(ctx, record, "externalId", externalIdOf(input, once))[0]?.output ?? "absent";
  },
};

const updatePayment: Action = {
  key: "updatePayment",
  name: { ru: "Обновление оплаты заказа", en: "Update of a payment" },
  about: {
    ru: "Оплата находится по своему ID, внешнему ID или по заказу: тогда меняется последняя, а если выбран тип – последняя этого типа.",
    en: "The payment is found by its ID, its external ID, or by its order: then the last one changes, or the last of the chosen type.",
  },
  words: ["изменить оплату", "статус оплаты", "update payment"],
  kind: "update",
  safe: true,
  fields: [
    { key: "paymentId", label: { ru: "ID оплаты", en: "Payment ID" }, kind: "text", common: true },
    externalId,
    ...order,
    type,
    ...values,
  ],
  output,
  sample,
  async run(ctx, input) {
    const id = textOf(input.paymentId);
    if (id !== null) {
      const body = paymentBody(ctx, input);
      await change(ctx, id, body, "id");
      return outputOf(ctx, { ...body, id }, textOf(input.orderId));
    }
    const record = await addressed(ctx, "orders", input, orderKeys);
    const external = textOf(input.externalId);
    const found = paymentsOf(record).findLast((payment) =>
      external === null
        ? textOf(input.type) === null || payment.type === input.type
        : textOf(payment.externalId) === external,
    );
    const foundId = textOf(found?.id);
    if (!found || foundId === null) {
      throw new ConnectorError(
        "not_found",
        { ru: "В этом заказе нет такой оплаты.", en: "This order has no such payment." },
        { field: external === null ? "type" : "externalId" },
      );
    }
    const { type: _, ...body } = paymentBody(ctx, input);
    await change(ctx, foundId, body, "id");
    return outputOf(ctx, { ...found, ...body }, record.id);
  },
};

/**
 * The payment that an update of an order speaks of: the last of its type, or the last one where no type is chosen, is
 * changed; where there is none, one is added. The order is read first, so doing it again adds no second one.
 */
export async function settle(ctx: Context, record: JsonObject, input: JsonObject): Promise<void> {
  const wanted = paymentAmong(input);
  if (Object.keys(wanted).length === 0) return;
  const found = paymentsOf(record).findLast((payment) => wanted.type === undefined || payment.type === wanted.type);
  const id = textOf(found?.id);
  if (id !== null) {
    const { type: _, ...body } = wanted;
    return change(ctx, id, body, "id");
  }
  if (wanted.type === undefined) {
    throw new ConnectorError(
      "data",
      {
        ru: "В заказе ещё нет оплат: выберите тип, чтобы добавить первую.",
        en: "The order has no payments yet: choose a type to add the first.",
      },
      { field: "paymentType" },
    );
  }
  const payment = { ...wanted, order: { id: numeric(record.id) ?? null } };
  try {
    await post(ctx, "orders/payments/create", { payment, site: textOf(record.site) ?? undefined });
  } catch (error) {
    if (!(error instanceof ConnectorError) || error.errorClass !== "unknown") throw error;
    throw new ConnectorError("temporary", error.sentence, error.details);
  }
}

const deletePayment = removeAction(
  {
    key: "deletePayment",
    name: { ru: "Удаление оплаты заказа", en: "Delete a payment" },
    words: ["удалить оплату", "delete payment"],
  },
  "orders/payments",
  { key: "paymentId", label: { ru: "ID оплаты", en: "Payment ID" }, kind: "text" },
);

export const payments: readonly Action[] = [addPayment, updatePayment, deletePayment];

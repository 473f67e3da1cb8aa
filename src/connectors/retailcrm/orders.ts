/** Actions with orders: find one or many, create, update. */
import type { Action, Field, JsonObject } from "../kit/define.ts";
import { filled, objectsOf, textsOf } from "../kit/read.ts";
import { formatLocal, parseLocal } from "../kit/time.ts";
import { search } from "./api.ts";
import { sites, statuses } from "./fields.ts";
import { orderFind, orderInput, orderUpdate } from "./orderinput.ts";
import { orderOutput, orderSample } from "./orderoutput.ts";
import { orderOf } from "./ordershape.ts";
import { settle } from "./payments.ts";
import { createAction, findAction, updateAction } from "./records.ts";
import { timeIn } from "./shapes.ts";

const listFields: readonly Field[] = [
  {
    key: "customerId",
    label: { ru: "ID клиента", en: "Customer ID" },
    kind: "text",
    meaning: "customer.id",
    common: true,
  },
  { ...statuses, common: true },
  sites,
  { key: "createdFrom", label: { ru: "Созданы с", en: "Created from" }, kind: "dateTime" },
  { key: "createdTo", label: { ru: "Созданы по", en: "Created until" }, kind: "dateTime" },
];
const listOutput: readonly Field[] = [
  { key: "count", label: { ru: "Сколько найдено", en: "How many were found" }, kind: "integer" },
  { key: "total", label: { ru: "Сумма заказов", en: "Total of the orders" }, kind: "decimal", meaning: "amount" },
  { key: "orders", label: { ru: "Заказы", en: "Orders" }, kind: "object", many: true },
];

export const listOrders: Action = {
  key: "listOrders",
  name: { ru: "Список заказов", en: "List of orders" },
  about: {
    ru: "До 2000 заказов, новые первыми. Пройти по ним можно инструментом «Цикл».",
    en: "Up to 2,000 orders, newest first. The tool “Loop” goes through them.",
  },
  words: ["заказы клиента", "найти заказы", "orders of a customer"],
  kind: "find",
  safe: true,
  fields: listFields,
  output: listOutput,
  sample: { count: 1, total: 900, orders: [orderSample] },
  async run(ctx, input) {
    const day = (value: unknown) => {
      const date = typeof value === "string" ? parseLocal(value, ctx.timeZone) : null;
      return date === null ? undefined : formatLocal(date, ctx.timeZone, "yyyy-MM-dd HH:mm:ss");
    };
    const filter = filled({
      customerId: input.customerId,
      extendedStatus: textsOf(input.statuses),
      sites: textsOf(input.sites),
      createdAtFrom: day(input.createdFrom),
      createdAtTo: day(input.createdTo),
    });
    const time = timeIn(ctx.timeZone);
    const orders = (await search(ctx, "orders", filter)).map((record): JsonObject => orderOf(record, time));
    const total = objectsOf(orders).reduce((sum, one) => sum + Number(one.totalSumm ?? 0) * 100, 0);
    return { count: orders.length, total: Math.round(total) / 100, orders };
  },
};

export const orders: readonly Action[] = [
  findAction("orders", {
    key: "findOrder",
    name: { ru: "Поиск заказа", en: "Find an order" },
    words: ["найти заказ", "find order"],
    fields: orderFind,
    output: orderOutput,
    sample: orderSample,
  }),
  createAction("orders", {
    key: "createOrder",
    name: { ru: "Новый заказ", en: "New order" },
    words: ["создать заказ", "create order"],
    fields: orderInput,
    output: orderOutput,
    sample: orderSample,
    keys: ["externalId", "customerId", "phone", "email", "number"],
    beside: settle,
  }),
  updateAction("orders", {
    key: "updateOrder",
    name: { ru: "Обновление заказа", en: "Update of an order" },
    words: ["изменить заказ", "обновить заказ", "статус заказа", "update order"],
    fields: orderUpdate,
    output: orderOutput,
    sample: orderSample,
    beside: settle,
  }),
];

/** Triggers of RemOnline: polls, and webhooks where a person sets one up. */
import type { Context, Field, JsonObject, Poll, Text, Trigger } from "../kit/define.ts";
import { isAmong, momentIn, objectOf, textOf } from "../kit/read.ts";
import { changeFields, changeSample, clientOutput, clientSample, orderOutput, orderSample } from "./fields.ts";
import { hook, secretOption } from "./hook.ts";
import { customOutput } from "./lists.ts";
import { ordersBy } from "./search.ts";
import { type ClientFilter, type OrderFilter, serviceOf } from "./service.ts";
import { clientOf, orderOf } from "./shapes.ts";
import { changeOf, statusChanges, statusNames } from "./statuses.ts";
import { editedAt, ledgerOf } from "./told.ts";

const only = (key: string, list: string, label: Text): Field => ({
  key,
  label,
  kind: "reference",
  list: { name: list },
  many: true,
  common: true,
});
const orderOptions: readonly Field[] = [
  only("branches", "branches", { ru: "Только мастерские", en: "Only these locations" }),
  only("orderTypes", "orderTypes", { ru: "Только типы заказов", en: "Only these order types" }),
];

const isWanted = (order: JsonObject, options: JsonObject) =>
  isAmong(order.branchId, options.branches) &&
  isAmong(order.orderTypeId, options.orderTypes) &&
  isAmong(order.statusId, options.statuses);

const id = (item: JsonObject) => String(item.id);
const version = (item: JsonObject) => `${item.id}:${item.modifiedAt}`;

/** Right after it is made a record counts as changed too; that is its creation. */
const MADE_MS = 2_000;
const isEdited = ({ createdAt, modifiedAt }: JsonObject) =>
  Date.parse(textOf(modifiedAt) ?? "") - Date.parse(textOf(createdAt) ?? "") > MADE_MS;

async function* orders(ctx: Context, filter: OrderFilter, holds: (order: JsonObject) => boolean) {
  for await (const rows of serviceOf(ctx).orders(ctx, filter)) yield { items: rows.map(orderOf).filter(holds) };
}
async function* clients(ctx: Context, filter: ClientFilter, holds: (client: JsonObject) => boolean = () => true) {
  for await (const rows of serviceOf(ctx).clients(ctx, filter)) yield { items: rows.map(clientOf).filter(holds) };
}

async function readOrder(ctx: Context, delivery: JsonObject): Promise<JsonObject | null> {
  const [record] = await ordersBy(ctx, "id", delivery.objectId);
  return record ? orderOf(record) : null;
}
const whenWanted = (order: JsonObject | null, delivery: JsonObject): JsonObject | null =>
  order !== null && isWanted(order, objectOf(delivery.only)) ? order : null;

const newOrder: Trigger = {
  key: "newOrder",
  name: { ru: "Новый заказ", en: "New order" },
  about: { ru: "Заказ создан в РемонтОнлайн.", en: "An order was made in RemOnline." },
  words: ["заказ создан", "ремонт", "order created", "repair"],
  options: [...orderOptions, secretOption],
  output: orderOutput,
  outputOf: (ctx) => customOutput(ctx, "order"),
  sample: orderSample,
  poll: {
    everyMinutes: 5,
    migrates: true,
    items: (ctx, options, since) =>
      orders(ctx, { created: { from: since.at, to: since.until } }, (order) => isWanted(order, options)),
  },
  hook: hook("Order.Created", { ru: "Заказ создан", en: "Order created" }, async (ctx, delivery) =>
    whenWanted(await readOrder(ctx, delivery), delivery),
  ),
  record: id,
  change: id,
  at: momentIn("createdAt"),
};

/**
 * The order may have moved on since; this event is about this change. Only a signed webhook is believed about it: an
 * unsigned one says no more than that the order is worth a look.
 */
async function readChange(ctx: Context, delivery: JsonObject): Promise<JsonObject | null> {
  const order = await readOrder(ctx, delivery);
  if (order === null) return null;
  const names = await statusNames(ctx);
  const isBelieved = textOf(delivery.newStatusId) !== null;
  const statusId = textOf(delivery.newStatusId) ?? textOf(order.statusId);
  const old = isBelieved ? textOf(delivery.oldStatusId) : null;
  const changedAt = (isBelieved ? textOf(delivery.at) : null) ?? editedAt(order);
  const changeId = await ledgerOf(ctx).heard(textOf(order.id) ?? "", statusId ?? "", changedAt, isBelieved);
  const change = changeOf(order, {
    statusId,
    status: names.get(statusId ?? "") ?? order.status ?? null,
    oldStatusId: old,
    oldStatus: names.get(old ?? "") ?? null,
    changedAt,
    changeId,
  });
  return whenWanted(change, delivery);
}

const statusPoll: Poll = {
  everyMinutes: 5,
  async *items(ctx, options, since) {
    for await (const page of statusChanges(ctx, since, { withCreated: options.withCreated === true })) {
      yield { ...page, items: page.items.filter((item) => isWanted(item, options)) };
    }
  },
};

const orderStatus: Trigger = {
  key: "orderStatus",
  name: { ru: "Статус заказа изменён", en: "Order status changed" },
  about: { ru: "Заказ перешёл в другой статус.", en: "An order moved to another status." },
  words: ["статус", "обновление статуса", "готов", "status"],
  options: [
    only("statuses", "statuses", { ru: "Только статусы", en: "Only these statuses" }),
    ...orderOptions,
    {
      key: "withCreated",
      label: { ru: "И первый статус нового заказа", en: "Also a new order's first status" },
      kind: "boolean",
      common: true,
    },
    secretOption,
  ],
  output: [...orderOutput, ...changeFields],
  outputOf: (ctx) => customOutput(ctx, "order"),
  sample: { ...orderSample, ...changeSample },
  repeats: "every",
  poll: statusPoll,
  hook: hook("Order.Status.Changed", { ru: "Изменён статус заказа", en: "Order status changed" }, readChange),
  record: id,
  change: (item) => String(item.changeId),
  at: momentIn("changedAt"),
};

const orderChanged: Trigger = {
  key: "orderChanged",
  name: { ru: "Заказ изменён", en: "Order changed" },
  about: { ru: "Любая правка заказа, статус в том числе.", en: "Any edit of an order, its status included." },
  words: ["обновление заказа", "order updated"],
  options: orderOptions,
  output: orderOutput,
  outputOf: (ctx) => customOutput(ctx, "order"),
  sample: orderSample,
  repeats: "every",
  poll: {
    everyMinutes: 5,
    items: (ctx, options, since) =>
      orders(ctx, { modified: { from: since.at } }, (order) => isEdited(order) && isWanted(order, options)),
  },
  record: id,
  change: version,
  at: momentIn("modifiedAt"),
};

const newClient: Trigger = {
  key: "newClient",
  name: { ru: "Новый клиент", en: "New client" },
  about: { ru: "Клиент создан в РемонтОнлайн.", en: "A client was made in RemOnline." },
  words: ["клиент создан", "контакт", "client created", "contact"],
  options: [secretOption],
  output: clientOutput,
  outputOf: (ctx) => customOutput(ctx, "client"),
  sample: clientSample,
  poll: {
    everyMinutes: 5,
    migrates: true,
    items: (ctx, _options, since) => clients(ctx, { created: { from: since.at, to: since.until } }),
  },
  hook: hook("Client.Created", { ru: "Клиент создан", en: "Client created" }, async (ctx, delivery) => {
    const record = await serviceOf(ctx).client(ctx, textOf(delivery.objectId) ?? "");
    return record ? clientOf(record) : null;
  }),
  record: id,
  change: id,
  at: momentIn("createdAt"),
};

const clientChanged: Trigger = {
  key: "clientChanged",
  name: { ru: "Клиент изменён", en: "Client changed" },
  about: {
    ru: "Правка клиента; вебхука для неё нет, только опрос.",
    en: "An edit of a client; it has no webhook, only a poll.",
  },
  words: ["обновление клиента", "контакт", "client updated", "contact"],
  options: [],
  output: clientOutput,
  outputOf: (ctx) => customOutput(ctx, "client"),
  sample: clientSample,
  repeats: "every",
  poll: {
    everyMinutes: 5,
    items: (ctx, _options, since) => clients(ctx, { modified: { from: since.at } }, isEdited),
  },
  record: id,
  change: version,
  at: momentIn("modifiedAt"),
};

export const triggers: readonly Trigger[] = [newOrder, orderStatus, newClient, orderChanged, clientChanged];

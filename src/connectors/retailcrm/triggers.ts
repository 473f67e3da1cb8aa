/** Triggers of retailCRM, all of them read from the change feed: it has no webhooks that can be set up by API. */
import type { Field, JsonObject, Poll, Trigger } from "../kit/define.ts";
import { isAmong, momentIn, objectOf, textOf } from "../kit/read.ts";
import { customOutput } from "./custom.ts";
import { changeFields, changeSample, customerOutput, customerSample, orderOutput, orderSample } from "./fields.ts";
import { codeOf, type FeedPage, feed, isOwn, recordsOf } from "./history.ts";
import { customerOf, orderOf } from "./shapes.ts";

const ownToo: Field = {
  key: "ownToo",
  label: { ru: "И то, что сделано этим же API-ключом", en: "Also what this very API key did" },
  kind: "boolean",
  hint: {
    ru: "Обычно нет: иначе связка отвечает сама себе.",
    en: "Usually not: otherwise the bundle answers itself.",
  },
};
const onlySites: Field = {
  key: "sites",
  label: { ru: "Только из магазинов", en: "Only of these shops" },
  kind: "reference",
  list: { name: "sites" },
  many: true,
};

const isDeleted = (entry: JsonObject) => entry.deleted === true;

/** Reads the feed, keeps the entries that are wanted and joins each with its whole record. */
function poll(
  kind: "orders" | "customers",
  isWanted: (entry: JsonObject, options: JsonObject) => boolean,
  itemOf: (entry: JsonObject, record: JsonObject, time: FeedPage["time"]) => JsonObject,
  isKept: (item: JsonObject, options: JsonObject) => boolean,
): Poll {
  const one = kind === "orders" ? "order" : "customer";
  return {
    everyMinutes: 5,
    async *items(ctx, options, since) {
      for await (const page of feed(ctx, kind, since)) {
        const entries = page.entries.filter(
          (entry) => !isDeleted(entry) && (options.ownToo === true || !isOwn(entry)) && isWanted(entry, options),
        );
        const records = await recordsOf(ctx, kind, entries);
        const items = entries
          .map((entry) => {
            const short = objectOf(entry[one]);
            return itemOf(entry, records.get(textOf(short.id) ?? "") ?? short, page.time);
          })
          .filter((item) => textOf(item.id) !== null && isKept(item, options));
        yield { items, cursor: page.cursor };
      }
    },
  };
}

const statusChanged: Trigger = {
  key: "orderStatus",
  name: { ru: "Обновление статуса заказа", en: "Order status changed" },
  about: { ru: "Каждая смена статуса заказа.", en: "Every change of an order's status." },
  words: ["статус", "изменение заказа", "обновление заказа", "выполнен", "status", "order updated"],
  options: [
    {
      key: "statuses",
      label: { ru: "Только статусы", en: "Only these statuses" },
      kind: "reference",
      list: { name: "statuses" },
      many: true,
    },
    onlySites,
    {
      key: "withCreated",
      label: { ru: "И первый статус нового заказа", en: "Also a new order's first status" },
      kind: "boolean",
    },
    ownToo,
  ],
  output: [...orderOutput, ...changeFields],
  outputOf: (ctx) => customOutput(ctx, "order"),
  sample: { ...orderSample, ...changeSample },
  repeats: "every",
  poll: poll(
    "orders",
    (entry, options) => entry.field === "status" && (entry.created !== true || options.withCreated === true),
    (entry, record, time) => {
      const order = orderOf(record, time);
      const status = codeOf(entry.newValue) ?? order.status ?? null;
      const changedAt = time(entry.createdAt);
      return {
        ...order,
        // The order may have moved on since; this event is about this change.
        status,
        statusUpdatedAt: order.status === status ? (order.statusUpdatedAt ?? changedAt) : changedAt,
        oldStatus: codeOf(entry.oldValue),
        changedAt,
        changeId: textOf(entry.id),
        changedBy: textOf(entry.source),
      };
    },
    (item, options) => isAmong(item.status, options.statuses) && isAmong(item.site, options.sites),
  ),
  record: (item) => String(item.id),
  change: (item) => String(item.changeId),
  at: momentIn("changedAt"),
};

const PAYMENT_ENTRIES: ReadonlySet<string> = new Set([
  "payments",
  "payments.status",
  "payments.amount",
  "payments.paid_at",
  "full_paid_at",
]);

const paymentChanged: Trigger = {
  key: "orderPayment",
  name: { ru: "Изменение оплаты заказа", en: "Order payment changed" },
  about: { ru: "Оплата добавлена, изменена или прошла.", en: "A payment was added, changed or went through." },
  words: ["оплата", "оплачен", "платёж", "payment", "paid"],
  options: [onlySites, ownToo],
  output: [...orderOutput, ...changeFields.filter(({ key }) => key !== "oldStatus")],
  outputOf: (ctx) => customOutput(ctx, "order"),
  sample: { ...orderSample, ...changeSample },
  repeats: "every",
  poll: poll(
    "orders",
    (entry) => entry.created !== true && PAYMENT_ENTRIES.has(textOf(entry.field) ?? ""),
    (entry, record, time) => ({
      ...orderOf(record, time),
      changedAt: time(entry.createdAt),
      changeId: textOf(entry.id),
      changedBy: textOf(entry.source),
    }),
    (item, options) => isAmong(item.site, options.sites),
  ),
  record: (item) => String(item.id),
  // One payment leaves several entries of one moment: the payment, its status, that all is paid.
  change: (item) => String(item.changedAt ?? item.changeId),
  at: momentIn("changedAt"),
};

const newOrder: Trigger = {
  key: "newOrder",
  name: { ru: "Новый заказ", en: "New order" },
  about: { ru: "Заказ создан в retailCRM.", en: "An order was created in retailCRM." },
  words: ["заказ создан", "order created"],
  options: [onlySites, ownToo],
  output: orderOutput,
  outputOf: (ctx) => customOutput(ctx, "order"),
  sample: orderSample,
  // One creation leaves several entries; the one of the status is always among them.
  poll: poll(
    "orders",
    (entry) => entry.created === true && entry.field === "status",
    (entry, record, time) => {
      const order = orderOf(record, time);
      return { ...order, createdAt: order.createdAt ?? time(entry.createdAt) };
    },
    (item, options) => isAmong(item.site, options.sites),
  ),
  record: (item) => String(item.id),
  change: (item) => String(item.id),
  at: momentIn("createdAt"),
};

const newCustomer: Trigger = {
  key: "newCustomer",
  name: { ru: "Новый клиент", en: "New customer" },
  about: { ru: "Клиент создан в retailCRM.", en: "A customer was created in retailCRM." },
  words: ["клиент создан", "контакт", "customer created", "contact"],
  options: [onlySites, ownToo],
  output: customerOutput,
  outputOf: (ctx) => customOutput(ctx, "customer"),
  sample: customerSample,
  poll: poll(
    "customers",
    (entry) => entry.created === true && entry.field === "id",
    (entry, record, time) => {
      const customer = customerOf(record, time);
      return { ...customer, createdAt: customer.createdAt ?? time(entry.createdAt) };
    },
    (item, options) => isAmong(item.site, options.sites),
  ),
  record: (item) => String(item.id),
  change: (item) => String(item.id),
  at: momentIn("createdAt"),
};

export const triggers: readonly Trigger[] = [statusChanged, paymentChanged, newOrder, newCustomer];

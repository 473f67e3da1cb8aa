/** Triggers of retailCRM, read from the change feed: it has no webhooks that can be set up by API. */
import type { Trigger } from "../kit/define.ts";
import { isAmong, momentIn, textOf } from "../kit/read.ts";
import { ownToo, paymentChange, statusChange, statusChangeSample } from "./changefields.ts";
import { changes } from "./changes.ts";
import { customOutput } from "./custom.ts";
import { customerOutput, customerSample } from "./customerfields.ts";
import { customerOf } from "./customershape.ts";
import { changeOf, creationPoll, entryPoll } from "./feedpoll.ts";
import { sites, statuses } from "./fields.ts";
import { codeOf } from "./history.ts";
import { orderOutput, orderSample } from "./orderoutput.ts";
import { orderOf } from "./ordershape.ts";
import { signals } from "./signals.ts";

const statusChanged: Trigger = {
  key: "orderStatus",
  name: { ru: "Обновление статуса заказа", en: "Order status changed" },
  about: { ru: "Каждая смена статуса заказа.", en: "Every change of an order's status." },
  words: ["статус", "изменение заказа", "обновление заказа", "выполнен", "status", "order updated"],
  options: [
    statuses,
    sites,
    {
      key: "withCreated",
      label: { ru: "И первый статус нового заказа", en: "Also a new order's first status" },
      kind: "boolean",
    },
    ownToo,
  ],
  output: [...orderOutput, ...statusChange],
  outputOf: (ctx) => customOutput(ctx, "order"),
  sample: { ...orderSample, ...statusChangeSample },
  repeats: "every",
  poll: entryPoll(
    "orders",
    (entry, options) => entry.field === "status" && (entry.created !== true || options.withCreated === true),
    (entry, record, time) => {
      const order = orderOf(record, time);
      const status = codeOf(entry.newValue) ?? order.status ?? null;
      const change = changeOf(entry, time);
      return {
        ...order,
        // The order may have moved on since; this event is about this change.
        status,
        statusUpdatedAt:
          order.status === status ? (order.statusUpdatedAt ?? change.changedAt ?? null) : (change.changedAt ?? null),
        oldStatus: codeOf(entry.oldValue),
        ...change,
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
  options: [sites, ownToo],
  output: [...orderOutput, ...paymentChange],
  outputOf: (ctx) => customOutput(ctx, "order"),
  sample: { ...orderSample, ...statusChangeSample },
  repeats: "every",
  poll: entryPoll(
    "orders",
    (entry) => entry.created !== true && PAYMENT_ENTRIES.has(textOf(entry.field) ?? ""),
    (entry, record, time) => ({ ...orderOf(record, time), ...changeOf(entry, time) }),
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
  options: [sites, ownToo],
  output: orderOutput,
  outputOf: (ctx) => customOutput(ctx, "order"),
  sample: orderSample,
  poll: creationPoll("orders", "status", orderOf, (item, options) => isAmong(item.site, options.sites)),
  record: (item) => String(item.id),
  change: (item) => String(item.id),
  at: momentIn("createdAt"),
};

const newCustomer: Trigger = {
  key: "newCustomer",
  name: { ru: "Новый клиент", en: "New customer" },
  about: { ru: "Клиент создан в retailCRM.", en: "A customer was created in retailCRM." },
  words: ["клиент создан", "контакт", "customer created", "contact"],
  options: [sites, ownToo],
  output: customerOutput,
  outputOf: (ctx) => customOutput(ctx, "customer"),
  sample: customerSample,
  poll: creationPoll("customers", "id", customerOf, (item, options) => isAmong(item.site, options.sites)),
  record: (item) => String(item.id),
  change: (item) => String(item.id),
  at: momentIn("createdAt"),
};

export const triggers: readonly Trigger[] = [
  statusChanged,
  paymentChanged,
  newOrder,
  newCustomer,
  ...changes,
  ...signals,
];

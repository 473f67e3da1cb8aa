/** "Anything changed" and "deleted", of orders and of customers. */
import type { Context, Field, Json, JsonObject, List, ListItem, Trigger } from "../kit/define.ts";
import { isAmong, isObject, momentIn, objectOf, textOf } from "../kit/read.ts";
import { anyChange, anyChangeSample, deletion, deletionSample, ownToo } from "./changefields.ts";
import { customInput, customOutput, type Entity } from "./custom.ts";
import { customerOutput, customerSample } from "./customerfields.ts";
import { customerOf } from "./customershape.ts";
import { changeOf, feedPoll, isDeleted, type Kind, shortOf } from "./feedpoll.ts";
import { sites } from "./fields.ts";
import { codeOf } from "./history.ts";
import { orderOutput, orderSample } from "./orderoutput.ts";
import { orderOf } from "./ordershape.ts";

/** Names of fields as the feed writes them, with what the interface calls them; an account has its custom ones besides. */
const NAMES: Readonly<Record<Kind, readonly (readonly [name: string, ru: string, en: string])[]>> = {
  orders: [
    ["status", "Статус заказа", "Order status"],
    ["manager", "Менеджер", "Manager"],
    ["customer", "Клиент", "Customer"],
    ["customer_comment", "Комментарий клиента", "Customer's comment"],
    ["manager_comment", "Комментарий оператора", "Operator's comment"],
    ["delivery_type", "Тип доставки", "Delivery type"],
    ["delivery_cost", "Стоимость доставки", "Delivery cost"],
    ["delivery_time", "Время доставки", "Delivery time"],
    ["discount_manual_percent", "Скидка, %", "Discount, %"],
    ["shipment_store", "Склад отгрузки", "Shipping warehouse"],
    ["shipment_date", "Дата отгрузки", "Shipping date"],
    ["shipped", "Заказ отгружен", "Order is shipped"],
    ["full_paid_at", "Полная оплата", "Paid in full"],
    ["payments", "Оплаты", "Payments"],
    ["payments.status", "Статус оплаты", "Payment status"],
    ["payments.paid_at", "Дата оплаты", "Payment date"],
    ["order_product", "Товары", "Items"],
    ["order_product.status", "Статус товара", "Item status"],
    ["order_product.quantity", "Количество товара", "Item quantity"],
    ["order_product.summ", "Сумма товара", "Item sum"],
    ["country", "Страна", "Country"],
  ],
  customers: [
    ["phones", "Телефоны", "Phones"],
    ["email", "Email", "Email"],
    ["first_name", "Имя", "First name"],
    ["last_name", "Фамилия", "Last name"],
    ["manager", "Менеджер", "Manager"],
    ["segments", "Сегменты", "Segments"],
    ["tags", "Теги", "Tags"],
    ["address.city", "Город", "City"],
    ["external_id", "Внешний ID", "External ID"],
    ["vip", "VIP", "VIP"],
    ["personal_discount", "Персональная скидка", "Personal discount"],
  ],
};
const entityOf = (kind: Kind): Entity => (kind === "orders" ? "order" : "customer");

async function fieldItems(ctx: Context, kind: Kind): Promise<ListItem[]> {
  const custom = await customInput(ctx, entityOf(kind));
  return [
    ...NAMES[kind].map(([value, ru, en]) => ({ value, label: ctx.locale === "ru" ? ru : en })),
    // The feed writes them with the same prefix as our inputs.
    ...custom.map(({ key, label }) => ({ value: key, label: label[ctx.locale] })),
  ];
}

export const changeLists: Readonly<Record<string, List>> = {
  orderChanges: {
    label: { ru: "Поля заказа", en: "Order fields" },
    load: async (ctx) => ({ items: await fieldItems(ctx, "orders") }),
  },
  customerChanges: {
    label: { ru: "Поля клиента", en: "Customer fields" },
    load: async (ctx) => ({ items: await fieldItems(ctx, "customers") }),
  },
};

/** A value of the feed as text: a code, an id, or what it says itself. */
function said(value: Json | undefined): string | null {
  const code = codeOf(value);
  if (code !== null) return code;
  if (typeof value === "boolean") return String(value);
  return isObject(value) || Array.isArray(value) ? JSON.stringify(value) : null;
}

/** Entries of one record and one moment are one saving. */
function savings(kind: Kind, entries: readonly JsonObject[]): ReadonlyMap<string, JsonObject[]> {
  const groups = new Map<string, JsonObject[]>();
  for (const entry of entries) {
    const key = `${textOf(shortOf(kind, entry).id)} ${textOf(entry.createdAt)}`;
    groups.set(key, [...(groups.get(key) ?? []), entry]);
  }
  return groups;
}

function changedTrigger(kind: Kind, about: Pick<Trigger, "key" | "name" | "about" | "words">): Trigger {
  const isOrder = kind === "orders";
  const whole = isOrder ? orderOf : customerOf;
  const only: Field = {
    key: "fields",
    label: { ru: "Только эти поля", en: "Only these fields" },
    kind: "reference",
    list: { name: isOrder ? "orderChanges" : "customerChanges" },
    many: true,
    common: true,
    hint: { ru: "Если ничего не выбрано, подойдёт любое изменение.", en: "Any change when nothing is chosen." },
  };
  return {
    ...about,
    options: [only, sites, ownToo],
    output: [...(isOrder ? orderOutput : customerOutput), ...anyChange],
    outputOf: (ctx) => customOutput(ctx, entityOf(kind)),
    sample: { ...(isOrder ? orderSample : customerSample), ...anyChangeSample },
    repeats: "every",
    poll: feedPoll(
      kind,
      (entry, options) =>
        entry.created !== true && !isDeleted(entry) && isAmong(textOf(entry.field), options.fields ?? null),
      ({ entries, records, time }, options) =>
        [...savings(kind, entries).values()]
          .map((group): JsonObject => {
            const entry = group[0] ?? {};
            const short = shortOf(kind, entry);
            const changes = group.map((one) => ({
              field: textOf(one.field),
              oldValue: said(one.oldValue),
              newValue: said(one.newValue),
            }));
            return {
              ...whole(records.get(textOf(short.id) ?? "") ?? short, time),
              changedFields: [...new Set(changes.map(({ field }) => field))].join(", "),
              oldValue: changes[0]?.oldValue ?? null,
              newValue: changes[0]?.newValue ?? null,
              changes,
              ...changeOf(entry, time),
            };
          })
          .filter((item) => isAmong(item.site, options.sites)),
    ),
    record: (item) => String(item.id),
    // A saving may lie across a page's border: its second part is the same change.
    change: (item) => `${item.id} ${item.changedAt ?? item.changeId}`,
    at: momentIn("changedAt"),
  };
}

function deletedTrigger(
  kind: Kind,
  about: Pick<Trigger, "key" | "name" | "about" | "words">,
  own: readonly Field[],
  ownSample: JsonObject,
  more: (entry: JsonObject, short: JsonObject) => JsonObject,
): Trigger {
  return {
    ...about,
    options: [sites, ownToo],
    output: [...own, ...deletion],
    sample: { ...ownSample, ...deletionSample },
    poll: feedPoll(
      kind,
      (entry) => isDeleted(entry) || Object.keys(objectOf(entry.combinedTo)).length > 0,
      ({ entries, time }, options) =>
        entries
          .map((entry): JsonObject => {
            const short = shortOf(kind, entry);
            return {
              id: textOf(short.id),
              externalId: textOf(short.externalId),
              ...more(entry, short),
              site: textOf(short.site),
              managerId: textOf(short.managerId),
              ...changeOf(entry, time),
            };
          })
          .filter((item) => isAmong(item.site, options.sites)),
      { withoutRecords: true },
    ),
    record: (item) => String(item.id),
    change: (item) => String(item.id),
    at: momentIn("changedAt"),
  };
}

const keep = (fields: readonly Field[], ...keys: readonly string[]) => fields.filter(({ key }) => keys.includes(key));

export const changes: readonly Trigger[] = [
  changedTrigger("orders", {
    key: "orderChanged",
    name: { ru: "Изменение заказа", en: "Order changed" },
    about: {
      ru: "Любое поле заказа или только выбранные. Что сохранено разом – одно срабатывание.",
      en: "Any field of an order, or the chosen ones. What is saved at once fires once.",
    },
    words: ["заказ изменён", "обновление заказа", "состав заказа", "order updated"],
  }),
  changedTrigger("customers", {
    key: "customerChanged",
    name: { ru: "Изменение клиента", en: "Customer changed" },
    about: {
      ru: "Любое поле клиента или только выбранные, например сегменты. Что сохранено разом – одно срабатывание.",
      en: "Any field of a customer, or the chosen ones, such as segments. What is saved at once fires once.",
    },
    words: ["клиент изменён", "сегмент", "контакт", "customer updated", "segment"],
  }),
  deletedTrigger(
    "orders",
    {
      key: "orderDeleted",
      name: { ru: "Удаление заказа", en: "Order deleted" },
      about: { ru: "Заказ удалён в retailCRM.", en: "An order was deleted in retailCRM." },
      words: ["заказ удалён", "order removed"],
    },
    keep(orderOutput, "id", "externalId", "status"),
    { id: "900", externalId: "100001", status: "cancel-other" },
    (_entry, short) => ({ status: textOf(short.status) }),
  ),
  deletedTrigger(
    "customers",
    {
      key: "customerDeleted",
      name: { ru: "Удаление или объединение клиента", en: "Customer deleted or combined" },
      about: {
        ru: "Клиента больше нет: он удалён или объединён с другим.",
        en: "The customer is no more: deleted, or combined with another.",
      },
      words: ["клиент удалён", "объединение", "customer removed", "merged"],
    },
    [
      ...keep(customerOutput, "id", "externalId"),
      {
        key: "combinedTo",
        label: { ru: "ID клиента, с которым объединён", en: "Combined with customer ID" },
        kind: "text",
      },
    ],
    { id: "501", externalId: "100001", combinedTo: "502" },
    (entry) => ({ combinedTo: textOf(objectOf(entry.combinedTo).id) }),
  ),
];

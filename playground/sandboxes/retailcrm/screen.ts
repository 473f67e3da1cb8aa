/** What a person sees of retailCRM in the playground: tables, buttons, and the points that the sheet leaves open. */
import { newestFirst } from "../kit.ts";
import type { SandboxButton, SandboxSwitch, Table } from "../types.ts";
import type { Account } from "./account.ts";
import { REFERENCES } from "./reference.ts";
import type { Rule } from "./rule.ts";

const STATUSES = Object.values(
  REFERENCES.statuses?.value as Record<string, { code: string; name: string; active: boolean }>,
).filter((s) => s.active);

export const SWITCHES: readonly Omit<SandboxSwitch, "value">[] = [
  {
    key: "sites",
    label: { ru: "Магазины ключа", en: "Shops of the key" },
    choices: [
      { value: "one", label: { ru: "один", en: "one" } },
      { value: "all", label: { ru: "все", en: "all" } },
    ],
  },
  {
    key: "rights",
    label: { ru: "Права ключа", en: "Rights of the key" },
    choices: [
      { value: "full", label: { ru: "полные", en: "full" } },
      { value: "noOrders", label: { ru: "без записи заказов", en: "can't write orders" } },
    ],
  },
  {
    key: "created",
    label: { ru: "Ответ на создание", en: "Answer to a create" },
    choices: [
      { value: "201", label: { ru: "201", en: "201" } },
      { value: "200", label: { ru: "200", en: "200" } },
    ],
  },
  {
    key: "phoneSearch",
    label: { ru: "Поиск по телефону", en: "Search by phone" },
    choices: [
      { value: "digits", label: { ru: "по цифрам", en: "by digits" } },
      { value: "exact", label: { ru: "только точно", en: "exact only" } },
    ],
  },
  {
    key: "customerExternalId",
    label: { ru: "Внешний ID клиента", en: "External id of a customer" },
    choices: [
      { value: "optional", label: { ru: "необязателен", en: "optional" } },
      { value: "required", label: { ru: "обязателен", en: "required" } },
    ],
  },
  {
    key: "itemsEdit",
    label: { ru: "Товары, которых нет в правке", en: "Items that an edit doesn't name" },
    choices: [
      { value: "replaced", label: { ru: "исчезают", en: "vanish" } },
      { value: "kept", label: { ru: "остаются", en: "stay" } },
    ],
  },
  {
    key: "emptyPayments",
    label: { ru: "Пустые оплаты", en: "Empty payments" },
    choices: [
      { value: "list", label: { ru: "[]", en: "[]" } },
      { value: "object", label: { ru: "{}", en: "{}" } },
    ],
  },
];

export const tables = (account: Account): Table[] => [
  {
    name: "customers",
    label: { ru: "Клиенты", en: "Customers" },
    rows: newestFirst(account.customers.all()).map((c) => ({
      ...c,
      phone: c.phones.map((p) => p.number).join(", "),
    })),
    columns: [
      { key: "id", label: { ru: "ID", en: "ID" } },
      { key: "firstName", label: { ru: "Имя", en: "Name" } },
      { key: "phone", label: { ru: "Телефон", en: "Phone" } },
      { key: "email", label: { ru: "Почта", en: "E-mail" } },
      { key: "externalId", label: { ru: "Внешний ID", en: "External ID" } },
    ],
  },
  {
    name: "orders",
    label: { ru: "Заказы", en: "Orders" },
    rows: newestFirst(account.orders.all()),
    columns: [
      { key: "number", label: { ru: "Номер", en: "Number" } },
      { key: "firstName", label: { ru: "Имя клиента", en: "Customer name" } },
      { key: "status", label: { ru: "Статус", en: "Status" } },
      { key: "totalSumm", label: { ru: "Сумма", en: "Total" } },
      { key: "customer.id", label: { ru: "Клиент", en: "Customer" } },
      { key: "externalId", label: { ru: "Внешний ID", en: "External ID" } },
      { key: "customFields.source", label: { ru: "Источник", en: "Source" } },
      { key: "customFields.tags", label: { ru: "Теги", en: "Tags" } },
    ],
  },
  {
    name: "payments",
    label: { ru: "Оплаты", en: "Payments" },
    rows: newestFirst(account.orders.all()).flatMap((order) =>
      newestFirst(order.payments).map((payment) => ({ ...payment, order: order.number })),
    ),
    columns: [
      { key: "id", label: { ru: "ID", en: "ID" } },
      { key: "order", label: { ru: "Заказ", en: "Order" } },
      { key: "type", label: { ru: "Тип", en: "Type" } },
      { key: "status", label: { ru: "Статус", en: "Status" } },
      { key: "amount", label: { ru: "Сумма", en: "Amount" } },
      { key: "externalId", label: { ru: "Внешний ID", en: "External ID" } },
    ],
  },
  {
    name: "items",
    label: { ru: "Товары заказов", en: "Order items" },
    rows: newestFirst(account.orders.all()).flatMap((order) =>
      order.items.map((item) => ({ ...item, order: order.number })),
    ),
    columns: [
      { key: "id", label: { ru: "ID", en: "ID" } },
      { key: "order", label: { ru: "Заказ", en: "Order" } },
      { key: "productName", label: { ru: "Товар", en: "Product" } },
      { key: "offer.externalId", label: { ru: "Предложение", en: "Offer" } },
      { key: "initialPrice", label: { ru: "Цена", en: "Price" } },
      { key: "quantity", label: { ru: "Количество", en: "Quantity" } },
      { key: "status", label: { ru: "Статус", en: "Status" } },
    ],
  },
  {
    name: "notes",
    label: { ru: "Заметки клиентов", en: "Customer notes" },
    rows: newestFirst(account.notes.all()).map((note) => ({ ...note })),
    columns: [
      { key: "id", label: { ru: "ID", en: "ID" } },
      { key: "customer.id", label: { ru: "Клиент", en: "Customer" } },
      { key: "text", label: { ru: "Текст", en: "Text" } },
      { key: "createdAt", label: { ru: "Время", en: "Time" } },
    ],
  },
  {
    name: "history",
    label: { ru: "История изменений", en: "Change feed" },
    rows: newestFirst(account.history.all())
      .slice(0, 50)
      .map((c) => ({
        id: c.id,
        createdAt: c.createdAt,
        entity: c.entity,
        record: c.record,
        field: c.field,
        newValue: JSON.stringify(c.newValue),
        source: c.by.source,
      })),
    columns: [
      { key: "id", label: { ru: "№", en: "#" } },
      { key: "createdAt", label: { ru: "Время", en: "Time" } },
      { key: "entity", label: { ru: "Что", en: "What" } },
      { key: "record", label: { ru: "ID", en: "ID" } },
      { key: "field", label: { ru: "Поле", en: "Field" } },
      { key: "newValue", label: { ru: "Стало", en: "Now" } },
      { key: "source", label: { ru: "Кто", en: "By" } },
    ],
  },
];

const EVENTS: SandboxButton["fields"][number]["choices"] = [
  { value: "", label: { ru: "выключен", en: "off" } },
  { value: "order", label: { ru: "изменение заказа", en: "change of an order" } },
  { value: "customer", label: { ru: "изменение клиента", en: "change of a customer" } },
];

export const buttons = (account: Account, rule: Rule): SandboxButton[] => {
  const newest = account.orders.all().at(-1);
  const customer = account.customers.all().at(-1);
  return [
    {
      key: "status",
      label: { ru: "Сменить статус заказа", en: "Change an order's status" },
      fields: [
        { key: "order", label: { ru: "ID заказа", en: "Order ID" }, value: String(newest?.id ?? "") },
        {
          key: "status",
          label: { ru: "Статус", en: "Status" },
          value: "assembling",
          choices: STATUSES.map((s) => ({ value: s.code, label: { ru: s.name, en: s.code } })),
        },
        { key: "total", label: { ru: "Сумма", en: "Total" }, value: "1500" },
      ],
    },
    {
      key: "order",
      label: { ru: "Новый заказ с сайта", en: "New order from the shop" },
      fields: [
        { key: "firstName", label: { ru: "Имя", en: "Name" }, value: "Ирина" },
        { key: "phone", label: { ru: "Телефон", en: "Phone" }, value: "+7 900 555-44-33" },
        { key: "total", label: { ru: "Сумма", en: "Total" }, value: "2300" },
      ],
    },
    {
      key: "pay",
      label: { ru: "Оплатить заказ", en: "Pay an order" },
      fields: [{ key: "order", label: { ru: "ID заказа", en: "Order ID" }, value: String(newest?.id ?? "") }],
    },
    {
      key: "editOrder",
      label: { ru: "Изменить комментарий заказа", en: "Change an order's comment" },
      fields: [
        { key: "order", label: { ru: "ID заказа", en: "Order ID" }, value: String(newest?.id ?? "") },
        { key: "comment", label: { ru: "Комментарий оператора", en: "Operator's comment" }, value: "Перезвонить" },
      ],
    },
    {
      key: "editCustomer",
      label: { ru: "Изменить клиента", en: "Change a customer" },
      fields: [
        { key: "customer", label: { ru: "ID клиента", en: "Customer ID" }, value: String(customer?.id ?? "") },
        { key: "lastName", label: { ru: "Фамилия", en: "Last name" }, value: "Соколова" },
      ],
    },
    {
      key: "deleteOrder",
      label: { ru: "Удалить заказ", en: "Delete an order" },
      fields: [{ key: "order", label: { ru: "ID заказа", en: "Order ID" }, value: String(newest?.id ?? "") }],
    },
    {
      key: "deleteCustomer",
      label: { ru: "Удалить клиента", en: "Delete a customer" },
      fields: [{ key: "customer", label: { ru: "ID клиента", en: "Customer ID" }, value: String(customer?.id ?? "") }],
    },
    {
      key: "trigger",
      label: { ru: "Триггер с HTTP-запросом", en: "Trigger with an HTTP request" },
      fields: [
        {
          key: "event",
          label: { ru: "Событие", en: "Event" },
          value: rule.event,
          ...(EVENTS ? { choices: EVENTS } : {}),
        },
        { key: "url", label: { ru: "Адрес", en: "Address" }, value: rule.url },
        {
          key: "params",
          label: { ru: "Параметры (имя=шаблон)", en: "Parameters (name=template)" },
          value: rule.params,
        },
      ],
    },
  ];
};

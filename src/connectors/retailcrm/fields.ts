/** What retailCRM's customers and orders are made of, named as in its own interface. */
import type { Field, JsonObject } from "../kit/define.ts";
import { same } from "../kit/words.ts";

const site: Field = {
  key: "site",
  label: { ru: "Магазин", en: "Shop" },
  kind: "reference",
  list: { name: "sites" },
  common: true,
  hint: {
    ru: "Обязателен, если ключу доступно несколько магазинов.",
    en: "Required when the key can see more than one shop.",
  },
};
const manager: Field = {
  key: "managerId",
  label: { ru: "Менеджер", en: "Manager" },
  kind: "reference",
  list: { name: "users" },
  meaning: "manager",
};

/**
 * The five marks of a source that retailCRM itself knows, for inputs and outputs alike. Shops often have custom fields
 * of the same names, so these say where they belong.
 */
const sourceFields: readonly Field[] = [
  { key: "source", label: { ru: "Маркетинг: источник", en: "Marketing: source" }, kind: "text", meaning: "source" },
  { key: "medium", label: { ru: "Маркетинг: канал", en: "Marketing: medium" }, kind: "text", meaning: "medium" },
  {
    key: "campaign",
    label: { ru: "Маркетинг: кампания", en: "Marketing: campaign" },
    kind: "text",
    meaning: "campaign",
  },
  {
    key: "keyword",
    label: { ru: "Маркетинг: ключевое слово", en: "Marketing: keyword" },
    kind: "text",
    meaning: "utm.term",
  },
  {
    key: "content",
    label: { ru: "Маркетинг: содержание", en: "Marketing: content" },
    kind: "text",
    meaning: "utm.content",
  },
];
export const SOURCE_KEYS = ["source", "medium", "campaign", "keyword", "content"] as const;

// ---------------------------------------------------------------- customers

const customerBody: readonly Field[] = [
  { key: "firstName", label: { ru: "Имя", en: "First name" }, kind: "text", meaning: "name.first", common: true },
  { key: "lastName", label: { ru: "Фамилия", en: "Last name" }, kind: "text", meaning: "name.last" },
  { key: "patronymic", label: { ru: "Отчество", en: "Middle name" }, kind: "text", meaning: "name.middle" },
  { key: "phone", label: { ru: "Телефон", en: "Phone" }, kind: "phone", meaning: "phone", common: true },
  { key: "email", label: same("Email"), kind: "email", meaning: "email", common: true },
  manager,
  { key: "address", label: { ru: "Адрес", en: "Address" }, kind: "text", meaning: "address" },
  {
    key: "sex",
    label: { ru: "Пол", en: "Sex" },
    kind: "choice",
    choices: [
      { value: "male", label: { ru: "мужской", en: "male" } },
      { value: "female", label: { ru: "женский", en: "female" } },
    ],
  },
  { key: "birthday", label: { ru: "Дата рождения", en: "Birthday" }, kind: "dateTime", format: "%Y-%m-%d" },
  { key: "vip", label: same("VIP"), kind: "boolean" },
  { key: "tags", label: { ru: "Теги", en: "Tags" }, kind: "text", many: true, meaning: "tags" },
  ...sourceFields,
];
const externalId: Field = {
  key: "externalId",
  label: { ru: "Внешний ID", en: "External ID" },
  kind: "text",
  meaning: "externalId",
  common: true,
};
const createdAt: Field = {
  key: "createdAt",
  label: { ru: "Дата и время создания", en: "Created at" },
  kind: "dateTime",
};

export const customerInput: readonly Field[] = [site, externalId, ...customerBody, createdAt];

/** By which of its two ids a record is addressed. */
const addressed = (id: Field, external: Field): readonly Field[] => [id, external];

export const customerUpdate: readonly Field[] = [
  ...addressed(
    { key: "id", label: { ru: "ID клиента", en: "Customer ID" }, kind: "text", meaning: "customer.id", common: true },
    {
      ...externalId,
      hint: {
        ru: "Если ID клиента пуст, клиент ищется по нему.",
        en: "The customer is found by it when the ID is empty.",
      },
    },
  ),
  site,
  ...customerBody,
];

export const customerFind: readonly Field[] = [
  { key: "phone", label: { ru: "Телефон", en: "Phone" }, kind: "phone", meaning: "phone", common: true },
  { key: "email", label: same("Email"), kind: "email", meaning: "email", common: true },
  { ...externalId, common: true },
  { key: "id", label: { ru: "ID клиента", en: "Customer ID" }, kind: "text", meaning: "customer.id" },
];

export const customerOutput: readonly Field[] = [
  { key: "id", label: { ru: "ID клиента", en: "Customer ID" }, kind: "text", meaning: "customer.id", common: true },
  {
    key: "externalId",
    label: { ru: "Внешний ID клиента", en: "Customer's external ID" },
    kind: "text",
    meaning: "externalId",
  },
  { key: "firstName", label: { ru: "Имя", en: "First name" }, kind: "text", meaning: "name.first" },
  { key: "lastName", label: { ru: "Фамилия", en: "Last name" }, kind: "text", meaning: "name.last" },
  { key: "patronymic", label: { ru: "Отчество", en: "Middle name" }, kind: "text", meaning: "name.middle" },
  { key: "phone", label: { ru: "Телефон", en: "Phone" }, kind: "phone", meaning: "phone" },
  { key: "phones", label: { ru: "Все телефоны", en: "All phones" }, kind: "phone", many: true },
  { key: "email", label: same("Email"), kind: "email", meaning: "email" },
  { key: "site", label: { ru: "Магазин", en: "Shop" }, kind: "text", list: { name: "sites" } },
  {
    key: "managerId",
    label: { ru: "ID менеджера", en: "Manager ID" },
    kind: "text",
    list: { name: "users" },
    meaning: "manager",
  },
  { key: "address", label: { ru: "Адрес", en: "Address" }, kind: "text", meaning: "address" },
  { key: "city", label: { ru: "Город", en: "City" }, kind: "text", meaning: "city" },
  { key: "vip", label: same("VIP"), kind: "boolean" },
  { key: "ordersCount", label: { ru: "Количество заказов", en: "Number of orders" }, kind: "integer" },
  { key: "totalSumm", label: { ru: "Общая сумма заказов", en: "Total of orders" }, kind: "decimal" },
  { key: "tags", label: { ru: "Теги", en: "Tags" }, kind: "text", meaning: "tags" },
  ...sourceFields,
  {
    key: "createdAt",
    label: { ru: "Дата и время создания", en: "Created at" },
    kind: "dateTime",
    meaning: "createdAt",
  },
];
export const customerSample: JsonObject = {
  id: "501",
  externalId: "100001",
  firstName: "Анна",
  lastName: "Петрова",
  patronymic: "Сергеевна",
  phone: "+79990000001",
  phones: ["+79990000001"],
  email: "anna@example.com",
  site: "shop",
  managerId: "3",
  address: "Москва, ул. Ленина, 1",
  city: "Москва",
  vip: false,
  ordersCount: 2,
  totalSumm: 5400,
  tags: "опт",
  source: "yandex",
  medium: "cpc",
  campaign: "summer-sale",
  keyword: "купить велосипед",
  content: "banner-2",
  createdAt: "2026-01-10T09:00:00.000Z",
};

// ---------------------------------------------------------------- orders

const orderBody: readonly Field[] = [
  {
    key: "status",
    label: { ru: "Статус заказа", en: "Order status" },
    kind: "reference",
    list: { name: "statuses" },
    common: true,
  },
  {
    key: "orderType",
    label: { ru: "Тип заказа", en: "Order type" },
    kind: "reference",
    list: { name: "orderTypes" },
    common: true,
  },
  {
    key: "orderMethod",
    label: { ru: "Способ оформления", en: "Order method" },
    kind: "reference",
    list: { name: "orderMethods" },
  },
  {
    key: "firstName",
    label: { ru: "Имя клиента", en: "Customer's first name" },
    kind: "text",
    meaning: "name.first",
    common: true,
  },
  { key: "lastName", label: { ru: "Фамилия клиента", en: "Customer's last name" }, kind: "text", meaning: "name.last" },
  {
    key: "patronymic",
    label: { ru: "Отчество клиента", en: "Customer's middle name" },
    kind: "text",
    meaning: "name.middle",
  },
  {
    key: "phone",
    label: { ru: "Телефон клиента", en: "Customer's phone" },
    kind: "phone",
    meaning: "phone",
    common: true,
  },
  { key: "email", label: { ru: "Email клиента", en: "Customer's email" }, kind: "email", meaning: "email" },
  ...sourceFields,
  manager,
  {
    key: "customerComment",
    label: { ru: "Комментарий клиента", en: "Customer's comment" },
    kind: "longText",
    meaning: "comment",
  },
  { key: "managerComment", label: { ru: "Комментарий оператора", en: "Operator's comment" }, kind: "longText" },
  { key: "statusComment", label: { ru: "Комментарий к статусу", en: "Status comment" }, kind: "text" },
  { key: "discountManualAmount", label: { ru: "Скидка, сумма", en: "Discount, amount" }, kind: "decimal" },
  { key: "discountManualPercent", label: { ru: "Скидка, %", en: "Discount, %" }, kind: "decimal" },
  {
    key: "deliveryType",
    label: { ru: "Тип доставки", en: "Delivery type" },
    kind: "reference",
    list: { name: "deliveryTypes" },
  },
  { key: "deliveryCost", label: { ru: "Стоимость доставки", en: "Delivery cost" }, kind: "decimal" },
  { key: "deliveryAddress", label: { ru: "Адрес доставки", en: "Delivery address" }, kind: "text", meaning: "address" },
  {
    key: "shipmentStore",
    label: { ru: "Склад отгрузки", en: "Shipping warehouse" },
    kind: "reference",
    list: { name: "stores" },
  },
  {
    key: "items",
    label: { ru: "Товары", en: "Items" },
    kind: "object",
    many: true,
    hint: {
      ru: 'Список вида [{"productName": "Велосипед", "initialPrice": 1000, "quantity": 1}].',
      en: 'A list such as [{"productName": "Bicycle", "initialPrice": 1000, "quantity": 1}].',
    },
  },
];
const payment: readonly Field[] = [
  {
    key: "paymentType",
    label: { ru: "Тип оплаты", en: "Payment type" },
    kind: "reference",
    list: { name: "paymentTypes" },
  },
  {
    key: "paymentStatus",
    label: { ru: "Статус оплаты", en: "Payment status" },
    kind: "reference",
    list: { name: "paymentStatuses" },
  },
  { key: "paymentAmount", label: { ru: "Сумма оплаты", en: "Payment amount" }, kind: "decimal" },
];
const orderExternalId: Field = {
  key: "externalId",
  label: { ru: "Внешний ID заказа", en: "Order's external ID" },
  kind: "text",
  meaning: "order.externalId",
  common: true,
  hint: {
    ru: "По нему заказ находят другие системы: например, ID звонка или заявки.",
    en: "By it other systems find the order: for example the ID of the call or request.",
  },
};

export const orderInput: readonly Field[] = [
  site,
  orderExternalId,
  {
    key: "customerId",
    label: { ru: "ID клиента", en: "Customer ID" },
    kind: "text",
    meaning: "customer.id",
    common: true,
  },
  { key: "customerExternalId", label: { ru: "Внешний ID клиента", en: "Customer's external ID" }, kind: "text" },
  { key: "number", label: { ru: "Номер заказа", en: "Order number" }, kind: "text" },
  ...orderBody.map((field) =>
    field.key === "status"
      ? { ...field, initial: "new" }
      : field.key === "orderType"
        ? { ...field, initial: "eshop-individual" }
        : field,
  ),
  ...payment,
  createdAt,
];

export const orderUpdate: readonly Field[] = [
  ...addressed(
    { key: "id", label: { ru: "ID заказа", en: "Order ID" }, kind: "text", meaning: "order.id", common: true },
    {
      ...orderExternalId,
      hint: { ru: "Если ID заказа пуст, заказ ищется по нему.", en: "The order is found by it when the ID is empty." },
    },
  ),
  site,
  ...orderBody,
];

export const orderFind: readonly Field[] = [
  { ...orderExternalId },
  { key: "number", label: { ru: "Номер заказа", en: "Order number" }, kind: "text", common: true },
  { key: "customerId", label: { ru: "ID клиента", en: "Customer ID" }, kind: "text", meaning: "customer.id" },
  {
    key: "phone",
    label: { ru: "Телефон клиента", en: "Customer's phone" },
    kind: "phone",
    meaning: "phone",
    common: true,
  },
  { key: "email", label: { ru: "Email клиента", en: "Customer's email" }, kind: "email", meaning: "email" },
  { key: "id", label: { ru: "ID заказа", en: "Order ID" }, kind: "text", meaning: "order.id" },
];

export const orderOutput: readonly Field[] = [
  { key: "id", label: { ru: "ID заказа", en: "Order ID" }, kind: "text", meaning: "order.id", common: true },
  {
    key: "externalId",
    label: { ru: "Внешний ID заказа", en: "Order's external ID" },
    kind: "text",
    meaning: "order.externalId",
    common: true,
  },
  { key: "number", label: { ru: "Номер заказа", en: "Order number" }, kind: "text" },
  {
    key: "status",
    label: { ru: "Статус", en: "Status" },
    kind: "text",
    list: { name: "statuses" },
    meaning: "status",
    common: true,
  },
  {
    key: "statusUpdatedAt",
    label: { ru: "Дата и время изменения статуса", en: "Status changed at" },
    kind: "dateTime",
    meaning: "changedAt",
  },
  { key: "statusComment", label: { ru: "Комментарий к статусу", en: "Status comment" }, kind: "text" },
  {
    key: "totalSumm",
    label: { ru: "Общая сумма с учетом скидки", en: "Total with discount" },
    kind: "decimal",
    meaning: "amount",
    common: true,
  },
  { key: "summ", label: { ru: "Сумма по товарам", en: "Sum of items" }, kind: "decimal" },
  { key: "prepaySum", label: { ru: "Оплачено", en: "Paid" }, kind: "decimal" },
  { key: "purchaseSumm", label: { ru: "Закупочная стоимость", en: "Purchase cost" }, kind: "decimal" },
  { key: "currency", label: { ru: "Валюта", en: "Currency" }, kind: "text", meaning: "currency" },
  { key: "discount", label: { ru: "Скидка, сумма", en: "Discount, amount" }, kind: "decimal" },
  {
    key: "createdAt",
    label: { ru: "Дата и время создания", en: "Created at" },
    kind: "dateTime",
    meaning: "createdAt",
  },
  { key: "site", label: { ru: "Магазин", en: "Shop" }, kind: "text", list: { name: "sites" } },
  { key: "orderType", label: { ru: "Тип заказа", en: "Order type" }, kind: "text", list: { name: "orderTypes" } },
  {
    key: "orderMethod",
    label: { ru: "Способ оформления", en: "Order method" },
    kind: "text",
    list: { name: "orderMethods" },
  },
  { key: "customerId", label: { ru: "ID клиента", en: "Customer ID" }, kind: "text", meaning: "customer.id" },
  { key: "customerExternalId", label: { ru: "Внешний ID клиента", en: "Customer's external ID" }, kind: "text" },
  { key: "firstName", label: { ru: "Имя клиента", en: "Customer's first name" }, kind: "text", meaning: "name.first" },
  { key: "lastName", label: { ru: "Фамилия клиента", en: "Customer's last name" }, kind: "text", meaning: "name.last" },
  {
    key: "patronymic",
    label: { ru: "Отчество клиента", en: "Customer's middle name" },
    kind: "text",
    meaning: "name.middle",
  },
  { key: "phone", label: { ru: "Телефон клиента", en: "Customer's phone" }, kind: "phone", meaning: "phone" },
  { key: "email", label: { ru: "Email клиента", en: "Customer's email" }, kind: "email", meaning: "email" },
  {
    key: "managerId",
    label: { ru: "ID менеджера", en: "Manager ID" },
    kind: "text",
    list: { name: "users" },
    meaning: "manager",
  },
  {
    key: "customerComment",
    label: { ru: "Комментарий клиента", en: "Customer's comment" },
    kind: "text",
    meaning: "comment",
  },
  { key: "managerComment", label: { ru: "Комментарий оператора", en: "Operator's comment" }, kind: "text" },
  ...sourceFields,
  {
    key: "deliveryType",
    label: { ru: "Тип доставки", en: "Delivery type" },
    kind: "text",
    list: { name: "deliveryTypes" },
  },
  { key: "deliveryCost", label: { ru: "Стоимость доставки", en: "Delivery cost" }, kind: "decimal" },
  { key: "deliveryAddress", label: { ru: "Адрес доставки", en: "Delivery address" }, kind: "text", meaning: "address" },
  { key: "paymentType", label: { ru: "Тип оплаты", en: "Payment type" }, kind: "text", list: { name: "paymentTypes" } },
  {
    key: "paymentStatus",
    label: { ru: "Статус оплаты", en: "Payment status" },
    kind: "text",
    list: { name: "paymentStatuses" },
  },
  { key: "fullPaidAt", label: { ru: "Дата и время полной оплаты", en: "Paid in full at" }, kind: "dateTime" },
  { key: "itemsText", label: { ru: "Состав заказа", en: "Items as text" }, kind: "text" },
  { key: "items", label: { ru: "Товары", en: "Items" }, kind: "object", many: true },
];
export const orderSample: JsonObject = {
  id: "900",
  externalId: "100001",
  number: "900A",
  status: "complete",
  statusUpdatedAt: "2026-01-10T09:05:00.000Z",
  statusComment: "Выдан",
  totalSumm: 900,
  summ: 1000,
  prepaySum: 900,
  purchaseSumm: 600,
  currency: "RUB",
  discount: 100,
  createdAt: "2026-01-10T09:00:00.000Z",
  site: "shop",
  orderType: "eshop-individual",
  orderMethod: "phone",
  customerId: "501",
  customerExternalId: "100001",
  firstName: "Анна",
  lastName: "Петрова",
  patronymic: "Сергеевна",
  phone: "+79990000001",
  email: "anna@example.com",
  managerId: "3",
  customerComment: "Позвоните перед доставкой",
  managerComment: "Постоянный клиент",
  source: "yandex",
  medium: "cpc",
  campaign: "summer-sale",
  keyword: "купить велосипед",
  content: "banner-2",
  deliveryType: "courier",
  deliveryCost: 0,
  deliveryAddress: "Москва, ул. Ленина, 1",
  paymentType: "bank-card",
  paymentStatus: "paid",
  fullPaidAt: "2026-01-10T09:10:00.000Z",
  itemsText: "Велосипед × 1",
  items: [{ name: "Велосипед", price: 1000, quantity: 1 }],
};

/** What a change of status adds to the order. */
export const changeFields: readonly Field[] = [
  {
    key: "oldStatus",
    label: { ru: "Прежний статус", en: "Previous status" },
    kind: "text",
    list: { name: "statuses" },
  },
  { key: "changedAt", label: { ru: "Дата и время изменения", en: "Changed at" }, kind: "dateTime" },
  { key: "changeId", label: { ru: "ID изменения", en: "Change ID" }, kind: "text", meaning: "id" },
  { key: "changedBy", label: { ru: "Кто изменил", en: "Changed by" }, kind: "text" },
];
export const changeSample: JsonObject = {
  oldStatus: "new",
  changedAt: "2026-01-10T09:05:00.000Z",
  changeId: "70001",
  changedBy: "user",
};

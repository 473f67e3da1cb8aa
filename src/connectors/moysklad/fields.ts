/** What МойСклад's counterparties and customer orders are made of, named as in its own interface. */
import type { Field, JsonObject } from "../kit/define.ts";
import { same } from "../kit/words.ts";

const description: Field = {
  key: "description",
  label: { ru: "Комментарий", en: "Comment" },
  kind: "longText",
  meaning: "comment",
};
const owner: Field = {
  key: "owner",
  label: { ru: "Владелец-сотрудник", en: "Owner (employee)" },
  kind: "reference",
  list: { name: "employees" },
};
const externalCode: Field = {
  key: "externalCode",
  label: { ru: "Внешний код", en: "External code" },
  kind: "text",
  meaning: "externalId",
  common: true,
};
const COMPANY_TYPES = [
  { value: "individual", label: { ru: "Физическое лицо", en: "Individual" } },
  { value: "legal", label: { ru: "Юридическое лицо", en: "Legal entity" } },
  { value: "entrepreneur", label: { ru: "Индивидуальный предприниматель", en: "Sole proprietor" } },
];

// ---------------------------------------------------------------- counterparties

const phone: Field = {
  key: "phone",
  label: { ru: "Телефон", en: "Phone" },
  kind: "phone",
  meaning: "phone",
  common: true,
};
const email: Field = { key: "email", label: same("E-mail"), kind: "email", meaning: "email", common: true };
const code: Field = { key: "code", label: { ru: "Код", en: "Code" }, kind: "text" };

const counterpartyBody: readonly Field[] = [
  {
    key: "name",
    label: { ru: "Наименование", en: "Name" },
    kind: "text",
    meaning: "name.full",
    common: true,
    hint: {
      ru: "Если пусто, у нового контрагента им станет телефон или e-mail.",
      en: "When empty, a new counterparty is called by its phone or e-mail.",
    },
  },
  phone,
  email,
  externalCode,
  {
    key: "companyType",
    label: { ru: "Тип контрагента", en: "Type of counterparty" },
    kind: "choice",
    choices: COMPANY_TYPES,
    common: true,
  },
  description,
  {
    key: "tags",
    label: { ru: "Группы", en: "Groups" },
    kind: "text",
    many: true,
    hint: {
      ru: "«Обновление контрагента» добавляет их к прежним.",
      en: "“Update of a counterparty” adds them to those that are there.",
    },
  },
  {
    key: "state",
    label: { ru: "Статус контрагента", en: "Counterparty state" },
    kind: "reference",
    list: { name: "counterpartyStates" },
  },
  owner,
  { key: "actualAddress", label: { ru: "Фактический адрес", en: "Address" }, kind: "text", meaning: "address" },
  // Of the requisites; whoever is created from a full name has it in «Наименование».
  { key: "legalLastName", label: { ru: "Фамилия", en: "Last name" }, kind: "text" },
  { key: "legalFirstName", label: { ru: "Имя", en: "First name" }, kind: "text" },
  { key: "legalMiddleName", label: { ru: "Отчество", en: "Middle name" }, kind: "text" },
  { key: "legalTitle", label: { ru: "Полное наименование", en: "Full legal name" }, kind: "text", meaning: "company" },
  { key: "inn", label: { ru: "ИНН", en: "Tax number (INN)" }, kind: "text" },
  code,
];
export const counterpartyInput: readonly Field[] = counterpartyBody.map((field) =>
  field.key === "companyType" ? { ...field, initial: "individual" } : field,
);

const foundBy: Field["hint"] = {
  ru: "Если ID пуст, запись ищется по нему.",
  en: "The record is found by it when the ID is empty.",
};
export const counterpartyUpdate: readonly Field[] = [
  {
    key: "id",
    label: { ru: "ID контрагента", en: "Counterparty ID" },
    kind: "text",
    meaning: "customer.id",
    common: true,
  },
  ...counterpartyBody.map((field) => (field.key === "externalCode" ? { ...field, hint: foundBy } : field)),
];
export const counterpartyFind: readonly Field[] = [
  phone,
  email,
  externalCode,
  { key: "name", label: { ru: "Наименование", en: "Name" }, kind: "text" },
  { key: "id", label: { ru: "ID контрагента", en: "Counterparty ID" }, kind: "text", meaning: "customer.id" },
];

export const counterpartyOutput: readonly Field[] = [
  {
    key: "id",
    label: { ru: "ID контрагента", en: "Counterparty ID" },
    kind: "text",
    meaning: "customer.id",
    common: true,
  },
  { key: "name", label: { ru: "Наименование", en: "Name" }, kind: "text", meaning: "name.full" },
  { key: "phone", label: { ru: "Телефон", en: "Phone" }, kind: "phone", meaning: "phone" },
  { key: "email", label: same("E-mail"), kind: "email", meaning: "email" },
  {
    key: "externalCode",
    label: { ru: "Внешний код контрагента", en: "Counterparty's external code" },
    kind: "text",
    meaning: "externalId",
  },
  {
    key: "companyType",
    label: { ru: "Тип контрагента", en: "Type of counterparty" },
    kind: "choice",
    choices: COMPANY_TYPES,
  },
  description,
  { key: "tags", label: { ru: "Группы", en: "Groups" }, kind: "text" },
  { key: "state", label: { ru: "Статус контрагента", en: "Counterparty state" }, kind: "text" },
  { key: "actualAddress", label: { ru: "Фактический адрес", en: "Address" }, kind: "text", meaning: "address" },
  { key: "inn", label: { ru: "ИНН", en: "Tax number (INN)" }, kind: "text" },
  code,
  { key: "salesAmount", label: { ru: "Сумма продаж", en: "Sales" }, kind: "decimal" },
  { key: "archived", label: { ru: "В архиве", en: "Archived" }, kind: "boolean" },
  { key: "created", label: { ru: "Создан", en: "Created at" }, kind: "dateTime", meaning: "createdAt" },
  { key: "updated", label: { ru: "Изменён", en: "Updated at" }, kind: "dateTime" },
  { key: "url", label: { ru: "Ссылка на контрагента", en: "Link to the counterparty" }, kind: "text", meaning: "url" },
];
export const counterpartySample: JsonObject = {
  id: "7a310000-f5d1-11ef-0a80-000000000001",
  name: "Анна Петрова",
  phone: "+79990000001",
  email: "anna@example.com",
  externalCode: "100001",
  companyType: "individual",
  description: "Пришла с сайта",
  tags: "calltouch",
  state: "Новый",
  actualAddress: "Москва, ул. Ленина, 1",
  inn: "770000000000",
  code: "К-1",
  salesAmount: 5400,
  archived: false,
  created: "2026-01-10T09:00:00.000Z",
  updated: "2026-01-10T09:00:00.000Z",
  url: "https://online.moysklad.ru/app/#company/edit?id=7a310000-f5d1-11ef-0a80-000000000001",
  attributes: {},
};

// ---------------------------------------------------------------- orders

const organization: Field = {
  key: "organization",
  label: { ru: "Организация", en: "Organisation" },
  kind: "reference",
  list: { name: "organizations" },
  common: true,
};
const agent: Field = {
  key: "agent",
  label: { ru: "Контрагент (ID)", en: "Counterparty (ID)" },
  kind: "text",
  meaning: "customer.id",
  common: true,
};
const orderCode: Field = { ...externalCode, meaning: "order.externalId" };
const name: Field = { key: "name", label: { ru: "Номер заказа", en: "Order number" }, kind: "text" };

const orderBody: readonly Field[] = [
  {
    key: "state",
    label: { ru: "Статус", en: "State" },
    kind: "reference",
    list: { name: "states" },
    common: true,
  },
  { key: "store", label: { ru: "Склад", en: "Warehouse" }, kind: "reference", list: { name: "stores" } },
  {
    key: "salesChannel",
    label: { ru: "Канал продаж", en: "Sales channel" },
    kind: "reference",
    list: { name: "salesChannels" },
  },
  { ...description, common: true },
  { key: "project", label: { ru: "Проект", en: "Project" }, kind: "reference", list: { name: "projects" } },
  owner,
  { key: "shipmentAddress", label: { ru: "Адрес доставки", en: "Delivery address" }, kind: "text", meaning: "address" },
  { key: "deliveryPlannedMoment", label: { ru: "План. дата отгрузки", en: "Planned delivery" }, kind: "dateTime" },
  { key: "applicable", label: { ru: "Проведён", en: "Posted" }, kind: "boolean" },
  {
    key: "positions",
    label: { ru: "Позиции", en: "Items" },
    kind: "object",
    many: true,
    hint: {
      ru: 'Список вида [{"product": "ID товара", "quantity": 1, "price": 1500}], цена в рублях. При обновлении заменяет прежние позиции.',
      en: 'A list such as [{"product": "product ID", "quantity": 1, "price": 1500}], the price in roubles. An update replaces the items.',
    },
  },
];
export const orderInput: readonly Field[] = [
  { ...organization, required: true },
  {
    ...agent,
    required: true,
    hint: {
      ru: "Обычно ID контрагента из шага «Новый контрагент».",
      en: "Usually the counterparty ID of the step “New counterparty”.",
    },
  },
  orderCode,
  ...orderBody.map((field) => (field.key === "state" ? { ...field, initial: "new" } : field)),
  { ...name, hint: { ru: "Если пусто, МойСклад даст номер сам.", en: "Given by MoySklad when empty." } },
  { key: "moment", label: { ru: "Дата заказа", en: "Order date" }, kind: "dateTime" },
];
export const orderUpdate: readonly Field[] = [
  { key: "id", label: { ru: "ID заказа", en: "Order ID" }, kind: "text", meaning: "order.id", common: true },
  { ...orderCode, hint: foundBy },
  ...orderBody,
  { ...organization, common: false },
  { ...agent, common: false },
];
export const orderFind: readonly Field[] = [
  orderCode,
  { ...name, common: true },
  { key: "id", label: { ru: "ID заказа", en: "Order ID" }, kind: "text", meaning: "order.id" },
  { ...agent, common: false },
];

export const orderOutput: readonly Field[] = [
  { key: "id", label: { ru: "ID заказа", en: "Order ID" }, kind: "text", meaning: "order.id", common: true },
  name,
  {
    key: "externalCode",
    label: { ru: "Внешний код заказа", en: "Order's external code" },
    kind: "text",
    meaning: "order.externalId",
    common: true,
  },
  { key: "state", label: { ru: "Статус", en: "State" }, kind: "text", meaning: "status", common: true },
  { key: "stateId", label: { ru: "ID статуса", en: "State ID" }, kind: "text" },
  {
    key: "stateType",
    label: { ru: "Тип статуса", en: "Type of state" },
    kind: "choice",
    choices: [
      { value: "Regular", label: { ru: "Обычный", en: "Regular" } },
      { value: "Successful", label: { ru: "Финальный положительный", en: "Final, successful" } },
      { value: "Unsuccessful", label: { ru: "Финальный отрицательный", en: "Final, unsuccessful" } },
    ],
  },
  { key: "sum", label: { ru: "Сумма", en: "Total" }, kind: "decimal", meaning: "amount", common: true },
  { key: "payedSum", label: { ru: "Оплачено", en: "Paid" }, kind: "decimal", common: true },
  { key: "isPaid", label: { ru: "Оплачен полностью", en: "Paid in full" }, kind: "boolean" },
  { key: "shippedSum", label: { ru: "Отгружено", en: "Shipped" }, kind: "decimal" },
  { key: "invoicedSum", label: { ru: "Выставлено счетов", en: "Invoiced" }, kind: "decimal" },
  { key: "moment", label: { ru: "Дата заказа", en: "Order date" }, kind: "dateTime" },
  { key: "deliveryPlannedMoment", label: { ru: "План. дата отгрузки", en: "Planned delivery" }, kind: "dateTime" },
  description,
  { key: "agentId", label: { ru: "ID контрагента", en: "Counterparty ID" }, kind: "text", meaning: "customer.id" },
  { key: "agentName", label: { ru: "Контрагент", en: "Counterparty" }, kind: "text", meaning: "name.full" },
  {
    key: "agentPhone",
    label: { ru: "Телефон контрагента", en: "Counterparty's phone" },
    kind: "phone",
    meaning: "phone",
  },
  {
    key: "agentEmail",
    label: { ru: "E-mail контрагента", en: "Counterparty's e-mail" },
    kind: "email",
    meaning: "email",
  },
  { key: "organization", label: { ru: "Организация", en: "Organisation" }, kind: "text" },
  { key: "store", label: { ru: "Склад", en: "Warehouse" }, kind: "text" },
  { key: "salesChannel", label: { ru: "Канал продаж", en: "Sales channel" }, kind: "text" },
  { key: "project", label: { ru: "Проект", en: "Project" }, kind: "text" },
  { key: "owner", label: { ru: "Владелец-сотрудник", en: "Owner (employee)" }, kind: "text", meaning: "manager" },
  { key: "shipmentAddress", label: { ru: "Адрес доставки", en: "Delivery address" }, kind: "text", meaning: "address" },
  { key: "applicable", label: { ru: "Проведён", en: "Posted" }, kind: "boolean" },
  { key: "created", label: { ru: "Создан", en: "Created at" }, kind: "dateTime", meaning: "createdAt" },
  { key: "updated", label: { ru: "Изменён", en: "Updated at" }, kind: "dateTime" },
  { key: "url", label: { ru: "Ссылка на заказ", en: "Link to the order" }, kind: "text", meaning: "url" },
];
export const orderSample: JsonObject = {
  id: "7a310001-f5d1-11ef-0a80-000000000001",
  name: "00001",
  externalCode: "100001",
  state: "Подтверждён",
  stateId: "7a31000c-f5d1-11ef-0a80-000000000002",
  stateType: "Regular",
  sum: 1500,
  payedSum: 900,
  isPaid: false,
  shippedSum: 0,
  invoicedSum: 1500,
  moment: "2026-01-10T09:00:00.000Z",
  deliveryPlannedMoment: "2026-01-12T09:00:00.000Z",
  description: "Заказ по звонку",
  agentId: "7a310000-f5d1-11ef-0a80-000000000001",
  agentName: "Анна Петрова",
  agentPhone: "+79990000001",
  agentEmail: "anna@example.com",
  organization: "ООО «Велосипеды»",
  store: "Основной склад",
  salesChannel: "Интернет-магазин",
  project: "Розница",
  owner: "Петрова Ольга",
  shipmentAddress: "Москва, ул. Ленина, 1",
  applicable: true,
  created: "2026-01-10T09:00:00.000Z",
  updated: "2026-01-10T09:05:00.000Z",
  url: "https://online.moysklad.ru/app/#customerorder/edit?id=7a310001-f5d1-11ef-0a80-000000000001",
  attributes: {},
};

/** What a change adds to the order. */
export const changeFields: readonly Field[] = [
  {
    key: "what",
    label: { ru: "Что изменилось", en: "What changed" },
    kind: "choice",
    choices: [
      { value: "state", label: { ru: "статус", en: "the state" } },
      { value: "payment", label: { ru: "оплата", en: "the payment" } },
    ],
  },
  { key: "oldState", label: { ru: "Прежний статус", en: "Former state" }, kind: "text" },
  {
    key: "changedAt",
    label: { ru: "Дата и время изменения", en: "Changed at" },
    kind: "dateTime",
    meaning: "changedAt",
    common: true,
  },
  { key: "changedBy", label: { ru: "Кто изменил (логин)", en: "Changed by (login)" }, kind: "text" },
  { key: "changeId", label: { ru: "ID изменения", en: "Change ID" }, kind: "text" },
];
export const changeSample: JsonObject = {
  what: "state",
  oldState: "Новый",
  changedAt: "2026-01-10T09:05:00.000Z",
  changedBy: "admin@company",
  changeId: "7a31000e-f5d1-11ef-0a80-000000000007",
};

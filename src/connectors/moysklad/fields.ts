/** What МойСклад's counterparties and customer orders are made of, named as in its own interface. */
import type { Field } from "../kit/define.ts";
import { same } from "../kit/words.ts";

export const description: Field = {
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
export const COMPANY_TYPES = [
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
export const code: Field = { key: "code", label: { ru: "Код", en: "Code" }, kind: "text" };

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
export const name: Field = { key: "name", label: { ru: "Номер заказа", en: "Order number" }, kind: "text" };

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

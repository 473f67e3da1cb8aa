/** What a deal of Calltouch is made of, named as in its own journal. */
import type { Choice, Field, JsonObject } from "../kit/define.ts";
import { customFields, visit, visitSample } from "./fields.ts";
import { customInput, leadCustomInput } from "./leadinput.ts";

/** PENDING and COMPLETED are what Calltouch's reports have known since v1; any text of one's own funnel is taken too. */
export const dealStatuses: readonly Choice[] = [
  { value: "PENDING", label: { ru: "PENDING (открыта)", en: "PENDING (open)" } },
  { value: "COMPLETED", label: { ru: "COMPLETED (успешно закрыта)", en: "COMPLETED (closed, won)" } },
  { value: "CANCELED", label: { ru: "CANCELED (отменена)", en: "CANCELED (lost)" } },
];

const budget: Field = {
  key: "revenue",
  label: { ru: "Бюджет сделки", en: "Deal budget" },
  kind: "decimal",
  meaning: "amount",
  common: true,
};
const more: readonly Field[] = [
  { key: "orderName", label: { ru: "Название сделки", en: "Deal name" }, kind: "text", meaning: "title" },
  { key: "funnel", label: { ru: "Воронка", en: "Funnel" }, kind: "text" },
  { key: "margin", label: { ru: "Маржа", en: "Margin" }, kind: "decimal" },
  {
    key: "currency",
    label: { ru: "Валюта", en: "Currency" },
    kind: "text",
    hint: { ru: "Код, например rub.", en: "A code such as rub." },
  },
  { key: "manager", label: { ru: "Менеджер", en: "Manager" }, kind: "text", meaning: "manager" },
  { key: "orderLink", label: { ru: "Ссылка на сделку", en: "Link to the deal" }, kind: "text" },
  { key: "fullName", label: { ru: "ФИО контакта", en: "Contact's name" }, kind: "text", meaning: "name.full" },
  { key: "phone", label: { ru: "Телефон контакта", en: "Contact's phone" }, kind: "phone", meaning: "phone" },
  { key: "email", label: { ru: "Email контакта", en: "Contact's email" }, kind: "email", meaning: "email" },
  { key: "tags", label: { ru: "Теги сделки", en: "Deal tags" }, kind: "text", many: true },
  { key: "leadTags", label: { ru: "Теги обращения", en: "Tags of the lead" }, kind: "text", many: true },
  customInput,
  {
    key: "products",
    label: { ru: "Товары", en: "Products" },
    kind: "object",
    many: true,
    hint: {
      ru: 'Подойдут товары заказа из CRM или список: [{"name": "Велосипед", "price": 1000, "quantity": 1}].',
      en: 'Items of a CRM\'s order will do, or a list: [{"name": "Bicycle", "price": 1000, "quantity": 1}].',
    },
  },
];

/** A new deal's fields after the one that names its lead. */
export const dealFields: readonly Field[] = [
  { ...budget, initial: "0" },
  {
    key: "status",
    label: { ru: "Статус сделки", en: "Deal status" },
    kind: "choice",
    choices: dealStatuses,
    open: true,
    required: true,
    initial: "PENDING",
    common: true,
  },
  {
    key: "orderDate",
    label: { ru: "Дата создания сделки", en: "Deal creation date" },
    kind: "dateTime",
    meaning: "createdAt",
    common: true,
  },
  {
    key: "orderNumber",
    label: { ru: "ID сделки", en: "Deal ID" },
    kind: "text",
    meaning: "deal.id",
    hint: {
      ru: "По нему сделку потом обновляют. Если пусто, это ID звонка или заявки.",
      en: "By it the deal is updated later. When empty, it is the call's or request's ID.",
    },
  },
  { key: "statusDate", label: { ru: "Дата изменения статуса", en: "Status date" }, kind: "dateTime" },
  ...more,
  { key: "comment", label: { ru: "Комментарий", en: "Comment" }, kind: "longText", meaning: "comment" },
];
/** For deals that name a lead: what to do when Calltouch doesn't know it. */
export const evenWithout: Field = {
  key: "evenWithout",
  label: { ru: "Создать, даже если обращения нет", en: "Create even when there is no such lead" },
  kind: "boolean",
  hint: {
    ru: "Тогда сделка будет без источника. Иначе Calltouch откажет.",
    en: "The deal will have no source then. Otherwise Calltouch refuses.",
  },
};

export const dealUpdateFields: readonly Field[] = [
  {
    key: "orderNumber",
    label: { ru: "ID сделки", en: "Deal ID" },
    kind: "text",
    required: true,
    meaning: "deal.id",
    common: true,
    hint: {
      ru: "Тот, с которым сделка создавалась. Обычно это внешний ID заказа в CRM.",
      en: "The one it was created with, usually the order's external ID in the CRM.",
    },
  },
  budget,
  {
    key: "status",
    label: { ru: "Статус сделки", en: "Deal status" },
    kind: "choice",
    choices: dealStatuses,
    open: true,
    meaning: "status",
    common: true,
  },
  {
    key: "statusDate",
    label: { ru: "Дата завершения", en: "Completion date" },
    kind: "dateTime",
    meaning: "changedAt",
    common: true,
  },
  ...more,
  {
    key: "replaceTags",
    label: { ru: "Заменить теги, а не добавить", en: "Replace tags instead of adding" },
    kind: "boolean",
  },
  { key: "comment", label: { ru: "Добавить комментарий", en: "Comment to add" }, kind: "longText", meaning: "comment" },
  { key: "leadManager", label: { ru: "Менеджер обращения", en: "Manager of the lead" }, kind: "text" },
  leadCustomInput,
  {
    key: "callId",
    label: { ru: "Привязать к звонку (ID)", en: "Attach to a call (ID)" },
    kind: "text",
    hint: { ru: "Меняет источник сделки.", en: "Changes the deal's source." },
  },
  { key: "requestId", label: { ru: "Привязать к заявке (ID)", en: "Attach to a request (ID)" }, kind: "text" },
  {
    key: "createMissing",
    label: { ru: "Создать, если сделки нет", en: "Create when there is no such deal" },
    kind: "boolean",
    hint: {
      ru: "Источник найдётся по звонку, заявке или контакту; если их нет, сделка будет без источника.",
      en: "Its source is found by the call, the request or the contact; without them it has none.",
    },
  },
];

export const dealOutput: readonly Field[] = [
  { key: "orderNumber", label: { ru: "ID сделки", en: "Deal ID" }, kind: "text", meaning: "deal.id" },
  { key: "calltouchOrderId", label: { ru: "ID сделки внутри Calltouch", en: "Calltouch's own deal ID" }, kind: "text" },
  { key: "created", label: { ru: "Создана сейчас", en: "Created now" }, kind: "boolean" },
];
export const dealSample: JsonObject = { orderNumber: "100001", calltouchOrderId: "900001", created: true };

/** A deal as the deals journal shows it. */
export const dealJournal: readonly Field[] = [
  { key: "orderNumber", label: { ru: "ID сделки", en: "Deal ID" }, kind: "text", meaning: "deal.id", common: true },
  { key: "calltouchOrderId", label: { ru: "ID сделки внутри Calltouch", en: "Calltouch's own deal ID" }, kind: "text" },
  { key: "orderName", label: { ru: "Название сделки", en: "Deal name" }, kind: "text", meaning: "title" },
  { key: "status", label: { ru: "Статус сделки", en: "Deal status" }, kind: "text", meaning: "status", common: true },
  { key: "funnel", label: { ru: "Воронка", en: "Funnel" }, kind: "text" },
  {
    key: "amount",
    label: { ru: "Бюджет сделки", en: "Deal budget" },
    kind: "decimal",
    meaning: "amount",
    common: true,
  },
  { key: "plannedAmount", label: { ru: "Плановый бюджет", en: "Planned budget" }, kind: "decimal" },
  { key: "completedAmount", label: { ru: "Фактический бюджет", en: "Actual budget" }, kind: "decimal" },
  { key: "orderDate", label: { ru: "Дата сделки", en: "Deal date" }, kind: "dateTime" },
  {
    key: "createdAt",
    label: { ru: "Дата и время создания", en: "Created at" },
    kind: "dateTime",
    meaning: "createdAt",
  },
  {
    key: "updatedAt",
    label: { ru: "Дата и время изменения", en: "Changed at" },
    kind: "dateTime",
    meaning: "changedAt",
  },
  { key: "manager", label: { ru: "Менеджер", en: "Manager" }, kind: "text", meaning: "manager" },
  { key: "tags", label: { ru: "Теги сделки", en: "Deal tags" }, kind: "text", meaning: "tags" },
  { key: "comment", label: { ru: "Комментарий", en: "Comment" }, kind: "text", meaning: "comment" },
  { key: "fullName", label: { ru: "ФИО контакта", en: "Contact's name" }, kind: "text", meaning: "name.full" },
  { key: "phone", label: { ru: "Телефон контакта", en: "Contact's phone" }, kind: "phone", meaning: "phone" },
  { key: "email", label: { ru: "Email контакта", en: "Contact's email" }, kind: "email", meaning: "email" },
  { key: "leadType", label: { ru: "Вид обращения", en: "Kind of lead" }, kind: "text" },
  ...visit({ ru: "сделки", en: "Deal" }),
  customFields,
];
export const dealJournalSample: JsonObject = {
  orderNumber: "100001",
  calltouchOrderId: "900001",
  orderName: "Заказ по звонку",
  status: "PENDING",
  funnel: "Основная",
  amount: 1500.5,
  plannedAmount: 1500.5,
  completedAmount: 0,
  orderDate: "2026-01-10T09:00:00.000Z",
  createdAt: "2026-01-10T09:00:00.000Z",
  updatedAt: "2026-01-10T09:05:00.000Z",
  manager: "Ольга",
  tags: "опт",
  comment: "Ждёт счёт",
  fullName: "Анна Петрова",
  phone: "79990000001",
  email: "anna@example.com",
  leadType: "CALL",
  ...visitSample,
  customFields: { Отдел: "продажи" },
};

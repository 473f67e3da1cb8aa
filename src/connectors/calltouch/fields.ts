/** What Calltouch's calls, requests and deals are made of, named as in its own journals. */
import type { Choice, Field, JsonObject } from "../kit/define.ts";
import { same, utmFields } from "../kit/words.ts";

/** Where a visit came from: the same part of calls and requests. */
const visit = (what: { ru: string; en: string }): readonly Field[] => [
  { key: "source", label: { ru: `Источник ${what.ru}`, en: `${what.en} source` }, kind: "text", meaning: "source" },
  {
    key: "medium",
    label: { ru: `Тип источника ${what.ru}`, en: `${what.en} source type` },
    kind: "text",
    meaning: "medium",
  },
  ...utmFields,
  { key: "keyword", label: { ru: "Ключевое слово", en: "Keyword" }, kind: "text" },
  {
    key: "googleClientId",
    label: { ru: "ID клиента для Google Analytics", en: "Google Analytics client ID" },
    kind: "text",
    meaning: "clientId.google",
  },
  {
    key: "yandexClientId",
    label: { ru: "ID клиента для Яндекс.Метрики", en: "Yandex Metrica client ID" },
    kind: "text",
    meaning: "clientId.yandex",
  },
  { key: "calltouchClientId", label: { ru: "ID посетителя Calltouch", en: "Calltouch visitor ID" }, kind: "text" },
  { key: "sessionId", label: { ru: "ID сессии Calltouch", en: "Calltouch session ID" }, kind: "text" },
  { key: "city", label: { ru: "Город", en: "City" }, kind: "text", meaning: "city" },
  { key: "referrer", label: { ru: "Реферер", en: "Referrer" }, kind: "text" },
  { key: "device", label: { ru: "Устройство", en: "Device" }, kind: "text" },
  { key: "os", label: { ru: "Операционная система", en: "Operating system" }, kind: "text" },
  { key: "browser", label: { ru: "Браузер", en: "Browser" }, kind: "text" },
  { key: "ip", label: same("IP"), kind: "text" },
];

export const callFields: readonly Field[] = [
  {
    key: "callId",
    label: { ru: "Уникальный ID звонка", en: "Unique call ID" },
    kind: "text",
    meaning: "call.id",
    common: true,
  },
  {
    key: "callerNumber",
    label: { ru: "Номер звонящего", en: "Caller's number" },
    kind: "phone",
    meaning: "phone",
    common: true,
  },
  {
    key: "callDate",
    label: { ru: "Дата и время звонка", en: "Date and time of the call" },
    kind: "dateTime",
    meaning: "createdAt",
    common: true,
  },
  ...visit({ ru: "звонка", en: "Call" }),
  { key: "tagsDtmf", label: { ru: "Авто-теги (тоновые сигналы)", en: "Auto-tags (DTMF)" }, kind: "text" },
  { key: "tagsPhone", label: { ru: "Авто-теги (номер телефона)", en: "Auto-tags (phone number)" }, kind: "text" },
  { key: "tagsManual", label: { ru: "Ручные теги", en: "Manual tags" }, kind: "text" },
  { key: "tags", label: { ru: "Все теги", en: "All tags" }, kind: "text", meaning: "tags" },
  {
    key: "phoneNumber",
    label: { ru: "Номер, на который звонили", en: "Number that was called" },
    kind: "phone",
    meaning: "phone.own",
  },
  { key: "redirectNumber", label: { ru: "Номер переадресации", en: "Redirected to" }, kind: "phone" },
  {
    key: "duration",
    label: { ru: "Длительность звонка, с", en: "Call duration, s" },
    kind: "integer",
    meaning: "duration",
  },
  { key: "waiting", label: { ru: "Время ожидания, с", en: "Waiting time, s" }, kind: "integer" },
  { key: "successful", label: { ru: "Звонок состоялся", en: "Call was answered" }, kind: "boolean" },
  { key: "unique", label: { ru: "Уникальный звонок", en: "Unique call" }, kind: "boolean" },
  { key: "target", label: { ru: "Целевой звонок", en: "Target call" }, kind: "boolean" },
  { key: "uniqueTarget", label: { ru: "Уникально-целевой звонок", en: "Unique target call" }, kind: "boolean" },
  { key: "callback", label: { ru: "Обратный звонок", en: "Callback" }, kind: "boolean" },
  { key: "url", label: { ru: "Страница сайта", en: "Page of the site" }, kind: "text", meaning: "url" },
  { key: "hostname", label: { ru: "Домен сайта", en: "Site's domain" }, kind: "text" },
  { key: "siteName", label: { ru: "Название сайта", en: "Site's name" }, kind: "text" },
  { key: "manager", label: { ru: "Менеджер", en: "Manager" }, kind: "text", meaning: "manager" },
  { key: "statusDetails", label: { ru: "Подробный статус звонка", en: "Call status details" }, kind: "text" },
  { key: "comment", label: { ru: "Комментарий", en: "Comment" }, kind: "text", meaning: "comment" },
];

const visitSample: JsonObject = {
  source: "yandex",
  medium: "cpc",
  utmSource: "yandex",
  utmMedium: "cpc",
  utmCampaign: "summer-sale",
  utmContent: "banner-2",
  utmTerm: "купить велосипед",
  keyword: "купить велосипед",
  googleClientId: "1234567890.1700000000",
  yandexClientId: "1690000000000000001",
  calltouchClientId: "1234567890123456789",
  sessionId: "555001",
  city: "Москва",
  referrer: "https://ya.ru/",
  device: "desktop",
  os: "Windows",
  browser: "Chrome",
  ip: "192.0.2.1",
};

export const callSample: JsonObject = {
  callId: "100001",
  callerNumber: "79990000001",
  callDate: "2026-01-10T09:00:00.000Z",
  ...visitSample,
  tagsDtmf: "Отдел продаж",
  tagsPhone: "Москва",
  tagsManual: "купил",
  tags: "Отдел продаж, Москва, купил",
  phoneNumber: "74950000001",
  redirectNumber: "74950000002",
  duration: 42,
  waiting: 5,
  successful: true,
  unique: true,
  target: true,
  uniqueTarget: true,
  callback: false,
  url: "https://shop.example/",
  hostname: "shop.example",
  siteName: "shop.example",
  manager: "Ольга",
  statusDetails: "Успешный звонок",
  comment: "Просил перезвонить",
};

export const requestFields: readonly Field[] = [
  { key: "requestId", label: { ru: "ID заявки", en: "Request ID" }, kind: "text", meaning: "request.id", common: true },
  { key: "requestNumber", label: { ru: "Номер заявки", en: "Request number" }, kind: "text" },
  {
    key: "requestDate",
    label: { ru: "Дата и время заявки", en: "Date and time of the request" },
    kind: "dateTime",
    meaning: "createdAt",
    common: true,
  },
  { key: "phone", label: { ru: "Телефон", en: "Phone" }, kind: "phone", meaning: "phone", common: true },
  { key: "email", label: same("Email"), kind: "email", meaning: "email", common: true },
  { key: "fullName", label: { ru: "ФИО", en: "Full name" }, kind: "text", meaning: "name.full", common: true },
  { key: "subject", label: { ru: "Тема заявки", en: "Subject" }, kind: "text", meaning: "title" },
  { key: "comment", label: { ru: "Комментарий", en: "Comment" }, kind: "text", meaning: "comment" },
  { key: "requestUrl", label: { ru: "Страница заявки", en: "Page of the request" }, kind: "text", meaning: "url" },
  ...visit({ ru: "заявки", en: "Request" }),
  { key: "requestStatus", label: { ru: "Статус заявки", en: "Request status" }, kind: "text" },
  { key: "manager", label: { ru: "Менеджер", en: "Manager" }, kind: "text", meaning: "manager" },
  { key: "tags", label: { ru: "Теги заявки", en: "Request tags" }, kind: "text", meaning: "tags" },
  { key: "unique", label: { ru: "Уникальная заявка", en: "Unique request" }, kind: "boolean" },
  { key: "target", label: { ru: "Целевая заявка", en: "Target request" }, kind: "boolean" },
  { key: "uniqueTarget", label: { ru: "Уникально-целевая заявка", en: "Unique target request" }, kind: "boolean" },
];

export const requestSample: JsonObject = {
  requestId: "200001",
  requestNumber: "200001",
  requestDate: "2026-01-10T09:00:00.000Z",
  phone: "79990000001",
  email: "anna@example.com",
  fullName: "Анна Петрова",
  subject: "Обратный звонок",
  comment: "Есть ли доставка?",
  requestUrl: "https://shop.example/contacts",
  ...visitSample,
  requestStatus: "NOT_SET",
  manager: "Ольга",
  tags: "доставка",
  unique: true,
  target: true,
  uniqueTarget: true,
};

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
    key: "createMissing",
    label: { ru: "Создать, если сделки нет", en: "Create when there is no such deal" },
    kind: "boolean",
    hint: {
      ru: "Новая сделка не будет привязана к звонку или заявке.",
      en: "The new deal won't belong to a call or a request.",
    },
  },
];

export const dealOutput: readonly Field[] = [
  { key: "orderNumber", label: { ru: "ID сделки", en: "Deal ID" }, kind: "text", meaning: "deal.id" },
  { key: "calltouchOrderId", label: { ru: "ID сделки внутри Calltouch", en: "Calltouch's own deal ID" }, kind: "text" },
  { key: "created", label: { ru: "Создана сейчас", en: "Created now" }, kind: "boolean" },
];
export const dealSample: JsonObject = { orderNumber: "100001", calltouchOrderId: "900001", created: true };

export const requestInput: readonly Field[] = [
  { key: "phone", label: { ru: "Телефон", en: "Phone" }, kind: "phone", meaning: "phone", common: true },
  { key: "email", label: same("Email"), kind: "email", meaning: "email", common: true },
  { key: "fullName", label: { ru: "ФИО", en: "Full name" }, kind: "text", meaning: "name.full", common: true },
  {
    key: "subject",
    label: { ru: "Тема заявки", en: "Subject" },
    kind: "text",
    required: true,
    meaning: "title",
    common: true,
  },
  { key: "comment", label: { ru: "Комментарий", en: "Comment" }, kind: "longText", meaning: "comment", common: true },
  {
    key: "requestNumber",
    label: { ru: "Номер заявки", en: "Request number" },
    kind: "text",
    meaning: "externalId",
    hint: { ru: "Если пусто, номер будет выбран сам.", en: "Chosen by itself when empty." },
  },
  { key: "requestUrl", label: { ru: "Страница заявки", en: "Page of the request" }, kind: "text", meaning: "url" },
  {
    key: "requestDate",
    label: { ru: "Дата и время заявки", en: "Date and time of the request" },
    kind: "dateTime",
    meaning: "createdAt",
  },
  { key: "source", label: { ru: "Источник", en: "Source" }, kind: "text", meaning: "source" },
  { key: "medium", label: { ru: "Тип источника", en: "Source type" }, kind: "text", meaning: "medium" },
  { key: "campaign", label: { ru: "Кампания", en: "Campaign" }, kind: "text", meaning: "campaign" },
  { key: "content", label: { ru: "Содержание", en: "Content" }, kind: "text", meaning: "utm.content" },
  { key: "term", label: { ru: "Ключевое слово", en: "Term" }, kind: "text", meaning: "utm.term" },
  { key: "manager", label: { ru: "Менеджер", en: "Manager" }, kind: "text", meaning: "manager" },
  { key: "tags", label: { ru: "Теги", en: "Tags" }, kind: "text", many: true, meaning: "tags" },
];

/** What is written about leads: requests, calls, their tags and custom fields, and how a lead is named. */
import type { Field } from "../kit/define.ts";
import { same } from "../kit/words.ts";

const customHint = {
  ru: "По строке на поле: «имя: значение». Имена – как в Calltouch: «Настройки → Пользовательские поля».",
  en: "A line per field: “name: value”. The names are those of Calltouch: “Settings → Custom fields”.",
};
export const customInput: Field = {
  key: "customFields",
  label: { ru: "Пользовательские поля", en: "Custom fields" },
  kind: "longText",
  syntax: "lines",
  hint: customHint,
};
export const leadCustomInput: Field = {
  key: "leadCustomFields",
  label: { ru: "Пользовательские поля обращения", en: "Custom fields of the lead" },
  kind: "longText",
  syntax: "lines",
  hint: customHint,
};

/** A source that isn't a visit of the site. */
export const customSource: readonly Field[] = [
  { key: "source", label: { ru: "Источник", en: "Source" }, kind: "text", meaning: "source" },
  { key: "medium", label: { ru: "Тип источника", en: "Source type" }, kind: "text", meaning: "medium" },
  { key: "campaign", label: { ru: "Кампания", en: "Campaign" }, kind: "text", meaning: "campaign" },
  { key: "content", label: { ru: "Содержание", en: "Content" }, kind: "text", meaning: "utm.content" },
  { key: "term", label: { ru: "Ключевое слово", en: "Term" }, kind: "text", meaning: "utm.term" },
];

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
  ...customSource,
  { key: "manager", label: { ru: "Менеджер", en: "Manager" }, kind: "text", meaning: "manager" },
  { key: "tags", label: { ru: "Теги", en: "Tags" }, kind: "text", many: true, meaning: "tags" },
  customInput,
  {
    key: "sessionId",
    label: { ru: "ID сессии Calltouch", en: "Calltouch session ID" },
    kind: "text",
    hint: {
      ru: "Если ваш сайт его передаёт: заявка получит источник этого посещения. Источник и поля отсюда тогда не отправляются.",
      en: "When your site hands it on: the request gets the source of that visit. Source and fields from here aren't sent then.",
    },
  },
];

export const callInput: readonly Field[] = [
  {
    key: "clientPhone",
    label: { ru: "Номер звонящего", en: "Caller's number" },
    kind: "phone",
    required: true,
    meaning: "phone",
    common: true,
  },
  {
    key: "ownPhone",
    label: { ru: "Номер, на который звонили", en: "Number that was called" },
    kind: "phone",
    required: true,
    meaning: "phone.own",
    common: true,
  },
  {
    key: "callDate",
    label: { ru: "Дата и время звонка", en: "Date and time of the call" },
    kind: "dateTime",
    meaning: "createdAt",
    common: true,
  },
  {
    key: "duration",
    label: { ru: "Длительность звонка, с", en: "Call duration, s" },
    kind: "integer",
    meaning: "duration",
    common: true,
  },
  { key: "waiting", label: { ru: "Время ожидания, с", en: "Waiting time, s" }, kind: "integer" },
  {
    key: "status",
    label: { ru: "Статус звонка", en: "Call status" },
    kind: "choice",
    open: true,
    choices: [
      { value: "successful", label: { ru: "состоялся", en: "answered" } },
      { value: "unsuccessful", label: { ru: "не состоялся", en: "not answered" } },
    ],
  },
  {
    key: "referenceId",
    label: { ru: "Внешний ID звонка", en: "External call ID" },
    kind: "text",
    meaning: "externalId",
    hint: {
      ru: "Второй раз звонок с тем же ID Calltouch не примет. Если пусто, будет выбран сам.",
      en: "Calltouch takes a call with the same ID only once. Chosen by itself when empty.",
    },
  },
  { key: "recordUrl", label: { ru: "Ссылка на запись", en: "Link to the recording" }, kind: "text", meaning: "url" },
  { key: "comment", label: { ru: "Комментарий", en: "Comment" }, kind: "longText", meaning: "comment" },
  ...customSource,
  { key: "tags", label: { ru: "Теги", en: "Tags" }, kind: "text", many: true, meaning: "tags" },
];

/** A lead that is there already, by its id or by its contact. */
export const leadKeys: readonly Field[] = [
  { key: "callId", label: { ru: "ID звонка", en: "Call ID" }, kind: "text", meaning: "call.id", common: true },
  { key: "requestId", label: { ru: "ID заявки", en: "Request ID" }, kind: "text", meaning: "request.id", common: true },
  {
    key: "phone",
    label: { ru: "Телефон", en: "Phone" },
    kind: "phone",
    meaning: "phone",
    common: true,
    hint: {
      ru: "Если ID нет, обращение ищется по телефону или email.",
      en: "Without an ID the lead is found by its phone or email.",
    },
  },
  { key: "email", label: same("Email"), kind: "email", meaning: "email", common: true },
];
export const searchFields: readonly Field[] = [
  {
    key: "leadType",
    label: { ru: "Какое обращение", en: "Which lead" },
    kind: "choice",
    initial: "nearest",
    choices: [
      { value: "nearest", label: { ru: "последнее", en: "the latest" } },
      { value: "nearestUniq", label: { ru: "последнее уникальное", en: "the latest unique one" } },
    ],
  },
  {
    key: "searchDays",
    label: { ru: "Искать за столько дней", en: "Search back so many days" },
    kind: "integer",
    initial: "180",
  },
];

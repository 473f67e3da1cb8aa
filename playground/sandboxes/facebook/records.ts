/** What Meta holds here: one app, one person with two pages, their lead forms and leads. */
import type { SandboxButton } from "../types.ts";

export const APP = { id: "7000001", secret: "fb-sandbox-app-secret-3c9e" };
export const USER = { id: "9000001", name: "Анна Петрова" };
export const USER_TOKEN = "EAAsandboxUser4d21c7";

export interface Page {
  readonly id: string;
  readonly name: string;
  readonly token: string;
}
export const PAGES: readonly Page[] = [
  { id: "1000001", name: "Сервис на Садовой", token: "EAAsandboxPageOne81fa" },
  { id: "1000002", name: "Сервис на Лесной", token: "EAAsandboxPageTwo52be" },
];

export interface Question {
  readonly id: string;
  readonly key: string;
  readonly label: string;
  readonly type: string;
  readonly options?: readonly { readonly key: string; readonly value: string }[];
}
export interface Form {
  readonly id: string;
  readonly page: string;
  readonly name: string;
  readonly status: string;
  readonly locale: string;
  readonly questions: readonly Question[];
}
const PERSON: readonly Question[] = [
  { id: "1", key: "full_name", label: "Полное имя", type: "FULL_NAME" },
  { id: "2", key: "phone_number", label: "Номер телефона", type: "PHONE" },
  { id: "3", key: "email", label: "Электронный адрес", type: "EMAIL" },
];
export const FORMS: readonly Form[] = [
  {
    id: "4000001",
    page: "1000001",
    name: "Заявка на ремонт",
    status: "ACTIVE",
    locale: "ru_RU",
    questions: [
      ...PERSON,
      { id: "4", key: "что_сломалось?", label: "Что сломалось?", type: "CUSTOM" },
      {
        id: "5",
        key: "когда_удобно?",
        label: "Когда удобно?",
        type: "CUSTOM",
        options: [
          { key: "утром", value: "Утром" },
          { key: "вечером", value: "Вечером" },
        ],
      },
    ],
  },
  // Forms of other languages name even the standard questions in their own words.
  {
    id: "4000002",
    page: "1000001",
    name: "Обратный звонок",
    status: "ACTIVE",
    locale: "ru_RU",
    questions: [
      { id: "6", key: "имя_и_фамилия", label: "Имя и фамилия", type: "FULL_NAME" },
      { id: "7", key: "телефон", label: "Телефон", type: "PHONE" },
    ],
  },
  { id: "4000003", page: "1000002", name: "Заявка на Лесной", status: "ACTIVE", locale: "ru_RU", questions: PERSON },
];

export interface Lead {
  readonly id: string;
  readonly form: string;
  readonly page: string;
  /** Unix seconds. */
  readonly created: number;
  readonly ad: string | null;
  readonly fields: readonly { readonly name: string; readonly values: readonly string[] }[];
  /** Reads that have been refused since the event, where the switch says so. */
  readonly refused: number;
}
/** The app's only webhook for pages. */
export interface Subscription {
  readonly callback_url: string;
  readonly verify_token: string;
  readonly fields: readonly string[];
}
export interface Delivery {
  readonly id: number;
  readonly at: string;
  readonly page: string;
  readonly lead: string;
  readonly status: number;
  /** Bytes as they went out. */
  readonly body: string;
}

export const BUTTONS: readonly SandboxButton[] = [
  {
    key: "lead",
    label: { ru: "Заявка с лид-формы", en: "Lead from a form" },
    fields: [
      {
        key: "form",
        label: { ru: "Форма", en: "Form" },
        value: "4000001",
        choices: FORMS.map(({ id, name }) => ({ value: id, label: { ru: name, en: name } })),
      },
      { key: "name", label: { ru: "Имя", en: "Name" }, value: "Анна Петрова" },
      { key: "phone", label: { ru: "Телефон", en: "Phone" }, value: "+79001234567" },
      { key: "email", label: { ru: "Почта", en: "E-mail" }, value: "anna@example.test" },
      { key: "broke", label: { ru: "Что сломалось", en: "What broke" }, value: "Телефон не заряжается" },
      { key: "when", label: { ru: "Когда удобно", en: "When" }, value: "Утром" },
      { key: "ad", label: { ru: "ID объявления (пусто – нет)", en: "Ad id (empty: organic)" }, value: "3000001" },
      { key: "daysAgo", label: { ru: "Дней назад", en: "Days ago" }, value: "0" },
    ],
  },
  { key: "again", label: { ru: "Повторить последнее событие", en: "Send the last event again" }, fields: [] },
];

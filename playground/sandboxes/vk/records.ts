/** What a VK community is made of here: one community, its forms, leads and callback servers. */
import type { SandboxButton } from "../types.ts";

export const COMMUNITY_KEY = "vk1.a.sandbox-community-key-6f1c02";
export const USER_TOKEN = "vk1.a.sandbox-user-token-91ab5d";
export const GROUP = {
  id: 219000111,
  name: "Мастерская на Садовой",
  screen_name: "masterskaya",
  is_closed: 0,
  type: "group",
};

export interface Question {
  readonly key: string;
  readonly type: string;
  readonly label: string;
  readonly options?: readonly { readonly key: string; readonly label: string }[];
}
export interface Form {
  readonly form_id: number;
  readonly name: string;
  readonly title: string;
  readonly active: number;
  readonly questions: readonly Question[];
}
/** What a person chose or typed, by the question's key. */
export type Answers = Readonly<Record<string, readonly string[]>>;
export interface Lead {
  readonly id: number;
  readonly form: number;
  readonly user: number;
  /** Unix seconds. */
  readonly date: number;
  readonly ad: number | null;
  readonly answers: Answers;
}
export interface Server {
  readonly id: number;
  readonly title: string;
  readonly url: string;
  readonly secret_key: string;
  readonly status: "unconfigured" | "wait" | "failed" | "ok";
  readonly api_version: string;
  readonly events: Readonly<Record<string, number>>;
}
export interface Delivery {
  readonly id: number;
  readonly at: string;
  readonly type: string;
  readonly server: number;
  /** The answer, as VK judges it. */
  readonly result: string;
  readonly body: Record<string, unknown>;
}

export const FORMS: readonly Form[] = [
  {
    form_id: 1,
    name: "Заявка на ремонт",
    title: "Оставьте заявку",
    active: 1,
    questions: [
      { key: "first_name", type: "input", label: "Имя" },
      { key: "last_name", type: "input", label: "Фамилия" },
      { key: "phone_number", type: "input", label: "Номер телефона" },
      { key: "email", type: "input", label: "Адрес электронной почты" },
      {
        key: "custom_0",
        type: "radio",
        label: "Удобное время?",
        options: [
          { key: "a", label: "Утро" },
          { key: "b", label: "Вечер" },
        ],
      },
      {
        key: "custom_1",
        type: "checkbox",
        label: "Что сломалось?",
        options: [
          { key: "a", label: "Телефон" },
          { key: "b", label: "Ноутбук" },
          { key: "c", label: "Часы" },
        ],
      },
    ],
  },
  {
    form_id: 2,
    name: "Вопрос мастеру",
    title: "Спросите мастера",
    active: 1,
    questions: [
      { key: "first_name", type: "input", label: "Имя" },
      { key: "phone_number", type: "input", label: "Номер телефона" },
      { key: "custom_0", type: "textarea", label: "Ваш вопрос" },
    ],
  },
];

/** VK sends phones as people read them. */
export function shownPhone(phone: string): string {
  const digits = phone.replace(/\D/g, "");
  const parts = /^7(\d{3})(\d{3})(\d{2})(\d{2})$/.exec(digits);
  return parts ? `+7 (${parts[1]}) ${parts[2]}-${parts[3]}-${parts[4]}` : phone;
}

export const BUTTONS: readonly SandboxButton[] = [
  {
    key: "lead",
    label: { ru: "Заявка с формы", en: "Lead form request" },
    fields: [
      {
        key: "form",
        label: { ru: "Форма", en: "Form" },
        value: "1",
        choices: FORMS.map(({ form_id, name }) => ({ value: String(form_id), label: { ru: name, en: name } })),
      },
      { key: "first_name", label: { ru: "Имя", en: "First name" }, value: "Анна" },
      { key: "last_name", label: { ru: "Фамилия", en: "Last name" }, value: "Петрова" },
      { key: "phone_number", label: { ru: "Телефон", en: "Phone" }, value: "79001234567" },
      { key: "email", label: { ru: "Почта", en: "E-mail" }, value: "anna@example.test" },
      { key: "custom_0", label: { ru: "Первый вопрос", en: "First question" }, value: "Утро" },
      {
        key: "custom_1",
        label: { ru: "Второй вопрос (через запятую)", en: "Second question (commas between)" },
        value: "Телефон, Часы",
      },
      { key: "ad", label: { ru: "ID объявления (пусто – нет)", en: "Ad id (empty: none)" }, value: "" },
    ],
  },
  { key: "again", label: { ru: "Повторить последнее событие", en: "Send the last event again" }, fields: [] },
  { key: "serverDown", label: { ru: "Серверы не отвечают", en: "Servers don't answer" }, fields: [] },
  { key: "eventOff", label: { ru: "Снять галочку события", en: "Untick the event" }, fields: [] },
];

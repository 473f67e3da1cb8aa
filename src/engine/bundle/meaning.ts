/** What a field means when its declaration doesn't say: custom fields of an account, keys that a webhook brought. */
import type { Field, Json, Meaning } from "../../connectors/kit/fields.ts";
import { compact } from "./words.ts";

/** Whole names by which services and people call things, both languages. */
const NAMES: Readonly<Partial<Record<Meaning, readonly string[]>>> = {
  phone: [
    "phone",
    "phone number",
    "tel",
    "telephone",
    "mobile",
    "mobile phone",
    "client phone",
    "caller phone",
    "телефон",
    "номер телефона",
    "мобильный",
    "тел",
    "телефон клиента",
  ],
  email: ["email", "e-mail", "mail", "почта", "электронная почта", "эл. почта", "емейл"],
  "name.full": ["name", "full name", "fio", "фио", "имя и фамилия", "contact name", "client name", "контактное лицо"],
  "name.first": ["first name", "firstname", "имя", "имя клиента"],
  "name.last": ["last name", "surname", "lastname", "фамилия", "фамилия клиента"],
  "name.middle": ["middle name", "patronymic", "отчество"],
  company: ["company", "company name", "organization", "компания", "организация", "название компании"],
  title: [
    "title",
    "subject",
    "тема",
    "заголовок",
    "название",
    "сделка",
    "название сделки",
    "deal",
    "lead",
    "deal name",
  ],
  comment: ["comment", "message", "note", "комментарий", "сообщение", "примечание", "вопрос"],
  amount: ["amount", "sum", "total", "price", "budget", "сумма", "итого", "бюджет", "стоимость"],
  currency: ["currency", "валюта"],
  city: ["city", "город"],
  address: ["address", "адрес"],
  url: ["url", "page", "page url", "link", "страница", "ссылка"],
  source: ["source", "источник"],
  medium: ["medium", "channel", "канал", "тип источника", "тип трафика"],
  campaign: ["campaign", "кампания", "рекламная кампания"],
  "utm.source": ["utm_source"],
  "utm.medium": ["utm_medium"],
  "utm.campaign": ["utm_campaign"],
  "utm.content": ["utm_content"],
  "utm.term": ["utm_term"],
  "clientId.google": [
    "google client id",
    "gclid",
    "ga client id",
    "client id google",
    "google analytics client id",
    "id клиента для google analytics",
    "gcid",
  ],
  "clientId.yandex": [
    "yandex client id",
    "ya client id",
    "ym client id",
    "client id yandex",
    "yandex metrica client id",
    "id клиента для яндекс.метрики",
    "яндекс client id",
  ],
  tags: ["tags", "теги", "метки", "тэги"],
  createdAt: ["created", "created at", "date", "дата", "дата создания"],
  externalId: ["external id", "внешний id"],
};

const BY_NAME = new Map<string, Meaning>();
for (const [meaning, names] of Object.entries(NAMES)) {
  for (const name of names) if (isMeaning(meaning)) BY_NAME.set(compact(name), meaning);
}

function isMeaning(name: string): name is Meaning {
  return Object.hasOwn(NAMES, name);
}

/** Declared, or told by the field's key or label. */
export function meaningOf(field: Field): Meaning | undefined {
  if (field.meaning !== undefined) return field.meaning;
  const lastPart =
    field.key
      .replace(/\.\d+$/, "")
      .split(".")
      .at(-1) ?? "";
  for (const name of [field.label.ru, field.label.en, lastPart]) {
    const found = BY_NAME.get(compact(name));
    if (found !== undefined) return found;
  }
  return undefined;
}

/** What a value of an unknown field looks like. */
export function kindOf(value: Json): Field["kind"] {
  if (typeof value === "boolean") return "boolean";
  if (typeof value === "number") return Number.isInteger(value) ? "integer" : "decimal";
  if (typeof value === "object") return "object";
  if (/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(value)) return "email";
  if (/^\+?\d[\d\s()-]{9,17}$/.test(value) && /^\d{11,12}$/.test(value.replace(/\D/g, ""))) return "phone";
  if (/^\d{4}-\d{2}-\d{2}(?:[T ]|$)/.test(value)) return "dateTime";
  return value.length > 200 ? "longText" : "text";
}

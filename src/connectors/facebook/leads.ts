/** A lead in one shape: standard questions by their type, own ones under `answers`. */
import type { Field, Json, JsonObject } from "../kit/define.ts";
import type { FieldKind, Meaning, Text } from "../kit/fields.ts";
import { booleanOf, objectsOf, textOf } from "../kit/read.ts";
import { parseLocal } from "../kit/time.ts";
import { same } from "../kit/words.ts";
import type { Page } from "./pages.ts";

/** Types of questions that Facebook offers itself, best source first. */
const STANDARD: readonly (readonly [
  key: string,
  types: readonly string[],
  label: Text,
  kind: FieldKind,
  meaning?: Meaning,
])[] = [
  ["fullName", ["FULL_NAME"], { ru: "Полное имя", en: "Full name" }, "text", "name.full"],
  ["firstName", ["FIRST_NAME"], { ru: "Имя", en: "First name" }, "text", "name.first"],
  ["lastName", ["LAST_NAME"], { ru: "Фамилия", en: "Last name" }, "text", "name.last"],
  ["phone", ["PHONE", "WORK_PHONE_NUMBER"], { ru: "Номер телефона", en: "Phone number" }, "phone", "phone"],
  ["email", ["EMAIL", "WORK_EMAIL"], { ru: "Электронный адрес", en: "Email" }, "email", "email"],
  ["city", ["CITY"], { ru: "Город", en: "City" }, "text", "city"],
  ["street", ["STREET_ADDRESS"], { ru: "Почтовый адрес", en: "Street address" }, "text", "address"],
  ["company", ["COMPANY_NAME"], { ru: "Название компании", en: "Company name" }, "text", "company"],
  ["jobTitle", ["JOB_TITLE"], { ru: "Должность", en: "Job title" }, "text"],
];

/** In forms of other languages keys are translated, types never are. Without the form the usual English keys must do. */
const KEY_OF_TYPE: Readonly<Record<string, string>> = { PHONE: "phone_number" };
const usualKey = (type: string): string => KEY_OF_TYPE[type] ?? type.toLowerCase();
const STANDARD_TYPES = new Set(STANDARD.flatMap(([, types]) => types));

export const leadFields: readonly Field[] = [
  { key: "leadId", label: { ru: "ID заявки", en: "Lead ID" }, kind: "text", meaning: "request.id" },
  { key: "createdAt", label: { ru: "Дата и время заявки", en: "Created at" }, kind: "dateTime", meaning: "createdAt" },
  ...STANDARD.map(([key, , label, kind, meaning]): Field => ({ key, label, kind, ...(meaning ? { meaning } : {}) })),
  {
    key: "answersText",
    label: { ru: "Ответы на вопросы формы", en: "Answers to the form's questions" },
    kind: "longText",
    meaning: "comment",
  },
  { key: "formId", label: { ru: "ID формы", en: "Form ID" }, kind: "text" },
  { key: "formName", label: { ru: "Название формы", en: "Form name" }, kind: "text" },
  { key: "pageId", label: { ru: "ID страницы", en: "Page ID" }, kind: "text" },
  { key: "pageName", label: { ru: "Страница", en: "Page" }, kind: "text" },
  { key: "adId", label: { ru: "ID объявления", en: "Ad ID" }, kind: "text" },
  { key: "adName", label: { ru: "Объявление", en: "Ad" }, kind: "text" },
  { key: "adsetId", label: { ru: "ID группы объявлений", en: "Ad set ID" }, kind: "text" },
  { key: "adsetName", label: { ru: "Группа объявлений", en: "Ad set" }, kind: "text" },
  { key: "campaignId", label: { ru: "ID кампании", en: "Campaign ID" }, kind: "text" },
  { key: "campaignName", label: { ru: "Кампания", en: "Campaign" }, kind: "text", meaning: "campaign" },
  { key: "isOrganic", label: { ru: "Без рекламы", en: "Organic" }, kind: "boolean" },
  {
    key: "platform",
    label: { ru: "Площадка", en: "Platform" },
    kind: "choice",
    open: true,
    choices: [
      { value: "fb", label: same("Facebook (fb)") },
      { value: "ig", label: same("Instagram (ig)") },
    ],
    meaning: "source",
  },
];

export const leadSample: JsonObject = {
  leadId: "5000001",
  createdAt: "2026-01-10T09:00:00.000Z",
  fullName: "Анна Петрова",
  firstName: "Анна",
  lastName: "Петрова",
  phone: "+79001234567",
  email: "anna@example.ru",
  city: null,
  street: null,
  company: null,
  jobTitle: null,
  answersText: "Что сломалось?: Телефон не заряжается",
  formId: "4000001",
  formName: "Заявка на ремонт",
  pageId: "1000001",
  pageName: "Сервис на Садовой",
  adId: "3000001",
  adName: "Объявление 1",
  adsetId: null,
  adsetName: null,
  campaignId: "2100001",
  campaignName: "Ремонт, весна",
  isOrganic: false,
  platform: "fb",
  answers: {},
};

export const LEAD =
  "id,created_time,field_data,form_id,ad_id,ad_name,adset_id,adset_name,campaign_id,campaign_name,is_organic,platform";

/** A key may hold anything; a dot would break the path. */
const safe = (key: string): string => key.replace(/[^\p{L}\p{N}_-]+/gu, "_").replace(/^_+|_+$/g, "") || "_";

interface Question {
  readonly key: string;
  readonly type: string;
  readonly label: string;
  readonly options: ReadonlyMap<string, string>;
}

function questionsOf(form: JsonObject): Question[] {
  return objectsOf(form.questions).flatMap((one) => {
    const key = textOf(one.key);
    if (key === null) return [];
    const options = objectsOf(one.options).flatMap((option): [string, string][] => {
      const name = textOf(option.key);
      return name === null ? [] : [[name, textOf(option.value) ?? name]];
    });
    return [{ key, type: textOf(one.type) ?? "CUSTOM", label: textOf(one.label) ?? key, options: new Map(options) }];
  });
}

/** Own questions of the forms as output fields. */
export function questionFields(forms: readonly JsonObject[]): Field[] {
  const fields = new Map<string, Field>();
  for (const { key, type, label } of forms.flatMap(questionsOf)) {
    if (STANDARD_TYPES.has(type) || fields.has(safe(key))) continue;
    fields.set(safe(key), { key: `answers.${safe(key)}`, label: { ru: label, en: label }, kind: "text", custom: true });
  }
  return [...fields.values()];
}

/** Forms ask for one or the other. A profile's full name has the first name first. */
function namesOf(full: string | undefined, first: string | undefined, last: string | undefined): JsonObject {
  if (full === undefined) {
    return {
      fullName: [first, last].filter(Boolean).join(" ") || null,
      firstName: first ?? null,
      lastName: last ?? null,
    };
  }
  const [head, ...rest] = full.split(/\s+/);
  return { fullName: full, firstName: first ?? head ?? null, lastName: last ?? (rest.join(" ") || null) };
}

export function leadOf(lead: JsonObject, form: JsonObject, page: Page): JsonObject {
  const questions = questionsOf(form);
  const answers = objectsOf(lead.field_data).flatMap((one) => {
    const key = textOf(one.name);
    if (key === null) return [];
    const question = questions.find((known) => known.key === key);
    const values = (Array.isArray(one.values) ? one.values : [one.values ?? null]).flatMap(
      (value) => textOf(value) ?? [],
    );
    const text = values.map((value) => question?.options.get(value) ?? value).join(", ");
    const type = question?.type ?? [...STANDARD_TYPES].find((known) => usualKey(known) === key) ?? "CUSTOM";
    return text === "" ? [] : [{ key, type, label: question?.label ?? key, text }];
  });
  const ofType = (type: string) => answers.find((answer) => answer.type === type)?.text;
  const standard = STANDARD.map(([key, types]): [string, Json] => [
    key,
    types.map(ofType).find((text) => text !== undefined) ?? null,
  ]);
  const names = namesOf(ofType("FULL_NAME"), ofType("FIRST_NAME"), ofType("LAST_NAME"));
  const own = answers.filter(({ type }) => !STANDARD_TYPES.has(type));
  return {
    leadId: textOf(lead.id),
    createdAt: parseLocal(textOf(lead.created_time) ?? "", "UTC")?.toISOString() ?? null,
    ...Object.fromEntries(standard),
    ...names,
    answersText: own.length === 0 ? null : own.map(({ label, text }) => `${label}: ${text}`).join("\n"),
    formId: textOf(lead.form_id) ?? textOf(form.id),
    formName: textOf(form.name),
    pageId: page.id,
    pageName: page.name,
    adId: textOf(lead.ad_id),
    adName: textOf(lead.ad_name),
    adsetId: textOf(lead.adset_id),
    adsetName: textOf(lead.adset_name),
    campaignId: textOf(lead.campaign_id),
    campaignName: textOf(lead.campaign_name),
    isOrganic: booleanOf(lead.is_organic),
    platform: textOf(lead.platform),
    answers: Object.fromEntries(own.map(({ key, text }) => [safe(key), text])),
  };
}

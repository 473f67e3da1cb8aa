/** A lead in one shape, whether an event brought it or the list of a form. */
import type { Field, HookRequest, Json, JsonObject } from "../kit/define.ts";
import { isObject, listOf, numberOf, objectOf, objectsOf, textOf } from "../kit/read.ts";

/** Questions that VK itself offers, by the key of their answers. */
const STANDARD: Readonly<Record<string, string>> = {
  first_name: "firstName",
  last_name: "lastName",
  patronymic_name: "patronymic",
  email: "email",
  phone_number: "phone",
  age: "age",
  birthday: "birthday",
  location: "location",
};

export const leadFields: readonly Field[] = [
  { key: "leadId", label: { ru: "ID заявки", en: "Lead ID" }, kind: "text", meaning: "request.id" },
  { key: "formId", label: { ru: "ID формы", en: "Form ID" }, kind: "text" },
  { key: "formName", label: { ru: "Название формы", en: "Form name" }, kind: "text" },
  { key: "firstName", label: { ru: "Имя", en: "First name" }, kind: "text", meaning: "name.first" },
  { key: "lastName", label: { ru: "Фамилия", en: "Last name" }, kind: "text", meaning: "name.last" },
  { key: "patronymic", label: { ru: "Отчество", en: "Middle name" }, kind: "text", meaning: "name.middle" },
  { key: "phone", label: { ru: "Номер телефона", en: "Phone number" }, kind: "phone", meaning: "phone" },
  { key: "email", label: { ru: "Адрес электронной почты", en: "E-mail address" }, kind: "email", meaning: "email" },
  { key: "age", label: { ru: "Возраст", en: "Age" }, kind: "text" },
  { key: "birthday", label: { ru: "Дата рождения", en: "Date of birth" }, kind: "text" },
  { key: "location", label: { ru: "Город", en: "City" }, kind: "text", meaning: "city" },
  { key: "answersText", label: { ru: "Все ответы", en: "All answers" }, kind: "longText", meaning: "comment" },
  { key: "userId", label: { ru: "ID пользователя ВКонтакте", en: "VK user ID" }, kind: "text" },
  { key: "userUrl", label: { ru: "Страница пользователя", en: "User's page" }, kind: "text", meaning: "url" },
  { key: "adId", label: { ru: "ID объявления", en: "Ad ID" }, kind: "text" },
  {
    key: "createdAt",
    label: { ru: "Дата и время заявки", en: "Date and time" },
    kind: "dateTime",
    meaning: "createdAt",
  },
];

export const leadSample: JsonObject = {
  leadId: "1001",
  formId: "1",
  formName: "Заявка на ремонт",
  firstName: "Анна",
  lastName: "Петрова",
  patronymic: null,
  phone: "+7 (900) 123-45-67",
  email: "anna@example.ru",
  age: null,
  birthday: null,
  location: "Москва",
  answersText: "Удобное время?: Утро",
  userId: "222001",
  userUrl: "https://vk.com/id222001",
  adId: null,
  createdAt: "2026-01-10T09:00:00.000Z",
  answers: {},
};

/** Own questions lie under `answers`; a key may hold anything, and a dot would break the path. */
const keyOf = (key: string): string => key.replace(/[^\p{L}\p{N}_-]/gu, "_");

/** A string, several strings, `{key?, value}` or several of these: events and lists differ. */
function valuesOf(answer: Json | undefined): string[] {
  const parts = Array.isArray(answer) ? answer : [answer ?? null];
  return parts.flatMap((part) => textOf(isObject(part) ? (part.value ?? part.label ?? part.key) : part) ?? []);
}

interface Answer {
  readonly key: string;
  readonly question: string;
  readonly text: string;
}

function readAnswers(answers: Json | undefined, questions: ReadonlyMap<string, string>): Answer[] {
  return objectsOf(answers).flatMap((one) => {
    const key = textOf(one.key);
    const text = valuesOf(one.answer).join(", ");
    if (key === null || text === "") return [];
    return [{ key, question: textOf(one.question) ?? questions.get(key) ?? key, text }];
  });
}

function itemOf(
  lead: JsonObject,
  form: { id: string | null; name: string | null; questions: ReadonlyMap<string, string> },
): JsonObject {
  const answers = readAnswers(lead.answers, form.questions);
  const standard = Object.fromEntries(
    Object.entries(STANDARD).map(([key, name]) => [name, answers.find((answer) => answer.key === key)?.text ?? null]),
  );
  const user = textOf(lead.user_id);
  const ad = textOf(lead.ad_id);
  const seconds = numberOf(lead.date);
  return {
    leadId: textOf(lead.lead_id),
    formId: form.id,
    formName: form.name,
    ...standard,
    answersText: answers.length === 0 ? null : answers.map(({ question, text }) => `${question}: ${text}`).join("\n"),
    userId: user,
    userUrl: user === null ? null : `https://vk.com/id${user}`,
    adId: ad === "0" ? null : ad,
    createdAt: seconds === null ? null : new Date(seconds * 1_000).toISOString(),
    answers: Object.fromEntries(
      answers.filter(({ key }) => !Object.hasOwn(STANDARD, key)).map(({ key, text }) => [keyOf(key), text]),
    ),
  };
}

/** An event says no time: it is told at once, so it happened when it came. */
export function leadFromEvent(request: HookRequest): JsonObject | null {
  const body = objectOf(request.body);
  if (body.type !== "lead_forms_new") return null;
  const lead = objectOf(body.object);
  const item = itemOf(lead, { id: textOf(lead.form_id), name: textOf(lead.form_name), questions: new Map() });
  return item.leadId === null ? null : { ...item, createdAt: request.receivedAt?.toISOString() ?? null };
}

const questionsOf = (form: JsonObject): Map<string, string> =>
  new Map(
    objectsOf(form.questions).flatMap((question): [string, string][] => {
      const key = textOf(question.key) ?? textOf(question.type);
      return key === null ? [] : [[key, textOf(question.label) ?? key]];
    }),
  );

export function leadFromList(lead: JsonObject, form: JsonObject): JsonObject {
  return itemOf(lead, { id: textOf(form.form_id), name: textOf(form.name), questions: questionsOf(form) });
}

/** Own questions of forms as output fields; one that stands in several forms is one. */
export function questionFields(forms: readonly JsonObject[]): Field[] {
  const fields = new Map<string, Field>();
  for (const [key, label] of forms.flatMap((form) => [...questionsOf(form)])) {
    if (Object.hasOwn(STANDARD, key) || fields.has(keyOf(key))) continue;
    fields.set(keyOf(key), {
      key: `answers.${keyOf(key)}`,
      label: { ru: label, en: label },
      kind: "text",
      custom: true,
    });
  }
  return [...fields.values()];
}

/** The form that a person chose, or all of them. */
export function chosen(options: JsonObject, formId: Json | undefined): boolean {
  const wanted = textOf(options.form);
  return wanted === null || wanted === textOf(formId);
}

export const pagesOf = (response: Json): { leads: JsonObject[]; next: string | null } => ({
  leads: listOf(objectOf(response).leads).filter(isObject),
  next: textOf(objectOf(response).next_page_token),
});

/** What amoCRM's records are made of, named as in its own interface. */
import type { Field, JsonObject } from "../kit/define.ts";
import { same } from "../kit/words.ts";

const tags: Field = { key: "tags", label: { ru: "Теги", en: "Tags" }, kind: "text", meaning: "tags" };
const tagsInput: Field = { ...tags, hint: { ru: "Через запятую.", en: "With commas between them." } };
const responsible: Field = {
  key: "responsibleUserId",
  label: { ru: "Ответственный", en: "Responsible user" },
  kind: "reference",
  list: { name: "users" },
  meaning: "manager",
};
const name: Field = { key: "name", label: { ru: "Название", en: "Name" }, kind: "text", common: true };
const personName: Field = { ...name, meaning: "name.full" };
const first: Field = { key: "firstName", label: { ru: "Имя", en: "First name" }, kind: "text", meaning: "name.first" };
const last: Field = { key: "lastName", label: { ru: "Фамилия", en: "Last name" }, kind: "text", meaning: "name.last" };
const phone: Field = {
  key: "phone",
  label: { ru: "Телефон", en: "Phone" },
  kind: "phone",
  meaning: "phone",
  common: true,
};
const email: Field = { key: "email", label: same("Email"), kind: "email", meaning: "email", common: true };

const kinds = (names: readonly (readonly [string, string, string])[]) =>
  names.map(([value, ru, en]) => ({ value, label: { ru, en } }));
const phoneKind: Field = {
  key: "phoneKind",
  label: { ru: "Вид телефона", en: "Kind of phone" },
  kind: "choice",
  choices: kinds([
    ["WORK", "рабочий", "work"],
    ["WORKDD", "рабочий прямой", "work, direct"],
    ["MOB", "мобильный", "mobile"],
    ["FAX", "факс", "fax"],
    ["HOME", "домашний", "home"],
    ["OTHER", "другой", "other"],
  ]),
};
const emailKind: Field = {
  key: "emailKind",
  label: { ru: "Вид почты", en: "Kind of e-mail" },
  kind: "choice",
  choices: kinds([
    ["WORK", "рабочая", "work"],
    ["PRIV", "личная", "private"],
    ["OTHER", "другая", "other"],
  ]),
};
/** Of an update: what becomes of the phones and e-mails that are there. */
const multiRule: Field = {
  key: "multiRule",
  label: { ru: "Прежние телефоны и почта", en: "Phones and e-mails that are there" },
  kind: "choice",
  initial: "add",
  choices: kinds([
    ["add", "оставить и дописать новые", "keep, and add the new ones"],
    ["replace", "заменить новыми", "replace by the new ones"],
    ["fill", "не трогать, если есть", "leave where there are any"],
  ]),
};
const company: Field = { key: "companyId", label: { ru: "ID компании", en: "Company's ID" }, kind: "text" };
const idInput = (ru: string, en: string, meaning: Field["meaning"]): Field => ({
  key: "id",
  label: { ru, en },
  kind: "text",
  required: true,
  ...(meaning ? { meaning } : {}),
});

/** One field tells a record; a proposal that filled several would ask for records that have all of them. */
const alone = ({ meaning: _, common: __, required: ___, ...field }: Field): Field => field;
const anyField: Field = { key: "query", label: { ru: "Любое поле", en: "Any field" }, kind: "text" };

export const contactFind: readonly Field[] = [
  phone,
  alone(email),
  alone({ ...name, label: { ru: "Имя", en: "Name" } }),
  anyField,
  { key: "id", label: { ru: "ID контакта", en: "Contact's ID" }, kind: "text" },
];
/** amoCRM makes the name of its parts, so a proposal fills one of the two. */
export const contactInput: readonly Field[] = [
  personName,
  alone(first),
  alone(last),
  phone,
  phoneKind,
  email,
  emailKind,
  responsible,
  company,
  tagsInput,
];
export const contactUpdate: readonly Field[] = [
  idInput("ID контакта", "Contact's ID", "contact.id"),
  multiRule,
  ...contactInput,
];
export const companyFind: readonly Field[] = [
  phone,
  alone(email),
  alone(name),
  anyField,
  { key: "id", label: { ru: "ID компании", en: "Company's ID" }, kind: "text" },
];
export const companyInput: readonly Field[] = [
  { ...name, meaning: "company", required: true },
  phone,
  phoneKind,
  email,
  emailKind,
  responsible,
  tagsInput,
];
export const companyUpdate: readonly Field[] = [
  idInput("ID компании", "Company's ID", undefined),
  multiRule,
  ...companyInput.map(({ required: _, ...field }) => field),
];

const pipeline: Field = {
  key: "pipelineId",
  label: { ru: "Воронка", en: "Pipeline" },
  kind: "reference",
  list: { name: "pipelines" },
  common: true,
};
const stage: Field = {
  key: "statusId",
  label: { ru: "Этап", en: "Stage" },
  kind: "reference",
  list: { name: "statuses", dependsOn: ["pipelineId"] },
  meaning: "status",
  common: true,
  hint: {
    ru: "Без воронки берётся воронка этапа.",
    en: "Without a pipeline, that of the stage is taken.",
  },
};
const loss: Field = {
  key: "lossReasonId",
  label: { ru: "Причина отказа", en: "Loss reason" },
  kind: "reference",
  list: { name: "lossReasons" },
};
const contactOfLead: Field = {
  key: "contactId",
  label: { ru: "ID контакта", en: "Contact's ID" },
  kind: "text",
  meaning: "contact.id",
  common: true,
};
const price: Field = {
  key: "price",
  label: { ru: "Бюджет", en: "Sale" },
  kind: "decimal",
  meaning: "amount",
  common: true,
};

export const leadFind: readonly Field[] = [
  { ...contactOfLead, hint: { ru: "Ищутся открытые сделки контакта.", en: "Looks for the contact's open leads." } },
  alone(name),
  anyField,
  { key: "id", label: { ru: "ID сделки", en: "Lead's ID" }, kind: "text" },
];
export const leadInput: readonly Field[] = [
  { ...name, meaning: "title" },
  price,
  pipeline,
  stage,
  contactOfLead,
  company,
  responsible,
  loss,
  tagsInput,
];
export const leadUpdate: readonly Field[] = [idInput("ID сделки", "Lead's ID", "deal.id"), ...leadInput];
export const leadMove: readonly Field[] = [
  idInput("ID сделки", "Lead's ID", "deal.id"),
  { ...pipeline, required: true },
  { ...stage, required: true },
  loss,
];

const entityType: Field = {
  key: "entityType",
  label: { ru: "К чему относится", en: "Belongs to" },
  kind: "choice",
  initial: "leads",
  required: true,
  choices: kinds([
    ["leads", "сделка", "lead"],
    ["contacts", "контакт", "contact"],
    ["companies", "компания", "company"],
  ]),
};
const entityId: Field = {
  key: "entityId",
  label: { ru: "ID сделки, контакта или компании", en: "ID of the lead, contact or company" },
  kind: "text",
  required: true,
  meaning: "deal.id",
};
export const taskInput: readonly Field[] = [
  {
    key: "text",
    label: { ru: "Текст задачи", en: "Task's text" },
    kind: "longText",
    required: true,
    meaning: "comment",
  },
  { key: "completeTill", label: { ru: "Срок", en: "Deadline" }, kind: "dateTime", required: true },
  {
    key: "taskTypeId",
    label: { ru: "Тип задачи", en: "Task type" },
    kind: "reference",
    list: { name: "taskTypes" },
  },
  { ...entityType, required: false },
  { ...entityId, required: false, common: true },
  responsible,
];
export const noteInput: readonly Field[] = [
  entityType,
  entityId,
  { key: "text", label: { ru: "Текст", en: "Text" }, kind: "longText", required: true, meaning: "comment" },
];
export const tagInput: readonly Field[] = [entityType, entityId, { ...tagsInput, required: true }];

// ---------------------------------------------------------------- outputs

const times: readonly Field[] = [
  { key: "createdAt", label: { ru: "Дата создания", en: "Created" }, kind: "dateTime", meaning: "createdAt" },
  { key: "updatedAt", label: { ru: "Дата изменения", en: "Changed" }, kind: "dateTime", meaning: "changedAt" },
  { key: "updatedBy", label: { ru: "Кем изменено (ID)", en: "Changed by (ID)" }, kind: "text" },
  { key: "url", label: { ru: "Ссылка на карточку", en: "Link to the card" }, kind: "text" },
];
const id = (ru: string, en: string, meaning?: Field["meaning"]): Field => ({
  key: "id",
  label: { ru, en },
  kind: "text",
  ...(meaning ? { meaning } : {}),
});
const responsibleOut: Field = { ...responsible, label: { ru: "Ответственный (ID)", en: "Responsible user (ID)" } };
const plain = ({ common: _, required: __, ...field }: Field): Field => field;
const multi: readonly Field[] = [
  plain(phone),
  { key: "phones", label: { ru: "Все телефоны", en: "All phones" }, kind: "phone", many: true },
  plain(email),
  { key: "emails", label: { ru: "Вся почта", en: "All e-mails" }, kind: "email", many: true },
];
const isoSample = { createdAt: "2026-01-10T09:00:00.000Z", updatedAt: "2026-01-10T09:05:00.000Z", updatedBy: "77" };

export const contactOutput: readonly Field[] = [
  id("ID контакта", "Contact's ID", "contact.id"),
  plain(personName),
  first,
  last,
  ...multi,
  company,
  responsibleOut,
  tags,
  ...times,
];
export const contactSample: JsonObject = {
  id: "501",
  name: "Анна Иванова",
  firstName: "Анна",
  lastName: "Иванова",
  phone: "+79990000001",
  phones: ["+79990000001"],
  email: "anna@example.test",
  emails: ["anna@example.test"],
  companyId: "700",
  responsibleUserId: "77",
  tags: "сайт",
  url: "https://demo.amocrm.ru/contacts/detail/501",
  ...isoSample,
  customFields: {},
};
export const companyOutput: readonly Field[] = [
  id("ID компании", "Company's ID"),
  { ...plain(name), meaning: "company" },
  ...multi,
  responsibleOut,
  tags,
  ...times,
];
export const companySample: JsonObject = {
  id: "700",
  name: "ООО «Ромашка»",
  phone: "+74950000001",
  phones: ["+74950000001"],
  email: "office@example.test",
  emails: ["office@example.test"],
  responsibleUserId: "77",
  tags: "опт",
  url: "https://demo.amocrm.ru/companies/detail/700",
  ...isoSample,
  customFields: {},
};
export const leadOutput: readonly Field[] = [
  id("ID сделки", "Lead's ID", "deal.id"),
  { ...plain(name), meaning: "title" },
  plain(price),
  { ...plain(pipeline), label: { ru: "Воронка (ID)", en: "Pipeline (ID)" } },
  {
    key: "statusId",
    label: { ru: "Этап (ID)", en: "Stage (ID)" },
    kind: "reference",
    list: { name: "statuses" },
    meaning: "status",
  },
  plain(contactOfLead),
  company,
  responsibleOut,
  { ...loss, label: { ru: "Причина отказа (ID)", en: "Loss reason (ID)" } },
  tags,
  { key: "closedAt", label: { ru: "Дата закрытия", en: "Closed" }, kind: "dateTime", meaning: "closedAt" },
  ...times,
];
export const leadSample: JsonObject = {
  id: "9001",
  name: "Заказ с сайта",
  price: 1500,
  pipelineId: "3001",
  statusId: "40001",
  contactId: "501",
  companyId: "700",
  responsibleUserId: "77",
  lossReasonId: null,
  tags: "сайт",
  closedAt: null,
  url: "https://demo.amocrm.ru/leads/detail/9001",
  ...isoSample,
  customFields: {},
};
export const moveOutput: readonly Field[] = [
  { key: "oldStatusId", label: { ru: "Прежний этап (ID)", en: "Stage before (ID)" }, kind: "text" },
  { key: "oldPipelineId", label: { ru: "Прежняя воронка (ID)", en: "Pipeline before (ID)" }, kind: "text" },
  { key: "movedAt", label: { ru: "Дата смены этапа", en: "Moved" }, kind: "dateTime", meaning: "changedAt" },
];
export const taskOutput: readonly Field[] = [
  id("ID задачи", "Task's ID"),
  { key: "text", label: { ru: "Текст задачи", en: "Task's text" }, kind: "longText", meaning: "comment" },
  { key: "completeTill", label: { ru: "Срок", en: "Deadline" }, kind: "dateTime" },
  { key: "taskTypeId", label: { ru: "Тип задачи (ID)", en: "Task type (ID)" }, kind: "text" },
  { key: "entityId", label: { ru: "ID записи", en: "Record's ID" }, kind: "text" },
  { key: "entityType", label: { ru: "Вид записи", en: "Kind of record" }, kind: "text" },
  { key: "isCompleted", label: { ru: "Выполнена", en: "Done" }, kind: "boolean" },
  { key: "result", label: { ru: "Результат", en: "Result" }, kind: "longText" },
  responsibleOut,
  ...times,
];
export const taskSample: JsonObject = {
  id: "101",
  text: "Перезвонить",
  completeTill: "2026-01-11T15:00:00.000Z",
  taskTypeId: "1",
  entityId: "9001",
  entityType: "leads",
  isCompleted: false,
  result: null,
  responsibleUserId: "77",
  url: "https://demo.amocrm.ru/todo/",
  ...isoSample,
};

/** What is filled in of amoCRM's records, named as in its own interface. */
import type { Field } from "../kit/define.ts";
import { same } from "../kit/words.ts";

export const tags: Field = { key: "tags", label: { ru: "Теги", en: "Tags" }, kind: "text", meaning: "tags" };
const tagsInput: Field = { ...tags, hint: { ru: "Через запятую.", en: "With commas between them." } };
export const responsible: Field = {
  key: "responsibleUserId",
  label: { ru: "Ответственный", en: "Responsible user" },
  kind: "reference",
  list: { name: "users" },
  meaning: "manager",
};
export const name: Field = { key: "name", label: { ru: "Название", en: "Name" }, kind: "text", common: true };
export const personName: Field = { ...name, meaning: "name.full" };
export const first: Field = {
  key: "firstName",
  label: { ru: "Имя", en: "First name" },
  kind: "text",
  meaning: "name.first",
};
export const last: Field = {
  key: "lastName",
  label: { ru: "Фамилия", en: "Last name" },
  kind: "text",
  meaning: "name.last",
};
export const phone: Field = {
  key: "phone",
  label: { ru: "Телефон", en: "Phone" },
  kind: "phone",
  meaning: "phone",
  common: true,
};
export const email: Field = { key: "email", label: same("Email"), kind: "email", meaning: "email", common: true };

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
export const company: Field = { key: "companyId", label: { ru: "ID компании", en: "Company's ID" }, kind: "text" };
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

export const pipeline: Field = {
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
export const loss: Field = {
  key: "lossReasonId",
  label: { ru: "Причина отказа", en: "Loss reason" },
  kind: "reference",
  list: { name: "lossReasons" },
};
export const contactOfLead: Field = {
  key: "contactId",
  label: { ru: "ID контакта", en: "Contact's ID" },
  kind: "text",
  meaning: "contact.id",
  common: true,
};
export const price: Field = {
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

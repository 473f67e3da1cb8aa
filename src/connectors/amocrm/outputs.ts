/** What amoCRM's records hand on, with a made-up one of each. */
import type { Field, JsonObject } from "../kit/define.ts";
import {
  company,
  contactOfLead,
  email,
  first,
  last,
  loss,
  name,
  personName,
  phone,
  pipeline,
  price,
  responsible,
  tags,
} from "./fields.ts";

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
  {
    key: "entityType",
    label: { ru: "Вид записи", en: "Kind of record" },
    kind: "choice",
    open: true,
    choices: [
      { value: "leads", label: { ru: "сделка", en: "lead" } },
      { value: "contacts", label: { ru: "контакт", en: "contact" } },
      { value: "companies", label: { ru: "компания", en: "company" } },
      { value: "customers", label: { ru: "покупатель", en: "customer" } },
    ],
  },
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

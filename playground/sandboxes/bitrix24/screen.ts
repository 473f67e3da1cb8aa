/** What a person sees of Bitrix24 in the playground: tables, buttons, and the points that the sheet leaves open. */
import { newestFirst } from "../kit.ts";
import type { ButtonField, SandboxButton, SandboxSwitch, Table, Text } from "../types.ts";
import type { Portal } from "./portal.ts";
import type { Stored } from "./query.ts";

export const SWITCHES: readonly Omit<SandboxSwitch, "value">[] = [
  {
    key: "rights",
    label: { ru: "Права вебхука и приложения", en: "Rights of the webhook and the app" },
    choices: [
      { value: "full", label: { ru: "CRM и пользователи", en: "CRM and users" } },
      { value: "noUsers", label: { ru: "без пользователей", en: "without users" } },
      { value: "noCrm", label: { ru: "без CRM", en: "without CRM" } },
    ],
  },
  {
    key: "events",
    label: { ru: "Исходящие события", en: "Outgoing events" },
    choices: [
      { value: "sent", label: { ru: "приходят", en: "arrive" } },
      { value: "twice", label: { ru: "приходят дважды", en: "arrive twice" } },
      { value: "lost", label: { ru: "теряются", en: "are lost" } },
    ],
  },
  {
    key: "todoAnswer",
    label: { ru: "Ответ на новое дело", en: "Answer to a new to-do" },
    choices: [
      { value: "object", label: { ru: "объект с id", en: "an object with the id" } },
      { value: "number", label: { ru: "число", en: "a number" } },
    ],
  },
  {
    key: "emptyCommunication",
    label: { ru: "Пустые телефон и почта", en: "Empty phone and e-mail" },
    choices: [
      { value: "absent", label: { ru: "поля нет", en: "no field" } },
      { value: "list", label: { ru: "[]", en: "[]" } },
      { value: "null", label: { ru: "null", en: "null" } },
    ],
  },
  {
    key: "touch",
    label: { ru: "Меняет ли телефон дату изменения", en: "Does a phone change the date of change" },
    choices: [
      { value: "yes", label: { ru: "да", en: "yes" } },
      { value: "no", label: { ru: "нет", en: "no" } },
    ],
  },
  {
    key: "errors",
    label: { ru: "Форма ошибки", en: "Shape of an error" },
    choices: [
      { value: "classic", label: { ru: "классическая", en: "classic" } },
      { value: "v3", label: { ru: "как в v3", en: "as in v3" } },
    ],
  },
];

const column = (key: string, ru: string, en: string) => ({ key, label: { ru, en } });
const values = (entries: unknown) =>
  (Array.isArray(entries) ? entries : []).map((entry: { VALUE?: string }) => entry.VALUE).join(", ");
const readable = (rows: readonly Stored[]) =>
  newestFirst(rows).map((row) => ({ ...row, phone: values(row.PHONE), email: values(row.EMAIL) }));

export const tables = (portal: Portal): Table[] => [
  {
    name: "contacts",
    label: { ru: "Контакты", en: "Contacts" },
    rows: readable(portal.records.contact.all()),
    columns: [
      column("ID", "ID", "ID"),
      column("NAME", "Имя", "First name"),
      column("LAST_NAME", "Фамилия", "Last name"),
      column("phone", "Телефон", "Phone"),
      column("email", "E-mail", "E-mail"),
      column("DATE_CREATE", "Создан", "Created"),
      column("DATE_MODIFY", "Изменён", "Changed"),
    ],
  },
  {
    name: "companies",
    label: { ru: "Компании", en: "Companies" },
    rows: readable(portal.records.company.all()),
    columns: [column("ID", "ID", "ID"), column("TITLE", "Название", "Name"), column("phone", "Телефон", "Phone")],
  },
  {
    name: "leads",
    label: { ru: "Лиды", en: "Leads" },
    rows: readable(portal.records.lead.all()),
    columns: [
      column("ID", "ID", "ID"),
      column("TITLE", "Название", "Title"),
      column("NAME", "Имя", "First name"),
      column("phone", "Телефон", "Phone"),
      column("STATUS_ID", "Стадия", "Status"),
    ],
  },
  {
    name: "deals",
    label: { ru: "Сделки", en: "Deals" },
    rows: newestFirst(portal.records.deal.all()),
    columns: [
      column("ID", "ID", "ID"),
      column("TITLE", "Название", "Title"),
      column("STAGE_ID", "Стадия", "Stage"),
      column("OPPORTUNITY", "Сумма", "Amount"),
      column("CONTACT_ID", "Контакт", "Contact"),
    ],
  },
  {
    name: "comments",
    label: { ru: "Комментарии", en: "Comments" },
    rows: newestFirst(portal.comments.all()).map((one) => ({ ...one })),
    columns: [column("id", "ID", "ID"), column("entity", "Где", "Where"), column("text", "Текст", "Text")],
  },
  {
    name: "todos",
    label: { ru: "Дела", en: "To-dos" },
    rows: newestFirst(portal.todos.all()).map((one) => ({ ...one })),
    columns: [
      column("id", "ID", "ID"),
      column("entity", "Где", "Where"),
      column("title", "Название", "Name"),
      column("deadline", "Срок", "Deadline"),
    ],
  },
  {
    name: "webhooks",
    label: { ru: "Исходящие вебхуки", en: "Outgoing webhooks" },
    rows: newestFirst(portal.listeners.all()).map((one) => ({ ...one, events: one.events.join(", ") })),
    columns: [
      column("id", "ID", "ID"),
      column("events", "События", "Events"),
      column("url", "Адрес", "Address"),
      column("token", "Токен приложения", "Application token"),
    ],
  },
  {
    name: "events",
    label: { ru: "Отправленные события", en: "Events sent" },
    rows: newestFirst(portal.sent.all())
      .slice(0, 50)
      .map((one) => ({ ...one })),
    columns: [column("event", "Событие", "Event"), column("record", "ID", "ID"), column("status", "Ответ", "Answer")],
  },
];

const field = (key: string, label: Text, value: string): ButtonField => ({ key, label, value });

export const buttons = (portal: Portal): SandboxButton[] => {
  const newest = String(portal.records.contact.all().at(-1)?.ID ?? "");
  return [
    {
      key: "contact",
      label: { ru: "Новый контакт", en: "New contact" },
      fields: [
        field("name", { ru: "Имя", en: "First name" }, "Ирина"),
        field("lastName", { ru: "Фамилия", en: "Last name" }, "Смирнова"),
        field("phone", { ru: "Телефон", en: "Phone" }, "+7 900 555-44-33"),
        field("email", { ru: "E-mail", en: "E-mail" }, "irina@example.test"),
      ],
    },
    {
      key: "change",
      label: { ru: "Изменить контакт", en: "Change a contact" },
      fields: [
        field("contact", { ru: "ID контакта", en: "Contact ID" }, newest),
        field("name", { ru: "Имя", en: "First name" }, "Ирина"),
        field("post", { ru: "Должность", en: "Position" }, "Директор"),
      ],
    },
    {
      key: "lead",
      label: { ru: "Новый лид с сайта", en: "New lead from the site" },
      fields: [
        field("title", { ru: "Название", en: "Title" }, "Заявка с сайта"),
        field("name", { ru: "Имя", en: "First name" }, "Ольга"),
        field("phone", { ru: "Телефон", en: "Phone" }, "+7 900 111-22-33"),
      ],
    },
    {
      key: "deal",
      label: { ru: "Новая сделка", en: "New deal" },
      fields: [
        field("title", { ru: "Название", en: "Title" }, "Поставка"),
        field("sum", { ru: "Сумма", en: "Amount" }, "12500.50"),
        field("contact", { ru: "ID контакта", en: "Contact ID" }, newest),
      ],
    },
    {
      key: "stage",
      label: { ru: "Сменить стадию сделки", en: "Move a deal" },
      fields: [
        field("deal", { ru: "ID сделки", en: "Deal ID" }, String(portal.records.deal.all().at(-1)?.ID ?? "")),
        field("stage", { ru: "Стадия", en: "Stage" }, "WON"),
      ],
    },
    {
      key: "webhook",
      label: { ru: "Добавить исходящий вебхук", en: "Add an outgoing webhook" },
      fields: [
        field("url", { ru: "URL вашего обработчика", en: "Your handler's URL" }, ""),
        field("events", { ru: "События", en: "Events" }, "ONCRMCONTACTADD"),
      ],
    },
    {
      key: "app",
      label: { ru: "Добавить локальное приложение", en: "Add a local application" },
      fields: [field("redirect", { ru: "Путь вашего обработчика", en: "Your handler's path" }, "")],
    },
  ];
};

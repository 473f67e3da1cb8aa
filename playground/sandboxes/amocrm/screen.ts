/** What a person sees of amoCRM in the playground: tables, buttons, and the points that the sheet leaves open. */
import { newestFirst, objects, rowsOf } from "../kit.ts";
import type { SandboxButton, SandboxSwitch, Table } from "../types.ts";
import type { Account, Entity } from "./account.ts";
import { PIPELINES } from "./reference.ts";

const said = (text: string) => ({ ru: text, en: text });
const choice = (value: string, ru: string, en: string) => ({ value, label: { ru, en } });

export const SWITCHES: readonly Omit<SandboxSwitch, "value">[] = [
  {
    key: "filters",
    label: { ru: "Фильтрация по API (платная)", en: "API filtering (a paid option)" },
    choices: [
      choice("on", "куплена", "bought"),
      choice("ignored", "нет: фильтр не действует", "no: filters do nothing"),
      choice("refused", "нет: отказ 402", "no: refused with 402"),
    ],
  },
  {
    key: "single",
    label: { ru: "Ответ на изменение одной записи", en: "Answer to a change of one record" },
    choices: [choice("bare", "сама запись", "the record itself"), choice("list", "список", "a list")],
  },
  {
    key: "users",
    label: { ru: "Список сотрудников", en: "List of users" },
    choices: [choice("open", "доступен", "open"), choice("closed", "403: нужен администратор", "403: admins only")],
  },
  {
    key: "webhooks",
    label: { ru: "Вебхуки на тарифе", en: "Webhooks in the plan" },
    choices: [choice("open", "есть", "yes"), choice("closed", "403: нет прав", "403: no right")],
  },
  {
    key: "hooks",
    label: { ru: "Доставка вебхуков", en: "Delivery of webhooks" },
    choices: [
      choice("once", "по разу", "once"),
      choice("twice", "дважды", "twice"),
      choice("lost", "теряются", "lost"),
    ],
  },
  {
    key: "hookAccount",
    label: { ru: "Тело вебхука", en: "Body of a webhook" },
    choices: [
      choice("whole", "полное", "whole"),
      choice("old", "без account[id] и *_at", "without account[id] and *_at"),
    ],
  },
  {
    key: "refresh",
    label: { ru: "Использованный refresh_token", en: "A used refresh_token" },
    choices: [
      choice("strict", "мёртв сразу", "is dead at once"),
      choice("grace", "живёт ещё минуту", "serves a minute more"),
    ],
  },
  {
    key: "address",
    label: { ru: "Адрес аккаунта", en: "Account's address" },
    choices: [
      choice("same", "прежний", "as before"),
      choice("moved", "сменился: прежний не обновляет доступ", "changed: the old one renews nothing"),
    ],
  },
  {
    key: "tokenLife",
    label: { ru: "Срок access_token", en: "Life of an access_token" },
    choices: [choice("86400", "сутки", "a day"), choice("60", "минута", "a minute")],
  },
  {
    key: "referer",
    label: { ru: "referer после входа", en: "referer after consent" },
    choices: [choice("host", "адрес без https", "a bare host"), choice("url", "ссылка", "a URL")],
  },
];

const ID = { key: "id", label: said("ID") };
const NAME = { key: "name", label: { ru: "Название", en: "Name" } };
const UPDATED = { key: "updated_at", label: { ru: "Изменён", en: "Updated" } };

/** The values of a multi-value field beside the record, so that a table and a story can read them. */
const shown = (entity: Entity): Record<string, unknown> => {
  const of = (code: string) =>
    objects(objects(entity.custom_fields_values).find((field) => field.field_code === code)?.values).map(
      (one) => one.value,
    );
  return { ...entity, phones: of("PHONE"), emails: of("EMAIL") };
};

export function tables(account: Account, tokens: readonly Record<string, unknown>[]): readonly Table[] {
  const rows = (kind: "contacts" | "leads" | "companies" | "tasks") =>
    newestFirst(account.records[kind].all()).map(shown);
  return [
    {
      name: "contacts",
      label: { ru: "Контакты", en: "Contacts" },
      rows: rows("contacts"),
      columns: [
        ID,
        NAME,
        { key: "phones", label: { ru: "Телефон", en: "Phone" } },
        { key: "emails", label: said("Email") },
        UPDATED,
      ],
    },
    {
      name: "leads",
      label: { ru: "Сделки", en: "Leads" },
      rows: rows("leads"),
      columns: [
        ID,
        NAME,
        { key: "price", label: { ru: "Бюджет", en: "Sale" } },
        { key: "status_id", label: { ru: "Этап", en: "Stage" } },
        UPDATED,
      ],
    },
    {
      name: "companies",
      label: { ru: "Компании", en: "Companies" },
      rows: rows("companies"),
      columns: [ID, NAME, { key: "phones", label: { ru: "Телефон", en: "Phone" } }, UPDATED],
    },
    {
      name: "tasks",
      label: { ru: "Задачи", en: "Tasks" },
      rows: rows("tasks"),
      columns: [
        ID,
        { key: "text", label: { ru: "Текст", en: "Text" } },
        { key: "entity_id", label: { ru: "К записи", en: "Of" } },
      ],
    },
    {
      name: "notes",
      label: { ru: "Примечания", en: "Notes" },
      rows: newestFirst(account.notes.all()),
      columns: [
        ID,
        { key: "params.text", label: { ru: "Текст", en: "Text" } },
        { key: "entity_id", label: { ru: "К записи", en: "Of" } },
      ],
    },
    {
      name: "webhooks",
      label: { ru: "Вебхуки", en: "Webhooks" },
      rows: rowsOf(account.hooks.all()),
      columns: [
        ID,
        { key: "destination", label: { ru: "Адрес", en: "Address" } },
        { key: "settings", label: { ru: "События", en: "Events" } },
        { key: "disabled", label: { ru: "Выключен", en: "Switched off" } },
      ],
    },
    {
      name: "refreshTokens",
      label: { ru: "Выданные refresh_token", en: "Refresh tokens given" },
      rows: newestFirst(tokens),
      columns: [ID, { key: "used", label: { ru: "Использован", en: "Used" } }],
    },
  ];
}

export function buttons(account: Account): readonly SandboxButton[] {
  const contact = account.records.contacts.all().at(-1);
  const lead = account.records.leads.all().at(-1);
  const stages = PIPELINES.flatMap(({ name, _embedded }) =>
    _embedded.statuses
      .filter(({ type }) => type === 0)
      .map((one) => ({ value: String(one.id), label: said(`${name}: ${one.name}`) })),
  );
  const text = (key: string, ru: string, en: string, value: string) => ({ key, label: { ru, en }, value });
  return [
    {
      key: "contact",
      label: { ru: "Новый контакт", en: "New contact" },
      fields: [
        text("name", "Имя", "Name", "Мария Кравцова"),
        text("phone", "Телефон", "Phone", "+79161234567"),
        text("email", "Email", "Email", ""),
      ],
    },
    {
      key: "editContact",
      label: { ru: "Изменить контакт", en: "Change a contact" },
      fields: [text("contact", "ID", "ID", String(contact?.id ?? "")), text("name", "Имя", "Name", "Мария Новая")],
    },
    {
      key: "lead",
      label: { ru: "Новая сделка", en: "New lead" },
      fields: [
        text("name", "Название", "Name", "Заказ с сайта"),
        text("price", "Бюджет", "Sale", "1500"),
        text("contact", "ID контакта", "Contact's ID", String(contact?.id ?? "")),
      ],
    },
    {
      key: "move",
      label: { ru: "Сменить этап сделки", en: "Move a lead" },
      fields: [
        text("lead", "ID", "ID", String(lead?.id ?? "")),
        { ...text("status", "Этап", "Stage", "40002"), choices: stages },
      ],
    },
    { key: "hooksOff", label: { ru: "Выключить вебхуки", en: "Switch the webhooks off" }, fields: [] },
    { key: "expire", label: { ru: "Погасить access_token", en: "End the access tokens" }, fields: [] },
    { key: "revoke", label: { ru: "Отключить интеграцию", en: "Switch the integration off" }, fields: [] },
  ];
}

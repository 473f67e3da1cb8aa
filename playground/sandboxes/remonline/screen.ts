/** What a person sees of RemOnline in the playground: tables, buttons, and the points that the sheet leaves open. */
import { newestFirst, rowsOf } from "../kit.ts";
import type { SandboxButton, SandboxSwitch, Table } from "../types.ts";
import type { Account } from "./account.ts";
import { BRANCHES, ORDER_TYPES, STATUSES } from "./reference.ts";
import { EVENTS, type Webhooks } from "./webhooks.ts";

type Text = SandboxSwitch["label"];
const same = (text: string): Text => ({ ru: text, en: text });
const choose = (key: string, label: Text, ...choices: readonly (readonly [string, Text])[]) => ({
  key,
  label,
  choices: choices.map(([value, text]) => ({ value, label: text })),
});

export const SWITCHES: readonly Omit<SandboxSwitch, "value">[] = [
  choose(
    "orders",
    { ru: "Ответ на новый заказ", en: "Answer to a new order" },
    ["ok", { ru: "создаёт", en: "creates it" }],
    ["400", { ru: "400: неверные данные", en: "400: bad data" }],
    ["404", { ru: "404: не найдено", en: "404: not found" }],
    ["405", { ru: "405: нет права", en: "405: no right" }],
    ["500", { ru: "500: ошибка сервера", en: "500: server fault" }],
  ),
  choose(
    "statusRight",
    { ru: "Право менять статус", en: "Right to change a status" },
    ["yes", { ru: "есть", en: "yes" }],
    ["no", { ru: "нет (405)", en: "no (405)" }],
  ),
  choose(
    "tokenLife",
    { ru: "Срок токена", en: "Life of a token" },
    ["10m", { ru: "10 минут", en: "10 minutes" }],
    ["24h", { ru: "24 часа", en: "24 hours" }],
  ),
  choose(
    "deadToken",
    { ru: "Ответ на старый токен", en: "Answer to a dead token" },
    ["403", { ru: "403, код 101", en: "403, code 101" }],
    ["401", { ru: "401, код 401", en: "401, code 401" }],
  ),
  choose(
    "bearer",
    { ru: "API 1.0 с ключом вместо токена", en: "API 1.0 with the key for a token" },
    ["yes", { ru: "принимает", en: "takes it" }],
    ["no", { ru: "не принимает", en: "doesn't" }],
  ),
  choose(
    "created",
    { ru: "Ответ на создание", en: "Answer to a create" },
    ["object", same("{ id }")],
    ["array", same("[ { id } ]")],
  ),
  choose(
    "customKeys",
    { ru: "Ключи доп. полей", en: "Keys of custom fields" },
    ["f", same("f700")],
    ["bare", same("700")],
  ),
  choose(
    "phoneSearch",
    { ru: "Поиск по телефону", en: "Search by phone" },
    ["digits", { ru: "по цифрам", en: "by digits" }],
    ["exact", { ru: "только точно", en: "exact only" }],
  ),
  choose(
    "emailFilter",
    { ru: "Фильтр по почте в v2", en: "Filter by e-mail in v2" },
    ["ignored", { ru: "не понимает", en: "ignored" }],
    ["honoured", { ru: "понимает", en: "honoured" }],
  ),
  choose(
    "required",
    { ru: "Обязательные поля заказа", en: "Required fields of an order" },
    ["usual", { ru: "обычные", en: "the usual" }],
    ["model", { ru: "и модель", en: "the model too" }],
  ),
  choose(
    "hookBody",
    { ru: "Тело вебхука", en: "Body of a webhook" },
    ["full", { ru: "полное", en: "full" }],
    ["sparse", { ru: "скудное", en: "sparse" }],
  ),
];

export const tables = (account: Account, webhooks: Webhooks): Table[] => [
  {
    name: "clients",
    label: { ru: "Клиенты", en: "Clients" },
    rows: newestFirst(account.clients.all()).map((client) => ({ ...client, phones: client.phone.join(", ") })),
    columns: [
      { key: "id", label: same("ID") },
      { key: "name", label: { ru: "Имя", en: "Name" } },
      { key: "phones", label: { ru: "Телефон", en: "Phone" } },
      { key: "email", label: { ru: "Почта", en: "E-mail" } },
      { key: "notes", label: { ru: "Заметки", en: "Notes" } },
    ],
  },
  {
    name: "orders",
    label: { ru: "Заказы", en: "Orders" },
    rows: newestFirst(account.orders.all()).map((order) => ({
      ...order,
      status: STATUSES.find(({ id }) => id === order.status_id)?.name,
      type: ORDER_TYPES.find(({ id }) => id === order.order_type_id)?.name,
      branch: BRANCHES.find(({ id }) => id === order.branch_id)?.name,
      client: account.clients.get(String(order.client_id))?.name,
    })),
    columns: [
      { key: "id_label", label: { ru: "Номер", en: "Number" } },
      { key: "branch", label: { ru: "Мастерская", en: "Location" } },
      { key: "type", label: { ru: "Тип", en: "Type" } },
      { key: "status", label: { ru: "Статус", en: "Status" } },
      { key: "client", label: { ru: "Клиент", en: "Client" } },
      { key: "malfunction", label: { ru: "Неисправность", en: "Malfunction" } },
    ],
  },
  {
    name: "webhooks",
    label: { ru: "Вебхуки (Настройки → API)", en: "Webhooks (Settings → API)" },
    rows: newestFirst(webhooks.hooks.all()).map((hook) => ({ ...hook, events: hook.events.join(", ") })),
    columns: [
      { key: "url", label: { ru: "Адрес", en: "Address" } },
      { key: "events", label: { ru: "События", en: "Events" } },
      { key: "secret", label: { ru: "Секрет", en: "Secret" } },
    ],
  },
  {
    name: "deliveries",
    label: { ru: "Отправленные вебхуки", en: "Webhooks sent" },
    rows: rowsOf(webhooks.deliveries.all()),
    columns: [
      { key: "at", label: { ru: "Время", en: "Time" } },
      { key: "event", label: { ru: "Событие", en: "Event" } },
      { key: "status", label: { ru: "Ответ", en: "Answer" } },
    ],
  },
];

export const buttons = (account: Account): SandboxButton[] => [
  {
    key: "order",
    label: { ru: "Принять заказ", en: "Take an order" },
    fields: [
      { key: "name", label: { ru: "Клиент", en: "Client" }, value: "Пример Клиент" },
      { key: "phone", label: { ru: "Телефон", en: "Phone" }, value: "79990001122" },
      { key: "email", label: { ru: "Почта", en: "E-mail" }, value: "" },
      { key: "malfunction", label: { ru: "Неисправность", en: "Malfunction" }, value: "Разбит экран" },
    ],
  },
  {
    key: "status",
    label: { ru: "Сменить статус", en: "Change the status" },
    fields: [
      {
        key: "order",
        label: { ru: "ID заказа", en: "Order's ID" },
        value: String(account.orders.all().at(-1)?.id ?? ""),
      },
      {
        key: "status",
        label: { ru: "Статус", en: "Status" },
        value: "12",
        choices: STATUSES.map(({ id, name }) => ({ value: String(id), label: same(name) })),
      },
    ],
  },
  {
    key: "note",
    label: { ru: "Дописать в заказ заметку", en: "Add a note to the order" },
    fields: [
      {
        key: "order",
        label: { ru: "ID заказа", en: "Order's ID" },
        value: String(account.orders.all().at(-1)?.id ?? ""),
      },
      { key: "text", label: { ru: "Заметка", en: "Note" }, value: "Позвонить вечером" },
    ],
  },
  {
    key: "client",
    label: { ru: "Новый клиент", en: "New client" },
    fields: [
      { key: "name", label: { ru: "Имя", en: "Name" }, value: "Иван Петров" },
      { key: "phone", label: { ru: "Телефон", en: "Phone" }, value: "79990003344" },
      { key: "email", label: { ru: "Почта", en: "E-mail" }, value: "ivan@example.test" },
    ],
  },
  {
    key: "editClient",
    label: { ru: "Изменить клиента", en: "Edit a client" },
    fields: [
      { key: "client", label: same("ID"), value: String(account.clients.all().at(-1)?.id ?? "") },
      { key: "notes", label: { ru: "Заметки", en: "Notes" }, value: "Постоянный" },
    ],
  },
  {
    key: "webhook",
    label: { ru: "+ Вебхук", en: "+ Webhook" },
    fields: [
      { key: "url", label: { ru: "Адрес", en: "Address" }, value: "" },
      { key: "events", label: { ru: "События", en: "Events" }, value: EVENTS.join(", ") },
    ],
  },
  { key: "again", label: { ru: "Повторить вебхук", en: "Send the last webhook again" }, fields: [] },
  { key: "tokens", label: { ru: "Отозвать токены", en: "Revoke the tokens" }, fields: [] },
];

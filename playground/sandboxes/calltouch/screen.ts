/** What a person sees of Calltouch in the playground: tables, buttons, and the points that the sheet leaves open. */
import { moscow, newestFirst, rowsOf } from "../kit.ts";
import type { ButtonField, SandboxButton, SandboxSwitch, Table } from "../types.ts";
import type { Deal, PhoneCall, Settings, SiteRequest } from "./records.ts";

export const SWITCHES: readonly Omit<SandboxSwitch, "value">[] = [
  {
    key: "unknownNumber",
    label: { ru: "Обновление незнакомой сделки", en: "Update of an unknown deal" },
    choices: [
      { value: "error", label: { ru: "ошибка по записи", en: "per-item error" } },
      { value: "silent", label: { ru: "молча пропускает", en: "silently ignored" } },
    ],
  },
  {
    key: "sameNumber",
    label: { ru: "Сделка с тем же номером", en: "Deal with a number in use" },
    choices: [
      { value: "error", label: { ru: "ошибка по записи", en: "per-item error" } },
      { value: "same", label: { ru: "отдаёт прежнюю", en: "gives the present one" } },
    ],
  },
  {
    key: "unchanged",
    label: { ru: "Дата изменения новой сделки", en: "Date of change of a new deal" },
    choices: [
      { value: "empty", label: { ru: "пуста", en: "empty" } },
      { value: "created", label: { ru: "дата создания", en: "the date of its creation" } },
    ],
  },
  {
    key: "requestPages",
    label: { ru: "Страницы в журнале заявок", en: "Pages of the requests journal" },
    choices: [
      { value: "ignored", label: { ru: "не понимает", en: "ignored" } },
      { value: "envelope", label: { ru: "понимает", en: "honoured" } },
    ],
  },
  {
    key: "contactType",
    label: { ru: "Вид контакта почты", en: "Contact type of an e-mail" },
    choices: [
      { value: "EMAIL", label: { ru: "EMAIL", en: "EMAIL" } },
      { value: "email", label: { ru: "email", en: "email" } },
      { value: "MAIL", label: { ru: "MAIL", en: "MAIL" } },
    ],
  },
  {
    key: "booleans",
    label: { ru: "Логические значения", en: "Booleans" },
    choices: [
      { value: "native", label: { ru: "true / false", en: "true / false" } },
      { value: "strings", label: { ru: "строками, как в 2018", en: "as strings, as in 2018" } },
    ],
  },
  {
    key: "denied",
    label: { ru: "Ответ на неверный токен", en: "Answer to a wrong token" },
    choices: [
      { value: "401", label: { ru: "401", en: "401" } },
      { value: "403", label: { ru: "403", en: "403" } },
    ],
  },
];

const AD: ButtonField[] = [
  { key: "source", label: { ru: "Источник", en: "Source" }, value: "yandex" },
  { key: "medium", label: { ru: "Канал", en: "Medium" }, value: "cpc" },
  { key: "campaign", label: { ru: "Кампания", en: "Campaign" }, value: "zima" },
];

export const tables = (calls: PhoneCall[], requests: SiteRequest[], deals: Deal[]): Table[] => [
  {
    name: "calls",
    label: { ru: "Звонки", en: "Calls" },
    rows: newestFirst(calls).map((c) => ({ ...c, date: moscow(new Date(c.at)) })),
    columns: [
      { key: "id", label: { ru: "ID", en: "ID" } },
      { key: "date", label: { ru: "Время", en: "Time" } },
      { key: "phone", label: { ru: "Кто звонил", en: "Caller" } },
      { key: "source", label: { ru: "Источник", en: "Source" } },
      { key: "duration", label: { ru: "Секунд", en: "Seconds" } },
      { key: "tags", label: { ru: "Теги", en: "Tags" } },
    ],
  },
  {
    name: "requests",
    label: { ru: "Заявки", en: "Requests" },
    rows: newestFirst(requests).map((r) => ({ ...r, date: moscow(new Date(r.at)) })),
    columns: [
      { key: "id", label: { ru: "ID", en: "ID" } },
      { key: "date", label: { ru: "Время", en: "Time" } },
      { key: "fio", label: { ru: "Имя", en: "Name" } },
      { key: "phone", label: { ru: "Телефон", en: "Phone" } },
      { key: "email", label: { ru: "Почта", en: "E-mail" } },
      { key: "tags", label: { ru: "Теги", en: "Tags" } },
    ],
  },
  {
    name: "deals",
    label: { ru: "Сделки", en: "Deals" },
    rows: rowsOf(deals),
    columns: [
      { key: "orderNumber", label: { ru: "Номер", en: "Number" } },
      { key: "status", label: { ru: "Статус", en: "Status" } },
      { key: "revenue", label: { ru: "Бюджет", en: "Revenue" } },
      { key: "leadId", label: { ru: "Обращение", en: "Lead" } },
      { key: "orderName", label: { ru: "Название", en: "Name" } },
      { key: "products", label: { ru: "Товары", en: "Products" } },
      { key: "orderDate", label: { ru: "Создана", en: "Created" } },
      { key: "statusDate", label: { ru: "Статус с", en: "Status since" } },
    ],
  },
];

export const buttons = ({ hookUrl, dealUrl = "" }: Settings, newest: Deal | undefined): SandboxButton[] => [
  {
    key: "call",
    label: { ru: "Входящий звонок", en: "Incoming call" },
    fields: [
      { key: "phone", label: { ru: "Номер", en: "Number" }, value: "79001234567" },
      { key: "duration", label: { ru: "Секунд", en: "Seconds" }, value: "42" },
      { key: "dtmf", label: { ru: "Тоновый тег", en: "DTMF tag" }, value: "отдел продаж" },
      ...AD,
    ],
  },
  {
    key: "request",
    label: { ru: "Заявка с сайта", en: "Site request" },
    fields: [
      { key: "fio", label: { ru: "Имя", en: "Name" }, value: "Анна Петрова" },
      { key: "phone", label: { ru: "Телефон", en: "Phone" }, value: "79007654321" },
      { key: "email", label: { ru: "Почта", en: "E-mail" }, value: "anna@example.test" },
      { key: "subject", label: { ru: "Форма", en: "Form" }, value: "Обратный звонок" },
      ...AD,
    ],
  },
  {
    key: "chat",
    label: { ru: "Чат на сайте", en: "Chat on the site" },
    fields: [{ key: "phone", label: { ru: "Номер", en: "Number" }, value: "79003334455" }],
  },
  {
    key: "webhook",
    label: { ru: "Настроить webhook", en: "Set up a webhook" },
    fields: [
      {
        key: "url",
        label: { ru: "Адрес (пусто — выключить)", en: "Address (empty: off)" },
        value: hookUrl,
      },
    ],
  },
  {
    key: "deal",
    label: { ru: "Новая сделка из CRM", en: "New deal out of the CRM" },
    fields: [
      { key: "name", label: { ru: "Название", en: "Name" }, value: "Заказ из магазина" },
      { key: "status", label: { ru: "Статус", en: "Status" }, value: "PENDING" },
      { key: "revenue", label: { ru: "Бюджет", en: "Revenue" }, value: "1500.50" },
    ],
  },
  {
    key: "editDeal",
    label: { ru: "Изменить сделку", en: "Change a deal" },
    fields: [
      { key: "number", label: { ru: "Номер", en: "Number" }, value: newest?.orderNumber ?? "" },
      { key: "status", label: { ru: "Статус", en: "Status" }, value: "COMPLETED" },
      { key: "revenue", label: { ru: "Бюджет", en: "Revenue" }, value: "1700" },
    ],
  },
  {
    key: "dealWebhook",
    label: { ru: "Настроить webhook сделок", en: "Set up a webhook of deals" },
    fields: [
      {
        key: "url",
        label: { ru: "Адрес (пусто — выключить)", en: "Address (empty: off)" },
        value: dealUrl,
      },
    ],
  },
];

/** What the sandbox's account has: people, pipelines, custom fields, kinds of tasks. */

const status = (id: number, name: string, pipeline: number, sort: number, type = 0) => ({
  id,
  name,
  sort,
  is_editable: id > 143,
  pipeline_id: pipeline,
  color: "#99ccff",
  type,
  account_id: 1001,
});
const pipeline = (id: number, name: string, isMain: boolean, stages: readonly [number, string][]) => ({
  id,
  name,
  sort: isMain ? 1 : 2,
  is_main: isMain,
  is_unsorted_on: true,
  is_archive: false,
  account_id: 1001,
  _embedded: {
    statuses: [
      status(id * 10, "Неразобранное", id, 10, 1),
      ...stages.map(([stage, name], at) => status(stage, name, id, 20 + at * 10)),
      status(142, "Успешно реализовано", id, 10_000),
      status(143, "Закрыто и не реализовано", id, 11_000),
    ],
  },
});

export const PIPELINES = [
  pipeline(3001, "Воронка", true, [
    [40001, "Первичный контакт"],
    [40002, "Переговоры"],
    [40003, "Принимают решение"],
  ]),
  pipeline(3002, "Опт", false, [
    [50001, "Запрос цены"],
    [50002, "Счёт выставлен"],
  ]),
];

export const USERS = [
  { id: 77, name: "Анна Менеджер", email: "anna@demo.test", lang: "ru", rights: { is_admin: true, is_active: true } },
  {
    id: 78,
    name: "Борис Продавец",
    email: "boris@demo.test",
    lang: "ru",
    rights: { is_admin: false, is_active: true },
  },
];

export const TASK_TYPES = [
  { id: 1, name: "Связаться", color: null, icon_id: null, code: "FOLLOW_UP" },
  { id: 2, name: "Встреча", color: null, icon_id: null, code: "MEETING" },
];

export interface CustomField {
  readonly id: number;
  readonly name: string;
  readonly code: string | null;
  readonly type: string;
  readonly enums: readonly { id: number; value: string; sort: number; code?: string }[] | null;
}
const field = (id: number, name: string, code: string | null, type: string, values: CustomField["enums"] = null) => ({
  id,
  name,
  code,
  type,
  enums: values,
  sort: id,
  is_predefined: code !== null,
  is_api_only: false,
  is_deletable: code === null,
});
const codes = (from: number, names: readonly string[]) =>
  names.map((code, at) => ({ id: from + at, value: code, sort: at + 1, code }));
const PHONE = ["WORK", "WORKDD", "MOB", "FAX", "HOME", "OTHER"];
const EMAIL = ["WORK", "PRIV", "OTHER"];

export const FIELDS: Readonly<Record<string, readonly CustomField[]>> = {
  contacts: [
    field(29, "Должность", "POSITION", "text"),
    field(31, "Телефон", "PHONE", "multitext", codes(901, PHONE)),
    field(33, "Email", "EMAIL", "multitext", codes(911, EMAIL)),
    field(35, "Город", null, "text"),
    field(37, "Источник", null, "select", [
      { id: 371, value: "Сайт", sort: 1 },
      { id: 372, value: "ВКонтакте", sort: 2 },
    ]),
    field(39, "Интересы", null, "multiselect", [
      { id: 391, value: "Кофе", sort: 1 },
      { id: 392, value: "Чай", sort: 2 },
    ]),
    field(41, "Дата рождения", null, "birthday"),
    field(43, "Согласие на рассылку", null, "checkbox"),
  ],
  leads: [
    field(61, "utm_source", "UTM_SOURCE", "tracking_data"),
    field(62, "utm_medium", "UTM_MEDIUM", "tracking_data"),
    field(63, "utm_campaign", "UTM_CAMPAIGN", "tracking_data"),
    field(65, "Комментарий клиента", null, "textarea"),
    field(67, "Количество", null, "numeric"),
    field(69, "Доставка", null, "date_time"),
  ],
  companies: [
    field(81, "Телефон", "PHONE", "multitext", codes(921, PHONE)),
    field(83, "Email", "EMAIL", "multitext", codes(931, EMAIL)),
    field(85, "Web", "WEB", "url"),
    field(87, "Адрес", "ADDRESS", "textarea"),
  ],
};

export const ACCOUNT = {
  id: 1001,
  name: "Демо",
  subdomain: "demo",
  current_user_id: 77,
  country: "RU",
  customers_mode: "segments",
  is_unsorted_on: true,
  is_loss_reason_enabled: true,
  is_helpbot_enabled: false,
  is_technical_account: false,
  contact_name_display_order: 1,
};

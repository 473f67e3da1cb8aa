/** The account's fixed values: who may enter, and the directories that orders refer to. */

/** Every `href` of the service begins with it, whichever address the sandbox itself answers at. */
export const BASE = "https://api.moysklad.ru/api/remap/1.2";
export const LOGIN = "admin@svyazka-demo";
export const PASSWORD = "msk-sandbox-pass-41";
export const FIRST_TOKEN = "5d9b0c1e7a3f48c2b6e0d4a19f7c83e25b6a0d17";
export const ACCOUNT_ID = "84e60e93-f504-11e5-8a84-bae500000008";

const KINDS = [
  "counterparty",
  "customerorder",
  "organization",
  "store",
  "saleschannel",
  "project",
  "employee",
  "product",
  "paymentin",
  "cashin",
  "webhook",
  "customentity",
  "state",
  "attribute",
  "audit",
] as const;
export type Kind = (typeof KINDS)[number];

/** Ids have the form that the service's have, and tell in the sandbox what they belong to. */
export const idOf = (kind: Kind, n: number): string =>
  `${(0x7a310000 + KINDS.indexOf(kind)).toString(16)}-f5d1-11ef-0a80-${n.toString(16).padStart(12, "0")}`;

/** The id that the browser's address bar shows is another one. */
export const uiId = (id: string): string => id.replace(/^7a31/, "9c52");
export const apiId = (id: string): string => id.replace(/^9c52/, "7a31");

export interface Entry {
  readonly id: string;
  readonly name: string;
  readonly [more: string]: unknown;
}
const entry = (kind: Kind, n: number, name: string, more: Record<string, unknown> = {}): Entry => ({
  id: idOf(kind, n),
  name,
  ...more,
});

export const DIRECTORIES: Readonly<Record<string, readonly Entry[]>> = {
  organization: [entry("organization", 1, "ООО «Велосипеды»", { companyType: "legal", archived: false })],
  store: [
    entry("store", 1, "Основной склад", { archived: false, pathName: "" }),
    entry("store", 2, "Склад на Садовой", { archived: false, pathName: "Москва" }),
  ],
  saleschannel: [
    entry("saleschannel", 1, "Интернет-магазин", { type: "ECOMMERCE", archived: false }),
    entry("saleschannel", 2, "Звонки", { type: "DIRECT_SALES", archived: false }),
  ],
  project: [entry("project", 1, "Розница", { archived: false })],
  employee: [
    entry("employee", 1, "Петрова Ольга", { uid: LOGIN, fullName: "Петрова Ольга", shortFio: "Петрова О." }),
    entry("employee", 2, "Иванов Пётр", {
      uid: "petr@svyazka-demo",
      fullName: "Иванов Пётр",
      shortFio: "Иванов П.",
    }),
  ],
  product: [entry("product", 1, "Велосипед", { archived: false }), entry("product", 2, "Самокат", { archived: false })],
};

const state = (entityType: string, n: number, name: string, stateType = "Regular") => ({
  id: idOf("state", n),
  accountId: ACCOUNT_ID,
  name,
  color: 15106326,
  stateType,
  entityType,
});
export type State = ReturnType<typeof state>;
export const STATES: readonly State[] = [
  state("customerorder", 1, "Новый"),
  state("customerorder", 2, "Подтверждён"),
  state("customerorder", 3, "Собран"),
  state("customerorder", 4, "Отгружен"),
  state("customerorder", 5, "Доставлен", "Successful"),
  state("customerorder", 6, "Отменён", "Unsuccessful"),
  state("counterparty", 7, "Новый"),
  state("counterparty", 8, "Постоянный"),
];

/** A directory of the account's own, as a custom field's choices. */
export const SEGMENTS = {
  id: idOf("customentity", 1),
  name: "Сегменты",
  elements: [entry("customentity", 11, "Розница"), entry("customentity", 12, "Опт")],
};

export interface Attribute {
  readonly id: string;
  readonly entity: "customerorder" | "counterparty";
  readonly name: string;
  readonly type: string;
  readonly required: boolean;
}
/** What is there before anybody adds a field. */
export const FIRST_ATTRIBUTES: readonly Attribute[] = [
  { id: idOf("attribute", 901), entity: "counterparty", name: "Сегмент", type: "customentity", required: false },
];
export const ATTRIBUTE_TYPES = [
  ["string", "Строка", "String"],
  ["text", "Текст", "Text"],
  ["long", "Число целое", "Integer"],
  ["double", "Число дробное", "Decimal"],
  ["boolean", "Флажок", "Checkbox"],
  ["time", "Дата", "Date"],
  ["link", "Ссылка", "Link"],
  ["customentity", "Справочник «Сегменты»", "Directory “Сегменты”"],
  ["file", "Файл", "File"],
] as const;

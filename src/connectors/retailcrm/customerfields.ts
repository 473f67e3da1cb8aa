/** What a customer of retailCRM is made of, named as in its own interface. */
import type { Field, JsonObject } from "../kit/define.ts";
import { same } from "../kit/words.ts";
import { addressed, createdAt, externalId, manager, site, sourceFields } from "./fields.ts";

const contragentType: Field = {
  key: "contragentType",
  label: { ru: "Тип контрагента", en: "Counterparty type" },
  kind: "choice",
  choices: [
    { value: "individual", label: { ru: "физическое лицо", en: "individual" } },
    { value: "legal-entity", label: { ru: "юридическое лицо", en: "legal entity" } },
    { value: "enterpreneur", label: { ru: "индивидуальный предприниматель", en: "sole proprietor" } },
  ],
};

const customerBody: readonly Field[] = [
  { key: "firstName", label: { ru: "Имя", en: "First name" }, kind: "text", meaning: "name.first", common: true },
  { key: "lastName", label: { ru: "Фамилия", en: "Last name" }, kind: "text", meaning: "name.last" },
  { key: "patronymic", label: { ru: "Отчество", en: "Middle name" }, kind: "text", meaning: "name.middle" },
  { key: "phone", label: { ru: "Телефон", en: "Phone" }, kind: "phone", meaning: "phone", common: true },
  { key: "email", label: same("Email"), kind: "email", meaning: "email", common: true },
  manager,
  { key: "address", label: { ru: "Адрес", en: "Address" }, kind: "text", meaning: "address" },
  {
    key: "sex",
    label: { ru: "Пол", en: "Sex" },
    kind: "choice",
    choices: [
      { value: "male", label: { ru: "мужской", en: "male" } },
      { value: "female", label: { ru: "женский", en: "female" } },
    ],
  },
  { key: "birthday", label: { ru: "Дата рождения", en: "Birthday" }, kind: "dateTime", format: "%Y-%m-%d" },
  { key: "vip", label: same("VIP"), kind: "boolean" },
  { key: "tags", label: { ru: "Теги", en: "Tags" }, kind: "text", many: true, meaning: "tags" },
  ...sourceFields,
  { key: "city", label: { ru: "Город", en: "City" }, kind: "text" },
  { key: "region", label: { ru: "Регион", en: "Region" }, kind: "text" },
  { key: "postcode", label: { ru: "Индекс", en: "Postcode" }, kind: "text" },
  { key: "bad", label: { ru: "Плохой клиент", en: "Bad customer" }, kind: "boolean" },
  { key: "personalDiscount", label: { ru: "Персональная скидка, %", en: "Personal discount, %" }, kind: "decimal" },
  contragentType,
];
export const customerInput: readonly Field[] = [site, externalId, ...customerBody, createdAt];

export const customerUpdate: readonly Field[] = [
  ...addressed(
    { key: "id", label: { ru: "ID клиента", en: "Customer ID" }, kind: "text", meaning: "customer.id", common: true },
    {
      ...externalId,
      hint: {
        ru: "Если ID клиента пуст, клиент ищется по нему.",
        en: "The customer is found by it when the ID is empty.",
      },
    },
  ),
  site,
  ...customerBody,
  { key: "removeTags", label: { ru: "Убрать теги", en: "Tags to remove" }, kind: "text", many: true },
  {
    key: "newExternalId",
    label: { ru: "Новый внешний ID", en: "New external ID" },
    kind: "text",
    hint: {
      ru: "Запишет внешний ID клиенту, найденному по ID: например, ID этого же человека в другой системе.",
      en: "Written to the customer found by ID: for example the ID of the same person in another system.",
    },
  },
];

export const customerFind: readonly Field[] = [
  { key: "phone", label: { ru: "Телефон", en: "Phone" }, kind: "phone", meaning: "phone", common: true },
  { key: "email", label: same("Email"), kind: "email", meaning: "email", common: true },
  { ...externalId, common: true },
  { key: "id", label: { ru: "ID клиента", en: "Customer ID" }, kind: "text", meaning: "customer.id" },
];

export const customerOutput: readonly Field[] = [
  { key: "id", label: { ru: "ID клиента", en: "Customer ID" }, kind: "text", meaning: "customer.id", common: true },
  {
    key: "externalId",
    label: { ru: "Внешний ID клиента", en: "Customer's external ID" },
    kind: "text",
    meaning: "externalId",
  },
  { key: "firstName", label: { ru: "Имя", en: "First name" }, kind: "text", meaning: "name.first" },
  { key: "lastName", label: { ru: "Фамилия", en: "Last name" }, kind: "text", meaning: "name.last" },
  { key: "patronymic", label: { ru: "Отчество", en: "Middle name" }, kind: "text", meaning: "name.middle" },
  { key: "phone", label: { ru: "Телефон", en: "Phone" }, kind: "phone", meaning: "phone" },
  { key: "phones", label: { ru: "Все телефоны", en: "All phones" }, kind: "phone", many: true },
  { key: "email", label: same("Email"), kind: "email", meaning: "email" },
  { key: "site", label: { ru: "Магазин", en: "Shop" }, kind: "text", list: { name: "sites" } },
  {
    key: "managerId",
    label: { ru: "ID менеджера", en: "Manager ID" },
    kind: "text",
    list: { name: "users" },
    meaning: "manager",
  },
  { key: "address", label: { ru: "Адрес", en: "Address" }, kind: "text", meaning: "address" },
  { key: "city", label: { ru: "Город", en: "City" }, kind: "text", meaning: "city" },
  { key: "vip", label: same("VIP"), kind: "boolean" },
  { key: "ordersCount", label: { ru: "Количество заказов", en: "Number of orders" }, kind: "integer" },
  { key: "totalSumm", label: { ru: "Общая сумма заказов", en: "Total of orders" }, kind: "decimal" },
  { key: "tags", label: { ru: "Теги", en: "Tags" }, kind: "text", meaning: "tags" },
  ...sourceFields,
  {
    key: "createdAt",
    label: { ru: "Дата и время создания", en: "Created at" },
    kind: "dateTime",
    meaning: "createdAt",
  },
  { key: "region", label: { ru: "Регион", en: "Region" }, kind: "text" },
  { key: "bad", label: { ru: "Плохой клиент", en: "Bad customer" }, kind: "boolean" },
  { key: "sex", label: { ru: "Пол", en: "Sex" }, kind: "text" },
  { key: "birthday", label: { ru: "Дата рождения", en: "Birthday" }, kind: "text" },
  { key: "personalDiscount", label: { ru: "Персональная скидка, %", en: "Personal discount, %" }, kind: "decimal" },
  { key: "averageSumm", label: { ru: "Средний чек", en: "Average order" }, kind: "decimal" },
  { key: "contragentType", label: { ru: "Тип контрагента", en: "Counterparty type" }, kind: "text" },
  { key: "segments", label: { ru: "Сегменты", en: "Segments" }, kind: "text" },
];
export const customerSample: JsonObject = {
  id: "501",
  externalId: "100001",
  firstName: "Анна",
  lastName: "Петрова",
  patronymic: "Сергеевна",
  phone: "+79990000001",
  phones: ["+79990000001"],
  email: "anna@example.com",
  site: "shop",
  managerId: "3",
  address: "Москва, ул. Ленина, 1",
  city: "Москва",
  vip: false,
  ordersCount: 2,
  totalSumm: 5400,
  tags: "опт",
  source: "yandex",
  medium: "cpc",
  campaign: "summer-sale",
  keyword: "купить велосипед",
  content: "banner-2",
  createdAt: "2026-01-10T09:00:00.000Z",
  region: "Москва",
  bad: false,
  sex: "female",
  birthday: "1990-05-17",
  personalDiscount: 5,
  averageSumm: 2700,
  contragentType: "individual",
  segments: "Постоянные",
};

/** What the sandbox portal is made of: fields, statuses, funnels, users. */

export type Kind = "contact" | "company" | "lead" | "deal";
export const KINDS: readonly Kind[] = ["contact", "company", "lead", "deal"];

export interface FieldDescription {
  readonly type: string;
  readonly title: string;
  readonly isRequired?: boolean;
  readonly isReadOnly?: boolean;
  readonly isMultiple?: boolean;
  readonly isDynamic?: boolean;
  readonly statusType?: string;
  readonly items?: readonly { readonly ID: string; readonly VALUE: string }[];
  /** The label that people see; of custom fields only. */
  readonly formLabel?: string;
}

const field = (type: string, title: string, more: Partial<FieldDescription> = {}): FieldDescription => ({
  type,
  title,
  ...more,
});
const readOnly = (type: string, title: string) => field(type, title, { isReadOnly: true });
const status = (title: string, statusType: string) => field("crm_status", title, { statusType });
const custom = (type: string, code: string, formLabel: string, more: Partial<FieldDescription> = {}) =>
  field(type, code, { isDynamic: true, formLabel, ...more });

const COMMON: Readonly<Record<string, FieldDescription>> = {
  ID: readOnly("integer", "ID"),
  COMMENTS: field("string", "Комментарий"),
  OPENED: field("char", "Доступен для всех"),
  ASSIGNED_BY_ID: field("user", "Ответственный"),
  CREATED_BY_ID: readOnly("user", "Кем создан"),
  MODIFY_BY_ID: readOnly("user", "Кем изменён"),
  DATE_CREATE: readOnly("datetime", "Дата создания"),
  DATE_MODIFY: readOnly("datetime", "Дата изменения"),
  ORIGINATOR_ID: field("string", "Внешний источник"),
  ORIGIN_ID: field("string", "Идентификатор элемента во внешнем источнике"),
  ORIGIN_VERSION: field("string", "Версия оригинала"),
  UTM_SOURCE: field("string", "Рекламная система"),
  UTM_MEDIUM: field("string", "Тип трафика"),
  UTM_CAMPAIGN: field("string", "Обозначение рекламной кампании"),
  UTM_CONTENT: field("string", "Содержание кампании"),
  UTM_TERM: field("string", "Условие поиска кампании"),
};
const COMMUNICATION: Readonly<Record<string, FieldDescription>> = {
  HAS_PHONE: readOnly("char", "Задан телефон"),
  HAS_EMAIL: readOnly("char", "Задан e-mail"),
  PHONE: field("crm_multifield", "Телефон", { isMultiple: true }),
  EMAIL: field("crm_multifield", "E-mail", { isMultiple: true }),
  WEB: field("crm_multifield", "Сайт", { isMultiple: true }),
  IM: field("crm_multifield", "Мессенджер", { isMultiple: true }),
};
const PERSON: Readonly<Record<string, FieldDescription>> = {
  HONORIFIC: status("Обращение", "HONORIFIC"),
  NAME: field("string", "Имя"),
  SECOND_NAME: field("string", "Отчество"),
  LAST_NAME: field("string", "Фамилия"),
  POST: field("string", "Должность"),
  BIRTHDATE: field("date", "Дата рождения"),
  SOURCE_ID: status("Источник", "SOURCE"),
  SOURCE_DESCRIPTION: field("string", "Дополнительно об источнике"),
  ADDRESS: field("string", "Адрес"),
};
const MONEY: Readonly<Record<string, FieldDescription>> = {
  OPPORTUNITY: field("double", "Сумма"),
  CURRENCY_ID: field("crm_currency", "Валюта"),
};

/** `crm.<kind>.fields`. */
export const FIELDS: Readonly<Record<Kind, Readonly<Record<string, FieldDescription>>>> = {
  contact: {
    ...COMMON,
    ...PERSON,
    ...COMMUNICATION,
    TYPE_ID: status("Тип контакта", "CONTACT_TYPE"),
    COMPANY_ID: field("crm_company", "Компания"),
    LEAD_ID: readOnly("crm_lead", "Лид"),
    UF_CRM_1700000001: custom("string", "UF_CRM_1700000001", "Номер карты"),
    UF_CRM_1700000002: custom("enumeration", "UF_CRM_1700000002", "Сегмент", {
      items: [
        { ID: "101", VALUE: "Розница" },
        { ID: "102", VALUE: "Опт" },
      ],
    }),
    UF_CRM_1700000003: custom("enumeration", "UF_CRM_1700000003", "Интересы", {
      isMultiple: true,
      items: [
        { ID: "201", VALUE: "Скидки" },
        { ID: "202", VALUE: "Новинки" },
      ],
    }),
    UF_CRM_1700000004: custom("boolean", "UF_CRM_1700000004", "Согласие на рассылку"),
  },
  company: {
    ...COMMON,
    ...COMMUNICATION,
    TITLE: field("string", "Название компании", { isRequired: true }),
    COMPANY_TYPE: status("Тип компании", "COMPANY_TYPE"),
    INDUSTRY: status("Сфера деятельности", "INDUSTRY"),
    ADDRESS: field("string", "Адрес"),
  },
  lead: {
    ...COMMON,
    ...PERSON,
    ...COMMUNICATION,
    ...MONEY,
    TITLE: field("string", "Название лида"),
    STATUS_ID: status("Стадия", "STATUS"),
    STATUS_SEMANTIC_ID: readOnly("string", "Состояние стадии"),
    COMPANY_TITLE: field("string", "Название компании"),
    CONTACT_ID: field("crm_contact", "Контакт"),
    COMPANY_ID: field("crm_company", "Компания"),
    UF_CRM_1700000011: custom("string", "UF_CRM_1700000011", "gclid"),
  },
  deal: {
    ...COMMON,
    ...MONEY,
    TITLE: field("string", "Название", { isRequired: true }),
    TYPE_ID: status("Тип", "DEAL_TYPE"),
    CATEGORY_ID: field("crm_category", "Воронка"),
    STAGE_ID: status("Стадия сделки", "DEAL_STAGE"),
    STAGE_SEMANTIC_ID: readOnly("string", "Группа стадии"),
    CLOSED: field("char", "Завершена"),
    CONTACT_ID: field("crm_contact", "Контакт"),
    COMPANY_ID: field("crm_company", "Компания"),
    LEAD_ID: readOnly("crm_lead", "Лид"),
    SOURCE_ID: status("Источник", "SOURCE"),
    SOURCE_DESCRIPTION: field("string", "Дополнительно об источнике"),
    BEGINDATE: field("date", "Дата начала"),
    CLOSEDATE: field("date", "Дата завершения"),
    UF_CRM_1700000021: custom("double", "UF_CRM_1700000021", "Вес заказа"),
  },
};

const statuses = (entity: string, ...pairs: readonly (readonly [string, string])[]) =>
  pairs.map(([id, name], index) => ({
    ID: String(entity.length * 1_000 + index),
    ENTITY_ID: entity,
    STATUS_ID: id,
    NAME: name,
    NAME_INIT: name,
    SORT: String((index + 1) * 10),
    SYSTEM: "Y",
  }));

/** `crm.status.list`, without its filter. */
export const STATUSES = [
  ...statuses(
    "STATUS",
    ["NEW", "Не обработан"],
    ["IN_PROCESS", "В работе"],
    ["PROCESSED", "Обработан"],
    ["CONVERTED", "Качественный лид"],
    ["JUNK", "Некачественный лид"],
  ),
  ...statuses("SOURCE", ["CALL", "Звонок"], ["WEB", "Веб-сайт"], ["EMAIL", "Электронная почта"], ["OTHER", "Другое"]),
  ...statuses("CONTACT_TYPE", ["CLIENT", "Клиенты"], ["SUPPLIER", "Поставщики"], ["PARTNER", "Партнёры"]),
  ...statuses("COMPANY_TYPE", ["CUSTOMER", "Клиент"], ["SUPPLIER", "Поставщик"]),
  ...statuses("INDUSTRY", ["IT", "Информационные технологии"], ["OTHER", "Другое"]),
  ...statuses("HONORIFIC", ["HNR_RU_1", "г-н"], ["HNR_RU_2", "г-жа"]),
  ...statuses("DEAL_TYPE", ["SALE", "Продажа"], ["SERVICE", "Обслуживание"]),
  ...statuses(
    "DEAL_STAGE",
    ["NEW", "Новая"],
    ["PREPARATION", "Подготовка документов"],
    ["WON", "Сделка успешна"],
    ["LOSE", "Сделка провалена"],
  ),
  ...statuses("DEAL_STAGE_3", ["C3:NEW", "Заявка"], ["C3:WON", "Оплачена"], ["C3:LOSE", "Отказ"]),
];

export const CATEGORIES = [
  { id: 0, name: "Общее", sort: 100, entityTypeId: 2, isDefault: "Y" },
  { id: 3, name: "Опт", sort: 200, entityTypeId: 2, isDefault: "N" },
];
export const CURRENCIES = [
  { CURRENCY: "RUB", FULL_NAME: "Российский рубль", BASE: "Y", SORT: "100" },
  { CURRENCY: "USD", FULL_NAME: "Доллар США", BASE: "N", SORT: "200" },
];
export const USERS = [
  { ID: "1", ACTIVE: true, NAME: "Анна", LAST_NAME: "Демо", EMAIL: "anna@example.test" },
  { ID: "7", ACTIVE: true, NAME: "Пётр", LAST_NAME: "Продажин", EMAIL: "petr@example.test" },
  { ID: "8", ACTIVE: false, NAME: "Ушёл", LAST_NAME: "Давно", EMAIL: "gone@example.test" },
];

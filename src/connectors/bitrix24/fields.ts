/** What contacts, companies, leads and deals are made of, under the keys of the API and the names of the CRM's own forms. */
import type { Field, JsonObject } from "../kit/define.ts";
import type { FieldKind, Meaning } from "../kit/fields.ts";

export type Entity = "contact" | "company" | "lead" | "deal";
export const ENTITIES: readonly Entity[] = ["contact", "company", "lead", "deal"];
export const HAS_COMMUNICATION: ReadonlySet<Entity> = new Set<Entity>(["contact", "company", "lead"]);

const field = (key: string, ru: string, en: string, kind: FieldKind, more: Partial<Field> = {}): Field => ({
  key,
  label: { ru, en },
  kind,
  ...more,
});
const from = (list: string, ...dependsOn: string[]): Partial<Field> => ({
  list: { name: list, ...(dependsOn.length > 0 ? { dependsOn } : {}) },
});

const NAMES: readonly Field[] = [
  field("NAME", "Имя", "First name", "text", { meaning: "name.first", common: true }),
  field("LAST_NAME", "Фамилия", "Last name", "text", { meaning: "name.last" }),
  field("SECOND_NAME", "Отчество", "Second name", "text", { meaning: "name.middle" }),
];
const COMMUNICATION: readonly Field[] = [
  field("PHONE", "Телефон", "Phone", "phone", { meaning: "phone", common: true }),
  field("EMAIL", "E-mail", "E-mail", "email", { meaning: "email", common: true }),
];
const SITE = field("WEB", "Сайт", "Website", "text");
const ASSIGNED = field("ASSIGNED_BY_ID", "Ответственный", "Responsible person", "reference", {
  ...from("users"),
  meaning: "manager",
});
const COMMENTS = field("COMMENTS", "Комментарий", "Comment", "longText", { meaning: "comment" });
const OPENED = field("OPENED", "Доступен для всех", "Available to everyone", "boolean");
const SOURCE: readonly Field[] = [
  field("SOURCE_ID", "Источник", "Source", "reference", { ...from("sources"), meaning: "source" }),
  field("SOURCE_DESCRIPTION", "Дополнительно об источнике", "Source information", "text"),
];
const UTM: readonly Field[] = [
  field("UTM_SOURCE", "UTM Source", "UTM Source", "text", { meaning: "utm.source" }),
  field("UTM_MEDIUM", "UTM Medium", "UTM Medium", "text", { meaning: "utm.medium" }),
  field("UTM_CAMPAIGN", "UTM Campaign", "UTM Campaign", "text", { meaning: "utm.campaign" }),
  field("UTM_CONTENT", "UTM Content", "UTM Content", "text", { meaning: "utm.content" }),
  field("UTM_TERM", "UTM Term", "UTM Term", "text", { meaning: "utm.term" }),
];
const MONEY: readonly Field[] = [
  field("OPPORTUNITY", "Сумма", "Amount", "decimal", { meaning: "amount" }),
  field("CURRENCY_ID", "Валюта", "Currency", "reference", { ...from("currencies"), meaning: "currency" }),
];
const PERSON: readonly Field[] = [
  field("POST", "Должность", "Position", "text"),
  field("HONORIFIC", "Обращение", "Salutation", "reference", from("honorifics")),
  field("BIRTHDATE", "Дата рождения", "Date of birth", "dateTime", { format: "%Y-%m-%d" }),
];
const COMPANY_ID = field("COMPANY_ID", "ID компании", "Company ID", "text", { meaning: "customer.id" });
const CONTACT_ID = field("CONTACT_ID", "ID контакта", "Contact ID", "text", { meaning: "contact.id", common: true });
const ORIGIN = field("ORIGIN_ID", "Внешний ID", "External ID", "text", {
  meaning: "externalId",
  hint: {
    ru: "По нему запись находится снова. Если пусто, бот ставит свой.",
    en: "The record is found again by it. When empty the bot sets its own.",
  },
});
const title = (ru: string, en: string, more: Partial<Field> = {}) =>
  field("TITLE", ru, en, "text", { meaning: "title", common: true, ...more });

/** What may be written when a record is made. */
export const INPUT: Readonly<Record<Entity, readonly Field[]>> = {
  contact: [
    ...NAMES,
    ...COMMUNICATION,
    SITE,
    ...PERSON,
    field("TYPE_ID", "Тип контакта", "Contact type", "reference", from("contactTypes")),
    COMPANY_ID,
    ASSIGNED,
    ...SOURCE,
    COMMENTS,
    OPENED,
    ...UTM,
    ORIGIN,
  ],
  company: [
    title("Название компании", "Company name", { required: true, meaning: "company" }),
    ...COMMUNICATION,
    SITE,
    field("COMPANY_TYPE", "Тип компании", "Company type", "reference", from("companyTypes")),
    field("INDUSTRY", "Сфера деятельности", "Industry", "reference", from("industries")),
    ASSIGNED,
    COMMENTS,
    OPENED,
    ...UTM,
    ORIGIN,
  ],
  lead: [
    title("Название лида", "Lead name"),
    ...NAMES,
    ...COMMUNICATION,
    SITE,
    ...PERSON,
    field("STATUS_ID", "Стадия", "Stage", "reference", from("leadStatuses")),
    ...MONEY,
    field("COMPANY_TITLE", "Название компании", "Company name", "text", { meaning: "company" }),
    CONTACT_ID,
    COMPANY_ID,
    ASSIGNED,
    ...SOURCE,
    COMMENTS,
    OPENED,
    ...UTM,
    ORIGIN,
  ],
  deal: [
    title("Название", "Name"),
    CONTACT_ID,
    COMPANY_ID,
    field("CATEGORY_ID", "Воронка", "Pipeline", "reference", from("pipelines")),
    field("STAGE_ID", "Стадия сделки", "Deal stage", "reference", from("stages", "CATEGORY_ID")),
    ...MONEY,
    field("TYPE_ID", "Тип", "Type", "reference", from("dealTypes")),
    field("BEGINDATE", "Дата начала", "Start date", "dateTime", { format: "%Y-%m-%d" }),
    field("CLOSEDATE", "Дата завершения", "End date", "dateTime", { format: "%Y-%m-%d" }),
    ASSIGNED,
    ...SOURCE,
    COMMENTS,
    OPENED,
    ...UTM,
    ORIGIN,
  ],
};

const ID: Readonly<Record<Entity, Field>> = {
  contact: field("ID", "ID контакта", "Contact ID", "text", { meaning: "contact.id", common: true }),
  company: field("ID", "ID компании", "Company ID", "text", { meaning: "customer.id", common: true }),
  lead: field("ID", "ID лида", "Lead ID", "text", { meaning: "request.id", common: true }),
  deal: field("ID", "ID сделки", "Deal ID", "text", { meaning: "deal.id", common: true }),
};

/** What may be changed: nothing has to be said again but which record it is. */
export const UPDATE = (entity: Entity): readonly Field[] => [
  { ...ID[entity], required: true },
  ...INPUT[entity].map(({ required: _, ...field }) => {
    if (field.key !== "ORIGIN_ID") return field;
    // A record that is there keeps the name it was found by, unless somebody says otherwise.
    const { meaning: __, hint: ___, ...plain } = field;
    return plain;
  }),
];

const FOUND_BY: Readonly<Record<Entity, readonly string[]>> = {
  contact: ["PHONE", "EMAIL", "ORIGIN_ID"],
  company: ["PHONE", "EMAIL", "TITLE", "ORIGIN_ID"],
  lead: ["PHONE", "EMAIL", "ORIGIN_ID"],
  deal: ["ORIGIN_ID", "CONTACT_ID", "TITLE"],
};
/** By what a record can be told from others. */
export const identity = (entity: Entity): readonly string[] => FOUND_BY[entity];
export const FIND = (entity: Entity): readonly Field[] => [
  ...INPUT[entity]
    .filter(({ key }) => FOUND_BY[entity].includes(key))
    .map(({ required: _, hint: __, ...rest }): Field => ({ ...rest, common: true })),
  ID[entity],
];

/** To other services these say something; among the portal's own lists a lead's stage is no deal's. */
const MEANT: Readonly<Record<string, Meaning>> = {
  STATUS_ID: "status",
  STAGE_ID: "status",
  TYPE_ID: "type",
  COMPANY_TYPE: "type",
};

/** Every output field, also where its value comes from: the API's key, or one of ours. */
export function OUTPUT(entity: Entity): readonly Field[] {
  const read = INPUT[entity].map(
    ({ required: _, list: __, hint: ___, format: ____, common: _____, ...rest }): Field => ({
      ...rest,
      kind: rest.kind === "reference" ? "text" : rest.kind,
      ...(MEANT[rest.key] === undefined ? {} : { meaning: MEANT[rest.key] }),
    }),
  );
  return [
    ID[entity],
    ...(entity === "contact" || entity === "lead"
      ? [field("FULL_NAME", "Имя и фамилия", "Full name", "text", { meaning: "name.full" })]
      : []),
    ...read,
    ...(HAS_COMMUNICATION.has(entity)
      ? [
          field("PHONES", "Все телефоны", "All phones", "phone", { many: true }),
          field("EMAILS", "Все e-mail", "All e-mails", "email", { many: true }),
        ]
      : []),
    ...(entity === "deal" ? [field("CLOSED", "Сделка закрыта", "Deal is closed", "boolean")] : []),
    field("CREATED_BY_ID", "Кем создан: ID", "Created by: ID", "text"),
    field("MODIFY_BY_ID", "Кем изменён: ID", "Changed by: ID", "text"),
    field("DATE_CREATE", "Дата создания", "Created on", "dateTime", { meaning: "createdAt" }),
    field("DATE_MODIFY", "Дата изменения", "Changed on", "dateTime", { meaning: "changedAt" }),
  ];
}

export const EVENT = field("EVENT", "Событие", "Event", "choice", {
  choices: [
    { value: "add", label: { ru: "добавлен", en: "added" } },
    { value: "update", label: { ru: "изменён", en: "changed" } },
  ],
});

const COMMON_SAMPLE: JsonObject = {
  ASSIGNED_BY_ID: "1",
  COMMENTS: "Перезвонить завтра",
  OPENED: true,
  UTM_SOURCE: "yandex",
  UTM_MEDIUM: "cpc",
  UTM_CAMPAIGN: "zima",
  UTM_CONTENT: null,
  UTM_TERM: null,
  ORIGIN_ID: null,
  CREATED_BY_ID: "1",
  MODIFY_BY_ID: "1",
  DATE_CREATE: "2026-01-10T09:00:00.000Z",
  DATE_MODIFY: "2026-01-10T09:00:00.000Z",
};
const COMMUNICATION_SAMPLE: JsonObject = {
  PHONE: "+79990000001",
  PHONES: ["+79990000001"],
  EMAIL: "anna@example.test",
  EMAILS: ["anna@example.test"],
  WEB: null,
};
const PERSON_SAMPLE: JsonObject = {
  FULL_NAME: "Анна Петрова",
  NAME: "Анна",
  LAST_NAME: "Петрова",
  SECOND_NAME: null,
  POST: "Закупщик",
  HONORIFIC: null,
  BIRTHDATE: null,
  SOURCE_ID: "WEB",
  SOURCE_DESCRIPTION: null,
  COMPANY_ID: null,
};
const MONEY_SAMPLE: JsonObject = { OPPORTUNITY: 12500.5, CURRENCY_ID: "RUB" };

export const SAMPLE: Readonly<Record<Entity, JsonObject>> = {
  contact: { ID: "45", ...PERSON_SAMPLE, ...COMMUNICATION_SAMPLE, TYPE_ID: "CLIENT", ...COMMON_SAMPLE },
  company: {
    ID: "12",
    TITLE: "ООО «Ромашка»",
    ...COMMUNICATION_SAMPLE,
    COMPANY_TYPE: "CUSTOMER",
    INDUSTRY: "DELIVERY",
    ...COMMON_SAMPLE,
  },
  lead: {
    ID: "78",
    TITLE: "Заявка с сайта",
    ...PERSON_SAMPLE,
    ...COMMUNICATION_SAMPLE,
    STATUS_ID: "NEW",
    ...MONEY_SAMPLE,
    COMPANY_TITLE: null,
    CONTACT_ID: null,
    ...COMMON_SAMPLE,
  },
  deal: {
    ID: "101",
    TITLE: "Поставка",
    CONTACT_ID: "45",
    COMPANY_ID: null,
    CATEGORY_ID: "0",
    STAGE_ID: "NEW",
    ...MONEY_SAMPLE,
    TYPE_ID: "SALE",
    BEGINDATE: "2026-01-10",
    CLOSEDATE: null,
    CLOSED: false,
    SOURCE_ID: "WEB",
    SOURCE_DESCRIPTION: null,
    ...COMMON_SAMPLE,
  },
};

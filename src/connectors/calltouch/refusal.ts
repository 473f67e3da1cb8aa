/** What Calltouch refuses, as a sentence that names the field and its value: its own words name neither. */
import { ConnectorError } from "../kit/errors.ts";
import type { Json, JsonObject, Text } from "../kit/fields.ts";
import { isObject, objectOf, objectsOf, textOf, textsOf } from "../kit/read.ts";

/** Its name of what it refuses, our field, and what people call that; longer names first where one holds another. */
const FIELDS: readonly (readonly [own: string, field: string, label: Text])[] = [
  ["orderNumber", "orderNumber", { ru: "ID сделки", en: "Deal ID" }],
  ["callId", "callId", { ru: "ID звонка", en: "Call ID" }],
  ["requestId", "requestId", { ru: "ID заявки", en: "Request ID" }],
  ["requestNumber", "requestNumber", { ru: "Номер заявки", en: "Request number" }],
  ["chatId", "chatId", { ru: "ID чата", en: "Chat ID" }],
  ["revenue", "revenue", { ru: "Бюджет сделки", en: "Deal budget" }],
  ["statusDate", "statusDate", { ru: "Дата изменения статуса", en: "Status date" }],
  ["orderDate", "orderDate", { ru: "Дата создания сделки", en: "Deal creation date" }],
  ["status", "status", { ru: "Статус сделки", en: "Deal status" }],
  ["phone", "phone", { ru: "Телефон", en: "Phone" }],
  ["email", "email", { ru: "Email", en: "Email" }],
  ["referenceId", "referenceId", { ru: "Внешний ID звонка", en: "External call ID" }],
  ["customField", "customFields", { ru: "Пользовательские поля", en: "Custom fields" }],
  ["product", "products", { ru: "Товары", en: "Products" }],
  ["subject", "subject", { ru: "Тема", en: "Subject" }],
];

const NO_LEAD = /not found by matching|lead\S*( was)? not found|(обращени|лид)\S* не найден/i;
const IS_THERE = /already exist|duplicate|уже (существует|есть)/i;
const IS_EMPTY = /is required|required field|must not be (null|empty|blank)|обязательн|не (заполнен|указан)/i;

/** `code` of the refusal of a lead that isn't there: a deal that isn't there is something else. */
export const NO_LEAD_CODE = "lead";

/** The data error behind Calltouch's words; `sent` is what it was asked with. */
export function refused(own: string | undefined, code: string, sent: Json = null): ConnectorError {
  const kept = own ? { own } : {};
  if (own !== undefined && NO_LEAD.test(own)) {
    const missing = noLead(sent);
    if (missing)
      return new ConnectorError("data", missing.sentence, { code: NO_LEAD_CODE, field: missing.field, ...kept });
  }
  const named = own === undefined ? undefined : FIELDS.find(([name]) => own.toLowerCase().includes(name.toLowerCase()));
  const known = named ?? (own !== undefined && IS_THERE.test(own) ? FIELDS[0] : undefined);
  if (known === undefined || own === undefined)
    return new ConnectorError(
      "data",
      {
        ru: own ? `Calltouch не принял данные: ${own}` : "Calltouch не принял данные.",
        en: own ? `Calltouch did not accept the data: ${own}` : "Calltouch did not accept the data.",
      },
      { code, ...kept },
    );
  const [name, field, label] = known;
  const value = sentValue(sent, name);
  return new ConnectorError("data", about(own, label, value), { code, field, ...kept });
}

function about(own: string, label: Text, value: string | null): Text {
  if (IS_THERE.test(own) && value !== null)
    return {
      ru: `В Calltouch уже есть запись, у которой поле «${label.ru}» равно «${value}».`,
      en: `Calltouch already has a record whose field “${label.en}” is “${value}”.`,
    };
  if (value === null || IS_EMPTY.test(own))
    return {
      ru: `Calltouch не принял поле «${label.ru}»${value === null ? ": оно пустое" : ` со значением «${value}»`}.`,
      en: `Calltouch did not accept the field “${label.en}”${value === null ? ": it is empty" : ` with the value “${value}”`}.`,
    };
  return {
    ru: `Calltouch не принял значение «${value}» поля «${label.ru}».`,
    en: `Calltouch did not accept the value “${value}” of the field “${label.en}”.`,
  };
}

/** The ways by which it was to find a lead, in our words. */
function noLead(sent: Json): { sentence: Text; field: string } | null {
  const ways = objectsOf(objectOf(sent).matching ?? objectOf(sent).reMatching).flatMap((way) => wayOf(way));
  const [first] = ways;
  if (first === undefined) return null;
  const [only] = ways.length === 1 ? ways : [];
  if (only !== undefined)
    return {
      field: only.field,
      sentence: {
        ru: `В Calltouch нет ${only.what.ru}: поле «${only.label.ru}», значение «${only.value}».`,
        en: `Calltouch has no ${only.what.en}: field “${only.label.en}”, value “${only.value}”.`,
      },
    };
  const list = (locale: "ru" | "en") => ways.map(({ label, value }) => `${label[locale]} «${value}»`).join(", ");
  return {
    field: first.field,
    sentence: {
      ru: `В Calltouch нет обращения, которое подходит: ${list("ru")}.`,
      en: `Calltouch has no lead that fits: ${list("en")}.`,
    },
  };
}

interface Way {
  readonly field: string;
  readonly label: Text;
  readonly what: Text;
  readonly value: string;
}

const BY_ID: readonly (readonly [type: string, id: string, what: Text])[] = [
  ["call", "callId", { ru: "звонка с таким ID", en: "call with this ID" }],
  ["request", "requestId", { ru: "заявки с таким ID", en: "request with this ID" }],
  ["chat", "chatId", { ru: "чата с таким ID", en: "chat with this ID" }],
];

function wayOf(way: JsonObject): Way[] {
  const byId = BY_ID.find(([type]) => type === way.type);
  if (byId !== undefined) {
    const [type, id, what] = byId;
    const value = textOf(objectOf(way[`${type}Params`])[id]);
    return value === null ? [] : [{ field: id, label: labelOf(id), what, value }];
  }
  const contact = objectOf(way.leadContactParams);
  return (
    [
      ["phone", contact.phones, { ru: "обращения с этого телефона", en: "lead from this phone" }],
      ["email", contact.emails, { ru: "обращения с этого email", en: "lead from this email" }],
    ] as const
  ).flatMap(([field, values, what]) => {
    const [value] = textsOf(values);
    return value === undefined ? [] : [{ field, label: labelOf(field), what, value }];
  });
}

const labelOf = (field: string): Text => FIELDS.find(([, one]) => one === field)?.[2] ?? { ru: field, en: field };

/** The first value in what was sent whose name begins like this. */
function sentValue(sent: Json, name: string): string | null {
  if (Array.isArray(sent)) return first(sent.map((one) => sentValue(one, name)));
  if (!isObject(sent)) return null;
  const own = Object.entries(sent).filter(([key]) => key.toLowerCase().startsWith(name.toLowerCase()));
  return (
    first(own.map(([, value]) => (isObject(value) || Array.isArray(value) ? null : textOf(value)))) ??
    first(Object.values(sent).map((one) => sentValue(one, name)))
  );
}

const first = (values: readonly (string | null)[]): string | null => values.find((one) => one !== null) ?? null;

/** Custom fields of the account, in both directions. Phones and e-mails are fields of our own (shapes.ts). */
import type { Choice, Context, Field, Json, JsonObject } from "../kit/define.ts";
import type { FieldKind, Meaning } from "../kit/fields.ts";
import { booleanOf, isObject, listOf, numberOf, objectsOf, textOf } from "../kit/read.ts";
import { same } from "../kit/words.ts";
import { all } from "./api.ts";

export type Kind = "contacts" | "leads" | "companies";
const PREFIX = "cf_";

const KINDS: Readonly<Record<string, FieldKind>> = {
  text: "text",
  textarea: "longText",
  streetaddress: "text",
  url: "text",
  tracking_data: "text",
  numeric: "decimal",
  price: "decimal",
  monetary: "decimal",
  checkbox: "boolean",
  date: "dateTime",
  date_time: "dateTime",
  birthday: "dateTime",
  select: "choice",
  radiobutton: "choice",
  multiselect: "choice",
};
const LISTED = ["select", "radiobutton", "multiselect"];
const DATES = ["date", "date_time", "birthday"];

const MEANINGS: readonly (readonly [RegExp, Meaning])[] = [
  [/utm[_ -]?source/i, "utm.source"],
  [/utm[_ -]?medium/i, "utm.medium"],
  [/utm[_ -]?campaign/i, "utm.campaign"],
  [/utm[_ -]?content/i, "utm.content"],
  [/utm[_ -]?term/i, "utm.term"],
  [/gclid|google.*client/i, "clientId.google"],
  [/_ym_uid|ym.*(client|uid)|яндекс.*id/i, "clientId.yandex"],
  [/^(city|город)$/i, "city"],
  [/^(address|адрес)$/i, "address"],
  [/^(web|сайт)$/i, "url"],
  [/комментарий|comment/i, "comment"],
];

const isOurs = (field: JsonObject) => field.code === "PHONE" || field.code === "EMAIL";

async function readFields(ctx: Context, kind: Kind): Promise<JsonObject[]> {
  const fields = await all(ctx, `${kind}/custom_fields`, "custom_fields");
  return fields
    .filter((field) => !isOurs(field) && KINDS[textOf(field.type) ?? ""] !== undefined)
    .sort((a, b) => (numberOf(a.sort) ?? 0) - (numberOf(b.sort) ?? 0));
}

function describe(field: JsonObject, key: string): Field {
  const name = textOf(field.name) ?? textOf(field.id) ?? "?";
  const type = textOf(field.type) ?? "text";
  const code = textOf(field.code) ?? "";
  const meaning = MEANINGS.find(([pattern]) => pattern.test(code) || pattern.test(name))?.[1];
  const choices = objectsOf(field.enums).map(
    (one): Choice => ({ value: textOf(one.id) ?? "", label: same(textOf(one.value) ?? "?") }),
  );
  const kind = KINDS[type] ?? "text";
  return {
    key,
    label: same(name),
    kind: kind === "choice" && choices.length === 0 ? "text" : kind,
    custom: true,
    ...(kind === "choice" && choices.length > 0 ? { choices } : {}),
    ...(type === "multiselect" ? { many: true } : {}),
    ...(meaning ? { meaning, common: true } : {}),
  };
}

/** As fields to fill. */
export async function customInput(ctx: Context, kind: Kind): Promise<readonly Field[]> {
  return (await readFields(ctx, kind)).map((field) => describe(field, `${PREFIX}${textOf(field.id)}`));
}

/** As fields to take from: what was chosen comes as its words. */
export async function customOutput(ctx: Context, kind: Kind): Promise<readonly Field[]> {
  return (await readFields(ctx, kind)).map((field) => {
    const { choices: _, common: __, ...rest } = describe(field, `customFields.${textOf(field.id)}`);
    return rest.kind === "choice" ? { ...rest, kind: "text" } : rest;
  });
}

/** Types are needed to write a value as the field takes it; read only when something is filled. */
export async function customValues(ctx: Context, kind: Kind, input: JsonObject): Promise<JsonObject[]> {
  const filled = Object.entries(input).filter(
    ([key, value]) => key.startsWith(PREFIX) && value !== null && value !== "",
  );
  if (filled.length === 0) return [];
  const types = new Map((await readFields(ctx, kind)).map((field) => [textOf(field.id), textOf(field.type) ?? "text"]));
  return filled.map(([key, value]) => {
    const id = key.slice(PREFIX.length);
    const type = types.get(id) ?? "text";
    const values = (Array.isArray(value) ? value : [value]).map((one) => written(type, one));
    return { field_id: Number(id), values };
  });
}

function written(type: string, value: Json): JsonObject {
  const text = textOf(value) ?? "";
  if (LISTED.includes(type)) return /^\d+$/.test(text) ? { enum_id: Number(text) } : { value: text };
  if (type === "checkbox") return { value: booleanOf(value) ?? false };
  if (DATES.includes(type)) {
    const at = Date.parse(text);
    return { value: Number.isNaN(at) ? text : Math.floor(at / 1_000) };
  }
  if (type === "numeric" || type === "price" || type === "monetary") return { value: numberOf(value) ?? text };
  return { value: typeof value === "boolean" ? String(value) : text };
}

/** The filled custom fields of a record: plain values by the field's id. */
export function customOf(record: JsonObject): JsonObject {
  return Object.fromEntries(
    objectsOf(record.custom_fields_values)
      .filter((field) => field.field_code !== "PHONE" && field.field_code !== "EMAIL")
      .map((field): [string, Json] => {
        const type = textOf(field.field_type) ?? "";
        const values = listOf(field.values).map((one) => shown(type, isObject(one) ? (one.value ?? null) : one));
        return [textOf(field.field_id) ?? "", type === "multiselect" ? values : (values[0] ?? null)];
      }),
  );
}

function shown(type: string, value: Json): Json {
  if (!DATES.includes(type)) return value;
  const seconds = numberOf(value);
  return seconds === null ? textOf(value) : new Date(seconds * 1_000).toISOString();
}

/** Present values as input fields, for the rules of duplicates: chosen ones by their ids. */
export function customAsInput(record: JsonObject): JsonObject {
  return Object.fromEntries(
    objectsOf(record.custom_fields_values).map((field): [string, Json] => {
      const type = textOf(field.field_type) ?? "";
      const values = objectsOf(field.values).map((one) =>
        LISTED.includes(type) ? textOf(one.enum_id) : shown(type, one.value ?? null),
      );
      return [`${PREFIX}${textOf(field.field_id)}`, type === "multiselect" ? values : (values[0] ?? null)];
    }),
  );
}

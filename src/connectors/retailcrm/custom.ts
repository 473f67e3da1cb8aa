/** Custom fields of the account: read from it, offered like any other field. */
import type { Choice, Context, Field, Json, JsonObject } from "../kit/define.ts";
import { ConnectorError } from "../kit/errors.ts";
import type { FieldKind, Meaning } from "../kit/fields.ts";
import { booleanOf, isObject, numberOf, objectsOf, textOf } from "../kit/read.ts";
import { same } from "../kit/words.ts";
import { all } from "./api.ts";

export type Entity = "order" | "customer";
/** Input fields are flat, so a custom field's code gets a prefix that no field of retailCRM's own has. */
const PREFIX = "custom_";

const KINDS: Readonly<Record<string, FieldKind>> = {
  boolean: "boolean",
  date: "dateTime",
  datetime: "dateTime",
  dictionary: "choice",
  multiselect_dictionary: "choice",
  email: "email",
  integer: "integer",
  numeric: "decimal",
  string: "text",
  text: "longText",
};

/** Shops name fields for marketing marks in many ways; the ones that articles and modules teach are recognised. */
const MEANINGS: readonly (readonly [RegExp, Meaning])[] = [
  [/utm[_ -]?source/i, "utm.source"],
  [/utm[_ -]?medium/i, "utm.medium"],
  [/utm[_ -]?campaign/i, "utm.campaign"],
  [/utm[_ -]?content/i, "utm.content"],
  [/utm[_ -]?term/i, "utm.term"],
  [/gclid|google[_ -]?client|ga[_ -]?client|гугл.*id/i, "clientId.google"],
  [/ya(ndex)?[_ -]?client|ym[_ -]?(client|uid)|яндекс.*id/i, "clientId.yandex"],
  [/^(source|источник)$/i, "source"],
  [/^(medium|канал|тип источника)$/i, "medium"],
  [/^(tags?|теги?)$/i, "tags"],
  [/^(city|город)$/i, "city"],
];

function meaningOf(code: string, name: string): Meaning | undefined {
  return MEANINGS.find(([pattern]) => pattern.test(code) || pattern.test(name))?.[1];
}

/** A key without the right to read custom fields has none to offer; everything else works without them. */
async function readFields(ctx: Context, entity: Entity): Promise<JsonObject[]> {
  const fields = await all(ctx, "custom-fields", "customFields", { filter: { entity } }).catch((error: unknown) => {
    if (error instanceof ConnectorError && error.errorClass === "forbidden") return [];
    throw error;
  });
  return fields.filter((field) => (field.entity ?? entity) === entity && textOf(field.code) !== null);
}

/** Choices of every dictionary by its code; an account without dictionaries answers an empty list. */
async function readDictionaries(ctx: Context): Promise<Map<string, readonly Choice[]>> {
  const dictionaries = await all(ctx, "custom-fields/dictionaries", "customDictionaries");
  return new Map(
    dictionaries.map((dictionary) => [
      textOf(dictionary.code) ?? "",
      objectsOf(dictionary.elements).map((element) => ({
        value: textOf(element.code) ?? "",
        label: same(textOf(element.name) ?? textOf(element.code) ?? ""),
      })),
    ]),
  );
}

function describe(field: JsonObject, key: string, dictionaries: ReadonlyMap<string, readonly Choice[]>): Field {
  const code = textOf(field.code) ?? "";
  const name = textOf(field.name) ?? code;
  const type = textOf(field.type) ?? "string";
  const kind = KINDS[type] ?? "text";
  const choices = dictionaries.get(textOf(field.dictionary) ?? "");
  const meaning = meaningOf(code, name);
  return {
    key,
    label: same(name),
    kind: kind === "choice" && !choices ? "text" : kind,
    custom: true,
    ...(kind === "choice" && choices ? { choices } : {}),
    ...(type === "multiselect_dictionary" ? { many: true } : {}),
    ...(type === "date" ? { format: "%Y-%m-%d" } : {}),
    ...(type === "datetime" ? { format: "%Y-%m-%d %H:%M:%S" } : {}),
    ...(booleanOf(field.required) ? { required: true } : {}),
    ...(meaning ? { meaning, common: true } : {}),
  };
}

async function described(ctx: Context, entity: Entity, keyOf: (code: string) => string): Promise<readonly Field[]> {
  const fields = await readFields(ctx, entity);
  const hasDictionary = fields.some((field) => textOf(field.dictionary) !== null);
  const dictionaries = hasDictionary ? await readDictionaries(ctx) : new Map<string, readonly Choice[]>();
  return fields
    .sort((a, b) => (numberOf(a.ordering) ?? 0) - (numberOf(b.ordering) ?? 0))
    .map((field) => describe(field, keyOf(textOf(field.code) ?? ""), dictionaries));
}

/** As fields to fill. */
export const customInput = (ctx: Context, entity: Entity) => described(ctx, entity, (code) => PREFIX + code);

/** As fields to change: what an account demands of a new record need not be said again. */
export async function customUpdate(ctx: Context, entity: Entity): Promise<readonly Field[]> {
  const fields = await customInput(ctx, entity);
  return fields.map(({ required: _, ...field }) => field);
}

/** As fields to take from: where `customFields` of a record lies. Required ones aren't required to be there. */
export async function customOutput(ctx: Context, entity: Entity): Promise<readonly Field[]> {
  const fields = await described(ctx, entity, (code) => `customFields.${code}`);
  return fields.map(({ required: _, common: __, ...field }) => field);
}

/** The filled custom fields of an input, by code. */
export function customValues(input: JsonObject): JsonObject {
  const values: JsonObject = {};
  for (const [key, value] of Object.entries(input)) {
    if (key.startsWith(PREFIX) && value !== null && value !== "") values[key.slice(PREFIX.length)] = value;
  }
  return values;
}

/** Custom values of a record as input fields, for duplicate rules. An empty set comes as `[]`. */
export function customAsInput(record: JsonObject): JsonObject {
  const values = isObject(record.customFields) ? record.customFields : {};
  return Object.fromEntries(Object.entries(values).map(([code, value]): [string, Json] => [PREFIX + code, value]));
}

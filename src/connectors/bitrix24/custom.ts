/** Custom fields of the portal: read from it, offered like any other field, their list values by name. */
import type { Choice, Context, Field, Json, JsonObject } from "../kit/define.ts";
import type { FieldKind, Meaning } from "../kit/fields.ts";
import { booleanOf, isObject, numberOf, objectOf, objectsOf, textOf } from "../kit/read.ts";
import { same } from "../kit/words.ts";
import { read } from "./api.ts";
import type { Entity } from "./fields.ts";

const KINDS: Readonly<Record<string, FieldKind>> = {
  string: "text",
  char: "text",
  integer: "integer",
  double: "decimal",
  boolean: "boolean",
  date: "dateTime",
  datetime: "dateTime",
  enumeration: "choice",
  user: "reference",
  employee: "reference",
};
/** Files and links to other parts of the portal have no value that could be filled in from elsewhere. */
const READ_ONLY = /file|iblock|attachment|resourcebooking/;

const MEANINGS: readonly (readonly [RegExp, Meaning])[] = [
  [/gclid|google[_ -]?client|ga[_ -]?client|гугл.*id/i, "clientId.google"],
  [/ya(ndex)?[_ -]?client|ym[_ -]?(client|uid)|яндекс.*id/i, "clientId.yandex"],
  [/^(city|город)$/i, "city"],
  [/^(tags?|теги?)$/i, "tags"],
];

export interface Custom {
  readonly code: string;
  readonly type: string;
  readonly name: string;
  readonly isMany: boolean;
  readonly isRequired: boolean;
  readonly choices: readonly Choice[];
}

/** The custom ones among `crm.<entity>.fields`. Their `title` only repeats the code. */
export function customsOf(fields: Json): readonly Custom[] {
  return Object.entries(objectOf(fields)).flatMap(([code, value]) => {
    const found = objectOf(value);
    if (!code.startsWith("UF_") && found.isDynamic !== true) return [];
    return [
      {
        code,
        type: textOf(found.type) ?? "string",
        name: textOf(found.formLabel) ?? textOf(found.listLabel) ?? textOf(found.title) ?? code,
        isMany: found.isMultiple === true,
        isRequired: found.isRequired === true,
        choices: objectsOf(found.items).map((item) => ({
          value: textOf(item.ID) ?? "",
          label: same(textOf(item.VALUE) ?? textOf(item.ID) ?? ""),
        })),
      },
    ];
  });
}

export async function readCustoms(ctx: Context, entity: Entity): Promise<readonly Custom[]> {
  return customsOf((await read(ctx, `crm.${entity}.fields`)).result ?? {});
}

function describe({ code, type, name, isMany, choices }: Custom): Field {
  const known = KINDS[type] ?? "text";
  const kind = known === "choice" && choices.length === 0 ? "text" : known;
  const meaning = MEANINGS.find(([pattern]) => pattern.test(name) || pattern.test(code))?.[1];
  return {
    key: code,
    label: same(name),
    kind,
    custom: true,
    ...(isMany ? { many: true } : {}),
    ...(meaning ? { meaning } : {}),
    ...(type === "money" ? { hint: { ru: "Сумма и валюта: 100|RUB.", en: "Amount and currency: 100|RUB." } } : {}),
    ...(type === "date" ? { format: "%Y-%m-%d" } : {}),
    ...(kind === "choice" ? { choices } : {}),
    ...(kind === "reference" ? { list: { name: "users" } } : {}),
  };
}

/** As fields to fill. `isNew`: what the portal demands of a new record. */
export async function customInput(ctx: Context, entity: Entity, isNew: boolean): Promise<readonly Field[]> {
  const customs = await readCustoms(ctx, entity);
  return customs
    .filter(({ type }) => !READ_ONLY.test(type))
    .map((custom) => ({ ...describe(custom), ...(isNew && custom.isRequired ? { required: true } : {}) }));
}

/** As fields to take from: values of lists come by their names. */
export async function customOutput(ctx: Context, entity: Entity): Promise<readonly Field[]> {
  return (await readCustoms(ctx, entity)).map((custom) => {
    const { choices: _, list: __, format: ___, hint: ____, ...field } = describe(custom);
    return { ...field, kind: field.kind === "choice" || field.kind === "reference" ? "text" : field.kind };
  });
}

/** One value as the portal gave it: text, mostly. */
function readable({ type, choices }: Custom, value: Json): Json {
  if (value === false && type !== "boolean") return null;
  const text = textOf(value);
  switch (type) {
    case "enumeration":
      return choices.find((choice) => choice.value === text)?.label.ru ?? text;
    case "boolean":
      return text === "Y" ? true : text === "N" ? false : booleanOf(value);
    case "integer":
    case "double":
      return numberOf(value);
    case "date":
      return text?.slice(0, 10) ?? null;
    case "datetime": {
      const time = Date.parse(text ?? "");
      return Number.isNaN(time) ? null : new Date(time).toISOString();
    }
    default:
      return isObject(value) || Array.isArray(value) ? value : text;
  }
}

/** All custom values of a record, empty ones as null. */
export function customValues(record: JsonObject, customs: readonly Custom[]): JsonObject {
  return Object.fromEntries(
    customs.map((custom): [string, Json] => {
      const value = record[custom.code] ?? null;
      if (!custom.isMany) return [custom.code, readable(custom, value)];
      const list = Array.isArray(value) ? value.map((one) => readable(custom, one)) : [];
      return [custom.code, list.length > 0 ? list : null];
    }),
  );
}

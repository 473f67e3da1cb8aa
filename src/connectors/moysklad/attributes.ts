/** Custom fields of the account ("дополнительные поля"): offered by their names, kept under their ids. */
import type { Choice, Context, Field, Json, JsonObject } from "../kit/define.ts";
import { ConnectorError } from "../kit/errors.ts";
import type { FieldKind } from "../kit/fields.ts";
import { booleanOf, isObject, numberOf, objectOf, objectsOf, textOf } from "../kit/read.ts";
import { same } from "../kit/words.ts";
import { type Entity, fromMoscow, idOf, listAll, moscowTime, reference } from "./api.ts";

/** An input's key says the type too, so that writing a value asks nothing more: `attr_string_7a31…`. */
const KEY = /^attr_([a-z]+)_([0-9a-f]{8})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{12})$/;
const inputKey = (type: string, id: string) => `attr_${type}_${id.replaceAll("-", "")}`;
/** A letter in front makes it a name that templates can read. */
const outputKey = (id: string) => `a${id.replaceAll("-", "")}`;

/** Types that can be written; files and links to other records are only read. */
const KINDS: Readonly<Record<string, FieldKind>> = {
  string: "text",
  text: "longText",
  link: "text",
  long: "integer",
  double: "decimal",
  boolean: "boolean",
  time: "dateTime",
  customentity: "choice",
};
/** What marketing calls its marks: shown at once, because somebody made such a field in order to fill it. */
const MARKS = /utm|источник|канал|тег|метк|source|medium|campaign|кампани|client.?id|gclid|tags?$/i;

const attributesOf = async (ctx: Context, entity: Entity) =>
  (await listAll(ctx, `/entity/${entity}/metadata/attributes`)).filter((one) => textOf(one.id) !== null);

/** Elements of a directory of the account; the value says both, because a reference needs both. */
async function choicesOf(ctx: Context, attribute: JsonObject): Promise<readonly Choice[]> {
  const directory = idOf(attribute.customEntityMeta);
  if (directory === null) return [];
  const elements = await listAll(ctx, `/entity/customentity/${encodeURIComponent(directory)}`).catch(
    (error: unknown) => {
      if (error instanceof ConnectorError && ["forbidden", "not_found"].includes(error.errorClass)) return [];
      throw error;
    },
  );
  return elements.map((one) => ({ value: `${directory}/${idOf(one)}`, label: same(textOf(one.name) ?? "?") }));
}

async function inputField(ctx: Context, attribute: JsonObject): Promise<Field | null> {
  const type = textOf(attribute.type) ?? "string";
  const kind = KINDS[type];
  if (kind === undefined) return null;
  const choices = kind === "choice" ? await choicesOf(ctx, attribute) : [];
  if (kind === "choice" && choices.length === 0) return null;
  const name = textOf(attribute.name) ?? "?";
  return {
    key: inputKey(type, textOf(attribute.id) ?? ""),
    label: same(name),
    kind,
    custom: true,
    ...(kind === "choice" ? { choices } : {}),
    ...(booleanOf(attribute.required) ? { required: true } : {}),
    ...(MARKS.test(name) ? { common: true } : {}),
  };
}

/** As fields to fill. */
export async function attributeInput(ctx: Context, entity: Entity): Promise<readonly Field[]> {
  const fields: Field[] = [];
  for (const attribute of await attributesOf(ctx, entity)) {
    const field = await inputField(ctx, attribute);
    if (field) fields.push(field);
  }
  return fields;
}

/** As fields to change: what a new record must have need not be said again. */
export async function attributeUpdate(ctx: Context, entity: Entity): Promise<readonly Field[]> {
  return (await attributeInput(ctx, entity)).map(({ required: _, ...field }) => field);
}

/** As fields to take from; a value of a directory or another record is its name. */
export async function attributeOutput(ctx: Context, entity: Entity): Promise<readonly Field[]> {
  return (await attributesOf(ctx, entity)).map((attribute) => {
    const kind = KINDS[textOf(attribute.type) ?? ""] ?? "text";
    return {
      key: `attributes.${outputKey(textOf(attribute.id) ?? "")}`,
      label: same(textOf(attribute.name) ?? "?"),
      kind: kind === "choice" ? "text" : kind,
      custom: true,
    };
  });
}

function plainValue(attribute: JsonObject): Json {
  const { value = null } = attribute;
  if (isObject(value)) return textOf(value.name) ?? idOf(value);
  return attribute.type === "time" ? fromMoscow(value) : value;
}

/** Values of a record by the keys of `attributeOutput`. */
export function attributesOut(record: JsonObject): JsonObject {
  return Object.fromEntries(
    objectsOf(record.attributes).flatMap((one): [string, Json][] => {
      const id = idOf(one);
      return id === null ? [] : [[outputKey(id), plainValue(one)]];
    }),
  );
}

/** Values of a record by the keys of `attributeInput`, for the rules of duplicates. */
export function attributesAsInput(record: JsonObject): JsonObject {
  return Object.fromEntries(
    objectsOf(record.attributes).flatMap((one): [string, Json][] => {
      const [id, type] = [idOf(one), textOf(one.type)];
      return id === null || type === null || KINDS[type] === undefined ? [] : [[inputKey(type, id), chosen(one, type)]];
    }),
  );
}
function chosen(attribute: JsonObject, type: string): Json {
  if (type !== "customentity") return plainValue(attribute);
  const href = textOf(objectOf(objectOf(attribute.value).meta).href) ?? "";
  return href.split("/").slice(-2).join("/");
}

function written(type: string, value: Json, key: string): Json {
  switch (type) {
    case "boolean":
      return booleanOf(value) ?? value;
    case "long":
    case "double":
      return numberOf(value) ?? value;
    case "time":
      return moscowTime(value, key) ?? null;
    case "customentity":
      return reference("customentity", `entity/customentity/${textOf(value) ?? ""}`);
    default:
      return textOf(value) ?? "";
  }
}

/** The filled custom fields of an input as the service takes them. */
export function attributesBody(entity: Entity, input: JsonObject): JsonObject[] {
  return Object.entries(input).flatMap(([key, value]) => {
    const found = KEY.exec(key);
    if (!found || value === null || value === "") return [];
    const [, type = "", ...parts] = found;
    const path = `entity/${entity}/metadata/attributes/${parts.join("-")}`;
    return [{ ...reference("attributemetadata", path), value: written(type, value, key) }];
  });
}

/** What amoCRM refuses in a write, in its words, and custom field values as it keeps them. */
import { json, object, objects, type Reply } from "../kit.ts";
import { type CustomField, FIELDS, PIPELINES } from "./reference.ts";

export class Refusal extends Error {
  readonly reply: Reply;
  constructor(reply: Reply) {
    super("refused");
    this.reply = reply;
  }
}
export interface Flaw {
  readonly code: string;
  readonly path: string;
  readonly detail: string;
}

export const problem = (status: number, title: string, detail: string, more: Record<string, unknown> = {}): Reply =>
  json(
    status,
    { ...more, title, type: `https://httpstatus.es/${status}`, status, detail },
    { "content-type": "application/problem+json" },
  );

export function invalid(item: Record<string, unknown>, ordinal: number, errors: readonly Flaw[]): Reply {
  const request_id = String(item.request_id ?? ordinal);
  return problem(400, "Bad Request", "Request validation failed", { "validation-errors": [{ request_id, errors }] });
}

const COMMON = ["id", "request_id", "responsible_user_id", "created_by", "updated_by", "created_at", "updated_at"];
const TAGGED = ["custom_fields_values", "tags_to_add", "tags_to_delete", "_embedded"];
const KNOWN: Readonly<Record<string, readonly string[]>> = {
  contacts: [...COMMON, ...TAGGED, "name", "first_name", "last_name"],
  companies: [...COMMON, ...TAGGED, "name"],
  leads: [...COMMON, ...TAGGED, "name", "price", "status_id", "pipeline_id", "closed_at", "loss_reason_id"],
  tasks: [
    ...COMMON,
    "text",
    "complete_till",
    "task_type_id",
    "entity_id",
    "entity_type",
    "duration",
    "is_completed",
    "result",
  ],
};
const INTEGERS = [
  "id",
  "responsible_user_id",
  "price",
  "status_id",
  "pipeline_id",
  "created_at",
  "complete_till",
  "entity_id",
];

export const fieldOf = (kind: string, value: Record<string, unknown>): CustomField | undefined =>
  FIELDS[kind]?.find((field) =>
    value.field_id === undefined ? field.code !== null && field.code === value.field_code : field.id === value.field_id,
  );

/** Every mistake of one item. */
export function flawsOf(kind: string, item: Record<string, unknown>, isNew: boolean): Flaw[] {
  const flaws: Flaw[] = [];
  const say = (code: string, path: string, detail: string) => flaws.push({ code, path, detail });
  for (const key of Object.keys(item))
    if (!KNOWN[kind]?.includes(key)) say("FieldNotExpected", key, "This field was not expected.");
  for (const key of INTEGERS)
    if (item[key] !== undefined && item[key] !== null && !Number.isInteger(item[key]))
      say("InvalidType", key, "This value should be of type integer.");
  if (kind === "tasks" && isNew)
    for (const key of ["text", "complete_till"])
      if (item[key] === undefined || item[key] === "") say("FieldMissing", key, "This field is missing.");
  if (kind === "leads" && item.status_id !== undefined) {
    const own = PIPELINES.find(({ id }) => id === (item.pipeline_id ?? PIPELINES[0]?.id));
    if (item.pipeline_id !== undefined && !own) say("NotSupportedChoice", "pipeline_id", "The value is not supported.");
    else if (!own?._embedded.statuses.some(({ id }) => id === item.status_id))
      say("NotSupportedChoice", "status_id", "The value is not supported.");
  }
  for (const [at, value] of objects(item.custom_fields_values).entries()) {
    const path = `custom_fields_values.${at}`;
    const field = fieldOf(kind, value);
    if (!field) say("NotSupportedChoice", `${path}.field_id`, "The value you selected is not a valid choice.");
    else if (value.values !== null) checkValues(field, objects(value.values), path, say);
  }
  return flaws;
}

function checkValues(
  field: CustomField,
  values: readonly Record<string, unknown>[],
  path: string,
  say: (code: string, path: string, detail: string) => void,
): void {
  if (values.length === 0) say("InvalidType", `${path}.values`, "This collection should contain 1 element or more.");
  for (const [at, value] of values.entries()) {
    const here = `${path}.values.${at}`;
    for (const key of Object.keys(value))
      if (!["value", "enum_id", "enum_code"].includes(key))
        say("FieldNotExpected", `${here}.${key}`, "This field was not expected.");
    const type = typeof value.value;
    if (["text", "textarea", "tracking_data", "url", "multitext"].includes(field.type) && type !== "string")
      say("InvalidType", `${here}.value`, "This value should be of type string.");
    if (field.type === "checkbox" && type !== "boolean")
      say("InvalidType", `${here}.value`, "This value should be of type bool.");
    if (["select", "multiselect", "radiobutton"].includes(field.type)) {
      const isKnown = field.enums?.some(({ id, value: name }) => id === value.enum_id || name === value.value);
      if (!isKnown) say("NotSupportedChoice", here, "The value you selected is not a valid choice.");
    }
    if (
      ["date", "date_time", "birthday"].includes(field.type) &&
      type !== "number" &&
      Number.isNaN(Date.parse(String(value.value)))
    )
      say("InvalidType", `${here}.value`, "This value should be a timestamp.");
  }
}

/** A custom field with its values as the API shows them; null where it was cleared. */
export function keptField(kind: string, sent: Record<string, unknown>): Record<string, unknown> | null {
  const field = fieldOf(kind, sent);
  if (!field || sent.values === null) return null;
  return {
    field_id: field.id,
    field_name: field.name,
    field_code: field.code,
    field_type: field.type,
    values: objects(sent.values).map((value) => {
      if (field.type === "multitext") {
        const first = field.enums?.[0];
        const own = field.enums?.find(({ id, code }) => id === value.enum_id || code === value.enum_code) ?? first;
        return { value: value.value, enum_id: own?.id, enum_code: own?.code };
      }
      const own = field.enums?.find(({ id, value: name }) => id === value.enum_id || name === value.value);
      if (own) return { value: own.value, enum_id: own.id, enum_code: null };
      const isDate = ["date", "date_time", "birthday"].includes(field.type) && typeof value.value !== "number";
      return { value: isDate ? Math.floor(Date.parse(String(value.value)) / 1_000) : value.value };
    }),
  };
}

export const tagsOf = (value: unknown): { id?: number; name?: string }[] =>
  objects(value).map((tag) => object(tag) as { id?: number; name?: string });

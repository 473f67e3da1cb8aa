/** amoCRM's records as our flat outputs, and our inputs as its records. */
import type { Context, Json, JsonObject } from "../kit/define.ts";
import { booleanOf, filled, isSamePhone, numberOf, objectOf, objectsOf, textOf, textsOf } from "../kit/read.ts";
import { hostOf } from "./api.ts";
import { customAsInput, customOf, customValues, type Kind } from "./custom.ts";
import { pipelineOfStage } from "./lists.ts";

export type Entity = Kind | "tasks";

export const moment = (value: Json | undefined): string | null => {
  const seconds = numberOf(value);
  return seconds === null || seconds === 0 ? null : new Date(seconds * 1_000).toISOString();
};

/** All values of PHONE or EMAIL, in their order. */
export function multiOf(record: JsonObject, code: "PHONE" | "EMAIL"): JsonObject[] {
  return objectsOf(record.custom_fields_values)
    .filter((field) => field.field_code === code)
    .flatMap((field) => objectsOf(field.values))
    .filter((one) => textOf(one.value) !== null);
}
const valuesOf = (record: JsonObject, code: "PHONE" | "EMAIL") => multiOf(record, code).map((one) => textOf(one.value));

const tagNames = (record: JsonObject): string | null =>
  textsOf(linked(record, "tags").map(({ name = null }) => name)).join(", ") || null;
const linked = (record: JsonObject, name: string): JsonObject[] => objectsOf(objectOf(record._embedded)[name]);

function shared(ctx: Context, kind: Entity, record: JsonObject): JsonObject {
  const id = textOf(record.id);
  const page = { contacts: "contacts/detail", companies: "companies/detail", leads: "leads/detail", tasks: "todo" }[
    kind
  ];
  return {
    id,
    responsibleUserId: textOf(record.responsible_user_id),
    createdAt: moment(record.created_at),
    updatedAt: moment(record.updated_at),
    updatedBy: textOf(record.updated_by),
    url: id === null ? null : `https://${hostOf(ctx.auth.account ?? "")}/${page}/${kind === "tasks" ? "" : id}`,
  };
}

export function outputOf(ctx: Context, kind: Entity, record: JsonObject): JsonObject {
  const own = shared(ctx, kind, record);
  if (kind === "tasks") {
    const result = Array.isArray(record.result) ? record.result[0] : record.result;
    return {
      ...own,
      text: textOf(record.text),
      completeTill: moment(record.complete_till),
      taskTypeId: textOf(record.task_type_id),
      entityId: textOf(record.entity_id),
      entityType: textOf(record.entity_type),
      isCompleted: booleanOf(record.is_completed) ?? false,
      result: textOf(objectOf(result).text),
    };
  }
  const more = { name: textOf(record.name), tags: tagNames(record), customFields: customOf(record) };
  const companyId = textOf(linked(record, "companies")[0]?.id);
  if (kind === "leads") {
    const contacts = linked(record, "contacts");
    const main = contacts.find((one) => one.is_main === true) ?? contacts[0];
    return {
      ...own,
      ...more,
      price: numberOf(record.price),
      pipelineId: textOf(record.pipeline_id),
      statusId: textOf(record.status_id),
      lossReasonId: textOf(record.loss_reason_id),
      contactId: textOf(main?.id),
      companyId,
      closedAt: moment(record.closed_at),
    };
  }
  const phones = valuesOf(record, "PHONE");
  const emails = valuesOf(record, "EMAIL");
  const multi = { phone: phones[0] ?? null, phones, email: emails[0] ?? null, emails };
  if (kind === "companies") return { ...own, ...more, ...multi };
  return {
    ...own,
    ...more,
    firstName: textOf(record.first_name),
    lastName: textOf(record.last_name),
    ...multi,
    companyId,
  };
}

/** Present values by input field, for the rules "add" and "fill if empty". */
export function asInput(output: JsonObject, record: JsonObject): JsonObject {
  const { customFields: _, phone: __, email: ___, ...own } = output;
  return {
    ...own,
    phone: valuesOf(record, "PHONE"),
    email: valuesOf(record, "EMAIL"),
    ...customAsInput(record),
  };
}

export type Rule = "replace" | "add" | "fill";

/** Ids are whole numbers at amoCRM; anything else goes as it is and is refused there by name. */
export const numeric = (value: Json | undefined): Json | undefined => {
  const text = textOf(value);
  if (text === null) return undefined;
  return /^\d+$/.test(text) && Number.isSafeInteger(Number(text)) ? Number(text) : text;
};
export const seconds = (value: Json | undefined): number | undefined => {
  const at = Date.parse(textOf(value) ?? "");
  return Number.isNaN(at) ? undefined : Math.floor(at / 1_000);
};

const isSameMail = (one: Json | undefined, other: Json | undefined) =>
  (textOf(one) ?? "").toLowerCase() === (textOf(other) ?? "").toLowerCase();

/**
 * A PATCH replaces all values of a multi-value field, so what shall stay is sent along, with the kinds (work, mobile)
 * that it has. Null where nothing changes.
 */
function multi(
  code: "PHONE" | "EMAIL",
  value: Json | undefined,
  kind: string | null,
  present: readonly JsonObject[],
  rule: Rule,
): JsonObject | null {
  const sent = textsOf(value);
  if (sent.length === 0 || (rule === "fill" && present.length > 0)) return null;
  const isSame = code === "PHONE" ? isSamePhone : isSameMail;
  const before = present.map((one) => ({
    value: textOf(one.value) ?? "",
    ...(textOf(one.enum_id) === null ? {} : { enum_id: numeric(one.enum_id) ?? null }),
  }));
  const fresh: JsonObject[] = [];
  for (const one of sent) {
    const known = before.find((old) => isSame(old.value, one));
    if (fresh.some((old) => isSame(old.value, one))) continue;
    // A number that is there already keeps its kind, and in "add" its spelling.
    if (known && rule === "add") continue;
    fresh.push(
      known && (kind === null || sent.length > 1)
        ? { ...known, value: one }
        : { value: one, enum_code: kind ?? "WORK" },
    );
  }
  if (rule === "add" && fresh.length === 0 && before.length > 0) return null;
  return { field_code: code, values: rule === "add" ? [...before, ...fresh] : fresh };
}

const namesOf = (value: Json | undefined): JsonObject[] =>
  textsOf(Array.isArray(value) ? value : (textOf(value)?.split(",") ?? [])).map((name) => ({ name }));

/** The body of a create (`present` null) or of an update of a record as it is now. */
export async function bodyOf(
  ctx: Context,
  kind: Entity,
  input: JsonObject,
  present: JsonObject | null,
  rule: Rule = "replace",
): Promise<JsonObject> {
  const responsible = numeric(input.responsibleUserId);
  if (kind === "tasks") {
    return filled({
      text: input.text,
      complete_till: seconds(input.completeTill),
      task_type_id: numeric(input.taskTypeId),
      entity_id: numeric(input.entityId),
      entity_type: textOf(input.entityId) === null ? undefined : (textOf(input.entityType) ?? "leads"),
      responsible_user_id: responsible,
    });
  }
  const values = await customValues(ctx, kind, input);
  if (kind !== "leads") {
    const phone = multi("PHONE", input.phone, textOf(input.phoneKind), multiOf(present ?? {}, "PHONE"), rule);
    const email = multi("EMAIL", input.email, textOf(input.emailKind), multiOf(present ?? {}, "EMAIL"), rule);
    values.unshift(...[phone, email].filter((one) => one !== null));
  }
  const links = filled({
    contacts: textOf(input.contactId) === null ? [] : [{ id: numeric(input.contactId) ?? null, is_main: true }],
    companies: textOf(input.companyId) === null ? [] : [{ id: numeric(input.companyId) ?? null }],
  });
  return filled({
    name: input.name,
    ...(kind === "contacts" ? { first_name: input.firstName, last_name: input.lastName } : {}),
    ...(kind === "leads"
      ? {
          price: wholePrice(input.price),
          pipeline_id: await pipelineOf(ctx, input),
          status_id: numeric(input.statusId),
          loss_reason_id: numeric(input.lossReasonId),
        }
      : {}),
    responsible_user_id: responsible,
    custom_fields_values: values,
    tags_to_add: namesOf(input.tags),
    // A PATCH takes no links; they have calls of their own.
    ...(present === null ? { _embedded: links } : {}),
  });
}

/** The chosen pipeline, else that of the chosen stage. */
async function pipelineOf(ctx: Context, { pipelineId, statusId }: JsonObject): Promise<Json | undefined> {
  const stage = textOf(statusId);
  if (textOf(pipelineId) !== null || stage === null) return numeric(pipelineId);
  return numeric((await pipelineOfStage(ctx, stage)) ?? undefined);
}

/** Budgets are whole. */
function wholePrice(value: Json | undefined): Json | undefined {
  const price = numberOf(value);
  return price === null ? undefined : Math.round(price);
}

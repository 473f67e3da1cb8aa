/** A webhook of amoCRM: a form with brackets, every value a text, the field names of the API before this one. */
import { object, objects } from "../kit.ts";
import type { Entity, Kind } from "./account.ts";

const ELEMENT: Readonly<Record<string, number>> = { contacts: 1, leads: 2, companies: 3, customers: 12 };

/** Flat pairs; companies come under `contacts` and are told by `type`. */
export function hookPairs(
  kind: Kind,
  action: string,
  entity: Entity,
  more: Readonly<Record<string, unknown>>,
  isWhole: boolean,
): Record<string, unknown> {
  const under = kind === "companies" ? "contacts" : kind === "tasks" ? "task" : kind;
  const body: Record<string, unknown> =
    kind === "tasks"
      ? {
          id: entity.id,
          element_id: entity.entity_id ?? 0,
          element_type: ELEMENT[String(entity.entity_type)] ?? 0,
          task_type: entity.task_type_id,
          date_create: new Date(entity.created_at * 1_000).toISOString().slice(0, 19).replace("T", " "),
          text: entity.text,
          status: entity.is_completed ? 1 : 0,
          account_id: 1001,
          created_user_id: entity.created_by,
          responsible_user_id: entity.responsible_user_id,
          complete_till: new Date(Number(entity.complete_till) * 1_000).toISOString().slice(0, 19).replace("T", " "),
        }
      : {
          id: entity.id,
          name: entity.name,
          ...(kind === "leads"
            ? { status_id: entity.status_id, price: entity.price, pipeline_id: entity.pipeline_id, ...more }
            : { type: kind === "companies" ? "company" : "contact" }),
          responsible_user_id: entity.responsible_user_id,
          date_create: entity.created_at,
          last_modified: entity.updated_at,
          created_user_id: entity.created_by,
          modified_user_id: entity.updated_by,
          account_id: 1001,
          custom_fields: objects(entity.custom_fields_values).map((field) => ({
            id: field.field_id,
            name: field.field_name,
            values: objects(field.values).map((value) =>
              ["birthday", "date", "date_time"].includes(String(field.field_type))
                ? value.value
                : { value: value.value, ...(value.enum_id === undefined ? {} : { enum: value.enum_id }) },
            ),
            ...(field.field_code === null ? {} : { code: field.field_code }),
          })),
          tags: objects(entity.tags).map(({ id, name }) => ({ id, name })),
          ...(isWhole ? { created_at: entity.created_at, updated_at: entity.updated_at } : {}),
        };
  return Object.fromEntries([
    ...pairs(`${under}[${action}][0]`, body),
    ["account[subdomain]", "demo"],
    ...(isWhole
      ? [["account[id]", "1001"] as const, ["account[_links][self]", "https://demo.amocrm.ru"] as const]
      : []),
  ]);
}

function pairs(name: string, value: unknown): [string, string][] {
  if (value === undefined || value === null) return [];
  if (Array.isArray(value)) return value.flatMap((one, at) => pairs(`${name}[${at}]`, one));
  const inner = object(value);
  if (inner) return Object.entries(inner).flatMap(([key, one]) => pairs(`${name}[${key}]`, one));
  return [[name, String(value)]];
}

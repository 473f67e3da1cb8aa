/** What RemOnline demands of a client and of an order before it keeps them. */
import { object } from "../kit.ts";
import type { Account, Client } from "./account.ts";
import { BRANCHES, CAMPAIGNS, CLIENT_FIELDS, EMPLOYEES, ORDER_FIELDS, ORDER_TYPES } from "./reference.ts";
import { invalid } from "./refusals.ts";

type Input = Record<string, unknown>;
const known = (rows: readonly { id: number }[], value: unknown) => rows.some(({ id }) => String(id) === String(value));
const textIn = (input: Input, key: string) => (input[key] === undefined ? undefined : String(input[key]));

/** A key in the other form is passed over in silence, as a service does with what it doesn't know. */
function customOf(input: Input, form: string, fields: readonly { id: number }[]): Record<string, unknown> | undefined {
  if (input.custom_fields === undefined) return undefined;
  const raw = typeof input.custom_fields === "string" ? JSON.parse(input.custom_fields) : input.custom_fields;
  const kept = Object.entries(object(raw) ?? {}).flatMap(([key, value]): [string, unknown][] => {
    const id = form === "f" ? /^f(\d+)$/.exec(key)?.[1] : /^\d+$/.exec(key)?.[0];
    return id !== undefined && known(fields, id) ? [[id, value]] : [];
  });
  return Object.fromEntries(kept);
}

/** Only what was sent: an update changes nothing else. */
export function clientOf(input: Input, form: string): Partial<Client> {
  const phones = input.phones ?? input.phone;
  const email = textIn(input, "email");
  if (email && !/^[^@\s]+@[^@\s]+$/.test(email)) throw invalid({ email: ["Неверный адрес электронной почты"] });
  if (input.ad_campaign_id !== undefined && !known(CAMPAIGNS, input.ad_campaign_id))
    throw invalid({ ad_campaign_id: ["Нет такой рекламной кампании"] });
  const custom = customOf(input, form, CLIENT_FIELDS);
  const texts = ["name", "first_name", "last_name", "notes", "address", "discount_code"].flatMap((key) =>
    input[key] === undefined ? [] : [[key, String(input[key])]],
  );
  return {
    ...Object.fromEntries(texts),
    ...(email === undefined ? {} : { email }),
    ...(phones === undefined
      ? {}
      : { phone: (Array.isArray(phones) ? phones : [phones]).map((one) => String(object(one)?.phone ?? one)) }),
    ...(input.juridical === undefined ? {} : { juridical: String(input.juridical) === "true" }),
    ...(input.supplier === undefined ? {} : { supplier: String(input.supplier) === "true" }),
    ...(input.ad_campaign_id === undefined ? {} : { ad_campaign_id: Number(input.ad_campaign_id) }),
    ...(custom === undefined ? {} : { custom_fields: custom }),
  };
}

const ORDER_TEXTS = [
  "kindof_good",
  "brand",
  "model",
  "serial",
  "packagelist",
  "appearance",
  "malfunction",
  "manager_notes",
  "engineer_notes",
  "resume",
  "estimated_cost",
  "estimated_price",
  "estimated_done_at",
  "due_date",
  "scheduled_for",
  "scheduled_to",
  "duration",
];

export function orderOf(
  account: Account,
  input: Input,
  how: { isNew: boolean; form: string; modelRequired: boolean },
): Record<string, unknown> & { client_id: number } {
  const type = input.order_type ?? input.order_type_id;
  const problems: Record<string, string[]> = {};
  const need = (name: string, value: unknown, isKnown: boolean) => {
    if (value === undefined ? how.isNew : !isKnown)
      problems[name] = [value === undefined ? "Поле обязательно" : `Нет записи ${value}`];
  };
  need("branch_id", input.branch_id, known(BRANCHES, input.branch_id));
  need("order_type", type, known(ORDER_TYPES, type));
  need("client_id", input.client_id, account.clients.get(String(input.client_id)) !== undefined);
  for (const name of ["manager", "engineer", "manager_id", "assignee_id"])
    if (input[name] !== undefined && !known(EMPLOYEES, input[name])) problems[name] = ["Нет такого сотрудника"];
  if (how.isNew && how.modelRequired && !input.model)
    problems["custom_fields|group|kindof_good|brand|model|serial"] = ["Поле «Модель» обязательно"];
  if (Object.keys(problems).length > 0) throw invalid(problems);
  const custom = customOf(input, how.form, ORDER_FIELDS);
  const number = (key: string, value: unknown) => (value === undefined ? {} : { [key]: Number(value) });
  return {
    ...Object.fromEntries(ORDER_TEXTS.flatMap((key) => (input[key] === undefined ? [] : [[key, input[key]]]))),
    ...(input.urgent === undefined ? {} : { urgent: String(input.urgent) === "true" }),
    ...number("branch_id", input.branch_id),
    ...number("order_type_id", type),
    ...number("manager_id", input.manager ?? input.manager_id),
    ...number("engineer_id", input.engineer ?? input.assignee_id),
    ...number("ad_campaign_id", input.ad_campaign_id),
    ...(custom === undefined ? {} : { custom_fields: custom }),
    client_id: Number(input.client_id),
  };
}

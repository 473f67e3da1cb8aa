/** Filters and bodies as both generations read them: repeated `name[]`, in the query, a form or JSON. */
import type { Call } from "../kit.ts";
import type { Account, Client, Order } from "./account.ts";
import { invalid } from "./refusals.ts";

const digits = (value: string) => value.replace(/\D/g, "");

/** Everything that a call says, wherever it says it. JSON keys may literally be `phone[]`. */
export function inputOf(call: Call): Record<string, unknown> {
  const found: Record<string, unknown> = {};
  const add = (name: string, value: unknown): void => {
    const key = name.replace(/\[\d*\]$/, "");
    if (key === name) found[key] = value;
    else if (Array.isArray(value)) found[key] = value;
    else found[key] = [...(Array.isArray(found[key]) ? found[key] : []), value];
  };
  for (const [name, value] of call.query) add(name, value);
  if (call.body === "") return found;
  if ((call.headers["content-type"] ?? "").includes("json")) {
    let body: unknown;
    try {
      body = JSON.parse(call.body);
    } catch {
      throw invalid({ body: ["Invalid JSON"] });
    }
    for (const [name, value] of Object.entries(body as Record<string, unknown>)) add(name, value);
  } else for (const [name, value] of new URLSearchParams(call.body)) add(name, value);
  return found;
}

const list = (value: unknown): string[] | null =>
  value === undefined ? null : (Array.isArray(value) ? value : [value]).map(String);

/** Milliseconds of a border: generation 1 writes numbers, generation 2 ISO text. */
const borders = (value: unknown) =>
  (list(value) ?? []).map((one) => {
    const at = /^\d+$/.test(one) ? Number(one) : Date.parse(one);
    if (Number.isNaN(at)) throw invalid({ created_at: ["Invalid date"] });
    return at;
  });
function isWithin(at: number, value: unknown): boolean {
  const [from, to] = borders(value);
  return (from === undefined || at >= from) && (to === undefined || at <= to);
}
const among = (wanted: unknown, value: unknown) => list(wanted)?.includes(String(value)) ?? true;

/** How the service compares phones isn't documented. */
export const phoneFits = (exact: boolean, wanted: string, phone: string) =>
  exact ? wanted === phone : digits(wanted).slice(-10) === digits(phone).slice(-10);

export function findClients(
  account: Account,
  input: Record<string, unknown>,
  how: { exactPhones: boolean; byEmail: boolean },
): Client[] {
  const phones = list(input.phones);
  const emails = how.byEmail ? (list(input.emails)?.map((one) => one.toLowerCase()) ?? null) : null;
  return account.clients
    .all()
    .filter(
      (client) =>
        among(input.ids, client.id) &&
        (list(input.names)?.some((name) => client.name.toLowerCase().includes(name.toLowerCase())) ?? true) &&
        (phones?.some((wanted) => client.phone.some((phone) => phoneFits(how.exactPhones, wanted, phone))) ?? true) &&
        (emails?.includes(client.email.toLowerCase()) ?? true) &&
        isWithin(client.created_at, input.created_at) &&
        isWithin(client.modified_at, input.modified_at),
    );
}

export function findOrders(account: Account, input: Record<string, unknown>): Order[] {
  return account.orders
    .all()
    .filter(
      (order) =>
        among(input.ids, order.id) &&
        among(input.id_labels ?? input.numbers, order.id_label) &&
        among(input.types, order.order_type_id) &&
        among(input.branches, order.branch_id) &&
        among(input.statuses, order.status_id) &&
        among(input.clients_ids, order.client_id) &&
        isWithin(order.created_at, input.created_at) &&
        isWithin(order.modified_at, input.modified_at),
    );
}

/** What Nethouse sends: its public API's models, in one of the layouts and encodings that are thinkable. */

interface Money {
  readonly amount: number;
  readonly currency: string;
}
export interface Order {
  readonly id: number;
  readonly event_id: number;
  readonly external_id: string | null;
  readonly buyer_email: string;
  readonly buyer_name: string;
  readonly discount: Money;
  readonly total: Money;
  readonly pay_until: number | null;
  readonly is_bill: boolean;
  readonly is_canceled: boolean;
  readonly is_completed: boolean;
  readonly completed_at: number | null;
  readonly created_at: number;
  readonly updated_at: number | null;
  readonly deleted_at: number | null;
}
export interface Ticket {
  readonly id: number;
  readonly event_id: number;
  readonly order_id: number;
  readonly ticket_id: number;
  readonly external_id: string | null;
  readonly price: Money;
  readonly discount: Money;
  readonly sum: Money;
  readonly fields: Readonly<Record<string, string>>;
  readonly hall: { readonly hall: string; readonly group: string; readonly place: string };
  readonly key: string;
  readonly options: Readonly<Record<string, boolean>>;
  readonly person: Readonly<Record<string, string | null>>;
  readonly promocode: { readonly id: number; readonly name: string } | null;
  readonly session: { readonly id: number; readonly name: string; readonly datetime: string } | null;
  readonly is_canceled: boolean;
  readonly created_at: number;
  readonly updated_at: number | null;
  readonly deleted_at: number | null;
  readonly canceled_at: number | null;
  readonly expires_at: number | null;
  readonly visited_at: number | null;
}
export interface Body {
  readonly kind: "form" | "json";
  readonly value: Record<string, unknown>;
}
interface Happening {
  readonly action: string;
  readonly order: Order;
  readonly ticket?: Ticket | undefined;
  readonly tickets: readonly Ticket[];
}

export const EVENTS: readonly string[] = [
  "order_create",
  "order_update",
  "order_complete",
  "order_ticket_create",
  "order_ticket_update",
  "order_ticket_cancel",
];

/** Nested: `data.order`, `data.ticket`. Flat: the fields of the thing itself beside `data.action`. */
function dataOf({ action, order, ticket, tickets }: Happening, layout: string): Record<string, unknown> {
  if (layout === "flat") return { action, ...(ticket ?? order) };
  return { action, order, ...(ticket ? { ticket } : { tickets }) };
}

export function bodyOf(
  happening: Happening,
  how: { readonly layout: string; readonly content: string; readonly times: string },
): Body {
  const data = withTimes(dataOf(happening, how.layout), how.times === "milliseconds" ? 1_000 : 1);
  if (how.content === "form") return { kind: "form", value: Object.fromEntries(pairs("data", data)) };
  if (how.content === "formJson") return { kind: "form", value: { data: JSON.stringify(data) } };
  return { kind: "json", value: { data: data as Record<string, unknown> } };
}

function withTimes(value: unknown, factor: number, key = ""): unknown {
  if (typeof value === "number" && key.endsWith("_at")) return value * factor;
  if (Array.isArray(value)) return value.map((one) => withTimes(one, factor));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, withTimes(one, factor, name)]));
}

/** `data[order][id]`, as PHP writes forms; what is null isn't written. */
function pairs(name: string, value: unknown): [string, string][] {
  if (value === null || value === undefined) return [];
  if (typeof value !== "object") return [[name, typeof value === "boolean" ? (value ? "1" : "0") : String(value)]];
  return Object.entries(value).flatMap(([key, one]) => pairs(`${name}[${key}]`, one));
}

/** Clients and orders as each generation writes them. */
import type { Account, Client, Order } from "./account.ts";
import { CAMPAIGNS, ORDER_TYPES, STATUSES } from "./reference.ts";

const GROUPS = ["custom", "new", "in work", "postponed", "done", "delivery", "closed", "failed"];
const iso = (at: unknown) => (typeof at === "number" ? new Date(at).toISOString() : null);
/** A moment as it came in, in milliseconds or as text. */
const moment = (value: unknown) => (/^\d+$/.test(String(value ?? "")) ? Number(value) : Date.parse(String(value)));
const campaignOf = (id: unknown) => {
  const found = CAMPAIGNS.find((one) => one.id === id);
  return found ? { id: found.id, name: found.name } : {};
};
const keyed = (custom: Record<string, unknown>, form: string) =>
  Object.fromEntries(Object.entries(custom).map(([id, value]) => [form === "f" ? `f${id}` : id, value]));

export function clientRow1(client: Client, form: string): Record<string, unknown> {
  const { ad_campaign_id, first_name: _, last_name: __, custom_fields, ...own } = client;
  return {
    ...own,
    conflicted: false,
    discount_goods: 0,
    discount_services: 0,
    discount_materials: 0,
    discount_goods_margin_id: 1,
    discount_materials_margin_id: 1,
    custom_fields: keyed(custom_fields, form),
    ad_campaign: campaignOf(ad_campaign_id),
  };
}

export function orderRow1(account: Account, order: Order, form: string): Record<string, unknown> {
  const { status_id, order_type_id, client_id, custom_fields, comments: _, ad_campaign_id, ...own } = order;
  const client = account.clients.get(String(client_id));
  return {
    ...own,
    status: STATUSES.find(({ id }) => id === status_id),
    status_overdue: false,
    order_type: ORDER_TYPES.find(({ id }) => id === order_type_id),
    client: client ? clientRow1(client, form) : {},
    ad_campaign: campaignOf(ad_campaign_id),
    custom_fields: keyed(custom_fields, form),
    parts: [],
    operations: [],
    attachments: [],
    resources: [],
  };
}

export function clientRow2(client: Client): Record<string, unknown> {
  const { id, email, notes, address, supplier, discount_code, juridical } = client;
  return {
    id,
    is_organization: juridical,
    ...(juridical ? { name: client.name } : { first_name: client.first_name, last_name: client.last_name }),
    email,
    phones: client.phone.map((phone, i) => ({ title: `Телефон ${i + 1}`, phone, notify: false })),
    notes,
    address,
    supplier,
    discount_code,
    ad_campaign: campaignOf(client.ad_campaign_id),
    tags: [],
    custom_fields: keyed(client.custom_fields, "f"),
    created_at: iso(client.created_at),
    modified_at: iso(client.modified_at),
  };
}

export function orderRow2(account: Account, order: Order): Record<string, unknown> {
  const client = account.clients.get(String(order.client_id));
  const status = STATUSES.find(({ id }) => id === order.status_id);
  const due = order.due_date ?? order.estimated_done_at;
  return {
    id: order.id,
    number: order.id_label,
    status: status && { ...status, group: { type: status.group, name: GROUPS[status.group] } },
    order_type: ORDER_TYPES.find(({ id }) => id === order.order_type_id),
    branch_id: order.branch_id,
    manager_id: order.manager_id ?? null,
    assignee_id: order.engineer_id ?? null,
    client: client ? clientRow2(client) : null,
    malfunction: order.malfunction,
    manager_notes: order.manager_notes,
    engineer_notes: order.engineer_notes,
    resume: order.resume ?? "",
    estimated_price: order.estimated_price ?? order.estimated_cost ?? "0",
    urgent: order.urgent,
    due_date: due === undefined ? null : iso(moment(due)),
    created_at: iso(order.created_at),
    modified_at: iso(order.modified_at),
    closed_at: iso(order.closed_at),
    custom_fields: keyed(order.custom_fields, "f"),
  };
}

/** “RO App API v2”: ISO moments, people and organizations apart, orders that can be changed. */
import type { Context, JsonObject } from "../kit/define.ts";
import { ConnectorError } from "../kit/errors.ts";
import { filled, isObject, isSamePhone, objectOf, objectsOf, textOf } from "../kit/read.ts";
import { all, get, pages, pagesByChange, rowOf, send } from "./calls.ts";
import { customBody, fullName, idNumber, phonesOf } from "./inputs.ts";
import type { ClientFilter, Period, Service } from "./service.ts";

const PEOPLE = "/v2/contacts/people";
const ORGANIZATIONS = "/v2/contacts/organizations";
const kindOf = (isCompany: boolean) => (isCompany ? ORGANIZATIONS : PEOPLE);

const period = (value: Period | undefined) =>
  value && [value.from.toISOString(), ...(value.to ? [value.to.toISOString()] : [])];

/** Rows say what they are; those that don't are told by the list that held them. */
const marked = (row: JsonObject, path: string): JsonObject => ({
  ...row,
  is_organization: row.is_organization ?? path === ORGANIZATIONS,
});

/** No filter by e-mail is documented, so it is sent in hope and the newest people are looked through. */
const MOST_SCANNED = 30;

async function* clients(ctx: Context, filter: ClientFilter): AsyncIterable<JsonObject[]> {
  const { phone, email, created, modified } = filter;
  for (const path of [PEOPLE, ORGANIZATIONS]) {
    const query = {
      phones: phone && [phone],
      emails: email && [email],
      created_at: period(created),
    };
    const found = modified
      ? pagesByChange(ctx, path, query, modified)
      : pages(ctx, path, { ...query, sort: email ? "-created_at" : "created_at" });
    let read = 0;
    for await (const rows of found) {
      yield rows.map((row) => marked(row, path));
      if (email && ++read >= MOST_SCANNED) break;
    }
  }
}

async function client(ctx: Context, id: string): Promise<JsonObject | null> {
  for (const path of [PEOPLE, ORGANIZATIONS]) {
    try {
      const row = rowOf(await get(ctx, `${path}/${encodeURIComponent(id)}`));
      if (textOf(row.id) === id) return marked(row, path);
    } catch (error) {
      if (!(error instanceof ConnectorError) || error.errorClass !== "not_found") throw error;
    }
  }
  return null;
}

async function clientBody(ctx: Context, input: JsonObject, isCompany: boolean): Promise<JsonObject> {
  const names = isCompany ? { name: fullName(input) } : { first_name: input.firstName, last_name: input.lastName };
  return filled({
    ...names,
    phones: phonesOf(input).map((phone) => ({ phone })),
    email: input.email,
    address: input.address,
    notes: input.notes,
    supplier: input.supplier,
    discount_code: input.discountCode,
    ad_campaign_id: idNumber(input.adCampaignId),
    custom_fields: await customBody(ctx, input, async () => []),
  });
}

/** Fields that this generation keeps in a device of its own. To drop them in silence would lose what a person mapped. */
const OF_DEVICE = ["kindofGood", "brand", "model", "serial", "packagelist", "appearance"];

async function orderBody(ctx: Context, input: JsonObject): Promise<JsonObject> {
  const field = OF_DEVICE.find((key) => textOf(input[key]) !== null);
  if (field !== undefined) {
    throw new ConnectorError(
      "data",
      {
        ru: "RO App API v2 не принимает данные устройства в заказе: там это отдельная запись. Очистите поле или укажите «ID изделия».",
        en: "RO App API v2 takes no device data in an order: there it is a record of its own. Empty the field, or give the “Asset ID”.",
      },
      { field },
    );
  }
  const from = textOf(input.scheduledFor);
  const minutes = Number(textOf(input.duration) ?? 60);
  return filled({
    branch_id: idNumber(input.branchId),
    order_type_id: idNumber(input.orderTypeId),
    client_id: idNumber(input.clientId),
    manager_id: idNumber(input.managerId),
    assignee_id: idNumber(input.engineerId),
    asset_id: idNumber(input.assetId),
    malfunction: input.malfunction,
    manager_notes: input.managerNotes,
    estimated_price: input.estimatedCost,
    due_date: input.estimatedDoneAt,
    scheduled_for: from,
    scheduled_to: from && new Date(Date.parse(from) + minutes * 60_000).toISOString(),
    ad_campaign_id: idNumber(input.adCampaignId),
    urgent: input.urgent,
    custom_fields: await customBody(ctx, input, async () => []),
  });
}

const orderPath = (id: string) => `/v2/orders/${encodeURIComponent(id)}`;

export const generation2: Service = {
  lists: {
    branches: "/v2/branches",
    orderTypes: "/v2/orders/types",
    statuses: "/v2/orders/statuses",
    employees: "/v2/employees",
    campaigns: "/v2/marketing/campaigns",
  },
  async company(ctx) {
    const body = objectOf(await get(ctx, "/v2/company"));
    return isObject(body.data) ? body.data : body;
  },

  clients,
  client,
  async createClient(ctx, input) {
    const isCompany = input.juridical === true;
    return textOf(rowOf(await send(ctx, "POST", kindOf(isCompany), await clientBody(ctx, input, isCompany), false)).id);
  },
  async editClient(ctx, record, input) {
    const isCompany = record.is_organization === true;
    const body = await clientBody(ctx, input, isCompany);
    const known = objectsOf(record.phones);
    // A phone that is there already keeps its title and settings.
    const phones = objectsOf(body.phones).map((one) => known.find(({ phone }) => isSamePhone(phone, one.phone)) ?? one);
    const path = `${kindOf(isCompany)}/${encodeURIComponent(textOf(record.id) ?? "")}`;
    await send(ctx, "PATCH", path, { ...body, ...filled({ phones }) }, true);
  },

  orders(ctx, { ids, numbers, clientId, statuses, created, modified }) {
    const query = { ids, numbers, clients_ids: clientId && [clientId], statuses, created_at: period(created) };
    return modified
      ? pagesByChange(ctx, "/v2/orders", query, modified)
      : pages(ctx, "/v2/orders", { ...query, sort: "created_at" });
  },
  createOrder: async (ctx, input) =>
    textOf(rowOf(await send(ctx, "POST", "/v2/orders", await orderBody(ctx, input), false)).id),
  async editOrder(ctx, id, input) {
    const body = await orderBody(ctx, input);
    if (Object.keys(body).length > 0) await send(ctx, "PATCH", orderPath(id), body, true);
  },
  async setStatus(ctx, id, status) {
    await send(ctx, "POST", `${orderPath(id)}/status`, filled({ status_id: idNumber(status) }), true);
  },
  async comment(ctx, id, comment, isPrivate) {
    await send(ctx, "POST", `${orderPath(id)}/comments`, { comment, is_private: isPrivate }, false);
  },

  // Where v2 lists the fields of contacts isn't known; those of orders were seen in one client.
  clientFields: async () => [],
  orderFields: (ctx) => all(ctx, "/v2/orders/custom-fields"),
};

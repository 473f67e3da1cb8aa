/** “RemOnline Public API 1.0”: moments in milliseconds, `name[]` filters, an order can't be changed but for its status. */
import type { Context, Json, JsonObject } from "../kit/define.ts";
import { ConnectorError } from "../kit/errors.ts";
import { filled, textOf } from "../kit/read.ts";
import { all, get, pages, rowOf, rowsOf, send } from "./calls.ts";
import { customBody, fullName, idNumber, inMilliseconds, phonesOf } from "./inputs.ts";
import type { Period, Service } from "./service.ts";

const period = (value: Period | undefined) =>
  value && [value.from.getTime(), ...(value.to ? [value.to.getTime()] : [])];

async function clientBody(ctx: Context, input: JsonObject): Promise<JsonObject> {
  return filled({
    first_name: input.firstName,
    last_name: input.lastName,
    phone: phonesOf(input),
    email: input.email,
    address: input.address,
    notes: input.notes,
    juridical: input.juridical,
    supplier: input.supplier,
    discount_code: input.discountCode,
    ad_campaign_id: idNumber(input.adCampaignId),
    custom_fields: await customBody(ctx, input, () => get(ctx, "/clients/").then(rowsOf)),
  });
}

/** Older accounts know one `name` in the place of two. */
async function withNames(input: JsonObject, body: JsonObject, write: (body: JsonObject) => Promise<Json>) {
  try {
    return await write(body);
  } catch (error) {
    const isName =
      error instanceof ConnectorError && error.errorClass === "data" && error.details.field === "firstName";
    const name = fullName(input);
    if (!isName || name === "") throw error;
    const { first_name: _, last_name: __, ...others } = body;
    return write({ ...others, name });
  }
}

async function orderBody(ctx: Context, input: JsonObject): Promise<JsonObject> {
  return filled({
    branch_id: idNumber(input.branchId),
    order_type: idNumber(input.orderTypeId),
    client_id: idNumber(input.clientId),
    manager: idNumber(input.managerId),
    engineer: idNumber(input.engineerId),
    asset_id: idNumber(input.assetId),
    kindof_good: input.kindofGood,
    brand: input.brand,
    model: input.model,
    serial: input.serial,
    packagelist: input.packagelist,
    appearance: input.appearance,
    malfunction: input.malfunction,
    manager_notes: input.managerNotes,
    estimated_cost: textOf(input.estimatedCost),
    estimated_done_at: inMilliseconds(input.estimatedDoneAt),
    scheduled_for: inMilliseconds(input.scheduledFor),
    duration: input.duration,
    ad_campaign_id: idNumber(input.adCampaignId),
    urgent: input.urgent,
    custom_fields: await customBody(ctx, input, () => get(ctx, "/order/").then(rowsOf)),
  });
}

export const generation1: Service = {
  lists: {
    branches: "/branches/",
    orderTypes: "/order/types/",
    statuses: "/statuses/",
    employees: "/employees/",
    campaigns: "/marketing/campaigns/",
  },
  company: async (ctx) => rowOf(await get(ctx, "/settings/company")),

  clients: (ctx, { phone, email, created, modified }) =>
    pages(ctx, "/clients/", {
      phones: phone && [phone],
      emails: email && [email],
      created_at: period(created),
      modified_at: period(modified),
    }),
  client: async (ctx, id) =>
    rowsOf(await get(ctx, "/clients/", { ids: [id] })).find((row) => textOf(row.id) === id) ?? null,
  async createClient(ctx, input) {
    const body = await clientBody(ctx, input);
    const write = (one: JsonObject) => send(ctx, "POST", "/clients/", one, false);
    return textOf(rowOf(await withNames(input, body, write)).id);
  },
  async editClient(ctx, { id }, input) {
    const body = { id: idNumber(id), ...(await clientBody(ctx, input)) };
    await withNames(input, body, (one) => send(ctx, "PUT", "/clients/", one, true));
  },

  orders: (ctx, { ids, numbers, clientId, statuses, created, modified }) =>
    pages(ctx, "/order/", {
      sort_dir: "asc",
      ids,
      id_labels: numbers,
      clients_ids: clientId && [clientId],
      statuses,
      created_at: period(created),
      modified_at: period(modified),
    }),
  createOrder: async (ctx, input) =>
    textOf(rowOf(await send(ctx, "POST", "/order/", await orderBody(ctx, input), false)).id),
  async editOrder(ctx, _id, input) {
    if (Object.keys(await orderBody(ctx, input)).length === 0) return;
    throw new ConnectorError("data", {
      ru: "RemOnline API 1.0 умеет менять у заказа только статус. Выберите в подключении «RO App API v2» или оставьте остальные поля пустыми.",
      en: "RemOnline API 1.0 can change nothing of an order but its status. Choose “RO App API v2” in the connection, or leave the other fields empty.",
    });
  },
  async setStatus(ctx, id, status) {
    const body = filled({ order_id: idNumber(id), status_id: idNumber(status) });
    await send(ctx, "POST", "/order/status/", body, true);
  },
  async comment(ctx, id, message, isPrivate) {
    await send(ctx, "POST", `/order/${encodeURIComponent(id)}/comments`, { message, is_private: isPrivate }, false);
  },

  clientFields: (ctx, isCompany) => all(ctx, "/clients/custom-fields/", { juridical: isCompany }),
  orderFields: (ctx, orderType) => all(ctx, "/order/custom-fields/", { ordertype_id: orderType }),
};

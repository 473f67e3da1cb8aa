/** Deals (v2 of the API) and requests. A deal is addressed by a number that we choose: the id of its call or request. */
import type { Action, Context, Field, Json, JsonObject } from "../kit/define.ts";
import { ConnectorError } from "../kit/errors.ts";
import { filled, numberOf, objectsOf, textOf } from "../kit/read.ts";
import { formatLocal } from "../kit/time.ts";
import { dealsBetween, isMissing, lead, leadDate, onlyItem, requestsOfDays, zoneOf } from "./api.ts";
import { dealFields, dealOutput, dealSample, dealUpdateFields, requestInput } from "./fields.ts";

const CRM = "svyazka";
/** Calltouch's names of what it may refuse, against our fields. */
const OWN_NAMES = {
  orderNumber: "orderNumber",
  callId: "callId",
  requestId: "requestId",
  revenue: "revenue",
  statusDate: "statusDate",
  orderDate: "orderDate",
  status: "status",
  phone: "phone",
  email: "email",
};

/** Ids travel as numbers where a double holds them. */
const idOf = (text: string): Json => {
  const number = Number(text);
  return /^\d+$/.test(text) && Number.isSafeInteger(number) ? number : text;
};
const money = (value: Json | undefined): string | undefined => {
  const number = numberOf(value);
  return number === null ? (textOf(value) ?? undefined) : String(number);
};
const phoneOf = (value: Json | undefined) => textOf(value)?.replace(/\D/g, "") || undefined;
const tagsOf = (value: Json | undefined) =>
  (Array.isArray(value) ? value : [value ?? null])
    .map((tag) => textOf(tag))
    .filter((tag) => tag !== null)
    .map((tag) => ({ tag }));
const now = (ctx: Context) => formatLocal(ctx.now(), zoneOf(ctx.auth), "dd-MM-yyyy HH:mm:ss");

function common(input: JsonObject): JsonObject {
  return filled({
    orderName: input.orderName,
    funnel: input.funnel,
    status: input.status,
    currency: input.currency,
    revenue: money(input.revenue),
    margin: money(input.margin),
    manager: input.manager,
    orderLink: input.orderLink,
    orderContacts: filled({
      mainContacts: filled({ fio: input.fullName, phoneNumber: phoneOf(input.phone), email: input.email }),
    }),
  });
}

function newDeal(ctx: Context, input: JsonObject, number: string, matching: JsonObject): JsonObject {
  const comment = textOf(input.comment);
  return filled({
    matching: [matching],
    orderNumber: number,
    ...common(input),
    orderDate: leadDate(ctx, input.orderDate) ?? now(ctx),
    statusDate: leadDate(ctx, input.statusDate) ?? now(ctx),
    comment: comment === null ? undefined : { text: comment },
    addTags: tagsOf(input.tags),
  });
}

async function create(ctx: Context, deal: JsonObject): Promise<JsonObject> {
  const data = await lead(ctx, "client-order/create", { crm: CRM, orders: [deal] });
  const item = onlyItem(data, "orders", OWN_NAMES);
  return {
    orderNumber: textOf(item.orderNumber) ?? textOf(deal.orderNumber),
    calltouchOrderId: textOf(item.calltouchOrderId),
    created: true,
  };
}

/** Looks in the deals journal around the deal's date. The journal may lag, so its silence proves nothing. */
async function find(ctx: Context, input: JsonObject, number: string): Promise<JsonObject | null> {
  const day = 86_400_000;
  const at = new Date(textOf(input.orderDate) ?? "");
  const date = Number.isNaN(at.getTime()) ? ctx.now() : at;
  const deals = await dealsBetween(ctx, new Date(date.getTime() - day), new Date(date.getTime() + day));
  const deal = deals.find((one) => textOf(one.orderNumber) === number);
  return deal ? { orderNumber: number, calltouchOrderId: textOf(deal.orderId), created: true } : null;
}

/** A deal for a call and a deal for a request differ only in the lead that they name. */
function dealAction(lead: {
  key: string;
  name: Action["name"];
  words: readonly string[];
  id: Field;
  matching: (id: Json) => JsonObject;
}): Action {
  const leadId = (input: JsonObject) => textOf(input[lead.id.key]) ?? "";
  const numberOfDeal = (input: JsonObject) => textOf(input.orderNumber) ?? leadId(input);
  return {
    key: lead.key,
    name: lead.name,
    words: lead.words,
    kind: "create",
    safe: false,
    fields: [lead.id, ...dealFields],
    output: dealOutput,
    sample: dealSample,
    run: (ctx, input) => create(ctx, newDeal(ctx, input, numberOfDeal(input), lead.matching(idOf(leadId(input))))),
    lookup: (ctx, input) => find(ctx, input, numberOfDeal(input)),
  };
}

const dealByCall = dealAction({
  key: "dealByCall",
  name: { ru: "Новая сделка по звонку (ID звонка)", en: "New deal by call (call ID)" },
  words: ["создать сделку", "сделка по звонку", "deal"],
  id: {
    key: "callId",
    label: { ru: "ID звонка", en: "Call ID" },
    kind: "text",
    required: true,
    meaning: "call.id",
    common: true,
  },
  matching: (callId) => ({ type: "call", callParams: { callId } }),
});

const dealByRequest = dealAction({
  key: "dealByRequest",
  name: { ru: "Новая сделка по заявке", en: "New deal by request" },
  words: ["создать сделку", "сделка по заявке", "id заявки", "deal"],
  id: {
    key: "requestId",
    label: { ru: "ID заявки", en: "Request ID" },
    kind: "text",
    required: true,
    meaning: "request.id",
    common: true,
  },
  matching: (requestId) => ({ type: "request", requestParams: { requestId } }),
});

const updateDeal: Action = {
  key: "updateDeal",
  name: { ru: "Обновление существующей сделки", en: "Update of an existing deal" },
  words: ["обновить сделку", "закрыть сделку", "статус сделки", "update deal", "close deal"],
  kind: "update",
  // The same state set twice is the same state.
  safe: true,
  fields: dealUpdateFields,
  output: dealOutput,
  sample: { ...dealSample, created: false },
  async run(ctx, input) {
    const number = textOf(input.orderNumber) ?? "";
    const tags = tagsOf(input.tags);
    const deal = filled({
      orderNumber: number,
      ...common(input),
      statusDate: leadDate(ctx, input.statusDate) ?? (input.status ? now(ctx) : undefined),
      updateDate: now(ctx),
      addTags: tags.length > 0 ? { overwrite: false, tags } : undefined,
    });
    try {
      const data = await lead(ctx, "client-order/update", { crm: CRM, orders: [deal] }, true);
      const item = onlyItem(data, "orders", OWN_NAMES);
      return { orderNumber: number, calltouchOrderId: textOf(item.calltouchOrderId), created: false };
    } catch (error) {
      if (!isMissing(error)) throw error;
      if (input.createMissing === true) {
        return create(ctx, newDeal(ctx, { status: "PENDING", ...input }, number, { type: "withoutSource" }));
      }
      throw new ConnectorError(
        "not_found",
        {
          ru: `В Calltouch нет сделки с ID «${number}». ID сделки — тот, с которым она создавалась.`,
          en: `Calltouch has no deal with the ID “${number}”. A deal's ID is the one it was created with.`,
        },
        { field: "orderNumber", ...(error instanceof ConnectorError ? { own: error.details.own ?? "" } : {}) },
      );
    }
  },
};

const createRequest: Action = {
  key: "createRequest",
  name: { ru: "Новая заявка", en: "New request" },
  words: ["создать заявку", "лид", "lead", "request"],
  kind: "create",
  safe: false,
  fields: requestInput,
  output: [
    { key: "requestNumber", label: { ru: "Номер заявки", en: "Request number" }, kind: "text" },
    { key: "created", label: { ru: "Создана сейчас", en: "Created now" }, kind: "boolean" },
  ],
  sample: { requestNumber: "r-100001", created: true },
  async run(ctx, input, once) {
    const number = textOf(input.requestNumber) ?? once.key;
    const comment = textOf(input.comment);
    const request = filled({
      requestNumber: number,
      subject: textOf(input.subject)?.slice(0, 256),
      requestUrl: input.requestUrl,
      requestDate: leadDate(ctx, input.requestDate) ?? now(ctx),
      phoneNumber: phoneOf(input.phone),
      email: input.email,
      fio: input.fullName,
      comment: comment === null ? undefined : { text: comment },
      addTags: tagsOf(input.tags),
      customSources: filled({
        source: input.source,
        medium: input.medium,
        campaign: input.campaign,
        content: input.content,
        term: input.term,
      }),
      manager: input.manager,
    });
    const data = await lead(ctx, "request/create", { requests: [request] });
    const item = onlyItem(data, "requests", OWN_NAMES);
    return { requestNumber: textOf(item.requestNumber) ?? number, created: true };
  },
  async lookup(ctx, input, once) {
    const number = textOf(input.requestNumber) ?? once.key;
    const at = new Date(textOf(input.requestDate) ?? "");
    const day = Number.isNaN(at.getTime()) ? ctx.now() : at;
    const found = objectsOf(await requestsOfDays(ctx, day, day)).some((one) => textOf(one.requestNumber) === number);
    return found ? { requestNumber: number, created: true } : null;
  },
};

export const actions: readonly Action[] = [dealByCall, dealByRequest, updateDeal, createRequest];

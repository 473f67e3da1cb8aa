/** Deals (v2 of the API). A deal is addressed by a number that we choose: the id of its call or request. */
import type { Action, Context, Duplicates, Field, JsonObject } from "../kit/define.ts";
import { ConnectorError } from "../kit/errors.ts";
import { textOf } from "../kit/read.ts";
import { dealsBetween, isMissing, lead, onlyItem } from "./api.ts";
import { CRM, newDeal, update } from "./dealbody.ts";
import { dealFields, dealOutput, dealSample, dealUpdateFields, evenWithout } from "./dealfields.ts";
import * as said from "./lead.ts";
import { customSource, searchFields } from "./leadinput.ts";

const DAY = 86_400_000;

async function create(ctx: Context, deal: JsonObject): Promise<JsonObject> {
  const data = await lead(ctx, "client-order/create", { crm: CRM, orders: [deal] });
  const item = onlyItem(data, "orders", deal);
  return {
    orderNumber: textOf(item.orderNumber) ?? textOf(deal.orderNumber),
    calltouchOrderId: textOf(item.calltouchOrderId),
    created: true,
  };
}

/** Looks in the deals journal around a date. The journal may lag, so its silence proves nothing. */
async function find(ctx: Context, number: string, from: Date, until: Date): Promise<JsonObject | null> {
  const deals = await dealsBetween(ctx, from, until);
  const deal = deals.find((one) => textOf(one.orderNumber) === number);
  return deal ? { orderNumber: number, calltouchOrderId: textOf(deal.orderId), created: true } : null;
}

/** A deal that has this number already; its fields can't all be read, so "fill if empty" fills. */
const duplicates: Duplicates = {
  keys: ["orderNumber"],
  async find(ctx, _key, value, input) {
    const at = new Date(textOf(input.orderDate) ?? "");
    const until = Number.isNaN(at.getTime()) ? ctx.now() : at;
    const output = await find(ctx, textOf(value) ?? "", new Date(until.getTime() - 89 * DAY), new Date(+until + DAY));
    if (output === null) return [];
    return [{ id: textOf(output.orderNumber) ?? "", output: { ...output, created: false }, fields: {} }];
  },
  update: (ctx, found, changes) => update(ctx, changes, found.id),
};

interface About {
  readonly key: string;
  readonly name: Action["name"];
  readonly about?: Action["about"];
  readonly words: readonly string[];
  readonly fields: readonly Field[];
  /** What the deal is called where nobody chose. */
  readonly numberOf?: (input: JsonObject) => string | null;
  readonly matching: (ctx: Context, input: JsonObject) => JsonObject[];
}

/** Deals differ only in how they name their lead. */
function dealAction({ key, name, about, words, fields, numberOf: idIn, matching }: About): Action {
  const numberOfDeal = (input: JsonObject, once: { readonly key: string }) =>
    textOf(input.orderNumber) ?? idIn?.(input) ?? once.key;
  const own = new Set(fields.map((field) => field.key));
  return {
    key,
    name,
    ...(about ? { about } : {}),
    words,
    kind: "create",
    safe: false,
    fields: [...fields, ...dealFields.filter((field) => !own.has(field.key))],
    output: dealOutput,
    sample: dealSample,
    run: (ctx, input, once) => create(ctx, newDeal(ctx, input, numberOfDeal(input, once), matching(ctx, input))),
    duplicates,
    lookup(ctx, input, once) {
      const at = new Date(textOf(input.orderDate) ?? "");
      const date = Number.isNaN(at.getTime()) ? ctx.now() : at;
      return find(ctx, numberOfDeal(input, once), new Date(+date - DAY), new Date(+date + DAY));
    },
  };
}

const WITHOUT: JsonObject = { type: "withoutSource" };
const orWithout = (input: JsonObject, found: readonly JsonObject[]) =>
  input.evenWithout === true ? [...found, WITHOUT] : [...found];

/** A deal for the lead with this id. */
const dealBy = (about: Pick<About, "key" | "name" | "words">, id: Field, way: (id: string) => JsonObject): Action =>
  dealAction({
    ...about,
    fields: [{ ...id, kind: "text", required: true, common: true }, evenWithout],
    numberOf: (input) => textOf(input[id.key]),
    matching: (_ctx, input) => orWithout(input, [way(textOf(input[id.key]) ?? "")]),
  });

const noContact = () =>
  new ConnectorError(
    "data",
    {
      ru: "Заполните телефон или email: по ним Calltouch ищет обращение.",
      en: "Fill in the phone or the email: Calltouch finds the lead by them.",
    },
    { field: "phone" },
  );

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
    try {
      return await update(ctx, input, number);
    } catch (error) {
      if (!isMissing(error)) throw error;
      if (input.createMissing === true) {
        const known = { status: "PENDING", ...input };
        return create(ctx, newDeal(ctx, known, number, [...said.ways(ctx, input, input.orderDate), WITHOUT]));
      }
      throw new ConnectorError(
        "not_found",
        {
          ru: `В Calltouch нет сделки с ID «${number}». ID сделки – тот, с которым она создавалась.`,
          en: `Calltouch has no deal with the ID “${number}”. A deal's ID is the one it was created with.`,
        },
        { field: "orderNumber", ...(error instanceof ConnectorError ? { own: error.details.own ?? "" } : {}) },
      );
    }
  },
};

const deleteDeal: Action = {
  key: "deleteDeal",
  name: { ru: "Удаление сделки", en: "Delete a deal" },
  about: {
    ru: "Если такой сделки уже нет, связка идёт дальше.",
    en: "When there is no such deal any more the bundle goes on.",
  },
  words: ["удалить сделку", "delete deal"],
  kind: "other",
  safe: true,
  fields: [
    {
      key: "orderNumber",
      label: { ru: "ID сделки", en: "Deal ID" },
      kind: "text",
      required: true,
      meaning: "deal.id",
      common: true,
    },
  ],
  output: [{ key: "deleted", label: { ru: "Удалена сейчас", en: "Deleted now" }, kind: "boolean" }],
  sample: { deleted: true },
  async run(ctx, input) {
    try {
      const number = textOf(input.orderNumber) ?? "";
      const data = await lead(ctx, "client-order/delete", { orderNumbers: [number] }, true);
      onlyItem(data, "orders", { orderNumber: number });
      return { deleted: true };
    } catch (error) {
      if (isMissing(error)) return { deleted: false };
      throw error;
    }
  },
};

export const deals: readonly Action[] = [
  dealBy(
    {
      key: "dealByCall",
      name: { ru: "Новая сделка по звонку (ID звонка)", en: "New deal by call (call ID)" },
      words: ["создать сделку", "сделка по звонку", "deal"],
    },
    { key: "callId", label: { ru: "ID звонка", en: "Call ID" }, kind: "text", meaning: "call.id" },
    said.byCall,
  ),
  dealBy(
    {
      key: "dealByRequest",
      name: { ru: "Новая сделка по заявке", en: "New deal by request" },
      words: ["создать сделку", "сделка по заявке", "id заявки", "deal"],
    },
    { key: "requestId", label: { ru: "ID заявки", en: "Request ID" }, kind: "text", meaning: "request.id" },
    said.byRequest,
  ),
  updateDeal,
];

export const moreDeals: readonly Action[] = [
  dealAction({
    key: "dealByContact",
    name: { ru: "Новая сделка по контакту (телефон, email)", en: "New deal by contact (phone, email)" },
    about: {
      ru: "Calltouch сам найдёт последний звонок, заявку или чат этого человека и возьмёт их источник.",
      en: "Calltouch finds this person's latest call, request or chat by itself and takes its source.",
    },
    words: ["создать сделку", "сделка по телефону", "deal"],
    fields: [
      {
        key: "phone",
        label: { ru: "Телефон контакта", en: "Contact's phone" },
        kind: "phone",
        meaning: "phone",
        common: true,
      },
      {
        key: "email",
        label: { ru: "Email контакта", en: "Contact's email" },
        kind: "email",
        meaning: "email",
        common: true,
      },
      ...searchFields,
      evenWithout,
    ],
    matching(ctx, input) {
      const way = said.byContact(ctx, input, input.orderDate);
      if (way === null && input.evenWithout !== true) throw noContact();
      return orWithout(input, way === null ? [] : [way]);
    },
  }),
  dealAction({
    key: "dealBySource",
    name: { ru: "Новая сделка с источником", en: "New deal with a source" },
    about: {
      ru: "Для сделок, которые пришли не через звонок и не через заявку. Без источника – тоже можно.",
      en: "For deals that came neither by a call nor by a request. Without a source, too.",
    },
    words: ["создать сделку", "без источника", "источник", "deal", "source"],
    fields: customSource,
    matching(_ctx, input) {
      const customSourceParams = said.customSources(input);
      return [Object.keys(customSourceParams).length === 0 ? WITHOUT : { type: "customSources", customSourceParams }];
    },
  }),
  dealBy(
    {
      key: "dealByChat",
      name: { ru: "Новая сделка по чату (ID чата)", en: "New deal by chat (chat ID)" },
      words: ["создать сделку", "сделка по чату", "deal", "chat"],
    },
    { key: "chatId", label: { ru: "ID чата", en: "Chat ID" }, kind: "text" },
    (id) => ({ type: "chat", chatParams: { chatId: said.idOf(id) } }),
  ),
  deleteDeal,
];

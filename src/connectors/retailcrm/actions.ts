/** Customers and orders: find, create, update. */
import type { Action, Context, Duplicates, Field, Json, JsonObject } from "../kit/define.ts";
import { ConnectorError } from "../kit/errors.ts";
import { isSamePhone, listOf, objectOf, textOf } from "../kit/read.ts";
import { post, search } from "./api.ts";
import { customInput, customUpdate, type Entity } from "./custom.ts";
import {
  customerFind,
  customerInput,
  customerOutput,
  customerSample,
  customerUpdate,
  orderFind,
  orderInput,
  orderOutput,
  orderSample,
  orderUpdate,
} from "./fields.ts";
import { findOne, foundOf, type Kind, recordsBy } from "./search.ts";
import { customerBody, customerOf, orderBody, orderOf, timeIn } from "./shapes.ts";

const entityOf = (kind: Kind): Entity => (kind === "customers" ? "customer" : "order");
const bodyOf = (kind: Kind, ctx: Context, input: JsonObject, isNew: boolean) =>
  kind === "customers" ? customerBody(ctx, input, isNew) : orderBody(ctx, input, isNew);

/** The record as it is now. Known by its id, so a store need not be named. */
async function read(ctx: Context, kind: Kind, id: string, fallback: JsonObject): Promise<JsonObject> {
  const record = (await search(ctx, kind, { ids: [id] }))[0] ?? { ...fallback, id };
  const time = timeIn(ctx.timeZone);
  return kind === "customers" ? customerOf(record, time) : orderOf(record, time);
}

/** Any 2xx with success is a success; whether it is 200 or 201 differs between versions. */
async function create(ctx: Context, kind: Kind, input: JsonObject): Promise<JsonObject> {
  const body = bodyOf(kind, ctx, input, true);
  const answer = await post(ctx, `${kind}/create`, { [entityOf(kind)]: body, site: textOf(input.site) ?? undefined });
  const id = textOf(answer.id);
  if (id === null) {
    throw new ConnectorError("unknown", {
      ru: "retailCRM ответил без ID новой записи, и неизвестно, создана ли она.",
      en: "retailCRM answered without the new record's ID; whether it exists is unknown.",
    });
  }
  const whole = objectOf(answer.order);
  const record: JsonObject = { ...body, ...whole, id, site: whole.site ?? input.site ?? null };
  const time = timeIn(ctx.timeZone);
  return kind === "customers" ? customerOf(record, time) : orderOf(record, time);
}

async function edit(
  ctx: Context,
  kind: Kind,
  id: string,
  site: Json | undefined,
  body: JsonObject,
): Promise<JsonObject> {
  if (Object.keys(body).length > 0) {
    await post(
      ctx,
      `${kind}/${encodeURIComponent(id)}/edit`,
      { by: "id", site: textOf(site) ?? undefined, [entityOf(kind)]: body },
      true,
    );
  }
  return read(ctx, kind, id, body);
}

/** New phones join those that are there: sending a shorter list might drop the others. */
function withPhones(body: JsonObject, known: readonly Json[]): JsonObject {
  const added = listOf(body.phones).map((phone) => objectOf(phone).number ?? null);
  if (added.length === 0) return body;
  const others = known.filter((phone) => !added.some((number) => isSamePhone(number, phone)));
  return { ...body, phones: [...added, ...others].map((number) => ({ number })) };
}

const duplicates = (kind: Kind, keys: readonly string[]): Duplicates => ({
  keys,
  find: async (ctx, key, value) => (await recordsBy(ctx, kind, key, value)).map((record) => foundOf(ctx, kind, record)),
  async update(ctx, found, changes) {
    const body = bodyOf(kind, ctx, changes, false);
    const whole = kind === "customers" ? withPhones(body, listOf(found.output.phones)) : body;
    return edit(ctx, kind, found.id, found.output.site, whole);
  },
});

/** After a lost answer: our external id tells whether the record was made. Without one nobody can tell. */
async function lookup(ctx: Context, kind: Kind, input: JsonObject): Promise<JsonObject | "absent" | null> {
  if (textOf(input.externalId) === null) return null;
  const record = (await recordsBy(ctx, kind, "externalId", input.externalId ?? null))[0];
  return record ? foundOf(ctx, kind, record).output : "absent";
}

function createAction(
  kind: Kind,
  about: Pick<Action, "key" | "name" | "words" | "sample"> & {
    fields: readonly Field[];
    output: readonly Field[];
    keys: readonly string[];
  },
): Action {
  return {
    key: about.key,
    name: about.name,
    ...(about.words ? { words: about.words } : {}),
    kind: "create",
    safe: false,
    fields: about.fields,
    fieldsOf: (ctx) => customInput(ctx, entityOf(kind)),
    output: about.output,
    sample: about.sample,
    run: (ctx, input) => create(ctx, kind, input),
    duplicates: duplicates(kind, about.keys),
    lookup: (ctx, input) => lookup(ctx, kind, input),
  };
}

/** The record to change: by its id, else by the external id. */
async function addressed(
  ctx: Context,
  kind: Kind,
  input: JsonObject,
): Promise<{ id: string; phones: readonly Json[] }> {
  const key = textOf(input.id) === null ? "externalId" : "id";
  const value = textOf(input[key]);
  if (value === null) {
    throw new ConnectorError(
      "data",
      {
        ru: "Заполните ID или внешний ID: по нему находится запись.",
        en: "Fill in the ID or the external ID: the record is found by it.",
      },
      { field: "id" },
    );
  }
  const record = (await recordsBy(ctx, kind, key, value))[0];
  const id = textOf(record?.id);
  if (!record || id === null) {
    throw new ConnectorError(
      "not_found",
      kind === "customers"
        ? { ru: `В retailCRM нет клиента «${value}».`, en: `retailCRM has no customer “${value}”.` }
        : { ru: `В retailCRM нет заказа «${value}».`, en: `retailCRM has no order “${value}”.` },
      { field: key },
    );
  }
  return { id, phones: listOf(record.phones).map((phone) => objectOf(phone).number ?? null) };
}

function updateAction(
  kind: Kind,
  about: Pick<Action, "key" | "name" | "words" | "sample"> & { fields: readonly Field[]; output: readonly Field[] },
): Action {
  return {
    key: about.key,
    name: about.name,
    ...(about.words ? { words: about.words } : {}),
    kind: "update",
    // Fields are set, not added to, so doing it again changes nothing.
    safe: true,
    fields: about.fields,
    fieldsOf: (ctx) => customUpdate(ctx, entityOf(kind)),
    output: about.output,
    sample: about.sample,
    async run(ctx, input) {
      const { id, phones } = await addressed(ctx, kind, input);
      const body = bodyOf(kind, ctx, input, false);
      return edit(ctx, kind, id, input.site, kind === "customers" ? withPhones(body, phones) : body);
    },
  };
}

const foundField: Field = { key: "found", label: { ru: "Найден", en: "Found" }, kind: "boolean" };

function findAction(
  kind: Kind,
  about: Pick<Action, "key" | "name" | "words" | "sample"> & { fields: readonly Field[]; output: readonly Field[] },
): Action {
  const keys = about.fields.map((field) => field.key);
  return {
    key: about.key,
    name: about.name,
    about: {
      ru: "Совпасть должны все заполненные поля. Если ничего не нашлось, связка идёт дальше с пустым результатом.",
      en: "All filled fields must match. When nothing is found the bundle goes on with an empty result.",
    },
    ...(about.words ? { words: about.words } : {}),
    kind: "find",
    safe: true,
    fields: about.fields,
    output: [foundField, ...about.output],
    sample: { found: true, ...about.sample },
    async run(ctx, input) {
      const output = await findOne(ctx, kind, keys, input);
      return output ? { found: true, ...output } : { found: false };
    },
  };
}

export const actions: readonly Action[] = [
  findAction("customers", {
    key: "findCustomer",
    name: { ru: "Поиск клиента", en: "Find a customer" },
    words: ["найти клиента", "контакт", "find customer", "contact"],
    fields: customerFind,
    output: customerOutput,
    sample: customerSample,
  }),
  createAction("customers", {
    key: "createCustomer",
    name: { ru: "Новый клиент", en: "New customer" },
    words: ["создать клиента", "контакт", "create customer", "contact"],
    fields: customerInput,
    output: customerOutput,
    sample: customerSample,
    keys: ["phone", "email", "externalId"],
  }),
  updateAction("customers", {
    key: "updateCustomer",
    name: { ru: "Обновление клиента", en: "Update of a customer" },
    words: ["изменить клиента", "обновить клиента", "update customer"],
    fields: customerUpdate,
    output: customerOutput,
    sample: customerSample,
  }),
  findAction("orders", {
    key: "findOrder",
    name: { ru: "Поиск заказа", en: "Find an order" },
    words: ["найти заказ", "find order"],
    fields: orderFind,
    output: orderOutput,
    sample: orderSample,
  }),
  createAction("orders", {
    key: "createOrder",
    name: { ru: "Новый заказ", en: "New order" },
    words: ["создать заказ", "create order"],
    fields: orderInput,
    output: orderOutput,
    sample: orderSample,
    keys: ["externalId", "customerId", "phone", "email", "number"],
  }),
  updateAction("orders", {
    key: "updateOrder",
    name: { ru: "Обновление заказа", en: "Update of an order" },
    words: ["изменить заказ", "обновить заказ", "статус заказа", "update order"],
    fields: orderUpdate,
    output: orderOutput,
    sample: orderSample,
  }),
];

/** Counterparties and customer orders: find, create, update. */
import type { Action, Context, Duplicates, Field, Json, JsonObject, Once } from "../kit/define.ts";
import { ConnectorError } from "../kit/errors.ts";
import { textOf } from "../kit/read.ts";
import { type Entity, idOf, write } from "./api.ts";
import { attributeInput, attributeUpdate } from "./attributes.ts";
import {
  counterpartyFind,
  counterpartyInput,
  counterpartyUpdate,
  orderFind,
  orderInput,
  orderUpdate,
} from "./fields.ts";
import { counterpartyOutput, counterpartySample, orderOutput, orderSample } from "./outputs.ts";
import { findOne, foundOf, outputOf, read, recordsBy } from "./search.ts";
import { counterpartyBody, orderBody, syncIdOf } from "./shapes.ts";

const bodyOf = (entity: Entity, input: JsonObject, isNew: boolean) =>
  entity === "counterparty" ? counterpartyBody(input, isNew) : orderBody(input);

/** With our `syncId` the service answers a repeated call with the record that the first one made. */
async function create(ctx: Context, entity: Entity, input: JsonObject, once: Once): Promise<JsonObject> {
  const body = { ...bodyOf(entity, input, true), syncId: syncIdOf(once, entity) };
  const made = await write(ctx, "POST", `/entity/${entity}`, body);
  const id = idOf(made);
  // The answer to a create names linked records by reference only.
  return outputOf(entity, id === null ? made : await read(ctx, entity, id));
}

async function edit(ctx: Context, entity: Entity, id: string, changes: JsonObject): Promise<JsonObject> {
  const body = bodyOf(entity, changes, false);
  if (Object.keys(body).length > 0) await write(ctx, "PUT", `/entity/${entity}/${encodeURIComponent(id)}`, body);
  return outputOf(entity, await read(ctx, entity, id));
}

const duplicates = (entity: Entity, keys: readonly string[]): Duplicates => ({
  keys,
  find: async (ctx, key, value) => (await recordsBy(ctx, entity, key, value)).map((record) => foundOf(entity, record)),
  update: (ctx, found, changes) => edit(ctx, entity, found.id, changes),
});

type About = Pick<Action, "key" | "name" | "words"> & { readonly fields: readonly Field[] };
const OUTPUTS = {
  counterparty: { output: counterpartyOutput, sample: counterpartySample },
  customerorder: { output: orderOutput, sample: orderSample },
} as const;

function createAction(entity: Entity, keys: readonly string[], about: About): Action {
  return {
    ...about,
    ...OUTPUTS[entity],
    kind: "create",
    // Not because it is harmless, but because the service knows a repeated one by its `syncId`.
    safe: true,
    fieldsOf: (ctx) => attributeInput(ctx, entity),
    run: (ctx, input, once) => create(ctx, entity, input, once),
    duplicates: duplicates(entity, keys),
  };
}

/** The record to change: by its id, else by the external code. */
async function addressed(ctx: Context, entity: Entity, input: JsonObject): Promise<string> {
  const key = textOf(input.id) === null ? "externalCode" : "id";
  const value = textOf(input[key]);
  if (value === null) {
    throw new ConnectorError(
      "data",
      {
        ru: "Заполните ID или внешний код: по нему находится запись.",
        en: "Fill in the ID or the external code: the record is found by it.",
      },
      { field: "id" },
    );
  }
  const records = await recordsBy(ctx, entity, key, value);
  const oldest = records.toSorted((a, b) => String(a.created).localeCompare(String(b.created)))[0];
  const id = oldest ? idOf(oldest) : null;
  if (id !== null) return id;
  throw new ConnectorError(
    "not_found",
    entity === "counterparty"
      ? { ru: `В МоёмСкладе нет контрагента «${value}».`, en: `MoySklad has no counterparty “${value}”.` }
      : { ru: `В МоёмСкладе нет заказа «${value}».`, en: `MoySklad has no order “${value}”.` },
    { field: key },
  );
}

/** Groups join those that are there: the service would replace them all. */
async function withGroups(ctx: Context, entity: Entity, id: string, input: JsonObject): Promise<JsonObject> {
  const wanted = groupsOf(input.tags);
  if (entity !== "counterparty" || wanted.length === 0) return input;
  const present = groupsOf((await read(ctx, entity, id)).tags);
  const known = new Set(present.map((group) => group.toLowerCase()));
  return { ...input, tags: [...present, ...wanted.filter((group) => !known.has(group.toLowerCase()))] };
}
const groupsOf = (value: Json | undefined): string[] =>
  (Array.isArray(value) ? value : [value ?? null]).map((group) => textOf(group)).filter((group) => group !== null);

function updateAction(entity: Entity, about: About): Action {
  return {
    ...about,
    ...OUTPUTS[entity],
    kind: "update",
    // Fields are set, and a group that is there isn't added again, so doing it again changes nothing.
    safe: true,
    fieldsOf: (ctx) => attributeUpdate(ctx, entity),
    async run(ctx, input) {
      const id = await addressed(ctx, entity, input);
      return edit(ctx, entity, id, await withGroups(ctx, entity, id, input));
    },
  };
}

const foundField: Field = { key: "found", label: { ru: "Найден", en: "Found" }, kind: "boolean" };

function findAction(entity: Entity, about: About): Action {
  const { output, sample } = OUTPUTS[entity];
  const keys = about.fields.map((field) => field.key);
  return {
    ...about,
    about: {
      ru: "Совпасть должны все заполненные поля. Если ничего не нашлось, связка идёт дальше с пустым результатом.",
      en: "All filled fields must match. When nothing is found the bundle goes on with an empty result.",
    },
    kind: "find",
    safe: true,
    output: [foundField, ...output],
    sample: { found: true, ...sample },
    async run(ctx, input) {
      const found = await findOne(ctx, entity, keys, input);
      return found ? { found: true, ...found } : { found: false };
    },
  };
}

export const actions: readonly Action[] = [
  findAction("counterparty", {
    key: "findCounterparty",
    name: { ru: "Поиск контрагента", en: "Find a counterparty" },
    words: ["найти контрагента", "клиент", "find counterparty", "customer"],
    fields: counterpartyFind,
  }),
  createAction("counterparty", ["phone", "email", "externalCode", "name", "code"], {
    key: "createCounterparty",
    name: { ru: "Новый контрагент", en: "New counterparty" },
    words: ["создать контрагента", "новый клиент", "покупатель", "create counterparty", "customer"],
    fields: counterpartyInput,
  }),
  updateAction("counterparty", {
    key: "updateCounterparty",
    name: { ru: "Обновление контрагента", en: "Update of a counterparty" },
    words: ["изменить контрагента", "обновить клиента", "update counterparty", "customer"],
    fields: counterpartyUpdate,
  }),
  findAction("customerorder", {
    key: "findOrder",
    name: { ru: "Поиск заказа покупателя", en: "Find a customer order" },
    words: ["найти заказ", "find order"],
    fields: orderFind,
  }),
  createAction("customerorder", ["externalCode", "name", "agent"], {
    key: "createOrder",
    name: { ru: "Новый заказ покупателя", en: "New customer order" },
    words: ["создать заказ", "новый заказ", "create order"],
    fields: orderInput,
  }),
  updateAction("customerorder", {
    key: "updateOrder",
    name: { ru: "Обновление заказа покупателя", en: "Update of a customer order" },
    words: ["изменить заказ", "обновить заказ", "статус заказа", "update order"],
    fields: orderUpdate,
  }),
];

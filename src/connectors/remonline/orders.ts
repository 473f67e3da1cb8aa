/** Actions with orders. */
import type { Action, Context, Field, Json, JsonObject, Once } from "../kit/define.ts";
import { ConnectorError } from "../kit/errors.ts";
import { textOf } from "../kit/read.ts";
import { findAbout, SKEW_MS, withoutId } from "./clients.ts";
import { commentInput, orderFind, orderInput, orderOutput, orderSample, orderUpdate, statusInput } from "./fields.ts";
import { customInput } from "./lists.ts";
import { foundOrder, oldest, ordersBy } from "./search.ts";
import { serviceOf } from "./service.ts";
import { orderOf } from "./shapes.ts";

/** The order as it is now; what was done isn't undone by a failure to read it. */
async function read(ctx: Context, id: string, input: JsonObject): Promise<JsonObject> {
  const [record] = await ordersBy(ctx, "id", id).catch(() => []);
  const { branchId = null, orderTypeId = null, clientId = null, malfunction = null, statusId = null } = input;
  const sent = { branch_id: branchId, order_type_id: orderTypeId, client_id: clientId, malfunction };
  return orderOf(record ?? { id, ...sent, status_id: statusId });
}

const PROBLEM: Field = {
  key: "statusProblem",
  label: { ru: "Почему статус не установлен", en: "Why the status was not set" },
  kind: "longText",
};

/**
 * The status is no field of a create, so it is set afterwards. The order is there by then, and nothing may make a second
 * one: a refusal of the status is told beside the order and fails nothing, for a failed step can be repeated. A passing
 * failure is left to the lookup, which sets it once more (`isLast`).
 */
async function finish(ctx: Context, id: string, input: JsonObject, isLast = false): Promise<JsonObject> {
  const status = textOf(input.statusId);
  const whole = async (problem: string | null) => ({ ...(await read(ctx, id, input)), statusProblem: problem });
  if (status === null) return whole(null);
  try {
    await serviceOf(ctx).setStatus(ctx, id, status);
  } catch (error) {
    if (!(error instanceof ConnectorError)) throw error;
    const told = {
      ru: `Заказ создан (ID ${id}), но статус не установлен. ${error.sentence.ru}`,
      en: `The order was made (ID ${id}), but its status was not set. ${error.sentence.en}`,
    };
    const isPassing = error.errorClass === "temporary" || error.errorClass === "unknown";
    if (isPassing && !isLast) throw new ConnectorError("unknown", told, { ...error.details, field: "statusId" });
    const made: JsonObject = await whole(told[ctx.locale]);
    // What was asked for isn't what stands there, even where the order can't be read.
    return { ...made, statusId: made.statusId === status ? null : (made.statusId ?? null) };
  }
  return whole(null);
}

/** After a lost answer: an order of this client made since the call, with the very values that were sent. */
async function lookup(ctx: Context, input: JsonObject, once: Once): Promise<JsonObject | "absent" | null> {
  const clientId = textOf(input.clientId);
  if (once.at === undefined || clientId === null) return null;
  const since = once.at.getTime() - SKEW_MS;
  const same = (one: Json | undefined, other: Json | undefined) => textOf(one) === textOf(other);
  const found = (await ordersBy(ctx, "clientId", clientId)).filter((record) => {
    const order = orderOf(record);
    return (
      Date.parse(textOf(order.createdAt) ?? "") >= since &&
      same(order.branchId, input.branchId) &&
      same(order.orderTypeId, input.orderTypeId) &&
      same(order.malfunction, input.malfunction)
    );
  });
  const [first] = found;
  if (first === undefined) return "absent";
  if (found.length > 1) return null;
  const output = orderOf(first);
  // The order is ours; what may be missing is its status, and to set it once more changes nothing.
  const isWhole = textOf(input.statusId) === null || same(output.statusId, input.statusId);
  return isWhole ? { ...output, statusProblem: null } : finish(ctx, textOf(output.id) ?? "", input, true);
}

async function present(ctx: Context, id: string): Promise<void> {
  if ((await ordersBy(ctx, "id", id)).length > 0) return;
  throw new ConnectorError(
    "not_found",
    { ru: `В РемонтОнлайн нет заказа «${id}».`, en: `RemOnline has no order “${id}”.` },
    { field: "id" },
  );
}

async function edit(ctx: Context, id: string, input: JsonObject): Promise<JsonObject> {
  const { statusId, ...others } = input;
  await serviceOf(ctx).editOrder(ctx, id, others);
  const status = textOf(statusId);
  if (status !== null) await serviceOf(ctx).setStatus(ctx, id, status);
  return read(ctx, id, input);
}

export const orderActions: readonly Action[] = [
  {
    key: "findOrder",
    name: { ru: "Поиск заказа", en: "Find an order" },
    about: findAbout,
    words: ["найти заказ", "find order"],
    kind: "find",
    safe: true,
    fields: orderFind,
    output: [{ key: "found", label: { ru: "Найден", en: "Found" }, kind: "boolean" }, ...orderOutput],
    sample: { found: true, ...orderSample },
    async run(ctx, input) {
      const keys = orderFind.map(({ key }) => key);
      const output = await oldest(input, keys, (key, value) => ordersBy(ctx, key, value), foundOrder);
      return output ? { found: true, ...output } : { found: false };
    },
  },
  {
    key: "createOrder",
    name: { ru: "Новый заказ", en: "New order" },
    about: {
      ru: "Если РемонтОнлайн не принял статус, заказ остаётся, а причина – в поле «Почему статус не установлен».",
      en: "Where RemOnline refuses the status the order stays, and “Why the status was not set” tells the reason.",
    },
    words: ["создать заказ", "ремонт", "create order", "repair"],
    kind: "create",
    safe: false,
    fields: orderInput,
    fieldsOf: (ctx, input) => customInput(ctx, "order", input),
    output: [...orderOutput, PROBLEM],
    sample: { ...orderSample, statusProblem: null },
    async run(ctx, input) {
      const id = await serviceOf(ctx).createOrder(ctx, input);
      if (id === null) throw withoutId();
      return finish(ctx, id, input);
    },
    duplicates: {
      keys: ["clientId"],
      find: async (ctx, key, value) => (await ordersBy(ctx, key, value)).map(foundOrder),
      update: (ctx, { id }, changes) => edit(ctx, id, changes),
    },
    lookup,
  },
  {
    key: "setStatus",
    name: { ru: "Смена статуса заказа", en: "Change of an order's status" },
    words: ["статус", "изменить статус", "status"],
    kind: "update",
    safe: true,
    fields: statusInput,
    output: orderOutput,
    sample: orderSample,
    run: (ctx, { id, statusId = null }) => edit(ctx, textOf(id) ?? "", { statusId }),
  },
  {
    key: "updateOrder",
    name: { ru: "Обновление заказа", en: "Update of an order" },
    about: {
      ru: "RemOnline API 1.0 меняет только статус, остальные поля — RO App API v2.",
      en: "RemOnline API 1.0 changes the status only, the other fields need RO App API v2.",
    },
    words: ["изменить заказ", "обновить заказ", "update order"],
    kind: "update",
    safe: true,
    fields: orderUpdate,
    fieldsOf: (ctx, input) => customInput(ctx, "order", input),
    output: orderOutput,
    sample: orderSample,
    async run(ctx, { id, ...changes }) {
      const order = textOf(id) ?? "";
      await present(ctx, order);
      return edit(ctx, order, changes);
    },
  },
  {
    key: "addComment",
    name: { ru: "Комментарий к заказу", en: "Comment on an order" },
    words: ["примечание", "заметка", "comment", "note"],
    kind: "other",
    safe: false,
    fields: commentInput,
    output: [orderOutput[0] ?? { key: "id", label: { ru: "ID заказа", en: "Order ID" }, kind: "text" }],
    sample: { id: "9001" },
    async run(ctx, { id, text, isPrivate }) {
      const order = textOf(id) ?? "";
      await serviceOf(ctx).comment(ctx, order, textOf(text) ?? "", isPrivate === true);
      return { id: order };
    },
  },
];

/** What changed since a moment: records by their own times, orders by their history and their payments. */
import type { Context, Json, JsonObject, PollSince } from "../kit/define.ts";
import { ConnectorError } from "../kit/errors.ts";
import { isObject, numberOf, objectOf, objectsOf, textOf } from "../kit/read.ts";
import { type Entity, filterOf, fromMoscow, get, idOf, PAGE, toMoscow } from "./api.ts";
import { statesOf } from "./lists.ts";
import { readMany } from "./search.ts";
import { orderOf } from "./shapes.ts";

export type Payment = "paymentin" | "cashin";

/**
 * Pages of records, oldest change first. The next page is asked for by time and not by number: what changes meanwhile
 * moves to the end, and a numbered page would skip its neighbour. Only a whole page of one instant is numbered.
 */
export async function* since(
  ctx: Context,
  type: Entity | Payment,
  field: "created" | "updated",
  from: Date,
  expand?: string,
): AsyncIterable<JsonObject[]> {
  const seen = new Set<string>();
  let mark = toMoscow(from);
  let offset = 0;
  let before: string | undefined;
  for (;;) {
    const query = { filter: filterOf(`${field}>=${mark}`), order: `${field},asc;id,asc`, limit: PAGE, expand };
    const rows = objectsOf((await get(ctx, `/entity/${type}`, { ...query, offset: offset || undefined })).rows);
    const keyOf = (row: JsonObject) => `${idOf(row)} ${row[field]}`;
    const fresh = rows.filter((row) => !seen.has(keyOf(row)));
    for (const row of fresh) seen.add(keyOf(row));
    if (fresh.length > 0) yield fresh;
    const [head] = rows.map(keyOf);
    // The same page under another number: no numbers are heeded, and the rest can't be reached.
    if (rows.length < PAGE || (offset > 0 && head === before)) return;
    before = head;
    const last = textOf(rows.at(-1)?.[field]) ?? mark;
    offset = last > mark ? 0 : offset + rows.length;
    if (last > mark) mark = last;
  }
}

// ---------------------------------------------------------------- the history of one order

interface StateChange {
  readonly id: string;
  readonly at: string | null;
  readonly by: string | null;
  /** Made over the API by this connection's own user: most likely by us. */
  readonly isOwn: boolean;
  readonly old: string | null;
  readonly state: JsonObject;
}

/** A state in the history is an object with a name, or the bare name. */
function stateIn(value: Json | undefined, states: readonly JsonObject[]): JsonObject | null {
  const [id, name] = isObject(value) ? [idOf(value), textOf(value.name)] : [null, textOf(value)];
  if (id === null && name === null) return null;
  return states.find((one) => (id !== null && idOf(one) === id) || textOf(one.name) === name) ?? { id, name };
}

/** The rows of an order's history; of a long one its two ends, because nothing says which of them is the newer. */
async function historyOf(ctx: Context, order: string): Promise<JsonObject[] | null> {
  const path = `/entity/customerorder/${encodeURIComponent(order)}/audit`;
  try {
    const body = await get(ctx, path, { limit: PAGE });
    const size = numberOf(objectOf(body.meta).size) ?? 0;
    const rest = size > PAGE ? await get(ctx, path, { limit: PAGE, offset: Math.max(PAGE, size - PAGE) }) : {};
    return [...objectsOf(body.rows), ...objectsOf(rest.rows)];
  } catch (error) {
    if (error instanceof ConnectorError && ["forbidden", "not_found"].includes(error.errorClass)) return null;
    throw error;
  }
}

/** Changes of an order's state out of its history, oldest first; null where this user may not read the history. */
async function stateChanges(
  ctx: Context,
  order: string,
  states: readonly JsonObject[],
): Promise<readonly StateChange[] | null> {
  const rows = await historyOf(ctx, order);
  if (rows === null) return null;
  const login = ctx.auth.login?.trim().toLowerCase() ?? "";
  const changes = rows.flatMap((row): StateChange[] => {
    const diff = objectOf(objectOf(row.diff).state);
    const state = stateIn(diff.newValue, states);
    const id = idOf(row.audit);
    if (state === null || id === null) return [];
    const by = textOf(row.uid);
    return [
      {
        id,
        at: fromMoscow(row.moment),
        by,
        isOwn: by?.toLowerCase() === login && /^(jsonapi|remap-)/.test(textOf(row.source) ?? ""),
        old: textOf(stateIn(diff.oldValue, states)?.name),
        state,
      },
    ];
  });
  return changes.sort((a, b) => (a.at ?? "").localeCompare(b.at ?? ""));
}

/** The order as it became by this change; it may have moved on since. */
function stateItem(order: JsonObject, { id, at, by, old, state }: StateChange): JsonObject {
  return {
    ...orderOf(order),
    state: textOf(state.name),
    stateId: idOf(state),
    stateType: textOf(state.stateType),
    what: "state",
    oldState: old,
    changedAt: at,
    changedBy: by,
    changeId: id,
  };
}

/** Without a history the order's own time names the change. */
function bareItem(order: JsonObject): JsonObject {
  const changedAt = fromMoscow(order.updated);
  const id = `${idOf(order.state)} ${textOf(order.updated)}`;
  return { ...orderOf(order), what: "state", oldState: null, changedAt, changedBy: null, changeId: id };
}

/** What is paid and by which documents: the same for a poll and for a webhook, and another after each payment. */
export function paymentItem(order: JsonObject, at: string | null): JsonObject {
  const documents = [...objectsOf(order.payments), ...objectsOf(order.prepayments)].map(idOf).sort();
  const changeId = [textOf(order.payedSum) ?? "0", ...documents].join(" ");
  return { ...orderOf(order), what: "payment", oldState: null, changedAt: at, changedBy: null, changeId };
}

/** The state change that a webhook told of. */
export async function stateChange(
  ctx: Context,
  order: JsonObject,
  context: string | null,
  ownToo: boolean,
): Promise<JsonObject | null> {
  const changes = await stateChanges(ctx, idOf(order) ?? "", await statesOf(ctx, "customerorder"));
  if (changes === null) return bareItem(order);
  const change = changes.find(({ id }) => id === context);
  return change && (ownToo || !change.isOwn) ? stateItem(order, change) : null;
}

// ---------------------------------------------------------------- polls

/** Of orders seen lately: when they were changed, their state and what was paid. Kept between polls. */
type Known = Map<string, readonly [updated: string, state: string, payedSum: string]>;
const MOST_KNOWN = 500;
const DAY_MS = 86_400_000;
const SETTLED_MS = 120_000;

const knownIn = (cursor: Json): Known => new Map(Object.entries(objectOf(objectOf(cursor).known)) as never);
const cursorOf = (known: Known): JsonObject => ({
  known: Object.fromEntries([...known].slice(-MOST_KNOWN).map(([id, [...values]]) => [id, values])),
});

interface Wanted {
  readonly state: boolean;
  readonly payment: boolean;
  readonly ownToo: boolean;
}

/** Changes of orders, page by page. */
export async function* orderChanges(
  ctx: Context,
  wanted: Wanted,
  { at, until, cursor }: PollSince,
  expand: string,
): AsyncIterable<{ items: JsonObject[]; cursor: JsonObject }> {
  const known = knownIn(cursor);
  // A sample looks through weeks, and somebody waits for it: a request for each order would take minutes.
  const isWide = cursor === null && until.getTime() - at.getTime() >= DAY_MS;
  const from = at.toISOString();
  const settled = toMoscow(new Date(until.getTime() - SETTLED_MS));
  let states: readonly JsonObject[] | undefined;

  async function ofOrder(order: JsonObject): Promise<JsonObject[]> {
    const id = idOf(order) ?? "";
    const before = known.get(id);
    const updated = textOf(order.updated) ?? "";
    const now = [updated, idOf(order.state) ?? "", textOf(order.payedSum) ?? "0"] as const;
    known.delete(id);
    // A history may be written a moment after its order, so an order that was changed just now is looked at again.
    known.set(id, updated < settled ? now : ["", now[1], now[2]]);
    if (before?.[0] === updated) return [];
    const items: JsonObject[] = [];
    if (wanted.state && isWide) items.push(bareItem(order));
    if (wanted.state && !isWide) {
      states ??= await statesOf(ctx, "customerorder");
      const changes = await stateChanges(ctx, id, states);
      if (changes === null && before?.[1] !== now[1]) items.push(bareItem(order));
      const recent = (changes ?? []).filter(
        (one) => (wanted.ownToo || !one.isOwn) && (one.at ?? from) >= from.slice(0, 19),
      );
      items.push(...recent.map((change) => stateItem(order, change)));
    }
    // A payment that was taken away leaves no document to be found by.
    if (wanted.payment && before && before[2] !== now[2]) items.push(paymentItem(order, fromMoscow(order.updated)));
    return items;
  }

  // Of payments nothing is learned from orders that were never seen before.
  const orders = isWide && !wanted.state ? [] : since(ctx, "customerorder", "updated", at, expand);
  for await (const page of orders) {
    const items: JsonObject[] = [];
    for (const order of page) items.push(...(await ofOrder(order)));
    yield { items, cursor: cursorOf(known) };
  }
  if (wanted.payment) yield* payments(ctx, at, known);
}

/** Payments are documents of their own, and needn't touch the order that they are for. */
async function* payments(
  ctx: Context,
  at: Date,
  known: Known,
): AsyncIterable<{ items: JsonObject[]; cursor: JsonObject }> {
  for (const kind of ["paymentin", "cashin"] as const) {
    try {
      for await (const page of since(ctx, kind, "updated", at)) {
        const times = new Map<string, string | null>();
        for (const payment of page) for (const id of ordersOf(payment)) times.set(id, fromMoscow(payment.updated));
        const orders = await readMany(ctx, "customerorder", [...times.keys()]);
        const items = orders.map((order) => paymentItem(order, times.get(idOf(order) ?? "") ?? null));
        yield { items, cursor: cursorOf(known) };
      }
    } catch (error) {
      // A user may see the one kind of payments and not the other.
      if (!(error instanceof ConnectorError && error.errorClass === "forbidden")) throw error;
    }
  }
}

/** The customer orders that a payment is for. */
export const ordersOf = (payment: JsonObject): readonly string[] =>
  objectsOf(payment.operations)
    .filter((one) => objectOf(one.meta).type === "customerorder")
    .map((one) => idOf(one))
    .filter((id) => id !== null);

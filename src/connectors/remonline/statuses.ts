/**
 * Changes of status by polling. An order says when it was last touched and not what of it, so each poll compares with
 * the statuses that the one before saw.
 */
import type { Context, Json, JsonObject, PollPage, PollSince } from "../kit/define.ts";
import { isObject, objectOf, textOf } from "../kit/read.ts";
import { readList } from "./lists.ts";
import { serviceOf } from "./service.ts";
import { groupOf, isClosed, orderOf } from "./shapes.ts";
import { changeId, editedAt, ledgerOf } from "./told.ts";

/** Statuses by order id, since when orders are watched, and when all of them were looked at last. */
interface Watched {
  readonly since: string;
  readonly seen: string;
  readonly statuses: Record<string, string>;
}
const MOST_KEPT = 20_000;
/** A first poll looks back minutes; a longer window is somebody looking for a sample, for which nothing is watched. */
const SAMPLE_WINDOW_MS = 12 * 3_600_000;

function readCursor(cursor: Json): Watched | null {
  const { since, seen, statuses } = objectOf(cursor);
  const text = textOf(since);
  if (text === null || !isObject(statuses)) return null;
  const known = Object.entries(statuses).flatMap(([id, status]): [string, string][] => {
    const value = textOf(status);
    return value === null ? [] : [[id, value]];
  });
  return { since: text, seen: textOf(seen) ?? text, statuses: Object.fromEntries(known) };
}

/** The oldest orders are forgotten first: their ids are the lowest, and integer keys keep their order. */
function toCursor({ since, seen, statuses }: Watched): Json {
  const entries = Object.entries(statuses);
  return { since, seen, statuses: Object.fromEntries(entries.slice(Math.max(0, entries.length - MOST_KEPT))) };
}

export const changeOf = (order: JsonObject, more: JsonObject): JsonObject => ({
  ...order,
  oldStatusId: null,
  oldStatus: null,
  changedAt: order.modifiedAt ?? null,
  changeId: changeId(order.id, order.statusId, editedAt(order)),
  ...more,
});

/** All orders that aren't closed, as they are now. */
async function watch(ctx: Context): Promise<Record<string, string>> {
  const statuses = await readList(ctx, "statuses");
  const open = statuses.filter((status) => !isClosed(groupOf(status))).flatMap(({ id }) => textOf(id) ?? []);
  const found: Record<string, string> = {};
  for await (const rows of serviceOf(ctx).orders(ctx, open.length > 0 ? { statuses: open } : {})) {
    for (const row of rows) note(found, orderOf(row));
  }
  return found;
}

function note(statuses: Record<string, string>, order: JsonObject): void {
  const id = textOf(order.id);
  const status = textOf(order.statusId);
  if (id !== null && status !== null) statuses[id] = status;
}

/**
 * Whether an order's status is news. One that wasn't watched is either new (then a status other than "new" is a
 * change), or was closed when the watch began (then an open one means that it was opened again).
 */
function isChange(row: JsonObject, order: JsonObject, { since, statuses }: Watched, withCreated: boolean): boolean {
  const known = statuses[textOf(order.id) ?? ""];
  if (known !== undefined) return known !== order.statusId;
  const group = groupOf(row.status);
  const isNew = (textOf(order.createdAt) ?? "") >= since;
  return isNew ? withCreated || group !== 1 : !isClosed(group);
}

export async function* statusChanges(
  ctx: Context,
  since: PollSince,
  options: { readonly withCreated: boolean },
): AsyncIterable<PollPage> {
  const known = readCursor(since.cursor);
  const modified = { from: since.at };
  if (known === null) {
    const from = since.until.toISOString();
    const isSample = since.until.getTime() - since.at.getTime() > SAMPLE_WINDOW_MS;
    const statuses = isSample ? {} : await watch(ctx);
    for await (const rows of serviceOf(ctx).orders(ctx, { modified })) {
      const orders = rows.map(orderOf);
      for (const order of orders) note(statuses, order);
      yield { items: orders.map((order) => changeOf(order, {})) };
    }
    if (!isSample) yield { items: [], cursor: toCursor({ since: from, seen: from, statuses }) };
    return;
  }
  const watched: Watched = { ...known, statuses: { ...known.statuses } };
  const ledger = ledgerOf(ctx);
  const until = (await ledger.settled(since.until)).toISOString();
  let names: ReadonlyMap<string, string> | null = null;
  for await (const rows of serviceOf(ctx).orders(ctx, { modified })) {
    const items: JsonObject[] = [];
    for (const row of rows) {
      const order = orderOf(row);
      // A sample is any order; of those still settling the next poll tells.
      if (!since.isSample && editedAt(order) > until) continue;
      if (isChange(row, order, watched, options.withCreated)) {
        const [id, status] = [textOf(order.id) ?? "", textOf(order.statusId) ?? ""];
        const told = await ledger.found(id, status, watched.seen, editedAt(order));
        const old = told.between ?? watched.statuses[id] ?? null;
        if (old !== null) names ??= await statusNames(ctx);
        const oldStatus = names?.get(old ?? "") ?? null;
        items.push(changeOf(order, { changeId: told.changeId, oldStatusId: old, oldStatus }));
      }
      note(watched.statuses, order);
    }
    yield { items, cursor: toCursor(watched) };
  }
  // Only now has every order been looked at.
  yield { items: [], cursor: toCursor({ ...watched, seen: until }) };
}

export async function statusNames(ctx: Context): Promise<ReadonlyMap<string, string>> {
  const statuses = await readList(ctx, "statuses");
  return new Map(statuses.map((one) => [textOf(one.id) ?? "", textOf(one.name) ?? ""]));
}

/** Reading what was created or changed, with the account's paid filter or without it. */
import type { Context, JsonObject, PollPage, PollSince } from "../kit/define.ts";
import { numberOf, textOf } from "../kit/read.ts";
import { embedded, get, hasNext, PAGE } from "./api.ts";
import { withNames } from "./names.ts";
import { isFilterOn } from "./records.ts";
import { type Entity, outputOf } from "./shapes.ts";

type Mark = "created_at" | "updated_at";
const secondsOf = (date: Date) => Math.floor(date.getTime() / 1_000);

/** Tasks have the filter in every account; lists of the others only where the option was bought. */
export async function* pages(ctx: Context, kind: Entity, mark: Mark, since: PollSince): AsyncIterable<JsonObject[]> {
  const isOn = kind === "tasks" ? mark === "updated_at" : await isFilterOn(ctx);
  yield* isOn ? filtered(ctx, kind, mark, since) : newestFirst(ctx, kind, mark, since);
}

const more = (kind: Entity) => (kind === "leads" ? { with: "contacts" } : {});

/**
 * Changed ones, oldest first, from mark to mark: pages by number would lose a record when another one moves to the end
 * meanwhile. Where a whole page has one second, the next page of that second is asked for.
 * Created ones by number, page after page of one window: an imported record has a high number and an old date, so the
 * last date of a page says nothing of the records that follow.
 */
async function* filtered(ctx: Context, kind: Entity, mark: Mark, since: PollSince): AsyncIterable<JsonObject[]> {
  const isByChange = mark === "updated_at";
  const to = secondsOf(since.until);
  let from = secondsOf(since.at);
  let page = 1;
  let known = new Set<string>();
  for (;;) {
    const body = await get(ctx, kind, {
      filter: { [mark]: { from, to } },
      order: isByChange ? { updated_at: "asc" } : { id: "asc" },
      limit: PAGE,
      page,
      ...more(kind),
    });
    const records = embedded(body, kind);
    const fresh = records.filter((record) => !known.has(keyOf(record, mark)));
    if (fresh.length > 0) yield fresh;
    if (records.length === 0 || (records.length < PAGE && !hasNext(body))) return;
    const last = isByChange ? (numberOf(records.at(-1)?.[mark]) ?? from) : from;
    page = last > from ? 1 : page + 1;
    if (last > from) known = new Set(records.map((record) => keyOf(record, mark)));
    else for (const record of records) known.add(keyOf(record, mark));
    from = Math.max(from, last);
  }
}
const keyOf = (record: JsonObject, mark: Mark) => `${textOf(record.id)}:${textOf(record[mark])}`;

/** Newest first, until one is older than the window. */
async function* newestFirst(ctx: Context, kind: Entity, mark: Mark, since: PollSince): AsyncIterable<JsonObject[]> {
  const from = secondsOf(since.at);
  const to = secondsOf(since.until);
  const order = mark === "updated_at" ? { updated_at: "desc" } : { id: "desc" };
  for (let page = 1; ; page++) {
    const body = await get(ctx, kind, { order, limit: PAGE, page, ...more(kind) });
    const records = embedded(body, kind);
    const times = records.map((record) => numberOf(record[mark]) ?? 0);
    const wanted = records.filter((_, at) => (times[at] ?? 0) >= from && (times[at] ?? 0) <= to);
    if (wanted.length > 0) yield wanted.reverse();
    // Imported records may carry older dates than their neighbours, so one old one ends nothing: a page of them does.
    const isOver = mark === "updated_at" ? (times.at(-1) ?? 0) < from : times.every((time) => time < from);
    if (records.length === 0 || isOver || !hasNext(body)) return;
  }
}

/** Pages of a poll: shaped, and those that the trigger wants. */
export async function* itemPages(
  ctx: Context,
  kind: Entity,
  mark: Mark,
  since: PollSince,
  isWanted: (item: JsonObject) => boolean,
): AsyncIterable<PollPage> {
  for await (const records of pages(ctx, kind, mark, since)) {
    const items = records.map((record) => outputOf(ctx, kind, record)).filter(isWanted);
    yield { items: await withNames(ctx, kind, items) };
  }
}

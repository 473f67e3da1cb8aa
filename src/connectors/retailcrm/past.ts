/** What was created in a period of the past, out of the lists themselves: the feed doesn't reach back for ever. */
import type { Context, JsonObject, PollPage, PollSince } from "../kit/define.ts";
import { numberOf, objectOf, objectsOf } from "../kit/read.ts";
import { formatLocal } from "../kit/time.ts";
import { get, V5 } from "./api.ts";
import { clockOf } from "./history.ts";
import type { ReadTime } from "./shapes.ts";

const DAY = 86_400_000;
const PAGE = 100;

/** Pages that are left of this very period: another end means other pages. */
function leftOf(since: PollSince): number | null {
  const { left, until } = objectOf(since.cursor);
  return until === since.until.toISOString() ? numberOf(left) : null;
}

/** More than two days without a place in the feed: a migration or a sample, never the poll of every five minutes. */
export const isPast = (since: PollSince): boolean =>
  leftOf(since) !== null ||
  (objectOf(since.cursor).sinceId === undefined && since.until.getTime() - since.at.getTime() > 2 * DAY);

/**
 * Lists show the newest first, so their pages are read from the last to the first: what is created meanwhile lies outside
 * of the period, and what is deleted meanwhile moves only what was read already. Whether the filters mean days or
 * moments isn't known; they are asked a day wider, and what lies outside is left out here.
 */
export async function* created(
  ctx: Context,
  kind: "orders" | "customers",
  since: PollSince,
  itemOf: (record: JsonObject, time: ReadTime) => JsonObject,
): AsyncIterable<PollPage> {
  const time = await clockOf(ctx, kind);
  const day = (date: Date) => formatLocal(date, ctx.timeZone, "yyyy-MM-dd");
  const [from, to] = kind === "orders" ? ["createdAtFrom", "createdAtTo"] : ["dateFrom", "dateTo"];
  const filter = {
    [from]: day(new Date(since.at.getTime() - DAY)),
    [to]: day(new Date(since.until.getTime() + DAY)),
  };
  const ask = (page: number) => get(ctx, `${V5}/${kind}`, { filter, limit: PAGE, page });
  const [start, end] = [since.at.toISOString(), since.until.toISOString()];
  const items = (body: JsonObject) =>
    objectsOf(body[kind])
      .map((record) => itemOf(record, time))
      .filter((item) => String(item.createdAt ?? "") >= start && String(item.createdAt ?? "") <= end)
      .sort((a, b) => String(a.createdAt).localeCompare(String(b.createdAt)));
  const first = await ask(1);
  if (since.isSample) {
    yield { items: items(first) };
    return;
  }
  const pages = numberOf(objectOf(first.pagination).totalPageCount) ?? 1;
  for (let page = Math.min(leftOf(since) ?? pages, pages); page > 1; page--) {
    yield { items: items(await ask(page)), cursor: { left: page - 1, until: end } };
  }
  yield { items: items(first), cursor: null };
}

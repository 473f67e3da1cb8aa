/** The change feed: what happened to orders and customers since the last entry that was read. */
import type { Context, Json, JsonObject, PollSince } from "../kit/define.ts";
import { objectOf, objectsOf, textOf } from "../kit/read.ts";
import { formatLocal, parseLocal } from "../kit/time.ts";
import { get, search, V5 } from "./api.ts";
import { type ReadTime, timeIn } from "./shapes.ts";

export interface FeedPage {
  readonly entries: readonly JsonObject[];
  readonly cursor: Json;
  readonly time: ReadTime;
}

const QUARTER = 15 * 60_000;
const HOUR = 60 * 60_000;

/**
 * retailCRM writes local times of the account without a zone. The feed's `generatedAt` is its clock of this moment, so
 * the difference to ours tells its zone; under an hour it is taken for a clock that runs wrong.
 */
function shiftOf(ctx: Context, generatedAt: Json | undefined): number {
  const theirs = parseLocal(textOf(generatedAt) ?? "", ctx.timeZone);
  if (!theirs) return 0;
  const shift = Math.round((ctx.now().getTime() - theirs.getTime()) / QUARTER) * QUARTER;
  return Math.abs(shift) < HOUR || Math.abs(shift) > 26 * HOUR ? 0 : shift;
}

function shifted(ctx: Context, shift: number): ReadTime {
  const read = timeIn(ctx.timeZone);
  if (shift === 0) return read;
  return (value) => {
    const text = read(value);
    return text === null ? null : new Date(Date.parse(text) + shift).toISOString();
  };
}

const idOf = (entry: JsonObject) => Number(textOf(entry.id) ?? 0);

/** A period that ended clearly in the past is read up to its end; the present has none, however wrong a clock runs. */
const endOf = (ctx: Context, since: PollSince): string | null =>
  ctx.now().getTime() - since.until.getTime() > HOUR ? since.until.toISOString() : null;

/** Pages of the feed, oldest first. `sinceId` is exclusive and must not be sent together with `page`. */
export async function* feed(ctx: Context, kind: "orders" | "customers", since: PollSince): AsyncIterable<FeedPage> {
  const end = endOf(ctx, since);
  let sinceId = textOf(objectOf(since.cursor).sinceId);
  let known: number | null = null;
  for (;;) {
    const start = new Date(since.at.getTime() - (known ?? 0));
    const filter = sinceId ? { sinceId } : { startDate: formatLocal(start, ctx.timeZone, "yyyy-MM-dd HH:mm:ss") };
    const body: JsonObject = await get(ctx, `${V5}/${kind}/history`, { filter, limit: 100 });
    const shift = shiftOf(ctx, body.generatedAt);
    const isFirst = known === null;
    known = shift;
    // The first date was written in our zone; once theirs is known the question is put right.
    if (!sinceId && isFirst && shift !== 0) continue;
    const time = shifted(ctx, shift);
    const all = objectsOf(body.history).sort((a, b) => idOf(a) - idOf(b));
    const entries = end === null ? all : all.filter((entry) => (time(entry.createdAt) ?? "") <= end);
    const last = textOf(entries.at(-1)?.id);
    if (last === null || last === sinceId) return;
    sinceId = last;
    yield { entries, cursor: { sinceId }, time };
    if (entries.length < all.length) return;
    if (Number(objectOf(body.pagination).totalPageCount ?? 1) <= 1) return;
  }
}

/** How the account's moments are read, for lists that don't tell its clock. */
export async function clockOf(ctx: Context, kind: "orders" | "customers"): Promise<ReadTime> {
  const startDate = formatLocal(ctx.now(), ctx.timeZone, "yyyy-MM-dd HH:mm:ss");
  const body = await get(ctx, `${V5}/${kind}/history`, { filter: { startDate }, limit: 20 });
  return shifted(ctx, shiftOf(ctx, body.generatedAt));
}

/** Our own key made this change: reacting to it would be an echo. */
export const isOwn = (entry: JsonObject) => objectOf(entry.apiKey).current === true;

/** The whole records that entries are about, in one call: entries carry them cut short. */
export async function recordsOf(
  ctx: Context,
  kind: "orders" | "customers",
  entries: readonly JsonObject[],
): Promise<ReadonlyMap<string, JsonObject>> {
  const one = kind === "orders" ? "order" : "customer";
  const ids = [...new Set(entries.map((entry) => textOf(objectOf(entry[one]).id)).filter((id) => id !== null))];
  if (ids.length === 0) return new Map();
  const records = await search(ctx, kind, { ids });
  return new Map(records.map((record) => [textOf(record.id) ?? "", record]));
}

/** Dictionary values come as `{code}`, references as `{id}`, everything else plain. */
export function codeOf(value: Json | undefined): string | null {
  const object = objectOf(value);
  return textOf(value) ?? textOf(object.code) ?? textOf(object.id);
}

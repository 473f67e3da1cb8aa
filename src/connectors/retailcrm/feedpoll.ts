/** Polls over the change feed: which entries are wanted, and what an entry with its record becomes. */
import type { JsonObject, Poll } from "../kit/define.ts";
import { objectOf, textOf } from "../kit/read.ts";
import { type FeedPage, feed, isOwn, recordsOf } from "./history.ts";
import { created, isPast } from "./past.ts";
import type { ReadTime } from "./shapes.ts";

export type Kind = "orders" | "customers";

/** The record that an entry is about, cut short as the feed tells it. */
export const shortOf = (kind: Kind, entry: JsonObject): JsonObject =>
  objectOf(entry[kind === "orders" ? "order" : "customer"]);

export const isDeleted = (entry: JsonObject): boolean => entry.deleted === true;

/** When and by whom an entry was made. */
export const changeOf = (entry: JsonObject, time: ReadTime): JsonObject => ({
  changedAt: time(entry.createdAt),
  changeId: textOf(entry.id),
  changedBy: textOf(entry.source),
});

/** Reads the feed and hands on the wanted entries of each page; a period of the past is read the same way. */
export const feedPoll = (
  kind: Kind,
  isWanted: (entry: JsonObject, options: JsonObject) => boolean,
  itemsOf: (
    page: FeedPage & { readonly records: ReadonlyMap<string, JsonObject> },
    options: JsonObject,
  ) => readonly JsonObject[],
  more: { readonly withoutRecords?: boolean } = {},
): Poll => ({
  everyMinutes: 5,
  migrates: true,
  async *items(ctx, options, since) {
    for await (const page of feed(ctx, kind, since)) {
      const entries = page.entries.filter(
        (entry) => (options.ownToo === true || !isOwn(entry)) && isWanted(entry, options),
      );
      const records = more.withoutRecords ? new Map() : await recordsOf(ctx, kind, entries);
      const items = itemsOf({ ...page, entries, records }, options).filter((item) => textOf(item.id) !== null);
      yield { items, cursor: page.cursor };
    }
  },
});

/** The usual case: an entry is an item, made of the whole record. */
export const entryPoll = (
  kind: Kind,
  isWanted: (entry: JsonObject, options: JsonObject) => boolean,
  itemOf: (entry: JsonObject, record: JsonObject, time: ReadTime) => JsonObject,
  isKept: (item: JsonObject, options: JsonObject) => boolean,
): Poll =>
  feedPoll(
    kind,
    (entry, options) => !isDeleted(entry) && isWanted(entry, options),
    ({ entries, records, time }, options) =>
      entries
        .map((entry) => {
          const short = shortOf(kind, entry);
          return itemOf(entry, records.get(textOf(short.id) ?? "") ?? short, time);
        })
        .filter((item) => isKept(item, options)),
  );

/** New records: out of the feed as they come, out of the list itself where a period of the past is wanted. */
export const creationPoll = (
  kind: Kind,
  field: string,
  itemOf: (record: JsonObject, time: ReadTime) => JsonObject,
  isKept: (item: JsonObject, options: JsonObject) => boolean,
): Poll => {
  const live = entryPoll(
    kind,
    // One creation leaves several entries; the one of this field is always among them.
    (entry) => entry.created === true && entry.field === field,
    (entry, record, time) => {
      const item = itemOf(record, time);
      return { ...item, createdAt: item.createdAt ?? time(entry.createdAt) };
    },
    isKept,
  );
  return {
    ...live,
    async *items(ctx, options, since) {
      if (!isPast(since)) return yield* live.items(ctx, options, since);
      for await (const page of created(ctx, kind, since, itemOf))
        yield { ...page, items: page.items.filter((item) => isKept(item, options)) };
    },
  };
};

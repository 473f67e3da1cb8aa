/** What of a batch of items is new: time mark, keys, repeats, filter. Pure; the seen keys themselves lie in the store. */
import { createHash } from "node:crypto";
import type { JsonObject, Trigger } from "../../connectors/kit/define.ts";

export interface Item {
  readonly item: JsonObject;
  readonly record: string;
  /** Key of the record, where the bundle wants each record once. */
  readonly recordKey: string | null;
  /** Key of this change of it, where changes are told apart. */
  readonly changeKey: string | null;
}
export interface Read {
  readonly items: readonly Item[];
  /** Items that the connector couldn't make sense of. */
  readonly broken: readonly { item: JsonObject; error: unknown }[];
}

/** Which items count; of a period in the past those without a time only where it has no beginning. */
export interface Period {
  readonly since: Date | null;
  readonly until?: Date;
}

/** 128 bits of SHA-256; the length of each part keeps ("a","bc") and ("ab","c") apart. */
export function keyOf(kind: "r" | "c" | "o", ...parts: readonly string[]): string {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(`${part.length}:`).update(part);
  return kind + hash.digest("base64url").slice(0, 22);
}

/**
 * Items after the time mark, with their keys. The mark is taken at full seconds: services tell no finer times, and an
 * item of the very second of the start must not be lost. Items without a time pass.
 */
export function readItems(
  trigger: Trigger,
  items: readonly JsonObject[],
  way: Period & { repeats: "once" | "every"; timeZone: string },
): Read {
  const mark = way.since === null ? Number.NEGATIVE_INFINITY : Math.floor(way.since.getTime() / 1_000) * 1_000;
  const read: Item[] = [];
  const broken: { item: JsonObject; error: unknown }[] = [];
  for (const item of items) {
    try {
      const at = trigger.at(item, way);
      if (at !== null && (at.getTime() < mark || (way.until !== undefined && at > way.until))) continue;
      if (at === null && way.until !== undefined && way.since !== null) continue;
      const record = trigger.record(item);
      const change = trigger.change(item);
      const isOnce = way.repeats === "once";
      read.push({
        item,
        record,
        recordKey: isOnce ? keyOf("r", record) : null,
        // In "once" the change is noted too: what the filter refused isn't judged again at every poll, and a later
        // change of the same record may still pass it.
        changeKey: isOnce && change === record ? null : keyOf("c", record, change),
      });
    } catch (error) {
      broken.push({ item, error });
    }
  }
  return { items: read, broken };
}

/** The key that is asked for first: an item whose first key was seen is nothing new. */
export const firstKey = (item: Item): string => item.changeKey ?? item.recordKey ?? "";

/** Of items with equal keys the first one counts. `fresh`: the keys that the store hadn't seen. */
export function takeFresh(
  items: readonly Item[],
  key: (item: Item) => string | null,
  fresh: ReadonlySet<string>,
): { taken: Item[]; repeated: number } {
  const used = new Set<string>();
  const taken: Item[] = [];
  for (const item of items) {
    const own = key(item);
    if (own !== null && (used.has(own) || !fresh.has(own))) continue;
    if (own !== null) used.add(own);
    taken.push(item);
  }
  return { taken, repeated: items.length - taken.length };
}

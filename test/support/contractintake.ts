/** A small model of the engine's way in: the same sifting, windows and cursors, with the seen keys in memory. */
import type { Json, JsonObject, Trigger } from "../../src/connectors/kit/define.ts";
import { storableJson } from "../../src/connectors/kit/json.ts";
import { firstKey, type Item, readItems, takeFresh } from "../../src/engine/trigger/sift.ts";
import type { Stand } from "./contract.ts";

const MINUTE = 60_000;
const OVERLAP_MINUTES = 10;

export interface Intake {
  /** What became a run, in order. */
  readonly delivered: readonly JsonObject[];
  /** Everything that the connector gave. */
  readonly given: readonly JsonObject[];
  /** One poll to its end; throws what the service answered, with the pages before it kept. */
  poll(): Promise<void>;
  /** What a webhook brought. */
  hear(items: readonly JsonObject[]): void;
}

export function makeIntake(stand: Stand, trigger: Trigger, options: JsonObject): Intake {
  const { poll } = trigger;
  const since = stand.now();
  const seen = new Set<string>();
  const delivered: JsonObject[] = [];
  const given: JsonObject[] = [];
  let cursor: Json = null;
  let polledAt: Date | null = null;

  /** The keys that weren't seen, which from now on are. */
  function fresh(keys: readonly string[]): Set<string> {
    const found = new Set(keys.filter((key) => !seen.has(key)));
    for (const key of keys) seen.add(key);
    return found;
  }
  const recordKeys = (items: readonly Item[]) =>
    items.flatMap((one) => (one.changeKey !== null && one.recordKey !== null ? [one.recordKey] : []));

  function take(items: readonly JsonObject[], isPriming: boolean): void {
    const way = { since, repeats: trigger.repeats ?? "once", timeZone: stand.ctx.timeZone } as const;
    const read = readItems(trigger, items.map(storableJson), way);
    const [broken] = read.broken;
    if (broken) throw broken.error;
    const { taken } = takeFresh(read.items, firstKey, fresh(read.items.map(firstKey)));
    const isPresent = ({ item }: Item) => isPriming && trigger.at(item, stand.ctx) === null;
    fresh(recordKeys(taken.filter(isPresent)));
    const passed = taken.filter((one) => !isPresent(one));
    const own = (one: Item) => (one.changeKey === null ? null : one.recordKey);
    delivered.push(...takeFresh(passed, own, fresh(recordKeys(passed))).taken.map(({ item }) => item));
  }

  return {
    delivered,
    given,
    hear(items) {
      given.push(...items);
      take(items, false);
    },
    async poll() {
      if (!poll) throw new Error(`${trigger.key} has no poll`);
      const until = stand.now();
      const isPriming = polledAt === null;
      const at = new Date((polledAt ?? since).getTime() - (poll.overlapMinutes ?? OVERLAP_MINUTES) * MINUTE);
      for await (const page of poll.items(stand.ctx, options, { at, until, cursor })) {
        given.push(...page.items);
        take(page.items, isPriming);
        if (page.cursor !== undefined) cursor = storableJson(page.cursor);
      }
      polledAt = until;
    },
  };
}

/**
 * Where both ways in end: items become events, events become runs. One transaction per group under the bundle's lock,
 * so that a kill leaves either all of a group (keys, counts, runs) or nothing of it.
 */
import type { JsonObject } from "../../connectors/kit/define.ts";
import { storableJson } from "../../connectors/kit/json.ts";
import { TRIGGER_ID } from "../bundle/model.ts";
import { toFailure } from "../connection/failure.ts";
import type { Admission, Incidents, NewRun, Shared, Tx } from "../parts.ts";
import { assertSize } from "../run/result.ts";
import { addSeen, count, type Live, writeSample } from "../store/triggers.ts";
import { evaluate } from "../values/conditions.ts";
import type { Armed } from "./live.ts";
import { firstKey, type Item, readItems, takeFresh } from "./sift.ts";

export interface IntakeDeps extends Pick<Shared, "clock" | "log"> {
  readonly admission: Admission;
  readonly incidents: Pick<Incidents, "report">;
}
export interface Took {
  readonly admitted: number;
  readonly filtered: number;
  readonly repeated: number;
}

export function makeIntake({ admission, incidents, clock, log }: IntakeDeps) {
  function passes(live: Live, item: JsonObject): boolean {
    const filter = live.body.trigger?.filter;
    if (!filter || filter.length === 0) return true;
    return evaluate(filter, { [TRIGGER_ID]: item }, { ...live.settings, now: clock.now() }).holds;
  }

  /** Items that a connector or a filter stumbles over are told, not dropped in silence; the others go on. */
  async function tellBroken(tx: Tx, live: Live, broken: readonly { error: unknown }[]): Promise<void> {
    const [first] = broken;
    if (!first) return;
    log.error({ err: first.error, bundle: live.bundle, items: broken.length }, "items could not be read");
    const { workspace, bundle, row } = live;
    const failure = { ...toFailure(first.error), step: TRIGGER_ID };
    await incidents.report(tx, { workspace, bundle, step: TRIGGER_ID, connection: row.connection, run: null, failure });
  }

  return {
    /**
     * Call under lockBundles, then `queue.wake("run")` after the commit. `from`: a poll reads the same items again and
     * again, so only what a webhook repeats is counted as such. `isPriming`: items without a time are there already
     * and only noted.
     */
    async take(
      tx: Tx,
      live: Live,
      armed: Armed,
      items: readonly JsonObject[],
      how: { from: "poll" | "hook"; isPriming?: boolean; origin?: NewRun["origin"] },
    ): Promise<Took> {
      const now = clock.now();
      const { bundle, workspace, version, settings } = live;
      const way = { since: live.row.since, repeats: armed.repeats, timeZone: settings.timeZone };
      const read = readItems(armed.trigger, items.map(storableJson), way);
      const broken = [...read.broken];
      const isSeen = await addSeen(tx, bundle, read.items.map(firstKey), now);
      const fresh = takeFresh(read.items, firstKey, isSeen);

      const isPresent = ({ item }: Item) => how.isPriming === true && armed.trigger.at(item, settings) === null;
      const present = fresh.taken.filter(isPresent);
      // Known for ever: also a later change of such a record is no new record.
      await addSeen(tx, bundle, keysOfRecords(present), now);
      const candidates = present.length === 0 ? fresh.taken : fresh.taken.filter((one) => !isPresent(one));
      const passed: Item[] = [];
      for (const candidate of candidates) {
        try {
          if (!passes(live, candidate.item)) continue;
          assertSize(candidate.item, { ru: "Событие", en: "The event" });
          passed.push(candidate);
        } catch (error) {
          broken.push({ item: candidate.item, error });
        }
      }
      const filtered = candidates.length - passed.length - (broken.length - read.broken.length);
      // A record that passed before, changed since, and is wanted once.
      const newRecords = await addSeen(tx, bundle, keysOfRecords(passed), now);
      const events = takeFresh(passed, (one) => (one.changeKey === null ? null : one.recordKey), newRecords);

      const repeated = events.repeated + (how.from === "hook" ? fresh.repeated : 0);
      const sample = candidates.findLast(({ item }) => !armed.trigger.hook?.isBare?.(item))?.item;
      if (sample) await writeSample(tx, bundle, { item: sample, from: "event", at: now });
      if (candidates.length > 0 || repeated > 0) {
        await count(tx, bundle, { filtered, repeated, lastEventAt: candidates.length > 0 ? now : null });
      }
      const origin = how.origin ?? "live";
      const runs = events.taken.map(({ record, item }) => ({
        workspace,
        bundle,
        version,
        origin,
        record,
        event: item,
      }));
      if (runs.length > 0) await admission.admit(tx, runs);
      await tellBroken(tx, live, broken);
      return { admitted: runs.length, filtered, repeated };
    },
  };
}
export type Intake = ReturnType<typeof makeIntake>;

/** Keys of records that are asked for after the keys of their changes. */
function keysOfRecords(items: readonly Item[]): string[] {
  return items.flatMap((one) => (one.changeKey !== null && one.recordKey !== null ? [one.recordKey] : []));
}

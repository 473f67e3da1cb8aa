/**
 * Where all ways in end: items become events, events become runs. One transaction per group under the bundle's lock, so
 * that a kill leaves either all of a group (keys, counts, runs) or nothing of it.
 */
import type { JsonObject } from "../../connectors/kit/define.ts";
import { storableJson } from "../../connectors/kit/json.ts";
import { TRIGGER_ID } from "../bundle/model.ts";
import { toFailure } from "../connection/failure.ts";
import type { Admission, Incidents, NewRun, PastQueue, Shared, Tx } from "../parts.ts";
import { assertSize } from "../run/result.ts";
import { addMigrated, addSeen, type NewKey } from "../store/seen.ts";
import { count, type Live, writeSample } from "../store/triggers.ts";
import { evaluate } from "../values/conditions.ts";
import type { Armed } from "./live.ts";
import { firstKey, type Item, type Period, readItems, takeFresh } from "./sift.ts";

export interface IntakeDeps extends Pick<Shared, "clock" | "log"> {
  readonly admission: Admission;
  readonly incidents: Pick<Incidents, "report">;
}
export interface Took {
  readonly admitted: number;
  readonly filtered: number;
  readonly repeated: number;
}

/** Of a group of items: those that are new, and what became of them. */
interface Sifted {
  /** Statements of a transaction may be under way together; they are answered in order. */
  readonly admitting: Promise<unknown>;
  readonly candidates: readonly Item[];
  readonly admitted: number;
  readonly filtered: number;
  /** Items whose key was seen, and changes of records that are wanted once. */
  readonly known: number;
  readonly changes: number;
}
type Verdict = "passes" | "refused" | { readonly error: unknown };

export function makeIntake({ admission, incidents, clock, log }: IntakeDeps) {
  function judge(live: Live, { item }: Item): Verdict {
    const filter = live.body.trigger?.filter ?? [];
    try {
      const settings = { ...live.settings, now: clock.now() };
      if (filter.length > 0 && !evaluate(filter, { [TRIGGER_ID]: item }, settings).holds) return "refused";
      assertSize(item, { ru: "Событие", en: "The event" });
      return "passes";
    } catch (error) {
      return { error };
    }
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

  /** Keys, filter, runs: the same for what comes now and for what is of the past. */
  async function sift(
    tx: Tx,
    live: Live,
    items: readonly Item[],
    how: {
      add: typeof addSeen;
      origin: NewRun["origin"];
      isPresent: (item: Item) => boolean;
      past?: PastQueue | undefined;
    },
  ): Promise<Sifted> {
    const now = clock.now();
    const { bundle, workspace, version } = live;
    const { add, origin, isPresent } = how;
    // Judged before it is known what is new: the key says for ever whether the record was sent or refused.
    const verdicts = new Map(items.map((one) => [one, isPresent(one) ? "refused" : judge(live, one)]));
    const passes = (one: Item): boolean => verdicts.get(one) === "passes";
    const asOf = (one: Item): NewKey["as"] => (isPresent(one) ? "listed" : passes(one) ? "sent" : "filtered");
    const isNew = await add(
      tx,
      bundle,
      items.map((one) => ({ key: firstKey(one), as: asOf(one) })),
      now,
    );
    const fresh = takeFresh(items, firstKey, isNew);
    // Known for ever: also a later change of a record that was there before is no new record.
    await add(tx, bundle, keysOfRecords(fresh.taken.filter(isPresent), "listed"), now);
    const candidates = fresh.taken.filter((one) => !isPresent(one));
    const passed = candidates.filter(passes);
    // A record that passed before, changed since, and is wanted once.
    const newRecords = await add(tx, bundle, keysOfRecords(passed, "sent"), now);
    const events = takeFresh(passed, (one) => (one.changeKey === null ? null : one.recordKey), newRecords);
    const runs = events.taken.map(({ record, item }) => ({ workspace, bundle, version, origin, record, event: item }));
    const admitting = admission.admit(tx, runs, how.past);
    // Looked at by the caller, together with what it writes meanwhile.
    admitting.catch(() => {});
    await tellBroken(
      tx,
      live,
      candidates.flatMap((one) => {
        const verdict = verdicts.get(one);
        return typeof verdict === "object" ? [verdict] : [];
      }),
    );
    return {
      admitting,
      candidates,
      admitted: runs.length,
      filtered: candidates.filter((one) => verdicts.get(one) === "refused").length,
      known: fresh.repeated,
      changes: events.repeated,
    };
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
      how: { from: "poll" | "hook"; isPriming?: boolean; origin?: NewRun["origin"]; past?: PastQueue | undefined },
    ): Promise<Took> {
      const { bundle, settings } = live;
      const way = { since: live.row.since, repeats: armed.repeats, timeZone: settings.timeZone };
      const read = readItems(armed.trigger, items.map(storableJson), way);
      const isPresent = ({ item }: Item) => how.isPriming === true && armed.trigger.at(item, settings) === null;
      const sifted = await sift(tx, live, read.items, {
        add: addSeen,
        origin: how.origin ?? "live",
        isPresent,
        past: how.past,
      });
      await tellBroken(tx, live, read.broken);
      const { candidates, admitted, filtered } = sifted;
      const repeated = sifted.changes + (how.from === "hook" ? sifted.known : 0);
      const now = clock.now();
      const sample = candidates.findLast(({ item }) => !armed.trigger.hook?.isBare?.(item))?.item;
      await Promise.all([
        sifted.admitting,
        sample && writeSample(tx, bundle, { item: sample, from: "event", at: now }),
        (candidates.length > 0 || repeated > 0) &&
          count(tx, bundle, { filtered, repeated, lastEventAt: candidates.length > 0 ? now : null }),
      ]);
      return { admitted, filtered, repeated };
    },

    /**
     * As take, for records of the past: those of the period that were never sent. They are no news, so neither the sample
     * nor the counts of the trigger change. Answers also with how many were of the period.
     */
    async takePast(
      tx: Tx,
      live: Live,
      armed: Armed,
      items: readonly JsonObject[],
      period: Period,
    ): Promise<Took & { read: number }> {
      const way = { ...period, repeats: armed.repeats, timeZone: live.settings.timeZone };
      const read = readItems(armed.trigger, items.map(storableJson), way);
      const how = { add: addMigrated, origin: "migration" as const, isPresent: () => false };
      const { admitting, admitted, filtered, known, changes } = await sift(tx, live, read.items, how);
      await admitting;
      await tellBroken(tx, live, read.broken);
      return { admitted, filtered, repeated: known + changes, read: read.items.length };
    },
  };
}
export type Intake = ReturnType<typeof makeIntake>;

/** Keys of records that are asked for after the keys of their changes. */
function keysOfRecords(items: readonly Item[], as: NewKey["as"]): NewKey[] {
  return items.flatMap(({ changeKey, recordKey }) =>
    changeKey !== null && recordKey !== null ? [{ key: recordKey, as }] : [],
  );
}

/**
 * Where a delivery goes: a draft keeps the newest as its sample, a paused bundle holds it, one that needs the service's
 * answer (or has earlier ones waiting) stores it for the worker, and the rest become runs at once.
 */
import type { JsonObject } from "../../connectors/kit/define.ts";
import { storableJson } from "../../connectors/kit/json.ts";
import type { Notify, PastQueue, Queue, Shared, Tx } from "../parts.ts";
import { countHeld, insertDeliveries } from "../store/deliveries.ts";
import { changeTrigger, type Live, lockBundles, readLive, writeSample } from "../store/triggers.ts";
import type { Intake } from "./intake.ts";
import { type Armed, armedLive } from "./live.ts";

/** Held deliveries of one bundle; past it the sender hears 503. */
export const MAX_HELD = 50_000;
const TELL_HELD = MAX_HELD * 0.8;

/** One request's deliveries for one bundle. */
export interface Arrival {
  readonly bundle: string;
  readonly items: readonly JsonObject[];
  /** Set when the arrival was placed. */
  outcome: "stored" | "full" | "gone";
}

export interface PlaceDeps extends Pick<Shared, "db" | "clock" | "connectors"> {
  readonly queue: Pick<Queue, "send" | "wake">;
  readonly intake: Intake;
  readonly notify: Notify;
  /** Where a worker is in this process. */
  readonly past?: (() => PastQueue) | undefined;
}

export function makePlace({ db, clock, connectors, queue, intake, notify, past }: PlaceDeps) {
  /** A draft's sample; the chat hears of it when somebody waits for it there, or when it is the first. */
  async function keepSample(tx: Tx, live: Live, item: JsonObject): Promise<void> {
    const { bundle, workspace, sampleFrom, row } = live;
    await writeSample(tx, bundle, { item: storableJson(item), from: "event", at: clock.now() });
    if (!row.asked && sampleFrom === "event") return;
    if (row.asked) await changeTrigger(tx, bundle, { asked: false });
    await notify(tx, workspace, { kind: "sample", bundle }, `sample ${bundle}`);
  }

  async function hold(tx: Tx, live: Live, arrivals: readonly Arrival[]): Promise<void> {
    const { bundle, workspace } = live;
    const before = await countHeld(tx, bundle, MAX_HELD);
    let held = before;
    const items: JsonObject[] = [];
    for (const arrival of arrivals) {
      if (held + arrival.items.length > MAX_HELD) {
        arrival.outcome = "full";
        continue;
      }
      held += arrival.items.length;
      items.push(...arrival.items);
    }
    await insertDeliveries(tx, bundle, "held", items.map(storableJson), clock.now());
    if (before < TELL_HELD && held >= TELL_HELD) {
      await notify(tx, workspace, { kind: "held", bundle, count: held, limit: MAX_HELD }, `held ${bundle}`);
    }
  }

  async function placeOne(
    tx: Tx,
    live: Live,
    armed: Armed,
    arrivals: readonly Arrival[],
    direct: PastQueue | undefined,
  ): Promise<"run" | "delivery" | null> {
    const items = arrivals.flatMap((arrival) => arrival.items);
    if (items.length === 0) return null;
    if (live.isHeld) {
      await hold(tx, live, arrivals);
      return null;
    }
    const isRaw = armed.trigger.hook?.enrich !== undefined;
    if (live.state === "draft" && !isRaw) {
      const newest = items.findLast((item) => !armed.trigger.hook?.isBare?.(item));
      if (newest) await keepSample(tx, live, newest);
      return null;
    }
    if (isRaw || live.hasWaiting) {
      await insertDeliveries(tx, live.bundle, "open", items.map(storableJson), clock.now());
      await queue.send(tx, "delivery", [{ id: live.bundle }]);
      return "delivery";
    }
    const before = direct?.kept() ?? 0;
    const { admitted } = await intake.take(tx, live, armed, items, { from: "hook", past: direct });
    return admitted > (direct?.kept() ?? 0) - before ? "run" : null;
  }

  return {
    keepSample,

    /** All of the arrivals in one transaction, or none. */
    async place(arrivals: readonly Arrival[]): Promise<void> {
      const ids = [...new Set(arrivals.map((arrival) => arrival.bundle))];
      const woken = new Set<"run" | "delivery">();
      const direct = past?.();
      try {
        await db.transaction(async (tx) => {
          const [, found] = await Promise.all([lockBundles(tx, ids), readLive(tx, { ids })]);
          const lives = new Map(found.map((live) => [live.bundle, live]));
          for (const bundle of ids) {
            const own = arrivals.filter((arrival) => arrival.bundle === bundle);
            const live = lives.get(bundle);
            const armed = live && armedLive(connectors, live);
            for (const arrival of own) arrival.outcome = armed ? "stored" : "gone";
            const wake = live && armed ? await placeOne(tx, live, armed, own, direct) : null;
            if (wake) woken.add(wake);
          }
        });
      } catch (error) {
        direct?.drop();
        throw error;
      }
      direct?.begin();
      for (const name of woken) queue.wake(name);
    },
  };
}
export type Place = ReturnType<typeof makePlace>;

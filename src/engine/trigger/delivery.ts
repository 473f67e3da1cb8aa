/**
 * Deliveries on their way to events: those of services that send only ids are asked for the record, released ones
 * follow in the order they came. The truth is their rows; a job only says that a bundle has some.
 */
import type { JsonObject } from "../../connectors/kit/define.ts";
import { ConnectorError } from "../../connectors/kit/errors.ts";
import { TRIGGER_ID } from "../bundle/model.ts";
import { toFailure } from "../connection/failure.ts";
import type { Failure } from "../engine.ts";
import type { Incidents, Opened, Opener, Queue, Shared, Tx } from "../parts.ts";
import {
  activeHolding,
  bundlesDue,
  type Delivery,
  deleteDeliveries,
  putBack,
  reopen,
  stillTaken,
  sweepHeld,
  takeDeliveries,
} from "../store/deliveries.ts";
import { loggable } from "../store/outage.ts";
import { sweepSeen } from "../store/seen.ts";
import { type Live, lockBundles, readLive } from "../store/triggers.ts";
import { isTemporary, MOST_RETRIES, turnWait, waitAfter } from "./backoff.ts";
import type { Intake } from "./intake.ts";
import { type Armed, armedLive } from "./live.ts";
import type { Place } from "./place.ts";

const BATCH = 200;
const BATCH_TO_ENRICH = 20;
const ENRICH_AT_ONCE = 4;
const LEASE_MS = 10 * 60_000;
/** What a job should have done by now and didn't: a lost job, or a retry whose time has come. */
export const LATE_MS = 2_000;
const DAY_MS = 86_400_000;
const SWEEP_ROWS = 5_000;

export interface DeliveriesDeps extends Pick<Shared, "db" | "clock" | "log" | "connectors"> {
  readonly queue: Pick<Queue, "wake" | "work">;
  readonly opener: Opener;
  readonly intake: Intake;
  readonly place: Pick<Place, "keepSample">;
  readonly incidents: Pick<Incidents, "report">;
}

type Enriched = { readonly delivery: Delivery } & (
  | { readonly kind: "item"; readonly item: JsonObject }
  | { readonly kind: "nothing" }
  | { readonly kind: "error"; readonly error: unknown; readonly failure: Failure }
);

export function makeDeliveries(deps: DeliveriesDeps) {
  const { db, clock, log, connectors, queue, opener, intake, place, incidents } = deps;
  /** Bundles that this process works on; `again`: more came meanwhile. */
  const running = new Map<string, { again: boolean }>();

  async function enrichOne(armed: Armed, opened: Opened, delivery: Delivery): Promise<Enriched> {
    try {
      const item = await armed.trigger.hook?.enrich?.(opened.ctx, delivery.item);
      return item ? { kind: "item", delivery, item } : { kind: "nothing", delivery };
    } catch (error) {
      if (!(error instanceof ConnectorError))
        log.error({ err: error, connector: armed.connector.key }, "enrich failed");
      return { kind: "error", delivery, error, failure: toFailure(error, opened.mask) };
    }
  }

  async function enrich(live: Live, armed: Armed, batch: readonly Delivery[]): Promise<readonly Enriched[]> {
    if (!armed.trigger.hook?.enrich) return batch.map((delivery) => ({ kind: "item", delivery, item: delivery.item }));
    let opened: Opened;
    try {
      opened = await opener.open(live.workspace, armed.chosen.connection, armed.connector);
    } catch (error) {
      return batch.map((delivery) => ({ kind: "error", delivery, error, failure: toFailure(error) }));
    }
    const done: Enriched[] = [];
    for (let from = 0; from < batch.length; from += ENRICH_AT_ONCE) {
      const some = batch.slice(from, from + ENRICH_AT_ONCE);
      done.push(...(await Promise.all(some.map((delivery) => enrichOne(armed, opened, delivery)))));
    }
    return done;
  }

  async function report(tx: Tx, { workspace, bundle }: Live, { chosen }: Armed, failure: Failure): Promise<void> {
    const at = { workspace, bundle, step: TRIGGER_ID, connection: chosen.connection, run: null };
    await incidents.report(tx, { ...at, failure: { ...failure, step: TRIGGER_ID } });
  }

  async function refused(tx: Tx, live: Live, armed: Armed, one: Enriched & { kind: "error" }): Promise<void> {
    const { delivery, error, failure } = one;
    const now = clock.now().getTime();
    const seqs = [delivery.seq];
    const turn = turnWait(error);
    if (turn !== null) {
      return putBack(tx, seqs, { state: "open", nextAt: new Date(now + turn), isAttempt: false });
    }
    const attempts = delivery.attempts + 1;
    // Our own mistakes are tried once more, as those of runs are.
    const most = isTemporary(error) ? MOST_RETRIES : failure.class === "defect" ? 1 : 0;
    if (attempts <= most) {
      const nextAt = new Date(now + waitAfter(attempts, error));
      return putBack(tx, seqs, { state: "open", nextAt, error: failure, isAttempt: true });
    }
    if (failure.class === "access") {
      return putBack(tx, seqs, { state: "held", nextAt: null, error: failure, isAttempt: false });
    }
    await putBack(tx, seqs, { state: "failed", nextAt: null, error: failure, isAttempt: true });
    await report(tx, live, armed, failure);
  }

  /** Under the lock again, because a pause or another process may have come between. */
  async function settle(bundle: string, lease: Date, results: readonly Enriched[]): Promise<void> {
    await db.transaction(async (tx) => {
      await lockBundles(tx, [bundle]);
      const [live] = await readLive(tx, { ids: [bundle] });
      const armed = live && armedLive(connectors, live);
      const ours = await stillTaken(
        tx,
        results.map(({ delivery }) => delivery.seq),
        lease,
      );
      const mine = results.filter(({ delivery }) => ours.has(delivery.seq));
      const seqs = mine.map(({ delivery }) => delivery.seq);
      if (!live || !armed) return deleteDeliveries(tx, seqs);
      if (live.isHeld) return putBack(tx, seqs, { state: "held", nextAt: null, isAttempt: false });
      const items = mine.flatMap((one) => (one.kind === "item" ? [one.item] : []));
      const newest = items.at(-1);
      if (live.state === "draft") {
        if (newest) await place.keepSample(tx, live, newest);
      } else if (newest) {
        await intake.take(tx, live, armed, items, { from: "hook" });
      }
      await deleteDeliveries(
        tx,
        mine.flatMap((one) => (one.kind === "error" ? [] : [one.delivery.seq])),
      );
      for (const one of mine) if (one.kind === "error") await refused(tx, live, armed, one);
    });
    queue.wake("run");
  }

  /** One batch; false when there was nothing to do, or another process does it. */
  async function step(bundle: string): Promise<boolean> {
    const now = clock.now();
    const lease = new Date(now.getTime() + LEASE_MS);
    const taken = await db.transaction(async (tx) => {
      await lockBundles(tx, [bundle]);
      const [live] = await readLive(tx, { ids: [bundle] });
      const armed = live && armedLive(connectors, live);
      const size = armed?.trigger.hook?.enrich ? BATCH_TO_ENRICH : BATCH;
      const batch = await takeDeliveries(tx, bundle, now, lease, size);
      const seqs = batch.map(({ seq }) => seq);
      if (!live || !armed) await deleteDeliveries(tx, seqs);
      else if (live.isHeld) await putBack(tx, seqs, { state: "held", nextAt: null, isAttempt: false });
      else return { live, armed, batch };
      return null;
    });
    if (!taken || taken.batch.length === 0) return false;
    const { live, armed, batch } = taken;
    const results = await enrich(live, armed, batch);
    const access = results.find((one) => one.kind === "error" && one.failure.class === "access");
    if (access?.kind === "error" && armed.chosen.connection) {
      await opener.setBroken(armed.chosen.connection, access.failure);
      await db.transaction((tx) => report(tx, live, armed, access.failure));
    }
    await settle(bundle, lease, results);
    return true;
  }

  async function work(bundle: string): Promise<void> {
    const before = running.get(bundle);
    if (before) {
      before.again = true;
      return;
    }
    const state = { again: false };
    running.set(bundle, state);
    try {
      do {
        state.again = false;
        while (await step(bundle));
      } while (state.again);
    } finally {
      running.delete(bundle);
    }
  }

  return {
    /** Registers the worker of the queue. */
    work: () => queue.work("delivery", 4, work),

    /** Retries whose time has come, and what a lost job left; resolves when they are done. */
    async tick(): Promise<void> {
      const late = new Date(clock.now().getTime() - LATE_MS);
      for (const bundle of await bundlesDue(db, late, 20)) {
        await work(bundle).catch((error: unknown) => log.warn({ err: loggable(error), bundle }, "deliveries wait"));
      }
    },

    /**
     * Removes what is kept for a time only: held and failed deliveries after 30 days, keys of changes after 90. And
     * opens what a running bundle still holds: a kill came between its resume and the release.
     */
    async sweep(): Promise<void> {
      for (const bundle of await activeHolding(db)) {
        await db.transaction(async (tx) => {
          await lockBundles(tx, [bundle]);
          const [live] = await readLive(tx, { ids: [bundle] });
          if (live?.state === "active" && !live.isHeld) await reopen(tx, bundle, "held", clock.now());
        });
      }
      const now = clock.now().getTime();
      while ((await sweepHeld(db, new Date(now - 30 * DAY_MS), SWEEP_ROWS)) === SWEEP_ROWS);
      while ((await sweepSeen(db, new Date(now - 90 * DAY_MS), SWEEP_ROWS)) === SWEEP_ROWS);
    },
  };
}
export type Deliveries = ReturnType<typeof makeDeliveries>;

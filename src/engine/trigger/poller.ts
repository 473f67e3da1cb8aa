/**
 * Everything that a clock starts: polls and schedules whose time has come, deliveries to try again, and what is kept
 * for a time only. Any number of processes may tick; a lease on the row lets one of them ask.
 */
import { ConnectorError } from "../../connectors/kit/errors.ts";
import { TRIGGER_ID } from "../bundle/model.ts";
import { toFailure } from "../connection/failure.ts";
import type { Incidents, Opener, Queue, Shared, Tx } from "../parts.ts";
import { isOutage, loggable } from "../store/outage.ts";
import {
  addSeen,
  changeLeased,
  claimDue,
  type Live,
  readLive,
  type TriggerChange,
  type TriggerError,
} from "../store/triggers.ts";
import { type Claim, LEASE_MS, LostClaim, makeAsking, readClaimed } from "./asking.ts";
import { isTemporary, turnWait, waitAfter } from "./backoff.ts";
import type { Deliveries } from "./delivery.ts";
import type { Intake } from "./intake.ts";
import { type Armed, armedLive, optionsOf } from "./live.ts";
import { occurrence } from "./occurrence.ts";
import { cronOf, nextOccurrence } from "./schedule.ts";
import { keyOf } from "./sift.ts";

const MINUTE_MS = 60_000;
const EVERY_MINUTES = 5;
/** Polls of one process at a time. */
const AT_ONCE = 8;
/** An outage shorter than this is nobody's business: the next poll reads what it missed. */
const TELL_AFTER_MS = 15 * MINUTE_MS;
const SWEEP_EVERY_MS = 60 * MINUTE_MS;

export interface PollerDeps extends Pick<Shared, "db" | "clock" | "log" | "vault" | "connectors"> {
  readonly opener: Opener;
  readonly queue: Pick<Queue, "wake">;
  readonly intake: Intake;
  readonly deliveries: Pick<Deliveries, "tick" | "sweep">;
  readonly incidents: Pick<Incidents, "report" | "succeeded">;
  /** From 0 to 1, for the spread of polls; Math.random when absent. */
  readonly random?: () => number;
}

export interface Poller {
  /** Takes what is due; resolves when all that it took is done. May be called while an earlier call still works. */
  tick(): Promise<void>;
}

export function makePoller(deps: PollerDeps): Poller {
  const { db, clock, log, vault, connectors, opener, queue, intake, deliveries, incidents } = deps;
  const { random = Math.random } = deps;
  const ask = makeAsking(deps);
  let isTaking = false;
  let going = 0;
  let sweptAt = Number.NEGATIVE_INFINITY;

  /** A tenth of the period is spread, so that a thousand bundles started together don't ask together for ever. */
  function nextPoll({ trigger, chosen }: Armed): Date {
    const minutes = Math.min(1_440, Math.max(1, chosen.everyMinutes ?? trigger.poll?.everyMinutes ?? EVERY_MINUTES));
    return new Date(clock.now().getTime() + minutes * MINUTE_MS * (0.95 + random() * 0.1));
  }

  async function poll(live: Live, armed: Armed, claim: Claim): Promise<void> {
    const { bundle, workspace, row } = live;
    const polledAt = await ask(live, armed, claim);
    await db.transaction(async (tx) => {
      const done = { polledAt, nextAt: nextPoll(armed), leasedUntil: null, failures: 0, error: null };
      if (!(await changeLeased(tx, bundle, claim.lease, done))) return;
      if (row.failures > 0) await incidents.succeeded(tx, { workspace, bundle, steps: [TRIGGER_ID] });
    });
  }

  /** Fires once per planned time, however many processes see it; after downtime the missed times are one. */
  async function fire(claim: Claim): Promise<void> {
    const now = clock.now();
    await db.transaction(async (tx) => {
      const { live, armed } = await readClaimed(tx, connectors, claim);
      const { bundle, row } = live;
      const { cron, timeZone } = cronOf(armed.trigger, optionsOf(armed, live.settings, vault), live.settings.timeZone);
      const planned = row.nextAt ?? now;
      // Asked by a person before its time: the planned one still comes.
      const isEarly = planned.getTime() > now.getTime();
      const isNew = isEarly || (await addSeen(tx, bundle, [keyOf("o", planned.toISOString())], now)).size > 0;
      const nextAt = isEarly ? planned : nextOccurrence(cron, timeZone, now);
      const change = { asked: false, leasedUntil: null, failures: 0, error: null, nextAt, polledAt: now };
      if (!(await changeLeased(tx, bundle, claim.lease, change))) throw new LostClaim();
      if (!isNew) return;
      const item = occurrence(armed.trigger, isEarly ? now : planned, timeZone);
      await intake.take(tx, live, armed, [item], { from: "hook", origin: isEarly ? "manual" : "live" });
    });
    queue.wake("run");
  }

  async function tell(tx: Tx, live: Live, error: TriggerError): Promise<void> {
    const { workspace, bundle, row } = live;
    const { firstAt: _, isTold: __, ...failure } = error;
    const connection = row.connection;
    await incidents.report(tx, { workspace, bundle, step: TRIGGER_ID, connection, run: null, failure });
  }

  async function failed(live: Live, armed: Armed, claim: Claim, thrown: unknown): Promise<void> {
    const { bundle, row } = live;
    const now = clock.now();
    const change = (what: TriggerChange, then?: (tx: Tx) => Promise<void>): Promise<void> =>
      db.transaction(async (tx) => {
        if (await changeLeased(tx, bundle, claim.lease, { ...what, leasedUntil: null })) await then?.(tx);
      });
    const turn = turnWait(thrown);
    if (turn !== null) return change({ nextAt: new Date(now.getTime() + turn) });

    const failure = { ...toFailure(thrown), step: TRIGGER_ID };
    const failures = row.failures + 1;
    const firstAt = row.error?.firstAt ?? now.toISOString();
    const lasts = now.getTime() - Date.parse(firstAt);
    const isTold = !isTemporary(thrown) || lasts >= TELL_AFTER_MS;
    const again = new Date(now.getTime() + waitAfter(failures, thrown));
    const regular = armed.trigger.clock ? again : nextPoll(armed);
    const nextAt = isTemporary(thrown) ? again : new Date(Math.max(again.getTime(), regular.getTime()));
    if (failure.class === "access" && armed.chosen.connection) {
      await opener.setBroken(armed.chosen.connection, failure);
    }
    const error: TriggerError = { ...failure, firstAt, isTold };
    const asked = armed.trigger.clock ? { asked: false } : {};
    await change({ failures, error, nextAt, ...asked }, async (tx) => {
      if (isTold) await tell(tx, live, error);
    });
  }

  async function one(claim: Claim): Promise<void> {
    const [live] = await readLive(db, { ids: [claim.bundle] });
    const armed = live && armedLive(connectors, live);
    if (!armed || !(armed.trigger.clock || armed.trigger.poll)) {
      await changeLeased(db, claim.bundle, claim.lease, { leasedUntil: null, nextAt: null });
      return;
    }
    try {
      if (armed.trigger.clock) await fire(claim);
      else await poll(live, armed, claim);
    } catch (error) {
      if (error instanceof LostClaim) return;
      if (isOutage(error)) throw error;
      if (!(error instanceof ConnectorError))
        log.error({ err: loggable(error), bundle: claim.bundle }, "a trigger failed");
      await failed(live, armed, claim, error);
    }
  }

  async function guarded(claim: Claim): Promise<void> {
    going++;
    try {
      await one(claim);
    } catch (error) {
      // The database is away: the lease runs out, and the trigger is taken again.
      log.warn({ err: loggable(error), bundle: claim.bundle }, "a trigger could not be kept");
    } finally {
      going--;
    }
  }

  async function take(): Promise<Claim[]> {
    if (isTaking) return [];
    isTaking = true;
    try {
      const now = clock.now();
      const lease = new Date(now.getTime() + LEASE_MS);
      const bundles = await claimDue(db, now, lease, AT_ONCE - going);
      return bundles.map((bundle) => ({ bundle, lease }));
    } finally {
      isTaking = false;
    }
  }

  async function sweep(): Promise<void> {
    const now = clock.now().getTime();
    if (now - sweptAt < SWEEP_EVERY_MS) return;
    sweptAt = now;
    await deliveries.sweep();
  }

  return {
    async tick() {
      try {
        const claims = await take();
        await Promise.all([...claims.map(guarded), deliveries.tick(), sweep()]);
      } catch (error) {
        log.warn({ err: loggable(error) }, "a tick of the triggers failed, the next one follows");
      }
    },
  };
}

/**
 * Everything that a clock starts: polls and schedules whose time has come, deliveries to try again, and what is kept
 * for a time only. Any number of processes may tick; a lease on the row lets one of them ask.
 */
import type { JsonObject } from "../../connectors/kit/define.ts";
import { ConnectorError } from "../../connectors/kit/errors.ts";
import { TRIGGER_ID } from "../bundle/model.ts";
import { toFailure } from "../connection/failure.ts";
import type { Incidents, Opener, Queue, Shared, Tx } from "../parts.ts";
import { isOutage, loggable } from "../store/outage.ts";
import { addSeen } from "../store/seen.ts";
import {
  changeLeased,
  claimDue,
  countPollers,
  type Live,
  readLive,
  type TriggerChange,
  type TriggerError,
} from "../store/triggers.ts";
import { makeAsking, readClaimed } from "./asking.ts";
import { isTemporary, turnWait, waitAfter } from "./backoff.ts";
import type { Deliveries } from "./delivery.ts";
import { isOpen, nextOpen } from "./hours.ts";
import type { Intake } from "./intake.ts";
import { type Claim, LEASE_MS, LostClaim } from "./lease.ts";
import { type Armed, armedLive, optionsOf } from "./live.ts";
import { occurrence } from "./occurrence.ts";
import { nextFire, nextPoll, nextTry, openingOf, pollMinutes } from "./plan.ts";
import { keyOf } from "./sift.ts";

const MINUTE_MS = 60_000;
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

  const optionsFor = (live: Live, armed: Armed) => optionsOf(armed, live.settings, vault);
  const openingFor = (live: Live, armed: Armed, options: JsonObject = {}) =>
    openingOf(armed, options, live.settings.timeZone);

  async function minutesFor(armed: Armed): Promise<number> {
    const { connection } = armed.chosen;
    const isGranted = armed.connector.api?.limits?.perDay !== undefined;
    return pollMinutes(armed, isGranted && connection !== null ? await countPollers(db, connection) : 1);
  }

  async function poll(live: Live, armed: Armed, claim: Claim): Promise<void> {
    const { bundle, workspace, row } = live;
    const opening = openingFor(live, armed);
    // The very first poll lists what is there, whenever it is: later that couldn't be told from what is new.
    const isQuiet = row.polledAt === null && !row.asked && !isOpen(opening, clock.now());
    const polledAt = await ask(live, armed, claim, isQuiet);
    const nextAt = nextPoll(await minutesFor(armed), opening, clock.now(), random());
    await db.transaction(async (tx) => {
      const done = { polledAt, nextAt, leasedUntil: null, failures: 0, error: null };
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
      const options = optionsFor(live, armed);
      const opening = openingFor(live, armed, options);
      const planned = row.nextAt ?? now;
      // Asked by a person before its time: the planned one still comes.
      const isEarly = planned.getTime() > now.getTime();
      // Missed, and caught up with once the launch hours open again.
      if (!row.asked && !isOpen(opening, now)) {
        const again = { nextAt: nextOpen(opening, now) ?? now, leasedUntil: null };
        if (!(await changeLeased(tx, bundle, claim.lease, again))) throw new LostClaim();
        return;
      }
      const isNew =
        isEarly || (await addSeen(tx, bundle, [{ key: keyOf("o", planned.toISOString()), as: "sent" }], now)).size > 0;
      const { timeZone } = opening;
      const nextAt = isEarly ? planned : nextFire(armed, options, live.settings.timeZone, now);
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

  /** What only a person can mend isn't asked more often than before. */
  async function whenAgain(live: Live, armed: Armed, again: Date, isTemporary: boolean): Promise<Date> {
    if (armed.trigger.clock) return again;
    try {
      const opening = openingFor(live, armed);
      const soon = nextTry(again, opening);
      if (isTemporary) return soon;
      const regular = nextPoll(await minutesFor(armed), opening, clock.now(), random());
      return new Date(Math.max(soon.getTime(), regular.getTime()));
    } catch (error) {
      // The options or the hours themselves are what is wrong.
      if (error instanceof ConnectorError) return again;
      throw error;
    }
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
    const nextAt = await whenAgain(live, armed, again, isTemporary(thrown));
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

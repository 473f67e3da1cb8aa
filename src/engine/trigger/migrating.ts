/**
 * Migrations: a period of the past goes through a bundle, page by page, behind everything that comes now. Only so many of
 * its runs wait at a time, so that neither memory nor the queue grows with the period. How far it was read lies in its
 * row; what a kill cuts off is read again and dropped by its keys.
 */
import type { JsonObject, PollPage } from "../../connectors/kit/define.ts";
import { ConnectorError } from "../../connectors/kit/errors.ts";
import { storableJson } from "../../connectors/kit/json.ts";
import { TRIGGER_ID } from "../bundle/model.ts";
import { toFailure } from "../connection/failure.ts";
import type { Incidents, Notify, Opener, Queue, Shared, Tx } from "../parts.ts";
import {
  changeLeasedMigration,
  claimMigrations,
  countMigrated,
  countPending,
  type MigrationChange,
  type MigrationRow,
  readMigration,
} from "../store/migrations.ts";
import { isOutage, loggable } from "../store/outage.ts";
import { type Live, lockBundles, readLive, type TriggerError } from "../store/triggers.ts";
import { masked } from "./asking.ts";
import { isTemporary, turnWait, waitAfter } from "./backoff.ts";
import type { Intake } from "./intake.ts";
import { type Alone, type Claim, LEASE_MS, LostClaim, leaseAfter, renewing } from "./lease.ts";
import { type Armed, armedLive, optionsOf } from "./live.ts";

/** Migrations of one process at a time. */
const AT_ONCE = 16;
/** Runs of one migration that wait at a time, and how many are admitted together. */
export const MOST_PENDING = 500;
const CHUNK = 100;
const LOOK_MS = 250;
/** One that gets no room for so long gives its place to others. */
const PATIENCE_MS = 60_000;
const AGAIN_MS = 30_000;
/** One that must begin its reading anew isn't begun so soon. */
const ANEW_MS = 10 * 60_000;
const END_MS = 2_000;
/** An outage shorter than this is nobody's business. */
const TELL_AFTER_MS = 15 * 60_000;
/** Before it none of the services was there; some are read day by day. */
const BEGINNING = new Date("2005-01-01T00:00:00Z");

export interface MigratingDeps extends Pick<Shared, "db" | "clock" | "log" | "vault" | "connectors"> {
  readonly opener: Opener;
  readonly queue: Pick<Queue, "wake">;
  readonly intake: Intake;
  readonly incidents: Pick<Incidents, "report" | "succeeded">;
  readonly notify: Notify;
}

export interface Migrating {
  /** Takes what is due; resolves when all that it took is done or has given up its place. Calls may overlap. */
  tick(): Promise<void>;
  /** What is under way stops after the group that it stores just now; another process or the next start goes on. */
  stop(): void;
}

/** The queue is full of its runs; the place goes to another migration. */
class NoRoom extends Error {
  override readonly name = "NoRoom";
}

export function makeMigrating(deps: MigratingDeps): Migrating {
  const { db, clock, log, vault, connectors, opener, queue, intake, incidents, notify } = deps;
  let isTaking = false;
  let going = 0;
  let isStopped = false;
  const resting = new Set<() => void>();

  const rest = (): Promise<void> =>
    new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        resting.delete(done);
        resolve();
      };
      const timer = setTimeout(done, LOOK_MS);
      resting.add(done);
    });

  /** The migration with its bundle, as they are now; LostClaim when it isn't this process' any more. */
  async function readOwn(tx: Tx, claim: Claim): Promise<{ row: MigrationRow; live: Live; armed: Armed }> {
    await lockBundles(tx, [claim.bundle]);
    const [[live], row] = await Promise.all([readLive(tx, { ids: [claim.bundle] }), readMigration(tx, claim.bundle)]);
    const armed = live && armedLive(connectors, live);
    const isOurs = row?.state === "running" && row.leasedUntil?.getTime() === claim.lease.getTime();
    if (!row || !armed || live.isHeld || live.state !== "active" || !isOurs) throw new LostClaim();
    return { row, live, armed };
  }

  async function change(claim: Claim, what: MigrationChange, then?: (tx: Tx) => Promise<void>): Promise<void> {
    await db.transaction(async (tx) => {
      if (await changeLeasedMigration(tx, claim.bundle, claim.lease, what)) await then?.(tx);
    });
  }

  async function assertRoom(claim: Claim): Promise<void> {
    for (const since = performance.now(); ; await rest()) {
      if (isStopped) throw new LostClaim();
      if ((await countPending(db, claim.bundle, MOST_PENDING)) + CHUNK <= MOST_PENDING) return;
      if (performance.now() - since > PATIENCE_MS) throw new NoRoom();
      // Paused or forgotten: nothing is waited for any more.
      if ((await readMigration(db, claim.bundle))?.state !== "running") throw new LostClaim();
    }
  }

  async function keep(claim: Claim, items: readonly JsonObject[], begun: Date | null, place: MigrationChange) {
    const renewed = leaseAfter(claim.lease, clock.now());
    const admitted = await db.transaction(async (tx) => {
      const { row, live, armed } = await readOwn(tx, claim);
      const took = await intake.takePast(tx, live, armed, items, { since: begun ?? row.from, until: row.to });
      const { read, filtered, repeated } = took;
      await countMigrated(tx, claim.bundle, { read, sent: took.admitted, filtered, repeated });
      const firstAt = earlier(row.firstAt, place.firstAt ?? null);
      const now = { ...place, firstAt, failures: 0, error: null, leasedUntil: renewed };
      if (!(await changeLeasedMigration(tx, claim.bundle, claim.lease, now))) throw new LostClaim();
      if (row.failures > 0) await incidents.succeeded(tx, { ...idsOf(live), steps: [TRIGGER_ID] });
      return took.admitted;
    });
    claim.lease = renewed;
    if (admitted > 0) queue.wake("run");
  }

  async function keepPage(claim: Claim, pass: Pass, page: PollPage, alone: Alone): Promise<void> {
    const place = pass.after(page);
    for (let from = 0; from === 0 || from < page.items.length; from += CHUNK) {
      await assertRoom(claim);
      const isLast = from + CHUNK >= page.items.length;
      // The place moves on with the last group only: after a kill between two the page is read again.
      await alone(() => keep(claim, page.items.slice(from, from + CHUNK), pass.begun, isLast ? place : {}));
    }
  }

  async function read(row: MigrationRow, live: Live, armed: Armed, claim: Claim): Promise<void> {
    const { poll } = armed.trigger;
    if (!poll) throw new LostClaim();
    const pass = makePass(row, live, armed);
    const since = { at: pass.begun ?? row.from ?? BEGINNING, until: row.to, cursor: row.cursor };
    const opened = await opener.open(live.workspace, armed.chosen.connection, armed.connector);
    const renew = (lease: Date) => changeLeasedMigration(db, claim.bundle, claim.lease, { leasedUntil: lease });
    try {
      await renewing(claim, { now: clock.now, renew }, async (alone) => {
        for await (const page of poll.items(opened.ctx, optionsOf(armed, live.settings, vault), since)) {
          await keepPage(claim, pass, page, alone);
        }
      });
    } catch (error) {
      throw masked(error, opened.mask);
    }
    // What lay before the mark was left out of this pass, and the mark has turned out to be worth nothing.
    const isWhole = !(pass.isUnordered() && pass.begun !== null);
    await change(claim, { isRead: isWhole, nextAt: clock.now(), leasedUntil: null, failures: 0, error: null });
  }

  /** Everything is read; it is over when the last runs had their turn. */
  async function end(live: Live, claim: Claim): Promise<void> {
    const now = clock.now();
    const isOver = (await countPending(db, live.bundle, 1)) === 0;
    if (!isOver) return change(claim, { nextAt: new Date(now.getTime() + END_MS), leasedUntil: null });
    await change(claim, { state: "done", finishedAt: now, nextAt: null, leasedUntil: null }, (tx) =>
      notify(tx, live.workspace, { kind: "migrated", bundle: live.bundle }, `migrated ${live.bundle}`),
    );
  }

  async function failed(row: MigrationRow, live: Live, claim: Claim, thrown: unknown): Promise<void> {
    const now = clock.now();
    const later = (ms: number) => new Date(now.getTime() + ms);
    const turn = turnWait(thrown);
    if (turn !== null) return change(claim, { nextAt: later(turn), leasedUntil: null });
    if (thrown instanceof NoRoom) {
      const latest = await readMigration(db, live.bundle);
      const isNear = latest !== undefined && (latest.mark !== null || latest.cursor !== null);
      return change(claim, { nextAt: later(isNear ? AGAIN_MS : ANEW_MS), leasedUntil: null });
    }
    const failure = { ...toFailure(thrown), step: TRIGGER_ID };
    const failures = row.failures + 1;
    const firstAt = row.error?.firstAt ?? now.toISOString();
    const isTold = !isTemporary(thrown) || now.getTime() - Date.parse(firstAt) >= TELL_AFTER_MS;
    if (failure.class === "access" && live.row.connection) await opener.setBroken(live.row.connection, failure);
    const error: TriggerError = { ...failure, firstAt, isTold };
    const nextAt = later(waitAfter(failures, thrown));
    await change(claim, { failures, error, nextAt, leasedUntil: null }, async (tx) => {
      const { workspace, bundle } = live;
      const at = { workspace, bundle, step: TRIGGER_ID, connection: live.row.connection, run: null };
      if (isTold) await incidents.report(tx, { ...at, failure });
    });
  }

  async function one(claim: Claim): Promise<void> {
    const [row, [live]] = await Promise.all([readMigration(db, claim.bundle), readLive(db, { ids: [claim.bundle] })]);
    const armed = live && armedLive(connectors, live);
    if (!row || !live || !armed?.trigger.poll) return;
    if (row.isRead) return end(live, claim);
    try {
      await read(row, live, armed, claim);
    } catch (error) {
      if (error instanceof LostClaim) return change(claim, { leasedUntil: null });
      if (isOutage(error)) throw error;
      if (!(error instanceof ConnectorError || error instanceof NoRoom))
        log.error({ err: loggable(error), bundle: claim.bundle }, "a migration failed");
      await failed(row, live, claim, error);
    }
  }

  async function guarded(claim: Claim): Promise<void> {
    going++;
    try {
      await one(claim);
    } catch (error) {
      // The database is away: the lease runs out, and the migration is taken again.
      log.warn({ err: loggable(error), bundle: claim.bundle }, "a migration could not be kept");
    } finally {
      going--;
    }
  }

  async function take(): Promise<Claim[]> {
    if (isTaking || isStopped) return [];
    isTaking = true;
    try {
      const now = clock.now();
      const lease = new Date(now.getTime() + LEASE_MS);
      return (await claimMigrations(db, now, lease, AT_ONCE - going)).map((bundle) => ({ bundle, lease }));
    } finally {
      isTaking = false;
    }
  }

  return {
    async tick() {
      try {
        await Promise.all((await take()).map(guarded));
      } catch (error) {
        log.warn({ err: loggable(error) }, "a tick of the migrations failed, the next one follows");
      }
    },
    stop() {
      isStopped = true;
      for (const done of [...resting]) done();
    },
  };
}

/** One reading from the mark (or the beginning) to the end. */
interface Pass {
  /** Where it began, if not at the beginning: what is older was read before. */
  readonly begun: Date | null;
  /** Where reading goes on after this page, should it be cut off. */
  after(page: PollPage): MigrationChange;
  /** A page came that was older than the one before. */
  isUnordered(): boolean;
}

function makePass(row: MigrationRow, live: Live, armed: Armed): Pass {
  const isAscending = armed.trigger.poll?.isAscending === true && !row.isUnordered;
  const begun = isAscending ? row.mark : null;
  let newest: number | null = null;
  let isUnordered = false;

  const timeOf = (item: JsonObject): number | null => {
    try {
      return armed.trigger.at(item, live.settings)?.getTime() ?? null;
    } catch {
      return null;
    }
  };

  return {
    begun,
    isUnordered: () => isUnordered,
    after({ items, cursor }) {
      const place = cursor === undefined ? {} : { cursor: storableJson(cursor) };
      const times = items.map(timeOf).filter((at): at is number => at !== null && at <= row.to.getTime());
      if (times.length === 0) return place;
      const [from, to] = [Math.min(...times), Math.max(...times)];
      // Services tell times to the second.
      isUnordered ||= newest !== null && from < second(newest);
      newest = Math.max(newest ?? to, to);
      const firstAt = new Date(from);
      if (!isAscending) return { ...place, firstAt };
      if (isUnordered) return { ...place, firstAt, mark: null, isUnordered };
      return { ...place, firstAt, mark: new Date(Math.max(second(newest), row.mark?.getTime() ?? 0)) };
    },
  };
}

const second = (at: number): number => Math.floor(at / 1_000) * 1_000;
const earlier = (one: Date | null, other: Date | null): Date | null =>
  one === null || (other !== null && other < one) ? other : one;
const idsOf = ({ workspace, bundle }: Live) => ({ workspace, bundle });

/**
 * Published limits across processes. One process alone keeps them in memory; as soon as others work on the same
 * database, each start is reserved there as well (one statement on an unlogged row), and each of the calls that may go
 * at once is a lock of this process' session, which a killed process lets go of.
 * Two processes know of each other within five seconds; so long both count alone.
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { ReservedSql } from "postgres";
import { ConnectorError } from "../connectors/kit/errors.ts";
import type { Limiter, Limits } from "../connectors/kit/limits.ts";
import type { Log } from "../log.ts";
import type { Db } from "./parts.ts";
import { countProcesses, leavePlace, leavePlaces, reserveStart, takePlace } from "./store/lanes.ts";
import { reserveSession } from "./store/locks.ts";
import { loggable } from "./store/outage.ts";

/** As in one process: longer waits are for the queue. */
const LONGEST_MS = 2_000;
/** Starts are counted here and arrivals at the service, so a second is held to be a little longer. */
const SECOND_MS = 1_100;
const KNOWN_MS = 5_000;
const LOOK_MS = 50;

export interface SharedLimiter extends Limiter {
  close(): Promise<void>;
}

export function makeSharedLimiter(deps: {
  db: Db;
  /** Limits of this process: order, and all there is to keep while it is alone. */
  local: Limiter;
  log: Log;
  /** A command beside a running app gives no sign of life itself. */
  isCommand?: boolean;
  longestMs?: number;
  knownMs?: number;
}): SharedLimiter {
  const { db, local, log, longestMs = LONGEST_MS, knownMs = KNOWN_MS } = deps;
  const mine = deps.isCommand ? 0 : 1;
  let known: { isAlone: Promise<boolean>; until: number } | undefined;
  let session: Promise<ReservedSql> | undefined;
  /** Places that this process holds or tries, by lane: its own session would get them twice. */
  const held = new Map<string, Set<number>>();

  function isAlone(): Promise<boolean> {
    const now = performance.now();
    if (known === undefined || known.until <= now)
      known = { isAlone: countProcesses(db).then((count) => count <= mine), until: now + knownMs };
    return known.isAlone;
  }

  async function start(key: string, { perSecond, burst }: Limits): Promise<void> {
    if (perSecond === undefined) return;
    const everyMs = (burst === undefined ? SECOND_MS : 1_000) / perSecond;
    const { waitMs, isReserved } = await reserveStart(db, key, { everyMs, burst: burst ?? 1, longestMs });
    if (!isReserved) throw turn(waitMs);
    if (waitMs > 0) await sleep(waitMs);
  }

  async function place(key: string, parallel: number): Promise<() => void> {
    session ??= reserveSession(db);
    const own = await session;
    const mine = held.get(key) ?? new Set<number>();
    held.set(key, mine);
    for (const deadline = performance.now() + longestMs; ; ) {
      for (let at = 0; at < parallel; at++) {
        if (mine.has(at)) continue;
        mine.add(at);
        if (await takePlace(own, key, at)) return () => leave(own, key, at, mine);
        mine.delete(at);
      }
      if (performance.now() >= deadline) throw turn(LOOK_MS);
      await sleep(LOOK_MS + Math.random() * LOOK_MS);
    }
  }

  function leave(own: ReservedSql, key: string, at: number, mine: Set<number>): void {
    leavePlace(own, key, at)
      .catch((error: unknown) => {
        // The session is gone, and with it its locks; the next call opens another.
        session = undefined;
        log.debug({ err: loggable(error) }, "a place of a shared limit went with its session");
      })
      .finally(() => {
        mine.delete(at);
        if (mine.size === 0) held.delete(key);
      });
  }

  return {
    async take(key, limits) {
      const release = await local.take(key, limits);
      if (limits.perSecond === undefined && limits.parallel === undefined) return release;
      try {
        if (await isAlone()) return release;
        await start(key, limits);
        if (limits.parallel === undefined) return release;
        const free = await place(key, limits.parallel);
        return () => {
          free();
          release();
        };
      } catch (error) {
        if (error instanceof ConnectorError) {
          release();
          throw error;
        }
        // Without the database nobody else gets far either: this process' own count holds.
        known = undefined;
        session = undefined;
        log.debug({ err: loggable(error) }, "the shared limits can't be asked");
        return release;
      }
    },

    async close() {
      const own = await session?.catch(() => undefined);
      session = undefined;
      if (own) await leavePlaces(own).catch(() => undefined);
      own?.release();
    },
  };
}

const turn = (retryAfterMs: number) =>
  new ConnectorError(
    "temporary",
    {
      ru: "Сервис занят другими запросами этого аккаунта.",
      en: "The service is busy with other calls of this account.",
    },
    { code: "turn", retryAfterMs: Math.max(500, Math.ceil(retryAfterMs)) },
  );

/** One at a time per key, in this process and in all others: so that two runs don't create the same record at once. */
import type { ReservedSql } from "postgres";
import { ConnectorError } from "../../connectors/kit/errors.ts";
import type { Shared } from "../parts.ts";
import { reserveSession, tryLocks, unlock } from "../store/locks.ts";
import { loggable } from "../store/outage.ts";

export interface Locks {
  /** Holds all keys while `act` runs. Waits a few seconds at most, then the run takes its turn later. */
  hold<T>(keys: readonly string[], act: () => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

const WAIT_MS = 5_000;
const RETRY_MS = 40;

/** Keys are held by a database session of their own: a connection for all of them, none while nothing is locked. */
export function makeLocks({ db, log }: Pick<Shared, "db" | "log">): Locks {
  const tails = new Map<string, Promise<void>>();
  let session: Promise<ReservedSql> | undefined;
  let users = 0;

  /** Waits for whoever holds the key in this process. */
  async function enter(key: string): Promise<() => void> {
    const before = tails.get(key);
    let leave = () => {};
    const mine = new Promise<void>((resolve) => {
      leave = resolve;
    });
    const tail = (before ?? Promise.resolve()).then(() => mine);
    tails.set(key, tail);
    tail.then(() => {
      if (tails.get(key) === tail) tails.delete(key);
    });
    if (before !== undefined && !(await isDone(before, WAIT_MS))) {
      leave();
      throw busy();
    }
    return leave;
  }

  async function acquire(sql: ReservedSql, keys: readonly string[]): Promise<void> {
    const until = Date.now() + WAIT_MS;
    while (!(await tryLocks(sql, keys))) {
      if (Date.now() > until) throw busy();
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }

  async function release(): Promise<void> {
    if (session === undefined) return;
    const ended = session;
    session = undefined;
    (await ended).release();
  }

  return {
    async hold(keys, act) {
      // Always in the same order: two runs that need the same two keys can't wait for each other.
      const sorted = [...new Set(keys)].sort();
      if (sorted.length === 0) return act();
      const leaves: (() => void)[] = [];
      users++;
      try {
        for (const key of sorted) leaves.push(await enter(key));
        session ??= reserveSession(db).catch((error: unknown) => {
          session = undefined;
          throw error;
        });
        const sql = await session;
        await acquire(sql, sorted);
        try {
          return await act();
        } finally {
          await unlock(sql, sorted).catch((error: unknown) => {
            // The session is gone, and the locks with it.
            log.warn({ err: loggable(error) }, "locks lost");
            session = undefined;
          });
        }
      } finally {
        for (const leave of leaves) leave();
        users--;
        if (users === 0) await release();
      }
    },
    close: release,
  };
}

/** False when it still goes on after so long. */
async function isDone(work: Promise<void>, ms: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), ms);
  });
  const done = await Promise.race([work.then(() => true), late]);
  clearTimeout(timer);
  return done;
}

function busy(): ConnectorError {
  return new ConnectorError(
    "temporary",
    {
      ru: "Эту же запись сейчас создаёт другой запуск. Этот подождёт.",
      en: "Another run is creating the same record now. This one waits.",
    },
    { code: "turn", retryAfterMs: 2_000 },
  );
}

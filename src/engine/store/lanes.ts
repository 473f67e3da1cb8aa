/** Published limits that several processes share. The database's clock counts: those of machines differ. */
import { sql } from "drizzle-orm";
import type { ReservedSql } from "postgres";
import type { Db } from "../parts.ts";
import { tryLocks, unlock } from "./locks.ts";

/** Processes that work on this database, this one too. */
export async function countProcesses(db: Db): Promise<number> {
  const [row] = await db.execute<{ count: number }>(sql`
    select count(distinct application_name)::int as count from pg_stat_activity
     where datname = current_database() and application_name like 'svyazka queue %'`);
  return row?.count ?? 0;
}

/**
 * Reserves the next start: milliseconds until it may be made, or, where that is more than `longestMs`, nothing is
 * reserved and `isReserved` is false. Starts are `everyMs` apart, up to `burst` of them may come at once.
 */
export async function reserveStart(
  db: Db,
  key: string,
  { everyMs, burst, longestMs }: { everyMs: number; burst: number; longestMs: number },
): Promise<{ waitMs: number; isReserved: boolean }> {
  const step = sql`make_interval(secs => ${everyMs / 1_000}::float8)`;
  const ahead = sql`make_interval(secs => ${(everyMs * (burst - 1)) / 1_000}::float8)`;
  const longest = sql`make_interval(secs => ${longestMs / 1_000}::float8)`;
  const wait = (column: ReturnType<typeof sql>) =>
    sql`(extract(epoch from ${column} - ${step} - ${ahead} - clock_timestamp()) * 1000)::float8`;
  const [row] = await db.execute<{ wait: number }>(sql`
    insert into lanes as l (key, reserved) values (${key}, clock_timestamp() + ${step})
    on conflict (key) do update set reserved = greatest(l.reserved, clock_timestamp()) + ${step}
      where l.reserved - ${ahead} - clock_timestamp() <= ${longest}
    returning ${wait(sql`reserved`)} as wait`);
  if (row) return { waitMs: Math.max(0, row.wait), isReserved: true };
  const [full] = await db.execute<{ wait: number }>(sql`
    select ${wait(sql`reserved + ${step}`)} as wait from lanes where key = ${key}`);
  return { waitMs: Math.max(0, full?.wait ?? 0), isReserved: false };
}

/** Lanes that nothing has gone through for an hour. */
export async function sweepLanes(db: Db): Promise<void> {
  await db.execute(sql`delete from lanes where reserved < now() - interval '1 hour'`);
}

/** One of the calls that may go at once; whoever dies lets go of it. False: another process has it. */
export const takePlace = (session: ReservedSql, key: string, place: number): Promise<boolean> =>
  tryLocks(session, [`place ${place} of ${key}`]);

export const leavePlace = (session: ReservedSql, key: string, place: number): Promise<void> =>
  unlock(session, [`place ${place} of ${key}`]);

/** Before the session goes back to the pool. */
export async function leavePlaces(session: ReservedSql): Promise<void> {
  await session`select pg_advisory_unlock_all()`;
}

/** What the engine needs of its connections: sessions of their own, and that processes see each other. */
import { sql } from "drizzle-orm";
import type { Db } from "../parts.ts";
import { presence } from "./jobs.ts";

/**
 * Two connections at once are two sessions of the server. A pooler that hands its own out by transaction gives both the
 * same one, and locks, notifications and names of sessions mean nothing.
 */
export async function areSessions(db: Db): Promise<boolean> {
  const one = await db.$client.reserve();
  try {
    const two = await db.$client.reserve();
    try {
      const [first] = await one<{ pid: number }[]>`select pg_backend_pid() as pid`;
      const [second] = await two<{ pid: number }[]>`select pg_backend_pid() as pid`;
      return first?.pid !== second?.pid;
    } finally {
      two.release();
    }
  } finally {
    one.release();
  }
}

/** Other living processes of the app on this database; commands beside it have no queue. */
export async function countOthers(db: Db, process: string): Promise<number> {
  const [row] = await db.execute<{ count: number }>(sql`
    select count(distinct application_name)::int as count from pg_stat_activity
    where datname = current_database() and application_name like ${`${presence("")}%`}
      and application_name <> ${presence(process)}`);
  return row?.count ?? 0;
}

/** The session of this process' queue is there for everybody to see: that is how others know that it lives. */
export async function isSeen(db: Db, process: string): Promise<boolean> {
  const [row] = await db.execute<{ yes: boolean }>(sql`
    select exists(select from pg_stat_activity
      where datname = current_database() and application_name = ${presence(process)}) as yes`);
  return row?.yes === true;
}

/** What has been kept long enough, removed in small pieces so that nobody waits for it. */
import { isNull, sql } from "drizzle-orm";
import { workspaces } from "../../db/schema.ts";
import type { Sql } from "../parts.ts";
import { EVENT_TOO_LARGE } from "./runs.ts";

export interface Kept {
  readonly id: string;
  readonly days: number;
}

export async function keptDays(db: Sql): Promise<Kept[]> {
  return db
    .select({ id: workspaces.id, days: workspaces.retentionDays })
    .from(workspaces)
    .where(isNull(workspaces.removedAt));
}

export interface Piece {
  /** The place to go on behind; null at the end. */
  readonly next: number | null;
  readonly removed: number;
}

/**
 * Looks at the next `limit` runs of a workspace behind `after`, oldest first, and removes those that ended before
 * `ended`. A failed one stays while somebody may still repeat it: until its incident is solved, or until `failed`.
 * Runs that wait, ask or go on are no history. The row is judged again under its lock: it may just have been repeated.
 */
export async function removeEnded(
  db: Sql,
  workspace: string,
  at: { after: number; ended: Date; failed: Date; limit: number },
): Promise<Piece> {
  const before = sql`${at.ended.toISOString()}::timestamptz`;
  const [row] = await db.execute<{ next: string | null; removed: number }>(sql`
    with page as (
      select seq, created_at from runs where workspace = ${workspace} and seq > ${at.after} order by seq limit ${at.limit}
    ), gone as (
      delete from runs r using page p
       where r.seq = p.seq and r.ended_at < ${before} and (
         r.state in ('succeeded', 'cancelled')
         or (r.state = 'failed' and (
           r.ended_at < ${at.failed.toISOString()}::timestamptz
           or r.error->>'repeated' is not null or r.error->>'code' = ${EVENT_TOO_LARGE}
           or not exists (select from incidents i where i.id = r.incident and i.solved_at is null))))
      returning 1
    )
    select case when count(*) = ${at.limit} and not bool_or(created_at >= ${before}) then max(seq) end as next,
           (select count(*)::int from gone) as removed from page`);
  return { next: row?.next == null ? null : Number(row.next), removed: row?.removed ?? 0 };
}

/** Incidents that were solved long ago, or met long ago by runs that are gone; returns how many went. */
export async function removeIncidents(db: Sql, before: { solved: Date; open: Date }, limit: number): Promise<number> {
  const gone = await db.execute(sql`
    delete from incidents where id in (
      select i.id from incidents i
       where (i.solved_at < ${before.solved.toISOString()}::timestamptz
           or i.last_at < ${before.open.toISOString()}::timestamptz)
         and not exists (select from runs r where r.incident = i.id) limit ${limit}
    ) returning id`);
  return gone.length;
}

/** Keys of changes; those of records are kept as long as the bundle. */
export async function removeSeen(db: Sql, before: Date, limit: number): Promise<number> {
  const gone = await db.execute(sql`
    delete from seen where ctid = any(array(
      select ctid from seen where key like 'c%' and seen_at < ${before.toISOString()}::timestamptz limit ${limit}))
    returning 1`);
  return gone.length;
}

/** Deliveries that came to nothing. Held ones belong to a paused bundle and stay. */
export async function removeDeliveries(db: Sql, before: Date, limit: number): Promise<number> {
  const gone = await db.execute(sql`
    delete from deliveries where seq in (
      select seq from deliveries where state = 'failed' and received_at < ${before.toISOString()}::timestamptz
       limit ${limit}) returning 1`);
  return gone.length;
}

/** Bundles that were deleted and whose history is over. */
export async function emptyBundles(db: Sql, before: Date, limit: number): Promise<string[]> {
  const rows = await db.execute<{ id: string }>(sql`
    select b.id from bundles b where b.deleted_at < ${before.toISOString()}::timestamptz
       and not exists (select from runs r where r.bundle = b.id) order by b.id limit ${limit}`);
  return rows.map(({ id }) => id);
}

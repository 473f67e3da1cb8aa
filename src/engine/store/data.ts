/** Everything of a workspace: told, handed out, removed piece by piece. */
import { and, asc, eq, gt, isNotNull, isNull, sql } from "drizzle-orm";
import {
  attempts,
  bundles,
  connections,
  incidents,
  members,
  runs,
  stored,
  versions,
  workspaces,
} from "../../db/schema.ts";
import type { Db, Sql, Tx } from "../parts.ts";
import { JOBS_SCHEMA } from "./jobs.ts";

// ---------------------------------------------------------------- told

export interface Figures {
  readonly succeeded: number;
  readonly failed: number;
  readonly waiting: number;
  readonly unknown: number;
  readonly bundles: readonly { readonly bundle: string; readonly succeeded: number; readonly failed: number }[];
  readonly days: readonly { readonly day: string; readonly succeeded: number; readonly failed: number }[];
}

/** A run that ended within a span was most likely begun at most this long before it. */
const LONGEST_MS = 7 * 86_400_000;

/** What ended between two moments, by bundle and by local day; and what waits or asks now. */
export async function readFigures(db: Sql, workspace: string, from: Date, to: Date): Promise<Figures> {
  const begun = new Date(from.getTime() - LONGEST_MS).toISOString();
  const ended = sql`
    from runs r join workspaces w on w.id = r.workspace
     where r.workspace = ${workspace} and r.created_at > ${begun}::timestamptz
       and r.ended_at >= ${from.toISOString()}::timestamptz and r.ended_at < ${to.toISOString()}::timestamptz
       and r.state in ('succeeded', 'failed')`;
  const counts = sql`count(*) filter (where r.state = 'succeeded')::int as succeeded,
    count(*) filter (where r.state = 'failed')::int as failed`;
  const [byBundle, byDay, [open]] = await Promise.all([
    db.execute<{ bundle: string; succeeded: number; failed: number }>(sql`
      select r.bundle, ${counts} ${ended} group by r.bundle order by count(*) desc, r.bundle`),
    db.execute<{ day: string; succeeded: number; failed: number }>(sql`
      select to_char(r.ended_at at time zone w.time_zone, 'YYYY-MM-DD') as day, ${counts} ${ended} group by 1 order by 1`),
    db.execute<{ waiting: number; unknown: number }>(sql`
      select count(*) filter (where state = 'waiting')::int as waiting,
             count(*) filter (where state = 'unknown')::int as unknown
        from runs where workspace = ${workspace} and state in ('waiting', 'unknown')`),
  ]);
  const sum = (which: "succeeded" | "failed") => byBundle.reduce((all, row) => all + row[which], 0);
  return {
    succeeded: sum("succeeded"),
    failed: sum("failed"),
    waiting: open?.waiting ?? 0,
    unknown: open?.unknown ?? 0,
    bundles: [...byBundle],
    days: [...byDay],
  };
}

/** Whether anything is worth a summary: a run ended, or a cause of failures was met. */
export async function hasHappened(db: Sql, workspace: string, from: Date, to: Date): Promise<boolean> {
  const [begun, start, end] = [new Date(from.getTime() - LONGEST_MS), from, to].map((at) => at.toISOString());
  const [row] = await db.execute<{ yes: boolean }>(sql`
    select exists(select from runs where workspace = ${workspace} and created_at > ${begun}::timestamptz
        and ended_at >= ${start}::timestamptz and ended_at < ${end}::timestamptz and state in ('succeeded', 'failed'))
      or exists(select from incidents where workspace = ${workspace}
        and last_at >= ${start}::timestamptz and last_at < ${end}::timestamptz) as yes`);
  return row?.yes === true;
}

// ---------------------------------------------------------------- handed out

export async function exportWorkspace(db: Sql, workspace: string) {
  const [row] = await db
    .select({
      name: workspaces.name,
      country: workspaces.country,
      timeZone: workspaces.timeZone,
      retentionDays: workspaces.retentionDays,
      createdAt: workspaces.createdAt,
    })
    .from(workspaces)
    .where(eq(workspaces.id, workspace));
  return row;
}

export async function exportMembers(db: Sql, workspace: string) {
  return db
    .select({
      name: members.name,
      telegramId: members.telegramId,
      locale: members.locale,
      role: members.role,
      alerts: members.alerts,
      createdAt: members.createdAt,
    })
    .from(members)
    .where(eq(members.workspace, workspace))
    .orderBy(asc(members.createdAt));
}

/** Without what they are opened with. */
export async function exportConnections(db: Sql, workspace: string) {
  return db
    .select({
      id: connections.id,
      connector: connections.connector,
      name: connections.name,
      state: connections.state,
      account: connections.account,
      createdAt: connections.createdAt,
    })
    .from(connections)
    .where(eq(connections.workspace, workspace))
    .orderBy(asc(connections.createdAt));
}

export async function exportBundles(db: Sql, workspace: string) {
  return db
    .select({
      id: bundles.id,
      number: bundles.number,
      name: bundles.name,
      state: bundles.state,
      draft: bundles.draft,
      version: bundles.version,
      createdAt: bundles.createdAt,
    })
    .from(bundles)
    .where(and(eq(bundles.workspace, workspace), isNull(bundles.deletedAt)))
    .orderBy(asc(bundles.number));
}

export async function exportVersions(db: Sql, bundle: string) {
  return db
    .select({ version: versions.version, body: versions.body, createdAt: versions.createdAt })
    .from(versions)
    .where(eq(versions.bundle, bundle))
    .orderBy(asc(versions.version));
}

export async function exportStored(db: Sql, workspace: string) {
  return db
    .select({
      name: stored.name,
      key: stored.key,
      value: stored.value,
      changedAt: stored.changedAt,
      until: stored.until,
    })
    .from(stored)
    .where(eq(stored.workspace, workspace))
    .orderBy(asc(stored.name), asc(stored.key));
}

export async function exportIncidents(db: Sql, workspace: string) {
  return db
    .select({
      id: incidents.id,
      bundle: incidents.bundle,
      connection: incidents.connection,
      step: incidents.step,
      class: incidents.class,
      example: incidents.example,
      count: incidents.count,
      firstAt: incidents.firstAt,
      lastAt: incidents.lastAt,
      solvedAt: incidents.solvedAt,
    })
    .from(incidents)
    .where(eq(incidents.workspace, workspace))
    .orderBy(asc(incidents.firstAt));
}

/** The next runs behind one, in the order they came. */
export async function exportRuns(db: Sql, workspace: string, after: number, limit: number) {
  return db
    .select({
      seq: runs.seq,
      id: runs.id,
      bundle: runs.bundle,
      version: runs.version,
      state: runs.state,
      origin: runs.origin,
      record: runs.record,
      event: runs.event,
      error: runs.error,
      createdAt: runs.createdAt,
      endedAt: runs.endedAt,
    })
    .from(runs)
    .where(and(eq(runs.workspace, workspace), gt(runs.seq, after)))
    .orderBy(asc(runs.seq))
    .limit(limit);
}

export async function exportAttempts(db: Sql, run: number) {
  return db
    .select({
      step: attempts.step,
      attempt: attempts.attempt,
      state: attempts.state,
      input: attempts.input,
      output: attempts.output,
      exchange: attempts.exchange,
      notes: attempts.notes,
      error: attempts.error,
      startedAt: attempts.startedAt,
      endedAt: attempts.endedAt,
    })
    .from(attempts)
    .where(eq(attempts.run, run))
    .orderBy(asc(attempts.seq));
}

// ---------------------------------------------------------------- removed

/** From now on it is there for nobody; its people are free at once. False: it was removed already. */
export async function markRemoved(tx: Tx, workspace: string, at: Date): Promise<boolean> {
  const rows = await tx
    .update(workspaces)
    .set({ removedAt: at })
    .where(and(eq(workspaces.id, workspace), isNull(workspaces.removedAt)))
    .returning({ id: workspaces.id });
  if (rows.length === 0) return false;
  const left = await tx
    .delete(members)
    .where(eq(members.workspace, workspace))
    .returning({ person: members.telegramId });
  for (const { person } of left)
    await tx.execute(sql`
      update members set current = true where id = (
        select m.id from members m join workspaces w on w.id = m.workspace and w.removed_at is null
         where m.telegram_id = ${person} order by m.created_at limit 1)
       and not exists (select from members c where c.telegram_id = ${person} and c.current)`);
  // Nothing of it goes on by itself from here.
  await tx.execute(sql`update bundles set state = 'paused' where workspace = ${workspace} and state = 'active'`);
  await tx.execute(sql`delete from outbox where workspace = ${workspace}`);
  return true;
}

export async function removedWorkspaces(db: Sql): Promise<{ id: string; removedAt: Date }[]> {
  const rows = await db
    .select({ id: workspaces.id, removedAt: workspaces.removedAt })
    .from(workspaces)
    .where(isNotNull(workspaces.removedAt));
  return rows.flatMap(({ id, removedAt }) => (removedAt === null ? [] : [{ id, removedAt }]));
}

/** Bundles of a removed workspace that may still be known to their service. */
export async function bundlesLeft(db: Sql, workspace: string): Promise<string[]> {
  const rows = await db.execute<{ id: string }>(sql`select id from bundles where workspace = ${workspace} order by id`);
  return rows.map(({ id }) => id);
}

/** Some of its runs, with their jobs; returns how many went. */
export async function removeRuns(db: Db, workspace: string, limit: number): Promise<number> {
  return db.transaction(async (tx) => {
    const gone = await tx.execute<{ id: string }>(sql`
      delete from runs where seq in (
        select seq from runs where workspace = ${workspace} and state <> 'running' order by seq limit ${limit}
        for update skip locked)
      returning id`);
    await removeJobs(
      tx,
      gone.map(({ id }) => id),
    );
    return gone.length;
  });
}

export async function countRuns(db: Sql, workspace: string): Promise<number> {
  const [row] = await db.execute<{ n: number }>(sql`
    select count(*)::int as n from (select from runs where workspace = ${workspace} limit 1) one`);
  return row?.n ?? 0;
}

/** Errands for runs that are gone would only be dropped one by one. */
async function removeJobs(tx: Sql, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  await tx.execute(sql`
    delete from ${sql.raw(JOBS_SCHEMA)}.job where name = 'run' and state < 'active'
      and data->>'id' in (select value from json_array_elements_text(${JSON.stringify(ids)}::json))`);
}

/** Some of what a bundle's trigger has seen and stored; returns how many rows went. */
export async function removeHistory(db: Sql, bundle: string, limit: number): Promise<number> {
  const gone = await db.execute(sql`
    with keys as (delete from seen where (bundle, key) in (
           select bundle, key from seen where bundle = ${bundle} limit ${limit}) returning 1),
         items as (delete from deliveries where seq in (
           select seq from deliveries where bundle = ${bundle} limit ${limit}) returning 1)
    select * from keys union all select * from items`);
  return gone.length;
}

/** A bundle with everything that hangs on it: versions, trigger, deliveries, keys. */
export async function removeBundle(db: Sql, id: string): Promise<void> {
  await db.execute(sql`delete from bundles where id = ${id}`);
}

/** The last of it: connections with their secrets, lists, incidents, records, messages, operations. */
export async function removeWorkspace(tx: Tx, workspace: string): Promise<void> {
  await tx.execute(sql`delete from workspaces where id = ${workspace} and removed_at is not null`);
}

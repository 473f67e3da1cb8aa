/** What the clock looks for: summaries that are due, bundles that went silent, access that ends. */
import { and, asc, eq, inArray, isNull, lte, or, sql } from "drizzle-orm";
import { bundles, connections, members, triggers, workspaces } from "../../db/schema.ts";
import type { Sql, Tx } from "../parts.ts";

// ---------------------------------------------------------------- summaries

export async function dueSummaries(db: Sql, now: Date, limit: number) {
  return db
    .select({
      id: members.id,
      workspace: members.workspace,
      alerts: members.alerts,
      summaryAt: members.summaryAt,
      timeZone: workspaces.timeZone,
    })
    .from(members)
    .innerJoin(workspaces, and(eq(workspaces.id, members.workspace), isNull(workspaces.removedAt)))
    .where(or(isNull(members.summaryAt), lte(members.summaryAt, now)))
    .orderBy(asc(members.id))
    .limit(limit);
}

/** True for the one process that moved it on. */
export async function moveSummary(tx: Tx, id: string, from: Date | null, to: Date): Promise<boolean> {
  const rows = await tx
    .update(members)
    .set({ summaryAt: to })
    .where(and(eq(members.id, id), from === null ? isNull(members.summaryAt) : eq(members.summaryAt, from)))
    .returning({ id: members.id });
  return rows.length > 0;
}

/** What a daily mode has gathered until then is on its way or there: the summary would say the same again. */
export async function isGathered(db: Sql, member: string, to: Date): Promise<boolean> {
  const [row] = await db.execute<{ yes: boolean }>(sql`
    select exists(select from outbox o join members m on m.workspace = o.workspace
      where m.id = ${member} and o.chat_id in (m.telegram_id, (m.alerts->>'chatId')::bigint)
        and o.kind = 'summary' and o.payload->>'of' = 'day' and o.payload->>'to' = ${to.toISOString()}) as yes`);
  return row?.yes === true;
}

// ---------------------------------------------------------------- silence

/** Active bundles whose last event is a while ago, that nobody was told of, and whose trigger itself is well. */
export async function quietBundles(db: Sql, before: Date, limit: number, after: string) {
  return db
    .select({ bundle: bundles.id, workspace: bundles.workspace, lastEventAt: triggers.lastEventAt })
    .from(triggers)
    .innerJoin(bundles, eq(bundles.id, triggers.bundle))
    .where(
      and(
        eq(bundles.state, "active"),
        isNull(bundles.deletedAt),
        lte(triggers.lastEventAt, before),
        eq(triggers.failures, 0),
        sql`${bundles.id} > ${after}`,
        or(isNull(triggers.silentAt), sql`${triggers.silentAt} < ${triggers.lastEventAt}`),
        sql`not exists (select from connections c where c.id = ${triggers.connection} and c.state = 'broken')`,
      ),
    )
    .orderBy(asc(bundles.id))
    .limit(limit);
}

/** When its events came, to the quarter of an hour; of a very busy bundle only as far as the newest rows reach. */
export async function arrivals(db: Sql, bundle: string, since: Date): Promise<number[]> {
  const rows = await db.execute<{ at: string }>(sql`
    select distinct extract(epoch from date_bin('15 minutes', created_at, 'epoch'))::bigint as at from (
      select created_at from runs where bundle = ${bundle} and origin = 'live' order by seq desc limit 100000) newest
     where created_at > ${since.toISOString()}::timestamptz`);
  return rows.map(({ at }) => Number(at) * 1_000);
}

export async function markSilent(tx: Tx, bundle: string, now: Date): Promise<boolean> {
  const rows = await tx
    .update(triggers)
    .set({ silentAt: now })
    .where(
      and(
        eq(triggers.bundle, bundle),
        or(isNull(triggers.silentAt), sql`${triggers.silentAt} < ${triggers.lastEventAt}`),
      ),
    )
    .returning({ bundle: triggers.bundle });
  return rows.length > 0;
}

// ---------------------------------------------------------------- access that ends

/** Working connections of these services, with what they are opened with. */
export async function aliveConnections(db: Sql, connectors: readonly string[], after: string, limit: number) {
  if (connectors.length === 0) return [];
  return db
    .select({
      id: connections.id,
      workspace: connections.workspace,
      secret: connections.secret,
      endToldAt: connections.endToldAt,
    })
    .from(connections)
    .where(
      and(
        eq(connections.state, "alive"),
        inArray(connections.connector, [...connectors]),
        sql`${connections.id} > ${after}`,
      ),
    )
    .orderBy(asc(connections.id))
    .limit(limit);
}

export async function markEndTold(tx: Tx, id: string, before: Date | null, now: Date): Promise<boolean> {
  const rows = await tx
    .update(connections)
    .set({ endToldAt: now })
    .where(
      and(eq(connections.id, id), before === null ? isNull(connections.endToldAt) : eq(connections.endToldAt, before)),
    )
    .returning({ id: connections.id });
  return rows.length > 0;
}

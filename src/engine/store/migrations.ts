/** Migrations: their period, how far each was read, and what of it is still on its way. */
import { and, asc, eq, gte, inArray, isNull, lte, or, sql } from "drizzle-orm";
import type { Json } from "../../connectors/kit/fields.ts";
import { bundles, migrations, runs, triggers } from "../../db/schema.ts";
import type { Sql, Tx } from "../parts.ts";
import { brokenConnection, type TriggerError } from "./triggers.ts";

export interface MigrationRow {
  readonly bundle: string;
  readonly state: "running" | "paused" | "done";
  readonly from: Date | null;
  readonly to: Date;
  readonly mark: Date | null;
  readonly firstAt: Date | null;
  readonly cursor: Json;
  readonly isUnordered: boolean;
  readonly isRead: boolean;
  readonly read: number;
  readonly sent: number;
  readonly filtered: number;
  readonly repeated: number;
  readonly nextAt: Date | null;
  readonly leasedUntil: Date | null;
  readonly failures: number;
  readonly error: TriggerError | null;
  readonly startedAt: Date;
  readonly finishedAt: Date | null;
}
export type MigrationChange = Partial<Omit<MigrationRow, "bundle">>;

export async function readMigration(db: Sql, bundle: string): Promise<MigrationRow | undefined> {
  const [row] = await db.select().from(migrations).where(eq(migrations.bundle, bundle));
  return row as MigrationRow | undefined;
}

/** In place of the one that was there before. */
export async function putMigration(
  tx: Tx,
  begun: Pick<MigrationRow, "bundle" | "from" | "to" | "startedAt">,
): Promise<void> {
  const { bundle, startedAt } = begun;
  await tx.delete(migrations).where(eq(migrations.bundle, bundle));
  await tx.insert(migrations).values({ ...begun, state: "running", nextAt: startedAt });
}

export async function changeMigration(db: Sql, bundle: string, change: MigrationChange): Promise<void> {
  await db.update(migrations).set(change).where(eq(migrations.bundle, bundle));
}

export async function deleteMigration(tx: Tx, bundle: string): Promise<void> {
  await tx.delete(migrations).where(eq(migrations.bundle, bundle));
}

/** The change of one who holds the lease; false when it is somebody else's now, or was paused. */
export async function changeLeasedMigration(
  db: Sql,
  bundle: string,
  lease: Date,
  change: MigrationChange,
): Promise<boolean> {
  const rows = await db
    .update(migrations)
    .set(change)
    .where(and(eq(migrations.bundle, bundle), eq(migrations.leasedUntil, lease), eq(migrations.state, "running")))
    .returning({ bundle: migrations.bundle });
  return rows.length > 0;
}

/** Counts what one group brought. */
export async function countMigrated(
  tx: Tx,
  bundle: string,
  add: Pick<MigrationRow, "read" | "sent" | "filtered" | "repeated">,
): Promise<void> {
  await tx
    .update(migrations)
    .set({
      read: sql`${migrations.read} + ${add.read}`,
      sent: sql`${migrations.sent} + ${add.sent}`,
      filtered: sql`${migrations.filtered} + ${add.filtered}`,
      repeated: sql`${migrations.repeated} + ${add.repeated}`,
    })
    .where(eq(migrations.bundle, bundle));
}

/** Migrations to be gone on with. */
export function dueMigrations(db: Sql, now: Date, limit: number) {
  return db
    .select({ bundle: migrations.bundle })
    .from(migrations)
    .innerJoin(bundles, eq(bundles.id, migrations.bundle))
    .innerJoin(triggers, eq(triggers.bundle, migrations.bundle))
    .where(
      and(
        eq(migrations.state, "running"),
        lte(migrations.nextAt, now),
        or(isNull(migrations.leasedUntil), lte(migrations.leasedUntil, now)),
        eq(bundles.state, "active"),
        isNull(bundles.deletedAt),
        sql`not ${brokenConnection}`,
      ),
    )
    .orderBy(asc(migrations.nextAt))
    .limit(limit);
}

/** Takes migrations of active bundles whose turn has come under a lease, as claimDue does with polls. */
export async function claimMigrations(db: Sql, now: Date, lease: Date, limit: number): Promise<string[]> {
  if (limit <= 0 || (await dueMigrations(db, now, 1)).length === 0) return [];
  return db.transaction(async (tx) => {
    const rows = await dueMigrations(tx, now, limit).for("update", { of: migrations, skipLocked: true });
    const ids = rows.map((row) => row.bundle);
    if (ids.length > 0) {
      await tx.update(migrations).set({ leasedUntil: lease }).where(inArray(migrations.bundle, ids));
    }
    return ids;
  });
}

/**
 * Runs of migrations that keep a worker or a service busy, counted up to `limit`: those that were told to wait by a step
 * cost nothing and hold nothing up.
 */
export async function countPending(db: Sql, bundle: string, limit: number): Promise<number> {
  const some = db
    .select({ seq: runs.seq })
    .from(runs)
    .where(
      and(
        eq(runs.bundle, bundle),
        eq(runs.origin, "migration"),
        inArray(runs.state, ["queued", "running", "waiting"]),
        sql`(${runs.state} <> 'waiting' or ${runs.error} is not null)`,
      ),
    )
    .limit(limit)
    .as("some");
  const [row] = await db.select({ count: sql<number>`count(*)::int` }).from(some);
  return row?.count ?? 0;
}

/** What became of the runs of a migration that began at `since`. */
export async function tallyMigrated(
  db: Sql,
  bundle: string,
  since: Date,
): Promise<{ waiting: number; failed: number }> {
  const rows = await db
    .select({ state: runs.state, count: sql<number>`count(*)::int` })
    .from(runs)
    .where(
      and(
        eq(runs.bundle, bundle),
        eq(runs.origin, "migration"),
        inArray(runs.state, ["queued", "running", "waiting", "failed", "unknown"]),
        gte(runs.createdAt, since),
      ),
    )
    .groupBy(runs.state);
  const count = (...states: string[]): number =>
    rows.filter(({ state }) => states.includes(state)).reduce((sum, one) => sum + one.count, 0);
  return { waiting: count("queued", "running", "waiting"), failed: count("failed", "unknown") };
}

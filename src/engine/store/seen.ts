/** Keys that a bundle's trigger has seen, each with how it came about. */
import { and, eq, inArray, lte, sql } from "drizzle-orm";
import { seen } from "../../db/schema.ts";
import type { Sql, Tx } from "../parts.ts";

export interface NewKey {
  readonly key: string;
  /** Sent; listed because it was there before the start; refused by the filter. */
  readonly as: "sent" | "listed" | "filtered";
}

/** A key that is still seen is noted again after so many days: what a service lists for years must not run out. */
const RENEWED_DAYS = 30;

/** Writes the keys and answers with those that nobody wrote before: the unique row decides, however many ask at once. */
export async function addSeen(tx: Tx, bundle: string, keys: readonly NewKey[], at: Date): Promise<Set<string>> {
  if (keys.length === 0) return new Set();
  const mark = { sent: null, listed: "l", filtered: "f" } as const;
  const rows = await tx
    .insert(seen)
    .values(sorted(keys).map(({ key, as }) => ({ bundle, key, seenAt: at, mark: mark[as] })))
    .onConflictDoUpdate({
      target: [seen.bundle, seen.key],
      set: { seenAt: sql`excluded.seen_at` },
      setWhere: sql`${seen.key} not like 'r%' and ${seen.seenAt} < excluded.seen_at - make_interval(days => ${RENEWED_DAYS})`,
    })
    // Only a row that was inserted has no one who changed it.
    .returning({ key: seen.key, isNew: sql<boolean>`xmax = 0` });
  return new Set(rows.filter(({ isNew }) => isNew).map((row) => row.key));
}

/**
 * As addSeen, for a migration: what was only listed or refused before is as good as new, for it was never sent. `sent`
 * means: by the migration.
 */
export async function addMigrated(tx: Tx, bundle: string, keys: readonly NewKey[], at: Date): Promise<Set<string>> {
  if (keys.length === 0) return new Set();
  const mark = { sent: "m", listed: "l", filtered: "f" } as const;
  const rows = await tx
    .insert(seen)
    .values(sorted(keys).map(({ key, as }) => ({ bundle, key, seenAt: at, mark: mark[as] })))
    .onConflictDoUpdate({
      target: [seen.bundle, seen.key],
      set: { mark: sql`excluded.mark` },
      setWhere: inArray(seen.mark, ["l", "f"]),
    })
    .returning({ key: seen.key });
  return new Set(rows.map((row) => row.key));
}

/** In one order, each once, so that no two statements wait for each other. */
function sorted(keys: readonly NewKey[]): readonly NewKey[] {
  const own = new Map<string, NewKey>();
  for (const one of keys) if (!own.has(one.key)) own.set(one.key, one);
  return [...own.values()].toSorted((a, b) => (a.key < b.key ? -1 : 1));
}

/** A migration may send again what migrations have sent; for everything else it stays seen. At most `limit` at a time. */
export async function relist(db: Sql, bundle: string, limit: number): Promise<number> {
  const some = db
    .select({ key: seen.key })
    .from(seen)
    .where(and(eq(seen.bundle, bundle), eq(seen.mark, "m")))
    .limit(limit);
  const rows = await db
    .update(seen)
    .set({ mark: "l" })
    .where(and(eq(seen.bundle, bundle), inArray(seen.key, some)))
    .returning({ key: seen.key });
  return rows.length;
}

/** Keys of changes and of a clock's occurrences don't last for ever; keys of records do. At most `limit` at a time. */
export async function sweepSeen(db: Sql, before: Date, limit: number): Promise<number> {
  const old = db
    .select({ bundle: seen.bundle, key: seen.key })
    .from(seen)
    .where(and(sql`${seen.key} not like 'r%'`, lte(seen.seenAt, before)))
    .limit(limit);
  const rows = await db.delete(seen).where(sql`(${seen.bundle}, ${seen.key}) in ${old}`).returning({ key: seen.key });
  return rows.length;
}

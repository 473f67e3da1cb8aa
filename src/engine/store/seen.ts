/** Keys that a bundle's trigger has seen, each with how it came about. */
import { and, eq, inArray, lte, type SQL, sql } from "drizzle-orm";
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
export function addSeen(tx: Tx, bundle: string, keys: readonly NewKey[], at: Date): Promise<Set<string>> {
  return add(tx, bundle, keys, {
    at,
    sent: null,
    again: sql`seen_at = excluded.seen_at where seen.key not like 'r%'
      and seen.seen_at < excluded.seen_at - make_interval(days => ${RENEWED_DAYS})`,
    // Only a row that was inserted has no one who changed it.
    isNew: sql`xmax = 0`,
  });
}

/**
 * As addSeen, for a migration: what was only listed or refused before is as good as new, for it was never sent. `sent`
 * means: by the migration.
 */
export function addMigrated(tx: Tx, bundle: string, keys: readonly NewKey[], at: Date): Promise<Set<string>> {
  return add(tx, bundle, keys, {
    at,
    sent: "m",
    again: sql`mark = excluded.mark where seen.mark in ('l', 'f')`,
    isNew: sql`true`,
  });
}

interface Adding {
  readonly at: Date;
  /** The mark of what was sent. */
  readonly sent: "m" | null;
  /** What becomes of a row that is there. */
  readonly again: SQL;
  readonly isNew: SQL;
}

/** One text for any number of keys, so that it is planned once. In one order, so that no two wait for each other. */
async function add(
  tx: Tx,
  bundle: string,
  keys: readonly NewKey[],
  { at, sent, again, isNew }: Adding,
): Promise<Set<string>> {
  if (keys.length === 0) return new Set();
  const marks = { sent, listed: "l", filtered: "f" } as const;
  const given = JSON.stringify(sorted(keys).map(({ key, as }) => ({ key, mark: marks[as] })));
  const rows = await tx.execute<{ key: string; isNew: boolean }>(sql`
    insert into seen (bundle, key, seen_at, mark)
    select ${bundle}, g.key, ${at.toISOString()}::timestamptz, g.mark
      from json_to_recordset(${given}::json) as g(key text, mark text)
    on conflict (bundle, key) do update set ${again}
    returning key, ${isNew} as "isNew"`);
  return new Set(rows.filter((row) => row.isNew).map((row) => row.key));
}

/** Each once. */
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

/** What webhooks brought and isn't an event yet: open, taken by a process, held for a paused bundle, failed. */
import { and, asc, eq, exists, inArray, isNull, lte, sql } from "drizzle-orm";
import type { JsonObject } from "../../connectors/kit/define.ts";
import { bundles, deliveries } from "../../db/schema.ts";
import type { Failure } from "../engine.ts";
import type { Sql, Tx } from "../parts.ts";

export interface Delivery {
  readonly seq: number;
  readonly item: JsonObject;
  readonly attempts: number;
  readonly receivedAt: Date;
}

export async function insertDeliveries(
  tx: Tx,
  bundle: string,
  state: "open" | "held",
  items: readonly JsonObject[],
  at: Date,
): Promise<void> {
  if (items.length === 0) return;
  const nextAt = state === "open" ? at : null;
  await tx.insert(deliveries).values(items.map((item) => ({ bundle, state, item, nextAt, receivedAt: at })));
}

/** Held deliveries of a bundle, counted up to `limit`. */
export async function countHeld(db: Sql, bundle: string, limit: number): Promise<number> {
  const some = db
    .select({ seq: deliveries.seq })
    .from(deliveries)
    .where(and(eq(deliveries.bundle, bundle), eq(deliveries.state, "held")))
    .limit(limit)
    .as("some");
  const [row] = await db.select({ count: sql<number>`count(*)::int` }).from(some);
  return row?.count ?? 0;
}

/**
 * Takes the oldest open deliveries of a bundle until `lease`. None while another process works on earlier ones: events
 * of one record must stay in order. Call under lockBundles.
 */
export async function takeDeliveries(
  tx: Tx,
  bundle: string,
  now: Date,
  lease: Date,
  limit: number,
): Promise<Delivery[]> {
  const [busy] = await tx
    .select({ seq: deliveries.seq })
    .from(deliveries)
    .where(
      and(
        eq(deliveries.bundle, bundle),
        eq(deliveries.state, "taken"),
        sql`${deliveries.nextAt} > ${now.toISOString()}`,
      ),
    )
    .limit(1);
  if (busy) return [];
  const due = tx
    .select({ seq: deliveries.seq })
    .from(deliveries)
    .where(
      and(eq(deliveries.bundle, bundle), inArray(deliveries.state, ["open", "taken"]), lte(deliveries.nextAt, now)),
    )
    .orderBy(asc(deliveries.seq))
    .limit(limit);
  const rows = await tx
    .update(deliveries)
    .set({ state: "taken", nextAt: lease })
    .where(inArray(deliveries.seq, due))
    .returning({
      seq: deliveries.seq,
      item: deliveries.item,
      attempts: deliveries.attempts,
      receivedAt: deliveries.receivedAt,
    });
  return rows.map((row) => ({ ...row, item: row.item as JsonObject })).sort((a, b) => a.seq - b.seq);
}

/** Those of the taken that are still ours: a lease that ran out may have given them to another process. */
export async function stillTaken(tx: Tx, seqs: readonly number[], lease: Date): Promise<Set<number>> {
  if (seqs.length === 0) return new Set();
  const rows = await tx
    .select({ seq: deliveries.seq })
    .from(deliveries)
    .where(and(inArray(deliveries.seq, [...seqs]), eq(deliveries.state, "taken"), eq(deliveries.nextAt, lease)));
  return new Set(rows.map((row) => row.seq));
}

export async function deleteDeliveries(tx: Tx, seqs: readonly number[]): Promise<void> {
  if (seqs.length > 0) await tx.delete(deliveries).where(inArray(deliveries.seq, [...seqs]));
}

export async function putBack(
  tx: Tx,
  seqs: readonly number[],
  change: { state: "open" | "held" | "failed"; nextAt: Date | null; error?: Failure; isAttempt: boolean },
): Promise<void> {
  if (seqs.length === 0) return;
  const { state, nextAt, error, isAttempt } = change;
  await tx
    .update(deliveries)
    .set({
      state,
      nextAt,
      ...(error ? { error } : {}),
      ...(isAttempt ? { attempts: sql`${deliveries.attempts} + 1` } : {}),
    })
    .where(inArray(deliveries.seq, [...seqs]));
}

/** Opens what was held (or has failed) for processing; answers with how many. */
export async function reopen(tx: Tx, bundle: string, from: "held" | "failed", now: Date): Promise<number> {
  const rows = await tx
    .update(deliveries)
    .set({ state: "open", nextAt: now, attempts: 0 })
    .where(and(eq(deliveries.bundle, bundle), eq(deliveries.state, from)))
    .returning({ seq: deliveries.seq });
  return rows.length;
}

export async function forgetHeld(db: Sql, bundle: string): Promise<void> {
  await db.delete(deliveries).where(and(eq(deliveries.bundle, bundle), eq(deliveries.state, "held")));
}

/** Bundles with open deliveries whose time has come: retries, and what a lost job left behind. */
export async function bundlesDue(db: Sql, now: Date, limit: number): Promise<string[]> {
  return (await dueDeliveries(db, now, limit)).map((row) => row.bundle);
}
export function dueDeliveries(db: Sql, now: Date, limit: number) {
  return db
    .selectDistinct({ bundle: deliveries.bundle })
    .from(deliveries)
    .where(and(inArray(deliveries.state, ["open", "taken"]), lte(deliveries.nextAt, now)))
    .limit(limit);
}

/** Active bundles that still hold: their release was cut off by a kill. */
export async function activeHolding(db: Sql): Promise<string[]> {
  const rows = await db
    .select({ id: bundles.id })
    .from(bundles)
    .where(
      and(
        eq(bundles.state, "active"),
        isNull(bundles.deletedAt),
        exists(
          db
            .select({ seq: deliveries.seq })
            .from(deliveries)
            .where(and(eq(deliveries.bundle, bundles.id), eq(deliveries.state, "held"))),
        ),
      ),
    );
  return rows.map((row) => row.id);
}

/** Held for longer than promised. At most `limit` at a time. */
export async function sweepHeld(db: Sql, before: Date, limit: number): Promise<number> {
  const old = db
    .select({ seq: deliveries.seq })
    .from(deliveries)
    .where(and(inArray(deliveries.state, ["held", "failed"]), lte(deliveries.receivedAt, before)))
    .limit(limit);
  const rows = await db.delete(deliveries).where(inArray(deliveries.seq, old)).returning({ seq: deliveries.seq });
  return rows.length;
}

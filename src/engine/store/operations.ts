/** Effects that were already made, so that asking again changes nothing. */
import { and, eq, like, lt, notLike } from "drizzle-orm";
import type { Json } from "../../connectors/kit/define.ts";
import { operations } from "../../db/schema.ts";
import type { Sql, Tx } from "../parts.ts";

/** True for the first one who claims the key; another waits until the first one's transaction ends. */
export async function claimOperation(tx: Tx, key: string): Promise<boolean> {
  const rows = await tx.insert(operations).values({ key }).onConflictDoNothing().returning({ key: operations.key });
  return rows.length > 0;
}

export async function writeResult(tx: Tx, key: string, result: Json): Promise<void> {
  await tx.update(operations).set({ result }).where(eq(operations.key, key));
}

export async function readResult(tx: Tx, key: string): Promise<unknown> {
  const [row] = await tx.select({ result: operations.result }).from(operations).where(eq(operations.key, key));
  return row?.result ?? null;
}

/** Writes to what bundles keep are remembered longer: a run may wait for days before its step is tried again. */
export const storedPrefix = "stored ";

export async function sweepOperations(db: Sql, before: Date, storedBefore: Date = before): Promise<void> {
  await db.delete(operations).where(and(lt(operations.createdAt, before), notLike(operations.key, `${storedPrefix}%`)));
  await db
    .delete(operations)
    .where(and(lt(operations.createdAt, storedBefore), like(operations.key, `${storedPrefix}%`)));
}

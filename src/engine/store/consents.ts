/** Consents under way, and the lease under which one process renews a connection's tokens. */
import { and, eq, isNull, lt, lte, or } from "drizzle-orm";
import { connections, consents, members } from "../../db/schema.ts";
import type { Sql, Tx } from "../parts.ts";

export type ConsentRow = typeof consents.$inferSelect;

/** Those that are over go at the same time: there are never many. */
export async function insertConsent(tx: Tx, row: ConsentRow, now: Date): Promise<void> {
  await tx.delete(consents).where(lt(consents.expiresAt, now));
  await tx.insert(consents).values(row);
}

/** Takes the state out, so that it serves once. */
export async function takeConsent(db: Sql, hash: string): Promise<ConsentRow | undefined> {
  const [row] = await db.delete(consents).where(eq(consents.hash, hash)).returning();
  return row;
}

/** False: another process is at it. A lease that ran out belongs to a process that died. */
export async function leaseRenewal(db: Sql, connection: string, now: Date, until: Date): Promise<boolean> {
  const rows = await db
    .update(connections)
    .set({ renewingUntil: until })
    .where(
      and(eq(connections.id, connection), or(isNull(connections.renewingUntil), lte(connections.renewingUntil, now))),
    )
    .returning({ id: connections.id });
  return rows.length > 0;
}

export async function endRenewal(db: Sql, connection: string, until: Date): Promise<void> {
  await db
    .update(connections)
    .set({ renewingUntil: null })
    .where(and(eq(connections.id, connection), eq(connections.renewingUntil, until)));
}

/** The values before (locked until the transaction ends), or undefined when the connection is gone. */
export async function lockSecret(tx: Tx, connection: string): Promise<string | undefined> {
  const [row] = await tx
    .select({ secret: connections.secret })
    .from(connections)
    .where(eq(connections.id, connection))
    .for("update");
  return row?.secret;
}

export async function readSecret(db: Sql, connection: string): Promise<string | undefined> {
  const [row] = await db.select({ secret: connections.secret }).from(connections).where(eq(connections.id, connection));
  return row?.secret;
}

export async function writeTokens(db: Sql, connection: string, secret: string, renewAt: Date | null): Promise<void> {
  await db.update(connections).set({ secret, renewAt }).where(eq(connections.id, connection));
}

/** Accounts that nothing has used for so long that their tokens lie expired: refresh tokens die of that, too. */
export async function idleAccounts(
  db: Sql,
  before: Date,
  limit: number,
): Promise<{ id: string; workspace: string; connector: string }[]> {
  return db
    .select({ id: connections.id, workspace: connections.workspace, connector: connections.connector })
    .from(connections)
    .where(and(eq(connections.state, "alive"), lt(connections.renewAt, before)))
    .orderBy(connections.renewAt)
    .limit(limit);
}

/** The member's private chat, which has their own id: where they pressed the button, wherever alerts go. */
export async function chatOfMember(db: Sql, workspace: string, member: string): Promise<number | undefined> {
  const [row] = await db
    .select({ chat: members.telegramId })
    .from(members)
    .where(and(eq(members.workspace, workspace), eq(members.id, member)));
  return row?.chat;
}

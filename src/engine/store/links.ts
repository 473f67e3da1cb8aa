/** One-time links: to become a member, or to connect one account. */
import { and, asc, eq, gt, isNull, lt, or } from "drizzle-orm";
import { connections, links, workspaces } from "../../db/schema.ts";
import type { Sql, Tx } from "../parts.ts";

const COLUMNS = {
  id: links.id,
  workspace: links.workspace,
  workspaceName: workspaces.name,
  kind: links.kind,
  role: links.role,
  connection: links.connection,
  connector: connections.connector,
  by: links.by,
  byName: links.byName,
  telegramId: links.telegramId,
  takenBy: links.takenBy,
  expiresAt: links.expiresAt,
  doneAt: links.doneAt,
};

const select = (db: Sql) =>
  db
    .select(COLUMNS)
    .from(links)
    .innerJoin(workspaces, and(eq(workspaces.id, links.workspace), isNull(workspaces.removedAt)))
    .leftJoin(connections, eq(connections.id, links.connection));

export type LinkRow = NonNullable<Awaited<ReturnType<typeof findLink>>>;

export async function insertLink(
  db: Sql,
  row: {
    id: string;
    hash: string;
    workspace: string;
    kind: "member" | "connection";
    role: string | null;
    connection: string | null;
    by: string;
    byName: string;
    expiresAt: Date;
  },
): Promise<void> {
  await db.insert(links).values(row);
}

export async function findLink(db: Sql, hash: string) {
  const [row] = await select(db).where(eq(links.hash, hash));
  return row;
}

/** The same, and nobody else takes it until the transaction ends. */
export async function lockLink(tx: Tx, hash: string): Promise<LinkRow | undefined> {
  await tx.select({ id: links.id }).from(links).where(eq(links.hash, hash)).for("update");
  return findLink(tx, hash);
}

export async function settleLink(
  db: Sql,
  id: string,
  set: { telegramId?: number; takenBy?: string; doneAt?: Date },
): Promise<void> {
  await db.update(links).set(set).where(eq(links.id, id));
}

/** The newest connection that this person was asked for and hasn't made yet. */
export async function askedOf(db: Sql, telegramId: number, now: Date): Promise<LinkRow | undefined> {
  const rows = await select(db)
    .where(
      and(
        eq(links.telegramId, telegramId),
        eq(links.kind, "connection"),
        isNull(links.doneAt),
        gt(links.expiresAt, now),
      ),
    )
    .orderBy(asc(links.createdAt));
  return rows.at(-1);
}

/** Connection links of a workspace that weren't finished. */
export async function openLinks(db: Sql, workspace: string, now: Date): Promise<LinkRow[]> {
  return select(db)
    .where(
      and(eq(links.workspace, workspace), eq(links.kind, "connection"), isNull(links.doneAt), gt(links.expiresAt, now)),
    )
    .orderBy(asc(links.createdAt));
}

/** Codes that nobody can use any more. */
export async function sweepLinks(db: Sql, before: Date): Promise<void> {
  await db.delete(links).where(or(lt(links.expiresAt, before), lt(links.doneAt, before)));
}

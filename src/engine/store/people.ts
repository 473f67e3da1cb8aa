/** Workspaces and their members. */
import { and, asc, count, desc, eq, isNull, ne, sql } from "drizzle-orm";
import { members, workspaces } from "../../db/schema.ts";
import type { Sql, Tx } from "../parts.ts";

export interface MemberRow {
  readonly id: string;
  readonly workspace: string;
  readonly telegramId: number;
  readonly name: string;
  readonly locale: string;
  readonly role: string;
  readonly alerts: unknown;
  readonly gone: boolean;
  readonly country: string;
  readonly timeZone: string;
}

const COLUMNS = {
  id: members.id,
  workspace: members.workspace,
  telegramId: members.telegramId,
  name: members.name,
  locale: members.locale,
  role: members.role,
  alerts: members.alerts,
  gone: members.gone,
  country: workspaces.country,
  timeZone: workspaces.timeZone,
};

/** A workspace that its owner deleted is there no longer, however much of it is still to be removed. */
const select = (db: Sql) =>
  db
    .select(COLUMNS)
    .from(members)
    .innerJoin(workspaces, and(eq(workspaces.id, members.workspace), isNull(workspaces.removedAt)));

/** The membership that a person's messages go to. */
export async function findMember(db: Sql, telegramId: number): Promise<MemberRow | undefined> {
  const [row] = await select(db).where(and(eq(members.telegramId, telegramId), eq(members.current, true)));
  return row;
}

export async function readMember(db: Sql, workspace: string, id: string): Promise<MemberRow | undefined> {
  const [row] = await select(db).where(and(eq(members.id, id), eq(members.workspace, workspace)));
  return row;
}

/** Where a person who comes with the owner code belongs: the workspace that was there first. */
export async function firstWorkspace(db: Sql): Promise<string | undefined> {
  const [row] = await db
    .select({ id: workspaces.id })
    .from(workspaces)
    .orderBy(asc(workspaces.createdAt), asc(workspaces.id))
    .limit(1);
  return row?.id;
}

/** The one whose bot it is: an owner of the workspace that was there first. */
export async function isInstallationOwner(db: Sql, workspace: string, member: string): Promise<boolean> {
  const row = await readMember(db, workspace, member);
  return row?.role === "owner" && (await firstWorkspace(db)) === workspace;
}

/** Every workspace with its oldest owner, oldest first. */
export async function listWorkspaces(db: Sql): Promise<{ id: string; name: string; member: string }[]> {
  return db
    .selectDistinctOn([workspaces.createdAt, workspaces.id], {
      id: workspaces.id,
      name: workspaces.name,
      member: members.id,
    })
    .from(workspaces)
    .innerJoin(members, and(eq(members.workspace, workspaces.id), eq(members.role, "owner")))
    .orderBy(asc(workspaces.createdAt), asc(workspaces.id), asc(members.createdAt));
}

export async function countOwners(db: Sql): Promise<number> {
  const [row] = await db.select({ owners: count() }).from(members).where(eq(members.role, "owner"));
  return row?.owners ?? 0;
}

/** One entrance at a time for a person, however many messages they send at once. */
export async function lockPerson(tx: Tx, telegramId: number): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`person ${telegramId}`}, 0))`);
}

export async function insertWorkspace(
  tx: Tx,
  row: { id: string; name: string; country: string; timeZone: string },
): Promise<void> {
  await tx.insert(workspaces).values(row);
}

/** Makes the member, or gives the one who is there the new role; this workspace is the person's current one from now on. */
export async function putMember(
  tx: Tx,
  row: { id: string; workspace: string; telegramId: number; name: string; locale: string; role: string },
): Promise<void> {
  await tx.update(members).set({ current: false }).where(eq(members.telegramId, row.telegramId));
  await tx
    .insert(members)
    .values(row)
    .onConflictDoUpdate({
      target: [members.workspace, members.telegramId],
      set: { role: row.role, name: row.name, gone: false, current: true },
    });
}

export async function updateMember(
  db: Sql,
  id: string,
  set: { name?: string; locale?: string; alerts?: unknown; gone?: boolean; role?: string },
): Promise<void> {
  if (Object.keys(set).length > 0) await db.update(members).set(set).where(eq(members.id, id));
}

/** A new time zone or time moves the next summary. */
export async function updateWorkspace(
  db: Sql,
  id: string,
  set: { country?: string; timeZone?: string; retentionDays?: number },
): Promise<void> {
  if (Object.keys(set).length === 0) return;
  await db.update(workspaces).set(set).where(eq(workspaces.id, id));
  if (set.timeZone !== undefined) await db.update(members).set({ summaryAt: null }).where(eq(members.workspace, id));
}

export async function writeGone(db: Sql, telegramId: number, gone: boolean): Promise<void> {
  await db.update(members).set({ gone }).where(eq(members.telegramId, telegramId));
}

// ---------------------------------------------------------------- team

/** Nobody joins, leaves or changes roles until the transaction ends. */
export async function lockWorkspace(tx: Tx, id: string): Promise<boolean> {
  const rows = await tx
    .select({ id: workspaces.id })
    .from(workspaces)
    .where(and(eq(workspaces.id, id), isNull(workspaces.removedAt)))
    .for("update");
  return rows.length > 0;
}

/** Owners first, then by age. */
export async function listMembers(db: Sql, workspace: string) {
  return db
    .select({
      id: members.id,
      name: members.name,
      role: members.role,
      telegramId: members.telegramId,
      createdAt: members.createdAt,
    })
    .from(members)
    .where(eq(members.workspace, workspace))
    .orderBy(sql`array_position(array['owner', 'editor', 'viewer'], ${members.role})`, asc(members.createdAt));
}

export async function countOwnersOf(db: Sql, workspace: string): Promise<number> {
  const [row] = await db
    .select({ owners: count() })
    .from(members)
    .where(and(eq(members.workspace, workspace), eq(members.role, "owner")));
  return row?.owners ?? 0;
}

/** The links they made are void. Where they were just in it, another workspace of theirs becomes the current one. */
export async function deleteMember(tx: Tx, workspace: string, id: string): Promise<void> {
  const [row] = await tx
    .delete(members)
    .where(and(eq(members.workspace, workspace), eq(members.id, id)))
    .returning({ telegramId: members.telegramId, current: members.current });
  if (row?.current) await makeSomeCurrent(tx, row.telegramId);
  await voidLinks(tx, id);
}

/** A link is good as long as the word of the one who made it. */
export async function voidLinks(tx: Tx, member: string): Promise<void> {
  await tx.execute(sql`update links set done_at = now() where by = ${member} and done_at is null`);
}

async function makeSomeCurrent(tx: Tx, telegramId: number): Promise<void> {
  const [next] = await select(tx).where(eq(members.telegramId, telegramId)).orderBy(asc(members.createdAt)).limit(1);
  if (next) await tx.update(members).set({ current: true }).where(eq(members.id, next.id));
}

/** True where the person belongs to it. */
export async function makeCurrent(tx: Tx, telegramId: number, workspace: string): Promise<boolean> {
  const row = await memberAt(tx, telegramId, workspace);
  if (!row) return false;
  await tx
    .update(members)
    .set({ current: false })
    .where(and(eq(members.telegramId, telegramId), ne(members.id, row.id)));
  await tx.update(members).set({ current: true }).where(eq(members.id, row.id));
  return true;
}

export async function memberAt(db: Sql, telegramId: number, workspace: string): Promise<MemberRow | undefined> {
  const [row] = await select(db).where(and(eq(members.telegramId, telegramId), eq(members.workspace, workspace)));
  return row;
}

/** The workspaces of a person with their figures, the current one first. */
export async function workspacesOf(db: Sql, where: { telegramId: number } | { member: string; workspace: string }) {
  const inIt = sql<number>`(select count(*)::int from members m where m.workspace = ${workspaces.id})`;
  return db
    .select({
      id: workspaces.id,
      name: workspaces.name,
      retentionDays: workspaces.retentionDays,
      role: members.role,
      isCurrent: members.current,
      members: inIt,
      bundles: sql<number>`(
        select count(*)::int from bundles b where b.workspace = ${workspaces.id} and b.deleted_at is null)`,
    })
    .from(members)
    .innerJoin(workspaces, and(eq(workspaces.id, members.workspace), isNull(workspaces.removedAt)))
    .where(
      "telegramId" in where
        ? eq(members.telegramId, where.telegramId)
        : and(eq(members.id, where.member), eq(members.workspace, where.workspace)),
    )
    .orderBy(desc(members.current), asc(members.createdAt));
}

/** The workspace of a bundle, run, incident or connection. Ids of one kind are never those of another. */
export async function workspaceOf(db: Sql, thing: string): Promise<string | undefined> {
  const [row] = await db.execute<{ workspace: string }>(sql`
    select workspace from bundles where id = ${thing}
    union all select workspace from incidents where id = ${thing}
    union all select workspace from connections where id = ${thing}
    union all select workspace from runs where id = ${thing} limit 1`);
  return row?.workspace;
}

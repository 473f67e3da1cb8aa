/** Workspaces and their members. */
import { and, asc, count, eq, sql } from "drizzle-orm";
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

const select = (db: Sql) =>
  db.select(COLUMNS).from(members).innerJoin(workspaces, eq(workspaces.id, members.workspace));

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
  set: { name?: string; locale?: string; alerts?: unknown; gone?: boolean },
): Promise<void> {
  await db.update(members).set(set).where(eq(members.id, id));
}

export async function updateWorkspace(
  db: Sql,
  id: string,
  set: { country?: string; timeZone?: string },
): Promise<void> {
  await db.update(workspaces).set(set).where(eq(workspaces.id, id));
}

export async function writeGone(db: Sql, telegramId: number, gone: boolean): Promise<void> {
  await db.update(members).set({ gone }).where(eq(members.telegramId, telegramId));
}

/** Connections and their cached reference lists, and which bundles use them. */
import { and, asc, desc, eq, isNull, or, sql } from "drizzle-orm";
import type { ListItem } from "../../connectors/kit/define.ts";
import { bundles, connections, lists, members, versions, workspaces } from "../../db/schema.ts";
import { Bundle } from "../bundle/model.ts";
import type { BundleState, BundleSummary, Failure, PausedBy } from "../engine.ts";
import type { Sql, Tx } from "../parts.ts";

export type ConnectionRow = typeof connections.$inferSelect;
export type ConnectionState = "draft" | "alive" | "broken";

export async function insertConnection(
  db: Sql,
  row: { id: string; workspace: string; connector: string; name: string; secret: string },
): Promise<void> {
  await db.insert(connections).values({ ...row, state: "draft" });
}

/** The unfinished connection of this service, newest first. */
export async function findDraft(db: Sql, workspace: string, connector: string): Promise<string | undefined> {
  const [row] = await db
    .select({ id: connections.id })
    .from(connections)
    .where(
      and(
        eq(connections.workspace, workspace),
        eq(connections.connector, connector),
        eq(connections.state, "draft" satisfies ConnectionState),
        // Somebody outside is just filling it in.
        sql`not exists (select from links l where l.connection = ${connections.id} and l.done_at is null
          and l.expires_at > now())`,
      ),
    )
    .orderBy(desc(connections.createdAt))
    .limit(1);
  return row?.id;
}

export async function readConnection(db: Sql, workspace: string, id: string): Promise<ConnectionRow | undefined> {
  const [row] = await db
    .select()
    .from(connections)
    .where(and(eq(connections.id, id), eq(connections.workspace, workspace)));
  return row;
}

/** Whose connection it is, for requests that know nothing but its address. */
export async function findConnection(db: Sql, id: string): Promise<ConnectionRow | undefined> {
  const [row] = await db.select().from(connections).where(eq(connections.id, id));
  return row;
}

/** The row stays as read until the transaction ends: two answers at once don't lose each other's value. */
export async function lockConnection(tx: Tx, workspace: string, id: string): Promise<ConnectionRow | undefined> {
  const [row] = await tx
    .select()
    .from(connections)
    .where(and(eq(connections.id, id), eq(connections.workspace, workspace)))
    .for("update");
  return row;
}

export async function listConnections(db: Sql, workspace: string): Promise<ConnectionRow[]> {
  return db.select().from(connections).where(eq(connections.workspace, workspace)).orderBy(asc(connections.createdAt));
}

export async function writeSecret(db: Sql, id: string, secret: string): Promise<void> {
  await db.update(connections).set({ secret }).where(eq(connections.id, id));
}

export async function writeName(db: Sql, id: string, name: string): Promise<void> {
  await db.update(connections).set({ name }).where(eq(connections.id, id));
}

/**
 * What a check found. `secret` guards: the verdict belongs to these values, and is dropped (false) when they were
 * changed meanwhile.
 */
export async function writeVerdict(
  db: Sql,
  id: string,
  secret: string,
  verdict: { state: ConnectionState; account?: string; name?: string; error: Failure | null; checkedAt: Date },
): Promise<boolean> {
  const { state, account, name, error, checkedAt } = verdict;
  const rows = await db
    .update(connections)
    .set({ state, error, checkedAt, ...(account === undefined ? {} : { account }), ...(name ? { name } : {}) })
    .where(and(eq(connections.id, id), eq(connections.secret, secret)))
    .returning({ id: connections.id });
  return rows.length > 0;
}

export async function writeBroken(db: Sql, id: string, error: Failure, at: Date): Promise<void> {
  await db.update(connections).set({ state: "broken", error, checkedAt: at }).where(eq(connections.id, id));
}

export async function deleteConnection(db: Sql, id: string): Promise<void> {
  await db.delete(connections).where(eq(connections.id, id));
}

/** How a workspace reads numbers and times, and the language in which services are asked. */
export async function readManners(
  db: Sql,
  workspace: string,
): Promise<{ timeZone: string; country: string; locale: "ru" | "en" } | undefined> {
  const [row] = await db
    .select({ timeZone: workspaces.timeZone, country: workspaces.country, locale: members.locale })
    .from(workspaces)
    .leftJoin(members, eq(members.workspace, workspaces.id))
    .where(eq(workspaces.id, workspace))
    .orderBy(sql`${members.role} = 'owner' desc nulls last`, asc(members.createdAt))
    .limit(1);
  return row && { timeZone: row.timeZone, country: row.country, locale: row.locale === "en" ? "en" : "ru" };
}

// ---------------------------------------------------------------- lists

export interface CachedList {
  readonly items: readonly ListItem[];
  readonly loadedAt: Date;
}

export async function readList(db: Sql, connection: string, key: string): Promise<CachedList | undefined> {
  const [row] = await db
    .select({ items: lists.items, loadedAt: lists.loadedAt })
    .from(lists)
    .where(and(eq(lists.connection, connection), eq(lists.key, key)));
  return row && { items: row.items as ListItem[], loadedAt: row.loadedAt };
}

export async function listKeys(db: Sql, connection: string): Promise<string[]> {
  const rows = await db.select({ key: lists.key }).from(lists).where(eq(lists.connection, connection));
  return rows.map((row) => row.key);
}

export async function writeList(db: Sql, connection: string, key: string, list: CachedList): Promise<void> {
  const values = { items: list.items, loadedAt: list.loadedAt };
  await db
    .insert(lists)
    .values({ connection, key, ...values })
    .onConflictDoUpdate({ target: [lists.connection, lists.key], set: values });
}

/** Other values, another account: what was read with the old ones is void. */
export async function forgetLists(db: Sql, connection: string): Promise<void> {
  await db.delete(lists).where(eq(lists.connection, connection));
}

// ---------------------------------------------------------------- who uses it

export interface Use extends BundleSummary {
  /** In the live version, not only in a draft. */
  readonly isLive: boolean;
}

/** Ids are 128 random bits, so one found anywhere in a bundle's text is a use of it. */
const mentions = (column: typeof bundles.draft | typeof versions.body, id: string) =>
  sql`strpos(${column}::text, ${id}) > 0`;

/** Bundles that use the connection, in the draft or in the live version, by number. */
export async function bundlesUsing(db: Sql, workspace: string, connection: string): Promise<Use[]> {
  const rows = await db
    .select({
      id: bundles.id,
      number: bundles.number,
      name: bundles.name,
      state: bundles.state,
      pausedBy: bundles.pausedBy,
      draft: bundles.draft,
      version: bundles.version,
      body: versions.body,
      isLive: sql<boolean>`coalesce(${mentions(versions.body, connection)}, false)`,
    })
    .from(bundles)
    .leftJoin(versions, and(eq(versions.bundle, bundles.id), eq(versions.version, bundles.version)))
    .where(
      and(
        eq(bundles.workspace, workspace),
        isNull(bundles.deletedAt),
        or(mentions(bundles.draft, connection), mentions(versions.body, connection)),
      ),
    )
    .orderBy(asc(bundles.number));
  return rows.map((row) => ({
    id: row.id,
    number: row.number,
    name: row.name,
    state: row.state as BundleState,
    pausedBy: row.pausedBy as PausedBy | null,
    hasDraft: row.draft !== null && row.version > 0,
    connectors: connectorsOf(row.draft ?? row.body),
    isLive: row.isLive,
  }));
}

/** Pauses those of the bundles that are active; answers with the ones it paused. */
export async function pauseBundles(tx: Tx, ids: readonly string[], pausedBy: PausedBy): Promise<string[]> {
  if (ids.length === 0) return [];
  const rows = await tx
    .update(bundles)
    .set({ state: "paused", pausedBy, updatedAt: sql`now()` })
    .where(and(sql`${bundles.id} in ${ids}`, eq(bundles.state, "active")))
    .returning({ id: bundles.id });
  return rows.map((row) => row.id);
}

function connectorsOf(stored: unknown): string[] {
  const read = Bundle.safeParse(stored);
  if (!read.success) return [];
  const { trigger, steps } = read.data;
  const keys = steps.flatMap((step) => (step.kind === "action" ? [step.connector] : []));
  return [...new Set(trigger ? [trigger.connector, ...keys] : keys)];
}

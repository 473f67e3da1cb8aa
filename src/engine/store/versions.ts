/** Frozen bundles: as runs need them, and as people go back to them. */
import { and, desc, eq, isNotNull, lt, sql } from "drizzle-orm";
import { bundles, drafts, members, versions } from "../../db/schema.ts";
import { Bundle } from "../bundle/model.ts";
import type { Sql, Tx } from "../parts.ts";

export async function readVersion(db: Sql, bundle: string, version: number): Promise<Bundle | undefined> {
  const [row] = await db
    .select({ body: versions.body })
    .from(versions)
    .where(and(eq(versions.bundle, bundle), eq(versions.version, version)));
  return row && Bundle.parse(row.body);
}

/** The number of the live version; undefined when the bundle is gone or was never started. */
export async function newestVersion(db: Sql, bundle: string): Promise<number | undefined> {
  const [row] = await db.select({ version: bundles.version }).from(bundles).where(eq(bundles.id, bundle));
  return row && row.version > 0 ? row.version : undefined;
}

// ---------------------------------------------------------------- published

export interface Published {
  readonly version: number;
  readonly publishedAt: Date;
  /** Null: who published it is gone. */
  readonly by: string | null;
  readonly former: number | null;
  readonly sameAs: number | null;
  readonly body: Bundle;
}

/** Versions that were live once, newest first; or the one that is named. */
export async function readPublished(db: Sql, bundle: string, which: number | { most: number }): Promise<Published[]> {
  const rows = await db
    .select({
      version: versions.version,
      publishedAt: versions.publishedAt,
      by: members.name,
      former: versions.former,
      sameAs: versions.sameAs,
      body: versions.body,
    })
    .from(versions)
    .leftJoin(members, eq(members.id, versions.by))
    .where(
      and(
        eq(versions.bundle, bundle),
        isNotNull(versions.publishedAt),
        typeof which === "number" ? eq(versions.version, which) : undefined,
      ),
    )
    .orderBy(desc(versions.version))
    .limit(typeof which === "number" ? 1 : which.most);
  return rows.map(({ body, publishedAt, ...row }) => ({
    ...row,
    publishedAt: publishedAt ?? new Date(0),
    body: Bundle.parse(body),
  }));
}

/** The live version before the one that is live, and whether an edit of the draft can be taken back. */
export async function readAside(db: Sql, bundle: string): Promise<{ former: number | null; canUndoEdit: boolean }> {
  const [row] = await db
    .select({
      former: versions.former,
      canUndoEdit: sql<boolean>`exists(select from ${drafts} where ${drafts.bundle} = ${bundles.id})`,
    })
    .from(bundles)
    .leftJoin(versions, and(eq(versions.bundle, bundles.id), eq(versions.version, bundles.version)))
    .where(eq(bundles.id, bundle));
  return row ?? { former: null, canUndoEdit: false };
}

// ---------------------------------------------------------------- former drafts

export interface FormerDraft {
  /** The revision from which the edit began. */
  readonly revision: number;
  readonly body: Bundle | null;
  readonly name: string;
}

/** Keeps what an edit is about to change; the oldest beyond `most` are forgotten. */
export async function pushDraft(tx: Tx, bundle: string, draft: FormerDraft, most: number): Promise<void> {
  await tx.insert(drafts).values({ bundle, ...draft });
  const oldest = tx
    .select({ revision: drafts.revision })
    .from(drafts)
    .where(eq(drafts.bundle, bundle))
    .orderBy(desc(drafts.revision))
    .offset(most - 1)
    .limit(1);
  await tx.delete(drafts).where(and(eq(drafts.bundle, bundle), lt(drafts.revision, sql`(${oldest})`)));
}

/** Takes the newest one off. */
export async function popDraft(tx: Tx, bundle: string): Promise<FormerDraft | undefined> {
  const newest = tx
    .select({ revision: sql<number>`max(${drafts.revision})` })
    .from(drafts)
    .where(eq(drafts.bundle, bundle));
  const [row] = await tx
    .delete(drafts)
    .where(and(eq(drafts.bundle, bundle), eq(drafts.revision, sql`(${newest})`)))
    .returning();
  return row && { revision: row.revision, name: row.name, body: row.body === null ? null : Bundle.parse(row.body) };
}

export async function forgetDrafts(tx: Tx, bundle: string): Promise<void> {
  await tx.delete(drafts).where(eq(drafts.bundle, bundle));
}

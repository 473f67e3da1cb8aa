/** Bundles with their drafts and versions, and what their cards show. */
import { and, asc, desc, eq, isNull, sql } from "drizzle-orm";
import type { JsonObject, Locale } from "../../connectors/kit/fields.ts";
import { bundles, members, runs, triggers, versions, workspaces } from "../../db/schema.ts";
import { Bundle, EMPTY_BUNDLE } from "../bundle/model.ts";
import type { BundleState, PausedBy, RunState } from "../engine.ts";
import type { Sql, Tx } from "../parts.ts";

export interface StoredBundle {
  readonly id: string;
  readonly workspace: string;
  readonly number: number;
  readonly name: string;
  readonly state: BundleState;
  readonly pausedBy: PausedBy | null;
  readonly draft: Bundle | null;
  /** The live version's body; null before the first start. */
  readonly live: Bundle | null;
  readonly revision: number;
  /** Number of the live version; 0 before the first start. */
  readonly version: number;
  readonly sample: { readonly item: JsonObject; readonly from: "event" | "fetched"; readonly at: Date | null } | null;
}

const columns = { row: bundles, live: versions.body };
const liveVersion = and(eq(versions.bundle, bundles.id), eq(versions.version, bundles.version));
type Row = { row: typeof bundles.$inferSelect; live: unknown };

function stored({ row, live }: Row): StoredBundle {
  const { id, workspace, number, name, revision, version } = row;
  const from = row.sampleFrom === "event" ? "event" : "fetched";
  return {
    id,
    workspace,
    number,
    name,
    revision,
    version,
    state: row.state as BundleState,
    pausedBy: row.pausedBy as PausedBy | null,
    draft: row.draft === null ? null : (Bundle.safeParse(row.draft).data ?? EMPTY_BUNDLE),
    live: live === null ? null : (Bundle.safeParse(live).data ?? null),
    sample: row.sample === null ? null : { item: row.sample as JsonObject, from, at: row.sampleAt },
  };
}

/** Bundles of a workspace by number, deleted ones left out. */
export async function listBundles(db: Sql, workspace: string): Promise<StoredBundle[]> {
  const rows = await db
    .select(columns)
    .from(bundles)
    .leftJoin(versions, liveVersion)
    .where(and(eq(bundles.workspace, workspace), isNull(bundles.deletedAt)))
    .orderBy(asc(bundles.number));
  return rows.map(stored);
}

export async function readBundle(db: Sql, workspace: string, id: string): Promise<StoredBundle | undefined> {
  const rows = await db
    .select(columns)
    .from(bundles)
    .leftJoin(versions, liveVersion)
    .where(and(eq(bundles.id, id), eq(bundles.workspace, workspace), isNull(bundles.deletedAt)));
  return rows.map(stored)[0];
}

/**
 * As readBundle; nobody else changes it or its events' order until the transaction ends. Throws where the stored draft
 * can't be read: showing it as empty is bearable, writing over it is not.
 */
export async function lockBundle(tx: Tx, workspace: string, id: string): Promise<StoredBundle | undefined> {
  const [row] = await tx
    .select({ draft: bundles.draft })
    .from(bundles)
    .where(and(eq(bundles.id, id), eq(bundles.workspace, workspace)))
    .for("no key update");
  if (row && row.draft !== null) Bundle.parse(row.draft);
  return readBundle(tx, workspace, id);
}

/** A draft with the workspace's next number, which is never given again. */
export async function insertBundle(
  tx: Tx,
  made: { id: string; workspace: string; name: string; draft: Bundle; sample?: StoredBundle["sample"] },
): Promise<void> {
  const { id, workspace, name, draft, sample } = made;
  const [next] = await tx
    .update(workspaces)
    .set({ lastNumber: sql`${workspaces.lastNumber} + 1` })
    .where(eq(workspaces.id, workspace))
    .returning({ number: workspaces.lastNumber });
  if (next === undefined) throw new Error("no such workspace");
  const kept = sample ? { sample: sample.item, sampleAt: sample.at, sampleFrom: sample.from } : {};
  await tx.insert(bundles).values({ id, workspace, number: next.number, name, state: "draft", draft, ...kept });
}

/** Writes the draft as its next revision; `forgetSample` where it belongs to another trigger now. */
export async function writeDraft(
  tx: Tx,
  id: string,
  draft: Bundle | null,
  change: { name?: string; forgetSample?: boolean } = {},
): Promise<void> {
  const { name, forgetSample } = change;
  await tx
    .update(bundles)
    .set({
      draft,
      revision: sql`${bundles.revision} + 1`,
      updatedAt: sql`now()`,
      ...(name === undefined ? {} : { name }),
      ...(forgetSample ? { sample: null, sampleAt: null, sampleFrom: null } : {}),
    })
    .where(eq(bundles.id, id));
}

export async function writeBundleName(db: Sql, id: string, name: string): Promise<void> {
  await db.update(bundles).set({ name, updatedAt: sql`now()` }).where(eq(bundles.id, id));
}

export async function writeBundleState(
  tx: Tx,
  id: string,
  state: BundleState,
  pausedBy: PausedBy | null,
): Promise<void> {
  await tx.update(bundles).set({ state, pausedBy, updatedAt: sql`now()` }).where(eq(bundles.id, id));
}

/** Freezes the body under the next number; the newest version is taken again where it is the same. */
export async function freeze(tx: Tx, bundle: string, body: Bundle, by: string): Promise<number> {
  const [newest] = await tx
    .select({ version: versions.version, same: sql<boolean>`${versions.body} = ${JSON.stringify(body)}::jsonb` })
    .from(versions)
    .where(eq(versions.bundle, bundle))
    .orderBy(desc(versions.version))
    .limit(1);
  if (newest?.same) return newest.version;
  const version = (newest?.version ?? 0) + 1;
  await tx.insert(versions).values({ bundle, version, body, by });
  return version;
}

/**
 * The frozen version becomes the live one; `former` is where an undo leads. The draft goes into it, unless it is kept
 * beside it.
 */
export async function publishVersion(
  tx: Tx,
  id: string,
  version: number,
  how: { at: Date; former: number | null; sameAs?: number; keepDraft?: boolean },
): Promise<void> {
  const { at, former, sameAs = null, keepDraft = false } = how;
  await tx
    .update(versions)
    .set({ publishedAt: at, former, sameAs })
    .where(and(eq(versions.bundle, id), eq(versions.version, version)));
  await tx
    .update(bundles)
    .set({
      version,
      revision: sql`${bundles.revision} + 1`,
      updatedAt: sql`now()`,
      ...(keepDraft ? {} : { draft: null }),
    })
    .where(eq(bundles.id, id));
}

/** Nothing finds it any more but the history of its runs. */
export async function deleteBundle(tx: Tx, id: string, at: Date): Promise<void> {
  await tx.update(bundles).set({ state: "paused", deletedAt: at, updatedAt: at }).where(eq(bundles.id, id));
}

/** A card is shown often, and a busy bundle has millions of runs: its newest are counted. */
const MOST_COUNTED = 10_000;

export interface Tally {
  /** How many runs were counted, where there are older ones. */
  readonly newest?: number;
  readonly states: Readonly<Partial<Record<RunState, number>>>;
  readonly last: readonly RunState[];
}

/** A failed run whose record another run took over is nobody's failure any more. */
const shownState = sql<string>`case when ${runs.state} = 'failed' and ${runs.error}->>'repeated' is not null
  then 'repeated' else ${runs.state} end`;

/** Newest runs of a bundle by state, and the states of its newest ten. */
export async function tallyRuns(db: Sql, bundle: string, most = MOST_COUNTED): Promise<Tally> {
  // One more than is counted tells whether there are older ones.
  const newest = db
    .select({
      state: shownState.as("state"),
      at: sql<number>`row_number() over (order by ${runs.seq} desc)`.as("at"),
    })
    .from(runs)
    .where(eq(runs.bundle, bundle))
    .orderBy(desc(runs.seq))
    .limit(most + 1)
    .as("newest");
  const [counted, last] = await Promise.all([
    db
      .select({
        state: newest.state,
        count: sql<number>`(count(*) filter (where ${newest.at} <= ${most}))::int`,
        older: sql<boolean>`bool_or(${newest.at} > ${most})`,
      })
      .from(newest)
      .groupBy(newest.state),
    db.select({ state: runs.state }).from(runs).where(eq(runs.bundle, bundle)).orderBy(desc(runs.seq)).limit(10),
  ]);
  return {
    ...(counted.some(({ older }) => older) ? { newest: most } : {}),
    states: Object.fromEntries(counted.map(({ state, count }) => [state, count])),
    last: last.map(({ state }) => state as RunState),
  };
}

/** Counts of what the trigger saw and didn't pass on. */
export async function tallyTrigger(db: Sql, bundle: string): Promise<{ filtered: number; repeated: number }> {
  const [row] = await db
    .select({ filtered: triggers.filtered, repeated: triggers.repeated })
    .from(triggers)
    .where(eq(triggers.bundle, bundle));
  return row ?? { filtered: 0, repeated: 0 };
}

/** The event of the newest run. */
export async function newestEvent(db: Sql, bundle: string): Promise<{ event: JsonObject; record: string } | undefined> {
  const [row] = await db
    .select({ event: runs.event, record: runs.record })
    .from(runs)
    .where(eq(runs.bundle, bundle))
    .orderBy(desc(runs.seq))
    .limit(1);
  return row && { event: row.event as JsonObject, record: row.record };
}

/** Language of a member; Russian for one who is gone. */
export async function readLocale(db: Sql, member: string): Promise<Locale> {
  const [row] = await db.select({ locale: members.locale }).from(members).where(eq(members.id, member));
  return row?.locale === "en" ? "en" : "ru";
}

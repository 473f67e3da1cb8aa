/** The live end of bundles' triggers: address, time mark, cursor, lease; and the keys that each has seen. */
import { and, asc, eq, inArray, isNotNull, isNull, lte, ne, or, sql } from "drizzle-orm";
import type { Json, JsonObject, Text } from "../../connectors/kit/define.ts";
import { bundles, triggers, versions, workspaces } from "../../db/schema.ts";
import { Bundle } from "../bundle/model.ts";
import type { BundleState, Failure } from "../engine.ts";
import type { Sql, Tx } from "../parts.ts";

export interface TriggerRow {
  readonly bundle: string;
  readonly token: string;
  readonly connector: string;
  readonly trigger: string;
  readonly connection: string | null;
  readonly subscription: Subscription | null;
  readonly subscribeAt: Date | null;
  readonly subscribeError: SubscribeError | null;
  readonly since: Date | null;
  readonly cursor: Json;
  readonly polledAt: Date | null;
  readonly nextAt: Date | null;
  readonly asked: boolean;
  readonly leasedUntil: Date | null;
  readonly failures: number;
  readonly error: TriggerError | null;
  /** Requests to the address that couldn't be taken. */
  readonly refused: number;
  readonly refusedAt: Date | null;
  readonly refusedWhy: Text | null;
}
export interface SubscribeError extends Failure {
  /** Refusals in a row. */
  readonly attempts: number;
}
/** What subscribe() returned, and for whom, so that it is taken back from the right one. */
export interface Subscription {
  readonly connector: string;
  readonly trigger: string;
  readonly connection: string | null;
  readonly state: JsonObject;
  /** At an app's address: what of the account the bundle listens to. */
  readonly route?: string | null;
  /** The connection's account at that time. */
  readonly account?: string | null;
  /** Where the service was told to send, and a hash of what it was asked for; absent in what older versions stored. */
  readonly url?: string;
  readonly wants?: string;
}
export interface TriggerError extends Failure {
  /** ISO time of the first failure in a row. */
  readonly firstAt: string;
  readonly isTold: boolean;
}

/** A bundle as the way in sees it. */
export interface Live {
  readonly bundle: string;
  readonly workspace: string;
  readonly state: BundleState;
  readonly version: number;
  /** The live version; a draft's own body where there is none. */
  readonly body: Bundle;
  readonly row: TriggerRow;
  /** Paused, or one of its connections is broken: what comes is held. */
  readonly isHeld: boolean;
  /** Earlier deliveries wait; what comes now goes behind them. */
  readonly hasWaiting: boolean;
  readonly sampleFrom: string | null;
  readonly settings: { readonly timeZone: string; readonly country: string; readonly locale: "ru" | "en" };
}

/** Versions never change, so each is parsed once. */
const bodies = new Map<string, Bundle>();
const MAX_BODIES = 2_000;

/** Everything that happens to a bundle's events happens under this lock, so that their order is one. */
export async function lockBundles(tx: Tx, ids: readonly string[]): Promise<void> {
  await tx
    .select({ id: bundles.id })
    .from(bundles)
    .where(inArray(bundles.id, [...ids]))
    .orderBy(asc(bundles.id))
    .for("no key update");
}

export const brokenConnection = sql`exists(select from connections c where c.workspace = ${bundles.workspace}
  and c.state = 'broken' and exists(select from versions v where v.bundle = ${bundles.id}
  and v.version = ${bundles.version} and strpos(v.body::text, c.id) > 0))`;

const live = {
  bundle: bundles.id,
  workspace: bundles.workspace,
  state: bundles.state,
  version: bundles.version,
  draft: sql<unknown>`case when ${bundles.version} = 0 then ${bundles.draft} end`,
  row: triggers,
  isHeld: sql<boolean>`${bundles.state} = 'paused' or ${brokenConnection}`,
  hasWaiting: sql<boolean>`exists(select from deliveries d where d.bundle = ${bundles.id}
    and d.state in ('open', 'taken', 'held'))`,
  sampleFrom: bundles.sampleFrom,
  timeZone: workspaces.timeZone,
  country: workspaces.country,
  locale: sql<string | null>`(select m.locale from members m where m.workspace = ${bundles.workspace}
    order by (m.role = 'owner') desc, m.created_at limit 1)`,
};

/** Bundles with a trigger that aren't deleted. Inside a transaction: after lockBundles. */
export async function readLive(db: Sql, which: { ids: readonly string[] } | { token: string }): Promise<Live[]> {
  const rows = await db
    .select(live)
    .from(bundles)
    .innerJoin(triggers, eq(triggers.bundle, bundles.id))
    .innerJoin(workspaces, eq(workspaces.id, bundles.workspace))
    .where(
      and(
        isNull(bundles.deletedAt),
        "ids" in which ? inArray(bundles.id, [...which.ids]) : eq(triggers.token, which.token),
      ),
    );
  const found: Live[] = [];
  for (const { draft, timeZone, country, locale, state, row, ...rest } of rows) {
    const body = rest.version === 0 ? Bundle.safeParse(draft).data : await readBody(db, rest.bundle, rest.version);
    if (!body) continue;
    const settings = { timeZone, country, locale: locale === "en" ? ("en" as const) : ("ru" as const) };
    found.push({ ...rest, state: state as BundleState, body, row: row as TriggerRow, settings });
  }
  return found;
}

async function readBody(db: Sql, bundle: string, version: number): Promise<Bundle | undefined> {
  const key = `${bundle} ${version}`;
  const known = bodies.get(key);
  if (known) return known;
  const [row] = await db
    .select({ body: versions.body })
    .from(versions)
    .where(and(eq(versions.bundle, bundle), eq(versions.version, version)));
  const body = Bundle.safeParse(row?.body).data;
  if (!body) return undefined;
  if (bodies.size >= MAX_BODIES) for (const old of [...bodies.keys()].slice(0, MAX_BODIES / 2)) bodies.delete(old);
  bodies.set(key, body);
  return body;
}

export async function readTrigger(db: Sql, bundle: string): Promise<TriggerRow | undefined> {
  const [row] = await db.select().from(triggers).where(eq(triggers.bundle, bundle));
  return row as TriggerRow | undefined;
}

/** Bundles that listen at a shared address: of a connection, or of an app, there to some routes or to all. */
export async function listeners(
  db: Sql,
  connector: string,
  triggerKeys: readonly string[],
  at: { connection: string } | { routes: readonly string[] | null },
): Promise<string[]> {
  if ("routes" in at && at.routes?.length === 0) return [];
  const here =
    "connection" in at
      ? eq(triggers.connection, at.connection)
      : at.routes === null
        ? undefined
        : inArray(sql`${triggers.subscription}->>'route'`, [...at.routes]);
  const rows = await db
    .select({ bundle: triggers.bundle })
    .from(triggers)
    .where(and(eq(triggers.connector, connector), inArray(triggers.trigger, [...triggerKeys]), here))
    .orderBy(asc(triggers.bundle));
  return rows.map((row) => row.bundle);
}

/** Bundles that hold a subscription through the connection. */
export async function subscribedThrough(db: Sql, connection: string): Promise<TriggerRow[]> {
  const rows = await db
    .select({ row: triggers })
    .from(triggers)
    .innerJoin(bundles, eq(bundles.id, triggers.bundle))
    .where(and(isNull(bundles.deletedAt), sql`${triggers.subscription}->>'connection' = ${connection}`));
  return rows.map(({ row }) => row as TriggerRow);
}

/** Other bundles that live from the same subscription of a shared address. */
export async function sharers(
  tx: Tx,
  bundle: string,
  shared: Subscription,
  by: "connection" | "route",
): Promise<string[]> {
  const rows = await tx
    .select({ bundle: triggers.bundle })
    .from(triggers)
    .innerJoin(bundles, eq(bundles.id, triggers.bundle))
    .where(
      and(
        isNull(bundles.deletedAt),
        ne(triggers.bundle, bundle),
        sql`${triggers.subscription}->>'connector' = ${shared.connector}`,
        sql`${triggers.subscription}->>'trigger' = ${shared.trigger}`,
        by === "connection"
          ? sql`${triggers.subscription}->>'connection' = ${shared.connection}`
          : sql`${triggers.subscription}->>'route' is not distinct from ${shared.route ?? null}::text`,
      ),
    );
  return rows.map((row) => row.bundle);
}

/** Until the transaction ends nobody else makes or removes this subscription, in any process. */
export async function lockSubscription(tx: Tx, name: string): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`subscription ${name}`}, 0))`);
}

export type TriggerChange = Partial<Omit<TriggerRow, "bundle" | "token">>;

/** Makes the row with this token, or changes it and keeps the token that it has. Answers with the token. */
export async function putTrigger(
  tx: Tx,
  row: Pick<TriggerRow, "bundle" | "token" | "connector" | "trigger" | "connection">,
  change: TriggerChange,
): Promise<string> {
  const { bundle, token, ...what } = row;
  const [put] = await tx
    .insert(triggers)
    .values({ bundle, token, ...what, ...change })
    .onConflictDoUpdate({ target: triggers.bundle, set: { ...what, ...change } })
    .returning({ token: triggers.token });
  return put?.token ?? token;
}

export async function changeTrigger(db: Sql, bundle: string, change: TriggerChange): Promise<void> {
  await db.update(triggers).set(change).where(eq(triggers.bundle, bundle));
}

/** The change of one who holds the lease; false when another process has it now, and nothing was changed. */
export async function changeLeased(db: Sql, bundle: string, lease: Date, change: TriggerChange): Promise<boolean> {
  const rows = await db
    .update(triggers)
    .set(change)
    .where(and(eq(triggers.bundle, bundle), eq(triggers.leasedUntil, lease)))
    .returning({ bundle: triggers.bundle });
  return rows.length > 0;
}

/**
 * Takes triggers whose time has come (or that a person asks now) under a lease: whoever else looks meanwhile doesn't
 * see them. Bundles whose connections are broken aren't asked: the answer would only be the same refusal.
 */
export async function claimDue(db: Sql, now: Date, lease: Date, limit: number): Promise<string[]> {
  // Most ticks find nothing; they shall cost one read. The locks come second, and by id: `in (select … for update)`
  // may run its subquery again for every row and take more than the limit.
  if (limit <= 0 || (await dueTriggers(db, now, 1)).length === 0) return [];
  return db.transaction(async (tx) => {
    const rows = await dueTriggers(tx, now, limit).for("update", { of: triggers, skipLocked: true });
    const ids = rows.map((row) => row.bundle);
    if (ids.length > 0) {
      await tx.update(triggers).set({ leasedUntil: lease }).where(inArray(triggers.bundle, ids));
    }
    return ids;
  });
}

/** Bundles that listen: paused ones hold what comes. */
const listens = and(inArray(bundles.state, ["active", "paused"]), isNull(bundles.deletedAt));

/** The live ends of all bundles that listen; of paused ones those that are subscribed. */
export async function listeningTriggers(db: Sql): Promise<TriggerRow[]> {
  const rows = await db
    .select({ row: triggers })
    .from(triggers)
    .innerJoin(bundles, eq(bundles.id, triggers.bundle))
    .where(and(listens, or(eq(bundles.state, "active"), isNotNull(triggers.subscription))));
  return rows.map(({ row }) => row as TriggerRow);
}

/** Bundles that listen without a subscription of ours: if the service knows their address, a person told it. */
export async function handTriggers(
  db: Sql,
): Promise<{ bundle: string; workspace: string; connector: string; trigger: string }[]> {
  return db
    .select({
      bundle: triggers.bundle,
      workspace: bundles.workspace,
      connector: triggers.connector,
      trigger: triggers.trigger,
    })
    .from(triggers)
    .innerJoin(bundles, eq(bundles.id, triggers.bundle))
    .where(and(listens, isNull(triggers.subscription)))
    .orderBy(asc(bundles.number));
}

/** Plans the subscriptions of these bundles; one that is planned already (a refused one waits) keeps its time. */
export async function planSubscribing(db: Sql, ids: readonly string[], at: Date): Promise<void> {
  if (ids.length === 0) return;
  await db
    .update(triggers)
    .set({ subscribeAt: at })
    .where(and(inArray(triggers.bundle, [...ids]), isNull(triggers.subscribeAt)));
}

/** Takes bundles whose subscription is to be asked for; the lease is when they are looked at again should we die. */
export async function claimSubscribing(db: Sql, now: Date, lease: Date, limit: number): Promise<string[]> {
  const waiting = (of: Sql) =>
    of
      .select({ bundle: triggers.bundle })
      .from(triggers)
      .innerJoin(bundles, eq(bundles.id, triggers.bundle))
      .where(and(lte(triggers.subscribeAt, now), listens))
      .limit(limit);
  if ((await waiting(db)).length === 0) return [];
  return db.transaction(async (tx) => {
    const ids = (await waiting(tx).for("update", { of: triggers, skipLocked: true })).map((row) => row.bundle);
    if (ids.length > 0) await tx.update(triggers).set({ subscribeAt: lease }).where(inArray(triggers.bundle, ids));
    return ids;
  });
}

/** Triggers to be asked. */
export function dueTriggers(db: Sql, now: Date, limit: number) {
  return db
    .select({ bundle: triggers.bundle })
    .from(triggers)
    .innerJoin(bundles, eq(bundles.id, triggers.bundle))
    .where(
      and(
        // asked without a plan belongs to a webhook that waits for its sample
        isNotNull(triggers.nextAt),
        or(eq(triggers.asked, true), lte(triggers.nextAt, now)),
        or(isNull(triggers.leasedUntil), lte(triggers.leasedUntil, now)),
        eq(bundles.state, "active"),
        isNull(bundles.deletedAt),
        sql`not ${brokenConnection}`,
      ),
    )
    .orderBy(asc(triggers.nextAt))
    .limit(limit);
}

/** Counts of what didn't become a run, and the time of what did. */
export async function count(
  tx: Tx,
  bundle: string,
  add: { filtered: number; repeated: number; lastEventAt: Date | null },
): Promise<void> {
  await tx
    .update(triggers)
    .set({
      filtered: sql`${triggers.filtered} + ${add.filtered}`,
      repeated: sql`${triggers.repeated} + ${add.repeated}`,
      ...(add.lastEventAt ? { lastEventAt: add.lastEventAt } : {}),
    })
    .where(eq(triggers.bundle, bundle));
}

/** The newest item that a bundle was shown or brought; undefined: none yet. */
export async function readSample(db: Sql, bundle: string): Promise<JsonObject | undefined> {
  const [row] = await db.select({ sample: bundles.sample }).from(bundles).where(eq(bundles.id, bundle));
  return (row?.sample as JsonObject | null | undefined) ?? undefined;
}

export async function writeSample(
  db: Sql,
  bundle: string,
  sample: { item: JsonObject; from: "event" | "fetched"; at: Date },
): Promise<void> {
  const { item, from, at } = sample;
  await db.update(bundles).set({ sample: item, sampleAt: at, sampleFrom: from }).where(eq(bundles.id, bundle));
}

/** Active bundles whose live version uses the connection. */
export async function activeWith(db: Sql, connection: string): Promise<string[]> {
  const rows = await db
    .select({ id: bundles.id })
    .from(bundles)
    .innerJoin(versions, and(eq(versions.bundle, bundles.id), eq(versions.version, bundles.version)))
    .where(
      and(
        eq(bundles.state, "active"),
        isNull(bundles.deletedAt),
        sql`strpos(${versions.body}::text, ${connection}) > 0`,
      ),
    );
  return rows.map((row) => row.id);
}

/** Active bundles whose polls share the connection, so that together they keep within what it is granted a day. */
export async function countPollers(db: Sql, connection: string): Promise<number> {
  const [row] = await db
    .select({ count: sql<number>`count(*)::int` })
    .from(triggers)
    .innerJoin(bundles, eq(bundles.id, triggers.bundle))
    .where(
      and(
        eq(triggers.connection, connection),
        isNotNull(triggers.nextAt),
        eq(bundles.state, "active"),
        isNull(bundles.deletedAt),
      ),
    );
  return row?.count ?? 0;
}

/** Failures with one cause, and what they do to their bundle. */
import { and, between, desc, eq, isNotNull, isNull, or, type SQL, sql } from "drizzle-orm";
import type { Json } from "../../connectors/kit/define.ts";
import { jsonbText } from "../../db/json.ts";
import { incidents } from "../../db/schema.ts";
import type { Failure } from "../engine.ts";
import type { Sql } from "../parts.ts";
import { EVENT_TOO_LARGE, type Ready } from "./runs.ts";

/** Of a run `r`: its record goes on in no later run. */
const isNotRepeated = sql`r.error->>'repeated' is null`;
/** Of a failed run `r`: a repeat could bring its record through. */
const isRepeatable = sql`(${isNotRepeated} and r.error->>'code' is distinct from ${EVENT_TOO_LARGE})`;
/** Of an incident `i`: its connection is known to be dead, whatever a call that was under way brought. */
const isBroken = sql`exists (select from connections c where c.id = i.connection and c.state = 'broken')`;

/** The newest failure of an incident. */
export interface Example {
  readonly failure: Failure;
  readonly run: string | null;
  readonly bundle: string;
  readonly step: string;
  /** The version that the run went through. */
  readonly version: number | null;
  /** The last run before the bundle's pause, or its resume; failures up to it aren't counted again. */
  readonly pausedAt?: number;
}

export interface Failed {
  readonly id: string;
  readonly workspace: string;
  /** Null where the incident belongs to a connection. */
  readonly bundle: string | null;
  readonly connection: string | null;
  readonly step: string | null;
  readonly class: string;
  readonly cause: string;
  readonly example: Omit<Example, "version" | "pausedAt">;
}

/** One more failure of its cause, or the first; an open incident keeps its id. */
export async function countFailure(tx: Sql, failed: Failed, now: Date): Promise<{ id: string; count: number }> {
  const at = now.toISOString();
  const [row] = await tx.execute<{ id: string; count: number }>(sql`
    insert into incidents as i (id, workspace, bundle, connection, step, class, cause, example, count, first_at, last_at)
    values (${failed.id}, ${failed.workspace}, ${failed.bundle}, ${failed.connection}, ${failed.step}, ${failed.class},
      ${failed.cause},
      ${jsonbText(failed.example)}::jsonb || jsonb_build_object('version', (select version from runs where id = ${failed.example.run})),
      1, ${at}::timestamptz, ${at}::timestamptz)
    on conflict (workspace, cause) where solved_at is null do update set
      count = i.count + 1, last_at = excluded.last_at, class = excluded.class,
      example = excluded.example || jsonb_strip_nulls(jsonb_build_object('pausedAt', i.example->'pausedAt'))
    returning id, count`);
  if (!row) throw new Error("an incident was neither found nor made");
  return row;
}

/** Whether one more cause may be opened at this step: it is open already, or there are fewer than `most` of its class. */
export async function hasRoom(
  tx: Sql,
  at: { workspace: string; bundle: string; step: string; class: string; cause: string },
  most: number,
): Promise<boolean> {
  const [row] = await tx.execute<{ yes: boolean }>(sql`
    select coalesce(bool_or(cause = ${at.cause}), false) or count(*) < ${most} as yes from incidents
     where workspace = ${at.workspace} and bundle = ${at.bundle} and step = ${at.step} and class = ${at.class}
       and solved_at is null`);
  return row?.yes !== false;
}

/** What the step had sent when it failed last. */
export async function sentBy(tx: Sql, run: string, step: string): Promise<Json> {
  const [row] = await tx.execute<{ input: Json }>(sql`
    select a.input from attempts a join runs r on r.seq = a.run
     where r.id = ${run} and a.step = ${step} and a.input is not null order by a.seq desc limit 1`);
  return row?.input ?? null;
}

/**
 * Solves what a success disproves. A success of one record says nothing of another record's bad data: such an incident
 * is solved when none of its runs is failed any more, or when the bundle was changed since.
 */
export async function solve(
  tx: Sql,
  run: {
    workspace: string;
    bundle: string;
    steps: readonly string[];
    connections: readonly string[];
    version: number | null;
  },
  now: Date,
): Promise<readonly string[]> {
  const steps = JSON.stringify(run.steps);
  const connections = JSON.stringify(run.connections);
  const rows = await tx.execute<{ id: string }>(sql`
    update incidents i set solved_at = ${now.toISOString()}::timestamptz
     where i.workspace = ${run.workspace} and i.solved_at is null
       and not (i.class = 'access' and ${isBroken})
       and ((i.connection in (select value from json_array_elements_text(${connections}::json)))
         or ((i.example->>'bundle') = ${run.bundle}
           and (i.example->>'step') in (select value from json_array_elements_text(${steps}::json))))
       and (i.class in ('temporary', 'access', 'forbidden')
         or i.example->>'run' is null
         or (i.example->>'version')::int < ${run.version}::int
         or not exists (select from runs r where r.incident = i.id
           and (r.state in ('queued', 'running', 'waiting') or (r.state = 'failed' and ${isRepeatable}))))
    returning i.id`);
  return rows.map(({ id }) => id);
}

/** Until the transaction ends nobody else solves an incident of the workspace, or counts into one. */
export async function lockOpen(tx: Sql, workspace: string): Promise<void> {
  await tx.execute(sql`
    select id from incidents where workspace = ${workspace} and solved_at is null order by id for update`);
}

/** Access errors whose connection is alive again. */
export async function solveReconnected(tx: Sql, now: Date): Promise<readonly { id: string; workspace: string }[]> {
  return tx.execute<{ id: string; workspace: string }>(sql`
    update incidents i set solved_at = ${now.toISOString()}::timestamptz
      from connections c
     where c.id = i.connection and i.solved_at is null and i.class = 'access'
       and c.state = 'alive' and c.checked_at > i.last_at
    returning i.id, i.workspace`);
}

/** Access errors of a connection that was just proved alive: solved ones too, while runs of theirs are failed. */
export async function solveConnection(
  tx: Sql,
  at: { workspace: string; connection: string },
  now: Date,
): Promise<readonly string[]> {
  const rows = await tx.execute<{ id: string }>(sql`
    update incidents i set solved_at = coalesce(i.solved_at, ${now.toISOString()}::timestamptz)
     where i.workspace = ${at.workspace} and i.connection = ${at.connection} and i.class = 'access'
       and (i.solved_at is null or exists (
         select from runs r where r.incident = i.id and r.state = 'failed' and ${isRepeatable}))
    returning i.id`);
  return rows.map(({ id }) => id);
}

/** Outcomes of a bundle up to a run, the newest first; not further back than its last pause. */
export async function lastOutcomes(
  tx: Sql,
  bundle: string,
  run: string,
  since: Date,
  limit: number,
): Promise<readonly { seq: number; failed: boolean }[]> {
  const rows = await tx.execute<{ seq: string; failed: boolean }>(sql`
    select r.seq, r.state = 'failed' as failed from runs r
     where r.bundle = ${bundle} and r.state in ('succeeded', 'failed')
       and r.seq <= (select seq from runs where id = ${run})
       and r.seq > coalesce((select max((i.example->>'pausedAt')::bigint) from incidents i where i.bundle = ${bundle}), 0)
       and r.created_at > ${since.toISOString()}::timestamptz
     order by r.seq desc limit ${limit}`);
  return rows.map((row) => ({ seq: Number(row.seq), failed: row.failed }));
}

export async function markPausedAt(tx: Sql, incident: string, seq: number): Promise<void> {
  await tx.execute(sql`
    update incidents set example = example || jsonb_build_object('pausedAt', ${seq}::bigint) where id = ${incident}`);
}

/** A bundle goes on after a pause: no run taken in until now counts for the next one, those that were under way included. */
export async function forgetStreak(tx: Sql, bundle: string): Promise<void> {
  await tx.execute(sql`
    update incidents set example = example || jsonb_build_object('pausedAt',
             (select coalesce(max(r.seq), 0) from runs r where r.bundle = ${bundle}))
     where id = (select i.id from incidents i where i.bundle = ${bundle} order by i.last_at desc limit 1)`);
}

/** True for the one call that made it the first. */
export async function markFirstSuccess(tx: Sql, bundle: string, now: Date): Promise<boolean> {
  const rows = await tx.execute(sql`
    update bundles set first_success_at = ${now.toISOString()}::timestamptz
     where id = ${bundle} and first_success_at is null returning id`);
  return rows.length > 0;
}

// ---------------------------------------------------------------- shown and repeated

export type IncidentRow = typeof incidents.$inferSelect & {
  open: number;
  newest: string | null;
  records: number;
  waiting: number;
};

/** Of its runs `r`. Qualified by hand: drizzle leaves the table out in a select of one table, and `id` would be the run's. */
const runsOf = (which: SQL) => sql<number>`(
  select count(*)::int from runs r where r.incident = "incidents"."id" and ${which})`;
const isOpen = sql`r.state = 'failed' and ${isRepeatable}`;
export const openRuns = runsOf(isOpen);
const hasOpen = sql`exists (select from runs r where r.incident = "incidents"."id" and ${isOpen})`;
const columns = {
  id: incidents.id,
  workspace: incidents.workspace,
  bundle: incidents.bundle,
  connection: incidents.connection,
  step: incidents.step,
  class: incidents.class,
  cause: incidents.cause,
  example: incidents.example,
  count: incidents.count,
  cards: incidents.cards,
  firstAt: incidents.firstAt,
  lastAt: incidents.lastAt,
  solvedAt: incidents.solvedAt,
  open: openRuns,
  newest: sql<string | null>`(
    select r.id from runs r where r.incident = "incidents"."id" and ${isOpen} order by r.seq desc limit 1)`,
  records: runsOf(isNotRepeated),
  waiting: runsOf(sql`r.state = 'waiting'`),
};

export async function readIncident(db: Sql, workspace: string, id: string): Promise<IncidentRow | undefined> {
  const [row] = await db
    .select(columns)
    .from(incidents)
    .where(and(eq(incidents.workspace, workspace), eq(incidents.id, id)));
  return row;
}

export async function openIncidents(db: Sql, workspace: string, limit: number): Promise<readonly IncidentRow[]> {
  return db
    .select(columns)
    .from(incidents)
    .where(and(eq(incidents.workspace, workspace), isNull(incidents.solvedAt)))
    .orderBy(desc(incidents.lastAt))
    .limit(limit);
}

/** Solved ones with records that never got through, the newest first: what works again doesn't bring them. */
export async function unsettledIncidents(db: Sql, workspace: string, limit: number): Promise<readonly IncidentRow[]> {
  return db
    .select(columns)
    .from(incidents)
    .where(and(eq(incidents.workspace, workspace), isNotNull(incidents.solvedAt), hasOpen))
    .orderBy(desc(incidents.lastAt))
    .limit(limit);
}

/** Met or solved between two moments, the newest first. */
export async function metIncidents(
  db: Sql,
  workspace: string,
  from: Date,
  to: Date,
  limit: number,
): Promise<readonly IncidentRow[]> {
  return db
    .select(columns)
    .from(incidents)
    .where(
      and(
        eq(incidents.workspace, workspace),
        or(between(incidents.lastAt, from, to), between(incidents.solvedAt, from, to)),
      ),
    )
    .orderBy(desc(incidents.lastAt))
    .limit(limit);
}

/** A person took care of its failed runs otherwise: they are left, and can still be repeated one by one. */
export async function cancelFailed(tx: Sql, workspace: string, incident: string): Promise<number> {
  const rows = await tx.execute(sql`
    update runs r set state = 'cancelled' where r.incident = ${incident} and r.workspace = ${workspace} and ${isOpen}
    returning r.id`);
  return rows.length;
}

/** Failed runs of an incident, or the one that is named, the newest first, locked so that a second press finds none. */
export async function lockFailed(
  tx: Sql,
  workspace: string,
  incident: string,
  limit: number,
  run: string | null = null,
): Promise<readonly (Ready & { bundle: string; version: number; step: string | null })[]> {
  return tx.execute<Ready & { bundle: string; version: number; step: string | null } & Record<string, unknown>>(sql`
    select id, workspace, origin, bundle, version, step from runs r
     where r.incident = ${incident} and r.workspace = ${workspace} and ${isOpen}
       and (${run}::text is null or r.id = ${run}::text)
     order by seq desc limit ${limit} for update skip locked`);
}

/** Runs as the worker needs them: taken in, claimed, carried from step to step in one round trip, swept. */
import { sql } from "drizzle-orm";
import type { Json, JsonObject } from "../../connectors/kit/fields.ts";
import { jsonbText } from "../../db/json.ts";
import type { Failure, RunState } from "../engine.ts";
import type { NewRun, Sql } from "../parts.ts";

// ---------------------------------------------------------------- waiting

/** A later run of the record waits for `r`; behind anything else it doesn't. */
export function goesOn(soon: Date) {
  return sql`(r.state in ('queued', 'running') or (r.state = 'waiting' and case r.waits
    when 'delay' then true when 'approval' then false else r.next_at <= ${soon.toISOString()}::timestamptz end))`;
}
/** Nobody has repeated the failed run `r` from the start, or taken care of it otherwise. */
export const isOpen = sql`r.error->>'repeated' is null and r.error->>'passed' is null`;
/** A strict run `b` waits for `r` even so. */
export const holdsUp = sql`(b.strict and (r.state in ('waiting', 'unknown') or (r.state = 'failed' and ${isOpen})))`;

/** Runs of a workspace that wait for a worker, counted up to `limit`; those of migrations hold nothing up. */
export async function countQueued(db: Sql, workspace: string, limit: number): Promise<number> {
  const [row] = await db.execute<{ count: number }>(sql`
    select count(*)::int as count from (
      select from runs where workspace = ${workspace} and state = 'queued' and origin <> 'migration' limit ${limit}) q`);
  return row?.count ?? 0;
}

// ---------------------------------------------------------------- carried on

export interface EntryRow {
  readonly step: string;
  readonly attempt: number;
  readonly element: number;
  readonly state: "calling" | "waiting" | "succeeded" | "failed" | "unknown" | "skipped";
  readonly input: Json;
  readonly output: Json;
  readonly error: StoredFailure | null;
  readonly startedAt: string;
}
/** Code of a run whose event was too large to be kept: the worker ends it at once, and nothing can repeat it. */
export const EVENT_TOO_LARGE = "event_too_large";

/** A failure as it lies in a row, with what only the engine needs. */
export type StoredFailure = Failure & {
  /** When this series of temporary failures began. */
  readonly since?: string;
  /** No more retries followed. */
  readonly final?: boolean;
  /** It ended the passage of its element, and the loop went on. */
  readonly broke?: boolean;
  /** Strict runs of the record were let past. */
  readonly passed?: boolean;
  /** How often an unknown outcome was looked up. */
  readonly looks?: number;
  /** The run that repeats this one from the start: the record is that one's now. */
  readonly repeated?: string;
  /** When the wait was last cut short because the service answered others. */
  readonly hurried?: string;
  /** The service asked not to be called before. */
  readonly notBefore?: string;
};
export interface ClaimedRun {
  readonly seq: number;
  readonly id: string;
  readonly workspace: string;
  readonly bundle: string;
  readonly version: number;
  readonly event: JsonObject;
  /** Null for a run that never started. */
  readonly step: string | null;
  readonly attempt: number;
  readonly element: number;
  /** How often a process died while this run was in this step. */
  readonly crashes: number;
  readonly error: StoredFailure | null;
  readonly journal: readonly EntryRow[];
  /** Its success will be news: the first one of the bundle, or one that may solve an incident. */
  readonly isAwaited: boolean;
}

/** `application_name` under which a process that works is known to the server; see store/jobs.ts. */
export const isAlive = (holder: ReturnType<typeof sql>) =>
  sql`exists (select from pg_stat_activity a where a.application_name = left('svyazka queue ' || ${holder}, 63))`;

/** A success will be news: the first one of the bundle, or one that may solve an incident. */
export const isNews = (workspace: ReturnType<typeof sql>, bundle: ReturnType<typeof sql>) => sql`
  (exists (select from bundles b where b.id = ${bundle} and b.first_success_at is null)
    or exists (select from incidents i where i.workspace = ${workspace} and i.solved_at is null))`;

/**
 * Takes runs for this process and hands out what is needed to go on. Those that are held by a living process, wait
 * behind another or have ended are left alone, so that a job delivered twice does nothing twice. What steps gave for other
 * elements of a loop stays where it is: see `readElement`.
 */
export async function claimRuns(
  db: Sql,
  ids: readonly string[],
  holder: string,
  now: Date,
): Promise<readonly ClaimedRun[]> {
  const rows = await db.execute<Omit<ClaimedRun, "seq"> & { seq: string }>(sql`
    with taken as (
      update runs r set state = 'running', holder = ${holder}, next_at = null, waits = null,
             crashes = r.crashes + case when r.state = 'running' and r.holder <> ${holder} then 1 else 0 end,
             started_at = coalesce(r.started_at, ${now.toISOString()}::timestamptz)
       where r.seq in (
         select r.seq from runs r
          where r.id in (select value from json_array_elements_text(${JSON.stringify(ids)}::json))
            and case r.state
                  when 'queued' then r.behind is null
                  when 'running' then r.holder = ${holder} or (r.crashes = 0 and not ${isAlive(sql`r.holder`)})
                  else false end
          order by r.seq for no key update)
      returning r.*
    )
    select seq, id, workspace, bundle, version, event, step, attempt, element, crashes, error,
      (select coalesce(json_agg(json_build_object('step', a.step, 'attempt', a.attempt, 'element', a.element,
                'state', a.state, 'error', a.error, 'startedAt', a.started_at,
                'input', case when a.element in (0, taken.element) then a.input end,
                'output', case when a.element in (0, taken.element) or a.exchange is null then a.output end)
                order by a.seq), '[]')
         from attempts a where a.run = taken.seq) as journal,
      ${isNews(sql`taken.workspace`, sql`taken.bundle`)} as "isAwaited"
    from taken`);
  return rows.map((row) => ({ ...row, seq: Number(row.seq) }));
}

/** What one round trip changes: the run's place, and lines of its journal. */
export interface Checkpoint {
  readonly run: number;
  readonly state: RunState;
  readonly step: string | null;
  readonly attempt: number;
  readonly element: number;
  readonly nextAt: Date | null;
  readonly waits: string | null;
  readonly error: StoredFailure | null;
  readonly ended: Json;
  readonly endedAt: Date | null;
  readonly entries: readonly NewEntry[];
}
export interface NewEntry {
  readonly step: string;
  readonly attempt: number;
  readonly element: number;
  readonly state: EntryRow["state"];
  readonly input: Json;
  readonly output: Json;
  readonly exchange: Json;
  readonly notes: Json;
  readonly error: StoredFailure | null;
  readonly startedAt: Date;
  readonly endedAt: Date | null;
}
export interface Moved {
  readonly run: number;
  /** A later run of the record waits for this one. */
  readonly followed: boolean;
  /** The workspace has open incidents that a success of this run may solve. */
  readonly hasIncidents: boolean;
  /** No run of the bundle has succeeded yet. */
  readonly isFirst: boolean;
}

/** An unsafe call that is about to be made. */
export interface Call {
  readonly run: number;
  readonly step: string;
  readonly attempt: number;
  readonly element: number;
  readonly input: Json;
  readonly startedAt: Date;
}
export interface Written {
  readonly moved: readonly Moved[];
  /** Runs that may make their calls. */
  readonly noted: ReadonlySet<number>;
}

/**
 * Stores any number of checkpoints, and notes of the calls that follow, in one statement. A run that isn't this process'
 * any more (cancelled, taken over) is missing from the answer; what was called for a cancelled one is still written down.
 */
export async function writeProgress(
  db: Sql,
  holder: string,
  checkpoints: readonly Checkpoint[],
  calls: readonly Call[] = [],
): Promise<Written> {
  if (checkpoints.length === 0) {
    const rows = await db.execute<{ run: string }>(sql`with ${noting(holder, calls)} select run from noted`);
    return { moved: [], noted: new Set(rows.map(({ run }) => Number(run))) };
  }
  const places = jsonbText(checkpoints.map(({ entries: _, ...place }) => place));
  const lines = jsonbText(checkpoints.flatMap(({ run, entries }) => entries.map((entry) => ({ run, ...entry }))));
  // A run that was cancelled meanwhile: without its checkpoint there is no call either. And what is noted now follows, in
  // the journal's order, what was done before.
  const isRefused = sql`((select count(*) from written) < 0 or g.run in (
    select p.run from json_to_recordset(${places}::json) as p(run bigint)) and g.run not in (select seq from locked))`;
  const rows = await db.execute<Omit<Moved, "run"> & { run: string | null; noted: readonly number[] | null }>(sql`
    with written as (
      insert into attempts as a (run, step, attempt, element, state, input, output, exchange, notes, error, started_at, ended_at)
      select g.run, g.step, g.attempt, g.element, g.state, g.input, g.output, g.exchange, g.notes, g.error, g."startedAt", g."endedAt"
        from json_to_recordset(${lines}::json) as g(
          run bigint, step text, attempt int, element int, state text, input jsonb, output jsonb, exchange jsonb, notes jsonb,
          error jsonb, "startedAt" timestamptz, "endedAt" timestamptz)
       where exists (select from runs r where r.seq = g.run and r.holder = ${holder})
      on conflict (run, step, element, attempt) do update set state = excluded.state, input = coalesce(excluded.input, a.input),
        output = excluded.output, exchange = excluded.exchange, notes = coalesce(nullif(excluded.notes, '[]'), a.notes), error = excluded.error,
        ended_at = excluded.ended_at
      returning a.seq
    ), locked as materialized (
      select r.seq from (select run from json_to_recordset(${places}::json) as g(run bigint) order by run) g
       cross join lateral (select r.seq from runs r where r.seq = g.run and r.holder = ${holder} and r.state = 'running'
                              for no key update) r
    ), moved as (
      update runs r set state = g.state, step = g.step, attempt = g.attempt, element = g.element, next_at = g."nextAt",
             waits = g.waits, error = g.error,
             crashes = case when r.step is not distinct from g.step and r.element = g.element then r.crashes else 0 end,
             ended = g.ended, ended_at = g."endedAt", holder = case when g.state = 'running' then r.holder end
        from json_to_recordset(${places}::json) as g(
          run bigint, state text, step text, attempt int, element int, "nextAt" timestamptz, waits text, error jsonb, ended jsonb,
          "endedAt" timestamptz)
        join locked on locked.seq = g.run
       where r.seq = g.run
      returning r.seq, r.followed, r.bundle, r.workspace
    )${calls.length > 0 ? sql`, ${noting(holder, calls, isRefused)}` : sql``}
    select m.seq as run, m.followed, null as noted,
      exists (select from incidents i where i.workspace = m.workspace and i.solved_at is null) as "hasIncidents",
      exists (select from bundles b where b.id = m.bundle and b.first_success_at is null) as "isFirst"
    from moved m
    ${calls.length > 0 ? sql`union all select null, null, (select json_agg(run) from noted), null, null` : sql``}`);
  const noted = rows.flatMap((row) => row.noted ?? []);
  return {
    moved: rows.flatMap(({ noted: _, run, ...row }) => (run === null ? [] : [{ ...row, run: Number(run) }])),
    noted: new Set(noted.map(Number)),
  };
}

/** The end of a run that hangs together with more in the same transaction. */
export async function writeCheckpoint(tx: Sql, holder: string, checkpoint: Checkpoint): Promise<Moved | undefined> {
  return (await writeProgress(tx, holder, [checkpoint])).moved[0];
}

/**
 * Each run by its number (`lateral`): the server would rather read all that are running and compare, among them thousands
 * of dead row versions under load. Measured: 65 ms for 42 runs.
 */
const noting = (holder: string, calls: readonly Call[], isRefused = sql`false`) => sql`
  noted as (
    insert into attempts (run, step, attempt, element, state, input, started_at)
    select g.run, g.step, g.attempt, g.element, 'calling', g.input, g."startedAt"
      from json_to_recordset(${jsonbText(calls)}::json)
           as g(run bigint, step text, attempt int, element int, input jsonb, "startedAt" timestamptz)
     cross join lateral (select from runs r where r.seq = g.run and r.holder = ${holder} and r.state = 'running' offset 0) mine
     where not ${isRefused}
    on conflict do nothing
    returning run)`;

/** Nothing was sent after all: the note is taken back. */
export async function dropNote(
  db: Sql,
  run: number,
  at: { step: string; attempt: number; element: number },
): Promise<void> {
  await db.execute(sql`
    delete from attempts where run = ${run} and step = ${at.step} and attempt = ${at.attempt} and element = ${at.element}
       and state = 'calling'`);
}

/** What the steps gave for one element of a loop, which is repeated now. */
export async function readElement(db: Sql, run: number, element: number): Promise<readonly EntryRow[]> {
  return db.execute<EntryRow & Record<string, unknown>>(sql`
    select step, attempt, element, state, input, output, error, started_at as "startedAt" from attempts
     where run = ${run} and element = ${element} order by seq`);
}

/**
 * Lets the runs go that wait for this one, because it is over, or past it because it hangs or failed. Strict ones stay
 * behind the latter. Answers with their ids, to be sent.
 */
export async function releaseBehind(
  tx: Sql,
  run: number,
  how: "over" | "hangs" | "failed" | "skipped",
): Promise<readonly Ready[]> {
  const isPast = how !== "over";
  const stays = how === "hangs" || how === "failed" ? sql`b.strict` : sql`false`;
  return tx.execute<Ready & Record<string, unknown>>(sql`
    with ended as (
      update runs r set followed = exists (
               select from runs b where b.bundle = r.bundle and b.record = r.record and b.behind = r.seq
                  and b.state = 'queued' and ${stays}),
             error = case when ${how === "skipped"} then coalesce(r.error, '{}') || '{"passed": true}' else r.error end
       where seq = ${run} returning bundle, record)
    update runs b set behind = null, past = case when ${isPast} then ${run}::bigint else b.past end from ended e
     where b.bundle = e.bundle and b.record = e.record and b.behind = ${run} and b.state = 'queued' and not ${stays}
    returning b.id, b.workspace, b.origin`);
}

/** A run that may be sent to the queue. */
export interface Ready {
  readonly id: string;
  readonly workspace: string;
  readonly origin: NewRun["origin"];
}

export async function setIncident(tx: Sql, run: number, incident: string): Promise<void> {
  await tx.execute(sql`update runs set incident = ${incident} where seq = ${run}`);
}

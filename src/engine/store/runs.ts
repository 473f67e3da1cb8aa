/** Runs as the worker needs them: taken in, claimed, carried from step to step in one round trip, swept. */
import { sql } from "drizzle-orm";
import type { Json, JsonObject } from "../../connectors/kit/fields.ts";
import { jsonbText } from "../../db/json.ts";
import type { Failure, RunState } from "../engine.ts";
import type { NewRun, Sql } from "../parts.ts";

// ---------------------------------------------------------------- taken in

/** Keeps two admissions of one record apart until the caller's transaction ends; in an order that can't deadlock. */
export async function lockRecords(tx: Sql, records: readonly { bundle: string; record: string }[]): Promise<void> {
  const keys = JSON.stringify(records.map(({ bundle, record }) => `${bundle} ${record}`));
  await tx.execute(sql`
    select pg_advisory_xact_lock(key)
      from (select distinct hashtextextended(value, 7) as key from json_array_elements_text(${keys}::json) order by 1) k`);
}

export interface Admitted {
  readonly seq: number;
  readonly id: string;
  /** The newest earlier run of the record that still goes on. */
  readonly before: number | null;
  /** The newest earlier one that hangs (unknown, or tried again much later). */
  readonly hanging: number | null;
}

/** One statement for any number of runs; their sequence follows the order given. */
export async function insertRuns(
  tx: Sql,
  runs: readonly (NewRun & { id: string; error: StoredFailure | null })[],
  now: Date,
  soon: Date,
): Promise<readonly Admitted[]> {
  const given = jsonbText(runs.map((run, place) => ({ ...run, retry_of: run.retryOf ?? null, place })));
  const rows = await tx.execute<{ seq: string; id: string; before: string | null; hanging: string | null }>(sql`
    with given as (
      select * from json_to_recordset(${given}::json) as g(
        place int, id text, workspace text, bundle text, version int, origin text, record text, event jsonb, retry_of text,
        error jsonb)
    ), written as (
      insert into runs (id, workspace, bundle, version, state, origin, record, event, retry_of, error, created_at)
      select id, workspace, bundle, version, 'queued', origin, record, event, retry_of, error, ${now.toISOString()}::timestamptz
        from given order by place
      returning seq, id, bundle, record
    )
    select w.seq, w.id,
      (select max(r.seq) from runs r where r.bundle = w.bundle and r.record = w.record
        and r.state in ('queued', 'running', 'waiting', 'unknown') and ${goesOn(soon)}) as before,
      (select max(r.seq) from runs r where r.bundle = w.bundle and r.record = w.record
        and r.state in ('queued', 'running', 'waiting', 'unknown') and not (${goesOn(soon)})) as hanging
    from written w order by w.seq`);
  return rows.map((row) => ({
    seq: Number(row.seq),
    id: row.id,
    before: row.before === null ? null : Number(row.before),
    hanging: row.hanging === null ? null : Number(row.hanging),
  }));
}

/** A later run of the record waits for `r`; behind anything else it doesn't. */
function goesOn(soon: Date) {
  return sql`(r.state in ('queued', 'running') or (r.state = 'waiting' and r.next_at <= ${soon.toISOString()}::timestamptz))`;
}

/**
 * Puts runs behind others; returns those whose other had ended meanwhile, which may start at once. Whoever changes
 * several runs at once, here and below, locks them by number, so that no two statements wait for each other.
 */
export async function queueBehind(
  tx: Sql,
  pairs: readonly { seq: number; behind: number }[],
  soon: Date,
): Promise<readonly number[]> {
  const given = sql`json_to_recordset(${JSON.stringify(pairs)}::json) as g(seq bigint, behind bigint)`;
  // Two statements, because one can't change a row twice: a run may follow one and be followed by another. The mark
  // holds the row until the commit, so that its end can't overlook the one that was put behind it.
  const [, moved] = await Promise.all([
    tx.execute(sql`
      update runs set followed = true where seq in (
        select r.seq from runs r where r.seq in (select g.behind from ${given}) and ${goesOn(soon)}
         order by r.seq for no key update)`),
    tx.execute<{ seq: string }>(sql`
      update runs b set behind = g.behind from ${given}
       where b.seq = g.seq and exists (select from runs r where r.seq = g.behind and r.followed and ${goesOn(soon)})
      returning b.seq`),
  ]);
  const held = new Set(moved.map((row) => Number(row.seq)));
  return pairs.flatMap(({ seq }) => (held.has(seq) ? [] : [seq]));
}

export async function markPast(tx: Sql, pairs: readonly { seq: number; past: number }[]): Promise<void> {
  await tx.execute(sql`
    update runs r set past = g.past
      from json_to_recordset(${JSON.stringify(pairs)}::json) as g(seq bigint, past bigint) where r.seq = g.seq`);
}

/** Runs of a workspace that wait for a worker, counted up to `limit`. */
export async function countQueued(db: Sql, workspace: string, limit: number): Promise<number> {
  const [row] = await db.execute<{ count: number }>(sql`
    select count(*)::int as count from (
      select from runs where workspace = ${workspace} and state = 'queued' limit ${limit}) q`);
  return row?.count ?? 0;
}

// ---------------------------------------------------------------- carried on

export interface EntryRow {
  readonly step: string;
  readonly attempt: number;
  readonly state: "calling" | "succeeded" | "failed" | "unknown" | "skipped";
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
  /** How often an unknown outcome was looked up. */
  readonly looks?: number;
  /** The run that repeats this one from the start: the record is that one's now. */
  readonly repeated?: string;
  /** When the wait was last cut short because the service answered others. */
  readonly hurried?: string;
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
  readonly error: StoredFailure | null;
  readonly journal: readonly EntryRow[];
  /** Its success will be news: the first one of the bundle, or one that may solve an incident. */
  readonly isAwaited: boolean;
}

/** `application_name` under which a process that works is known to the server; see store/jobs.ts. */
export const isAlive = (holder: ReturnType<typeof sql>) =>
  sql`exists (select from pg_stat_activity a where a.application_name = left('svyazka queue ' || ${holder}, 63))`;

/**
 * Takes runs for this process and hands out what is needed to go on. Those that are held by a living process, wait
 * behind another or have ended are left alone, so that a job delivered twice does nothing twice.
 */
export async function claimRuns(
  db: Sql,
  ids: readonly string[],
  holder: string,
  now: Date,
): Promise<readonly ClaimedRun[]> {
  const rows = await db.execute<Omit<ClaimedRun, "seq"> & { seq: string }>(sql`
    with taken as (
      update runs r set state = 'running', holder = ${holder}, next_at = null,
             started_at = coalesce(r.started_at, ${now.toISOString()}::timestamptz)
       where r.seq in (
         select r.seq from runs r
          where r.id in (select value from json_array_elements_text(${JSON.stringify(ids)}::json))
            and case r.state
                  when 'queued' then r.behind is null
                  when 'running' then r.holder = ${holder} or not ${isAlive(sql`r.holder`)}
                  else false end
          order by r.seq for no key update)
      returning r.*
    )
    select seq, id, workspace, bundle, version, event, step, attempt, error,
      (select coalesce(json_agg(json_build_object('step', a.step, 'attempt', a.attempt, 'state', a.state,
                'input', a.input, 'output', a.output, 'error', a.error, 'startedAt', a.started_at) order by a.seq), '[]')
         from attempts a where a.run = taken.seq) as journal,
      (exists (select from bundles b where b.id = taken.bundle and b.first_success_at is null)
        or exists (select from incidents i where i.workspace = taken.workspace and i.solved_at is null)) as "isAwaited"
    from taken`);
  return rows.map((row) => ({ ...row, seq: Number(row.seq) }));
}

/** What one round trip changes: the run's place, and lines of its journal. */
export interface Checkpoint {
  readonly run: number;
  readonly state: RunState;
  readonly step: string | null;
  readonly attempt: number;
  readonly nextAt: Date | null;
  readonly error: StoredFailure | null;
  readonly ended: Json;
  readonly endedAt: Date | null;
  readonly entries: readonly NewEntry[];
}
export interface NewEntry {
  readonly step: string;
  readonly attempt: number;
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

/**
 * Stores any number of checkpoints in one statement. A run that isn't this process' any more (cancelled, taken over)
 * is missing from the answer; what was called for a cancelled one is still written down.
 */
export async function writeCheckpoints(
  db: Sql,
  holder: string,
  checkpoints: readonly Checkpoint[],
): Promise<readonly Moved[]> {
  const places = jsonbText(checkpoints.map(({ entries: _, ...place }) => place));
  const lines = jsonbText(checkpoints.flatMap(({ run, entries }) => entries.map((entry) => ({ run, ...entry }))));
  const rows = await db.execute<Omit<Moved, "run"> & { run: string }>(sql`
    with written as (
      insert into attempts as a (run, step, attempt, state, input, output, exchange, notes, error, started_at, ended_at)
      select g.run, g.step, g.attempt, g.state, g.input, g.output, g.exchange, g.notes, g.error, g."startedAt", g."endedAt"
        from json_to_recordset(${lines}::json) as g(
          run bigint, step text, attempt int, state text, input jsonb, output jsonb, exchange jsonb, notes jsonb,
          error jsonb, "startedAt" timestamptz, "endedAt" timestamptz)
       where exists (select from runs r where r.seq = g.run and r.holder = ${holder})
      on conflict (run, step, element, attempt) do update set state = excluded.state, input = coalesce(excluded.input, a.input),
        output = excluded.output, exchange = excluded.exchange, notes = excluded.notes, error = excluded.error,
        ended_at = excluded.ended_at
    ), locked as materialized (
      select r.seq from runs r
       where r.seq in (select g.run from json_to_recordset(${places}::json) as g(run bigint))
         and r.holder = ${holder} and r.state = 'running'
       order by r.seq for no key update
    ), moved as (
      update runs r set state = g.state, step = g.step, attempt = g.attempt, next_at = g."nextAt", error = g.error,
             ended = g.ended, ended_at = g."endedAt", holder = case when g.state = 'running' then r.holder end
        from json_to_recordset(${places}::json) as g(
          run bigint, state text, step text, attempt int, "nextAt" timestamptz, error jsonb, ended jsonb,
          "endedAt" timestamptz)
        join locked on locked.seq = g.run
       where r.seq = g.run
      returning r.seq, r.followed, r.bundle, r.workspace
    )
    select m.seq as run, m.followed,
      exists (select from incidents i where i.workspace = m.workspace and i.solved_at is null) as "hasIncidents",
      exists (select from bundles b where b.id = m.bundle and b.first_success_at is null) as "isFirst"
    from moved m`);
  return rows.map((row) => ({ ...row, run: Number(row.run) }));
}

/** Notes that unsafe calls are about to be made; answers with the runs that may make theirs. */
export async function noteCalls(
  db: Sql,
  holder: string,
  calls: readonly { run: number; step: string; attempt: number; input: Json; startedAt: Date }[],
): Promise<readonly number[]> {
  const rows = await db.execute<{ run: string }>(sql`
    insert into attempts (run, step, attempt, state, input, started_at)
    select g.run, g.step, g.attempt, 'calling', g.input, g."startedAt"
      from json_to_recordset(${jsonbText(calls)}::json)
           as g(run bigint, step text, attempt int, input jsonb, "startedAt" timestamptz)
     where exists (select from runs r where r.seq = g.run and r.holder = ${holder} and r.state = 'running')
    on conflict do nothing
    returning run`);
  return rows.map((row) => Number(row.run));
}

/** Nothing was sent after all: the note is taken back. */
export async function dropNote(db: Sql, run: number, step: string, attempt: number): Promise<void> {
  await db.execute(sql`
    delete from attempts where run = ${run} and step = ${step} and attempt = ${attempt} and state = 'calling'`);
}

/** Lets the runs go that wait for this one; `hangs`: they run past it. Answers with their ids, to be sent. */
export async function releaseBehind(tx: Sql, run: number, hangs: boolean): Promise<readonly Ready[]> {
  return tx.execute<Ready & Record<string, unknown>>(sql`
    with ended as (update runs set followed = false where seq = ${run} returning bundle, record)
    update runs b set behind = null, past = case when ${hangs} then ${run}::bigint else b.past end from ended e
     where b.bundle = e.bundle and b.record = e.record and b.behind = ${run} and b.state = 'queued'
    returning b.id, b.workspace, b.origin`);
}

/** A run that may be sent to the queue. */
export interface Ready {
  readonly id: string;
  readonly workspace: string;
  readonly origin: NewRun["origin"];
}

// ---------------------------------------------------------------- due and lost

/** Waiting runs whose time has come, made ready. */
export async function takeDue(tx: Sql, now: Date, limit: number): Promise<readonly Ready[]> {
  return tx.execute<Ready & Record<string, unknown>>(sql`
    update runs set state = 'queued', next_at = null where seq in (
      select seq from runs where state = 'waiting' and next_at <= ${now.toISOString()}::timestamptz
       order by next_at limit ${limit} for update skip locked)
    returning id, workspace, origin`);
}

/** Runs held by processes that are gone, and those of this one that it doesn't know of (`mine`: what it works on). */
export async function takeLost(tx: Sql, holder: string, mine: readonly string[]): Promise<readonly Ready[]> {
  return tx.execute<Ready & Record<string, unknown>>(sql`
    update runs set state = 'queued', holder = null where seq in (
      select seq from runs r where r.state = 'running'
         and case when r.holder = ${holder}
               then r.id not in (select value from json_array_elements_text(${JSON.stringify(mine)}::json))
               else not ${isAlive(sql`r.holder`)} end
       for update skip locked)
    returning id, workspace, origin`);
}

/** Runs that wait behind one that has ended or hangs: what a crash left, or an end that is just about to release them. */
export async function takeOrphans(tx: Sql, soon: Date): Promise<readonly Ready[]> {
  return tx.execute<Ready & Record<string, unknown>>(sql`
    update runs b set behind = null, past = (
           select r.seq from runs r where r.seq = b.behind and r.state not in ('succeeded', 'cancelled'))
     where b.state = 'queued' and b.behind is not null
       and not exists (select from runs r where r.seq = b.behind and ${goesOn(soon)})
    returning b.id, b.workspace, b.origin`);
}

/** Ready runs that have been lying for a while; asked only when the queue is empty, so their jobs are lost. */
export async function findForgotten(db: Sql, before: Date, limit: number): Promise<readonly Ready[]> {
  return db.execute<Ready & Record<string, unknown>>(sql`
    select id, workspace, origin from runs
     where state = 'queued' and behind is null and created_at < ${before.toISOString()}::timestamptz limit ${limit}`);
}

/** Runs that have been failing temporarily since before, and that nobody was told of. */
export async function takeOverdue(
  tx: Sql,
  before: Date,
): Promise<
  readonly { id: string; seq: number; workspace: string; bundle: string; version: number; error: StoredFailure }[]
> {
  const rows = await tx.execute<{
    id: string;
    seq: string;
    workspace: string;
    bundle: string;
    version: number;
    error: StoredFailure;
  }>(sql`
    select id, seq, workspace, bundle, version, error from runs
     where state = 'waiting' and incident is null and error->>'class' = 'temporary'
       and error->>'since' <= ${before.toISOString()}
     limit 100 for update skip locked`);
  return rows.map((row) => ({ ...row, seq: Number(row.seq) }));
}

export async function setIncident(tx: Sql, run: number, incident: string): Promise<void> {
  await tx.execute(sql`update runs set incident = ${incident} where seq = ${run}`);
}

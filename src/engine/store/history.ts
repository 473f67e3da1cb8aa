/** Runs as people see them, and what people do to them. */
import { sql } from "drizzle-orm";
import type { Json, JsonObject, Text } from "../../connectors/kit/fields.ts";
import { jsonbText } from "../../db/json.ts";
import { Bundle } from "../bundle/model.ts";
import type { BundleState, BundleSummary, PausedBy, RunState, StepView } from "../engine.ts";
import type { Sql } from "../parts.ts";
import type { EntryRow, Ready, StoredFailure } from "./runs.ts";

// ---------------------------------------------------------------- bundles in short

export interface Summary extends BundleSummary {
  readonly version: number;
}

export async function readSummaries(db: Sql, workspace: string, ids: readonly string[]): Promise<readonly Summary[]> {
  if (ids.length === 0) return [];
  const rows = await db.execute<Record<string, unknown>>(sql`
    select b.id, b.number, b.name, b.state, b.paused_by, b.version, b.draft is not null and b.version > 0 as has_draft,
           coalesce(b.draft, v.body) as body
      from bundles b left join versions v on v.bundle = b.id and v.version = b.version
     where b.workspace = ${workspace} and b.deleted_at is null
       and b.id in (select value from json_array_elements_text(${JSON.stringify(ids)}::json))
     order by b.number`);
  return rows.map((row) => ({
    id: String(row.id),
    number: Number(row.number),
    name: String(row.name),
    state: row.state as BundleState,
    pausedBy: row.paused_by as PausedBy | null,
    hasDraft: row.has_draft === true,
    version: Number(row.version),
    connectors: connectorsOf(row.body),
  }));
}

function connectorsOf(stored: unknown): string[] {
  const read = Bundle.safeParse(stored);
  if (!read.success) return [];
  const { trigger, steps } = read.data;
  const all = [trigger?.connector, ...steps.map((step) => (step.kind === "action" ? step.connector : undefined))];
  return [...new Set(all.filter((key) => key !== undefined))];
}

// ---------------------------------------------------------------- runs

export interface RunRow {
  readonly seq: number;
  readonly id: string;
  readonly workspace: string;
  readonly state: RunState;
  readonly origin: Ready["origin"];
  readonly version: number;
  readonly record: string;
  /** Null in lists where it is too large for a line about it. */
  readonly event: JsonObject | null;
  readonly ended: Json;
  readonly step: string | null;
  readonly attempt: number;
  readonly element: number;
  readonly waits: string | null;
  readonly strict: boolean;
  readonly next_at: string | null;
  readonly behind: number | null;
  readonly past: number | null;
  readonly error: StoredFailure | null;
  readonly incident: string | null;
  readonly retry_of: string | null;
  readonly created_at: string;
  readonly ended_at: string | null;
  readonly bundle: string;
  readonly number: number;
  readonly name: string;
  /** Of the version's trigger. */
  readonly connector: string | null;
  readonly trigger: string | null;
}

/** An event larger than this isn't read for the line that tells runs apart. */
const MAX_ABOUT = 64 * 1024;

const joined = sql`
  from runs r join bundles b on b.id = r.bundle
  left join versions v on v.bundle = r.bundle and v.version = r.version`;
const shown = (event: ReturnType<typeof sql>) => sql`
  r.seq, r.id, r.workspace, r.state, r.origin, r.version, r.record, ${event} as event, r.ended, r.step, r.attempt,
  r.element, r.waits, r.strict, r.next_at, r.behind, r.past, r.error, r.incident, r.retry_of, r.created_at, r.ended_at, r.bundle, b.number, b.name,
  v.body->'trigger'->>'connector' as connector, v.body->'trigger'->>'trigger' as trigger`;

export async function listRuns(
  db: Sql,
  workspace: string,
  ask: { bundle?: string; state?: RunState; search?: string; offset: number; limit: number },
): Promise<readonly RunRow[]> {
  if (ask.search !== undefined) return searchRuns(db, workspace, { ...ask, search: ask.search });
  const rows = await db.execute<RunRow & Record<string, unknown>>(sql`
    select ${shown(sql`case when pg_column_size(r.event) < ${MAX_ABOUT} then r.event end`)} ${joined}
     where r.workspace = ${workspace}
       ${ask.bundle === undefined ? sql`` : sql`and r.bundle = ${ask.bundle}`}
       ${ask.state === undefined ? sql`` : sql`and r.state = ${ask.state}`}
       ${ask.state === "failed" ? sql`and r.error->>'repeated' is null` : sql``}
     order by r.seq desc offset ${ask.offset} limit ${ask.limit}`);
  return rows.map(readRow);
}

/** So many of the newest runs are looked through, and so long. */
const SEARCHED = 5_000;
const SEARCH_MS = 4_000;

/** Throws Postgres' 57014 where it takes too long. */
async function searchRuns(
  db: Sql,
  workspace: string,
  ask: { bundle?: string; state?: RunState; search: string; offset: number; limit: number },
): Promise<readonly RunRow[]> {
  const { like, digits } = searchOf(ask.search);
  const has = (text: ReturnType<typeof sql>) =>
    digits === null ? sql`${text} ilike ${like}` : sql`(${text} ilike ${like} or ${text} ~ ${digits})`;
  return db.transaction(async (tx) => {
    await tx.execute(sql.raw(`set local statement_timeout = ${SEARCH_MS}`));
    const rows = await tx.execute<RunRow & Record<string, unknown>>(sql`
      with newest as materialized (
        select seq from runs where workspace = ${workspace}
           ${ask.bundle === undefined ? sql`` : sql`and bundle = ${ask.bundle}`}
           ${ask.state === undefined ? sql`` : sql`and state = ${ask.state}`}
         order by seq desc limit ${SEARCHED}
      ), hits as materialized (
        select r.seq from newest n join runs r on r.seq = n.seq
         where ${has(sql`r.record`)} or ${has(sql`r.event::text`)}
            or exists (select from attempts a where a.run = r.seq
                 and (${has(sql`a.input::text`)} or ${has(sql`a.output::text`)}))
         order by r.seq desc offset ${ask.offset} limit ${ask.limit}
      )
      select ${shown(sql`case when pg_column_size(r.event) < ${MAX_ABOUT} then r.event end`)} ${joined}
       where r.seq in (select seq from hits) order by r.seq desc`);
    return rows.map(readRow);
  });
}

/** What the words look like within a text of JSON; digits of a phone may stand apart there, or begin another way. */
export function searchOf(words: string): { like: string; digits: string | null } {
  const inJson = JSON.stringify(words.trim()).slice(1, -1);
  const like = `%${inJson.replace(/[\\%_]/g, "\\$&")}%`;
  const only = words.replace(/\D/g, "");
  const isPhone = /^[+\d\s().-]+$/.test(words.trim()) && only.length >= 10 && only.length <= 15;
  return { like, digits: isPhone ? [...only.slice(-10)].join("[^0-9a-zA-Z]{0,2}") : null };
}

export async function readRun(db: Sql, workspace: string, id: string, lock = false): Promise<RunRow | undefined> {
  const rows = await db.execute<RunRow & Record<string, unknown>>(sql`
    select ${shown(sql`r.event`)} ${joined}
     where r.workspace = ${workspace} and r.id = ${id} ${lock ? sql`for update of r` : sql``}`);
  return rows[0] && readRow(rows[0]);
}

function readRow(row: RunRow): RunRow {
  const number = (value: number | null) => (value === null ? null : Number(value));
  return { ...row, seq: Number(row.seq), behind: number(row.behind), past: number(row.past) };
}

/** Public ids of runs by their place. */
export async function idsOf(db: Sql, seqs: readonly number[]): Promise<ReadonlyMap<number, string>> {
  if (seqs.length === 0) return new Map();
  const rows = await db.execute<{ seq: string; id: string }>(sql`
    select seq, id from runs where seq in (select value::bigint from json_array_elements_text(${JSON.stringify(seqs)}::json))`);
  return new Map(rows.map((row) => [Number(row.seq), row.id]));
}

export interface AttemptRow {
  readonly step: string;
  readonly attempt: number;
  readonly element: number;
  readonly state: StepView["state"];
  readonly input: Json;
  readonly output: Json;
  readonly exchange: Json;
  readonly notes: readonly Text[] | null;
  readonly error: StoredFailure | null;
  readonly started_at: string;
  readonly ended_at: string | null;
}

/** Of a long loop the last lines are read whole, and before them those that didn't succeed. */
const LAST_LINES = 60;
const MOST_LINES = 200;

export async function readAttempts(db: Sql, run: number): Promise<readonly AttemptRow[]> {
  return db.execute<AttemptRow & Record<string, unknown>>(sql`
    with own as (
      select *, row_number() over (order by seq desc) as place from attempts where run = ${run}
    ), shown as (
      select * from own where element = 0 or place <= ${LAST_LINES} or state <> 'succeeded'
       order by element = 0 desc, seq desc limit ${MOST_LINES}
    )
    select step, attempt, element, state, input, output, exchange, notes, error, started_at, ended_at
      from shown order by seq`);
}

/** Every line of a run, without what was sent and got. */
export async function readEntries(db: Sql, run: number): Promise<readonly EntryRow[]> {
  return db.execute<EntryRow & Record<string, unknown>>(sql`
    select step, attempt, element, state, null as input, case when exchange is null then output end as output, error,
           started_at as "startedAt"
      from attempts where run = ${run} order by seq`);
}

// ---------------------------------------------------------------- done to runs

/**
 * Failed or cancelled runs go on from where they stopped, as a new attempt; but an attempt that was cancelled under way
 * may have been carried out, so that one is looked at first.
 */
export async function requeueRuns(tx: Sql, ids: readonly string[], version: number): Promise<void> {
  await tx.execute(sql`
    update runs r set state = 'queued', version = ${version}, error = null, ended_at = null,
           next_at = null, behind = null, holder = null, waits = null, crashes = 0,
           attempt = attempt + case when exists (select from attempts a where a.run = r.seq and a.step = r.step
             and a.attempt = r.attempt and a.element = r.element and a.state in ('calling', 'waiting', 'unknown', 'succeeded')) then 0 else 1 end
     where id in (select value from json_array_elements_text(${JSON.stringify(ids)}::json))`);
}

/** The run goes on from there. */
export async function moveRun(
  tx: Sql,
  run: number,
  to: {
    version?: number;
    step: string | null;
    attempt: number;
    element: number;
  },
): Promise<void> {
  await tx.execute(sql`
    update runs set state = 'queued', step = ${to.step}, attempt = ${to.attempt}, element = ${to.element},
           version = coalesce(${to.version ?? null}::int, version), error = null, ended = null, ended_at = null, next_at = null, waits = null,
           crashes = 0, holder = null, behind = null
     where seq = ${run}`);
}

/** A person's word on an attempt whose outcome was unknown. */
export async function settleAttempt(
  tx: Sql,
  at: { run: number; step: string; attempt: number; element: number },
  to: { state: "succeeded" | "skipped"; output: Json; note: Text; now: Date },
): Promise<void> {
  await tx.execute(sql`
    update attempts set state = ${to.state}, output = ${jsonOrNull(to.output)}::jsonb, error = null,
           notes = coalesce(notes, '[]') || ${jsonbText([to.note])}::jsonb, ended_at = coalesce(ended_at, ${to.now.toISOString()}::timestamptz)
     where run = ${at.run} and step = ${at.step} and attempt = ${at.attempt} and element = ${at.element}`);
}

const jsonOrNull = (value: Json) => (value === null ? null : jsonbText(value));

/** Ends a run that hasn't ended; runs that waited for it wait for what it waited for. */
export async function cancelRun(tx: Sql, workspace: string, id: string, now: Date): Promise<number | undefined> {
  const [row] = await tx.execute<{ seq: string; behind: string | null; bundle: string; record: string }>(sql`
    update runs set state = 'cancelled', ended_at = ${now.toISOString()}::timestamptz, next_at = null, waits = null
     where workspace = ${workspace} and id = ${id} and state in ('queued', 'running', 'waiting', 'unknown')
    returning seq, behind, bundle, record`);
  if (!row) return undefined;
  if (row.behind !== null) {
    await tx.execute(sql`
      update runs set behind = ${row.behind}::bigint
       where bundle = ${row.bundle} and record = ${row.record} and behind = ${row.seq}::bigint and state = 'queued'`);
  }
  return Number(row.seq);
}

/** Runs that go on together keep the order of their record: each waits for the one before it. Answers with the first ones. */
export async function lineUp(tx: Sql, ids: readonly string[]): Promise<ReadonlySet<string>> {
  const rows = await tx.execute<{ id: string }>(sql`
    with line as (
      select seq, lag(seq) over w as before, lead(seq) over w as next from runs
       where id in (select value from json_array_elements_text(${JSON.stringify(ids)}::json)) and state = 'queued'
      window w as (partition by bundle, record order by seq)
    ), lined as (
      update runs r set behind = l.before, followed = r.followed or l.next is not null from line l
       where r.seq = l.seq and (l.before is not null or l.next is not null)
      returning r.id, r.behind
    )
    select id from lined where behind is not null`);
  const behind = new Set(rows.map(({ id }) => id));
  return new Set(ids.filter((id) => !behind.has(id)));
}

/** The record of this run goes on in another one, from the start. */
export async function markRepeated(tx: Sql, run: number, by: string): Promise<void> {
  await tx.execute(sql`
    update runs set error = coalesce(error, '{}') || jsonb_build_object('repeated', ${by}::text)
     where seq = ${run} and state = 'failed'`);
}

/** The first run goes on itself after all: its repeats from the start have nothing left to do. */
export async function markRepeats(tx: Sql, run: string): Promise<void> {
  await tx.execute(sql`
    update runs set error = coalesce(error, '{}') || jsonb_build_object('repeated', ${run}::text)
     where retry_of = ${run} and state = 'failed' and bundle = (select bundle from runs where id = ${run})`);
}

/** A repeat from the start that hasn't ended yet. */
export async function findRepeat(tx: Sql, run: string): Promise<string | undefined> {
  const [row] = await tx.execute<{ id: string }>(sql`
    select r.id from runs r join runs o on o.id = ${run}
     where r.retry_of = ${run} and r.bundle = o.bundle and r.record = o.record
       and r.state in ('queued', 'running', 'waiting', 'unknown') order by r.seq desc limit 1`);
  return row?.id;
}

/** The later run in which the record of this failed one got through, or is on its way; over repeats of repeats too. */
export async function findRepeatedBy(db: Sql, run: string): Promise<string | undefined> {
  const [row] = await db.execute<{ id: string }>(sql`
    with recursive line as (
      select id, state, error->>'repeated' as by from runs where id = ${run}
      union
      select r.id, r.state, r.error->>'repeated' from line l join runs r on r.id = l.by
    )
    select id from line where id <> ${run} and state in ('succeeded', 'queued', 'running', 'waiting', 'unknown') limit 1`);
  return row?.id;
}

// ---------------------------------------------------------------- in short

export interface Counts {
  readonly succeeded: number;
  readonly failed: number;
  readonly waiting: number;
  readonly unknown: number;
}

/** Runs of the day that began at local midnight; of a very busy day the newest 50 000. */
export async function countToday(db: Sql, workspace: string, now: Date): Promise<Counts> {
  const [row] = await db.execute<Counts & Record<string, unknown>>(sql`
    with today as (
      select case when state = 'failed' and error->>'repeated' is not null then 'repeated' else state end as state from (
        select state, error, created_at from runs where workspace = ${workspace} order by seq desc limit 50000) r
       where created_at >= (select date_trunc('day', ${now.toISOString()}::timestamptz at time zone w.time_zone)
                                   at time zone w.time_zone from workspaces w where w.id = ${workspace})
    )
    select
      (select count(*)::int from today where state = 'succeeded') as succeeded,
      (select count(*)::int from today where state = 'failed') as failed,
      (select count(*)::int from runs where workspace = ${workspace} and state = 'waiting') as waiting,
      (select count(*)::int from runs where workspace = ${workspace} and state = 'unknown') as unknown`);
  return row ?? { succeeded: 0, failed: 0, waiting: 0, unknown: 0 };
}

export async function countBundles(db: Sql, workspace: string): Promise<Readonly<Record<BundleState, number>>> {
  const [row] = await db.execute<Record<BundleState, number>>(sql`
    select count(*) filter (where state = 'active')::int as active, count(*) filter (where state = 'paused')::int as paused,
           count(*) filter (where state = 'draft')::int as draft
      from bundles where workspace = ${workspace} and deleted_at is null`);
  return row ?? { active: 0, paused: 0, draft: 0 };
}

/** Bundles that were paused by something else than a person. */
export async function findStopped(db: Sql, workspace: string): Promise<readonly string[]> {
  const rows = await db.execute<{ id: string }>(sql`
    select id from bundles where workspace = ${workspace} and state = 'paused' and deleted_at is null
       and paused_by->>'by' <> 'person' order by number limit 20`);
  return rows.map(({ id }) => id);
}

/** Held events of active bundles: they wait for a connection. */
export async function findHolding(db: Sql, workspace: string): Promise<ReadonlyMap<string, number>> {
  const rows = await db.execute<{ id: string; count: number }>(sql`
    select b.id, count(*)::int as count from bundles b join deliveries d on d.bundle = b.id and d.state = 'held'
     where b.workspace = ${workspace} and b.state = 'active' and b.deleted_at is null
     group by b.id limit 20`);
  return new Map(rows.map(({ id, count }) => [id, count]));
}

/** Active bundles of which people were told that nothing comes, and nothing has come since. */
export async function findSilent(db: Sql, workspace: string): Promise<readonly string[]> {
  const rows = await db.execute<{ id: string }>(sql`
    select b.id from bundles b join triggers t on t.bundle = b.id
     where b.workspace = ${workspace} and b.state = 'active' and b.deleted_at is null
       and t.silent_at >= t.last_event_at
     order by b.number limit 10`);
  return rows.map(({ id }) => id);
}

/** Runs as they are taken in: any number in one statement, each behind the one of its record that it waits for. */
import { sql } from "drizzle-orm";
import { jsonbText } from "../../db/json.ts";
import type { NewRun, Sql } from "../parts.ts";
import { goesOn, holdsUp, isNews, isOpen, type Ready, type StoredFailure } from "./runs.ts";

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
  /** The newest earlier run of the record that this one waits for: it still goes on, or the bundle is strict. */
  readonly before: number | null;
  /** The newest earlier one that hangs (unknown, or tried again much later). */
  readonly hanging: number | null;
  /** It belongs to `holder` from the start. */
  readonly isTaken: boolean;
  /** As of a claimed run. */
  readonly isAwaited: boolean;
}
export type Taken = NewRun & {
  readonly id: string;
  readonly error: StoredFailure | null;
  readonly strict: boolean;
  /** Give it to `holder` at once, unless it has to wait for another run. */
  readonly take: boolean;
};

/** One statement for any number of runs; their sequence follows the order given. */
export async function insertRuns(
  tx: Sql,
  runs: readonly Taken[],
  { now, soon, holder }: { now: Date; soon: Date; holder: string | null },
): Promise<readonly Admitted[]> {
  const given = jsonbText(runs.map((run, place) => ({ ...run, retry_of: run.retryOf ?? null, place })));
  const rows = await tx.execute<
    Omit<Admitted, "seq" | "before" | "hanging"> & { seq: string; before: string | null; hanging: string | null }
  >(sql`
    with given as (
      select * from json_to_recordset(${given}::json) as g(
        place int, id text, workspace text, bundle text, version int, origin text, record text, event jsonb, retry_of text,
        error jsonb, strict boolean, take boolean)
    ), placed as materialized (
      select g.*,
        greatest((select max(r.seq) from runs r where r.bundle = g.bundle and r.record = g.record
          and r.state in ('queued', 'running', 'waiting', 'unknown') and (g.strict or ${goesOn(soon)})),
          case when g.strict then (select max(r.seq) from runs r where r.bundle = g.bundle and r.record = g.record
            and r.strict and r.state = 'failed' and ${isOpen}) end) as before,
        (select max(r.seq) from runs r where r.bundle = g.bundle and r.record = g.record
          and r.state in ('queued', 'running', 'waiting', 'unknown') and not (${goesOn(soon)})) as hanging
      from given g
    ), written as (
      insert into runs (id, workspace, bundle, version, state, holder, started_at, origin, record, event, retry_of, error,
             strict, created_at)
      select id, workspace, bundle, version, case when take and before is null then 'running' else 'queued' end,
             case when take and before is null then ${holder} end,
             case when take and before is null then ${now.toISOString()}::timestamptz end,
             origin, record, event, retry_of, error, strict, ${now.toISOString()}::timestamptz
        from placed order by place
      returning seq, id, state, bundle, workspace
    )
    select w.seq, w.id, p.before, p.hanging, w.state = 'running' as "isTaken",
      w.state = 'running' and ${isNews(sql`w.workspace`, sql`w.bundle`)} as "isAwaited"
    from written w join placed p on p.id = w.id order by w.seq`);
  return rows.map((row) => ({
    ...row,
    seq: Number(row.seq),
    before: row.before === null ? null : Number(row.before),
    hanging: row.hanging === null ? null : Number(row.hanging),
  }));
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
        select r.seq from runs r where r.seq in (select g.behind from ${given}) and r.state not in ('succeeded', 'cancelled')
         order by r.seq for no key update)`),
    tx.execute<{ seq: string }>(sql`
      update runs b set behind = g.behind from ${given}
       where b.seq = g.seq and exists (select from runs r where r.seq = g.behind and r.followed and (${goesOn(soon)} or ${holdsUp}))
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

/**
 * Runs of a migration that others of their record wait for are no longer behind everything: they count as what they hold
 * up. Returns those that nothing holds up themselves.
 */
export async function pullForward(tx: Sql, seqs: readonly number[]): Promise<readonly Ready[]> {
  const rows = await tx.execute<{ id: string; workspace: string; behind: string | null }>(sql`
    with recursive chain as (
      select seq, behind from runs where seq in (select value::bigint from json_array_elements_text(${JSON.stringify(seqs)}::json))
        and origin = 'migration' and state = 'queued'
      union
      select r.seq, r.behind from runs r join chain c on r.seq = c.behind where r.origin = 'migration' and r.state = 'queued'
    )
    update runs set origin = 'live' where seq in (
      select r.seq from runs r where r.seq in (select seq from chain) order by r.seq for no key update)
    returning id, workspace, behind`);
  return rows.flatMap(({ behind, ...run }) => (behind === null ? [{ ...run, origin: "live" as const }] : []));
}

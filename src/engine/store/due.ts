/** Runs that the clock brings back: due ones, those of dead processes, lost errands, failures that last. */
import { sql } from "drizzle-orm";
import type { Sql } from "../parts.ts";
import { goesOn, holdsUp, isAlive, type Ready, type StoredFailure } from "./runs.ts";

/** Waiting runs whose time has come, made ready. */
export async function takeDue(tx: Sql, now: Date, limit: number): Promise<readonly Ready[]> {
  return tx.execute<Ready & Record<string, unknown>>(sql`
    update runs set state = 'queued', next_at = null, waits = null where seq in (
      select seq from runs where state = 'waiting' and next_at <= ${now.toISOString()}::timestamptz
       order by next_at limit ${limit} for update skip locked)
    returning id, workspace, origin`);
}

export interface Losing {
  /** This process. */
  readonly holder: string;
  /** What it holds and doesn't work on. */
  readonly own: readonly string[];
  /** Runs whose passage broke off with a bug of ours: that counts like a death. */
  readonly threw: readonly string[];
  readonly now: Date;
}
/** Between runs that are taken up alone. */
const ALONE_MS = 2_000;

/**
 * Runs held by processes that are gone, and those of this one that it doesn't work on. One
 * that was there when a process died before may be what kills them: such runs wait and come one after the other, so that
 * the next death tells which of them it is. Answers with those that may go at once.
 */
export async function takeLost(tx: Sql, { holder, own, threw, now }: Losing): Promise<readonly Ready[]> {
  const rows = await tx.execute<Ready & { state: string } & Record<string, unknown>>(sql`
    with lost as (
      select r.seq, r.crashes, (r.holder <> ${holder} or
             r.id in (select value from json_array_elements_text(${JSON.stringify(threw)}::json))) as died from runs r where r.state = 'running'
         and case when r.holder = ${holder}
               then r.id in (select value from json_array_elements_text(${JSON.stringify(own)}::json))
               else not ${isAlive(sql`r.holder`)} end
       for update skip locked
    ), placed as (
      select seq, died, died and crashes > 0 as suspect,
             count(*) filter (where died and crashes > 0) over (order by seq) as place from lost
    )
    update runs r set holder = null, crashes = r.crashes + case when p.died then 1 else 0 end,
           state = case when p.suspect then 'waiting' else 'queued' end,
           waits = case when p.suspect then 'crash' end,
           next_at = case when p.suspect then ${now.toISOString()}::timestamptz + p.place * ${ALONE_MS} * interval '1 millisecond' end
      from placed p where r.seq = p.seq
    returning r.id, r.workspace, r.origin, r.state`);
  return rows.filter(({ state }) => state === "queued");
}

/** Runs that wait behind one that has ended or hangs: what a crash left, or an end that is just about to release them. */
export async function takeOrphans(tx: Sql, soon: Date): Promise<readonly Ready[]> {
  return tx.execute<Ready & Record<string, unknown>>(sql`
    update runs b set behind = null, past = (
           select r.seq from runs r where r.seq = b.behind and r.state not in ('succeeded', 'cancelled'))
     where b.state = 'queued' and b.behind is not null
       and not exists (select from runs r where r.seq = b.behind and (${goesOn(soon)} or ${holdsUp}))
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

/** Runs that wait for their next try because a service doesn't answer. */
import { sql } from "drizzle-orm";
import type { Sql } from "../parts.ts";
import type { Ready } from "./runs.ts";

/** Between two runs that go on when a service is back, so that it isn't overrun in its first minute. */
const SPREAD_MS = 250;
/** A wait is cut short once an hour at most: a service that answers some calls only must not use up the tries. */
const HURRY_AGAIN_MS = 3_600_000;
const MOST_HURRIED = 5_000;

/** Waiting for a temporary error to pass. What a service asked to wait for (429, Retry-After) isn't cut short by anybody but a person. */
const isAiling = sql`r.state = 'waiting' and r.error->>'class' = 'temporary'`;

export interface Ailing {
  readonly connection: string | null;
  readonly connector: string;
  readonly bundle: string;
  readonly since: Date;
  readonly waiting: number;
}

/** What doesn't answer in a workspace: by connection, or by bundle where none is needed; polls too. */
export async function listAiling(db: Sql, workspace: string): Promise<readonly Ailing[]> {
  const rows = await db.execute<{
    connection: string | null;
    connector: string;
    bundle: string;
    since: string;
    waiting: number;
  }>(sql`
    with waiting as (
      select r.bundle, r.version, r.error->>'step' as step, count(*)::int as count, min(r.error->>'since')::timestamptz as since
        from runs r where r.workspace = ${workspace} and ${isAiling} group by 1, 2, 3
    ), all_of as (
      select s->>'connection' as connection, s->>'connector' as connector, w.bundle, w.since, w.count
        from waiting w join versions v on v.bundle = w.bundle and v.version = w.version,
             jsonb_array_elements(v.body->'steps') s
       where s->>'id' = w.step
      union all
      select t.connection, t.connector, t.bundle, (t.error->>'firstAt')::timestamptz, 0
        from triggers t join bundles b on b.id = t.bundle
       where b.workspace = ${workspace} and b.state = 'active' and b.deleted_at is null and t.error->>'class' = 'temporary'
    )
    select connection, min(connector) as connector, min(bundle) as bundle, min(since) as since, sum(count)::int as waiting
      from all_of group by connection, case when connection is null then bundle end order by min(since) limit 20`);
  return rows.map((row) => ({ ...row, since: new Date(row.since) }));
}

/** Whose waiting runs go on now. */
export type Waiting =
  | { readonly run: string }
  | { readonly incident: string }
  | { readonly bundle: string }
  | { readonly connection: string }
  | { readonly all: true };

const ofConnection = (connection: string) => sql`exists (
  select from versions v, jsonb_array_elements(v.body->'steps') s
   where v.bundle = r.bundle and v.version = r.version and s->>'id' = r.error->>'step' and s->>'connection' = ${connection})`;

function within(which: Waiting) {
  if ("run" in which) return sql`r.id = ${which.run}`;
  if ("incident" in which) return sql`r.incident = ${which.incident}`;
  if ("bundle" in which) return sql`r.bundle = ${which.bundle}`;
  if ("connection" in which) return ofConnection(which.connection);
  return sql`true`;
}

/** A person wants it now. Their try begins a new series, so that pressing often costs the run none of its own tries. */
export async function takeWaiting(tx: Sql, workspace: string, which: Waiting): Promise<readonly Ready[]> {
  return tx.execute<Ready & Record<string, unknown>>(sql`
    with taken as (
      update runs set state = 'queued', next_at = null, waits = null where seq in (
        select r.seq from runs r where r.workspace = ${workspace} and ${isAiling} and ${within(which)}
         order by r.seq limit 10000 for update skip locked)
      returning seq, id, workspace, origin, step, attempt, element
    ), anew as (
      update attempts a set error = coalesce(a.error, '{}') || '{"final": true}'::jsonb from taken t
       where a.run = t.seq and a.step = t.step and a.element = t.element and a.attempt = t.attempt - 1 and a.state = 'failed'
    )
    select id, workspace, origin from taken`);
}

/** The connection answered at `at`: what failed before that goes on soon, one after the other. Answers with how many. */
export async function hurryWaiting(db: Sql, connection: string, at: Date): Promise<number> {
  const now = at.toISOString();
  const [any] = await db.execute(sql`select from runs r where ${isAiling} limit 1`);
  if (any === undefined) return 0;
  const rows = await db.execute(sql`
    with line as (
      select r.seq, row_number() over (order by r.seq) as place from runs r
       where ${isAiling} and r.error->>'code' is distinct from '429'
         and coalesce(r.error->>'notBefore', '') <= ${now}
         and r.next_at > ${now}::timestamptz + interval '5 seconds'
         and coalesce(r.error->>'hurried', '') < ${new Date(at.getTime() - HURRY_AGAIN_MS).toISOString()}
         and (select max(a.ended_at) from attempts a where a.run = r.seq) < ${now}::timestamptz
         and ${ofConnection(connection)}
       order by r.seq limit ${MOST_HURRIED}
    )
    update runs r set next_at = least(r.next_at, ${now}::timestamptz + l.place * ${SPREAD_MS} * interval '1 millisecond'),
           error = r.error || jsonb_build_object('hurried', ${now}::text)
      from line l where r.seq = l.seq and r.state = 'waiting'
    returning r.seq`);
  return rows.length;
}

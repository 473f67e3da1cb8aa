/** What pg-boss' own interface doesn't answer about its tables: which fetched jobs nobody works on any more. */
import type { Db as IDatabase } from "pg-boss";

export const JOBS_SCHEMA = "pgboss";

/**
 * All jobs carry this group: pg-boss has an index of running jobs by group (job_i7), so that the questions below cost
 * nothing however long the queue is.
 */
export const JOBS_GROUP = "svyazka";

/** `application_name` of the connection that a process keeps open as long as it lives. PostgreSQL cuts at 63 bytes. */
export function presence(process: string): string {
  return `svyazka queue ${process}`.slice(0, 63);
}

export interface Around {
  /** Other processes that work on this database. The kernel closes a killed process' connections at once. */
  readonly others: number;
  /** Fetched jobs, and for how many seconds their worker has given no sign of life. */
  readonly active: readonly { readonly id: string; readonly name: string; readonly silent: number }[];
  /** Queues with jobs that wait to be fetched. */
  readonly waiting: readonly string[];
}

/** Everything that the queue's tick wants to know, in one statement. */
export async function lookAround(db: IDatabase, process: string, queues: readonly string[]): Promise<Around> {
  const { rows } = await db.executeSql(
    `select
       (select count(distinct application_name)::int from pg_stat_activity
         where datname = current_database() and application_name like 'svyazka queue %' and application_name <> $1) as others,
       (select coalesce(json_agg(json_build_object('id', id, 'name', name,
                 'silent', extract(epoch from now() - coalesce(heartbeat_on, started_on)))), '[]')
          from ${JOBS_SCHEMA}.job where name = any($2::text[]) and state = 'active' and group_id = $3) as active,
       (select coalesce(json_agg(queue), '[]') from unnest($2::text[]) as queue where exists (
         select from ${JOBS_SCHEMA}.job where name = queue and state < 'active' and not blocked)) as waiting`,
    [presence(process), queues, JOBS_GROUP],
  );
  return rows[0] ?? { others: 0, active: [], waiting: [] };
}

/** Jobs that wait to be fetched, at most one counted: is there a backlog? */
export async function hasWaitingJobs(db: IDatabase, queue: string): Promise<boolean> {
  const { rows } = await db.executeSql(
    `select exists(select from ${JOBS_SCHEMA}.job where name = $1 and state < 'active' and not blocked) as waiting`,
    [queue],
  );
  return rows[0]?.waiting === true;
}

/** Wakes the loops of other processes; the sender's own name keeps it from waking itself. */
export async function notifyOthers(db: IDatabase, channel: string, process: string, queue: string): Promise<void> {
  await db.executeSql("select pg_notify($1, $2)", [channel, `${queue} ${process}`]);
}

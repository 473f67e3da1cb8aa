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

/** Other processes that work on this database now. The kernel closes a killed process' connections at once. */
export async function othersAlive(db: IDatabase, process: string): Promise<number> {
  const { rows } = await db.executeSql(
    `select count(distinct application_name)::int as others from pg_stat_activity
      where datname = current_database() and application_name like 'svyazka queue %' and application_name <> $1`,
    [presence(process)],
  );
  return Number(rows[0]?.others ?? 0);
}

/** Fetched jobs whose worker hasn't given a sign for so long; with 0 all that are fetched. */
export async function silentJobs(db: IDatabase, queue: string, silentSeconds: number): Promise<string[]> {
  const { rows } = await db.executeSql(
    `select id from ${JOBS_SCHEMA}.job
      where name = $1 and state = 'active' and group_id = $2
        and coalesce(heartbeat_on, started_on) <= now() - make_interval(secs => $3)`,
    [queue, JOBS_GROUP, silentSeconds],
  );
  return rows.map((row: { id: string }) => row.id);
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

/** Cheap questions that the clock asks again and again; only a yes costs more. */
import { sql } from "drizzle-orm";
import type { Sql } from "../parts.ts";
import { goesOn, holdsUp } from "./runs.ts";

export async function hasDue(db: Sql, now: Date): Promise<boolean> {
  const [row] = await db.execute<{ yes: boolean }>(sql`
    select exists(select from runs where state = 'waiting' and next_at <= ${now.toISOString()}::timestamptz) as yes`);
  return row?.yes === true;
}

export interface Broken {
  /** Waiting runs whose time has come. */
  readonly due: boolean;
  /** Runs held by processes that are gone. */
  readonly lost: boolean;
  /** Runs that this process holds and doesn't work on. */
  readonly own: readonly string[];
  /** Runs behind one that has ended or hangs. */
  readonly orphans: boolean;
  /** Access incidents whose connection is alive again. */
  readonly reconnected: boolean;
  /** Temporary failures that last and were told nobody. */
  readonly overdue: boolean;
}

export async function hasBroken(
  db: Sql,
  ask: { now: Date; holder: string; mine: readonly string[]; soon: Date; lasting: Date },
): Promise<Broken> {
  const [row] = await db.execute<Broken & Record<string, unknown>>(sql`
    select
      exists(select from runs where state = 'waiting' and next_at <= ${ask.now.toISOString()}::timestamptz) as due,
      exists(select from runs r where r.state = 'running' and r.holder <> ${ask.holder}
        and not exists (select from pg_stat_activity a
          where a.application_name = left('svyazka queue ' || r.holder, 63))) as lost,
      (select coalesce(json_agg(r.id), '[]') from runs r where r.state = 'running' and r.holder = ${ask.holder}
        and r.id not in (select value from json_array_elements_text(${JSON.stringify(ask.mine)}::json))) as own,
      exists(select from runs b where b.state = 'queued' and b.behind is not null
        and not exists (select from runs r where r.seq = b.behind and (${goesOn(ask.soon)} or ${holdsUp}))) as orphans,
      exists(select from incidents i join connections c on c.id = i.connection where i.solved_at is null
        and i.class = 'access' and c.state = 'alive' and c.checked_at > i.last_at) as reconnected,
      exists(select from runs where state = 'waiting' and incident is null and error->>'class' = 'temporary'
        and error->>'since' <= ${ask.lasting.toISOString()}) as overdue`);
  return row ?? { due: false, lost: false, own: [], orphans: false, reconnected: false, overdue: false };
}

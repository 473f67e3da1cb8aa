/** Questions that runs put to people, and runs that wait behind one that hangs. */
import { sql } from "drizzle-orm";
import type { Json, JsonObject } from "../../connectors/kit/fields.ts";
import { jsonbText } from "../../db/json.ts";
import type { Sql } from "../parts.ts";
import { goesOn, holdsUp } from "./runs.ts";

export interface AskedRow {
  readonly step: string;
  readonly attempt: number;
  readonly element: number;
  readonly output: JsonObject;
}

/** The question that a run waits with. */
export async function readAsked(db: Sql, run: number): Promise<AskedRow | undefined> {
  const [row] = await db.execute<AskedRow & Record<string, unknown>>(sql`
    select a.step, a.attempt, a.element, a.output from runs r
      join attempts a on a.run = r.seq and a.step = r.step and a.attempt = r.attempt and a.element = r.element
     where r.seq = ${run} and r.state = 'waiting' and r.waits = 'approval' and a.state = 'waiting'`);
  return row;
}

/** What was answered at a step, the newest answer. */
export async function readAnswer(
  db: Sql,
  run: number,
  at: { step: string; element: number } | null,
): Promise<Json | undefined> {
  const [row] = await db.execute<{ output: Json }>(sql`
    select output from attempts where run = ${run} and state = 'succeeded' and output ? 'answer' and output ? 'question'
       ${at === null ? sql`` : sql`and step = ${at.step} and element = ${at.element}`}
     order by seq desc limit 1`);
  return row?.output;
}

export async function writeAnswer(db: Sql, run: number, at: AskedRow, output: JsonObject, now: Date): Promise<void> {
  await db.execute(sql`
    update attempts set state = 'succeeded', output = ${jsonbText(output)}::jsonb, ended_at = ${now.toISOString()}::timestamptz
     where run = ${run} and step = ${at.step} and attempt = ${at.attempt} and element = ${at.element}`);
}

/** Runs that wait for an answer of this member, or of anybody; oldest first. */
export async function findAsking(
  db: Sql,
  workspace: string,
  member: string,
  limit: number,
): Promise<readonly string[]> {
  const rows = await db.execute<{ id: string }>(sql`
    select r.id from runs r
      join attempts a on a.run = r.seq and a.step = r.step and a.attempt = r.attempt and a.element = r.element
     where r.workspace = ${workspace} and r.waits = 'approval' and r.state = 'waiting'
       and (coalesce(a.output->>'who', ${member}) = ${member}
         or not exists (select from members m where m.workspace = r.workspace and m.id = a.output->>'who'))
     order by r.seq limit ${limit}`);
  return rows.map(({ id }) => id);
}

export async function readMemberName(db: Sql, workspace: string, member: string): Promise<string | null> {
  const [row] = await db.execute<{ name: string }>(sql`
    select name from members where workspace = ${workspace} and id = ${member}`);
  return row?.name ?? null;
}

export interface Holding {
  /** Strict runs that wait for this one. */
  readonly behind: number;
  /** The run that this one waits for hangs or failed. */
  readonly stuck: boolean;
}

/** What strict order means for a run just now. */
export async function readHolding(db: Sql, run: number, soon: Date): Promise<Holding> {
  const [row] = await db.execute<{ behind: number; stuck: boolean }>(sql`
    select (select count(*)::int from runs b join runs r on r.seq = b.behind
             where b.bundle = o.bundle and b.record = o.record and b.behind = o.seq and b.state = 'queued'
               and not ${goesOn(soon)} and ${holdsUp}) as behind,
           exists (select from runs b join runs r on r.seq = b.behind
             where b.seq = o.seq and b.state = 'queued' and not ${goesOn(soon)} and ${holdsUp}) as stuck
      from runs o where o.seq = ${run}`);
  return row ?? { behind: 0, stuck: false };
}

/** The repeat from the start takes the place of the run that it repeats: it goes first, those who waited for that one wait for it. */
export async function takePlace(tx: Sql, before: number, repeat: number): Promise<void> {
  await tx.execute(sql`update runs set behind = null where seq = ${repeat}`);
  await tx.execute(sql`
    with moved as (
      update runs b set behind = ${repeat} from runs r
       where r.seq = ${before} and b.bundle = r.bundle and b.record = r.record and b.behind = ${before} and b.state = 'queued'
         and b.seq <> ${repeat}
      returning b.seq
    )
    update runs set followed = case when seq = ${repeat} then followed or exists (select from moved) else false end
     where seq in (${before}, ${repeat})`);
}

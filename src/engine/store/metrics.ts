/** Figures for /metrics: what waits, not what was. Each is answered by an index of open rows. */
import { and, count, inArray, isNull, sql } from "drizzle-orm";
import { bundles, deliveries, inbox, incidents, outbox, runs, triggers } from "../../db/schema.ts";
import type { Sql } from "../parts.ts";

export interface Figures {
  readonly runs: Readonly<Record<string, number>>;
  readonly bundles: Readonly<Record<string, number>>;
  readonly deliveries: Readonly<Record<string, number>>;
  readonly inbox: number;
  readonly outbox: number;
  readonly incidents: number;
  readonly failingTriggers: number;
  /** Seconds that the oldest has been waiting for us, 0 where nothing waits. */
  readonly waits: Readonly<Record<"run" | "delivery" | "poll" | "inbox" | "outbox", number>>;
}

/** How late we are: queued runs nobody is ahead of, deliveries and polls that are due, messages either way. */
async function readWaits(db: Sql): Promise<Figures["waits"]> {
  const age = (oldest: ReturnType<typeof sql>) => sql`greatest(0, extract(epoch from now() - (${oldest})))::float8`;
  const [row] = await db.execute<Figures["waits"]>(sql`select
    ${age(sql`select min(coalesce(started_at, created_at)) from runs where state = 'queued' and behind is null`)} as run,
    ${age(sql`select min(next_at) from deliveries where state = 'open' and next_at <= now()`)} as delivery,
    ${age(sql`select min(t.next_at) from triggers t join bundles b on b.id = t.bundle where b.state = 'active'
      and b.deleted_at is null and t.next_at <= now() and (t.leased_until is null or t.leased_until <= now())`)} as poll,
    ${age(sql`select min(received_at) from telegram_inbox where done_at is null`)} as inbox,
    ${age(sql`select min(next_at) from outbox where sent_at is null and next_at <= now()`)} as outbox`);
  const { run = 0, delivery = 0, poll = 0, inbox = 0, outbox = 0 } = row ?? {};
  return { run: run ?? 0, delivery: delivery ?? 0, poll: poll ?? 0, inbox: inbox ?? 0, outbox: outbox ?? 0 };
}

export async function readFigures(db: Sql): Promise<Figures> {
  const byState = (rows: readonly { state: string; n: number }[]) =>
    Object.fromEntries(rows.map((row) => [row.state, row.n]));
  const open = ["queued", "running", "waiting", "unknown"];
  const [waits, run, bundle, delivery, update, message, incident, trigger] = await Promise.all([
    readWaits(db),
    db.select({ state: runs.state, n: count() }).from(runs).where(inArray(runs.state, open)).groupBy(runs.state),
    db
      .select({ state: bundles.state, n: count() })
      .from(bundles)
      .where(isNull(bundles.deletedAt))
      .groupBy(bundles.state),
    db.select({ state: deliveries.state, n: count() }).from(deliveries).groupBy(deliveries.state),
    db.select({ n: count() }).from(inbox).where(isNull(inbox.doneAt)),
    db.select({ n: count() }).from(outbox).where(isNull(outbox.sentAt)),
    db.select({ n: count() }).from(incidents).where(isNull(incidents.solvedAt)),
    db
      .select({ n: count() })
      .from(triggers)
      .where(and(sql`${triggers.failures} > 0`)),
  ]);
  return {
    waits,
    runs: byState(run),
    bundles: byState(bundle),
    deliveries: byState(delivery),
    inbox: update[0]?.n ?? 0,
    outbox: message[0]?.n ?? 0,
    incidents: incident[0]?.n ?? 0,
    failingTriggers: trigger[0]?.n ?? 0,
  };
}

export async function ping(db: Sql): Promise<void> {
  await db.execute(sql`select 1`);
}

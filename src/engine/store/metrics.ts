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
}

export async function readFigures(db: Sql): Promise<Figures> {
  const byState = (rows: readonly { state: string; n: number }[]) =>
    Object.fromEntries(rows.map((row) => [row.state, row.n]));
  const open = ["queued", "running", "waiting", "unknown"];
  const [run, bundle, delivery, update, message, incident, trigger] = await Promise.all([
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

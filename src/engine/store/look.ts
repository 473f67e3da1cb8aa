/** What the clock asks every second, in one statement: most of the time the answer is no, four times. */
import { sql } from "drizzle-orm";
import type { Db } from "../parts.ts";
import { dueDeliveries } from "./deliveries.ts";
import { dueMigrations } from "./migrations.ts";
import { dueTriggers } from "./triggers.ts";

export interface Due {
  readonly runs: boolean;
  readonly triggers: boolean;
  readonly deliveries: boolean;
  readonly migrations: boolean;
}

/** `late`: when deliveries should have been done by. */
export async function whatIsDue(db: Db, now: Date, late: Date): Promise<Due> {
  const [row] = await db.execute<Due & Record<string, unknown>>(sql`
    select exists(select from runs where state = 'waiting' and next_at <= ${now.toISOString()}::timestamptz) as runs,
      exists ${dueTriggers(db, now, 1)} as triggers,
      exists ${dueDeliveries(db, late, 1)} as deliveries,
      exists ${dueMigrations(db, now, 1)} as migrations`);
  return row ?? { runs: false, triggers: false, deliveries: false, migrations: false };
}

/** Failures with one cause, and what they do to their bundle. */
import { sql } from "drizzle-orm";
import type { Sql } from "../parts.ts";

/** True for the one call that made it the first. */
export async function markFirstSuccess(tx: Sql, bundle: string, now: Date): Promise<boolean> {
  const rows = await tx.execute(sql`
    update bundles set first_success_at = ${now.toISOString()}::timestamptz
     where id = ${bundle} and first_success_at is null returning id`);
  return rows.length > 0;
}

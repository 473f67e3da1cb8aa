/** What a killed process was in the middle of, given back at once where nobody else can be at it. */
import { sql } from "drizzle-orm";
import type { Db } from "../parts.ts";
import { presence } from "./jobs.ts";

/** Longest lease of a message on its way to Telegram. */
const MESSAGE_MS = 60_000;

/**
 * Polls, migrations, deliveries and messages under a lease are free again, if no other process works on this database. Call at the
 * start, before anything is taken; beside living processes the leases run out by themselves.
 */
export async function freeLeases(db: Db, process: string, now: Date): Promise<void> {
  await db.transaction(async (tx) => {
    const [row] = await tx.execute<{ others: boolean }>(sql`
      select exists(select from pg_stat_activity where datname = current_database()
        and application_name like 'svyazka queue %' and application_name <> ${presence(process)}) as others`);
    if (row?.others !== false) return;
    const at = sql`${now.toISOString()}::timestamptz`;
    await tx.execute(sql`update triggers set leased_until = null where leased_until is not null`);
    await tx.execute(sql`update migrations set leased_until = null where leased_until is not null`);
    await tx.execute(sql`update deliveries set state = 'open', next_at = ${at} where state = 'taken'`);
    await tx.execute(sql`
      update outbox set next_at = ${at} where sent_at is null and attempts > 0
        and next_at between ${at} and ${new Date(now.getTime() + MESSAGE_MS).toISOString()}::timestamptz`);
  });
}

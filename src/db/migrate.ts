/** Brings a database to the schema of this release; forward only. */
import { join } from "node:path";
import { sql } from "drizzle-orm";
import { migrate as applyMigrations } from "drizzle-orm/postgres-js/migrator";
import { makeClient } from "./client.ts";

/** Any number, the same in every release: two processes that start at once migrate one after the other. */
const LOCK = 7_239_001;

/** Applies what `drizzle/` holds and the database lacks. */
export async function migrate(url: string): Promise<void> {
  // One connection: the lock belongs to a session.
  const client = makeClient({ url, max: 1, name: "svyazka migrate" });
  try {
    await client.db.execute(sql`select pg_advisory_lock(${LOCK})`);
    await applyMigrations(client.db, { migrationsFolder: join(import.meta.dirname, "../../drizzle") });
  } finally {
    await client.end();
  }
}

/** Frozen bundles as runs need them. */
import { and, eq } from "drizzle-orm";
import { bundles, versions } from "../../db/schema.ts";
import { Bundle } from "../bundle/model.ts";
import type { Sql } from "../parts.ts";

export async function readVersion(db: Sql, bundle: string, version: number): Promise<Bundle | undefined> {
  const [row] = await db
    .select({ body: versions.body })
    .from(versions)
    .where(and(eq(versions.bundle, bundle), eq(versions.version, version)));
  return row && Bundle.parse(row.body);
}

/** The number of the live version; undefined when the bundle is gone or was never started. */
export async function newestVersion(db: Sql, bundle: string): Promise<number | undefined> {
  const [row] = await db.select({ version: bundles.version }).from(bundles).where(eq(bundles.id, bundle));
  return row && row.version > 0 ? row.version : undefined;
}

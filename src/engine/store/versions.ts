/** Frozen bundles as runs need them. */
import { and, eq } from "drizzle-orm";
import { versions } from "../../db/schema.ts";
import { Bundle } from "../bundle/model.ts";
import type { Sql } from "../parts.ts";

export async function readVersion(db: Sql, bundle: string, version: number): Promise<Bundle | undefined> {
  const [row] = await db
    .select({ body: versions.body })
    .from(versions)
    .where(and(eq(versions.bundle, bundle), eq(versions.version, version)));
  return row && Bundle.parse(row.body);
}

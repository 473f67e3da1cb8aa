/** Requests to bundles' addresses that couldn't be taken: a count and the last reason, no more. */
import { eq, sql } from "drizzle-orm";
import type { Text } from "../../connectors/kit/define.ts";
import { triggers } from "../../db/schema.ts";
import type { Tx } from "../parts.ts";

export async function addRefused(
  tx: Tx,
  bundle: string,
  add: { readonly count: number; readonly at: Date; readonly why: Text },
): Promise<void> {
  await tx
    .update(triggers)
    .set({ refused: sql`${triggers.refused} + ${add.count}`, refusedAt: add.at, refusedWhy: add.why })
    .where(eq(triggers.bundle, bundle));
}

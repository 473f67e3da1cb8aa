/** What bundles keep between runs: counters and small records of a workspace. */
import { and, eq, gt, isNull, lte, or, sql } from "drizzle-orm";
import type { Json } from "../../connectors/kit/define.ts";
import type { Kept, Storage } from "../../connectors/kit/storage.ts";
import { stored } from "../../db/schema.ts";
import type { Db, Sql, Tx } from "../parts.ts";
import { claimOperation, readResult, storedPrefix, writeResult } from "./operations.ts";

class NoNumber extends Error {}

/** The storage of one workspace, as connectors see it. */
export function makeStorage(db: Db, workspace: string, now: () => Date): Storage {
  const at = (name: string, key: string) =>
    and(eq(stored.workspace, workspace), eq(stored.name, name), eq(stored.key, key));
  const alive = () => or(isNull(stored.until), gt(stored.until, now()));

  /** The write and the note that it was made are one transaction; asked again, its first result comes back. */
  const once = <T extends Json>(op: string, write: (tx: Tx) => Promise<T>): Promise<T> =>
    db.transaction(async (tx) => {
      const key = `${storedPrefix}${workspace} ${op}`;
      if (!(await claimOperation(tx, key))) return (await readResult(tx, key)) as T;
      const result = await write(tx);
      await writeResult(tx, key, result);
      return result;
    });

  return {
    async get(name, key) {
      const [row] = await db
        .select()
        .from(stored)
        .where(and(at(name, key), alive()));
      return row ? { value: (row.value ?? null) as Json, changedAt: row.changedAt, until: row.until } : null;
    },

    async set(name, key, value, until, op) {
      const changedAt = now();
      const kept: Kept = { value, changedAt, until };
      await once(op, async (tx) => {
        await tx
          .insert(stored)
          .values({ workspace, name, key, value, changedAt, until })
          .onConflictDoUpdate({
            target: [stored.workspace, stored.name, stored.key],
            set: { value, changedAt, until },
          });
        return null;
      });
      return kept;
    },

    remove: (name, key, op) =>
      once(op, async (tx) => {
        const rows = await tx.delete(stored).where(at(name, key)).returning({ until: stored.until });
        return rows.some(({ until }) => until === null || until > now());
      }),

    async add(name, key, amount, until, op) {
      const moment = now().toISOString();
      const end = until?.toISOString() ?? null;
      try {
        return await once(op, async (tx) => {
          const [row] = await tx.execute<{ sum: string }>(sql`
            insert into stored (workspace, name, key, value, changed_at, until)
            values (${workspace}, ${name}, ${key}, to_jsonb(${amount}::numeric), ${moment}::timestamptz, ${end}::timestamptz)
            on conflict (workspace, name, key) do update set
              value = case when stored.until <= ${moment}::timestamptz then excluded.value
                else to_jsonb(trim_scale((stored.value #>> '{}')::numeric + ${amount}::numeric)) end,
              until = case when stored.until <= ${moment}::timestamptz then excluded.until else stored.until end,
              changed_at = excluded.changed_at
            where stored.until <= ${moment}::timestamptz or stored.value #>> '{}' ~ '^-?[0-9]{1,60}([.][0-9]{1,30})?$'
            returning value #>> '{}' as sum`);
          // Nothing may stay noted: once the record is mended, the same step counts.
          if (!row) throw new NoNumber();
          return row.sum;
        });
      } catch (error) {
        if (error instanceof NoNumber) return null;
        throw error;
      }
    },
  };
}

/** Forgets what has outlived its time. */
export async function sweepStored(db: Sql, now: Date): Promise<void> {
  await db.delete(stored).where(lte(stored.until, now));
}

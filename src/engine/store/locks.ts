/** Advisory locks of a session: whoever dies lets go of them. */
import { createHash } from "node:crypto";
import type { ReservedSql } from "postgres";
import type { Db } from "../parts.ts";

/** One connection, taken out of the pool for as long as locks are in use; it can hold thousands of them. */
export function reserveSession(db: Db): Promise<ReservedSql> {
  return db.$client.reserve();
}

/** All or none. Doesn't wait: the connection is shared by all runs of the process. */
export async function tryLocks(session: ReservedSql, keys: readonly string[]): Promise<boolean> {
  const taken: string[] = [];
  const numbers = keys.map(lockNumber);
  const rows = await Promise.all(
    numbers.map((key) => session<{ ok: boolean }[]>`select pg_try_advisory_lock(${key}::text::bigint) as ok`),
  );
  for (const [place, key] of numbers.entries()) if (rows[place]?.[0]?.ok) taken.push(key);
  if (taken.length === numbers.length) return true;
  await unlockNumbers(session, taken);
  return false;
}

export async function unlock(session: ReservedSql, keys: readonly string[]): Promise<void> {
  await unlockNumbers(session, keys.map(lockNumber));
}

async function unlockNumbers(session: ReservedSql, numbers: readonly string[]): Promise<void> {
  await Promise.all(numbers.map((key) => session`select pg_advisory_unlock(${key}::text::bigint)`));
}

/** 64 bits of SHA-256: two keys that share a number only wait for each other. */
function lockNumber(key: string): string {
  return createHash("sha256").update(key).digest().readBigInt64BE(0).toString();
}

/** Runs on their way to the queue. */
import type { Queue, Sql } from "../parts.ts";
import type { Ready } from "../store/runs.ts";

/** Runs in progress come before new ones; a migration comes after everything. */
const BASE = { live: 0, manual: 10, retry: 10, migration: -1_000_000 } as const;
const RESUMED = 5;

/** Sends runs that have been going already; call `queue.wake("run")` after the commit. */
export async function sendReady(queue: Queue, tx: Sql, runs: readonly Ready[]): Promise<void> {
  await queue.send(
    tx,
    "run",
    runs.map(({ id, origin }) => ({ id, priority: BASE[origin] + RESUMED })),
  );
}

/**
 * A run's priority falls with its place in its workspace's own backlog, so that a newcomer's first run is near the front
 * whatever the others have queued.
 */
export function priorityOf(origin: Ready["origin"], place: number): number {
  return BASE[origin] - Math.floor(place / 4);
}

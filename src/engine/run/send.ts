/** Runs on their way to the queue. */
import type { Queue, Sql } from "../parts.ts";
import { countQueued, type Ready } from "../store/runs.ts";

/** Runs in progress come before new ones; a migration comes after everything. */
const BASE = { live: 0, manual: 10, retry: 10, migration: -1_000_000 } as const;
const RESUMED = 5;

/** So many at once are no backlog yet. */
const FEW = 20;
const MAX_COUNTED = 20_000;

/**
 * Sends runs that have been going already; call `queue.wake("run")` after the commit. When a thousand of a workspace go
 * on at once (a service is back, "retry all"), they line up like any backlog, behind what waits there already.
 */
export async function sendReady(queue: Queue, tx: Sql, runs: readonly Ready[]): Promise<void> {
  const places = new Map<string, number>();
  for (const [workspace, group] of Map.groupBy(runs, (run) => run.workspace)) {
    const before = group.length > FEW ? (await countQueued(tx, workspace, MAX_COUNTED)) - group.length : 0;
    places.set(workspace, Math.max(0, before));
  }
  const jobs = runs.map(({ id, origin, workspace }) => {
    const place = places.get(workspace) ?? 0;
    places.set(workspace, place + 1);
    return { id, priority: RESUMED + priorityOf(origin, place) };
  });
  await queue.send(tx, "run", jobs);
}

/**
 * A run's priority falls with its place in its workspace's own backlog, so that a newcomer's first run is near the front
 * whatever the others have queued.
 */
export function priorityOf(origin: Ready["origin"], place: number): number {
  return BASE[origin] - Math.floor(place / 4);
}

/** Failed runs on their way again, from the step that failed. */
import type { Bundle } from "../bundle/model.ts";
import type { Tx } from "../parts.ts";
import { requeueRuns } from "../store/history.ts";
import { newestVersion, readVersion } from "../store/versions.ts";
import { bodyOf, loopAt } from "./loops.ts";

export interface FailedRun {
  readonly id: string;
  readonly bundle: string;
  readonly version: number;
  readonly step: string | null;
}

/** In the newest version where everything before the failed step is as it was, else in the run's own. */
export async function requeueFailed(tx: Tx, runs: readonly FailedRun[], own?: number): Promise<void> {
  const groups = Map.groupBy(runs, ({ bundle, version, step }) => JSON.stringify([bundle, version, step]));
  for (const group of groups.values()) {
    const [first] = group;
    if (!first) continue;
    const version = own ?? (await versionFor(tx, first));
    await requeueRuns(
      tx,
      group.map(({ id }) => id),
      version,
    );
  }
}

/** The version in which a run goes on from where it stopped. */
async function versionFor(tx: Tx, run: FailedRun): Promise<number> {
  const newest = await newestVersion(tx, run.bundle);
  if (newest === undefined || newest === run.version || run.step === null) return run.version;
  const [before, after] = await Promise.all([
    readVersion(tx, run.bundle, run.version),
    readVersion(tx, run.bundle, newest),
  ]);
  return before && after && isSameUpTo(before, after, run.step) ? newest : run.version;
}

/** The steps before the given one are unchanged, and it is still there; of a loop, all of its steps are. */
export function isSameUpTo(before: Bundle, after: Bundle, step: string): boolean {
  const place = before.steps.findIndex(({ id }) => id === step);
  if (place < 0 || after.steps[place]?.id !== step) return false;
  const loop = loopAt(before, place);
  if (loop && !bodyOf(before, loop).every(({ id }, at) => after.steps[place + 1 + at]?.id === id)) return false;
  const first = before.steps.slice(0, place);
  return first.every((one, index) => JSON.stringify(one) === JSON.stringify(after.steps[index]));
}

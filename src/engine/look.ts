/**
 * The clock's every second, in one look: whoever has something due is called, the others sleep. Measured at rest: five
 * statements a second, and as many tasks of the clock, were most of what a resting process used.
 */
import type { Shared } from "./parts.ts";
import { whatIsDue } from "./store/look.ts";
import { LATE_MS } from "./trigger/delivery.ts";

/** What runs look for beside what is due (dead processes, lost errands), they look for this often by themselves. */
const RUNS_MS = 3_000;
/** The others have hourly errands of their own. */
const OTHERS_MS = 60_000;

interface Ticking {
  tick(): Promise<void>;
}
export interface LookDeps extends Pick<Shared, "db" | "clock"> {
  readonly worker: Ticking;
  readonly poller: Ticking;
  readonly migrating: Ticking;
}

/** A round may begin while the last one still asks a slow service; the parts guard themselves. */
export function makeLook({ db, clock, worker, poller, migrating }: LookDeps): () => Promise<void> {
  let runsAt = Number.NEGATIVE_INFINITY;
  let othersAt = Number.NEGATIVE_INFINITY;
  return async () => {
    const at = performance.now();
    const now = clock.now();
    const due = await whatIsDue(db, now, new Date(now.getTime() - LATE_MS));
    const isTimeOfRuns = at - runsAt >= RUNS_MS - 100;
    const isTimeOfOthers = at - othersAt >= OTHERS_MS;
    if (isTimeOfRuns) runsAt = at;
    if (isTimeOfOthers) othersAt = at;
    await Promise.all([
      due.runs || isTimeOfRuns ? worker.tick() : null,
      due.triggers || due.deliveries || isTimeOfOthers ? poller.tick() : null,
      due.migrations || isTimeOfOthers ? migrating.tick() : null,
    ]);
  };
}

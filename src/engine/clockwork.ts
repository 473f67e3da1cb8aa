import { type ScheduledTask, schedule } from "node-cron";
import type { Log } from "../log.ts";

export interface Task {
  readonly name: string;
  readonly cron: string;
  /** Another round begins only when the last one is over, unless the part itself guards against it. */
  readonly mayOverlap?: boolean;
  run(): Promise<unknown>;
}

/** Ticks everything that lies in rows as due. A round that fails is logged; the next one tries again. */
export function makeClockwork({ tasks, log }: { tasks: readonly Task[]; log: Log }) {
  const going = new Set<Promise<unknown>>();
  let scheduled: ScheduledTask[] = [];
  const quiet = { info: () => {}, warn: () => {}, error: () => {}, debug: () => {} };

  function start(task: Task): ScheduledTask {
    let isGoing = false;
    return schedule(
      task.cron,
      () => {
        if (isGoing && !task.mayOverlap) return;
        isGoing = true;
        const round = task
          .run()
          .catch((error) => log.warn({ err: error, task: task.name }, "a round of the clock failed"))
          .finally(() => {
            isGoing = false;
            going.delete(round);
          });
        going.add(round);
      },
      // A second that was missed is made up by the next one: what is due stays due.
      { name: task.name, suppressMissedWarning: true, logger: quiet },
    );
  }

  return {
    start() {
      scheduled = tasks.map(start);
    },
    /** Resolves when the rounds that are under way are over. */
    async stop() {
      for (const one of scheduled) await one.destroy();
      scheduled = [];
      await Promise.allSettled(going);
    },
  };
}

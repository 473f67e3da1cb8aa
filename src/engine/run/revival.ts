/** A service that answers again: the runs that waited for it don't wait out their hours. */
import type { Shared } from "../parts.ts";
import { loggable } from "../store/outage.ts";
import { hurryWaiting } from "../store/waiting.ts";

/** Calls succeed all the time; who waits is asked once in a while. */
const GATHER_MS = 2_000;

export interface Revival {
  /** A call through this connection succeeded just now. */
  answered(connection: string): void;
  /** What was gathered is looked at now. */
  settle(): Promise<void>;
}

export function makeRevival({ db, clock, log }: Pick<Shared, "db" | "clock" | "log">): Revival {
  /** When each answered first since they were last looked at. */
  const answers = new Map<string, Date>();
  let timer: NodeJS.Timeout | undefined;

  async function settle(): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    const gathered = [...answers];
    answers.clear();
    for (const [connection, at] of gathered) {
      try {
        const count = await hurryWaiting(db, connection, at);
        if (count > 0) log.info({ connection, runs: count }, "a service answers again, its runs go on");
      } catch (error) {
        log.warn({ err: loggable(error) }, "runs wait for their time although their service answers");
      }
    }
  }

  return {
    answered(connection) {
      if (!answers.has(connection)) answers.set(connection, clock.now());
      timer ??= setTimeout(() => void settle(), GATHER_MS).unref();
    },
    settle,
  };
}

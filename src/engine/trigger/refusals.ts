/** What an address refused leaves a trace in the chat: nobody reads the sender's logs. */
import type { Text } from "../../connectors/kit/define.ts";
import type { Shared } from "../parts.ts";
import { isOutage, loggable } from "../store/outage.ts";
import { addRefused } from "../store/refusals.ts";
import { makeGroup } from "./group.ts";

const GROUP = { size: 500, room: 1_000 };

export interface Refusals {
  /** Never fails: a count that can't be written is no reason for another answer. */
  note(bundle: string, why: Text): Promise<void>;
}

export function makeRefusals({ db, clock, log }: Pick<Shared, "db" | "clock" | "log">): Refusals {
  const keep = makeGroup<{ bundle: string; at: Date; why: Text }>({
    ...GROUP,
    isOutage,
    commit: (entries) =>
      db.transaction(async (tx) => {
        // In one order everywhere, so that two processes don't wait for each other's rows.
        for (const bundle of [...new Set(entries.map((entry) => entry.bundle))].sort()) {
          const own = entries.filter((entry) => entry.bundle === bundle);
          const last = own.at(-1);
          if (last) await addRefused(tx, bundle, { count: own.length, at: last.at, why: last.why });
        }
      }),
  });
  return {
    async note(bundle, why) {
      try {
        await keep({ bundle, at: clock.now(), why });
      } catch (error) {
        log.warn({ err: loggable(error), bundle }, "a refused delivery could not be counted");
      }
    },
  };
}

import type { Db, Shared } from "./parts.ts";
import { sweepOperations } from "./store/operations.ts";
import { sweepStored } from "./store/stored.ts";
import { sweepTelegram } from "./store/telegram.ts";

const DAY_MS = 86_400_000;

/** Removes what nobody asks for any more: done updates, sent messages, effects that can't be asked for again. */
export async function sweep({ db, clock }: Pick<Shared, "clock"> & { db: Db }): Promise<void> {
  const daysAgo = (days: number) => new Date(clock.now().getTime() - days * DAY_MS);
  await sweepOperations(db, daysAgo(2), daysAgo(40));
  await sweepStored(db, clock.now());
  // Telegram keeps an update for a day; ids are kept longer than it counts them on.
  await sweepTelegram(db, { updates: daysAgo(8), messages: daysAgo(30), conversations: daysAgo(30) });
}

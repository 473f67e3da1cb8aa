/**
 * Removes what nobody asks for any more, in the background: pieces of a few hundred rows, and after each a rest as long
 * as it took, so that at full load the database is ours for half of one connection at most.
 */
import { setTimeout as rest } from "node:timers/promises";
import type { Db, Shared } from "./parts.ts";
import { removeBundle, removeHistory } from "./store/data.ts";
import { sweepLanes } from "./store/lanes.ts";
import { sweepLinks } from "./store/links.ts";
import { sweepOperations } from "./store/operations.ts";
import {
  emptyBundles,
  keptDays,
  removeDeliveries,
  removeEnded,
  removeIncidents,
  removeSeen,
} from "./store/retention.ts";
import { sweepStored } from "./store/stored.ts";
import { sweepTelegram } from "./store/telegram.ts";

const DAY_MS = 86_400_000;
const PIECE = 500;
/** A failed run whose cause nobody has mended is kept longer than others, but not for ever. */
const FAILED_DAYS = 90;
/** Keys of changes, and causes that were never solved. */
const CHANGE_DAYS = 90;
const KEPT_DAYS = 30;

/** `signal`: the process is about to stop; the rest is for the next time. */
export async function sweep({
  db,
  clock,
  signal,
}: Pick<Shared, "clock"> & { db: Db; signal?: AbortSignal }): Promise<void> {
  const isOver = () => signal?.aborted === true;
  const inPieces = async (remove: () => Promise<number>) => {
    while (!isOver() && (await gently(remove)) > 0);
  };
  const daysAgo = (days: number) => new Date(clock.now().getTime() - days * DAY_MS);
  await sweepOperations(db, daysAgo(2), daysAgo(40));
  await sweepStored(db, clock.now());
  // Telegram keeps an update for a day; ids are kept longer than it counts them on.
  await sweepTelegram(db, { updates: daysAgo(8), messages: daysAgo(30), conversations: daysAgo(30) });
  await sweepLanes(db);
  await sweepLinks(db, daysAgo(KEPT_DAYS));

  for (const { id, days } of await keptDays(db)) {
    const until = { ended: daysAgo(days), failed: daysAgo(Math.max(days, FAILED_DAYS)) };
    for (let after: number | null = 0; after !== null && !isOver(); ) {
      const from: number = after;
      const piece = await gently(() => removeEnded(db, id, { ...until, after: from, limit: PIECE }));
      after = piece.next;
    }
  }
  await inPieces(() => removeDeliveries(db, daysAgo(KEPT_DAYS), PIECE));
  await inPieces(() => removeSeen(db, daysAgo(CHANGE_DAYS), PIECE));
  await inPieces(() => removeIncidents(db, { solved: daysAgo(KEPT_DAYS), open: daysAgo(CHANGE_DAYS) }, PIECE));
  for (const bundle of await emptyBundles(db, daysAgo(KEPT_DAYS), PIECE)) {
    await inPieces(() => removeHistory(db, bundle, PIECE));
    if (!isOver()) await removeBundle(db, bundle);
  }
}

async function gently<T>(act: () => Promise<T>): Promise<T> {
  const began = performance.now();
  const result = await act();
  await rest(performance.now() - began);
  return result;
}

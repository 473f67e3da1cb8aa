/** A card that shows a bundle at work is drawn once more when that has come to rest: nobody should have to press for it. */
import { setTimeout as pause } from "node:timers/promises";
import { z } from "zod";
import type { BundleView, Engine, Scope } from "../engine/index.ts";
import type { Log } from "../log.ts";
import { to } from "./callback.ts";
import { safe, toRow } from "./inbox.ts";
import { pressOf } from "./press.ts";

/** Services that take longer than this have their answer in the history only. */
const LONGEST_MS = 10 * 60_000;
const FIRST_MS = 400;
const SELDOM_MS = 5_000;
/** Far from the ids of the outbox, whose messages press buttons too. */
const IDS_FROM = 10 ** 15;

/** What followed a card longer ago is gone from the screen. */
const OLDEST_MS = 24 * 3_600_000;

/** As the chat's state keeps it, so that the next process goes on. */
export const Watching = z.object({
  scope: z.object({ workspace: z.string(), member: z.string() }),
  name: z.string(),
  /** The update that set the bundle to work: watched twice, it is told once. */
  update: z.number(),
  bundle: z.string(),
  /** What the card says then; the handler of `recard` knows it. */
  word: z.string(),
  /** When it began (ms). */
  since: z.number(),
});
const State = z.object({ watching: Watching });

export interface Watched extends Omit<z.infer<typeof Watching>, "scope" | "since"> {
  readonly scope: Scope;
  readonly chatId: number;
}
export interface Watch {
  /** Returns at once. A chat has one card, so what it watched before is forgotten. */
  start(watched: Watched): void;
  /** Goes on with what earlier processes followed. */
  resume(): Promise<void>;
  stop(): void;
}

/** Nothing is being asked and no run is on its way; one that waits for its next try may do so for hours. */
export function isAtRest(view: Pick<BundleView, "asking" | "blocked" | "lastRuns">): boolean {
  const isAsked = view.asking === "going" || (view.asking === "waits" && view.blocked === undefined);
  return !isAsked && !view.lastRuns.some((state) => state === "queued" || state === "running");
}

export function makeWatch({
  engine,
  log,
  firstMs = FIRST_MS,
  longestMs = LONGEST_MS,
}: {
  readonly engine: {
    readonly bundles: Pick<Engine["bundles"], "get">;
    readonly telegram: Pick<Engine["telegram"], "chat" | "receive" | "watchedChats">;
  };
  readonly log: Pick<Log, "warn">;
  readonly firstMs?: number;
  readonly longestMs?: number;
}): Watch {
  const watching = new Map<number, AbortController>();

  async function follow(watched: Watched, signal: AbortSignal): Promise<void> {
    const { scope, bundle } = watched;
    const end = Date.now() + longestMs;
    for (let wait = firstMs; Date.now() < end; wait = Math.min(wait * 1.4, SELDOM_MS)) {
      await pause(wait, undefined, { signal, ref: false });
      if (isAtRest(await engine.bundles.get(scope, bundle))) break;
    }
    // Also of what goes on for longer: its card must not say for good that it is under way.
    await tell(watched, signal);
  }

  async function tell({ chatId, name, update, bundle, word }: Watched, signal: AbortSignal): Promise<void> {
    const { screenMessage } = await engine.telegram.chat(chatId);
    if (screenMessage === null || signal.aborted) return;
    const data = to("recard", bundle, word);
    const press = { id: IDS_FROM + Math.abs(update), chatId, name, data, message: screenMessage };
    return engine.telegram.receive([toRow(pressOf(press))]);
  }

  function start(watched: Watched): void {
    watching.get(watched.chatId)?.abort();
    const ended = new AbortController();
    watching.set(watched.chatId, ended);
    follow(watched, ended.signal)
      .catch((error: unknown) => {
        // The card only stays as it is.
        if (!ended.signal.aborted) log.warn({ err: safe(error) }, "a card could not be followed");
      })
      .finally(() => {
        if (watching.get(watched.chatId) === ended) watching.delete(watched.chatId);
      });
  }

  return {
    start,
    async resume() {
      for (const { chatId, state } of await engine.telegram.watchedChats()) {
        const kept = State.safeParse(state).data?.watching;
        if (kept !== undefined && !watching.has(chatId) && Date.now() - kept.since < OLDEST_MS)
          start({ ...kept, chatId });
      }
    },
    stop() {
      for (const one of watching.values()) one.abort();
      watching.clear();
    },
  };
}

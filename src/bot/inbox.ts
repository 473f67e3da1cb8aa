/**
 * Updates are stored first and confirmed to Telegram afterwards, then handled from the store: in order within a chat,
 * many chats side by side. A process killed at any point loses none; one handled twice meets the ops it already made.
 */
import { setTimeout as pause } from "node:timers/promises";
import { type Api, GrammyError, HttpError } from "grammy";
import type { Update } from "grammy/types";
import type { Telegram } from "../engine/index.ts";
import type { Log } from "../log.ts";
import { Unreachable } from "./show.ts";

/** Always sent: without the list Telegram keeps the one of an earlier version. */
export const ALLOWED_UPDATES = ["message", "callback_query", "my_chat_member"] as const;

const SIDE_BY_SIDE = 50;
/** Handlers only touch the database and Telegram, and wait for a service 8 s at most. */
const STUCK_MS = 120_000;
/** Looks into the store even if nobody called: a notification may get lost with its connection. */
const LOOK_MS = 5_000;
/** While Telegram can't be reached an update is tried this often without counting as failed. */
const PASSING_TRIES = 20;

/** Telegram's type isn't believed: one odd update must not stop those behind it. */
export const chatOf = (update: Update): number => {
  const places: readonly ({ readonly chat?: { readonly id?: unknown } } | null | undefined)[] = [
    update.message,
    update.callback_query?.message,
    update.callback_query && { chat: update.callback_query.from },
    update.my_chat_member,
  ];
  const ids = places.map((place) => place?.chat?.id);
  return ids.find((id): id is number => Number.isSafeInteger(id)) ?? 0;
};

export const toRow = (update: Update) => ({ update_id: update.update_id, chat: chatOf(update), body: update });

export interface Inbox {
  start(): void;
  /** Lets what is being handled end (at most 10 s); the rest stays stored. */
  stop(): Promise<void>;
  wake(): void;
}
interface Deps {
  readonly telegram: Telegram;
  readonly log: Log;
  readonly handle: (update: Update) => Promise<void>;
  /** A word to the person whose update failed three times. */
  readonly gaveUp: (update: Update) => Promise<void>;
  readonly stuckMs?: number;
  readonly retryMs?: number;
}

export function makeInbox({ telegram, log, handle, gaveUp, stuckMs = STUCK_MS, retryMs = 1_000 }: Deps): Inbox {
  const busy = new Map<number, Promise<void>>();
  const passing = new Map<number, number>();
  const stopping = new AbortController();
  let looking = false;
  let lookAgain = false;
  let timer: NodeJS.Timeout | undefined;
  let unlisten: (() => void) | undefined;

  async function one({ body, attempts }: { body: unknown; attempts: number }): Promise<void> {
    // Written by `toRow`: what Telegram sent.
    const update = body as Update;
    const id = update.update_id;
    try {
      await inTime(handle(update), stuckMs);
      await telegram.done(id);
      passing.delete(id);
    } catch (error) {
      if (unwrapped(error) instanceof Unreachable) {
        log.info({ update: id }, "the person can't be reached any more");
        return telegram.done(id);
      }
      const tries = passing.get(id) ?? 0;
      if (isPassing(error) && tries < PASSING_TRIES) {
        passing.set(id, tries + 1);
        return waitFor(Math.min(retryMs * 2 ** tries, 30 * retryMs));
      }
      passing.delete(id);
      log.error({ update: id, attempts, err: safe(error) }, "an update failed");
      const failed = await telegram.failed(id);
      if (failed.gaveUp) await gaveUp(update).catch((err) => log.warn({ err: safe(err) }, "nor could it be said"));
      else await waitFor(retryMs * (attempts + 1));
    }
  }
  const waitFor = (ms: number): Promise<void> =>
    pause(ms, undefined, { signal: stopping.signal, ref: false }).catch(() => undefined);

  async function look(): Promise<void> {
    if (looking) {
      lookAgain = true;
      return;
    }
    looking = true;
    try {
      do {
        lookAgain = false;
        const free = SIDE_BY_SIDE - busy.size;
        if (stopping.signal.aborted || free <= 0) return;
        for (const row of await telegram.open([...busy.keys()], free)) {
          if (busy.has(row.chat) || stopping.signal.aborted) continue;
          const work = one(row)
            .catch((err) => {
              // The store itself failed: the update stays open and is taken again.
              log.error({ err: safe(err) }, "the inbox can't be written");
              return waitFor(5 * retryMs);
            })
            .finally(() => {
              busy.delete(row.chat);
              void look();
            });
          busy.set(row.chat, work);
        }
      } while (lookAgain);
    } catch (err) {
      log.error({ err: safe(err) }, "the inbox can't be read");
    } finally {
      looking = false;
    }
  }

  return {
    start() {
      timer = setInterval(() => void look(), LOOK_MS);
      unlisten = telegram.onWake(() => void look());
      void look();
    },
    wake: () => void look(),
    async stop() {
      stopping.abort();
      clearInterval(timer);
      unlisten?.();
      await Promise.race([Promise.all(busy.values()), pause(10_000, undefined, { ref: false })]);
    },
  };
}

/** Fetches updates and stores them; the next call confirms them, so a kill in between only brings them again. */
export async function poll(
  api: Api,
  { telegram, log, stopped }: { telegram: Telegram; log: Log; stopped: AbortSignal },
): Promise<void> {
  let wait = 1_000;
  // Left out when there is nothing to confirm: after a quiet week Telegram may begin anew with smaller ids.
  let offset: number | undefined;
  while (!stopped.aborted) {
    try {
      const updates = await api.getUpdates(
        { limit: 100, timeout: 30, allowed_updates: [...ALLOWED_UPDATES], ...(offset === undefined ? {} : { offset }) },
        // grammY types the signal of its polyfill; any signal with listeners works.
        stopped as unknown as Parameters<Api["getUpdates"]>[1],
      );
      const last = updates.at(-1);
      if (last !== undefined) await telegram.receive(updates.map(toRow));
      offset = last === undefined ? undefined : last.update_id + 1;
      wait = 1_000;
    } catch (error) {
      if (stopped.aborted) return;
      if (error instanceof GrammyError && error.error_code === 401) {
        log.error("Telegram refuses the token of the bot: it was revoked. Set a new BOT_TOKEN and start again.");
        return;
      }
      if (error instanceof GrammyError && error.error_code === 409)
        log.warn("Another process asks for the updates of this bot, or a webhook is set; waiting for it to end.");
      else log.warn({ err: safe(error) }, "Telegram can't be reached");
      const asked = error instanceof GrammyError ? (error.parameters.retry_after ?? 0) * 1_000 : 0;
      await pause(Math.max(wait, asked), undefined, { signal: stopped }).catch(() => undefined);
      wait = Math.min(wait * 2, 30_000);
    }
  }
}

class Stuck extends Error {
  override readonly name = "Stuck";
}
async function inTime(work: Promise<void>, ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Stuck(`not handled within ${ms} ms`)), ms).unref();
  });
  try {
    await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

const isPassing = (error: unknown): boolean => {
  const cause = unwrapped(error);
  return (
    cause instanceof HttpError ||
    (cause instanceof GrammyError && (cause.error_code >= 500 || cause.error_code === 429))
  );
};

/** grammY wraps what a handler throws together with the whole update, which must not be logged. */
const unwrapped = (error: unknown): unknown =>
  error instanceof Error && "error" in error && error.name === "BotError" ? error.error : error;

/** What may be logged of an error: a query's message holds its parameters, a call's payload what a person typed. */
export function safe(error: unknown): { name: string; message: string; stack?: string; code?: unknown } {
  const cause = unwrapped(error);
  if (!(cause instanceof Error)) return { name: "thrown", message: typeof cause };
  if (cause.name === "DrizzleQueryError" || "query" in cause) {
    const inner = cause.cause as { code?: unknown } | undefined;
    return { name: cause.name, message: "a query failed", code: inner?.code };
  }
  if (cause instanceof GrammyError) return { name: cause.name, message: `${cause.method}: ${cause.description}` };
  // Its message may hold the address, and the address the token.
  if (cause instanceof HttpError) return { name: cause.name, message: "a call to Telegram got no answer" };
  return { name: cause.name, message: cause.message, ...(cause.stack === undefined ? {} : { stack: cause.stack }) };
}

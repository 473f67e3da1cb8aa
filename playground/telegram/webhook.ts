/** Pushes updates to a bot's address: one chat's in order, chats side by side, again and again until taken. */
import { setTimeout as pause } from "node:timers/promises";
import type { State } from "./state.ts";
import type { Updates } from "./updates.ts";

const FIRST_PAUSE_MS = 1_000;
const MAX_PAUSE_MS = 60_000;
const MAX_RETRY_AFTER_S = 3_600;
const ANSWER_MS = 60_000;

interface Lane {
  pauseMs: number;
}

export interface Delivery {
  /** Looks at what waits for this bot; harmless to call at any time. */
  look(bot: number): void;
  stop(): void;
}

export function makeDelivery(deps: {
  state: State;
  updates: Updates;
  clock: () => number;
  fetch: typeof fetch;
  /** The answer to a delivery may be a method call itself. */
  answerCall: (bot: number, call: Record<string, unknown>) => void;
}): Delivery {
  const { state, updates, clock } = deps;
  const lanes = new Map<string, Lane>();
  const stopped = new AbortController();

  function look(id: number): void {
    const webhook = state.bots.get(id)?.webhook;
    if (!webhook || stopped.signal.aborted) return;
    for (const { chat } of updates.waiting(id)) {
      const key = `${id} ${chat}`;
      if (lanes.has(key)) continue;
      if ([...lanes.keys()].filter((other) => other.startsWith(`${id} `)).length >= webhook.maxConnections) return;
      lanes.set(key, { pauseMs: FIRST_PAUSE_MS });
      drain(id, chat)
        .catch(() => {})
        .finally(() => {
          lanes.delete(key);
          if (updates.waiting(id).length > 0) look(id);
        });
    }
  }

  async function drain(id: number, chat: number): Promise<void> {
    for (let pauseMs = FIRST_PAUSE_MS; ; ) {
      const webhook = state.bots.get(id)?.webhook;
      const next = updates.waiting(id).find((one) => one.chat === chat);
      if (!webhook || !next || stopped.signal.aborted) return;
      const failure = await send(id, webhook.url, webhook.secret, next.update);
      if (!failure) {
        updates.remove(id, next.update.update_id);
        pauseMs = FIRST_PAUSE_MS;
        continue;
      }
      noteError(id, failure.words);
      await pause(failure.afterMs ?? pauseMs, undefined, { signal: stopped.signal });
      pauseMs = Math.min(pauseMs * 2, MAX_PAUSE_MS);
    }
  }

  async function send(id: number, url: string, secret: string | undefined, update: unknown) {
    try {
      const answer = await deps.fetch(url, {
        method: "POST",
        headers: {
          "content-type": "application/json",
          ...(secret ? { "x-telegram-bot-api-secret-token": secret } : {}),
        },
        body: JSON.stringify(update),
        redirect: "manual",
        signal: AbortSignal.any([stopped.signal, AbortSignal.timeout(ANSWER_MS)]),
      });
      const text = await answer.text();
      if (answer.ok) {
        answerWith(id, text);
        return undefined;
      }
      const after = Number(answer.headers.get("retry-after"));
      const words = `Wrong response from the webhook: ${answer.status} ${answer.statusText}`;
      return after > 0 ? { words, afterMs: Math.min(after, MAX_RETRY_AFTER_S) * 1000 } : { words };
    } catch (error) {
      return {
        words: error instanceof Error && error.name === "TimeoutError" ? "Read timeout expired" : "Connection refused",
      };
    }
  }

  function answerWith(id: number, text: string): void {
    try {
      const call: unknown = JSON.parse(text);
      if (typeof call === "object" && call !== null && "method" in call) deps.answerCall(id, { ...call });
    } catch {
      // Any text is a fine answer; only a method call means something.
    }
  }

  function noteError(id: number, words: string): void {
    const bot = state.bots.get(id);
    if (!bot?.webhook) return;
    const webhook = { ...bot.webhook, lastErrorAt: clock(), lastError: words };
    state.bots.put(id, { ...bot, webhook });
  }

  updates.onAdded(look);
  return { look, stop: () => stopped.abort() };
}

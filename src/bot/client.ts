/** How the bot calls Telegram: the `fetch` under grammY's client, the only place where calls are repeated. */
import { setTimeout as pause } from "node:timers/promises";
import { ProxyAgent, fetch as undiciFetch } from "undici";

/** Longer waits are for the outbox, not for a person who looks at a spinner. */
const LONGEST_WAIT_MS = 30_000;
const TRIES = 3;

/** Calls that make something new: repeated only where Telegram surely did nothing. The rest set a state. */
const MAKES_SOMETHING = /^(send|copy|forward|create|post)/i;

interface Deps {
  readonly proxy?: string | undefined;
  /** Ends waits at shutdown. */
  readonly stopped?: AbortSignal;
  readonly fetch?: typeof globalThis.fetch;
}

/**
 * `fetch` for grammY: obeys `retry_after` up to 30 s, tries three times, never repeats a send whose answer was lost.
 * It lies under the log of conversations, so a replay never waits again (auto-retry and the throttler would).
 */
export function makeTelegramFetch({ proxy, stopped, fetch = globalThis.fetch }: Deps): typeof globalThis.fetch {
  const agent = proxy === undefined ? undefined : new ProxyAgent(proxy);
  const once = async (url: string, init: RequestInit): Promise<Response> =>
    agent === undefined
      ? fetch(url, init)
      : // biome-ignore lint/suspicious/noExplicitAny: undici's own types of the same standard
        ((await undiciFetch(url, { ...(init as any), dispatcher: agent })) as unknown as Response);

  return async (input, init = {}) => {
    const url = String(input);
    const method = url.slice(url.lastIndexOf("/") + 1);
    // Our own loop decides what follows a failed poll; a stream can't be sent twice.
    const tries = method === "getUpdates" || typeof init.body !== "string" ? 1 : TRIES;
    const request = { ...init, ...standardSignal(init.signal), duplex: "half" } as RequestInit;
    for (let attempt = 1; ; attempt++) {
      const isLast = attempt === tries;
      try {
        const answer = await once(url, request);
        if (isLast || (answer.status !== 429 && answer.status < 500)) return answer;
        if (answer.status >= 500 && MAKES_SOMETHING.test(method)) return answer;
        const text = await answer.text();
        const wait = answer.status === 429 ? retryAfterMs(text) : attempt * 1_000;
        if (wait > LONGEST_WAIT_MS) return new Response(text, { status: answer.status });
        await pause(wait, undefined, { signal: stopped });
      } catch (error) {
        if (isLast || request.signal?.aborted || stopped?.aborted) throw error;
        if (MAKES_SOMETHING.test(method) && !wasNeverSent(error)) throw error;
        await pause(attempt * 500, undefined, { signal: stopped });
      }
    }
  };
}

function retryAfterMs(text: string): number {
  try {
    const seconds = JSON.parse(text)?.parameters?.retry_after;
    return typeof seconds === "number" ? seconds * 1_000 : 1_000;
  } catch {
    return 1_000;
  }
}

const NEVER_SENT = new Set(["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "UND_ERR_CONNECT_TIMEOUT"]);
function wasNeverSent(error: unknown): boolean {
  const cause = error instanceof Error ? (error.cause as { code?: string } | undefined) : undefined;
  return cause?.code !== undefined && NEVER_SENT.has(cause.code);
}

/** grammY on Node hands over the signal of a polyfill, which the native fetch refuses. */
function standardSignal(signal: AbortSignal | null | undefined): { signal?: AbortSignal } {
  if (signal === undefined || signal === null) return {};
  if (signal instanceof AbortSignal) return { signal };
  const controller = new AbortController();
  const foreign = signal as AbortSignal;
  if (foreign.aborted) controller.abort();
  else foreign.addEventListener("abort", () => controller.abort(), { once: true });
  return { signal: controller.signal };
}

/** What was said between us and a service, kept for the history: cut at 64 KiB together, secrets already masked. */
import type { Json, JsonObject } from "./fields.ts";

export interface Exchange {
  readonly at: string;
  readonly ms: number;
  readonly request: {
    readonly method: string;
    readonly url: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: string;
  };
  /** Null: no answer came. */
  readonly answer: {
    readonly status: number;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: string;
  } | null;
  /** Why no answer came, or why it was refused. */
  readonly failure?: string;
}

export interface Recording {
  record(exchange: Exchange): void;
  /** All of them as JSON, as it is stored. */
  exchange(): Json;
}

const LIMIT = 64 * 1024;
/** One body takes at most this much, so that a long list leaves room for the write after it. */
const BODY_LIMIT = 16 * 1024;

/** The beginning of a text that fits, with a mark that names the whole size. */
export function cut(text: string, limit: number): string {
  return text.length <= limit ? text : `${text.slice(0, Math.max(0, limit))}… [${text.length}]`;
}

export function makeRecording(): Recording {
  const kept: JsonObject[] = [];
  let size = 0;
  let dropped = 0;
  return {
    record(exchange) {
      const room = Math.max(0, LIMIT - size);
      if (room < 1024) {
        dropped++;
        return;
      }
      const share = Math.min(BODY_LIMIT, Math.floor(room / 3));
      const entry: JsonObject = {
        at: exchange.at,
        ms: exchange.ms,
        request: {
          method: exchange.request.method,
          url: cut(exchange.request.url, 2_000),
          headers: { ...exchange.request.headers },
          body: cut(exchange.request.body, share),
        },
        answer: exchange.answer && {
          status: exchange.answer.status,
          headers: { ...exchange.answer.headers },
          body: cut(exchange.answer.body, share),
        },
        ...(exchange.failure ? { failure: cut(exchange.failure, 1_000) } : {}),
      };
      size += JSON.stringify(entry).length;
      kept.push(entry);
    },
    exchange: () => (dropped > 0 ? [...kept, { dropped }] : [...kept]),
  };
}

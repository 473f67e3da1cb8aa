/** Telegram's advice on rates as token buckets: 1/s in a private chat with a burst, 20 a minute in a group, 30/s for a bot. */
import { Refusal } from "./types.ts";

interface Bucket {
  tokens: number;
  at: number;
}

export interface Limits {
  /** Takes a turn or refuses with 429; strict only. */
  take(bot: number, chat: number): void;
  strict: boolean;
}

const BURST = 20;
const RULES = {
  chat: { perSecond: 1, burst: BURST },
  group: { perSecond: 20 / 60, burst: 20 },
  bot: { perSecond: 30, burst: 30 },
};

/** The refusal with which Telegram asks to wait; the words and the field say the same number of seconds. */
export const tooMany = (seconds: number) =>
  new Refusal(429, `Too Many Requests: retry after ${seconds}`, { retry_after: seconds });

export function makeLimits(clock: () => number, strict: boolean): Limits {
  const buckets = new Map<string, Bucket>();

  function look(key: string, rule: { perSecond: number; burst: number }): Bucket {
    const now = clock();
    const bucket = buckets.get(key) ?? { tokens: rule.burst, at: now };
    bucket.tokens = Math.min(rule.burst, bucket.tokens + ((now - bucket.at) / 1000) * rule.perSecond);
    bucket.at = now;
    buckets.set(key, bucket);
    return bucket;
  }

  return {
    strict,
    take(bot, chat) {
      if (!this.strict) return;
      const rule = chat < 0 ? RULES.group : RULES.chat;
      const taken = [
        { bucket: look(`${bot}`, RULES.bot), rule: RULES.bot },
        { bucket: look(`${bot}.${chat}`, rule), rule },
      ];
      const waits = taken.map(({ bucket, rule }) => (bucket.tokens >= 1 ? 0 : (1 - bucket.tokens) / rule.perSecond));
      const seconds = Math.ceil(Math.max(...waits));
      if (seconds > 0) throw tooMany(seconds);
      for (const { bucket } of taken) bucket.tokens -= 1;
    },
  };
}

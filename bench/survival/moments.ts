/** When a kill falls: after a random time, or in the very moment in which a request reaches Telegram or a service. */
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import type { IncomingMessage } from "node:http";
import { setTimeout as pause } from "node:timers/promises";

/** mulberry32: the same seed makes the same choices. */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** The app's requests, not those of the person, the sender or the test. */
const toTelegram = (url: string) => /^\/bot[^/]+\/(?:send|edit|delete|answer)/i.test(url);
const toService = (url: string) => /^\/(?:first|second)$|^\/sandbox\//.test(url);
const LONGEST_MS = 1_200;

/** Strikes once, synchronously with what it waited for; `why` says what that was. */
export async function atSomeMoment(random: () => number, strike: (why: string) => void): Promise<void> {
  const kind = random();
  if (kind < 0.45) {
    const ms = Math.round(50 + random() * 700);
    await pause(ms);
    return strike(`after ${ms} ms`);
  }
  const fits = kind < 0.8 ? toService : toTelegram;
  const name = random() < 0.5 ? "http.server.request.start" : "http.server.response.finish";
  let left = 1 + Math.floor(random() * 3);
  await new Promise<void>((done) => {
    const finish = (why: string) => {
      clearTimeout(timer);
      unsubscribe(name, hear);
      strike(why);
      done();
    };
    const hear = (message: unknown) => {
      const { request } = message as { request: IncomingMessage };
      const url = request.url ?? "";
      if (!fits(url) || --left > 0) return;
      finish(`${name.split(".").at(-1)} of ${url.replace(/bot\d+:[^/]+/, "bot").split("?")[0]}`);
    };
    const timer = setTimeout(() => finish(`no ${name.split(".").at(-1)} came`), LONGEST_MS);
    subscribe(name, hear);
  });
}

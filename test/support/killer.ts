/**
 * Kills the app of a house at random moments and starts it again at once: after a random time, or in the very moment
 * in which one of its requests reaches Telegram or a service, or in which the answer to one is on its way.
 */
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import type { IncomingMessage } from "node:http";
import { randomFrom } from "../../bench/survival/moments.ts";
import type { House } from "./house.ts";

export interface Killer {
  /** Moments of the kills so far, as words. */
  readonly kills: readonly string[];
  /** Milliseconds from each kill until the app was ready again. */
  readonly restarts: readonly number[];
  /** No more kills; resolves when the app runs. */
  stop(): Promise<void>;
}

/** Requests of the app, not of the person or the test; what every start begins with says little. */
const ofApp = (url: string) =>
  /^\/(?:bot|sandbox\/)/.test(url) && !/\/(?:getMe|deleteWebhook|setMyCommands)$/.test(url);

export function startKiller(house: House, options: { seed: number; most: number }): Killer {
  const random = randomFrom(options.seed);
  const kills: string[] = [];
  const restarts: number[] = [];
  let isStopping = false;
  let going: Promise<void> = Promise.resolve();
  let wake: (() => void) | undefined;

  /** Resolves in the moment chosen. Whatever happens in it happens synchronously with the kill that follows. */
  async function moment(strike: (why: string) => void): Promise<void> {
    const kind = random();
    if (kind < 0.25) {
      const ms = Math.round(random() * 1_500);
      await new Promise<void>((done) => {
        wake = done;
        setTimeout(done, ms);
      });
      if (!isStopping) strike(`after ${ms} ms`);
      return;
    }
    // Requests to services are few and precious among those to Telegram.
    const isService = kind < 0.65;
    const fits = (url: string) => (isService ? url.startsWith("/sandbox/") : ofApp(url));
    let left = 1 + Math.floor(random() * (isService ? 4 : 8));
    const name = random() < 0.5 ? "http.server.request.start" : "http.server.response.finish";
    const ms = 6_000;
    await new Promise<void>((done) => {
      const hear = (message: unknown) => {
        const { request } = message as { request: IncomingMessage };
        const url = request.url ?? "";
        if (!fits(url) || --left > 0) return;
        finish();
        if (!isStopping)
          strike(`${name.split(".").at(-1)} of ${request.method} ${url.replace(/bot\d+:[^/]+/, "bot").split("?")[0]}`);
        done();
      };
      const finish = () => {
        clearTimeout(timer);
        unsubscribe(name, hear);
      };
      const timer = setTimeout(() => {
        finish();
        if (!isStopping) strike(`after waiting for ${name}`);
        done();
      }, ms);
      wake = () => {
        finish();
        done();
      };
      subscribe(name, hear);
    });
  }

  async function loop(): Promise<void> {
    while (!isStopping && kills.length < options.most) {
      let dying: Promise<void> | undefined;
      let at = 0;
      await moment((why) => {
        at = Date.now();
        dying = house.kill();
        kills.push(why);
      });
      if (!dying) return;
      await dying;
      if (!(await house.start())) throw new Error(`the app didn't start again:\n${house.output()}`);
      restarts.push(Date.now() - at);
    }
  }
  going = loop();
  going.catch(() => {});

  return {
    kills,
    restarts,
    async stop() {
      isStopping = true;
      wake?.();
      await going;
    },
  };
}

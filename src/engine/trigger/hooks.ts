/** The way in of webhooks: find who it is for, check it, store it, only then answer. */
import type { HookAnswer, HookRequest, JsonObject, Text } from "../../connectors/kit/define.ts";
import { ConnectorError } from "../../connectors/kit/errors.ts";
import { within } from "../connection/within.ts";
import type { Hooks } from "../engine.ts";
import type { Opener, Shared } from "../parts.ts";
import { isOutage, loggable } from "../store/outage.ts";
import { type Live, listeners, readLive } from "../store/triggers.ts";
import { makeBuckets } from "./bucket.ts";
import { makeGroup, Overloaded } from "./group.ts";
import { type Armed, armedLive, optionsOf } from "./live.ts";
import type { Arrival, Place } from "./place.ts";

/** What an address leads to may be this old; whether a bundle is paused or gone is looked at again when storing. */
const FRESH_MS = 1_000;
const MOST_ADDRESSES = 10_000;
const GROUP = { size: 500, room: 5_000 };
const BURST_SECONDS = 10;
/** A database that doesn't answer is as good as none; most senders hang up after 10 to 30 s. */
const ANSWER_MS = 9_000;

interface Address {
  readonly live: Live;
  readonly armed: Armed;
  readonly options: JsonObject;
  readonly auth: Readonly<Record<string, string>>;
}
type Found = Address | null;

export interface HooksDeps extends Pick<Shared, "db" | "clock" | "log" | "vault" | "connectors" | "settings"> {
  readonly opener: Pick<Opener, "open">;
  readonly place: Place;
}

export function makeHooks({ db, clock, log, vault, connectors, settings, opener, place }: HooksDeps): Hooks {
  const buckets = makeBuckets({
    rate: settings.hookRate,
    burst: settings.hookRate * BURST_SECONDS,
    most: MOST_ADDRESSES,
  });
  const store = makeGroup<readonly Arrival[]>({
    ...GROUP,
    isOutage,
    commit: (entries) => place.place(entries.flat()),
  });
  const addresses = new Map<string, { found: Promise<Found>; until: number }>();

  async function resolve(live: Live): Promise<Found> {
    const armed = armedLive(connectors, live);
    if (!armed?.trigger.hook) return null;
    const { hook } = armed.trigger;
    const needsAuth = hook.verify !== undefined || hook.answer !== undefined;
    const opened = needsAuth
      ? await opener.open(live.workspace, armed.chosen.connection, armed.connector)
      : { ctx: { auth: {} } };
    const options = optionsOf(armed, live.settings, vault, live.state === "draft");
    return { live, armed, options, auth: opened.ctx.auth };
  }

  async function findToken(token: string): Promise<Found> {
    const [live] = await readLive(db, { token });
    return live ? resolve(live) : null;
  }

  /** A thousand requests a second to one address ask the database for it once a second. */
  function address(token: string): Promise<Found> {
    const now = performance.now();
    const known = addresses.get(token);
    if (known && known.until > now) return known.found;
    const found = findToken(token);
    addresses.delete(token);
    addresses.set(token, { found, until: now + FRESH_MS });
    found.catch(() => addresses.delete(token));
    if (addresses.size > MOST_ADDRESSES) for (const oldest of addresses.keys()) if (addresses.delete(oldest)) break;
    return found;
  }

  function limited(key: string, request: HookRequest): HookAnswer | null {
    const waitMs = buckets.take(key, clock.now().getTime());
    if (waitMs === 0) return null;
    return say(request, 429, TOO_FAST, { "retry-after": String(Math.max(1, Math.ceil(waitMs / 1_000))) });
  }

  /** Handshake, signature, deliveries: the answer, or what has to be stored before it is given. */
  function read({ armed, live, options, auth }: Address, request: HookRequest): HookAnswer | Arrival {
    const { hook } = armed.trigger;
    if (!hook) return say(request, 404, NO_ADDRESS);
    const handshake = hook.answer?.(request, options, auth);
    if (handshake) return handshake;
    if (request.method !== "POST" && !(request.method === "GET" && hook.acceptsGet)) {
      return say(request, 405, ONLY_POST, { allow: hook.acceptsGet ? "GET, POST" : "POST" });
    }
    if (hook.verify && !hook.verify(request, options, auth)) return say(request, 401, WRONG_SIGNATURE);
    return { bundle: live.bundle, items: hook.deliveries(request, options), outcome: "stored" };
  }

  async function keep(arrivals: readonly Arrival[], request: HookRequest): Promise<HookAnswer> {
    const full = arrivals.filter((arrival) => arrival.items.length > 0);
    if (full.length === 0) return OK;
    await store(full);
    if (full.some((arrival) => arrival.outcome === "stored")) return OK;
    return full.some((arrival) => arrival.outcome === "full")
      ? say(request, 503, HELD_FULL, { "retry-after": "3600" })
      : say(request, 404, NO_ADDRESS);
  }

  /** Any failure becomes an answer that makes the sender try again, or tells it what is wrong with its request. */
  async function guarded(request: HookRequest, handle: () => Promise<HookAnswer>): Promise<HookAnswer> {
    try {
      return await within(handle(), ANSWER_MS);
    } catch (error) {
      if (error instanceof ConnectorError && error.errorClass === "data") return say(request, 400, error.sentence);
      if (error instanceof ConnectorError || error instanceof Overloaded || isOutage(error)) {
        log.warn({ err: loggable(error) }, "a delivery was refused, its sender has to repeat it");
        return say(request, 503, NOT_NOW, { "retry-after": "5" });
      }
      log.error({ err: loggable(error) }, "a delivery could not be read or stored");
      return say(request, 503, NOT_NOW, { "retry-after": "60" });
    }
  }

  return {
    receive: (token, request) =>
      guarded(request, async () => {
        const found = await address(token);
        if (!found) return say(request, 404, NO_ADDRESS);
        const tooFast = limited(found.live.row.token, request);
        if (tooFast) return tooFast;
        const arrival = read(found, request);
        return "status" in arrival ? arrival : keep([arrival], request);
      }),

    receiveApp: (key, request) =>
      guarded(request, async () => {
        const connector = connectors.find((known) => known.key === key);
        const triggers = connector?.triggers.filter((trigger) => trigger.hook?.scope === "app") ?? [];
        const [first] = triggers;
        if (!connector || !first?.hook) return say(request, 404, NO_ADDRESS);
        const tooFast = limited(`app ${key}`, request);
        if (tooFast) return tooFast;
        const handshake = first.hook.answer?.(request, {}, {});
        if (handshake) return handshake;
        const ids = await listeners(
          db,
          key,
          triggers.map((trigger) => trigger.key),
        );
        const lives = ids.length === 0 ? [] : await readLive(db, { ids });
        const found = (await Promise.all(lives.map(resolve))).filter((one) => one !== null);
        const answers = found.map((one) => read(one, request));
        const arrivals = answers.filter((one) => "bundle" in one);
        // One app has one secret: a signature that is wrong for one bundle is wrong for all.
        const [refused] = answers.filter((one) => "status" in one);
        return arrivals.length === 0 && refused ? refused : keep(arrivals, request);
      }),
  };
}

const OK: HookAnswer = { status: 200, headers: { "content-type": "text/plain; charset=utf-8" }, body: "ok" };

/** One sentence in the language that the sender asks for. */
function say(request: HookRequest, status: number, text: Text, headers: Record<string, string> = {}): HookAnswer {
  const locale = /^\s*ru\b/i.test(request.headers["accept-language"] ?? "") ? "ru" : "en";
  return { status, headers: { "content-type": "text/plain; charset=utf-8", ...headers }, body: `${text[locale]}\n` };
}

const NO_ADDRESS: Text = {
  ru: "Такого адреса нет: связка удалена или адрес скопирован не целиком.",
  en: "There is no such address: the bundle was removed, or the address wasn't copied whole.",
};
const ONLY_POST: Text = { ru: "Этот адрес принимает запросы POST.", en: "This address takes POST requests." };
const WRONG_SIGNATURE: Text = {
  ru: "Подпись или секрет запроса неверны.",
  en: "The signature or the secret of the request is wrong.",
};
const TOO_FAST: Text = { ru: "Слишком много запросов. Повторите позже.", en: "Too many requests. Try again later." };
const HELD_FULL: Text = {
  ru: "Связка на паузе, и место для её событий кончилось. Повторите позже.",
  en: "The bundle is paused and holds as much as it can. Try again later.",
};
const NOT_NOW: Text = {
  ru: "Сейчас принять запрос не получилось. Повторите его.",
  en: "The request couldn't be taken right now. Repeat it.",
};

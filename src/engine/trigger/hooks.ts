/** The way in of webhooks: find who it is for, check it, store it, only then answer. */
import type {
  Connector,
  Context,
  Hook,
  HookAnswer,
  HookRequest,
  HookTrust,
  JsonObject,
  Text,
  Trigger,
} from "../../connectors/kit/define.ts";
import { ConnectorError } from "../../connectors/kit/errors.ts";
import { within } from "../connection/within.ts";
import type { Hooks } from "../engine.ts";
import type { Opener, Shared } from "../parts.ts";
import { findConnection } from "../store/connections.ts";
import { isOutage, loggable } from "../store/outage.ts";
import { type Live, listeners, readLive } from "../store/triggers.ts";
import { makeAddresses } from "./address.ts";
import { makeBuckets } from "./bucket.ts";
import { makeGroup, Overloaded } from "./group.ts";
import { armedLive, optionsOf } from "./live.ts";
import type { Arrival, Place } from "./place.ts";
import { makeRefusals } from "./refusals.ts";

/** What an address leads to may be this old; whether a bundle is paused or gone is looked at again when storing. */
const FRESH_MS = 1_000;
const MOST_ADDRESSES = 10_000;
const GROUP = { size: 500, room: 5_000 };
const BURST_SECONDS = 10;
/** A database that doesn't answer is as good as none; most senders hang up after 10 to 30 s. */
const ANSWER_MS = 9_000;

/** Whoever listens at an address, with what is needed to read a request for them. */
interface Listener {
  readonly bundle: string;
  readonly trigger: Trigger;
  readonly options: JsonObject;
}
/** What an address leads to. */
interface Door {
  /** For the limit on deliveries. */
  readonly name: string;
  /** Whose own address it is; null at a shared one. */
  readonly bundle: string | null;
  readonly triggers: readonly Trigger[];
  /** Of the only listener; none at a shared address. */
  readonly options: JsonObject;
  readonly ctx: Context | null;
  readonly trust: HookTrust;
  listeners(request: HookRequest, heard: readonly Trigger[]): Promise<readonly Listener[]>;
}
type Found = Door | null;

export interface HooksDeps extends Pick<Shared, "db" | "clock" | "log" | "connectors" | "settings" | "vault"> {
  readonly opener: Pick<Opener, "open">;
  readonly place: Place;
}

export function makeHooks(deps: HooksDeps): Hooks {
  const { db, clock, log, connectors, settings, vault, opener, place } = deps;
  const trusted = makeAddresses(deps);
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
  const refusals = makeRefusals(deps);
  const doors = new Map<string, { found: Promise<Found>; until: number }>();

  const sharedOf = (connector: Connector | undefined, scope: Hook["scope"]): readonly Trigger[] =>
    connector?.triggers.filter(({ hook }) => hook?.scope === scope) ?? [];

  /** Of a shared address each bundle hears that can be read; one with options gone wrong is nobody else's trouble. */
  function listenerOf(live: Live): Listener | null {
    const armed = armedLive(connectors, live);
    if (!armed) return null;
    try {
      return {
        bundle: live.bundle,
        trigger: armed.trigger,
        options: optionsOf(armed, live.settings, vault, live.state === "draft"),
      };
    } catch (error) {
      log.warn({ err: loggable(error), bundle: live.bundle }, "a bundle's options can't be read, it hears nothing");
      return null;
    }
  }

  async function listen(ids: readonly string[]): Promise<readonly Listener[]> {
    const lives = ids.length === 0 ? [] : await readLive(db, { ids });
    return lives.map(listenerOf).filter((one) => one !== null);
  }

  async function doorOfBundle(token: string): Promise<Found> {
    const [live] = await readLive(db, { token });
    const armed = live && armedLive(connectors, live);
    const hook = armed?.trigger.hook;
    if (!live || !armed || hook?.scope !== "bundle") return null;
    const { trigger, connector } = armed;
    const needsAuth = hook.verify !== undefined || hook.answer !== undefined || hook.confirm !== undefined;
    const opened = needsAuth ? await opener.open(live.workspace, armed.chosen.connection, connector) : null;
    const options = optionsOf(armed, live.settings, vault, live.state === "draft");
    return {
      name: token,
      bundle: live.bundle,
      triggers: [trigger],
      options,
      ctx: opened?.ctx ?? null,
      trust: trusted.trust({ ...live.row, scope: "bundle" }, connector, null),
      listeners: async () => [{ bundle: live.bundle, trigger, options }],
    };
  }

  async function doorOfConnection(id: string): Promise<Found> {
    const row = await findConnection(db, id);
    const connector = connectors.find((known) => known.key === row?.connector);
    const triggers = sharedOf(connector, "connection");
    if (!row || !connector || triggers.length === 0) return null;
    const { ctx } = await opener.open(row.workspace, id, connector);
    const at = { scope: "connection" as const, token: "", connector: connector.key, connection: id };
    return {
      name: `connection ${id}`,
      bundle: null,
      triggers,
      options: {},
      ctx,
      trust: trusted.trust(at, connector, row.account),
      listeners: async (_request, heard) =>
        listen(await listeners(db, connector.key, keysOf(heard), { connection: id })),
    };
  }

  function doorOfApp(key: string): Found {
    const connector = connectors.find((known) => known.key === key);
    const triggers = sharedOf(connector, "app");
    if (!connector || triggers.length === 0) return null;
    const at = { scope: "app" as const, token: "", connector: key, connection: null };
    return {
      name: `app ${key}`,
      bundle: null,
      triggers,
      options: {},
      ctx: null,
      trust: trusted.trust(at, connector, null),
      async listeners(request, heard) {
        const groups = heard.map(async (trigger) =>
          listeners(db, key, [trigger.key], { routes: trigger.hook?.routes?.(request) ?? null }),
        );
        return listen((await Promise.all(groups)).flat());
      },
    };
  }

  /** A thousand requests a second to one address ask the database for it once a second. */
  function doorOf(token: string): Promise<Found> {
    const now = performance.now();
    const known = doors.get(token);
    if (known && known.until > now) return known.found;
    const connection = trusted.connectionOf(token);
    const found = connection === null ? doorOfBundle(token) : doorOfConnection(connection);
    doors.delete(token);
    doors.set(token, { found, until: now + FRESH_MS });
    found.catch(() => doors.delete(token));
    if (doors.size > MOST_ADDRESSES) for (const oldest of doors.keys()) if (doors.delete(oldest)) break;
    return found;
  }

  function limited(key: string, request: HookRequest): HookAnswer | null {
    const waitMs = buckets.take(key, clock.now().getTime());
    if (waitMs === 0) return null;
    return say(request, 429, TOO_FAST, { "retry-after": String(Math.max(1, Math.ceil(waitMs / 1_000))) });
  }

  async function refuse(
    { bundle }: Door,
    request: HookRequest,
    status: number,
    why: Text,
    headers: Record<string, string> = {},
  ): Promise<HookAnswer> {
    if (bundle !== null) await refusals.note(bundle, why);
    return say(request, status, why, headers);
  }

  /** Handshake, signature, deliveries. */
  async function enter(door: Found, sent: HookRequest): Promise<HookAnswer> {
    if (!door) return say(sent, 404, NO_ADDRESS);
    const request = { ...sent, receivedAt: clock.now() };
    const tooFast = limited(door.name, request);
    if (tooFast) return tooFast;
    const { triggers, options, ctx, trust } = door;
    const auth = ctx?.auth ?? {};
    for (const { hook } of triggers) {
      const handshake =
        hook?.answer?.(request, options, auth, trust) ?? (ctx && (await hook?.confirm?.(ctx, request, trust)));
      if (handshake) return handshake;
    }
    const takesGet = triggers.some(({ hook }) => hook?.acceptsGet);
    if (request.method !== "POST" && !(request.method === "GET" && takesGet)) {
      const allow = { allow: takesGet ? "GET, POST" : "POST" };
      // Whoever opens the address in a browser, or shows a preview of it, brings nothing.
      const isLook = request.method === "GET" || request.method === "HEAD";
      return isLook ? say(request, 405, ONLY_POST, allow) : refuse(door, request, 405, ONLY_POST, allow);
    }
    const heard = triggers.filter(({ hook }) => hook?.verify?.(request, options, auth, trust) ?? true);
    if (heard.length === 0) return refuse(door, request, 401, WRONG_SIGNATURE);
    const found = await door.listeners(request, heard);
    try {
      const arrivals = found.map(
        ({ bundle, trigger, options: own }): Arrival => ({
          bundle,
          items: trigger.hook?.deliveries(request, own) ?? [],
          outcome: "stored",
        }),
      );
      return await keep(door, arrivals, request);
    } catch (error) {
      if (!(error instanceof ConnectorError) || error.errorClass !== "data") throw error;
      return refuse(door, request, 400, error.sentence);
    }
  }

  async function keep({ bundle }: Door, arrivals: readonly Arrival[], request: HookRequest): Promise<HookAnswer> {
    const full = arrivals.filter((arrival) => arrival.items.length > 0);
    if (full.length === 0) return OK;
    await store(full);
    if (full.some((arrival) => arrival.outcome === "stored")) return OK;
    if (full.some((arrival) => arrival.outcome === "full")) {
      return say(request, 503, HELD_FULL, { "retry-after": "3600" });
    }
    // At a shared address one bundle less is no reason to give up the address.
    return bundle === null ? OK : say(request, 404, NO_ADDRESS);
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
    receive: (token, request) => guarded(request, async () => enter(await doorOf(token), request)),
    receiveApp: (key, request) => guarded(request, async () => enter(doorOfApp(key), request)),
    async refused(token, why) {
      try {
        const door = await within(doorOf(token), ANSWER_MS);
        // Past the limit on deliveries nothing is written for refused ones, either.
        if (door?.bundle && buckets.take(door.name, clock.now().getTime()) === 0) {
          await within(refusals.note(door.bundle, why), ANSWER_MS);
        }
        return door !== null;
      } catch (error) {
        log.warn({ err: loggable(error) }, "a refused delivery could not be counted");
        return true;
      }
    },
  };
}

const keysOf = (triggers: readonly Trigger[]): string[] => triggers.map(({ key }) => key);

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

/** A Telegram on this machine, with the services beside it: the whole product can be tried, and tested, without an account anywhere. */
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { makeApi } from "./api.ts";
import { makeSandboxes } from "./sandboxes/index.ts";
import { makeServer } from "./server.ts";
import { openStore } from "./store.ts";
import { makeTelegram, type Telegram } from "./telegram/index.ts";
import { makeViews } from "./view.ts";
import { makeWatch, type PlaygroundEvent } from "./watch.ts";

export interface Playground {
  /** `http://127.0.0.1:8080` */
  readonly url: string;
  /** For grammY's `apiRoot`. */
  readonly telegramRoot: string;
  readonly botToken: string;
  /** A second bot for the "Telegram message" connector; its messages are another chat in the page. */
  readonly messageBotToken: string;
  /** Connector key in capitals → the service's address here. */
  readonly endpoints: Readonly<Record<string, string>>;
  /** Connector key in capitals → the app that its sandbox knows, as OAUTH_<KEY>_ID and _SECRET would name it. */
  readonly oauthApps: Readonly<Record<string, { readonly id: string; readonly secret: string }>>;
  /** `host:port` that may be reached although they are on this machine. */
  readonly allowedHosts: readonly string[];
  readonly telegram: Telegram;
  /** Says where the app listens; until then its paths answer 503. */
  passTo(url: string): void;
  stop(): Promise<void>;
}

export interface PlaygroundOptions {
  /** Only loopback addresses are taken; anything else becomes 127.0.0.1. */
  host?: string;
  /** 0 (any free port) by default. */
  port?: number;
  dataDir: string;
  passTo?: string;
  /** Telegram's rate limits. Off by default: a person alone on this machine may send bursts. */
  strict?: boolean;
  /** Milliseconds. */
  clock?: () => number;
  fetch?: typeof fetch;
}

const LOOPBACK = ["127.0.0.1", "localhost", "::1"];

export async function startPlayground(options: PlaygroundOptions): Promise<Playground> {
  const { dataDir, strict = false, clock = Date.now } = options;
  const host = options.host && LOOPBACK.includes(options.host) ? options.host : "127.0.0.1";
  const store = openStore(join(dataDir, "playground.db"));
  const telegram = makeTelegram({
    store,
    filesDir: join(dataDir, "playground-files"),
    clock,
    strict,
    fetch: options.fetch ?? fetch,
  });
  const { state } = telegram;
  if (state.bots.count() === 0) {
    store.together(() => {
      state.addBot({ "": "Svyazka", ru: "Связка" }, "svyazka_bot");
      state.addBot({ "": "Shop messages", ru: "Сообщения магазина" }, "shop_messages_bot");
    });
  }
  const [main, messages] = state.bots.all();
  if (!main || !messages) throw new Error("the playground's data are incomplete: delete playground.db and start again");

  let app = options.passTo;
  let url = "";
  const watch = makeWatch(state);
  const changed = (key: string) => watch.tell({ type: "sandbox", key } satisfies PlaygroundEvent);
  const sandboxes = makeSandboxes({ store, origin: () => url, changed, now: () => new Date(clock()) });
  const api = makeApi({ telegram, sandboxes, views: makeViews(store, telegram), watch });
  const server = makeServer({ api, botApi: telegram.api, sandboxes, app: () => app });

  server.listen(options.port ?? 0, host);
  try {
    await once(server, "listening");
  } catch (error) {
    watch.stop();
    telegram.stop();
    store.close();
    throw error;
  }
  const { port } = server.address() as AddressInfo;
  url = `http://${host === "::1" ? "[::1]" : host}:${port}`;

  const doors = await sandboxes.open();
  const services = sandboxes.list().map(({ key, endpoint }) => [key.toUpperCase().replaceAll("-", "_"), endpoint]);
  return {
    url,
    telegramRoot: url,
    botToken: main.token,
    messageBotToken: messages.token,
    endpoints: { ...Object.fromEntries(services), TELEGRAM: url },
    oauthApps: Object.fromEntries(
      sandboxes.list().flatMap(({ key, app }) => (app ? [[key.toUpperCase().replaceAll("-", "_"), app]] : [])),
    ),
    allowedHosts: [new URL(url).host, ...doors],
    telegram,
    passTo: (address) => {
      app = address;
    },
    async stop() {
      telegram.stop();
      watch.stop();
      await sandboxes.close();
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
      store.close();
    },
  };
}

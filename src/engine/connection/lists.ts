/** Reference lists of an account: read whole, kept, searched in our copy. A service that is down doesn't empty them. */

import type { Connector, List, ListItem } from "../../connectors/kit/define.ts";
import { ConnectorError } from "../../connectors/kit/errors.ts";
import { storableJson } from "../../connectors/kit/json.ts";
import type { Failure } from "../engine.ts";
import type { Opened, Shared } from "../parts.ts";
import { type CachedList, listKeys, readList, writeList } from "../store/connections.ts";
import { toFailure } from "./failure.ts";
import { within } from "./within.ts";

const DAY_MS = 86_400_000;
/** A person waits for the screen. */
const READ_MS = 8_000;
/** A list longer than this is cut: nobody picks from it, and a service that never ends its pages must not fill us. */
export const MAX_ITEMS = 20_000;
const MAX_PAGES = 500;

export interface ListAsk {
  readonly connection: string;
  readonly connector: Connector;
  readonly name: string;
  readonly depends: Readonly<Record<string, string>>;
  readonly open: () => Promise<Opened>;
}

/** Names and values that narrow a list, in an order that doesn't depend on who asks. */
export function listKey(name: string, depends: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(depends)
    .filter(([, value]) => value !== "")
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return pairs.length === 0 ? name : `${name}?${JSON.stringify(pairs)}`;
}

/** What a key of the cache was made from. */
export function fromListKey(key: string): { name: string; depends: Record<string, string> } {
  const [name = "", ...rest] = key.split("?");
  const pairs = rest.length === 0 ? [] : (JSON.parse(rest.join("?")) as [string, string][]);
  return { name, depends: Object.fromEntries(pairs) };
}

/** Entries whose label, value or note hold every typed word, without regard to case. */
export function searchList(items: readonly ListItem[], search: string): readonly ListItem[] {
  const words = search.toLocaleLowerCase().replaceAll("ё", "е").split(/\s+/).filter(Boolean);
  if (words.length === 0) return items;
  return items.filter((item) => {
    const text = `${item.label} ${item.value} ${item.note ?? ""}`.toLocaleLowerCase().replaceAll("ё", "е");
    return words.every((word) => text.includes(word));
  });
}

export function makeLists({ db, clock, log }: Pick<Shared, "db" | "clock" | "log">) {
  /** One reading per list at a time: three screens of one person ask the service once. */
  const loading = new Map<string, Promise<CachedList>>();

  async function load(ask: ListAsk, list: List): Promise<CachedList> {
    const opened = await ask.open();
    const items = new Map<string, ListItem>();
    const pages = new Set<string | undefined>();
    let page: string | undefined;
    do {
      pages.add(page);
      const read = await list.load(opened.ctx, ask.depends, page);
      for (const item of read.items) if (!items.has(item.value)) items.set(item.value, tidy(item));
      page = read.next;
      // A page that was read already means that the service ignores the page number.
    } while (page !== undefined && !pages.has(page) && pages.size < MAX_PAGES && items.size < MAX_ITEMS);
    if (page !== undefined) log.warn({ connection: ask.connection, list: ask.name, items: items.size }, "list was cut");
    const loaded = { items: [...items.values()].slice(0, MAX_ITEMS), loadedAt: clock.now() };
    await writeList(db, ask.connection, listKey(ask.name, ask.depends), loaded);
    return loaded;
  }

  /** Asks the service now, at most 8 s; a slow reading goes on and fills the cache for the next time. */
  function refresh(ask: ListAsk): Promise<CachedList> {
    const list = ask.connector.lists?.[ask.name];
    if (!list) {
      const sentence = { ru: "У сервиса нет такого списка.", en: "The service has no such list." };
      return Promise.reject(new ConnectorError("not_found", sentence));
    }
    const key = `${ask.connection} ${listKey(ask.name, ask.depends)}`;
    let running = loading.get(key);
    if (!running) {
      running = load(ask, list).finally(() => loading.delete(key));
      running.catch(() => {});
      loading.set(key, running);
    }
    return within(running, READ_MS);
  }

  return {
    refresh,

    cached: (connection: string, name: string, depends: Readonly<Record<string, string>> = {}) =>
      readList(db, connection, listKey(name, depends)),

    /** The variants of lists that somebody has looked at. */
    known: async (connection: string) => (await listKeys(db, connection)).map(fromListKey),

    /** The cached list, read anew when it is older than a day; `failure` when that failed and the old one is given. */
    async get(ask: ListAsk): Promise<CachedList & { failure?: Failure }> {
      const cached = await readList(db, ask.connection, listKey(ask.name, ask.depends));
      if (cached && clock.now().getTime() - cached.loadedAt.getTime() < DAY_MS) return cached;
      try {
        return await refresh(ask);
      } catch (error) {
        if (!cached) throw error;
        if (!(error instanceof ConnectorError)) log.error({ err: error, list: ask.name }, "list could not be read");
        return { ...cached, failure: toFailure(error) };
      }
    },
  };
}
export type Lists = ReturnType<typeof makeLists>;

function tidy(item: ListItem): ListItem {
  const label = item.label.trim() || item.value;
  return storableJson({ value: item.value, label, ...(item.note === undefined ? {} : { note: item.note }) } as {
    value: string;
    label: string;
  });
}

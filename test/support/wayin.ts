/** The way in with a made-up service: a database of its own, a connector whose journal the test writes. */

import { eq } from "drizzle-orm";
import type {
  Connector,
  Context,
  HookRequest,
  JsonObject,
  PollSince,
  Trigger,
} from "../../src/connectors/kit/define.ts";
import { bundles, connections, members, triggers, versions, workspaces } from "../../src/db/schema.ts";
import type { Bundle, Trigger as Chosen } from "../../src/engine/bundle/model.ts";
import { makeVault } from "../../src/engine/connection/vault.ts";
import type { Alert, Failure } from "../../src/engine/engine.ts";
import { newId } from "../../src/engine/id.ts";
import type { Opener, Queue, Shared } from "../../src/engine/parts.ts";
import { makeAdmission } from "../../src/engine/run/admission.ts";
import { makeTriggers, makeWayIn } from "../../src/engine/trigger/index.ts";
import { makeLog } from "../../src/log.ts";
import { movableClock } from "./clock.ts";
import { type FreshDatabase, freshDatabase } from "./database.ts";

export interface Service {
  /** What the journal holds; a poll reads what changed since its window. */
  readonly items: JsonObject[];
  readonly asked: PollSince[];
  /** Items a page. */
  page: number;
  /** Thrown before the given page. */
  fail: { error: Error; beforePage: number } | null;
  /** Waited for at every page: lets a test stand in the middle of a poll. */
  pause: ((page: number) => Promise<void>) | null;
  keepsCursor: boolean;
  /** What the connector promises about its pages. */
  isAscending: boolean;
  enrich: ((item: JsonObject) => Promise<JsonObject | null>) | null;
  /** Addresses subscribed at the service. */
  readonly subscribed: Set<string>;
  /** Secrets that subscriptions of connections were made with, newest last. */
  readonly secrets: string[];
  /** Thrown instead of making a subscription. */
  refusal: Error | null;
  /** Calls of subscribe and unsubscribe that reached the service. */
  readonly calls: string[];
}

const atOf = (item: JsonObject): Date | null => (typeof item.at === "string" ? new Date(item.at) : null);

const itemsOf = ({ body }: HookRequest): JsonObject[] =>
  Array.isArray(body) ? (body as JsonObject[]) : [body as JsonObject];

function fakeConnector(service: Service): Connector {
  const name = { ru: "Журнал", en: "Journal" };
  const common = {
    name,
    options: [],
    output: [{ key: "id", label: name, kind: "text" as const }],
    sample: { id: "1" },
    record: (item: JsonObject) => String(item.id),
    change: (item: JsonObject) => `${item.id}/${item.change ?? ""}`,
    at: atOf,
  };
  const poll: Trigger["poll"] = {
    everyMinutes: 5,
    migrates: true,
    get isAscending() {
      return service.isAscending;
    },
    async *items(_ctx: Context, _options, since) {
      service.asked.push(since);
      const from = service.keepsCursor && typeof since.cursor === "number" ? since.cursor : 0;
      const found = service.items
        .slice(from)
        .filter((item) => service.keepsCursor || (atOf(item)?.getTime() ?? Infinity) >= since.at.getTime());
      for (let page = 0; page === 0 || page * service.page < found.length; page++) {
        await service.pause?.(page);
        if (service.fail?.beforePage === page) throw service.fail.error;
        const items = found.slice(page * service.page, (page + 1) * service.page);
        yield service.keepsCursor ? { items, cursor: from + page * service.page + items.length } : { items };
      }
    },
  };
  const hook: Trigger["hook"] = {
    scope: "bundle",
    verify: (request) => request.headers["x-secret"] !== "wrong",
    isBare: (item) => Object.keys(item).length === 0,
    deliveries: itemsOf,
  };
  return {
    key: "journal",
    name,
    about: name,
    auth: { kind: "none" },
    actions: [],
    triggers: [
      { ...common, key: "poll", poll },
      { ...common, key: "hook", hook },
      { ...common, key: "both", poll, hook },
      {
        ...common,
        key: "app",
        hook: {
          ...hook,
          scope: "app",
          answer: (request) =>
            request.query.challenge ? { status: 200, body: String(request.query.challenge) } : null,
        },
      },
      {
        ...common,
        key: "subscribed",
        options: [
          { key: "events", label: name, kind: "text" },
          { key: "only", label: name, kind: "text" },
        ],
        hook: {
          ...hook,
          wants: ({ events }) => [String(events ?? "")],
          subscribe: async (_ctx, url, { events }) => {
            if (service.refusal) throw service.refusal;
            if (events !== undefined) service.calls.push(`subscribe to ${events}`);
            service.subscribed.add(url);
            return { url };
          },
          unsubscribe: async (_ctx, state) => void service.subscribed.delete(String(state.url)),
          isAlive: async (_ctx, state) => {
            if (service.refusal) throw service.refusal;
            return service.subscribed.has(String(state.url));
          },
        },
      },
      {
        ...common,
        key: "account",
        hook: {
          ...hook,
          scope: "connection",
          confirm: async (_ctx, request) =>
            request.headers["x-confirm"] ? { status: 200, body: `code ${request.headers["x-confirm"]}` } : null,
          verify: (request, _options, _auth, trust) => request.headers["x-secret"] === trust.secret,
          subscribe: async (_ctx, url, _options, trust) => {
            service.calls.push(`subscribe ${url}`);
            service.subscribed.add(url);
            service.secrets.push(trust.secret);
            return { url };
          },
          unsubscribe: async (_ctx, state) => {
            service.calls.push(`unsubscribe ${state.url}`);
            service.subscribed.delete(String(state.url));
          },
        },
      },
      {
        ...common,
        key: "page",
        options: [{ key: "page", label: name, kind: "text" }],
        hook: {
          ...hook,
          scope: "app",
          verify: (request, _options, _auth, trust) => request.headers["x-signature"] === trust.app?.secret,
          route: (options) => (typeof options.page === "string" ? options.page : null),
          routes: (request) => itemsOf(request).map(({ page }) => String(page)),
          deliveries: (request, options) => itemsOf(request).filter(({ page }) => page === options.page),
          subscribe: async (_ctx, _url, options) => {
            service.calls.push(`subscribe ${options.page}`);
            return { page: options.page ?? null };
          },
          unsubscribe: async (_ctx, state) => void service.calls.push(`unsubscribe ${state.page}`),
        },
      },
      {
        ...common,
        key: "raw",
        hook: { ...hook, enrich: async (_ctx, item) => (service.enrich ? service.enrich(item) : item) },
      },
      {
        ...common,
        key: "clock",
        clock: true,
        options: [{ key: "cron", label: name, kind: "text" }],
        output: [],
        record: (item) => String(item.at),
        change: (item) => String(item.at),
      },
    ],
  };
}

export type WayIn = Awaited<ReturnType<typeof wayIn>>;

/** `process()` makes one more set of parts on the same database, as another process would. */
export async function wayIn(options: { hookRate?: number } = {}) {
  const database: FreshDatabase = await freshDatabase();
  const clock = movableClock("2026-03-02T09:00:00Z");
  const service: Service = {
    items: [],
    asked: [],
    page: 100,
    fail: null,
    pause: null,
    keepsCursor: false,
    isAscending: false,
    enrich: null,
    subscribed: new Set(),
    secrets: [],
    refusal: null,
    calls: [],
  };
  const connectors = [fakeConnector(service)];
  const jobs: string[] = [];
  const priorities: number[] = [];
  const alerts: Alert[] = [];
  const incidents: { failure: Failure; bundle: string }[] = [];
  const solved: string[] = [];
  const broken: string[] = [];
  const queue: Queue = {
    start: async () => {},
    stop: async () => {},
    isReady: async () => true,
    send: async (_tx, name, sent) => {
      jobs.push(...sent.map(({ id }) => `${name} ${id}`));
      priorities.push(...sent.map(({ priority = 0 }) => priority));
    },
    work: () => {},
    wake: () => {},
  };
  const opener: Opener = {
    open: async () => ({
      ctx: {
        auth: {},
        http: () => Promise.reject(new Error("no network here")),
        locale: "ru",
        timeZone: "Europe/Moscow",
        country: "RU",
        now: clock.now,
      },
      exchange: () => [],
      mask: (text) => text,
    }),
    setBroken: async (connection) => void broken.push(connection),
  };
  const workspace = newId();
  await database.db.insert(workspaces).values({ id: workspace, name: "w", country: "RU", timeZone: "Europe/Moscow" });
  await database.db
    .insert(members)
    .values({ id: newId(), workspace, telegramId: 1, name: "Анна", locale: "ru", role: "owner" });

  function process(db: Shared["db"] = database.db, publicUrl = "https://svyazka.test") {
    const shared: Shared = {
      db,
      clock,
      log: makeLog("silent"),
      vault: makeVault({ key: Buffer.alloc(32, 7) }),
      connectors,
      queue,
      process: newId(),
      settings: {
        access: "open",
        roles: new Set(),
        publicUrl,
        endpoints: {},
        allowedHosts: [],
        hookRate: options.hookRate ?? 100_000,
        oauthApps: { JOURNAL: { id: "app", secret: "app-secret" } },
      },
    };
    const deps = {
      ...shared,
      opener,
      admission: makeAdmission(shared),
      notify: async (_tx: unknown, _workspace: string, alert: Alert) => void alerts.push(alert),
      incidents: {
        report: async (_tx: unknown, { failure, bundle }: { failure: Failure; bundle: string }) => {
          incidents.push({ failure, bundle });
          return "incident";
        },
        succeeded: async (_tx: unknown, { bundle }: { bundle: string }) => void solved.push(bundle),
      },
      random: () => 0.5,
    };
    return { ...makeWayIn(deps), triggers: makeTriggers(deps) };
  }

  const bodyOf = (trigger: string, more: Partial<Chosen>): Bundle => ({
    format: 1,
    trigger: { connector: "journal", trigger, connection: null, options: {}, ...more },
    steps: [],
  });
  let number = 0;
  const first = process();

  return {
    ...first,
    ...database,
    process,
    clock,
    service,
    jobs,
    priorities,
    connectors,
    alerts,
    incidents,
    solved,
    broken,
    workspace,

    /** A bundle that runs, armed as of now. */
    async active(trigger: string, more: Partial<Chosen> = {}): Promise<{ id: string; token: string; body: Bundle }> {
      const id = newId();
      const body = bodyOf(trigger, more);
      await database.db
        .insert(bundles)
        .values({ id, workspace, number: ++number, name: "b", state: "active", version: 1 });
      await database.db.insert(versions).values({ bundle: id, version: 1, body });
      await database.db.transaction((tx) => first.triggers.arm(tx, { id, workspace }, body, true));
      return { id, token: await this.token(id), body };
    },

    async draft(trigger: string, more: Partial<Chosen> = {}): Promise<{ id: string; token: string; body: Bundle }> {
      const id = newId();
      const body = bodyOf(trigger, more);
      await database.db
        .insert(bundles)
        .values({ id, workspace, number: ++number, name: "b", state: "draft", draft: body });
      await database.db.transaction((tx) => first.triggers.ensureAddress(tx, { id, workspace }, body));
      return { id, token: await this.token(id), body };
    },

    async connection(id: string, state: string, account: string | null = null): Promise<void> {
      await database.db
        .insert(connections)
        .values({ id, workspace, connector: "journal", name: "c", state, account, secret: "" })
        .onConflictDoUpdate({ target: connections.id, set: { state, account } });
    },

    async setState(bundle: string, state: "active" | "paused"): Promise<void> {
      await database.sql`update bundles set state = ${state} where id = ${bundle}`;
    },

    async token(bundle: string): Promise<string> {
      const [row] = await database.sql`select token from triggers where bundle = ${bundle}`;
      return String(row?.token ?? "");
    },

    /** Records of the runs in the order they were admitted. */
    async runs(bundle: string): Promise<string[]> {
      const rows = await database.sql`select record from runs where bundle = ${bundle} order by seq`;
      return rows.map((row) => String(row.record));
    },

    async trigger(bundle: string) {
      const [row] = await database.db.select().from(triggers).where(eq(triggers.bundle, bundle));
      if (!row) throw new Error("the bundle has no trigger");
      return row;
    },

    /** One webhook to one of the processes. */
    send(token: string, body: unknown, headers: Record<string, string> = {}, hooks = first.hooks) {
      const raw = JSON.stringify(body);
      return hooks.receive(token, { method: "POST", headers, query: {}, body: JSON.parse(raw), raw });
    },
  };
}

/**
 * The bot against a Telegram on this machine, with the engine's real storage, people and connections; bundles, runs
 * and incidents are what the test says. One stop ends everything, `crash` ends the bot as kill -9 would.
 */
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { type Playground, startPlayground } from "../../playground/index.ts";
import { addPerson, type Person } from "../../playground/person.ts";
import { makeBot, type RunningBot } from "../../src/bot/bot.ts";
import type { Handlers, Pictures } from "../../src/bot/parts.ts";
import { connectors as services } from "../../src/connectors/index.ts";
import { ConnectorError } from "../../src/connectors/kit/errors.ts";
import { makeApps } from "../../src/engine/connection/apps.ts";
import { makeConnections } from "../../src/engine/connection/connections.ts";
import { makeVault } from "../../src/engine/connection/vault.ts";
import { type Engine, NotFound, type Status } from "../../src/engine/index.ts";
import { makeOnce } from "../../src/engine/once.ts";
import type { Opened } from "../../src/engine/parts.ts";
import { makeData } from "../../src/engine/people/data.ts";
import { makeGroups } from "../../src/engine/people/groups.ts";
import { makeGuests } from "../../src/engine/people/guests.ts";
import { makePeople } from "../../src/engine/people/people.ts";
import { makeTeam } from "../../src/engine/people/team.ts";
import { readConnection } from "../../src/engine/store/connections.ts";
import { makeNotify } from "../../src/engine/telegram/notify.ts";
import { makeTelegram } from "../../src/engine/telegram/telegram.ts";
import { makeLog } from "../../src/log.ts";
import { type FreshDatabase, freshDatabase } from "./database.ts";
import { shop } from "./shop.ts";

export const QUIET: Status = {
  active: 1,
  paused: 0,
  drafts: 0,
  today: { succeeded: 3, failed: 0, waiting: 0 },
  unknown: 0,
  incidents: [],
  ailing: [],
  stopped: [],
  holding: [],
  undelivered: [],
  silent: [],
};

export interface BotRig {
  readonly playground: Playground;
  readonly database: FreshDatabase;
  readonly engine: Engine;
  readonly key: Buffer;
  bot(): RunningBot;
  person(name?: string, language?: string): Promise<Person>;
  /** Nobody fetches or handles any more; what was being handled is left as it is. */
  crash(): void;
  /** A new bot on the same database, as after a crash. */
  start(): Promise<void>;
  /** A new bot on the same database, as after a restart. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}
export interface RigOptions {
  readonly access?: "private" | "open" | "playground";
  readonly engine?: (engine: Engine) => Partial<Engine>;
  readonly handlers?: Handlers;
  readonly pictures?: Pictures;
  readonly strict?: boolean;
  /** Updates come to this address instead of being fetched. */
  readonly publicUrl?: string;
}

export async function startBotRig(options: RigOptions = {}): Promise<BotRig> {
  const dir = mkdtempSync(join(tmpdir(), "bot-rig-"));
  const database = await freshDatabase({ max: 4 });
  const playground = await startPlayground({ dataDir: dir, strict: options.strict ?? false });
  const key = randomBytes(32);
  const log = makeLog(process.env.TEST_LOG ?? "fatal");
  const engine = makeTestEngine({ database, key, log, access: options.access ?? "playground" });
  Object.assign(engine, options.engine?.(engine));

  let running: RunningBot;
  const ended: Promise<void>[] = [];
  const start = async () => {
    running = makeBot({
      engine,
      token: playground.botToken,
      apiRoot: playground.telegramRoot,
      log,
      mode: options.publicUrl ? { kind: "webhook", publicUrl: options.publicUrl } : { kind: "polling" },
      ...(options.handlers === undefined ? {} : { handlers: options.handlers }),
      ...(options.pictures === undefined ? {} : { pictures: options.pictures }),
    });
    await running.start();
  };
  await start();
  return {
    playground,
    database,
    engine,
    key,
    bot: () => running,
    person: (name = "Анна", language = "ru") => addPerson(playground.url, name, language),
    crash() {
      ended.push(running.stop());
    },
    start,
    async restart() {
      await running.stop();
      await start();
    },
    async stop() {
      await running.stop();
      await Promise.all(ended);
      await playground.stop();
      await database.drop();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

function makeTestEngine(given: {
  database: FreshDatabase;
  key: Buffer;
  log: ReturnType<typeof makeLog>;
  access: "private" | "open" | "playground";
}): Engine {
  const { database, key, log, access } = given;
  const { db } = database;
  const clock = { now: () => new Date() };
  const vault = makeVault({ key });
  const connectors = [shop];
  const settings = {
    access,
    roles: new Set(["bot"] as const),
    publicUrl: null,
    endpoints: {},
    allowedHosts: [],
    hookRate: 100,
  };
  const apps = makeApps({ db, vault, connectors: services, log, settings });
  const opener = {
    async open(workspace: string, id: string | null): Promise<Opened> {
      const row = id === null ? undefined : await readConnection(db, workspace, id);
      if (!row) throw new ConnectorError("access", { ru: "Нет подключения.", en: "No connection." });
      const auth = JSON.parse(vault.open(row.secret));
      const ctx = {
        auth,
        http: never,
        locale: "ru",
        timeZone: "Europe/Moscow",
        country: "RU",
        now: clock.now,
      } as const;
      return { ctx, exchange: () => null, mask: (text) => text };
    },
    setBroken: never,
  };
  const notify = makeNotify({ clock });
  const groups = makeGroups({ db, clock, notify });
  const connections = makeConnections({
    db,
    clock,
    log,
    vault,
    connectors,
    opener,
    once: makeOnce({ db }),
    notify,
    triggers: { disarm: never, unsubscribe: never, reconnected: async () => undefined },
  });
  return {
    people: makePeople({ db, clock, vault, settings }),
    // Apps are registered at real services; nobody signs in here.
    consent: { lacks: () => null, begin: never, arrive: never, apps: apps.list, setApp: apps.set },
    telegram: makeTelegram({ db, clock, vault, log, process: "test", groups }),
    connections,
    team: makeTeam({ db, clock, notify }),
    groups,
    guests: makeGuests({ db, clock, notify, connections, consent: { begin: never } }),
    data: makeData({ db, clock, log, triggers: { unsubscribe: never, disarm: never }, met: async () => [] }),
    catalogue: {
      connectors,
      connector: (wanted: string) => connectors.find((one) => one.key === wanted),
      search: (text: string) =>
        connectors.filter(({ name }) =>
          [name.ru, name.en].some((one) => one.toLowerCase().includes(text.toLowerCase())),
        ),
    },
    bundles: { get: gone, list: async () => [], match: async () => [] },
    runs: { status: async () => QUIET, get: gone, list: async () => ({ runs: [], more: false }) },
    incidents: { get: gone, retry: async () => 0 },
    // The parts that these tests don't reach are left out.
  } as unknown as Engine;
}
const never = (): never => {
  throw new Error("not for this test");
};
const gone = async (): Promise<never> => {
  throw new NotFound();
};

/** Looks until the condition holds; fails with its name after ten seconds. */
export async function eventually(what: string, holds: () => Promise<boolean> | boolean): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`${what} did not come true`);
    await pause(10);
  }
}

/** The text stands in some column of some table. */
export async function isStoredInClear({ sql }: FreshDatabase, text: string): Promise<boolean> {
  const tables = await sql<{ name: string }[]>`
    select table_name as name from information_schema.tables where table_schema = 'public'`;
  for (const { name } of tables) {
    const rows = await sql.unsafe(`select 1 from "${name}" t where t::text like $1`, [`%${text}%`]);
    if (rows.length > 0) return true;
  }
  return false;
}

export async function openUpdates({ database }: BotRig): Promise<number> {
  const [row] = await database.sql<{ n: number }[]>`
    select count(*)::int as n from telegram_inbox where done_at is null`;
  return row?.n ?? 0;
}

/** Presses by data, as a client does that shows an old screen. */
export async function pressData(rig: BotRig, person: Person, message: number, data: string): Promise<void> {
  const answer = await fetch(`${rig.playground.url}/api/chats/${person.id}/press`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ message, data }),
  });
  if (!answer.ok) throw new Error(await answer.text());
}

export const texts = async (person: Person): Promise<string[]> =>
  (await person.messages()).map(({ text }) => text ?? "");

/** The database that the configuration names: a server, or the bundled one. */
import { setTimeout as sleep } from "node:timers/promises";
import { sql } from "drizzle-orm";
import type { Log } from "../log.ts";
import { Refusal } from "../refusal.ts";
import { makeClient } from "./client.ts";
import { findEmbedded, startEmbedded } from "./embedded.ts";
import { migrate } from "./migrate.ts";

export interface Place {
  readonly databaseUrl: string | null;
  readonly dataDir: string;
}
export interface Database {
  readonly url: string;
  /** Stops the bundled server; leaves another one alone. */
  stop(): Promise<void>;
}

/** Oldest major version that we test against. */
const OLDEST = 14;
/** A server that starts together with us gets this long. */
const PATIENCE_MS = 10_000;

/** For the app: ready to use, migrated. Refusals say what to change. */
export async function openDatabase(place: Place, log?: Log, patienceMs = PATIENCE_MS): Promise<Database> {
  if (place.databaseUrl === null) {
    const embedded = await startEmbedded({ dataDir: place.dataDir, ...(log ? { log } : {}) });
    return migrated(embedded);
  }
  await reach(place.databaseUrl, patienceMs);
  return migrated({ url: place.databaseUrl, stop: async () => {} });
}

/** For commands: the server beside a running app is shared; without one it runs as long as the command. */
export async function findDatabase(place: Place): Promise<Database> {
  if (place.databaseUrl !== null) return openDatabase(place);
  const running = await findEmbedded(place.dataDir);
  return running ? { ...running, stop: async () => {} } : openDatabase(place);
}

async function migrated(database: Database): Promise<Database> {
  try {
    await migrate(database.url);
    return database;
  } catch (error) {
    await database.stop();
    throw refusalOf(error) ?? error;
  }
}

async function reach(url: string, patienceMs: number): Promise<void> {
  const deadline = Date.now() + patienceMs;
  for (;;) {
    const client = makeClient({ url, max: 1 });
    try {
      const [row] = await client.db.execute<{ version: string }>(
        sql`select current_setting('server_version_num') as version`,
      );
      const major = Math.floor(Number(row?.version) / 10_000);
      if (major >= OLDEST) return;
      throw new Refusal({
        ru: `DATABASE_URL: там PostgreSQL ${major}, а нужен ${OLDEST} или новее.`,
        en: `DATABASE_URL: that is PostgreSQL ${major}; ${OLDEST} or newer is needed.`,
      });
    } catch (error) {
      const isDown = /^(ECONN|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EHOST|ENET|CONNECT|ENOENT|57P03)/.test(codeOf(error));
      if (!isDown || Date.now() > deadline) throw refusalOf(error) ?? error;
    } finally {
      await client.end();
    }
    await sleep(500);
  }
}

function codeOf(error: unknown): string {
  for (let one = error as { code?: unknown; cause?: unknown } | undefined; one; one = one.cause as typeof one)
    if (typeof one.code === "string") return one.code;
  return "";
}

const REFUSALS: readonly [RegExp, (code: string) => { ru: string; en: string }][] = [
  [
    /^(ECONN|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EHOST|ENET|CONNECT|ENOENT)/,
    (code) => ({
      ru: `DATABASE_URL: сервер базы не отвечает (${code}). Проверьте адрес и порт и что сервер запущен.`,
      en: `DATABASE_URL: the database server doesn't answer (${code}). Check the address and the port, and that the server runs.`,
    }),
  ],
  [
    /^(28|SASL)/,
    () => ({
      ru: "DATABASE_URL: сервер базы не принимает имя или пароль. Проверьте их; знаки вроде @ и / в пароле пишутся как %40 и %2F.",
      en: "DATABASE_URL: the database server refuses the user or the password. Check them; characters such as @ and / in a password are written %40 and %2F.",
    }),
  ],
  [
    /^3D000/,
    () => ({
      ru: "DATABASE_URL: такой базы на сервере нет. Создайте её (create database) или исправьте имя.",
      en: "DATABASE_URL: the server has no such database. Make it (create database) or mend the name.",
    }),
  ],
  [
    /^42501/,
    () => ({
      ru: "Пользователю базы нельзя создавать таблицы. Сделайте его владельцем базы: alter database … owner to …",
      en: "The database user may not make tables. Make it the database's owner: alter database … owner to …",
    }),
  ],
  [
    /^53300/,
    () => ({
      ru: "У сервера базы кончились соединения. Увеличьте max_connections (Связке нужно до 20 на процесс).",
      en: "The database server is out of connections. Raise max_connections (Svyazka needs up to 20 a process).",
    }),
  ],
  [
    /^(53100|25006)/,
    () => ({
      ru: "Сервер базы не может писать: диск полон или база открыта только для чтения.",
      en: "The database server can't write: its disk is full or the database is read-only.",
    }),
  ],
];

/** The sentence for what a database said, or null where we have none. Nothing that was sent is in it. */
function refusalOf(error: unknown): Refusal | null {
  if (error instanceof Refusal) return error;
  const code = codeOf(error);
  const found = REFUSALS.find(([pattern]) => pattern.test(code));
  return found ? new Refusal(found[1](code), error) : null;
}

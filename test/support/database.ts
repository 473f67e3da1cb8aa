/**
 * A database of its own for a test file, on the server of TEST_DATABASE_URL (`npm test` announces one), or, when the
 * file runs alone, on an embedded server that ends with the process.
 */
import { createHash, randomBytes } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Sql } from "postgres";
import { type Client, makeClient, socketDirectory } from "../../src/db/client.ts";
import { startEmbedded } from "../../src/db/embedded.ts";
import { migrate } from "../../src/db/migrate.ts";
import { postgres } from "../../src/db/postgres.ts";

export interface FreshDatabase {
  readonly url: string;
  readonly db: Client["db"];
  readonly sql: Client["sql"];
  /** Closes the pool and removes the database. */
  drop(): Promise<void>;
}

let server: Promise<string> | undefined;
let template: Promise<string> | undefined;

/** A migrated, empty database; about 50 ms once the server runs. `bare`: without any table. */
export async function freshDatabase(options: { bare?: boolean; max?: number } = {}): Promise<FreshDatabase> {
  server ??= findServer();
  const admin = await server;
  template ??= makeTemplate(admin);
  const from = options.bare ? "template0" : await template;
  const name = `test_${randomBytes(6).toString("hex")}`;
  await withAdmin(admin, (sql) => sql.unsafe(`create database ${name} template ${from}`));
  const url = databaseUrl(admin, name);
  const client = makeClient({ url, max: options.max ?? 6, name: "test" });
  return {
    url,
    db: client.db,
    sql: client.sql,
    async drop() {
      await client.end();
      await withAdmin(admin, (sql) => sql.unsafe(`drop database if exists ${name} with (force)`));
    },
  };
}

/** Durability is tested on servers of their own; here it would only cost time. */
export const FAST = { fsync: "off", synchronous_commit: "off", full_page_writes: "off", max_connections: "200" };

async function findServer(): Promise<string> {
  const given = process.env.TEST_DATABASE_URL;
  if (given) return given;
  const dataDir = mkdtempSync(join(tmpdir(), "svyazka-test-"));
  const embedded = await startEmbedded({ dataDir, settings: FAST });
  process.once("exit", () => {
    try {
      process.kill(embedded.pid, "SIGKILL");
    } catch {}
    rmSync(dataDir, { recursive: true, force: true, maxRetries: 5 });
  });
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(1));
  return embedded.url;
}

/** Migrated once per set of migrations and server; copied for every test file. */
async function makeTemplate(admin: string): Promise<string> {
  const folder = join(import.meta.dirname, "../../drizzle");
  const hash = createHash("sha256");
  for (const file of readdirSync(folder).sort())
    if (file.endsWith(".sql")) hash.update(readFileSync(join(folder, file)));
  const name = `svyazka_template_${hash.digest("hex").slice(0, 12)}`;
  await withAdmin(admin, async (sql) => {
    await sql`select pg_advisory_lock(72390)`;
    const [known] = await sql`select from pg_database where datname = ${name}`;
    if (known) return;
    const building = `${name}_new`;
    await sql.unsafe(`drop database if exists ${building} with (force)`);
    await sql.unsafe(`create database ${building} template template0`);
    await migrate(databaseUrl(admin, building));
    await sql.unsafe(`alter database ${building} rename to ${name}`);
  });
  return name;
}

function databaseUrl(admin: string, name: string): string {
  const url = new URL(admin);
  url.pathname = `/${name}`;
  return url.href;
}

async function withAdmin<T>(admin: string, act: (sql: Sql) => Promise<T>): Promise<T> {
  const directory = socketDirectory(admin);
  const url = new URL(admin);
  url.searchParams.delete("host");
  const sql = postgres(url.href, {
    max: 1,
    fetch_types: false,
    onnotice: () => {},
    ...(directory ? { host: directory } : {}),
  });
  try {
    return await act(sql);
  } finally {
    await sql.end({ timeout: 5 });
  }
}

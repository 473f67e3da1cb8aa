/** The whole app as a process: how it starts, refuses, survives and ends. */
import assert from "node:assert/strict";
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { type FreshDatabase, freshDatabase } from "./support/database.ts";

const ROOT = join(import.meta.dirname, "..");
const TOKEN = `123456789:${"A".repeat(35)}`;
const KEY = randomBytes(32).toString("base64");

interface App {
  readonly process: ChildProcess;
  /** Null: it ended before it was ready. */
  readonly url: string | null;
  readonly code: number | null;
  output(): string;
  stop(): Promise<number | null>;
  kill(): Promise<void>;
}

describe("the app", { concurrency: false }, () => {
  const directories: string[] = [];
  const apps = new Set<ChildProcess>();
  const databases: FreshDatabase[] = [];
  after(async () => {
    for (const app of apps) app.kill("SIGKILL");
    for (const directory of directories) {
      const file = join(directory, "postgres", "postmaster.pid");
      if (existsSync(file)) process.kill(Number(readFileSync(file, "utf8").split("\n")[0]), "SIGKILL");
      rmSync(directory, { recursive: true, force: true, maxRetries: 5 });
    }
    for (const database of databases) await database.drop();
  });
  const newDirectory = () => {
    const directory = mkdtempSync(join(tmpdir(), "svyazka-app-"));
    directories.push(directory);
    return directory;
  };
  const newDatabase = async () => {
    const database = await freshDatabase({ bare: true });
    databases.push(database);
    return database;
  };

  const start = async (env: Record<string, string>, lang = "en_US.UTF-8"): Promise<App> => {
    const child = spawn(process.execPath, ["--import", "./src/node.js", "src/main.ts"], {
      cwd: ROOT,
      env: { PATH: process.env.PATH, HOME: process.env.HOME, LANG: lang, PORT: "0", LOG_LEVEL: "warn", ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    apps.add(child);
    let output = "";
    const ended = once(child, "close");
    const url = await new Promise<string | null>((resolve) => {
      const hear = (chunk: Buffer) => {
        output += chunk;
        if (/is ready|готова/.test(output)) resolve(/http:\S+/.exec(output)?.[0] ?? "");
      };
      child.stdout.on("data", hear);
      child.stderr.on("data", hear);
      child.once("close", () => resolve(null));
    });
    return {
      process: child,
      url,
      code: child.exitCode,
      output: () => output,
      async stop() {
        child.kill("SIGTERM");
        const [code] = await ended;
        return code;
      },
      async kill() {
        child.kill("SIGKILL");
        await ended;
      },
    };
  };
  /** Starts what must not start, and gives back its one sentence. */
  const refused = async (env: Record<string, string>, lang?: string) => {
    const app = await start(env, lang);
    assert.equal(app.url, null, app.output());
    assert.equal(app.code, 1);
    const said = app.output().trim();
    assert.doesNotMatch(said, /^\s+at /m, "no stack");
    return said;
  };

  it("no settings: the playground answers, one line says where; SIGTERM ends it cleanly, kill -9 doesn't hurt", async () => {
    const directory = newDirectory();
    const one = await start({ DATA_DIR: directory });
    assert.ok(one.url, one.output());
    assert.equal(one.output().trim().split("\n").length, 1);
    for (const path of ["healthz", "readyz"]) assert.equal((await fetch(`${one.url}/${path}`)).status, 200, path);
    assert.match(await (await fetch(`${one.url}/metrics`)).text(), /svyazka_telegram_inbox 0/);
    assert.equal(statSync(join(directory, "key")).mode & 0o777, 0o600);
    assert.match(await refused({ DATA_DIR: directory }), /^Another Svyazka is already working in .*DATABASE_URL\.$/);
    await one.kill();

    const two = await start({ DATA_DIR: directory });
    assert.ok(two.url, two.output());
    assert.equal(await two.stop(), 0);
    assert.equal(existsSync(join(directory, "postgres", "postmaster.pid")), false);

    assert.match(await refused({ DATA_DIR: directory, BOT_TOKEN: TOKEN }), /belongs to the playground.*DATA_DIR/);
    rmSync(join(directory, "key"));
    assert.match(await refused({ DATA_DIR: directory }), /encryption key doesn't belong to this database/);
    assert.equal(
      existsSync(join(directory, "postgres", "postmaster.pid")),
      false,
      "a refused start leaves nothing running",
    );
  });

  it("Ctrl+C in a terminal: npm and the app both get the signal, and the database stops with them", async () => {
    const directory = newDirectory();
    const child = spawn("npm", ["start", "--silent"], {
      cwd: ROOT,
      env: { ...process.env, DATA_DIR: directory, PORT: "0", LOG_LEVEL: "warn", LANG: "en" },
      stdio: ["ignore", "pipe", "inherit"],
      detached: true,
    });
    const ended = once(child, "close");
    await new Promise<void>((resolve) =>
      child.stdout.on("data", (chunk) => /is ready/.test(String(chunk)) && resolve()),
    );
    process.kill(-(child.pid ?? 0), "SIGINT");
    await ended;
    assert.equal(existsSync(join(directory, "postgres", "postmaster.pid")), false);
  });

  it("a token that Telegram doesn't know", async () => {
    const telegram = createServer((_req, res) => {
      res.statusCode = 401;
      res.end(JSON.stringify({ ok: false, error_code: 401, description: "Unauthorized" }));
    });
    telegram.listen(0, "127.0.0.1");
    await once(telegram, "listening");
    try {
      const root = `http://127.0.0.1:${(telegram.address() as AddressInfo).port}`;
      const database = await newDatabase();
      const own = { DATABASE_URL: database.url, ENCRYPTION_KEY: KEY, DATA_DIR: newDirectory(), PORT: "0" };
      const app = await start({ ...own, BOT_TOKEN: TOKEN, TELEGRAM_API_ROOT: root });
      if (app.process.exitCode === null) await once(app.process, "close");
      assert.equal(app.process.exitCode, 1);
      assert.match(app.output(), /BOT_TOKEN: Telegram knows no bot with this token/);
    } finally {
      telegram.close();
    }
  });

  it("a port that is taken", async () => {
    const other = createServer();
    other.listen(0, "127.0.0.1");
    await once(other, "listening");
    try {
      const { port } = other.address() as AddressInfo;
      const database = await newDatabase();
      const env = { DATABASE_URL: database.url, ENCRYPTION_KEY: KEY, DATA_DIR: newDirectory(), PORT: String(port) };
      assert.match(await refused(env), new RegExp(`^The port 127.0.0.1:${port} is taken by another program\\.`));
      const bot = { BOT_TOKEN: TOKEN, TELEGRAM_API_ROOT: "http://127.0.0.1:9" };
      const another = await newDatabase();
      assert.match(await refused({ ...env, ...bot, DATABASE_URL: another.url }, "ru_RU.UTF-8"), /Порт .* занят/);
    } finally {
      other.close();
    }
  });

  it("a real bot on a server: prints the owner code until it is used, and the code of a reset", async () => {
    const database = await newDatabase();
    const env = {
      BOT_TOKEN: TOKEN,
      TELEGRAM_API_ROOT: "http://127.0.0.1:9",
      DATABASE_URL: database.url,
      ENCRYPTION_KEY: KEY,
      DATA_DIR: newDirectory(),
      LOG_LEVEL: "silent",
    };
    const one = await start(env);
    const code = /Owner code: (\S+)/.exec(one.output())?.[1];
    assert.match(code ?? one.output(), /^\w{4}-\w{4}-\w{4}$/);
    const reset = spawnSync(process.execPath, ["src/cli/owner.ts", "reset"], {
      cwd: ROOT,
      env: { PATH: process.env.PATH, ...env },
      encoding: "utf8",
    });
    assert.equal(reset.status, 0, reset.stderr);
    assert.match(reset.stdout.trim(), /^\w{4}-\w{4}-\w{4}$/);
    assert.equal(await one.stop(), 0);
    const two = await start(env);
    assert.equal(/Owner code: (\S+)/.exec(two.output())?.[1], reset.stdout.trim());
    await two.stop();

    const otherKey = randomBytes(32).toString("base64");
    assert.match(await refused({ ...env, ENCRYPTION_KEY: otherKey }), /key doesn't belong to this database/);
    const { BOT_TOKEN: _, TELEGRAM_API_ROOT: __, ...withoutBot } = env;
    assert.match(await refused(withoutBot), /belongs to a real bot/);
  });

  it("two processes on one new database at once", async () => {
    const database = await newDatabase();
    const env = {
      BOT_TOKEN: TOKEN,
      TELEGRAM_API_ROOT: "http://127.0.0.1:9",
      DATABASE_URL: database.url,
      ENCRYPTION_KEY: KEY,
      DATA_DIR: newDirectory(),
      LOG_LEVEL: "silent",
    };
    const both = await Promise.all([start({ ...env, ROLES: "web,bot" }), start({ ...env, ROLES: "worker,scheduler" })]);
    for (const app of both) assert.notEqual(app.url, null, app.output());
    for (const app of both) assert.equal(await app.stop(), 0);
  });

  it("wrong settings, both languages, before anything is touched", async () => {
    const directory = join(newDirectory(), "none");
    assert.match(await refused({ DATA_DIR: directory, PORT: "x" }), /^PORT: «x» doesn't fit\./);
    assert.match(await refused({ DATA_DIR: directory, PORT: "x" }, "ru_RU.UTF-8"), /^PORT: «x» не подходит\./);
    assert.equal(existsSync(directory), false);
  });

  it("a database server that isn't there", { timeout: 60_000 }, async () => {
    const said = await refused({
      DATABASE_URL: "postgres://u:hidden-word@127.0.0.1:9/d",
      ENCRYPTION_KEY: KEY,
      DATA_DIR: newDirectory(),
    });
    assert.match(said, /^DATABASE_URL: the database server doesn't answer \(ECONNREFUSED\)/);
    assert.ok(!said.includes("hidden-word"));
  });

  it("a data directory that can't be one", async () => {
    const directory = newDirectory();
    writeFileSync(join(directory, "file"), "");
    assert.match(await refused({ DATA_DIR: join(directory, "file") }), /isn't a directory/);
    if (process.getuid?.() === 0) return;
    mkdirSync(join(directory, "closed"), { mode: 0o500 });
    assert.match(await refused({ DATA_DIR: join(directory, "closed") }), /No permission for the data directory/);
    chmodSync(join(directory, "closed"), 0o700);
  });
});

/** The whole app as a process on a database server: how it starts, refuses and ends. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { after, describe, it } from "node:test";
import { type FreshDatabase, freshDatabase } from "./support/database.ts";
import { KEY, ROOT, starting, TOKEN } from "./support/starting.ts";

describe("the app on a server", { concurrency: 2 }, () => {
  const { newDirectory, start, refused } = starting();
  const databases: FreshDatabase[] = [];
  after(async () => {
    for (const database of databases) await database.drop();
  });
  const newDatabase = async () => {
    const database = await freshDatabase({ bare: true });
    databases.push(database);
    return database;
  };

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
});

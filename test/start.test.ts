/** The whole app as a process with a database of its own: how it starts, refuses, survives and ends. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, mkdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { KEY, ROOT, starting, TOKEN } from "./support/starting.ts";

// Side by side: half of their time is waiting.
describe("the app", { concurrency: 2 }, () => {
  const { newDirectory, start, refused } = starting();

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

/**
 * A house for tests that kill the app: Telegram and the services (the playground) live in the test's process and don't
 * die; the app is a real bot's app in a process of its own, killed and started again on the same data.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { type Playground, startPlayground } from "../../playground/index.ts";
import { type FreshDatabase, freshDatabase } from "./database.ts";

const ROOT = join(import.meta.dirname, "../..");
const START_MS = 60_000;

export interface House {
  readonly playground: Playground;
  /** Where people and services are. */
  readonly url: string;
  readonly dataDir: string;
  readonly database: FreshDatabase;
  /** Where the app itself listens; null while it doesn't run. */
  app(): string | null;
  /** Starts the app and waits until it is ready; false when it ended before that, for whatever reason. */
  start(): Promise<boolean>;
  /** Starts the app without waiting. */
  launch(): void;
  /** `kill -9`, at once; resolves when the process is gone. */
  kill(): Promise<void>;
  stopApp(): Promise<number | null>;
  /** What all the app's processes wrote so far. */
  output(): string;
  /** Ends everything and removes what was made. */
  close(): Promise<void>;
}

/** Opens the house with the app still off. `bare`: the app has to migrate the database first. */
export async function openHouse(options: { env?: Record<string, string>; bare?: boolean } = {}): Promise<House> {
  const dataDir = mkdtempSync(join(tmpdir(), "svyazka-house-"));
  const database = await freshDatabase({ bare: options.bare ?? false, max: 3 });
  const playground = await startPlayground({ dataDir });
  const key = randomBytes(32).toString("base64");
  let child: ChildProcess | undefined;
  let ended: Promise<number | null> = Promise.resolve(null);
  let ready: Promise<boolean> = Promise.resolve(false);
  let address: string | null = null;
  let output = "";

  const endpoints = Object.entries(playground.endpoints).map(([name, base]) => [`ENDPOINT_${name}`, base]);

  function launch(): void {
    const started = spawn(process.execPath, ["--max-semi-space-size=4", "src/main.ts"], {
      cwd: ROOT,
      env: {
        PATH: process.env.PATH,
        HOME: process.env.HOME,
        LANG: "en_US.UTF-8",
        DATA_DIR: dataDir,
        DATABASE_URL: database.url,
        ENCRYPTION_KEY: key,
        BOT_TOKEN: playground.botToken,
        TELEGRAM_API_ROOT: playground.telegramRoot,
        ACCESS: "open",
        ALLOWED_HOSTS: playground.allowedHosts.join(","),
        PORT: "0",
        LOG_LEVEL: "warn",
        ...Object.fromEntries(endpoints),
        ...options.env,
      },
      stdio: ["ignore", "pipe", "pipe"],
    });
    child = started;
    ended = new Promise((done) => started.once("close", (code) => done(code)));
    ready = new Promise((done) => {
      let own = "";
      const hear = (chunk: Buffer) => {
        output += chunk;
        own += chunk;
        const found = /is ready: (http:\S+)/.exec(own)?.[1];
        if (!found) return;
        address = found;
        playground.passTo(found);
        done(true);
      };
      started.stdout.on("data", hear);
      started.stderr.on("data", hear);
      started.once("close", () => done(false));
    });
  }

  async function kill(): Promise<void> {
    address = null;
    child?.kill("SIGKILL");
    await ended;
  }

  return {
    playground,
    url: playground.url,
    dataDir,
    database,
    app: () => address,
    launch,
    async start() {
      launch();
      const late = pause(START_MS, "late" as const, { ref: false });
      const is = await Promise.race([ready, late]);
      if (is !== "late") return is;
      await kill();
      throw new Error(`the app was not ready after ${START_MS} ms:\n${output}`);
    },
    kill,
    async stopApp() {
      address = null;
      child?.kill("SIGTERM");
      return ended;
    },
    output: () => output,
    async close() {
      await kill();
      await playground.stop();
      await database.drop();
      rmSync(dataDir, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** Ends the bundled server of a directory whose app was killed, and removes the directory. */
export function removeDataDir(dataDir: string): void {
  const server = serverOf(dataDir);
  if (server !== null) {
    try {
      process.kill(server, "SIGKILL");
    } catch {
      // It has ended already.
    }
  }
  rmSync(dataDir, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
}

/** The process of the bundled server of a data directory. */
export function serverOf(dataDir: string): number | null {
  const file = join(dataDir, "postgres", "postmaster.pid");
  return existsSync(file) ? Number(readFileSync(file, "utf8").split("\n")[0]) : null;
}

/** Looks until the condition gives something; fails with its name and what it last saw. */
export async function eventually<T>(
  what: string,
  look: () => Promise<T | undefined | false> | T | undefined | false,
  within = 30_000,
): Promise<T> {
  for (const deadline = Date.now() + within; ; await pause(50)) {
    const found = await look();
    if (found !== undefined && found !== false) return found;
    if (Date.now() > deadline) throw new Error(`${what} did not come true within ${within} ms`);
  }
}

/** The playground's HTTP API, as the page uses it. */
export async function post<T = unknown>(url: string, body: unknown): Promise<T> {
  const init = { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
  const answer = await fetch(url, init);
  if (!answer.ok) throw new Error(`${url}: ${await answer.text()}`);
  return (await answer.json()) as T;
}

/** One PostgreSQL (fsync on), a Telegram, and the app as a process of its own, for the measurements. */
import { type ChildProcess, fork, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { startPlayground } from "../playground/index.ts";
import { addPerson } from "../playground/person.ts";
import { makeClient } from "../src/db/client.ts";
import { type Embedded, startEmbedded } from "../src/db/embedded.ts";
import type { Figures, Order } from "./drive.ts";

const ROOT = join(import.meta.dirname, "..");

export interface Program {
  readonly url: string;
  readonly process: ChildProcess;
  /** Highest and last resident memory since it was asked for the first time, in MiB, and the processor's seconds used. */
  usage(): { readonly memoryMiB: number; readonly cpuSeconds: number };
  stop(): Promise<void>;
}

export interface App extends Program {
  /** Imports a bundle, starts it, and gives its webhook's address. */
  bundle(file: unknown): Promise<string>;
}

export interface House {
  readonly directory: string;
  /** A new empty database. */
  database(): Promise<string>;
  /** The app with a database of its own and an owner. */
  app(databaseUrl: string, env?: Readonly<Record<string, string>>): Promise<App>;
  /** Any other program that prints `ready URL`. */
  program(file: string, env: Readonly<Record<string, string>>): Promise<Program>;
  /** The world around W1: see drive.ts. */
  driver(): Promise<Driver>;
  stop(): Promise<void>;
}
export interface Driver {
  readonly url: string;
  carryOut(order: Order): Promise<Figures>;
}

export async function openHouse(): Promise<House> {
  const directory = mkdtempSync(join(tmpdir(), "svyazka-bench-"));
  const server: Embedded = await startEmbedded({ dataDir: join(directory, "postgres") });
  const admin = makeClient({ url: server.url, max: 1 });
  const closing: (() => Promise<unknown> | unknown)[] = [];
  let databases = 0;

  function started(child: ChildProcess, ready: RegExp): Promise<{ url: string; output(): string }> {
    closing.push(() => child.kill("SIGKILL"));
    let output = "";
    return new Promise((resolve, fail) => {
      const hear = (chunk: Buffer) => {
        output += chunk;
        const url = ready.exec(output)?.[1];
        if (url) resolve({ url, output: () => output });
      };
      child.stdout?.on("data", hear);
      child.stderr?.on("data", hear);
      child.once("close", (code) => fail(new Error(`ended with code ${code}:\n${output}`)));
    });
  }
  const asProgram = (child: ChildProcess, url: string): Program => ({
    url,
    process: child,
    usage: () => usageOf(child.pid ?? 0),
    async stop() {
      const ended = once(child, "close");
      child.kill("SIGTERM");
      await ended;
    },
  });

  return {
    directory,
    async database() {
      const name = `bench${databases++}`;
      await admin.sql.unsafe(`create database ${name}`);
      const url = new URL(server.url);
      url.pathname = `/${name}`;
      return url.href;
    },
    async app(databaseUrl, more = {}) {
      const dataDir = mkdtempSync(join(directory, "app-"));
      const playground = await startPlayground({ dataDir });
      closing.push(() => playground.stop());
      const env = {
        PATH: process.env.PATH ?? "",
        LANG: "en_US.UTF-8",
        BOT_TOKEN: playground.botToken,
        TELEGRAM_API_ROOT: playground.telegramRoot,
        DATABASE_URL: databaseUrl,
        DATA_DIR: dataDir,
        ENCRYPTION_KEY: randomBytes(32).toString("base64"),
        HOOK_RATE: "100000",
        LOG_LEVEL: "warn",
        PORT: "0",
        ...more,
      };
      const start = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")).scripts.start as string;
      // What `npm start` runs, with its flags.
      const [, ...flags] = start.replace(/^exec /, "").split(" ");
      const child = spawn(process.execPath, flags, { cwd: ROOT, env, stdio: ["ignore", "pipe", "pipe"] });
      const { url, output } = await started(child, /ready: (http\S+)/);
      const code = /Owner code: (\S+)/.exec(output())?.[1];
      if (code) {
        const person = await addPerson(playground.url, "Анна", "ru");
        await person.say(code);
        await person.sees(/Связка|связк/);
      }
      return {
        ...asProgram(child, url),
        async bundle(file) {
          const path = join(dataDir, "bundle.json");
          writeFileSync(path, JSON.stringify(file));
          const importing = spawn(process.execPath, ["src/cli/import.ts", path, "--start", "--json"], {
            cwd: ROOT,
            env: { ...env, PUBLIC_URL: "https://bench.invalid", PORT: "" },
            stdio: ["ignore", "pipe", "inherit"],
          });
          let out = "";
          importing.stdout.on("data", (chunk) => {
            out += chunk;
          });
          await once(importing, "close");
          const { address } = JSON.parse(out) as { address: string };
          return new URL(new URL(address).pathname, url).href;
        },
      };
    },
    async program(file, env) {
      const child = spawn(process.execPath, ["--max-semi-space-size=4", join(import.meta.dirname, file)], {
        env: { PATH: process.env.PATH ?? "", ...env },
        stdio: ["ignore", "pipe", "pipe"],
      });
      const { url } = await started(child, /ready (http\S+)/);
      return asProgram(child, url);
    },
    async driver() {
      const child = fork(join(import.meta.dirname, "drive.ts"));
      closing.push(() => child.kill("SIGKILL"));
      const [{ url }] = (await once(child, "message")) as [{ url: string }];
      return {
        url,
        async carryOut(order) {
          child.send(order);
          const [figures] = (await once(child, "message")) as [Figures];
          return figures;
        },
      };
    },
    async stop() {
      for (const close of closing.reverse()) await close();
      await admin.end();
      await server.stop();
      for (let attempt = 0; attempt < 5; attempt++)
        try {
          rmSync(directory, { recursive: true, force: true });
          return;
        } catch {
          await sleep(200);
        }
    },
  };
}

/** Of Linux: resident memory and processor time of one process. */
function usageOf(pid: number): { memoryMiB: number; cpuSeconds: number } {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  const kib = Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? Number.NaN);
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
  return { memoryMiB: Math.round(kib / 1024), cpuSeconds: (Number(fields[11]) + Number(fields[12])) / 100 };
}

/** What a round of kills happens in: a PostgreSQL, a Telegram with services, a ledger, and the app as one process or many. */
import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Playground, startPlayground } from "../../playground/index.ts";
import { type Client, makeClient } from "../../src/db/client.ts";
import { startEmbedded } from "../../src/db/embedded.ts";
import { type Ledger, openLedger } from "./ledger.ts";
import { type Member, startMember } from "./member.ts";

export const ROOT = join(import.meta.dirname, "../..");
const ALL = ["bot", "web", "worker", "scheduler"] as const;
/** Roles of each process. Telegram's webhook goes to a process that has web and bot. */
export const FLEETS = {
  alone: [ALL],
  small: [["web", "bot"], ["web"], ["worker"], ["worker", "scheduler"]],
  many: [["web", "bot"], ["web"], ["web"], ["worker"], ["worker"], ["worker"], ["scheduler"], ["scheduler"]],
} as const;
export type Fleet = keyof typeof FLEETS;

/** `postgres://…`, and the bases of Telegram and of the ledger. */
export interface Ends {
  readonly database: string;
  readonly telegram: string;
  readonly ledger: string;
}
export interface World {
  /** Where people, services and, behind it, the app are. */
  readonly url: string;
  readonly playground: Playground;
  readonly ledger: Ledger;
  readonly members: readonly Member[];
  /** For looking; killed with the server, so ask by `ask`. */
  readonly client: Client;
  /** A question to the database, repeated while it is down. */
  ask<T>(question: () => Promise<T>): Promise<T>;
  /** `kill -9` of the database's server, or of one of its sessions, which makes the server recover as well. */
  killDatabase(what: "server" | "session", random: () => number): Promise<void>;
  /** Imports a bundle; its id and its webhook's path. */
  bundle(file: unknown, isStart: boolean): Promise<{ id: string; path: string }>;
  close(): Promise<void>;
}

export async function openWorld(ask: {
  fleet: Fleet;
  random: () => number;
  /** Where the app's code lies; another version in other directories comes by `upgrade`. */
  root?: string;
  env?: Readonly<Record<string, string>>;
  /** Something between the app and all that it talks to: given where each thing is, it says where the app is to go. */
  between?: (ends: Ends) => Promise<Ends>;
}): Promise<World> {
  const directory = mkdtempSync(join(tmpdir(), "svyazka-kills-"));
  const dataDir = join(directory, "database");
  const database = await startEmbedded({ dataDir, settings: { max_connections: "250" } });
  const playground = await startPlayground({ dataDir: directory });
  const ledger = await openLedger(ask.random);
  const members: Member[] = [];
  const front = await openFront(members);
  playground.passTo(front.url);
  const ends = { database: database.url, telegram: playground.telegramRoot, ledger: ledger.url };
  const reached = (await ask.between?.(ends)) ?? ends;
  const endpoints = Object.entries(playground.endpoints).map(([name, base]) => [`ENDPOINT_${name}`, base]);
  const env = {
    PATH: process.env.PATH ?? "",
    HOME: process.env.HOME ?? "",
    LANG: "en_US.UTF-8",
    DATA_DIR: directory,
    DATABASE_URL: reached.database,
    ENCRYPTION_KEY: randomBytes(32).toString("base64"),
    BOT_TOKEN: playground.botToken,
    TELEGRAM_API_ROOT: reached.telegram,
    ACCESS: "open",
    ALLOWED_HOSTS: [...playground.allowedHosts, new URL(reached.ledger).host].join(","),
    LOG_LEVEL: "warn",
    ...Object.fromEntries(endpoints),
    // Many processes take Telegram's webhook; one polls.
    ...(ask.fleet === "alone" ? {} : { PUBLIC_URL: playground.url }),
    ...ask.env,
  };
  // The first migrates alone, as somebody would who starts a fleet.
  for (const [at, roles] of FLEETS[ask.fleet].entries()) {
    const name = `${at + 1} ${roles.length === ALL.length ? "everything" : roles.join("+")}`;
    members.push(startMember({ name, root: ask.root ?? ROOT, roles, env, port: await freePort() }));
    if (at === 0) await members[0]?.ready();
  }
  await Promise.all(members.map((one) => one.ready()));
  const client = makeClient({ url: database.url, max: 2, name: "kills" });

  const serverPid = () => {
    const file = join(dataDir, "postgres", "postmaster.pid");
    return existsSync(file) ? Number(readFileSync(file, "utf8").split("\n")[0]) : 0;
  };
  async function persist<T>(question: () => Promise<T>): Promise<T> {
    for (const deadline = Date.now() + 60_000; ; await new Promise((done) => setTimeout(done, 100)))
      try {
        return await question();
      } catch (error) {
        if (Date.now() > deadline) throw error;
      }
  }

  return {
    url: playground.url,
    playground,
    ledger,
    members,
    client,
    ask: persist,
    async killDatabase(what, random) {
      if (what === "server") return strike(serverPid());
      const sessions = await persist(
        () => client.sql<{ pid: number }[]>`
          select pid from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`,
      );
      const one = sessions[Math.floor(random() * sessions.length)];
      strike(one?.pid ?? serverPid());
    },
    async bundle(file, isStart) {
      const path = join(directory, "bundle.json");
      writeFileSync(path, JSON.stringify(file));
      const args = ["src/cli/import.ts", path, ...(isStart ? ["--start"] : []), "--json"];
      const importing = spawn(process.execPath, args, {
        cwd: ask.root ?? ROOT,
        env: { ...env, PUBLIC_URL: playground.url, PORT: "" },
        stdio: ["ignore", "pipe", "inherit"],
      });
      let out = "";
      importing.stdout.on("data", (chunk) => {
        out += chunk;
      });
      await once(importing, "close");
      const { id, address } = JSON.parse(out) as { id: string; address?: string };
      return { id, path: address ? new URL(address).pathname : "" };
    },
    async close() {
      await Promise.all(members.map((one) => one.stop()));
      await client.end();
      await front.close();
      await playground.stop();
      await ledger.close();
      await database.stop();
      rmSync(directory, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
    },
  };
}

/** Free now; nobody else is likely to take it before the process does. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as AddressInfo;
  await new Promise((done) => server.close(done));
  return port;
}

function strike(pid: number): void {
  try {
    if (pid > 0) process.kill(pid, "SIGKILL");
  } catch {
    // It has ended in this moment.
  }
}

/** A load balancer: to any process that is ready and listens; Telegram's to those with the bot. */
async function openFront(members: readonly Member[]): Promise<{ url: string; close(): Promise<void> }> {
  let turn = 0;
  const pass = (request: IncomingMessage, response: ServerResponse) => {
    const isTelegram = request.url?.startsWith("/telegram/") ?? false;
    const open = members.filter((one) => one.url() !== null && (!isTelegram || one.roles.includes("bot")));
    const to = open[turn++ % Math.max(open.length, 1)]?.url();
    if (!to) return void response.writeHead(502).end();
    const onward = httpRequest(
      new URL(request.url ?? "/", to),
      { method: request.method, headers: request.headers },
      (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.on("error", () => response.destroy());
        answer.pipe(response);
      },
    );
    // Whether the app has taken it is anybody's guess.
    onward.on("error", () => (response.headersSent ? response.destroy() : response.writeHead(502).end()));
    request.pipe(onward);
  };
  const server = createServer(pass);
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      const closed = new Promise<void>((done) => server.close(() => done()));
      server.closeAllConnections();
      await closed;
    },
  };
}

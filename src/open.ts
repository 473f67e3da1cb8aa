/** Joins configuration, database and engine: for the app and for the commands beside it. */
import { createHash } from "node:crypto";
import { type Config, readConfig } from "./config.ts";
import { connectors } from "./connectors/index.ts";
import { makeHttp } from "./connectors/kit/http.ts";
import { makeLimiter } from "./connectors/kit/limits.ts";
import { makeClient, POOL } from "./db/client.ts";
import { type Database, findDatabase } from "./db/database.ts";
import { type Address, type Engine, knownAddress, makeEngine, makeSharedLimiter, UserError } from "./engine/index.ts";
import { openKeys } from "./key.ts";
import { type Log, makeLog } from "./log.ts";
import { Refusal, shellLocale } from "./refusal.ts";

export interface Opened {
  readonly engine: Engine;
  /** Closes what was opened here; the database is closed by whoever opened it. */
  close(): Promise<void>;
}

/** An engine on an open database, not started. `address`: where it is reached, and what it may reach. */
export function openEngine(ask: {
  config: Config;
  database: Database;
  log: Log;
  address: Address;
  /** OAUTH_<KEY>_ID and _SECRET of the playground's services; the configuration's own count first. */
  oauthApps?: Config["oauthApps"];
  /** Of the bot that writes; null beside a running app. */
  bot: string | null;
  isCommand?: boolean;
  /** Commands learn the address from the database: only the running app knows it. */
  isShared?: boolean;
}): Opened {
  const { config, database, log, address } = ask;
  const client = makeClient({ url: database.url, max: ask.isCommand ? POOL.command : POOL.app });
  const clock = { now: () => new Date() };
  const limiter = makeSharedLimiter({
    db: client.db,
    local: makeLimiter(),
    log,
    isCommand: ask.isCommand === true,
  });
  const http = makeHttp({
    allowedHosts: address.allowedHosts,
    endpoints: address.endpoints,
    clock,
    limiter,
    ...(config.proxy === null ? {} : { proxy: config.proxy }),
  });
  const keys = openKeys(config);
  const engine = makeEngine({
    client,
    url: database.url,
    key: keys.key,
    olderKeys: keys.older,
    keysAgain: keys.again,
    clock,
    log,
    connectors,
    settings: {
      access: config.access,
      roles: ask.isCommand ? new Set() : config.roles,
      publicUrl: address.publicUrl,
      endpoints: address.endpoints,
      allowedHosts: address.allowedHosts,
      hookRate: config.hookRate,
      oauthApps: { ...ask.oauthApps, ...config.oauthApps },
    },
    installation: { mode: config.mode === "playground" ? "playground" : "telegram", bot: ask.bot },
    http,
    address: ask.isShared ? address : undefined,
  });
  return {
    engine,
    async close() {
      await engine.stop();
      await http.close();
      await limiter.close();
      await client.end();
    },
  };
}

/** A real bot by its number, which a new token doesn't change; one of the playground by its token. */
export function botName(config: Config, token: string): string {
  return config.mode === "playground"
    ? createHash("sha256").update(token).digest("base64url").slice(0, 16)
    : (token.split(":")[0] ?? "");
}

/**
 * Runs a command beside the app, or without it: the same database, key and addresses, no worker, no scheduler.
 * What a person can mend is printed as one sentence, and the exit code is 1.
 */
export async function openCommand(
  act: (opened: { engine: Engine; config: Config; log: Log; connectors: typeof connectors }) => Promise<void>,
  /** What comes before anything is opened; its refusals are told in the same way. */
  prepare: () => void = () => {},
): Promise<void> {
  try {
    prepare();
    const config = readConfig(process.env);
    const log = makeLog(process.env.LOG_LEVEL ? config.logLevel : "error", process.stderr);
    const database = await findDatabase(config);
    try {
      const address = await addressBeside(config, database);
      const opened = openEngine({ config, database, log, address, bot: null, isCommand: true });
      try {
        await opened.engine.start();
        await act({ engine: opened.engine, config, log, connectors });
      } finally {
        await opened.close();
      }
    } finally {
      await database.stop();
    }
  } catch (error) {
    // Other errors go through the log: one of the database holds what was sent to it.
    if (error instanceof Refusal || error instanceof UserError) console.error(error.sentence[shellLocale()]);
    else makeLog("error", process.stderr).error({ err: error }, "the command failed");
    process.exitCode = 1;
  }
}

/** The playground gives its services addresses that only the running app knows; a real app's stand in its settings. */
async function addressBeside(config: Config, database: Database): Promise<Address> {
  const own = { publicUrl: config.publicUrl, endpoints: config.endpoints, allowedHosts: [...config.allowedHosts] };
  if (config.mode !== "playground") return own;
  const client = makeClient({ url: database.url, max: 1 });
  try {
    const known = await knownAddress(client);
    return known === null
      ? own
      : {
          publicUrl: own.publicUrl ?? known.publicUrl,
          endpoints: { ...known.endpoints, ...own.endpoints },
          allowedHosts: [...known.allowedHosts, ...own.allowedHosts],
        };
  } finally {
    await client.end();
  }
}

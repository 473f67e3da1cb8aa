/**
 * The bundled PostgreSQL: a server of our own in the data directory, reached by a unix socket only. It is started
 * detached, so kill -9 of the app leaves it running and the next start takes it over.
 */
import { spawn } from "node:child_process";
import { closeSync, existsSync, openSync, readSync, realpathSync, rmSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Log } from "../log.ts";
import { type Binaries, findBinaries } from "./binaries.ts";
import {
  directoryRefusal,
  hasCluster,
  makeCluster,
  makeSocketDirectory,
  openServerLog,
  type Places,
  PORT,
  placesIn,
  prepareDirectory,
  removeSocketDirectory,
  spawnAs,
  startRefusal,
} from "./cluster.ts";
import { chooseIdentity, type Identity } from "./identity.ts";
import { holdDirectory } from "./lock.ts";
import { answers, ensureDatabase, readPidFile, stopServer, urlOf, whatIs } from "./server.ts";

export interface Embedded {
  readonly url: string;
  readonly pid: number;
  /** Stops the server (the next start finds a clean shutdown) and gives the directory back. */
  stop(): Promise<void>;
}

/** Modest memory; every other value is PostgreSQL's own. Secrets may stand in statements: none is ever logged. */
const SETTINGS: Readonly<Record<string, string>> = {
  listen_addresses: "",
  port: String(PORT),
  unix_socket_permissions: "0700",
  max_connections: "60",
  shared_buffers: "48MB",
  work_mem: "4MB",
  maintenance_work_mem: "32MB",
  max_wal_size: "256MB",
  min_wal_size: "48MB",
  // No replica hangs on it, and readers in the background would be three more processes.
  wal_level: "minimal",
  max_wal_senders: "0",
  io_method: "sync",
  autovacuum_worker_slots: "3",
  autovacuum_max_workers: "2",
  max_worker_processes: "2",
  max_logical_replication_workers: "0",
  max_parallel_workers: "2",
  jit: "off",
  logging_collector: "off",
  log_destination: "stderr",
  log_min_messages: "warning",
  log_min_error_statement: "panic",
  log_error_verbosity: "terse",
  log_checkpoints: "off",
  log_timezone: "UTC",
  timezone: "UTC",
};

/** A server may recover for minutes after a crash; a killed predecessor's sessions end within seconds. */
const PATIENCE_MS = 120_000;

/** How often a look is taken whether the server still lives. */
const WATCH_MS = 2_000;

/**
 * Starts the server of a data directory, or takes over the one that a killed predecessor left running; starts it again
 * at the same address when it is killed alone.
 */
export async function startEmbedded(ask: {
  dataDir: string;
  settings?: Readonly<Record<string, string>>;
  log?: Pick<Log, "warn" | "error">;
}): Promise<Embedded> {
  const data = resolve(ask.dataDir);
  prepareDirectory(data);
  const places = placesIn(realpathSync(data));
  const hold = holdDirectory(places.data);
  const settings = ask.settings ?? {};
  try {
    const directory = (await takeOver(places)) ?? (await launch(places, settings));
    await ensureDatabase(directory);
    let going: Promise<unknown> = Promise.resolve();
    let isBusy = false;
    const look = async () => {
      const server = readPidFile(places);
      const is = server ? whatIs(server.pid, places.cluster) : "nothing";
      if (is === "ours" || is === "unsure") return;
      ask.log?.warn("the bundled PostgreSQL has died and is started again");
      if (server) rmSync(join(places.cluster, "postmaster.pid"), { force: true });
      await launch(places, settings, directory);
    };
    const watch = setInterval(() => {
      if (isBusy) return;
      isBusy = true;
      going = look()
        .catch((error) => ask.log?.error({ err: error }, "the bundled PostgreSQL doesn't start again"))
        .finally(() => {
          isBusy = false;
        });
    }, WATCH_MS);
    watch.unref();
    return {
      url: urlOf(directory),
      pid: readPidFile(places)?.pid ?? 0,
      async stop() {
        clearInterval(watch);
        await going;
        await stopServer(places);
        removeSocketDirectory(directory);
        hold.release();
      },
    };
  } catch (error) {
    hold.release();
    throw error;
  }
}

/** The address of the server that runs in this data directory, for commands beside a running app; null: none does. */
export async function findEmbedded(dataDir: string): Promise<{ url: string } | null> {
  const server = readPidFile(placesIn(resolve(dataDir)));
  if (!server || !(await answers(server.directory, server.cluster))) return null;
  return { url: urlOf(server.directory) };
}

async function takeOver(places: Places): Promise<string | null> {
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    const server = readPidFile(places);
    if (!server) return null;
    const owner = whatIs(server.pid, places.cluster);
    if (owner === "another" || owner === "nothing") {
      // The number was given to another process since (after a reboot, in a container): PostgreSQL would refuse to
      // start because of it. We hold the directory, and its own check of shared memory still guards the files.
      if (owner === "another") rmSync(join(places.cluster, "postmaster.pid"), { force: true });
      removeSocketDirectory(server.directory);
      return null;
    }
    if (await answers(server.directory, places.cluster)) return server.directory;
    // Recovering, or about to stop.
    if (owner === "unsure" || Date.now() > deadline) return null;
    await sleep(100);
  }
}

async function launch(places: Places, extra: Readonly<Record<string, string>>, again?: string): Promise<string> {
  const binaries = findBinaries(places.links);
  const identity = identityFor(places, binaries);
  if (!hasCluster(places)) await makeCluster(places, binaries, identity).catch(rethrow(places));
  const directory = makeSocketDirectory(places, identity, again);
  const settings: Record<string, string> = { ...SETTINGS, unix_socket_directories: directory, ...extra };
  const args = Object.entries(settings).flatMap(([key, value]) => ["-c", `${key}=${value}`]);
  const command = identity.command(binaries.postgres, ["-D", places.cluster, ...args]);
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    const said = await startOnce(places, command, spawnAs(identity, binaries), directory);
    if (said === null) return directory;
    // Sessions of a server that was killed alone need a moment to see that it is gone.
    if (!/shared memory block.*still in use/.test(said) || Date.now() > deadline) throw startRefusal(places, said);
    await sleep(200);
  }
}

/** Null once the server answers, otherwise what it wrote before it ended. */
async function startOnce(
  places: Places,
  command: { file: string; args: string[] },
  as: ReturnType<typeof spawnAs>,
  directory: string,
): Promise<string | null> {
  const log = openServerLog(places);
  // Detached and with files of its own: nothing of it hangs on us when we are killed.
  const child = spawn(command.file, command.args, { ...as, detached: true, stdio: ["ignore", log.fd, log.fd] });
  closeSync(log.fd);
  let ended: string | null = null;
  child.once("error", (error) => {
    ended = error.message;
  });
  child.once("exit", (code, signal) => {
    ended = `PostgreSQL ended with ${signal ?? code}`;
  });
  child.unref();
  while (ended === null) {
    const server = readPidFile(places);
    if (server?.pid === child.pid && server?.isReady && (await answers(directory, places.cluster))) return null;
    await sleep(25);
  }
  return `${readFrom(places.log, log.from)}\n${ended}`;
}

function rethrow(places: Places) {
  return (error: unknown): never => {
    throw error instanceof Error && "code" in error ? directoryRefusal(places.data, error) : error;
  };
}

function identityFor(places: Places, binaries: Binaries): Identity {
  const owner = existsSync(places.cluster) ? statSync(places.cluster) : null;
  return chooseIdentity({ directory: places.data, reaches: [binaries.postgres], owner });
}

function readFrom(path: string, from: number): string {
  const size = statSync(path).size;
  const buffer = Buffer.alloc(Math.min(Math.max(size - from, 0), 16_000));
  const fd = openSync(path, "r");
  try {
    readSync(fd, buffer, 0, buffer.length, size - buffer.length);
  } finally {
    closeSync(fd);
  }
  return buffer.toString();
}

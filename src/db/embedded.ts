/**
 * The bundled PostgreSQL: a server of our own in the data directory, reached by a unix socket only. It is started
 * detached, so kill -9 of the app leaves it running and the next start takes it over.
 */
import { spawn } from "node:child_process";
import {
  closeSync,
  existsSync,
  openSync,
  readFileSync,
  readlinkSync,
  readSync,
  realpathSync,
  rmSync,
  statSync,
} from "node:fs";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Sql } from "postgres";
import { type Binaries, findBinaries } from "./binaries.ts";
import {
  directoryRefusal,
  hasCluster,
  makeCluster,
  makeSocketDirectory,
  OWNER,
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
import { postgres } from "./postgres.ts";

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

/** Starts the server of a data directory, or takes over the one that a killed predecessor left running. */
export async function startEmbedded(ask: {
  dataDir: string;
  settings?: Readonly<Record<string, string>>;
}): Promise<Embedded> {
  const data = resolve(ask.dataDir);
  prepareDirectory(data);
  const places = placesIn(realpathSync(data));
  const hold = holdDirectory(places.data);
  try {
    const directory = (await takeOver(places)) ?? (await launch(places, ask.settings ?? {}));
    const url = urlOf(directory);
    await ensureDatabase(directory);
    return {
      url,
      pid: readPidFile(places)?.pid ?? 0,
      async stop() {
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

/** The form that pg, libpq and our own client understand. */
function urlOf(directory: string, database = OWNER): string {
  return `postgres://${OWNER}@localhost:${PORT}/${database}?host=${encodeURIComponent(directory)}`;
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

async function launch(places: Places, extra: Readonly<Record<string, string>>): Promise<string> {
  const binaries = findBinaries(places.links);
  const identity = identityFor(places, binaries);
  if (!hasCluster(places)) await makeCluster(places, binaries, identity).catch(rethrow(places));
  const directory = makeSocketDirectory(places, identity);
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

/** postmaster.pid: process, directory, start, port, socket directory, address, shared memory, state. */
function readPidFile(places: Places) {
  let lines: string[];
  try {
    lines = readFileSync(join(places.cluster, "postmaster.pid"), "utf8").split("\n");
  } catch {
    return null;
  }
  const pid = Number(lines[0]);
  if (!Number.isInteger(pid) || pid <= 1) return null;
  return { pid, cluster: places.cluster, directory: lines[4] ?? "", isReady: lines[7]?.trim() === "ready" };
}

/** PostgreSQL's working directory is its cluster, which tells it from a process that got its number later. */
function whatIs(pid: number, cluster: string): "ours" | "another" | "nothing" | "unsure" {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ESRCH") return "nothing";
  }
  if (process.platform !== "linux") return "unsure";
  try {
    return readlinkSync(`/proc/${pid}/cwd`) === realpathSync(cluster) ? "ours" : "another";
  } catch {
    // A zombie has no working directory any more.
    return isZombie(pid) ? "another" : "unsure";
  }
}

function isZombie(pid: number): boolean {
  try {
    return /^\d+ \(.*\) [ZX]/s.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return true;
  }
}

/** Whether a server answers there, and serves this very directory. */
async function answers(directory: string, cluster: string): Promise<boolean> {
  if (directory === "") return false;
  return ask(directory, async (sql) => {
    const [row] = await sql`select current_setting('data_directory') as directory`;
    return row?.directory === cluster || realpathSync(String(row?.directory)) === realpathSync(cluster);
  }).catch(() => false);
}

async function ensureDatabase(directory: string): Promise<void> {
  await ask(directory, async (sql) => {
    const [row] = await sql`select from pg_database where datname = ${OWNER}`;
    if (!row) await sql.unsafe(`create database ${OWNER}`);
  });
}

async function ask<T>(directory: string, question: (sql: Sql) => Promise<T>): Promise<T> {
  const sql = postgres({
    path: join(directory, `.s.PGSQL.${PORT}`),
    user: OWNER,
    database: "postgres",
    max: 1,
    connect_timeout: 5,
    fetch_types: false,
    onnotice: () => {},
  });
  try {
    return await question(sql);
  } finally {
    await sql.end({ timeout: 1 });
  }
}

async function stopServer(places: Places): Promise<void> {
  const server = readPidFile(places);
  if (!server) return;
  const isGone = () => readPidFile(places)?.pid !== server.pid || isDead(server.pid);
  // SIGINT: ends sessions and writes a checkpoint. SIGQUIT: at once, the next start recovers.
  for (const [signal, ms] of [
    ["SIGINT", 8_000],
    ["SIGQUIT", 2_000],
  ] as const) {
    try {
      process.kill(server.pid, signal);
    } catch {
      return;
    }
    for (const deadline = Date.now() + ms; Date.now() < deadline; await sleep(20)) if (isGone()) return;
  }
}

function isDead(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return process.platform === "linux" && isZombie(pid);
  } catch {
    return true;
  }
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

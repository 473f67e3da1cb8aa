/** A running server of ours: found by its postmaster.pid, asked who it is, stopped. */
import { readFileSync, readlinkSync, realpathSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Sql } from "postgres";
import { OWNER, type Places, PORT } from "./cluster.ts";
import { postgres } from "./postgres.ts";

/** The form that pg, libpq and our own client understand. */
export function urlOf(directory: string, database = OWNER): string {
  return `postgres://${OWNER}@localhost:${PORT}/${database}?host=${encodeURIComponent(directory)}`;
}

/** postmaster.pid: process, directory, start, port, socket directory, address, shared memory, state. */
export function readPidFile(places: Places) {
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
export function whatIs(pid: number, cluster: string): "ours" | "another" | "nothing" | "unsure" {
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
export async function answers(directory: string, cluster: string): Promise<boolean> {
  if (directory === "") return false;
  return ask(directory, async (sql) => {
    const [row] = await sql`select current_setting('data_directory') as directory`;
    return row?.directory === cluster || realpathSync(String(row?.directory)) === realpathSync(cluster);
  }).catch(() => false);
}

export async function ensureDatabase(directory: string): Promise<void> {
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

export async function stopServer(places: Places): Promise<void> {
  const server = readPidFile(places);
  // A process that got the number of a server that died is none of ours.
  if (!server || ["another", "nothing"].includes(whatIs(server.pid, places.cluster))) return;
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
    for (const deadline = Date.now() + ms; Date.now() < deadline; await sleep(20)) if (isDead(server.pid)) return;
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

/** Files of the bundled PostgreSQL: where they lie, how they are made, what its log says when it fails. */
import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import {
  chmodSync,
  chownSync,
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Refusal } from "../refusal.ts";
import type { Binaries } from "./binaries.ts";
import type { Identity } from "./identity.ts";

/** Major version of the npm packages; a directory of another one needs its own export and import. */
export const MAJOR = "18";
export const OWNER = "svyazka";
/** Part of the socket's name only: nothing listens on TCP. */
export const PORT = 5432;
const HALF_MADE = "postgres.new-";
const TEMPORARY = "svyazka-socket-";

export interface Places {
  readonly data: string;
  readonly cluster: string;
  readonly log: string;
  readonly links: string;
}

export function placesIn(data: string): Places {
  return {
    data,
    cluster: join(data, "postgres"),
    log: join(data, "postgres.log"),
    links: join(data, "lib"),
  };
}

/** Makes the data directory, closed to others; a Refusal names what is wrong with it. */
export function prepareDirectory(data: string): void {
  try {
    if (!existsSync(data)) mkdirSync(data, { recursive: true, mode: 0o700 });
    // Root may write anywhere but on a read-only or full disk: try, rather than ask for permissions.
    rmSync(mkdtempSync(join(data, ".try-")), { recursive: true });
  } catch (error) {
    throw directoryRefusal(data, error);
  }
}

export function directoryRefusal(data: string, error: unknown): Refusal {
  return (
    refusalFor(String(error instanceof Error ? error.message : error), data, error) ??
    new Refusal(
      {
        ru: `Каталог данных ${data} не удаётся использовать: ${error}. Укажите в DATA_DIR каталог, куда можно писать.`,
        en: `The data directory ${data} can't be used: ${error}. Set DATA_DIR to a directory that can be written to.`,
      },
      error,
    )
  );
}

/** Whether a finished cluster lies there; a Refusal when something else does, or one of another version. */
export function hasCluster(places: Places): boolean {
  if (!existsSync(places.cluster)) return false;
  const version = join(places.cluster, "PG_VERSION");
  if (existsSync(version)) {
    const major = readFileSync(version, "utf8").trim();
    if (major === MAJOR) return true;
    throw new Refusal({
      ru: `База в ${places.cluster} сделана PostgreSQL ${major}, а эта версия Связки приносит ${MAJOR}. Запустите прежнюю версию Связки, выгрузите данные и перенесите их; каталог не тронут.`,
      en: `The database in ${places.cluster} was made by PostgreSQL ${major}, and this release of Svyazka brings ${MAJOR}. Start the release that made it, export the data and move it; nothing in the directory was changed.`,
    });
  }
  if (readdirSync(places.cluster).length === 0) return false;
  throw new Refusal({
    ru: `В ${places.cluster} лежит что-то, что не похоже на базу PostgreSQL (нет файла PG_VERSION). Ничего не тронуто: посмотрите, что это, и освободите каталог или укажите другой DATA_DIR.`,
    en: `What lies in ${places.cluster} doesn't look like a PostgreSQL database (no PG_VERSION). Nothing was changed: see what it is, and move it away or set another DATA_DIR.`,
  });
}

/**
 * Runs initdb beside the place and moves the finished cluster there in one step, so that a half-made one never bears
 * the final name; only such half-made ones are ever deleted. Each try has a directory of its own: the initdb of a
 * killed app may still be writing to the last one.
 */
export async function makeCluster(places: Places, binaries: Binaries, identity: Identity): Promise<void> {
  for (const name of readdirSync(places.data)) if (name.startsWith(HALF_MADE)) removeQuietly(join(places.data, name));
  const fresh = mkdtempSync(join(places.data, HALF_MADE));
  giveTo(identity, fresh);
  const args = ["-D", fresh, "-U", OWNER, "-A", "trust", "-E", "UTF8", "--no-instructions", "--no-locale"];
  const { code, output } = await run(
    identity,
    binaries,
    binaries.initdb,
    // Letter case and order the same on every machine, whatever its locales.
    [...args, "--locale-provider=builtin", "--builtin-locale=C.UTF-8"],
  );
  if (code !== 0) {
    removeQuietly(fresh);
    throw refusalFor(output, places.data) ?? startRefusal(places, output);
  }
  renameSync(fresh, places.cluster);
  const directory = openSync(places.data, "r");
  fsyncSync(directory);
  closeSync(directory);
}

function removeQuietly(directory: string): void {
  try {
    rmSync(directory, { recursive: true, force: true, maxRetries: 3 });
  } catch {
    // Its initdb still writes; the next start finds it again.
  }
}

function run(identity: Identity, binaries: Binaries, program: string, args: readonly string[]) {
  const { file, args: all } = identity.command(program, args);
  return new Promise<{ code: number | null; output: string }>((resolve, reject) => {
    const child = spawn(file, all, { ...spawnAs(identity, binaries), stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    const collect = (chunk: Buffer) => {
      output = (output + chunk.toString()).slice(-8_000);
    };
    child.stdout.on("data", collect);
    child.stderr.on("data", collect);
    child.once("error", reject);
    child.once("close", (code) => resolve({ code, output }));
  });
}

/** Working directory, account and a clean environment: no PG… variable of the shell decides anything. */
export function spawnAs(identity: Identity, binaries: Binaries) {
  return {
    cwd: "/",
    env: { PATH: process.env.PATH, HOME: "/", LC_ALL: "C", TZ: "UTC", ...binaries.env },
    ...(identity.uid === undefined ? {} : { uid: identity.uid, gid: identity.gid }),
  };
}

export function giveTo(identity: Identity, path: string): void {
  if (identity.uid !== undefined) chownSync(path, identity.uid, identity.gid ?? identity.uid);
}

/**
 * A directory for the socket that only we may enter: inside the data directory where the path is short and plain
 * (a socket's path holds 107 bytes), otherwise a new one of its own; `again` at the place where it was.
 */
export function makeSocketDirectory(places: Places, identity: Identity, again?: string): string {
  const runs = join(places.data, "run");
  // A name of its own for every start: a server whose directory was deleted under it removes its socket by path when it
  // notices, minutes later, and must not take a successor's.
  const inside = join(runs, randomBytes(4).toString("hex"));
  const isPlain = /^[\w./-]+$/.test(inside) && Buffer.byteLength(inside) <= 90;
  const directory = again ?? (isPlain ? inside : mkdtempSync(join(shortTemporary(), TEMPORARY)));
  // Lock files of a killed server name a process id that may be another's by now; nobody serves here, as we know.
  for (const old of [runs, directory]) rmSync(old, { recursive: true, force: true });
  for (const made of directory.startsWith(runs) ? [runs, directory] : [directory]) {
    mkdirSync(made, { mode: 0o700 });
    chmodSync(made, 0o700);
    giveTo(identity, made);
  }
  return directory;
}

/** Goes with its server. */
export function removeSocketDirectory(directory: string): void {
  rmSync(directory, { recursive: true, force: true });
}

function shortTemporary(): string {
  const usual = tmpdir();
  return /^[\w./-]+$/.test(usual) && Buffer.byteLength(usual) <= 70 ? usual : "/tmp";
}

/** Opens the server's log for appending; a long one is put aside first. Returns where this start's lines begin. */
export function openServerLog(places: Places): { fd: number; from: number } {
  if (existsSync(places.log) && statSync(places.log).size > 4_000_000) renameSync(places.log, `${places.log}.1`);
  const fd = openSync(places.log, "a", 0o600);
  return { fd, from: statSync(places.log).size };
}

/** The sentence for a server that didn't come up, from what it wrote. */
export function startRefusal(places: Places, output: string): Refusal {
  const known = refusalFor(output, places.data);
  if (known) return known;
  const line = output.split("\n").findLast((one) => /FATAL|PANIC|ERROR|error:/.test(one)) ?? output.trim().slice(-300);
  return new Refusal({
    ru: `Встроенный PostgreSQL не запускается: ${line.trim()} (журнал: ${places.log}). Данные не тронуты. Можно указать свой сервер в DATABASE_URL.`,
    en: `The bundled PostgreSQL doesn't start: ${line.trim()} (its log: ${places.log}). The data wasn't touched. A server of your own can be given in DATABASE_URL.`,
  });
}

function refusalFor(output: string, data: string, cause?: unknown): Refusal | null {
  if (/No space left on device|ENOSPC|Disk quota exceeded|EDQUOT/i.test(output))
    return new Refusal(
      {
        ru: `На диске с ${data} кончилось место. Освободите хотя бы 300 МБ или укажите DATA_DIR на другом диске; данные целы.`,
        en: `The disk that holds ${data} is full. Free at least 300 MB or set DATA_DIR to another disk; the data is intact.`,
      },
      cause,
    );
  if (/Read-only file system|EROFS/i.test(output))
    return new Refusal(
      {
        ru: `Диск с ${data} доступен только для чтения. Смонтируйте его для записи или укажите DATA_DIR на другом диске.`,
        en: `The disk that holds ${data} is read-only. Mount it for writing or set DATA_DIR to another disk.`,
      },
      cause,
    );
  if (/Permission denied|readonly database|unable to open database|EACCES|EPERM|Operation not permitted/i.test(output))
    return new Refusal(
      {
        ru: `Нет прав на каталог данных ${data}. Запустите Связку от его владельца, смените владельца (chown) или укажите в DATA_DIR свой каталог.`,
        en: `No permission for the data directory ${data}. Run Svyazka as its owner, change the owner (chown), or set DATA_DIR to a directory of your own.`,
      },
      cause,
    );
  if (/ENOTDIR|EEXIST|Not a directory/i.test(output))
    return new Refusal(
      {
        ru: `DATA_DIR указывает на ${data}, но это не каталог. Укажите каталог.`,
        en: `DATA_DIR points to ${data}, which isn't a directory. Give a directory.`,
      },
      cause,
    );
  if (/Cannot allocate memory|could not map anonymous shared memory/i.test(output))
    return new Refusal({
      ru: "PostgreSQL не хватает памяти. Нужно около 100 МБ свободной памяти.",
      en: "There isn't enough memory for PostgreSQL. It needs about 100 MB of free memory.",
    });
  if (/error while loading shared libraries/i.test(output))
    return new Refusal({
      ru: `Встроенный PostgreSQL не находит свои библиотеки (${output.trim().slice(-200)}). Выполните npm ci заново или укажите DATABASE_URL.`,
      en: `The bundled PostgreSQL can't find its libraries (${output.trim().slice(-200)}). Run npm ci again or set DATABASE_URL.`,
    });
  return null;
}

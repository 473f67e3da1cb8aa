/** The keys of the vault: given, or made beside the bundled database. While they change there is more than one. */
import { randomBytes } from "node:crypto";
import { chmodSync, closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeSync } from "node:fs";
import { join } from "node:path";
import { Refusal } from "./refusal.ts";

export interface Keys {
  /** 32 bytes; what is sealed from now on is sealed with it. */
  readonly key: Buffer;
  /** What they sealed still opens. */
  readonly older: readonly Buffer[];
  /** The keys as they are now: a command beside this process may have made one. */
  again(): readonly Buffer[];
}
interface Place {
  readonly encryptionKey: Buffer | null;
  readonly olderKeys: readonly Buffer[];
  readonly dataDir: string;
}

/** A key in DATA_DIR/key is made once and readable by its owner alone; the file holds the newest key first. */
export function openKeys({ encryptionKey, olderKeys, dataDir }: Place): Keys {
  if (encryptionKey) return { key: encryptionKey, older: olderKeys, again: () => [] };
  const path = join(dataDir, "key");
  const [key, ...older] = readOrMake(path, dataDir);
  return { key, older, again: () => readKeys(path) };
}

/** Puts a new key before the one in DATA_DIR/key; where a change was begun before, it goes on with that one. */
export function addKey(dataDir: string): void {
  const path = join(dataDir, "key");
  const keys = readOrMake(path, dataDir);
  if (keys.length === 1) replaceKeys(path, [randomBytes(32), ...keys]);
}

/** Throws the older keys of DATA_DIR/key away. */
export function dropOlderKeys(dataDir: string): void {
  const path = join(dataDir, "key");
  replaceKeys(path, readKeys(path).slice(0, 1));
}

function readOrMake(path: string, dataDir: string): [Buffer, ...Buffer[]] {
  try {
    return readKeys(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  try {
    write(path, [randomBytes(32)]);
  } catch (error) {
    // Another process was faster.
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
  return readKeys(path);
}

function write(path: string, keys: readonly Buffer[]): void {
  const file = openSync(path, "wx", 0o600);
  writeSync(file, keys.map((key) => `${key.toString("base64")}\n`).join(""));
  // What it seals is worth nothing without it: it must reach the disk before anything is sealed.
  fsyncSync(file);
  closeSync(file);
}

/** Whole or not at all, and on the disk before anything is sealed with a new key. */
function replaceKeys(path: string, keys: readonly Buffer[]): void {
  const beside = `${path}.${process.pid}`;
  write(beside, keys);
  renameSync(beside, path);
  const directory = openSync(join(path, ".."), "r");
  fsyncSync(directory);
  closeSync(directory);
}

function readKeys(path: string): [Buffer, ...Buffer[]] {
  const lines = readFileSync(path, "utf8").trim().split(/\s+/);
  const [first, ...rest] = lines.map((line) => Buffer.from(line, "base64"));
  if (first !== undefined && [first, ...rest].every((key) => key.length === 32)) {
    chmodSync(path, 0o600);
    return [first, ...rest];
  }
  throw new Refusal({
    ru: `Файл ${path} не похож на ключ (32 байта в base64). Верните его из резервной копии: без него подключения не расшифровать.`,
    en: `The file ${path} isn't a key (32 bytes in base64). Bring it back from a backup: connections can't be decrypted without it.`,
  });
}

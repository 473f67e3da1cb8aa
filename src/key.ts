/** The key of the vault: given, or made beside the bundled database. */
import { randomBytes } from "node:crypto";
import { chmodSync, closeSync, fsyncSync, mkdirSync, openSync, readFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { Refusal } from "./refusal.ts";

/** 32 bytes. A key in DATA_DIR/key is made once and readable by its owner alone. */
export function openKey(place: { encryptionKey: Buffer | null; dataDir: string }): Buffer {
  if (place.encryptionKey) return place.encryptionKey;
  const path = join(place.dataDir, "key");
  try {
    return readKey(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
  mkdirSync(place.dataDir, { recursive: true, mode: 0o700 });
  try {
    const file = openSync(path, "wx", 0o600);
    writeSync(file, `${randomBytes(32).toString("base64")}\n`);
    // What it seals is worth nothing without it: it must reach the disk before anything is sealed.
    fsyncSync(file);
    closeSync(file);
  } catch (error) {
    // Another process was faster.
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
  return readKey(path);
}

function readKey(path: string): Buffer {
  const key = Buffer.from(readFileSync(path, "utf8").trim(), "base64");
  if (key.length === 32) {
    chmodSync(path, 0o600);
    return key;
  }
  throw new Refusal({
    ru: `Файл ${path} не похож на ключ (32 байта в base64). Верните его из резервной копии: без него подключения не расшифровать.`,
    en: `The file ${path} isn't a key (32 bytes in base64). Bring it back from a backup: connections can't be decrypted without it.`,
  });
}

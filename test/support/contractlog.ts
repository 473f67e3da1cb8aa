/** What of a connector's work reaches a log: what it prints itself, and its errors as the app writes them. */
import { makeLog } from "../../src/log.ts";

const NAMES = ["log", "info", "warn", "error", "debug", "trace"] as const;

/** Listens to what is printed until it is stopped. */
export function overhear(): { logged(errors: readonly unknown[]): string; stop(): void } {
  const printed: string[] = [];
  const before = NAMES.map((name) => [name, console[name]] as const);
  for (const name of NAMES)
    console[name] = (...words: unknown[]) => {
      printed.push(words.map((word) => (word instanceof Error ? word.stack : JSON.stringify(word))).join(" "));
    };
  return {
    logged(errors) {
      const lines = [...printed];
      const log = makeLog("debug", { write: (line: string) => void lines.push(line) });
      for (const error of errors) log.error({ err: error, error }, "a call failed");
      return lines.join("\n");
    },
    stop() {
      for (const [name, own] of before) console[name] = own;
    },
  };
}

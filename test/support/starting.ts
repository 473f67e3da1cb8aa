/** The app as a process, for tests of how it starts, refuses, survives and ends. */
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after } from "node:test";

export const ROOT = join(import.meta.dirname, "../..");
export const TOKEN = `123456789:${"A".repeat(35)}`;
export const KEY = randomBytes(32).toString("base64");

export interface Started {
  readonly process: ChildProcess;
  /** Null: it ended before it was ready. */
  readonly url: string | null;
  readonly code: number | null;
  output(): string;
  stop(): Promise<number | null>;
  kill(): Promise<void>;
}

/** Starts apps with exactly the settings given; everything they leave is gone after the file's tests. */
export function starting() {
  const directories: string[] = [];
  const apps = new Set<ChildProcess>();
  after(() => {
    for (const app of apps) app.kill("SIGKILL");
    for (const directory of directories) {
      const file = join(directory, "postgres", "postmaster.pid");
      if (existsSync(file)) process.kill(Number(readFileSync(file, "utf8").split("\n")[0]), "SIGKILL");
      rmSync(directory, { recursive: true, force: true, maxRetries: 5 });
    }
  });
  const newDirectory = () => {
    const directory = mkdtempSync(join(tmpdir(), "svyazka-app-"));
    directories.push(directory);
    return directory;
  };

  const start = async (env: Record<string, string>, lang = "en_US.UTF-8"): Promise<Started> => {
    const child = spawn(process.execPath, ["--import", "./src/node.js", "src/main.ts"], {
      cwd: ROOT,
      env: { PATH: process.env.PATH, HOME: process.env.HOME, LANG: lang, PORT: "0", LOG_LEVEL: "warn", ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    apps.add(child);
    let output = "";
    const ended = once(child, "close");
    const url = await new Promise<string | null>((resolve) => {
      const hear = (chunk: Buffer) => {
        output += chunk;
        if (/is ready|готова/.test(output)) resolve(/http:\S+/.exec(output)?.[0] ?? "");
      };
      child.stdout.on("data", hear);
      child.stderr.on("data", hear);
      child.once("close", () => resolve(null));
    });
    return {
      process: child,
      url,
      code: child.exitCode,
      output: () => output,
      async stop() {
        child.kill("SIGTERM");
        const [code] = await ended;
        return code;
      },
      async kill() {
        child.kill("SIGKILL");
        await ended;
      },
    };
  };
  /** Starts what must not start, and gives back its one sentence. */
  const refused = async (env: Record<string, string>, lang?: string) => {
    const app = await start(env, lang);
    assert.equal(app.url, null, app.output());
    assert.equal(app.code, 1);
    const said = app.output().trim();
    assert.doesNotMatch(said, /^\s+at /m, "no stack");
    return said;
  };
  return { newDirectory, start, refused };
}

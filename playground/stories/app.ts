/** The whole app as a process of its own, started the way `npm start` does it, for stories and for tests that kill it. */
import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const START_MS = 60_000;

export interface App {
  /** Where the playground answers. */
  readonly url: string;
  readonly process: ChildProcess;
  /** What the app wrote, for a failure's report. */
  output(): string;
  /** Asks it to stop and waits until it has. */
  stop(): Promise<void>;
  /** `kill -9`, at once. */
  kill(): Promise<void>;
}

/** Starts the app in playground mode on a free port, or on `port`; resolves when it is ready, rejects with its output when it ends before. */
export async function startApp(options: {
  dataDir: string;
  port?: number;
  env?: Record<string, string>;
  /** Where another version of the app lies. */
  root?: string;
}): Promise<App> {
  const child = spawn(process.execPath, ["--max-semi-space-size=4", "src/main.ts"], {
    cwd: options.root ?? ROOT,
    env: {
      ...cleanEnvironment(),
      DATA_DIR: options.dataDir,
      PORT: String(options.port ?? 0),
      LOG_LEVEL: "warn",
      ...options.env,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  const ended = new Promise<void>((done) => child.once("close", () => done()));
  const url = await new Promise<string>((done, fail) => {
    const timer = setTimeout(() => {
      child.kill("SIGTERM");
      fail(new Error(`not ready after ${START_MS} ms:\n${output}`));
    }, START_MS);
    const hear = (chunk: Buffer) => {
      output += chunk.toString("utf8");
      const address = output.match(/http:\/\/127\.0\.0\.1:\d+/)?.[0];
      if (address) {
        clearTimeout(timer);
        done(address);
      }
    };
    child.stdout.on("data", hear);
    child.stderr.on("data", hear);
    child.once("close", (code) => {
      clearTimeout(timer);
      fail(new Error(`the app ended with code ${code} before it was ready:\n${output}`));
    });
  });
  return {
    url,
    process: child,
    output: () => output,
    async stop() {
      child.kill("SIGTERM");
      await ended;
    },
    async kill() {
      child.kill("SIGKILL");
      await ended;
    },
  };
}

/** The caller's settings (a real bot's token above all) never reach the app of a story. */
function cleanEnvironment(): Record<string, string> {
  const kept = ["PATH", "HOME", "LANG", "TMPDIR", "USER"];
  return Object.fromEntries(
    kept.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])),
  );
}

/** One process of the app under something like systemd: it is started again whenever it ends. */
import { type ChildProcess, spawn } from "node:child_process";
import { setTimeout as pause } from "node:timers/promises";

const AGAIN_MS = 100;

export interface Member {
  readonly name: string;
  readonly roles: readonly string[];
  /** Where it listens; null while it isn't ready or has no web. */
  url(): string | null;
  isReady(): boolean;
  isAlive(): boolean;
  /** Milliseconds from each end until it was ready again. */
  readonly restarts: readonly number[];
  /** How often it ended without being killed from here. */
  ownEnds(): number;
  /** `kill -9`, at once. */
  kill(): void;
  /** Stopped as a person stops it, and started from another directory: another version. */
  upgrade(root: string): void;
  ready(): Promise<void>;
  output(): string;
  stop(): Promise<void>;
}

export function startMember(ask: {
  name: string;
  root: string;
  roles: readonly string[];
  env: Readonly<Record<string, string>>;
  /** Where it listens, if it has web: with PUBLIC_URL it doesn't say. */
  port: number;
}): Member {
  let { root } = ask;
  let child: ChildProcess | undefined;
  let url: string | null = null;
  let isReady = false;
  let isStopping = false;
  let isKilled = false;
  let ownEnds = 0;
  let output = "";
  let endedAt: number | null = null;
  const restarts: number[] = [];
  let waiting: (() => void)[] = [];

  function launch(): void {
    const started = spawn(process.execPath, ["--max-semi-space-size=4", "src/main.ts"], {
      cwd: root,
      env: { ...ask.env, ROLES: ask.roles.join(","), PORT: String(ask.port) },
      stdio: ["ignore", "pipe", "pipe"],
    });
    child = started;
    isKilled = false;
    let own = "";
    const hear = (chunk: Buffer) => {
      output = (output + chunk).slice(-200_000);
      if (isReady) return;
      own += chunk;
      const said = /is ready: (\S+)/.exec(own)?.[1];
      if (said === undefined) return;
      url = ask.roles.includes("web") ? `http://127.0.0.1:${ask.port}` : null;
      isReady = true;
      if (endedAt !== null) restarts.push(Date.now() - endedAt);
      endedAt = null;
      for (const done of waiting) done();
      waiting = [];
    };
    started.stdout.on("data", hear);
    started.stderr.on("data", hear);
    started.once("close", (code) => {
      url = null;
      isReady = false;
      child = undefined;
      endedAt = Date.now();
      if (isStopping) return;
      if (!isKilled) {
        ownEnds++;
        output += `\n[${ask.name} ended by itself with code ${code}]\n`;
      }
      setTimeout(() => isStopping || launch(), AGAIN_MS);
    });
  }
  launch();

  return {
    name: ask.name,
    roles: ask.roles,
    url: () => url,
    isReady: () => isReady,
    isAlive: () => child !== undefined,
    restarts,
    ownEnds: () => ownEnds,
    kill() {
      isKilled = true;
      url = null;
      isReady = false;
      child?.kill("SIGKILL");
    },
    upgrade(to) {
      root = to;
      isKilled = true;
      child?.kill("SIGTERM");
    },
    ready: () => (isReady ? Promise.resolve() : new Promise((done) => waiting.push(done))),
    output: () => output,
    async stop() {
      isStopping = true;
      child?.kill("SIGTERM");
      for (let waited = 0; child !== undefined && waited < 30_000; waited += 50) await pause(50);
      child?.kill("SIGKILL");
    },
  };
}

/**
 * `npm test [-- --database] [-- part-of-a-path …]`: all test files, four at a time, on one embedded PostgreSQL or on the
 * server of TEST_DATABASE_URL. `--database` takes only the files that use a database. Ends with one plain line.
 */
import "../../src/node.js";
import { type ChildProcess, spawn } from "node:child_process";
import { globSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { createInterface } from "node:readline";
import type { Embedded } from "../../src/db/embedded.ts";
import { makeCount } from "./count.ts";
import type { Told } from "./reporter.ts";

const ROOT = join(import.meta.dirname, "../..");
const LIMIT_MS = 25 * 60_000;
/** Calls that open a database on the server of TEST_DATABASE_URL: here and in the stages of test/support. */
const OPENS_A_DATABASE = /\b(freshDatabase|openHouse|running|startBotRig|wayIn|workshop)\(/;
/** What the shell of a developer sets for the app must not decide a test. */
const APP =
  /^(BOT_TOKEN|TELEGRAM_API_ROOT|PUBLIC_URL|DATABASE_URL|DATA_DIR|HOST|PORT|ENCRYPTION_KEY|ENCRYPTION_KEY_OLD|ACCESS|ROLES|HOOK_RATE|LOG_LEVEL|ALLOWED_HOSTS|HTTPS_PROXY|https_proxy|METRICS_TOKEN|ENDPOINT_.*|OAUTH_.*|PG[A-Z]+)$/;

const args = process.argv.slice(2);
const wanted = args.filter((arg) => !arg.startsWith("--"));
const isDatabaseOnly = args.includes("--database");
const files = globSync("{src,test,playground}/**/*.test.ts", { cwd: ROOT })
  .filter((file) => wanted.length === 0 || wanted.some((part) => file.includes(part)))
  .filter((file) => !isDatabaseOnly || OPENS_A_DATABASE.test(readFileSync(join(ROOT, file), "utf8")))
  .sort();

const server = await startServer();
const count = makeCount();
const failures: string[] = [];
const skips: string[] = [];
let child: ChildProcess | undefined;
for (const signal of ["SIGINT", "SIGTERM"] as const)
  process.once(signal, async () => {
    killGroup();
    await server.stop();
    process.exit(1);
  });
const isFinished = await runTests(server.url);
killGroup();
await server.stop();

for (const text of failures) console.log(`\n✖ ${text}`);
if (skips.length > 0) console.log(`\nSkipped:\n${skips.join("\n")}`);
const { passed, failed, skipped } = count.sums;
const isGood = isFinished && failed === 0 && passed > 0;
if (!isFinished) console.log(`\nThe tests didn't end within ${LIMIT_MS / 60_000} minutes, or their runner broke.`);
console.log(`\n${passed} passed, ${failed} failed, ${skipped} skipped`);
process.exit(isGood ? 0 : 1);

async function startServer(): Promise<{ url: string; stop(): Promise<void> }> {
  const given = process.env.TEST_DATABASE_URL;
  if (given) {
    console.log("Database tests run on the server of TEST_DATABASE_URL.");
    return { url: given, stop: async () => {} };
  }
  const { startEmbedded } = await import("../../src/db/embedded.ts");
  const { FAST } = await import("./database.ts");
  const dataDir = mkdtempSync(join(tmpdir(), "svyazka-test-"));
  const embedded: Embedded = await startEmbedded({ dataDir, settings: FAST });
  console.log("Database tests run on an embedded PostgreSQL.");
  return {
    url: embedded.url,
    async stop() {
      await embedded.stop();
      rmSync(dataDir, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** False when it had to be cut off. A process group of its own, so that nothing that a test started is left. */
async function runTests(url: string): Promise<boolean> {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !APP.test(name)));
  const flags = ["--test", "--test-concurrency=4", "--test-isolation=process", "--test-timeout=600000"];
  const reporter = `--test-reporter=${join(import.meta.dirname, "reporter.ts")}`;
  const running = spawn(process.execPath, [...flags, reporter, ...files], {
    cwd: ROOT,
    env: { ...env, TEST_DATABASE_URL: url },
    stdio: ["ignore", "pipe", "inherit"],
    detached: true,
  });
  child = running;
  let isCut = false;
  const limit = setTimeout(() => {
    isCut = true;
    killGroup();
  }, LIMIT_MS);
  const ended = new Promise<number | null>((resolve) => running.once("close", resolve));
  for await (const line of createInterface({ input: running.stdout })) {
    try {
      tell(JSON.parse(line));
    } catch {
      console.log(line);
    }
  }
  const code = await ended;
  clearTimeout(limit);
  return !isCut && (code === 0 || count.sums.failed > 0);
}

function tell(told: Told): void {
  const file = relative(ROOT, told.file);
  if (told.type === "output") {
    process.stdout.write(told.text);
    return;
  }
  const { verdict, title } = count.add(told);
  const line = `${file} · ${title}`;
  if (verdict === "passed") console.log(`✔ ${line} (${told.ms} ms)`);
  if (verdict === "failed") {
    console.log(`✖ ${line}`);
    failures.push(`${line}\n${told.text}`);
  }
  if (verdict === "skipped")
    skips.push(`- ${line}: ${told.skip === "true" || !told.skip ? "no reason given" : told.skip}`);
}

function killGroup(): void {
  if (!child?.pid) return;
  try {
    process.kill(-child.pid, "SIGKILL");
  } catch {
    // Nothing is left.
  }
}

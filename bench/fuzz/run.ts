/** A stretch of the campaign in a thread of its own: what hangs is stopped, what leaks runs out of its small memory. */
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { type Finding, KINDS } from "./campaign.ts";

/** An input takes milliseconds, the dearest template a second; on a machine that is busy with other things, more. */
const HANGS_MS = 120_000;
/** With all connectors and the compiled templates about a half of it is used. */
const HEAP_MIB = 256;

export interface Stretch {
  readonly findings: readonly Finding[];
  readonly slowest: { readonly input: number; readonly ms: number };
  readonly heapMiB: number;
}

export async function runStretch(from: number, to: number): Promise<Stretch> {
  const at = new Int32Array(new SharedArrayBuffer(4));
  const worker = new Worker(join(import.meta.dirname, "worker.ts"), {
    workerData: { from, to, at },
    resourceLimits: { maxOldGenerationSizeMb: HEAP_MIB },
  });
  const findings: Finding[] = [];
  let ended = { slowest: { input: from, ms: 0 }, heapMiB: 0 };
  const found = (error: string): void => {
    const input = Atomics.load(at, 0);
    findings.push({ input, kind: KINDS[input % KINDS.length] ?? "", error });
  };
  let seen = { input: -1, since: Date.now() };
  const watch = setInterval(() => {
    const input = Atomics.load(at, 0);
    if (input !== seen.input) seen = { input, since: Date.now() };
    else if (Date.now() - seen.since > HANGS_MS) {
      found("it hangs");
      void worker.terminate();
    }
  }, 1_000);
  worker.on("message", (told: { finding: Finding } | { slowest: Stretch["slowest"]; heap: number }) => {
    if ("finding" in told) findings.push(told.finding);
    else ended = { slowest: told.slowest, heapMiB: Math.round(told.heap / 1_048_576) };
  });
  worker.on("error", (error) => found(String(error)));
  await new Promise((done) => worker.once("exit", done));
  clearInterval(watch);
  return { findings, ...ended };
}

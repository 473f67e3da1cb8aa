/** Plays a stretch of inputs beside the main thread, which watches that none of them holds it up. */
import { parentPort, workerData } from "node:worker_threads";
import { play } from "./campaign.ts";

interface Stretch {
  readonly from: number;
  readonly to: number;
  /** The input that is being played. */
  readonly at: Int32Array;
}
const { from, to, at } = workerData as Stretch;
let slowest = { input: from, ms: 0 };
for (let input = from; input < to; input++) {
  Atomics.store(at, 0, input);
  const began = performance.now();
  const finding = await play(input);
  const ms = performance.now() - began;
  if (ms > slowest.ms) slowest = { input, ms };
  if (finding) parentPort?.postMessage({ finding });
}
parentPort?.postMessage({ slowest, heap: process.memoryUsage().heapUsed });

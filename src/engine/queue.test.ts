import assert from "node:assert/strict";
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { after, before, beforeEach, test } from "node:test";
import { type FreshDatabase, freshDatabase } from "../../test/support/database.ts";
import { until } from "../../test/support/stage.ts";
import { makeLog } from "../log.ts";
import { makeLane } from "./lane.ts";
import type { Queue } from "./parts.ts";
import { makeQueue } from "./queue.ts";

let database: FreshDatabase;
let name = 0;
before(async () => {
  database = await freshDatabase({ bare: true });
});
after(() => database.drop());
beforeEach(() => {
  name++;
});

// Only notifications wake these queues: their tick comes too late for any test.
const make = (suffix = "a"): Queue =>
  makeQueue({ url: database.url, process: `q${name}${suffix}`, log: makeLog("silent"), tickMs: 3_600_000 });
const send = (queue: Queue, ids: readonly string[], priority?: number) =>
  database.db.transaction((tx) =>
    queue.send(
      tx,
      "run",
      ids.map((id) => ({ id, ...(priority === undefined ? {} : { priority }) })),
    ),
  );
const jobs = async () => (await database.sql`select count(*)::int as count from pgboss.job`)[0]?.count as number;
const range = (count: number) => Array.from({ length: count }, (_, n) => String(n));

test("a job exists exactly when its transaction does", async () => {
  const queue = make();
  const seen: string[] = [];
  queue.work("run", 4, async (id) => void seen.push(id));
  await queue.start();
  await assert.rejects(
    database.db.transaction(async (tx) => {
      await queue.send(tx, "run", [{ id: "never" }]);
      throw new Error("rolled back");
    }),
  );
  await send(queue, ["once"]);
  queue.wake("run");
  await until(
    () => seen.length,
    (count) => count > 0,
  );
  assert.deepEqual(seen, ["once"]);
  await until(jobs, (count) => count === 0);
  await queue.stop();
});

test("no more than inFlight at once, all of them in the end, none twice", async () => {
  const queue = make();
  const seen: string[] = [];
  let going = 0;
  let most = 0;
  queue.work("run", 8, async (id) => {
    most = Math.max(most, ++going);
    await new Promise((resolve) => setImmediate(resolve));
    going--;
    seen.push(id);
  });
  await queue.start();
  // A backlog: for the very front some places more are kept.
  await send(queue, range(500), -10);
  queue.wake("run");
  await until(
    () => seen.length,
    (count) => count >= 500,
  );
  assert.equal(new Set(seen).size, 500);
  assert.equal(seen.length, 500);
  assert.ok(most <= 8, `${most} at once`);
  await until(jobs, (count) => count === 0);
  await queue.stop();
});

test("higher priority goes first", async () => {
  const queue = make();
  const seen: string[] = [];
  await queue.start();
  await send(queue, ["low"], -5);
  await send(queue, ["high"], 5);
  await send(queue, ["middle"]);
  queue.work("run", 1, async (id) => void seen.push(id));
  await until(
    () => seen.length,
    (count) => count === 3,
  );
  assert.deepEqual(seen, ["high", "middle", "low"]);
  await queue.stop();
});

test("another process is woken by a notification", async () => {
  const [sender, worker] = [make("a"), make("b")];
  const seen: string[] = [];
  worker.work("run", 4, async (id) => void seen.push(id));
  await Promise.all([sender.start(), worker.start()]);
  await send(sender, ["x"]);
  sender.wake("run");
  await until(
    () => seen.length,
    (count) => count === 1,
  );
  await Promise.all([sender.stop(), worker.stop()]);
});

test("a handler that throws is tried once more, then the job is dropped", async () => {
  const queue = make();
  let times = 0;
  queue.work("run", 4, async () => {
    times++;
    throw new Error("broken");
  });
  await queue.start();
  await send(queue, ["x"]);
  queue.wake("run");
  await until(jobs, (count) => count === 0);
  assert.equal(times, 2);
  await queue.stop();
});

test("what runs at the stop may end; what doesn't goes back", async () => {
  const queue = make();
  let release = () => {};
  let started = 0;
  queue.work("run", 4, async () => {
    started++;
    await new Promise<void>((resolve) => {
      release = resolve;
    });
  });
  await queue.start();
  await send(queue, ["x"]);
  queue.wake("run");
  await until(
    () => started,
    (count) => count === 1,
  );
  const stopped = queue.stop();
  release();
  await stopped;
  assert.equal(await jobs(), 0);
  assert.equal(await queue.isReady(), false);
});

test("jobs of a killed process are taken up by the next at its start", async () => {
  const child: ChildProcess = fork(join(import.meta.dirname, "../../test/support/holder.ts"), [database.url], {
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  await once(child, "message");
  const sender = make("a");
  await sender.start();
  await send(sender, range(3));
  sender.wake("run");
  let held = 0;
  child.on("message", () => held++);
  await until(
    () => held,
    (count) => count === 3,
  );
  await sender.stop();
  child.kill("SIGKILL");
  await once(child, "exit");

  const queue = make("b");
  const seen: string[] = [];
  queue.work("run", 4, async (id) => void seen.push(id));
  await queue.start();
  await until(
    () => seen.length,
    (count) => count === 3,
  );
  assert.deepEqual(seen.sort(), range(3));
  await queue.stop();
});

/** A queue in memory, sorted as pg-boss' is, with a handle on each job that runs. */
function hungLane(inFlight: number, slowMs: number) {
  const waiting: { id: string; priority: number }[] = [];
  const going = new Map<string, () => void>();
  const begun: string[] = [];
  const boss = {
    fetch: async (_: string, { batchSize = 1, minPriority = Number.NEGATIVE_INFINITY } = {}) => {
      waiting.sort((one, two) => two.priority - one.priority);
      const fit = waiting.filter(({ priority }) => priority >= minPriority).slice(0, batchSize);
      for (const job of fit) waiting.splice(waiting.indexOf(job), 1);
      return fit.map(({ id }) => ({ id, retryCount: 0, data: { id } }));
    },
    deleteJob: async () => {},
    touch: async () => {},
    fail: async () => {},
  };
  const lane = makeLane({
    boss: boss as unknown as Parameters<typeof makeLane>[0]["boss"],
    queue: "run",
    inFlight,
    slowMs,
    log: makeLog("silent"),
    handle: (id) => {
      begun.push(id);
      return new Promise((resolve) => going.set(id, resolve));
    },
  });
  const add = (id: string, priority: number) => {
    waiting.push({ id, priority });
    lane.wake();
  };
  const end = async () => {
    waiting.length = 0;
    const stopped = lane.stop(10_000);
    for (const resolve of going.values()) resolve();
    await stopped;
  };
  return { lane, waiting, begun, add, end };
}
const SLOW_FOR_EVER = 3_600_000;

test("a workspace that fills every place with a slow service keeps none from another's first run", async (t) => {
  const { lane, begun, add, end } = hungLane(8, SLOW_FOR_EVER);
  t.after(end);
  for (let n = 0; n < 1_000; n++) add(`busy ${n}`, -Math.floor(n / 4));
  lane.start();
  await until(
    () => begun.length,
    (count) => count >= 8,
  );
  // Nothing ends and nothing is slow yet: only the places for the front are left.
  add("newcomer", 0);
  await until(
    () => begun.includes("newcomer"),
    (isIn) => isIn,
  );
  assert.ok(begun.length <= 8 + 2, "and no more than those");
});

test("a job that takes long steps aside, up to eight times as many; the front still gets through", async (t) => {
  const { lane, begun, waiting, add, end } = hungLane(4, 0);
  t.after(end);
  for (let n = 0; n < 100; n++) add(`slow ${n}`, -100 - n);
  lane.start();
  await until(
    () => begun.length,
    (count) => count === 32,
  );
  assert.equal(waiting.length, 68);
  add("newcomer", 0);
  await until(
    () => begun.includes("newcomer"),
    (isIn) => isIn,
  );
  assert.equal(begun.length, 33);
});

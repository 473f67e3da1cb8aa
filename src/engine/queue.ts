/**
 * pg-boss behind the two things that we need: jobs sent inside a transaction, and a loop that keeps a number of them
 * going. The loop is ours because `boss.work` waits half a second between fetches of single jobs (measured: 32 jobs/s).
 */
import { sql } from "drizzle-orm";
import { fromDrizzle, PgBoss } from "pg-boss";
import type { Log } from "../log.ts";
import { type Lane, makeLane } from "./lane.ts";
import type { Queue, QueueName } from "./parts.ts";
import { hasWaitingJobs, JOBS_GROUP, JOBS_SCHEMA, lookAround, notifyOthers, presence } from "./store/jobs.ts";
import { loggable } from "./store/outage.ts";

const NAMES: readonly QueueName[] = ["run", "delivery", "poll"];
const CHANNEL = "svyazka_queue";
/** Everything that a notification tells is also found by asking this often, and signs of life are given. */
const TICK_MS = 5_000;
/** A job whose worker was silent for three ticks is given to another. */
const SILENT_SECONDS = 15;
/** One notification for whatever was sent meanwhile: NOTIFY takes a database-wide lock at commit. */
const NOTIFY_MS = 50;

export interface QueueOptions {
  /** `postgres://…`; a unix socket as `?host=/directory`. */
  readonly url: string;
  /** Name of this process, unlike that of any other on the database. */
  readonly process: string;
  readonly log: Log;
  /** Milliseconds between looks at what notifications didn't tell. */
  readonly tickMs?: number;
}

/** The queue of one process. pg-boss keeps up to four connections: three for statements, one for notifications. */
export function makeQueue({ url, process, log, tickMs = TICK_MS }: QueueOptions): Required<Queue> {
  const boss = new PgBoss({
    connectionString: url,
    application_name: presence(process),
    schema: JOBS_SCHEMA,
    max: 3,
    schedule: false,
    // pg-boss' own watch stays as a second net under the tick below.
    superviseIntervalSeconds: 60,
    queueCacheIntervalSeconds: 300,
    reindexIntervalSeconds: 86_400,
  });
  const lanes = new Map<QueueName, Lane>();
  const toNotify = new Set<QueueName>();
  let notifying: NodeJS.Timeout | undefined;
  let listener: { close(): Promise<void> } | undefined;
  let ticker: NodeJS.Timeout | undefined;
  let isRunning = false;
  let ticking: Promise<void> | undefined;
  /** At the start nobody else's sign of life is waited for: most often the predecessor was just killed. */
  let wasAlone = true;

  // Database errors of background work; the next tick tries again. Their text holds no parameters.
  boss.on("error", (error) => log.warn({ err: loggable(error) }, "queue"));
  boss.on("warning", (warning) => log.debug({ warning: warning.message }, "queue"));

  async function giveBack(name: QueueName, lane: Lane, lost: readonly string[]): Promise<void> {
    log.info({ queue: name, jobs: lost.length }, "jobs of a dead process go back to the queue");
    for (let from = 0; from < lost.length; from += 500) await boss.fail(name, lost.slice(from, from + 500));
    lane.wake();
  }

  /** Gives signs of life, takes jobs away from the dead, and asks for what a lost notification didn't tell. */
  async function tick(): Promise<void> {
    if (lanes.size === 0) return;
    try {
      for (const lane of lanes.values()) await lane.touch();
      const { others, active, waiting } = await lookAround(boss.getDb(), process, [...lanes.keys()]);
      const bearable = others === 0 && wasAlone ? 0 : SILENT_SECONDS;
      wasAlone = others === 0;
      for (const [name, lane] of lanes) {
        const lost = active.filter((job) => job.name === name && job.silent >= bearable && !lane.has(job.id));
        if (lost.length > 0)
          await giveBack(
            name,
            lane,
            lost.map(({ id }) => id),
          );
        if (waiting.includes(name)) lane.wake();
      }
    } catch (error) {
      log.warn({ err: loggable(error) }, "queue tick failed, next one follows");
    }
  }

  async function notify(): Promise<void> {
    notifying = undefined;
    const names = [...toNotify];
    toNotify.clear();
    for (const name of names) await notifyOthers(boss.getDb(), CHANNEL, process, name);
  }

  return {
    async start() {
      await boss.start();
      for (const name of NAMES) {
        await boss.createQueue(name, {
          // A job is only an errand: how often and when a run is tried again lies in its row.
          retryLimit: 1_000,
          retryDelay: 0,
          heartbeatSeconds: 60,
          expireInSeconds: 6 * 3_600,
          retentionSeconds: 365 * 86_400,
        });
      }
      listener = await boss.getDb().listen?.(
        CHANNEL,
        (payload) => {
          const [name, sender] = payload.split(" ");
          if (sender !== process) lanes.get(name as QueueName)?.wake();
        },
        () => {
          for (const lane of lanes.values()) lane.wake();
        },
      );
      isRunning = true;
      await tick();
      for (const lane of lanes.values()) lane.start();
      ticker = setInterval(() => {
        ticking ??= tick().finally(() => {
          ticking = undefined;
        });
      }, tickMs);
    },

    async stop() {
      if (!isRunning) return;
      isRunning = false;
      clearInterval(ticker);
      clearTimeout(notifying);
      if (toNotify.size > 0) await notify().catch(() => {});
      await Promise.all([...lanes.values()].map((lane) => lane.stop(10_000)));
      await ticking;
      await listener?.close();
      await boss.stop({ graceful: false });
    },

    async isReady() {
      if (!isRunning) return false;
      return boss
        .getDb()
        .executeSql("select 1")
        .then(
          () => true,
          () => false,
        );
    },

    async send(tx, queue, jobs) {
      if (jobs.length === 0) return;
      await boss.insert(
        queue,
        jobs.map((job) => ({ data: { id: job.id }, priority: job.priority ?? 0, group: { id: JOBS_GROUP } })),
        { db: fromDrizzle(tx, sql) },
      );
    },

    work(queue, inFlight, handle) {
      if (lanes.has(queue)) throw new Error(`queue ${queue} has its worker already`);
      const lane = makeLane({ boss, queue, inFlight, handle, log });
      lanes.set(queue, lane);
      if (isRunning) lane.start();
    },

    wake(queue) {
      lanes.get(queue)?.wake();
      if (!isRunning) return;
      toNotify.add(queue);
      notifying ??= setTimeout(() => {
        notify().catch((error: unknown) => {
          log.debug({ err: loggable(error) }, "notification lost, the tick finds it");
        });
      }, NOTIFY_MS);
    },

    free: (queue) => lanes.get(queue)?.free() ?? 0,
    adopt: (queue, id, act) => lanes.get(queue)?.adopt(id, act),

    hasBacklog: (queue) => hasWaitingJobs(boss.getDb(), queue),
  };
}

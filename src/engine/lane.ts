/** One queue's loop in one process: fetches as much as there is room for, runs it, hands finished jobs back in groups. */
import type { PgBoss } from "pg-boss";
import type { Log } from "../log.ts";
import type { QueueName } from "./parts.ts";
import { loggable } from "./store/outage.ts";

/** A fetched job; the number fences it against a newer fetch of the same job. */
interface JobAttempt {
  readonly id: string;
  readonly retryCount: number;
}

export interface Lane {
  start(): void;
  /** Fetch now; cheap when a fetch is going on already. */
  wake(): void;
  has(job: string): boolean;
  /** A sign of life for the jobs in flight. */
  touch(): Promise<void>;
  /** Waits so long for jobs in flight, then gives them back. */
  stop(graceMs: number): Promise<void>;
}

export interface LaneOptions {
  readonly boss: Pick<PgBoss, "fetch" | "deleteJob" | "touch" | "fail">;
  readonly queue: QueueName;
  readonly inFlight: number;
  readonly handle: (id: string) => Promise<void>;
  readonly log: Log;
  /** Pause before a handler that threw is tried once more. */
  readonly pauseMs?: number;
}

/** Keeps up to `inFlight` jobs of a queue going. */
export function makeLane({ boss, queue, inFlight, handle, log, pauseMs = 1_000 }: LaneOptions): Lane {
  const active = new Map<string, JobAttempt>();
  let finished: JobAttempt[] = [];
  let isRunning = false;
  let isAsked = false;
  /** The last fetch filled all room: there is probably more. */
  let hasMore = false;
  let pumping: Promise<void> | undefined;
  let flushing: Promise<void> | undefined;
  let onEmpty: (() => void) | undefined;

  async function once(id: string): Promise<void> {
    try {
      return await handle(id);
    } catch (error) {
      log.warn({ err: loggable(error), queue, id }, "job failed, is tried once more");
    }
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
    await handle(id).catch((error: unknown) => {
      log.error({ err: loggable(error), queue, id }, "job dropped; the sweep takes up what it left");
    });
  }

  function begin(job: JobAttempt & { data: { id: string } }) {
    active.set(job.id, { id: job.id, retryCount: job.retryCount });
    once(job.data.id).finally(() => {
      finished.push({ id: job.id, retryCount: job.retryCount });
      active.delete(job.id);
      flush();
      if (hasMore) pump();
      if (active.size === 0) onEmpty?.();
    });
  }

  function pump() {
    if (!isRunning) return;
    isAsked = true;
    pumping ??= (async () => {
      while (isRunning && (isAsked || hasMore)) {
        const room = inFlight - active.size;
        if (room <= 0) {
          hasMore = true;
          break;
        }
        isAsked = false;
        const jobs = await boss.fetch<{ id: string }>(queue, { batchSize: room });
        hasMore = jobs.length === room;
        for (const job of jobs) begin(job as JobAttempt & { data: { id: string } });
      }
    })()
      .catch((error: unknown) => {
        // The database is away: the queue's tick asks again.
        hasMore = false;
        isAsked = false;
        log.warn({ err: loggable(error), queue }, "fetch failed");
      })
      .finally(() => {
        pumping = undefined;
        if (isAsked && active.size < inFlight) pump();
      });
  }

  /** Finished jobs are deleted in groups, one statement at a time: a run's history is its row, not its job. */
  async function flushAll(): Promise<void> {
    try {
      while (finished.length > 0) {
        const group = finished.slice(0, 500);
        await boss.deleteJob(queue, group);
        finished = finished.slice(group.length);
      }
    } catch (error) {
      log.warn({ err: loggable(error), queue }, "finished jobs stay until later");
    } finally {
      // In the same step as the last look at the list, so that nothing finished meanwhile is overlooked.
      flushing = undefined;
    }
  }
  function flush(): Promise<void> {
    if (finished.length > 0) flushing ??= flushAll();
    return flushing ?? Promise.resolve();
  }

  return {
    start() {
      isRunning = true;
      pump();
    },
    wake: pump,
    has: (job) => active.has(job) || finished.some((done) => done.id === job),
    async touch() {
      if (finished.length > 0) await flush();
      if (active.size > 0) await boss.touch(queue, [...active.values()]);
    },
    async stop(graceMs) {
      isRunning = false;
      await pumping;
      if (active.size > 0) {
        let timer: NodeJS.Timeout | undefined;
        await Promise.race([
          new Promise<void>((resolve) => {
            onEmpty = resolve;
          }),
          new Promise<void>((resolve) => {
            timer = setTimeout(resolve, graceMs);
          }),
        ]);
        clearTimeout(timer);
      }
      await flush();
      if (active.size > 0) await boss.fail(queue, [...active.values()]);
    },
  };
}

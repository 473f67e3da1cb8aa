/**
 * One queue's loop in one process: fetches as much as there is room for, runs it, hands finished jobs back in groups.
 * Nobody's slow service holds the places of others: a job that takes long steps aside, and a few places more are kept
 * for jobs from the very front, which are those of workspaces with hardly anything queued.
 */
import type { PgBoss } from "pg-boss";
import type { Log } from "../log.ts";
import type { QueueName } from "./parts.ts";
import { loggable } from "./store/outage.ts";

/** A fetched job; the number fences it against a newer fetch of the same job. */
interface JobAttempt {
  readonly id: string;
  readonly retryCount: number;
}
interface Going {
  /** Null: it came past the queue. */
  readonly job: JobAttempt | null;
  readonly since: number;
  readonly isExpress: boolean;
}

export interface Lane {
  start(): void;
  /** Fetch now; cheap when a fetch is going on already. */
  wake(): void;
  has(job: string): boolean;
  /** Places for work that comes past the queue; none while somebody waits in it. */
  free(): number;
  /** Work that came past the queue: it takes a place as a job does, and is tried once more as a job is. */
  adopt(id: string, act: () => Promise<void>): void;
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
  /** A job that takes longer only waits for somebody: another may begin beside it. */
  readonly slowMs?: number;
  /** Pause before a handler that threw is tried once more. */
  readonly pauseMs?: number;
}

const SLOW_MS = 2_000;
/** Slow ones too: so many are held in memory at most. */
const MOST_TIMES = 8;
/** Places kept for the front: a quarter more. */
const FRONT_SHARE = 4;
/** A workspace's first few queued jobs, and what was begun already. */
const FRONT = 0;
/** How often the front is asked for while there is no other room. */
const FRONT_EVERY_MS = 100;

/** Keeps up to `inFlight` jobs of a queue going that aren't slow. */
export function makeLane(options: LaneOptions): Lane {
  const { boss, queue, inFlight, handle, log, pauseMs = 1_000, slowMs = SLOW_MS } = options;
  const express = Math.ceil(inFlight / FRONT_SHARE);
  const active = new Map<string, Going>();
  let frontAskedAt = Number.NEGATIVE_INFINITY;
  let later: NodeJS.Timeout | undefined;
  let finished: JobAttempt[] = [];
  let isRunning = false;
  let isAsked = false;
  /** The last fetch filled all room: there is probably more. */
  let hasMore = false;
  let pumping: Promise<void> | undefined;
  let flushing: Promise<void> | undefined;
  let onEmpty: (() => void) | undefined;

  async function once(id: string, act: () => Promise<void>): Promise<void> {
    try {
      return await act();
    } catch (error) {
      log.warn({ err: loggable(error), queue, id }, "job failed, is tried once more");
    }
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
    await handle(id).catch((error: unknown) => {
      log.error({ err: loggable(error), queue, id }, "job dropped; the sweep takes up what it left");
    });
  }

  /** Places for any job, and for one from the front. */
  function room(): { any: number; front: number } {
    const young = [...active.values()].filter(({ since }) => performance.now() - since < slowMs);
    const ahead = young.filter(({ isExpress }) => isExpress).length;
    return {
      any: Math.min(inFlight - (young.length - ahead), inFlight * MOST_TIMES - active.size),
      front: Math.min(express - ahead, (inFlight + express) * MOST_TIMES - active.size),
    };
  }

  /** When the oldest of the young ones steps aside, or the front may be asked for again. */
  function pumpLater() {
    if (later !== undefined || !isRunning) return;
    const now = performance.now();
    const ages = [...active.values()].map(({ since }) => now - since).filter((age) => age < slowMs);
    const wait = Math.min(slowMs - Math.max(0, ...ages), Math.max(0, frontAskedAt + FRONT_EVERY_MS - now));
    later = setTimeout(
      () => {
        later = undefined;
        pump();
      },
      Math.max(10, wait),
    );
  }

  function begin(id: string, going: Omit<Going, "since">, act: () => Promise<void>) {
    const key = going.job?.id ?? `past ${id}`;
    active.set(key, { ...going, since: performance.now() });
    once(id, act).finally(() => {
      if (going.job) finished.push(going.job);
      active.delete(key);
      flush();
      if (hasMore) pump();
      if (active.size === 0) onEmpty?.();
    });
  }
  function beginJob({ id, retryCount, data }: JobAttempt & { data: { id: string } }, isExpress: boolean) {
    begin(data.id, { job: { id, retryCount }, isExpress }, () => handle(data.id));
  }
  const jobsGoing = (): JobAttempt[] => [...active.values()].flatMap(({ job }) => (job ? [job] : []));

  async function fetch(batchSize: number, minPriority?: number) {
    const among = minPriority === undefined ? {} : { minPriority };
    return (await boss.fetch<{ id: string }>(queue, { batchSize, ...among })) as (JobAttempt & {
      data: { id: string };
    })[];
  }

  function pump() {
    if (!isRunning) return;
    isAsked = true;
    pumping ??= (async () => {
      while (isRunning && (isAsked || hasMore)) {
        const { any, front } = room();
        if (any <= 0) {
          hasMore = true;
          const isTime = performance.now() - frontAskedAt >= FRONT_EVERY_MS;
          if (front > 0 && isTime) {
            frontAskedAt = performance.now();
            for (const job of await fetch(front, FRONT)) beginJob(job, true);
          }
          pumpLater();
          break;
        }
        isAsked = false;
        const jobs = await fetch(any);
        hasMore = jobs.length === any;
        for (const job of jobs) beginJob(job, false);
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
        if (isAsked && room().any > 0) pump();
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
    free: () => (isRunning && !hasMore ? Math.max(0, room().any) : 0),
    adopt: (id, act) => begin(id, { job: null, isExpress: false }, act),
    has: (job) => active.has(job) || finished.some((done) => done.id === job),
    async touch() {
      if (finished.length > 0) await flush();
      const going = jobsGoing();
      if (going.length > 0) await boss.touch(queue, going);
    },
    async stop(graceMs) {
      isRunning = false;
      clearTimeout(later);
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
      const left = jobsGoing();
      if (left.length > 0) await boss.fail(queue, left);
    },
  };
}

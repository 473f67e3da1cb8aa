/** The published limits of a connection, or of what several of them share, kept in this process: at most so many starts a second, so many at once, in turn. */
import { ConnectorError } from "./errors.ts";

export interface Limits {
  readonly perSecond?: number;
  /** So many may go at once before `perSecond` holds: a bucket that runs out at that rate. */
  readonly burst?: number;
  readonly parallel?: number;
  /** Calls a day that the service grants the connection; polls keep to half of them. */
  readonly perDay?: number;
}
export interface Limiter {
  /** Resolves when the call may go; call the result when it is done. Throws `turn` when it would wait too long. */
  take(key: string, limits: Limits): Promise<() => void>;
}

/** Longer waits are for the queue: a run that must wait holds no worker. */
const LONGEST_WAIT_MS = 2_000;
const SECOND_MS = 1_000;
/** Starts are counted here and arrivals at the service: a first call held up on its way would make the next second too full. */
const WINDOW_MS = 1_100;
const MANY_LANES = 1_000;
/** By then any service's bucket has run out. */
const EMPTY_MS = 60_000;

interface Waiting {
  readonly go: () => void;
  readonly deadline: NodeJS.Timeout;
}
interface Lane {
  /** Times of the starts within the last second, oldest first. */
  readonly starts: number[];
  /** How full the bucket was at the last start. */
  level: number;
  running: number;
  readonly queue: Waiting[];
  timer: NodeJS.Timeout | null;
}

const turn = (retryAfterMs: number) =>
  new ConnectorError(
    "temporary",
    {
      ru: "Сервис занят другими запросами этого аккаунта.",
      en: "The service is busy with other calls of this account.",
    },
    { code: "turn", retryAfterMs: Math.max(500, Math.ceil(retryAfterMs)) },
  );

export function makeLimiter(deps: { now?: () => number; longestWaitMs?: number } = {}): Limiter {
  const now = deps.now ?? (() => performance.now());
  const longestWait = deps.longestWaitMs ?? LONGEST_WAIT_MS;
  const lanes = new Map<string, Lane>();

  const levelAt = (lane: Lane, perSecond: number, at: number) =>
    Math.max(0, lane.level - ((at - (lane.starts.at(-1) ?? at)) / SECOND_MS) * perSecond);

  /** Milliseconds until one more may start by rate; 0: now. */
  function rateWait(lane: Lane, limits: Limits): number {
    if (limits.perSecond === undefined) return 0;
    const at = now();
    if (limits.burst !== undefined) {
      return Math.max(0, ((levelAt(lane, limits.perSecond, at) + 1 - limits.burst) / limits.perSecond) * SECOND_MS);
    }
    while (lane.starts.length > 0 && at - (lane.starts[0] ?? 0) >= WINDOW_MS) lane.starts.shift();
    if (lane.starts.length < limits.perSecond) return 0;
    return WINDOW_MS - (at - (lane.starts[0] ?? at));
  }
  const isFull = (lane: Lane, limits: Limits) => lane.running >= (limits.parallel ?? Number.POSITIVE_INFINITY);

  function newLane(key: string): Lane {
    if (lanes.size >= MANY_LANES) forgetIdle();
    const lane: Lane = { starts: [], level: 0, running: 0, queue: [], timer: null };
    lanes.set(key, lane);
    return lane;
  }

  /** Every key that was ever tried has a lane; those without calls in the last second can be made anew. */
  function forgetIdle(): void {
    const at = now();
    for (const [key, lane] of lanes) {
      const quiet = lane.level > 0 ? EMPTY_MS : WINDOW_MS;
      const isIdle = lane.running === 0 && lane.queue.length === 0 && at - (lane.starts.at(-1) ?? 0) >= quiet;
      if (isIdle) lanes.delete(key);
    }
  }

  function start(lane: Lane, limits: Limits): () => void {
    const at = now();
    if (limits.burst !== undefined && limits.perSecond !== undefined) {
      lane.level = levelAt(lane, limits.perSecond, at) + 1;
      lane.starts.length = 0;
    }
    if (limits.perSecond !== undefined) lane.starts.push(at);
    lane.running++;
    let isDone = false;
    return () => {
      if (isDone) return;
      isDone = true;
      lane.running--;
      advance(lane, limits);
    };
  }

  function advance(lane: Lane, limits: Limits): void {
    if (lane.timer) clearTimeout(lane.timer);
    lane.timer = null;
    while (lane.queue.length > 0 && !isFull(lane, limits)) {
      const wait = rateWait(lane, limits);
      if (wait > 0) {
        lane.timer = setTimeout(() => advance(lane, limits), Math.ceil(wait));
        return;
      }
      lane.queue.shift()?.go();
    }
  }

  /** What the one behind everybody would wait by rate alone. */
  const behind = (lane: Lane, limits: Limits) =>
    limits.perSecond === undefined ? 0 : rateWait(lane, limits) + (lane.queue.length / limits.perSecond) * SECOND_MS;

  return {
    take(key, limits) {
      if (limits.perSecond === undefined && limits.parallel === undefined) return Promise.resolve(() => {});
      const lane = lanes.get(key) ?? newLane(key);
      if (lane.queue.length === 0 && !isFull(lane, limits) && rateWait(lane, limits) === 0) {
        return Promise.resolve(start(lane, limits));
      }
      const wait = behind(lane, limits);
      if (wait > longestWait) return Promise.reject(turn(wait));
      return new Promise((resolve, reject) => {
        const waiting: Waiting = {
          go: () => {
            clearTimeout(waiting.deadline);
            resolve(start(lane, limits));
          },
          deadline: setTimeout(() => {
            lane.queue.splice(lane.queue.indexOf(waiting), 1);
            reject(turn(behind(lane, limits)));
          }, longestWait),
        };
        lane.queue.push(waiting);
        advance(lane, limits);
      });
    },
  };
}

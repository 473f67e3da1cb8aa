/**
 * Checkpoints and notes of many runs in one statement. A note goes with the checkpoint before it where that one isn't on
 * its way yet: one commit instead of two between two calls.
 */
import type { Db } from "../parts.ts";
import { type Call, type Checkpoint, type Moved, writeProgress } from "../store/runs.ts";
import { makeGrouped } from "./grouped.ts";

/** A checkpoint under way. */
export interface Stored {
  /** Undefined: the run isn't this process' any more. */
  readonly done: Promise<Moved | undefined>;
  /** Notes the call in the same statement, true when it may be made; null: that is on its way already. */
  attach(call: Call): Promise<boolean> | null;
}
export interface Progress {
  store(checkpoint: Checkpoint): Stored;
  /** Stores that an unsafe call is about to be made. */
  announce(call: Call): Promise<boolean>;
}

export function makeProgress(deps: {
  readonly db: Db;
  readonly holder: string;
  /** Repeats while the database is away. */
  readonly patiently: <T>(act: () => Promise<T>) => Promise<T>;
}): Progress {
  const { db, holder, patiently } = deps;
  interface Line {
    readonly checkpoint: Checkpoint | null;
    call: Call | null;
    isOnItsWay: boolean;
  }
  const write = makeGrouped<Line, { moved: Moved | undefined; isNoted: boolean }>(async (lines) => {
    for (const line of lines) line.isOnItsWay = true;
    const checkpoints = lines.flatMap(({ checkpoint }) => checkpoint ?? []);
    const calls = lines.flatMap(({ call }) => call ?? []);
    const { moved, noted } = await writeProgress(db, holder, checkpoints, calls);
    const places = new Map(moved.map((one) => [one.run, one]));
    return lines.map(({ checkpoint, call }) => ({
      moved: checkpoint === null ? undefined : places.get(checkpoint.run),
      isNoted: call !== null && noted.has(call.run),
    }));
  });

  return {
    store(checkpoint) {
      const line: Line = { checkpoint, call: null, isOnItsWay: false };
      const written = patiently(() => write(line));
      const done = written.then(({ moved }) => moved);
      // Whoever goes on meanwhile looks at it later.
      done.catch(() => {});
      return {
        done,
        attach(call) {
          if (line.isOnItsWay) return null;
          line.call = call;
          return written.then(({ isNoted }) => isNoted);
        },
      };
    },
    announce: (call) => write({ checkpoint: null, call, isOnItsWay: false }).then(({ isNoted }) => isNoted),
  };
}

/** Takes events in as runs: any number in a few statements, in the order they came. */
import { toFailure } from "../connection/failure.ts";
import { newId } from "../id.ts";
import type { Admission, NewRun, PastQueue, Shared, Tx } from "../parts.ts";
import {
  type Admitted,
  insertRuns,
  lockRecords,
  markPast,
  pullForward,
  queueBehind,
  type Taken,
} from "../store/admitted.ts";
import { countQueued, EVENT_TOO_LARGE, type StoredFailure } from "../store/runs.ts";
import { readVersion } from "../store/versions.ts";
import { SOON_MS } from "./ending.ts";
import { assertSize } from "./result.ts";
import { priorityOf, sendReady } from "./send.ts";

/** How far a backlog is counted, and how long a count is good. */
const MAX_COUNTED = 20_000;
const COUNT_MS = 1_000;

export function makeAdmission({ clock, queue }: Pick<Shared, "clock" | "queue">): Admission {
  /** A version never changes, so whether it is strict is asked once. */
  const orders = new Map<string, boolean>();

  async function isStrict(tx: Tx, { bundle, version }: NewRun): Promise<boolean> {
    const key = `${bundle} ${version}`;
    const known = orders.get(key);
    if (known !== undefined) return known;
    if (orders.size > 5_000) orders.clear();
    const strict = (await readVersion(tx, bundle, version))?.order === "strict";
    orders.set(key, strict);
    return strict;
  }

  const backlogs = new Map<string, { count: number; until: number }>();

  /** Runs of the workspace that wait already; counted once a second, own ones added meanwhile. */
  async function backlogOf(tx: Tx, workspace: string): Promise<{ count: number }> {
    const known = backlogs.get(workspace);
    if (known && known.until > Date.now()) return known;
    if (backlogs.size > 5_000) backlogs.clear();
    const fresh = { count: await countQueued(tx, workspace, MAX_COUNTED), until: Date.now() + COUNT_MS };
    backlogs.set(workspace, fresh);
    return fresh;
  }

  async function jobsFor(tx: Tx, runs: readonly (NewRun & { id: string })[]) {
    const jobs: { id: string; priority: number }[] = [];
    for (const run of runs) {
      const backlog = await backlogOf(tx, run.workspace);
      jobs.push({ id: run.id, priority: priorityOf(run.origin, backlog.count) });
      if (run.origin !== "migration") backlog.count++;
    }
    return jobs;
  }

  return {
    async admit(tx, given, past) {
      if (given.length === 0) return [];
      const strict = new Map<string, boolean>();
      for (const run of given) strict.set(`${run.bundle} ${run.version}`, await isStrict(tx, run));
      const runs = handOver(
        given.map((run) => ({
          ...run,
          ...withinLimits(run.event),
          id: newId(),
          strict: strict.get(`${run.bundle} ${run.version}`) === true,
          take: false,
        })),
        past,
      );
      const now = clock.now();
      const soon = new Date(now.getTime() + SOON_MS);
      // Both go out at once: statements of a transaction are answered in order.
      const [, admitted] = await Promise.all([
        lockRecords(tx, runs),
        insertRuns(tx, runs, { now, soon, holder: past?.holder ?? null }),
      ]);
      const gone = new Set<number>();
      for (const [place, { id, seq, isTaken, isAwaited }] of admitted.entries()) {
        const run = runs[place];
        if (run?.take && !isTaken) past?.release(id);
        if (!run || !isTaken) continue;
        gone.add(seq);
        const { workspace, bundle, version, event } = run;
        const fresh = { step: null, attempt: 0, element: 0, crashes: 0, error: null, journal: [] };
        past?.keep({ seq, id, workspace, bundle, version, event, ...fresh, isAwaited });
      }
      const { behind, past: passed } = chain(runs, admitted);
      const held = new Set([...gone, ...behind.map(({ seq }) => seq)]);
      if (behind.length > 0) for (const seq of await queueBehind(tx, behind, soon)) held.delete(seq);
      if (passed.length > 0) await markPast(tx, passed);
      const live = new Set(admitted.filter((_, place) => runs[place]?.origin !== "migration").map(({ seq }) => seq));
      const blockers = behind.filter(({ seq }) => live.has(seq)).map((pair) => pair.behind);
      if (blockers.length > 0) await sendReady(queue, tx, await pullForward(tx, blockers));
      const free = runs.filter((_, place) => !held.has(admitted[place]?.seq ?? -1));
      if (free.length > 0) await queue.send(tx, "run", await jobsFor(tx, free));
      return admitted.map(({ id, seq }) => ({ id, seq }));
    },
  };
}

/** What comes now and is the first of its record here, as far as there is room, needs no job. */
function handOver(runs: readonly Taken[], past: PastQueue | undefined): readonly Taken[] {
  let room = past?.room ?? 0;
  const records = new Set<string>();
  return runs.map((run) => {
    const record = JSON.stringify([run.bundle, run.record]);
    const isFirst = !records.has(record);
    records.add(record);
    if (room <= 0 || !isFirst || run.origin !== "live" || run.error !== null) return run;
    room--;
    past?.hold(run.id);
    return { ...run, take: true };
  });
}

/** One event that is too large must not keep out those that came with it. */
function withinLimits(event: NewRun["event"]): { event: NewRun["event"]; error: StoredFailure | null } {
  try {
    assertSize(event, { ru: "Событие", en: "The event" });
    return { event, error: null };
  } catch (error) {
    return { event: {}, error: { ...toFailure(error), code: EVENT_TOO_LARGE, final: true } };
  }
}

/** Who waits for whom: each run for the one of its record right before it, in this group or already there. */
export function chain(
  runs: readonly Pick<NewRun, "bundle" | "record">[],
  admitted: readonly Pick<Admitted, "seq" | "before" | "hanging">[],
) {
  const last = new Map<string, number>();
  const behind: { seq: number; behind: number }[] = [];
  const past: { seq: number; past: number }[] = [];
  for (const [place, { bundle, record }] of runs.entries()) {
    const row = admitted[place];
    if (!row) continue;
    const key = JSON.stringify([bundle, record]);
    const before = last.get(key) ?? row.before;
    if (before !== null) behind.push({ seq: row.seq, behind: before });
    else if (row.hanging !== null) past.push({ seq: row.seq, past: row.hanging });
    last.set(key, row.seq);
  }
  return { behind, past };
}

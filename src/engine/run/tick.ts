/** What the clock brings to runs: due retries, runs of dead processes, lost errands, failures that last. */
import type { Incidents, Shared } from "../parts.ts";
import { findForgotten, takeDue, takeLost, takeOrphans, takeOverdue } from "../store/due.ts";
import { loggable } from "../store/outage.ts";
import { type Ready, setIncident } from "../store/runs.ts";
import { hasBroken, hasDue } from "../store/sweep.ts";
import { SOON_MS } from "./ending.ts";
import { sendReady } from "./send.ts";

/** Looking for what a crash left. */
const SWEEP_MS = 3_000;
/** Ready runs without a job, looked for while the queue is empty. */
const FORGOTTEN_MS = 10_000;
/** A temporary failure is told when it lasts this long. */
const LASTS_MS = 15 * 60_000;
const GROUP = 500;

export interface TickDeps extends Pick<Shared, "db" | "clock" | "log" | "queue" | "process"> {
  readonly incidents: Incidents & { tick?(): Promise<void> };
  /** Runs that this process carries now. */
  readonly mine: () => readonly string[];
  /** Runs whose passage here broke off with a bug of ours, each told once. */
  readonly threw: () => readonly string[];
}

/** One statement a second while there is nothing to do. */
export function makeTick({ db, clock, log, queue, process, incidents, mine, threw }: TickDeps): () => Promise<void> {
  let sweptAt = Number.NEGATIVE_INFINITY;
  let searchedAt = Number.NEGATIVE_INFINITY;
  let going: Promise<void> | undefined;

  async function send(take: (tx: Parameters<typeof takeDue>[0]) => Promise<readonly Ready[]>): Promise<number> {
    const sent = await db.transaction(async (tx) => {
      const ready = await take(tx);
      await sendReady(queue, tx, ready);
      return ready.length;
    });
    if (sent > 0) queue.wake("run");
    return sent;
  }

  async function due(): Promise<void> {
    while ((await send((tx) => takeDue(tx, clock.now(), GROUP))) === GROUP);
  }

  async function sweep(): Promise<void> {
    const now = clock.now();
    const soon = new Date(now.getTime() + SOON_MS);
    const lasting = new Date(now.getTime() - LASTS_MS);
    const broken = await hasBroken(db, { now, holder: process, mine: mine(), soon, lasting });
    if (broken.due) await due();
    if (broken.lost || broken.own.length > 0) {
      // What began between the look and now was committed after the list of ours was made: it is looked at again, for
      // whatever is ours at both looks and worked on at neither is nobody's.
      const own = () => broken.own.filter((id) => !mine().includes(id));
      const count = await send((tx) => takeLost(tx, { holder: process, own: own(), threw: threw(), now }));
      if (count > 0) log.info({ runs: count }, "runs of a dead process are taken up");
    }
    if (broken.orphans) await send((tx) => takeOrphans(tx, soon));
    if (broken.reconnected) await incidents.tick?.();
    if (broken.overdue) await tellOverdue(lasting);
  }

  async function tellOverdue(before: Date): Promise<void> {
    await db.transaction(async (tx) => {
      for (const run of await takeOverdue(tx, before)) {
        const { since: _, final: __, looks: ___, ...failure } = run.error;
        const about = { workspace: run.workspace, bundle: run.bundle, connection: null, run: run.id };
        const incident = await incidents.report(tx, { ...about, step: failure.step ?? "", failure });
        await setIncident(tx, run.seq, incident);
      }
    });
  }

  async function search(): Promise<void> {
    if ((await queue.hasBacklog?.("run")) !== false) return;
    const before = new Date(clock.now().getTime() - FORGOTTEN_MS);
    const forgotten = (await findForgotten(db, before, GROUP)).filter(({ id }) => !mine().includes(id));
    if (forgotten.length === 0) return;
    log.info({ runs: forgotten.length }, "runs without a job are sent again");
    await db.transaction((tx) => sendReady(queue, tx, forgotten));
    queue.wake("run");
  }

  async function once(): Promise<void> {
    // Real time: how often to look has nothing to do with the clock of runs, which tests move.
    const at = Date.now();
    if (at - sweptAt >= SWEEP_MS) {
      sweptAt = at;
      await sweep();
    } else if (await hasDue(db, clock.now())) await due();
    if (at - searchedAt >= FORGOTTEN_MS) {
      searchedAt = at;
      await search();
    }
  }

  return () => {
    going ??= once()
      .catch((error: unknown) => log.warn({ err: loggable(error) }, "tick of runs failed, the next one follows"))
      .finally(() => {
        going = undefined;
      });
    return going;
  };
}

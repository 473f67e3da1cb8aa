/** Takes runs from the queue and carries them; what dead processes left comes back through the tick. */
import { EMPTY_BUNDLE } from "../bundle/model.ts";
import type { Failure } from "../engine.ts";
import type { Incidents, Notify, Opener, PastQueue, Shared } from "../parts.ts";
import { isOutage, loggable } from "../store/outage.ts";
import { type ClaimedRun, claimRuns, dropNote, EVENT_TOO_LARGE, readElement } from "../store/runs.ts";
import { makeStorage } from "../store/stored.ts";
import { type CarryDeps, carry } from "./carry.ts";
import { makeEnding } from "./ending.ts";
import { makeGrouped } from "./grouped.ts";
import { makeKnown } from "./known.ts";
import { makeLocks } from "./locks.ts";
import { firstPosition, goneVersion } from "./machine.ts";
import { makePast } from "./past.ts";
import { makePrepare } from "./prepare.ts";
import { makeProgress } from "./progress.ts";
import { makeTick } from "./tick.ts";

export interface WorkerDeps
  extends Pick<Shared, "db" | "clock" | "log" | "vault" | "queue" | "connectors" | "process"> {
  readonly opener: Opener;
  readonly incidents: Incidents & { tick?(): Promise<void> };
  readonly notify: Notify;
}
export interface Worker {
  /** Begins to take runs. */
  start(): void;
  /** After the queue has stopped. */
  stop(): Promise<void>;
  /** Due retries at once, what dead processes left within seconds; called every second by the scheduler. */
  tick(): Promise<void>;
  /** One run, as the queue hands it over. */
  handle(id: string): Promise<void>;
  /** For admissions in this process. */
  past(): PastQueue;
}

/** So often may a process die in one step of a run before the run itself is taken for the reason. */
const MAX_CRASHES = 3;

function deadly(crashes: number): Failure {
  return {
    class: "defect",
    sentence: {
      ru: `Программа ${crashes} раза подряд падала на этом шаге, поэтому запуск остановлен. Данные целы. Попробуйте повторить с другими данными или сообщите разработчику.`,
      en: `The program died ${crashes} times in a row in this step, so the run was stopped. The data is safe. Try it with other data, or tell the developer.`,
    },
    own: "crash loop",
    code: "crashes",
  };
}

/** Runs that one process carries at once: most of the time they wait for a service. */
const IN_FLIGHT = 256;

export function makeWorker(deps: WorkerDeps): Worker {
  const { db, clock, log, vault, queue, connectors, process: holder, opener } = deps;
  const active = new Map<string, Promise<void>>();
  /** Broke off with something else than an outage: worth a count, so that a bug of ours can't go round for ever. */
  const threw = new Set<string>();
  const takeThrown = (): readonly string[] => {
    const ids = [...threw];
    threw.clear();
    return ids;
  };
  const known = makeKnown(deps);
  const locks = makeLocks(deps);
  const tick = makeTick({ ...deps, mine: () => [...active.keys()], threw: takeThrown });
  let isStopped = false;

  const claim = makeGrouped<string, ClaimedRun | undefined>(async (ids) => {
    const taken = new Map((await claimRuns(db, ids, holder, clock.now())).map((run) => [run.id, run]));
    return ids.map((id) => taken.get(id));
  });
  /** A service's answer isn't thrown away because the database is away: it is kept until it can be stored. */
  async function patiently<T>(act: () => Promise<T>): Promise<T> {
    for (let pause = 250; ; pause = Math.min(pause * 2, 5_000)) {
      try {
        return await act();
      } catch (error) {
        if (!isOutage(error) || isStopped) throw error;
        log.warn({ err: loggable(error) }, "the database is away, what a step gave is kept");
        await new Promise((resolve) => setTimeout(resolve, pause));
      }
    }
  }
  const progress = makeProgress({ db, holder, patiently });

  const carrying: CarryDeps = {
    action: { prepare: makePrepare({ connectors, opener, clock, vault }), locks, clock, log },
    opener,
    known,
    ending: makeEnding({ ...deps, store: (checkpoint) => progress.store(checkpoint).done, patiently }),
    progress,
    retract: (run, at) => dropNote(db, run, at),
    recall: (run, element) => readElement(db, run, element),
    storage: (workspace) => makeStorage(db, workspace, () => clock.now()),
    clock,
  };

  async function take(id: string): Promise<void> {
    const run = await claim(id);
    if (run) await goOn(run);
  }

  async function goOn(run: ClaimedRun): Promise<void> {
    const bundle = await known.version(run.bundle, run.version);
    const isTooLarge = run.step === null && run.error?.code === EVENT_TOO_LARGE;
    // A call that was made and never answered is looked up or asked about first: to say "failed" would invite a repeat.
    const isOpen = run.journal.some(({ state }) => state === "calling");
    const isDeadly = run.crashes >= (isOpen ? 2 * MAX_CRASHES : MAX_CRASHES);
    if (bundle && !isTooLarge && !isDeadly) return carry(carrying, run, bundle);
    const left = { run, bundle: bundle ?? EMPTY_BUNDLE, pending: [], journal: [] };
    if (bundle && isDeadly) {
      const { step, attempt, element } = run;
      const at = step === null ? firstPosition(bundle) : { step, attempt, element };
      log.error({ run: run.id, step: at.step, crashes: run.crashes }, "a run that kills its process is taken out");
      return carrying.ending(left, { go: "failed", at, failure: deadly(run.crashes) });
    }
    const stop = goneVersion(run.version);
    return carrying.ending(left, isTooLarge && run.error ? { ...stop, failure: run.error } : stop);
  }

  async function handle(id: string): Promise<void> {
    // The same run again in one process: its first passage may just have ended in a short wait.
    while (active.has(id)) await active.get(id)?.catch(() => {});
    const passage = counted(id, take(id)).finally(() => active.delete(id));
    active.set(id, passage);
    return passage;
  }

  const counted = (id: string, passage: Promise<void>): Promise<void> =>
    passage.catch((error: unknown) => {
      if (!isOutage(error)) threw.add(id);
      throw error;
    });

  return {
    start: () => queue.work("run", IN_FLIGHT, handle),
    async stop() {
      isStopped = true;
      await locks.close();
    },
    tick,
    handle,
    past: makePast({ queue, holder, active, carry: (run) => counted(run.id, goOn(run)) }),
  };
}

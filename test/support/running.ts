/** Hooks for tests of running bundles: one database for the file, a fresh service, engine and clock for every test. */
import { after, afterEach, before, beforeEach } from "node:test";
import type { Step } from "../../src/engine/bundle/model.ts";
import type { RunState, RunView, Scope } from "../../src/engine/engine.ts";
import type { NewRun } from "../../src/engine/parts.ts";
import { movableClock } from "./clock.ts";
import { type FreshDatabase, freshDatabase } from "./database.ts";
import { addBundle, makeStage, type Service, type Stage, startService, until } from "./stage.ts";

export interface At {
  readonly scope: Scope;
  readonly id: string;
}
const DONE: readonly RunState[] = ["succeeded", "failed", "unknown", "cancelled"];

export function running() {
  let database: FreshDatabase;
  let service: Service;
  let stage: Stage;
  let clock = movableClock();

  before(async () => {
    database = await freshDatabase();
  });
  after(() => database.drop());
  beforeEach(async () => {
    clock = movableClock();
    service = await startService();
    stage = makeStage({ client: database, url: database.url, service: service.url, clock });
    stage.worker.start();
    await stage.queue.start();
  });
  afterEach(async () => {
    await service.close();
    await stage.queue.stop();
    await stage.worker.stop();
  });

  const state = (at: At): Promise<RunView> => stage.runs.get(at.scope, at.id);
  return {
    get db() {
      return database.db;
    },
    get service() {
      return service;
    },
    get stage() {
      return stage;
    },
    get clock() {
      return clock;
    },
    /** One event through a new bundle of these steps. */
    async start(steps: readonly Step[], event: NewRun["event"] = { id: "7", phone: "8 (999) 000-00-01" }) {
      const made = await addBundle(database.db, steps);
      const [id = ""] = await stage.admit([newRun(made, event)]);
      return { ...made, id };
    },
    state,
    ended: (at: At) =>
      until(
        () => state(at),
        (run) => DONE.includes(run.state),
      ),
    waiting: (at: At) =>
      until(
        () => state(at),
        (run) => run.state === "waiting",
      ),
  };
}

export function newRun(
  made: { workspace: string; bundle: string; version: number },
  event: NewRun["event"],
  record = "7",
): NewRun {
  const { workspace, bundle, version } = made;
  return { workspace, bundle, version, origin: "live", record, event };
}

/** A service that answers everything with this status. */
export const says =
  (status: number): NonNullable<Service["fault"]> =>
  (_req, res) => {
    res.statusCode = status;
  };

/** Groups failures by cause, tells people, and pauses a bundle that only fails. */
import type { Connector } from "../../connectors/kit/define.ts";
import { type Bundle, TRIGGER_ID } from "../bundle/model.ts";
import { stepTitle, triggerTitle } from "../bundle/naming.ts";
import type { ConnectionView, Incidents as Facade, IncidentView, Scope } from "../engine.ts";
import { NotFound } from "../errors.ts";
import { newId } from "../id.ts";
import type { Incidents, Notify, Once, Shared, Tx } from "../parts.ts";
import { numberOf } from "../run/machine.ts";
import { requeueFailed } from "../run/requeue.ts";
import { sendReady } from "../run/send.ts";
import { pauseBundles } from "../store/connections.ts";
import { readSummaries } from "../store/history.ts";
import {
  countFailure,
  type Example,
  type IncidentRow,
  lastOutcomes,
  lockFailed,
  markPausedAt,
  openIncidents,
  readIncident,
  solve,
  solveReconnected,
} from "../store/incidents.ts";
import { readVersion } from "../store/versions.ts";
import { belongsToConnection, causeOf } from "./cause.ts";
import { judgeStreak, LOOKED_AT, WATCHED_MS } from "./streak.ts";

export interface IncidentsDeps extends Pick<Shared, "db" | "clock" | "queue" | "connectors"> {
  readonly notify: Notify;
  readonly once: Once;
  /** Takes a paused bundle's trigger out of the schedule. */
  readonly disarm: (tx: Tx, bundle: string) => Promise<void>;
  /** As the connection's screen shows it; null when it is gone. */
  readonly connection: (scope: Scope, id: string) => Promise<ConnectionView | null>;
}
export interface IncidentParts extends Incidents, Facade {
  /** Open ones, the newest first. */
  list(scope: Scope, limit: number): Promise<readonly IncidentView[]>;
  /** Solves access errors whose connection is alive again; called by the clock. */
  tick(): Promise<void>;
}

const MAX_RETRIED = 10_000;

export function makeIncidents(deps: IncidentsDeps): IncidentParts {
  const { db, clock, queue, connectors, notify, once, disarm, connection } = deps;
  const find = (key: string): Connector | undefined => connectors.find((known) => known.key === key);

  const tell = (tx: Tx, workspace: string, incident: string) =>
    notify(tx, workspace, { kind: "incident", incident }, `incident ${incident}`);

  async function watchStreak(tx: Tx, at: { workspace: string; bundle: string; run: string }, incident: string) {
    const since = new Date(clock.now().getTime() - WATCHED_MS);
    const outcomes = await lastOutcomes(tx, at.bundle, at.run, since, LOOKED_AT);
    const verdict = judgeStreak(outcomes.map(({ failed }) => failed));
    if (verdict.do === "nothing") return;
    if (verdict.do === "warn") {
      await notify(tx, at.workspace, { kind: "failing", bundle: at.bundle, why: verdict.why }, `failing ${at.bundle}`);
      return;
    }
    const paused = await pauseBundles(tx, [at.bundle], { by: "incident", incident });
    if (paused.length === 0) return;
    await disarm(tx, at.bundle);
    await markPausedAt(tx, incident, outcomes[0]?.seq ?? 0);
    await notify(tx, at.workspace, { kind: "paused", bundle: at.bundle, why: verdict.why }, `paused ${at.bundle}`);
  }

  async function view(scope: Scope, row: IncidentRow): Promise<IncidentView> {
    const example = row.example as Example;
    const [[bundle], account, body] = await Promise.all([
      readSummaries(db, scope.workspace, [example.bundle]),
      row.connection === null ? null : connection(scope, row.connection),
      example.version === null ? undefined : readVersion(db, example.bundle, example.version),
    ]);
    const live = body ?? (bundle && bundle.version > 0 ? await readVersion(db, bundle.id, bundle.version) : undefined);
    return {
      id: row.id,
      class: row.class as IncidentView["class"],
      bundle: bundle ?? null,
      connection: account,
      step: live ? stepOf(live, example.step) : null,
      failure: example.failure,
      run: example.run,
      count: row.count,
      open: row.open,
      firstAt: row.firstAt,
      lastAt: row.lastAt,
      solvedAt: row.solvedAt,
    };
  }

  function stepOf(body: Bundle, id: string): IncidentView["step"] {
    if (id === TRIGGER_ID) return body.trigger && { id, number: 1, title: triggerTitle(body.trigger, find) };
    const step = body.steps.find((one) => one.id === id);
    return step ? { id, number: numberOf(body, id), title: stepTitle(step, find) } : null;
  }

  return {
    async report(tx, at) {
      const isAccess = belongsToConnection(at);
      const { id } = await countFailure(
        tx,
        {
          id: newId(),
          workspace: at.workspace,
          bundle: isAccess ? null : at.bundle,
          connection: isAccess ? at.connection : null,
          step: isAccess ? null : at.step,
          class: at.failure.class,
          cause: causeOf(at),
          example: { failure: at.failure, run: at.run, bundle: at.bundle, step: at.step },
        },
        clock.now(),
      );
      await tell(tx, at.workspace, id);
      // A dead credential holds deliveries by itself.
      if (at.run !== null && !isAccess) await watchStreak(tx, { ...at, run: at.run }, id);
      return id;
    },

    async succeeded(tx, run) {
      const about = { ...run, connections: run.connections ?? [], version: run.version ?? null };
      for (const incident of await solve(tx, about, clock.now())) await tell(tx, run.workspace, incident);
    },

    async tick() {
      await db.transaction(async (tx) => {
        for (const { id, workspace } of await solveReconnected(tx, clock.now())) await tell(tx, workspace, id);
      });
    },

    async get(scope, id) {
      const row = await readIncident(db, scope.workspace, id);
      if (!row) throw new NotFound({ ru: "Этого сбоя больше нет.", en: "This incident no longer exists." });
      return view(scope, row);
    },

    async list(scope, limit) {
      const rows = await openIncidents(db, scope.workspace, limit);
      return Promise.all(rows.map((row) => view(scope, row)));
    },

    async retry(scope, id, which) {
      const count = await once(scope, `incidents.retry ${id} ${which}`, async (tx) => {
        if (!(await readIncident(tx, scope.workspace, id))) throw new NotFound();
        const failed = await lockFailed(tx, scope.workspace, id, which === "newest" ? 1 : MAX_RETRIED);
        await requeueFailed(tx, failed);
        await sendReady(queue, tx, failed);
        return failed.length;
      });
      if (count > 0) queue.wake("run");
      return count;
    },
  };
}

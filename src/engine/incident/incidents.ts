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
import { lineUp, readSummaries } from "../store/history.ts";
import {
  cancelFailed,
  countFailure,
  type Example,
  hasRoom,
  type IncidentRow,
  lastOutcomes,
  lockFailed,
  markPausedAt,
  metIncidents,
  openIncidents,
  readIncident,
  sentBy,
  solve,
  solveConnection,
  solveReconnected,
  unsettledIncidents,
} from "../store/incidents.ts";
import { readVersion } from "../store/versions.ts";
import { takeWaiting } from "../store/waiting.ts";
import { belongsToConnection, causeOf, MOST_CAUSES, otherCauses } from "./cause.ts";
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
  /** Solved ones with records that never got through, the newest first. */
  unsettled(scope: Scope, limit: number): Promise<readonly IncidentView[]>;
  /** Met or solved between two moments, the newest first. */
  met(scope: Scope, from: Date, to: Date, limit: number): Promise<readonly IncidentView[]>;
  /** Its cards are drawn anew. */
  tell(tx: Tx, workspace: string, incident: string): Promise<void>;
  /** A connection was proved alive: its access errors are solved, and the runs that they stopped go on. Counts those. */
  reconnected(at: { workspace: string; connection: string }): Promise<number>;
  /** The same for connections that came alive otherwise; called by the clock. */
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

  type Report = Parameters<Incidents["report"]>[1];

  async function causeWithin(tx: Tx, at: Report): Promise<string> {
    const known = { ...at, input: at.run === null ? null : await sentBy(tx, at.run, at.step) };
    const cause = causeOf(known);
    const isRoom = await hasRoom(tx, { ...at, class: at.failure.class, cause }, MOST_CAUSES);
    return isRoom ? cause : otherCauses(known);
  }

  async function view(scope: Scope, row: IncidentRow): Promise<IncidentView> {
    const example = row.example as Example;
    const [[bundle], body] = await Promise.all([
      readSummaries(db, scope.workspace, [example.bundle]),
      example.version === null ? undefined : readVersion(db, example.bundle, example.version),
    ]);
    const live = body ?? (bundle && bundle.version > 0 ? await readVersion(db, bundle.id, bundle.version) : undefined);
    // A missing right is granted to the key: its connection is where to look.
    const used = row.connection ?? (row.class === "forbidden" && live ? connectionOf(live, example.step) : null);
    const account = used === null ? null : await connection(scope, used);
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
      newest: row.newest,
      records: row.records,
      waiting: row.waiting,
      firstAt: row.firstAt,
      lastAt: row.lastAt,
      solvedAt: row.solvedAt,
    };
  }

  function connectionOf(body: Bundle, id: string): string | null {
    if (id === TRIGGER_ID) return body.trigger?.connection ?? null;
    const step = body.steps.find((one) => one.id === id);
    return step?.kind === "action" ? step.connection : null;
  }

  function stepOf(body: Bundle, id: string): IncidentView["step"] {
    if (id === TRIGGER_ID) return body.trigger && { id, number: 1, title: triggerTitle(body.trigger, find) };
    const step = body.steps.find((one) => one.id === id);
    return step ? { id, number: numberOf(body, id), title: stepTitle(step, find) } : null;
  }

  /** Failed runs go on from their failed step, in the order of their record. */
  async function takeUp(
    tx: Tx,
    workspace: string,
    incident: string,
    { limit = MAX_RETRIED, run }: { limit?: number; run?: string } = {},
  ): Promise<number> {
    const failed = await lockFailed(tx, workspace, incident, limit, run);
    await requeueFailed(tx, failed);
    const first = await lineUp(
      tx,
      failed.map(({ id }) => id),
    );
    await sendReady(
      queue,
      tx,
      failed.filter(({ id }) => first.has(id)),
    );
    return failed.length;
  }

  return {
    tell,

    async report(tx, at) {
      const isAccess = belongsToConnection(at);
      const cause = isAccess ? causeOf(at) : await causeWithin(tx, at);
      const { id } = await countFailure(
        tx,
        {
          id: newId(),
          workspace: at.workspace,
          bundle: isAccess ? null : at.bundle,
          connection: isAccess ? at.connection : null,
          step: isAccess ? null : at.step,
          class: at.failure.class,
          cause,
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
        for (const { id, workspace } of await solveReconnected(tx, clock.now())) {
          await takeUp(tx, workspace, id);
          await tell(tx, workspace, id);
        }
      });
      queue.wake("run");
    },

    async reconnected(at) {
      const count = await db.transaction(async (tx) => {
        let resumed = 0;
        for (const id of await solveConnection(tx, at, clock.now())) {
          resumed += await takeUp(tx, at.workspace, id);
          await tell(tx, at.workspace, id);
        }
        return resumed;
      });
      if (count > 0) queue.wake("run");
      return count;
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

    async unsettled(scope, limit) {
      const rows = await unsettledIncidents(db, scope.workspace, limit);
      return Promise.all(rows.map((row) => view(scope, row)));
    },

    async met(scope, from, to, limit) {
      const rows = await metIncidents(db, scope.workspace, from, to, limit);
      return Promise.all(rows.map((row) => view(scope, row)));
    },

    async dismiss(scope, id) {
      return once(scope, `incidents.dismiss ${id}`, async (tx) => {
        if (!(await readIncident(tx, scope.workspace, id))) throw new NotFound();
        const count = await cancelFailed(tx, scope.workspace, id);
        if (count > 0) await tell(tx, scope.workspace, id);
        return count;
      });
    },

    async retry(scope, id, which) {
      const run = typeof which === "object" ? which.run : undefined;
      const count = await once(scope, `incidents.retry ${id} ${run ?? which}`, async (tx) => {
        if (!(await readIncident(tx, scope.workspace, id))) throw new NotFound();
        const limit = which === "all" ? MAX_RETRIED : 1;
        const failed = await takeUp(tx, scope.workspace, id, run === undefined ? { limit } : { limit, run });
        const isAll = which === "all" || (which === "newest" && failed === 0);
        const waiting = isAll ? await takeWaiting(tx, scope.workspace, { incident: id }) : [];
        await sendReady(queue, tx, waiting);
        const count = failed + waiting.length;
        if (count > 0) await tell(tx, scope.workspace, id);
        return count;
      });
      if (count > 0) queue.wake("run");
      return count;
    },
  };
}

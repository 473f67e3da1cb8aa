/** History and what a person may do to a run. */
import type { Connector, Json } from "../../connectors/kit/define.ts";
import type { Bundle } from "../bundle/model.ts";
import { stepTitle } from "../bundle/naming.ts";
import type { Failure, IncidentView, RunSummary, Runs, RunView, Scope, Status, StepView } from "../engine.ts";
import { NotFound, UserError } from "../errors.ts";
import type { Admission, Once, Shared, Tx } from "../parts.ts";
import { listConnections } from "../store/connections.ts";
import {
  type AttemptRow,
  cancelRun,
  countBundles,
  countToday,
  findHolding,
  findRepeat,
  findSilent,
  findStopped,
  idsOf,
  listRuns,
  markRepeated,
  markRepeats,
  moveRun,
  type RunRow,
  readAttempts,
  readRun,
  readSummaries,
  settleAttempt,
} from "../store/history.ts";
import { EVENT_TOO_LARGE, releaseBehind, type StoredFailure } from "../store/runs.ts";
import { newestVersion, readVersion } from "../store/versions.ts";
import { listAiling, takeWaiting } from "../store/waiting.ts";
import { aboutOf } from "./about.ts";
import { type Ended, numberOf, resolved } from "./machine.ts";
import { requeueFailed } from "./requeue.ts";
import { sendReady } from "./send.ts";

export interface RunsDeps extends Pick<Shared, "db" | "clock" | "queue" | "connectors"> {
  readonly once: Once;
  readonly admission: Admission;
  readonly incidents: {
    /** Open incidents, the newest first. */
    list(scope: Scope, limit: number): Promise<readonly IncidentView[]>;
    /** Solved ones with records that never got through. */
    unsettled(scope: Scope, limit: number): Promise<readonly IncidentView[]>;
    /** Its cards are drawn anew. */
    tell?(tx: Tx, workspace: string, incident: string): Promise<void>;
  };
}

const PAGE = 8;
const SHOWN_INCIDENTS = 10;

export function makeRuns({ db, clock, queue, connectors, once, admission, incidents }: RunsDeps): Runs {
  const find = (key: string): Connector | undefined => connectors.find((known) => known.key === key);

  async function read(tx: Parameters<typeof readRun>[0], scope: Scope, id: string, lock = false): Promise<RunRow> {
    const row = await readRun(tx, scope.workspace, id, lock);
    if (!row) throw new NotFound({ ru: "Этого запуска больше нет.", en: "This run no longer exists." });
    return row;
  }

  function summary(row: RunRow): RunSummary {
    return {
      id: row.id,
      bundle: { id: row.bundle, number: row.number, name: row.name },
      state: row.state,
      createdAt: new Date(row.created_at),
      endedAt: row.ended_at === null ? null : new Date(row.ended_at),
      about: aboutOf(row.event, row, find),
      failure: failureOf(row.error),
    };
  }

  /** The repeat is a run of its own, in the newest version: the first one keeps its history. */
  async function repeatFromStart(tx: Tx, row: RunRow): Promise<{ run: string; already: boolean }> {
    const going = await findRepeat(tx, row.id);
    if (going !== undefined) return { run: going, already: true };
    const version = (await newestVersion(tx, row.bundle)) ?? row.version;
    const { workspace, bundle, record } = row;
    const event = row.event ?? {};
    const [run] = await admission.admit(tx, [
      { workspace, bundle, version, origin: "retry", record, event, retryOf: row.id },
    ]);
    if (run && row.state === "failed") {
      await markRepeated(tx, row.seq, run.id);
      if (row.incident !== null) await incidents.tell?.(tx, row.workspace, row.incident);
    }
    return { run: run?.id ?? row.id, already: false };
  }

  /** The step that failed now had succeeded in the run that this one repeats: the service has the record already. */
  async function goOnOf(scope: Scope, row: RunRow): Promise<Pick<RunView, "goOn">> {
    if (row.retry_of === null || row.state !== "failed" || !isThere(row.error)) return {};
    const first = await readRun(db, scope.workspace, row.retry_of);
    if (first?.state !== "failed" || first.step === null) return {};
    const [attempts, body] = await Promise.all([
      readAttempts(db, first.seq),
      readVersion(db, first.bundle, first.version),
    ]);
    const wasDone = attempts.some(({ step, state }) => step === row.step && state === "succeeded");
    if (!wasDone || !body) return {};
    return { goOn: { run: first.id, number: numberOf(body, first.step) } };
  }

  async function ailingOf(workspace: string): Promise<Status["ailing"]> {
    const rows = await listAiling(db, workspace);
    if (rows.length === 0) return [];
    const [accounts, named] = await Promise.all([
      listConnections(db, workspace),
      readSummaries(
        db,
        workspace,
        rows.map(({ bundle }) => bundle),
      ),
    ]);
    return rows.map(({ connection, bundle, ...row }) => {
      const account = accounts.find(({ id }) => id === connection);
      const of = named.find(({ id }) => id === bundle);
      return {
        ...row,
        connection: account ? { id: account.id, name: account.name } : null,
        bundle: of ? { id: of.id, number: of.number, name: of.name } : null,
      };
    });
  }

  return {
    async list(scope, ask) {
      const rows = await listRuns(db, scope.workspace, { ...ask, offset: ask.page * PAGE, limit: PAGE + 1 });
      return { runs: rows.slice(0, PAGE).map(summary), more: rows.length > PAGE };
    },

    async get(scope, id): Promise<RunView> {
      const row = await read(db, scope, id);
      const [attempts, body, others] = await Promise.all([
        readAttempts(db, row.seq),
        readVersion(db, row.bundle, row.version),
        idsOf(
          db,
          [row.behind, row.past].filter((seq) => seq !== null),
        ),
      ]);
      return {
        ...summary(row),
        version: row.version,
        event: row.event ?? {},
        nextAt: row.next_at === null ? null : new Date(row.next_at),
        behind: row.behind === null ? null : (others.get(row.behind) ?? null),
        past: row.past === null ? null : (others.get(row.past) ?? null),
        ended: row.ended as Ended | null,
        steps: attempts.map((attempt) => stepView(attempt, body, find)),
        incident: row.incident,
        ...(await goOnOf(scope, row)),
      };
    },

    async retry(scope, id, from = "failed") {
      const result = await once(scope, `runs.retry ${id} ${from}`, async (tx) => {
        const row = await read(tx, scope, id, true);
        if (row.state === "unknown") throw undecided();
        if (row.error?.code === EVENT_TOO_LARGE) throw new UserError(row.error.sentence);
        if (row.state === "queued" || row.state === "running" || row.state === "waiting") {
          const ready = await takeWaiting(tx, scope.workspace, { run: id });
          await sendReady(queue, tx, ready);
          return { run: id, already: ready.length === 0 };
        }
        const neverFailed = row.state === "succeeded" || (row.state === "failed" && row.step === null);
        if (from === "start" || neverFailed) return repeatFromStart(tx, row);
        await requeueFailed(tx, [row]);
        await sendReady(queue, tx, [row]);
        if (row.error?.repeated !== undefined) await markRepeats(tx, row.id);
        if (row.incident !== null) await incidents.tell?.(tx, row.workspace, row.incident);
        return { run: id, already: false };
      });
      queue.wake("run");
      return result;
    },

    async retryNow(scope, which) {
      const count = await once(scope, `runs.retryNow ${JSON.stringify(which)}`, async (tx) => {
        const ready = await takeWaiting(tx, scope.workspace, which);
        await sendReady(queue, tx, ready);
        return ready.length;
      });
      if (count > 0) queue.wake("run");
      return count;
    },

    async resolve(scope, id, outcome) {
      await once(scope, `runs.resolve ${id} ${outcome}`, async (tx) => {
        const row = await read(tx, scope, id, true);
        // Answered already, perhaps on another device.
        if (row.state !== "unknown" || row.step === null) return null;
        const body = await readVersion(tx, row.bundle, row.version);
        if (!body) throw new NotFound();
        const at = { step: row.step, attempt: row.attempt };
        const now = clock.now();
        await settleAttempt(
          tx,
          { run: row.seq, ...at },
          outcome === "happened"
            ? { state: "succeeded", output: {}, note: HAPPENED, now }
            : { state: "skipped", output: null, note: REPEATED, now },
        );
        const next = resolved(body, at, outcome);
        const to = next.go === "on" ? next.at : { step: null, attempt: 0 };
        const isOver = next.go === "ended";
        await moveRun(tx, row.seq, {
          ...to,
          state: isOver ? "succeeded" : "queued",
          ended: isOver ? { ...next.how } : null,
          endedAt: isOver ? now : null,
          error: null,
        });
        if (!isOver) await sendReady(queue, tx, [row]);
        return null;
      });
      queue.wake("run");
    },

    async cancel(scope, id) {
      await once(scope, `runs.cancel ${id}`, async (tx) => {
        await read(tx, scope, id);
        const seq = await cancelRun(tx, scope.workspace, id, clock.now());
        if (seq !== undefined) await sendReady(queue, tx, await releaseBehind(tx, seq, false));
        return null;
      });
      queue.wake("run");
    },

    async status(scope) {
      const now = clock.now();
      const [counts, bundles, open, ailing, undelivered, stopped, holding, silent] = await Promise.all([
        countToday(db, scope.workspace, now),
        countBundles(db, scope.workspace),
        incidents.list(scope, SHOWN_INCIDENTS),
        ailingOf(scope.workspace),
        incidents.unsettled(scope, SHOWN_INCIDENTS),
        findStopped(db, scope.workspace).then((ids) => readSummaries(db, scope.workspace, ids)),
        findHolding(db, scope.workspace).then(async (counted) =>
          (await readSummaries(db, scope.workspace, [...counted.keys()])).map((bundle) => ({
            bundle,
            count: counted.get(bundle.id) ?? 0,
          })),
        ),
        findSilent(db, scope.workspace, now).then((ids) => readSummaries(db, scope.workspace, ids)),
      ]);
      const { unknown, ...today } = counts;
      return {
        active: bundles.active,
        paused: bundles.paused,
        drafts: bundles.draft,
        today,
        unknown,
        incidents: open,
        ailing,
        undelivered,
        stopped,
        holding,
        silent,
      };
    },
  };
}

const HAPPENED = {
  ru: "Ответ сервиса потерялся. Человек подтвердил, что действие выполнено.",
  en: "The service's answer was lost. A person confirmed that it had been done.",
};
const REPEATED = {
  ru: "Ответ сервиса потерялся. Человек сказал, что действие не выполнено, и попросил повторить.",
  en: "The service's answer was lost. A person said that it had not been done and asked to repeat it.",
};

function undecided(): UserError {
  return new UserError({
    ru: "Сначала ответьте, выполнено ли действие: от этого зависит, повторять ли его.",
    en: "First say whether it had been done: that decides whether it is repeated.",
  });
}

/** The service's words for a record that is there already. */
function isThere(error: StoredFailure | null): boolean {
  return (
    error?.class === "data" && /already (exist|in use|taken)|duplicate|уже (есть|существу|занят)/i.test(error.own ?? "")
  );
}

/** What people read, without what only the engine needs. */
function failureOf(stored: StoredFailure | null): Failure | null {
  if (stored === null) return null;
  const { since: _, final: __, looks: ___, repeated: ____, hurried: _____, ...failure } = stored;
  return failure;
}

function stepView(row: AttemptRow, body: Bundle | undefined, find: (key: string) => Connector | undefined): StepView {
  const step = body?.steps.find(({ id }) => id === row.step);
  const startedAt = new Date(row.started_at);
  return {
    step: row.step,
    number: body && step ? numberOf(body, row.step) : 0,
    title: step ? stepTitle(step, find) : { ru: row.step, en: row.step },
    state: row.state,
    attempt: row.attempt,
    startedAt,
    ms: row.ended_at === null ? null : new Date(row.ended_at).getTime() - startedAt.getTime(),
    input: row.input,
    output: row.output,
    exchange: row.exchange as Json,
    notes: row.notes ?? [],
    failure: failureOf(row.error),
  };
}

/** History and what a person may do to a run. */
import { createHash } from "node:crypto";
import type { Connector, Json, JsonObject } from "../../connectors/kit/define.ts";
import type { Bundle } from "../bundle/model.ts";
import { stepTitle } from "../bundle/naming.ts";
import type { Failure, IncidentView, RetryHow, RunSummary, Runs, RunView, Scope, Status, StepView } from "../engine.ts";
import { NotFound, UserError } from "../errors.ts";
import type { Admission, Once, Shared, Tx } from "../parts.ts";
import { listConnections } from "../store/connections.ts";
import {
  type AttemptRow,
  countBundles,
  countToday,
  findHolding,
  findRepeatedBy,
  findSilent,
  findStopped,
  idsOf,
  listRuns,
  type RunRow,
  readAttempts,
  readRun,
  readSummaries,
} from "../store/history.ts";
import type { StoredFailure } from "../store/runs.ts";
import { readVersion } from "../store/versions.ts";
import { listAiling, takeWaiting } from "../store/waiting.ts";
import { aboutOf } from "./about.ts";
import { makeAnswers } from "./answers.ts";
import { type Ended, numberOf } from "./machine.ts";
import { makeRepeat } from "./repeat.ts";
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

  const tell = async (tx: Tx, row: RunRow): Promise<void> => {
    if (row.incident !== null) await incidents.tell?.(tx, row.workspace, row.incident);
  };
  const repeat = makeRepeat({ queue, connectors, admission, tell });
  const answers = makeAnswers({ db, clock, queue, once, read, summary });

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

  async function repeatOf(row: RunRow): Promise<Pick<RunView, "repeatedBy">> {
    if (row.state !== "failed" || row.error?.repeated === undefined) return {};
    const repeatedBy = await findRepeatedBy(db, row.id);
    return repeatedBy === undefined ? {} : { repeatedBy };
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
    ...answers.own,

    async list(scope, ask) {
      const rows = await listRuns(db, scope.workspace, { ...ask, offset: ask.page * PAGE, limit: PAGE + 1 }).catch(
        (error) => Promise.reject(ask.search !== undefined && isTooSlow(error) ? tooSlow() : error),
      );
      return { runs: rows.slice(0, PAGE).map(summary), more: rows.length > PAGE };
    },

    async get(scope, id): Promise<RunView> {
      const row = await read(db, scope, id);
      const [attempts, body, others, approval, holding] = await Promise.all([
        readAttempts(db, row.seq),
        readVersion(db, row.bundle, row.version),
        idsOf(
          db,
          [row.behind, row.past].filter((seq) => seq !== null),
        ),
        answers.approvalOf(row),
        answers.holding(row),
      ]);
      return {
        ...summary(row),
        version: row.version,
        event: row.event ?? {},
        nextAt: row.next_at === null ? null : new Date(row.next_at),
        behind: row.behind === null ? null : (others.get(row.behind) ?? null),
        past: row.past === null ? null : (others.get(row.past) ?? null),
        ended: row.ended as Ended | null,
        ...(isWaits(row.waits) && row.state === "waiting" ? { waits: row.waits } : {}),
        ...(approval ? { approval } : {}),
        ...(holding.behind > 0 ? { holdsUp: holding.behind } : {}),
        ...(holding.stuck ? { canSkip: true } : {}),
        steps: attempts.map((attempt: AttemptRow) => stepView(attempt, body, find)),
        incident: row.incident,
        ...(await goOnOf(scope, row)),
        ...(await repeatOf(row)),
      };
    },

    async retry(scope, id, asked = "failed") {
      const how: RetryHow = typeof asked === "string" ? { from: asked } : asked;
      const name = `${how.from} ${how.step ?? ""} ${how.version ?? ""} ${how.event ? fingerprint(how.event) : ""}`;
      const result = await once(scope, `runs.retry ${id} ${name.trimEnd()}`, async (tx) =>
        repeat.retry(tx, await read(tx, scope, id, true), how),
      );
      queue.wake("run");
      return result;
    },

    preview: async (scope, id, how) => repeat.preview(db, await read(db, scope, id), how),

    async retryNow(scope, which) {
      const count = await once(scope, `runs.retryNow ${JSON.stringify(which)}`, async (tx) => {
        const ready = await takeWaiting(tx, scope.workspace, which);
        await sendReady(queue, tx, ready);
        return ready.length;
      });
      if (count > 0) queue.wake("run");
      return count;
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
        findSilent(db, scope.workspace).then((ids) => readSummaries(db, scope.workspace, ids)),
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

/** Postgres ended the statement at its time limit. */
const isTooSlow = (error: unknown): boolean =>
  error instanceof Error && (error.cause as { code?: unknown } | undefined)?.code === "57014";
const tooSlow = () =>
  new UserError({
    ru: "Записей слишком много, поиск не успел. Откройте историю одной связки и поищите там.",
    en: "There are too many records, the search took too long. Open the history of one bundle and look there.",
  });

/** The service's words for a record that is there already. */
function isThere(error: StoredFailure | null): boolean {
  return (
    error?.class === "data" && /already (exist|in use|taken)|duplicate|уже (есть|существу|занят)/i.test(error.own ?? "")
  );
}

/** What people read, without what only the engine needs. */
function failureOf(stored: StoredFailure | null): Failure | null {
  if (stored === null) return null;
  const {
    since: _,
    final: __,
    looks: ___,
    repeated: ____,
    hurried: _____,
    broke: ______,
    passed: _______,
    notBefore: ________,
    ...failure
  } = stored;
  return failure;
}

const WAITS = ["retry", "delay", "approval", "turn", "crash"] as const;
const isWaits = (text: string | null): text is (typeof WAITS)[number] => WAITS.some((one) => one === text);

const fingerprint = (event: JsonObject): string =>
  createHash("sha256").update(JSON.stringify(event)).digest("base64url").slice(0, 16);

function stepView(row: AttemptRow, body: Bundle | undefined, find: (key: string) => Connector | undefined): StepView {
  const step = body?.steps.find(({ id }) => id === row.step);
  const startedAt = new Date(row.started_at);
  return {
    step: row.step,
    number: body && step ? numberOf(body, row.step) : 0,
    title: step ? stepTitle(step, find) : { ru: row.step, en: row.step },
    state: row.state,
    attempt: row.attempt,
    ...(row.element > 0 ? { element: row.element } : {}),
    startedAt,
    ms: row.ended_at === null ? null : new Date(row.ended_at).getTime() - startedAt.getTime(),
    input: row.input,
    output: row.output,
    exchange: row.exchange as Json,
    notes: row.notes ?? [],
    failure: failureOf(row.error),
  };
}

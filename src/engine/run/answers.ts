/** A person's word on a run: an unknown outcome, an approval, a skip, a cancel. Each counts once. */
import type { Json, JsonObject } from "../../connectors/kit/define.ts";
import type { Bundle } from "../bundle/model.ts";
import type { ApprovalView, RunSummary, Runs, Scope } from "../engine.ts";
import { NotFound, UserError } from "../errors.ts";
import type { Once, Shared, Sql } from "../parts.ts";
import {
  type AskedRow,
  findAsking,
  readAnswer,
  readAsked,
  readHolding,
  readMemberName,
  writeAnswer,
} from "../store/asked.ts";
import { cancelRun, moveRun, type RunRow, settleAttempt } from "../store/history.ts";
import { releaseBehind } from "../store/runs.ts";
import { readVersion } from "../store/versions.ts";
import { readPath, toText } from "../values/settings.ts";
import { SOON_MS } from "./ending.ts";
import { numberOf, resolved } from "./machine.ts";
import { sendReady } from "./send.ts";

export interface AnswersDeps extends Pick<Shared, "db" | "clock" | "queue"> {
  readonly once: Once;
  /** Throws where the workspace has no such run. */
  readonly read: (tx: Sql, scope: Scope, id: string, lock?: boolean) => Promise<RunRow>;
  readonly summary: (row: RunRow) => RunSummary;
}

const MOST_ASKED = 50;

export function makeAnswers({ db, clock, queue, once, read, summary }: AnswersDeps) {
  async function approvalOf(row: RunRow): Promise<ApprovalView | undefined> {
    if (row.waits !== "approval") return undefined;
    const [asked, body] = await Promise.all([readAsked(db, row.seq), readVersion(db, row.bundle, row.version)]);
    if (!asked || !body) return undefined;
    const who = whoOf(asked.output);
    const name = who === null ? null : await readMemberName(db, row.workspace, who);
    return viewOf(asked, body, who === null || name === null ? null : { id: who, name });
  }

  const own: Pick<Runs, "resolve" | "answer" | "approvals" | "skip" | "cancel"> = {
    async resolve(scope, id, outcome) {
      await once(scope, `runs.resolve ${id} ${outcome}`, async (tx) => {
        const row = await read(tx, scope, id, true);
        // Answered already, perhaps on another device.
        if (row.state !== "unknown" || row.step === null) return null;
        const at = { step: row.step, attempt: row.attempt, element: row.element };
        const now = clock.now();
        await settleAttempt(
          tx,
          { run: row.seq, ...at },
          outcome === "happened"
            ? { state: "succeeded", output: {}, note: HAPPENED, now }
            : { state: "skipped", output: null, note: REPEATED, now },
        );
        await moveRun(tx, row.seq, { ...at, ...resolved(at, outcome) });
        await sendReady(queue, tx, [row]);
        return null;
      });
      queue.wake("run");
    },

    async answer(scope, id, answer, at) {
      const place = at === undefined ? null : { step: at.step, element: at.element ?? 0 };
      const said = await once(scope, `runs.answer ${id} ${JSON.stringify(place)} ${answer}`, async (tx) => {
        const row = await read(tx, scope, id, true);
        const asked = await readAsked(tx, row.seq);
        const isThis = asked && (place === null || (asked.step === place.step && asked.element === place.element));
        if (!asked || !isThis) return before(await readAnswer(tx, row.seq, place));
        const who = whoOf(asked.output);
        const other = who === null || who === scope.member ? null : await readMemberName(tx, scope.workspace, who);
        // Nobody waits for a member who is gone: then anybody may answer.
        if (other !== null) throw notAsked(other);
        const by = await readMemberName(tx, scope.workspace, scope.member);
        const now = clock.now();
        await writeAnswer(tx, row.seq, asked, { ...asked.output, answer, by, at: now.toISOString() }, now);
        const { step, attempt, element } = asked;
        await moveRun(tx, row.seq, { step, attempt, element });
        await sendReady(queue, tx, [row]);
        return { answer, by, already: false };
      });
      queue.wake("run");
      return said;
    },

    async approvals(scope) {
      const found: { run: RunSummary; approval: ApprovalView }[] = [];
      for (const id of await findAsking(db, scope.workspace, scope.member, MOST_ASKED)) {
        const row = await read(db, scope, id);
        const approval = await approvalOf(row);
        if (approval) found.push({ run: summary(row), approval });
      }
      return found;
    },

    async skip(scope, id) {
      const count = await once(scope, `runs.skip ${id}`, async (tx) => {
        const row = await read(tx, scope, id, true);
        const { stuck } = await readHolding(tx, row.seq, soon());
        if (row.state === "queued" && row.behind !== null && !stuck) throw stillOrdered();
        const ready = await releaseBehind(tx, stuck && row.behind !== null ? row.behind : row.seq, "skipped");
        await sendReady(queue, tx, ready);
        return ready.length;
      });
      if (count > 0) queue.wake("run");
      return count;
    },

    async cancel(scope, id) {
      await once(scope, `runs.cancel ${id}`, async (tx) => {
        await read(tx, scope, id);
        const seq = await cancelRun(tx, scope.workspace, id, clock.now());
        if (seq !== undefined) await sendReady(queue, tx, await releaseBehind(tx, seq, "over"));
        return null;
      });
      queue.wake("run");
    },
  };

  const soon = (): Date => new Date(clock.now().getTime() + SOON_MS);
  return { own, approvalOf, holding: (row: RunRow) => readHolding(db, row.seq, soon()) };
}

const whoOf = (output: JsonObject): string | null => (typeof output.who === "string" ? output.who : null);

function viewOf(asked: AskedRow, body: Bundle, who: ApprovalView["who"]): ApprovalView {
  const { step, attempt, element, output } = asked;
  return {
    step,
    number: numberOf(body, step),
    ...(element > 0 ? { element } : {}),
    attempt,
    question: toText(output.question),
    who,
    until: new Date(toText(output.until)),
    otherwise: output.otherwise === "yes" ? "yes" : "no",
  };
}

/** What had been said before this press came. */
function before(output: Json | undefined): { answer: "yes" | "no"; by: string | null; already: boolean } {
  const answer = readPath(output, "answer");
  if (answer !== "yes" && answer !== "no") {
    throw new NotFound({
      ru: "Этот вопрос больше не ждёт ответа.",
      en: "This question no longer waits for an answer.",
    });
  }
  const by = readPath(output, "by");
  return { answer, by: typeof by === "string" ? by : null, already: true };
}

function notAsked(name: string): UserError {
  return new UserError({
    ru: `Этот вопрос задан не вам, а участнику ${name}.`,
    en: `This question isn't yours to answer: ${name} was asked.`,
  });
}
function stillOrdered(): UserError {
  return new UserError({
    ru: "Предыдущий запуск по этой записи ещё идёт. Пропускать нечего: этот начнётся сразу после него.",
    en: "The run before it is still going. There is nothing to skip: this one begins right after it.",
  });
}

const HAPPENED = {
  ru: "Ответ сервиса потерялся. Человек подтвердил, что действие выполнено.",
  en: "The service's answer was lost. A person confirmed that it had been done.",
};
const REPEATED = {
  ru: "Ответ сервиса потерялся. Человек сказал, что действие не выполнено, и попросил повторить.",
  en: "The service's answer was lost. A person said that it had not been done and asked to repeat it.",
};

/** Repeats: from the failed step, from a named one, from the start with the same or other data; and what each would do. */
import type { Connector } from "../../connectors/kit/define.ts";
import type { Bundle, Step } from "../bundle/model.ts";
import { stepTitle } from "../bundle/naming.ts";
import type { RetryHow, RetryPreview } from "../engine.ts";
import { NotFound, UserError } from "../errors.ts";
import type { Admission, Queue, Sql, Tx } from "../parts.ts";
import { takePlace } from "../store/asked.ts";
import {
  findRepeat,
  findRepeatedBy,
  markRepeated,
  markRepeats,
  moveRun,
  type RunRow,
  readEntries,
} from "../store/history.ts";
import { EVENT_TOO_LARGE } from "../store/runs.ts";
import { newestVersion, readVersion } from "../store/versions.ts";
import { takeWaiting } from "../store/waiting.ts";
import { entryOf } from "./journal.ts";
import { failedElements, loopAround, loopAt, openingOf } from "./loops.ts";
import { type Entry, numberOf } from "./machine.ts";
import { isSameUpTo, requeueFailed } from "./requeue.ts";
import { assertSize } from "./result.ts";
import { sendReady } from "./send.ts";

export interface RepeatDeps {
  readonly queue: Queue;
  readonly connectors: readonly Connector[];
  readonly admission: Admission;
  /** An incident's cards are drawn anew. */
  readonly tell: (tx: Tx, run: RunRow) => Promise<void>;
}
type Repeated = { run: string; already: boolean };

export function makeRepeat({ queue, connectors, admission, tell }: RepeatDeps) {
  const find = (key: string): Connector | undefined => connectors.find((known) => known.key === key);

  /** The repeat is a run of its own: the first one keeps its history. */
  async function fromStart(tx: Tx, row: RunRow, how: RetryHow): Promise<Repeated> {
    const going = await findRepeat(tx, row.id);
    if (going !== undefined) return { run: going, already: true };
    const newest = how.version === "own" ? undefined : await newestVersion(tx, row.bundle);
    const { workspace, bundle, record } = row;
    const event = how.event ?? row.event ?? {};
    if (how.event) assertSize(how.event, { ru: "Данные события", en: "The event's data" });
    const [run] = await admission.admit(tx, [
      { workspace, bundle, version: newest ?? row.version, origin: "retry", record, event, retryOf: row.id },
    ]);
    if (!run) return { run: row.id, already: false };
    if (row.strict && row.state === "failed") {
      await takePlace(tx, row.seq, run.seq);
      await sendReady(queue, tx, [{ id: run.id, workspace, origin: "retry" }]);
    }
    if (row.state === "failed") {
      await markRepeated(tx, row.seq, run.id);
      await tell(tx, row);
    }
    return { run: run.id, already: false };
  }

  async function fromFailed(tx: Tx, row: RunRow, how: RetryHow): Promise<Repeated> {
    const { newest, isSame } = await versionsOf(tx, row, row.step);
    if (how.version === "newest" && newest !== row.version && !isSame) throw changedBefore();
    if (how.version === "own" && newest !== row.version) {
      await requeueFailed(tx, [row], row.version);
    } else await requeueFailed(tx, [row]);
    await sendReady(queue, tx, [row]);
    if (row.error?.repeated !== undefined) await markRepeats(tx, row.id);
    await tell(tx, row);
    return { run: row.id, already: false };
  }

  /** A named step runs again, and all that follow, each as a new attempt. */
  async function fromStep(tx: Tx, row: RunRow, how: RetryHow): Promise<Repeated> {
    const { entries, body, version } = await placeOf(tx, row, how);
    const step = how.step ?? "";
    if (!entries.some((line) => line.step === step)) throw notThere();
    const place = body.steps.findIndex(({ id }) => id === step);
    const isInLoop = loopAround(body, place) !== undefined;
    const isLooped = body.steps.some((_, at) => {
      const loop = at >= place ? loopAt(body, at) : undefined;
      return loop !== undefined && openingOf(entries, loop) !== undefined;
    });
    if (isInLoop || isLooped) throw inLoop();
    const tries = entries.filter((line) => line.step === step);
    const last = Math.max(0, ...tries.map((line) => line.attempt));
    // A call that may have been carried out is looked at first, as an attempt that goes on.
    const attempt = tries.some((line) => line.attempt === last && isCallOpen(line)) ? last : last + 1;
    await moveRun(tx, row.seq, { step, attempt, element: 0, version });
    await sendReady(queue, tx, [row]);
    if (row.error?.repeated !== undefined) await markRepeats(tx, row.id);
    await tell(tx, row);
    return { run: row.id, already: false };
  }

  async function versionsOf(tx: Sql, row: RunRow, step: string | null) {
    const newest = (await newestVersion(tx, row.bundle)) ?? row.version;
    const [own, other] = await Promise.all([
      readVersion(tx, row.bundle, row.version),
      readVersion(tx, row.bundle, newest),
    ]);
    const isSame = newest === row.version || (own && other && step !== null && isSameUpTo(own, other, step)) === true;
    return { newest, isSame, own, other };
  }

  /** Where a repeat within the run begins, in which version. */
  async function placeOf(tx: Sql, row: RunRow, how: RetryHow) {
    const step = how.from === "step" ? (how.step ?? null) : row.step;
    const [known, lines] = await Promise.all([versionsOf(tx, row, step), readEntries(tx, row.seq)]);
    const isNewest = how.version !== "own" && known.isSame;
    const body = isNewest ? known.other : known.own;
    if (!body) throw new NotFound();
    if (how.version === "newest" && !known.isSame) throw changedBefore();
    const version = isNewest ? known.newest : row.version;
    return {
      ...known,
      step,
      body,
      version,
      entries: lines.map(entryOf),
    };
  }

  return {
    async retry(tx: Tx, row: RunRow, how: RetryHow): Promise<Repeated> {
      if (row.state === "unknown") throw undecided();
      const isOther = how.event !== undefined;
      if (row.error?.code === EVENT_TOO_LARGE && !isOther) throw new UserError(row.error.sentence);
      if (row.state === "queued" || row.state === "running" || row.state === "waiting") {
        if (isOther) throw stillGoing();
        const ready = await takeWaiting(tx, row.workspace, { run: row.id });
        await sendReady(queue, tx, ready);
        return { run: row.id, already: ready.length === 0 };
      }
      if (!isOther && row.error?.repeated !== undefined) {
        const by = await findRepeatedBy(tx, row.id);
        if (by !== undefined) return { run: by, already: true };
      }
      if (how.from === "step" && !isOther) return fromStep(tx, row, how);
      const neverFailed = row.state === "succeeded" || (row.state === "failed" && row.step === null);
      if (how.from === "start" || isOther || neverFailed) return fromStart(tx, row, how);
      return fromFailed(tx, row, how);
    },

    async preview(tx: Sql, row: RunRow, how: RetryHow): Promise<RetryPreview> {
      const lines = await readEntries(tx, row.seq);
      const done = new Set(
        lines.flatMap((line) => (line.state === "succeeded" || isCallOpen(line) ? [line.step] : [])),
      );
      const isWhole = how.from === "start" || row.step === null || row.state === "succeeded";
      const isFromStart = how.event !== undefined || (how.from !== "step" && isWhole);
      if (isFromStart) {
        const { newest, own, other } = await versionsOf(tx, row, null);
        const body = how.version === "own" ? own : other;
        if (!body) throw new NotFound();
        const version = how.version === "own" ? row.version : newest;
        return { steps: shown(body, body.steps, done), version };
      }
      const { body, step, version, newest, isSame, entries } = await placeOf(tx, row, how);
      const place = body.steps.findIndex(({ id }) => id === step);
      const loop = loopAt(body, place) ?? (row.element > 0 ? loopAround(body, place) : undefined);
      const failed = loop ? failedElements(body, loop, entries) : [];
      const again = loop && failed.length > 0 ? repeatedOf(body, loop.end, loop.first, entries, failed) : [];
      const following = body.steps.slice(failed.length > 0 && loop ? loop.end : place);
      return {
        steps: [...shown(body, again, done), ...shown(body, following, done)],
        ...(failed.length > 0 ? { elements: failed } : {}),
        version,
        ...(newest === row.version || isSame ? {} : { choose: { own: row.version, newest } }),
      };
    },
  };

  function shown(body: Bundle, steps: readonly Step[], done: ReadonlySet<string>): RetryPreview["steps"] {
    return steps
      .filter(({ disabled, kind }) => disabled !== true && kind !== "endLoop")
      .map((step) => ({
        step: step.id,
        number: numberOf(body, step.id),
        title: stepTitle(step, find),
        wasDone: done.has(step.id),
        isUnsafe: isUnsafe(step),
      }));
  }

  function isUnsafe(step: Step): boolean {
    if (step.kind === "set") return step.keep !== "run";
    if (step.kind !== "action") return false;
    return find(step.connector)?.actions.find(({ key }) => key === step.action)?.safe !== true;
  }
}
export type Repeat = ReturnType<typeof makeRepeat>;

/** An unsafe call of which nobody knows whether it was carried out. */
const isCallOpen = ({ state }: Pick<Entry, "state">): boolean => state === "calling" || state === "unknown";

/** Of a loop's steps those from the earliest one at which a failed element broke off. */
function repeatedOf(
  body: Bundle,
  end: number,
  first: number,
  entries: readonly Entry[],
  failed: readonly number[],
): readonly Step[] {
  const broken = entries.filter((line) => line.broke === true && failed.includes(line.element));
  const places = broken.map((line) => body.steps.findIndex(({ id }) => id === line.step)).filter((at) => at >= first);
  return body.steps.slice(Math.min(end, ...places), end);
}

function undecided(): UserError {
  return new UserError({
    ru: "Сначала ответьте, выполнено ли действие: от этого зависит, повторять ли его.",
    en: "First say whether it had been done: that decides whether it is repeated.",
  });
}
function stillGoing(): UserError {
  return new UserError({
    ru: "Запуск ещё идёт. Сначала остановите его, потом повторите с другими данными.",
    en: "The run is still going. Cancel it first, then repeat it with other data.",
  });
}
function changedBefore(): UserError {
  return new UserError({
    ru: "В новой версии шаги до этого места другие, поэтому с середины её не начать. Повторите с начала в новой версии или отсюда – в прежней.",
    en: "The newest version has other steps before this one, so it can't begin in the middle. Repeat from the start in the newest version, or from here in the run's own.",
  });
}
function notThere(): UserError {
  return new UserError({
    ru: "До этого шага запуск не дошёл, повторять нечего.",
    en: "The run never came to this step, so there is nothing to repeat.",
  });
}
function inLoop(): UserError {
  return new UserError({
    ru: "С этого места повторить нельзя: дальше цикл, который уже выполнялся, и его элементы прошли бы дважды. Повторите неудачные элементы или весь запуск с начала.",
    en: "It can't be repeated from here: a loop that has already run comes after it, and its elements would be done twice. Repeat the failed elements, or the whole run from the start.",
  });
}

/** Router, break, stop-if, loop, delay and approval: decided from data alone, nothing is called. */
import type { Json, JsonObject, Text } from "../../connectors/kit/define.ts";
import { ConnectorError } from "../../connectors/kit/errors.ts";
import { parseJson } from "../../connectors/kit/json.ts";
import {
  type ApprovalStep,
  type Bundle,
  type DelayStep,
  type LoopStep,
  MAX_ELEMENTS,
  type Step,
} from "../bundle/model.ts";
import type { EntryRow } from "../store/runs.ts";
import { evaluate } from "../values/conditions.ts";
import { readMoment } from "../values/moment.ts";
import { readAmount } from "../values/numbers.ts";
import { isEmpty, readPath, toText, type ValueSettings } from "../values/settings.ts";
import { render } from "../values/template.ts";
import { itemsOf } from "./journal.ts";
import { lastingMs } from "./keep.ts";
import { answeredOutcome, type Outcome, type Work } from "./machine.ts";
import { assertSize, failed, type Result } from "./result.ts";

type Tool = Exclude<Step, { kind: "action" | "set" | "loop" }>;

/** `before`: what the step left when it began to wait; null where it is met for the first time. */
export function doTool(step: Tool, data: JsonObject, settings: ValueSettings, before: Json = null): Result {
  try {
    const { outcome, output } = decideTool(step, data, settings, before);
    return { outcome, input: null, output, exchange: null, notes: [] };
  } catch (error) {
    return failed(error, { input: null, exchange: null, isSent: false });
  }
}

interface Decided {
  readonly outcome: Outcome;
  readonly output: JsonObject;
}

function decideTool(step: Tool, data: JsonObject, settings: ValueSettings, before: Json): Decided {
  switch (step.kind) {
    case "router": {
      const { holds } = evaluate(step.when, data, settings);
      const to = holds ? step.onTrue : step.onFalse;
      return { outcome: { kind: "goes", to }, output: { holds, to } };
    }
    case "break":
      return { outcome: { kind: "ends", how: "break" }, output: { stops: true } };
    case "stopIf": {
      const { holds } = evaluate(step.when, data, settings);
      const stops = holds !== (step.negate ?? false);
      return {
        outcome: stops ? { kind: "ends", how: "stopIf" } : { kind: "goes", to: "next" },
        output: { holds, stops },
      };
    }
    case "endLoop":
      return { outcome: { kind: "goes", to: "next" }, output: {} };
    case "delay":
      return delay(step, data, settings, before);
    case "approval":
      return approve(step, data, settings, before);
    default:
      return step satisfies never;
  }
}

// ---------------------------------------------------------------- delay and approval

/** Nobody waits longer than that on purpose. */
const MAX_WAIT_MS = 366 * 86_400_000;

/** The moment is worked out once, when the run comes to it: a restart in between lengthens nothing. */
function delay(step: DelayStep, data: JsonObject, settings: ValueSettings, before: Json): Decided {
  const now = nowOf(settings);
  const until = untilOf(before) ?? delayedUntil(step, data, settings, now);
  const output = { until: until.toISOString() };
  const ms = until.getTime() - now.getTime();
  if (ms <= 0) return { outcome: { kind: "done", output }, output };
  return { outcome: { kind: "sleeps", ms, why: "delay" }, output };
}

function delayedUntil({ how }: DelayStep, data: JsonObject, settings: ValueSettings, now: Date): Date {
  if (how.kind === "for") {
    const given = render(how.amount, data, settings);
    const amount = readAmount(given, settings.locale);
    const ms =
      amount === null ? Number.NaN : lastingMs({ amount: Number(amount.units) / 10 ** amount.scale, unit: how.unit });
    if (Number.isNaN(ms)) throw wrong("amount", notHowLong(toText(given)));
    if (ms > MAX_WAIT_MS) throw wrong("amount", TOO_LONG);
    return new Date(now.getTime() + Math.max(0, ms));
  }
  const given = render(how.moment, data, settings);
  const moment = readMoment(given, settings);
  if (moment === null) throw wrong("moment", isEmpty(given) ? NO_MOMENT : notAMoment(toText(given)));
  if (moment.getTime() - now.getTime() > MAX_WAIT_MS) throw wrong("moment", TOO_LONG);
  return moment;
}

const MAX_QUESTION = 1_500;

function approve(step: ApprovalStep, data: JsonObject, settings: ValueSettings, before: Json): Decided {
  const now = nowOf(settings);
  const asked = untilOf(before);
  if (asked === null) {
    const question = toText(render(step.question, data, settings))
      .trim()
      .slice(0, MAX_QUESTION);
    if (question === "") throw wrong("question", NO_QUESTION);
    const ms = Math.min(lastingMs(step.deadline), MAX_WAIT_MS);
    const until = new Date(now.getTime() + ms).toISOString();
    return {
      outcome: { kind: "sleeps", ms, why: "approval" },
      output: { question, until, who: step.who, otherwise: step.otherwise },
    };
  }
  const known = typeof before === "object" && before !== null && !Array.isArray(before) ? before : {};
  const ms = asked.getTime() - now.getTime();
  if (ms > 0) return { outcome: { kind: "sleeps", ms, why: "approval" }, output: known };
  const output = { ...known, answer: step.otherwise, by: null, at: now.toISOString() };
  return { outcome: answeredOutcome(step.onNo, step.otherwise), output };
}

function untilOf(before: Json): Date | null {
  const until = readPath(before, "until");
  return typeof until === "string" ? new Date(until) : null;
}
const nowOf = (settings: ValueSettings): Date => settings.now ?? new Date();

// ---------------------------------------------------------------- loop

/** `known`: the list of an earlier opening. The failed elements of that list are repeated, whatever the data says now. */
export function openLoop(
  step: LoopStep,
  data: JsonObject,
  settings: ValueSettings,
  known: readonly Json[] | undefined,
): Result {
  try {
    const all = known ?? listOf(render(step.list, data, settings));
    const items = known ?? all.slice(0, step.limit ?? all.length);
    if (items.length > MAX_ELEMENTS) throw wrong("list", tooMany(items.length));
    const output = { items: [...items], total: items.length };
    assertSize(output, { ru: "Список", en: "The list" });
    const notes = items.length < all.length ? [cutTo(items.length, all.length)] : [];
    return { outcome: { kind: "opened" }, input: null, output, exchange: null, notes };
  } catch (error) {
    return failed(error, { input: null, exchange: null, isSent: false });
  }
}

/** A text lists its elements by line, comma or semicolon, or as JSON; a single record is no list. */
function listOf(value: Json): readonly Json[] {
  if (isEmpty(value)) return [];
  if (Array.isArray(value)) return value;
  if (typeof value === "object") throw wrong("list", notAList(JSON.stringify(value)));
  const text = toText(value).trim();
  if (text.startsWith("[")) {
    const parsed = tryJson(text);
    if (Array.isArray(parsed)) return parsed;
  }
  const parts = text.includes("\n") ? text.split("\n") : text.split(/[,;|]/);
  return parts.map((part) => part.trim()).filter((part) => part !== "");
}

function tryJson(text: string): Json {
  try {
    return parseJson(text);
  } catch {
    return null;
  }
}

const MOST_NAMED = 20;

/** A loop that is through: what failed is told with its index, and is all that a repeat repeats. */
export function closeLoop(
  bundle: Bundle,
  { step, failed: elements }: Extract<Work, { do: "close" }>,
  journal: readonly EntryRow[],
): Result {
  const items = itemsOf(journal, step.id) ?? [];
  const output = {
    items: [...items],
    total: items.length,
    done: doneOf(bundle, step, journal) - elements.length,
    failed: [...elements],
  };
  const base = { input: null, output, exchange: null, notes: [] };
  const [first] = elements;
  if (first === undefined) return { ...base, outcome: { kind: "closed" } };
  const broken = journal.findLast((line) => line.element === first && line.error?.broke === true)?.error;
  const named = `${elements.slice(0, MOST_NAMED).join(", ")}${elements.length > MOST_NAMED ? "…" : ""}`;
  const sentence: Text = {
    ru: `Не прошли элементы: ${elements.length} из ${items.length} (${named}). Элемент ${first}: ${broken?.sentence.ru ?? ""}`,
    en: `${elements.length} of ${items.length} elements failed (${named}). Element ${first}: ${broken?.sentence.en ?? ""}`,
  };
  const { own, field, code } = broken ?? {};
  const failure = {
    class: broken?.class ?? ("data" as const),
    sentence,
    ...(own === undefined ? {} : { own }),
    ...(field === undefined ? {} : { field }),
    ...(code === undefined ? {} : { code }),
  };
  return { ...base, outcome: { kind: "partly", failure } };
}

/** Elements that were begun. */
function doneOf(bundle: Bundle, step: LoopStep, journal: readonly EntryRow[]): number {
  const from = bundle.steps.findIndex(({ id }) => id === step.id);
  const end = bundle.steps.findIndex(({ kind }, at) => at > from && kind === "endLoop");
  const ids = new Set(bundle.steps.slice(from + 1, end === -1 ? undefined : end).map(({ id }) => id));
  return new Set(journal.filter((line) => line.element > 0 && ids.has(line.step)).map(({ element }) => element)).size;
}

// ---------------------------------------------------------------- what is wrong

const quoted = (text: string): string => (text.length > 60 ? `${text.slice(0, 59)}…` : text);

const notAList = (text: string): Text => ({
  ru: `Цикл ждёт список, а пришло «${quoted(text)}». Выберите поле со списком.`,
  en: `The loop needs a list and got “${quoted(text)}”. Choose a field that holds a list.`,
});
const tooMany = (count: number): Text => ({
  ru: `В списке ${count} элементов, а за один запуск проходит не больше ${MAX_ELEMENTS}. Поставьте в цикле ограничение или разделите список.`,
  en: `The list has ${count} elements, and one run takes ${MAX_ELEMENTS} at most. Set a limit in the loop or split the list.`,
});
const cutTo = (taken: number, all: number): Text => ({
  ru: `В списке ${all}, взяты первые ${taken}: так настроено ограничение цикла.`,
  en: `The list has ${all}; the first ${taken} were taken, as the loop's limit says.`,
});
const notHowLong = (text: string): Text => ({
  ru: `Сколько ждать, непонятно: «${quoted(text)}» – не число.`,
  en: `How long to wait isn't clear: “${quoted(text)}” is no number.`,
});
const notAMoment = (text: string): Text => ({
  ru: `До какого времени ждать, непонятно: «${quoted(text)}» – не дата.`,
  en: `Until when to wait isn't clear: “${quoted(text)}” is no date.`,
});
const NO_MOMENT: Text = {
  ru: "До какого времени ждать, непонятно: поле с датой пустое.",
  en: "Until when to wait isn't clear: the field with the date is empty.",
};
const TOO_LONG: Text = { ru: "Ждать можно не дольше года.", en: "A run waits a year at most." };
const NO_QUESTION: Text = {
  ru: "Вопрос человеку получился пустым.",
  en: "The question to the person turned out empty.",
};

const wrong = (field: string, sentence: Text): ConnectorError => new ConnectorError("data", sentence, { field });

/** What a picture of a bundle shows, before anything is drawn: one row per step, in words. Pure. */
import type { Bundle, BundleView, Locale, RunSummary, Step } from "../../engine/index.ts";
import { standing } from "../screens/standing.ts";
import { depths } from "../screens/steps.ts";
import { actionOf, type Look, serviceName, stepTitle, triggerOf } from "../screens/titles.ts";
import { number } from "../texts/words.ts";
import { drawable } from "./text.ts";

export interface Way {
  readonly kind: "yes" | "no" | "error";
  readonly label: string;
  /** Where it leads, in words. */
  readonly goes: string;
  /** The row that an arrow leads to; null where the way is the next step or the end. */
  readonly to: number | null;
}

export interface Row {
  /** As everywhere: the trigger is 1. */
  readonly number: number;
  readonly shape: "start" | "step" | "fork" | "tool";
  /** The connector whose colour it has. */
  readonly service: string | null;
  readonly label: string;
  readonly title: string;
  readonly notes: readonly string[];
  readonly isOff: boolean;
  readonly depth: number;
  readonly ways: readonly Way[];
  /** Some way out of it is the next row. */
  readonly falls: boolean;
  readonly trouble?: { readonly title: string; readonly sentence: string };
}

/** A loop's rows, from its beginning to its end. */
export interface Bracket {
  readonly from: number;
  readonly to: number;
}

export interface Chart {
  readonly title: string;
  readonly state: { readonly line: string; readonly look: "good" | "wait" | "bad" | "off" };
  readonly runs: BundleView["lastRuns"];
  readonly lastRuns: string;
  readonly counts: readonly { readonly count: string; readonly isBad: boolean }[];
  readonly rows: readonly Row[];
  readonly brackets: readonly Bracket[];
  readonly empty: string | null;
  readonly page: (n: number, of: number) => string;
}

export interface ChartModel {
  readonly view: BundleView;
  /** The newest run that failed, if one did. */
  readonly failed: RunSummary | null;
  readonly timeZone: string;
  readonly now: Date;
}

/** A picture is passed on: what could be a customer's, or a key, isn't in it. */
const PERSONAL =
  /[^\s@<>"'«»]+@[^\s@<>"'«»]+\.[^\s@<>"'«»]{2,}|https?:\/\/\S+|\+?\d[\d\s().-]{5,}\d|(?=[\w-]*\d)(?=[\w-]*[a-z])[\w-]{16,}/giu;

/** A failure's sentence without what it may quote of a record. */
export const discreet = (sentence: string): string => sentence.slice(0, 600).replace(PERSONAL, "…");

/** Day and time in any case: a picture is looked at later, when a time alone would be of another day. */
const stamp = (locale: Locale, timeZone: string, at: Date): string =>
  new Intl.DateTimeFormat(locale, {
    timeZone,
    day: "numeric",
    month: "long",
    hour: "2-digit",
    minute: "2-digit",
    hour12: false,
  }).format(at);

/** The row that a target means; null: the end. */
function rowOf(body: Bundle, target: string, index: number): number | null {
  if (target === "next") return index + 2 <= body.steps.length ? index + 2 : null;
  const at = body.steps.findIndex((one) => one.id === target);
  return target === "end" || at === -1 ? null : at + 1;
}

/** Ways in the order in which they are read: yes, no, error. */
function targetsOf(step: Step): readonly (readonly [Way["kind"], string])[] {
  const error: (readonly [Way["kind"], string])[] =
    step.onError?.kind === "goto"
      ? [["error", step.onError.step]]
      : step.onError?.kind === "continue"
        ? [["error", "next"]]
        : [];
  if (step.kind === "router") return [["yes", step.onTrue], ["no", step.onFalse], ...error];
  if (step.kind === "approval") return [["yes", "next"], ["no", step.onNo], ...error];
  return error;
}

function waysOf(look: Look, body: Bundle, step: Step, index: number): readonly Way[] {
  const words = look.t.pictures;
  if (step.disabled) return [];
  return targetsOf(step).map(([kind, target]) => {
    const to = rowOf(body, target, index);
    const isNext = to === index + 2;
    const there = to === null ? undefined : body.steps[to - 1];
    const goes =
      to === null || there === undefined
        ? words.ends
        : isNext
          ? words.goesOn
          : words.toStep(
              to + 1,
              there.name ?? (there.kind === "action" ? actionName(look, there) : stepTitle(look, there)),
            );
    const label = kind === "error" ? words.onError : words[kind];
    // An arrow back would be a mistake that the bundle's problems name.
    return { kind, label, goes, to: to === null || isNext || to <= index + 1 ? null : to };
  });
}

function fallsThrough(body: Bundle, step: Step, index: number): boolean {
  if (step.disabled) return true;
  if (step.kind === "break") return false;
  if (step.kind !== "router") return true;
  return [step.onTrue, step.onFalse].some((target) => rowOf(body, target, index) === index + 2);
}

const actionName = (look: Look, step: Extract<Step, { kind: "action" }>): string =>
  actionOf(look, step)?.name[look.locale] ?? look.t.builder.steps.gone;

function troubleOf(look: Look, { view, failed, timeZone }: ChartModel): ReadonlyMap<string, Row["trouble"]> {
  const words = look.t.pictures;
  const found = new Map<string, Row["trouble"]>();
  const step = failed?.failure?.step;
  if (failed?.failure && step !== undefined)
    found.set(step, {
      title: words.failed(stamp(look.locale, timeZone, failed.endedAt ?? failed.createdAt)),
      sentence: discreet(failed.failure.sentence[look.locale]),
    });
  if (view.triggerFailure !== null)
    found.set("trigger", { title: words.notAsked, sentence: discreet(view.triggerFailure.sentence[look.locale]) });
  return found;
}

function startRow(look: Look, body: Bundle, trouble: Row["trouble"]): Row {
  const words = look.t.pictures;
  const { trigger } = body;
  const filters = trigger?.filter?.flat().length ?? 0;
  return {
    number: 1,
    shape: "start",
    service: trigger?.connector ?? null,
    label: trigger ? `${serviceName(look, trigger.connector)} · ${words.start}` : words.start,
    title: trigger ? (triggerOf(look, body)?.name[look.locale] ?? trigger.trigger) : words.noTrigger,
    notes: filters > 0 ? [words.filter(filters)] : [],
    isOff: false,
    depth: 0,
    ways: [],
    falls: true,
    ...(trouble === undefined ? {} : { trouble }),
  };
}

function stepRow(look: Look, body: Bundle, index: number, depth: number, trouble: Row["trouble"]): Row | null {
  const words = look.t.pictures;
  const step = body.steps[index];
  if (step === undefined) return null;
  const isAction = step.kind === "action";
  const own = isAction ? actionName(look, step) : look.t.builder.action[step.kind];
  const service = isAction ? serviceName(look, step.connector) : "";
  const label = [service, step.name ? own : ""].filter((one) => one !== "").join(" · ");
  return {
    number: index + 2,
    shape: step.kind === "router" ? "fork" : isAction ? "step" : "tool",
    service: isAction ? step.connector : null,
    label: [step.disabled ? words.off : "", label].filter((one) => one !== "").join(" · "),
    title: step.name ?? own,
    notes: step.kind === "break" && !step.disabled ? [words.endsHere] : [],
    isOff: step.disabled === true,
    depth,
    ways: waysOf(look, body, step, index),
    falls: fallsThrough(body, step, index),
    ...(trouble === undefined ? {} : { trouble }),
  };
}

/** Everything that the picture of a bundle says. */
export function chartOf(look: Look, model: ChartModel): Chart {
  const { view } = model;
  const { body } = view;
  const words = look.t.pictures;
  const troubles = troubleOf(look, model);
  const deep = depths(body.steps);
  const stand = standing(look, view, model);
  const rows = [
    startRow(look, body, troubles.get("trigger")),
    ...body.steps.flatMap(({ id }, i) => stepRow(look, body, i, Math.min(deep[i] ?? 0, 3), troubles.get(id)) ?? []),
  ];
  const brackets = body.steps.flatMap((step, i): Bracket[] => {
    if (step.kind !== "loop" || step.disabled) return [];
    const end = body.steps.findIndex(({ kind }, at) => at > i && kind === "endLoop");
    return [{ from: i + 1, to: end === -1 ? body.steps.length : end + 1 }];
  });
  const { succeeded, failed } = view.counts;
  const isBad = stand.troubles.length > 0 || view.blocked !== undefined;
  return {
    title: `${view.number}. ${view.name}`,
    state: {
      line: stand.line,
      look: view.state === "draft" ? "off" : view.state === "paused" ? "wait" : isBad ? "bad" : "good",
    },
    runs: view.lastRuns,
    lastRuns: words.lastRuns,
    counts: [
      ...(succeeded > 0 ? [{ count: drawable(number(look.locale, succeeded)), isBad: false }] : []),
      ...(failed > 0 ? [{ count: drawable(number(look.locale, failed)), isBad: true }] : []),
    ],
    rows,
    brackets,
    empty: body.steps.length === 0 ? words.noSteps : null,
    page: words.page,
  };
}

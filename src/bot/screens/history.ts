/** History: runs by state, a run as its steps, a step with what was sent and answered. */
import { FormattedString } from "@grammyjs/parse-mode";
import type {
  ApprovalView,
  BundleSummary,
  Field,
  Locale,
  RunState,
  RunSummary,
  RunView,
  StepView,
} from "../../engine/index.ts";
import { to } from "../callback.ts";
import type { Button, Screen } from "../parts.ts";
import type { Texts } from "../texts/index.ts";
import { moment, short, took } from "../texts/words.ts";
import { failureLines, turner } from "./connections.ts";
import { valueLines } from "./values.ts";

export const FILTERS = ["all", "succeeded", "failed", "waiting", "unknown"] as const;
export type Filter = (typeof FILTERS)[number];

const MOST_STEPS = 30;
const MOST_BUNDLES = 20;
const MOST_LINES = 12;

const lines = (...parts: (string | FormattedString)[]): FormattedString => FormattedString.join(parts, "\n");

export interface Place {
  /** Bundle's id, or `all`. */
  readonly bundle: string;
  readonly filter: Filter;
  readonly page: number;
}
export interface Zone {
  readonly locale: Locale;
  readonly timeZone: string;
}

export function historyScreen(
  t: Texts,
  zone: Zone,
  place: Place,
  { runs, more }: { runs: readonly RunSummary[]; more: boolean },
  bundleName: string | null,
): Screen {
  const title = bundleName === null ? t.history.title : t.history.titleOf(short(bundleName, 60));
  const empty = place.filter === "all" ? t.history.empty : t.history.emptyState;
  return {
    text: lines(title, "", ...(runs.length === 0 ? [empty] : [t.history.tap, t.history.legend])),
    keyboard: [
      ...runs.map((run) => [{ text: runLabel(t, zone, run, bundleName === null), data: to("runview", run.id) }]),
      ...(place.filter === "waiting" && runs.length > 0
        ? [[{ text: t.history.retryNowAll, data: to("retrynow", place.bundle), style: "primary" as const }]]
        : []),
      ...turner((page) => to("historyof", place.bundle, place.filter, page), place.page, more),
      FILTERS.map((filter) => ({
        text: `${filter === place.filter ? "• " : ""}${filter === "all" ? t.history.filterAll : t.history.mark[filter]}`,
        data: to("historyof", place.bundle, filter, 0),
      })),
      ...(runs.length === 0 && place.filter === "all"
        ? []
        : [[{ text: t.history.replay.search, data: to("runsearch", place.bundle) }]]),
      [
        ...(bundleName === null ? [] : [{ text: t.history.bundle, data: to("card", place.bundle) }]),
        { text: t.home.toHome, data: to("home") },
      ],
    ],
  };
}

/** A run on one button: when, about what, and of which bundle where that isn't clear. */
export function runLabel(t: Texts, { locale, timeZone }: Zone, run: RunSummary, withBundle: boolean): string {
  const about = run.about === "" ? "" : ` · ${run.about}`;
  const bundle = withBundle ? ` · ${run.bundle.name}` : "";
  return short(`${t.history.mark[run.state]} ${moment(locale, timeZone, run.createdAt)}${about}${bundle}`, 56);
}

/** Which bundle is meant by `/history Call`. */
export function whichScreen(t: Texts, fitting: readonly BundleSummary[], noneFits: string | null): Screen {
  return {
    text: new FormattedString(noneFits === null ? t.history.which : t.history.noneFits(short(noneFits))),
    keyboard: [
      ...fitting
        .slice(0, MOST_BUNDLES)
        .map((one) => [{ text: `${one.number} · ${short(one.name, 50)}`, data: to("history", one.id) }]),
      [{ text: t.history.ofAll, data: to("history") }],
    ],
  };
}

export function runScreen(t: Texts, zone: Zone, run: RunView): Screen {
  const { locale, timeZone } = zone;
  const parts: (string | FormattedString)[] = [
    t.history.run(moment(locale, timeZone, run.createdAt)),
    t.history.ofBundle(run.bundle.number, short(run.bundle.name, 80)),
  ];
  if (run.about !== "") parts.push(t.history.about(short(run.about, 120)));
  parts.push("", t.history.result(t.history.mark[run.state], t.history.state[run.state]));
  if (run.behind !== null) parts.push(t.history.behind);
  else if (run.nextAt !== null && run.state === "waiting" && run.waits !== "approval")
    parts.push(t.history.nextAt(moment(locale, timeZone, run.nextAt)));
  if (run.waits !== undefined && t.history.waits[run.waits] !== "") parts.push(t.history.waits[run.waits]);
  if (run.past) parts.push(t.history.past);
  if (run.holdsUp) parts.push(t.history.holdsUp(run.holdsUp));
  if (run.approval) parts.push("", ...questionLines(t, zone, run.approval));
  if (run.ended !== null && run.ended.kind !== "end")
    parts.push(t.history.ended[run.ended.kind](String(run.ended.number ?? "")));
  if (run.failure !== null) parts.push("", ...failureLines(t, locale, run.failure));
  if (run.goOn) parts.push("", t.history.alreadyThere(run.goOn.number));
  if (run.state === "unknown") parts.push("", t.history.unknownExplained);

  const shown = run.steps.slice(-MOST_STEPS);
  parts.push("", t.history.steps, t.history.eventButton);
  if (shown.length < run.steps.length) parts.push(t.history.moreSteps(run.steps.length - shown.length));
  parts.push(...shown.map((step) => stepLine(t, locale, step)));
  if (shown.length > 0) parts.push("", t.history.tapStep);

  const newest = [...new Map(shown.map((step) => [step.step, step])).values()];
  const doors: Button[] = newest.map((step) => ({
    text: `${t.history.stepMark[step.state]} ${step.number}`,
    data: to("runstep", run.id, step.step),
  }));
  return {
    text: lines(...parts),
    keyboard: [
      ...rows([{ text: "📥 1", data: to("runstep", run.id, "trigger") }, ...doors], 6),
      ...runButtons(t, run),
      [
        { text: t.history.bundle, data: to("card", run.bundle.id) },
        { text: t.history.back, data: to("history", run.bundle.id) },
        { text: t.home.toHome, data: to("home") },
      ],
    ],
  };
}

function questionLines(t: Texts, { locale, timeZone }: Zone, asked: ApprovalView): FormattedString[] {
  const question = t.history.question(short(asked.question, 1_000), moment(locale, timeZone, asked.until));
  return [question, ...(asked.who === null ? [] : [new FormattedString(t.history.askedOf(short(asked.who.name, 60)))])];
}

/** What a step asked, whether it still waits or was answered. */
export function questionOf(run: RunView, at: { step: string; element?: number }): string {
  if (run.approval?.step === at.step && run.approval.element === at.element) return run.approval.question;
  const asked = run.steps.findLast((one) => one.step === at.step && one.element === at.element)?.output;
  const said = asked !== null && typeof asked === "object" && !Array.isArray(asked) ? asked?.question : undefined;
  return typeof said === "string" ? said : "";
}

function stepLine(t: Texts, locale: Locale, step: StepView): string {
  return `${t.history.stepMark[step.state]} ${step.number}. ${short(step.title[locale], 60)}${stepTail(t, locale, step)}`;
}

/** Which attempt, how long, and what the engine noted. */
function stepTail(t: Texts, locale: Locale, step: StepView): string {
  const details = [
    ...(step.attempt > 1 ? [t.history.attempt(step.attempt)] : []),
    ...(step.ms === null ? [] : [took(locale, step.ms)]),
  ];
  const notes = step.notes.map((note) => `\n    ${note[locale]}`).join("");
  return (details.length === 0 ? "" : ` · ${details.join(", ")}`) + notes;
}

/** What can be done about a run in its state. */
export function runButtons(
  t: Texts,
  run: Pick<
    RunView,
    | "id"
    | "state"
    | "incident"
    | "failure"
    | "steps"
    | "goOn"
    | "repeatedBy"
    | "approval"
    | "waits"
    | "holdsUp"
    | "canSkip"
  >,
): Button[][] {
  const buttons: Button[][] = [];
  const failed = run.steps.findLast((step) => step.state === "failed");
  if (run.approval) {
    const { step, element = 0 } = run.approval;
    buttons.push([
      { text: t.alerts.yes, data: to("approve", run.id, step, element, "yes", "run"), style: "success" },
      { text: t.alerts.no, data: to("approve", run.id, step, element, "no", "run"), style: "danger" },
    ]);
  }
  if (run.state === "unknown")
    buttons.push(
      [{ text: t.history.happened, data: to("resolve", run.id, "happened"), style: "success" }],
      [{ text: t.history.repeat, data: to("resolve", run.id, "repeat") }],
    );
  if (run.repeatedBy !== undefined) buttons.push([{ text: t.history.repeatedBy, data: to("runview", run.repeatedBy) }]);
  else if (run.goOn)
    buttons.push([{ text: t.history.goOnFrom(run.goOn.number), data: to("retry", run.goOn.run), style: "primary" }]);
  else if (run.state === "failed" || run.state === "cancelled")
    buttons.push([
      {
        text: failed === undefined ? t.history.retry : t.history.retryFrom(failed.number),
        data: to("retry", run.id),
        style: "primary",
      },
      { text: t.history.retryStart, data: to("again", run.id, "start", "-", "-") },
    ]);
  if (run.state === "failed" || run.state === "cancelled" || run.state === "succeeded")
    buttons.push([{ text: t.history.replay.edit, data: to("evedit", run.id) }]);
  if (run.state === "succeeded")
    buttons.push([{ text: t.history.replay.runAgain, data: to("again", run.id, "start", "-", "-") }]);
  if (run.canSkip) buttons.push([{ text: t.history.skip, data: to("skiprun", run.id) }]);
  else if (run.holdsUp) buttons.push([{ text: t.history.letGo(run.holdsUp), data: to("skiprun", run.id) }]);
  if (run.state === "waiting" && run.failure?.class === "temporary")
    buttons.push([{ text: t.history.retryNow, data: to("retry", run.id), style: "primary" }]);
  if (run.state === "queued" || run.state === "waiting" || run.state === "unknown")
    buttons.push([{ text: t.history.cancel, data: to("cancelrun", run.id), style: "danger" }]);
  if (run.state === "queued" || run.state === "running" || run.state === "waiting")
    buttons.push([{ text: t.history.refresh, data: to("runview", run.id) }]);
  if (run.incident !== null) buttons.push([{ text: t.history.incident, data: to("incident", run.incident) }]);
  return buttons;
}

export interface StepFields {
  readonly input: readonly Field[];
  readonly output: readonly Field[];
}

/** A step of a run; the trigger shows the event. */
export function stepScreen(
  t: Texts,
  { locale }: Zone,
  run: RunView,
  step: StepView | null,
  fields: StepFields,
): Screen {
  const parts: (string | FormattedString)[] = [];
  const section = (title: FormattedString | null, data: StepView["input"], of: readonly Field[]) => {
    const { lines: rows_, more } = valueLines(t, locale, data, of, MOST_LINES);
    parts.push("", ...(title === null ? [] : [title]), ...(rows_.length === 0 ? [t.history.nothing] : rows_));
    if (more > 0) parts.push(t.history.moreLines(more));
  };
  const files: Button[] = [];
  const file = (text: string, what: string) =>
    files.push({ text, data: to("stepfile", run.id, step?.step ?? "trigger", what) });
  if (step === null) {
    parts.push(t.history.event);
    section(null, run.event, fields.output);
    file(t.history.gotFile, "output");
  } else {
    const state = `${t.history.result(t.history.stepMark[step.state], t.history.stepState[step.state])}`;
    parts.push(t.history.step(step.number, short(step.title[locale], 80)), "", state + stepTail(t, locale, step));
    if (step.failure !== null) parts.push("", ...failureLines(t, locale, step.failure));
    section(t.history.sent, step.input, fields.input);
    if (step.state === "succeeded") section(t.history.got, step.output, fields.output);
    if (step.input !== null) file(t.history.sentFile, "input");
    if (step.output !== null) file(t.history.gotFile, "output");
    if (step.exchange !== null) file(t.history.exchangeFile, "exchange");
  }
  const editable = step !== null && step.state === "failed";
  const isOver = run.state === "failed" || run.state === "cancelled" || run.state === "succeeded";
  const isRepeatable = isOver && step !== null && step.element === undefined && step.state !== "skipped";
  return {
    text: lines(...parts),
    keyboard: [
      ...rows(files, 2),
      ...(isRepeatable
        ? [[{ text: t.history.replay.fromThis, data: to("again", run.id, "step", step.step, "-") }]]
        : []),
      ...(step === null && isOver ? [[{ text: t.history.replay.edit, data: to("evedit", run.id) }]] : []),
      ...(editable ? [[{ text: t.home.door.step, data: to("step", run.bundle.id, step.step) }]] : []),
      [
        { text: t.home.back, data: to("runview", run.id) },
        { text: t.home.toHome, data: to("home") },
      ],
    ],
  };
}

export const stateOf = (filter: Filter): RunState | undefined => (filter === "all" ? undefined : filter);

function rows(buttons: readonly Button[], wide: number): Button[][] {
  const all: Button[][] = [];
  for (let at = 0; at < buttons.length; at += wide) all.push(buttons.slice(at, at + wide));
  return all;
}

/** The dry run: each step reads as a sentence, problems have doors, and then it starts. */
import type { BundleView, DryRun, DryStep, Problem, Step } from "../../engine/index.ts";
import { to } from "../callback.ts";
import type { Button, Screen } from "../parts.ts";
import { moment } from "../texts/words.ts";
import { told } from "./failure.ts";
import { bold, cut, cutMiddle, italic, lines, type Piece } from "./lay.ts";
import { doorRows, mendRows, problemLines } from "./problems.ts";
import { shownAs } from "./shown.ts";
import { type Look, stepNumber, stepTitle, targetTitle } from "./titles.ts";

const MOST_STEPS = 25;
const MOST_ALONE = 30;
const MOST_VALUES = 6;

export type Named = ReadonlyMap<string, ReadonlyMap<string, string>>;

export interface DryModel {
  readonly view: BundleView;
  readonly dry: DryRun;
  readonly problems: readonly Problem[];
  /** Words for listed values (shops, statuses) by step and field label: people don't know codes. */
  readonly named: Named;
  /** Names one pressing of "do it once". */
  readonly once: string;
}

function titleOf(look: Look, view: BundleView, step: DryStep): string {
  const known = view.body.steps.find((one) => one.id === step.step);
  return known ? stepTitle(look, known) : step.title[look.locale];
}

/** `Телефон: +7 900… · Имя: Анна`, shorter the more steps there are. */
function values(
  look: Look,
  shown: readonly { label: { ru: string; en: string }; value: string }[],
  most: number,
  named?: ReadonlyMap<string, string>,
): string {
  const said = shown
    .slice(0, most)
    .map(
      (one) =>
        `${cut(one.label[look.locale], 30)}: ${cutMiddle(named?.get(one.label[look.locale]) ?? shownAs(look, one.value), 60)}`,
    )
    .join(" · ");
  const rest = shown.length - most;
  return rest > 0 ? `${said} ${look.t.builder.trigger.moreFields(rest)}` : said;
}

function stepLines(
  look: Look,
  { view, named }: Pick<DryModel, "view" | "named">,
  step: DryStep,
  most: number,
): Piece[] {
  const words = look.t.dryrun;
  const title = cut(titleOf(look, view, step), 80);
  const line = (mark: string, sentence: string): Piece =>
    `${step.number}. ${mark} ${step.element === undefined ? "" : `(${words.element(step.element)}) `}${sentence}`;
  switch (step.verdict) {
    case "wouldCreate":
    case "wouldRun":
    case "wouldUpdate":
    case "wouldKeep":
    case "wouldSkip": {
      const id = step.found ? cut(step.found.id, 40) : "";
      const sentence =
        step.verdict === "wouldCreate"
          ? words.create(title)
          : step.verdict === "wouldRun"
            ? words.run(title)
            : step.verdict === "wouldSkip"
              ? words.skip(title)
              : step.verdict === "wouldKeep"
                ? words.keep(title, id)
                : step.found
                  ? words.update(title, id)
                  : words.updatePlain(title);
      const several = step.found && step.found.several > 1 ? [`     ${words.several(step.found.several)}`] : [];
      const quiet = step.verdict === "wouldKeep" || step.verdict === "wouldSkip";
      const shown = values(look, step.shown, most, named.get(step.step));
      const doubts = quiet ? [] : (step.doubts ?? []).slice(0, MOST_VALUES);
      return [
        line(quiet ? "⏭" : "✏️", sentence),
        ...several,
        ...(shown ? [`     ${shown}`] : []),
        ...doubts.map((one) => `     ⚠️ ${cut(one.label[look.locale], 40)}: ${cut(one.sentence[look.locale], 150)}`),
      ];
    }
    case "found":
    case "foundNothing": {
      const shown = step.verdict === "found" ? values(look, step.shown, most) : "";
      return [
        line("🔍", step.verdict === "found" ? words.found(title) : words.foundNothing(title)),
        ...(shown ? [`     ${shown}`] : []),
      ];
    }
    case "goes":
      return [line("🔀", words.goes(step.holds, targetTitle(look, view.body, step.to)))];
    case "stops":
      return [line("⏹", words.stops)];
    case "passes":
      return [line("✋", words.passes)];
    case "loops":
      return [line("🔁", words.loops(step.total))];
    case "wouldWait":
      return [line("⏳", words.waits(moment(look.locale, look.timeZone, step.until)))];
    case "wouldSet":
      return [line("📌", words.sets(values(look, step.shown, most)))];
    case "wouldAsk":
      return [line("🙋", words.asks(cut(step.question, 300)))];
    case "error": {
      const { sentence, own } = told(look.locale, step.failure);
      return [
        line("🔴", `${title}. ${words.error}`),
        `     ${cut(sentence, 300)}`,
        ...(own ? [italic(`     ${cut(own, 200)}`)] : []),
      ];
    }
    default:
      return step satisfies never;
  }
}

export function dryScreen(look: Look, model: DryModel): Screen {
  const { view, dry, problems, once } = model;
  const words = look.t.dryrun;
  const hard = problems.filter((one) => !one.mild);
  const errors = dry.steps.filter((one) => one.verdict === "error");
  const most = dry.steps.length > 8 ? 2 : MOST_VALUES;
  const isLive = view.state === "active";
  const isDoubted = dry.steps.some(
    (one) => "doubts" in one && one.doubts !== undefined && one.verdict !== "wouldKeep" && one.verdict !== "wouldSkip",
  );
  const passes = dry.filter === null || dry.filter.holds;
  const fixes = errors
    .slice(0, 3)
    .map((one): Button[] => [{ text: words.fix(one.number), data: to("step", view.id, one.step) }]);
  const go: Button[] =
    hard.length > 0
      ? []
      : isLive
        ? view.hasDraft
          ? [{ text: words.publish, data: to("pub", view.id), style: "success" }]
          : []
        : [{ text: words.start, data: to("resume", view.id), style: "success" }];
  return {
    text: lines(
      bold(words.title),
      !dry.isReal && italic(words.madeUp),
      "",
      dry.filter !== null && (dry.filter.holds ? words.passed : words.filtered),
      ...dry.steps.slice(0, MOST_STEPS).flatMap((step) => stepLines(look, model, step, most)),
      dry.steps.length > MOST_STEPS && "…",
      "",
      problems.length > 0 && (hard.length > 0 ? words.problems : words.warnings),
      ...problemLines(look, hard.length > 0 ? hard : problems),
      hard.length === 0 && errors.length === 0 && passes && (isDoubted ? words.doubted : words.allRight),
      italic(words.about),
    ),
    keyboard: [
      ...(go.length > 0 ? [go] : []),
      ...doorRows(look, hard),
      ...mendRows(look, view.id, problems),
      ...fixes,
      ...(hard.length === 0 && dry.isReal && dry.steps.length > 0
        ? [[{ text: words.once, data: to("once", view.id, once) }]]
        : []),
      [
        { text: words.change, data: to("steps", view.id) },
        { text: words.again, data: to("dry", view.id) },
      ],
    ],
  };
}

/** Nothing to try it on. */
export const noSampleScreen = (look: Look, view: BundleView): Screen => ({
  text: lines(look.t.dryrun.noSample),
  keyboard: [
    [{ text: look.t.builder.steps.chooseTrigger, data: to("trigger", view.id), style: "primary" }],
    [{ text: look.t.builder.back, data: to("steps", view.id) }],
  ],
});

/** One step of the dry run, with everything it would send. */
export function aloneScreen(look: Look, model: Omit<DryModel, "problems" | "once">, step: Step): Screen {
  const { view, dry } = model;
  const words = look.t.editing;
  const found = dry.steps.filter((one) => one.step === step.id);
  return {
    text: lines(
      bold(words.tried(stepNumber(view.body, step.id), cut(stepTitle(look, step), 90))),
      !dry.isReal && italic(look.t.dryrun.madeUp),
      "",
      ...found.flatMap((one) => stepLines(look, model, one, MOST_ALONE)),
      found.length === 0 && (step.disabled ? words.isOff : words.notReached),
      "",
      italic(look.t.dryrun.about),
    ),
    keyboard: [
      [
        { text: look.t.dryrun.change, data: to("step", view.id, step.id) },
        { text: look.t.dryrun.again, data: to("try", view.id, step.id) },
      ],
      [{ text: look.t.builder.back, data: to("menu", view.id, step.id) }],
    ],
  };
}

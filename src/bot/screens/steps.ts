/** What a bundle does now: its trigger and steps as numbered lines, branches indented. */
import type { Bundle, BundleView, Problem, Source, Step } from "../../engine/index.ts";
import { to } from "../callback.ts";
import type { Button, Screen } from "../parts.ts";
import { bold, cut, evenly, lines, type Piece, page, pager } from "./lay.ts";
import { mendRows } from "./problems.ts";
import { conditionsText, type Look, stepNumber, stepTitle, targetTitle, triggerTitle } from "./titles.ts";
import { toolLine } from "./tools.ts";

/** Steps on one page: as many as a phone shows at once. */
const STEPS_PAGE = 10;
/** On a card, which says more than its steps: 20 lines of up to 110 characters stay within a message. */
const CARD_STEPS = 20;

/** How deep each step lies: what a router, an approval or an error jumps over is a branch, and a loop holds its steps. */
export function depths(steps: readonly Step[]): number[] {
  const found = steps.map(() => 0);
  const place = (target: string, at: number): number =>
    target === "next" ? at + 1 : target === "end" ? steps.length : steps.findIndex((one) => one.id === target);
  steps.forEach((step, at) => {
    const end = inLoop(steps, at);
    const far =
      step.kind === "router"
        ? Math.max(place(step.onTrue, at), place(step.onFalse, at))
        : step.kind === "approval" && step.onNo !== "end"
          ? place(step.onNo, at)
          : end;
    for (let i = at + 1; i < Math.min(far, steps.length); i++) found[i] = (found[i] ?? 0) + 1;
  });
  return found.map((depth) => Math.min(depth, 4));
}

/** Where the loop that begins here ends; here where none begins. */
function inLoop(steps: readonly Step[], at: number): number {
  if (steps[at]?.kind !== "loop") return at;
  const end = steps.findIndex(({ kind }, i) => i > at && kind === "endLoop");
  return end === -1 ? steps.length : end;
}

/** Where an error leads, if not to a stop. */
function routeText(look: Look, body: Bundle, { onError }: Step): string {
  if (onError === undefined || onError.kind === "stop") return "";
  const words = look.t.tools.routes;
  return ` · ${onError.kind === "continue" ? words.goOn : words.goTo(targetTitle(look, body, onError.step))}`;
}

/** One step in a line; problems are marked. */
export function stepLine(look: Look, body: Bundle, step: Step, sources: readonly Source[]): string {
  const words = look.t.builder.steps;
  const off = `${routeText(look, body, step)}${step.disabled ? ` (${words.disabled})` : ""}`;
  const named = step.name ? `${step.name}: ` : "";
  switch (step.kind) {
    case "router":
      return (
        named +
        words.router(
          cut(conditionsText(look, step.when, sources), 70),
          targetTitle(look, body, step.onTrue),
          targetTitle(look, body, step.onFalse),
        ) +
        off
      );
    case "stopIf":
      return named + words.stopIf(cut(conditionsText(look, step.when, sources), 70), step.negate === true) + off;
    case "action":
    case "break":
    case "endLoop":
      return cut(stepTitle(look, step), 90) + off;
    default:
      return named + (toolLine(look, { body }, step, sources) ?? stepTitle(look, step)) + off;
  }
}

export interface Outline {
  readonly view: BundleView;
  readonly sources: readonly Source[];
  readonly problems: readonly Problem[];
}

/** The numbered lines; used by the list of steps and by the card. */
export function outline(look: Look, { view, sources, problems }: Outline, from = 0, count = CARD_STEPS): Piece[] {
  const words = look.t.builder.steps;
  const { body } = view;
  const deep = depths(body.steps);
  const wrong = (id: string) => problems.some((one) => !one.mild && one.door.to === "step" && one.door.step === id);
  const filter = body.trigger?.filter ?? [];
  const head: Piece[] = [];
  if (from === 0) {
    const title = triggerTitle(look, body);
    head.push(title === null ? words.noTrigger : `1. 🎬 ${cut(title, 90)}`);
    if (filter.length > 0) head.push(`    🔎 ${cut(conditionsText(look, filter, sources), 90)}`);
  }
  return [
    ...head,
    ...body.steps.slice(from, from + count).map((step, i) => {
      const indent = "    ".repeat(deep[from + i] ?? 0);
      const mark = wrong(step.id) ? `${words.problem} ` : "";
      return `${indent}${from + i + 2}. ${mark}${stepLine(look, body, step, sources)}`;
    }),
    ...(count === CARD_STEPS && body.steps.length > from + count
      ? [look.t.editing.moreSteps(body.steps.length - from - count)]
      : []),
  ];
}

/** The list of steps while building: numbers open steps, buttons add, check and finish. */
export interface StepsModel extends Outline {
  /** A number, or the id of a step that must be on it. */
  readonly page?: string | undefined;
  /** What has just been done. */
  readonly word?: string | undefined;
  /** A step was removed just now: the undo says so. */
  readonly removed?: boolean;
}

export function stepsScreen(look: Look, model: StepsModel): Screen {
  const { view, problems } = model;
  const words = look.t.builder.steps;
  const { body } = view;
  const at = body.steps.findIndex((one) => one.id === model.page);
  const shown = page(body.steps, at < 0 ? model.page : Math.floor(at / STEPS_PAGE), STEPS_PAGE);
  const numbers: Button[] = [
    ...(shown.page === 0 && body.trigger ? [{ text: "1 🎬", data: to("trigger", view.id) }] : []),
    ...shown.items.map(
      (step): Button => ({ text: String(stepNumber(body, step.id)), data: to("step", view.id, step.id) }),
    ),
  ];
  const after = body.steps.at(-1)?.id ?? "-";
  const open = problems.filter((one) => !one.mild);
  const filters = body.trigger?.filter?.flat().length ?? 0;
  const filter: Button[] = body.trigger
    ? [{ text: filters ? words.filter(filters) : words.noFilter, data: to("cond", view.id, "trigger") }]
    : [];
  const undo: Button[] = view.canUndoEdit
    ? [
        {
          text: model.removed ? look.t.editing.bringBack : look.t.editing.undo,
          data: to("unedit", view.id, view.revision),
        },
      ]
    : [];
  return {
    text: lines(
      model.word !== undefined && [model.word, ""],
      bold(words.title(view.number, cut(view.name, 80))),
      words.now,
      "",
      ...outline(look, model, shown.from, STEPS_PAGE),
      "",
      ...[...open, ...problems.filter((one) => one.mild && one.mend)]
        .slice(0, 3)
        .map((one) => `${one.mild ? "💡" : words.problem} ${cut(one.sentence[look.locale], 250)}`),
      body.steps.length > 3 ? look.t.editing.jumpHint : words.hint,
    ),
    keyboard: [
      ...(model.removed ? [undo].filter((row) => row.length > 0) : []),
      ...evenly(numbers, 6),
      ...pager(shown, "steps", view.id),
      ...mendRows(look, view.id, problems),
      ...(body.trigger === null ? [[{ text: words.chooseTrigger, data: to("tsvc", view.id) } satisfies Button]] : []),
      [
        { text: words.add, data: to("asvc", view.id, after) },
        { text: words.addTool, data: to("tools", view.id, after) },
      ],
      ...[[...filter, ...(model.removed ? [] : undo)]].filter((row) => row.length > 0),
      ...(body.trigger && body.steps.length > 0
        ? [[{ text: words.check, data: to("dry", view.id), style: "primary" } satisfies Button]]
        : []),
      ...(view.state === "active" && view.hasDraft && open.length === 0
        ? [[{ text: look.t.card.publish, data: to("pub", view.id), style: "success" } satisfies Button]]
        : []),
      [{ text: words.save, data: to("card", view.id) }],
    ],
  };
}

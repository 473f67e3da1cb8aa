/** One step that is a tool, and what can be done with any step: move, rename, switch off, remove, on error. */
import type { Bundle, BundleView, Source, Step } from "../../engine/index.ts";
import { to } from "../callback.ts";
import type { Button, Screen } from "../parts.ts";
import { bold, cut, lines } from "./lay.ts";
import { neighbours } from "./neighbours.ts";
import { conditionsText, type Look, stepNumber, stepTitle, targetTitle } from "./titles.ts";
import { approvalScreen, delayScreen, loopScreen, setScreen } from "./tools.ts";

const heading = (look: Look, body: Bundle, step: Step) =>
  bold(look.t.builder.step.menuTitle(stepNumber(body, step.id), cut(stepTitle(look, step), 90)));

/** A tool with everything that can be set of it. */
export function toolScreen(
  look: Look,
  view: BundleView,
  step: Step,
  sources: readonly Source[],
  members?: ReadonlyMap<string, string>,
): Screen {
  const words = look.t.builder.step;
  const bottom: Button[][] = [
    ...neighbours(look, view, step.id),
    [
      { text: words.menu, data: to("menu", view.id, step.id) },
      { text: look.t.builder.done, data: to("steps", view.id, step.id), style: "success" },
    ],
  ];
  const head = [heading(look, view.body, step), ""];
  const model = { view, sources, ...(members === undefined ? {} : { members }) };
  switch (step.kind) {
    case "break":
      return { text: lines(...head, words.breakAbout), keyboard: bottom };
    case "endLoop":
      return { text: lines(...head, look.t.tools.loop.endAbout), keyboard: bottom };
    case "loop":
      return loopScreen(look, model, step, bottom);
    case "delay":
      return delayScreen(look, model, step, bottom);
    case "set":
      return setScreen(look, model, step, bottom);
    case "approval":
      return approvalScreen(look, model, step, bottom);
    case "action":
      return { text: lines(...head), keyboard: bottom };
    default:
  }
  const when = lines("", conditionsText(look, step.when, sources));
  const conditions: Button[] = [
    { text: words.conditions(step.when.flat().length), data: to("cond", view.id, step.id), style: "primary" },
  ];
  if (step.kind === "stopIf")
    return {
      text: lines(...head, step.negate ? words.stopIfNotAbout : words.stopIfAbout, when),
      keyboard: [
        conditions,
        [{ text: words.negate(step.negate === true), data: to("neg", view.id, step.id, step.negate ? 0 : 1) }],
        ...bottom,
      ],
    };
  return {
    text: lines(...head, words.routerAbout, when),
    keyboard: [
      conditions,
      [
        { text: words.yes(targetTitle(look, view.body, step.onTrue)), data: to("rt", view.id, step.id, "t") },
        { text: words.no(targetTitle(look, view.body, step.onFalse)), data: to("rt", view.id, step.id, "f") },
      ],
      ...bottom,
    ],
  };
}

/** Where a branch of a router or an error goes: later steps, the next one, the end. */
export function targetsScreen(
  look: Look,
  model: {
    readonly view: BundleView;
    readonly step: Step;
    readonly head: string;
    readonly choose: (target: string) => string;
    readonly first: readonly (readonly Button[])[];
    readonly withNext: boolean;
    readonly back: string;
  },
): Screen {
  const { view, step } = model;
  const later = view.body.steps.slice(view.body.steps.findIndex((one) => one.id === step.id) + 1);
  const words = look.t.builder;
  return {
    text: lines(heading(look, view.body, step), "", model.head),
    keyboard: [
      ...model.first,
      ...(model.withNext ? [[{ text: words.steps.nextStep, data: model.choose("next") }]] : []),
      ...later.slice(0, 60).map((one): Button[] => [
        {
          text: cut(words.step.onErrorGoto(stepNumber(view.body, one.id), stepTitle(look, one)), 50),
          data: model.choose(one.id),
        },
      ]),
      [{ text: words.steps.ends, data: model.choose("end") }],
      [{ text: words.back, data: model.back }],
    ],
  };
}

/** The ⋯ menu of a step. */
export function menuScreen(look: Look, view: BundleView, step: Step): Screen {
  const words = look.t.builder.step;
  const { steps } = view.body;
  const at = steps.findIndex((one) => one.id === step.id);
  // The target index travels with the button, so that two taps move once.
  const up: Button[] = at > 0 ? [{ text: words.up, data: to("mv", view.id, step.id, at - 1) }] : [];
  const down: Button[] = at < steps.length - 1 ? [{ text: words.down, data: to("mv", view.id, step.id, at + 1) }] : [];
  return {
    text: lines(heading(look, view.body, step), step.disabled ? `💤 ${look.t.builder.steps.disabled}` : null),
    keyboard: [
      [{ text: words.rename, data: to("ren", view.id, step.id) }],
      ...(up.length + down.length > 0 ? [[...up, ...down]] : []),
      ...(steps.length > 2
        ? [[{ text: look.t.editing.moveTo, data: to("mvto", view.id, step.id) } satisfies Button]]
        : []),
      [
        { text: look.t.editing.insertBefore, data: to("asvc", view.id, steps[at - 1]?.id ?? "0") },
        { text: look.t.editing.insertAfter, data: to("asvc", view.id, step.id) },
      ],
      ...(step.kind === "endLoop" || step.kind === "break"
        ? []
        : [[{ text: look.t.editing.tryAlone, data: to("try", view.id, step.id) } satisfies Button]]),
      [{ text: words.onError, data: to("err", view.id, step.id) }],
      [
        {
          text: step.disabled ? words.enable : words.disable,
          data: to("dis", view.id, step.id, step.disabled ? 0 : 1),
        },
        { text: words.remove, data: to("rm", view.id, step.id), style: "danger" },
      ],
      [{ text: look.t.builder.back, data: to("step", view.id, step.id) }],
    ],
  };
}

/** The list of steps, and what can be done with any step. */
import type { Bundle, BundleView, OnError, Step } from "../../engine/index.ts";
import { to } from "../callback.ts";
import type { Button, Handlers, Turn } from "../parts.ts";
import { fits, foundScreen } from "../screens/choose.ts";
import { cut, lines } from "../screens/lay.ts";
import { mendKeys } from "../screens/problems.ts";
import { menuScreen, targetsScreen } from "../screens/step.ts";
import { stepsScreen } from "../screens/steps.ts";
import { stepNumber, stepTitle } from "../screens/titles.ts";
import { indexOf } from "../short.ts";
import { allSources, change, load, lookOf, need, refusal, scopeFor, stale, stepIn } from "./draft.ts";

const LONGEST_NAME = 120;

/** `page`: a number, or the id of a step that must be on it. `word`: what has just been done. */
export async function showSteps(
  turn: Turn,
  view: BundleView,
  page?: string,
  word?: string,
  removed = false,
): Promise<void> {
  const [sources, problems] = await Promise.all([
    allSources(turn, view),
    turn.engine.bundles.problems(turn.member.scope, view.id),
  ]);
  const screen = stepsScreen(lookOf(turn), { view, sources, problems, page, word, removed });
  await turn.ask({ answer: "stepJump", args: [view.id], longest: LONGEST_NAME, screen });
}

/** By number, or by words of its title; the trigger is number 1. */
async function jump(turn: Turn, view: BundleView, typed: string): Promise<void> {
  const look = lookOf(turn);
  const { steps } = view.body;
  const number = /^(?:шаг|step)?\s*[№#]?\s*(\d{1,3})$/iu.exec(typed)?.[1];
  if (number !== undefined) {
    if (number === "1") return turn.go("trigger", view.id);
    const step = steps[Number(number) - 2];
    if (step === undefined) throw refusal((t) => t.editing.noStep(Number(number), steps.length + 1));
    return turn.go("step", view.id, step.id);
  }
  const found = steps.filter((one) => fits(stepTitle(look, one), typed));
  const [only] = found;
  if (only !== undefined && found.length === 1) return turn.go("step", view.id, only.id);
  const picks = found.map((one) => ({
    label: `${stepNumber(view.body, one.id)} · ${stepTitle(look, one)}`,
    data: to("step", view.id, one.id),
  }));
  const screen = foundScreen(look, { typed, picks, back: to("steps", view.id) });
  await turn.ask({ answer: "stepJump", args: [view.id], longest: LONGEST_NAME, screen });
}

/** Runs with a step that still exists; otherwise the list of steps is shown. */
const withStep =
  (then: (turn: Turn, view: BundleView, step: Step, ...args: (string | undefined)[]) => Promise<void>) =>
  async (turn: Turn, id?: string, stepId?: string, ...args: string[]): Promise<void> => {
    const view = await load(turn, id);
    const step = await stepIn(turn, view, stepId);
    if (step !== null) await then(turn, view, step, ...args);
  };

function onErrorOf(given: string | undefined, body: Bundle): OnError | null {
  if (given === "stop") return { kind: "stop" };
  if (given === "next") return { kind: "continue" };
  if (given === "end" || body.steps.some((one) => one.id === given)) return { kind: "goto", step: need(given) };
  return null;
}

export const steps: Handlers = {
  places: {
    steps: async (turn, id, page) => showSteps(turn, await load(turn, id), page),

    /** A repair that the engine offered, if it still does. */
    async mend(turn, id, at) {
      const view = await load(turn, id);
      const problems = await turn.engine.bundles.problems(turn.member.scope, view.id);
      const index = indexOf(at, mendKeys(problems));
      const mend = index === null ? undefined : problems[index]?.mend;
      if (mend === undefined) return stale(turn, "steps", view.id);
      turn.toast(turn.t.builder.saved);
      await showSteps(turn, await change(turn, view, mend.edit));
    },

    menu: withStep(async (turn, view, step) => turn.show(menuScreen(lookOf(turn), view, step))),
    ren: withStep(async (turn, view, step) => {
      const look = lookOf(turn);
      const asked = turn.t.builder.step.renameAsk(stepTitle(look, step));
      const keyboard: Button[][] = [[{ text: turn.t.builder.back, data: to("menu", view.id, step.id) }]];
      const screen = { text: lines(asked), keyboard };
      await turn.ask({ answer: "stepName", args: [view.id, step.id], longest: LONGEST_NAME, screen });
    }),
    mv: withStep(async (turn, view, step, where) => {
      const index = Number(where);
      if (!Number.isInteger(index) || index < 0 || index >= view.body.steps.length)
        return stale(turn, "menu", view.id, step.id);
      if (view.body.steps.indexOf(step) !== index)
        await change(turn, view, { do: "moveStep", step: step.id, to: index });
      await turn.go("steps", view.id, step.id);
    }),
    mvto: withStep(async (turn, view, step) => {
      const last = view.body.steps.length + 1;
      const keyboard: Button[][] = [[{ text: turn.t.builder.back, data: to("menu", view.id, step.id) }]];
      const screen = { text: lines(turn.t.editing.moveAsk(stepNumber(view.body, step.id), last)), keyboard };
      await turn.ask({ answer: "stepMove", args: [view.id, step.id], longest: 20, screen });
    }),
    /** Takes back the newest edit, if it still is the newest. */
    async unedit(turn, id, revision) {
      const view = await load(turn, id);
      if (String(view.revision) !== revision || !view.canUndoEdit) return stale(turn, "steps", view.id);
      const before = await turn.engine.bundles.undoEdit(scopeFor(turn, "undoEdit"), view.id, view.revision);
      await showSteps(turn, before, undefined, turn.t.editing.undone);
    },
    dis: withStep(async (turn, view, step, flag) => {
      await change(turn, view, { do: "setDisabled", step: step.id, disabled: flag === "1" });
      await turn.go("steps", view.id, step.id);
    }),
    /** At once: what was removed comes back with one tap. */
    rm: withStep(async (turn, view, step) => {
      const at = view.body.steps.indexOf(step);
      const word = turn.t.editing.removed(at + 2, cut(stepTitle(lookOf(turn), step), 60));
      const fresh = await change(turn, view, { do: "removeStep", step: step.id });
      await showSteps(turn, fresh, fresh.body.steps[Math.max(0, at - 1)]?.id, word, true);
    }),
    err: withStep(async (turn, view, step) => {
      const words = turn.t.builder.step;
      const now = step.onError ?? { kind: "stop" };
      const mark = (kind: string) => (now.kind === kind ? "🔘 " : "");
      await turn.show(
        targetsScreen(lookOf(turn), {
          view,
          step,
          head: words.onErrorTitle,
          choose: (target) => to("errs", view.id, step.id, target),
          first: [
            [{ text: `${mark("stop")}${words.onErrorStop}`, data: to("errs", view.id, step.id, "stop") }],
            [{ text: `${mark("continue")}${words.onErrorContinue}`, data: to("errs", view.id, step.id, "next") }],
          ],
          withNext: false,
          back: to("menu", view.id, step.id),
        }),
      );
    }),
    errs: withStep(async (turn, view, step, given) => {
      const onError = onErrorOf(given, view.body);
      if (onError === null) return stale(turn, "err", view.id, step.id);
      await change(turn, view, { do: "setOnError", step: step.id, onError });
      turn.toast(turn.t.builder.saved);
      await turn.go("menu", view.id, step.id);
    }),
    neg: withStep(async (turn, view, step, flag) => {
      if (step.kind !== "stopIf") return stale(turn, "step", view.id, step.id);
      await change(turn, view, { do: "setNegate", step: step.id, negate: flag === "1" });
      await turn.go("step", view.id, step.id);
    }),
    rt: withStep(async (turn, view, step, side) => {
      if (step.kind !== "router") return stale(turn, "step", view.id, step.id);
      const words = turn.t.builder.step;
      await turn.show(
        targetsScreen(lookOf(turn), {
          view,
          step,
          head: side === "t" ? words.targetYes : words.targetNo,
          choose: (target) => to("rset", view.id, step.id, side === "t" ? "t" : "f", target),
          first: [],
          withNext: true,
          back: to("step", view.id, step.id),
        }),
      );
    }),
    rset: withStep(async (turn, view, step, side, target) => {
      const known = target === "next" || target === "end" || stepNumber(view.body, need(target)) > 1;
      if (step.kind !== "router" || !known) return stale(turn, "step", view.id, step.id);
      const given = need(target);
      await change(turn, view, {
        do: "setTargets",
        step: step.id,
        ...(side === "t" ? { onTrue: given } : { onFalse: given }),
      });
      await turn.go("step", view.id, step.id);
    }),
  },
  answers: {
    async stepName(turn, text, id, stepId) {
      const view = await load(turn, id);
      const step = await stepIn(turn, view, stepId);
      if (step === null) return;
      await change(turn, view, { do: "renameStep", step: step.id, name: text });
      await turn.go("steps", view.id, step.id);
    },
    async stepJump(turn, text, id) {
      await jump(turn, await load(turn, id), text);
    },
    async stepMove(turn, text, id, stepId) {
      const view = await load(turn, id);
      const step = await stepIn(turn, view, stepId);
      if (step === null) return;
      const last = view.body.steps.length + 1;
      const place = Number(text);
      if (!/^\d{1,3}$/.test(text) || place < 2 || place > last)
        throw refusal((t) => t.editing.badPlace(cut(text, 20), last));
      await change(turn, view, { do: "moveStep", step: step.id, to: place - 2 });
      await turn.go("steps", view.id, step.id);
    },
  },
};

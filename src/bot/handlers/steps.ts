/** The list of steps, and what can be done with any step. */
import type { Bundle, BundleView, OnError, Step } from "../../engine/index.ts";
import { to } from "../callback.ts";
import type { Button, Handlers, Turn } from "../parts.ts";
import { lines } from "../screens/lay.ts";
import { mendKeys } from "../screens/problems.ts";
import { menuScreen, removeScreen, targetsScreen } from "../screens/step.ts";
import { stepsScreen } from "../screens/steps.ts";
import { stepNumber, stepTitle } from "../screens/titles.ts";
import { indexOf } from "../short.ts";
import { allSources, change, load, lookOf, need, stale, stepIn } from "./draft.ts";

const LONGEST_NAME = 120;

export async function showSteps(turn: Turn, view: BundleView, page?: string): Promise<void> {
  const [sources, problems] = await Promise.all([
    allSources(turn, view),
    turn.engine.bundles.problems(turn.member.scope, view.id),
  ]);
  await turn.show(stepsScreen(lookOf(turn), { view, sources, problems, page }));
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
      await turn.go("steps", view.id, String(Math.floor(index / 24)));
    }),
    dis: withStep(async (turn, view, step, flag) => {
      await change(turn, view, { do: "setDisabled", step: step.id, disabled: flag === "1" });
      await turn.go("steps", view.id);
    }),
    rm: withStep(async (turn, view, step) => turn.show(removeScreen(lookOf(turn), view, step))),
    rmyes: withStep(async (turn, view, step) => {
      await change(turn, view, { do: "removeStep", step: step.id });
      turn.toast(turn.t.builder.step.removed);
      await turn.go("steps", view.id);
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
      await turn.go("steps", view.id);
    },
  },
};

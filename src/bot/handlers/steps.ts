/** The list of steps, adding actions and tools, and what can be done with any step. */
import type { Bundle, BundleView, Connector, OnError, Step } from "../../engine/index.ts";
import { to } from "../callback.ts";
import type { Button, Handlers, Turn } from "../parts.ts";
import { foundScreen, listScreen, offered, type Pick, pickRows } from "../screens/choose.ts";
import { lines, page as pageOf, pager } from "../screens/lay.ts";
import { accountNeeded } from "../screens/mapping.ts";
import { mendKeys } from "../screens/problems.ts";
import { menuScreen, removeScreen, targetsScreen } from "../screens/step.ts";
import { stepsScreen } from "../screens/steps.ts";
import { type Look, stepNumber, stepTitle } from "../screens/titles.ts";
import { indexOf, newStepId, short } from "../short.ts";
import { onlyAccount } from "./accounts.ts";
import { allSources, change, load, lookOf, need, refusal, stale, stepIn } from "./draft.ts";

const actionHash = (connector: string, action: string): string => short(`${connector} ${action}`);
const TOOLS = ["router", "break", "stopIf"] as const;

/** A fresh id travels in each button, so that two taps add one step. */
const idFor = (body: Bundle): string => newStepId(body.steps.map((one) => one.id));

/** `-`: at the end. */
function indexAfter(body: Bundle, after: string): number {
  const at = body.steps.findIndex((one) => one.id === after);
  return at < 0 ? body.steps.length : at + 1;
}

const servicePicks = (turn: Turn, id: string, after: string): Pick[] =>
  offered(turn.engine.catalogue.connectors, "action").map((one) => ({
    label: one.name[turn.locale],
    data: to("aact", id, after, one.key),
  }));

/** Services for the first action, shown under the trigger's sample. */
export function firstActionRows(turn: Turn, view: BundleView): Button[][] {
  const shown = pageOf(servicePicks(turn, view.id, "-"), 0);
  return [...pickRows(shown.items), ...pager(shown, "asvc", view.id, "-")];
}

const actionPicks = (look: Look, body: Bundle, id: string, service: Connector, after: string, withService: boolean) =>
  service.actions.map(
    (one): Pick => ({
      label: withService ? `${service.name[look.locale]} · ${one.name[look.locale]}` : one.name[look.locale],
      data: to("add", id, idFor(body), actionHash(service.key, one.key), after),
    }),
  );

async function chooseAction(turn: Turn, view: BundleView, after: string, key: string, page?: string): Promise<void> {
  const look = lookOf(turn);
  const service = turn.engine.catalogue.connector(key);
  if (!service || service.actions.length === 0) return stale(turn, "asvc", view.id, after);
  const screen = listScreen({
    head: turn.t.builder.action.chooseAction(service.name[look.locale]),
    picks: actionPicks(look, view.body, view.id, service, after, false),
    page,
    place: ["aact", view.id, after, key],
    below: [[{ text: turn.t.builder.back, data: to("asvc", view.id, after) }]],
  });
  await turn.ask({ answer: "actionName", args: [view.id, after], screen });
}

async function addAction(turn: Turn, view: BundleView, id: string, hash: string, after: string): Promise<void> {
  // A second tap, or a button from before: the step is there already.
  if (view.body.steps.some((one) => one.id === id)) return turn.go("step", view.id, id);
  for (const service of turn.engine.catalogue.connectors)
    for (const one of service.actions) {
      if (actionHash(service.key, one.key) !== hash) continue;
      const connection = await onlyAccount(turn, service.key);
      const at = indexAfter(view.body, after);
      await change(turn, view, { do: "addAction", id, connector: service.key, action: one.key, connection, at });
      const chosen = connection !== null || !accountNeeded(turn.engine, service.key);
      return turn.go(chosen ? "step" : "scons", view.id, id);
    }
  await stale(turn, "asvc", view.id, after);
}

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

    async asvc(turn, id, after, page) {
      const view = await load(turn, id);
      const at = after ?? "-";
      const words = turn.t.builder;
      const screen = listScreen({
        head: words.action.chooseService(indexAfter(view.body, at) + 1),
        picks: servicePicks(turn, view.id, at),
        page,
        place: ["asvc", view.id, at],
        below: [
          [{ text: words.steps.addTool, data: to("tools", view.id, at) }],
          [{ text: words.back, data: to("steps", view.id) }],
        ],
      });
      await turn.ask({ answer: "actionName", args: [view.id, at], screen });
    },
    aact: async (turn, id, after, key, page) => chooseAction(turn, await load(turn, id), after ?? "-", need(key), page),
    add: async (turn, id, stepId, hash, after) =>
      addAction(turn, await load(turn, id), need(stepId), need(hash), after ?? "-"),

    async tools(turn, id, after) {
      const view = await load(turn, id);
      const words = turn.t.builder;
      await turn.show({
        text: lines(words.action.tools),
        keyboard: [
          ...TOOLS.map((tool): Button[] => [
            { text: words.action[tool], data: to("tool", view.id, idFor(view.body), tool, after ?? "-") },
          ]),
          [{ text: words.back, data: to("steps", view.id) }],
        ],
      });
    },
    async tool(turn, id, stepId, tool, after) {
      const view = await load(turn, id);
      const kind = TOOLS.find((one) => one === tool);
      if (kind === undefined) return stale(turn, "steps", view.id);
      if (!view.body.steps.some((one) => one.id === stepId))
        await change(turn, view, {
          do: "addTool",
          id: need(stepId),
          tool: kind,
          at: indexAfter(view.body, after ?? "-"),
        });
      await turn.go(kind === "break" ? "steps" : "step", view.id, need(stepId));
    },

    menu: withStep(async (turn, view, step) => turn.show(menuScreen(lookOf(turn), view, step))),
    ren: withStep(async (turn, view, step) => {
      const look = lookOf(turn);
      const asked = turn.t.builder.step.renameAsk(stepTitle(look, step));
      const keyboard: Button[][] = [[{ text: turn.t.builder.back, data: to("menu", view.id, step.id) }]];
      await turn.ask({ answer: "stepName", args: [view.id, step.id], screen: { text: lines(asked), keyboard } });
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
    async actionName(turn, text, id, after) {
      const view = await load(turn, id);
      const look = lookOf(turn);
      const at = after ?? "-";
      const wanted = text.toLowerCase();
      const found = offered(turn.engine.catalogue.search(text, "action"), "action");
      const named = found.map(
        (one): Pick => ({ label: one.name[look.locale], data: to("aact", view.id, at, one.key) }),
      );
      const actions = offered(turn.engine.catalogue.connectors, "action").flatMap((service) =>
        actionPicks(look, view.body, view.id, service, at, true).filter((_, i) => {
          const one = service.actions[i];
          return (
            one &&
            (one.name[look.locale].toLowerCase().includes(wanted) || one.words?.some((word) => word.includes(wanted)))
          );
        }),
      );
      const screen = foundScreen(look, { typed: text, picks: [...named, ...actions], back: to("asvc", view.id, at) });
      await turn.ask({ answer: "actionName", args: [view.id, at], screen });
    },
    async stepName(turn, text, id, stepId) {
      const view = await load(turn, id);
      const step = await stepIn(turn, view, stepId);
      if (step === null) return;
      if (text.length > 120) throw refusal((t) => t.builder.step.renameLong);
      await change(turn, view, { do: "renameStep", step: step.id, name: text });
      await turn.go("steps", view.id);
    },
  },
};

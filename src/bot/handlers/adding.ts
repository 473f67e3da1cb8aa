/** Adding to a bundle: an action by service and name, or a tool, after any step. */
import type { Bundle, BundleView, Connector } from "../../engine/index.ts";
import { to } from "../callback.ts";
import type { Button, Handlers, Turn } from "../parts.ts";
import { fits, foundScreen, listScreen, offered, type Pick, pickRows } from "../screens/choose.ts";
import { bold, grid, lines, page as pageOf, pager } from "../screens/lay.ts";
import { accountNeeded } from "../screens/mapping.ts";
import type { Look } from "../screens/titles.ts";
import { newStepId, short } from "../short.ts";
import { onlyAccount } from "./accounts.ts";
import { change, load, lookOf, need, stale } from "./draft.ts";

const actionHash = (connector: string, action: string): string => short(`${connector} ${action}`);
const TOOLS = ["router", "break", "stopIf", "loop", "endLoop", "delay", "set", "approval"] as const;

/** A fresh id travels in each button, so that two taps add one step. */
const idFor = (body: Bundle): string => newStepId(body.steps.map((one) => one.id));

/** `-`: at the end; `0`: before all others. */
function indexAfter(body: Bundle, after: string): number {
  if (after === "0") return 0;
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
  const tools: Button[] = [{ text: turn.t.builder.steps.addTool, data: to("tools", view.id, "-") }];
  return [...pickRows(shown.items), ...pager(shown, "asvc", view.id, "-"), tools];
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

export const adding: Handlers = {
  places: {
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
        text: lines(
          bold(words.action.tools),
          "",
          ...TOOLS.map((tool) => `${words.action[tool]} – ${turn.t.tools.about[tool]}`),
        ),
        keyboard: [
          ...grid(
            TOOLS.map(
              (tool): Button => ({
                text: words.action[tool],
                data: to("tool", view.id, idFor(view.body), tool, after ?? "-"),
              }),
            ),
            2,
          ),
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
      const isPlain = kind === "break" || kind === "endLoop";
      await turn.go(isPlain ? "steps" : "step", view.id, need(stepId));
    },
  },
  answers: {
    async actionName(turn, text, id, after) {
      const view = await load(turn, id);
      const look = lookOf(turn);
      const at = after ?? "-";
      const found = offered(turn.engine.catalogue.search(text, "action"), "action");
      const named = found.map(
        (one): Pick => ({ label: one.name[look.locale], data: to("aact", view.id, at, one.key) }),
      );
      const actions = offered(turn.engine.catalogue.connectors, "action").flatMap((service) => {
        const picks = actionPicks(look, view.body, view.id, service, at, true);
        return service.actions.flatMap((one, i) => {
          const pick = picks[i];
          return pick && fits([pick.label, ...(one.words ?? [])].join(" "), text) ? [pick] : [];
        });
      });
      const screen = foundScreen(look, { typed: text, picks: [...named, ...actions], back: to("asvc", view.id, at) });
      await turn.ask({ answer: "actionName", args: [view.id, at], screen });
    },
  },
};

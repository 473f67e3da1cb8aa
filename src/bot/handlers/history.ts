/** History, a run and its steps; retry, answer of an unknown outcome, cancel. */
import { type Bundle, type Json, NotFound, type RunView } from "../../engine/index.ts";
import type { Handlers, Place, Turn } from "../parts.ts";
import { unknownCard } from "../screens/alerts.ts";
import {
  FILTERS,
  type Filter,
  historyScreen,
  runScreen,
  type StepFields,
  stateOf,
  stepScreen,
  whichScreen,
} from "../screens/history.ts";
import { pageOf } from "./connections.ts";

const zoneOf = (turn: Turn) => ({ locale: turn.locale, timeZone: turn.member.timeZone });
const filterOf = (arg: string | undefined): Filter => FILTERS.find((one) => one === arg) ?? "all";

const list: Place = async (turn, bundle = "all", filter, page) => {
  const { engine, member, t } = turn;
  const place = { bundle, filter: filterOf(filter), page: pageOf(page) };
  const state = stateOf(place.filter);
  const found = await engine.runs.list(member.scope, {
    page: place.page,
    ...(bundle === "all" ? {} : { bundle }),
    ...(state === undefined ? {} : { state }),
  });
  const name = bundle === "all" ? null : (await engine.bundles.get(member.scope, bundle)).name;
  // Typing any value here finds the runs that had it.
  const screen = historyScreen(t, zoneOf(turn), place, found, name);
  await turn.ask({ answer: "runWords", args: [bundle], longest: 200, screen });
};

const read = (turn: Turn, id: string): Promise<RunView> => turn.engine.runs.get(turn.member.scope, id);

const view: Place = async (turn, id = "") => turn.show(runScreen(turn.t, zoneOf(turn), await read(turn, id)));

/** Names of the step's fields, from the bundle as it is now; a step that is gone is shown by its keys. */
export async function fieldsOf(turn: Turn, run: RunView, step: string): Promise<StepFields> {
  let body: Bundle;
  try {
    body = (await turn.engine.bundles.get(turn.member.scope, run.bundle.id)).body;
  } catch (error) {
    if (error instanceof NotFound) return { input: [], output: [] };
    throw error;
  }
  const { catalogue } = turn.engine;
  if (step === "trigger") {
    const { trigger } = body;
    const found = catalogue.connector(trigger?.connector ?? "")?.triggers.find(({ key }) => key === trigger?.trigger);
    return { input: [], output: found?.output ?? [] };
  }
  const found = body.steps.find(({ id }) => id === step);
  if (found?.kind !== "action") return { input: [], output: [] };
  const action = catalogue.connector(found.connector)?.actions.find(({ key }) => key === found.action);
  return { input: action?.fields ?? [], output: action?.output ?? [] };
}

function stepOf(run: RunView, step: string) {
  const found = run.steps.findLast((one) => one.step === step);
  if (found === undefined && step !== "trigger") throw new NotFound();
  return found ?? null;
}

async function retry(turn: Turn, id: string, from: "failed"): Promise<void> {
  const { run, already } = await turn.engine.runs.retry(turn.member.scope, id, from);
  turn.toast(already ? turn.t.history.alreadyRetried : turn.t.history.retrying);
  await view(turn, run);
}

export const history: Handlers = {
  places: {
    history: (turn, bundle) => list(turn, bundle),
    historyof: list,
    runview: view,
    async runstep(turn, id = "", step = "") {
      const run = await read(turn, id);
      await turn.show(stepScreen(turn.t, zoneOf(turn), run, stepOf(run, step), await fieldsOf(turn, run, step)));
    },
    async stepfile(turn, id = "", step = "", what = "") {
      const run = await read(turn, id);
      const found = stepOf(run, step);
      const parts: Record<string, Json> =
        found === null ? { output: run.event } : { input: found.input, output: found.output, exchange: found.exchange };
      const data = Object.hasOwn(parts, what) ? parts[what] : undefined;
      if (data === undefined || data === null) throw new NotFound();
      await turn.sendFile(`${found?.number ?? 1}-${what}.json`, JSON.stringify(data, null, 2));
    },
    /** Runs that wait because a service doesn't answer. */
    async retrynow(turn, bundle = "all") {
      const which = bundle === "all" ? { all: true as const } : { bundle };
      const count = await turn.engine.runs.retryNow(turn.member.scope, which);
      turn.toast(count === 0 ? turn.t.alerts.nothingToRetry : turn.t.alerts.retried(count));
      await list(turn, bundle, "waiting");
    },
    retry: (turn, id = "") => retry(turn, id, "failed"),
    /** Buttons of before the preview. */
    retrystart: (turn, id = "") => turn.go("again", id, "start", "-", "-"),
    retrystartyes: (turn, id = "") => turn.go("again", id, "start", "-", "-"),
    async skiprun(turn, id = "") {
      turn.toast(turn.t.history.skipped(await turn.engine.runs.skip(turn.member.scope, id)));
      await view(turn, id);
    },
    async resolve(turn, id = "", given, stand) {
      const outcome = given === "happened" ? "happened" : "repeat";
      await turn.engine.runs.resolve(turn.member.scope, id, outcome);
      turn.toast(turn.t.history.resolved);
      if (stand === "card") return turn.here(unknownCard(turn.t, await read(turn, id), outcome));
      await view(turn, id);
    },
    async cancelrun(turn, id = "") {
      await turn.engine.runs.cancel(turn.member.scope, id);
      turn.toast(turn.t.history.cancelled);
      await view(turn, id);
    },
  },
  answers: {},
  commands: {
    async history(turn, rest, replied) {
      const { engine, member, t } = turn;
      const card = replied.map((data) => /^card:(\w+)/.exec(data)?.[1]).find((id) => id !== undefined);
      if (rest === "" && card !== undefined) return turn.go("history", card);
      if (rest === "") return turn.go("history");
      const found = await engine.bundles.match(member.scope, rest);
      const [only] = found;
      if (only !== undefined && found.length === 1) return turn.go("history", only.id);
      const all = found.length > 0 ? found : await engine.bundles.list(member.scope);
      await turn.show(whichScreen(t, all, found.length > 0 ? null : rest));
    },
  },
};

/** What every handler of the builder needs: loading, one edit at a time, arguments that come from outside. */
import {
  type ActionStep,
  type BundleView,
  type Edit,
  NotFound,
  type Scope,
  type Source,
  Stale,
  type Step,
  UserError,
} from "../../engine/index.ts";
import type { Turn } from "../parts.ts";
import type { Look } from "../screens/titles.ts";
import { short } from "../short.ts";
import { textsFor } from "../texts/index.ts";

export const lookOf = (turn: Turn): Look => ({
  t: turn.t,
  locale: turn.locale,
  catalogue: turn.engine.catalogue,
  timeZone: turn.member.timeZone,
});

/** An argument that the button must have had. */
export function need(arg: string | undefined): string {
  if (arg === undefined || arg === "") throw new NotFound();
  return arg;
}

/** Names an effect within this update, so that several of them in one turn don't count as one. */
export const scopeFor = (turn: Turn, what: string): Scope => {
  const { scope } = turn.member;
  return scope.op === undefined ? scope : { ...scope, op: `${scope.op}:${what}` };
};

/** The effect of a button that creates something: pressed twice, it happens once. */
export const scopeOnce = (turn: Turn, nonce: string): Scope => ({ ...turn.member.scope, op: `tap:${nonce}` });

export const load = (turn: Turn, id: string | undefined): Promise<BundleView> =>
  turn.engine.bundles.get(turn.member.scope, need(id));

/**
 * Applies one edit to the newest draft. Edited elsewhere meanwhile, it is still done where the place it changes is as
 * it was: what was typed isn't lost to a tap on another device. Otherwise `Stale`, and the fresh screen is shown.
 */
export async function change(turn: Turn, view: BundleView, edit: Edit): Promise<BundleView> {
  const scope = scopeFor(turn, short(JSON.stringify(edit)));
  const { bundles } = turn.engine;
  for (let now = view, tries = 0; ; tries++) {
    try {
      return await bundles.edit(scope, now.id, now.revision, edit);
    } catch (error) {
      if (!(error instanceof Stale) || tries === MOST_TRIES) throw error;
      now = await bundles.get(turn.member.scope, view.id);
      if (touched(now, edit) !== touched(view, edit)) throw error;
    }
  }
}
const MOST_TRIES = 3;

/** The part of a bundle that an edit changes, to tell whether somebody else changed it. */
function touched({ body }: BundleView, edit: Edit): string {
  const { trigger, steps } = body;
  switch (edit.do) {
    case "addAction":
    case "addTool":
      return "";
    case "moveStep":
      return steps.map(({ id }) => id).join();
    case "setOrder":
    case "replaceConnection":
      return JSON.stringify(body);
    default: {
      const step = "step" in edit ? edit.step : "trigger";
      return JSON.stringify(step === "trigger" ? trigger : (steps.find(({ id }) => id === step) ?? null));
    }
  }
}

/** A step that may have been removed since the button was drawn: then the list of steps is shown. */
export async function stepIn(turn: Turn, view: BundleView, id: string | undefined): Promise<Step | null> {
  const step = view.body.steps.find((one) => one.id === id);
  if (step) return step;
  await stale(turn, "steps", view.id);
  return null;
}

export async function actionIn(turn: Turn, view: BundleView, id: string | undefined): Promise<ActionStep | null> {
  const step = await stepIn(turn, view, id);
  if (step === null || step.kind === "action") return step;
  await stale(turn, "step", view.id, step.id);
  return null;
}

/** The button means something else by now: the fresh screen with a word. */
export async function stale(turn: Turn, place: string, ...args: string[]): Promise<void> {
  turn.toast(turn.t.builder.stale);
  await turn.go(place, ...args);
}

/** Fields of the trigger and of every step, for names in conditions. */
export async function allSources(turn: Turn, view: BundleView): Promise<readonly Source[]> {
  // A step that isn't there comes after all that are.
  return view.body.trigger ? turn.engine.bundles.sources(turn.member.scope, view.id, "-") : [];
}

type Texts = ReturnType<typeof textsFor>;

/** A refusal in both languages, from the texts. */
export const refusal = (say: (t: Texts) => string): UserError =>
  new UserError({ ru: say(textsFor("ru")), en: say(textsFor("en")) });

/** What every handler of the builder needs: loading, one edit at a time, arguments that come from outside. */
import {
  type ActionStep,
  type BundleView,
  type Edit,
  NotFound,
  type Scope,
  type Source,
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

/** Applies one edit to the newest draft. */
export async function change(turn: Turn, view: BundleView, edit: Edit): Promise<BundleView> {
  const scope = scopeFor(turn, short(JSON.stringify(edit)));
  return turn.engine.bundles.edit(scope, view.id, view.revision, edit);
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

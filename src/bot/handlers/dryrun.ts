/** The dry run, and doing it once for real. */
import { type BundleView, type DryRun, UserError } from "../../engine/index.ts";
import { to } from "../callback.ts";
import type { Handlers, Turn } from "../parts.ts";
import { askScreen } from "../screens/card.ts";
import { aloneScreen, dryScreen, type Named, noSampleScreen } from "../screens/dryrun.ts";
import { lines } from "../screens/lay.ts";
import { nonce } from "../short.ts";
import { load, lookOf, need, scopeOnce, stepIn } from "./draft.ts";

/** Longer bundles show so few values that names would be lost anyway. */
const MOST_NAMED = 8;

/** The dry run; null where there is nothing to try it on. */
async function played(turn: Turn, view: BundleView): Promise<DryRun | null> {
  return turn.engine.bundles.dryRun(turn.member.scope, view.id).catch((error: unknown) => {
    if (error instanceof UserError) return null;
    throw error;
  });
}

async function showDry(turn: Turn, view: BundleView): Promise<void> {
  const { bundles } = turn.engine;
  const { scope } = turn.member;
  if (!view.body.trigger) return turn.go("trigger", view.id);
  await turn.show({ text: lines(turn.t.dryrun.working), keyboard: [], passing: true });
  const [dry, problems] = await Promise.all([played(turn, view), bundles.problems(scope, view.id)]);
  const look = lookOf(turn);
  if (dry === null) return turn.show(noSampleScreen(look, view));
  const named = await namesOfListed(turn, view);
  await turn.show(dryScreen(look, { view, dry, problems, named, once: nonce() }));
}

/** What fixed values of lists are called, for the steps whose values are shown at length. */
async function namesOfListed(turn: Turn, view: BundleView): Promise<Named> {
  const steps = view.body.steps.filter((step) => step.kind === "action").slice(0, MOST_NAMED);
  const found = await Promise.all(
    steps.map(async (step): Promise<[string, Map<string, string>]> => {
      const lines = await turn.engine.bundles.mapping(turn.member.scope, view.id, step.id);
      const fixed = lines.filter(
        ({ field, value, spoken }) =>
          (field.list || field.choices) && typeof value === "string" && !value.includes("{") && spoken !== null,
      );
      return [step.id, new Map(fixed.map((line) => [line.field.label[turn.locale], line.spoken ?? ""]))];
    }),
  );
  return new Map(found);
}

export const dryrun: Handlers = {
  places: {
    dry: async (turn, id) => showDry(turn, await load(turn, id)),
    /** One step alone: what it would do with the sample. */
    async try(turn, id, stepId) {
      const view = await load(turn, id);
      const step = await stepIn(turn, view, stepId);
      if (step === null) return;
      await turn.show({ text: lines(turn.t.editing.trying), keyboard: [], passing: true });
      const dry = await played(turn, view);
      if (dry === null) return turn.show(noSampleScreen(lookOf(turn), view));
      const named = await namesOfListed(turn, { ...view, body: { ...view.body, steps: [step] } });
      await turn.show(aloneScreen(lookOf(turn), { view, dry, named }, step));
    },
    async once(turn, id, tap) {
      const view = await load(turn, id);
      const { dryrun } = turn.t;
      const yes = { text: dryrun.onceYes, data: to("onceyes", view.id, need(tap)), style: "success" } as const;
      await turn.show(askScreen(lookOf(turn), dryrun.onceAsk, yes, to("dry", view.id)));
    },
    async onceyes(turn, id, tap) {
      const view = await load(turn, id);
      const { run } = await turn.engine.bundles.runOnce(scopeOnce(turn, need(tap)), view.id);
      await turn.show({
        text: lines(turn.t.dryrun.did),
        keyboard: [
          [{ text: turn.t.card.openRun, data: to("runview", run), style: "primary" }],
          [{ text: turn.t.builder.steps.save, data: to("card", view.id) }],
        ],
      });
    },
  },
  answers: {},
};

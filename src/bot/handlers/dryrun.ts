/** The dry run, and doing it once for real. */
import { type BundleView, UserError } from "../../engine/index.ts";
import { to } from "../callback.ts";
import type { Handlers, Turn } from "../parts.ts";
import { askScreen } from "../screens/card.ts";
import { dryScreen, noSampleScreen } from "../screens/dryrun.ts";
import { lines } from "../screens/lay.ts";
import { nonce } from "../short.ts";
import { load, lookOf, need, scopeOnce } from "./draft.ts";

async function showDry(turn: Turn, view: BundleView): Promise<void> {
  const { bundles } = turn.engine;
  const { scope } = turn.member;
  if (!view.body.trigger) return turn.go("trigger", view.id);
  await turn.show({ text: lines(turn.t.dryrun.working), keyboard: [] });
  const [dry, problems] = await Promise.all([
    bundles.dryRun(scope, view.id).catch((error: unknown) => {
      if (error instanceof UserError) return null;
      throw error;
    }),
    bundles.problems(scope, view.id),
  ]);
  const look = lookOf(turn);
  await turn.show(dry === null ? noSampleScreen(look, view) : dryScreen(look, { view, dry, problems, once: nonce() }));
}

export const dryrun: Handlers = {
  places: {
    dry: async (turn, id) => showDry(turn, await load(turn, id)),
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

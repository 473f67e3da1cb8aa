/** Publishing what was looked at, and going back to what was live before. */
import { type BundleView, UserError } from "../../engine/index.ts";
import type { Handlers, Turn } from "../parts.ts";
import { publishScreen, versionScreen, versionsScreen } from "../screens/versions.ts";
import { showCard, showProblems, start } from "./card.ts";
import { load, lookOf, scopeFor, stale } from "./draft.ts";

async function showPublish(turn: Turn, view: BundleView): Promise<void> {
  if (!view.hasDraft) return showCard(turn, view, turn.t.card.published);
  if (await showProblems(turn, view)) return;
  // Paused or never started, its start publishes it.
  if (view.state !== "active") return start(turn, view);
  const changes = await turn.engine.bundles.compare(turn.member.scope, view.id, view.version, "draft");
  await turn.show(publishScreen(lookOf(turn), view, changes));
}

async function showVersions(turn: Turn, view: BundleView, page?: string): Promise<void> {
  const all = await turn.engine.bundles.versions(turn.member.scope, view.id);
  await turn.show(versionsScreen(lookOf(turn), view, all, page));
}

async function showVersion(turn: Turn, view: BundleView, given: string | undefined): Promise<void> {
  const { bundles } = turn.engine;
  const { scope } = turn.member;
  const one = (await bundles.versions(scope, view.id)).find(({ version }) => String(version) === given);
  if (one === undefined) return stale(turn, "vers", view.id);
  const changes = one.isLive ? [] : await bundles.compare(scope, view.id, view.version, one.version);
  await turn.show(versionScreen(lookOf(turn), view, one, changes));
}

export const versions: Handlers = {
  places: {
    pub: async (turn, id) => showPublish(turn, await load(turn, id)),
    async pubyes(turn, id, revision) {
      const view = await load(turn, id);
      if (!view.hasDraft) return showCard(turn, view, turn.t.card.published);
      // Edited since on another device: what would be published now is shown first.
      if (String(view.revision) !== revision || view.state !== "active") return stale(turn, "pub", view.id);
      if (await showProblems(turn, view)) return;
      const published = await turn.engine.bundles.publish(scopeFor(turn, "publish"), view.id);
      await showCard(turn, published, turn.t.card.published);
    },
    vers: async (turn, id, page) => showVersions(turn, await load(turn, id), page),
    ver: async (turn, id, version) => showVersion(turn, await load(turn, id), version),
    async verback(turn, id, version, live) {
      const view = await load(turn, id);
      const wanted = Number(version);
      if (String(view.version) !== live || !Number.isInteger(wanted)) return stale(turn, "vers", view.id);
      try {
        const back = await turn.engine.bundles.undo(scopeFor(turn, "undo"), view.id, wanted);
        await showCard(turn, back, turn.t.editing.versionIsBack(wanted));
      } catch (error) {
        // An account or a field has gone since: the door leads there, the card says why.
        if (!(error instanceof UserError)) throw error;
        throw error.door === undefined ? new UserError(error.sentence, { to: "bundle", id: view.id }) : error;
      }
    },
  },
  answers: {},
};

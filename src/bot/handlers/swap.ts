/** A bundle whose connection was deleted: another one takes its place everywhere at once. */
import type { BundleView } from "../../engine/index.ts";
import { to } from "../callback.ts";
import type { Handlers, Turn } from "../parts.ts";
import { accountsScreen } from "../screens/choose.ts";
import { serviceName } from "../screens/titles.ts";
import { accountsOf } from "./accounts.ts";
import { showCard } from "./card.ts";
import { change, load, lookOf, need, stale } from "./draft.ts";

/** The first connection that the bundle uses and that is gone. */
async function goneFrom(turn: Turn, { body }: BundleView): Promise<{ connection: string; connector: string } | null> {
  const known = new Set((await turn.engine.connections.list(turn.member.scope)).map(({ id }) => id));
  const uses = [body.trigger, ...body.steps.map((step) => (step.kind === "action" ? step : null))];
  for (const use of uses)
    if (use?.connection && !known.has(use.connection)) return { connection: use.connection, connector: use.connector };
  return null;
}

export const swap: Handlers = {
  places: {
    async swap(turn, id, page) {
      const view = await load(turn, id);
      const gone = await goneFrom(turn, view);
      if (gone === null) return stale(turn, "card", view.id);
      const look = lookOf(turn);
      await turn.show(
        accountsScreen(look, {
          service: serviceName(look, gone.connector),
          accounts: await accountsOf(turn, gone.connector),
          can: view.body.trigger?.connection === gone.connection ? "trigger" : "action",
          choose: (account) => to("swapto", view.id, account),
          connect: to("swapnew", view.id),
          back: to("card", view.id),
          page,
          place: ["swap", view.id],
        }),
      );
    },
    async swapto(turn, id, account) {
      const view = await load(turn, id);
      const gone = await goneFrom(turn, view);
      const chosen = (await turn.engine.connections.list(turn.member.scope)).find((one) => one.id === account);
      if (gone === null || chosen?.connector !== gone.connector) return stale(turn, "card", view.id);
      const fresh = await change(turn, view, {
        do: "replaceConnection",
        from: gone.connection,
        to: need(account),
      });
      // Another one may be missing too.
      if ((await goneFrom(turn, fresh)) !== null) return turn.go("swap", view.id);
      await showCard(turn, fresh, turn.t.card.swapped(chosen.name));
    },
    async swapnew(turn, id) {
      const view = await load(turn, id);
      const gone = await goneFrom(turn, view);
      if (gone === null) return stale(turn, "card", view.id);
      await turn.returnTo("swapto", view.id);
      await turn.go("connect", gone.connector);
    },
  },
  answers: {},
};

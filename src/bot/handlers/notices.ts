/** A member's own alerts: how often, when not, where to. */
import { type AlertChange, NotFound } from "../../engine/index.ts";
import type { Handlers, Place, Turn } from "../parts.ts";
import { hourOf, noticesScreen, quietOf, quietScreen, whereScreen } from "../screens/notices.ts";
import { refusal } from "./draft.ts";

const MODES = ["now", "hourly", "daily", "off"] as const;

const notices: Place = async (turn) => {
  const { engine, member, t } = turn;
  await turn.show(noticesScreen(t, member, await engine.groups.list(member.scope)));
};

async function change(turn: Turn, alerts: AlertChange): Promise<void> {
  const { engine, t } = turn;
  const member = await engine.people.setSettings(turn.member.scope, { alerts });
  turn.toast(t.settings.saved);
  await turn.show(noticesScreen(t, member, await engine.groups.list(member.scope)));
}

export const noticing: Handlers = {
  places: {
    notices,
    async setnotice(turn, what, to) {
      const mode = MODES.find((one) => one === to);
      if (what === "mode" && mode !== undefined) return change(turn, { mode });
      if (what === "daily" || what === "weekly") return change(turn, { summaries: { [what]: to === "on" } });
      throw new NotFound();
    },
    quiet: (turn) => turn.ask({ answer: "quietHours", args: [], longest: 60, screen: quietScreen(turn.t) }),
    setquiet: (turn, from = "", to = "") =>
      change(turn, { quiet: from === "none" ? null : { from: hourOf(from), to: hourOf(to) } }),
    async where(turn) {
      const { engine, member, t } = turn;
      await turn.show(whereScreen(t, member, await engine.groups.list(member.scope), turn.link("alerts", "group")));
    },
    setwhere: (turn, chat = "") => change(turn, { place: chat === "mine" ? null : { chatId: Number(chat) } }),
  },
  answers: {
    async quietHours(turn, text) {
      const quiet = quietOf(text);
      if (quiet === null) throw refusal((t) => t.settings.team.quietNot);
      await change(turn, { quiet });
    },
  },
};

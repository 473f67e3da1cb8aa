/** Home, status, help, /cancel, and words that answer nothing. */
import { FormattedString } from "@grammyjs/parse-mode";
import { to } from "../callback.ts";
import type { Handlers, Turn } from "../parts.ts";
import { helpScreen, homeScreen, statusScreen } from "../screens/home.ts";

async function showHome(turn: Turn, word?: string): Promise<void> {
  const { engine, member, t } = turn;
  await turn.forgetReturn();
  await turn.show(homeScreen(t, await engine.runs.status(member.scope), member.name, word));
}

export const home: Handlers = {
  places: {
    home: (turn) => showHome(turn),
    status: async (turn) =>
      turn.show(statusScreen(turn.t, turn.locale, await turn.engine.runs.status(turn.member.scope))),
    help: (turn) => turn.show(helpScreen(turn.t)),
    said: (turn) => showHome(turn, turn.t.home.notUnderstood),
  },
  answers: {},
  commands: {
    start: (turn) => turn.go("home"),
    status: (turn) => turn.go("status"),
    help: (turn) => turn.go("help"),
    async cancel(turn) {
      const { t, interrupted } = turn;
      await turn.forgetReturn();
      const isConnection = interrupted?.answer === "connectionValue";
      const word = isConnection ? t.home.cancelledConnection : interrupted ? t.home.cancelled : t.home.nothingToCancel;
      await turn.show({
        text: new FormattedString(word),
        keyboard: [
          [
            isConnection
              ? { text: t.home.connections, data: to("connections") }
              : { text: t.home.bundles, data: to("bundles") },
            { text: t.home.toHome, data: to("home") },
          ],
        ],
      });
    },
  },
};

/** Home, status, help, /cancel, and words that answer nothing. */
import { FormattedString } from "@grammyjs/parse-mode";
import { to } from "../callback.ts";
import { isLinkCode, readPlace } from "../deeplink.ts";
import type { Handlers, Turn } from "../parts.ts";
import { helpScreen, homeScreen, statusScreen } from "../screens/home.ts";

async function showHome(turn: Turn): Promise<void> {
  const { engine, member, t } = turn;
  await turn.forgetReturn();
  await turn.show(homeScreen(t, await engine.runs.status(member.scope), member.name));
}

const showStatus = async (turn: Turn): Promise<void> =>
  turn.show(
    statusScreen(
      turn.t,
      { locale: turn.locale, timeZone: turn.member.timeZone },
      await turn.engine.runs.status(turn.member.scope),
    ),
  );

/** Words that answer nothing. The screen above stays as it is: the person was in the middle of something there. */
async function notUnderstood(turn: Turn): Promise<void> {
  const { screenMessage } = await turn.engine.telegram.chat(turn.chatId);
  if (screenMessage === null) return showHome(turn);
  await turn.send({
    text: new FormattedString(turn.t.home.notUnderstood),
    keyboard: [[{ text: turn.t.home.toHome, data: to("home") }]],
  });
}

export const home: Handlers = {
  places: {
    home: showHome,
    status: showStatus,
    /** What waits for a service that doesn't answer tries now. */
    async retryailing(turn, kind, id = "") {
      const which = kind === "bundle" ? { bundle: id } : { connection: id };
      const count = await turn.engine.runs.retryNow(turn.member.scope, which);
      turn.toast(count === 0 ? turn.t.alerts.nothingToRetry : turn.t.alerts.retried(count));
      await showStatus(turn);
    },
    /** Repeats what a solved incident left behind. */
    async repeatopen(turn, id = "") {
      const count = await turn.engine.incidents.retry(turn.member.scope, id, "all");
      turn.toast(count === 0 ? turn.t.alerts.nothingToRetry : turn.t.alerts.retried(count));
      await showStatus(turn);
    },
    help: (turn) => turn.show(helpScreen(turn.t)),
    said: notUnderstood,
    /** Goes on with the question that /cancel broke off. */
    async goon(turn) {
      if (await turn.takeUp()) return;
      turn.toast(turn.t.home.staleButton);
      await showHome(turn);
    },
  },
  answers: {},
  commands: {
    start(turn, rest) {
      const [place, args] = readPlace(rest) ?? [];
      if (place !== undefined) return turn.go(place, ...(args ?? []));
      // Had it been good, the gate would have known it.
      return turn.go(isLinkCode(rest) ? "linkdead" : "home");
    },
    status: (turn) => turn.go("status"),
    help: (turn) => turn.go("help"),
    async cancel(turn) {
      const { t, interrupted } = turn;
      await turn.setAside();
      await turn.forgetReturn();
      const isConnection = interrupted?.answer === "connectionValue";
      const word = isConnection ? t.home.cancelledConnection : interrupted ? t.home.cancelled : t.home.nothingToCancel;
      await turn.show({
        text: new FormattedString(word),
        keyboard: [
          ...(interrupted ? [[{ text: t.home.goOn, data: to("goon"), style: "primary" } as const]] : []),
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

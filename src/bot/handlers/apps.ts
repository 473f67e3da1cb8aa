/** Apps at services: the installation's owner puts in their IDs and secrets, which leave the chat at once. */
import { NotFound, type ServiceApp } from "../../engine/index.ts";
import type { Handlers, Turn } from "../parts.ts";
import { appAsk, appScreen, appsScreen } from "../screens/apps.ts";

async function find(turn: Turn, connector = ""): Promise<ServiceApp> {
  const all = (await turn.engine.consent.apps(turn.member.scope)) ?? [];
  const found = all.find((one) => one.connector === connector);
  if (!found) throw new NotFound();
  return found;
}
async function show(turn: Turn, connector: string): Promise<void> {
  await turn.show(appScreen(turn.t, turn.locale, await find(turn, connector)));
}

export const apps: Handlers = {
  places: {
    async apps(turn) {
      const all = await turn.engine.consent.apps(turn.member.scope);
      if (all === null) return turn.go("settings");
      await turn.show(appsScreen(turn.t, turn.locale, all));
    },
    svcapp: (turn, connector = "") => show(turn, connector),
    async svcappid(turn, connector) {
      const app = await find(turn, connector);
      const screen = appAsk(turn.t, app, turn.t.apps.askId(app.name[turn.locale]));
      await turn.ask({ answer: "appId", args: [app.connector], screen });
    },
    async svcappoff(turn, connector = "") {
      await turn.engine.consent.setApp(turn.member.scope, connector, null);
      turn.toast(turn.t.apps.removed);
      await show(turn, connector);
    },
  },
  answers: {
    async appId(turn, text, connector) {
      const app = await find(turn, connector);
      const screen = appAsk(turn.t, app, turn.t.apps.askSecret(app.name[turn.locale]));
      await turn.ask({ answer: "appSecret", args: [app.connector, text.trim()], secret: true, screen });
    },
    async appSecret(turn, text, connector = "", id = "") {
      await turn.engine.consent.setApp(turn.member.scope, connector, { id, secret: text.trim() });
      turn.toast(turn.t.apps.saved);
      await show(turn, connector);
    },
  },
};

/** The buttons under an alert's card. The card itself is edited by the outbox, so a retry only answers the button. */
import type { Handlers, Turn } from "../parts.ts";
import { incidentScreen } from "../screens/alerts.ts";

async function retry(turn: Turn, id: string, which: "newest" | "all"): Promise<void> {
  const { engine, member, t } = turn;
  const count = await engine.incidents.retry(member.scope, id, which);
  turn.toast(count === 0 ? t.alerts.nothingToRetry : t.alerts.retried(count));
}

export const alerts: Handlers = {
  places: {
    async incident(turn, id = "") {
      const { engine, member, locale, t } = turn;
      const incident = await engine.incidents.get(member.scope, id);
      await turn.show(incidentScreen(t, { locale, timeZone: member.timeZone }, incident));
    },
    retrynewest: (turn, id = "") => retry(turn, id, "newest"),
    retryall: (turn, id = "") => retry(turn, id, "all"),
  },
  answers: {},
};

/** The buttons under an alert's card. The card itself is edited by the outbox, so a retry there only answers the button. */
import { type IncidentView, NotFound } from "../../engine/index.ts";
import { faultyField } from "../faulty.ts";
import type { Handlers, Place, Turn } from "../parts.ts";
import { answeredCard, incidentScreen, type SentShown } from "../screens/alerts.ts";
import { questionOf } from "../screens/history.ts";
import { fieldsOf } from "./history.ts";

/** What the step of its newest run wanted to send; null where nothing got that far. */
async function sentBy(turn: Turn, { run: id, step }: IncidentView): Promise<SentShown | null> {
  if (id === null || step === null) return null;
  try {
    const run = await turn.engine.runs.get(turn.member.scope, id);
    const failed = run.steps.findLast((one) => one.step === step.id);
    if (!failed?.input) return null;
    return { data: failed.input, fields: (await fieldsOf(turn, run, step.id)).input };
  } catch (error) {
    // Runs are swept, incidents stay.
    if (error instanceof NotFound) return null;
    throw error;
  }
}

const details: Place = async (turn, id = "") => {
  const { engine, member, locale, t } = turn;
  const incident = await engine.incidents.get(member.scope, id);
  const at = { bundle: incident.bundle?.id ?? null, step: incident.step?.id ?? null, failure: incident.failure };
  const field = await faultyField(engine, member.scope, locale, at);
  const sent = incident.class === "access" ? null : await sentBy(turn, incident);
  await turn.show(incidentScreen(t, { locale, timeZone: member.timeZone }, incident, field, sent));
};

type Which = Parameters<Turn["engine"]["incidents"]["retry"]>[2];

async function retry(turn: Turn, id: string, which: Which, stand: string | undefined): Promise<void> {
  const { engine, member, t } = turn;
  const count = await engine.incidents.retry(member.scope, id, which);
  const nothing = typeof which === "object" ? t.history.alreadyRetried : t.alerts.nothingToRetry;
  turn.toast(count === 0 ? nothing : t.alerts.retried(count));
  if (stand === "screen") await details(turn, id);
}

/** Yes or no to a run that asks. `stand`: under the run's own screen instead of the alert. */
const approve: Place = async (turn, id = "", step = "", element = "0", said, stand) => {
  const { engine, member, t } = turn;
  if (said !== "yes" && said !== "no") throw new NotFound();
  const at = { step, ...(/^[1-9]\d*$/.test(element) ? { element: Number(element) } : {}) };
  const run = await engine.runs.get(member.scope, id);
  const result = await engine.runs.answer(member.scope, id, said, at);
  turn.toast(result.already ? t.alerts.alreadySaid[result.answer] : t.alerts.accepted[result.answer]);
  if (stand === "run") return turn.go("runview", id);
  await turn.here(answeredCard(t, run, questionOf(run, at), result));
};

export const alerts: Handlers = {
  places: {
    approve,
    incident: details,
    retryone: (turn, id = "", stand, run = "") => retry(turn, id, { run }, stand),
    async dismiss(turn, id = "") {
      const count = await turn.engine.incidents.dismiss(turn.member.scope, id);
      turn.toast(count === 0 ? turn.t.alerts.nothingToRetry : turn.t.alerts.dismissed(count));
      await details(turn, id);
    },
    retryall: (turn, id = "", stand) => retry(turn, id, "all", stand),
  },
  answers: {},
};

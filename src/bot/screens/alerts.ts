/** Cards of incidents and the other messages that come by themselves. */
import { FormattedString } from "@grammyjs/parse-mode";
import type { ApprovalView, BundleSummary, Field, IncidentView, Json, RunView, Text } from "../../engine/index.ts";
import { to } from "../callback.ts";
import type { Button, Screen } from "../parts.ts";
import type { Texts } from "../texts/index.ts";
import { moment, short } from "../texts/words.ts";
import { told } from "./failure.ts";
import type { Zone } from "./history.ts";
import { valueLines } from "./values.ts";

const LONGEST_OWN = 1_000;
const MOST_SENT = 8;

const lines = (parts: (string | FormattedString)[]): FormattedString => FormattedString.join(parts, "\n");
const named = (bundle: Pick<BundleSummary, "number" | "name">): string => `#${bundle.number} ${short(bundle.name, 60)}`;

/** A dead credential is no bundle's fault, whichever met it first. */
const isOfConnection = (incident: IncidentView): boolean =>
  incident.connection !== null && (incident.class === "access" || incident.bundle === null);

function titleOf(incident: IncidentView): string {
  const { bundle, connection } = incident;
  return bundle === null || isOfConnection(incident) ? short(connection?.name ?? "", 60) : named(bundle);
}

/** One cause, one card: edited while it lasts, and once more when it is solved. */
export function incidentCard(t: Texts, zone: Zone, incident: IncidentView, field: string | null = null): Screen {
  const { locale, timeZone } = zone;
  if (incident.solvedAt !== null)
    return {
      text: lines([
        t.alerts.solved(titleOf(incident), moment(locale, timeZone, incident.solvedAt)),
        ...restLines(t, incident),
      ]),
      keyboard: [
        ...(incident.open > 0 ? [[retryAll(t, incident, "card", "primary")]] : []),
        [{ text: t.alerts.details, data: to("incident", incident.id) }],
      ],
    };
  return { text: incidentText(t, zone, incident, field), keyboard: incidentButtons(t, incident, "card") };
}

/** What became of the records that failed: working again brings back only those that go on by themselves. */
function restLines(t: Texts, incident: IncidentView): (string | FormattedString)[] {
  const again = (incident.records ?? 0) - incident.open;
  return [
    ...(incident.class === "access" && again > 0 ? ["", t.alerts.resumed(again)] : []),
    ...(incident.open > 0 ? ["", t.alerts.leftOver(incident.open)] : []),
  ];
}

/** What the failed step wanted to send, with the names of its fields. */
export interface SentShown {
  readonly data: Json;
  readonly fields: readonly Field[];
}

function sentLines(t: Texts, { locale }: Zone, sent: SentShown | null): (string | FormattedString)[] {
  if (sent === null) return [];
  const { lines: rows, more } = valueLines(t, locale, sent.data, sent.fields, MOST_SENT);
  return rows.length === 0 ? [] : ["", t.history.sent, ...rows, ...(more > 0 ? ["…"] : [])];
}

/** The same behind "Details", with the ways into the history. */
export function incidentScreen(
  t: Texts,
  zone: Zone,
  incident: IncidentView,
  field: string | null = null,
  sent: SentShown | null = null,
): Screen {
  const ways: Button[][] = [];
  if (incident.run !== null) ways.push([{ text: t.alerts.runButton, data: to("runview", incident.run) }]);
  if (incident.bundle !== null)
    ways.push([
      { text: t.alerts.failedRuns, data: to("historyof", incident.bundle.id, "failed", 0) },
      { text: t.alerts.openBundle, data: to("card", incident.bundle.id) },
    ]);
  const head =
    incident.solvedAt === null
      ? []
      : [
          t.alerts.solved(titleOf(incident), moment(zone.locale, zone.timeZone, incident.solvedAt)),
          ...restLines(t, incident),
          "",
        ];
  return {
    text: lines([...head, incidentText(t, zone, incident, field), ...sentLines(t, zone, sent)]),
    keyboard: [
      ...incidentButtons(t, incident, "screen"),
      ...(incident.open > 0 ? [[{ text: t.alerts.dismiss(incident.open), data: to("dismiss", incident.id) }]] : []),
      ...ways,
      [{ text: t.home.toHome, data: to("home") }],
    ],
  };
}

/** `field`: what the mapping calls the field that must change. */
function incidentText(
  t: Texts,
  { locale, timeZone }: Zone,
  incident: IncidentView,
  field: string | null,
): FormattedString {
  const { step, failure } = incident;
  const parts: (string | FormattedString)[] = [
    isOfConnection(incident) ? t.alerts.connectionFailed(titleOf(incident)) : t.alerts.failed(titleOf(incident)),
  ];
  if (step !== null && !isOfConnection(incident))
    parts.push(t.alerts.atStep(step.number, short(step.title[locale], 80)));
  const isOpen = incident.solvedAt === null;
  const { sentence, own } = told(locale, failure);
  const isOfField = field !== null && incident.class === "data";
  const advice = isOfField ? t.alerts.mendField(short(field, 60)) : t.alerts.advice[incident.class];
  parts.push("", sentence, ...(isOpen ? [advice] : []));
  if (own !== "") {
    const shown = own.length > LONGEST_OWN ? `${own.slice(0, LONGEST_OWN - 1)}…` : own;
    parts.push("", FormattedString.expandableBlockquote(`${t.alerts.own}\n${shown}`));
  }
  const first = moment(locale, timeZone, incident.firstAt);
  const last = moment(locale, timeZone, incident.lastAt);
  const { records = 0, count } = incident;
  if (records > 0) parts.push("", t.alerts.records(records));
  else parts.push("");
  parts.push(count > 1 ? t.alerts.span(first, last, records > 0 ? null : count) : t.alerts.once(last));
  if (isOpen && isOfConnection(incident)) parts.push(t.alerts.held);
  return lines(parts);
}

/** Where the button stands: under the card, which the outbox edits, or on the screen behind it, which is drawn again. */
type Stand = "card" | "screen";

const retryAll = (t: Texts, incident: IncidentView, stand: Stand, style?: "primary"): Button => ({
  text: incident.open === 1 ? t.alerts.retry : t.alerts.retryAll(incident.open),
  data: to("retryall", incident.id, stand),
  ...(style === undefined ? {} : { style }),
});

function incidentButtons(t: Texts, incident: IncidentView, stand: Stand): Button[][] {
  const { bundle, connection, step } = incident;
  const again: Button[] = [];
  // Names the run: pressed twice, it repeats one and the same.
  if (incident.open > 0 && incident.newest)
    again.push({ text: t.alerts.retry, data: to("retryone", incident.id, stand, incident.newest), style: "primary" });
  if (incident.open > 1) again.push(retryAll(t, incident, stand));
  const { waiting = 0 } = incident;
  if (incident.open === 0 && waiting > 0)
    again.push({ text: t.alerts.retryNow(waiting), data: to("retryall", incident.id, stand), style: "primary" });
  const ways: Button[] = [];
  if (stand === "card") ways.push({ text: t.alerts.details, data: to("incident", incident.id) });
  if (bundle !== null && bundle.state === "active" && !isOfConnection(incident))
    ways.push({ text: t.alerts.pause, data: to("pause", bundle.id) });
  const mend: Button[] = [];
  if (incident.class === "access" && connection !== null)
    mend.push(
      connection.way === "oauth"
        ? { text: t.connections.enterAgain, data: to("connoauth", connection.id), style: "primary" }
        : { text: t.card.mendConnection, data: to("connmend", connection.id), style: "primary" },
    );
  else if (bundle !== null && step !== null) {
    if (incident.class === "forbidden" && connection !== null)
      mend.push({ text: t.alerts.openConnection, data: to("connection", connection.id), style: "primary" });
    mend.push({ text: t.alerts.openStep, data: to("step", bundle.id, step.id) });
  }
  // A dead key first: nothing can be repeated with it.
  const rows = incident.class === "access" ? [mend, again, ways] : [again, ways, mend];
  return rows.filter((row) => row.length > 0);
}

/** `settled`: what a person has just said about it. */
export function unknownCard(t: Texts, run: RunView, settled?: "happened" | "repeat"): Screen {
  const isOpen = run.state === "unknown" && settled === undefined;
  const text = t.alerts.unknown(named(run.bundle), short(run.about, 80));
  return {
    text: settled === undefined ? text : lines([text, "", t.alerts.settled[settled]]),
    keyboard: isOpen
      ? [
          [{ text: t.history.happened, data: to("resolve", run.id, "happened", "card"), style: "success" }],
          [{ text: t.history.repeat, data: to("resolve", run.id, "repeat", "card") }],
          [{ text: t.alerts.details, data: to("runview", run.id) }],
        ]
      : [[{ text: t.alerts.details, data: to("runview", run.id) }]],
  };
}

/** Where an approval stands in its run, as its buttons say it. */
export const approvalData = (run: string, { step, element = 0 }: Pick<ApprovalView, "step" | "element">) => ({
  yes: to("approve", run, step, element, "yes"),
  no: to("approve", run, step, element, "no"),
});

/** A run asks; it can be answered under the run itself as well. */
export function approvalCard(t: Texts, zone: Zone, run: RunView, asked: ApprovalView): Screen {
  const until = moment(zone.locale, zone.timeZone, asked.until);
  const data = approvalData(run.id, asked);
  return {
    text: t.alerts.approval(named(run.bundle), short(run.about, 80), short(asked.question, 1_000), until),
    keyboard: [
      [
        { text: t.alerts.yes, data: data.yes, style: "success" },
        { text: t.alerts.no, data: data.no, style: "danger" },
      ],
      [{ text: t.alerts.details, data: to("runview", run.id) }],
    ],
  };
}

/** The same card once the question is answered, here or elsewhere. */
export function answeredCard(
  t: Texts,
  run: RunView,
  question: string,
  said: { answer: "yes" | "no"; by: string | null },
): Screen {
  return {
    text: lines([
      t.alerts.answered(named(run.bundle), short(run.about, 80), short(question, 1_000)),
      "",
      t.alerts.said[said.answer],
      said.by === null ? t.alerts.saidByDeadline : t.alerts.saidBy(short(said.by, 60)),
    ]),
    keyboard: [[{ text: t.alerts.details, data: to("runview", run.id) }]],
  };
}

export function firstSuccessCard(t: Texts, run: RunView): Screen {
  return {
    text: t.alerts.firstSuccess(named(run.bundle), short(run.about, 80)),
    keyboard: [[{ text: t.alerts.seeRun, data: to("runview", run.id) }]],
  };
}

export function pausedCard(t: Texts, zone: Zone, bundle: BundleSummary, why: Text): Screen {
  return {
    text: t.alerts.paused(named(bundle), why[zone.locale]),
    keyboard: [
      [
        // Resuming can't succeed before another one is chosen.
        bundle.pausedBy?.by === "connection"
          ? { text: t.card.swap, data: to("swap", bundle.id), style: "primary" }
          : { text: t.alerts.resume, data: to("resume", bundle.id), style: "primary" },
        { text: t.alerts.openBundle, data: to("card", bundle.id) },
      ],
    ],
  };
}

/** A warning before the pause. */
export function failingCard(t: Texts, zone: Zone, bundle: BundleSummary, why: Text): Screen {
  return {
    text: t.alerts.failing(named(bundle), why[zone.locale]),
    keyboard: [
      [
        { text: t.alerts.failedRuns, data: to("historyof", bundle.id, "failed", 0) },
        { text: t.alerts.openBundle, data: to("card", bundle.id) },
      ],
    ],
  };
}

export function sampleCard(t: Texts, bundle: BundleSummary): Screen {
  return {
    text: t.alerts.sample(named(bundle)),
    keyboard: [[{ text: t.alerts.goOn, data: to("trigger", bundle.id), style: "primary" }]],
  };
}

export function heldCard(t: Texts, bundle: BundleSummary, count: number, limit: number): Screen {
  return {
    text: t.alerts.heldMany(named(bundle), count, limit),
    keyboard: [
      [
        { text: t.alerts.resume, data: to("resume", bundle.id), style: "primary" },
        { text: t.alerts.openBundle, data: to("card", bundle.id) },
      ],
    ],
  };
}

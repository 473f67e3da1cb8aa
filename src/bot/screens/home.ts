/** Home, status and help. */
import { FormattedString } from "@grammyjs/parse-mode";
import type { AilingView, IncidentView, Status } from "../../engine/index.ts";
import { to } from "../callback.ts";
import type { Button, Screen } from "../parts.ts";
import type { Texts } from "../texts/index.ts";
import { moment, short } from "../texts/words.ts";
import type { Zone } from "./history.ts";

const MOST_LINES = 6;

export function homeScreen(t: Texts, status: Status, name: string): Screen {
  const isNew = status.active + status.paused + status.drafts === 0;
  const { succeeded, failed, waiting } = status.today;
  const missing = countOpen(status.undelivered);
  const lines = isNew
    ? [t.home.welcome(short(name, 60))]
    : [
        t.home.title,
        new FormattedString(t.home.bundlesOn(status.active, status.paused, status.drafts)),
        new FormattedString(
          succeeded + failed + waiting === 0 ? t.home.quietToday : t.home.today(succeeded, failed, waiting),
        ),
        ...(missing > 0 ? [new FormattedString(t.home.undelivered(missing))] : []),
      ];
  return {
    text: FormattedString.join(lines, "\n"),
    keyboard: [
      ...(missing > 0 ? [[{ text: t.home.undeliveredButton(missing), data: to("status") }]] : []),
      [
        { text: t.home.newBundle, data: to("new"), ...(isNew ? { style: "primary" as const } : {}) },
        { text: t.templates.button, data: to("templates") },
      ],
      [
        { text: t.home.bundles, data: to("bundles") },
        { text: t.home.connections, data: to("connections") },
      ],
      [
        { text: t.home.history, data: to("history") },
        { text: t.home.settings, data: to("settings") },
      ],
      [
        { text: t.home.status, data: to("status") },
        { text: t.home.helpButton, data: to("help") },
      ],
    ],
  };
}

/** Records that failed and weren't repeated, of incidents that are solved. */
export const countOpen = (incidents: readonly IncidentView[]): number =>
  incidents.reduce((sum, { open }) => sum + open, 0);

const whereOf = ({ bundle, connection }: IncidentView): string => bundle?.name ?? connection?.name ?? "";

const nameOf = ({ connection, bundle, connector }: AilingView): string => connection?.name ?? bundle?.name ?? connector;

export function statusScreen(t: Texts, { locale, timeZone }: Zone, status: Status): Screen {
  const { succeeded, failed, waiting } = status.today;
  const incidents = status.incidents.slice(0, MOST_LINES);
  const silent = status.silent.slice(0, MOST_LINES);
  const lines: (string | FormattedString)[] = [
    t.home.statusTitle,
    t.home.bundlesOn(status.active, status.paused, status.drafts),
    succeeded + failed + waiting === 0 ? t.home.quietToday : t.home.today(succeeded, failed, waiting),
  ];
  if (status.unknown > 0) lines.push("", t.home.unknown(status.unknown));
  if (incidents.length > 0) {
    lines.push("", t.home.openIncidents);
    for (const one of incidents) {
      lines.push(
        t.home.incidentLine(short(whereOf(one)), short(one.failure.sentence[locale], 200), one.records ?? one.open),
      );
    }
  }
  const ailing = status.ailing.slice(0, MOST_LINES);
  if (ailing.length > 0) {
    lines.push("", t.home.ailingTitle);
    for (const one of ailing)
      lines.push(t.home.ailingLine(short(nameOf(one)), moment(locale, timeZone, one.since), one.waiting));
  }
  const stopped = status.stopped.slice(0, MOST_LINES);
  for (const one of stopped)
    lines.push("", t.home.stopped(one.number, short(one.name), t.home.stoppedBy[one.pausedBy?.by ?? "person"]));
  const holding = status.holding.slice(0, MOST_LINES);
  for (const { bundle, count } of holding) lines.push("", t.home.holding(bundle.number, short(bundle.name), count));
  const undelivered = status.undelivered.slice(0, MOST_LINES);
  if (undelivered.length > 0) {
    lines.push("", t.home.undeliveredTitle);
    for (const one of undelivered)
      lines.push(t.home.undeliveredLine(short(whereOf(one)), one.open, short(one.failure.sentence[locale], 200)));
  }
  if (silent.length > 0) lines.push("", t.home.silent, ...silent.map((one) => `#${one.number} ${short(one.name)}`));
  if (
    status.unknown +
      failed +
      incidents.length +
      ailing.length +
      stopped.length +
      holding.length +
      undelivered.length +
      silent.length ===
    0
  )
    lines.push("", t.home.allWell);
  const doors: Button[][] = incidents.map((one) => [
    { text: `❌ ${short(whereOf(one), 30)}`, data: to("incident", one.id) },
  ]);
  for (const one of ailing) {
    const id = one.connection?.id ?? one.bundle?.id;
    if (one.waiting > 0 && id !== undefined)
      doors.push([
        {
          text: t.home.ailingButton(short(nameOf(one), 30)),
          data: to("retryailing", one.connection ? "connection" : "bundle", id),
          style: "primary",
        },
      ]);
  }
  doors.push(
    ...stopped.map((one) => [
      one.pausedBy?.by === "connection"
        ? { text: t.home.swapButton(one.number), data: to("swap", one.id), style: "primary" as const }
        : { text: `⏸ #${one.number} ${short(one.name, 30)}`, data: to("card", one.id) },
    ]),
    ...holding.map(({ bundle }) => [
      { text: `🔑 #${bundle.number} ${short(bundle.name, 30)}`, data: to("card", bundle.id) },
    ]),
  );
  for (const one of undelivered)
    doors.push([
      {
        text: t.home.repeatButton(one.open, short(whereOf(one), 30)),
        data: to("repeatopen", one.id),
        style: "primary",
      },
    ]);
  if (status.unknown > 0)
    doors.push([{ text: t.home.answerUnknown(status.unknown), data: to("historyof", "all", "unknown", 0) }]);
  doors.push(...silent.map((one) => [{ text: `#${one.number} ${short(one.name, 30)}`, data: to("card", one.id) }]));
  return {
    text: FormattedString.join(lines, "\n"),
    keyboard: [...doors, [{ text: t.home.toHome, data: to("home") }]],
  };
}

export function helpScreen(t: Texts): Screen {
  return {
    text: t.home.help,
    keyboard: [
      [{ text: t.home.newBundle, data: to("new"), style: "primary" }],
      [{ text: t.home.toHome, data: to("home") }],
    ],
  };
}

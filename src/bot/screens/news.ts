/** News that is no failure: summaries, silence, an access that ends, who came. */
import { FormattedString } from "@grammyjs/parse-mode";
import type { BundleSummary, BundleView, ConnectionView, Summary } from "../../engine/index.ts";
import { to } from "../callback.ts";
import type { Screen } from "../parts.ts";
import type { Texts } from "../texts/index.ts";
import { moment, short } from "../texts/words.ts";
import type { Zone } from "./history.ts";

const MOST_BUNDLES = 8;
const MOST_INCIDENTS = 5;

const named = ({ number, name }: Pick<BundleSummary, "number" | "name">): string => `#${number} ${short(name, 60)}`;
const just = (text: FormattedString): Screen => ({ text, keyboard: [] });

export function summaryCard(t: Texts, { locale, timeZone }: Zone, of: "hour" | "day" | "week", told: Summary): Screen {
  const parts: (string | FormattedString)[] = [
    t.news.summary[of],
    t.news.span(moment(locale, timeZone, told.from), moment(locale, timeZone, told.to)),
    "",
    t.news.counts(told.succeeded, told.failed),
  ];
  if (told.unknown > 0) parts.push(t.news.asks(told.unknown));
  if (told.waiting > 0) parts.push(t.news.waits(told.waiting));
  if (told.bundles.length > 0) parts.push("");
  for (const { bundle, succeeded, failed } of told.bundles.slice(0, MOST_BUNDLES))
    parts.push(t.news.ofBundle(named(bundle), succeeded, failed));
  const rest = told.bundles.length - MOST_BUNDLES;
  if (rest > 0) parts.push(t.news.more(rest));
  const open = told.incidents.filter(({ solvedAt }) => solvedAt === null).slice(0, MOST_INCIDENTS);
  if (open.length > 0) parts.push("", t.news.open);
  for (const { bundle, connection, failure } of open) {
    const what = bundle === null ? short(connection?.name ?? "", 60) : named(bundle);
    parts.push(`❌ ${what}: ${short(failure.sentence[locale], 120)}`);
  }
  return {
    text: FormattedString.join(parts, "\n"),
    keyboard: [
      ...open.map(({ id, bundle, connection }) => [
        { text: `❌ ${bundle === null ? short(connection?.name ?? "", 40) : named(bundle)}`, data: to("incident", id) },
      ]),
    ],
  };
}

export function silentCard(t: Texts, { locale, timeZone }: Zone, bundle: BundleSummary, since: Date): Screen {
  return {
    text: t.news.silent(named(bundle), moment(locale, timeZone, since)),
    keyboard: [[{ text: t.alerts.openBundle, data: to("card", bundle.id) }]],
  };
}

export function expiringCard(t: Texts, { locale, timeZone }: Zone, connection: ConnectionView, until: Date): Screen {
  return {
    text: t.news.expiring(short(connection.name, 60), moment(locale, timeZone, until)),
    keyboard: [
      [
        connection.way === "oauth"
          ? { text: t.connections.enterAgain, data: to("connoauth", connection.id), style: "primary" }
          : { text: t.alerts.openConnection, data: to("connection", connection.id), style: "primary" },
      ],
    ],
  };
}

export function groupGoneCard(t: Texts, title: string): Screen {
  return just(t.news.groupGone(short(title, 60)));
}

/** Each new address is a press away, where Telegram can put it on a button. */
export function movedCard(t: Texts, bundles: readonly BundleView[], maybe: readonly BundleView[]): Screen {
  const parts: (string | FormattedString)[] = [t.news.moved];
  const list = (of: readonly BundleView[]) => {
    for (const one of of.slice(0, MOST_BUNDLES)) parts.push(`• ${named(one)}`);
    if (of.length > MOST_BUNDLES) parts.push(t.news.more(of.length - MOST_BUNDLES));
  };
  if (bundles.length > 0) parts.push("", t.news.movedSure);
  list(bundles);
  if (maybe.length > 0) parts.push("", t.news.movedMaybe);
  list(maybe);
  const rows = [...bundles, ...maybe].slice(0, 2 * MOST_BUNDLES).map((one): Screen["keyboard"][number] => {
    const open = { text: `#${one.number} ${short(one.name, 24)}`, data: to("card", one.id) };
    const isShort = one.address !== null && one.address.length <= 256;
    return isShort && one.address !== null ? [{ text: t.news.copyOf(one.number), copy: one.address }, open] : [open];
  });
  return { text: FormattedString.join(parts, "\n"), keyboard: rows };
}

export function joinedCard(t: Texts, name: string, role: "owner" | "editor" | "viewer"): Screen {
  return just(t.news.joined[role](short(name, 60)));
}

export function linkDoneCard(t: Texts, name: string, connection: ConnectionView): Screen {
  return {
    text: t.news.linkDone(short(name, 60), short(connection.name, 60)),
    keyboard: [[{ text: t.alerts.openConnection, data: to("connection", connection.id) }]],
  };
}

/** Null where the migration was forgotten meanwhile. */
export function migratedCard(t: Texts, bundle: BundleView): Screen | null {
  const { migration } = bundle;
  if (migration === undefined) return null;
  const { sent, filtered, repeated, failed, waiting } = migration;
  const parts: (string | FormattedString)[] = [t.news.migrated(named(bundle)), "", t.news.migratedSent(sent)];
  if (filtered > 0) parts.push(t.news.migratedFiltered(filtered));
  if (repeated > 0) parts.push(t.news.migratedRepeated(repeated));
  if (waiting > 0) parts.push(t.news.waits(waiting));
  if (failed > 0) parts.push(t.news.migratedFailed(failed));
  return {
    text: FormattedString.join(parts, "\n"),
    keyboard: [
      [
        ...(failed === 0 ? [] : [{ text: t.alerts.failedRuns, data: to("historyof", bundle.id, "failed", 0) }]),
        { text: t.alerts.openBundle, data: to("card", bundle.id) },
      ],
    ],
  };
}

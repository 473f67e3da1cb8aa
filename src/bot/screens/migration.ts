/** Records of the past on their way through a bundle: which, how far, and the switches. */
import type { BundleView, MigrationView } from "../../engine/index.ts";
import { to } from "../callback.ts";
import type { Button, Screen } from "../parts.ts";
import { moment } from "../texts/words.ts";
import { bold, cut, grid, lines, type Piece } from "./lay.ts";
import type { Look } from "./titles.ts";

const DAY_MS = 86_400_000;
const LAST_DAYS = [1, 7, 30, 90];

export type Period = "everything" | { readonly from: Date; readonly to: Date };

/** Midnight of a local day; null for a day that the calendar lacks. */
function midnight(year: number, month: number, day: number, timeZone: string): Date | null {
  const utc = Date.UTC(year, month - 1, day);
  const date = new Date(utc);
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return null;
  const shown = new Intl.DateTimeFormat("en-CA", {
    timeZone,
    hourCycle: "h23",
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
  }).formatToParts(date);
  const part = (type: string) => Number(shown.find((one) => one.type === type)?.value);
  const local = Date.UTC(part("year"), part("month") - 1, part("day"), part("hour"), part("minute"));
  return new Date(utc - (local - utc));
}

const DATE = /(\d{1,2})[./](\d{1,2})[./](\d{4})|(\d{4})-(\d{2})-(\d{2})/g;

/** «01.10.2026 – 31.10.2026», `2026-10-01 – 2026-10-31`, «с 01.10.2026»; the last day counts whole. */
export function readPeriod(typed: string, timeZone: string, now: Date): Period | null {
  const text = typed.trim();
  if (/^(?:вс[её](?:,? что есть)?|everything|all)$/iu.test(text)) return "everything";
  const found = [...text.matchAll(DATE)].map(([, d, m, y, year, month, day]) =>
    d === undefined
      ? ([Number(year), Number(month), Number(day)] as const)
      : ([Number(y), Number(m), Number(d)] as const),
  );
  const rest = text.replace(DATE, "").replace(/[\s–—-]|с|по|до|from|to|until|since/giu, "");
  const [first, last] = found;
  if (first === undefined || found.length > 2 || rest !== "") return null;
  const from = midnight(...first, timeZone);
  const end = last === undefined ? now : midnight(last[0], last[1], last[2], timeZone);
  if (from === null || end === null) return null;
  const after = last === undefined ? now : (dayAfter(last, timeZone) ?? now);
  const until = after > now ? now : after;
  return from < until || from > now ? (from > now ? { from, to: from } : { from, to: until }) : null;
}

function dayAfter([year, month, day]: readonly [number, number, number], timeZone: string): Date | null {
  const next = new Date(Date.UTC(year, month - 1, day + 1));
  return midnight(next.getUTCFullYear(), next.getUTCMonth() + 1, next.getUTCDate(), timeZone);
}

/** A period in a button: `all`, days back, or minutes since 1970 from and to. */
export function periodCode(period: Period): string {
  if (period === "everything") return "all";
  const minutes = (at: Date) => Math.floor(at.getTime() / 60_000).toString(36);
  return `${minutes(period.from)}-${minutes(period.to)}`;
}
export function periodOfCode(code: string | undefined, now: Date): Period | null {
  if (code === "all") return "everything";
  if (code !== undefined && /^\d{1,3}$/.test(code) && LAST_DAYS.includes(Number(code)))
    return { from: new Date(now.getTime() - Number(code) * DAY_MS), to: now };
  const [, from, end] = /^([a-z\d]{4,7})-([a-z\d]{4,7})$/.exec(code ?? "") ?? [];
  if (from === undefined || end === undefined) return null;
  const at = (minutes: string) => new Date(Number.parseInt(minutes, 36) * 60_000);
  return at(from) < at(end) && at(from) <= now ? { from: at(from), to: at(end) } : null;
}

const day = (look: Look, at: Date): string =>
  new Intl.DateTimeFormat(look.locale, { timeZone: look.timeZone, dateStyle: "medium" }).format(at);

export function periodText(look: Look, period: Period): string {
  const words = look.t.migration;
  return period === "everything"
    ? words.everything.toLowerCase()
    : words.period(day(look, period.from), day(look, new Date(period.to.getTime() - 1)));
}

/** Its line on the card, while it isn't over. */
export function migrationLine(look: Look, { migration, state }: BundleView): string | null {
  if (migration === undefined || migration.state === "done") return null;
  return look.t.migration.card(progressText(look, migration, state));
}

function progressText(look: Look, { state, isRead, share }: MigrationView, bundle: BundleView["state"]): string {
  const words = look.t.migration.state;
  if (state === "done") return words.done;
  if (state === "paused") return words.paused;
  if (bundle !== "active") return words.held;
  if (isRead) return words.finishing;
  return share === null
    ? words.running
    : `${words.running} · ${look.t.migration.progress(Math.min(Math.max(share, 0), 1))}`;
}

function statusLines(look: Look, view: BundleView, migration: MigrationView): Piece[] {
  const words = look.t.migration;
  const time = (at: Date) => moment(look.locale, look.timeZone, at);
  const { failure } = migration;
  return [
    migration.from === null
      ? words.till(day(look, migration.to))
      : periodText(look, { ...migration, from: migration.from }),
    progressText(look, migration, view.state),
    words.counts(migration),
    ...(migration.readTo && migration.state !== "done" ? [words.readTo(time(migration.readTo))] : []),
    ...(failure
      ? [
          "",
          `⚠️ ${words.failed}`,
          cut(failure.sentence[look.locale], 300),
          ...(migration.retryAt ? [words.retryAt(time(migration.retryAt))] : []),
        ]
      : []),
  ];
}

/** Which period; shown where none was begun, and for another one. */
export function periodScreen(look: Look, view: BundleView): Screen {
  const words = look.t.migration;
  const isStarted = view.state !== "draft";
  return {
    text: lines(bold(words.title), words.about, "", isStarted ? words.choose : words.notStarted),
    keyboard: isStarted
      ? [
          ...grid(
            LAST_DAYS.map((days): Button => ({ text: words.last(days), data: to("migask", view.id, days) })),
            2,
          ),
          [{ text: words.everything, data: to("migask", view.id, "all") }],
          [{ text: look.t.builder.back, data: to("cmore", view.id) }],
        ]
      : [
          [{ text: look.t.card.start, data: to("resume", view.id), style: "success" }],
          [{ text: look.t.builder.back, data: to("cmore", view.id) }],
        ],
  };
}

export function migrationScreen(look: Look, view: BundleView, migration: MigrationView, word?: string): Screen {
  const words = look.t.migration;
  const { state } = migration;
  return {
    text: lines(word !== undefined && [word, ""], bold(words.title), ...statusLines(look, view, migration)),
    keyboard: [
      ...(state === "running"
        ? [
            [
              { text: words.pause, data: to("migdo", view.id, "pause") },
              { text: look.t.builder.refresh, data: to("mig", view.id) },
            ],
          ]
        : state === "paused"
          ? [[{ text: words.resume, data: to("migdo", view.id, "resume"), style: "success" } satisfies Button]]
          : [[{ text: words.again, data: to("mignew", view.id) }]]),
      ...(migration.failed > 0 ? [[{ text: look.t.card.history, data: to("historyof", view.id) }]] : []),
      [{ text: words.reset, data: to("migreset", view.id), style: "danger" }],
      [{ text: look.t.builder.back, data: to("card", view.id) }],
    ],
  };
}

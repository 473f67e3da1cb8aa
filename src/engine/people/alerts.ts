/** When and where a member wants to be told. Pure. */
import { z } from "zod";
import { formatLocal } from "../../connectors/kit/time.ts";
import type { Alert, AlertChange, AlertMode, AlertSettings } from "../engine.ts";
import { UserError } from "../errors.ts";
import { nextOccurrence } from "../trigger/schedule.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** When what a day has gathered is told. */
export const MORNING = "0 9 * * *";
const HOURLY = "0 * * * *";
const TIME = /^([01]\d|2[0-3]):[0-5]\d$/;

const Quiet = z.object({ from: z.string().regex(TIME), to: z.string().regex(TIME) });
const Stored = z.object({
  mode: z.enum(["now", "hourly", "daily", "off"]).catch("now"),
  quiet: Quiet.nullable().catch(null),
  chatId: z.number().int().optional().catch(undefined),
  topic: z.number().int().optional().catch(undefined),
  summaries: z
    .object({ daily: z.boolean().catch(true), weekly: z.boolean().catch(true) })
    .catch({ daily: true, weekly: true }),
});

/** What a member's row says; anything odd is as if it had never been set. */
export function readAlerts(stored: unknown): AlertSettings {
  const { chatId, topic, ...rest } = Stored.parse(typeof stored === "object" && stored !== null ? stored : {});
  if (chatId === undefined) return rest;
  return { ...rest, chatId, ...(topic === undefined ? {} : { topic }) };
}

/** The settings with a change; times are checked. */
export function changeAlerts(now: AlertSettings, change: AlertMode | AlertChange): AlertSettings {
  const { mode, quiet, place, summaries } = typeof change === "string" ? { mode: change } : change;
  const { chatId, topic, ...rest } = now;
  const at = place === undefined ? { chatId, topic } : (place ?? {});
  return readAlerts({
    ...rest,
    ...(mode === undefined ? {} : { mode }),
    ...(quiet === undefined ? {} : { quiet: quiet === null ? null : checkedQuiet(quiet) }),
    ...at,
    summaries: { ...rest.summaries, ...summaries },
  });
}

function checkedQuiet(typed: { from: string; to: string }): { from: string; to: string } {
  const [from, to] = [typed.from, typed.to].map((time) => time.trim().padStart(5, "0"));
  const read = Quiet.safeParse({ from, to });
  if (read.success && read.data.from !== read.data.to) return read.data;
  throw new UserError({
    ru: "Тихие часы пишутся так: 22:00–08:00. Начало и конец должны отличаться.",
    en: "Quiet hours are written like this: 22:00–08:00. Start and end must differ.",
  });
}

/** Whether the local clock stands within the quiet hours; their end belongs to the day. */
export function isQuiet(quiet: AlertSettings["quiet"], timeZone: string, at: Date): boolean {
  if (quiet === null) return false;
  const clock = formatLocal(at, timeZone, "HH:mm");
  const { from, to } = quiet;
  return from <= to ? from <= clock && clock < to : clock >= from || clock < to;
}

/** The moment itself, or the end of the quiet hours around it, also through a night whose clock is changed. */
export function afterQuiet(quiet: AlertSettings["quiet"], timeZone: string, at: Date): Date {
  if (quiet === null || !isQuiet(quiet, timeZone, at)) return at;
  const minute = Math.floor(at.getTime() / MINUTE_MS) * MINUTE_MS;
  const minutesOf = (time: string) => Number(time.slice(0, 2)) * 60 + Number(time.slice(3));
  const away = minutesOf(quiet.to) - minutesOf(formatLocal(at, timeZone, "HH:mm"));
  const plain = minute + (away <= 0 ? away + 1_440 : away) * MINUTE_MS;
  // A change of the clock between now and then moves the end by half an hour or an hour, either way.
  const ends = [-HOUR_MS, -HOUR_MS / 2, 0, HOUR_MS / 2, HOUR_MS].map((shift) => new Date(plain + shift));
  return ends.find((end) => end > at && !isQuiet(quiet, timeZone, end)) ?? new Date(plain + HOUR_MS);
}

/** How an alert treats the member's wishes. */
type Urgency =
  /** An answer to what the person is just doing. */
  | "answer"
  /** Somebody must look or decide: only quiet hours hold it back. */
  | "asks"
  /** May be gathered. */
  | "news";
const ANSWERS: ReadonlySet<string> = new Set(["sample", "connected"]);
const ASKS: ReadonlySet<string> = new Set([
  "unknown",
  "approval",
  "paused",
  "silent",
  "expiring",
  "held",
  "groupGone",
  "addressMoved",
  "joined",
  "linkDone",
  "summary",
]);

const urgencyOf = ({ kind }: Alert): Urgency => (ANSWERS.has(kind) ? "answer" : ASKS.has(kind) ? "asks" : "news");

export const isAnswer = (alert: Alert): boolean => urgencyOf(alert) === "answer";

/** What is put into the outbox for a member, and when it is due; null: this member isn't told. */
export function planned(
  alert: Alert,
  { settings, timeZone, now }: { settings: AlertSettings; timeZone: string; now: Date },
): { readonly alert: Alert; readonly due: Date } | null {
  const urgency = urgencyOf(alert);
  if (urgency === "answer") return { alert, due: now };
  // Alerts may be off; a run that needs this person's yes is no alert.
  if (settings.mode === "off" && (alert.kind as string) !== "approval") return null;
  const due = (at: Date) => afterQuiet(settings.quiet, timeZone, at);
  if (urgency === "asks" || settings.mode === "now") return { alert, due: due(now) };
  const of = settings.mode === "hourly" ? "hour" : "day";
  const planned = nextOccurrence(of === "hour" ? HOURLY : MORNING, timeZone, now);
  const from = of === "hour" ? new Date(Math.floor(now.getTime() / HOUR_MS) * HOUR_MS) : dayBefore(planned);
  const at = due(planned);
  return { alert: { kind: "summary", of, from: from.toISOString(), to: planned.toISOString() }, due: at };
}

const dayBefore = (at: Date) => new Date(at.getTime() - 24 * HOUR_MS);

/** Launch hours: whether a moment lies in them, and when they open next. Pure. */
import type { Hours } from "../bundle/model.ts";
import { nextOccurrence } from "./schedule.ts";
import { wallOf } from "./wall.ts";

const DAY_MS = 86_400_000;
/** Days that are looked through for an opening: a given day of the month is a given weekday at least once in two years. */
const MOST_DAYS = 800;
/** Steps from one rhythm to the other that are tried; each is a day or more where they are rare, and half a millisecond. */
const MOST_MEETINGS = 500;

/** The chosen hours with the zone that they are meant in. */
export interface Opening {
  readonly hours: Hours | undefined;
  /** IANA name, where the hours name none. */
  readonly timeZone: string;
}

/** Always true without hours. */
export function isOpen({ hours, timeZone }: Opening, at: Date): boolean {
  if (hours === undefined) return true;
  const zone = hours.timeZone ?? timeZone;
  if (hours.kind === "cron") {
    const minute = Math.floor(at.getTime() / 60_000) * 60_000;
    return nextOccurrence(hours.cron, zone, new Date(minute - 1)).getTime() === minute;
  }
  const wall = wallOf(at, zone);
  const minutes = wall.getUTCHours() * 60 + wall.getUTCMinutes();
  const [from, to] = [minutesOf(hours.from ?? "00:00"), minutesOf(hours.to ?? "00:00")];
  const today = dayOf(wall);
  if (from < to) return minutes >= from && minutes < to && isDay(hours, today);
  return minutes >= from ? isDay(hours, today) : minutes < to && isDay(hours, { ...today, day: today.day - 1 });
}

/** The first open moment at or after `at`; null where there is none. */
export function nextOpen(opening: Opening, at: Date): Date | null {
  const { hours, timeZone } = opening;
  if (hours === undefined || isOpen(opening, at)) return at;
  const zone = hours.timeZone ?? timeZone;
  if (hours.kind === "cron") return nextOccurrence(hours.cron, zone, at);
  const from = minutesOf(hours.from ?? "00:00");
  const cron = `${from % 60} ${Math.floor(from / 60)} * * *`;
  for (let moment = at, tries = 0; tries < MOST_DAYS; tries++) {
    moment = nextOccurrence(cron, zone, moment);
    if (isOpen(opening, moment)) return moment;
    const far = nextDay(hours, dayOf(wallOf(moment, zone)));
    if (far === null) return null;
    // Over the days that can't be, to two before the one that can: a day isn't always 24 hours.
    if (far > 2) moment = new Date(moment.getTime() + (far - 2) * DAY_MS);
  }
  return null;
}

/** The first moment of a schedule's own rhythm after `after` that lies in the hours; null where they never meet. */
export function nextWithin(schedule: { cron: string; timeZone: string }, opening: Opening, after: Date): Date | null {
  let moment = nextOccurrence(schedule.cron, schedule.timeZone, after);
  for (let tries = 0; tries < MOST_MEETINGS; tries++) {
    const open = nextOpen(opening, moment);
    if (open === null) return null;
    if (open.getTime() === moment.getTime()) return moment;
    moment = nextOccurrence(schedule.cron, schedule.timeZone, new Date(open.getTime() - 1));
  }
  return null;
}

interface Day {
  readonly year: number;
  /** From 0. */
  readonly month: number;
  /** 0 is the last of the month before. */
  readonly day: number;
}

const dayOf = (wall: Date): Day => ({
  year: wall.getUTCFullYear(),
  month: wall.getUTCMonth(),
  day: wall.getUTCDate(),
});

function isDay({ weekdays, monthDays }: Extract<Hours, { kind: "window" }>, { year, month, day }: Day): boolean {
  const date = new Date(Date.UTC(year, month, day));
  const number = date.getUTCDate();
  const last = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
  const isWeekday = weekdays === undefined || weekdays.includes(date.getUTCDay() || 7);
  const isNumber =
    monthDays === undefined || monthDays.includes(number) || (number === last && monthDays.some((one) => one > last));
  return isWeekday && isNumber;
}

/** Days from the local date to the next one that the hours name, from 1. */
function nextDay(hours: Extract<Hours, { kind: "window" }>, { year, month, day }: Day): number | null {
  for (let ahead = 1; ahead < MOST_DAYS; ahead++) {
    if (isDay(hours, { year, month, day: day + ahead })) return ahead;
  }
  return null;
}

function minutesOf(time: string): number {
  const [hour = 0, minute = 0] = time.split(":").map(Number);
  return hour * 60 + minute;
}

/** Words that depend on numbers, dates and names; the same for every text. */
import type { Locale } from "../../engine/index.ts";
import { enForm, ruForm } from "./plural.ts";

type Forms = readonly [one: string, few: string, many?: string];

/** "3 запуска". `forms`: Russian 1, 2, 5 (запуск, запуска, запусков); English 1, 2 (run, runs). */
export function counted(locale: Locale, count: number, forms: Forms): string {
  const [one, few, many = few] = forms;
  const word = locale === "ru" ? ruForm(count, one, few, many) : enForm(count, one, few);
  return `${number(locale, count)} ${word}`;
}

export const number = (locale: Locale, value: number): string => new Intl.NumberFormat(locale).format(value);

/** A moment in the member's zone: the time today, else day and time; the year only when it isn't this one. */
export function moment(locale: Locale, timeZone: string, at: Date, now: Date = new Date()): string {
  const day = (date: Date) => new Intl.DateTimeFormat("sv", { timeZone, dateStyle: "short" }).format(date);
  const time: Intl.DateTimeFormatOptions = { timeZone, hour: "2-digit", minute: "2-digit", hour12: false };
  if (day(at) === day(now)) return new Intl.DateTimeFormat(locale, time).format(at);
  const isThisYear = day(at).slice(0, 4) === day(now).slice(0, 4);
  return new Intl.DateTimeFormat(locale, {
    ...time,
    day: "numeric",
    month: "long",
    ...(isThisYear ? {} : { year: "numeric" }),
  }).format(at);
}

/** As `moment`, but of today it says so: a value of a record may be of any day, and a time alone names none. */
export function dayAndTime(locale: Locale, timeZone: string, at: Date, now: Date = new Date()): string {
  const shown = moment(locale, timeZone, at, now);
  if (!/^\d{1,2}:\d{2}$/.test(shown)) return shown;
  return locale === "ru" ? `сегодня в ${shown}` : `today at ${shown}`;
}

/** "0,8 с", "12 с", "3 мин" */
export function took(locale: Locale, ms: number): string {
  const shown = (value: number, digits: number) =>
    new Intl.NumberFormat(locale, { maximumFractionDigits: digits }).format(value);
  const unit = locale === "ru" ? { s: "с", min: "мин" } : { s: "s", min: "min" };
  if (ms < 100) return `< ${shown(0.1, 1)} ${unit.s}`;
  if (ms < 60_000) return `${shown(ms / 1_000, ms < 10_000 ? 1 : 0)} ${unit.s}`;
  return `${shown(ms / 60_000, 0)} ${unit.min}`;
}

/** Cuts a name so that a button or a line stays one: its end stays, by which copies differ. */
export function short(text: string, longest = 40): string {
  const letters = [...text];
  if (letters.length <= longest) return text;
  const tail = Math.min(12, Math.floor(longest / 3));
  return `${letters.slice(0, longest - 1 - tail).join("")}…${letters.slice(letters.length - tail).join("")}`;
}

/** Dates by the workspace's clock: a day stays a day when the clocks change. */
import type { Action, Choice, Context, Field, JsonObject } from "../../kit/define.ts";
import { numberOf, textOf } from "../../kit/read.ts";
import { formatLocal, parseLocal } from "../../kit/time.ts";
import { bad, result, tool } from "./tool.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const date = (key: string, ru: string, en: string): Field => ({
  key,
  label: { ru, en },
  kind: "dateTime",
  required: true,
  common: true,
});

function read(input: JsonObject, key: string, ctx: Context): Date {
  const text = textOf(input[key]) ?? "";
  return (
    parseLocal(text, ctx.timeZone) ??
    bad(key, `«${text.slice(0, 60)}» — не дата.`, `“${text.slice(0, 60)}” is no date.`)
  );
}

const LOCAL = "yyyy-MM-dd HH:mm:ss";
/** The local clock moved by whole months and days; the 31st becomes the month's last day. */
function moved(at: Date, amount: number, unit: string, zone: string): Date | null {
  const exact: Record<string, number> = { minutes: 60_000, hours: HOUR_MS };
  const step = exact[unit];
  if (step !== undefined) return new Date(at.getTime() + amount * step);
  const [day = "", time = ""] = formatLocal(at, zone, LOCAL).split(" ");
  const [year = 0, month = 1, dayOfMonth = 1] = day.split("-").map(Number);
  const months = unit === "months" ? amount : unit === "years" ? amount * 12 : 0;
  const days = unit === "days" ? amount : unit === "weeks" ? amount * 7 : 0;
  const last = new Date(Date.UTC(year, month + months, 0)).getUTCDate();
  const to = new Date(Date.UTC(year, month - 1 + months, Math.min(dayOfMonth, months === 0 ? 31 : last) + days));
  return Number.isNaN(to.getTime()) ? null : parseLocal(`${to.toISOString().slice(0, 10)} ${time}`, zone);
}

const add = tool({
  key: "addToDate",
  name: { ru: "Сдвинуть дату", en: "Move a date" },
  words: ["дата", "прибавить", "дни", "срок", "date", "add", "days"],
  fields: [
    date("date", "Дата", "Date"),
    {
      key: "amount",
      label: { ru: "На сколько", en: "By how much" },
      kind: "integer",
      required: true,
      initial: "1",
      common: true,
      hint: { ru: "Отрицательное число: назад.", en: "A negative number: back." },
    },
    {
      key: "unit",
      label: { ru: "Чего", en: "Of what" },
      kind: "choice",
      required: true,
      initial: "days",
      common: true,
      choices: [
        { value: "minutes", label: { ru: "минут", en: "minutes" } },
        { value: "hours", label: { ru: "часов", en: "hours" } },
        { value: "days", label: { ru: "дней", en: "days" } },
        { value: "weeks", label: { ru: "недель", en: "weeks" } },
        { value: "months", label: { ru: "месяцев", en: "months" } },
        { value: "years", label: { ru: "лет", en: "years" } },
      ],
    },
  ],
  output: [{ ...result, kind: "dateTime" }],
  sample: { result: "2026-01-11T09:00:00.000Z" },
  run(input, ctx) {
    const amount = numberOf(input.amount) ?? 0;
    const to =
      Math.abs(amount) <= 10_000_000
        ? moved(read(input, "date", ctx), amount, textOf(input.unit) ?? "days", ctx.timeZone)
        : null;
    if (!to || to.getUTCFullYear() > 9999 || to.getUTCFullYear() < 1)
      return bad("amount", "Так далеко календарь не идёт.", "The calendar doesn't reach so far.");
    return { result: to.toISOString() };
  },
});

const FORMATS: readonly Choice[] = ["dd.MM.yyyy", "dd.MM.yyyy HH:mm", "yyyy-MM-dd", "yyyy-MM-dd HH:mm:ss", "HH:mm"].map(
  (pattern) => {
    const shown = pattern
      .replace("dd", "31")
      .replace("MM", "12")
      .replace("yyyy", "2026")
      .replace("HH", "18")
      .replace("mm", "30")
      .replace("ss", "00");
    return { value: pattern, label: { ru: shown, en: shown } };
  },
);
const WEEKDAYS = {
  ru: ["воскресенье", "понедельник", "вторник", "среда", "четверг", "пятница", "суббота"],
  en: ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"],
} as const;

const format = tool({
  key: "formatDate",
  name: { ru: "Записать дату по-другому", en: "Write a date in another way" },
  words: ["дата", "формат", "день недели", "date", "format", "weekday"],
  fields: [
    date("date", "Дата", "Date"),
    {
      key: "as",
      label: { ru: "Вид", en: "Form" },
      kind: "choice",
      initial: "dd.MM.yyyy",
      common: true,
      open: true,
      choices: FORMATS,
      hint: { ru: "Или свой: yyyy, MM, dd, HH, mm, ss.", en: "Or your own: yyyy, MM, dd, HH, mm, ss." },
    },
  ],
  output: [
    result,
    { key: "weekday", label: { ru: "День недели", en: "Weekday" }, kind: "text" },
    {
      key: "weekdayNumber",
      label: { ru: "Номер дня недели (1 — понедельник)", en: "Weekday's number (1 is Monday)" },
      kind: "integer",
    },
    { key: "unix", label: { ru: "Секунды с 1970 года (Unix)", en: "Seconds since 1970 (Unix)" }, kind: "integer" },
  ],
  sample: { result: "31.12.2026", weekday: "четверг", weekdayNumber: 4, unix: 1798727400 },
  run(input, ctx) {
    const at = read(input, "date", ctx);
    const day = new Date(`${formatLocal(at, ctx.timeZone, "yyyy-MM-dd")}T00:00:00Z`).getUTCDay();
    return {
      result: formatLocal(at, ctx.timeZone, textOf(input.as) ?? "dd.MM.yyyy"),
      weekday: WEEKDAYS[ctx.locale][day] ?? "",
      weekdayNumber: day === 0 ? 7 : day,
      unix: Math.floor(at.getTime() / 1_000),
    };
  },
});

const difference = tool({
  key: "dateDifference",
  name: { ru: "Сколько прошло между датами", en: "Time between two dates" },
  words: ["дата", "разница", "прошло", "возраст", "date", "difference", "age"],
  fields: [date("from", "С", "From"), date("to", "По", "To")],
  output: [
    { key: "days", label: { ru: "Дней по календарю", en: "Days by the calendar" }, kind: "integer", common: true },
    { key: "hours", label: { ru: "Часов", en: "Hours" }, kind: "decimal", common: true },
    { key: "minutes", label: { ru: "Минут", en: "Minutes" }, kind: "integer" },
    { key: "years", label: { ru: "Полных лет", en: "Full years" }, kind: "integer" },
    { key: "isPast", label: { ru: "«По» раньше, чем «с»", en: "“To” is before “from”" }, kind: "boolean" },
  ],
  sample: { days: 2, hours: 49.5, minutes: 2970, years: 0, isPast: false },
  run(input, ctx) {
    const [from, to] = [read(input, "from", ctx), read(input, "to", ctx)];
    const dayOf = (at: Date) => Date.parse(`${formatLocal(at, ctx.timeZone, "yyyy-MM-dd")}T00:00:00Z`) / DAY_MS;
    const ms = to.getTime() - from.getTime();
    const [first, second] = [formatLocal(from, ctx.timeZone, "yyyyMMdd"), formatLocal(to, ctx.timeZone, "yyyyMMdd")];
    return {
      days: dayOf(to) - dayOf(from),
      hours: Math.round((ms / HOUR_MS) * 100) / 100,
      minutes: Math.trunc(ms / 60_000),
      years: Math.trunc((Number(second) - Number(first)) / 10_000),
      isPast: ms < 0,
    };
  },
});

export const dates: readonly Action[] = [add, format, difference];

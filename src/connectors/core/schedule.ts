/** Schedule: starts a bundle by the clock. Only declared here; the engine computes occurrences and makes the items. */
import { type Choice, defineConnector, type JsonObject } from "../kit/define.ts";
import { ConnectorError } from "../kit/errors.ts";
import { numberOf, textOf } from "../kit/read.ts";

const DAYS: readonly Choice[] = [
  { value: "1", label: { ru: "понедельник", en: "Monday" } },
  { value: "2", label: { ru: "вторник", en: "Tuesday" } },
  { value: "3", label: { ru: "среда", en: "Wednesday" } },
  { value: "4", label: { ru: "четверг", en: "Thursday" } },
  { value: "5", label: { ru: "пятница", en: "Friday" } },
  { value: "6", label: { ru: "суббота", en: "Saturday" } },
  { value: "7", label: { ru: "воскресенье", en: "Sunday" } },
];

/** Only periods that divide the hour or the day, so that cron says exactly them. */
const PERIODS: readonly Choice[] = [
  ...[5, 10, 15, 20, 30].map((minutes) => ({
    value: String(minutes),
    label: { ru: `каждые ${minutes} минут`, en: `every ${minutes} minutes` },
  })),
  { value: "60", label: { ru: "каждый час", en: "every hour" } },
  ...[2, 3, 4].map((hours) => ({
    value: String(hours * 60),
    label: { ru: `каждые ${hours} часа`, en: `every ${hours} hours` },
  })),
  ...[6, 8, 12].map((hours) => ({
    value: String(hours * 60),
    label: { ru: `каждые ${hours} часов`, en: `every ${hours} hours` },
  })),
];
const LAST_CERTAIN_DAY = 28;

function timeOf(options: JsonObject): string {
  const text = textOf(options.time) ?? "09:00";
  const found = /^(\d{1,2})[:.](\d{2})$/.exec(text);
  const hour = Number(found?.[1]);
  const minute = Number(found?.[2]);
  if (found && hour < 24 && minute < 60) return `${minute} ${hour}`;
  throw new ConnectorError(
    "data",
    { ru: `«${text}» — не время. Нужно, например, 09:30.`, en: `“${text}” is no time. It takes one such as 09:30.` },
    { field: "time" },
  );
}

/** What the person chose, as a cron expression. */
export function cronOf(options: JsonObject): string {
  switch (textOf(options.mode) ?? "daily") {
    case "minutes": {
      const minutes = numberOf(options.minutes) ?? 60;
      return minutes < 60 ? `*/${minutes} * * * *` : `0 */${Math.round(minutes / 60)} * * *`;
    }
    case "weekly": {
      const days = Array.isArray(options.weekdays) ? options.weekdays.map(String) : [textOf(options.weekdays) ?? "1"];
      return `${timeOf(options)} * * ${days.length > 0 ? days.join(",") : "1"}`;
    }
    case "monthly": {
      const day = numberOf(options.day) ?? 1;
      return `${timeOf(options)} ${day > LAST_CERTAIN_DAY ? "L" : Math.max(1, day)} * *`;
    }
    case "cron":
      return textOf(options.cron) ?? "";
    default:
      return `${timeOf(options)} * * *`;
  }
}

export const schedule = defineConnector({
  key: "schedule",
  name: { ru: "Расписание", en: "Schedule" },
  about: { ru: "Запускает связку по часам.", en: "Starts a bundle by the clock." },
  words: ["расписание", "таймер", "каждый день", "каждый час", "cron", "крон", "timer", "clock"],
  core: true,
  auth: { kind: "none" },
  actions: [],
  triggers: [
    {
      key: "tick",
      name: { ru: "По расписанию", en: "On schedule" },
      words: ["каждый день", "каждый час", "cron", "every day", "every hour"],
      clock: true,
      cron: cronOf,
      options: [
        {
          key: "mode",
          label: { ru: "Когда", en: "When" },
          kind: "choice",
          required: true,
          initial: "daily",
          common: true,
          choices: [
            { value: "minutes", label: { ru: "каждые N минут", en: "every N minutes" } },
            { value: "daily", label: { ru: "каждый день", en: "every day" } },
            { value: "weekly", label: { ru: "по дням недели", en: "on days of the week" } },
            { value: "monthly", label: { ru: "раз в месяц", en: "once a month" } },
            { value: "cron", label: { ru: "выражение cron", en: "cron expression" } },
          ],
        },
        {
          key: "minutes",
          when: { field: "mode", is: ["minutes"] },
          label: { ru: "Как часто", en: "How often" },
          kind: "choice",
          initial: "60",
          choices: PERIODS,
        },
        {
          key: "time",
          when: { field: "mode", is: ["daily", "weekly", "monthly"] },
          label: { ru: "Время", en: "Time" },
          kind: "text",
          initial: "09:00",
          common: true,
          hint: { ru: "Часы и минуты, например 09:30.", en: "Hours and minutes, for example 09:30." },
        },
        {
          key: "weekdays",
          when: { field: "mode", is: ["weekly"] },
          label: { ru: "Дни недели", en: "Days of the week" },
          kind: "choice",
          many: true,
          choices: DAYS,
        },
        {
          key: "day",
          when: { field: "mode", is: ["monthly"] },
          label: { ru: "Число месяца", en: "Day of the month" },
          kind: "integer",
          initial: "1",
          hint: {
            ru: "29, 30 и 31 означают последний день месяца.",
            en: "29, 30 and 31 mean the last day of the month.",
          },
        },
        {
          key: "cron",
          when: { field: "mode", is: ["cron"] },
          required: true,
          label: { ru: "Выражение cron", en: "Cron expression" },
          kind: "text",
          hint: {
            ru: "Пять полей: минута, час, число, месяц, день недели. Например, 0 9 * * 1-5.",
            en: "Five fields: minute, hour, day, month, weekday. For example 0 9 * * 1-5.",
          },
        },
        {
          key: "timeZone",
          label: { ru: "Часовой пояс", en: "Time zone" },
          kind: "text",
          hint: {
            ru: "Если пусто, берётся из настроек. Например, Europe/Moscow.",
            en: "From the settings when empty. For example Europe/Moscow.",
          },
        },
      ],
      output: [
        {
          key: "at",
          label: { ru: "Дата и время запуска", en: "Date and time of the start" },
          kind: "dateTime",
          meaning: "createdAt",
          common: true,
        },
        { key: "date", label: { ru: "Дата", en: "Date" }, kind: "text" },
        { key: "time", label: { ru: "Время", en: "Time" }, kind: "text" },
        { key: "weekday", label: { ru: "День недели, 1–7", en: "Day of the week, 1–7" }, kind: "integer" },
        { key: "timeZone", label: { ru: "Часовой пояс", en: "Time zone" }, kind: "text" },
      ],
      sample: {
        at: "2026-01-10T06:00:00.000Z",
        date: "2026-01-10",
        time: "09:00",
        weekday: 6,
        timeZone: "Europe/Moscow",
      },
      record: (item) => String(item.at),
      change: (item) => String(item.at),
      at: (item) => {
        const text = textOf(item.at);
        return text === null ? null : new Date(text);
      },
    },
  ],
});

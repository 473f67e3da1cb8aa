/** Schedule: starts a bundle by the clock. Only declared here; the engine computes occurrences and makes the items. */
import { type Choice, defineConnector } from "../kit/define.ts";
import { textOf } from "../kit/read.ts";

const DAYS: readonly Choice[] = [
  { value: "1", label: { ru: "понедельник", en: "Monday" } },
  { value: "2", label: { ru: "вторник", en: "Tuesday" } },
  { value: "3", label: { ru: "среда", en: "Wednesday" } },
  { value: "4", label: { ru: "четверг", en: "Thursday" } },
  { value: "5", label: { ru: "пятница", en: "Friday" } },
  { value: "6", label: { ru: "суббота", en: "Saturday" } },
  { value: "7", label: { ru: "воскресенье", en: "Sunday" } },
];

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
          label: { ru: "Каждые сколько минут", en: "Every how many minutes" },
          kind: "integer",
          initial: "60",
        },
        {
          key: "time",
          label: { ru: "Время", en: "Time" },
          kind: "text",
          initial: "09:00",
          common: true,
          hint: { ru: "Часы и минуты, например 09:30.", en: "Hours and minutes, for example 09:30." },
        },
        {
          key: "weekdays",
          label: { ru: "Дни недели", en: "Days of the week" },
          kind: "choice",
          many: true,
          choices: DAYS,
        },
        {
          key: "day",
          label: { ru: "Число месяца", en: "Day of the month" },
          kind: "integer",
          initial: "1",
          hint: { ru: "31 — последний день месяца.", en: "31 is the last day of the month." },
        },
        {
          key: "cron",
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
          key: "plannedAt",
          label: { ru: "Время по расписанию", en: "Planned time" },
          kind: "dateTime",
          meaning: "createdAt",
          common: true,
        },
        { key: "startedAt", label: { ru: "Время запуска", en: "Start time" }, kind: "dateTime" },
        { key: "timeZone", label: { ru: "Часовой пояс", en: "Time zone" }, kind: "text" },
        { key: "number", label: { ru: "Номер запуска", en: "Number of the start" }, kind: "integer" },
      ],
      sample: {
        plannedAt: "2026-01-10T06:00:00.000Z",
        startedAt: "2026-01-10T06:00:01.000Z",
        timeZone: "Europe/Moscow",
        number: 1,
      },
      record: (item) => String(item.plannedAt),
      change: (item) => String(item.plannedAt),
      at: (item) => {
        const text = textOf(item.plannedAt);
        return text === null ? null : new Date(text);
      },
    },
  ],
});

/** Words about launch hours and about migrating the past. */
import { enForm } from "../plural.ts";
import { number } from "../words.ts";

const records = (n: number) => `${number("en", n)} ${enForm(n, "record", "records")}`;

export const hours = {
  button: "🕘 Hours",
  title: "🕘 When the bundle works",
  always: "all the time",
  now: (how: string, zone: string) => `Now: ${how} (${zone})`,
  next: "The next times:",
  never: "⚠️ With such hours the bundle would never work.",
  hint: "Press a button or say it in words: “weekdays from 9 to 18”, “every day at 9:30”, “on the 1st and 15th at 10:00”, “every 20 minutes from 8 to 22”. A cron expression will do, too.",
  notUnderstood: (text: string) =>
    `I don't understand “${text}”. Write, for example, “weekdays from 9 to 18”, “on Mondays at 10:00” or “0 9 * * 1-5”.`,
  alwaysButton: "All the time",
  presets: { work: "Mon–Fri 9–18", day: "Every day 9–21", hourly: "Every hour", nine: "Every day at 9:00" },
  weekdays: ["Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"],
  onlyHere:
    "Launch hours are for polls and schedules. This bundle is told by the service and takes what comes at once.",
  words: {
    days: ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"],
    workdays: "on weekdays",
    weekends: "on weekends",
    daily: "every day",
    monthDays: (days: string) => `on day ${days} of the month`,
    between: (from: string, to: string) => `from ${from} to ${to}`,
    at: (times: string) => `at ${times}`,
    and: " and ",
    everyMinutes: (n: number) => (n === 1 ? "every minute" : `every ${n} minutes`),
    everyHours: (n: number) => (n === 1 ? "every hour" : `every ${n} hours`),
    cron: (text: string) => `cron ${text}`,
  },
};

export const migration = {
  button: "📦 Migrate the past",
  title: "📦 Migrating the past",
  about:
    "Records that the service has already go through the bundle one after the other. New events come first and don't wait.",
  notStarted: "Start the bundle first: the past goes through the published version.",
  choose: "Of which time? Choose, or write a period: “2026-10-01 – 2026-10-31”.",
  everything: "Everything there is",
  last: (days: number) =>
    days === 1
      ? "The last day"
      : days === 7
        ? "The last week"
        : days === 30
          ? "The last month"
          : `The last ${days} days`,
  badPeriod: (text: string) => `“${text}” is no period that I know. Write, for example, “2026-10-01 – 2026-10-31”.`,
  future: "This period hasn't come yet. The bundle takes new events by itself.",
  ask: (what: string) => `Send the past (${what})? All steps are done for real. You can stop at any moment.`,
  yes: "▶️ Yes, begin",
  period: (from: string, to: string) => `from ${from} to ${to}`,
  till: (to: string) => `from the very beginning to ${to}`,
  state: {
    running: "▶️ Under way",
    finishing: "▶️ All is read, the last runs are on their way",
    paused: "⏸ Paused",
    done: "✅ Finished",
    held: "⏸ Waits: the bundle is paused",
  },
  progress: (share: number) =>
    `${"▓".repeat(Math.round(share * 10))}${"░".repeat(10 - Math.round(share * 10))} ${Math.floor(share * 100)}%`,
  counts: (c: { read: number; sent: number; filtered: number; repeated: number; waiting: number; failed: number }) =>
    [
      `Read: ${records(c.read)}`,
      `sent ${number("en", c.sent)}`,
      ...(c.filtered ? [`🔎 filtered ${number("en", c.filtered)}`] : []),
      ...(c.repeated ? [`♻️ known before ${number("en", c.repeated)}`] : []),
      ...(c.waiting ? [`⏳ on their way ${number("en", c.waiting)}`] : []),
      ...(c.failed ? [`❌ failed ${number("en", c.failed)}`] : []),
    ].join(" · "),
  readTo: (time: string) => `Has come to records of ${time}`,
  failed: "The service doesn't tell its past:",
  retryAt: (time: string) => `Next try: ${time}`,
  pause: "⏸ Pause",
  resume: "▶️ Go on",
  again: "🔁 Another period",
  reset: "🧹 Reset",
  resetAsk:
    "Reset the migration? The bundle forgets what it has sent, and the same records may be sent once more. What is under way goes on.",
  resetYes: "🧹 Yes, reset",
  wasReset: "The migration is reset.",
  card: (how: string) => `📦 Migrating the past: ${how}`,
};

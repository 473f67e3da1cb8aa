/** Launch hours as people read them, and what can be wrong with them. */
import { ConnectorError } from "../../connectors/kit/errors.ts";
import type { Text } from "../../connectors/kit/fields.ts";
import { nextOpen } from "../trigger/hours.ts";
import { zoneOf } from "../trigger/schedule.ts";
import type { Hours } from "./model.ts";

const WEEKDAYS: readonly Text[] = [
  { ru: "пн", en: "Mon" },
  { ru: "вт", en: "Tue" },
  { ru: "ср", en: "Wed" },
  { ru: "чт", en: "Thu" },
  { ru: "пт", en: "Fri" },
  { ru: "сб", en: "Sat" },
  { ru: "вс", en: "Sun" },
];

/** `пн–пт, с 09:00 до 18:00 (Europe/Moscow)`; a cron expression as it is. */
export function describeHours(hours: Hours | undefined): Text {
  if (hours === undefined) return { ru: "всё время", en: "all the time" };
  const zone = hours.timeZone === undefined ? "" : ` (${hours.timeZone})`;
  if (hours.kind === "cron") return { ru: `cron ${hours.cron}${zone}`, en: `cron ${hours.cron}${zone}` };
  const { from, to, weekdays, monthDays } = hours;
  const parts: Text[] = [];
  if (weekdays !== undefined) parts.push(weekdaysIn(weekdays));
  if (monthDays !== undefined) {
    const days = spans(monthDays).map(([first, last]) => (first === last ? `${first}` : `${first}–${last}`));
    parts.push({ ru: `числа ${days.join(", ")}`, en: `days ${days.join(", ")} of the month` });
  }
  if (from !== undefined && to !== undefined) parts.push({ ru: `с ${from} до ${to}`, en: `from ${from} to ${to}` });
  if (parts.length === 0) return { ru: `всё время${zone}`, en: `all the time${zone}` };
  const join = (locale: "ru" | "en") => `${parts.map((part) => part[locale]).join(", ")}${zone}`;
  return { ru: join("ru"), en: join("en") };
}

function weekdaysIn(weekdays: readonly number[]): Text {
  const join = (locale: "ru" | "en") =>
    spans(weekdays)
      .map(([first, last]) => {
        const [one, other] = [first, last].map((day) => WEEKDAYS[day - 1]?.[locale] ?? String(day));
        return first === last ? one : last === first + 1 ? `${one}, ${other}` : `${one}–${other}`;
      })
      .join(", ");
  return { ru: join("ru"), en: join("en") };
}

/** Neighbours as spans. */
function spans(numbers: readonly number[]): readonly [number, number][] {
  const found: [number, number][] = [];
  for (const number of [...new Set(numbers)].toSorted((a, b) => a - b)) {
    const last = found.at(-1);
    if (last !== undefined && last[1] === number - 1) last[1] = number;
    else found.push([number, number]);
  }
  return found;
}

/** What keeps hours from being used; null where nothing does. */
export function mistakeInHours(hours: Hours | undefined): Text | null {
  if (hours === undefined) return null;
  if (hours.kind === "window" && (hours.from === undefined) !== (hours.to === undefined)) return HALF;
  if (hours.kind === "window" && hours.from !== undefined && hours.from === hours.to) return NOTHING;
  try {
    zoneOf({ timeZone: hours.timeZone ?? "" }, "UTC");
    return nextOpen({ hours, timeZone: "UTC" }, new Date()) === null ? NEVER : null;
  } catch (error) {
    if (error instanceof ConnectorError) return error.sentence;
    throw error;
  }
}

const HALF: Text = {
  ru: "Часы работы заданы наполовину. Нужно и начало, и конец, например с 09:00 до 18:00.",
  en: "Half of the launch hours is missing. They take a beginning and an end, for example from 09:00 to 18:00.",
};
const NOTHING: Text = {
  ru: "Часы работы начинаются и кончаются в одно время. Укажите разное.",
  en: "The launch hours begin and end at the same time. Choose two different times.",
};
const NEVER: Text = {
  ru: "Такие часы работы не наступят никогда: этих дней не бывает.",
  en: "These launch hours never come: there are no such days.",
};

/** Dates as services and people write them, read and written in a time zone. */
import type { Json } from "../../connectors/kit/fields.ts";
import type { ValueSettings } from "./settings.ts";

type Parts = readonly [
  year: number,
  month: number,
  day: number,
  hour: number,
  minute: number,
  second: number,
  ms: number,
];

const TIME = String.raw`(?:[T,\s]+(?:в\s+|at\s+)?(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s*(am|pm)?)?`;
const ZONE = String.raw`\s*(z|utc|gmt|[+-]\d{2}(?::?\d{2})?|msk|мск)?`;
const YEAR_FIRST = new RegExp(`^(\\d{4})[-./](\\d{1,2})[-./](\\d{1,2})${TIME}${ZONE}$`, "i");
const DAY_FIRST = new RegExp(`^(\\d{1,2})[-./](\\d{1,2})[-./](\\d{4})${TIME}${ZONE}$`, "i");
const NAMED = new RegExp(
  `^(?:[a-zа-я]{2,12}\\.?,?\\s+)?(\\d{1,2})\\s+([a-zа-я]{3,9})\\.?\\s+(\\d{4})(?:\\s*г\\.?)?${TIME}${ZONE}$`,
  "i",
);
const COMPACT = /^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})(z)?$/i;
const MONTHS = [
  ["jan", "янв"],
  ["feb", "фев"],
  ["mar", "мар"],
  ["apr", "апр"],
  ["may", "мая", "май"],
  ["jun", "июн"],
  ["jul", "июл"],
  ["aug", "авг"],
  ["sep", "сен"],
  ["oct", "окт"],
  ["nov", "ноя"],
  ["dec", "дек"],
] as const;

/**
 * Reads ISO 8601, `10.01.2026 12:00`, `10/01/2026` (month first for the US), `10 января 2026`, mail dates and unix time
 * in seconds or milliseconds. A time without a zone is local in the workspace's. Null for anything else.
 */
export function readMoment(
  value: Json | undefined,
  settings: Pick<ValueSettings, "timeZone" | "country">,
): Date | null {
  if (typeof value === "number") return fromUnix(value);
  if (typeof value !== "string" || value.length > 80) return null;
  const text = value.trim();
  if (/^\d{9,10}$|^\d{12,13}$/.test(text)) return fromUnix(Number(text));
  const compact = COMPACT.exec(text);
  if (compact !== null) return compose(compact, [1, 2, 3, 4, 5, 6], "", "", compact[7], settings);
  const iso = YEAR_FIRST.exec(text);
  if (iso !== null) return compose(iso, [1, 2, 3, 4, 5, 6], iso[7], iso[8], iso[9], settings);
  const day = DAY_FIRST.exec(text);
  if (day !== null) {
    const monthFirst = (settings.country === "US" && text.includes("/") && Number(day[1]) <= 12) || Number(day[2]) > 12;
    return compose(day, monthFirst ? [3, 1, 2, 4, 5, 6] : [3, 2, 1, 4, 5, 6], day[7], day[8], day[9], settings);
  }
  const named = NAMED.exec(text);
  if (named === null) return null;
  const month = MONTHS.findIndex((names) => names.some((name) => named[2]?.toLowerCase().startsWith(name)));
  if (month === -1) return null;
  named[2] = String(month + 1);
  return compose(named, [3, 2, 1, 4, 5, 6], named[7], named[8], named[9], settings);
}

/**
 * Writes a moment by a strftime format (`%d-%m-%Y %H:%M:%S`), names of months and days in the given language; without
 * a format as ISO 8601 with the zone's offset.
 */
export function writeMoment(moment: Date, format: string | undefined, settings: ValueSettings): string {
  const offset = zoneOffset(moment.getTime(), settings.timeZone);
  const local = new Date(moment.getTime() + offset);
  return (format ?? "%Y-%m-%dT%H:%M:%S%:z").replace(
    /%([-_0^:]?)([a-zA-Z%+])/g,
    (whole, flag: string, letter: string) => {
      const piece = strftime(flag === ":" ? `:${letter}` : letter, local, moment, offset, settings.locale);
      if (piece === null) return whole;
      if (flag === "-") return piece.replace(/^[0 ]+(?=.)/, "");
      if (flag === "^") return piece.toUpperCase();
      return flag === "_" ? piece.replace(/^0+(?=.)/, (zeros) => " ".repeat(zeros.length)) : piece;
    },
  );
}

function strftime(letter: string, local: Date, moment: Date, offset: number, locale: "ru" | "en"): string | null {
  const two = (value: number): string => String(value).padStart(2, "0");
  const hour = local.getUTCHours();
  const named = (options: Intl.DateTimeFormatOptions): string =>
    new Intl.DateTimeFormat(locale, { timeZone: "UTC", ...options }).format(local);
  switch (letter) {
    case "Y":
      return String(local.getUTCFullYear()).padStart(4, "0");
    case "y":
      return two(local.getUTCFullYear() % 100);
    case "m":
      return two(local.getUTCMonth() + 1);
    case "d":
      return two(local.getUTCDate());
    case "e":
      return String(local.getUTCDate()).padStart(2, " ");
    case "j":
      return String(Math.floor((local.getTime() - Date.UTC(local.getUTCFullYear(), 0, 1)) / 86_400_000) + 1).padStart(
        3,
        "0",
      );
    case "H":
      return two(hour);
    case "k":
      return String(hour).padStart(2, " ");
    case "I":
      return two(hour % 12 || 12);
    case "l":
      return String(hour % 12 || 12).padStart(2, " ");
    case "M":
      return two(local.getUTCMinutes());
    case "S":
      return two(local.getUTCSeconds());
    case "L":
      return String(local.getUTCMilliseconds()).padStart(3, "0");
    case "p":
      return hour < 12 ? "AM" : "PM";
    case "P":
      return hour < 12 ? "am" : "pm";
    case "B":
      // With the day, Russian puts the month into the genitive, as dates are written.
      return locale === "ru"
        ? named({ day: "numeric", month: "long" }).replace(/[\d\s]/g, "")
        : named({ month: "long" });
    case "b":
    case "h":
      return named({ month: "short" });
    case "A":
      return named({ weekday: "long" });
    case "a":
      return named({ weekday: "short" });
    case "u":
      return String(local.getUTCDay() || 7);
    case "w":
      return String(local.getUTCDay());
    case "s":
      return String(Math.floor(moment.getTime() / 1000));
    case "Q":
      return String(moment.getTime());
    case "F":
      return `${strftime("Y", local, moment, offset, locale)}-${two(local.getUTCMonth() + 1)}-${two(local.getUTCDate())}`;
    case "T":
      return `${two(hour)}:${two(local.getUTCMinutes())}:${two(local.getUTCSeconds())}`;
    case "R":
      return `${two(hour)}:${two(local.getUTCMinutes())}`;
    case "z":
      return offsetText(offset, "");
    case ":z":
      return offsetText(offset, ":");
    case "%":
      return "%";
    default:
      return null;
  }
}

function offsetText(offset: number, colon: string): string {
  const minutes = Math.abs(Math.trunc(offset / 60_000));
  const two = (value: number): string => String(value).padStart(2, "0");
  return `${offset < 0 ? "-" : "+"}${two(Math.floor(minutes / 60))}${colon}${two(minutes % 60)}`;
}

function fromUnix(value: number): Date | null {
  // Up to 11 digits are seconds (year 5138), longer ones milliseconds; small numbers are no dates at all.
  if (!Number.isFinite(value) || value < 100_000_000 || value > 8.64e15) return null;
  return new Date(value < 100_000_000_000 ? value * 1000 : value);
}

function compose(
  match: RegExpExecArray,
  order: readonly number[],
  fraction: string | undefined,
  half: string | undefined,
  zone: string | undefined,
  settings: Pick<ValueSettings, "timeZone">,
): Date | null {
  const [year = 0, month = 1, day = 1, clock = 0, minute = 0, second = 0] = order.map((index) =>
    Number(match[index] ?? 0),
  );
  const hour = half === undefined || half === "" ? clock : (clock % 12) + (half.toLowerCase() === "pm" ? 12 : 0);
  const ms = Number((fraction ?? "").padEnd(3, "0").slice(0, 3));
  if (month < 1 || month > 12 || day < 1 || hour > 24 || minute > 59 || second > 60) return null;
  if (day > new Date(Date.UTC(2000 + (year % 400), month, 0)).getUTCDate()) return null;
  const parts: Parts = [year, month, day, hour, minute, Math.min(second, 59), ms];
  return zone === undefined ? fromLocal(parts, settings.timeZone) : new Date(utc(parts) - fixedOffset(zone));
}

function utc([year, month, day, hour, minute, second, ms]: Parts): number {
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  date.setUTCHours(hour, minute, second, ms);
  return date.getTime();
}

function fixedOffset(zone: string): number {
  if (/^(?:msk|мск)$/i.test(zone)) return 3 * 3_600_000;
  const match = /^([+-])(\d{2}):?(\d{2})?$/.exec(zone);
  if (match === null) return 0;
  return (match[1] === "-" ? -1 : 1) * (Number(match[2]) * 60 + Number(match[3] ?? 0)) * 60_000;
}

/** A local time that comes twice is the first; one that is skipped moves on by the gap. */
function fromLocal(parts: Parts, timeZone: string): Date {
  const wall = utc(parts);
  const day = 86_400_000;
  const early = wall - zoneOffset(wall - day, timeZone);
  if (early + zoneOffset(early, timeZone) === wall) return new Date(early);
  const late = wall - zoneOffset(wall + day, timeZone);
  return new Date(late + zoneOffset(late, timeZone) === wall ? late : early);
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** Milliseconds that the zone's clocks are ahead of UTC at that moment; an unknown zone is UTC. */
export function zoneOffset(at: number, timeZone: string): number {
  let format = formats.get(timeZone);
  if (format === undefined) {
    format = makeFormat(timeZone);
    if (formats.size > 500) formats.clear();
    formats.set(timeZone, format);
  }
  const part: Record<string, number> = {};
  for (const { type, value } of format.formatToParts(at)) part[type] = Number(value);
  const { year = 1970, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = part;
  const wall = utc([year, month, day, hour, minute, second, 0]);
  return wall - Math.floor(at / 1000) * 1000;
}

function makeFormat(timeZone: string): Intl.DateTimeFormat {
  const options: Intl.DateTimeFormatOptions = {
    calendar: "gregory",
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  };
  try {
    return new Intl.DateTimeFormat("en-US", { ...options, timeZone });
  } catch {
    return new Intl.DateTimeFormat("en-US", { ...options, timeZone: "UTC" });
  }
}

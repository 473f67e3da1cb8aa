/**
 * Local time as a clock on the wall shows it, written as if it were UTC, so that calendar arithmetic needs no zone. Only
 * the way back to a moment knows that a change of the clock skips some times and brings others twice.
 */
import { ConnectorError } from "../../connectors/kit/errors.ts";

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const MOST_ZONES = 600;
const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone);
  if (known) return known;
  try {
    const format = new Intl.DateTimeFormat("en-US", {
      timeZone,
      hourCycle: "h23",
      ...{ year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", second: "2-digit" },
    });
    if (formats.size >= MOST_ZONES) formats.clear();
    formats.set(timeZone, format);
    return format;
  } catch (cause) {
    throw new ConnectorError(
      "data",
      {
        ru: `Нет такого часового пояса: «${timeZone}». Пример: Europe/Moscow.`,
        en: `There is no time zone “${timeZone}”. An example is Europe/Moscow.`,
      },
      { field: "timeZone", cause },
    );
  }
}

/** What the wall's clock shows; seconds stay. */
export function wallOf(at: Date, timeZone: string): Date {
  const parts: Partial<Record<Intl.DateTimeFormatPartTypes, number>> = {};
  for (const { type, value } of formatOf(timeZone).formatToParts(at)) parts[type] = Number(value);
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
  return new Date(Date.UTC(year, month - 1, day, hour, minute, second) + at.getUTCMilliseconds());
}

const offsetAt = (at: number, timeZone: string): number => wallOf(new Date(at), timeZone).getTime() - at;

/** The moments at which the wall shows this minute: none where it is skipped, two where it comes twice. */
export function momentsOf(wall: Date, timeZone: string): readonly Date[] {
  const shown = wall.getTime();
  const offsets = new Set([offsetAt(shown - DAY_MS, timeZone), offsetAt(shown + DAY_MS, timeZone)]);
  return [...offsets]
    .map((offset) => shown - offset)
    .filter((at) => at + offsetAt(at, timeZone) === shown)
    .sort((a, b) => a - b)
    .map((at) => new Date(at));
}

/** The first valid minute behind the gap in which a skipped time lies. */
export function endOfGap(wall: Date, timeZone: string): Date {
  const shown = wall.getTime();
  const [before, after] = [offsetAt(shown - DAY_MS, timeZone), offsetAt(shown + DAY_MS, timeZone)];
  // With the new offset the time lies before the change, with the old one behind it.
  let [from, to] = [shown - after, shown - before];
  while (to - from > MINUTE_MS) {
    const middle = from + Math.floor((to - from) / 2 / MINUTE_MS) * MINUTE_MS;
    if (offsetAt(middle, timeZone) === after) to = middle;
    else from = middle;
  }
  return new Date(to);
}

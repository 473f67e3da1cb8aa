/** When a schedule fires next. Pure. */
import { CronExpressionParser } from "cron-parser";
import type { JsonObject, Trigger } from "../../connectors/kit/define.ts";
import { ConnectorError } from "../../connectors/kit/errors.ts";
import { endOfGap, momentsOf, wallOf } from "./wall.ts";

/** Clocks are changed by two hours at the most. */
const CHANGE_MS = 3 * 3_600_000;
const HOURS = 24;

/**
 * The first moment after `after` that the five-field cron expression names in the zone. A local time that the clock
 * change skips becomes the first valid minute behind the gap; one that comes twice is taken the first time, unless the
 * expression names every hour: what runs every few minutes goes on. The expression itself is read on the wall's clock:
 * in a zone cron-parser is late in gaps, and gives up where clocks change by half an hour.
 */
export function nextOccurrence(cron: string, timeZone: string, after: Date): Date {
  const wall = wallOf(after, timeZone);
  const forward = parse(cron, wall);
  // What runs through every hour meets times that were shown before, where the clock is put back.
  const isTwice = forward.fields.hour.values.length === HOURS && isSetBack(after, timeZone);
  const expression = isTwice ? parse(cron, new Date(wall.getTime() - CHANGE_MS)) : forward;
  for (let best: Date | null = null; ; ) {
    const shown = next(expression, cron);
    if (best !== null && shown.getTime() > wall.getTime() + CHANGE_MS) return best;
    const moments = momentsOf(shown, timeZone);
    const possible = isTwice ? moments : moments.slice(0, 1);
    const found = (possible.length === 0 ? [endOfGap(shown, timeZone)] : possible).find((at) => at > after);
    if (found === undefined) continue;
    if (!isTwice) return found;
    if (best === null || found < best) best = found;
  }
}

/** Around this moment the wall's clock is put back. */
function isSetBack(at: Date, timeZone: string): boolean {
  const [before, after] = [-CHANGE_MS, CHANGE_MS].map((ms) => {
    const near = new Date(at.getTime() + ms);
    return wallOf(near, timeZone).getTime() - near.getTime();
  });
  return (before ?? 0) > (after ?? 0);
}

function parse(cron: string, currentDate: Date) {
  try {
    const fields = cron.trim().split(/\s+/).length;
    if (fields !== 5 && !cron.startsWith("@")) throw new RangeError("five fields are wanted");
    return CronExpressionParser.parse(cron, { tz: "UTC", currentDate });
  } catch (cause) {
    throw wrong(cron, cause);
  }
}

function next(expression: ReturnType<typeof parse>, cron: string): Date {
  try {
    return expression.next().toDate();
  } catch (cause) {
    // 30 February and its like never come.
    throw wrong(cron, cause);
  }
}

const wrong = (cron: string, cause: unknown) =>
  new ConnectorError(
    "data",
    {
      ru: `«${cron}» — не расписание cron. Нужно пять полей: минута, час, день, месяц, день недели, например «0 9 * * 1-5».`,
      en: `“${cron}” isn't a cron schedule. It takes five fields: minute, hour, day, month, weekday, for example “0 9 * * 1-5”.`,
    },
    { field: "cron", cause },
  );

/** What a schedule's options say: the connector makes cron of the ways in which a person may choose. */
export function cronOf(trigger: Trigger, options: JsonObject, timeZone: string): { cron: string; timeZone: string } {
  const cron = trigger.cron?.(options) ?? options.cron;
  if (typeof cron !== "string" || cron.trim() === "") {
    throw new ConnectorError(
      "data",
      { ru: "Не выбрано, когда срабатывать.", en: "It isn't chosen when to fire." },
      { field: "cron" },
    );
  }
  return { cron, timeZone: zoneOf(options, timeZone) };
}

/** The zone that the person typed, else the workspace's. */
export function zoneOf(options: JsonObject, timeZone: string): string {
  const own = typeof options.timeZone === "string" ? options.timeZone.trim() : "";
  if (own === "") return timeZone;
  wallOf(new Date(0), own);
  return own;
}

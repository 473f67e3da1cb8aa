/** When a schedule fires next. Pure. */
import { CronDate, CronExpressionParser } from "cron-parser";
import type { JsonObject, Trigger } from "../../connectors/kit/define.ts";
import { ConnectorError } from "../../connectors/kit/errors.ts";

const MINUTE_MS = 60_000;

/**
 * The first moment after `after` that the five-field cron expression names in the zone. A local time that the clock
 * change skips becomes the first valid minute behind the gap (cron-parser alone would be an hour late); one that comes
 * twice is taken the first time.
 */
export function nextOccurrence(cron: string, timeZone: string, after: Date): Date {
  const expression = parse(cron, timeZone, after);
  const hours = expression.fields.hour.values as readonly number[];
  const minutes = expression.fields.minute.values as readonly number[];
  for (;;) {
    const planned = next(expression, cron);
    const isNamed = hours.includes(planned.getHours()) && minutes.includes(planned.getMinutes());
    const moment = isNamed ? planned.toDate() : endOfGap(planned.toDate(), timeZone);
    // Several skipped times fall on the same minute; it was given already.
    if (moment.getTime() > after.getTime()) return moment;
  }
}

/** Minutes of the local clock, counted through the days, so that differences show a jump. */
function localMinutes(moment: number, timeZone: string): number {
  const local = new CronDate(new Date(moment), timeZone);
  return (
    Date.UTC(local.getFullYear(), local.getMonth(), local.getDate(), local.getHours(), local.getMinutes()) / MINUTE_MS
  );
}

/** The first minute after the clock jumped forward, looked for behind `moment`. */
function endOfGap(moment: Date, timeZone: string): Date {
  const at = moment.getTime();
  const local = localMinutes(at, timeZone);
  for (let back = 1; back <= 1_440; back++) {
    if (local - localMinutes(at - back * MINUTE_MS, timeZone) !== back) return new Date(at - (back - 1) * MINUTE_MS);
  }
  return moment;
}

function parse(cron: string, timeZone: string, currentDate: Date) {
  try {
    const fields = cron.trim().split(/\s+/).length;
    if (fields !== 5 && !cron.startsWith("@")) throw new RangeError("five fields are wanted");
    return CronExpressionParser.parse(cron, { tz: timeZone, currentDate });
  } catch (cause) {
    throw wrong(cron, cause);
  }
}

function next(expression: ReturnType<typeof parse>, cron: string): CronDate {
  try {
    return expression.next();
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
  try {
    new Intl.DateTimeFormat("en", { timeZone: own });
    return own;
  } catch {
    throw new ConnectorError(
      "data",
      {
        ru: `Нет такого часового пояса: «${own}». Пример: Europe/Moscow.`,
        en: `There is no time zone “${own}”. An example is Europe/Moscow.`,
      },
      { field: "timeZone" },
    );
  }
}

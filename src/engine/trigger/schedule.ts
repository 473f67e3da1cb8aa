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

/**
 * When a schedule fires next, by whichever way the person chose: every N minutes (on a grid that doesn't move with
 * restarts), daily, on weekdays, monthly (a day that a month lacks is its last one), or a cron expression.
 */
export function nextStart(options: JsonObject, timeZone: string, after: Date): Date {
  const zone = zoneOf(options, timeZone);
  switch (options.mode ?? (options.cron ? "cron" : "daily")) {
    case "minutes": {
      const every = whole(options.minutes, "minutes", 1, 44_640) * MINUTE_MS;
      return new Date((Math.floor(after.getTime() / every) + 1) * every);
    }
    case "daily":
      return nextOccurrence(`${minuteAndHour(options)} * * *`, zone, after);
    case "weekly": {
      const days = Array.isArray(options.weekdays) ? options.weekdays.map(String) : [];
      if (days.length === 0 || !days.every((day) => /^[1-7]$/.test(day))) {
        throw wrongOption("weekdays", { ru: "Не выбраны дни недели.", en: "No days of the week are chosen." });
      }
      return nextOccurrence(`${minuteAndHour(options)} * * ${days.join(",")}`, zone, after);
    }
    case "monthly": {
      const day = whole(options.day, "day", 1, 31);
      const at = minuteAndHour(options);
      if (day === 31) return nextOccurrence(`${at} L * *`, zone, after);
      const usual = nextOccurrence(`${at} ${day} * *`, zone, after);
      if (day <= 28) return usual;
      const february = nextOccurrence(`${at} L 2 *`, zone, after);
      return february < usual ? february : usual;
    }
    default: {
      const { cron } = options;
      if (typeof cron !== "string" || cron.trim() === "") {
        throw wrongOption("cron", { ru: "Не выбрано, когда срабатывать.", en: "It isn't chosen when to fire." });
      }
      return nextOccurrence(cron, zone, after);
    }
  }
}

/** The zone that the person typed, else the workspace's. */
export function zoneOf(options: JsonObject, timeZone: string): string {
  const own = typeof options.timeZone === "string" ? options.timeZone.trim() : "";
  if (own === "") return timeZone;
  try {
    new Intl.DateTimeFormat("en", { timeZone: own });
    return own;
  } catch {
    throw wrongOption("timeZone", {
      ru: `Нет такого часового пояса: «${own}». Пример: Europe/Moscow.`,
      en: `There is no time zone “${own}”. An example is Europe/Moscow.`,
    });
  }
}

function minuteAndHour({ time }: JsonObject): string {
  const [, hour, minute] = /^\s*([01]?\d|2[0-3])[:.]([0-5]\d)\s*$/.exec(String(time ?? "")) ?? [];
  if (hour !== undefined && minute !== undefined) return `${Number(minute)} ${Number(hour)}`;
  throw wrongOption("time", {
    ru: `Время нужно в виде 09:30, а указано «${String(time ?? "")}».`,
    en: `The time looks like 09:30, but it is “${String(time ?? "")}”.`,
  });
}

function whole(value: Json | undefined, field: string, least: number, most: number): number {
  const number = Number(value);
  if (value !== null && value !== "" && Number.isInteger(number) && number >= least && number <= most) return number;
  throw wrongOption(field, {
    ru: `Нужно целое число от ${least} до ${most}, а указано «${String(value ?? "")}».`,
    en: `A whole number from ${least} to ${most} is wanted, but it is “${String(value ?? "")}”.`,
  });
}

const wrongOption = (field: string, sentence: Text) => new ConnectorError("data", sentence, { field });

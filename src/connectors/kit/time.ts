/** Local date-times of services: text without a zone on one side, moments on the other. */

interface Parts {
  year: number;
  month: number;
  day: number;
  hour: number;
  minute: number;
  second: number;
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** Making a DateTimeFormat costs a tenth of a millisecond, so each zone's is kept. */
function formatOf(zone: string): Intl.DateTimeFormat {
  let format = formats.get(zone);
  if (!format) {
    format = new Intl.DateTimeFormat("en-US", {
      timeZone: zone,
      hourCycle: "h23",
      year: "numeric",
      month: "2-digit",
      day: "2-digit",
      hour: "2-digit",
      minute: "2-digit",
      second: "2-digit",
    });
    formats.set(zone, format);
  }
  return format;
}

function partsIn(date: Date, zone: string): Parts {
  const found: Record<string, number> = {};
  for (const { type, value } of formatOf(zone).formatToParts(date)) found[type] = Number(value);
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = found;
  return { year, month, day, hour, minute, second };
}

const asUtc = (p: Parts) => Date.UTC(p.year, p.month - 1, p.day, p.hour, p.minute, p.second);

/** True for a name that this machine's zone data knows. */
export function isZone(zone: string): boolean {
  if (zone === "") return false;
  try {
    formatOf(zone);
    return true;
  } catch {
    return false;
  }
}

/** The clock of a zone at a moment, by pattern: `yyyy MM dd HH mm ss` are replaced, everything else stays. */
export function formatLocal(date: Date, zone: string, pattern: string): string {
  const parts = partsIn(date, zone);
  const two = (value: number) => String(value).padStart(2, "0");
  return pattern.replace(/yyyy|MM|dd|HH|mm|ss/g, (name) => {
    if (name === "yyyy") return String(parts.year).padStart(4, "0");
    if (name === "MM") return two(parts.month);
    if (name === "dd") return two(parts.day);
    if (name === "HH") return two(parts.hour);
    if (name === "mm") return two(parts.minute);
    return two(parts.second);
  });
}

/**
 * The moment at which a zone's clock shows these parts. In the hour that comes twice the first one counts; a time that
 * the spring change skips becomes the same time by the clock of before, which is after the gap.
 */
function moment(parts: Parts, zone: string): Date {
  const wanted = asUtc(parts);
  const offset = (at: number) => asUtc(partsIn(new Date(at), zone)) - at;
  const day = 86_400_000;
  const before = wanted - offset(wanted - day);
  const after = wanted - offset(wanted + day);
  for (const candidate of [Math.min(before, after), Math.max(before, after)]) {
    if (candidate + offset(candidate) === wanted) return new Date(candidate);
  }
  return new Date(before);
}

const YEAR_FIRST = /^(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ](\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?)?$/;
const DAY_FIRST = /^(\d{1,2})[./-](\d{1,2})[./-](\d{4})(?:[T ](\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?)?$/;
const ZONED = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?\s*(?:Z|[+-]\d{2}:?\d{2})$/i;

/**
 * Reads a date-time as services write it: ISO 8601 with a zone, or local text with the year or the day first.
 * American month-first dates are not among them. Null for anything else.
 */
export function parseLocal(text: string, zone: string): Date | null {
  const trimmed = text.trim();
  if (ZONED.test(trimmed)) {
    const date = new Date(trimmed.replace(" ", "T").replace(/\s+/g, ""));
    return Number.isNaN(date.getTime()) ? null : date;
  }
  const yearFirst = YEAR_FIRST.exec(trimmed);
  const dayFirst = yearFirst ? null : DAY_FIRST.exec(trimmed);
  const found = yearFirst ?? dayFirst;
  if (!found) return null;
  const [one = 0, two = 0, three = 0, hour = 0, minute = 0, second = 0] = found
    .slice(1)
    .map((part) => Number(part ?? 0));
  const parts = yearFirst
    ? { year: one, month: two, day: three, hour, minute, second }
    : { year: three, month: two, day: one, hour, minute, second };
  const check = new Date(asUtc(parts));
  const exists = check.getUTCMonth() + 1 === parts.month && check.getUTCDate() === parts.day;
  if (!exists || hour > 23 || minute > 59 || second > 59) return null;
  return moment(parts, zone);
}

/** Every local day that a period touches, oldest first, as the moments of its noon: safe to format in the same zone. */
export function localDays(from: Date, until: Date, zone: string): Date[] {
  const days: Date[] = [];
  const last = formatLocal(until, zone, "yyyy-MM-dd");
  let { year, month, day } = partsIn(from, zone);
  for (;;) {
    const noon = moment({ year, month, day, hour: 12, minute: 0, second: 0 }, zone);
    const name = formatLocal(noon, zone, "yyyy-MM-dd");
    if (name > last) return days;
    days.push(noon);
    const next = new Date(Date.UTC(year, month - 1, day + 1));
    year = next.getUTCFullYear();
    month = next.getUTCMonth() + 1;
    day = next.getUTCDate();
  }
}

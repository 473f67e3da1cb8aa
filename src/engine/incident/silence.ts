/** Whether a bundle is unusually silent. Pure. */

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const WEEK_MS = 7 * DAY_MS;
/** A poll brings many at once and a customer clicks twice: what comes within this is one arrival. */
export const ARRIVAL_MS = 15 * MINUTE_MS;
/**
 * As many arrivals as the same stretch of earlier weeks had on average. Were they independent, none at all would come
 * once in e¹² stretches; at a hundred a day that is one false alarm in years.
 */
const EXPECTED = 12;
const WEEKS = 4;
const FEWEST_WEEKS = 2;
const FEWEST_DAYS = 5;
export const WATCHED_MS = (WEEKS + 1) * WEEK_MS;

/**
 * `times`: when events came, in milliseconds, in any order. Silence is compared with the same stretch of the week in
 * earlier weeks, so that nights, weekends and Monday mornings are what they always were; a bundle younger than that is
 * compared with the same stretch of earlier days. Every one of them must have had something, a holiday speaks against it.
 */
export function isSilent(times: readonly number[], now: number): boolean {
  const arrivals = arrivalsOf(times.filter((time) => time <= now));
  const [first, last] = [arrivals[0], arrivals.at(-1)];
  if (first === undefined || last === undefined) return false;
  // A run of arrivals ends with its last event, not with its first.
  const since = Math.max(...times.filter((time) => time <= now));
  const counts = (step: number, most: number): number[] => {
    const found: number[] = [];
    for (let back = 1; back <= most && since - back * step >= first; back++)
      found.push(arrivals.filter((time) => time > since - back * step && time <= now - back * step).length);
    return found;
  };
  const weeks = counts(WEEK_MS, WEEKS);
  if (weeks.length >= FEWEST_WEEKS) return isMuch(weeks);
  const days = counts(DAY_MS, 7);
  return days.length >= FEWEST_DAYS && isMuch(days);
}

/** Each had something, and a usual one plenty: the median, so that one busy day proves nothing. */
function isMuch(counts: readonly number[]): boolean {
  const sorted = counts.toSorted((one, two) => one - two);
  const [low = 0] = sorted;
  const median = sorted[Math.floor((sorted.length - 1) / 2)] ?? 0;
  return median >= EXPECTED && low >= EXPECTED / 4;
}

function arrivalsOf(times: readonly number[]): number[] {
  const arrivals: number[] = [];
  for (const time of times.toSorted((one, two) => one - two))
    if (arrivals.length === 0 || time - (arrivals.at(-1) ?? 0) >= ARRIVAL_MS) arrivals.push(time);
  return arrivals;
}

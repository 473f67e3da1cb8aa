/** When a trigger is asked or fires next: its period or rhythm, within its launch hours. Pure. */
import type { JsonObject } from "../../connectors/kit/define.ts";
import { ConnectorError } from "../../connectors/kit/errors.ts";
import { isOpen, nextOpen, nextWithin, type Opening } from "./hours.ts";
import type { Armed } from "./live.ts";
import { cronOf, nextOccurrence, zoneOf } from "./schedule.ts";

const MINUTE_MS = 60_000;
const DAY_MINUTES = 1_440;
const EVERY_MINUTES = 5;
/** Of a service's daily calls so many are for polls; the rest is left to the actions. */
const SHARE_OF_POLLS = 0.5;

/** The launch hours of a trigger; a schedule that has a zone of its own means them in it. */
export function openingOf({ chosen, trigger }: Armed, options: JsonObject, timeZone: string): Opening {
  return { hours: chosen.hours, timeZone: trigger.clock ? zoneOf(options, timeZone) : timeZone };
}

/**
 * Minutes between polls: as chosen, else as the connector says, 1 to 1440; never so often that `pollers` bundles together
 * would use up what the service grants a connection in a day.
 */
export function pollMinutes({ connector, trigger, chosen }: Armed, pollers = 1): number {
  const wanted = Math.min(DAY_MINUTES, Math.max(1, chosen.everyMinutes ?? trigger.poll?.everyMinutes ?? EVERY_MINUTES));
  const perDay = connector.api?.limits?.perDay;
  if (perDay === undefined) return wanted;
  const least = Math.ceil((DAY_MINUTES * Math.max(1, pollers)) / Math.max(1, perDay * SHARE_OF_POLLS));
  return Math.min(DAY_MINUTES, Math.max(wanted, least));
}

/**
 * The next poll after one that ended `now`. A tenth of the period is spread (`random` from 0 to 1), so that a thousand
 * bundles started together don't ask together for ever.
 */
export function nextPoll(minutes: number, opening: Opening, now: Date, random: number): Date {
  const { hours, timeZone } = opening;
  if (hours?.kind === "cron") return nextOccurrence(hours.cron, hours.timeZone ?? timeZone, now);
  const regular = new Date(now.getTime() + minutes * MINUTE_MS * (0.95 + random * 0.1));
  const open = nextOpen(opening, regular) ?? regular;
  if (open.getTime() === regular.getTime()) return open;
  // All that open at nine needn't ask at nine.
  const spread = new Date(open.getTime() + minutes * MINUTE_MS * random * 0.1);
  return isOpen(opening, spread) ? spread : open;
}

/** A failed poll is tried again within the hours; one that has its own moments needn't wait for the next of them. */
export function nextTry(again: Date, opening: Opening): Date {
  return opening.hours?.kind === "cron" ? again : (nextOpen(opening, again) ?? again);
}

/** The next moment of a schedule; ConnectorError("data") says why there is none. */
export function nextFire(armed: Armed, options: JsonObject, timeZone: string, after: Date): Date {
  const rhythm = cronOf(armed.trigger, options, timeZone);
  const next = nextWithin(rhythm, openingOf(armed, options, timeZone), after);
  if (next !== null) return next;
  throw new ConnectorError(
    "data",
    {
      ru: "Расписание никогда не попадает в часы работы: связка не сработает ни разу. Измените одно из двух.",
      en: "The schedule never falls into the launch hours: the bundle would never fire. Change one of the two.",
    },
    { field: "hours" },
  );
}

/** The next times, at most `count`. */
export function upcoming(armed: Armed, options: JsonObject, timeZone: string, now: Date, count: number): Date[] {
  const { trigger } = armed;
  if (!trigger.clock && !trigger.poll) return [];
  const minutes = pollMinutes(armed);
  const opening = openingOf(armed, options, timeZone);
  const found: Date[] = [];
  for (let at = now; found.length < count; ) {
    at = trigger.clock ? nextFire(armed, options, timeZone, at) : nextPoll(minutes, opening, at, 0.5);
    found.push(at);
  }
  return found;
}

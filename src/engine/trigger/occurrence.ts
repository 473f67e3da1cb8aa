/** The item that a schedule makes of a moment. */
import type { JsonObject, Trigger } from "../../connectors/kit/define.ts";

/** Parts of the local time, so that they can be mapped without filters. Only those that the trigger declares. */
export function occurrence(trigger: Pick<Trigger, "output">, at: Date, timeZone: string): JsonObject {
  const parts = Object.fromEntries(
    new Intl.DateTimeFormat("en-GB", {
      timeZone,
      year: "numeric",
      month: "2-digit",
      day: "2-digit",
      hour: "2-digit",
      minute: "2-digit",
      hourCycle: "h23",
      weekday: "short",
    })
      .formatToParts(at)
      .map(({ type, value }) => [type, value]),
  );
  const { year, month, day, hour, minute, weekday } = parts;
  const all: JsonObject = {
    at: at.toISOString(),
    date: `${year}-${month}-${day}`,
    time: `${hour}:${minute}`,
    weekday: ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"].indexOf(weekday ?? "") + 1,
    timeZone,
  };
  const declared = trigger.output.filter(({ key }) => key in all);
  return declared.length === 0 ? all : Object.fromEntries(declared.map(({ key }) => [key, all[key] ?? null]));
}

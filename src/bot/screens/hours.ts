/** Launch hours: what holds now, when it asks next, and the ways to change it. */
import type { BundleView, Hours } from "../../engine/index.ts";
import { to } from "../callback.ts";
import type { Button, Screen } from "../parts.ts";
import { dayAndTime } from "../texts/words.ts";
import { bold, lines } from "./lay.ts";
import { type Look, triggerOf } from "./titles.ts";
import { sayHours } from "./when.ts";

/** Hours that one tap sets, by the name in its button. */
export const PRESETS: Readonly<Record<string, Hours>> = {
  work: { kind: "window", from: "09:00", to: "18:00", weekdays: [1, 2, 3, 4, 5] },
  day: { kind: "window", from: "09:00", to: "21:00" },
  hourly: { kind: "cron", cron: "0 * * * *" },
  nine: { kind: "cron", cron: "0 9 * * *" },
};

/** Only polls and schedules have hours; a webhook comes when it comes. */
export const hasHours = (look: Pick<Look, "catalogue">, { body }: Pick<BundleView, "body">): boolean => {
  const trigger = triggerOf(look, body);
  return trigger?.poll !== undefined || trigger?.clock !== undefined;
};

const ALL = [1, 2, 3, 4, 5, 6, 7];

/** The hours with one weekday switched; what was said of the time stays. */
export function withDay(hours: Hours | undefined, day: number, isOn: boolean): Hours | null {
  const now: Extract<Hours, { kind: "window" }> = hours?.kind === "window" ? hours : { kind: "window" };
  const { weekdays = ALL, ...rest } = now;
  const days = ALL.filter((one) => (one === day ? isOn : weekdays.includes(one)));
  if (days.length === 0) return hours ?? null;
  if (days.length < ALL.length) return { ...rest, weekdays: days };
  return rest.from === undefined && rest.monthDays === undefined ? null : rest;
}

export function hoursScreen(look: Look, view: BundleView, next: readonly Date[]): Screen {
  const words = look.t.hours;
  const hours = view.body.trigger?.hours;
  const isNow = (one: Hours) => JSON.stringify(one) === JSON.stringify(hours);
  const preset = (name: keyof typeof words.presets): Button => {
    const one = PRESETS[name];
    return { text: `${one && isNow(one) ? "✓ " : ""}${words.presets[name]}`, data: to("hset", view.id, name) };
  };
  const days = hours?.kind === "window" ? (hours.weekdays ?? ALL) : hours === undefined ? ALL : [];
  return {
    text: lines(
      bold(words.title),
      words.now(sayHours(look.t, hours), hours?.timeZone ?? look.timeZone),
      "",
      next.length > 0 ? words.next : view.body.trigger?.connection !== null && words.never,
      ...next.map((at) => `• ${dayAndTime(look.locale, look.timeZone, at)}`),
      "",
      words.hint,
    ),
    keyboard: [
      [{ text: `${hours === undefined ? "✓ " : ""}${words.alwaysButton}`, data: to("hset", view.id, "always") }],
      [preset("work"), preset("day")],
      [preset("hourly"), preset("nine")],
      words.weekdays.map(
        (name, i): Button => ({
          text: days.includes(i + 1) ? `✓${name}` : name,
          data: to("hday", view.id, i + 1, days.includes(i + 1) ? 0 : 1),
        }),
      ),
      [{ text: look.t.builder.done, data: to("cmore", view.id), style: "success" }],
    ],
  };
}

/** Durations as people type them. */
import type { Lasting, TimeUnit } from "../../engine/index.ts";
import type { Texts } from "../texts/index.ts";

const MINUTES: Readonly<Record<TimeUnit, number>> = { minutes: 1, hours: 60, days: 1440 };
const MOST = 100_000;

/** Beginnings of the words for a unit, in minutes; longer ones first. */
const WORDS: readonly (readonly [RegExp, number])[] = [
  [/^(?:нед|week|w$)/, 10_080],
  [/^(?:мин|min|м$|m$)/, 1],
  [/^(?:час|hour|hr|ч$|h$)/, 60],
  [/^(?:сут|день|дн|day|д$|d$)/, 1440],
];
const SPECIAL: readonly (readonly [RegExp, string])[] = [
  [/полтора часа|полутора часов/g, "1.5 часа"],
  [/полчаса|half an hour/g, "30 мин"],
  [/(?<![\p{L}\d])(?:an|a) (?=hour|day|week|minute)/gu, "1 "],
];

/** «2 часа», «1 ч 30 мин», `3 days`, «полчаса»; null for anything else. The largest unit that fits is kept. */
export function readLasting(typed: string): Lasting | null {
  let text = typed
    .toLowerCase()
    .trim()
    .replace(/^(?:через|на|in|for|after)\s+/u, "");
  for (const [from, to] of SPECIAL) text = text.replace(from, to);
  let minutes = 0;
  let rest = text;
  while (rest !== "") {
    const part = /^(\d{1,6}(?:[.,]\d{1,3})?)?\s*(\p{L}+)\.?\s*(?:,|и\s|and\s)?\s*/u.exec(rest);
    const unit = part && WORDS.find(([word]) => word.test(part[2] ?? ""))?.[1];
    if (!part || unit === undefined || unit === null) return null;
    if (part[1] === undefined && minutes > 0) return null;
    minutes += Number((part[1] ?? "1").replace(",", ".")) * unit;
    rest = rest.slice(part[0].length);
  }
  return fromMinutes(minutes);
}

function fromMinutes(minutes: number): Lasting | null {
  if (!(minutes > 0)) return null;
  const unit: TimeUnit = minutes % 1440 === 0 ? "days" : minutes % 60 === 0 ? "hours" : "minutes";
  const amount = Math.round((minutes / MINUTES[unit]) * 1000) / 1000;
  return amount > 0 && amount <= MOST ? { amount, unit } : null;
}

export const lastingText = (t: Texts, { amount, unit }: Lasting): string => t.tools.lasting(amount, unit);

/** `15m`, `2h`, `3d`: a duration in a button. */
export const lastingCode = ({ amount, unit }: Lasting): string => `${amount}${unit.charAt(0)}`;
export function fromCode(code: string | undefined): Lasting | null {
  const [, amount, letter] = /^(\d{1,6}(?:\.\d{1,3})?)([mhd])$/.exec(code ?? "") ?? [];
  const unit = (["minutes", "hours", "days"] as const).find((one) => one.startsWith(letter ?? "-"));
  return amount && unit && Number(amount) > 0 && Number(amount) <= MOST ? { amount: Number(amount), unit } : null;
}

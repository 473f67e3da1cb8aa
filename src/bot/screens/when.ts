/** Launch hours as people say them: read from words, and written in words. Both pure. */
import type { Hours } from "../../engine/index.ts";
import type { Texts } from "../texts/index.ts";

type Window = Extract<Hours, { kind: "window" }>;

/** A way to read a part of the sentence; what it took is cut out of the text. */
interface Heard {
  from?: string;
  to?: string;
  weekdays?: number[];
  monthDays?: number[];
  at: string[];
  everyMinutes?: number;
}

const DAY_WORDS: readonly RegExp[] = [
  /^(?:пн|пон|mon|mo$)/,
  /^(?:вт|tue|tu$)/,
  /^(?:ср|wed|we$)/,
  /^(?:чт|чет|thu|th$)/,
  /^(?:пт|пят|fri|fr$)/,
  /^(?:сб|суб|sat|sa$)/,
  /^(?:вс|вос|sun|su$)/,
];
const dayOf = (word: string): number => DAY_WORDS.findIndex((one) => one.test(word)) + 1;

const TIME = String.raw`(\d{1,2})(?:[:.](\d{2}))?\s*(am|pm)?(?:\s*(?:час\p{L}*|ч\.?|утра|вечера|o'clock))?`;
const RANGE = new RegExp(
  String.raw`(?:(?:с|со|from|between)\s+)?${TIME}\s*(?:до|по|to|until|and|-)\s*${TIME}(?![\d:.-])`,
  "u",
);
const AT = new RegExp(String.raw`(?<!\p{L})(?:в|во|at)\s+${TIME}(?:\s*(?:,|и|and)\s*(?:в\s+|at\s+)?${TIME})*`, "u");
/** Words that carry nothing. */
const IDLE =
  /(?<!\p{L})(?:по|в|во|и|с|со|on|at|and|the|of|only|только|работать|каждый день|ежедневно|daily|every day|days?|дням|дни|числа|число|числам|month|месяца|от|from)(?!\p{L})/gu;

function time(hour = "", minute = "00", half?: string): string | null {
  const late = half === "pm" && Number(hour) < 12 ? 12 : half === "am" && Number(hour) === 12 ? -12 : 0;
  const [h, m] = [Number(hour) + late, Number(minute)];
  return h < 24 && m < 60 ? `${String(h).padStart(2, "0")}:${String(m).padStart(2, "0")}` : null;
}

/** `1, 3-5` as numbers; null where one is out of its bounds. */
function numbers(text: string, from: number, to: number): number[] | null {
  const found = text
    .split(/\s*(?:,|и|and)\s*/u)
    .filter((part) => part !== "")
    .flatMap((part): (number | null)[] => {
      const [first = "", last = first] = part.split(/\s*-\s*/);
      const [a, b] = [Number.parseInt(first, 10), Number.parseInt(last, 10)];
      return a >= from && b >= a && b <= to ? Array.from({ length: b - a + 1 }, (_, i) => a + i) : [null];
    });
  return found.length === 0 || found.some((one) => one === null)
    ? null
    : [...new Set(found.filter((one) => one !== null))].toSorted((x, y) => x - y);
}

/** Hours from words, null for all the time; undefined where the words aren't understood. */
export function readHours(typed: string): Hours | null | undefined {
  let text = typed.toLowerCase().replaceAll("ё", "е").replace(/[–—]/g, "-").replace(/\s+/g, " ").trim();
  if (/^(?:всегда|все время|круглосуточно|always|all the time|24\/7)$/.test(text)) return null;
  const cron = readCron(typed.trim());
  if (cron !== null) return { kind: "cron", cron };
  const heard: Heard = { at: [] };
  let isWrong = false;
  const take = (pattern: RegExp, use: (match: RegExpExecArray) => boolean) => {
    const match = pattern.exec(text);
    if (match === null) return;
    if (!use(match)) isWrong = true;
    text = `${text.slice(0, match.index)} ${text.slice(match.index + match[0].length)}`;
  };
  take(/(?:кажд\p{L}+|every|раз в)\s+(?:(\d{1,3})\s+)?(мин\p{L}*|час\p{L}*|min\p{L}*|hour\p{L}*)/u, (match) => {
    const count = Number(match[1] ?? 1) * (/^(?:час|hour)/.test(match[2] ?? "") ? 60 : 1);
    heard.everyMinutes = count;
    return count >= 1 && (count < 60 ? 60 % count === 0 : count % 60 === 0 && 24 % (count / 60) === 0);
  });
  take(/(?<!\p{L})(?:по )?(?:будн\p{L}*|рабочи\p{L}+(?: дн\p{L}+)?|weekdays?|workdays?|working days)/u, () => {
    heard.weekdays = [1, 2, 3, 4, 5];
    return true;
  });
  take(/(?<!\p{L})(?:по )?(?:выходны\p{L}*|weekends?)/u, () => {
    heard.weekdays = [6, 7];
    return true;
  });
  take(
    /(?:(?:числа|дни месяца|days?(?: of the month)?)\s+)((?:\d{1,2}(?:st|nd|rd|th)?(?:\s*(?:,|-|и|and)\s*)?)+)(?![:.]\d)|(?:on the\s+)((?:\d{1,2}(?:st|nd|rd|th)(?:\s*(?:,|-|and)\s*)?(?:the\s+)?)+)|((?:\d{1,2}(?:-?го)?(?:\s*(?:,|-|и)\s*)?)+)\s*(?:числ\p{L}*)/u,
    (match) => {
      const given = (match[1] ?? match[2] ?? match[3] ?? "").replace(/(?<=\d)(?:-?го|st|nd|rd|th)|the /g, "");
      const days = numbers(given.trim().replace(/(?:,|и|and|-)\s*$/u, ""), 1, 31);
      if (days !== null) heard.monthDays = days;
      return days !== null;
    },
  );
  take(RANGE, ([, a, b, c, d, e, f]) => {
    const [from, to] = [time(a, b, c), d === "24" ? "00:00" : time(d, e, f)];
    if (from === null || to === null || from === to) return false;
    heard.from = from;
    heard.to = to;
    return true;
  });
  take(AT, ([whole]) => {
    for (const [, hour, minute, half] of whole.matchAll(new RegExp(TIME, "gu"))) {
      const one = time(hour, minute, half);
      if (one === null) return false;
      heard.at.push(one);
    }
    return true;
  });
  const days: number[] = [];
  text = text.replace(/(\p{L}{2,})(?:\s*-\s*(\p{L}{2,}))?/gu, (whole, first: string, last?: string) => {
    const [a, b] = [dayOf(first), last === undefined ? dayOf(first) : dayOf(last)];
    if (a === 0 || b === 0) return whole;
    for (let day = a; ; day = (day % 7) + 1) {
      days.push(day);
      if (day === b) break;
    }
    return " ";
  });
  if (days.length > 0) heard.weekdays = [...new Set(days)].toSorted((x, y) => x - y);
  // The day is said with the time: "every day at 9".
  const rest = text.replace(IDLE, " ").replace(/[\s,.;()-]+/gu, "");
  if (isWrong || (rest !== "" && !/^(?:кажд\p{L}*|every)$/u.test(rest))) return undefined;
  return joined(heard, /каждый день|ежедневно|daily|every day/.test(typed.toLowerCase()));
}

function joined(
  { at, everyMinutes, from, to, weekdays, monthDays }: Heard,
  isDaily: boolean,
): Hours | null | undefined {
  const dow = weekdays === undefined || weekdays.length === 7 ? "*" : spans(weekdays.map((day) => day % 7));
  const dom = monthDays === undefined ? "*" : spans(monthDays);
  // Cron fires on either of the two, people mean both.
  const isBoth = dow !== "*" && dom !== "*";
  if (at.length > 0) {
    const minutes = new Set(at.map((one) => Number(one.slice(3))));
    if (minutes.size > 1 || isBoth || from !== undefined || everyMinutes !== undefined) return undefined;
    const hours = [...new Set(at.map((one) => Number(one.slice(0, 2))))].toSorted((x, y) => x - y);
    return { kind: "cron", cron: `${[...minutes][0]} ${hours.join(",")} ${dom} * ${dow}` };
  }
  if (everyMinutes !== undefined) {
    if (isBoth || (from !== undefined && !(from.endsWith(":00") && to?.endsWith(":00")))) return undefined;
    const [first, last] = [Number(from?.slice(0, 2)), (Number(to?.slice(0, 2)) + 23) % 24];
    if (from !== undefined && last < first) return undefined;
    const within = from === undefined ? "*" : `${first}-${last}`;
    const step = everyMinutes / 60;
    const [minute, hour] =
      everyMinutes < 60
        ? [everyMinutes === 1 ? "*" : `*/${everyMinutes}`, within]
        : ["0", step === 1 ? within : within === "*" ? `*/${step}` : `${within}/${step}`];
    return { kind: "cron", cron: `${minute} ${hour} ${dom} * ${dow}` };
  }
  if (from === undefined && weekdays === undefined && monthDays === undefined) return isDaily ? null : undefined;
  const days = weekdays === undefined || weekdays.length === 7 ? {} : { weekdays };
  const hours = from === undefined || to === undefined ? {} : { from, to };
  return { kind: "window", ...hours, ...days, ...(monthDays === undefined ? {} : { monthDays }) };
}

/** Numbers in order, neighbours as `1-5`. */
function spans(all: readonly number[]): string {
  const found: [number, number][] = [];
  for (const one of all.toSorted((a, b) => a - b)) {
    const last = found.at(-1);
    if (last && last[1] === one - 1) last[1] = one;
    else found.push([one, one]);
  }
  return found.map(([a, b]) => (a === b ? `${a}` : b === a + 1 ? `${a},${b}` : `${a}-${b}`)).join(",");
}

const FIELD = String.raw`(?:\*|[\da-z]+(?:-[\da-z]+)?)(?:\/\d+)?(?:,(?:\*|[\da-z]+(?:-[\da-z]+)?)(?:\/\d+)?)*`;
const CRON = new RegExp(String.raw`^(?=.*[\d*])${FIELD}(?:\s+(?:${FIELD}|\?|L)){4}$`, "i");

function readCron(typed: string): string | null {
  const text = typed.replace(/^cron:?\s*/i, "").replace(/\s+/g, " ");
  return CRON.test(text) && /^[\d*]/.test(text) && text.length <= 200 ? text : null;
}

/** `по будням с 09:00 до 18:00`; `каждый день в 09:00`. */
export function sayHours(t: Texts, hours: Hours | undefined): string {
  if (hours === undefined) return t.hours.always;
  return hours.kind === "cron" ? sayCron(t, hours.cron) : sayWindow(t, hours);
}

function sayWindow(t: Texts, { from, to, weekdays, monthDays }: Window): string {
  const words = t.hours.words;
  const parts = [
    ...(weekdays === undefined ? [] : [sayDays(t, weekdays)]),
    ...(monthDays === undefined ? [] : [words.monthDays(shownSpans(monthDays))]),
    ...(from === undefined || to === undefined ? [] : [words.between(from, to)]),
  ];
  return parts.length === 0 ? t.hours.always : parts.join(" ");
}

const shownSpans = (all: readonly number[]): string => spans(all).replaceAll("-", "–").replaceAll(",", ", ");

function sayDays(t: Texts, days: readonly number[]): string {
  const words = t.hours.words;
  const key = [...new Set(days)].toSorted((a, b) => a - b).join("");
  if (key === "12345") return words.workdays;
  if (key === "67") return words.weekends;
  if (key === "1234567") return words.daily;
  return spans([...new Set(days)])
    .split(",")
    .map((span) =>
      span
        .split("-")
        .map((day) => words.days[Number(day) - 1] ?? day)
        .join("–"),
    )
    .join(", ");
}

/** Cron in words where it is of a kind that people say; the expression otherwise. */
function sayCron(t: Texts, cron: string): string {
  const words = t.hours.words;
  const [minute = "", hour = "", dom = "", month = "", dow = ""] = cron.split(" ");
  const week = dow === "*" ? [] : numbers(dow, 0, 7)?.map((day) => (day === 0 ? 7 : day));
  const days = dom === "*" ? [] : numbers(dom, 1, 31);
  if (month !== "*" || !week || !days || (week.length > 0 && days.length > 0)) return words.cron(cron);
  const when = week.length > 0 ? sayDays(t, week) : days.length > 0 ? words.monthDays(shownSpans(days)) : "";
  const hours = numbers(hour, 0, 23);
  if (/^\d{1,2}$/.test(minute) && hours && !hour.includes("-")) {
    const times = hours.map((one) => `${String(one).padStart(2, "0")}:${minute.padStart(2, "0")}`);
    const last = times.pop() ?? "";
    const said = times.length > 0 ? `${times.join(", ")}${words.and}${last}` : last;
    return `${when || words.daily} ${words.at(said)}`;
  }
  const step = /^\*(?:\/(\d{1,2}))?$/.exec(minute);
  const [, first, last, hourStep] = /^(?:\*|(\d{1,2})-(\d{1,2}))(?:\/(\d{1,2}))?$/.exec(hour) ?? [];
  const isRange = first !== undefined && last !== undefined;
  if ((hour.startsWith("*") || isRange) && (step || minute === "0")) {
    if (step && hourStep !== undefined) return words.cron(cron);
    const every = step ? words.everyMinutes(Number(step[1] ?? 1)) : words.everyHours(Number(hourStep ?? 1));
    const clock = (value: number) => `${String(value % 24).padStart(2, "0")}:00`;
    const between = isRange ? words.between(clock(Number(first)), clock(Number(last) + 1)) : "";
    return [every, between, when].filter((part) => part !== "").join(" ");
  }
  return words.cron(cron);
}

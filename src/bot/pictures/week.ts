/** A week as a picture: runs by day with failures in red, and the busiest bundles. Pure. */
import type { Locale, Summary } from "../../engine/index.ts";
import type { Texts } from "../texts/index.ts";
import { moment, number } from "../texts/words.ts";
import { COLOUR } from "./colours.ts";
import { box, type Drawing, drawing, words } from "./svg.ts";
import { drawable, fit, widthOf } from "./text.ts";

const WIDTH = 1080;
const MARGIN = 36;
const INSIDE = MARGIN + 36;
const MOST_BUNDLES = 5;
const GREEN = "#16a34a";
const RED = "#dc2626";
/** What went wrong is seen however little it was. */
const LEAST = 6;

interface Zone {
  readonly locale: Locale;
  readonly timeZone: string;
}
type Count = { readonly succeeded: number; readonly failed: number };
const sum = ({ succeeded, failed }: Count): number => succeeded + failed;

/** Every day of the span, also those on which nothing ran. */
export function everyDay(told: Pick<Summary, "from" | "to" | "days">, timeZone: string): Summary["days"] {
  const name = new Intl.DateTimeFormat("sv", { timeZone, dateStyle: "short" });
  const days = new Set([...told.days.map(({ day }) => day), name.format(told.to.getTime() - 1)]);
  // Half days: a night of 25 hours doesn't lose one. A span that ends at midnight doesn't reach the next day.
  for (let at = told.from.getTime(); at < told.to.getTime(); at += 12 * 3_600_000) days.add(name.format(at));
  return [...days]
    .toSorted()
    .slice(-8)
    .map((day) => told.days.find((one) => one.day === day) ?? { day, succeeded: 0, failed: 0 });
}

/** The picture of a summary; it says the same numbers as its text. */
export function drawWeek(t: Texts, zone: Zone, told: Summary): Drawing {
  const said = t.pictures.week;
  const count = (n: number) => number(zone.locale, n);
  const span = t.news.span(moment(zone.locale, zone.timeZone, told.from), moment(zone.locale, zone.timeZone, told.to));
  const parts = [
    words(fit(said.title, 54, 900), MARGIN, 88, { size: 54, fill: COLOUR.words, bold: true }),
    words(fit(span, 32, WIDTH - 2 * MARGIN), MARGIN, 138, { size: 32, fill: COLOUR.soft }),
  ];

  const [days, bundles] = [chart(zone, everyDay(told, zone.timeZone)), busiest(t, zone, told)];
  const tops = { totals: 172, days: 172 + 172, bundles: 172 + 172 + days.height + 28 };
  parts.push(
    ...total(MARGIN, tops.totals, count(told.succeeded), said.succeeded, GREEN),
    ...total(WIDTH / 2 + 10, tops.totals, count(told.failed), said.failed, told.failed > 0 ? RED : COLOUR.faint),
    ...days.draw(tops.days),
    ...bundles.draw(tops.bundles),
  );
  const end = bundles.height === 0 ? tops.bundles - 28 : tops.bundles + bundles.height;
  return drawing(WIDTH, end + MARGIN, COLOUR.ground, parts);
}

function total(x: number, y: number, figure: string, what: string, fill: string): string[] {
  const width = WIDTH / 2 - MARGIN - 10;
  return [
    box(x, y, width, 144, { fill: COLOUR.card, radius: 26, stroke: COLOUR.edge }),
    words(fit(figure, 68, width - 64), x + 32, y + 80, { size: 68, fill, bold: true }),
    words(fit(what, 32, width - 64), x + 32, y + 122, { size: 32, fill: COLOUR.soft }),
  ];
}

interface Part {
  readonly height: number;
  draw(y: number): string[];
}

function chart({ locale }: Zone, days: Summary["days"]): Part {
  const height = 560;
  const most = Math.max(1, ...days.map(sum));
  const bars = 330;
  const step = (WIDTH - 2 * INSIDE) / Math.max(days.length, 1);
  const thick = Math.min(step * 0.62, 92);
  const weekday = new Intl.DateTimeFormat(locale, { weekday: "short", timeZone: "UTC" });
  return {
    height,
    draw(y) {
      const ground = y + 96 + bars;
      const drawn = [
        box(MARGIN, y, WIDTH - 2 * MARGIN, height, { fill: COLOUR.card, radius: 26, stroke: COLOUR.edge }),
        box(INSIDE, ground, WIDTH - 2 * INSIDE, 3, { fill: COLOUR.edge }),
      ];
      for (const [i, day] of days.entries()) {
        const middle = INSIDE + step * (i + 0.5);
        const tall = (n: number) => (n === 0 ? 0 : Math.max(LEAST, (n / most) * bars));
        const good = tall(day.succeeded);
        const bad = tall(day.failed);
        const x = middle - thick / 2;
        if (good > 0) drawn.push(box(x, ground - good, thick, good, { fill: GREEN, radius: 3 }));
        if (bad > 0) drawn.push(box(x, ground - good - bad - (good > 0 ? 3 : 0), thick, bad, { fill: RED, radius: 3 }));
        const label = (text: string, at: number, fill: string, size: number, bold = false) =>
          drawn.push(words(fit(text, size, step + 6), middle, at, { size, fill, bold, anchor: "middle" }));
        const at = ground - good - bad - 16;
        if (sum(day) > 0) label(compact(locale, sum(day)), at, COLOUR.words, 31, true);
        if (day.failed > 0) label(compact(locale, day.failed), at - 36, RED, 29, true);
        const date = new Date(`${day.day}T00:00:00Z`);
        label(weekday.format(date), ground + 46, COLOUR.words, 31);
        label(String(date.getUTCDate()), ground + 88, COLOUR.soft, 31);
      }
      return drawn;
    },
  };
}

/** "12 тыс.": over a bar there is room for no more. */
const compact = (locale: Locale, value: number): string =>
  value < 10_000
    ? number(locale, value)
    : new Intl.NumberFormat(locale, { notation: "compact", maximumFractionDigits: 0 }).format(value);

function busiest(t: Texts, { locale }: Zone, { bundles }: Summary): Part {
  const shown = bundles.toSorted((a, b) => sum(b) - sum(a)).slice(0, MOST_BUNDLES);
  if (shown.length === 0) return { height: 0, draw: () => [] };
  const rest = bundles.length - shown.length;
  const rowHeight = 106;
  const height = 84 + shown.length * rowHeight + (rest > 0 ? 52 : 0) + 8;
  const most = Math.max(1, ...shown.map(sum));
  const room = WIDTH - 2 * INSIDE;
  return {
    height,
    draw(y) {
      const drawn = [
        box(MARGIN, y, WIDTH - 2 * MARGIN, height, { fill: COLOUR.card, radius: 26, stroke: COLOUR.edge }),
        words(fit(t.pictures.week.bundles, 36, room), INSIDE, y + 60, { size: 36, fill: COLOUR.words, bold: true }),
      ];
      for (const [i, { bundle, succeeded, failed }] of shown.entries()) {
        const top = y + 84 + i * rowHeight;
        const figures = drawable(number(locale, succeeded + failed));
        const bad = failed > 0 ? drawable(number(locale, failed)) : "";
        const right = INSIDE + room;
        const badWidth = bad === "" ? 0 : widthOf(bad, 33) + 24;
        drawn.push(words(figures, right, top + 38, { size: 33, fill: COLOUR.words, bold: true, anchor: "end" }));
        drawn.push(
          words(bad, right - widthOf(figures, 33) - 16, top + 38, { size: 33, fill: RED, bold: true, anchor: "end" }),
        );
        const name = fit(`${bundle.number}. ${bundle.name}`, 33, room - widthOf(figures, 33) - badWidth - 24);
        drawn.push(words(name, INSIDE, top + 38, { size: 33, fill: COLOUR.words }));
        const long = (n: number) => (n === 0 ? 0 : Math.max(LEAST, (n / most) * (room - 4)));
        drawn.push(box(INSIDE, top + 56, room, 24, { fill: COLOUR.ground, radius: 7 }));
        const [good, wrong] = [long(succeeded), long(failed)];
        // Where the least widths would reach over the end, the larger part gives way.
        const over = Math.max(0, good + wrong + 3 - room);
        const [w1, w2] = good >= wrong ? [good - over, wrong] : [good, wrong - over];
        if (succeeded > 0) drawn.push(box(INSIDE, top + 56, w1, 24, { fill: GREEN, radius: 7 }));
        if (failed > 0) drawn.push(box(INSIDE + w1 + (w1 > 0 ? 3 : 0), top + 56, w2, 24, { fill: RED, radius: 7 }));
      }
      if (rest > 0)
        drawn.push(
          words(fit(t.pictures.week.more(rest), 31, room), INSIDE, y + height - 26, { size: 31, fill: COLOUR.soft }),
        );
      return drawn;
    },
  };
}

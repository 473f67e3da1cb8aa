/** A bundle as pictures: its steps from top to bottom, jumps as arrows at the right, loops as brackets. Pure. */
import { type Card, layCard, wayColour } from "./card.ts";
import { COLOUR, coloursOf } from "./colours.ts";
import type { Chart } from "./rows.ts";
import { type Drawing, disc, drawing, head, line, words } from "./svg.ts";
import { fit, widthOf, wrap } from "./text.ts";

/** A phone's width in its own pixels: what is drawn is seen as it is. */
const WIDTH = 1080;
const MARGIN = 36;
const GAP = 50;
const INDENT = 44;
const LANE = 30;
const MOST_LANES = 5;
/** Under a badge's middle. */
const STEM = 62;

/**
 * A photo that isn't taller than a phone's screen opens as large as it is; Telegram makes taller ones smaller. Only where
 * more of them came out than an album holds (10), they grow, within what a photo may be (10 000 for both sides together).
 */
const HEIGHTS = [2_160, 2_500, 3_000, 3_800, 4_800, 6_000, 7_500, 8_900] as const;
export const MOST_PAGES = 10;

const DOT: Readonly<Record<Chart["runs"][number], string>> = {
  succeeded: "#16a34a",
  failed: COLOUR.error,
  unknown: "#ea7a0c",
  waiting: "#e0ac00",
  running: COLOUR.run,
  queued: COLOUR.run,
  cancelled: COLOUR.faint,
};
const STATE: Readonly<Record<Chart["state"]["look"], string>> = {
  good: "#16a34a",
  wait: "#d97706",
  bad: COLOUR.error,
  off: COLOUR.faint,
};

/** An arrow from a row's way to a later row, in a lane of its own. */
interface Arrow {
  readonly from: number;
  readonly way: number;
  readonly to: number;
  readonly lane: number;
  /** How many arrows end at the same row above this one. */
  readonly among: number;
  readonly colour: string;
  readonly isError: boolean;
}

/** Short jumps lie inside, so that lines cross as little as can be; what finds no lane is told by the words alone. */
function layArrows({ rows }: Chart): readonly Arrow[] {
  const wanted = rows
    .flatMap(({ ways }, from) =>
      ways.flatMap(({ to, kind }, way) => (to === null ? [] : [{ from, way, to, kind, length: to - from }])),
    )
    .toSorted((a, b) => a.length - b.length || a.from - b.from);
  const arrows: Arrow[] = [];
  for (const { from, way, to, kind } of wanted) {
    const taken = new Set(arrows.filter((one) => one.from <= to && from <= one.to).map(({ lane }) => lane));
    const lane = [...Array(MOST_LANES).keys()].find((one) => !taken.has(one));
    if (lane === undefined) continue;
    const among = arrows.filter((one) => one.to === to).length;
    arrows.push({ from, way, to, lane, among, colour: wayColour(kind), isError: kind === "error" });
  }
  return arrows;
}

interface Placed {
  readonly card: Card;
  readonly index: number;
  readonly y: number;
}
interface Page {
  readonly placed: readonly Placed[];
  /** Where its cards begin and end. */
  readonly top: number;
  readonly bottom: number;
}

/** Fills pages of a height with cards; a page holds one at least. */
function fill(cards: readonly Card[], tops: { first: number; other: number }, height: number): Page[] {
  const pages: { placed: Placed[]; top: number; bottom: number }[] = [];
  for (const [index, card] of cards.entries()) {
    const page = pages.at(-1);
    const y = page === undefined ? tops.first : page.bottom + GAP;
    if (page !== undefined && y + card.height + GAP + MARGIN <= height) {
      page.placed.push({ card, index, y });
      page.bottom = y + card.height;
      continue;
    }
    const top = page === undefined ? tops.first : tops.other;
    pages.push({ placed: [{ card, index, y: top }], top, bottom: top + card.height });
  }
  return pages;
}

/** As few pages as can be, and those alike: a last one with a single card looks like a mistake. */
function share(cards: readonly Card[], tops: { first: number; other: number }): readonly Page[] {
  const tallest = HEIGHTS.find((height) => fill(cards, tops, height).length <= MOST_PAGES) ?? 0;
  let pages = fill(cards, tops, tallest);
  for (let height = tallest - 60; height > tallest / 4; height -= 60) {
    const flatter = fill(cards, tops, height);
    if (flatter.length > pages.length) break;
    pages = flatter;
  }
  return pages.slice(0, MOST_PAGES);
}

/** The pictures of a bundle, in order; at most ten. */
export function drawBundle(chart: Chart): readonly Drawing[] {
  const arrows = layArrows(chart);
  const lanes = Math.max(0, ...arrows.map(({ lane }) => lane + 1));
  const edge = WIDTH - (lanes === 0 ? MARGIN : lanes * LANE + 26);
  const colour = coloursOf(chart.rows.flatMap(({ service }) => service ?? []));
  const cards = chart.rows.map((row) => {
    const x = MARGIN + row.depth * INDENT;
    return layCard(row, x, edge - x, colour);
  });
  const first = header(chart);
  const tops = { first: first.height + 20, other: 150 };
  const pages = share(cards, tops);
  return pages.map((page, at) => {
    const name = pages.length > 1 ? chart.page(at + 1, pages.length) : "";
    const end = page.bottom + (at < pages.length - 1 ? GAP + 8 : MARGIN);
    const isEmpty = chart.empty !== null;
    const parts = [
      ...(at === 0 ? first.draw(name) : smallHeader(chart, name)),
      ...brackets(chart, cards, page, end),
      ...stems(cards, page, end),
      ...page.placed.flatMap(({ card, y }) => card.draw(y)),
      ...arrows.flatMap((arrow) => drawArrow(arrow, page, edge, end)),
      ...(isEmpty
        ? [
            words(fit(chart.empty ?? "", 34, 900), WIDTH / 2, end + 40, {
              size: 34,
              fill: COLOUR.soft,
              anchor: "middle",
            }),
          ]
        : []),
    ];
    return drawing(WIDTH, end + (isEmpty ? 80 : 0), COLOUR.ground, parts);
  });
}

/** The name, how it stands, and how its last runs went. */
function header(chart: Chart): { readonly height: number; draw(page: string): string[] } {
  const titles = wrap(chart.title, 54, WIDTH - 2 * MARGIN - 150, 2);
  const states = wrap(chart.state.line, 34, WIDTH - 2 * MARGIN - 48, 2);
  const stateTop = 44 + titles.length * 64;
  const runsTop = stateTop + states.length * 44 + 6;
  const hasRuns = chart.runs.length > 0;
  const height = runsTop + (hasRuns ? 60 : 0) + 14;
  return {
    height,
    draw(page) {
      const drawn = titles.map((one, i) =>
        words(one, MARGIN, 36 + 50 + i * 64, { size: 54, fill: COLOUR.words, bold: true }),
      );
      drawn.push(words(page, WIDTH - MARGIN, 84, { size: 32, fill: COLOUR.soft, anchor: "end" }));
      drawn.push(disc(MARGIN + 14, stateTop + 22, 14, STATE[chart.state.look]));
      for (const [i, one] of states.entries())
        drawn.push(words(one, MARGIN + 46, stateTop + 34 + i * 44, { size: 34, fill: COLOUR.words }));
      if (hasRuns) drawn.push(...runsLine(chart, runsTop + 26));
      return drawn;
    },
  };
}

/** Oldest at the left, as on the card. */
function runsLine(chart: Chart, y: number): string[] {
  const title = fit(`${chart.lastRuns}:`, 30, 420);
  const drawn = [words(title, MARGIN, y + 10, { size: 30, fill: COLOUR.soft })];
  let x = MARGIN + widthOf(title, 30) + 18;
  for (const state of [...chart.runs].reverse().slice(-10)) {
    drawn.push(disc(x, y, 12, DOT[state]));
    x += 30;
  }
  x += 8;
  for (const { count, isBad } of chart.counts) {
    const fill = isBad ? COLOUR.error : COLOUR.yes;
    drawn.push(
      line(isBad ? `M${x} ${y - 9} l18 18 m0 -18 l-18 18` : `M${x} ${y} l8 9 l15 -18`, { stroke: fill, width: 5 }),
    );
    drawn.push(words(count, x + 34, y + 10, { size: 30, fill, bold: true }));
    x += 34 + widthOf(count, 30) + 26;
  }
  return drawn;
}

function smallHeader(chart: Chart, page: string): string[] {
  return [
    words(fit(chart.title, 34, 760), MARGIN, 74, { size: 34, fill: COLOUR.soft, bold: true }),
    words(page, WIDTH - MARGIN, 74, { size: 32, fill: COLOUR.soft, anchor: "end" }),
  ];
}

/** From each card to the next one, where something goes on there; over the page's edge too. */
function stems(cards: readonly Card[], { placed, top }: Page, end: number): string[] {
  const look = { stroke: COLOUR.way, width: 6 };
  const drawn = placed.flatMap(({ card, index, y }, i) => {
    const next = cards[index + 1];
    if (!card.row.falls || next === undefined) return [];
    const x = Math.max(card.x, next.x) + STEM;
    const to = placed[i + 1]?.y ?? end - 6;
    return [line(`M${x} ${y + card.height} V${to - 12}`, look), head(x, to - 2, "down", COLOUR.way, 18)];
  });
  const begins = placed[0];
  const before = begins === undefined ? undefined : cards[begins.index - 1];
  if (begins === undefined || before === undefined || !before.row.falls) return drawn;
  const x = Math.max(before.x, begins.card.x) + STEM;
  return [...drawn, line(`M${x} ${top - 40} V${top - 12}`, look), head(x, top - 2, "down", COLOUR.way, 18)];
}

/** At the left of what a loop repeats, from its card down to its end, with an arrow back up. */
function brackets(chart: Chart, cards: readonly Card[], { placed, top, bottom }: Page, end: number): string[] {
  const first = placed[0]?.index ?? 0;
  const last = placed.at(-1)?.index ?? -1;
  return chart.brackets.flatMap(({ from, to }) => {
    if (to < first || from > last || from === to) return [];
    const x = (cards[from]?.x ?? MARGIN) + 18;
    const at = (index: number) => placed.find((one) => one.index === index);
    const begin = at(from);
    const final = at(to);
    const closes = chart.rows[to]?.depth === chart.rows[from]?.depth;
    const y1 = begin === undefined ? top - 40 : begin.y + begin.card.height;
    const y2 = final === undefined ? end : closes ? final.y : final.y + final.card.height - 20;
    const look = { stroke: COLOUR.loop, width: 7 };
    // A loop without an end of its own ends with the last step.
    const foot = final === undefined || closes ? "" : ` h18`;
    const drawn = [
      line(`M${x} ${y1 + (begin === undefined ? 0 : 16)} V${Math.min(y2, Math.max(bottom, y2))}${foot}`, look),
    ];
    if (begin !== undefined) {
      const tip = y1 + 4;
      drawn.push(line(`M${x - 13} ${tip + 16} L${x} ${tip} L${x + 13} ${tip + 16}`, look));
    }
    return drawn;
  });
}

/** Out of the card at its way, down in its lane, and back into the card it leads to; cut at the page's edges. */
function drawArrow(arrow: Arrow, { placed, top }: Page, edge: number, end: number): string[] {
  const source = placed.find(({ index }) => index === arrow.from);
  const target = placed.find(({ index }) => index === arrow.to);
  if (source === undefined && target === undefined) return [];
  const x = edge + 26 + arrow.lane * LANE;
  const look = { stroke: arrow.colour, width: 6, dashed: arrow.isError };
  const r = 12;
  const start = source === undefined ? top - 40 : source.y + (source.card.wayAt[arrow.way] ?? 40);
  const out = source === undefined ? `M${x} ${start}` : `M${edge - 26} ${start} H${x - r} q${r} 0 ${r} ${r}`;
  if (target === undefined) return [line(`${out} V${end - 20}`, look), head(x, end - 4, "down", arrow.colour, 18)];
  const stop = target.y + Math.min(34 + arrow.among * 24, target.card.height - 24);
  return [
    line(`${out} V${stop - r} q0 ${r} ${-r} ${r} H${edge + 14}`, look),
    head(edge + 1, stop, "left", arrow.colour, 16),
  ];
}

/** One row of a bundle's picture as a card: how tall it is, and its shapes. Pure. */
import { COLOUR } from "./colours.ts";
import type { Row, Way } from "./rows.ts";
import { box, disc, element, line, words } from "./svg.ts";
import { fit, wrap } from "./text.ts";

const PAD = 24;
const BADGE = 76;
const LABEL = 28;
const TITLE = 38;
const NOTE = 29;
const INSET = PAD + BADGE + 22;

export interface Card {
  readonly row: Row;
  readonly x: number;
  readonly width: number;
  readonly height: number;
  /** Height of each way's middle above the card's top. */
  readonly wayAt: readonly number[];
  draw(y: number): string[];
}

export const wayColour = (kind: Way["kind"]): string => (kind === "error" ? COLOUR.error : COLOUR[kind]);

/** Lays a row out at a place across; its height follows from its words. */
export function layCard(row: Row, x: number, width: number, colour: (service: string) => string): Card {
  const room = width - INSET - PAD;
  const own = row.service === null ? COLOUR.tool : colour(row.service);
  const paint = row.isOff ? COLOUR.faint : own;
  const pieces: { readonly height: number; draw(y: number): string[] }[] = [];
  const text = (given: string, size: number, fill: string, isBold: boolean, leading: number, left = 0) =>
    pieces.push({
      height: leading,
      draw: (y) => [words(given, x + INSET + left, y + leading * 0.76, { size, fill, bold: isBold })],
    });

  const label = fit(row.label, LABEL, room);
  if (label !== "") text(label, LABEL, paint, true, 38);
  for (const one of wrap(row.title, TITLE, room, 2))
    text(one, TITLE, row.isOff ? COLOUR.faint : COLOUR.words, true, 48);
  for (const note of row.notes) text(fit(note, NOTE, room), NOTE, COLOUR.soft, false, 40);

  const wayAt: number[] = [];
  const heightOf = () => PAD + pieces.reduce((sum, { height }) => sum + height, 0);
  if (row.ways.length > 0) pieces.push({ height: 8, draw: () => [] });
  for (const way of row.ways) {
    wayAt.push(heightOf() + 23);
    const fill = wayColour(way.kind);
    const said = fit(`${way.label}: ${way.goes}`, NOTE, room - 36);
    pieces.push({ height: 46, draw: (y) => [disc(x + INSET + 10, y + 23, 10, fill)] });
    pieces.push({
      height: 0,
      draw: (y) => [words(said, x + INSET + 36, y - 13, { size: NOTE, fill, bold: way.kind !== "error" })],
    });
  }
  if (row.trouble) {
    const { title, sentence } = row.trouble;
    pieces.push({ height: 12, draw: () => [] });
    pieces.push({ height: 0, draw: (y) => alarm(x + INSET + 16, y + 20) });
    text(fit(title, NOTE, room - 46), NOTE, COLOUR.error, true, 42, 46);
    for (const one of wrap(sentence, NOTE, room, 3)) text(one, NOTE, COLOUR.error, false, 39);
  }

  const height = Math.max(heightOf() + PAD, BADGE + 2 * PAD);
  const fill = row.trouble ? COLOUR.errorCard : row.isOff ? COLOUR.off : COLOUR.card;
  const edge = row.trouble ? { stroke: COLOUR.error, line: 5 } : { stroke: COLOUR.edge, line: 2 };
  return {
    row,
    x,
    width,
    height,
    wayAt,
    draw(y) {
      const drawn = [box(x, y, width, height, { fill, radius: 26, ...edge }), ...badge(row, x + PAD, y + PAD, paint)];
      // Short ones stand in the middle beside their badge.
      let at = y + PAD + Math.max(0, (height - 2 * PAD - (heightOf() - PAD)) / 2);
      for (const piece of pieces) {
        drawn.push(...piece.draw(at));
        at += piece.height;
      }
      return drawn;
    },
  };
}

/** The number in the service's colour: round at the start, a diamond where the way forks, with a frame for tools. */
function badge({ number, shape }: Row, x: number, y: number, fill: string): string[] {
  const [cx, cy] = [x + BADGE / 2, y + BADGE / 2];
  const size = number > 99 ? 32 : shape === "fork" ? 34 : 40;
  const figure = words(String(number), cx, cy + size * 0.36, { size, fill: "#ffffff", bold: true, anchor: "middle" });
  switch (shape) {
    case "start":
      return [disc(cx, cy, BADGE / 2, fill), figure];
    case "fork": {
      const r = BADGE / 2 + 5;
      const d = `M${cx} ${cy - r} L${cx + r} ${cy} L${cx} ${cy + r} L${cx - r} ${cy} Z`;
      return [element("path", { d, fill, stroke: fill, "stroke-width": 8, "stroke-linejoin": "round" }), figure];
    }
    case "tool":
      return [
        box(x, y, BADGE, BADGE, { fill, radius: 18 }),
        box(x + 6, y + 6, BADGE - 12, BADGE - 12, { fill: "none", radius: 13, stroke: "#ffffff", line: 2 }),
        figure,
      ];
    case "step":
      return [box(x, y, BADGE, BADGE, { fill, radius: 18 }), figure];
    default:
      return shape satisfies never;
  }
}

/** A round sign with an exclamation mark: the font's marks are too thin to be seen. */
function alarm(cx: number, cy: number): string[] {
  return [
    disc(cx, cy, 17, COLOUR.error),
    line(`M${cx} ${cy - 8} V${cy + 1}`, { stroke: "#ffffff", width: 4.5 }),
    disc(cx, cy + 8, 2.8, "#ffffff"),
  ];
}

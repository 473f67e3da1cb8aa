/** How long lists and long words are laid out in a message with buttons. */
import { FormattedString } from "@grammyjs/parse-mode";
import { to } from "../callback.ts";
import type { Button } from "../parts.ts";

export const PAGE = 8;
/** Telegram takes 4096; the rest is room for a question's error above the screen. */
const MAX_TEXT = 3600;

export type Piece = FormattedString | string;

/** A line's words cut to a length, on one line: samples hold anything. */
export function cut(text: string, max: number): string {
  const flat = text.replace(/\s+/gu, " ").trim();
  return [...flat].length <= max ? flat : `${[...flat].slice(0, max - 1).join("")}…`;
}

/** As `cut`, but from the middle: of something put together, the end matters as much as the beginning. */
export function cutMiddle(text: string, max: number): string {
  const letters = [...text.replace(/\s+/gu, " ").trim()];
  if (letters.length <= max) return letters.join("");
  const tail = Math.floor((max - 1) / 2);
  return `${letters.slice(0, max - 1 - tail).join("")}…${letters.slice(-tail).join("")}`;
}

/** Lines under each other, never two blank ones together nor one at an end; lines past the length that a message holds are left out with a mark. */
export function lines(...given: readonly (Piece | false | null | undefined | readonly Piece[])[]): FormattedString {
  const kept: Piece[] = [];
  let length = 0;
  for (const line of given.flat()) {
    if (line === false || line === null || line === undefined) continue;
    if (line === "" && (kept.length === 0 || kept.at(-1) === "")) continue;
    length += line.toString().length + 1;
    if (length > MAX_TEXT) {
      kept.push("…");
      break;
    }
    kept.push(line);
  }
  if (kept.at(-1) === "") kept.pop();
  return FormattedString.join(kept, "\n");
}

export const bold = (text: string): FormattedString => FormattedString.b(text);
export const italic = (text: string): FormattedString => FormattedString.i(text);
export const code = (text: string): FormattedString => FormattedString.code(text);
export const join = (...pieces: readonly Piece[]): FormattedString => FormattedString.join([...pieces]);

/** Buttons side by side, `perRow` of them. */
export function grid(buttons: readonly Button[], perRow: number): Button[][] {
  const rows: Button[][] = [];
  for (let i = 0; i < buttons.length; i += perRow) rows.push(buttons.slice(i, i + perRow));
  return rows;
}

/** As `grid`, with rows of one length as nearly as can be: a row of two under one of five looks like other buttons. */
export const evenly = (buttons: readonly Button[], most: number): Button[][] =>
  grid(buttons, Math.ceil(buttons.length / Math.max(1, Math.ceil(buttons.length / most))));

export interface Paged<T> {
  readonly items: readonly T[];
  readonly page: number;
  readonly pages: number;
  /** Index of the first item in the whole list. */
  readonly from: number;
}

/** A page of a list; a page that no longer exists gives the nearest one. */
export function page<T>(all: readonly T[], wanted: number | string | undefined, size = PAGE): Paged<T> {
  const pages = Math.max(1, Math.ceil(all.length / size));
  const asked = Number(wanted ?? 0);
  const at = Math.min(Math.max(Number.isInteger(asked) ? asked : 0, 0), pages - 1);
  return { items: all.slice(at * size, (at + 1) * size), page: at, pages, from: at * size };
}

/** ‹ 2/5 › under a list of several pages; nothing under a single one. The page is the place's last argument. */
export function pager(paged: { page: number; pages: number }, ...place: readonly [string, ...string[]]): Button[][] {
  if (paged.pages < 2) return [];
  const [name, ...args] = place;
  const at = (n: number) => to(name, ...args, (n + paged.pages) % paged.pages);
  return [
    [
      { text: "‹", data: at(paged.page - 1) },
      { text: `${paged.page + 1}/${paged.pages}`, data: at(paged.page) },
      { text: "›", data: at(paged.page + 1) },
    ],
  ];
}

/** Cells of a spreadsheet: A1 ranges, what typing turns into, what reading gives back. */

export type Cell = string | number | boolean | null;
export interface Sheet {
  sheetId: number;
  title: string;
  hidden: boolean;
  rowCount: number;
  columnCount: number;
  /** Ragged: a missing cell is empty. A formula keeps its text in `formulas` by `row:column`. */
  cells: Cell[][];
  formulas: Record<string, string>;
  /** How numbers of a column look, by its letter: a zero for each digit, `000` or `+0 (000) 000-00-00`. */
  formats?: Record<string, string>;
}
/** Zero-based, the ends included; null: open. */
export interface Range {
  readonly sheet: Sheet;
  readonly top: number;
  readonly left: number;
  readonly bottom: number;
  readonly right: number;
}

export function letters(column: number): string {
  let text = "";
  for (let rest = column + 1; rest > 0; rest = Math.floor((rest - 1) / 26))
    text = String.fromCharCode(65 + ((rest - 1) % 26)) + text;
  return text;
}
export const columnOf = (text: string): number =>
  [...text.toUpperCase()].reduce((sum, letter) => sum * 26 + letter.charCodeAt(0) - 64, 0) - 1;

const quoted = (title: string) => (/^[\p{L}_][\p{L}\d_]*$/u.test(title) ? title : `'${title.replaceAll("'", "''")}'`);
export const nameOf = ({ sheet, top, left, bottom, right }: Range): string => {
  const first = `${letters(left)}${top + 1}`;
  const last = `${letters(right)}${bottom + 1}`;
  return `${quoted(sheet.title)}!${first === last ? first : `${first}:${last}`}`;
};

export class BadRange extends Error {}

/** Reads A1 notation; an open end goes to the edge of the grid. */
export function readRange(text: string, sheets: readonly Sheet[]): Range {
  const bad = () => new BadRange(`Unable to parse range: ${text}`);
  const split = /^(?:'((?:[^']|'')+)'|([^'!]+))(?:!(.+))?$/.exec(text);
  const title = split?.[1]?.replaceAll("''", "'") ?? split?.[2];
  const named = sheets.find((sheet) => sheet.title === title);
  const isPlain = !named && split?.[3] === undefined;
  const sheet = named ?? (isPlain ? sheets.find(({ hidden }) => !hidden) : undefined);
  const place = named ? split?.[3] : isPlain ? text : undefined;
  if (!sheet) throw bad();
  const whole = { sheet, top: 0, left: 0, bottom: sheet.rowCount - 1, right: sheet.columnCount - 1 };
  if (place === undefined) return whole;
  const ends = /^([A-Za-z]{0,3})(\d{0,7})(?::([A-Za-z]{0,3})(\d{0,7}))?$/.exec(place);
  if (!ends || place === "" || place.endsWith(":")) throw bad();
  const [, fromColumn = "", fromRow = "", toColumn, toRow] = ends;
  const isCell = toColumn === undefined && toRow === undefined;
  if (isCell && (fromColumn === "" || fromRow === "")) throw bad();
  const top = fromRow === "" ? 0 : Number(fromRow) - 1;
  const left = fromColumn === "" ? 0 : columnOf(fromColumn);
  const bottom = isCell ? top : toRow ? Number(toRow) - 1 : whole.bottom;
  const right = isCell ? left : toColumn ? columnOf(toColumn) : whole.right;
  if (top >= sheet.rowCount || left >= sheet.columnCount) {
    throw new BadRange(
      `Range (${quoted(sheet.title)}!${place}) exceeds grid limits. Max rows: ${sheet.rowCount}, max columns: ${sheet.columnCount}`,
    );
  }
  return { sheet, top, left, bottom: Math.min(bottom, whole.bottom), right: Math.min(right, whole.right) };
}

const isFilled = (cell: Cell | undefined) => cell !== undefined && cell !== null && cell !== "";
const DAY_MS = 86_400_000;
/** Serial numbers count days from 30 December 1899. */
const EPOCH = Date.UTC(1899, 11, 30);

/** What a typed text turns into; a formula shows as its text, for nothing is calculated here. */
export function typed(value: Cell): { cell: Cell; formula?: string } {
  if (typeof value !== "string") return { cell: value };
  if (value.startsWith("'")) return { cell: value.slice(1) };
  if (value.startsWith("=")) return { cell: `#RESULT(${value.slice(1)})`, formula: value };
  if (/^[+-]?\d{1,15}(?:[.,]\d+)?$/.test(value)) return { cell: Number(value.replace(",", ".")) };
  const date = /^(\d{2})\.(\d{2})\.(\d{4})$/.exec(value);
  if (date) return { cell: (Date.UTC(Number(date[3]), Number(date[2]) - 1, Number(date[1])) - EPOCH) / DAY_MS };
  return { cell: /^(TRUE|FALSE)$/i.test(value) ? value.toUpperCase() === "TRUE" : value };
}

export function write(range: Range, values: readonly (readonly Cell[])[], isTyped: boolean): number {
  let written = 0;
  values.forEach((row, down) => {
    const at = range.top + down;
    while (range.sheet.cells.length <= at) range.sheet.cells.push([]);
    const line = range.sheet.cells[at] ?? [];
    row.forEach((value, along) => {
      // Null leaves the cell as it is.
      if (value === null) return;
      const column = range.left + along;
      while (line.length <= column) line.push(null);
      const { cell, formula } = isTyped ? typed(value) : { cell: value };
      line[column] = cell;
      delete range.sheet.formulas[`${at}:${column}`];
      if (formula !== undefined) range.sheet.formulas[`${at}:${column}`] = formula;
      written++;
    });
    range.sheet.rowCount = Math.max(range.sheet.rowCount, at + 1);
    range.sheet.columnCount = Math.max(range.sheet.columnCount, range.left + row.length);
  });
  return written;
}

/** Trailing empty rows and cells are cut off; undefined where nothing is left. */
export function read(range: Range, render: string): Cell[][] | undefined {
  const rows: Cell[][] = [];
  for (let at = range.top; at <= range.bottom; at++) {
    const line: Cell[] = [];
    for (let column = range.left; column <= range.right; column++) {
      const cell = range.sheet.cells[at]?.[column] ?? "";
      const formula = range.sheet.formulas[`${at}:${column}`];
      const look = () => formatted(cell, range.sheet.formats?.[letters(column)]);
      line.push(render === "FORMULA" ? (formula ?? cell) : render === "UNFORMATTED_VALUE" ? cell : look());
    }
    while (line.length > 0 && !isFilled(line.at(-1))) line.pop();
    rows.push(line);
  }
  while (rows.length > 0 && rows.at(-1)?.length === 0) rows.pop();
  return rows.length === 0 ? undefined : rows;
}
/** Digits fill the zeros of the format from its end; those left over stand in front. */
function formatted(cell: Cell, format: string | undefined): string {
  if (typeof cell !== "number" || format === undefined) return shown(cell);
  const digits = [...String(cell)];
  const look = [...format].reverse().map((sign) => (sign === "0" ? (digits.pop() ?? "0") : sign));
  return look
    .reverse()
    .join("")
    .replace(/\d|$/, (first) => digits.join("") + first);
}
const shown = (cell: Cell): string =>
  typeof cell === "boolean"
    ? cell
      ? "TRUE"
      : "FALSE"
    : String(cell ?? "").replace(".", typeof cell === "number" ? "," : ".");

/** The filled block around the range's first cell: null where there is none, so that writing begins there. */
export function tableAround({ sheet, top, left }: Range): Range | null {
  const filled = (row: number, column: number) => isFilled(sheet.cells[row]?.[column]);
  const hasRow = (row: number, from: number, to: number) => {
    for (let column = from; column <= to; column++) if (filled(row, column)) return true;
    return false;
  };
  const hasColumn = (column: number, from: number, to: number) => {
    for (let row = from; row <= to; row++) if (filled(row, column)) return true;
    return false;
  };
  if (!filled(top, left)) {
    // A block that begins beside or below the place isn't looked for, but for the very first row of cells.
    if (!hasRow(top, left, sheet.columnCount - 1)) return null;
  }
  let [bottom, right] = [top, left];
  for (let isGrowing = true; isGrowing; ) {
    isGrowing = false;
    if (right + 1 < sheet.columnCount && hasColumn(right + 1, top, bottom)) {
      right++;
      isGrowing = true;
    }
    if (hasRow(bottom + 1, left, right)) {
      bottom++;
      isGrowing = true;
    }
  }
  return { sheet, top, left, bottom, right };
}

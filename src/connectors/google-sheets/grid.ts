/** Cells: names of columns, reading of rows, and what is written into them. */
import type { Context, Field, Json, JsonObject } from "../kit/define.ts";
import { ConnectorError } from "../kit/errors.ts";
import type { Meaning } from "../kit/fields.ts";
import { textOf } from "../kit/read.ts";
import { same } from "../kit/words.ts";
import { ask, readStructure, type Sheet, spreadsheetOf } from "./api.ts";

export type Row = readonly Json[];
export interface Column {
  readonly letter: string;
  /** The header; the letter where there is none. */
  readonly label: string;
}

/** Input and output keys of columns. */
export const PREFIX = "col";
const MAX_COLUMNS = 200;

export function letterOf(index: number): string {
  let text = "";
  for (let rest = index + 1; rest > 0; rest = Math.floor((rest - 1) / 26))
    text = String.fromCharCode(65 + ((rest - 1) % 26)) + text;
  return text;
}
export const indexOf = (letter: string): number =>
  [...letter].reduce((sum, one) => sum * 26 + one.charCodeAt(0) - 64, 0) - 1;

/** A range for the path; the sheet's name is always quoted, which is always accepted. */
export const range = (sheet: string, place = ""): string =>
  encodeURIComponent(`'${sheet.replaceAll("'", "''")}'${place === "" ? "" : `!${place}`}`).replaceAll("'", "%27");

/** Numbers whole and without the sheet's decoration, dates as the sheet shows them; `looks`: everything as it shows it. */
export async function readRows(
  ctx: Context,
  sheet: string,
  place: string,
  way: "values" | "looks" = "values",
): Promise<readonly Row[]> {
  const valueRenderOption = way === "looks" ? "FORMATTED_VALUE" : "UNFORMATTED_VALUE";
  const body = await ask(ctx, `/values/${range(sheet, place)}`, {
    query: { valueRenderOption, dateTimeRenderOption: "FORMATTED_STRING" },
  });
  return (Array.isArray(body.values) ? body.values : []).map((row) => (Array.isArray(row) ? row : []));
}

/** The chosen sheet; the first visible one where none was chosen. */
export async function sheetOf(ctx: Context, chosen: Json | undefined): Promise<Sheet> {
  const { sheets } = await readStructure(ctx);
  const title = textOf(chosen);
  const found = title === null ? sheets.find((one) => !one.isHidden) : sheets.find((one) => one.title === title);
  if (found) return found;
  throw new ConnectorError(
    "data",
    {
      ru: `Листа «${title ?? ""}» в таблице нет: его переименовали или удалили. Выберите лист заново.`,
      en: `The spreadsheet has no sheet “${title ?? ""}”: it was renamed or deleted. Choose the sheet again.`,
    },
    { field: "sheet" },
  );
}

export async function readColumns(ctx: Context, sheet: string): Promise<readonly Column[]> {
  const [heads = []] = await readRows(ctx, sheet, "1:1");
  const labels = heads.slice(0, MAX_COLUMNS).map((head) => textOf(head));
  return labels.map((label, index) => {
    const letter = letterOf(index);
    if (label === null) return { letter, label: letter };
    return { letter, label: labels.filter((one) => one === label).length > 1 ? `${label} (${letter})` : label };
  });
}

/** People name columns in many ways; the usual ones are recognised. */
const MEANINGS: readonly (readonly [RegExp, Meaning])[] = [
  [/^(телефон|тел\.?|номер телефона|phone|mobile|phone number)$/i, "phone"],
  [/^(e-?mail|почта|эл\.? почта|электронная почта|имейл)$/i, "email"],
  [/^(фио|имя и фамилия|клиент|контакт|full name|customer)$/i, "name.full"],
  [/^(имя|name|first name)$/i, "name.first"],
  [/^(фамилия|last name|surname)$/i, "name.last"],
  [/^(отчество|middle name)$/i, "name.middle"],
  [/^(компания|организация|company)$/i, "company"],
  [/^(сумма|стоимость|цена|amount|sum|total)$/i, "amount"],
  [/^(статус|status)$/i, "status"],
  [/^(комментарий|примечание|заметка|comment|note)$/i, "comment"],
  [/^(дата|дата создания|создано|date|created)$/i, "createdAt"],
  [/^(город|city)$/i, "city"],
  [/^(адрес|address)$/i, "address"],
  [/^(источник|source)$/i, "source"],
  [/^(id|номер|№|номер заказа)$/i, "externalId"],
  [/^utm_source$/i, "utm.source"],
  [/^utm_medium$/i, "utm.medium"],
  [/^utm_campaign$/i, "utm.campaign"],
  [/^utm_content$/i, "utm.content"],
  [/^utm_term$/i, "utm.term"],
];

export function columnFields(columns: readonly Column[]): readonly Field[] {
  return columns.map(({ letter, label }): Field => {
    const meaning = MEANINGS.find(([pattern]) => pattern.test(label))?.[1];
    return {
      key: `${PREFIX}${letter}`,
      label: same(label),
      kind: "text",
      custom: true,
      common: true,
      ...(meaning === undefined ? {} : { meaning }),
    };
  });
}

/** Google keeps fifteen digits of a number; what a double adds behind them is nobody's. */
const DIGITS = 15;

/**
 * A cell as text. Of how a number looks only what belongs to it is taken: zeros in front and a phone's plus, which a
 * column's format puts there and the bare value lacks. Sums stay without their spaces and currency.
 */
export function textIn(cell: Json | undefined, look?: Json): string | null {
  if (cell === undefined || cell === null || cell === "") return null;
  if (typeof cell === "boolean") return cell ? "TRUE" : "FALSE";
  if (typeof cell !== "number") return textOf(cell);
  if (!Number.isInteger(cell)) return String(Number(cell.toPrecision(DIGITS)));
  const plain = BigInt(cell).toString();
  const bare = typeof look === "string" ? look.replace(/[\s\u00a0\u202f()-]/g, "") : "";
  return /^(\+|0)\d+$/.test(bare) && bare.replace(/^\+?0*(?=\d)/, "") === plain ? bare : plain;
}

/** Rows as texts. How they look is asked for only where whole numbers stand: phones and codes are among them. */
export async function textsOf<T extends { readonly number: number; readonly row: Row }>(
  ctx: Context,
  sheet: string,
  rows: readonly T[],
): Promise<readonly T[]> {
  const [first, last] = [rows[0]?.number, rows.at(-1)?.number];
  const isWhole = (cell: Json) => typeof cell === "number" && Number.isInteger(cell);
  const hasLooks = rows.some(({ row }) => row.some(isWhole));
  const looks = hasLooks && first !== undefined ? await readRows(ctx, sheet, `${first}:${last}`, "looks") : [];
  return rows.map((one) => {
    const look = looks[one.number - (first ?? 0)];
    return { ...one, row: one.row.map((cell, index) => textIn(cell, look?.[index])) };
  });
}

/** A row as an output: its number, its link, cells by letter. */
export function rowOutput(ctx: Context, sheet: Sheet, number: number, row: Row, columns = row.length): JsonObject {
  const cells = Array.from({ length: Math.max(columns, row.length) }, (_, index): [string, Json] => [
    `${PREFIX}${letterOf(index)}`,
    textIn(row[index]),
  ]);
  return {
    row: number,
    sheet: sheet.title,
    url: `https://docs.google.com/spreadsheets/d/${spreadsheetOf(ctx)}/edit#gid=${sheet.id}&range=A${number}`,
    ...Object.fromEntries(cells),
  };
}

export const isEmptyRow = (row: Row): boolean => row.every((cell) => cell === null || cell === "");

/** How cells are written: texts that are plain numbers as numbers, everything as text, or as if it were typed. */
export function cellOf(value: Json, mode: string, mayCalculate: boolean): Json {
  const plain = value === null || typeof value === "boolean" || typeof value === "number" ? value : asText(value);
  if (typeof plain !== "string") return mode === "text" && plain !== null ? String(plain) : plain;
  if (mode === "typed") return !mayCalculate && /^[=+\-@]/.test(plain) && !isNumber(plain) ? `'${plain}` : plain;
  return mode === "auto" && isNumber(plain) ? Number(plain) : plain;
}
const asText = (value: Json): string =>
  typeof value === "string"
    ? value
    : Array.isArray(value) && value.every((one) => typeof one !== "object")
      ? value.join(", ")
      : JSON.stringify(value);
/** Codes with leading zeros, phones with a plus and numbers longer than a double holds stay texts. */
const isNumber = (text: string): boolean => /^-?(0|[1-9]\d{0,14})(\.\d{1,10})?$/.test(text) && text.length <= 16;

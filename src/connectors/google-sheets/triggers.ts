/** New and changed rows. The service has no events for rows, so they are asked for. */
import { createHash } from "node:crypto";
import type { Context, Field, JsonObject, PollPage, PollSince, Trigger } from "../kit/define.ts";
import { ConnectorError } from "../kit/errors.ts";
import { numberOf, objectOf, textOf } from "../kit/read.ts";
import type { Sheet } from "./api.ts";
import {
  columnFields,
  indexOf,
  isEmptyRow,
  type Row,
  readColumns,
  readRows,
  rowOutput,
  sheetOf,
  textsOf,
} from "./grid.ts";

const WINDOW = 2_000;
const MAX_WATCHED = 10_000;
const SAMPLES = 10;

export const sheetField: Field = {
  key: "sheet",
  label: { ru: "Лист", en: "Sheet" },
  kind: "reference",
  list: { name: "sheets" },
  common: true,
  hint: { ru: "Пусто: первый лист.", en: "Empty: the first sheet." },
};
export const rowFields: readonly Field[] = [
  { key: "row", label: { ru: "Номер строки", en: "Row number" }, kind: "integer" },
  { key: "sheet", label: { ru: "Лист", en: "Sheet" }, kind: "text" },
  { key: "url", label: { ru: "Ссылка на строку", en: "Link to the row" }, kind: "text", meaning: "url" },
];
const LINK = "https://docs.google.com/spreadsheets/d/1abc/edit#gid=0&range=A5";

const idColumn: Field = {
  key: "idColumn",
  label: { ru: "Столбец с уникальным номером", en: "Column with a unique number" },
  kind: "reference",
  list: { name: "columns", dependsOn: ["sheet"] },
  hint: {
    ru: "С ним строки можно сортировать и удалять. Без него новые строки — те, что ниже прежних.",
    en: "With it rows may be sorted and deleted. Without it new rows are those below the old ones.",
  },
};

const digestOf = (row: Row): string =>
  createHash("sha256").update(JSON.stringify(row)).digest("base64url").slice(0, 10);

/** Filled rows from a number on, with their numbers, in windows. */
async function* windows(
  ctx: Context,
  sheet: { title: string; rowCount: number },
  from: number,
): AsyncGenerator<readonly Read[]> {
  for (let top = from; top <= sheet.rowCount; top += WINDOW) {
    const rows = await readRows(ctx, sheet.title, `${top}:${Math.min(top + WINDOW - 1, sheet.rowCount)}`);
    yield rows.map((row, index) => ({ number: top + index, row })).filter(({ row }) => !isEmptyRow(row));
  }
}

type Read = { readonly number: number; readonly row: Row };

/** Rows as they are told; a row's version is made of its bare values, so that a new format of a column changes nothing. */
async function items(
  ctx: Context,
  sheet: Sheet,
  columns: number,
  rows: readonly Read[],
  versionOf: (one: Read) => string,
): Promise<JsonObject[]> {
  const shown = await textsOf(ctx, sheet.title, rows);
  return rows.map((one, index) => ({
    ...rowOutput(ctx, sheet, one.number, shown[index]?.row ?? one.row, columns),
    version: versionOf(one),
  }));
}

async function lastRows(ctx: Context, options: JsonObject): Promise<JsonObject[]> {
  const sheet = await sheetOf(ctx, options.sheet);
  let last: readonly Read[] = [];
  for await (const rows of windows(ctx, sheet, 2)) last = [...last, ...rows].slice(-SAMPLES);
  const columns = await readColumns(ctx, sheet.title);
  return items(ctx, sheet, columns.length, last, ({ number, row }) => `${number}.${digestOf(row)}`);
}

/** Rows below the mark; the mark follows a sheet that became shorter. */
async function* newRows(ctx: Context, options: JsonObject, since: PollSince): AsyncGenerator<PollPage> {
  const sheet = await sheetOf(ctx, options.sheet);
  const id = textOf(options.idColumn);
  const columns = (await readColumns(ctx, sheet.title)).length;
  const mark = numberOf(objectOf(since.cursor).row);
  if (id !== null) {
    // Every row is told each time; those that were told before are known by their number.
    for await (const rows of windows(ctx, sheet, 2)) {
      const named = rows.filter(({ row }) => textOf(row[indexOf(id)]) !== null);
      yield { items: await items(ctx, sheet, columns, named, ({ row }) => `id.${textOf(row[indexOf(id)])}`) };
    }
    return;
  }
  // One row above the mark is read too: gone means that the sheet became shorter.
  const from = mark === null ? 2 : Math.max(2, mark);
  let last = from - 1;
  for await (const rows of windows(ctx, sheet, from)) {
    last = rows.at(-1)?.number ?? last;
    const fresh = mark === null ? [] : rows.filter(({ number }) => number > mark);
    yield {
      items: await items(ctx, sheet, columns, fresh, ({ number, row }) => `${number}.${digestOf(row)}`),
      cursor: { row: Math.max(last, 1) },
    };
  }
  if (mark !== null && last < mark) yield { items: [], cursor: { row: await lengthOf(ctx, sheet) } };
}

async function lengthOf(ctx: Context, sheet: { title: string; rowCount: number }): Promise<number> {
  let last = 1;
  for await (const rows of windows(ctx, sheet, 2)) last = rows.at(-1)?.number ?? last;
  return last;
}

/** Every filled row with how it looked and how often it changed; those that look another way are told. */
async function* changedRows(ctx: Context, options: JsonObject, since: PollSince): AsyncGenerator<PollPage> {
  const sheet = await sheetOf(ctx, options.sheet);
  const columns = (await readColumns(ctx, sheet.title)).length;
  const watched = textOf(options.column);
  const id = textOf(options.idColumn);
  const before = since.cursor === null ? null : objectOf(objectOf(since.cursor).rows);
  const rows: JsonObject = {};
  const told: JsonObject[] = [];
  for await (const read of windows(ctx, sheet, 2)) {
    const changed: (Read & { readonly version: string })[] = [];
    for (const { number, row } of read) {
      const name = id === null ? String(number) : textOf(row[indexOf(id)]);
      if (name === null) continue;
      const digest = digestOf(watched === null ? row : [row[indexOf(watched)] ?? null]);
      const [old, times = "0"] = (textOf(before?.[name]) ?? "").split(".");
      const isChanged = before !== null && old !== digest;
      const version = Number(times) + (isChanged ? 1 : 0);
      rows[name] = `${digest}.${version}`;
      if (isChanged) changed.push({ number, row, version: `${name}.${digest}.${version}` });
    }
    const versions = new Map(changed.map(({ number, version }) => [number, version]));
    told.push(...(await items(ctx, sheet, columns, changed, ({ number }) => versions.get(number) ?? "")));
    if (Object.keys(rows).length > MAX_WATCHED) {
      throw new ConnectorError(
        "data",
        {
          ru: `На листе больше ${MAX_WATCHED} строк: за изменениями такого листа связка не следит. Перенесите старые строки в архив.`,
          en: `The sheet has more than ${MAX_WATCHED} rows: changes of such a sheet aren't watched. Move old rows to an archive.`,
        },
        { field: "sheet" },
      );
    }
  }
  yield { items: told, cursor: { rows } };
}

const outputOf = async (ctx: Context, options: JsonObject): Promise<readonly Field[]> =>
  columnFields(await readColumns(ctx, (await sheetOf(ctx, options.sheet)).title));

const versionField: Field = {
  key: "version",
  label: { ru: "Отпечаток строки", en: "Row's fingerprint" },
  kind: "text",
};
const common = {
  output: [...rowFields, versionField],
  outputOf,
  at: () => null,
};

export const triggers: readonly Trigger[] = [
  {
    key: "newRow",
    name: { ru: "Новая строка", en: "New row" },
    about: {
      ru: "Первая строка листа — заголовки. Проверяется раз в несколько минут.",
      en: "The sheet's first row holds the headers. Asked every few minutes.",
    },
    words: ["строка", "таблица", "ответ формы", "row", "sheet", "form answer"],
    options: [sheetField, idColumn],
    ...common,
    sample: { row: 5, sheet: "Лист1", url: LINK, version: "5.k3jX0pQz1a" },
    poll: {
      everyMinutes: 5,
      async *items(ctx, options, since) {
        if (since.isSample) yield { items: await lastRows(ctx, options) };
        else yield* newRows(ctx, options, since);
      },
    },
    record: (item) => `${item.sheet} ${item.version}`,
    change: (item) => `${item.sheet} ${item.version}`,
  },
  {
    key: "changedRow",
    name: { ru: "Новая или изменённая строка", en: "New or changed row" },
    words: ["изменение", "статус", "строка", "changed", "updated", "row"],
    options: [
      sheetField,
      {
        key: "column",
        label: { ru: "Следить за столбцом", en: "Watch the column" },
        kind: "reference",
        list: { name: "columns", dependsOn: ["sheet"] },
        hint: { ru: "Пусто: за всей строкой.", en: "Empty: the whole row." },
      },
      idColumn,
    ],
    ...common,
    sample: { row: 5, sheet: "Лист1", url: LINK, version: "5.k3jX0pQz1a.1" },
    poll: {
      everyMinutes: 5,
      async *items(ctx, options, since) {
        if (since.isSample) yield { items: await lastRows(ctx, options) };
        else yield* changedRows(ctx, options, since);
      },
    },
    record: (item) => `${item.sheet} ${item.row}`,
    change: (item) => `${item.sheet} ${item.version}`,
    repeats: "every",
  },
];

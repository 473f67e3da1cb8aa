/** Append, find and update a row. */
import type { Action, Context, Field, Found, Json, JsonObject } from "../kit/define.ts";
import { ConnectorError } from "../kit/errors.ts";
import { digitsOf, isSamePhone, numberOf, objectOf, textOf } from "../kit/read.ts";
import { ask, type Sheet } from "./api.ts";
import {
  cellOf,
  columnFields,
  indexOf,
  letterOf,
  PREFIX,
  type Row,
  range,
  readColumns,
  readRows,
  rowOutput,
  sheetOf,
  textIn,
  textsOf,
} from "./grid.ts";
import { rowFields, sheetField } from "./triggers.ts";

const ownFields: readonly Field[] = [
  {
    key: "mode",
    label: { ru: "Как записывать", en: "How to write" },
    kind: "choice",
    initial: "auto",
    choices: [
      { value: "auto", label: { ru: "числа числами, остальное текстом", en: "numbers as numbers, the rest as text" } },
      { value: "text", label: { ru: "всё текстом", en: "everything as text" } },
      { value: "typed", label: { ru: "как набранное руками (даты, суммы)", en: "as if typed by hand (dates, sums)" } },
    ],
  },
  {
    key: "formulas",
    label: { ru: "Разрешить формулы", en: "Allow formulas" },
    kind: "boolean",
    when: { field: "mode", is: ["typed"] },
    hint: {
      ru: "Иначе значение, начинающееся с =, + или @, останется текстом: его мог прислать кто угодно.",
      en: "Otherwise a value that begins with =, + or @ stays text: anybody may have sent it.",
    },
  },
];
const columnField = (key: string, ru: string, en: string, more: Partial<Field> = {}): Field => ({
  key,
  label: { ru, en },
  kind: "reference",
  list: { name: "columns", dependsOn: ["sheet"] },
  ...more,
});
const CELLS = Array.from({ length: 12 }, (_, index) => `${PREFIX}${letterOf(index)}`);
const cellFields: readonly Field[] = CELLS.map((key) => {
  const letter = key.slice(PREFIX.length);
  return { key, label: { ru: `Столбец ${letter}`, en: `Column ${letter}` }, kind: "text" };
});
const SAMPLE: JsonObject = {
  row: 5,
  sheet: "Лист1",
  url: "https://docs.google.com/spreadsheets/d/1abc/edit#gid=0&range=A5",
};
const CELL_SAMPLE: JsonObject = Object.fromEntries(
  CELLS.map((key, index) => [key, ["2026-01-10", "Анна", "+79161234567"][index] ?? null]),
);

const fieldsOf = async (ctx: Context, input: JsonObject): Promise<readonly Field[]> =>
  columnFields(await readColumns(ctx, (await sheetOf(ctx, input.sheet)).title));

/** What goes into which column, by index. */
function cellsOf(input: JsonObject): Map<number, Json> {
  const mode = textOf(input.mode) ?? "auto";
  const cells = new Map<number, Json>();
  for (const [key, value] of Object.entries(input)) {
    const letter = new RegExp(`^${PREFIX}([A-Z]{1,3})$`).exec(key)?.[1];
    if (letter) cells.set(indexOf(letter), cellOf(value, mode, input.formulas === true));
  }
  return cells;
}
const option = (input: JsonObject) => (textOf(input.mode) === "typed" ? "USER_ENTERED" : "RAW");

/** A row with null where nothing is written: null leaves a cell as it is. */
function rowOf(cells: ReadonlyMap<number, Json>): Json[] {
  const last = Math.max(-1, ...cells.keys());
  return Array.from({ length: last + 1 }, (_, index) => cells.get(index) ?? null);
}

function nothingToWrite(): never {
  throw new ConnectorError("data", {
    ru: "Ни один столбец не заполнен: записывать нечего.",
    en: "No column is filled: there is nothing to write.",
  });
}

/** The same value in a cell: texts without case and outer spaces, phones by digits. */
function isSameCell(cell: Json, value: Json): boolean {
  const [a, b] = [textOf(cell)?.toLowerCase(), textOf(value)?.toLowerCase()];
  if (a === undefined || b === undefined) return false;
  const phone = /^[+\d][\d\s().-]{9,}$/;
  return a === b || (phone.test(a) && phone.test(b) && digitsOf(a).length >= 10 && isSamePhone(a, b));
}

async function rowsWith(ctx: Context, sheet: Sheet, letter: string, value: Json): Promise<number[]> {
  if (!/^[A-Z]{1,3}$/.test(letter)) {
    throw new ConnectorError(
      "data",
      { ru: "Выберите столбец заново.", en: "Choose the column again." },
      { field: "keyColumn" },
    );
  }
  const place = `${letter}2:${letter}`;
  const found = (rows: readonly Row[]) =>
    rows.flatMap((row, index) => (isSameCell(textIn(row[0]), value) ? [index + 2] : []));
  const cells = await readRows(ctx, sheet.title, place);
  const numbers = found(cells);
  // 007 may be the number 7 in a column that shows three digits.
  const isCode = /^\s*0\d+\s*$/.test(textOf(value) ?? "") && cells.some(([cell]) => typeof cell === "number");
  return numbers.length === 0 && isCode ? found(await readRows(ctx, sheet.title, place, "looks")) : numbers;
}

async function readRow(ctx: Context, sheet: Sheet, number: number): Promise<JsonObject> {
  const [read = []] = await readRows(ctx, sheet.title, `${number}:${number}`);
  const [{ row } = { row: read }] = await textsOf(ctx, sheet.title, [{ number, row: read }]);
  return { ...Object.fromEntries(CELLS.map((key) => [key, null])), ...rowOutput(ctx, sheet, number, row) };
}

/** Writes single cells of a row; doing it again changes nothing. */
async function writeCells(
  ctx: Context,
  sheet: Sheet,
  number: number,
  input: JsonObject,
  cells: ReadonlyMap<number, Json>,
): Promise<void> {
  await ask(ctx, "/values:batchUpdate", {
    method: "POST",
    safe: true,
    json: {
      valueInputOption: option(input),
      data: [...cells].map(([index, value]) => ({
        range: `'${sheet.title.replaceAll("'", "''")}'!${letterOf(index)}${number}`,
        values: [[value ?? ""]],
      })),
    },
  });
}

/** Where the range `'Лист1'!A5:C5` begins. */
function writtenRow(answer: JsonObject): number {
  const place = textOf(objectOf(answer.updates).updatedRange) ?? "";
  return Number(/!?[A-Z]+(\d+)(?::[A-Z]+\d+)?$/.exec(place)?.[1] ?? 0);
}

const append: Action = {
  key: "appendRow",
  name: { ru: "Добавить строку", en: "Add a row" },
  words: ["добавить", "записать", "строка", "append", "row", "add"],
  kind: "create",
  safe: false,
  fields: [
    sheetField,
    columnField("keyColumn", "Ключевой столбец", "Key column", {
      hint: {
        ru: "По нему узнаётся строка, которая уже есть: телефон, номер заказа.",
        en: "By it a row that is there already is told: phone, order number.",
      },
    }),
    {
      key: "keyValue",
      label: { ru: "Значение ключа", en: "Key's value" },
      kind: "text",
      hint: { ru: "Записывается в ключевой столбец.", en: "It is written into the key column." },
    },
    columnField("markColumn", "Столбец для отметки", "Column for a mark", {
      hint: {
        ru: "Туда пишется номер запуска. По нему после потерянного ответа видно, добавлена ли строка.",
        en: "The run's number goes there. After a lost answer it tells whether the row was added.",
      },
    }),
    ...ownFields,
  ],
  fieldsOf,
  output: [...rowFields, ...cellFields],
  sample: { ...SAMPLE, ...CELL_SAMPLE },
  async run(ctx, input, once) {
    const sheet = await sheetOf(ctx, input.sheet);
    const cells = cellsOf(input);
    const keyColumn = textOf(input.keyColumn);
    if (keyColumn !== null && input.keyValue !== undefined && !cells.has(indexOf(keyColumn)))
      cells.set(indexOf(keyColumn), cellOf(input.keyValue, textOf(input.mode) ?? "auto", false));
    if (cells.size === 0) nothingToWrite();
    const markColumn = textOf(input.markColumn);
    if (markColumn !== null) cells.set(indexOf(markColumn), once.key);
    const answer = await ask(ctx, `/values/${range(sheet.title, "A1")}:append`, {
      method: "POST",
      query: { valueInputOption: option(input), insertDataOption: "INSERT_ROWS" },
      json: { majorDimension: "ROWS", values: [rowOf(cells)] },
    });
    const blank = Object.fromEntries(CELLS.map((key) => [key, null]));
    return { ...blank, ...rowOutput(ctx, sheet, writtenRow(answer), rowOf(cells)) };
  },
  async lookup(ctx, input, once) {
    const markColumn = textOf(input.markColumn);
    if (markColumn === null) return null;
    const sheet = await sheetOf(ctx, input.sheet);
    const [number] = await rowsWith(ctx, sheet, markColumn, once.key);
    if (number !== undefined) return readRow(ctx, sheet, number);
    // A call that is still on its way isn't in the sheet yet; Google answers within three minutes or gives up.
    const age = once.at === undefined ? 0 : ctx.now().getTime() - once.at.getTime();
    return age > 180_000 ? "absent" : null;
  },
  duplicates: {
    keys: ["keyValue"],
    async find(ctx, _key, value, input) {
      const keyColumn = textOf(input.keyColumn);
      if (keyColumn === null) {
        throw new ConnectorError(
          "data",
          {
            ru: "Чтобы искать дубли, выберите ключевой столбец.",
            en: "To look for duplicates choose the key column.",
          },
          { field: "keyColumn" },
        );
      }
      const sheet = await sheetOf(ctx, input.sheet);
      const numbers = await rowsWith(ctx, sheet, keyColumn, value);
      return Promise.all(
        numbers.slice(0, 20).map(async (number): Promise<Found> => {
          const output = await readRow(ctx, sheet, number);
          const columns = Object.entries(output).filter(([name, cell]) => name in input && cell !== null);
          const settings = Object.entries(input).filter(([name]) => !name.startsWith(PREFIX));
          // Everything but columns is a setting of the step and never changes.
          return { id: String(number), output, fields: Object.fromEntries([...settings, ...columns]) };
        }),
      );
    },
    async update(ctx, found, changes, input) {
      const sheet = await sheetOf(ctx, input.sheet);
      const cells = cellsOf({ ...changes, mode: input.mode ?? null, formulas: input.formulas ?? null });
      if (cells.size > 0) await writeCells(ctx, sheet, Number(found.id), input, cells);
      return readRow(ctx, sheet, Number(found.id));
    },
  },
};

const find: Action = {
  key: "findRow",
  name: { ru: "Найти строку", en: "Find a row" },
  words: ["найти", "поиск", "строка", "впр", "find", "lookup", "search", "row"],
  kind: "find",
  safe: true,
  fields: [
    sheetField,
    columnField("keyColumn", "В каком столбце искать", "Column to look in", { required: true, common: true }),
    {
      key: "keyValue",
      label: { ru: "Что искать", en: "What to look for" },
      kind: "text",
      required: true,
      common: true,
      hint: {
        ru: "Регистр не важен, телефоны сравниваются по цифрам.",
        en: "Case doesn't matter, phones are compared by digits.",
      },
    },
  ],
  output: [
    { key: "found", label: { ru: "Найдена", en: "Found" }, kind: "boolean", common: true },
    { key: "count", label: { ru: "Сколько строк подошло", en: "Rows that match" }, kind: "integer" },
    ...rowFields,
    ...cellFields,
    { key: "values", label: { ru: "Значения по заголовкам", en: "Values by header" }, kind: "object" },
  ],
  sample: { found: true, count: 1, ...SAMPLE, ...CELL_SAMPLE, values: { Имя: "Анна" } },
  async run(ctx, input) {
    const sheet = await sheetOf(ctx, input.sheet);
    const numbers = await rowsWith(ctx, sheet, textOf(input.keyColumn) ?? "", input.keyValue ?? null);
    const [first] = numbers;
    const blank = Object.fromEntries([...CELLS, "row", "url"].map((key): [string, Json] => [key, null]));
    if (first === undefined) return { found: false, count: 0, ...blank, sheet: sheet.title, values: {} };
    const [row, columns] = await Promise.all([readRow(ctx, sheet, first), readColumns(ctx, sheet.title)]);
    const values = columns.map(({ letter, label }): [string, Json] => [label, row[`${PREFIX}${letter}`] ?? null]);
    return { found: true, count: numbers.length, ...row, values: Object.fromEntries(values) };
  },
};

const update: Action = {
  key: "updateRow",
  name: { ru: "Изменить строку", en: "Change a row" },
  words: ["изменить", "обновить", "строка", "update", "row"],
  kind: "update",
  // The same cells get the same values again.
  safe: true,
  fields: [
    sheetField,
    {
      key: "row",
      label: { ru: "Номер строки", en: "Row number" },
      kind: "integer",
      required: true,
      common: true,
      hint: {
        ru: "Из триггера или шага «Найти строку» чуть раньше: строки сдвигаются, когда их удаляют.",
        en: "From the trigger or a step “Find a row” just before: rows shift when others are deleted.",
      },
    },
    ...ownFields,
  ],
  fieldsOf,
  output: [...rowFields, ...cellFields],
  sample: { ...SAMPLE, ...CELL_SAMPLE },
  async run(ctx, input) {
    const sheet = await sheetOf(ctx, input.sheet);
    const number = numberOf(input.row) ?? 0;
    if (number < 2 || !Number.isInteger(number)) {
      throw new ConnectorError(
        "data",
        {
          ru: "Номер строки — целое число от 2: в первой строке заголовки.",
          en: "A row's number is a whole one from 2: the first row holds the headers.",
        },
        { field: "row" },
      );
    }
    if (number > sheet.rowCount) {
      throw new ConnectorError(
        "not_found",
        { ru: `Строки ${number} на листе нет.`, en: `The sheet has no row ${number}.` },
        { field: "row" },
      );
    }
    const cells = cellsOf(input);
    if (cells.size === 0) nothingToWrite();
    await writeCells(ctx, sheet, number, input, cells);
    return readRow(ctx, sheet, number);
  },
};

export const actions: readonly Action[] = [append, find, update];

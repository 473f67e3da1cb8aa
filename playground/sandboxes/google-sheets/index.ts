/** Google Sheets, API v4, as far as its sheet describes it: one spreadsheet that a service account may edit. */
import { type Call, collection, html, json, object, type Reply, type Sandbox, type SandboxDeps } from "../kit.ts";
import {
  BadRange,
  type Cell,
  letters,
  nameOf,
  type Range,
  read,
  readRange,
  type Sheet,
  tableAround,
  write,
} from "./grid.ts";
import { EMAIL, makeTokens } from "./token.ts";

const ID = "1sandboxSheetOfTheShop0123456789abcdefghijkl";
const TITLE = "Заявки магазина";
const PER_MINUTE = 60;

const START: readonly Sheet[] = [
  sheetOf(0, "Лист1", [
    ["Дата", "Имя", "Телефон", "Email", "Сумма", "Статус"],
    ["2026-01-10", "Анна Петрова", "+79161234567", "anna@example.test", 1500, "новая"],
  ]),
  sheetOf(112, "Клиенты 2026", [["Телефон", "Имя", "", "Имя", "Скидка, %"]]),
  { ...sheetOf(113, "Архив", []), hidden: true },
];
/** As the page and stories call them. */
const TABLES: Readonly<Record<number, string>> = { 0: "rows", 112: "customers" };

function sheetOf(sheetId: number, title: string, cells: Cell[][]): Sheet {
  return { sheetId, title, hidden: false, rowCount: 1_000, columnCount: 26, cells, formulas: {} };
}
const problem = (code: number, status: string, message: string, details?: unknown[]) =>
  json(code, { error: { code, message, status, ...(details ? { details } : {}) } });
const invalid = (message: string) =>
  problem(400, "INVALID_ARGUMENT", message, [
    { "@type": "type.googleapis.com/google.rpc.BadRequest", fieldViolations: [{ description: message }] },
  ]);
const label = (ru: string, en: string) => ({ ru, en });

export function makeGoogleSheets(deps: SandboxDeps): Sandbox {
  const stored = collection<Sheet>(deps, "google-sheets", "sheets");
  const tokens = makeTokens(deps);
  const recent: Record<"read" | "write", number[]> = { read: [], write: [] };

  const sheets = (): Sheet[] => {
    if (stored.all().length === 0) for (const sheet of START) stored.put(String(sheet.sheetId), structuredClone(sheet));
    return stored.all().sort((a, b) => a.sheetId - b.sheetId);
  };
  const keep = (sheet: Sheet) => stored.put(String(sheet.sheetId), sheet);

  /** 60 reads and 60 writes a minute for one account. */
  function isOver(kind: "read" | "write"): boolean {
    const at = deps.now().getTime();
    recent[kind] = recent[kind].filter((time) => at - time < 60_000);
    if (recent[kind].length >= PER_MINUTE) return true;
    recent[kind].push(at);
    return false;
  }
  const tooMany = () =>
    problem(
      429,
      "RESOURCE_EXHAUSTED",
      "Quota exceeded for quota metric 'Read requests' and limit 'Read requests per minute per user' of service 'sheets.googleapis.com'.",
    );

  const updated = (range: Range, values: readonly (readonly Cell[])[], cells: number) => ({
    spreadsheetId: ID,
    updatedRange: nameOf({
      ...range,
      bottom: range.top + values.length - 1,
      right: range.left + Math.max(1, ...values.map((row) => row.length)) - 1,
    }),
    updatedRows: values.length,
    updatedColumns: Math.max(0, ...values.map((row) => row.length)),
    updatedCells: cells,
  });

  function valuesOf(body: Record<string, unknown> | undefined): Cell[][] {
    const rows = body?.values;
    const isGood =
      Array.isArray(rows) &&
      rows.every((row) => Array.isArray(row) && row.every((cell) => cell === null || typeof cell !== "object"));
    if (!isGood) throw new BadRange("Invalid values: only lists of text, numbers, booleans and null");
    return rows as Cell[][];
  }
  function isTyped(option: string | null): boolean {
    if (option === "RAW" || option === "USER_ENTERED") return option === "USER_ENTERED";
    throw new BadRange("'valueInputOption' is required but not specified");
  }

  function append(range: Range, call: Call, values: Cell[][]): Reply {
    const table = tableAround(range);
    const top = table ? table.bottom + 1 : range.top;
    const place = { ...range, top, left: table?.left ?? range.left };
    const typing = isTyped(call.query.get("valueInputOption"));
    if (call.query.get("insertDataOption") === "INSERT_ROWS" && table)
      range.sheet.cells.splice(top, 0, ...values.map((): Cell[] => []));
    const cells = write(place, values, typing);
    keep(range.sheet);
    return json(200, {
      spreadsheetId: ID,
      ...(table ? { tableRange: nameOf(table) } : {}),
      updates: updated(place, values, cells),
    });
  }

  function values(call: Call, rest: string, body: Record<string, unknown> | undefined): Reply {
    const all = sheets();
    const render = call.query.get("valueRenderOption") ?? "FORMATTED_VALUE";
    const shown = (text: string) => {
      const range = readRange(text, all);
      const rows = read(range, render);
      return { range: nameOf(range), majorDimension: "ROWS", ...(rows ? { values: rows } : {}) };
    };
    if (rest === ":batchGet" && call.method === "GET")
      return json(200, { spreadsheetId: ID, valueRanges: call.query.getAll("ranges").map(shown) });
    const [, name = "", act] = /^\/(.*?)(?::(append|clear))?$/.exec(rest) ?? [];
    const range = readRange(decoded(name), all);
    if (call.method === "GET" && !act) return json(200, shown(decoded(name)));
    if (call.method === "POST" && act === "append") return append(range, call, valuesOf(body));
    if (call.method === "POST" && act === "clear") {
      for (let row = range.top; row <= range.bottom; row++)
        for (let column = range.left; column <= range.right; column++) {
          const line = range.sheet.cells[row];
          if (line && column < line.length) line[column] = null;
        }
      keep(range.sheet);
      return json(200, { spreadsheetId: ID, clearedRange: nameOf(range) });
    }
    if (call.method === "PUT" && !act) {
      const rows = valuesOf(body);
      const cells = write(range, rows, isTyped(call.query.get("valueInputOption")));
      keep(range.sheet);
      return json(200, updated(range, rows, cells));
    }
    return html(404, "Error 404 (Not Found)!!1");
  }

  function batch(body: Record<string, unknown> | undefined): Reply {
    const typing = isTyped(typeof body?.valueInputOption === "string" ? body.valueInputOption : null);
    const all = sheets();
    const data = (Array.isArray(body?.data) ? body.data : []).map((one) => object(one) ?? {});
    const places = data.map((one) => ({ range: readRange(String(one.range), all), rows: valuesOf(one) }));
    const responses = places.map(({ range, rows }) => updated(range, rows, write(range, rows, typing)));
    for (const { range } of places) keep(range.sheet);
    return json(200, {
      spreadsheetId: ID,
      totalUpdatedRows: responses.reduce((sum, one) => sum + one.updatedRows, 0),
      totalUpdatedColumns: responses.reduce((sum, one) => sum + one.updatedColumns, 0),
      totalUpdatedCells: responses.reduce((sum, one) => sum + one.updatedCells, 0),
      totalUpdatedSheets: new Set(places.map(({ range }) => range.sheet.sheetId)).size,
      responses,
    });
  }

  const structure = () => ({
    spreadsheetId: ID,
    properties: { title: TITLE, locale: "ru_RU", autoRecalc: "ON_CHANGE", timeZone: "Europe/Moscow" },
    sheets: sheets().map(({ sheetId, title, hidden, rowCount, columnCount }, index) => ({
      properties: {
        sheetId,
        title,
        index,
        sheetType: "GRID",
        gridProperties: { rowCount, columnCount },
        ...(hidden ? { hidden } : {}),
      },
    })),
    spreadsheetUrl: `https://docs.google.com/spreadsheets/d/${ID}/edit`,
  });

  function api(call: Call): Reply {
    if (!tokens.isAlive(call))
      return problem(401, "UNAUTHENTICATED", "Request had invalid authentication credentials.");
    const kind = call.method === "GET" ? "read" : "write";
    if (isOver(kind)) return tooMany();
    const [, id, rest = ""] = /^v4\/spreadsheets\/([^/:]+)(.*)$/.exec(call.path) ?? [];
    if (id === undefined) return html(404, "Error 404 (Not Found)!!1");
    if (deps.choice("access") === "off")
      return problem(
        403,
        "PERMISSION_DENIED",
        "Google Sheets API has not been used in project 100000000001 before or it is disabled.",
      );
    if (id !== ID) return problem(404, "NOT_FOUND", "Requested entity was not found.");
    if (deps.choice("access") === "private" || (deps.choice("access") === "reader" && kind === "write"))
      return problem(403, "PERMISSION_DENIED", "The caller does not have permission");
    let body: Record<string, unknown> | undefined;
    try {
      body = call.body === "" ? undefined : object(JSON.parse(call.body));
    } catch {
      return invalid("Invalid JSON payload received.");
    }
    try {
      if (rest === "" && call.method === "GET") return json(200, structure());
      if (rest === "/values:batchUpdate" && call.method === "POST") return batch(body);
      if (rest.startsWith("/values")) return values(call, rest.slice("/values".length), body);
      return html(404, "Error 404 (Not Found)!!1");
    } catch (error) {
      if (error instanceof BadRange) return invalid(error.message);
      throw error;
    }
  }

  const find = (title: string | undefined): Sheet => {
    const sheet = sheets().find((one) => one.title === title);
    if (!sheet) throw new Error(`Листа «${title}» нет. There is no such sheet.`);
    return sheet;
  };
  const titles = () => sheets().map(({ title }) => ({ value: title, label: label(title, title) }));
  const sheetField = () => ({
    key: "sheet",
    label: label("Лист", "Sheet"),
    value: sheets()[0]?.title ?? "",
    choices: titles(),
  });
  const lineOf = (text: string | undefined): Cell[] => (text ?? "").split(";").map((part) => part.trim());

  return {
    key: "google-sheets",
    name: label("Google Таблицы", "Google Sheets"),
    perSecond: PER_MINUTE,
    get credentials() {
      return [
        {
          key: "key",
          label: label("Ключ сервисного аккаунта (JSON)", "Service account key (JSON)"),
          value: tokens.keyFile(),
        },
        {
          key: "spreadsheet",
          label: label("Ссылка на таблицу", "Spreadsheet's link"),
          value: `https://docs.google.com/spreadsheets/d/${ID}/edit#gid=0`,
        },
      ];
    },
    switches: [
      {
        key: "access",
        label: label(`Доступ для ${EMAIL.split("@")[0]}@…`, `Access of ${EMAIL.split("@")[0]}@…`),
        choices: [
          { value: "editor", label: label("редактор", "editor") },
          { value: "reader", label: label("читатель", "reader") },
          { value: "private", label: label("нет", "none") },
          { value: "off", label: label("Sheets API выключен", "Sheets API is off") },
        ],
      },
    ],
    tables: () =>
      sheets()
        .filter(({ sheetId }) => TABLES[sheetId] !== undefined)
        .map(({ sheetId, title, cells }) => ({
          name: TABLES[sheetId] ?? "",
          label: label(title, title),
          columns: [
            { key: "row", label: label("№", "#") },
            ...(cells[0] ?? []).map((head, column) => ({
              key: letters(column),
              label: label(String(head || letters(column)), String(head || letters(column))),
            })),
          ],
          rows: cells
            .slice(1)
            .map((line, index) => ({
              row: index + 2,
              ...Object.fromEntries(line.map((cell, column) => [letters(column), cell])),
            }))
            .reverse(),
        })),
    buttons: () => [
      {
        key: "addRow",
        label: label("Дописать строку", "Add a row"),
        fields: [
          sheetField(),
          {
            key: "values",
            label: label("Ячейки через ;", "Cells with ; between"),
            value: "2026-01-11; Пётр; +79031112233; p@example.test; 900; новая",
          },
        ],
      },
      {
        key: "changeCell",
        label: label("Изменить ячейку", "Change a cell"),
        fields: [
          sheetField(),
          { key: "cell", label: label("Ячейка", "Cell"), value: "F2" },
          { key: "value", label: label("Значение", "Value"), value: "в работе" },
        ],
      },
      {
        key: "deleteRow",
        label: label("Удалить строку", "Delete a row"),
        fields: [sheetField(), { key: "row", label: label("Номер строки", "Row number"), value: "2" }],
      },
      {
        key: "formatColumn",
        label: label("Формат столбца", "A column's format"),
        fields: [
          sheetField(),
          { key: "column", label: label("Столбец", "Column"), value: "C" },
          { key: "format", label: label("Формат, ноль за цифру", "Format, a zero for a digit"), value: "+00000000000" },
        ],
      },
      { key: "endTokens", label: label("Завершить выданные доступы", "End the accesses given out"), fields: [] },
    ],
    press(button, fields) {
      if (button === "endTokens") {
        tokens.revoke();
        return {};
      }
      const sheet = find(fields.sheet);
      if (button === "addRow") {
        const top = sheet.cells.findLastIndex((line) => line.some((cell) => cell !== null && cell !== "")) + 1;
        write({ sheet, top, left: 0, bottom: top, right: 0 }, [lineOf(fields.values)], true);
        keep(sheet);
        return { row: top + 1 };
      }
      if (button === "formatColumn") {
        const { column = "", format = "" } = fields;
        keep({ ...sheet, formats: { ...sheet.formats, [column]: format } });
        return {};
      }
      if (button === "changeCell") {
        const range = readRange(`'${sheet.title.replaceAll("'", "''")}'!${fields.cell}`, [sheet]);
        write(range, [[fields.value ?? ""]], true);
      } else sheet.cells.splice(Number(fields.row) - 1, 1);
      keep(sheet);
      return {};
    },
    handle: (call) => (call.path === "token" && call.method === "POST" ? tokens.issue(call) : api(call)),
    tooMany,
    expired: () => problem(401, "UNAUTHENTICATED", "Request had invalid authentication credentials."),
    clear() {
      stored.clear();
      tokens.revoke();
    },
  };
}

/** What `decodeURI` left as it was. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

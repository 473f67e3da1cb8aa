import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { after, before, describe, it } from "node:test";
import { sheets as client } from "@googleapis/sheets";
import { openService, type Service } from "../../../test/support/service.ts";
import type { Context, Json, JsonObject } from "../kit/define.ts";
import { ConnectorError, type ErrorClass } from "../kit/errors.ts";
import { cellOf, letterOf, textIn } from "./grid.ts";
import { googleSheets } from "./index.ts";
import { readKey } from "./key.ts";

let service: Service;
before(async () => {
  service = await openService("google-sheets");
});
after(() => service.stop());

async function failure(call: Promise<unknown> | undefined): Promise<ConnectorError> {
  const error = await call?.then(
    () => null,
    (caught: unknown) => caught,
  );
  assert.ok(error instanceof ConnectorError, String(error));
  return error;
}
const duplicates = googleSheets.actions.find(({ key }) => key === "appendRow")?.duplicates;
const list = async (name: string, depends: Record<string, string> = {}) =>
  (await googleSheets.lists?.[name]?.load(service.ctx, depends, undefined))?.items;
const cells = (row: Record<string, unknown> | undefined) =>
  ["A", "B", "C", "D", "E", "F"].map((letter) => row?.[letter] ?? null);

describe("the key of a service account", () => {
  const text = () => service.ctx.auth.key ?? "";
  it("is read however it was pasted", () => {
    const { email } = readKey(text());
    const file = JSON.parse(text()) as { private_key: string };
    const broken = [
      text().replaceAll("\\n", "\n"),
      text().replaceAll("\n", "\r\n"),
      text().replaceAll('"', "\u201d"),
      JSON.stringify({ ...file, private_key: file.private_key.replaceAll("\n", "\\n") }),
      JSON.stringify({ ...file, private_key: file.private_key.replaceAll("\n", " ") }),
      `  ${text().replaceAll("\n", "\u00a0")}\n`,
    ];
    for (const variant of broken) assert.equal(readKey(variant).email, email);
  });
  it("is refused with a sentence when it isn't one", () => {
    for (const bad of ["", "привет", "{}", text().slice(0, 400), text().replace("service_account", "authorized_user")])
      assert.throws(
        () => readKey(bad),
        (error) => error instanceof ConnectorError && error.errorClass === "access",
      );
  });
  it("another's key is refused by Google, and never sent anywhere else", async () => {
    const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    const file = {
      ...(JSON.parse(text()) as object),
      private_key: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
      token_uri: "http://127.0.0.1:1/steal",
    };
    const error = await failure(googleSheets.check?.(service.with({ ...service.ctx.auth, key: JSON.stringify(file) })));
    assert.deepEqual([error.errorClass, error.details.field], ["access", "key"]);
    assert.match(error.details.own ?? "", /Invalid JWT Signature/);
  });
});

describe("Google Sheets", () => {
  it("names the spreadsheet, its sheets and columns", async () => {
    assert.deepEqual(await googleSheets.check?.(service.ctx), { account: "Заявки магазина" });
    assert.deepEqual(
      (await list("sheets"))?.map(({ value, note }) => [value, note]),
      [
        ["Лист1", undefined],
        ["Клиенты 2026", undefined],
        ["Архив", "скрыт"],
      ],
    );
    // An empty header shows its letter, equal ones are told apart.
    assert.deepEqual(
      (await list("columns", { sheet: "Клиенты 2026" }))?.map(({ label }) => label),
      ["Телефон", "Имя (B)", "C", "Имя (D)", "Скидка, %"],
    );
  });

  it("offers columns as fields in both directions, with what they mean", async () => {
    const fields = await googleSheets.actions[0]?.fieldsOf?.(service.ctx, {});
    const output = await googleSheets.triggers[0]?.outputOf?.(service.ctx, {});
    for (const found of [fields, output])
      assert.deepEqual(
        found?.map(({ key, meaning }) => [key, meaning]),
        [
          ["colA", "createdAt"],
          ["colB", "name.first"],
          ["colC", "phone"],
          ["colD", "email"],
          ["colE", "amount"],
          ["colF", "status"],
        ],
      );
  });

  it("appends a row: numbers as numbers, phones and codes as text, no formula of a stranger", async () => {
    const output = await service.run("appendRow", {
      colA: "2026-02-01",
      colB: "=IMPORTXML(1)",
      colC: "+79031112233",
      colE: "1234.5",
      colF: "007",
    });
    assert.equal(output.row, 3);
    assert.deepEqual(cells(service.rows("rows")[0]), [
      "2026-02-01",
      "=IMPORTXML(1)",
      "+79031112233",
      null,
      1234.5,
      "007",
    ]);
    await service.run("appendRow", { colA: "01.02.2026", colB: "=1+1", colE: "12", mode: "typed" });
    assert.deepEqual(cells(service.rows("rows")[0]), [46054, "=1+1", null, null, 12, null]);
    await service.run("appendRow", { colB: "=1+1", colE: "-12", mode: "typed", formulas: true });
    assert.deepEqual(cells(service.rows("rows")[0]), [null, "#RESULT(1+1)", null, null, -12, null]);
    assert.equal((await failure(service.run("appendRow", {}))).errorClass, "data");
  });

  it("brings numbers as texts with every digit: phones, zeros in front, long ids, sums", async () => {
    const own = await openService("google-sheets");
    try {
      const sheet = "Лист1";
      await own.press("formatColumn", { sheet, column: "A", format: "000000" });
      await own.press("formatColumn", { sheet, column: "C", format: "+0 (000) 000-00-00" });
      await own.press("formatColumn", { sheet, column: "E", format: "0 000,00 ₽" });
      await own.press("addRow", { sheet, values: "000042; '00042; 79031112233; '4611686018427387905; 1990.5; TRUE" });
      const { items } = await own.poll("newRow", {}, { row: 2 });
      const [item] = items;
      const read = ["A", "B", "C", "D", "E", "F"].map((letter) => item?.[`col${letter}`]);
      assert.deepEqual(read, ["000042", "00042", "+79031112233", "4611686018427387905", "1990.5", "TRUE"]);
      for (const [keyColumn, keyValue] of [
        ["A", "000042"],
        ["A", "42"],
        ["B", "00042"],
        ["C", "8 903 111-22-33"],
        ["D", "4611686018427387905"],
      ] as const)
        assert.equal((await own.run("findRow", { keyColumn, keyValue })).row, 3, keyValue);
      // A new format of a column is no change of its rows.
      const { cursor } = await own.poll("changedRow");
      await own.press("formatColumn", { sheet, column: "A", format: "0" });
      assert.deepEqual((await own.poll("changedRow", {}, cursor)).items, []);
    } finally {
      await own.stop();
    }
  });

  it("finds a row by phone, mail or any value, and changes it", async () => {
    const found = await service.run("findRow", { keyColumn: "C", keyValue: "8 (916) 123-45-67" });
    assert.deepEqual([found.found, found.row, found.colB], [true, 2, "Анна Петрова"]);
    assert.equal((found.values as JsonObject).Email, "anna@example.test");
    assert.equal((await service.run("findRow", { keyColumn: "D", keyValue: "ANNA@example.test" })).row, 2);
    assert.equal((await service.run("findRow", { keyColumn: "D", keyValue: "nobody" })).found, false);
    const changed = await service.run("updateRow", { row: 2, colF: "в работе" });
    assert.deepEqual([changed.colF, changed.colB], ["в работе", "Анна Петрова"]);
    assert.deepEqual((await failure(service.run("updateRow", { row: 1, colF: "x" }))).details.field, "row");
    assert.equal((await failure(service.run("updateRow", { row: 5000, colF: "x" }))).errorClass, "not_found");
  });

  it("knows a row that is there already by its key", async () => {
    assert.ok(duplicates?.update);
    const input = { keyColumn: "C", keyValue: "+79161234567", colC: "+79161234567", colF: "повтор" };
    const [found, more] = await duplicates.find(service.ctx, "keyValue", "89161234567", input);
    assert.ok(found && !more);
    assert.deepEqual(found.fields, { ...input, colF: "в работе" });
    const output = await duplicates.update(service.ctx, found, { colF: "повтор" }, input);
    assert.deepEqual([output.row, output.colF], [2, "повтор"]);
    const nameless = await failure(duplicates.find(service.ctx, "keyValue", "1", {}));
    assert.equal(nameless.details.field, "keyColumn");
  });

  it("a mark tells after a lost answer whether the row was added", async () => {
    const action = googleSheets.actions[0];
    assert.ok(action?.lookup);
    const input = { colB: "Отметка", markColumn: "H" };
    const long = new Date(service.ctx.now().getTime() - 600_000);
    assert.equal(await action.lookup(service.ctx, input, { key: "run1.a", at: long }), "absent");
    assert.equal(await action.lookup(service.ctx, input, { key: "run1.a", at: service.ctx.now() }), null);
    // The answer to the write itself is lost, not that to the reads before it.
    const losing: Context = {
      ...service.ctx,
      http(call) {
        if (call.path.includes(":append")) service.set("health", "lost:1");
        return service.ctx.http(call);
      },
    };
    assert.equal((await failure(action.run(losing, input, { key: "run1.a" }))).errorClass, "unknown");
    const told = await action.lookup(service.ctx, input, { key: "run1.a", at: long });
    assert.ok(told !== null && told !== "absent");
    assert.equal(told.colB, "Отметка");
    assert.equal(await action.lookup(service.ctx, { colB: "x" }, { key: "run1.a" }), null);
  });

  it("an access that died early is replaced, a revoked right isn't repeated", async () => {
    await service.press("endTokens", {});
    assert.deepEqual(await googleSheets.check?.(service.ctx), { account: "Заявки магазина" });
    const cases: [string, ErrorClass][] = [
      ["private", "forbidden"],
      ["reader", "forbidden"],
      ["off", "access"],
    ];
    for (const [access, errorClass] of cases) {
      service.set("access", access);
      const error = await failure(service.run("updateRow", { row: 2, colF: "x" }));
      assert.equal(error.errorClass, errorClass, access);
      if (errorClass === "forbidden") assert.match(error.sentence.ru, /gserviceaccount/);
    }
    service.set("access", "editor");
    const lost = service.with({ ...service.ctx.auth, spreadsheet: "1anotherSheetThatNobodyHas0123456789" });
    assert.equal((await failure(googleSheets.check?.(lost))).errorClass, "not_found");
    const gone = await failure(service.run("findRow", { sheet: "Нет такого", keyColumn: "A", keyValue: "1" }));
    assert.deepEqual([gone.errorClass, gone.details.field], ["data", "sheet"]);
    const link = await failure(googleSheets.check?.(service.with({ ...service.ctx.auth, spreadsheet: "таблица" })));
    assert.equal(link.details.field, "spreadsheet");
  });

  it("the quota of a minute and an outage pass by themselves", async () => {
    service.set("health", "rateLimit");
    const quota = await failure(service.run("findRow", { keyColumn: "A", keyValue: "1" }));
    assert.deepEqual([quota.errorClass, quota.details.retryAfterMs], ["temporary", 20_000]);
    service.set("health", "outage");
    assert.equal((await failure(service.run("findRow", { keyColumn: "A", keyValue: "1" }))).errorClass, "temporary");
    service.set("health", "ok");
  });

  it("keeps neither key nor access in the history", () => {
    const kept = JSON.stringify(service.exchange());
    assert.ok(!kept.includes("PRIVATE KEY") && !/ya29\.[\w-]{10}/.test(kept) && !/assertion=ey/.test(kept));
  });
});

describe("rows that are new or changed", () => {
  let own: Service;
  before(async () => {
    own = await openService("google-sheets");
  });
  after(() => own.stop());
  const add = (values: string) => own.press("addRow", { sheet: "Лист1", values });

  it("tells rows that came after the start, each once", async () => {
    const first = await own.poll("newRow");
    assert.deepEqual(first, { items: [], cursor: { row: 2 } });
    await add("2026-01-11; Пётр; +79031112233");
    await add("2026-01-12; Мария; +79031112244");
    const second = await own.poll("newRow", {}, first.cursor);
    assert.deepEqual(
      second.items.map(({ row, colB }) => [row, colB]),
      [
        [3, "Пётр"],
        [4, "Мария"],
      ],
    );
    assert.deepEqual(second.cursor, { row: 4 });
    assert.equal(new Set(second.items.map((item) => googleSheets.triggers[0]?.record(item))).size, 2);
    assert.deepEqual((await own.poll("newRow", {}, second.cursor)).items, []);
    // The sheet became shorter: the mark follows, and the next row is new again.
    await own.press("deleteRow", { sheet: "Лист1", row: "3" });
    const third = await own.poll("newRow", {}, second.cursor);
    assert.deepEqual([third.items.length, third.cursor], [0, { row: 3 }]);
    await add("2026-01-13; Олег");
    assert.equal((await own.poll("newRow", {}, third.cursor)).items[0]?.colB, "Олег");
  });

  it("with a column of unique numbers rows are known wherever they stand", async () => {
    const { items } = await own.poll("newRow", { idColumn: "B" });
    assert.ok(items.length >= 3);
    const before = items.map((item) => googleSheets.triggers[0]?.record(item));
    await own.press("deleteRow", { sheet: "Лист1", row: "2" });
    const after = (await own.poll("newRow", { idColumn: "B" })).items.map((item) =>
      googleSheets.triggers[0]?.record(item),
    );
    assert.deepEqual(after, before.slice(1));
  });

  it("tells changes, also back to what was there before, and repeats none", async () => {
    const trigger = googleSheets.triggers[1];
    assert.ok(trigger);
    let { items, cursor } = await own.poll("changedRow", { column: "F" });
    assert.deepEqual(items, []);
    const names: string[] = [];
    for (const status of ["в работе", "новая", "в работе"]) {
      await own.press("changeCell", { sheet: "Лист1", cell: "F2", value: status });
      const again = await own.poll("changedRow", { column: "F" }, cursor);
      ({ items, cursor } = await own.poll("changedRow", { column: "F" }, cursor));
      assert.deepEqual(again.items, items);
      assert.deepEqual(
        items.map(({ row, colF }) => [row, colF]),
        [[2, status]],
      );
      names.push(...items.map((item) => trigger.change(item)));
    }
    assert.equal(new Set(names).size, 3);
    await own.press("changeCell", { sheet: "Лист1", cell: "A2", value: "x" });
    assert.deepEqual((await own.poll("changedRow", { column: "F" }, cursor)).items, []);
  });
});

describe("cells", () => {
  it("letters of columns", () => {
    assert.deepEqual([0, 25, 26, 701, 702].map(letterOf), ["A", "Z", "AA", "ZZ", "AAA"]);
  });
  it("a number is read whole, with what its look adds to it and nothing of its decoration", () => {
    const cases: [Json, string, string | null][] = [
      [7, "007", "007"],
      [79031112233, "+7 (903) 111-22-33", "+79031112233"],
      [1500, "1 500,00 ₽", "1500"],
      [1500, "1\u00a0500", "1500"],
      [0.15, "15%", "0.15"],
      [0.1 + 0.2, "0,3", "0.3"],
      [4.611686018427388e18, "4,61E+18", "4611686018427387904"],
      [0, "000", "000"],
      [-5, "-5", "-5"],
      ["+7900", "+7900", "+7900"],
      ["", "", null],
      [false, "ЛОЖЬ", "FALSE"],
    ];
    for (const [cell, look, text] of cases) assert.equal(textIn(cell, look), text, look);
  });
  it("what looks like a number is one only where nothing is lost", () => {
    const texts = ["12", "-1.5", "0.10", "007", "+7900", "1e5", "12345678901234567890", "1,5", "", "2026-01-01"];
    assert.deepEqual(
      texts.map((text) => cellOf(text, "auto", false)),
      [12, -1.5, 0.1, "007", "+7900", "1e5", "12345678901234567890", "1,5", "", "2026-01-01"],
    );
    assert.equal(cellOf(12, "text", false), "12");
    assert.equal(cellOf(["a", "b"], "auto", false), "a, b");
    assert.equal(cellOf("@x", "typed", false), "'@x");
  });
});

describe("Google's own client against our sandbox", () => {
  it("appends and reads as the connector does", async () => {
    const own = await openService("google-sheets");
    try {
      const id = /\/d\/([\w-]+)/.exec(own.ctx.auth.spreadsheet ?? "")?.[1] ?? "";
      await googleSheets.check?.(own.ctx);
      const token = await accessOf(own);
      // The client drops the path of a root address, so its calls are led below the sandbox's.
      const fetchImplementation: typeof fetch = (input, init) => {
        const { pathname, search } = new URL(input instanceof Request ? input.url : input);
        return fetch(`${own.base}${pathname}${search}`, init);
      };
      const api = client({
        version: "v4",
        rootUrl: `${new URL(own.base).origin}/`,
        headers: { Authorization: `Bearer ${token}` },
        fetchImplementation,
      });
      const appended = await api.spreadsheets.values.append({
        spreadsheetId: id,
        range: "'Лист1'!A1",
        valueInputOption: "RAW",
        insertDataOption: "INSERT_ROWS",
        requestBody: { values: [["a", 1, true]] },
      });
      assert.equal(appended.data.tableRange, "Лист1!A1:F2");
      assert.equal(appended.data.updates?.updatedRange, "Лист1!A3:C3");
      const read = await api.spreadsheets.values.get({
        spreadsheetId: id,
        range: "Лист1!A3:C3",
        valueRenderOption: "UNFORMATTED_VALUE",
      });
      assert.deepEqual(read.data.values, [["a", 1, true]]);
      const structure = await api.spreadsheets.get({ spreadsheetId: id });
      assert.equal(structure.data.properties?.title, "Заявки магазина");
      await assert.rejects(
        api.spreadsheets.values.get({ spreadsheetId: id, range: "Нет!A1" }),
        /Unable to parse range/,
      );
    } finally {
      await own.stop();
    }
  });
});

/** An access got by hand, for a client that brings its own. */
async function accessOf(own: Service): Promise<string> {
  const { createSign } = await import("node:crypto");
  const key = readKey(own.ctx.auth.key ?? "");
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const iat = Math.floor(own.ctx.now().getTime() / 1_000);
  const scope = "https://www.googleapis.com/auth/spreadsheets";
  const body = `${part({ alg: "RS256", typ: "JWT" })}.${part({ iss: key.email, scope, aud: "https://oauth2.googleapis.com/token", iat, exp: iat + 600 })}`;
  const assertion = `${body}.${createSign("RSA-SHA256").update(body).sign(key.secret, "base64url")}`;
  const answer = await fetch(`${own.base}/token`, {
    method: "POST",
    body: new URLSearchParams({ grant_type: "urn:ietf:params:oauth:grant-type:jwt-bearer", assertion }),
  });
  return ((await answer.json()) as { access_token: string }).access_token;
}

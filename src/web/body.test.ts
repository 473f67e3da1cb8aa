import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { gzipSync } from "node:zlib";
import fc from "../../test/support/property.ts";
import { readBody, Unreadable } from "./body.ts";
import { parseForm } from "./form.ts";
import { makeLoad } from "./load.ts";
import { mistakeAt } from "./mistake.ts";

const read = async (text: string | Buffer, type = "", encoding = "") =>
  (await readBody(Buffer.from(text), type, encoding)).body;

describe("bodies", () => {
  test("JSON is exact, with or without a byte order mark", async () => {
    const text = '\ufeff{"id":1234567890123456789,"sum":10.5,"name":"Анна"}';
    const expected = { id: "1234567890123456789", sum: 10.5, name: "Анна" };
    assert.deepEqual(await read(text, "application/json"), expected);
    assert.deepEqual(await read(text, "application/vnd.api+json; charset=utf-8"), expected);
  });

  test("forms are nested as PHP does it", async () => {
    const form =
      "name=%D0%90%D0%BD%D0%BD%D0%B0+%D0%9B&client[phones][0][number]=79&client[phones][1][number]=78&tags[]=a&tags[]=b&x=1&x=2&empty=&flag&half=50%";
    assert.deepEqual(await read(form, "application/x-www-form-urlencoded"), {
      name: "Анна Л",
      client: { phones: [{ number: "79" }, { number: "78" }] },
      tags: ["a", "b"],
      x: ["1", "2"],
      empty: "",
      flag: "",
      half: "50%",
    });
    assert.deepEqual(parseForm("a[=1&b]=2&[c]=3&d[e]f=4&g[[h]]=5"), {
      "a[": "1",
      "b]": "2",
      "[c]": "3",
      "d[e]f": "4",
      "g[[h]]": "5",
    });
  });

  test("old shops' charset is understood, an unknown one is UTF-8", async () => {
    const type = "application/x-www-form-urlencoded; charset=windows-1251";
    assert.deepEqual(await read("name=%C0%ED%ED%E0", type), { name: "Анна" });
    const plain = Buffer.from([0xc0, 0xed, 0xed, 0xe0]);
    assert.deepEqual(await read(plain, "text/plain; charset=windows-1251"), { body: "Анна" });
    assert.deepEqual(await read("Анна", "text/plain; charset=klingon"), { body: "Анна" });
  });

  test("nobody reaches a prototype", () => {
    const form = parseForm("__proto__[polluted]=1&constructor[prototype][polluted]=1&a[__proto__][polluted]=1&a[b]=1");
    assert.equal(({} as { polluted?: unknown }).polluted, undefined);
    assert.equal(JSON.stringify(form.a), '{"b":"1"}');
    assert.equal(Object.getPrototypeOf(form), Object.prototype);
  });

  test("multipart: texts nested, files by name and size", async () => {
    const boundary = "xx";
    const part = (head: string, body: string) =>
      `--${boundary}\r\ncontent-disposition: form-data; ${head}\r\n\r\n${body}\r\n`;
    const body = `${part('name="client[name]"', "Анна")}${part('name="photo"; filename="я.png"', "12345")}--${boundary}--\r\n`;
    assert.deepEqual(await read(body, `multipart/form-data; boundary=${boundary}`), {
      client: { name: "Анна" },
      photo: { name: "я.png", size: 5 },
    });
    await assert.rejects(read("nonsense", "multipart/form-data"), (error) => error instanceof Unreadable);
  });

  test("anything else is text; JSON that doesn't say so is JSON", async () => {
    assert.deepEqual(await read("hello", "text/plain"), { body: "hello" });
    assert.deepEqual(await read("<a/>", "application/xml"), { body: "<a/>" });
    assert.deepEqual(await read("hello", "what / ever;;"), { body: "hello" });
    assert.deepEqual(await read('{"a":1}', "application/x-www-form-urlencoded"), { a: 1 });
    assert.deepEqual(await read('[{"a":1}]'), [{ a: 1 }]);
    assert.deepEqual(await read("{not json", "text/plain"), { body: "{not json" });
    assert.deepEqual(await read(""), {});
  });

  test("compressed bodies are read, bombs aren't", async () => {
    const json = "application/json";
    assert.deepEqual(await read(gzipSync('{"a":1}'), json, "gzip"), { a: 1 });
    const refusedAs = (status: number) => (error: unknown) => error instanceof Unreadable && error.status === status;
    await assert.rejects(read(gzipSync(Buffer.alloc(2_000_000)), json, "gzip"), refusedAs(413));
    await assert.rejects(read("plain", json, "gzip"), refusedAs(400));
    await assert.rejects(read("plain", json, "zstd"), refusedAs(415));
  });

  test("broken JSON is refused with the place of the mistake", async () => {
    await assert.rejects(
      read('{\n  "a": 1,\n  "b": oops\n}', "application/json"),
      (error) => error instanceof Unreadable && /line 3, column 8 \(found "oops"\)/.test(error.sentence.en),
    );
    await assert.rejects(
      read('{"a":', "application/json"),
      (error) => error instanceof Unreadable && /текст обрывается/.test(error.sentence.ru),
    );
  });
});

test("requests together take no more memory than they may, and give it back once", () => {
  const load = makeLoad(10);
  const first = load.enter(6);
  assert.ok(first);
  assert.equal(load.enter(5), null);
  first();
  first();
  assert.ok(load.enter(10));
  assert.equal(load.enter(1), null);
});

describe("the place of a mistake", () => {
  test("known ones", () => {
    for (const [text, column] of [
      ['{"a":1,}', 8],
      ["[1,,2]", 4],
      ["{a:1}", 2],
      ['{"a" 1}', 6],
      ["[1 2]", 4],
      ['"open', 1],
      ['"bad \\x"', 1],
      ["01", 1],
      ["{}}", 3],
      ["[}", 2],
      ["", 1],
      ["nul", 1],
      ["'a'", 1],
    ] as const) {
      const found = mistakeAt(text);
      assert.deepEqual([found.line, found.column], [1, column], text);
    }
  });

  test("everything before it is the beginning of some JSON, and cutting JSON anywhere shows its end", () => {
    fc.assert(
      fc.property(fc.json(), fc.nat(), (json, at) => {
        const cut = json.slice(0, at % (json.length + 1));
        let isWhole = true;
        try {
          JSON.parse(cut);
        } catch {
          isWhole = false;
        }
        if (isWhole) return;
        const { column } = mistakeAt(cut);
        assert.ok(column >= 1 && column <= cut.length + 1);
        // A token that was cut is the mistake; before it stands nothing wrong.
        assert.ok(/^(?:"|[-\w.+]|$)/.test(cut.slice(column - 1)), `${cut} at ${column}`);
      }),
    );
  });

  test("a megabyte of text doesn't hold it up", () => {
    assert.equal(mistakeAt(`{"a":"${"x\\n".repeat(300_000)}"`).found.en, "the text ends there");
  });
});

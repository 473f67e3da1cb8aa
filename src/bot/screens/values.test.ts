import assert from "node:assert/strict";
import { test } from "node:test";
import type { Field, Json } from "../../engine/index.ts";
import { textsFor } from "../texts/index.ts";
import { valueLines } from "./values.ts";

const field = (key: string, ru: string): Field => ({ key, label: { ru, en: key }, kind: "text" });
const read = (data: Json, fields: readonly Field[], most = 10) => {
  const { lines, more } = valueLines(textsFor("ru"), "ru", data, fields, most);
  return { lines: lines.map(({ text }) => text), more };
};

test("values stand under the form's names, in the form's order, empty ones left out", () => {
  const fields = [field("client.name", "Имя"), field("tags", "Теги"), field("items", "Товары")];
  const data = {
    id: "9007199254740993123",
    tags: ["a", "b"],
    paid: true,
    empty: "",
    nothing: null,
    items: [{ name: "Чай" }],
    client: { name: "Анна", age: 30 },
  };
  assert.deepEqual(read(data, fields).lines, [
    "Имя: Анна",
    "Теги: a, b",
    "Товары · 1 · name: Чай",
    "id: 9007199254740993123",
    "paid: да",
    "client · age: 30",
  ]);
});

test("long data is cut with a count", () => {
  assert.deepEqual(read({ a: "1", b: "2", c: "3" }, [], 2), { lines: ["a: 1", "b: 2"], more: 1 });
  assert.deepEqual(read(null, []), { lines: [], more: 0 });
  assert.equal(read({ a: "x".repeat(500) }, []).lines[0]?.length, 3 + 160);
});

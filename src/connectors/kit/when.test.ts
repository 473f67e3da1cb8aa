import assert from "node:assert/strict";
import { test } from "node:test";
import type { Field, JsonObject } from "./fields.ts";
import { isAsked } from "./when.ts";

const label = { ru: "x", en: "x" };
const fields: readonly Field[] = [
  { key: "mode", label, kind: "text", initial: "daily" },
  { key: "time", label, kind: "text", when: { field: "mode", is: ["daily"] } },
  { key: "zone", label, kind: "text", when: { field: "time", is: ["9"] } },
];
const asked = (values: JsonObject) => fields.filter((field) => isAsked(field, fields, values)).map(({ key }) => key);

test("a field is asked while its sibling has such a value; the initial one counts, a template may become any", () => {
  assert.deepEqual(asked({}), ["mode", "time"]);
  assert.deepEqual(asked({ mode: "cron", time: "9" }), ["mode"], "what hangs on a hidden one is hidden too");
  assert.deepEqual(asked({ mode: "daily", time: "9" }), ["mode", "time", "zone"]);
  assert.deepEqual(asked({ mode: "{{ trigger.x }}" }), ["mode", "time"]);
});

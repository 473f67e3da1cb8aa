import assert from "node:assert/strict";
import { test } from "node:test";
import type { Connector, Trigger } from "../connectors/kit/define.ts";
import { makeCatalogue } from "./catalogue.ts";

const trigger: Trigger = {
  key: "call",
  name: { ru: "Входящий звонок", en: "Incoming call" },
  options: [],
  output: [],
  sample: {},
  clock: true,
  record: String,
  change: String,
  at: () => null,
};
const service = (key: string, name: string, words: string[], triggers: Trigger[]): Connector => ({
  key,
  name: { ru: name, en: name },
  about: { ru: "", en: "" },
  words,
  auth: { kind: "none" },
  triggers,
  actions: [],
});
const catalogue = makeCatalogue({
  connectors: [
    service("calltouch", "Calltouch", ["колтач"], [trigger]),
    service("retailcrm", "retailCRM", ["ритейл", "simla"], []),
    service("moysklad", "МойСклад", [], []),
  ],
});
const found = (text: string, can: "trigger" | "any" = "any") => catalogue.search(text, can).map(({ key }) => key);

test("services are found by name, by words in both alphabets, by what they can do, and with slips", () => {
  for (const typed of ["calltouch", "Call", "колтач", "caltouch", "calltuoch", "звонок", "входящий звонок"])
    assert.deepEqual(found(typed), ["calltouch"], typed);
  for (const typed of ["ритейл", "RETAIL", "simla", "retailcrn"]) assert.deepEqual(found(typed), ["retailcrm"], typed);
  for (const typed of ["мойсклад", "moysklad", "склад"]) assert.deepEqual(found(typed), ["moysklad"], typed);
});

test("nothing typed lists all, nonsense finds nothing, and who can't do it is left out", () => {
  assert.equal(found("  ").length, 3);
  assert.deepEqual(found("zzzz"), []);
  assert.deepEqual(found("", "trigger"), ["calltouch"]);
});

import assert from "node:assert/strict";
import { test } from "node:test";
import type { Connector } from "../../connectors/kit/define.ts";
import { UserError } from "../errors.ts";
import type { Bundle } from "./model.ts";
import { connect, fromFile, slotsOf, toFile } from "./transfer.ts";

const text = (both: string) => ({ ru: both, en: both });
const crm: Connector = {
  key: "crm",
  name: text("CRM"),
  about: text("CRM"),
  auth: { kind: "none" },
  triggers: [
    {
      key: "new",
      name: text("New"),
      options: [],
      output: [],
      sample: {},
      clock: true,
      record: String,
      change: String,
      at: () => null,
    },
  ],
  actions: [
    {
      key: "create",
      name: text("Create"),
      kind: "other",
      safe: true,
      fields: [{ key: "password", label: text("Password"), kind: "text", secret: true }],
      output: [],
      sample: {},
      run: async () => ({}),
    },
  ],
};
const find = (key: string) => (key === "crm" ? crm : undefined);
const action = (id: string, connection: string | null) => ({
  id,
  kind: "action" as const,
  connector: "crm",
  action: "create",
  connection,
  input: { a: "{{ trigger.x }}" },
});
const body: Bundle = {
  format: 1,
  trigger: { connector: "crm", trigger: "new", connection: "secret-1", options: {} },
  steps: [action("aaa", "secret-1"), action("bbb", "secret-2"), action("ccc", null)],
};

test("a file names connections by connector, two accounts of one service apart, and comes back whole", () => {
  const file = toFile("Звонки", body, find);
  assert.doesNotMatch(JSON.stringify(file), /secret/);
  const read = fromFile(JSON.parse(JSON.stringify(file)), find);
  assert.deepEqual(slotsOf(read), [
    { key: "crm", connector: "crm" },
    { key: "crm-2", connector: "crm" },
  ]);
  assert.deepEqual(
    connect(
      read.bundle,
      new Map([
        ["crm", "secret-1"],
        ["crm-2", "secret-2"],
      ]),
    ),
    body,
  );
  assert.equal(connect(read.bundle, new Map()).trigger?.connection, null);
});

test("what secret fields hold stays here", () => {
  const step = { ...action("aaa", null), input: { a: "1", password: "hunter2" } };
  assert.deepEqual(toFile("x", { ...body, steps: [step] }, find).bundle.steps, [{ ...step, input: { a: "1" } }]);
});

test("each mistake has a sentence with its place", () => {
  const file = toFile("Звонки", body, find);
  const wrong: [unknown, RegExp][] = [
    [null, /не файл связки/],
    ["text", /не файл связки/],
    [{ name: "x" }, /не файл связки/],
    [{ ...file, svyazka: 2 }, /«svyazka»/],
    [{ ...file, name: "" }, /«name»/],
    [{ ...file, bundle: { ...body, steps: [{ ...action("aaa", null), id: "1!" }] } }, /«bundle\.steps\.0\.id»/],
    [{ ...file, bundle: { ...body, steps: [action("aaa", null), action("aaa", null)] } }, /стоит дважды/],
    [{ ...file, bundle: { ...body, steps: [{ ...action("aaa", null), action: "fly" }] } }, /crm\/fly/],
    [{ ...file, bundle: { ...body, trigger: { ...body.trigger, connector: "amo" } } }, /amo\/new/],
  ];
  for (const [given, pattern] of wrong) {
    assert.throws(
      () => fromFile(given, find),
      (error) => error instanceof UserError && pattern.test(error.sentence.ru),
      String(pattern),
    );
  }
});

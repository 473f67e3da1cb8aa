import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { after, before, test } from "node:test";
import { sql } from "drizzle-orm";
import { CALL as call, type Workshop, workshop } from "../../../test/support/workshop.ts";
import { ConnectorError } from "../../connectors/kit/errors.ts";
import type { Field } from "../../connectors/kit/fields.ts";
import { makeVault } from "../connection/vault.ts";
import { isSealed, renderValues } from "./secrets.ts";

const SECRET = "{{ hunter2 }}";
const sayFields: readonly Field[] = [
  { key: "words", label: { ru: "Слова", en: "words" }, kind: "text" },
  { key: "pin", label: { ru: "ПИН", en: "pin" }, kind: "text", secret: true },
];

let shop: Workshop;
before(async () => {
  shop = await workshop();
});
after(() => shop.fresh.drop());

async function withSecret() {
  const { built, bundles, scope } = shop;
  let view = await built(call, { do: "addAction", id: "aaa", connector: "hook", action: "say", connection: null });
  const edits = [
    { do: "setField", step: "aaa", field: "words", value: "hello" },
    { do: "setField", step: "aaa", field: "pin", value: SECRET },
  ] as const;
  for (const edit of edits) {
    view = await bundles.edit({ ...scope, op: `op ${view.id}` }, view.id, view.revision, edit);
  }
  return view;
}
const pinOf = (view: Awaited<ReturnType<typeof withSecret>>) => {
  const [step] = view.body.steps;
  return step?.kind === "action" ? step.input.pin : undefined;
};

test("a secret is sealed from the moment it is set; nothing in the database tells it", async () => {
  const { bundles, scope, fresh } = shop;
  const view = await withSecret();
  assert.ok(isSealed(pinOf(view)));
  await bundles.start(scope, view.id).catch(() => {});
  for (const table of ["bundles", "versions", "operations"]) {
    const [row] = await fresh.db.execute(
      sql.raw(`select count(*)::int as n from ${table} t where t::text like '%hunter2%'`),
    );
    assert.equal(row?.n, 0, table);
  }
  const line = (await bundles.mapping(scope, view.id, "aaa")).find(({ field }) => field.key === "pin");
  assert.deepEqual([line?.value, line?.spoken, line?.shown, line?.problem], ["•••", "•••", null, null]);
  assert.deepEqual(await bundles.problems(scope, view.id), []);
});

test("a copy keeps it, a file has none; a file may bring one in clear, never a sealed one", async () => {
  const { bundles, scope } = shop;
  const view = await withSecret();
  assert.deepEqual(pinOf(await bundles.copy(scope, view.id)), pinOf(view));
  const file = await bundles.exportFile(scope, view.id);
  const [step] = file.bundle.steps;
  assert.ok(step?.kind === "action" && !Object.hasOwn(step.input, "pin"));
  const bringing = (pin: unknown) =>
    JSON.parse(JSON.stringify({ ...file, bundle: { ...file.bundle, steps: [{ ...step, input: { pin } }] } }));
  assert.ok(isSealed(pinOf(await bundles.importFile(scope, bringing("clear"), {}))));
  assert.equal(pinOf(await bundles.importFile(scope, bringing(pinOf(view)), {})), undefined);
});

test("it is opened as literal text where it is used; another key's is a sentence that names the field", () => {
  const settings = { timeZone: "UTC", country: "RU", locale: "ru" } as const;
  const vault = makeVault({ key: randomBytes(32) });
  const values = { words: "{{ trigger.x }}", pin: { $sealed: vault.seal(SECRET) } };
  const ask = { fields: sayFields, values, data: { trigger: { x: 5 } }, settings };
  assert.deepEqual(renderValues(ask, vault), { rendered: { words: 5, pin: SECRET }, secrets: [SECRET] });
  assert.throws(
    () => renderValues(ask, makeVault({ key: randomBytes(32) })),
    (error) => error instanceof ConnectorError && /ПИН/.test(error.sentence.ru) && error.details.field === "pin",
  );
});

import assert from "node:assert/strict";
import { test } from "node:test";
import type { Context, Found, JsonObject } from "../../connectors/kit/define.ts";
import type { DuplicateSettings } from "../bundle/model.ts";
import { type Asked, changesOf, decide, foundNotes, lockKeys } from "./duplicates.ts";

const said = (text: string) => ({ ru: text, en: text });
const fields = [
  { key: "name", label: said("Name"), kind: "text" },
  { key: "phone", label: said("Phone"), kind: "phone" },
  { key: "email", label: said("E-mail"), kind: "email" },
  { key: "comment", label: said("Comment"), kind: "longText" },
  { key: "tags", label: said("Tags"), kind: "text", many: true },
  { key: "amount", label: said("Amount"), kind: "decimal" },
] as const;
const ctx = {} as Context;

function ask(
  settings: Partial<DuplicateSettings>,
  input: JsonObject,
  records: readonly Found[],
  asked: string[] = [],
): Asked {
  return {
    settings: { mode: "keep", match: "all", keys: ["phone", "email"], rules: {}, ...settings },
    fields,
    input,
    country: "RU",
    duplicates: {
      keys: ["phone", "email", "name"],
      find: async (_ctx, key) => {
        asked.push(key);
        return records.filter((record) => record.fields[key] !== undefined);
      },
    },
  };
}
const record = (id: string, fields: JsonObject, createdAt?: string): Found => ({
  id,
  output: { id },
  fields,
  ...(createdAt === undefined ? {} : { createdAt }),
});

test("all of the ticked fields must match", async () => {
  const input = { phone: "+79991234567", email: "A@b.ru" };
  const both = record("2", { phone: "8 (999) 123-45-67", email: "a@B.RU" });
  const one = record("1", { phone: "89991234567", email: "other@b.ru" });
  assert.deepEqual(await decide(ctx, ask({}, input, [one, both])), { do: "keep", found: both, several: 1 });
  assert.deepEqual(await decide(ctx, ask({}, input, [one])), { do: "create" });
});

test("any of them, in the order of the ticks: the first that finds something decides", async () => {
  const asked: string[] = [];
  const byEmail = record("1", { email: "a@b.ru" });
  const input = { phone: "+79991234567", email: "a@b.ru" };
  const decision = await decide(ctx, ask({ match: "any" }, input, [byEmail], asked));
  assert.equal(decision.do, "keep");
  assert.deepEqual(asked, ["phone", "email"]);
});

test("an empty ticked value never matches anything", async () => {
  const empty = record("1", { phone: "", email: "" });
  assert.deepEqual(await decide(ctx, ask({}, { phone: "", email: "a@b.ru" }, [empty])), { do: "create" });
  assert.deepEqual(await decide(ctx, ask({ match: "any" }, {}, [empty])), { do: "create" });
  assert.deepEqual(await decide(ctx, ask({ mode: "updateOnly" }, {}, [empty])), { do: "nothing" });
});

test("of several the oldest wins, by time or by number", async () => {
  const input = { phone: "89991234567" };
  const phone = { phone: "89991234567" };
  const settings = { keys: ["phone"] };
  const byTime = [record("1", phone, "2026-02-01"), record("2", phone, "2026-01-01"), record("3", phone)];
  const first = await decide(ctx, ask(settings, input, byTime));
  assert.deepEqual(first.do === "keep" && [first.found.id, first.several], ["2", 3]);
  const byNumber = [record("10", phone, "10"), record("9", phone, "9")];
  const second = await decide(ctx, ask(settings, input, byNumber));
  assert.equal(second.do === "keep" && second.found.id, "9");
});

test("four modes", async () => {
  const input = { phone: "89991234567", name: "New" };
  const found = record("1", { phone: "+79991234567", name: "Old" });
  const of = async (mode: DuplicateSettings["mode"], records: readonly Found[]) =>
    (await decide(ctx, ask({ mode, keys: ["phone"] }, input, records))).do;
  assert.deepEqual(
    await Promise.all([of("create", [found]), of("keep", [found]), of("update", [found]), of("updateOnly", [found])]),
    ["create", "keep", "update", "update"],
  );
  assert.deepEqual(await Promise.all([of("create", []), of("keep", []), of("update", []), of("updateOnly", [])]), [
    "create",
    "create",
    "create",
    "nothing",
  ]);
});

test("three rules; what stands there already isn't written again", () => {
  const found = record("1", { name: "Ann", comment: "first", tags: ["a"], phone: "89991234567", amount: 5, email: "" });
  const change = (input: JsonObject, rules: DuplicateSettings["rules"]) => changesOf(ask({ rules }, input, []), found);
  assert.deepEqual(change({ name: "Bob" }, {}), { name: "Bob" });
  assert.deepEqual(change({ name: "Bob", email: "a@b.ru" }, { name: "fill", email: "fill" }), { email: "a@b.ru" });
  assert.deepEqual(change({ comment: "second" }, { comment: "add" }), { comment: "first\nsecond" });
  assert.deepEqual(change({ name: "B" }, { name: "add" }), { name: "Ann, B" });
  assert.deepEqual(change({ tags: ["a", "b"] }, { tags: "add" }), { tags: ["a", "b"] });
  assert.deepEqual(change({ comment: "first", tags: ["a"], name: "Ann" }, { comment: "add", tags: "add" }), {});
  assert.deepEqual(change({ amount: 7 }, { amount: "add" }), { amount: 7 });
  // The same number in another dress, by which the record was found, isn't a change.
  assert.deepEqual(change({ phone: "+79991234567" }, {}), {});
});

test("adding twice after a lost answer adds once", () => {
  const rules = { comment: "add" } as const;
  const once = changesOf(ask({ rules }, { comment: "call" }, []), record("1", { comment: "before" }));
  const twice = changesOf(ask({ rules }, { comment: "call" }, []), record("1", { comment: once.comment ?? "" }));
  assert.deepEqual(twice, {});
  for (const key of ["comment", "name"]) {
    const add = (text: string, there: string) =>
      changesOf(ask({ rules: { [key]: "add" } }, { [key]: text }, []), record("1", { [key]: there }));
    for (const text of ["Moscow, Arbat 1", "a\nb, c", "call, "]) {
      const first = String(add(text, "before")[key]);
      assert.notEqual(first, "before");
      assert.deepEqual(add(text, first), {});
      assert.deepEqual(add(text, String(add("after", first)[key])), {}, "and behind it came more");
    }
    assert.notDeepEqual(add("call", "a call, recall"), {}, "a part of a word or of a line isn't it");
  }
});

test("two runs meet under the same name however a phone is written", () => {
  const keys = (phone: string) => lockKeys("w", "crm", ask({ keys: ["phone"] }, { phone }, []));
  assert.deepEqual(keys("8 999 123 45 67"), keys("+7 (999) 123-45-67"));
  assert.deepEqual(lockKeys("w", "crm", ask({}, { phone: "" }, [])), []);
});

test("phones are compared as numbers, e-mails without case; an almost equal one is another record", async () => {
  const keysOf = (keys: string[], input: JsonObject, fields: JsonObject) =>
    decide(ctx, ask({ keys }, input, [record("1", fields)]));
  for (const phone of ["8 (999) 123-45-67", "79991234567", "+7 999 1234567"]) {
    assert.equal((await keysOf(["phone"], { phone: "+79991234567" }, { phone })).do, "keep", phone);
  }
  assert.equal((await keysOf(["phone"], { phone: "+79991234567" }, { phone: "+79991234568" })).do, "create");
  assert.equal((await keysOf(["email"], { email: " Anna@Mail.RU " }, { email: "anna@mail.ru" })).do, "keep");
  assert.equal((await keysOf(["email"], { email: "anna@mail.ru" }, { email: "hanna@mail.ru" })).do, "create");
});

test("several records match: the oldest is taken, and the run says so", async () => {
  const records = [record("12", { phone: "89991234567" }), record("9", { phone: "89991234567" })];
  const decision = await decide(ctx, ask({ keys: ["phone"] }, { phone: "+79991234567" }, records));
  assert.equal(decision.do === "keep" && decision.found.id, "9");
  assert.deepEqual(
    foundNotes(decision).map(({ en }) => en),
    ["The record exists already: 9.", "2 records matched. The oldest was taken."],
  );
});

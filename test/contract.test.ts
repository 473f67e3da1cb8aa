/** The contract suite can fail: a good connector passes every rule, and each way to break one is found by its rule. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Connector } from "../src/connectors/kit/define.ts";
import { contract, makeNotes, notes } from "./support/badservice.ts";
import { isCalledFor, RULES, type Rule } from "./support/contract.ts";
import { BROKEN as DECLARED } from "./support/contractbroken.ts";
import { BROKEN_ITEMS } from "./support/contractbrokenitems.ts";
import { mistakesOf } from "./support/contractrules.ts";

const BROKEN = [...DECLARED, ...BROKEN_ITEMS];
const judge = (rule: Rule, connector: Connector) => mistakesOf(rule, { connector, contract, makers: [makeNotes] });

describe("the contract suite", () => {
  for (const [rule, title] of Object.entries(RULES) as [Rule, string][])
    it(`passes a good connector: ${title}`, async () => {
      assert.deepEqual(await judge(rule, notes), []);
    });

  for (const [name, rule, connector, said] of BROKEN)
    it(`finds ${name}`, async () => {
      assert.match((await judge(rule, connector)).join("\n"), said);
    });

  it("asks for every write and every trigger that the declaration has", async () => {
    const bare = { connector: notes, contract: { makers: [makeNotes] } };
    for (const rule of ["writes", "items", "hooks"] as const)
      assert.match((await mistakesOf(rule, bare)).join("\n"), /the contract says neither/);
  });

  it("judges a connector only by what it has", () => {
    const silent: Connector = { ...notes, auth: { kind: "none" }, lists: {}, triggers: [], actions: [] };
    const { api: _, check: __, ...bare } = silent;
    const called = (Object.keys(RULES) as Rule[]).filter((rule) => isCalledFor(rule, bare));
    assert.deepEqual(called, ["words", "samples"]);
    assert.ok((Object.keys(RULES) as Rule[]).every((rule) => isCalledFor(rule, notes)));
  });

  it("breaks every rule at least once", () => {
    assert.deepEqual([...new Set(BROKEN.map(([, rule]) => rule))].sort(), Object.keys(RULES).sort());
  });
});

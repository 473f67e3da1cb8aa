/**
 * The contract that every connector keeps, proven at its sandbox over HTTP. `CONNECTOR=key` takes one. Which rules
 * judge a connector follows from its declaration; what can't be played is left out by its contract, with the reason.
 */
import assert from "node:assert/strict";
import { globSync } from "node:fs";
import { basename, join } from "node:path";
import { describe, it } from "node:test";
import { connectors } from "../src/connectors/index.ts";
import {
  type Contract,
  FAULTS,
  hookedOf,
  isCalledFor,
  polledOf,
  RULES,
  type Rule,
  writesOf,
} from "./support/contract.ts";
import { mistakesOf } from "./support/contractrules.ts";

// A machine far from the accounts' zone shows who reads local times by its clock.
process.env.TZ = "Pacific/Honolulu";

const { CONNECTOR } = process.env;
const FOLDER = join(import.meta.dirname, "support/contracts");
const contracts = new Map<string, Contract>();
for (const file of globSync("*.ts", { cwd: FOLDER }).sort()) {
  const { contract } = (await import(join(FOLDER, file))) as { contract: Contract };
  contracts.set(basename(file, ".ts"), contract);
}

describe("contracts", () => {
  it("there is one for every connector", () => {
    const missing = connectors.filter(({ key }) => !contracts.has(key) && (CONNECTOR ?? key) === key);
    assert.deepEqual(
      missing.map(({ key }) => `test/support/contracts/${key}.ts`),
      [],
    );
  });

  it("leave out only what exists, and say why", () => {
    for (const [key, { without = {}, triggers = {}, writes = {} }] of contracts) {
      const own = connectors.find((one) => one.key === key);
      if (!own) continue;
      const keys = (all: readonly { key: string }[]) => all.map((one) => one.key);
      for (const [name, reason] of Object.entries(without)) {
        const [rule = "", part] = name.split(":");
        assert.ok(Object.hasOwn(RULES, rule), `${key}: there is no rule ${rule}`);
        assert.ok(isCalledFor(rule as Rule, own), `${key}: ${rule} isn't called for, so there is nothing to leave out`);
        const parts: Partial<Record<Rule, readonly string[]>> = {
          writes: [...FAULTS, ...keys(writesOf(own))],
          hooks: keys(hookedOf(own)),
          lists: Object.keys(own.lists ?? {}),
        };
        const known = parts[rule as Rule] ?? keys(polledOf(own));
        assert.ok(part === undefined || known.includes(part), `${key}: there is no ${part}`);
        assert.ok(reason.length > 10, `${key}: ${name} needs a reason`);
      }
      for (const name of Object.keys(triggers)) assert.ok(keys(own.triggers).includes(name), `${key}: no ${name}`);
      for (const name of Object.keys(writes)) assert.ok(keys(own.actions).includes(name), `${key}: no ${name}`);
    }
  });
});

for (const connector of connectors) {
  const contract = contracts.get(connector.key);
  if (!contract || (CONNECTOR !== undefined && CONNECTOR !== connector.key)) continue;
  describe(connector.key, () => {
    for (const [rule, title] of Object.entries(RULES) as [Rule, string][])
      if (isCalledFor(rule, connector) && contract.without?.[rule] === undefined)
        it(title, async () => {
          assert.deepEqual(await mistakesOf(rule, { connector, contract }), []);
        });
  });
}

/**
 * The contract that every connector keeps, proven at its sandbox over HTTP. `CONNECTOR=key` takes one. What doesn't
 * apply is skipped with the reason that the connector's contract gives.
 */
import assert from "node:assert/strict";
import { globSync } from "node:fs";
import { basename, join } from "node:path";
import { describe, it } from "node:test";
import { connectors } from "../src/connectors/index.ts";
import { type Contract, FAULTS, RULES, type Rule } from "./support/contract.ts";
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
    for (const [key, { without = {} }] of contracts)
      for (const [name, reason] of Object.entries(without)) {
        const [rule = "", part] = name.split(":");
        const own = connectors.find((one) => one.key === key);
        assert.ok(Object.hasOwn(RULES, rule), `${key}: there is no rule ${rule}`);
        const parts: readonly string[] = rule === "create" ? FAULTS : (own?.triggers ?? []).map((one) => one.key);
        assert.ok(!own || part === undefined || parts.includes(part), `${key}: there is no ${part}`);
        assert.ok(reason.length > 10, `${key}: ${name} needs a reason`);
      }
  });
});

for (const connector of connectors) {
  const contract = contracts.get(connector.key);
  if (!contract || (CONNECTOR !== undefined && CONNECTOR !== connector.key)) continue;
  describe(connector.key, () => {
    for (const [rule, title] of Object.entries(RULES) as [Rule, string][]) {
      const reason = contract.without?.[rule];
      it(title, { skip: reason ?? false }, async () => {
        assert.deepEqual(await mistakesOf(rule, { connector, contract }), []);
      });
    }
  });
}

/** docs/connectors.md followed to the letter, in a copy of the tree: its commands give a connector that passes everything. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { RULES } from "./support/contract.ts";

const ROOT = join(import.meta.dirname, "..");
const COPIED = [
  "src",
  "playground",
  "bench",
  "test",
  "docs",
  "package.json",
  "tsconfig.json",
  "biome.json",
  "drizzle.config.ts",
];

/** The commands of the guide, in its order; installing is done by a link. */
const commands =
  /## Adding one in an hour\s+```sh\n([^`]+)```/
    .exec(readFileSync(join(ROOT, "docs/connectors.md"), "utf8"))?.[1]
    ?.trim()
    .split("\n") ?? [];

function run(command: string, args: readonly string[], cwd: string): Promise<{ code: number | null; text: string }> {
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  const child = spawn(command, args, { cwd, env: { ...env, CONNECTOR: "acme" } });
  let text = "";
  child.stdout.on("data", (chunk) => {
    text += chunk;
  });
  child.stderr.on("data", (chunk) => {
    text += chunk;
  });
  return new Promise((resolve) => child.on("close", (code) => resolve({ code, text })));
}
const words = (command: string) => command.split(" ");

describe("the guide", () => {
  const guide = readFileSync(join(ROOT, "docs/connectors.md"), "utf8");
  const define = readFileSync(join(ROOT, "src/connectors/kit/define.ts"), "utf8");

  it("names all that a function is given, and nothing else", () => {
    const body = /export interface Context \{([\s\S]*?)\n\}/.exec(define)?.[1] ?? "";
    const given = [...body.matchAll(/^ {2}readonly (\w+)\??:/gm)].map(([, key]) => key);
    const named = new Set([...guide.matchAll(/`ctx\.(\w+)/g)].map(([, key]) => key));
    assert.deepEqual([...named].sort(), [...given].sort());
  });

  it("names every rule of the suite", () => {
    const table = /## What the suite demands[\s\S]*?\n\n(\|[\s\S]*?)\n\n/.exec(guide)?.[1] ?? "";
    const named = [...table.matchAll(/^\| (\w+) \|/gm)].map(([, rule]) => rule);
    assert.deepEqual(named.sort(), Object.keys(RULES).sort());
  });
});

describe("a new connector", () => {
  let copy = "";
  before(() => {
    copy = mkdtempSync(join(tmpdir(), "scaffold-"));
    for (const path of COPIED) cpSync(join(ROOT, path), join(copy, path), { recursive: true });
    symlinkSync(join(ROOT, "node_modules"), join(copy, "node_modules"));
  });
  after(() => rmSync(copy, { recursive: true, force: true }));

  it("is made by the guide's own commands", async () => {
    assert.deepEqual(commands, [
      "npm ci",
      "npm run connector -- new acme",
      "npm run check",
      "npm test -- connectors.test acme",
    ]);
    const [npm = "", ...args] = words(commands[1] ?? "");
    const made = await run(npm, args, copy);
    assert.equal(made.code, 0, made.text);
    assert.match(made.text, /docs\/connectors\/acme\.md/);
    const list = readFileSync(join(copy, "docs/connectors.md"), "utf8");
    assert.match(list, /\| \[Acme\]\(connectors\/acme\.md\)/);
  });

  it("passes the check as it is", async () => {
    const [npm = "", ...args] = words(commands[2] ?? "");
    const checked = await run(npm, args, copy);
    assert.equal(checked.code, 0, checked.text);
  });

  it("passes the contract suite and its own test, and skips nothing of them", async () => {
    const [npm = "", ...args] = words(commands[3] ?? "");
    const tested = await run(npm, args, copy);
    assert.equal(tested.code, 0, tested.text);
    assert.match(tested.text, /connectors\.test\.ts · each item once/);
    assert.match(tested.text, /src\/connectors\/acme\/acme\.test\.ts/);
    assert.match(tested.text, /, 0 failed, 0 skipped/);
  });

  it("isn't made over another, nor under a name that can't be one", async () => {
    for (const [name, said] of [
      ["acme", /is there already/],
      ["Acme Desk", /lower-case letters/],
      ["../x", /lower-case letters/],
    ] as const) {
      const refused = await run(process.execPath, ["src/cli/connector.ts", "new", name], copy);
      assert.equal(refused.code, 2, refused.text);
      assert.match(refused.text, said);
    }
  });
});

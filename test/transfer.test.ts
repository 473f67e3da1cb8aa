/** Import and export as the shell sees them: output, exit codes, sentences. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { makeVault } from "../src/engine/connection/vault.ts";
import { makePeople } from "../src/engine/people/people.ts";
import { movableClock } from "./support/clock.ts";
import { type FreshDatabase, freshDatabase } from "./support/database.ts";

const root = join(import.meta.dirname, "..");
const FILE = {
  svyazka: 1,
  name: "Запросы",
  bundle: {
    format: 1,
    trigger: { connector: "webhook", trigger: "incoming", connection: null, options: {} },
    steps: [
      {
        id: "aaa",
        kind: "action",
        connector: "http",
        action: "request",
        connection: null,
        input: { id: "{{ trigger.body.id }}" },
      },
    ],
  },
};

describe("import and export from the shell", () => {
  let fresh: FreshDatabase;
  let directory: string;
  const key = randomBytes(32);
  before(async () => {
    fresh = await freshDatabase();
    directory = mkdtempSync(join(tmpdir(), "svyazka-transfer-"));
    const settings = {
      access: "playground",
      roles: new Set<never>(),
      publicUrl: null,
      endpoints: {},
      allowedHosts: [],
      hookRate: 1,
    } as const;
    const people = makePeople({ db: fresh.db, clock: movableClock(), vault: makeVault({ key }), settings });
    await people.enter({ telegramId: 1, name: "Анна", language: "ru" });
  });
  after(async () => {
    rmSync(directory, { recursive: true, force: true });
    await fresh.drop();
  });

  function shell(command: "import" | "export", ...args: string[]): Promise<{ code: number; out: string; err: string }> {
    const env = {
      PATH: process.env.PATH,
      LANG: "ru_RU.UTF-8",
      DATABASE_URL: fresh.url,
      ENCRYPTION_KEY: key.toString("base64"),
      DATA_DIR: directory,
      PUBLIC_URL: "https://example.test",
    };
    return new Promise((resolve) => {
      const script = join(root, "src/cli", `${command}.ts`);
      execFile(process.execPath, [script, ...args], { env, cwd: root, timeout: 60_000 }, (error, out, err) => {
        resolve({ code: error === null ? 0 : Number(error.code ?? -1), out, err });
      });
    });
  }
  function file(content: unknown): string {
    const path = join(directory, `${randomBytes(4).toString("hex")}.json`);
    writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content));
    return path;
  }

  it("prints id and webhook address, and what was imported comes out again", async () => {
    const made = await shell("import", file(FILE), "--json");
    assert.equal(made.code, 0, made.err);
    const { id, number, state, address } = JSON.parse(made.out);
    assert.deepEqual([number, state], [1, "draft"]);
    assert.match(address, /^https:\/\/example\.test\/hooks\/\w{22}$/);
    const byId = await shell("export", id);
    assert.deepEqual(JSON.parse(byId.out), FILE);
    assert.equal((await shell("export", "1")).out, byId.out);
  });

  it("a bundle that can't start is imported all the same, and says why", async () => {
    const { code, out, err } = await shell("import", file(FILE), "--start");
    assert.equal(code, 1);
    assert.match(out, /id: \w{22}/);
    assert.match(err, /Не запущена/);
  });

  it("refuses with a sentence, and wrong commands with the usage", async () => {
    const refusals: [string[], RegExp][] = [
      [[file("{broken")], /не JSON/],
      [[file(FILE), "--workspace", "x"], /Пространства «x» нет/],
      [[file(FILE), "--connection", "crm=x"], /не нужно подключение «crm»/],
    ];
    for (const [args, pattern] of refusals) {
      const { code, err } = await shell("import", ...args);
      assert.equal(code, 1);
      assert.match(err, pattern);
    }
    assert.equal((await shell("import")).code, 2);
    assert.match((await shell("export", "99")).err, /Связки «99» нет/);
  });
});

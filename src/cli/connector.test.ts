import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { serveSandboxes } from "../../playground/sandboxes/serve.ts";
import { openStore } from "../../playground/store.ts";

const folder = mkdtempSync(join(tmpdir(), "connector-"));
let served: Awaited<ReturnType<typeof serveSandboxes>>;
before(async () => {
  served = await serveSandboxes({ store: openStore(":memory:") });
});
after(async () => {
  await served.stop();
  rmSync(folder, { recursive: true });
});

function file(value: unknown): string {
  const path = join(folder, `${Math.random().toString(36).slice(2)}.json`);
  writeFileSync(path, typeof value === "string" ? value : JSON.stringify(value));
  return path;
}
const credentials = (key: string) =>
  Object.fromEntries(
    served.sandboxes
      .list()
      .find((one) => one.key === key)
      ?.credentials.map((one) => [one.key, one.value]) ?? [],
  );

function connector(...args: string[]): Promise<{ code: number | null; text: string; json: Record<string, unknown> }> {
  const base = (key: string) => served.sandboxes.list().find((one) => one.key === key)?.endpoint ?? "";
  const child = spawn(process.execPath, [join(import.meta.dirname, "connector.ts"), ...args], {
    env: { ...process.env, ENDPOINT_CALLTOUCH: base("calltouch"), ENDPOINT_RETAILCRM: base("retailcrm") },
  });
  let text = "";
  let told = "";
  child.stdout.on("data", (chunk) => {
    text += chunk;
    told += chunk;
  });
  child.stderr.on("data", (chunk) => {
    text += chunk;
  });
  return new Promise((resolve) =>
    child.on("close", (code) => resolve({ code, text, json: told.startsWith("{") ? JSON.parse(told) : {} })),
  );
}

describe("npm run connector -- try", () => {
  it("checks, reads a trigger and does an action", async () => {
    const auth = file(credentials("calltouch"));
    assert.deepEqual((await connector("try", "calltouch", "check", "--auth", auth)).json, {
      ok: true,
      output: { account: (process.env.LANG ?? "").startsWith("ru") ? "сайт 1000" : "site 1000" },
    });
    await served.sandboxes.press("calltouch", "call", { phone: "79001234567" });
    const calls = await connector("try", "calltouch", "call", "--auth", auth);
    const [call] = (calls.json.output as { items: { callId: string }[] }).items;
    const deal = await connector(
      "try",
      "calltouch",
      "dealByCall",
      "--auth",
      auth,
      "--input",
      file({ callId: call?.callId }),
    );
    assert.equal(deal.code, 0, deal.text);
    assert.equal((deal.json.output as { orderNumber: string }).orderNumber, call?.callId);
  });

  it("prints an error with its class and never the key", async () => {
    const wrong = await connector(
      "try",
      "retailcrm",
      "check",
      "--exchange",
      "--auth",
      file({ account: "demo", apiKey: "wrong-key-123" }),
    );
    assert.equal(wrong.code, 1);
    assert.equal((wrong.json.error as { class: string }).class, "access");
    assert.ok(!wrong.text.includes("wrong-key-123"), wrong.text);
    const bad = await connector("try", "calltouch", "updateDeal", "--auth", file(credentials("calltouch")));
    assert.deepEqual(
      [(bad.json.error as { class: string; field: string }).class, (bad.json.error as { field: string }).field],
      ["data", "orderNumber"],
    );
  });

  it("says what is wrong with the command", async () => {
    for (const args of [
      ["try", "nobody", "check"],
      ["try", "calltouch", "nothing"],
      ["try", "calltouch", "check", "--auth", "/no/such"],
      ["try", "calltouch", "check", "--auth", file("[1")],
      ["other"],
      ["try", "http", "check", "--what"],
      ["try", "calltouch", "call", "--input", file({ sinse: "2026-01-01" })],
    ]) {
      const { code, json } = await connector(...args);
      assert.equal(code, 2, args.join(" "));
      assert.equal((json.error as { class: string }).class, "usage");
    }
    const auth = file(credentials("calltouch"));
    const input = file({ callID: "1", status: "PENDING" });
    const { json } = await connector("try", "calltouch", "dealByCall", "--auth", auth, "--input", input);
    assert.match((json.error as { message: string }).message, /has no callID; it has: callId, /);
  });
});

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { openStore } from "./store.ts";

test("keeps documents in the order of arrival, replaced ones in their place", () => {
  const store = openStore(":memory:");
  const deals = store.collection<{ name: string }>("deals");
  deals.put(1, { name: "a" });
  deals.put("x", { name: "b" });
  deals.put(1, { name: "c" });
  assert.deepEqual(deals.all(), [{ name: "c" }, { name: "b" }]);
  assert.deepEqual(deals.last(1), [{ name: "b" }]);
  assert.deepEqual(deals.get("1"), { name: "c" });
  assert.equal(deals.get("2"), undefined);
  assert.equal(deals.count(), 2);
  assert.equal(deals.remove("x"), true);
  assert.equal(deals.remove("x"), false);
  assert.deepEqual(store.collection("others").all(), []);
  store.close();
});

test("numbers are never given twice", () => {
  const store = openStore(":memory:");
  const deals = store.collection("deals");
  assert.deepEqual([deals.next(), deals.next()], [1, 2]);
  deals.clear();
  assert.equal(deals.next(), 3);
  store.close();
});

test("a failing piece of work leaves no trace", () => {
  const store = openStore(":memory:");
  const deals = store.collection("deals");
  assert.throws(() =>
    store.together(() => {
      deals.put(1, {});
      store.together(() => deals.put(2, {}));
      throw new Error("no");
    }),
  );
  assert.equal(deals.count(), 0);
  store.close();
});

test("what was put is there after kill -9", async () => {
  const dir = mkdtempSync(join(tmpdir(), "store-"));
  const path = join(dir, "deep", "playground.db");
  const code = `import { openStore } from ${JSON.stringify(new URL("./store.ts", import.meta.url).href)};
    const deals = openStore(${JSON.stringify(path)}).collection("deals");
    for (let i = 1; i <= 50; i++) deals.put(i, { i, sequence: deals.next() });
    process.kill(process.pid, "SIGKILL");`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", code], { stdio: "inherit" });
  const [, signal] = await once(child, "exit");
  assert.equal(signal, "SIGKILL");
  const store = openStore(path);
  assert.equal(store.collection("deals").count(), 50);
  assert.equal(store.collection("deals").next(), 51);
  store.close();
  rmSync(dir, { recursive: true });
});

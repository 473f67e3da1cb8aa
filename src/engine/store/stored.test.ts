import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { type FreshDatabase, freshDatabase } from "../../../test/support/database.ts";
import { sweepOperations } from "./operations.ts";
import { makeStorage, sweepStored } from "./stored.ts";

describe("what a workspace keeps between runs", () => {
  let fresh: FreshDatabase;
  let now = new Date("2026-03-01T10:00:00Z");
  before(async () => {
    fresh = await freshDatabase();
    for (const id of ["w", "v"])
      await fresh.sql`insert into workspaces (id, name, country, time_zone) values (${id}, ${id}, 'RU', 'UTC')`;
  });
  after(() => fresh.drop());
  const storage = (workspace = "w") => makeStorage(fresh.db, workspace, () => now);

  it("counts every addition once, also of many at the same time", async () => {
    const kept = storage();
    await Promise.all(Array.from({ length: 20 }, (_, i) => kept.add("orders", "", "1", null, `run${i}.step`)));
    assert.equal((await kept.get("orders", ""))?.value, 20);
    // The same step again gets what it got, whatever was counted since.
    assert.equal(await kept.add("orders", "", "5", null, "again"), "25");
    assert.equal(await kept.add("orders", "", "1", null, "other"), "26");
    assert.equal(await kept.add("orders", "", "5", null, "again"), "25");
    assert.equal((await kept.get("orders", ""))?.value, 26);
  });

  it("adds exactly: no double's rounding, no overflow", async () => {
    const kept = storage();
    await kept.add("sum", "", "0.1", null, "a1");
    assert.equal(await kept.add("sum", "", "0.2", null, "a2"), "0.3");
    await kept.add("big", "", "9007199254740993", null, "a3");
    assert.equal(await kept.add("big", "", "1", null, "a4"), "9007199254740994");
    assert.equal(await kept.add("sum", "", "-0.3", null, "a5"), "0");
  });

  it("refuses to add to what is no number, and counts once that is mended", async () => {
    const kept = storage();
    await kept.set("status", "7", "new", null, "s1");
    assert.equal(await kept.add("status", "7", "1", null, "s2"), null);
    await kept.set("status", "7", 4, null, "s3");
    assert.equal(await kept.add("status", "7", "1", null, "s2"), "5");
  });

  it("a write that is repeated late doesn't undo a newer one", async () => {
    const kept = storage();
    await kept.set("last", "a", { id: "1" }, null, "w1");
    await kept.set("last", "a", { id: "2" }, null, "w2");
    await kept.set("last", "a", { id: "1" }, null, "w1");
    assert.deepEqual((await kept.get("last", "a"))?.value, { id: "2" });
    assert.equal(await kept.remove("last", "a", "d1"), true);
    assert.equal(await kept.remove("last", "a", "d1"), true);
    assert.equal(await kept.remove("last", "a", "d2"), false);
    assert.equal(await kept.get("last", "a"), null);
  });

  it("workspaces don't see each other's", async () => {
    await storage("v").set("mine", "k", "v", null, "x");
    assert.equal(await storage("w").get("mine", "k"), null);
    assert.equal((await storage("v").get("mine", "k"))?.value, "v");
  });

  it("forgets at its time: a counter begins again, the sweep removes the row", async () => {
    const kept = storage();
    const until = new Date(now.getTime() + 60_000);
    await kept.add("perDay", "", "3", until, "t1");
    assert.equal(await kept.add("perDay", "", "1", new Date(now.getTime() + 999_000), "t2"), "4");
    now = until;
    assert.equal(await kept.get("perDay", ""), null);
    assert.equal(await kept.add("perDay", "", "2", new Date(now.getTime() + 60_000), "t3"), "2");
    now = new Date(now.getTime() + 60_000);
    await sweepStored(fresh.db, now);
    assert.equal((await fresh.sql`select from stored where name = 'perDay'`).length, 0);
  });

  it("writes are remembered longer than other effects", async () => {
    const tomorrow = new Date(Date.now() + 86_400_000);
    await storage().add("kept", "", "1", null, "long");
    await sweepOperations(fresh.db, tomorrow, new Date(0));
    assert.equal(await storage().add("kept", "", "1", null, "long"), "1");
    await sweepOperations(fresh.db, tomorrow, tomorrow);
    assert.equal(await storage().add("kept", "", "1", null, "long"), "2");
  });
});

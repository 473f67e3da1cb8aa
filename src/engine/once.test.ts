import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { type FreshDatabase, freshDatabase } from "../../test/support/database.ts";
import { makeOnce } from "./once.ts";
import { sweepOperations } from "./store/operations.ts";

describe("once", () => {
  let fresh: FreshDatabase;
  before(async () => {
    fresh = await freshDatabase();
  });
  after(() => fresh.drop());
  const scope = (op?: string) => ({ workspace: "w", member: "m", ...(op === undefined ? {} : { op }) });

  it("makes an effect once and gives the first answer again, also to ten at once", async () => {
    const once = makeOnce(fresh);
    let made = 0;
    const effect = async () => ({ number: ++made });
    const answers = await Promise.all(Array.from({ length: 10 }, () => once(scope("update 1"), "create", effect)));
    assert.equal(made, 1);
    for (const answer of answers) assert.deepEqual(answer, { number: 1 });
  });
  it("tells effects, causes and members apart", async () => {
    const once = makeOnce(fresh);
    let made = 0;
    const effect = async () => ++made;
    await once(scope("update 2"), "create", effect);
    await once(scope("update 2"), "rename", effect);
    await once(scope("update 3"), "create", effect);
    await once({ ...scope("update 2"), member: "n" }, "create", effect);
    assert.equal(made, 4);
  });
  it("makes it again when it failed: note and effect are one transaction", async () => {
    const once = makeOnce(fresh);
    await assert.rejects(once(scope("update 4"), "create", () => Promise.reject(new Error("no"))));
    assert.equal(await once(scope("update 4"), "create", async () => "made"), "made");
  });
  it("makes it every time for callers that can't repeat", async () => {
    const once = makeOnce(fresh);
    let made = 0;
    for (let n = 0; n < 3; n++) await once(scope(), "create", async () => ++made);
    assert.equal(made, 3);
  });
  it("forgets after the sweep", async () => {
    const once = makeOnce(fresh);
    await once(scope("update 5"), "create", async () => 1);
    await sweepOperations(fresh.db, new Date(Date.now() + 1_000));
    assert.equal(await once(scope("update 5"), "create", async () => 2), 2);
  });
});

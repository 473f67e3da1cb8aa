import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { type WayIn, wayIn } from "../../../test/support/wayin.ts";
import { UserError } from "../errors.ts";

describe("schedules", () => {
  let it: WayIn;
  before(async () => {
    it = await wayIn();
  });
  after(() => it.drop());

  test("fires once per planned time with several processes; missed times are caught up as one", async () => {
    it.clock.set("2026-03-02T05:59:30Z");
    const { id } = await it.active("clock", { options: { cron: "0 9 * * *" } });
    const other = it.process();
    await it.poller.tick();
    assert.deepEqual(await it.runs(id), []);
    it.clock.set("2026-03-02T06:00:01Z");
    await Promise.all([it.poller.tick(), other.poller.tick()]);
    assert.deepEqual(await it.runs(id), ["2026-03-02T06:00:00.000Z"]);
    it.clock.set("2026-03-06T12:00:00Z");
    await it.poller.tick();
    await other.poller.tick();
    assert.deepEqual(await it.runs(id), ["2026-03-02T06:00:00.000Z", "2026-03-03T06:00:00.000Z"]);
    assert.equal((await it.trigger(id)).nextAt?.toISOString(), "2026-03-07T06:00:00.000Z");
  });

  test("one that can't be read doesn't start, and the sentence leads to the trigger", async () => {
    for (const options of [{ cron: "soon" }, { cron: "" }, {}]) {
      await assert.rejects(
        it.active("clock", { options }),
        (error) => error instanceof UserError && error.door?.to === "trigger",
      );
    }
  });

  test("asked by a person it fires now, and the planned time still comes", async () => {
    it.clock.set("2026-03-10T05:00:00Z");
    const { id } = await it.active("clock", { options: { cron: "0 9 * * *" } });
    assert.equal(await it.triggers.askNow(id), "fired");
    await it.poller.tick();
    it.clock.set("2026-03-10T06:00:00Z");
    await it.poller.tick();
    assert.deepEqual(await it.runs(id), ["2026-03-10T05:00:00.000Z", "2026-03-10T06:00:00.000Z"]);
  });
});

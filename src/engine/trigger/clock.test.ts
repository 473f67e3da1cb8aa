import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { type WayIn, wayIn } from "../../../test/support/wayin.ts";
import { UserError } from "../errors.ts";
import { countPollers } from "../store/triggers.ts";

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

  test("outside the launch hours nothing fires; what was missed is caught up with, once, when they open", async () => {
    // Monday, 2 March 2026; Moscow is three hours ahead.
    it.clock.set("2026-03-02T06:30:00Z");
    const hours = { kind: "window" as const, from: "09:00", to: "18:00", weekdays: [1, 2] };
    const { id } = await it.active("clock", { options: { cron: "0 */3 * * *" }, hours });
    for (const time of ["09:00", "12:00", "15:00", "18:00"]) {
      it.clock.set(`2026-03-02T${time}:01Z`);
      await it.poller.tick();
    }
    assert.deepEqual(await it.runs(id), ["2026-03-02T09:00:00.000Z", "2026-03-02T12:00:00.000Z"]);
    // Down from Tuesday noon on, up again in the night of Wednesday.
    it.clock.set("2026-03-03T06:00:01Z");
    await it.poller.tick();
    it.clock.set("2026-03-03T22:00:00Z");
    await it.poller.tick();
    assert.equal((await it.runs(id)).length, 3);
    it.clock.set("2026-03-09T06:00:00Z");
    const other = it.process();
    await Promise.all([it.poller.tick(), other.poller.tick()]);
    assert.deepEqual((await it.runs(id)).slice(3), ["2026-03-09T06:00:00.000Z"]);
    assert.equal(await it.triggers.askNow(id), "fired", "a person may fire it at any time");
  });

  test("a schedule that never meets its launch hours doesn't start", async () => {
    const hours = { kind: "window" as const, from: "10:00", to: "12:00" };
    await assert.rejects(
      it.active("clock", { options: { cron: "0 9 * * *" }, hours }),
      (error) => error instanceof UserError && /часы работы/.test(error.sentence.ru),
    );
  });

  test("a poll keeps to its launch hours, and its first listing doesn't wait for them", async () => {
    it.clock.set("2026-03-02T20:00:00Z");
    it.service.items.push({ id: "present" });
    const hours = { kind: "window" as const, from: "09:00", to: "18:00" };
    const { id } = await it.active("poll", { hours });
    await it.sql`update triggers set next_at = null where bundle <> ${id}`;
    await it.poller.tick();
    assert.equal(it.service.asked.length, 1, "what is there without a time is listed now: later it would look new");
    it.service.items.push({ id: "in the night" }, { id: "timed", at: "2026-03-02T21:00:00.000Z" });
    it.clock.set("2026-03-03T05:59:00Z");
    await it.poller.tick();
    assert.equal(it.service.asked.length, 1);
    it.clock.set("2026-03-03T06:05:00Z");
    await it.poller.tick();
    assert.deepEqual(await it.runs(id), ["in the night", "timed"]);
    it.clock.set("2026-03-03T20:00:00Z");
    await it.triggers.askNow(id);
    await it.poller.tick();
    assert.equal(it.service.asked.length, 3, "a person may ask at any time");
  });

  test("a poll by cron asks at its moments, whatever its period", async () => {
    it.clock.set("2026-03-02T20:00:00Z");
    const hours = { kind: "cron" as const, cron: "30 7 * * 1-5", timeZone: "Asia/Yekaterinburg" };
    const { id } = await it.active("poll", { hours, everyMinutes: 1 });
    await it.poller.tick();
    assert.equal((await it.trigger(id)).nextAt?.toISOString(), "2026-03-03T02:30:00.000Z");
  });

  test("active bundles that poll by one account are counted, for its share of the day", async () => {
    await it.connection("shared", "alive");
    const [one, two] = [
      await it.active("poll", { connection: "shared" }),
      await it.active("poll", { connection: "shared" }),
    ];
    await it.active("hook", { connection: "shared" });
    assert.equal(await countPollers(it.db, "shared"), 2);
    await it.setState(one.id, "paused");
    assert.equal(await countPollers(it.db, "shared"), 1);
    await it.sql`update bundles set deleted_at = now() where id = ${two.id}`;
    assert.equal(await countPollers(it.db, "shared"), 0);
  });
});

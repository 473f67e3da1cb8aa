import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Context, Json, JsonObject } from "../kit/define.ts";
import { ConnectorError } from "../kit/errors.ts";
import type { Kept, Storage } from "../kit/storage.ts";
import { storage } from "./storage.ts";

/** What the engine's table does, without its database; that one has tests of its own. */
function memory(now: () => Date): Storage {
  const kept = new Map<string, Kept>();
  const done = new Map<string, unknown>();
  const once = <T>(op: string, act: () => T): Promise<T> => {
    if (!done.has(op)) done.set(op, act());
    return Promise.resolve(done.get(op) as T);
  };
  const at = (name: string, key: string) => JSON.stringify([name, key]);
  const alive = (name: string, key: string) => {
    const one = kept.get(at(name, key)) ?? null;
    return one?.until && one.until <= now() ? null : one;
  };
  return {
    get: (name, key) => Promise.resolve(alive(name, key)),
    set: (name, key, value, until, op) =>
      once(op, () => {
        const one = { value, until, changedAt: now() };
        kept.set(at(name, key), one);
        return one;
      }),
    remove: (name, key, op) => once(op, () => kept.delete(at(name, key))),
    add: (name, key, amount, until, op) =>
      once(op, () => {
        const before = alive(name, key);
        const value = Number(before?.value ?? 0) + Number(amount);
        kept.set(at(name, key), { value, until: before ? before.until : until, changedAt: now() });
        return String(value);
      }),
  };
}

function open(start = "2026-01-10T20:30:00Z") {
  let at = new Date(start);
  const now = () => at;
  const ctx: Context = {
    auth: {},
    http: () => Promise.reject(new Error("no network")),
    locale: "ru",
    timeZone: "Europe/Moscow",
    country: "RU",
    now,
    storage: memory(now),
  };
  let calls = 0;
  return {
    pass: (ms: number) => {
      at = new Date(at.getTime() + ms);
    },
    run(action: string, input: Record<string, Json>, key = `step-${++calls}`): Promise<JsonObject> {
      const found = storage.actions.find((one) => one.key === action);
      assert.ok(found, action);
      return found.run(ctx, input, { key });
    },
  };
}
const HOUR = 3_600_000;

describe("data storage", () => {
  it("counts, and a repeated step counts once", async () => {
    const { run } = open();
    assert.deepEqual(await run("addToCounter", { counter: "Заказы", amount: 1 }, "a"), { value: 1 });
    assert.deepEqual(await run("addToCounter", { counter: "Заказы", amount: 1 }, "a"), { value: 1 });
    assert.deepEqual(await run("addToCounter", { counter: " заказы ", amount: "2.5" }), { value: 3.5 });
    assert.deepEqual(await run("readCounter", { counter: "Заказы" }), { value: 3.5 });
    assert.deepEqual(await run("readCounter", { counter: "Другие" }), { value: 0 });
  });

  it("begins anew at midnight of the workspace", async () => {
    const { run, pass } = open("2026-01-10T20:30:00Z");
    const daily = { counter: "за день", restart: "day", amount: 1 };
    assert.deepEqual(await run("addToCounter", daily), { value: 1 });
    assert.deepEqual(await run("addToCounter", daily), { value: 2 });
    pass(HOUR);
    assert.deepEqual(await run("readCounter", daily), { value: 0 });
    assert.deepEqual(await run("addToCounter", daily), { value: 1 });
  });

  it("keeps, finds and forgets a record; its time may end", async () => {
    const { run, pass } = open();
    const place = { table: "клиенты", key: "+79001234567" };
    assert.deepEqual(await run("getRecord", place), { found: false, value: null, changedAt: null, until: null });
    const set = await run("setRecord", { ...place, value: "VIP", days: 1 });
    assert.equal(set.until, "2026-01-11T20:30:00.000Z");
    assert.equal((await run("getRecord", place)).value, "VIP");
    assert.deepEqual(await run("deleteRecord", place), { deleted: true });
    await run("setRecord", { ...place, value: "VIP", days: 1 });
    pass(24 * HOUR);
    assert.equal((await run("getRecord", place)).found, false);
  });

  it("knows what comes for the first time", async () => {
    const { run } = open();
    const place = { table: "заявки", key: "17" };
    assert.deepEqual(await run("firstTime", place, "x"), { isFirst: true, times: 1 });
    assert.deepEqual(await run("firstTime", place, "x"), { isFirst: true, times: 1 });
    assert.deepEqual(await run("firstTime", place, "y"), { isFirst: false, times: 2 });
  });

  it("names the field that must change", async () => {
    const { run } = open();
    const cases: [string, JsonObject, string][] = [
      ["setRecord", { table: "a", key: "k".repeat(201), value: "x" }, "key"],
      ["setRecord", { table: "a", key: "k", value: "x".repeat(70_000) }, "value"],
      ["setRecord", { table: "a", key: "k", value: "x", days: 0 }, "days"],
      ["addToCounter", { counter: "c", amount: "1e5" }, "amount"],
    ];
    for (const [action, input, field] of cases)
      await assert.rejects(run(action, input), (error) => {
        assert.ok(error instanceof ConnectorError);
        assert.equal(error.errorClass, "data");
        assert.equal(error.details.field, field);
        return true;
      });
  });
});

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { type WayIn, wayIn } from "../../../test/support/wayin.ts";
import { ConnectorError } from "../../connectors/kit/errors.ts";
import { MAX_HELD } from "./place.ts";

const MINUTE = 60_000;

describe("webhooks", () => {
  let it: WayIn;
  before(async () => {
    it = await wayIn();
  });
  after(() => it.drop());

  const held = async (bundle: string): Promise<number> => {
    const [row] = await it.sql`select count(*)::int as n from deliveries where bundle = ${bundle} and state = 'held'`;
    return Number(row?.n);
  };
  /** What the queue's worker would do. */
  const work = () => {
    it.clock.move(3_000);
    return it.deliveries.tick();
  };

  test("a hundred at once, each sent three times to two processes: each becomes one run", async () => {
    const { id, token } = await it.active("hook");
    const other = it.process();
    const sent = Array.from({ length: 300 }, (_, index) =>
      it.send(token, { id: String(index % 100) }, {}, index % 2 === 0 ? it.hooks : other.hooks),
    );
    const answers = await Promise.all(sent);
    assert.ok(answers.every((answer) => answer.status === 200));
    const runs = await it.runs(id);
    assert.equal(runs.length, 100);
    assert.equal(new Set(runs).size, 100);
    assert.equal((await it.trigger(id)).repeated, 200);
  });

  test("a wrong address is 404, a wrong signature 401, a wrong method 405; nothing is stored", async () => {
    const { id, token } = await it.active("hook");
    assert.equal((await it.send("nobody", { id: "1" })).status, 404);
    assert.equal((await it.send(token, { id: "1" }, { "x-secret": "wrong" })).status, 401);
    const get = await it.hooks.receive(token, { method: "GET", headers: {}, query: {}, body: {}, raw: "" });
    assert.equal(get.status, 405);
    assert.equal(get.headers?.allow, "POST");
    assert.deepEqual(await it.runs(id), []);
    const russian = await it.send("nobody", {}, { "accept-language": "ru-RU,ru;q=0.9" });
    assert.match(russian.body ?? "", /Такого адреса нет/);
  });

  test("a removed bundle's address is gone", async () => {
    const { id, token } = await it.active("hook");
    assert.equal((await it.send(token, { id: "1" })).status, 200);
    await it.sql`update bundles set deleted_at = now() where id = ${id}`;
    assert.equal((await it.send(token, { id: "2" })).status, 404);
    assert.deepEqual(await it.runs(id), ["1"]);
  });

  test("a paused bundle holds; on resume they run in order, and what comes meanwhile goes behind them", async () => {
    const { id, token } = await it.active("hook");
    await it.setState(id, "paused");
    for (const key of ["a", "b", "c"]) assert.equal((await it.send(token, { id: key })).status, 200);
    assert.equal(await held(id), 3);
    assert.deepEqual(await it.runs(id), []);
    await it.setState(id, "active");
    assert.equal((await it.send(token, { id: "d" })).status, 200);
    await it.db.transaction((tx) => it.triggers.release(tx, id, "run"));
    assert.equal((await it.send(token, { id: "e" })).status, 200);
    await work();
    assert.deepEqual(await it.runs(id), ["a", "b", "c", "d", "e"]);
    assert.equal((await it.send(token, { id: "f" })).status, 200);
    assert.deepEqual((await it.runs(id)).at(-1), "f");
    const left = await it.sql`select from deliveries where bundle = ${id}`;
    assert.equal(left.length, 0);
  });

  test("a kill between resume and release holds nothing for ever", async () => {
    const { id, token } = await it.active("hook");
    await it.setState(id, "paused");
    await it.send(token, { id: "a" });
    await it.deliveries.sweep();
    assert.equal(await held(id), 1);
    await it.setState(id, "active");
    await it.deliveries.sweep();
    await work();
    assert.deepEqual(await it.runs(id), ["a"]);
  });

  test("or they are forgotten", async () => {
    const { id, token } = await it.active("hook");
    await it.setState(id, "paused");
    await it.send(token, { id: "a" });
    await it.setState(id, "active");
    await it.db.transaction((tx) => it.triggers.release(tx, id, "forget"));
    await work();
    assert.deepEqual(await it.runs(id), []);
  });

  test("a broken connection holds too, and an alive one releases", async () => {
    await it.connection("conn2", "alive");
    const { id, token } = await it.active("hook", { connection: "conn2" });
    await it.connection("conn2", "broken");
    await it.send(token, { id: "a" });
    assert.equal(await held(id), 1);
    await it.connection("conn2", "alive");
    await it.triggers.reconnected("conn2");
    await work();
    assert.deepEqual(await it.runs(id), ["a"]);
  });

  test("a full store of a paused bundle says 503; at 80 % the person is told, once", async () => {
    const { id, token } = await it.active("hook");
    await it.setState(id, "paused");
    it.alerts.length = 0;
    const fill = (count: number) =>
      it.sql`insert into deliveries (bundle, state, item) select ${id}, 'held', '{}'::jsonb from generate_series(1, ${count}::int)`;
    await fill(MAX_HELD * 0.8 - 1);
    await it.send(token, { id: "a" });
    await it.send(token, { id: "b" });
    assert.deepEqual(it.alerts, [{ kind: "held", bundle: id, count: MAX_HELD * 0.8, limit: MAX_HELD }]);
    await fill(MAX_HELD * 0.2 - 1);
    const full = await it.send(token, { id: "c" });
    assert.equal(full.status, 503);
    assert.ok(full.headers?.["retry-after"]);
    assert.equal(await held(id), MAX_HELD);
    await it.sql`delete from deliveries where bundle = ${id}`;
  });

  test("a draft keeps the newest as its sample and tells the first, or the one that was waited for", async () => {
    const { id, token } = await it.draft("hook");
    it.alerts.length = 0;
    await it.send(token, { id: "a", name: "A\u0000" });
    await it.send(token, { id: "b" });
    await it.send(token, { id: "c" });
    assert.equal(it.alerts.length, 1);
    assert.equal(await it.triggers.askNow(id), "hook");
    await it.send(token, { id: "d" });
    assert.deepEqual(it.alerts, [
      { kind: "sample", bundle: id },
      { kind: "sample", bundle: id },
    ]);
    const [row] = await it.sql`select sample, sample_from from bundles where id = ${id}`;
    assert.deepEqual(row?.sample, { id: "d" });
    assert.deepEqual(await it.runs(id), []);
  });

  test("a delivery that says nothing starts a run, but becomes nobody's sample", async () => {
    const sampleOf = async (id: string) => (await it.sql`select sample from bundles where id = ${id}`)[0]?.sample;
    it.alerts.length = 0;
    const draft = await it.draft("hook");
    await it.send(draft.token, {});
    assert.equal(await sampleOf(draft.id), null);
    assert.deepEqual(it.alerts, []);
    await it.send(draft.token, [{ id: "a" }, {}]);
    assert.deepEqual(await sampleOf(draft.id), { id: "a" });
    const { id, token } = await it.active("hook");
    await it.send(token, { id: "b" });
    await it.send(token, {});
    assert.equal((await it.runs(id)).length, 2);
    assert.deepEqual(await sampleOf(id), { id: "b" });
  });

  test("what an address refuses is counted with the last reason, and forgotten at a fresh start", async () => {
    const { id, token, body } = await it.active("hook");
    const why = { ru: "Это не JSON.", en: "This isn't JSON." };
    const counted = async () => {
      const { refused, refusedWhy } = await it.trigger(id);
      return { refused, why: refusedWhy };
    };
    assert.deepEqual(await counted(), { refused: 0, why: null });
    await Promise.all(Array.from({ length: 20 }, () => it.hooks.refused(token, why)));
    assert.deepEqual(await counted(), { refused: 20, why });
    assert.equal((await it.trigger(id)).refusedAt?.getTime(), it.clock.now().getTime());
    assert.equal((await it.send(token, { id: "1" }, { "x-secret": "wrong" })).status, 401);
    assert.match(JSON.stringify(await counted()), /"refused":21.*secret/);
    // A look at the address is no delivery.
    await it.hooks.receive(token, { method: "GET", headers: {}, query: {}, body: {}, raw: "" });
    assert.equal((await it.trigger(id)).refused, 21);
    assert.equal(await it.hooks.refused("nobody", why), false);
    await it.db.transaction((tx) => it.triggers.arm(tx, { id, workspace: it.workspace }, body, false));
    assert.equal((await it.trigger(id)).refused, 21);
    await it.db.transaction((tx) => it.triggers.arm(tx, { id, workspace: it.workspace }, body, true));
    assert.deepEqual(await counted(), { refused: 0, why: null });
  });

  test("what the service must be asked for is stored, asked with retries and becomes runs in order", async () => {
    const { id, token } = await it.active("raw");
    let fails = true;
    it.service.enrich = async (item) => {
      if (item.id === "b" && fails) throw new ConnectorError("temporary", { ru: "Нет.", en: "No." });
      if (item.id === "gone") return null;
      return { ...item, name: "whole" };
    };
    for (const key of ["a", "b", "gone", "c"]) assert.equal((await it.send(token, { id: key })).status, 200);
    assert.ok(it.jobs.includes(`delivery ${id}`));
    await work();
    assert.deepEqual(await it.runs(id), ["a", "c"]);
    fails = false;
    await work();
    assert.deepEqual(await it.runs(id), ["a", "c"], "not before its time");
    it.clock.move(MINUTE);
    await work();
    assert.deepEqual(await it.runs(id), ["a", "c", "b"]);
    const [run] = await it.sql`select event from runs where bundle = ${id} and record = 'a'`;
    assert.deepEqual(run?.event, { id: "a", name: "whole" });
  });

  test("a process that died while asking leaves its deliveries to another one", async () => {
    const { id, token } = await it.active("raw");
    let release: (() => void) | undefined;
    let calls = 0;
    it.service.enrich = async (item) => {
      if (++calls === 1) {
        await new Promise<void>((resolve) => {
          release = resolve;
        });
      }
      return item;
    };
    await it.send(token, { id: "a" });
    const dead = work();
    while (calls === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    const other = it.process();
    await other.deliveries.tick();
    assert.deepEqual(await it.runs(id), []);
    it.clock.move(11 * MINUTE);
    await other.deliveries.tick();
    assert.deepEqual(await it.runs(id), ["a"]);
    release?.();
    await dead;
    assert.deepEqual(await it.runs(id), ["a"]);
    it.service.enrich = null;
  });

  test("a refusal that no retry mends is told and kept; asking now tries again", async () => {
    const { id, token } = await it.active("raw");
    it.incidents.length = 0;
    it.service.enrich = async () => {
      throw new ConnectorError("forbidden", { ru: "Нет права.", en: "No right." });
    };
    await it.send(token, { id: "a" });
    await work();
    assert.equal(it.incidents.length, 1);
    it.service.enrich = null;
    await it.triggers.askNow(id);
    await work();
    assert.deepEqual(await it.runs(id), ["a"]);
  });

  test("an address of a whole app is fanned out to the bundles that listen", async () => {
    const [one, two] = [await it.active("app"), await it.active("app")];
    const other = await it.active("hook");
    await it.setState(two.id, "paused");
    const request = { method: "POST", headers: {}, query: {}, body: { id: "a" }, raw: "" };
    assert.equal((await it.hooks.receiveApp("journal", request)).status, 200);
    assert.deepEqual(await it.runs(one.id), ["a"]);
    assert.equal(await held(two.id), 1);
    assert.deepEqual(await it.runs(other.id), []);
    const handshake = await it.hooks.receiveApp("journal", { ...request, method: "GET", query: { challenge: "42" } });
    assert.equal(handshake.body, "42");
    assert.equal((await it.hooks.receiveApp("journal", { ...request, headers: { "x-secret": "wrong" } })).status, 401);
    assert.equal((await it.hooks.receiveApp("nobody", request)).status, 404);
  });

  test("a subscription is made once and taken back, also when the trigger becomes another one", async () => {
    const { id, token, body } = await it.active("subscribed");
    await it.triggers.subscribe(id);
    await it.triggers.subscribe(id);
    assert.deepEqual([...it.service.subscribed], [`https://svyazka.test/hooks/${token}`]);
    await it.triggers.unsubscribe(id);
    assert.equal(it.service.subscribed.size, 0);
    await it.triggers.subscribe(id);
    assert.equal(it.service.subscribed.size, 1);
    const next = { ...body, trigger: body.trigger && { ...body.trigger, trigger: "hook" } };
    await it.sql`insert into versions (bundle, version, body) values (${id}, 2, ${JSON.stringify(next)}::text::jsonb)`;
    await it.sql`update bundles set version = 2 where id = ${id}`;
    await it.db.transaction((tx) => it.triggers.arm(tx, { id, workspace: it.workspace }, next, false));
    await it.process().triggers.subscribe(id);
    assert.equal(it.service.subscribed.size, 0);
    assert.equal(await it.token(id), token, "the address stays");
  });

  test("a refused subscription is asked for again, later and later, and one that nobody asked for too", async () => {
    const { id } = await it.active("subscribed");
    const row = async () => (await it.sql`select subscribe_at, subscribe_error from triggers where bundle = ${id}`)[0];
    const later = async (minutes: number) => {
      it.clock.move(minutes * MINUTE);
      await it.triggers.tick();
    };
    const size = it.service.subscribed.size;
    it.service.refusal = new ConnectorError("data", { ru: "Нет прав.", en: "No right." }, { own: "key 123" });
    await it.triggers.subscribe(id);
    assert.equal((await row())?.subscribe_error.sentence.ru, "Нет прав.");
    assert.ok(!JSON.stringify(await row()).includes("123"), "the service's own words may quote a key");
    await later(0.5);
    assert.equal((await row())?.subscribe_error.attempts, 1);
    await later(0.6);
    assert.equal((await row())?.subscribe_error.attempts, 2);
    it.service.refusal = null;
    await later(6);
    assert.equal(it.service.subscribed.size, size + 1);
    assert.deepEqual({ ...(await row()) }, { subscribe_at: null, subscribe_error: null });
    // The process died between the start and the call.
    const other = await it.active("subscribed");
    await later(2);
    assert.equal(it.service.subscribed.size, size + 2);
    for (const one of [id, other.id]) await it.triggers.unsubscribe(one);
  });

  test("a delivery that failed goes on once its connection is alive again; a mistake of ours is tried once more", async () => {
    await it.connection("conn3", "alive");
    const { id, token } = await it.active("raw", { connection: "conn3" });
    let calls = 0;
    it.service.enrich = async () => {
      calls++;
      throw new ConnectorError("forbidden", { ru: "Нет права.", en: "The right is missing." });
    };
    await it.send(token, { id: "a" });
    await work();
    it.clock.move(30 * MINUTE);
    await work();
    assert.equal(calls, 1, "no retry mends it");
    it.service.enrich = async (item) => item;
    await it.triggers.reconnected("conn3");
    await work();
    assert.deepEqual(await it.runs(id), ["a"]);
    calls = 0;
    it.service.enrich = async (item) => {
      if (++calls === 1) throw new TypeError("x is undefined");
      return item;
    };
    await it.send(token, { id: "b" });
    await work();
    assert.deepEqual(await it.runs(id), ["a"]);
    it.clock.move(MINUTE);
    await work();
    assert.deepEqual(await it.runs(id), ["a", "b"]);
    it.service.enrich = null;
  });

  test("what is kept for a time only is swept: held for 30 days, keys of changes for 90", async () => {
    const { id, token } = await it.active("hook", { repeats: "every" });
    await it.send(token, { id: "a", change: "1" });
    await it.setState(id, "paused");
    await it.send(token, { id: "b" });
    it.clock.move(31 * 24 * 60 * MINUTE);
    await it.deliveries.sweep();
    assert.equal(await held(id), 0);
    assert.equal((await it.sql`select from seen where bundle = ${id}`).length, 1);
    it.clock.move(60 * 24 * 60 * MINUTE);
    await it.deliveries.sweep();
    assert.equal((await it.sql`select from seen where bundle = ${id}`).length, 0);
  });
});

test("a flood is told to slow down, per address", async () => {
  const it = await wayIn({ hookRate: 2 });
  try {
    const [one, two] = [await it.active("hook"), await it.active("hook")];
    const answers = [];
    for (let index = 0; index < 25; index++) answers.push(await it.send(one.token, { id: String(index) }));
    assert.equal(answers.filter(({ status }) => status === 200).length, 20);
    const [refused] = answers.filter(({ status }) => status === 429);
    assert.equal(refused?.headers?.["retry-after"], "1");
    assert.equal((await it.send(two.token, { id: "1" })).status, 200);
    assert.equal((await it.runs(one.id)).length, 20);
  } finally {
    await it.drop();
  }
});

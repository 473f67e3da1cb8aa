import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { type WayIn, wayIn } from "../../../test/support/wayin.ts";
import { ConnectorError } from "../../connectors/kit/errors.ts";
import { makeClient } from "../../db/client.ts";
import { presence } from "../store/jobs.ts";
import { freeLeases } from "../store/leases.ts";
import { claimDue } from "../store/triggers.ts";
import { LEASE_MS } from "./lease.ts";

const MINUTE = 60_000;
const temporary = (details: { retryAfterMs?: number; code?: string } = {}) =>
  new ConnectorError("temporary", { ru: "Сервис молчит.", en: "The service is silent." }, details);

describe("polls", () => {
  let it: WayIn;
  before(async () => {
    it = await wayIn();
  });
  after(() => it.drop());

  /** The service starts empty for each test. */
  function fresh(change: Partial<WayIn["service"]> = {}): void {
    it.service.items.length = 0;
    it.service.asked.length = 0;
    it.incidents.length = 0;
    it.alerts.length = 0;
    Object.assign(it.service, { page: 100, fail: null, pause: null, keepsCursor: false, enrich: null }, change);
  }
  const at = (ms: number) => new Date(it.clock.now().getTime() + ms).toISOString();
  /** Only the bundle of the test is due. */
  async function alone(id: string): Promise<void> {
    await it.sql`update triggers set next_at = null where bundle <> ${id}`;
  }
  async function due(): Promise<void> {
    it.clock.move(6 * MINUTE);
    await it.poller.tick();
  }

  test("starting doesn't send the past, and an item of the very second of the start is not lost", async () => {
    fresh();
    it.service.items.push({ id: "old", at: at(-2 * MINUTE) });
    it.clock.move(400);
    const { id } = await it.active("poll");
    await alone(id);
    it.service.items.push({ id: "same second", at: at(-400) });
    it.service.items.push({ id: "new", at: at(1_000) });
    it.clock.move(2_000);
    await it.poller.tick();
    assert.deepEqual(await it.runs(id), ["same second", "new"]);
  });

  test("the record that was the sample isn't sent, though it is of the very second of the start", async () => {
    fresh();
    it.clock.move(1_000 - (it.clock.now().getTime() % 1_000));
    it.service.items.push({ id: "sample", at: at(0) });
    it.clock.move(400);
    const { id, body } = await it.draft("poll");
    await it.triggers.fetchSample({ id, workspace: it.workspace }, body);
    await it.sql`update bundles set state = 'active', version = 1, draft = null where id = ${id}`;
    await it.sql`insert into versions (bundle, version, body) values (${id}, 1, ${JSON.stringify(body)}::text::jsonb)`;
    await it.db.transaction((tx) => it.triggers.arm(tx, { id, workspace: it.workspace }, body, true));
    await alone(id);
    it.service.items.push({ id: "new", at: at(-400) });
    it.clock.move(2_000);
    await it.poller.tick();
    assert.deepEqual(await it.runs(id), ["new"]);
  });

  test("windows overlap, so that what the service shows late is read, and nothing fires twice", async () => {
    fresh();
    const { id } = await it.active("poll");
    await alone(id);
    await it.poller.tick();
    it.clock.move(MINUTE);
    const seenAt = at(0);
    it.service.items.push({ id: "a", at: seenAt });
    await due();
    it.service.items.push({ id: "late", at: seenAt });
    await due();
    await due();
    assert.deepEqual(await it.runs(id), ["a", "late"]);
    const last = it.service.asked.at(-1);
    assert.ok(last && last.until.getTime() - last.at.getTime() > 10 * MINUTE);
  });

  test("equal times at a page's border: no item is lost or repeated", async () => {
    fresh({ page: 2 });
    const { id } = await it.active("poll");
    await alone(id);
    const same = at(1_000);
    for (const key of ["a", "b", "c", "d", "e"]) it.service.items.push({ id: key, at: same });
    await due();
    await due();
    assert.deepEqual(await it.runs(id), ["a", "b", "c", "d", "e"]);
  });

  test("a failure in the middle keeps the cursor of what was stored and goes on from there", async () => {
    fresh({ page: 2, keepsCursor: true, fail: { error: temporary(), beforePage: 1 } });
    const { id } = await it.active("poll");
    await alone(id);
    for (const key of ["a", "b", "c", "d"]) it.service.items.push({ id: key, at: at(1_000) });
    await it.poller.tick();
    assert.deepEqual(await it.runs(id), ["a", "b"]);
    const row = await it.trigger(id);
    assert.equal(row.cursor, 2);
    assert.equal(row.polledAt, null);
    it.service.fail = null;
    it.clock.move(MINUTE + 1);
    await it.poller.tick();
    assert.deepEqual(await it.runs(id), ["a", "b", "c", "d"]);
    assert.equal(it.service.asked.at(-1)?.cursor, 2);
  });

  test("a poll that died with its process is taken up after its lease, from the stored cursor", async () => {
    fresh({ page: 2, keepsCursor: true });
    const { id } = await it.active("poll");
    await alone(id);
    for (const key of ["a", "b", "c"]) it.service.items.push({ id: key, at: at(1_000) });
    let reached: (() => void) | undefined;
    const isThere = new Promise<void>((resolve) => {
      reached = resolve;
    });
    let release: (() => void) | undefined;
    const mayGoOn = new Promise<void>((resolve) => {
      release = resolve;
    });
    it.service.pause = async (page) => {
      if (page !== 1) return;
      reached?.();
      await mayGoOn;
    };
    const dead = it.poller.tick();
    await isThere;
    it.service.pause = null;
    const other = it.process();
    await other.poller.tick();
    assert.deepEqual(await it.runs(id), ["a", "b"], "leased: nobody else asks");
    it.clock.move(6 * MINUTE);
    await other.poller.tick();
    assert.deepEqual(await it.runs(id), ["a", "b", "c"]);
    release?.();
    await dead;
    assert.deepEqual(await it.runs(id), ["a", "b", "c"], "the one that came back has lost its claim");
    assert.equal((await it.trigger(id)).failures, 0);
  });

  test("what a person asked for is asked again soon when the process that took it was killed", async () => {
    fresh();
    const { id } = await it.active("poll");
    await alone(id);
    await it.poller.tick();
    it.clock.move(MINUTE);
    it.service.items.push({ id: "a", at: at(0) });
    await it.triggers.askNow(id);
    // Taken before its death, and asked for nothing yet.
    const lease = new Date(it.clock.now().getTime() + LEASE_MS);
    assert.deepEqual(await claimDue(it.db, it.clock.now(), lease, 8), [id]);
    const other = it.process();
    await other.poller.tick();
    assert.deepEqual(await it.runs(id), [], "leased: nobody else asks");
    it.clock.move(LEASE_MS + 1_000);
    await other.poller.tick();
    assert.deepEqual(await it.runs(id), ["a"]);
    assert.equal((await it.trigger(id)).asked, false);
  });

  test("a start frees what a killed process had taken, unless others are at work", async () => {
    fresh();
    const { id } = await it.active("poll");
    await alone(id);
    const take = () => claimDue(it.db, it.clock.now(), new Date(it.clock.now().getTime() + LEASE_MS), 8);
    assert.deepEqual(await take(), [id]);
    const living = makeClient({ url: it.url, max: 1, name: presence("another") });
    await living.sql`select 1`;
    await freeLeases(it.db, "me", it.clock.now());
    assert.deepEqual(await take(), []);
    await living.end();
    for (const deadline = Date.now() + 10_000; Date.now() < deadline; ) {
      await freeLeases(it.db, "me", it.clock.now());
      if ((await it.trigger(id)).leasedUntil === null) break;
    }
    assert.deepEqual(await take(), [id]);
  });

  test("two processes at once ask once", async () => {
    fresh();
    const { id } = await it.active("poll");
    await alone(id);
    const other = it.process();
    await Promise.all([it.poller.tick(), other.poller.tick(), it.poller.tick(), other.poller.tick()]);
    assert.equal(it.service.asked.length, 1);
    await it.triggers.askNow(id);
    await Promise.all([it.poller.tick(), other.poller.tick()]);
    assert.equal(it.service.asked.length, 2);
  });

  test("items without a time that are there at the start are listed, not sent; also when they change later", async () => {
    fresh();
    it.service.items.push({ id: "1" }, { id: "2" });
    const { id } = await it.active("poll");
    await alone(id);
    await it.poller.tick();
    it.service.items.push({ id: "3" }, { id: "1", change: "later" });
    await due();
    assert.deepEqual(await it.runs(id), ["3"]);
  });

  test("each record once, or every change", async () => {
    fresh();
    const once = await it.active("poll", { repeats: "once" });
    const every = await it.active("poll", { repeats: "every" });
    await alone(once.id);
    await it.sql`update triggers set next_at = now() - interval '1 day' where bundle = ${every.id}`;
    for (const change of ["1", "2", "2"]) it.service.items.push({ id: "a", change, at: at(1_000) });
    it.clock.move(5 * MINUTE);
    await it.triggers.askNow(once.id);
    await it.triggers.askNow(every.id);
    await it.poller.tick();
    assert.deepEqual(await it.runs(once.id), ["a"]);
    assert.deepEqual(await it.runs(every.id), ["a", "a"]);
  });

  test("the filter refuses, counts and keeps the last one as a sample; a later change may pass", async () => {
    fresh();
    const filter = [[{ left: "{{ trigger.status }}", operator: "equals" as const, right: "done" }]];
    const { id } = await it.active("poll", { filter });
    await alone(id);
    it.service.items.push({ id: "a", status: "new", change: "1", at: at(1_000) });
    await due();
    await due();
    assert.deepEqual(await it.runs(id), []);
    assert.equal((await it.trigger(id)).filtered, 1);
    const [{ sample } = {}] = await it.sql`select sample from bundles where id = ${id}`;
    assert.equal((sample as { status?: string }).status, "new");
    it.service.items.push({ id: "a", status: "done", change: "2", at: at(0) });
    await due();
    it.service.items.push({ id: "a", status: "done", change: "3", at: at(0) });
    await due();
    assert.deepEqual(await it.runs(id), ["a"]);
    assert.equal((await it.trigger(id)).repeated, 1);
  });

  test("an outage is asked again after 1, 5, 15 minutes and told when it lasts; the end is told too", async () => {
    fresh({ fail: { error: temporary(), beforePage: 0 } });
    const { id } = await it.active("poll");
    await alone(id);
    const waits: number[] = [];
    for (let round = 0; round < 4; round++) {
      await it.poller.tick();
      const next = (await it.trigger(id)).nextAt ?? new Date(0);
      waits.push((next.getTime() - it.clock.now().getTime()) / MINUTE);
      if (round < 3) assert.equal(it.incidents.length, 0);
      it.clock.set(next);
    }
    assert.deepEqual(waits, [1, 5, 15, 60]);
    assert.equal(it.incidents.length, 1);
    assert.equal(it.incidents[0]?.failure.step, "trigger");
    it.service.fail = null;
    await it.poller.tick();
    assert.ok(it.solved.includes(id));
    assert.equal((await it.trigger(id)).error, null);
  });

  test("Retry-After is obeyed; our own limit isn't a failure", async () => {
    fresh({ fail: { error: temporary({ retryAfterMs: 20 * MINUTE }), beforePage: 0 } });
    const { id } = await it.active("poll");
    await alone(id);
    await it.poller.tick();
    assert.equal((await it.trigger(id)).nextAt?.getTime(), it.clock.now().getTime() + 20 * MINUTE);
    it.clock.move(20 * MINUTE);
    it.service.fail = { error: temporary({ code: "turn", retryAfterMs: 3_000 }), beforePage: 0 };
    await it.poller.tick();
    const row = await it.trigger(id);
    assert.equal(row.nextAt?.getTime(), it.clock.now().getTime() + 3_000);
    assert.equal(row.failures, 1);
  });

  test("a dead credential: told at once, connection broken, not asked until it is alive again", async () => {
    const words = { ru: "Ключ не подходит.", en: "The key is wrong." };
    fresh({ fail: { error: new ConnectorError("access", words, { own: "Wrong key" }), beforePage: 0 } });
    await it.connection("conn1", "alive");
    const { id } = await it.active("poll", { connection: "conn1" });
    await alone(id);
    await it.poller.tick();
    assert.deepEqual(it.broken, ["conn1"]);
    assert.equal(it.incidents[0]?.failure.own, "Wrong key");
    await it.connection("conn1", "broken");
    const asked = it.service.asked.length;
    it.clock.move(24 * 60 * MINUTE);
    await it.poller.tick();
    assert.equal(it.service.asked.length, asked);
    it.service.fail = null;
    it.service.items.push({ id: "meanwhile", at: at(-MINUTE) });
    await it.connection("conn1", "alive");
    await it.triggers.reconnected("conn1");
    await it.poller.tick();
    assert.deepEqual(await it.runs(id), ["meanwhile"]);
  });

  test("an item that can't be read is told and doesn't stop the others", async () => {
    fresh();
    const { id } = await it.active("poll");
    await alone(id);
    it.service.items.push({ id: "a", at: at(1_000) });
    it.service.items.push({ id: "huge", at: at(1_000), text: "x".repeat(1_100_000) });
    it.service.items.push({ id: "b", at: at(1_000) });
    it.clock.move(2_000);
    await it.poller.tick();
    assert.deepEqual(await it.runs(id), ["a", "b"]);
    assert.equal(it.incidents.length, 1);
  });

  test("NUL and halves of surrogate pairs in third-party JSON are stored", async () => {
    fresh();
    const { id } = await it.active("poll");
    await alone(id);
    it.service.items.push({ id: "a", at: at(1_000), name: "An\u0000na \ud83d" });
    it.clock.move(2_000);
    await it.poller.tick();
    const [run] = await it.sql`select event from runs where bundle = ${id}`;
    assert.deepEqual((run?.event as { name?: string } | undefined)?.name, "Anna \ufffd");
  });

  test("a paused bundle isn't asked; going on reads what it missed, or forgets it", async () => {
    fresh();
    const { id, body } = await it.active("poll");
    await alone(id);
    await it.poller.tick();
    const pause = async () => {
      await it.setState(id, "paused");
      await it.db.transaction((tx) => it.triggers.disarm(tx, id));
      const asked = it.service.asked.length;
      await due();
      assert.equal(it.service.asked.length, asked);
    };
    const resume = async (what: "run" | "forget") => {
      await it.setState(id, "active");
      await it.db.transaction((tx) => it.triggers.arm(tx, { id, workspace: it.workspace }, body, false));
      await it.db.transaction((tx) => it.triggers.release(tx, id, what));
      await due();
    };
    await pause();
    it.service.items.push({ id: "missed", at: at(0) });
    await resume("run");
    assert.deepEqual(await it.runs(id), ["missed"]);
    await pause();
    it.service.items.push({ id: "forgotten", at: at(-MINUTE) });
    await resume("forget");
    assert.deepEqual(await it.runs(id), ["missed"]);
  });

  test("the newest record is fetched as a sample", async () => {
    fresh({ page: 2 });
    const { id, body } = await it.active("poll");
    assert.equal(await it.triggers.fetchSample({ id, workspace: it.workspace }, body), null);
    for (const [key, hours] of [
      ["a", 30],
      ["b", 3],
      ["c", 50],
    ] as const) {
      it.service.items.push({ id: key, at: at(-hours * 60 * MINUTE) });
    }
    const sample = await it.triggers.fetchSample({ id, workspace: it.workspace }, body);
    assert.equal(sample?.item.id, "b");
    assert.equal(sample?.from, "fetched");
  });
});

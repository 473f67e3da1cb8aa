/** Semantics §4, "Migration": everything or a period, progress, pause, restart, its own end, reset, behind live traffic. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { type WayIn, wayIn } from "../../../test/support/wayin.ts";
import { ConnectorError } from "../../connectors/kit/errors.ts";
import { makeMigration } from "../bundle/migration.ts";
import { makeVault } from "../connection/vault.ts";
import type { MigrationCommand, MigrationView } from "../engine.ts";
import { makeOnce } from "../once.ts";
import { MOST_PENDING } from "./migrating.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

describe("migrations", () => {
  let it: WayIn;
  let member: string;
  before(async () => {
    it = await wayIn();
    const [row] = await it.sql`select id from members`;
    member = String(row?.id);
  });
  after(() => it.drop());

  function fresh(change: Partial<WayIn["service"]> = {}): void {
    it.service.items.length = 0;
    it.service.asked.length = 0;
    it.incidents.length = 0;
    it.alerts.length = 0;
    const plain = { page: 100, fail: null, pause: null, keepsCursor: false, isAscending: true, enrich: null };
    Object.assign(it.service, plain, change);
  }
  const at = (ms: number) => new Date(it.clock.now().getTime() + ms).toISOString();
  const steering = () =>
    makeMigration({
      db: it.db,
      clock: it.clock,
      connectors: it.connectors,
      vault: makeVault({ key: Buffer.alloc(32, 7) }),
      once: makeOnce({ db: it.db }),
    });
  const migrate = (id: string, command: MigrationCommand) =>
    steering().migrate({ workspace: it.workspace, member }, id, command);
  const shown = async (id: string): Promise<MigrationView> => {
    const view = await steering().shown(id);
    assert.ok(view);
    return view;
  };
  const begin = (id: string, period: "everything" | { from: Date; to: Date } = "everything") =>
    migrate(id, { do: "begin", period });
  /** An active bundle whose live polls are out of the way. */
  async function active(more: Parameters<WayIn["active"]>[1] = {}) {
    const made = await it.active("poll", more);
    await it.sql`update triggers set next_at = null`;
    await it.sql`delete from migrations`;
    return made;
  }
  const finishRuns = (id: string) =>
    it.sql`update runs set state = 'succeeded' where bundle = ${id} and state = 'queued'`;
  async function go(id: string): Promise<void> {
    it.clock.move(11 * MINUTE);
    await it.migrating.tick();
    await finishRuns(id);
  }
  async function toTheEnd(id: string): Promise<void> {
    for (let round = 0; round < 20 && (await shown(id)).state !== "done"; round++) await go(id);
    assert.equal((await shown(id)).state, "done");
  }

  test("everything: also what was before the start; it stops itself when done and says so, once", async () => {
    fresh({ page: 2 });
    for (const day of [900, 30, 3, 2, 1]) it.service.items.push({ id: `d${day}`, at: at(-24 * day * HOUR) });
    const { id } = await active();
    await begin(id);
    await it.migrating.tick();
    assert.deepEqual(await it.runs(id), ["d900", "d30", "d3", "d2", "d1"]);
    const going = await shown(id);
    assert.deepEqual([going.state, going.isRead, going.read, going.sent, going.waiting], ["running", true, 5, 5, 5]);
    await toTheEnd(id);
    assert.deepEqual(it.alerts, [{ kind: "migrated", bundle: id }]);
    await go(id);
    assert.equal(it.alerts.length, 1);
    assert.equal((await shown(id)).share, 1);
  });

  test("a period in the past: what lies outside isn't sent, whatever the service answers", async () => {
    fresh();
    for (const day of [9, 5, 4, 2]) it.service.items.push({ id: `d${day}`, at: at(-24 * day * HOUR) });
    it.service.items.push({ id: "no time" });
    const { id } = await active();
    const now = it.clock.now().getTime();
    await begin(id, { from: new Date(now - 6 * 24 * HOUR), to: new Date(now - 3 * 24 * HOUR) });
    await toTheEnd(id);
    assert.deepEqual(await it.runs(id), ["d5", "d4"]);
    await assert.rejects(begin(id, { from: new Date(now), to: new Date(now - 1) }), /период|period/i);
  });

  test("what was sent before isn't sent again; what was only listed, refused or seen as the sample is", async () => {
    fresh();
    const filter = [[{ left: "{{ trigger.status }}", operator: "notEquals" as const, right: "spam" }]];
    it.service.items.push({ id: "present" }, { id: "old", at: at(-HOUR) });
    const { id } = await active({ filter });
    await it.sql`update triggers set next_at = now() - interval '9 years' where bundle = ${id}`;
    await it.poller.tick();
    assert.deepEqual(await it.runs(id), [], "the past isn't sent by the start");
    it.clock.move(6 * MINUTE);
    it.service.items.push({ id: "live", at: at(0) }, { id: "spam", status: "spam", at: at(0) });
    await it.poller.tick();
    assert.deepEqual(await it.runs(id), ["live"]);
    await it.sql`update triggers set next_at = null`;
    await begin(id);
    await toTheEnd(id);
    assert.deepEqual(await it.runs(id), ["live", "present", "old"]);
    const { read, sent, filtered, repeated } = await shown(id);
    assert.deepEqual({ read, sent, filtered, repeated }, { read: 4, sent: 2, filtered: 1, repeated: 1 });
  });

  test("a reset lets the same data be sent again; without it a second migration sends nothing twice", async () => {
    fresh();
    for (const key of ["a", "b"]) it.service.items.push({ id: key, at: at(-HOUR) });
    const { id } = await active();
    await begin(id);
    await toTheEnd(id);
    await begin(id);
    await toTheEnd(id);
    assert.deepEqual(await it.runs(id), ["a", "b"]);
    assert.equal(await migrate(id, { do: "reset" }), null);
    await begin(id);
    await toTheEnd(id);
    assert.deepEqual(await it.runs(id), ["a", "b", "a", "b"]);
  });

  test("after a reset the live poll still doesn't send what the migration had sent", async () => {
    fresh();
    const { id } = await active({ repeats: "once" });
    it.service.items.push({ id: "a", change: "1", at: at(0) });
    await begin(id);
    await toTheEnd(id);
    await migrate(id, { do: "reset" });
    await it.sql`update triggers set next_at = now() - interval '9 years' where bundle = ${id}`;
    await it.poller.tick();
    it.service.items.push({ id: "a", change: "2", at: at(0) });
    it.clock.move(6 * MINUTE);
    await it.poller.tick();
    assert.deepEqual(await it.runs(id), ["a"], "each record once lasts as long as the bundle");
    await it.sql`update triggers set next_at = null`;
  });

  test("a kill in the middle: another process goes on from the last page, no record is lost or sent twice", async () => {
    fresh({ page: 2 });
    for (let hour = 9; hour > 0; hour--) it.service.items.push({ id: `h${hour}`, at: at(-hour * HOUR) });
    const { id } = await active();
    await begin(id);
    let free: () => void = () => {};
    const mayGoOn = new Promise<void>((resolve) => {
      free = resolve;
    });
    let reached: () => void = () => {};
    const isThere = new Promise<void>((resolve) => {
      reached = resolve;
    });
    it.service.pause = async (page) => {
      if (page !== 2) return;
      reached();
      await mayGoOn;
    };
    const dead = it.migrating.tick();
    await isThere;
    it.service.pause = null;
    assert.equal((await it.runs(id)).length, 4);
    const other = it.process();
    await other.migrating.tick();
    assert.equal((await it.runs(id)).length, 4, "leased: nobody else reads");
    it.clock.move(MINUTE);
    await other.migrating.tick();
    free();
    await dead;
    assert.deepEqual(
      await it.runs(id),
      [9, 8, 7, 6, 5, 4, 3, 2, 1].map((hour) => `h${hour}`),
    );
    const last = it.service.asked.at(-1);
    assert.ok(last && last.at.getTime() > 0, "it didn't begin anew");
    await finishRuns(id);
    await toTheEnd(id);
    assert.equal((await shown(id)).sent, 9);
  });

  test("a service that gives no order is read anew after a break, and nothing is left out", async () => {
    fresh({ page: 2, isAscending: false, fail: { error: new Error("cut"), beforePage: 2 } });
    for (const hour of [1, 9, 5, 2, 7, 3]) it.service.items.push({ id: `h${hour}`, at: at(-hour * HOUR) });
    const { id } = await active();
    await begin(id);
    await it.migrating.tick();
    assert.deepEqual(await it.runs(id), ["h1", "h9", "h5", "h2"]);
    it.service.fail = null;
    await toTheEnd(id);
    assert.deepEqual(await it.runs(id), ["h1", "h9", "h5", "h2", "h7", "h3"]);
  });

  test("a service that promised an order and broke it is read as one that gives none", async () => {
    fresh({ page: 1, fail: { error: new Error("cut"), beforePage: 3 } });
    for (const hour of [9, 2, 7, 1]) it.service.items.push({ id: `h${hour}`, at: at(-hour * HOUR) });
    const { id } = await active();
    await begin(id);
    await it.migrating.tick();
    it.service.fail = null;
    await toTheEnd(id);
    assert.deepEqual((await it.runs(id)).toSorted(), ["h1", "h2", "h7", "h9"]);
  });

  test("a pause stops it, a resume goes on; a paused bundle holds it up too", async () => {
    fresh({ page: 1 });
    for (const hour of [3, 2, 1]) it.service.items.push({ id: `h${hour}`, at: at(-hour * HOUR) });
    const { id } = await active();
    await begin(id);
    it.service.pause = async (page) => {
      if (page === 1) await migrate(id, { do: "pause" });
    };
    await it.migrating.tick();
    it.service.pause = null;
    assert.deepEqual(await it.runs(id), ["h3"]);
    assert.equal((await shown(id)).state, "paused");
    await go(id);
    assert.equal((await it.runs(id)).length, 1);
    await it.setState(id, "paused");
    await migrate(id, { do: "resume" });
    await go(id);
    assert.equal((await it.runs(id)).length, 1);
    await it.setState(id, "active");
    await toTheEnd(id);
    assert.deepEqual(await it.runs(id), ["h3", "h2", "h1"]);
  });

  test("behind live traffic: lowest priority, and never more than so many runs wait", async () => {
    fresh({ page: 300 });
    const many = 1_200;
    for (let key = many; key > 0; key--) it.service.items.push({ id: `m${key}`, at: at(-key * MINUTE) });
    const { id } = await active();
    await begin(id);
    const ticking = it.migrating.tick();
    let most = 0;
    // The worker's part: runs end, a few hundred at a time.
    for (const deadline = Date.now() + 60_000; Date.now() < deadline; ) {
      const [row] = await it.sql`select count(*)::int as n from runs where bundle = ${id} and state = 'queued'`;
      most = Math.max(most, Number(row?.n));
      if (Number(row?.n) >= MOST_PENDING || (await shown(id)).isRead) await finishRuns(id);
      if ((await shown(id)).isRead) break;
    }
    await ticking;
    assert.equal((await it.runs(id)).length, many);
    assert.ok(most <= MOST_PENDING, `${most} runs waited`);
    const [row] =
      await it.sql`select count(distinct origin)::int as n, min(origin) as origin from runs where bundle = ${id}`;
    assert.deepEqual({ ...row }, { n: 1, origin: "migration" });
    assert.ok(it.priorities.slice(-100).every((priority) => priority <= -1_000_000));
  });

  test("what comes now doesn't wait behind the past, not even of its own record", async () => {
    fresh();
    const { id } = await active({ repeats: "every" });
    it.service.items.push({ id: "a", change: "1", at: at(-HOUR) }, { id: "a", change: "2", at: at(-MINUTE) });
    await begin(id);
    await it.migrating.tick();
    it.service.items.push({ id: "a", change: "3", at: at(0) });
    await it.sql`update triggers set next_at = now() - interval '9 years' where bundle = ${id}`;
    await it.poller.tick();
    await it.sql`update triggers set next_at = null`;
    const rows = await it.sql`select origin, behind is null as free from runs where bundle = ${id} order by seq`;
    assert.deepEqual(
      rows.map((row) => [row.origin, row.free]),
      [
        ["live", true],
        ["live", false],
        ["live", false],
      ],
      "still in their order, and none of them behind everything",
    );
    assert.ok((it.priorities.at(-1) ?? -1) >= 0);
    await finishRuns(id);
  });

  test("a service that fails is asked again, told when it lasts, and the migration goes on from its place", async () => {
    const silent = new ConnectorError("temporary", { ru: "Молчит.", en: "Silent." });
    fresh({ page: 1, fail: { error: silent, beforePage: 1 } });
    for (const hour of [2, 1]) it.service.items.push({ id: `h${hour}`, at: at(-hour * HOUR) });
    const { id } = await active();
    await begin(id);
    await it.migrating.tick();
    const { state, failure, retryAt } = await shown(id);
    assert.deepEqual([state, failure?.class], ["running", "temporary"]);
    assert.equal(retryAt?.getTime(), it.clock.now().getTime() + MINUTE);
    it.service.fail = null;
    it.clock.move(MINUTE);
    await it.migrating.tick();
    assert.equal((await shown(id)).failure, null);
    assert.deepEqual(await it.runs(id), ["h2", "h1"]);
  });

  test("only a started bundle whose trigger reads the past has one", async () => {
    fresh();
    const { id } = await it.active("hook");
    await assert.rejects(begin(id), /can't read the past/);
    const draft = await it.draft("poll");
    await assert.rejects(begin(draft.id), /Start the bundle first/);
    const going = await active();
    await begin(going.id);
    await assert.rejects(begin(going.id), /is going on already/);
  });
});

import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, test } from "node:test";
import { eq } from "drizzle-orm";
import { movableClock } from "../../../test/support/clock.ts";
import { type FreshDatabase, freshDatabase } from "../../../test/support/database.ts";
import {
  act,
  addBundle,
  makeStage,
  type Service,
  type Stage,
  startService,
  until,
} from "../../../test/support/stage.ts";
import { bundles, connections, incidents } from "../../db/schema.ts";
import { forgetStreak } from "../store/incidents.ts";

let database: FreshDatabase;
let service: Service;
let stage: Stage;
const clock = movableClock();

before(async () => {
  database = await freshDatabase();
});
after(() => database.drop());
beforeEach(async () => {
  service = await startService();
  stage = makeStage({ client: database, url: database.url, service: service.url, clock });
  stage.worker.start();
  await stage.queue.start();
});
afterEach(async () => {
  await service.close();
  await stage.queue.stop();
  await stage.worker.stop();
});

type Made = Awaited<ReturnType<typeof addBundle>>;
const says =
  (status: number): NonNullable<Service["fault"]> =>
  (_req, res) => {
    res.statusCode = status;
  };

/** Runs one event after the other to the end. */
async function run(made: Made, count = 1): Promise<string[]> {
  const ids: string[] = [];
  const { workspace, bundle, version } = made;
  for (let n = 0; n < count; n++) {
    const [id = ""] = await stage.admit([
      { workspace, bundle, version, origin: "live", record: `record ${n}`, event: { n: String(n) } },
    ]);
    await until(
      () => stage.runs.get(made.scope, id),
      ({ state }) => state === "succeeded" || state === "failed",
    );
    ids.push(id);
  }
  return ids;
}
const alertsOf = (made: Made) =>
  stage.alerts.filter(({ workspace }) => workspace === made.workspace).map(({ alert }) => alert.kind);
const rowsOf = (made: Made) => database.db.select().from(incidents).where(eq(incidents.workspace, made.workspace));

test("failures of one cause are one incident, with a counter and the newest example", async () => {
  const made = await addBundle(database.db, [act("aaa", "create", { title: "{{ trigger.n }}" })]);
  service.fault = says(422);
  const ids = await run(made, 3);
  const rows = await rowsOf(made);
  assert.equal(rows.length, 1);
  const incident = await stage.incidents.get(made.scope, rows[0]?.id ?? "");
  assert.deepEqual([incident.count, incident.open, incident.run], [3, 3, ids[2]]);
  assert.equal(incident.step?.title.en, "CRM: New deal");
  assert.equal(incident.bundle?.number, 1);
  assert.deepEqual(new Set(stage.alerts.map(({ dedupe }) => dedupe)).size, 1);
});

test("retry all repeats the failed runs once, and their success solves it", async () => {
  const made = await addBundle(database.db, [act("aaa", "create", { title: "{{ trigger.n }}" })]);
  service.fault = says(422);
  await run(made, 4);
  const [row] = await rowsOf(made);
  const id = row?.id ?? "";
  service.fault = null;
  // Another record's success says nothing of these records' data.
  await run(made, 1);
  assert.equal((await stage.incidents.get(made.scope, id)).solvedAt, null);
  const counts = await Promise.all([
    stage.incidents.retry(made.scope, id, "all"),
    stage.incidents.retry(made.scope, id, "all"),
  ]);
  assert.equal(
    counts.reduce((sum, count) => sum + count, 0),
    4,
  );
  const solved = await until(
    () => stage.incidents.get(made.scope, id),
    ({ solvedAt }) => solvedAt !== null,
  );
  assert.equal(solved.open, 0);
  assert.equal(service.deals.length, 5);
  assert.equal(await stage.incidents.retry(made.scope, id, "all"), 0);
  service.fault = says(422);
  await run(made, 1);
  assert.equal((await rowsOf(made)).length, 2, "a new failure is a new incident");
});

test("retry newest repeats one", async () => {
  const made = await addBundle(database.db, [act("aaa", "create", { title: "{{ trigger.n }}" })]);
  service.fault = says(422);
  await run(made, 2);
  const [row] = await rowsOf(made);
  service.fault = null;
  assert.equal(await stage.incidents.retry(made.scope, row?.id ?? "", "newest"), 1);
  await until(
    () => service.deals.length,
    (count) => count === 1,
  );
  assert.equal(service.deals[0]?.title, "1");
});

test("retry of a named run repeats that one, however often and however late it is pressed", async () => {
  const made = await addBundle(database.db, [act("aaa", "create", { title: "{{ trigger.n }}" })]);
  service.fault = says(422);
  await run(made, 3);
  const id = (await rowsOf(made))[0]?.id ?? "";
  const { newest } = await stage.incidents.get(made.scope, id);
  assert.ok(newest);
  service.fault = null;
  const press = () => stage.incidents.retry(made.scope, id, { run: newest });
  const counts = await Promise.all([press(), press()]);
  assert.deepEqual(counts.toSorted(), [0, 1]);
  await until(
    () => stage.incidents.get(made.scope, id),
    ({ open }) => open === 2,
  );
  await until(
    () => service.deals.length,
    (count) => count === 1,
  );
  assert.equal(await press(), 0);
  const after = await stage.incidents.get(made.scope, id);
  assert.equal(after.open, 2);
  assert.notEqual(after.newest, newest);
  assert.deepEqual(
    service.deals.map(({ title }) => title),
    ["2"],
  );
});

test("an edit on op is counted once however often it is asked", async () => {
  const made = await addBundle(database.db, [act("aaa", "create", { title: "{{ trigger.n }}" })]);
  service.fault = says(422);
  await run(made, 1);
  const [row] = await rowsOf(made);
  const scope = { ...made.scope, op: "update 7" };
  const first = await stage.incidents.retry(scope, row?.id ?? "", "all");
  assert.equal(await stage.incidents.retry(scope, row?.id ?? "", "all"), first);
});

test("a dead credential breaks the connection and is one incident for all bundles, solved when it lives again", async () => {
  const made = await addBundle(database.db, [act("aaa", "create", { title: "x" }, { connection: "conn" })]);
  const connection = {
    id: "conn",
    workspace: made.workspace,
    connector: "crm",
    name: "CRM",
    state: "broken",
    secret: "",
  };
  await database.db.insert(connections).values(connection);
  service.fault = says(401);
  await run(made, 2);
  assert.deepEqual(stage.broken, ["conn", "conn"]);
  const [row, ...others] = await rowsOf(made);
  assert.deepEqual([row?.connection, row?.bundle, row?.count, others.length], ["conn", null, 2, 0]);
  clock.move(60_000);
  await database.db
    .update(connections)
    .set({ state: "alive", checkedAt: clock.now() })
    .where(eq(connections.id, "conn"));
  await stage.incidents.tick();
  assert.ok((await rowsOf(made))[0]?.solvedAt);
});

test("eight failures in a row warn, ten pause; after a resume it takes ten more", async () => {
  const made = await addBundle(database.db, [act("aaa", "create", { title: "{{ trigger.n }}" })]);
  const stateOf = async () => (await database.db.select().from(bundles).where(eq(bundles.id, made.bundle)))[0];
  service.fault = says(422);
  await run(made, 8);
  assert.deepEqual(
    alertsOf(made).filter((kind) => kind !== "incident"),
    ["failing"],
  );
  await run(made, 1);
  assert.equal((await stateOf())?.state, "active");
  await run(made, 1);
  const paused = await stateOf();
  assert.equal(paused?.state, "paused");
  assert.deepEqual(paused?.pausedBy, { by: "incident", incident: (await rowsOf(made))[0]?.id });
  assert.deepEqual(
    alertsOf(made).filter((kind) => kind !== "incident"),
    ["failing", "paused"],
  );
  // Those that were under way at the pause fail while it lasts.
  await run(made, 3);
  await database.db.update(bundles).set({ state: "active", pausedBy: null }).where(eq(bundles.id, made.bundle));
  await forgetStreak(database.db, made.bundle);
  await run(made, 9);
  assert.equal((await stateOf())?.state, "active");
  await run(made, 1);
  assert.equal((await stateOf())?.state, "paused");
});

test("another workspace's incident doesn't exist", async () => {
  const made = await addBundle(database.db, [act("aaa", "create", { title: "x" })]);
  service.fault = says(422);
  await run(made, 1);
  const [row] = await rowsOf(made);
  const other = await addBundle(database.db, []);
  await assert.rejects(stage.incidents.get(other.scope, row?.id ?? ""), { name: "UserError" });
  await assert.rejects(stage.incidents.retry(other.scope, row?.id ?? "", "all"), { name: "UserError" });
});

test("after a reconnect the runs that the dead key stopped go on from their step, in the order of their record", async () => {
  const made = await addBundle(database.db, [
    act("aaa", "ping", { text: "x" }),
    act("bbb", "create", { title: "{{ trigger.n }}" }, { connection: "key" }),
  ]);
  const { workspace, bundle, version } = made;
  await database.db
    .insert(connections)
    .values({ id: "key", workspace, connector: "crm", name: "CRM", state: "broken", secret: "" });
  service.fault = (req, res, work) => {
    if (req.method === "POST") res.statusCode = 401;
    else work();
  };
  const ids: string[] = [];
  for (const [n, record] of ["one", "one", "one", "two"].entries()) {
    const [id = ""] = await stage.admit([
      { workspace, bundle, version, origin: "live", record, event: { n: String(n) } },
    ]);
    await until(
      () => stage.runs.get(made.scope, id),
      ({ state }) => state === "failed",
    );
    ids.push(id);
  }
  const { length } = service.calls;
  service.fault = null;
  assert.equal(await stage.incidents.reconnected({ workspace, connection: "key" }), 4);
  assert.equal(await stage.incidents.reconnected({ workspace, connection: "key" }), 0);
  for (const id of ids)
    await until(
      () => stage.runs.get(made.scope, id),
      ({ state }) => state === "succeeded",
    );
  assert.equal(service.calls.slice(length).filter((call) => call === "GET /ping").length, 0, "from the failed step");
  const titles = service.deals.map(({ title }) => title).filter((title) => title !== "3");
  assert.deepEqual(titles, ["0", "1", "2"]);
  const { undelivered, today } = await stage.runs.status(made.scope);
  assert.deepEqual([undelivered.length, today.failed, today.succeeded], [0, 0, 4]);
});

test("what works again doesn't hide records that never got through, until they are repeated or given up", async () => {
  const made = await addBundle(database.db, [act("aaa", "create", { title: "{{ trigger.n }}" })]);
  service.fault = says(403);
  await run(made, 2);
  service.fault = null;
  await run(made, 1);
  const [row] = await rowsOf(made);
  const id = row?.id ?? "";
  const left = async () =>
    (await stage.runs.status(made.scope)).undelivered.map(({ open, records }) => [open, records]);
  assert.ok(row?.solvedAt);
  assert.deepEqual(await left(), [[2, 2]]);
  await stage.incidents.retry(made.scope, id, "newest");
  await until(left, (seen) => seen[0]?.[0] === 1);
  assert.equal(await stage.incidents.dismiss(made.scope, id), 1);
  assert.deepEqual(await left(), []);
});

test("a run repeated from the start leaves no failure behind: its record is the repeat's", async () => {
  const made = await addBundle(database.db, [act("aaa", "create", { title: "{{ trigger.n }}" })]);
  service.fault = says(422);
  const [failed = ""] = await run(made);
  service.fault = null;
  const again = await stage.runs.retry(made.scope, failed, "start");
  await until(
    () => stage.runs.get(made.scope, again.run),
    ({ state }) => state === "succeeded",
  );
  const status = await until(
    () => stage.runs.status(made.scope),
    ({ incidents: open }) => open.length === 0,
  );
  assert.deepEqual([status.undelivered.length, status.today.failed, status.today.succeeded], [0, 0, 1]);
});

test("from the start after a partial success: what is there already isn't called bad data, and the first run goes on", async () => {
  const made = await addBundle(database.db, [
    act("aaa", "create", { title: "first {{ trigger.n }}" }),
    act("bbb", "create", { title: "second {{ trigger.n }}" }),
  ]);
  service.fault = (_req, res, work) => {
    if (service.deals.length === 0) return work();
    res.statusCode = 422;
    res.end(JSON.stringify({ error: "The deal already exists" }));
  };
  const [first = ""] = await run(made);
  const { run: second } = await stage.runs.retry(made.scope, first, "start");
  const again = await until(
    () => stage.runs.get(made.scope, second),
    ({ state }) => state === "failed",
  );
  assert.deepEqual(again.goOn, { run: first, number: 3 });
  service.fault = null;
  await stage.runs.retry(made.scope, first);
  await until(
    () => stage.runs.get(made.scope, first),
    ({ state }) => state === "succeeded",
  );
  assert.deepEqual(
    service.deals.map(({ title }) => title),
    ["first 0", "second 0"],
  );
  const { today } = await stage.runs.status(made.scope);
  assert.deepEqual([today.failed, today.succeeded], [0, 1]);
});

test("a step whose messages never repeat floods nobody: behind ten causes the rest is one", async () => {
  const made = await addBundle(database.db, [act("aaa", "create", { title: "{{ trigger.n }}" })]);
  const { workspace, bundle } = made;
  const words = [
    "один",
    "два",
    "три",
    "четыре",
    "пять",
    "шесть",
    "семь",
    "восемь",
    "девять",
    "десять",
    "раз",
    "ещё",
    "много",
  ];
  for (const own of [...words, "раз", "один"]) {
    const failure = { class: "data" as const, sentence: { ru: "Отказ.", en: "Refused." }, own };
    await database.db.transaction((tx) =>
      stage.incidents.report(tx, { workspace, bundle, step: "aaa", connection: null, run: null, failure }),
    );
  }
  const rows = await rowsOf(made);
  assert.deepEqual(
    rows.map(({ count }) => count).toSorted((one, two) => two - one),
    [4, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1],
  );
});

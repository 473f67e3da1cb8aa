import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, test } from "node:test";
import { movableClock } from "../../../test/support/clock.ts";
import { type FreshDatabase, freshDatabase } from "../../../test/support/database.ts";
import { act, addBundle, makeStage, type Service, type Stage, startService } from "../../../test/support/stage.ts";
import type { NewRun } from "../parts.ts";
import { chain } from "./admission.ts";
import { priorityOf, sendReady } from "./send.ts";

let database: FreshDatabase;
let service: Service;
let stage: Stage;
before(async () => {
  database = await freshDatabase();
});
after(() => database.drop());
beforeEach(async () => {
  service = await startService();
  // Nobody works: what is admitted stays where it is.
  stage = makeStage({ client: database, url: database.url, service: service.url, clock: movableClock() });
  await stage.queue.start();
});
afterEach(async () => {
  await service.close();
  await stage.queue.stop();
});

type Made = Awaited<ReturnType<typeof addBundle>>;
const runOf = ({ workspace, bundle, version }: Made, record: string): NewRun => ({
  workspace,
  bundle,
  version,
  origin: "live",
  record,
  event: {},
});
const one = () => addBundle(database.db, [act("aaa", "ping", {})]);

test("admissions of one record at the same moment make one chain", async () => {
  const made = await one();
  await Promise.all(Array.from({ length: 12 }, () => stage.admit([runOf(made, "x"), runOf(made, "x")])));
  const rows = await database.sql<{ seq: string; behind: string | null }[]>`
    select seq, behind from runs where bundle = ${made.bundle} order by seq`;
  assert.equal(rows.length, 24);
  assert.equal(rows.filter(({ behind }) => behind === null).length, 1);
  assert.equal(new Set(rows.map(({ behind }) => behind)).size, 24, "nobody has two behind it");
  const [jobs] = await database.sql`
    select count(*)::int as count from pgboss.job j join runs r on r.id = j.data->>'id' where r.bundle = ${made.bundle}`;
  assert.equal(jobs?.count, 1, "those behind aren't sent");
});

test("a transaction that fails admits nothing", async () => {
  const made = await one();
  await assert.rejects(
    database.db.transaction(async (tx) => {
      await stage.admission.admit(tx, [runOf(made, "x")]);
      throw new Error("rolled back");
    }),
  );
  const [row] = await database.sql`select count(*)::int as count from runs where bundle = ${made.bundle}`;
  assert.equal(row?.count, 0);
});

const aheadOf = async (id: string, busy: Made): Promise<number> => {
  const [row] = await database.sql`
    with newcomer as (select priority from pgboss.job where data->>'id' = ${id})
    select count(*)::int as count from pgboss.job j join runs r on r.id = j.data->>'id', newcomer
     where j.priority >= newcomer.priority and r.bundle = ${busy.bundle}`;
  return row?.count as number;
};

test("a newcomer's first run goes before another workspace's backlog, however long it is and whatever it is made of", async () => {
  const [busy, newcomer] = [await one(), await one()];
  for (let n = 0; n < 3_000; n += 500)
    await stage.admit(Array.from({ length: 500 }, (_, m) => runOf(busy, String(n + m))));
  const [first = ""] = await stage.admit([runOf(newcomer, "1")]);
  assert.ok((await aheadOf(first, busy)) <= 8, `${await aheadOf(first, busy)} of 3000 are ahead`);
  // A service is back: a thousand of them go on at once.
  await database.sql`delete from pgboss.job where data->>'id' in (select id from runs where bundle = ${busy.bundle})`;
  const again = await database.sql<{ id: string }[]>`select id from runs where bundle = ${busy.bundle} order by seq`;
  const ready = again.map(({ id }) => ({ id, workspace: busy.workspace, origin: "live" as const }));
  await database.db.transaction((tx) => sendReady(stage.queue, tx, ready));
  const [second = ""] = await stage.admit([runOf(newcomer, "2")]);
  assert.ok((await aheadOf(second, busy)) <= 28, `${await aheadOf(second, busy)} of 3000 are ahead`);
});

test("each run stands behind the one of its record right before it", () => {
  const runs = ["x", "y", "x", "x", "z"].map((record) => ({ bundle: "b", record }));
  const row = (seq: number, before: number | null, hanging: number | null = null) => ({ seq, id: "", before, hanging });
  const admitted = [row(10, 3), row(11, null), row(12, 3), row(13, 3), row(14, null, 4)];
  assert.deepEqual(chain(runs, admitted), {
    behind: [
      { seq: 10, behind: 3 },
      { seq: 12, behind: 10 },
      { seq: 13, behind: 12 },
    ],
    past: [{ seq: 14, past: 4 }],
  });
});

test("a migration comes after everything", () => {
  assert.ok(priorityOf("migration", 0) < priorityOf("live", 100_000));
  assert.ok(priorityOf("manual", 0) > priorityOf("live", 0));
});

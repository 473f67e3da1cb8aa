import assert from "node:assert/strict";
import { after, before, beforeEach, describe, it } from "node:test";
import { asc, eq, sql } from "drizzle-orm";
import { movableClock } from "../../test/support/clock.ts";
import { type FreshDatabase, freshDatabase } from "../../test/support/database.ts";
import {
  attempts,
  bundles,
  connections,
  deliveries,
  incidents,
  members,
  runs,
  seen,
  workspaces,
} from "../db/schema.ts";
import { makeLog } from "../log.ts";
import { NotFound } from "./errors.ts";
import { makeLook } from "./look.ts";
import { makeData } from "./people/data.ts";
import { makeQueue } from "./queue.ts";
import { sweep } from "./sweep.ts";

const DAY_MS = 86_400_000;
const clock = movableClock();
const log = makeLog("silent");
const daysAgo = (days: number) => new Date(clock.now().getTime() - days * DAY_MS);
let fresh: FreshDatabase;
let queue: ReturnType<typeof makeQueue>;

before(async () => {
  fresh = await freshDatabase();
  queue = makeQueue({ url: fresh.url, process: "sweeper", log });
  await queue.start();
});
after(async () => {
  await queue.stop();
  await fresh.drop();
});
beforeEach(async () => {
  await fresh.db.execute(sql`truncate workspaces, members, runs, incidents, bundles cascade`);
  await addWorkspace("w", 30);
});

async function addWorkspace(id: string, retentionDays: number): Promise<void> {
  const { db } = fresh;
  await db
    .insert(workspaces)
    .values({ id, name: `The ${id}`, country: "RU", timeZone: "Europe/Moscow", retentionDays });
  await db.insert(members).values({
    id: `m${id}`,
    workspace: id,
    telegramId: id.length + id.charCodeAt(0),
    name: id,
    locale: "ru",
    role: "owner",
  });
  await db.insert(bundles).values({ id: `b${id}`, workspace: id, number: 1, name: "B", state: "paused" });
}
/** Runs by name, each `days` old. */
async function addRuns(
  rows: readonly { id: string; state: string; days: number; workspace?: string; incident?: string; error?: object }[],
): Promise<void> {
  const isOpen = (state: string) => ["queued", "running", "waiting", "unknown"].includes(state);
  await fresh.db.insert(runs).values(
    rows.map(({ id, state, days, workspace = "w", incident = null, error = null }) => ({
      id,
      workspace,
      bundle: `b${workspace}`,
      version: 1,
      state,
      origin: "live",
      record: id,
      event: { id },
      incident,
      error,
      createdAt: daysAgo(days),
      endedAt: isOpen(state) ? null : daysAgo(days),
    })),
  );
}
const left = async (workspace = "w") =>
  (await fresh.db.select({ id: runs.id }).from(runs).where(eq(runs.workspace, workspace)).orderBy(asc(runs.seq))).map(
    ({ id }) => id,
  );

describe("retention", () => {
  it("ended runs go after the workspace's days; what waits, asks or goes on never does", async () => {
    await addWorkspace("long", 100);
    await addRuns([
      ...["queued", "running", "waiting", "unknown"].map((state) => ({ id: state, state, days: 400 })),
      { id: "old", state: "succeeded", days: 31 },
      { id: "left", state: "cancelled", days: 31 },
      { id: "fresh", state: "succeeded", days: 29 },
      { id: "kept", state: "succeeded", days: 31, workspace: "long" },
    ]);
    const [old] = await fresh.db.select({ seq: runs.seq }).from(runs).where(eq(runs.id, "old"));
    await fresh.db.insert(attempts).values({ run: old?.seq ?? 0, step: "s", attempt: 0, state: "succeeded" });
    await sweep({ db: fresh.db, clock });
    assert.deepEqual(await left(), ["queued", "running", "waiting", "unknown", "fresh"]);
    assert.deepEqual(await left("long"), ["kept"]);
    assert.equal((await fresh.db.select().from(attempts)).length, 0);
  });

  it("failed ones stay until their cause is solved or they are too old to matter", async () => {
    const cause = { workspace: "w", class: "data", example: {}, firstAt: daysAgo(95), lastAt: daysAgo(31) };
    await fresh.db.insert(incidents).values([
      { ...cause, id: "open", cause: "1" },
      { ...cause, id: "solved", cause: "2", solvedAt: daysAgo(30) },
      { ...cause, id: "long solved", cause: "3", solvedAt: daysAgo(31) },
      { ...cause, id: "nobody's", cause: "4", lastAt: daysAgo(91) },
    ]);
    await addRuns([
      { id: "ancient", state: "failed", days: 91, incident: "open" },
      { id: "waits for mending", state: "failed", days: 60, incident: "open" },
      { id: "repeated", state: "failed", days: 60, incident: "open", error: { repeated: "x" } },
      { id: "mended", state: "failed", days: 60, incident: "solved" },
      { id: "mended just now", state: "failed", days: 20, incident: "solved" },
    ]);
    await sweep({ db: fresh.db, clock });
    assert.deepEqual(await left(), ["waits for mending", "mended just now"]);
    const known = await fresh.db.select({ id: incidents.id }).from(incidents).orderBy(asc(incidents.id));
    assert.deepEqual(
      known.map(({ id }) => id),
      ["open", "solved"],
    );
  });

  it("goes through any number in small pieces, past those that stay", async () => {
    await addRuns(
      Array.from({ length: 1_700 }, (_, n) => ({
        id: `r${n}`,
        state: n % 3 === 0 ? "unknown" : "succeeded",
        days: n < 1_600 ? 40 : 1,
      })),
    );
    await sweep({ db: fresh.db, clock });
    const ids = await left();
    assert.equal(ids.filter((id) => Number(id.slice(1)) < 1_600).length, 534);
    assert.equal(ids.length, 634);
  });

  it("stops half-way when the process does, and goes on the next time", async () => {
    await addRuns([{ id: "old", state: "succeeded", days: 31 }]);
    await sweep({ db: fresh.db, clock, signal: AbortSignal.abort() });
    assert.deepEqual(await left(), ["old"]);
    await sweep({ db: fresh.db, clock });
    assert.deepEqual(await left(), []);
  });

  it("keys of changes are kept 90 days, of records as long as the bundle; held deliveries stay", async () => {
    await fresh.db.insert(seen).values(
      [
        ["c1", 91],
        ["c2", 89],
        ["r1", 900],
      ].map(([key, days]) => ({ bundle: "bw", key: String(key), seenAt: daysAgo(Number(days)) })),
    );
    await fresh.db
      .insert(deliveries)
      .values(["held", "failed", "open"].map((state) => ({ bundle: "bw", state, item: {}, receivedAt: daysAgo(31) })));
    await sweep({ db: fresh.db, clock });
    const keys = await fresh.db.select({ key: seen.key }).from(seen).orderBy(asc(seen.key));
    assert.deepEqual(
      keys.map(({ key }) => key),
      ["c2", "r1"],
    );
    const states = await fresh.db.select({ state: deliveries.state }).from(deliveries).orderBy(asc(deliveries.seq));
    assert.deepEqual(
      states.map(({ state }) => state),
      ["held", "open"],
    );
    // A deleted bundle goes when its history is over.
    await fresh.db.update(bundles).set({ deletedAt: daysAgo(31) });
    await addRuns([{ id: "last", state: "succeeded", days: 3 }]);
    await sweep({ db: fresh.db, clock });
    assert.equal((await fresh.db.select().from(bundles)).length, 1);
    clock.move(30 * DAY_MS);
    await sweep({ db: fresh.db, clock });
    assert.equal((await fresh.db.select().from(bundles)).length, 0);
  });
});

describe("everything that a workspace has", () => {
  const scope = { workspace: "w", member: "mw" };
  const secret = "sealed-secret";
  let refuses = false;
  const asked: string[] = [];
  const data = () =>
    makeData({
      db: fresh.db,
      clock,
      log,
      met: async () => [],
      triggers: {
        unsubscribe: async (bundle) => {
          asked.push(bundle);
          if (refuses) throw new Error("the service is away");
        },
        disarm: async () => {},
      },
    });
  async function fill(): Promise<void> {
    await addWorkspace("other", 30);
    await fresh.db
      .insert(connections)
      .values({ id: "c", workspace: "w", connector: "shop", name: "Shop", state: "alive", secret });
    for (const workspace of ["w", "other"])
      await addRuns(
        Array.from({ length: 120 }, (_, n) => ({
          id: `${workspace}${n}`,
          state: n < 5 ? "queued" : "succeeded",
          days: 1,
          workspace,
        })),
      );
    await fresh.db.insert(seen).values({ bundle: "bw", key: "r1" });
    await fresh.db.transaction((tx) => queue.send(tx, "run", [{ id: "w0" }, { id: "w1" }, { id: "other0" }]));
  }
  const jobs = async () =>
    (await fresh.db.execute<{ id: string }>(sql`select data->>'id' as id from pgboss.job where name = 'run'`)).map(
      ({ id }) => id,
    );

  it("is handed out as lines of JSON, whole and without secrets", async () => {
    await fill();
    const lines: { kind: string; id?: string }[] = [];
    for await (const line of data().exportAll(scope)) {
      assert.ok(line.endsWith("\n") && !line.includes(secret));
      lines.push(JSON.parse(line));
    }
    const kinds = Object.groupBy(lines, ({ kind }) => kind);
    assert.deepEqual(
      Object.entries(kinds).map(([kind, rows]) => [kind, rows?.length]),
      [
        ["workspace", 1],
        ["member", 1],
        ["connection", 1],
        ["bundle", 1],
        ["run", 120],
      ],
    );
    assert.ok(lines.every(({ id }) => !id?.startsWith("other")));
    await fresh.db.update(members).set({ role: "editor" });
    await assert.rejects(
      async () => {
        for await (const _ of data().exportAll(scope)) assert.fail();
      },
      { name: "UserError" },
    );
  });

  it("is told in short by bundle and local day", async () => {
    await fill();
    await addRuns([{ id: "bad", state: "failed", days: 2 }]);
    const told = await data().summary(scope, daysAgo(3), clock.now());
    assert.deepEqual([told.succeeded, told.failed, told.waiting], [115, 1, 0]);
    assert.deepEqual(
      told.bundles.map(({ bundle, succeeded, failed }) => [bundle.id, succeeded, failed]),
      [["bw", 115, 1]],
    );
    assert.deepEqual(
      told.days.map(({ succeeded, failed }) => [succeeded, failed]),
      [
        [0, 1],
        [115, 0],
      ],
    );
  });

  it("is deleted by its owner's word: nobody gets in, subscriptions are taken back, jobs and secrets go; a restart goes on", async () => {
    await fill();
    await assert.rejects(data().removeAll(scope, "no"), { name: "UserError" });
    await data().removeAll(scope, " the W ");
    assert.equal((await fresh.db.select().from(members).where(eq(members.workspace, "w"))).length, 0);
    await assert.rejects(data().removeAll(scope, "The w"), NotFound);
    refuses = true;
    await data().tick();
    assert.deepEqual(await left(), [], "history doesn't wait for a service");
    assert.deepEqual([...new Set(await jobs())], ["other0"]);
    assert.equal(
      (await fresh.db.select().from(connections)).length,
      1,
      "the key is needed to take the subscription back",
    );
    refuses = false;
    await data().tick();
    assert.deepEqual([...new Set(asked)], ["bw"]);
    for (const table of [connections, seen]) assert.equal((await fresh.db.select().from(table)).length, 0);
    assert.deepEqual(
      (await fresh.db.select().from(workspaces)).map(({ id }) => id),
      ["other"],
    );
    assert.equal((await left("other")).length, 120);
  });

  it("a service that never answers is not waited for longer than an hour", async () => {
    await fill();
    await data().removeAll(scope, "The w");
    refuses = true;
    await data().tick();
    clock.move(3_600_000);
    await data().tick();
    refuses = false;
    assert.deepEqual(
      (await fresh.db.select().from(workspaces)).map(({ id }) => id),
      ["other"],
    );
  });
});

describe("the look of every second", () => {
  it("calls whoever has something due, and the runs' own look every three seconds", async () => {
    const { db } = fresh;
    const called: string[] = [];
    const part = (name: string) => ({ tick: async () => void called.push(name) });
    const look = makeLook({
      db,
      clock,
      worker: part("runs"),
      poller: part("polls"),
      migrating: part("migrations"),
    });
    const calls = async () => {
      called.length = 0;
      await look();
      return called.toSorted();
    };
    assert.deepEqual(await calls(), ["migrations", "polls", "runs"], "at first all of them");
    await db.delete(deliveries);
    const restful = (await calls()).filter((name) => name !== "runs");
    assert.deepEqual(restful, []);
    await db
      .insert(deliveries)
      .values({ bundle: "bw", state: "open", item: {}, nextAt: daysAgo(1), receivedAt: daysAgo(1) });
    assert.ok((await calls()).includes("polls"));
    await addRuns([{ id: "due", state: "waiting", days: 1 }]);
    await db
      .update(runs)
      .set({ state: "waiting", nextAt: daysAgo(1), endedAt: null })
      .where(eq(runs.id, "due"));
    assert.ok((await calls()).includes("runs"));
  });
});

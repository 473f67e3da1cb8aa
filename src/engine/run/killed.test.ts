import assert from "node:assert/strict";
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { after, afterEach, before, beforeEach, test } from "node:test";
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
import type { Step } from "../bundle/model.ts";
import type { RunState } from "../engine.ts";

let database: FreshDatabase;
let service: Service;
let stage: Stage;
let children: ChildProcess[] = [];

before(async () => {
  database = await freshDatabase();
});
after(() => database.drop());
beforeEach(async () => {
  service = await startService();
  // Sends and looks; the work is done by children.
  stage = makeStage({ client: database, url: database.url, service: service.url, clock: { now: () => new Date() } });
  await stage.queue.start();
});
afterEach(async () => {
  for (const child of children) await kill(child);
  children = [];
  await service.close();
  await stage.queue.stop();
  await stage.worker.stop();
});

async function startWorker(where = ""): Promise<ChildProcess> {
  const file = join(import.meta.dirname, "../../../test/support/worker.ts");
  const child = fork(file, [database.url, service.url, where], { stdio: ["ignore", "inherit", "inherit", "ipc"] });
  children.push(child);
  await once(child, "message");
  return child;
}
async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill("SIGKILL");
  await once(child, "exit");
}

type At = { scope: { workspace: string; member: string }; id: string };
async function admit(steps: readonly Step[]): Promise<At> {
  const made = await addBundle(database.db, steps);
  const { workspace, bundle, version } = made;
  const run = { workspace, bundle, version, origin: "live" as const, record: "1", event: { id: "1" } };
  const [id = ""] = await stage.admit([run]);
  return { ...made, id };
}
const ends = (at: At, state: RunState = "succeeded") =>
  until(
    () => stage.runs.get(at.scope, at.id),
    (run) => run.state === state,
    40,
  );

test("killed between the note and the call: the action is looked up, found undone and made once", async () => {
  const at = await admit([act("aaa", "createTraced", { title: "x" })]);
  const child = await startWorker("before POST /deals").catch(() => null);
  if (child) await once(child, "exit").catch(() => {});
  assert.equal(service.deals.length, 0);
  await startWorker();
  await until(
    () => stage.runs.get(at.scope, at.id),
    (run) => run.state === "waiting",
  );
  // A minute passes: by then the call can't be under way any more.
  await database.sql`update attempts set started_at = started_at - interval '1 minute'`;
  await database.sql`update runs set next_at = now() where id = ${at.id}`;
  await ends(at);
  assert.equal(service.deals.length, 1);
});

test("killed while telling of the first success: the run ends and is told, or neither", async () => {
  const at = await admit([act("aaa", "create", { title: "x" })]);
  const child = await startWorker("before notify firstSuccess").catch(() => null);
  if (child) await once(child, "exit").catch(() => {});
  const first = async () =>
    (await database.sql`select first_success_at from bundles order by created_at desc limit 1`)[0];
  assert.equal((await first())?.first_success_at, null);
  assert.equal((await stage.runs.get(at.scope, at.id)).state, "running");
  await startWorker();
  await ends(at);
  assert.notEqual((await first())?.first_success_at, null);
  assert.equal(service.deals.length, 1);
});

test("killed between the call and its answer: what can be looked up goes on, what can't asks", async () => {
  const traced = await admit([act("aaa", "createTraced", { title: "traced" }), act("bbb", "ping", { text: "after" })]);
  const untraced = await admit([act("aaa", "create", { title: "untraced" })]);
  let seen = 0;
  service.fault = (_req, _res, work) => {
    work();
    seen++;
    return new Promise(() => {});
  };
  const child = await startWorker();
  await until(
    () => seen,
    (count) => count === 2,
  );
  service.fault = null;
  await kill(child);
  await startWorker();
  await ends(traced);
  await ends(untraced, "unknown");
  assert.deepEqual(service.deals.map(({ title }) => title).sort(), ["traced", "untraced"]);
});

test("a run that its process died of again and again asks about the call that is open, before anybody repeats it", async () => {
  const at = await admit([act("aaa", "create", { title: "once" })]);
  let isCalled = false;
  service.fault = (_req, _res, work) => {
    work();
    isCalled = true;
    return new Promise(() => {});
  };
  const child = await startWorker();
  await until(
    () => isCalled,
    (yes) => yes,
  );
  service.fault = null;
  await kill(child);
  await database.sql`update runs set crashes = 2 where id = ${at.id}`;
  await startWorker();
  await ends(at, "unknown");
  assert.equal(service.deals.length, 1);
});

test("killed in the middle of a loop: it goes on where it was, and every element is made once", async () => {
  const at = await admit([
    { id: "loo", kind: "loop", list: "a,b,c" },
    act("aaa", "createTraced", { title: "{{ loo.item }}" }),
    act("bbb", "ping", { text: "{{ aaa.title }}" }),
    { id: "elo", kind: "endLoop" },
  ]);
  const child = await startWorker("before GET /ping").catch(() => null);
  if (child) await once(child, "exit").catch(() => {});
  assert.equal(service.deals.length, 1);
  await startWorker();
  const run = await ends(at);
  assert.deepEqual(
    service.deals.map(({ title }) => title),
    ["a", "b", "c"],
  );
  assert.deepEqual(
    run.steps.filter(({ step }) => step === "bbb").map(({ input }) => input),
    [{ text: "a" }, { text: "b" }, { text: "c" }],
  );
});

test("killed after a step was stored: it isn't done again", async () => {
  const at = await admit([act("aaa", "create", { title: "once" }), act("bbb", "ping", { text: "x" })]);
  let pinged = false;
  service.fault = (req, _res, work) => {
    work();
    if (req.method !== "GET") return;
    pinged = true;
    return new Promise(() => {});
  };
  const child = await startWorker();
  await until(
    () => pinged,
    (yes) => yes,
  );
  service.fault = null;
  await kill(child);
  await startWorker();
  const run = await ends(at);
  assert.equal(service.deals.length, 1);
  assert.deepEqual(
    run.steps.map((step) => [step.step, step.attempt, step.state]),
    [
      ["aaa", 1, "succeeded"],
      ["bbb", 1, "succeeded"],
    ],
  );
});

test("a thousand events, two workers, one of them killed: every run ends, none is done twice", async () => {
  const duplicates = { mode: "keep" as const, match: "all" as const, keys: ["code"], rules: {} };
  const made = await addBundle(database.db, [
    act("aaa", "create", { title: "{{ trigger.n }}", code: "c{{ trigger.n }}" }, { duplicates }),
    act("bbb", "ping", { text: "{{ aaa.id }}" }),
  ]);
  const { workspace, bundle, version } = made;
  const events = Array.from({ length: 1_000 }, (_, n) => ({ n: String(n) }));
  const first = await startWorker();
  await startWorker();
  for (let from = 0; from < events.length; from += 100) {
    await stage.admit(
      events.slice(from, from + 100).map((event, place) => ({
        workspace,
        bundle,
        version,
        origin: "live",
        record: `record ${(from + place) % 300}`,
        event,
      })),
    );
  }
  await until(
    () => service.deals.length,
    (count) => count > 200,
  );
  await kill(first);
  const counts = await until(
    () =>
      database.sql<{ state: string; count: number }[]>`
        select state, count(*)::int as count from runs where bundle = ${bundle} group by state`,
    (rows) => rows.every(({ state }) => state === "succeeded"),
    120,
  );
  assert.deepEqual(
    counts.map((row) => ({ ...row })),
    [{ state: "succeeded", count: 1_000 }],
  );
  const titles = service.deals.map(({ title }) => title);
  assert.equal(new Set(titles).size, 1_000);
  assert.equal(titles.length, 1_000);
});

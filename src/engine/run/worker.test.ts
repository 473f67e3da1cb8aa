import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, test } from "node:test";
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
import type { Step } from "../bundle/model.ts";
import type { RunState, RunView } from "../engine.ts";
import type { NewRun } from "../parts.ts";

let database: FreshDatabase;
let service: Service;
let stage: Stage;
let clock = movableClock();

before(async () => {
  database = await freshDatabase();
});
after(() => database.drop());
beforeEach(async () => {
  clock = movableClock();
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

const DONE: readonly RunState[] = ["succeeded", "failed", "unknown", "cancelled"];

async function start(steps: readonly Step[], event: NewRun["event"] = { id: "7", phone: "8 (999) 000-00-01" }) {
  const made = await addBundle(database.db, steps);
  const [id = ""] = await stage.admit([newRun(made, event)]);
  return { ...made, id };
}
function newRun(
  made: { workspace: string; bundle: string; version: number },
  event: NewRun["event"],
  record = "7",
): NewRun {
  const { workspace, bundle, version } = made;
  return { workspace, bundle, version, origin: "live", record, event };
}
const says =
  (status: number): NonNullable<Service["fault"]> =>
  (_req, res) => {
    res.statusCode = status;
  };
const state = (at: { scope: { workspace: string; member: string }; id: string }): Promise<RunView> =>
  stage.runs.get(at.scope, at.id);
const ended = (at: Parameters<typeof state>[0]) =>
  until(
    () => state(at),
    (run) => DONE.includes(run.state),
  );
const waiting = (at: Parameters<typeof state>[0]) =>
  until(
    () => state(at),
    (run) => run.state === "waiting",
  );

test("a run goes through its steps, and later ones see what earlier ones gave", async () => {
  const at = await start([
    act("aaa", "create", { title: "Call from {{ trigger.phone | phone }}" }),
    act("bbb", "ping", { text: "Deal {{ aaa.id }}" }),
  ]);
  const run = await ended(at);
  assert.equal(run.state, "succeeded");
  assert.deepEqual(run.ended, { kind: "end" });
  assert.equal(run.about, "8 (999) 000-00-01");
  assert.deepEqual(
    run.steps.map((step) => [step.step, step.number, step.state, step.attempt]),
    [
      ["aaa", 2, "succeeded", 1],
      ["bbb", 3, "succeeded", 1],
    ],
  );
  assert.equal(service.deals[0]?.title, "Call from +79990000001");
  assert.deepEqual(run.steps[1]?.input, { text: "Deal 1" });
  const alerts = () =>
    stage.alerts.filter(({ workspace }) => workspace === at.workspace).map(({ alert }) => alert.kind);
  await until(alerts, (kinds) => kinds.length > 0);
  assert.deepEqual(alerts(), ["firstSuccess"]);
});

test("router, break and stop-if decide where a run goes, and the run says where it ended", async () => {
  const isBig = [[{ left: "{{ trigger.amount }}", operator: "gt" as const, right: 100 }]];
  const steps: Step[] = [
    { id: "rou", kind: "router", when: isBig, onTrue: "big", onFalse: "next" },
    act("sma", "create", { title: "small" }),
    { id: "end", kind: "break" },
    act("big", "create", { title: "big" }),
    { id: "sto", kind: "stopIf", when: isBig },
    act("nev", "create", { title: "never" }),
  ];
  const small = await ended(await start(steps, { id: "1", amount: 5 }));
  assert.deepEqual(small.ended, { kind: "break", number: 4 });
  const big = await ended(await start(steps, { id: "2", amount: 500 }));
  assert.deepEqual(big.ended, { kind: "stopIf", number: 6 });
  assert.deepEqual(
    service.deals.map(({ title }) => title),
    ["small", "big"],
  );
  assert.deepEqual(
    big.steps.map(({ step }) => step),
    ["rou", "big", "sto"],
  );
});

test("temporary failures are tried again when their time comes, and Retry-After is obeyed", async () => {
  service.fault = (_req, res) => {
    res.statusCode = 429;
    res.setHeader("retry-after", "600");
  };
  const at = await start([act("aaa", "create", { title: "x" })]);
  const first = await waiting(at);
  assert.equal(first.nextAt?.getTime(), clock.now().getTime() + 600_000);
  clock.move(599_000);
  await stage.worker.tick();
  assert.equal((await state(at)).state, "waiting");
  service.fault = null;
  clock.move(2_000);
  await stage.worker.tick();
  const run = await ended(at);
  assert.equal(run.state, "succeeded");
  assert.deepEqual(
    run.steps.map((step) => [step.attempt, step.state]),
    [
      [1, "failed"],
      [2, "succeeded"],
    ],
  );
  assert.equal(service.deals.length, 1);
  assert.equal(run.incident, null, "a failure that helped itself is nobody's business");
});

test("a temporary failure that lasts over 15 minutes is told once, and solved by the success", async () => {
  service.fault = says(503);
  const at = await start([act("aaa", "ping", { text: "x" })]);
  for (const minutes of [1, 5]) {
    await waiting(at);
    clock.move(minutes * 60_000);
    await stage.worker.tick();
    await until(
      () => service.calls.length,
      (calls) => calls === (minutes === 1 ? 2 : 3),
    );
  }
  await waiting(at);
  assert.equal(stage.alerts.length, 0);
  clock.move(10 * 60_000);
  // The look at lasting failures comes every two seconds of real time.
  await until(
    () => stage.worker.tick().then(() => stage.alerts.length),
    (count) => count > 0,
  );
  assert.deepEqual(
    stage.alerts.map(({ alert }) => alert.kind),
    ["incident"],
  );
  service.fault = null;
  clock.move(10 * 60_000);
  await stage.worker.tick();
  const run = await ended(at);
  assert.equal(run.state, "succeeded");
  const incident = await until(
    () => stage.incidents.get(at.scope, run.incident ?? ""),
    (one) => one.solvedAt !== null,
  );
  assert.equal(incident.step?.number, 2);
});

test("retries end after six, with an incident", async () => {
  service.fault = says(503);
  const at = await start([act("aaa", "ping", { text: "x" })]);
  for (const minutes of [1, 5, 15, 60, 180, 360]) {
    await waiting(at);
    clock.move(minutes * 60_000);
    const calls = service.calls.length;
    await stage.worker.tick();
    await until(
      () => service.calls.length,
      (now) => now > calls,
    );
  }
  const run = await ended(at);
  assert.equal(run.state, "failed");
  assert.equal(run.failure?.class, "temporary");
  assert.equal(run.failure?.step, "aaa");
  assert.equal(service.calls.length, 7);
  assert.ok(run.incident);
});

test("a data error fails at once, says which step, and can be repeated from there", async () => {
  service.fault = says(422);
  const at = await start([act("aaa", "ping", {}), act("bbb", "create", { title: "x" })].toSpliced(0, 1));
  const failed = await ended(at);
  assert.equal(failed.state, "failed");
  assert.equal(failed.failure?.class, "data");
  assert.match(failed.failure?.own ?? "", /said 422/);
  service.fault = null;
  assert.deepEqual(await stage.runs.retry(at.scope, at.id), { run: at.id, already: false });
  const run = await ended(at);
  assert.equal(run.state, "succeeded");
  assert.deepEqual(await stage.runs.retry(at.scope, at.id, "failed").then(({ run: id }) => id !== at.id), true);
});

test("pressing retry twice repeats once", async () => {
  service.fault = says(422);
  const at = await start([act("aaa", "create", { title: "x" })]);
  await ended(at);
  service.fault = null;
  const answers = await Promise.all([stage.runs.retry(at.scope, at.id), stage.runs.retry(at.scope, at.id)]);
  assert.deepEqual(answers.map(({ already }) => already).sort(), [false, true]);
  await ended(at);
  assert.equal(service.deals.length, 1);
});

test("a missing required value fails before the call", async () => {
  const at = await start([act("aaa", "create", { title: "{{ trigger.nothing }}" })]);
  const run = await ended(at);
  assert.equal(run.failure?.class, "data");
  assert.equal(run.failure?.field, "title");
  assert.deepEqual(service.calls, []);
});

test("on error a step may be passed over or left by a jump", async () => {
  service.fault = (req, res, work) => {
    if (req.method === "GET") res.statusCode = 404;
    else work();
  };
  const at = await start([
    act("aaa", "ping", { text: "x" }, { onError: { kind: "goto", step: "ccc" } }),
    act("bbb", "create", { title: "not this" }),
    act("ccc", "ping", { text: "x" }, { onError: { kind: "continue" } }),
    act("ddd", "create", { title: "this" }),
  ]);
  const run = await ended(at);
  assert.equal(run.state, "succeeded");
  assert.deepEqual(
    service.deals.map(({ title }) => title),
    ["this"],
  );
});

test("a lost answer of a create is never repeated silently: a person decides", async () => {
  service.fault = (_req, res, work) => {
    work();
    res.destroy();
  };
  const at = await start([act("aaa", "create", { title: "x" }), act("bbb", "ping", { text: "after" })]);
  const asks = await ended(at);
  assert.equal(asks.state, "unknown");
  assert.ok(stage.alerts.some(({ alert }) => alert.kind === "unknown" && alert.run === at.id));
  assert.equal(service.deals.length, 1);
  service.fault = null;
  await assert.rejects(stage.runs.retry(at.scope, at.id), { name: "UserError" });
  await stage.runs.resolve(at.scope, at.id, "happened");
  await stage.runs.resolve(at.scope, at.id, "repeat");
  const run = await ended(at);
  assert.equal(run.state, "succeeded");
  assert.equal(service.deals.length, 1);
  assert.equal(service.calls.at(-1), "GET /ping");
});

test("told that it did not happen, the call is made again", async () => {
  service.fault = (_req, res) => void res.destroy();
  const at = await start([act("aaa", "create", { title: "x" })]);
  await ended(at);
  service.fault = null;
  await stage.runs.resolve(at.scope, at.id, "repeat");
  assert.equal(
    (
      await until(
        () => state(at),
        (run) => run.state === "succeeded",
      )
    ).steps.length,
    2,
  );
  assert.equal(service.deals.length, 1);
});

test("an action that can look itself up goes on by itself after a lost answer", async () => {
  let lost = 0;
  service.fault = (req, res, work) => {
    if (req.method === "GET") return work();
    // The first time the answer is lost after the work, the second time before it.
    if (lost++ === 0) work();
    if (lost <= 2) res.destroy();
    else work();
  };
  const done = await ended(await start([act("aaa", "createTraced", { title: "done" })]));
  assert.equal(done.state, "succeeded");
  const absent = await ended(await start([act("aaa", "createTraced", { title: "absent" })]));
  assert.equal(absent.state, "succeeded");
  assert.deepEqual(
    service.deals.map(({ title }) => title),
    ["done", "absent"],
  );
  assert.deepEqual(
    absent.steps.map((step) => step.state),
    ["skipped", "succeeded"],
  );
});

test("ticked fields find out about a lost answer; what isn't there is looked for twice", async () => {
  const duplicates = { mode: "keep" as const, match: "all" as const, keys: ["code"], rules: {} };
  service.fault = (req, res, work) => (req.method === "GET" ? work() : void res.destroy());
  const at = await start([act("aaa", "create", { title: "x", code: "{{ trigger.id }}" }, { duplicates })]);
  const first = await waiting(at);
  assert.equal(first.failure?.class, "unknown");
  service.fault = null;
  clock.move(10_000);
  await stage.worker.tick();
  assert.equal((await ended(at)).state, "succeeded");
  assert.equal(service.deals.length, 1);
});

test("runs of one record go one after the other in their order, others side by side", async () => {
  const made = await addBundle(database.db, [act("aaa", "create", { title: "{{ trigger.n }}" })]);
  const events = Array.from({ length: 60 }, (_, n) => newRun(made, { n: String(n) }, `record ${n % 4}`));
  const ids = [...(await stage.admit(events.slice(0, 30))), ...(await stage.admit(events.slice(30)))];
  await until(
    () => stage.runs.list(made.scope, { state: "succeeded", page: 7 }),
    ({ runs }) => runs.length === 4,
  );
  for (let record = 0; record < 4; record++) {
    const order = service.deals.map(({ title }) => Number(title)).filter((n) => n % 4 === record);
    assert.deepEqual(
      order,
      [...order].sort((a, b) => a - b),
    );
  }
  assert.equal(new Set(service.deals.map(({ title }) => title)).size, ids.length);
});

test("a run behind one that hangs runs past it and says so; behind a short wait it waits", async () => {
  const made = await addBundle(database.db, [act("aaa", "create", { title: "{{ trigger.n }}" })]);
  service.fault = (_req, res) => {
    res.statusCode = 429;
    res.setHeader("retry-after", "300");
  };
  const [a = "", b = ""] = await stage.admit([newRun(made, { n: "a" }), newRun(made, { n: "b" })]);
  await waiting({ ...made, id: a });
  assert.equal((await state({ ...made, id: b })).behind, a);
  // The service asks for more than 15 minutes: the next one needn't wait for that.
  service.fault = (_req, res) => {
    res.statusCode = 429;
    res.setHeader("retry-after", "3600");
  };
  clock.move(301_000);
  await stage.worker.tick();
  await until(
    () => state({ ...made, id: b }),
    (run) => run.behind === null,
  );
  assert.equal((await state({ ...made, id: b })).past, a);
  const [c = ""] = await stage.admit([newRun(made, { n: "c" })]);
  assert.equal((await state({ ...made, id: c })).past, b);
});

test("two runs that would create the same record at once create one", async () => {
  const duplicates = { mode: "keep" as const, match: "any" as const, keys: ["phone", "email"], rules: {} };
  const step = act("aaa", "create", { title: "x", phone: "{{ trigger.phone }}" }, { duplicates });
  const made = await addBundle(database.db, [step]);
  const forms = ["+7 999 123-45-67", "89991234567", "8 (999) 123 45 67"];
  const ids = await stage.admit(forms.map((phone, n) => newRun(made, { phone }, `record ${n}`)));
  for (const id of ids) assert.equal((await ended({ ...made, id })).state, "succeeded");
  assert.equal(service.deals.length, 1);
});

test("a cancelled run stops, and the next of its record goes on", async () => {
  let answer = () => {};
  service.fault = (_req, _res, work) =>
    new Promise((resolve) => {
      answer = () => {
        work();
        resolve();
      };
    });
  const made = await addBundle(database.db, [
    act("aaa", "create", { title: "x" }),
    act("bbb", "create", { title: "y" }),
  ]);
  const [a = "", b = ""] = await stage.admit([newRun(made, {}), newRun(made, {})]);
  await until(
    () => service.calls.length,
    (calls) => calls === 1,
  );
  service.fault = null;
  await stage.runs.cancel(made.scope, a);
  answer();
  assert.equal((await ended({ ...made, id: b })).state, "succeeded");
  const cancelled = await until(
    () => state({ ...made, id: a }),
    ({ steps }) => steps[0]?.state === "succeeded",
  );
  assert.equal(cancelled.state, "cancelled");
  assert.equal(service.deals.length, 3);
  // Repeated, it doesn't do again what had been done when it was cancelled.
  await stage.runs.retry(made.scope, a);
  assert.equal(
    (
      await until(
        () => state({ ...made, id: a }),
        (run) => run.state === "succeeded",
      )
    ).steps.length,
    2,
  );
  assert.equal(service.deals.length, 4);
});

test("another workspace's run doesn't exist", async () => {
  const at = await start([act("aaa", "ping", { text: "x" })]);
  const other = await addBundle(database.db, []);
  await assert.rejects(stage.runs.get(other.scope, at.id), { name: "UserError" });
  await assert.rejects(stage.runs.cancel(other.scope, at.id), { name: "UserError" });
  await ended(at);
});

test("19-digit ids, NUL and halves of surrogates survive", async () => {
  const at = await start([act("aaa", "ping", { text: "{{ trigger.big }}" })], {
    id: "1",
    big: "9007199254740993123",
    odd: "a\u0000b\ud800c",
  });
  const run = await ended(at);
  assert.equal(run.state, "succeeded");
  assert.deepEqual(run.steps[0]?.input, { text: "9007199254740993123" });
  assert.equal(run.event.odd, "ab\ufffdc");
});

test("an answer larger than 1 MiB is a data error", async () => {
  service.fault = (_req, res) => void res.end(JSON.stringify({ text: "я".repeat(600_000) }));
  const run = await ended(await start([act("aaa", "ping", { text: "x" })]));
  assert.equal(run.failure?.class, "data");
});

test("an event larger than 1 MiB is a failed run that says so, and takes no other with it", async () => {
  const made = await addBundle(database.db, [act("aaa", "ping", { text: "x" })]);
  const large = { text: "я".repeat(600_000) };
  const [a = "", b = ""] = await stage.admit([newRun(made, large, "large"), newRun(made, { id: "2" }, "small")]);
  const failed = await ended({ ...made, id: a });
  assert.deepEqual([failed.state, failed.failure?.class], ["failed", "data"]);
  assert.ok(failed.incident);
  assert.equal((await ended({ ...made, id: b })).state, "succeeded");
});

test("home's counts are those of the workspace's day", async () => {
  const at = await start([act("aaa", "ping", { text: "x" })]);
  await ended(at);
  const status = await stage.runs.status(at.scope);
  assert.deepEqual(status.today, { succeeded: 1, failed: 0, waiting: 0 });
  assert.equal(status.active, 1);
});

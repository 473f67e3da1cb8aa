import assert from "node:assert/strict";
import { test } from "node:test";
import { running, says } from "../../../test/support/running.ts";
import { act, until } from "../../../test/support/stage.ts";
import type { Step } from "../bundle/model.ts";

const engine = running();

test("temporary failures are tried again when their time comes, and Retry-After is obeyed", async () => {
  engine.service.fault = (_req, res) => {
    res.statusCode = 429;
    res.setHeader("retry-after", "600");
  };
  const at = await engine.start([act("aaa", "create", { title: "x" })]);
  const first = await engine.waiting(at);
  assert.equal(first.nextAt?.getTime(), engine.clock.now().getTime() + 600_000);
  engine.clock.move(599_000);
  await engine.stage.worker.tick();
  assert.equal((await engine.state(at)).state, "waiting");
  engine.service.fault = null;
  engine.clock.move(2_000);
  await engine.stage.worker.tick();
  const run = await engine.ended(at);
  assert.equal(run.state, "succeeded");
  assert.deepEqual(
    run.steps.map((step) => [step.attempt, step.state]),
    [
      [1, "failed"],
      [2, "succeeded"],
    ],
  );
  assert.equal(engine.service.deals.length, 1);
  assert.equal(run.incident, null, "a failure that helped itself is nobody's business");
});

test("a temporary failure that lasts over 15 minutes is told once, and solved by the success", async () => {
  engine.service.fault = says(503);
  const at = await engine.start([act("aaa", "ping", { text: "x" })]);
  for (const minutes of [1, 5]) {
    await engine.waiting(at);
    engine.clock.move(minutes * 60_000);
    await engine.stage.worker.tick();
    await until(
      () => engine.service.calls.length,
      (calls) => calls === (minutes === 1 ? 2 : 3),
    );
  }
  await engine.waiting(at);
  assert.equal(engine.stage.alerts.length, 0);
  engine.clock.move(10 * 60_000);
  // The look at lasting failures comes every two seconds of real time.
  await until(
    () => engine.stage.worker.tick().then(() => engine.stage.alerts.length),
    (count) => count > 0,
  );
  assert.deepEqual(
    engine.stage.alerts.map(({ alert }) => alert.kind),
    ["incident"],
  );
  engine.service.fault = null;
  engine.clock.move(10 * 60_000);
  await engine.stage.worker.tick();
  const run = await engine.ended(at);
  assert.equal(run.state, "succeeded");
  const incident = await until(
    () => engine.stage.incidents.get(at.scope, run.incident ?? ""),
    (one) => one.solvedAt !== null,
  );
  assert.equal(incident.step?.number, 2);
});

test("retries end after six, with an incident", async () => {
  engine.service.fault = says(503);
  const at = await engine.start([act("aaa", "ping", { text: "x" })]);
  for (const minutes of [1, 5, 15, 60, 180, 360]) {
    await engine.waiting(at);
    engine.clock.move(minutes * 60_000);
    const calls = engine.service.calls.length;
    await engine.stage.worker.tick();
    await until(
      () => engine.service.calls.length,
      (now) => now > calls,
    );
  }
  const run = await engine.ended(at);
  assert.equal(run.state, "failed");
  assert.equal(run.failure?.class, "temporary");
  assert.equal(run.failure?.step, "aaa");
  assert.equal(engine.service.calls.length, 7);
  assert.ok(run.incident);
});

test("a data error fails at once, says which step, and can be repeated from there", async () => {
  engine.service.fault = says(422);
  const at = await engine.start([act("aaa", "ping", {}), act("bbb", "create", { title: "x" })].toSpliced(0, 1));
  const failed = await engine.ended(at);
  assert.equal(failed.state, "failed");
  assert.equal(failed.failure?.class, "data");
  assert.match(failed.failure?.own ?? "", /said 422/);
  engine.service.fault = null;
  assert.deepEqual(await engine.stage.runs.retry(at.scope, at.id), { run: at.id, already: false });
  const run = await engine.ended(at);
  assert.equal(run.state, "succeeded");
  assert.deepEqual(await engine.stage.runs.retry(at.scope, at.id, "failed").then(({ run: id }) => id !== at.id), true);
});

test("an answer over 1 MiB to a call that was made: it has succeeded, its ids are kept, and nothing repeats it", async () => {
  engine.service.fault = (req, res, work) => {
    work();
    if (req.method === "POST") res.end(JSON.stringify({ log: "a".repeat(1_100_000), title: "x", id: "77" }));
  };
  const at = await engine.start([act("aaa", "create", { title: "x" }), act("bbb", "ping", { text: "{{ aaa.id }}" })]);
  const run = await engine.ended(at);
  assert.equal(run.state, "succeeded");
  assert.deepEqual([run.steps[0]?.output, run.steps[1]?.input], [{ id: "77", title: "x" }, { text: "77" }]);
  assert.match(run.steps[0]?.notes[0]?.en ?? "", /1 MiB.*without log/);
  assert.equal(engine.service.deals.length, 1);
});

test("pressing retry twice repeats once", async () => {
  engine.service.fault = says(422);
  const at = await engine.start([act("aaa", "create", { title: "x" })]);
  await engine.ended(at);
  engine.service.fault = null;
  const answers = await Promise.all([
    engine.stage.runs.retry(at.scope, at.id),
    engine.stage.runs.retry(at.scope, at.id),
  ]);
  assert.deepEqual(answers.map(({ already }) => already).sort(), [false, true]);
  await engine.ended(at);
  assert.equal(engine.service.deals.length, 1);
});

test("a lost answer of a create is never repeated silently: a person decides", async () => {
  engine.service.fault = (_req, res, work) => {
    work();
    res.destroy();
  };
  const at = await engine.start([act("aaa", "create", { title: "x" }), act("bbb", "ping", { text: "after" })]);
  const asks = await engine.ended(at);
  assert.equal(asks.state, "unknown");
  assert.ok(engine.stage.alerts.some(({ alert }) => alert.kind === "unknown" && alert.run === at.id));
  assert.equal(engine.service.deals.length, 1);
  engine.service.fault = null;
  await assert.rejects(engine.stage.runs.retry(at.scope, at.id), { name: "UserError" });
  await engine.stage.runs.resolve(at.scope, at.id, "happened");
  await engine.stage.runs.resolve(at.scope, at.id, "repeat");
  const run = await engine.ended(at);
  assert.equal(run.state, "succeeded");
  assert.equal(engine.service.deals.length, 1);
  assert.equal(engine.service.calls.at(-1), "GET /ping");
});

test("told that it did not happen, the call is made again", async () => {
  engine.service.fault = (_req, res) => void res.destroy();
  const at = await engine.start([act("aaa", "create", { title: "x" })]);
  await engine.ended(at);
  engine.service.fault = null;
  await engine.stage.runs.resolve(at.scope, at.id, "repeat");
  assert.equal(
    (
      await until(
        () => engine.state(at),
        (run) => run.state === "succeeded",
      )
    ).steps.length,
    2,
  );
  assert.equal(engine.service.deals.length, 1);
});

test("an action that can look itself up goes on by itself after a lost answer", async () => {
  let lost = 0;
  engine.service.fault = (req, res, work) => {
    if (req.method === "GET") return work();
    // The first time the answer is lost after the work, the second time before it.
    if (lost++ === 0) work();
    if (lost <= 2) res.destroy();
    else work();
  };
  const done = await engine.ended(await engine.start([act("aaa", "createTraced", { title: "done" })]));
  assert.equal(done.state, "succeeded");
  const at = await engine.start([act("aaa", "createTraced", { title: "absent" })]);
  const unseen = await engine.waiting(at);
  assert.equal(unseen.failure?.class, "unknown");
  engine.clock.move(40_000);
  await engine.stage.worker.tick();
  const absent = await engine.ended(at);
  assert.equal(absent.state, "succeeded");
  assert.deepEqual(
    engine.service.deals.map(({ title }) => title),
    ["done", "absent"],
  );
  assert.deepEqual(
    absent.steps.map((step) => step.state),
    ["skipped", "succeeded"],
  );
});

test("a service that finishes after the answer was lost: absent isn't believed at once, and nothing is made twice", async () => {
  let finish = () => {};
  engine.service.fault = (req, res, work) => {
    if (req.method === "GET") return work();
    finish = work;
    res.destroy();
  };
  const at = await engine.start([act("aaa", "createTraced", { title: "late" })]);
  await engine.waiting(at);
  engine.clock.move(10_000);
  await engine.stage.worker.tick();
  const again = await until(
    () => engine.state(at),
    ({ state, nextAt }) => state === "waiting" && nextAt?.getTime() === engine.clock.now().getTime() + 30_000,
  );
  assert.equal(again.steps.length, 1, "two looks, but too early to call it undone");
  finish();
  engine.clock.move(30_000);
  await engine.stage.worker.tick();
  const run = await engine.ended(at);
  assert.deepEqual([run.state, run.steps.length, engine.service.deals.length], ["succeeded", 1, 1]);
});

test("ticked fields find out about a lost answer; what isn't there is looked for twice", async () => {
  const duplicates = { mode: "keep" as const, match: "all" as const, keys: ["code"], rules: {} };
  engine.service.fault = (req, res, work) => (req.method === "GET" ? work() : void res.destroy());
  const at = await engine.start([act("aaa", "create", { title: "x", code: "{{ trigger.id }}" }, { duplicates })]);
  const first = await engine.waiting(at);
  assert.equal(first.failure?.class, "unknown");
  engine.service.fault = null;
  engine.clock.move(40_000);
  await engine.stage.worker.tick();
  assert.equal((await engine.ended(at)).state, "succeeded");
  assert.equal(engine.service.deals.length, 1);
});

test("a service that answers again: what waits for it goes on soon, in turn, and what 429 asked for isn't cut short", async () => {
  const steps = [act("aaa", "find", { code: "x" }, { connection: "crm-account" })];
  engine.service.fault = says(503);
  const at = await engine.start(steps);
  await engine.waiting(at);
  for (const minutes of [2, 6, 16]) {
    engine.clock.move(minutes * 60_000);
    await engine.stage.worker.tick();
    await until(
      () => engine.state(at),
      ({ steps: tries, state }) => state === "waiting" && tries.length > [2, 6, 16].indexOf(minutes) + 1,
    );
  }
  const before = await engine.state(at);
  assert.equal(before.nextAt?.getTime(), engine.clock.now().getTime() + 60 * 60_000);
  const [ailing, ...others] = (await engine.stage.runs.status(at.scope)).ailing;
  assert.deepEqual([ailing?.connector, ailing?.waiting, others.length], ["crm", 1, 0]);
  const { revival } = engine.stage;
  revival.answered("crm-account");
  await revival.settle();
  assert.deepEqual((await engine.state(at)).nextAt, before.nextAt, "the answer isn't newer than the failure");
  engine.clock.move(1_000);
  revival.answered("another account");
  await revival.settle();
  assert.deepEqual((await engine.state(at)).nextAt, before.nextAt);
  engine.service.fault = null;
  revival.answered("crm-account");
  await revival.settle();
  engine.clock.move(1_000);
  await engine.stage.worker.tick();
  assert.equal((await engine.ended(at)).state, "succeeded");
});

test("what a service asked to wait for with a 503 isn't cut short when it answers others, before that time is over", async () => {
  engine.service.fault = (_req, res) => {
    res.statusCode = 503;
    res.setHeader("retry-after", "600");
  };
  const at = await engine.start([act("aaa", "find", { code: "x" }, { connection: "crm-account" })]);
  const { nextAt } = await engine.waiting(at);
  engine.clock.move(300_000);
  engine.stage.revival.answered("crm-account");
  await engine.stage.revival.settle();
  assert.deepEqual((await engine.state(at)).nextAt, nextAt);
});

test("a person doesn't wait: one run, or all of a connection, try now and lose none of their tries", async () => {
  const steps = [act("aaa", "find", { code: "x" }, { connection: "crm-account" })];
  engine.service.fault = says(503);
  const at = await engine.start(steps);
  await engine.waiting(at);
  for (const times of [2, 3]) {
    assert.equal((await engine.stage.runs.retry(at.scope, at.id)).already, false);
    const run = await until(
      () => engine.state(at),
      ({ steps: tries, state }) => state === "waiting" && tries.length === times,
    );
    assert.equal(run.nextAt?.getTime(), engine.clock.now().getTime() + 60_000, "the series begins anew");
  }
  assert.equal(await engine.stage.runs.retryNow(at.scope, { connection: "another account" }), 0);
  engine.service.fault = null;
  assert.equal(await engine.stage.runs.retryNow(at.scope, { connection: "crm-account" }), 1);
  assert.equal((await engine.ended(at)).state, "succeeded");
});

test("an unsafe call that was sent and got 5xx is unknown, a rate limit says that nothing was done; in a loop the person's word goes on", async () => {
  let calls = 0;
  engine.service.fault = (_req, res, work) => {
    calls++;
    if (calls === 2) {
      work();
      res.statusCode = 502;
    } else work();
  };
  const steps: Step[] = [
    { id: "loo", kind: "loop", list: "{{ trigger.items }}" },
    act("aaa", "create", { title: "{{ loo.item }}" }),
  ];
  const at = await engine.start(steps, { id: "1", items: ["a", "b", "c"] });
  const asks = await engine.ended(at);
  assert.deepEqual([asks.state, asks.steps.at(-1)?.element], ["unknown", 2]);
  await engine.stage.runs.resolve(at.scope, at.id, "happened");
  assert.equal((await engine.ended(at)).state, "succeeded");
  assert.deepEqual(
    engine.service.deals.map(({ title }) => title),
    ["a", "b", "c"],
  );
  engine.service.fault = says(429);
  const limited = await engine.start([act("aaa", "create", { title: "x" })]);
  assert.equal((await engine.waiting(limited)).failure?.class, "temporary");
});

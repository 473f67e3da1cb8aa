import assert from "node:assert/strict";
import { test } from "node:test";
import { newRun, running } from "../../../test/support/running.ts";
import { act, addBundle, until } from "../../../test/support/stage.ts";
import type { Step } from "../bundle/model.ts";

const engine = running();

test("a run goes through its steps, and later ones see what earlier ones gave", async () => {
  const at = await engine.start([
    act("aaa", "create", { title: "Call from {{ trigger.phone | phone }}" }),
    act("bbb", "ping", { text: "Deal {{ aaa.id }}" }),
  ]);
  const run = await engine.ended(at);
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
  assert.equal(engine.service.deals[0]?.title, "Call from +79990000001");
  assert.deepEqual(run.steps[1]?.input, { text: "Deal 1" });
  const alerts = () =>
    engine.stage.alerts.filter(({ workspace }) => workspace === at.workspace).map(({ alert }) => alert.kind);
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
  const small = await engine.ended(await engine.start(steps, { id: "1", amount: 5 }));
  assert.deepEqual(small.ended, { kind: "break", number: 4 });
  const big = await engine.ended(await engine.start(steps, { id: "2", amount: 500 }));
  assert.deepEqual(big.ended, { kind: "stopIf", number: 6 });
  assert.deepEqual(
    engine.service.deals.map(({ title }) => title),
    ["small", "big"],
  );
  assert.deepEqual(
    big.steps.map(({ step }) => step),
    ["rou", "big", "sto"],
  );
});

test("a missing required value fails before the call", async () => {
  const at = await engine.start([act("aaa", "create", { title: "{{ trigger.nothing }}" })]);
  const run = await engine.ended(at);
  assert.equal(run.failure?.class, "data");
  assert.equal(run.failure?.field, "title");
  assert.deepEqual(engine.service.calls, []);
});

test("on error a step may be passed over or left by a jump", async () => {
  engine.service.fault = (req, res, work) => {
    if (req.method === "GET") res.statusCode = 404;
    else work();
  };
  const at = await engine.start([
    act("aaa", "ping", { text: "x" }, { onError: { kind: "goto", step: "ccc" } }),
    act("bbb", "create", { title: "not this" }),
    act("ccc", "ping", { text: "x" }, { onError: { kind: "continue" } }),
    act("ddd", "create", { title: "this" }),
  ]);
  const run = await engine.ended(at);
  assert.equal(run.state, "succeeded");
  assert.deepEqual(
    engine.service.deals.map(({ title }) => title),
    ["this"],
  );
});

test("another workspace's run doesn't exist", async () => {
  const at = await engine.start([act("aaa", "ping", { text: "x" })]);
  const other = await addBundle(engine.db, []);
  await assert.rejects(engine.stage.runs.get(other.scope, at.id), { name: "UserError" });
  await assert.rejects(engine.stage.runs.cancel(other.scope, at.id), { name: "UserError" });
  await engine.ended(at);
});

test("19-digit ids, NUL and halves of surrogates survive", async () => {
  const at = await engine.start([act("aaa", "ping", { text: "{{ trigger.big }}" })], {
    id: "1",
    big: "9007199254740993123",
    odd: "a\u0000b\ud800c",
  });
  const run = await engine.ended(at);
  assert.equal(run.state, "succeeded");
  assert.deepEqual(run.steps[0]?.input, { text: "9007199254740993123" });
  assert.equal(run.event.odd, "ab\ufffdc");
});

test("an answer larger than 1 MiB is a data error", async () => {
  engine.service.fault = (_req, res) => void res.end(JSON.stringify({ text: "я".repeat(600_000) }));
  const run = await engine.ended(await engine.start([act("aaa", "ping", { text: "x" })]));
  assert.equal(run.failure?.class, "data");
});

test("an event larger than 1 MiB is a failed run that says so, and takes no other with it", async () => {
  const made = await addBundle(engine.db, [act("aaa", "ping", { text: "x" })]);
  const large = { text: "я".repeat(600_000) };
  const [a = "", b = ""] = await engine.stage.admit([newRun(made, large, "large"), newRun(made, { id: "2" }, "small")]);
  const failed = await engine.ended({ ...made, id: a });
  assert.deepEqual([failed.state, failed.failure?.class], ["failed", "data"]);
  assert.ok(failed.incident);
  assert.equal((await engine.ended({ ...made, id: b })).state, "succeeded");
});

test("home's counts are those of the workspace's day", async () => {
  const at = await engine.start([act("aaa", "ping", { text: "x" })]);
  await engine.ended(at);
  const status = await engine.stage.runs.status(at.scope);
  assert.deepEqual(status.today, { succeeded: 1, failed: 0, waiting: 0 });
  assert.equal(status.active, 1);
});

test("runs are found by any value: of the event, of what a step sent or got; a phone however it is written", async () => {
  const made = await addBundle(engine.db, [
    act("aaa", "create", { title: "Заказ {{ trigger.no }}", phone: "+79001234567" }),
  ]);
  const [a = "", b = ""] = await engine.stage.admit([
    newRun(made, { no: "A-100%", note: 'сказал "да"' }),
    newRun(made, { no: "B_2", phone: "8 (905) 765-43-21" }),
  ]);
  for (const id of [a, b]) await engine.ended({ ...made, id });
  const found = async (search: string) =>
    (await engine.stage.runs.list(made.scope, { bundle: made.bundle, search, page: 0 })).runs.map(({ id }) => id);
  assert.deepEqual(await found("a-100"), [a]);
  assert.deepEqual(await found("100%"), [a]);
  assert.deepEqual(await found("B_2"), [b]);
  assert.deepEqual(await found("B%2"), []);
  assert.deepEqual(await found('"да"'), [a]);
  // A database of the C locale knows the case of Latin letters only.
  assert.deepEqual(await found("Заказ b"), [b], "what the step sent");
  assert.deepEqual(await found("+79057654321"), [b]);
  assert.deepEqual(await found("8 900 123 45 67"), [b, a], "newest first");
  assert.deepEqual(await found("нет такого"), []);
});

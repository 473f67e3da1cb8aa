import assert from "node:assert/strict";
import { test } from "node:test";
import { eq, sql } from "drizzle-orm";
import { newRun, running, says } from "../../../test/support/running.ts";
import { act, addBundle, until } from "../../../test/support/stage.ts";
import { bundles, versions } from "../../db/schema.ts";
import type { Step } from "../bundle/model.ts";
import { takeLost } from "../store/due.ts";

const engine = running();
const titles = () => engine.service.deals.map(({ title }) => title);
const failing =
  (on: string): NonNullable<typeof engine.service.fault> =>
  (req, res, work) => {
    if (`${req.method} ${req.url}`.startsWith(on)) res.statusCode = 422;
    else work();
  };

async function publish(bundle: string, version: number, steps: readonly Step[]): Promise<void> {
  await engine.db.insert(versions).values({ bundle, version, body: { format: 1, trigger: null, steps } });
  await engine.db.update(bundles).set({ version }).where(eq(bundles.id, bundle));
}

test("Retry from the start with edited data is a run of its own; a run that is still going refuses it", async () => {
  engine.service.fault = failing("POST /deals");
  const at = await engine.start([act("aaa", "create", { title: "{{ trigger.name }}" })], { id: "7", name: "wrong" });
  await engine.ended(at);
  engine.service.fault = null;
  const how = { from: "start" as const, event: { id: "7", name: "right" } };
  const { run } = await engine.stage.runs.retry(at.scope, at.id, how);
  assert.notEqual(run, at.id);
  const again = await engine.ended({ ...at, id: run });
  assert.deepEqual([again.state, again.event], ["succeeded", { id: "7", name: "right" }]);
  assert.deepEqual(titles(), ["right"]);
  engine.service.fault = says(503);
  const going = await engine.start([act("aaa", "ping", {})]);
  await engine.waiting(going);
  await assert.rejects(engine.stage.runs.retry(going.scope, going.id, how));
});

test("Retry from a step runs it again and all that follow, and the preview says so before", async () => {
  engine.service.fault = failing("GET /ping");
  const at = await engine.start([
    act("aaa", "create", { title: "one" }),
    act("bbb", "create", { title: "two {{ aaa.id }}" }),
    act("ccc", "ping", {}),
    act("ddd", "create", { title: "three" }),
  ]);
  await engine.ended(at);
  engine.service.fault = null;
  const how = { from: "step" as const, step: "bbb" };
  const preview = await engine.stage.runs.preview(at.scope, at.id, how);
  assert.deepEqual(
    preview.steps.map(({ step, wasDone, isUnsafe }) => [step, wasDone, isUnsafe]),
    [
      ["bbb", true, true],
      ["ccc", false, false],
      ["ddd", false, true],
    ],
  );
  assert.deepEqual(titles(), ["one", "two 1"], "a preview does nothing");
  await engine.stage.runs.retry(at.scope, at.id, how);
  const run = await engine.ended(at);
  assert.equal(run.state, "succeeded");
  assert.deepEqual(titles(), ["one", "two 1", "two 1", "three"]);
  assert.deepEqual(
    run.steps.map(({ step, attempt, state }) => `${step}${attempt} ${state}`),
    ["aaa1 succeeded", "bbb1 succeeded", "ccc1 failed", "bbb2 succeeded", "ccc2 succeeded", "ddd1 succeeded"],
  );
  await assert.rejects(engine.stage.runs.retry({ ...at.scope, op: "x" }, at.id, { from: "step", step: "zzz" }));
});

test("Retry from a step whose call has no answer looks first, and the preview says that it may have been done", async () => {
  let lost = true;
  engine.service.fault = (req, res, work) => {
    if (req.method === "GET" && lost) res.statusCode = 422;
    else work();
    if (req.method === "POST" && lost) res.destroy();
  };
  const at = await engine.start([act("aaa", "createTraced", { title: "once" })]);
  await until(
    () => engine.state(at),
    ({ state }) => state === "unknown",
  );
  await engine.stage.runs.cancel(at.scope, at.id);
  lost = false;
  const how = { from: "step" as const, step: "aaa" };
  const { steps } = await engine.stage.runs.preview(at.scope, at.id, how);
  assert.deepEqual([steps[0]?.wasDone, steps[0]?.isUnsafe], [true, true]);
  const whole = await engine.stage.runs.preview(at.scope, at.id, { from: "start" });
  assert.equal(whole.steps[0]?.wasDone, true);
  await engine.stage.runs.retry(at.scope, at.id, how);
  assert.equal((await engine.ended(at)).state, "succeeded");
  assert.deepEqual(titles(), ["once"]);
});

test("A failed run whose repeat, or the repeat's repeat, got through isn't repeated again, in whichever way it is asked", async () => {
  engine.service.fault = failing("POST /deals");
  const first = await engine.start([act("aaa", "create", { title: "once" })]);
  await engine.ended(first);
  const second = { ...first, id: (await engine.stage.runs.retry(first.scope, first.id, "start")).run };
  await engine.ended(second);
  engine.service.fault = null;
  const third = await engine.stage.runs.retry(first.scope, second.id, "start");
  assert.equal(third.already, false);
  assert.equal((await engine.ended({ ...first, id: third.run })).state, "succeeded");
  for (const { id } of [first, second])
    for (const from of ["start", "failed", { from: "step", step: "aaa" }] as const) {
      const op = `${id} ${JSON.stringify(from)}`;
      const again = await engine.stage.runs.retry({ ...first.scope, op }, id, from);
      assert.deepEqual(again, { run: third.run, already: true });
    }
  assert.equal((await engine.state(first)).repeatedBy, third.run);
  assert.deepEqual(titles(), ["once"]);
});

test("Retry of a run whose bundle changed: its own version from the step, or the newest from the start; the person chooses", async () => {
  engine.service.fault = failing("GET /ping");
  const first = act("aaa", "create", { title: "old" });
  const at = await engine.start([first, act("bbb", "ping", {})]);
  await engine.ended(at);
  engine.service.fault = null;
  await publish(at.bundle, 2, [act("aaa", "create", { title: "new" }), act("bbb", "ping", {})]);
  const preview = await engine.stage.runs.preview(at.scope, at.id, { from: "failed" });
  assert.deepEqual([preview.version, preview.choose], [1, { own: 1, newest: 2 }]);
  await assert.rejects(engine.stage.runs.retry(at.scope, at.id, { from: "failed", version: "newest" }));
  await engine.stage.runs.retry(at.scope, at.id, { from: "failed", version: "own" });
  const run = await engine.ended(at);
  assert.deepEqual([run.state, run.version], ["succeeded", 1]);
  const start = await engine.stage.runs.retry({ ...at.scope, op: "2" }, at.id, { from: "start" });
  assert.equal((await engine.ended({ ...at, id: start.run })).version, 2);
  const own = await engine.stage.runs.retry({ ...at.scope, op: "3" }, at.id, { from: "start", version: "own" });
  assert.equal((await engine.ended({ ...at, id: own.run })).version, 1);
  assert.deepEqual(titles(), ["old", "new", "old"]);
});

test("Order, strict: everything waits behind a failed or unknown run of the record, with a button to skip", async () => {
  const made = await addBundle(engine.db, [act("aaa", "create", { title: "{{ trigger.n }}" })], { order: "strict" });
  engine.service.fault = says(422);
  const [a = ""] = await engine.stage.admit([newRun(made, { n: "a" })]);
  await engine.ended({ ...made, id: a });
  engine.service.fault = null;
  const [b = "", c = "", other = ""] = await engine.stage.admit([
    newRun(made, { n: "b" }),
    newRun(made, { n: "c" }),
    newRun(made, { n: "other" }, "8"),
  ]);
  assert.equal((await engine.ended({ ...made, id: other })).state, "succeeded", "another record isn't held up");
  engine.clock.move(60_000);
  await engine.stage.worker.tick();
  const held = await engine.state({ ...made, id: b });
  assert.deepEqual([held.state, held.behind, held.canSkip], ["queued", a, true]);
  assert.equal((await engine.state({ ...made, id: a })).holdsUp, 1);
  await assert.rejects(engine.stage.runs.skip(made.scope, c), "the one before it isn't stuck");
  assert.equal(await engine.stage.runs.skip(made.scope, b), 1);
  assert.equal((await engine.ended({ ...made, id: c })).state, "succeeded");
  assert.equal((await engine.state({ ...made, id: b })).past, a);
  assert.deepEqual(titles(), ["other", "b", "c"]);
  // Who was let past once isn't in the way of the next one either.
  const [d = ""] = await engine.stage.admit([newRun(made, { n: "d" })]);
  assert.equal((await engine.ended({ ...made, id: d })).state, "succeeded");
});

test("Order, strict: the failed run repeated lets those behind it go, from the step or from the start", async () => {
  const made = await addBundle(engine.db, [act("aaa", "create", { title: "{{ trigger.n }}" })], { order: "strict" });
  for (const from of ["failed", "start"] as const) {
    engine.service.fault = says(422);
    const [a = "", b = ""] = await engine.stage.admit([
      newRun(made, { n: `a ${from}` }, from),
      newRun(made, { n: `b ${from}` }, from),
    ]);
    await engine.ended({ ...made, id: a });
    assert.equal((await engine.state({ ...made, id: b })).state, "queued");
    engine.service.fault = null;
    await engine.stage.runs.retry(made.scope, a, from);
    assert.equal((await engine.ended({ ...made, id: b })).state, "succeeded");
  }
  assert.deepEqual(titles(), ["a failed", "b failed", "a start", "b start"]);
});

test("A run in whose step the process dies three times ends as a defect with an incident, and doesn't kill it for ever", async () => {
  const made = await addBundle(engine.db, [act("aaa", "ping", {})]);
  await engine.stage.queue.stop();
  const [id = ""] = await engine.stage.admit([newRun(made, {})]);
  const at = { ...made, id };
  const die = () =>
    engine.db.execute(sql`
    update runs set state = 'running', holder = 'a process that is gone', step = 'aaa', attempt = 1 where id = ${id}`);
  const look = () => engine.state(at);
  let threw: string[] = [];
  const sweep = () =>
    engine.db.transaction((tx) =>
      takeLost(tx, { holder: "another process", own: threw, threw, now: engine.clock.now() }),
    );
  await die();
  assert.equal((await sweep()).length, 1);
  assert.equal((await look()).state, "queued", "one death may be anybody's");
  for (const deaths of [2, 3]) {
    await die();
    // A passage that broke off with a bug of ours counts like a death.
    if (deaths === 3) {
      await engine.db.execute(sql`update runs set holder = 'another process' where id = ${id}`);
      threw = [id];
    }
    assert.deepEqual(await sweep(), []);
    assert.equal((await look()).waits, "crash", `after ${deaths} it is taken up alone`);
  }
  engine.clock.move(60_000);
  await engine.stage.worker.tick();
  await engine.stage.worker.handle(id);
  const run = await look();
  assert.deepEqual([run.state, run.failure?.class, run.failure?.step], ["failed", "defect", "aaa"]);
  assert.notEqual(run.incident, null);
  assert.deepEqual(engine.service.calls, [], "it wasn't tried a fourth time");
  await engine.stage.runs.retry(at.scope, id);
  await engine.stage.worker.handle(id);
  assert.equal((await look()).state, "succeeded", "a person's repeat begins anew");
});

test("Cancel: queued, waiting and unknown runs end at once, a running one after its call, and nothing comes after", async () => {
  const made = await addBundle(engine.db, [
    act("aaa", "create", { title: "{{ trigger.n }}" }),
    act("bbb", "create", { title: "never" }),
  ]);
  let hold: () => void = () => {};
  engine.service.fault = async (_req, _res, work) => {
    await new Promise<void>((resolve) => {
      hold = resolve;
    });
    work();
  };
  const [a = "", b = ""] = await engine.stage.admit([newRun(made, { n: "a" }), newRun(made, { n: "b" })]);
  await until(
    () => engine.service.calls.length,
    (count) => count === 1,
  );
  await engine.stage.runs.cancel(made.scope, b);
  await engine.stage.runs.cancel(made.scope, a);
  engine.service.fault = null;
  hold();
  const written = await until(
    () => engine.state({ ...made, id: a }),
    ({ steps }) => steps[0]?.state === "succeeded",
  );
  assert.deepEqual([written.state, written.steps.length], ["cancelled", 1]);
  assert.equal((await engine.state({ ...made, id: b })).state, "cancelled");
  assert.deepEqual(titles(), ["a"]);
  await engine.stage.runs.retry(made.scope, a);
  await engine.ended({ ...made, id: a });
  assert.deepEqual(titles(), ["a", "never"], "taken up again, what was done isn't done twice");
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { newRun, running } from "../../../test/support/running.ts";
import { act, addBundle, until } from "../../../test/support/stage.ts";

const engine = running();

test("runs of one record go one after the other in their order, others side by side", async () => {
  const made = await addBundle(engine.db, [act("aaa", "create", { title: "{{ trigger.n }}" })]);
  const events = Array.from({ length: 60 }, (_, n) => newRun(made, { n: String(n) }, `record ${n % 4}`));
  const ids = [...(await engine.stage.admit(events.slice(0, 30))), ...(await engine.stage.admit(events.slice(30)))];
  await until(
    () => engine.stage.runs.list(made.scope, { state: "succeeded", page: 7 }),
    ({ runs }) => runs.length === 4,
  );
  for (let record = 0; record < 4; record++) {
    const order = engine.service.deals.map(({ title }) => Number(title)).filter((n) => n % 4 === record);
    assert.deepEqual(
      order,
      [...order].sort((a, b) => a - b),
    );
  }
  assert.equal(new Set(engine.service.deals.map(({ title }) => title)).size, ids.length);
});

test("a run behind one that hangs runs past it and says so; behind a short wait it waits", async () => {
  const made = await addBundle(engine.db, [act("aaa", "create", { title: "{{ trigger.n }}" })]);
  engine.service.fault = (_req, res) => {
    res.statusCode = 429;
    res.setHeader("retry-after", "300");
  };
  const [a = "", b = ""] = await engine.stage.admit([newRun(made, { n: "a" }), newRun(made, { n: "b" })]);
  await engine.waiting({ ...made, id: a });
  assert.equal((await engine.state({ ...made, id: b })).behind, a);
  // The service asks for more than 15 minutes: the next one needn't wait for that.
  engine.service.fault = (_req, res) => {
    res.statusCode = 429;
    res.setHeader("retry-after", "3600");
  };
  engine.clock.move(301_000);
  await engine.stage.worker.tick();
  await until(
    () => engine.state({ ...made, id: b }),
    (run) => run.behind === null,
  );
  assert.equal((await engine.state({ ...made, id: b })).past, a);
  await engine.waiting({ ...made, id: b });
  const [c = ""] = await engine.stage.admit([newRun(made, { n: "c" })]);
  assert.equal((await engine.state({ ...made, id: c })).past, b);
});

test("a run that waited behind one that fails goes on and says that it ran past it", async () => {
  const made = await addBundle(engine.db, [act("aaa", "create", { title: "{{ trigger.n }}" })]);
  let fail = () => {};
  engine.service.fault = async (_req, res, work) => {
    if (engine.service.calls.length > 1) return work();
    await new Promise<void>((resolve) => {
      fail = resolve;
    });
    res.statusCode = 422;
  };
  const [a = "", b = ""] = await engine.stage.admit([newRun(made, { n: "a" }), newRun(made, { n: "b" })]);
  await until(
    () => engine.service.calls.length,
    (count) => count === 1,
  );
  fail();
  assert.equal((await engine.ended({ ...made, id: a })).state, "failed");
  const second = await engine.ended({ ...made, id: b });
  assert.deepEqual([second.state, second.past, second.behind], ["succeeded", a, null]);
});

test("two runs that would create the same record at once create one", async () => {
  const duplicates = { mode: "keep" as const, match: "any" as const, keys: ["phone", "email"], rules: {} };
  const step = act("aaa", "create", { title: "x", phone: "{{ trigger.phone }}" }, { duplicates });
  const made = await addBundle(engine.db, [step]);
  const forms = ["+7 999 123-45-67", "89991234567", "8 (999) 123 45 67"];
  const ids = await engine.stage.admit(forms.map((phone, n) => newRun(made, { phone }, `record ${n}`)));
  for (const id of ids) assert.equal((await engine.ended({ ...made, id })).state, "succeeded");
  assert.equal(engine.service.deals.length, 1);
});

test("a cancelled run stops, and the next of its record goes on", async () => {
  let answer = () => {};
  engine.service.fault = (_req, _res, work) =>
    new Promise((resolve) => {
      answer = () => {
        work();
        resolve();
      };
    });
  const made = await addBundle(engine.db, [act("aaa", "create", { title: "x" }), act("bbb", "create", { title: "y" })]);
  const [a = "", b = ""] = await engine.stage.admit([newRun(made, {}), newRun(made, {})]);
  await until(
    () => engine.service.calls.length,
    (calls) => calls === 1,
  );
  engine.service.fault = null;
  await engine.stage.runs.cancel(made.scope, a);
  answer();
  assert.equal((await engine.ended({ ...made, id: b })).state, "succeeded");
  const cancelled = await until(
    () => engine.state({ ...made, id: a }),
    ({ steps }) => steps[0]?.state === "succeeded",
  );
  assert.equal(cancelled.state, "cancelled");
  assert.equal(engine.service.deals.length, 3);
  // Repeated, it doesn't do again what had been done when it was cancelled.
  await engine.stage.runs.retry(made.scope, a);
  assert.equal(
    (
      await until(
        () => engine.state({ ...made, id: a }),
        (run) => run.state === "succeeded",
      )
    ).steps.length,
    2,
  );
  assert.equal(engine.service.deals.length, 4);
});

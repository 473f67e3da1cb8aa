import assert from "node:assert/strict";
import { test } from "node:test";
import { newRun, running, says } from "../../../test/support/running.ts";
import { act, addBundle } from "../../../test/support/stage.ts";
import type { SetStep, Step } from "../bundle/model.ts";
import type { EntryRow } from "../store/runs.ts";
import { makeStorage } from "../store/stored.ts";
import { keepValues } from "./keep.ts";

const engine = running();
const HOUR = 3_600_000;
const titles = () => engine.service.deals.map(({ title }) => title);

const loop: Step = { id: "loo", kind: "loop", list: "{{ trigger.items }}" };
const endLoop: Step = { id: "elo", kind: "endLoop" };
const items = (...names: string[]) => ({ id: "7", items: names.map((name) => ({ name })) });

test("Loop: the steps up to its end run once per element, those after it once; an empty list passes", async () => {
  const steps = [
    loop,
    act("aaa", "create", { title: "{{ loo.index }}/{{ loo.total }} {{ loo.item.name }}" }),
    act("bbb", "ping", { text: "{{ aaa.id }}" }),
    endLoop,
    act("ccc", "create", { title: "{{ loo.done }} of {{ loo.total }} done{{ aaa.id }}" }),
  ];
  const run = await engine.ended(await engine.start(steps, items("tea", "milk")));
  assert.equal(run.state, "succeeded");
  assert.deepEqual(titles(), ["1/2 tea", "2/2 milk", "2 of 2 done"]);
  assert.deepEqual(
    run.steps.map(({ step, element }) => `${step}${element ?? ""}`),
    ["loo", "aaa1", "bbb1", "aaa2", "bbb2", "ccc"],
  );
  assert.deepEqual(run.steps.find(({ step, element }) => step === "bbb" && element === 2)?.input, { text: "2" });
  assert.equal((await engine.ended(await engine.start(steps, { id: "8", items: [] }))).state, "succeeded");
  assert.equal(titles().at(-1), "0 of 0 done");
});

test("Loop: a failed element is reported with its index, the others go on, and a retry repeats only the failed ones", async () => {
  engine.service.fault = (req, res, work) => {
    if (req.method === "GET" && engine.service.calls.length >= 3 && engine.service.calls.length <= 4)
      res.statusCode = 404;
    else work();
  };
  const at = await engine.start(
    [
      loop,
      act("aaa", "create", { title: "{{ loo.item.name }}" }),
      act("bbb", "ping", {}),
      endLoop,
      act("ccc", "create", { title: "after" }),
    ],
    items("a", "b", "c"),
  );
  const failed = await engine.ended(at);
  assert.equal(failed.state, "failed");
  assert.match(failed.failure?.sentence.en ?? "", /^1 of 3 elements failed \(2\)\. Element 2: /);
  assert.equal(failed.failure?.step, "loo");
  assert.deepEqual(titles(), ["a", "b", "c"]);
  const preview = await engine.stage.runs.preview(at.scope, at.id, { from: "failed" });
  assert.deepEqual(preview.elements, [2]);
  assert.deepEqual(
    preview.steps.map(({ step, wasDone, isUnsafe }) => [step, wasDone, isUnsafe]),
    [
      ["bbb", true, false],
      ["ccc", false, true],
    ],
  );
  const before = engine.service.calls.length;
  await engine.stage.runs.retry(at.scope, at.id);
  const run = await engine.ended(at);
  assert.equal(run.state, "succeeded", JSON.stringify(run.failure));
  assert.deepEqual(engine.service.calls.slice(before), ["GET /ping", "POST /deals"]);
  assert.deepEqual(titles(), ["a", "b", "c", "after"]);
});

test("Loop: a limit takes the first elements and says so; what is no list fails with its value; break ends the run", async () => {
  const make = act("aaa", "create", { title: "{{ loo.item }}" });
  const limited = await engine.ended(
    await engine.start([{ ...loop, limit: 2 } as Step, make], { id: "1", items: ["a", "b", "c"] }),
  );
  assert.match(limited.steps[0]?.notes[0]?.en ?? "", /has 3; the first 2/);
  const wrong = await engine.ended(await engine.start([loop, make], { id: "2", items: { a: 1 } }));
  assert.deepEqual([wrong.failure?.class, wrong.failure?.field], ["data", "list"]);
  const stop: Step = {
    id: "sto",
    kind: "stopIf",
    when: [[{ left: "{{ loo.item }}", operator: "equals", right: "b" }]],
  };
  const stopped = await engine.ended(await engine.start([loop, stop, make], { id: "3", items: "a\nb\nc" }));
  assert.deepEqual([stopped.state, stopped.ended], ["succeeded", { kind: "stopIf", number: 3 }]);
  assert.deepEqual(titles(), ["a", "b", "a"]);
});

test("Loop: duplicates are looked for per element; a dead credential stops it at once and it goes on from there", async () => {
  const duplicates = { mode: "keep" as const, match: "all" as const, keys: ["code"], rules: {} };
  const steps = [loop, act("aaa", "create", { title: "x", code: "{{ loo.item }}" }, { duplicates })];
  const run = await engine.ended(await engine.start(steps, { id: "1", items: ["a", "b", "a"] }));
  assert.equal(run.state, "succeeded");
  assert.deepEqual(
    engine.service.deals.map(({ code }) => code),
    ["a", "b"],
  );
  assert.match(run.steps.at(-1)?.notes[0]?.en ?? "", /exists already/);
  engine.service.fault = says(401);
  const at = await engine.start([loop, act("aaa", "create", { title: "{{ loo.item }}" })], {
    id: "2",
    items: ["c", "d"],
  });
  const dead = await engine.ended(at);
  assert.deepEqual([dead.failure?.class, dead.steps.length], ["access", 2]);
  engine.service.fault = null;
  await engine.stage.runs.retry(at.scope, at.id);
  await engine.ended(at);
  assert.deepEqual(titles().slice(2), ["c", "d"]);
});

test("Delay: a duration or until a moment; nobody works meanwhile, and the next run of the record waits behind it", async () => {
  const made = await addBundle(engine.db, [
    { id: "del", kind: "delay", how: { kind: "for", amount: "{{ trigger.hours }}", unit: "hours" } },
    act("aaa", "create", { title: "{{ trigger.n }}" }),
  ]);
  const [a = "", b = ""] = await engine.stage.admit([
    newRun(made, { n: "a", hours: 2 }),
    newRun(made, { n: "b", hours: 0 }),
  ]);
  const waiting = await engine.waiting({ ...made, id: a });
  assert.equal(waiting.waits, "delay");
  assert.deepEqual([waiting.steps[0]?.state, waiting.failure], ["waiting", null]);
  assert.equal(waiting.nextAt?.getTime(), engine.clock.now().getTime() + 2 * HOUR);
  assert.equal((await engine.state({ ...made, id: b })).behind, a);
  // An impatient person doesn't cut a pause short that the bundle asks for.
  assert.equal((await engine.stage.runs.retry(made.scope, a)).already, true);
  engine.clock.move(2 * HOUR + 1_000);
  await engine.stage.worker.tick();
  assert.equal((await engine.ended({ ...made, id: a })).state, "succeeded");
  assert.equal((await engine.ended({ ...made, id: b })).state, "succeeded");
  assert.deepEqual(titles(), ["a", "b"]);
  const until = (moment: string): Step[] => [{ id: "del", kind: "delay", how: { kind: "until", moment } }];
  const past = await engine.ended(await engine.start(until("2020-01-01")));
  assert.equal(past.state, "succeeded");
  const never = await engine.ended(await engine.start(until("{{ trigger.nothing }}")));
  assert.deepEqual([never.failure?.class, never.failure?.field], ["data", "moment"]);
});

test("Set values: for the run across elements, counters and records by key per bundle and workspace, with a lifetime", async () => {
  const steps: Step[] = [
    loop,
    { id: "sum", kind: "set", keep: "run", values: [{ name: "Сумма", how: "add", value: "{{ loo.item }}" }] },
    endLoop,
    {
      id: "kee",
      kind: "set",
      keep: "bundle",
      lifetime: { amount: 1, unit: "hours" },
      values: [
        { name: "Записи", how: "set", key: "{{ trigger.id }}", value: '{{ sum["Сумма"] }}' },
        { name: "Всего", how: "add" },
      ],
    },
    { id: "all", kind: "set", keep: "workspace", values: [{ name: "Всего", how: "add", value: 10 }] },
    act("aaa", "create", { title: '{{ sum["Сумма"] }} {{ kee["Всего"] }} {{ all["Всего"] }}' }),
  ];
  const made = await addBundle(engine.db, steps);
  for (const id of ["1", "2"]) {
    const [run = ""] = await engine.stage.admit([newRun(made, { id, items: [1.5, 2, id] }, id)]);
    const ended = await engine.ended({ ...made, id: run });
    assert.equal(ended.state, "succeeded", JSON.stringify(ended.failure));
  }
  assert.deepEqual(titles(), ["4.5 1 10", "5.5 2 20"]);
  const read = await addBundle(engine.db, [
    { id: "get", kind: "set", keep: "workspace", values: [{ name: "всего", how: "get" }] },
    act("aaa", "create", { title: '{{ get["всего"] }}.' }),
  ]);
  const [other = ""] = await engine.stage.admit([newRun(read, {})]);
  await engine.ended({ ...read, id: other });
  assert.equal(titles().at(-1), ".", "another workspace's values don't exist");
  engine.clock.move(2 * HOUR);
  const [late = ""] = await engine.stage.admit([newRun(made, { id: "3", items: [1] }, "3")]);
  await engine.ended({ ...made, id: late });
  assert.equal(titles().at(-1), "1 1 30", "what outlived its time begins anew");
});

test("Set values, counters: counted once however often the step is carried out after a kill; a person's repeat counts anew", async () => {
  const step: SetStep = { id: "cnt", kind: "set", keep: "workspace", values: [{ name: "n", how: "add" }] };
  const made = await addBundle(engine.db, [step]);
  const open = (workspace: string) => makeStorage(engine.db, workspace, () => engine.clock.now());
  const settings = { timeZone: "UTC", country: "RU", locale: "en" } as const;
  const bundle = { format: 1 as const, trigger: null, steps: [] };
  const at = (element: number) => ({ step: "cnt", attempt: 1, element });
  const ask = (element: number, journal: EntryRow[] = []) => ({
    run: { id: `run of ${made.bundle}`, workspace: made.workspace, bundle: made.bundle },
    ...{ bundle, at: at(element), journal, data: {}, settings },
  });
  const count = async (...given: Parameters<typeof ask>) => (await keepValues(open, ask(...given), step)).output;
  assert.deepEqual(await count(0), { n: 1 });
  assert.deepEqual(await count(0), { n: 1 }, "killed before its result was stored: the same again");
  assert.deepEqual(await count(1), { n: 2 }, "another element is another count");
  const row = { ...at(0), state: "succeeded", input: null, output: { n: 1 }, error: null, startedAt: "" } as const;
  assert.deepEqual(await count(0, [row]), { n: 3 });
});

const asks = (more: object = {}): Step => ({
  id: "app",
  kind: "approval",
  question: "Скидка для {{ trigger.id }}?",
  who: null,
  deadline: { amount: 1, unit: "hours" },
  otherwise: "no",
  onNo: "end",
  ...more,
});

test("Approval: a person answers in the chat, the first answer counts, an old button changes nothing", async () => {
  const at = await engine.start([asks(), act("aaa", "create", { title: "{{ app.answer }} {{ app.by }}" })]);
  const waiting = await engine.waiting(at);
  assert.deepEqual([waiting.waits, waiting.approval?.question], ["approval", "Скидка для 7?"]);
  assert.deepEqual(
    engine.stage.alerts.map(({ alert }) => alert),
    [{ kind: "approval", run: at.id, step: "app" }],
  );
  assert.deepEqual(
    (await engine.stage.runs.approvals(at.scope)).map(({ run }) => run.id),
    [at.id],
  );
  const said = await engine.stage.runs.answer(at.scope, at.id, "yes", { step: "app" });
  assert.deepEqual([said.answer, said.already], ["yes", false]);
  const again = await engine.stage.runs.answer({ ...at.scope, op: "other" }, at.id, "no", { step: "app" });
  assert.deepEqual([again.answer, again.already], ["yes", true]);
  assert.equal((await engine.ended(at)).state, "succeeded");
  assert.match(titles()[0] ?? "", /^yes \S/);
  assert.deepEqual(await engine.stage.runs.approvals(at.scope), []);
});

test("Approval: nobody answers by the deadline, the default counts; a no ends the run or leads to a step", async () => {
  const at = await engine.start([asks(), act("aaa", "create", { title: "never" })]);
  await engine.waiting(at);
  engine.clock.move(HOUR + 1_000);
  await engine.stage.worker.tick();
  const ended = await engine.ended(at);
  assert.deepEqual([ended.state, ended.ended], ["succeeded", { kind: "approval", number: 2 }]);
  const to = await engine.start([
    asks({ onNo: "bbb" }),
    act("aaa", "create", { title: "yes" }),
    act("bbb", "create", { title: "no" }),
  ]);
  await engine.waiting(to);
  await engine.stage.runs.answer(to.scope, to.id, "no");
  await engine.ended(to);
  assert.deepEqual(titles(), ["no"]);
  const theirs = await engine.start([asks({ who: at.scope.member })]);
  await engine.waiting(theirs);
  assert.equal((await engine.state(theirs)).approval?.who, null);
  // A member who is gone can't be waited for: then anybody may answer.
  await engine.stage.runs.answer(theirs.scope, theirs.id, "yes");
  assert.equal((await engine.ended(theirs)).state, "succeeded");
});

test("Approval, Delay: a cancelled run asks no more, and one that is taken up again asks the same", async () => {
  const at = await engine.start([asks()]);
  await engine.waiting(at);
  await engine.stage.runs.cancel(at.scope, at.id);
  await assert.rejects(engine.stage.runs.answer(at.scope, at.id, "yes"));
  await engine.stage.runs.retry(at.scope, at.id);
  await engine.waiting(at);
  await engine.stage.runs.answer({ ...at.scope, op: "x" }, at.id, "yes");
  assert.equal((await engine.ended(at)).state, "succeeded");
});

import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { after, afterEach, before, beforeEach, test } from "node:test";
import { movableClock } from "../../../test/support/clock.ts";
import { type FreshDatabase, freshDatabase } from "../../../test/support/database.ts";
import { act, addBundle, crm, makeTestOpener, type Service, startService } from "../../../test/support/stage.ts";
import type { Connector } from "../../connectors/kit/define.ts";
import { connections, lists } from "../../db/schema.ts";
import { makeLog } from "../../log.ts";
import type { Bundle, Step } from "../bundle/model.ts";
import { listKey } from "../connection/lists.ts";
import { makeVault } from "../connection/vault.ts";
import { makeStepProbe } from "./probe.ts";
import { isSameUpTo } from "./requeue.ts";

let database: FreshDatabase;
let service: Service;
let workspace: string;
before(async () => {
  database = await freshDatabase();
  ({ workspace } = await addBundle(database.db, []));
});
after(() => database.drop());
beforeEach(async () => {
  service = await startService();
});
afterEach(() => service.close());

const bundleOf = (steps: Step[]): Bundle => ({ format: 1, trigger: null, steps });
const vault = makeVault({ key: randomBytes(32) });
const dry = (steps: Step[], event = { id: "1", phone: "89991234567" }, connector: Connector = crm) =>
  makeStepProbe({
    db: database.db,
    clock: movableClock(),
    log: makeLog("silent"),
    vault,
    connectors: [connector],
    opener: makeTestOpener(service.url),
  }).dry(workspace, bundleOf(steps), event);
const duplicates = (mode: "keep" | "update" | "updateOnly") => ({
  mode,
  match: "all" as const,
  keys: ["phone"],
  rules: {},
});

test("searches are made, nothing is written, later steps see what was found or the declared sample", async () => {
  service.deals.push({ id: "5", title: "Old", code: "1" });
  const steps = await dry([
    act("aaa", "find", { code: "{{ trigger.id }}" }),
    act("bbb", "find", { code: "other" }),
    act("ccc", "create", { title: "From {{ aaa.title }}" }),
    act("ddd", "create", { title: "After {{ ccc.id }}" }),
  ]);
  assert.deepEqual(
    steps.map(({ number, verdict }) => [number, verdict]),
    [
      [2, "found"],
      [3, "foundNothing"],
      [4, "wouldCreate"],
      [5, "wouldCreate"],
    ],
  );
  assert.deepEqual(
    steps.slice(2).map((step) => ("input" in step ? step.input : null)),
    [{ title: "From Old" }, { title: "After 1" }],
  );
  assert.ok(service.calls.every((call) => call === "GET /deals"));
});

test("a value of a record that is still to be made is said to come later, not invented", async () => {
  service.deals.push({ id: "5", title: "Old", code: "1" });
  const steps = await dry([
    act("aaa", "create", { title: "New" }),
    act("bbb", "create", { title: "{{ aaa.id }}" }),
    act("ccc", "create", { title: "Deal {{ aaa.id }} of {{ trigger.id }}" }),
    act("ddd", "find", { code: "{{ trigger.id }}" }),
    act("eee", "create", { title: "{{ ddd.id }}" }),
    act("fff", "create", { title: "{{ aaa.id | date: '%Y' }}" }),
  ]);
  const shown = steps.map((step) => ("shown" in step ? step.shown.map(({ value }) => value) : []));
  assert.deepEqual(
    [shown[1], shown[2], shown[4], shown[5]],
    [["known after step 2"], ["Deal (known after step 2) of 1"], ["5"], ["known after step 2"]],
  );
});

test("a listed value is shown by its label, as far as the list is known, and doubted when it isn't there", async () => {
  const connection = "c-shops";
  await database.db
    .insert(connections)
    .values({ id: connection, workspace, connector: "crm", name: "x", state: "alive", secret: "" });
  const items = [{ value: "shop-1", label: "Магазин на Садовой" }];
  await database.db.insert(lists).values({ connection, key: listKey("shops", {}), items, loadedAt: new Date() });
  const shops = {
    key: "code",
    label: { ru: "Магазин", en: "Shop" },
    kind: "reference",
    list: { name: "shops" },
  } as const;
  const listed = {
    ...crm,
    actions: crm.actions.map((one) => ({ ...one, fields: one.fields.map((f) => (f.key === "code" ? shops : f)) })),
  };
  const shown = async (code: string) => {
    const step = { ...act("aaa", "create", { title: "x", code }), connection } as Step;
    const [said] = await dry([step], undefined, listed);
    return said && "shown" in said ? said.shown.map(({ value }) => value) : said;
  };
  assert.deepEqual(await shown("shop-1"), ["x", "Магазин на Садовой"]);
  assert.deepEqual(await shown("shop-2"), ["x", "shop-2"]);
  const doubted = async (code: string) => {
    const [said] = await dry(
      [{ ...act("aaa", "create", { title: "x", code }), connection } as Step],
      undefined,
      listed,
    );
    return said?.verdict === "wouldCreate" && (said.doubts ?? []).map(({ label }) => label.ru);
  };
  assert.deepEqual(await doubted("shop-1"), []);
  assert.deepEqual(await doubted("{{ trigger.phone }}"), ["Магазин"]);
});

test("duplicates are looked up and shown with what would change", async () => {
  service.deals.push({ id: "5", title: "Old", phone: "+79991234567" });
  const step = (mode: Parameters<typeof duplicates>[0], phone = "{{ trigger.phone }}") =>
    act("aaa", "create", { title: "New", phone }, { duplicates: duplicates(mode) });
  const verdict = async (one: Step) => (await dry([one]))[0];
  const kept = await verdict(step("keep"));
  assert.ok(kept?.verdict === "wouldKeep" && kept.found?.id === "5");
  const updated = await verdict(step("update"));
  assert.deepEqual(updated?.verdict === "wouldUpdate" && updated.input, { title: "New" });
  assert.equal((await verdict(step("updateOnly", "+79990000000")))?.verdict, "wouldSkip");
  assert.ok(service.calls.every((call) => call === "GET /deals"));
});

test("the way through routers and stops is followed, and an error ends it with its sentence", async () => {
  const never = [[{ left: "{{ trigger.id }}", operator: "equals" as const, right: "2" }]];
  const steps = await dry([
    { id: "rou", kind: "router", when: never, onTrue: "end", onFalse: "sto" },
    act("not", "create", { title: "x" }),
    { id: "sto", kind: "stopIf", when: never },
    act("aaa", "create", { title: "{{ trigger.nothing }}" }),
    act("nev", "create", { title: "x" }),
  ]);
  assert.deepEqual(
    steps.map(({ step, verdict }) => [step, verdict]),
    [
      ["rou", "goes"],
      ["sto", "passes"],
      ["aaa", "error"],
    ],
  );
  const last = steps.at(-1);
  assert.ok(last?.verdict === "error" && last.failure.field === "title");
});

test("a repeat goes into the newest version only where everything before the failed step is as it was", () => {
  const [a, b, c] = [act("aaa", "find", {}), act("bbb", "create", { title: "x" }), act("ccc", "ping", {})];
  const before = bundleOf([a, b, c]);
  const mended = act("bbb", "create", { title: "mended" });
  assert.equal(isSameUpTo(before, bundleOf([a, mended]), "bbb"), true);
  assert.equal(isSameUpTo(before, bundleOf([a, mended, c]), "ccc"), false);
  assert.equal(isSameUpTo(before, bundleOf([c, a, mended]), "bbb"), false);
  assert.equal(isSameUpTo(before, bundleOf([a]), "bbb"), false);
});

test("a loop is played for its first element; a delay, kept values and a question are said and change nothing", async () => {
  const steps = await dry([
    { id: "loo", kind: "loop", list: "чай\nмолоко" },
    act("aaa", "create", { title: "{{ loo.item }} {{ loo.index }}" }),
    { id: "elo", kind: "endLoop" },
    { id: "del", kind: "delay", how: { kind: "for", amount: 2, unit: "hours" } },
    { id: "set", kind: "set", keep: "workspace", values: [{ name: "Счёт", how: "add", value: 5 }] },
    {
      ...{ id: "app", kind: "approval", question: 'Можно {{ set["Счёт"] }}?', who: null, otherwise: "no", onNo: "end" },
      deadline: { amount: 1, unit: "days" },
    } as Step,
    act("bbb", "create", { title: "{{ app.answer }}" }),
  ]);
  assert.deepEqual(
    steps.map(({ step, element, verdict }) => [step, element ?? 0, verdict]),
    [
      ["loo", 0, "loops"],
      ["aaa", 1, "wouldCreate"],
      ["del", 0, "wouldWait"],
      ["set", 0, "wouldSet"],
      ["app", 0, "wouldAsk"],
      ["bbb", 0, "wouldCreate"],
    ],
  );
  const told = (step: string) => steps.find((one) => one.step === step);
  assert.deepEqual(told("loo"), { ...told("loo"), verdict: "loops", total: 2 });
  assert.deepEqual(told("aaa"), { ...told("aaa"), input: { title: "чай 1" } });
  assert.deepEqual(told("app"), { ...told("app"), question: "Можно 5?" });
  assert.deepEqual(told("bbb"), { ...told("bbb"), input: { title: "yes" } });
  assert.deepEqual(service.deals, []);
});

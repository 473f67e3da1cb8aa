import assert from "node:assert/strict";
import { after, before, beforeEach, describe, it } from "node:test";
import { eq } from "drizzle-orm";
import { CALL as call, type Workshop, workshop } from "../../../test/support/workshop.ts";
import { bundles as bundleTable, runs, triggers as triggerTable, versions } from "../../db/schema.ts";
import type { BundleFile, Bundles, Scope } from "../engine.ts";
import { NotFound, Stale, UserError } from "../errors.ts";
import { applyEdit, type Edit } from "./edits.ts";

describe("bundles", () => {
  let shop: Workshop;
  let bundles: Bundles;
  let scope: Scope;
  let other: Scope;
  let connection: string;
  let built: Workshop["built"];
  before(async () => {
    shop = await workshop();
    ({ bundles, scope, other, connection, built } = shop);
  });
  beforeEach(() => shop.setDown(false));
  after(() => shop.fresh.drop());

  const add = (id = "aaa", account: string | null = connection): Edit => ({
    do: "addAction",
    id,
    connector: "crm",
    action: "create",
    connection: account,
  });
  const refused = (action: Promise<unknown>, pattern: RegExp) =>
    assert.rejects(action, (error) => error instanceof UserError && pattern.test(error.sentence.ru));

  it("numbers count up per workspace and are never given again; names grow with the bundle", async () => {
    const first = await bundles.create(scope);
    assert.equal(first.name, "Новая связка");
    await bundles.remove(scope, first.id);
    const second = await built(call, add());
    assert.equal(second.number, first.number + 1);
    assert.equal(second.name, "Hook: Звонок → CRM");
    const named = await bundles.rename(scope, second.id, "  Звонки  ");
    assert.equal(named.name, "Звонки");
    assert.equal(
      (await bundles.edit(scope, second.id, named.revision, { do: "removeStep", step: "aaa" })).name,
      "Звонки",
    );
    assert.equal((await bundles.create(other)).number, 1);
    await refused(bundles.rename(scope, second.id, "x".repeat(200)), /Название/);
  });

  it("a new step comes proposed: meanings, custom fields, the only shop, duplicates by phone", async () => {
    const view = await built(call, add());
    assert.deepEqual(view.body.trigger?.options, { only: "all" });
    assert.deepEqual(view.body.steps[0], {
      id: "aaa",
      kind: "action",
      connector: "crm",
      action: "create",
      connection,
      input: { shop: "shop-1", phone: "{{ trigger.caller }}", custom_utm: "{{ trigger.utmSource }}" },
      duplicates: { mode: "keep", match: "any", keys: ["phone"], rules: {} },
    });
    const lines = await bundles.mapping(scope, view.id, "aaa");
    assert.deepEqual(
      lines.map(({ field: { key }, spoken, shown }) => [key, spoken, shown]),
      [
        ["shop", "Мой магазин", "Мой магазин"],
        ["phone", "{Номер звонящего}", "+79990000001"],
        ["note", null, null],
        ["custom_utm", "{utm_source}", "yandex"],
      ],
    );
  });

  it("custom fields of a service that is down stay as lines", async () => {
    const view = await built(call, add("aaa", null), { do: "setField", step: "aaa", field: "custom_x", value: "y" });
    shop.setDown(true);
    assert.ok((await bundles.mapping(scope, view.id, "aaa")).some(({ field: { key } }) => key === "custom_x"));
  });

  it("a hook's address exists from the moment that its trigger is chosen", async () => {
    const view = await built(call);
    assert.match(view.address ?? "", /^http:\/\/127\.0\.0\.1:1\/hooks\/\w{22}$/);
    assert.deepEqual(view.hook, { subscribed: false });
  });

  it("an edit of an old revision is stale; the same update twice is done once", async () => {
    const view = await built(call);
    const edited = await bundles.edit({ ...scope, op: "update 7" }, view.id, view.revision, add("aaa"));
    const again = await bundles.edit({ ...scope, op: "update 7" }, view.id, view.revision, add("bbb"));
    assert.deepEqual(
      again.body.steps.map(({ id }) => id),
      ["aaa"],
    );
    await assert.rejects(bundles.edit(scope, view.id, view.revision, add("ccc")), Stale);
    const same = await bundles.edit(scope, view.id, edited.revision, add("aaa"));
    assert.equal(same.revision, edited.revision, "an edit that changes nothing makes nobody stale");
    const created = await Promise.all([1, 2, 3].map(() => bundles.create({ ...scope, op: "update 8" })));
    assert.equal(new Set(created.map(({ id }) => id)).size, 1);
  });

  it("two taps at once: one wins, the other is stale", async () => {
    const view = await built(call);
    const taps = ["aaa", "bbb"].map((id) => bundles.edit(scope, view.id, view.revision, add(id)));
    const results = await Promise.allSettled(taps);
    assert.deepEqual(results.map(({ status }) => status).toSorted(), ["fulfilled", "rejected"]);
  });

  it("another workspace's bundles and connections don't exist", async () => {
    const view = await built(call);
    await assert.rejects(bundles.get(other, view.id), NotFound);
    await assert.rejects(bundles.edit(other, view.id, view.revision, add()), NotFound);
    const theirs = await bundles.create(other);
    await refused(bundles.edit(other, theirs.id, theirs.revision, add()), /подключения больше нет/);
  });

  it("problems lead to their places; a bundle with one doesn't start", async () => {
    const view = await built(call, add(), { do: "setField", step: "aaa", field: "phone", value: undefined });
    const problems = await bundles.problems(scope, view.id);
    assert.deepEqual(
      problems.map(({ door }) => door),
      [
        { to: "step", bundle: view.id, step: "aaa", field: "phone" },
        { to: "step", bundle: view.id, step: "aaa" },
      ],
    );
    await refused(bundles.start(scope, view.id), /Телефон/);
    assert.equal((await bundles.get(scope, view.id)).state, "draft");
  });

  it("start, edit beside the live version, discard, publish, pause, resume", async () => {
    const draft = await built(call, add());
    const live = await bundles.start(scope, draft.id);
    assert.deepEqual([live.state, live.version, live.hasDraft], ["active", 1, false]);
    const edited = await bundles.edit(scope, draft.id, live.revision, {
      do: "setField",
      step: "aaa",
      field: "note",
      value: "x",
    });
    assert.deepEqual([edited.state, edited.version, edited.hasDraft], ["active", 1, true]);
    assert.equal((await bundles.discard(scope, draft.id)).hasDraft, false);
    const back = await bundles.get(scope, draft.id);
    await bundles.edit(scope, draft.id, back.revision, { do: "setField", step: "aaa", field: "note", value: "y" });
    assert.equal((await bundles.publish(scope, draft.id)).version, 2);
    const paused = await bundles.pause(scope, draft.id);
    assert.deepEqual([paused.state, paused.pausedBy], ["paused", { by: "person", who: scope.member }]);
    assert.equal((await bundles.start(scope, draft.id, "forget")).state, "active");
    const kept = await shop.fresh.db.select().from(versions).where(eq(versions.bundle, draft.id));
    assert.deepEqual(kept.map(({ version }) => version).toSorted(), [1, 2]);
  });

  it("once for real: a run of the present body on the sample, nothing published, done once per update", async () => {
    const view = await built(call, add());
    await refused(bundles.runOnce(scope, view.id), /настоящего примера/);
    const sample = { callId: "77", caller: "79990000001" };
    await shop.fresh.db.update(bundleTable).set({ sample, sampleFrom: "event" }).where(eq(bundleTable.id, view.id));
    const asked = { ...scope, op: "update 9" };
    const before = shop.sent();
    const [one, two] = [await bundles.runOnce(asked, view.id), await bundles.runOnce(asked, view.id)];
    assert.equal(one.run, two.run);
    const rows = await shop.fresh.db.select().from(runs).where(eq(runs.bundle, view.id));
    assert.deepEqual(
      rows.map(({ version, origin, record }) => [version, origin, record]),
      [[1, "manual", "77"]],
    );
    assert.equal(shop.sent() - before, 1);
    assert.deepEqual(await bundles.get(scope, view.id).then(({ state, version }) => [state, version]), ["draft", 0]);
    assert.equal((await bundles.start(scope, view.id)).version, 1, "the same body is the same version");
    assert.deepEqual((await bundles.runNow(scope, view.id)).did, "repeated");
  });

  it("run now says why nothing happens", async () => {
    const draft = await built(call, add());
    assert.equal((await bundles.runNow(scope, draft.id)).did, "nothing");
    await bundles.start(scope, draft.id);
    assert.equal((await bundles.runNow(scope, draft.id)).did, "nothing");
    await bundles.pause(scope, draft.id);
    const result = await bundles.runNow(scope, draft.id);
    assert.ok(result.did === "nothing" && /паузе/.test(result.why.ru));
  });

  it("a copy is a draft with an address of its own", async () => {
    const draft = await built(call, add());
    await bundles.start(scope, draft.id);
    const copy = await bundles.copy(scope, draft.id);
    assert.deepEqual([copy.state, copy.version, copy.name], ["draft", 0, `${draft.name} (копия)`]);
    assert.equal((await bundles.copy({ ...scope, op: "copy again" }, copy.id)).name, `${draft.name} (копия 2)`);
    assert.deepEqual(copy.body, draft.body);
    assert.notEqual(copy.address, draft.address);
    assert.ok(copy.address);
  });

  it("a removed bundle is gone for everybody; its number isn't", async () => {
    const draft = await built(call, add());
    await bundles.start(scope, draft.id);
    await bundles.remove(scope, draft.id);
    await bundles.remove(scope, draft.id);
    await assert.rejects(bundles.get(scope, draft.id), NotFound);
    assert.ok(!(await bundles.list(scope)).some(({ id }) => id === draft.id));
    const [row] = await shop.fresh.db.select().from(bundleTable).where(eq(bundleTable.id, draft.id));
    assert.ok(row?.deletedAt);
  });

  it("files carry no connection; importing finds the only one, refuses a stranger's and broken files", async () => {
    const draft = await built(call, add());
    const file = await bundles.exportFile(scope, draft.id);
    assert.ok(!JSON.stringify(file).includes(connection));
    const imported = await bundles.importFile(scope, JSON.parse(JSON.stringify(file)), {});
    assert.deepEqual(imported.body, draft.body);
    const theirs = await bundles.importFile(other, file, {});
    assert.deepEqual((await bundles.problems(other, theirs.id)).length, 1);
    await refused(bundles.importFile(other, file, { crm: connection }), /crm/);
    await refused(bundles.importFile(scope, file, { amo: connection }), /amo/);
    await refused(
      bundles.importFile(scope, { ...file, bundle: { ...file.bundle, steps: [{ id: "aaa" }] } }, {}),
      /bundle\.steps\.0/,
    );
    await refused(bundles.importFile(scope, [], {}), /не файл связки/);
  });

  it("a template gets its account, the account's values as guesses, and keeps empty what it wants empty", async () => {
    const file = (more: Record<string, string | null>): BundleFile => ({
      svyazka: 1,
      name: "Звонки в CRM",
      bundle: {
        format: 1,
        trigger: { connector: "hook", trigger: "call", connection: null, options: {} },
        steps: [
          {
            id: "aaa",
            kind: "action",
            connector: "crm",
            action: "create",
            connection: "crm",
            input: { note: "Звонил {{ trigger.caller }}", ...more },
            duplicates: { mode: "update", match: "any", keys: ["phone"], rules: {} },
          },
        ],
      },
    });
    const op = { ...scope, op: "update 31" };
    const view = await bundles.fromTemplate(op, file({ custom_utm: null }), {});
    assert.equal(view.name, "Звонки в CRM");
    assert.deepEqual(view.body.trigger?.options, { only: "all" });
    const [step] = view.body.steps;
    assert.ok(step?.kind === "action");
    assert.equal(step.connection, connection);
    assert.deepEqual(step.input, {
      note: "Звонил {{ trigger.caller }}",
      shop: "shop-1",
      phone: "{{ trigger.caller }}",
    });
    assert.deepEqual(step.unsure, ["shop"]);
    assert.equal(step.duplicates?.mode, "update");
    const edited = await bundles.edit(scope, view.id, view.revision, {
      do: "setField",
      step: "aaa",
      field: "note",
      value: "x",
    });
    const again = await bundles.fromTemplate(op, file({ custom_utm: null }), {});
    assert.deepEqual(
      [again.id, again.revision],
      [view.id, edited.revision],
      "the same update once more changes nothing",
    );
    await refused(bundles.fromTemplate(other, file({}), { crm: connection }), /crm/);
    const theirs = await bundles.fromTemplate(other, file({}), {});
    assert.match((await bundles.problems(other, theirs.id))[0]?.sentence.ru ?? "", /не выбрано подключение/);
  });

  it("conditions of the filter have verdicts on the sample; typed names become templates", async () => {
    const view = await built(call, {
      do: "setConditions",
      step: "trigger",
      when: [[{ left: "{{ trigger.utmSource }}", operator: "equals", right: "yandex" }]],
    });
    const [[verdict] = []] = await bundles.verdicts(scope, view.id, "trigger");
    assert.deepEqual([verdict?.left, verdict?.holds], ["yandex", true]);
    assert.deepEqual(await bundles.read(scope, view.id, "trigger", "Звонок {номер звонящего} {Почта}"), {
      template: "Звонок {{ trigger.caller }} {Почта}",
      unknown: ["Почта"],
    });
    assert.deepEqual((await bundles.dryRun(scope, view.id)).filter?.holds, true);
    assert.deepEqual(await bundles.match(scope, `${view.number}`).then((all) => all.map(({ id }) => id)), [view.id]);
  });

  it("choosing another trigger forgets the sample of the first", async () => {
    const view = await built(call);
    await shop.fresh.db
      .update(bundleTable)
      .set({ sample: { callId: "9" }, sampleFrom: "event", sampleAt: shop.clock.now() })
      .where(eq(bundleTable.id, view.id));
    assert.deepEqual((await bundles.sample(scope, view.id))?.item, { callId: "9" });
    const same = await bundles.edit(scope, view.id, view.revision, { do: "setOption", field: "only", value: "new" });
    assert.equal((await bundles.sample(scope, view.id))?.from, "event");
    await shop.fresh.db
      .update(bundleTable)
      .set({ draft: applyEdit({ ...same.body, trigger: null }, add()) })
      .where(eq(bundleTable.id, view.id));
    await bundles.edit(scope, view.id, same.revision, call);
    assert.equal((await bundles.sample(scope, view.id))?.from, "declared");
    assert.equal((await shop.fresh.db.select().from(triggerTable).where(eq(triggerTable.bundle, view.id))).length, 1);
  });
});

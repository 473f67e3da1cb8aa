import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { after, before, beforeEach, describe, it } from "node:test";
import { eq } from "drizzle-orm";
import { movableClock } from "../../../test/support/clock.ts";
import { type FreshDatabase, freshDatabase } from "../../../test/support/database.ts";
import type { Action, Connector, Field, JsonObject, Text } from "../../connectors/kit/define.ts";
import { ConnectorError } from "../../connectors/kit/errors.ts";
import {
  bundles as bundleTable,
  connections as connectionTable,
  runs,
  triggers as triggerTable,
  versions,
} from "../../db/schema.ts";
import { makeLog } from "../../log.ts";
import { makeConnections } from "../connection/connections.ts";
import { makeVault } from "../connection/vault.ts";
import type { Bundles, BundleView, Scope } from "../engine.ts";
import { NotFound, Stale, UserError } from "../errors.ts";
import { newId } from "../id.ts";
import { makeOnce } from "../once.ts";
import type { EngineSettings, Opener, Queue } from "../parts.ts";
import { makePeople } from "../people/people.ts";
import { makeAdmission } from "../run/admission.ts";
import { makeTriggers } from "../trigger/triggers.ts";
import { makeBundles } from "./bundles.ts";
import { applyEdit, type Edit } from "./edits.ts";

const text = (both: string): Text => ({ ru: both, en: both });
const field = (key: string, ru: string, more: Partial<Field> = {}): Field => ({
  key,
  label: { ru, en: key },
  kind: "text",
  ...more,
});
const run = async (): Promise<JsonObject> => ({});

const create: Action = {
  key: "create",
  name: { ru: "Новый клиент", en: "New customer" },
  kind: "create",
  safe: false,
  fields: [
    field("shop", "Магазин", { kind: "reference", list: { name: "shops" }, common: true }),
    field("phone", "Телефон", { kind: "phone", meaning: "phone", required: true }),
    field("note", "Заметка"),
  ],
  fieldsOf: async () => {
    if (isDown) throw new ConnectorError("temporary", text("down"));
    return [field("custom_utm", "utm_source", { custom: true })];
  },
  output: [field("id", "ID клиента", { meaning: "customer.id" })],
  sample: { id: "501" },
  run,
  duplicates: { keys: ["phone"], find: async () => [] },
};
let isDown = false;
const crm: Connector = {
  key: "crm",
  name: text("CRM"),
  about: text("CRM"),
  auth: { kind: "fields", fields: [field("key", "Ключ", { required: true, secret: true })], steps: [] },
  lists: {
    shops: { label: text("Shops"), load: async () => ({ items: [{ value: "shop-1", label: "Мой магазин" }] }) },
  },
  triggers: [],
  actions: [create],
};
const hook: Connector = {
  key: "hook",
  name: text("Hook"),
  about: text("Hook"),
  auth: { kind: "none" },
  triggers: [
    {
      key: "call",
      name: { ru: "Звонок", en: "Call" },
      options: [field("only", "Какие", { initial: "all" })],
      output: [
        field("callId", "ID звонка", { meaning: "call.id" }),
        field("caller", "Номер звонящего", { kind: "phone", meaning: "phone" }),
        field("utmSource", "utm_source", { meaning: "utm.source" }),
      ],
      sample: { callId: "1", caller: "79990000001", utmSource: "yandex" },
      hook: { scope: "bundle", deliveries: () => [] },
      record: (item) => String(item.callId),
      change: (item) => String(item.callId),
      at: () => null,
    },
  ],
  actions: [
    {
      key: "say",
      name: text("Say"),
      kind: "other",
      safe: true,
      fields: [field("words", "Слова", { required: true })],
      output: [],
      sample: {},
      run,
    },
  ],
};

describe("bundles", () => {
  let fresh: FreshDatabase;
  let bundles: Bundles;
  let scope: Scope;
  let other: Scope;
  let connection: string;
  let sent: number;
  const clock = movableClock();
  const settings: EngineSettings = {
    access: "playground",
    roles: new Set(),
    publicUrl: "http://127.0.0.1:1",
    endpoints: {},
    allowedHosts: [],
    hookRate: 100,
  };

  before(async () => {
    fresh = await freshDatabase();
    const { db } = fresh;
    const log = makeLog("silent");
    const vault = makeVault({ key: randomBytes(32) });
    const queue: Queue = {
      start: async () => {},
      stop: async () => {},
      isReady: async () => true,
      send: async (_, __, jobs) => {
        sent += jobs.length;
      },
      work: () => {},
      wake: () => {},
    };
    const opener: Opener = {
      open: async () => ({
        ctx: {
          auth: {},
          http: () => Promise.reject(new Error("no way out")),
          locale: "ru",
          timeZone: "Europe/Moscow",
          country: "RU",
          now: clock.now,
        },
        exchange: () => [],
        mask: (given) => given,
      }),
      setBroken: async () => {},
    };
    const shared = { db, clock, log, vault, connectors: [crm, hook], settings, queue, process: "test" };
    const once = makeOnce({ db });
    const triggers = makeTriggers({ ...shared, opener });
    const connections = makeConnections({ ...shared, opener, once, notify: async () => {}, triggers });
    const probe = { dry: async () => [] };
    bundles = makeBundles({ ...shared, opener, once, triggers, connections, probe, admission: makeAdmission(shared) });
    const people = makePeople(shared);
    const [anna, bob] = [
      await people.enter({ telegramId: 1, name: "Анна", language: "ru" }),
      await people.enter({ telegramId: 2, name: "Bob", language: "en" }),
    ];
    assert.ok(anna && bob);
    scope = anna.scope;
    other = bob.scope;
    connection = newId();
    await db
      .insert(connectionTable)
      .values({
        id: connection,
        workspace: scope.workspace,
        connector: "crm",
        name: "Моя CRM",
        state: "alive",
        secret: vault.seal("{}"),
      });
  });
  beforeEach(() => {
    sent = 0;
    isDown = false;
  });
  after(() => fresh.drop());

  const call: Edit = { do: "setTrigger", connector: "hook", trigger: "call", connection: null };
  const add = (id = "aaa", account: string | null = connection): Edit => ({ do: "addAction", id, connector: "crm", action: "create", connection: account });
  async function built(...edits: Edit[]): Promise<BundleView> {
    let view = await bundles.create(scope);
    for (const edit of edits) view = await bundles.edit(scope, view.id, view.revision, edit);
    return view;
  }
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
    const view = await built(
      call,
      add("aaa", null),
      { do: "setField", step: "aaa", field: "custom_x", value: "y" },
    );
    isDown = true;
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
    const kept = await fresh.db.select().from(versions).where(eq(versions.bundle, draft.id));
    assert.deepEqual(kept.map(({ version }) => version).toSorted(), [1, 2]);
  });

  it("once for real: a run of the present body on the sample, nothing published, done once per update", async () => {
    const view = await built(call, add());
    const asked = { ...scope, op: "update 9" };
    const [one, two] = [await bundles.runOnce(asked, view.id), await bundles.runOnce(asked, view.id)];
    assert.equal(one.run, two.run);
    const rows = await fresh.db.select().from(runs).where(eq(runs.bundle, view.id));
    assert.deepEqual(
      rows.map(({ version, origin, record }) => [version, origin, record]),
      [[1, "manual", "1"]],
    );
    assert.equal(sent, 1);
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
    const [row] = await fresh.db.select().from(bundleTable).where(eq(bundleTable.id, draft.id));
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
    await fresh.db
      .update(bundleTable)
      .set({ sample: { callId: "9" }, sampleFrom: "event", sampleAt: clock.now() })
      .where(eq(bundleTable.id, view.id));
    assert.deepEqual((await bundles.sample(scope, view.id))?.item, { callId: "9" });
    const same = await bundles.edit(scope, view.id, view.revision, { do: "setOption", field: "only", value: "new" });
    assert.equal((await bundles.sample(scope, view.id))?.from, "event");
    await fresh.db
      .update(bundleTable)
      .set({ draft: applyEdit({ ...same.body, trigger: null }, add()) })
      .where(eq(bundleTable.id, view.id));
    await bundles.edit(scope, view.id, same.revision, call);
    assert.equal((await bundles.sample(scope, view.id))?.from, "declared");
    assert.equal((await fresh.db.select().from(triggerTable).where(eq(triggerTable.bundle, view.id))).length, 1);
  });
});

/** Semantics §1: an edit is a draft beside the live version until it is published; publishing can be undone. */
import assert from "node:assert/strict";
import { after, before, describe, it, test } from "node:test";
import fc from "../../../test/support/property.ts";
import { CALL as call, type Workshop, workshop } from "../../../test/support/workshop.ts";
import type { Bundles, BundleView, Scope } from "../engine.ts";
import { NotFound, Stale, UserError } from "../errors.ts";
import { differences, isSame, movedSteps } from "./compare.ts";
import { applyEdit, type Edit } from "./edits.ts";
import { type Bundle, EMPTY_BUNDLE } from "./model.ts";

describe("versions", () => {
  let shop: Workshop;
  let bundles: Bundles;
  let scope: Scope;
  before(async () => {
    shop = await workshop();
    ({ bundles, scope } = shop);
  });
  after(() => shop.fresh.drop());

  const add = (id: string): Edit => ({
    do: "addAction",
    id,
    connector: "crm",
    action: "create",
    connection: shop.connection,
  });
  const note = (value: string): Edit => ({ do: "setField", step: "aaa", field: "note", value });
  const started = async () => bundles.start(scope, (await shop.built(call, add("aaa"), note("one"))).id);
  async function published(view: BundleView, ...edits: Edit[]): Promise<BundleView> {
    let now = await bundles.get(scope, view.id);
    for (const edit of edits) now = await bundles.edit(scope, view.id, now.revision, edit);
    return bundles.publish(scope, view.id);
  }
  const noteOf = ({ body }: { body: Bundle }) => {
    const [step] = body.steps;
    return step?.kind === "action" ? step.input.note : undefined;
  };
  const nothingLeft = (action: Promise<unknown>) =>
    assert.rejects(action, (error) => error instanceof UserError && /не к чему|нечего/.test(error.sentence.ru));

  it("an undo publishes the former version again, step by step to the first; runs keep the numbers they had", async () => {
    const first = await started();
    await nothingLeft(bundles.undo(scope, first.id));
    await published(first, note("two"));
    const third = await published(first, note("three"));
    assert.equal(third.formerVersion, 2);
    const undone = await bundles.undo(scope, first.id);
    assert.deepEqual([noteOf(undone), undone.version, undone.state], ["two", 4, "active"]);
    const again = await bundles.undo(scope, first.id);
    assert.deepEqual([noteOf(again), again.version], ["one", 5]);
    await nothingLeft(bundles.undo(scope, first.id));
    const named = await bundles.undo(scope, first.id, 3);
    assert.equal(noteOf(named), "three");
    assert.equal(
      noteOf(await bundles.undo(scope, first.id)),
      "one",
      "a named one is undone to what was live before it",
    );
    const list = await bundles.versions(scope, first.id);
    assert.deepEqual(
      list.map(({ version, sameAs, isLive }) => [version, sameAs ?? null, isLive]),
      [
        [7, 1, true],
        [6, 3, false],
        [5, 1, false],
        [4, 2, false],
        [3, null, false],
        [2, null, false],
        [1, null, false],
      ],
    );
    assert.deepEqual(
      list.slice(-3).map(({ changes, by }) => [changes, by]),
      [
        [1, "Анна"],
        [1, "Анна"],
        [0, "Анна"],
      ],
    );
  });

  it("an undo twice by one press is one; a stranger has no versions", async () => {
    const first = await started();
    await published(first, note("two"));
    await published(first, note("three"));
    const op = { ...scope, op: "update 61" };
    await bundles.undo(op, first.id);
    assert.equal(noteOf(await bundles.undo(op, first.id)), "two");
    for (const action of [
      () => bundles.versions(shop.other, first.id),
      () => bundles.undo(shop.other, first.id),
      () => bundles.compare(shop.other, first.id, 1, "draft"),
      () => bundles.migration(shop.other, first.id),
      () => bundles.migrate(shop.other, first.id, { do: "reset" }),
      () => bundles.upcoming(shop.other, first.id, 1),
    ])
      await assert.rejects(action(), NotFound);
  });

  it("the draft beside the live version stays as it is; a draft that comes to the same is no new version", async () => {
    const first = await started();
    const second = await published(first, note("two"));
    await bundles.edit(scope, first.id, second.revision, note("in work"));
    const undone = await bundles.undo(scope, first.id);
    assert.deepEqual([noteOf(undone), undone.hasDraft], ["in work", true]);
    const back = await bundles.edit(scope, first.id, undone.revision, note("one"));
    const same = await bundles.publish(scope, first.id);
    assert.deepEqual([same.version, same.hasDraft], [back.version, false]);
  });

  it("a former version that no longer works isn't published: the sentence leads to the place", async () => {
    const first = await started();
    const gone = await published(
      first,
      { do: "removeStep", step: "aaa" },
      {
        do: "addAction",
        id: "bbb",
        connector: "hook",
        action: "say",
        connection: null,
      },
      { do: "setField", step: "bbb", field: "words", value: "hi" },
    );
    await shop.fresh.sql`update connections set state = 'broken' where id = ${shop.connection}`;
    await assert.rejects(
      bundles.undo(scope, first.id),
      (error) => error instanceof UserError && /не работает/.test(error.sentence.ru),
    );
    await shop.fresh.sql`update connections set state = 'alive' where id = ${shop.connection}`;
    assert.equal((await bundles.get(scope, first.id)).version, gone.version);
  });

  it("compared in people's words: names of fields and accounts, never a secret", async () => {
    const first = await started();
    const edits: Edit[] = [
      { do: "setField", step: "aaa", field: "note", value: "Звонил {{ trigger.caller }}" },
      { do: "setOption", field: "only", value: "new" },
      { do: "addAction", id: "bbb", connector: "hook", action: "say", connection: null },
      { do: "setField", step: "bbb", field: "words", value: "hi" },
      { do: "setField", step: "bbb", field: "pin", value: "4711" },
      { do: "setHours", hours: { kind: "window", from: "09:00", to: "18:00", weekdays: [1, 2, 3, 4, 5] } },
    ];
    let view = await bundles.get(scope, first.id);
    for (const edit of edits) view = await bundles.edit(scope, first.id, view.revision, edit);
    const told = await bundles.compare(scope, first.id, 1, "draft");
    assert.deepEqual(
      told.map(({ ru }) => ru),
      [
        "Триггер, «Какие»: было «all», стало «new».",
        "Часы работы: было всё время, стало пн–пт, с 09:00 до 18:00.",
        "Шаг 2 «CRM: Новый клиент», «Заметка»: было «one», стало «Звонил {Номер звонящего}».",
        "Добавлен шаг 3 «Hook: Say».",
      ],
    );
    await bundles.publish(scope, first.id);
    await published(first, { do: "setField", step: "bbb", field: "pin", value: "0815" });
    assert.deepEqual(await bundles.compare(scope, first.id, 2, 3), [
      { ru: "Шаг 3 «Hook: Say», «ПИН»: другое значение.", en: "Step 3 “Hook: Say”, “pin”: another value." },
    ]);
    assert.deepEqual(await bundles.compare(scope, first.id, 3, "draft"), []);
    await assert.rejects(bundles.compare(scope, first.id, 1, 99), NotFound);
  });

  it("edits of the draft are taken back one by one, also throwing it away; at most twenty, none past a publishing", async () => {
    const first = await started();
    assert.equal(first.canUndoEdit, undefined);
    let view = await bundles.edit(scope, first.id, first.revision, note("two"));
    view = await bundles.edit(scope, first.id, view.revision, add("bbb"));
    await assert.rejects(bundles.undoEdit(scope, first.id, first.revision), Stale);
    view = await bundles.discard(scope, first.id);
    assert.deepEqual([view.hasDraft, view.canUndoEdit], [false, true]);
    view = await bundles.undoEdit(scope, first.id, view.revision);
    assert.equal(view.body.steps.length, 2);
    view = await bundles.undoEdit(scope, first.id, view.revision);
    assert.deepEqual([view.body.steps.length, noteOf(view)], [1, "two"]);
    view = await bundles.undoEdit(scope, first.id, view.revision);
    assert.deepEqual([view.hasDraft, noteOf(view), view.canUndoEdit ?? false], [false, "one", false]);
    await nothingLeft(bundles.undoEdit(scope, first.id, view.revision));
    for (let count = 1; count <= 25; count++) {
      view = await bundles.edit(scope, first.id, view.revision, note(`n${count}`));
    }
    let undone = 0;
    for (; view.canUndoEdit; undone++) view = await bundles.undoEdit(scope, first.id, view.revision);
    assert.deepEqual([undone, noteOf(view)], [20, "n5"]);
    view = await bundles.edit(scope, first.id, view.revision, note("last"));
    assert.equal((await bundles.publish(scope, first.id)).canUndoEdit, undefined);
  });

  it("a new bundle's edits are taken back too, its proposed name with them", async () => {
    const empty = await bundles.create(scope);
    const chosen = await bundles.edit(scope, empty.id, empty.revision, call);
    assert.notEqual(chosen.name, empty.name);
    const back = await bundles.undoEdit(scope, empty.id, chosen.revision);
    assert.deepEqual([back.name, back.body], [empty.name, EMPTY_BUNDLE]);
    const named = await bundles.rename(scope, empty.id, "Моя");
    const again = await bundles.edit(scope, empty.id, named.revision, call);
    assert.equal((await bundles.undoEdit(scope, empty.id, again.revision)).name, "Моя");
  });
});

test("every edit that changes something is told, whatever it is, and none that doesn't", () => {
  const id = fc.constantFrom("aaa", "bbb", "ccc", "ddd");
  const edit: fc.Arbitrary<Edit> = fc.oneof(
    fc.record({
      do: fc.constant("addAction" as const),
      id,
      connector: fc.constant("crm"),
      action: fc.constantFrom("create", "find"),
      connection: fc.constantFrom("c1", null),
      at: fc.nat(4),
    }),
    fc.record({
      do: fc.constant("addTool" as const),
      id,
      tool: fc.constantFrom("router" as const, "break" as const),
      at: fc.nat(4),
    }),
    fc.record({
      do: fc.constant("setField" as const),
      step: id,
      field: fc.constantFrom("a", "b"),
      value: fc.constantFrom("1", 2, true, undefined),
    }),
    fc.record({ do: fc.constant("moveStep" as const), step: id, to: fc.nat(4) }),
    fc.record({ do: fc.constant("removeStep" as const), step: id }),
    fc.record({ do: fc.constant("renameStep" as const), step: id, name: fc.constantFrom("", "Имя") }),
    fc.record({ do: fc.constant("setDisabled" as const), step: id, disabled: fc.boolean() }),
    fc.record({ do: fc.constant("setEvery" as const), minutes: fc.integer({ min: 1, max: 9 }) }),
    fc.record({ do: fc.constant("setRepeats" as const), repeats: fc.constantFrom("once" as const, "every" as const) }),
    fc.record({
      do: fc.constant("setHours" as const),
      hours: fc.constantFrom(null, { kind: "cron" as const, cron: "0 9 * * *" }),
    }),
    fc.record({
      do: fc.constant("setTargets" as const),
      step: id,
      onTrue: fc.constantFrom("next" as const, "end" as const),
    }),
    fc.record({
      do: fc.constant("setOnError" as const),
      step: id,
      onError: fc.constantFrom({ kind: "stop" as const }, { kind: "continue" as const }),
    }),
  );
  const start = applyEdit(EMPTY_BUNDLE, { do: "setTrigger", connector: "hook", trigger: "call", connection: null });
  const find = () => undefined;
  /** As it lies in the database: keys in another order, nothing that is undefined. */
  const stored = (body: Bundle): Bundle => JSON.parse(JSON.stringify(body));
  /** Without what says no more than its absence. */
  const meant = ({ steps, ...body }: Bundle): unknown => ({
    ...body,
    steps: steps.map(({ disabled, onError, ...step }) => [step, disabled === true, onError?.kind ?? "stop"]),
  });
  fc.assert(
    fc.property(fc.array(edit, { maxLength: 8 }), fc.array(edit, { maxLength: 8 }), (first, more) => {
      const before = stored(first.reduce(applyEdit, start));
      const after = stored(more.reduce(applyEdit, before));
      const told = differences({ before: { body: before }, after: { body: after }, find, accounts: new Map() });
      assert.equal(told.length > 0, !isSame(meant(after), meant(before)), JSON.stringify({ before, after, told }));
      for (const { ru, en } of told) assert.ok(ru.length > 5 && ru.endsWith(".") && en.endsWith("."), ru);
    }),
    { numRuns: 400 },
  );
});

test("of moved steps only the fewest are told", () => {
  const bundle = (...ids: string[]): Bundle => ({ ...EMPTY_BUNDLE, steps: ids.map((id) => ({ id, kind: "break" })) });
  assert.deepEqual([...movedSteps(bundle("aaa", "bbb", "ccc", "ddd"), bundle("ddd", "aaa", "bbb", "ccc"))], ["ddd"]);
  assert.deepEqual([...movedSteps(bundle("aaa", "bbb"), bundle("xxx", "aaa", "yyy", "bbb"))], []);
});

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "../../../test/support/property.ts";
import { applyEdit, type Edit } from "./edits.ts";
import { Bundle, type Conditions, EMPTY_BUNDLE, TIME_UNITS } from "./model.ts";

const after = (...edits: Edit[]): Bundle => edits.reduce(applyEdit, EMPTY_BUNDLE);
const add = (id: string, at?: number): Edit => ({
  do: "addAction",
  id,
  connector: "crm",
  action: "create",
  connection: null,
  ...(at === undefined ? {} : { at }),
});

test("adding a step whose id exists changes nothing", () => {
  const once = after(add("aaa"), add("bbb"));
  assert.equal(applyEdit(once, add("aaa", 0)), once);
});

test("steps are put, moved and removed by place; jumps to a removed step lead to the next", () => {
  const bundle = after(add("aaa"), { do: "addTool", id: "rrr", tool: "router", at: 0 }, add("bbb"), {
    do: "setTargets",
    step: "rrr",
    onTrue: "aaa",
    onFalse: "bbb",
  });
  assert.deepEqual(
    bundle.steps.map(({ id }) => id),
    ["rrr", "aaa", "bbb"],
  );
  const moved = applyEdit(bundle, { do: "moveStep", step: "bbb", to: 0 });
  assert.deepEqual(
    moved.steps.map(({ id }) => id),
    ["bbb", "rrr", "aaa"],
  );
  const removed = applyEdit(applyEdit(bundle, { do: "removeStep", step: "aaa" }), { do: "removeStep", step: "bbb" });
  assert.deepEqual(removed.steps, [{ id: "rrr", kind: "router", when: [], onTrue: "end", onFalse: "end" }]);
});

test("another trigger keeps steps and filter, the same one keeps its options", () => {
  const set: Edit = { do: "setTrigger", connector: "crm", trigger: "new", connection: "c1" };
  const chosen = after(set, { do: "setOption", field: "only", value: "all" }, add("aaa"));
  assert.deepEqual(applyEdit(chosen, { ...set, connection: "c2" }).trigger?.options, { only: "all" });
  const other = applyEdit(chosen, { ...set, trigger: "changed" });
  assert.deepEqual(other.trigger?.options, {});
  assert.equal(other.steps.length, 1);
});

test("a field that was looked at isn't unsure any more; undefined empties it", () => {
  const proposed = after(add("aaa"), { do: "propose", step: "aaa", values: { a: "1", b: "2" }, unsure: ["a", "b"] });
  const seen = applyEdit(proposed, { do: "setField", step: "aaa", field: "a", value: undefined });
  assert.deepEqual(seen.steps[0], {
    id: "aaa",
    kind: "action",
    connector: "crm",
    action: "create",
    connection: null,
    input: { b: "2" },
    unsure: ["b"],
  });
});

test("a loop's limit stays within what a run takes, a removed goal of a no leads on, a loop's end can't be switched off", () => {
  const edits: Edit[] = [
    { do: "addTool", id: "loo", tool: "loop" },
    { do: "addTool", id: "app", tool: "approval" },
    { do: "addTool", id: "elo", tool: "endLoop" },
    { do: "setLoop", step: "loo", list: "{{ trigger.items }}", limit: 5_000 },
    { do: "setApproval", step: "app", onNo: "elo", question: "?" },
    { do: "setDisabled", step: "elo", disabled: true },
  ];
  const made = edits.reduce(applyEdit, EMPTY_BUNDLE);
  assert.deepEqual(made.steps[0], { id: "loo", kind: "loop", list: "{{ trigger.items }}", limit: 1_000 });
  assert.deepEqual(made.steps[2], { id: "elo", kind: "endLoop" });
  const shorter = applyEdit(made, { do: "removeStep", step: "elo" });
  assert.equal(shorter.steps[1]?.kind === "approval" && shorter.steps[1].onNo, "end");
  const all = applyEdit(made, { do: "setLoop", step: "loo", limit: null });
  assert.deepEqual(all.steps[0], { id: "loo", kind: "loop", list: "{{ trigger.items }}" });
});

test("any sequence of edits leaves a valid document, and every edit done twice is done once", () => {
  const id = fc.constantFrom("aaa", "bbb", "ccc", "ddd");
  const target = fc.oneof(id, fc.constantFrom("next", "end"));
  const text = fc.string();
  const kinds: fc.Arbitrary<Edit>[] = [
    fc.record({
      do: fc.constant("setTrigger" as const),
      connector: text,
      trigger: text,
      connection: fc.option(text, { nil: null }),
    }),
    fc.record({ do: fc.constant("setTriggerConnection" as const), connection: text }),
    fc.record({ do: fc.constant("setOption" as const), field: text, value: fc.option(text, { nil: undefined }) }),
    fc.record({ do: fc.constant("setEvery" as const), minutes: fc.double() }),
    fc.record({ do: fc.constant("setRepeats" as const), repeats: fc.constantFrom("once" as const, "every" as const) }),
    fc.record({
      do: fc.constant("setConditions" as const),
      step: fc.oneof(id, fc.constant("trigger")),
      when: fc.constantFrom<Conditions[]>([], [[{ left: "a", operator: "empty" as const }]]),
    }),
    fc.record({
      do: fc.constant("addAction" as const),
      id,
      connector: text,
      action: text,
      connection: fc.option(text, { nil: null }),
      at: fc.integer(),
    }),
    fc.record({
      do: fc.constant("addTool" as const),
      id,
      tool: fc.constantFrom(...(["router", "break", "stopIf", "loop", "endLoop", "delay", "set", "approval"] as const)),
    }),
    fc.record({ do: fc.constant("setConnection" as const), step: id, connection: text }),
    fc.record({
      do: fc.constant("setField" as const),
      step: id,
      field: text,
      value: fc.option(text, { nil: undefined }),
    }),
    fc.record({
      do: fc.constant("propose" as const),
      step: id,
      values: fc.dictionary(text, text),
      unsure: fc.array(text),
    }),
    fc.record({ do: fc.constant("setTargets" as const), step: id, onTrue: target, onFalse: target }),
    fc.record({
      do: fc.constant("setLoop" as const),
      step: id,
      list: text,
      limit: fc.oneof(fc.integer(), fc.constant(null)),
    }),
    fc.record({
      do: fc.constant("setDelay" as const),
      step: id,
      how: fc.oneof(
        fc.record({ kind: fc.constant("for" as const), amount: text, unit: fc.constantFrom(...TIME_UNITS) }),
        fc.record({ kind: fc.constant("until" as const), moment: text }),
      ),
    }),
    fc.record({
      do: fc.constant("setKept" as const),
      step: id,
      keep: fc.constantFrom("run" as const, "bundle" as const, "workspace" as const),
      values: fc.array(
        fc.record({
          name: fc.string({ minLength: 1, maxLength: 60 }),
          how: fc.constantFrom("set" as const, "add" as const, "get" as const, "remove" as const),
          value: text,
        }),
        { maxLength: 3 },
      ),
      lifetime: fc.oneof(fc.constant(null), fc.constant({ amount: 2, unit: "days" as const })),
    }),
    fc.record({
      do: fc.constant("setApproval" as const),
      step: id,
      question: text,
      who: fc.option(text, { nil: null }),
      otherwise: fc.constantFrom("yes" as const, "no" as const),
      onNo: target,
    }),
    fc.record({ do: fc.constant("setOrder" as const), order: fc.constantFrom("record" as const, "strict" as const) }),
    fc.record({ do: fc.constant("setNegate" as const), step: id, negate: fc.boolean() }),
    fc.record({
      do: fc.constant("setOnError" as const),
      step: id,
      onError: fc.record({ kind: fc.constant("goto" as const), step: target }),
    }),
    fc.record({ do: fc.constant("setDisabled" as const), step: id, disabled: fc.boolean() }),
    fc.record({ do: fc.constant("renameStep" as const), step: id, name: fc.string({ maxLength: 300 }) }),
    fc.record({ do: fc.constant("moveStep" as const), step: id, to: fc.integer() }),
    fc.record({ do: fc.constant("removeStep" as const), step: id }),
  ];
  const edit = fc.oneof(...kinds);
  fc.assert(
    fc.property(fc.array(edit, { maxLength: 40 }), (edits) => {
      let bundle: Bundle = EMPTY_BUNDLE;
      for (const one of edits) {
        const next = applyEdit(bundle, one);
        assert.deepEqual(applyEdit(next, one), next);
        bundle = next;
      }
      const parsed = Bundle.safeParse(bundle);
      assert.ok(parsed.success, parsed.error?.message);
      assert.equal(new Set(bundle.steps.map((step) => step.id)).size, bundle.steps.length);
    }),
  );
});

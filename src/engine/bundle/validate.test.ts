import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "../../../test/support/property.ts";
import type { Connector, Field } from "../../connectors/kit/define.ts";
import { applyEdit, type Edit } from "./edits.ts";
import { type Bundle, EMPTY_BUNDLE } from "./model.ts";
import { sourceOf } from "./sources.ts";
import { type ValidateAsk, validate } from "./validate.ts";

const text = (both: string) => ({ ru: both, en: both });
const field = (key: string, more: Partial<Field> = {}): Field => ({ key, label: text(key), kind: "text", ...more });
const crm: Connector = {
  key: "crm",
  name: text("CRM"),
  about: text("CRM"),
  auth: { kind: "fields", fields: [], steps: [] },
  triggers: [
    {
      key: "new",
      name: text("New"),
      options: [],
      output: [field("id")],
      sample: { id: "1" },
      clock: true,
      record: String,
      change: String,
      at: () => null,
    },
  ],
  actions: [
    {
      key: "create",
      name: text("Create"),
      kind: "create",
      safe: false,
      fields: [field("name", { required: true }), field("phone")],
      output: [field("id")],
      sample: { id: "2" },
      duplicates: { keys: ["name", "phone"], find: async () => [] },
      run: async () => ({}),
    },
  ],
};
const find = (key: string) => (key === "crm" ? crm : undefined);
const alive = { id: "c1", connector: "crm", name: "Моя", state: "alive" } as const;

function problems(body: Bundle, more: Partial<ValidateAsk> = {}) {
  const given = sourceOf({ ref: "trigger", number: 1, title: text("t"), declared: [field("id")], sample: { id: "1" } });
  const gives = new Map([["trigger", given]]);
  return validate({
    bundle: "b1",
    body,
    find,
    isReachable: true,
    connections: [alive],
    fields: new Map(),
    gives,
    ...more,
  });
}
const trigger: Edit = { do: "setTrigger", connector: "crm", trigger: "new", connection: "c1" };
const step = (id: string, name: string | null = "x"): readonly Edit[] => [
  { do: "addAction", id, connector: "crm", action: "create", connection: "c1" },
  { do: "setField", step: id, field: "name", value: name ?? undefined },
];
const after = (...edits: (Edit | readonly Edit[])[]): Bundle => edits.flat().reduce(applyEdit, EMPTY_BUNDLE);
const said = (body: Bundle, more?: Partial<ValidateAsk>): string[] =>
  problems(body, more).map(({ sentence }) => sentence.ru);

test("a sound bundle has no problem", () => {
  assert.deepEqual(problems(after(trigger, step("aaa"), step("bbb", "{{ aaa.id }}{{ trigger.id }}"))), []);
});

test("no trigger, no action", () => {
  assert.deepEqual(
    problems(EMPTY_BUNDLE).map(({ door }) => door.to),
    ["trigger", "bundle"],
  );
});

test("every required field is filled; the door leads to it", () => {
  const [problem] = problems(after(trigger, step("aaa", null)));
  assert.match(problem?.sentence.ru ?? "", /^Шаг 2 «CRM: Create»: поле «name» не заполнено/);
  assert.deepEqual(problem?.door, { to: "step", bundle: "b1", step: "aaa", field: "name" });
});

test("every reference points backwards and exists", () => {
  assert.match(
    said(after(trigger, step("aaa", "{{ bbb.id }}"), step("bbb")))[0] ?? "",
    /шага 3, который выполняется позже/,
  );
  assert.match(said(after(trigger, step("aaa", "{{ aaa.id }}")))[0] ?? "", /позже/);
  assert.match(said(after(trigger, step("aaa", "{{ gone.id }}")))[0] ?? "", /шага, которого больше нет/);
  const [missing] = problems(after(trigger, step("aaa", "{{ trigger.other }}")));
  assert.equal(missing?.mild, true);
  assert.match(said(after(trigger, step("aaa", "{{ trigger.id ")))[0] ?? "", /ошибкой/);
});

test("connections are chosen, there, and alive", () => {
  const body = after(trigger, step("aaa"));
  assert.equal(said(body, { connections: [] }).length, 2);
  assert.match(said(body, { connections: [{ ...alive, state: "broken" }] })[0] ?? "", /«Моя» не работает/);
  assert.match(said(after({ ...trigger, connection: null }, step("aaa")))[0] ?? "", /не выбрано/);
});

test("every jump points forwards; the mend leads it to the next step", () => {
  const body = after(
    trigger,
    step("aaa"),
    { do: "addTool", id: "rrr", tool: "router" },
    {
      do: "setConditions",
      step: "rrr",
      when: [[{ left: "{{ trigger.id }}", operator: "notEmpty" }]],
    },
  );
  const back = applyEdit(body, { do: "setTargets", step: "rrr", onTrue: "aaa" });
  const [problem] = problems(back);
  assert.match(problem?.sentence.ru ?? "", /ведёт назад, к шагу 2/);
  assert.ok(problem?.mend);
  assert.deepEqual(problems(applyEdit(back, problem.mend.edit)), []);
  const gone = applyEdit(body, { do: "setTargets", step: "rrr", onFalse: "zzz" });
  assert.match(said(gone)[0] ?? "", /больше нет/);
});

test("where a branch would run on into the other one, a Break is offered", () => {
  const body = after(trigger, { do: "addTool", id: "rrr", tool: "router" }, step("aaa"), step("bbb"), [
    { do: "setConditions", step: "rrr", when: [[{ left: "{{ trigger.id }}", operator: "notEmpty" }]] },
    { do: "setTargets", step: "rrr", onTrue: "aaa", onFalse: "bbb" },
  ]);
  const [problem] = problems(body);
  assert.equal(problem?.mild, true);
  assert.ok(problem?.mend);
  const mended = applyEdit(body, problem.mend.edit);
  assert.deepEqual(
    mended.steps.map(({ kind }) => kind),
    ["router", "action", "break", "action"],
  );
  assert.deepEqual(problems(mended), []);
});

test("only filled fields tell duplicates; the mend unticks the empty ones", () => {
  const body = after(trigger, step("aaa"), {
    do: "setDuplicates",
    step: "aaa",
    duplicates: { mode: "keep", match: "any", keys: ["name", "phone"], rules: {} },
  });
  const [problem] = problems(body);
  assert.match(problem?.sentence.ru ?? "", /«phone»/);
  assert.ok(problem?.mend);
  assert.deepEqual(problems(applyEdit(body, problem.mend.edit)), []);
});

test("duplicates only as the service can treat them", () => {
  const duplicates = { mode: "update" as const, match: "any" as const, keys: ["name"], rules: {} };
  const body = after(trigger, step("aaa"), { do: "setDuplicates", step: "aaa", duplicates });
  const [problem] = problems(body);
  assert.match(problem?.sentence.ru ?? "", /не умеет/);
  assert.ok(problem?.mend);
  assert.deepEqual(problems(applyEdit(body, problem.mend.edit)), []);
});

test("a value of a switched-off step is worth a look", () => {
  const body = after(trigger, step("aaa"), step("bbb", "{{ aaa.id }}"), {
    do: "setDisabled",
    step: "aaa",
    disabled: true,
  });
  const [problem] = problems(body);
  assert.deepEqual([problem?.mild, /выключен/.test(problem?.sentence.ru ?? "")], [true, true]);
});

test("routers and stop-ifs need a condition; patterns must be patterns", () => {
  const body = after(trigger, { do: "addTool", id: "sss", tool: "stopIf" }, step("aaa"));
  assert.match(said(body)[0] ?? "", /ни одного условия/);
  const broken = applyEdit(body, {
    do: "setConditions",
    step: "sss",
    when: [[{ left: "a", operator: "matches", right: "(" }]],
  });
  assert.match(said(broken)[0] ?? "", /Шаблон поиска/);
});

test("disabled steps are no problem, and no action either", () => {
  const body = after(trigger, step("aaa", null), { do: "setDisabled", step: "aaa", disabled: true });
  assert.deepEqual(said(body), ["В связке ещё нет ни одного действия."]);
});

test("mends never throw and never make a document worse", () => {
  const id = fc.constantFrom("aaa", "bbb", "rrr", "sss");
  const target = fc.oneof(id, fc.constantFrom("next", "end"));
  const edit = fc.oneof(
    fc.record({ do: fc.constant("setTargets" as const), step: id, onTrue: target, onFalse: target }),
    fc.record({ do: fc.constant("moveStep" as const), step: id, to: fc.nat(5) }),
    fc.record({ do: fc.constant("removeStep" as const), step: id }),
  );
  const start = after(
    trigger,
    step("aaa"),
    step("bbb", "{{ aaa.id }}"),
    { do: "addTool", id: "rrr", tool: "router" },
    { do: "addTool", id: "sss", tool: "break" },
  );
  fc.assert(
    fc.property(fc.array(edit), (edits) => {
      let body = edits.reduce<Bundle>(applyEdit, start);
      for (let round = 0; round < 10; round++) {
        const mend = problems(body).find((problem) => problem.mend)?.mend;
        if (mend === undefined) return;
        body = applyEdit(body, mend.edit);
      }
      assert.equal(problems(body).filter((problem) => problem.mend).length, 0);
    }),
  );
});

test("an address that is none, JSON that doesn't parse, a word where a number belongs keep a bundle from starting; a reference is judged later", () => {
  const fields = [
    field("kind", { kind: "choice", initial: "json" }),
    field("wait", { kind: "integer" }),
    field("sum", { kind: "decimal" }),
    field("url", { syntax: "url" }),
    field("body", { kind: "longText", syntax: { by: "kind", is: { json: "json" } } }),
  ];
  const said = (input: Record<string, string>) => {
    const body = [
      { do: "setTrigger", connector: "crm", trigger: "new", connection: "c1" } as const,
      { do: "addAction", id: "s1", at: 0, connector: "crm", action: "create", connection: "c1" } as const,
      ...Object.entries({ name: "x", ...input }).map(
        ([key, value]) => ({ do: "setField", step: "s1", field: key, value }) as const,
      ),
    ].reduce<Bundle>(applyEdit, EMPTY_BUNDLE);
    return problems(body, { fields: new Map([["s1", fields]]) }).map(({ door }) => ("field" in door ? door.field : ""));
  };
  assert.deepEqual(said({ url: "https://a.test/x?y={{ trigger.id }}", body: '{"a": {{ trigger.id }}}' }), []);
  assert.deepEqual(said({ url: "{{ trigger.id }}", body: '{"a": 1}' }), []);
  for (const url of ["example.com", "https://", "https:/x", "ftp://a.test", "https://{Адрес}/x", "https://a:b@c.test"])
    assert.deepEqual(said({ url }), ["url"], url);
  assert.deepEqual(said({ url: "http://[::1]:80/", body: "{a}" }), ["body"]);
  assert.deepEqual(said({ kind: "text", body: "{a}" }), []);
  assert.deepEqual(said({ wait: "потом", sum: "дорого" }), ["wait", "sum"]);
  assert.deepEqual(said({ wait: "{{ trigger.id }}", sum: "1,234.50" }), []);
  assert.deepEqual(said({ wait: " ", sum: "1 234,50 ₽" }), []);
});

test("a loop needs a list and steps, lies in no other loop, and nothing jumps into it or out of it but to its end", () => {
  const tool = (id: string, kind: "loop" | "endLoop" | "router", at?: number): Edit => ({
    do: "addTool",
    id,
    tool: kind,
    ...(at === undefined ? {} : { at }),
  });
  const list: Edit = { do: "setLoop", step: "loo", list: "{{ trigger.id }}" };
  const sound = after(trigger, tool("loo", "loop"), list, step("aaa"), tool("elo", "endLoop"), step("bbb"));
  assert.deepEqual(said(sound), []);
  const has = (body: Bundle, words: RegExp) =>
    assert.ok(
      said(body).some((one) => words.test(one)),
      said(body).join("\n"),
    );
  has(after(trigger, tool("loo", "loop"), step("aaa")), /не выбран список/);
  has(after(trigger, step("aaa"), tool("loo", "loop"), list), /внутри цикла нет ни одного шага/);
  has(after(trigger, step("aaa"), tool("elo", "endLoop")), /ни один цикл не начинается/);
  has([tool("two", "loop", 1)].reduce(applyEdit, sound), /цикл лежит внутри другого цикла \(шаг 2\)/);
  const routed = (id: string, at: number, to: string): Bundle =>
    [tool(id, "router", at), { do: "setTargets", step: id, onTrue: to, onFalse: "next" } as const].reduce(
      applyEdit,
      sound,
    );
  has(routed("rou", 1, "bbb"), /ведёт из цикла наружу, к шагу 6/);
  has(routed("rou", 0, "aaa"), /ведёт внутрь цикла, к шагу 4/);
  assert.ok(said(routed("rou", 1, "elo")).every((one) => !/цикл/.test(one) || /условия/.test(one)));
  has(applyEdit(sound, { do: "setField", step: "bbb", field: "name", value: "{{ aaa.id }}" }), /а он внутри цикла/);
});

test("a delay says how long or until when, kept values have a name and a value, a question is written", () => {
  const tool = (kind: "delay" | "set" | "approval", ...more: Edit[]): string[] =>
    said(after(trigger, step("aaa"), { do: "addTool", id: "too", tool: kind }, more));
  const delay = (how: Extract<Edit, { do: "setDelay" }>["how"]) => tool("delay", { do: "setDelay", step: "too", how });
  assert.deepEqual(tool("delay"), []);
  assert.match(delay({ kind: "for", amount: "скоро", unit: "days" })[0] ?? "", /сколько ждать/);
  assert.match(delay({ kind: "until", moment: "" })[0] ?? "", /до какого времени/);
  assert.match(delay({ kind: "until", moment: "потом" })[0] ?? "", /не дата/);
  assert.deepEqual(delay({ kind: "until", moment: "{{ trigger.id }}" }), []);
  assert.match(tool("set")[0] ?? "", /что запомнить/);
  const values = [{ name: "Клиент", how: "set" as const }];
  assert.match(tool("set", { do: "setKept", step: "too", values })[0] ?? "", /«Клиент» нет значения/);
  assert.match(tool("approval")[0] ?? "", /не написан вопрос/);
});

test("launch hours that can't be used keep a bundle from starting; all the time is no hours at all", () => {
  const hours = (given: Extract<Edit, { do: "setHours" }>["hours"]) =>
    after(trigger, step("aaa"), { do: "setHours", hours: given });
  assert.match(said(hours({ kind: "cron", cron: "* * *" })).join(), /Шаг 1 .*«\* \* \*» — не расписание cron/);
  assert.match(said(hours({ kind: "window", from: "09:00" })).join(), /наполовину/);
  assert.deepEqual(said(hours({ kind: "window", weekdays: [1, 5] })), []);
  const none = applyEdit(hours({ kind: "window", weekdays: [1] }), { do: "setHours", hours: null });
  assert.deepEqual(none, after(trigger, step("aaa")));
});

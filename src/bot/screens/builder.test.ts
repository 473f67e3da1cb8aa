/** Screens of the builder: their limits for the largest bundles, and what they say. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type {
  ActionStep,
  Bundle,
  BundleView,
  Connector,
  DryRun,
  Field,
  MappingLine,
  Problem,
  Source,
  Step,
} from "../../engine/index.ts";
import type { Screen } from "../parts.ts";
import { textsFor } from "../texts/index.ts";
import { bundlesScreen, whichScreen } from "./bundles.ts";
import { candidates } from "./candidates.ts";
import { cardScreen, moreOfCard, periodScreen } from "./card.ts";
import { foundScreen, listScreen } from "./choose.ts";
import { conditionScreen, conditionsScreen, operatorsFor } from "./conditions.ts";
import { dryScreen } from "./dryrun.ts";
import { duplicatesScreen, rulesScreen } from "./duplicates.ts";
import { appendScreen, choiceScreen, composeScreen, foundFields, listedScreen, valueScreen } from "./field.ts";
import { duplicatesLine, mappingScreen, moreScreen } from "./mapping.ts";
import { menuScreen, targetsScreen, toolScreen } from "./step.ts";
import { depths, stepsScreen } from "./steps.ts";
import { conditionText, type Look, labelled, spoken } from "./titles.ts";
import { triggerScreen } from "./trigger.ts";

const LONG = "Очень длинное название, которое люди дают полям и связкам, чтобы ничего не забыть".repeat(3);
const BUNDLE = "B".repeat(22);
const CONNECTION = "C".repeat(22);

const both = (text: string) => ({ ru: text, en: text });
const field = (i: number, over: Partial<Field> = {}): Field => ({
  key: `client.someVeryLongKeyOfAField.${i}`,
  label: both(`${LONG} ${i}`),
  kind: "text",
  hint: both(LONG),
  ...over,
});
const fields = Array.from({ length: 40 }, (_, i) => field(i));

const connector: Connector = {
  key: "a-service-with-a-name",
  name: both("Сервис с длинным именем"),
  about: both("…"),
  auth: { kind: "fields", fields: [], steps: [] },
  triggers: [
    {
      key: "happened",
      name: both(LONG),
      options: fields.slice(0, 3),
      output: fields,
      sample: {},
      poll: { items: async function* () {} },
      record: () => "1",
      change: () => "1",
      at: () => null,
    },
  ],
  actions: [
    {
      key: "create",
      name: both(LONG),
      kind: "create",
      safe: false,
      fields,
      output: fields,
      sample: {},
      run: async () => ({}),
      duplicates: { keys: fields.slice(0, 10).map((one) => one.key), find: async () => [], update: async () => ({}) },
    },
  ],
};
const action = (i: number): ActionStep => ({
  id: `s${String(i).padStart(7, "0")}`,
  kind: "action",
  connector: connector.key,
  action: "create",
  connection: CONNECTION,
  input: {},
});
const condition = { left: "{{ trigger.status }}", operator: "equals" as const, right: LONG };
const router: Step = {
  id: "r0000000",
  kind: "router",
  when: Array.from({ length: 20 }, () => [condition, condition]),
  onTrue: "next",
  onFalse: "end",
};
const body: Bundle = {
  format: 1,
  trigger: {
    connector: connector.key,
    trigger: "happened",
    connection: CONNECTION,
    options: {},
    filter: [[condition]],
  },
  steps: [router, ...Array.from({ length: 29 }, (_, i) => action(i))],
};
const view: BundleView = {
  id: BUNDLE,
  number: 123456,
  name: LONG,
  state: "active",
  pausedBy: null,
  hasDraft: true,
  connectors: [connector.key],
  body,
  revision: 3,
  version: 2,
  address: `https://example.test/hooks/${"x".repeat(64)}`,
  hook: null,
  nextPollAt: new Date(0),
  polledAt: new Date(0),
  triggerFailure: { class: "temporary", sentence: both(LONG.repeat(3)) },
  held: 49_999,
  counts: { succeeded: 123_456, failed: 123_456, waiting: 9, filtered: 99, repeated: 99 },
  lastRuns: ["failed", "succeeded", "succeeded", "waiting", "unknown", "queued", "running", "cancelled"],
};
const sources: Source[] = Array.from({ length: 30 }, (_, s) => ({
  ref: s === 0 ? "trigger" : `s${String(s).padStart(7, "0")}`,
  number: s + 1,
  title: both(LONG),
  fields: fields.map((one, i) => ({
    field: one,
    template: `{{ ${s === 0 ? "trigger" : `s${s}`}.f${i} }}`,
    shown: LONG,
    value: LONG,
  })),
}));
const mapping: MappingLine[] = fields.map((one, i) => ({
  field: i % 3 === 0 ? { ...one, required: true } : one,
  value: i % 4 === 0 ? undefined : "{{ trigger.f1 }}",
  spoken: LONG,
  shown: LONG,
  problem: i % 5 === 0 ? both(LONG) : null,
  unsure: i % 2 === 0,
  isCommon: true,
}));
const problems: Problem[] = Array.from({ length: 40 }, (_, i) => ({
  sentence: both(LONG),
  door: { to: "step", bundle: BUNDLE, step: action(i % 29).id },
}));
const dry: DryRun = {
  isReal: true,
  sample: { item: {}, from: "event", at: null },
  filter: { holds: false, verdicts: [] },
  steps: body.steps.map((step, i) =>
    i % 7 === 3
      ? {
          step: step.id,
          number: i + 2,
          title: both(LONG),
          verdict: "error",
          failure: { class: "data", sentence: both(LONG.repeat(2)), own: LONG },
        }
      : {
          step: step.id,
          number: i + 2,
          title: both(LONG),
          verdict: "wouldCreate",
          input: {},
          shown: fields.map((one) => ({ label: one.label, value: LONG })),
          found: { id: LONG, several: 3 },
        },
  ),
};

const looks: Look[] = (["ru", "en"] as const).map((locale) => ({
  t: textsFor(locale),
  locale,
  timeZone: "Europe/Moscow",
  catalogue: { connector: (key) => (key === connector.key ? connector : undefined) },
}));
const [ru, en] = looks as [Look, Look];

function fits(screen: Screen): void {
  assert.ok(screen.text.text.length > 0, "has a text");
  assert.ok(screen.text.text.length <= 4_000, `text of ${screen.text.text.length}`);
  assert.ok(screen.text.entities.length <= 100);
  const buttons = screen.keyboard.flat();
  assert.ok(buttons.length <= 90, `${buttons.length} buttons`);
  assert.ok(
    Buffer.byteLength(JSON.stringify(screen.keyboard)) <= 8_192,
    `markup of ${Buffer.byteLength(JSON.stringify(screen.keyboard))}`,
  );
  for (const row of screen.keyboard) assert.ok(row.length >= 1 && row.length <= 8);
  for (const one of buttons) if ("data" in one) assert.ok(Buffer.byteLength(one.data) <= 64, one.data);
}

const line = { ...(mapping[1] as MappingLine) };
const open = { bundle: BUNDLE, step: "s0000009", line, index: 139, sources };
const outline = { view, sources, problems };
const duplicates = {
  mode: "update" as const,
  match: "any" as const,
  keys: fields.slice(0, 10).map((one) => one.key),
  rules: {},
};
const dup = { view, step: "s0000009", settings: duplicates, mapping, keys: duplicates.keys, canUpdate: true };

for (const look of looks)
  test(`every screen of a bundle of 30 steps × 40 fields stays within Telegram's limits (${look.locale})`, () => {
    const cond = { bundle: BUNDLE, step: "s0000009", index: 399, condition, sources, field: null, verdict: null };
    const items = Array.from({ length: 20 }, (_, i) => ({ value: `${LONG}${i}`, label: LONG, note: LONG }));
    const choices = Array.from({ length: 60 }, (_, i) => ({ value: `v${i}`, label: both(LONG) }));
    const picks = Array.from({ length: 60 }, (_, i) => ({ label: LONG, data: `add:${BUNDLE}:abcd:${i}` }));
    const summaries = Array.from({ length: 60 }, (_, i) => ({ ...view, number: i }));
    const card = { ...outline, timeZone: "Europe/Moscow", now: new Date(0), word: LONG };
    for (const screen of [
      stepsScreen(look, outline),
      stepsScreen(look, { ...outline, page: "1" }),
      cardScreen(look, card),
      moreOfCard(look, { ...card, copy: "abcdef" }),
      periodScreen(look, view),
      mappingScreen(look, { view, step: action(9), account: LONG, mapping }),
      mappingScreen(look, { view, step: null, account: LONG, mapping, page: "1" }),
      moreScreen(look, {
        view,
        step: action(9),
        account: null,
        mapping: mapping.map((one) => ({ ...one, value: undefined, isCommon: false, problem: null })),
      }),
      valueScreen(look, open),
      choiceScreen(look, { ...open, line: { ...line, field: field(1, { choices, many: true }) } }),
      listedScreen(look, open, { items: items.slice(0, 8), total: 900 }),
      listedScreen(look, open, { items, total: 900 }, LONG),
      listedScreen(look, open, null),
      composeScreen(look, open),
      appendScreen(look, open),
      foundFields(look, open, candidates(sources), LONG, "put"),
      duplicatesScreen(look, dup),
      rulesScreen(look, dup, "1"),
      conditionsScreen(look, {
        bundle: BUNDLE,
        step: "s0000009",
        number: 9,
        when: router.kind === "router" ? router.when : [],
        verdicts: [],
        sources,
      }),
      ...(["text", "integer", "dateTime", "boolean", "object"] as const).map((kind) =>
        conditionScreen(look, { ...cond, field: field(1, { kind }) }),
      ),
      dryScreen(look, { view, dry, problems, named: new Map(), once: "abcdef" }),
      toolScreen(look, view, router, sources),
      menuScreen(look, view, action(9)),
      targetsScreen(look, {
        view,
        step: router,
        head: LONG,
        choose: (target) => `rset:${BUNDLE}:s0000009:t:${target}`,
        first: [],
        withNext: true,
        back: "x",
      }),
      listScreen({ head: LONG, picks, page: 0, place: ["asvc", BUNDLE, "s0000009"], below: [] }),
      foundScreen(look, { typed: LONG, picks, back: "x" }),
      bundlesScreen(look, summaries, new Set([BUNDLE]), "3"),
      whichScreen(look, "run", summaries, new Set([BUNDLE]), LONG),
      triggerScreen(look, {
        view,
        account: LONG,
        sample: { item: {}, from: "fetched", at: null },
        fields: sources[0]?.fields ?? [],
        next: [],
      }),
    ])
      fits(screen);
  });

test("a line of the mapping shows its value on the sample, marks guesses and what is missing", () => {
  const phone: MappingLine = {
    field: { key: "phone", label: { ru: "Телефон", en: "Phone" }, kind: "phone" },
    value: "{{ trigger.callerNumber }}",
    spoken: "{Номер звонящего}",
    shown: "+7 900 123-45-67",
    problem: null,
    unsure: false,
    isCommon: true,
  };
  const shop: MappingLine = {
    ...phone,
    field: { key: "site", label: { ru: "Магазин", en: "Shop" }, kind: "reference", required: true },
    value: undefined,
    spoken: null,
    shown: null,
  };
  const comment: MappingLine = {
    ...phone,
    field: { key: "c", label: both("Комментарий"), kind: "text" },
    unsure: true,
    spoken: "Привет",
    shown: "Привет",
  };
  const { text, keyboard } = mappingScreen(ru, {
    view,
    step: action(0),
    account: "Магазин",
    mapping: [phone, shop, comment],
  });
  assert.match(text.text, /1\. Телефон · \{Номер звонящего\} → \+7 900 123-45-67/);
  assert.match(text.text, /2\. Магазин · 🔴 нужно заполнить/);
  assert.match(text.text, /3\. ❓ Комментарий · Привет\n/);
  assert.match(text.text, /Осталось заполнить: 1 поле\./);
  assert.deepEqual(
    keyboard[0]?.map((one) => one.text),
    ["1", "🔴 2", "3"],
  );
});

test("duplicates read as a sentence", () => {
  const keys = [fields[0]?.key ?? "", fields[1]?.key ?? ""];
  const named = [
    { ...line, field: field(0, { label: both("Телефон") }) },
    { ...line, field: field(1, { label: both("Email") }) },
  ];
  const say = (look: Look, mode: "keep" | "create", match: "all" | "any") =>
    duplicatesLine(look, { mode, match, keys, rules: {} }, named);
  assert.equal(say(ru, "keep", "any"), "Дубликаты: не создавать, если найден по: Телефон или Email");
  assert.equal(say(en, "keep", "all"), "Duplicates: don't create if found by: Телефон and Email");
  assert.equal(duplicatesLine(ru, undefined, named), "Дубликаты: не проверять, всегда создавать");
});

test("conditions and templates are spoken in the names of fields", () => {
  const status: Source = {
    ref: "trigger",
    number: 1,
    title: both("t"),
    fields: [
      {
        field: { key: "status", label: both("Статус"), kind: "text" },
        template: "{{ trigger.status }}",
        shown: "new",
        value: "new",
      },
    ],
  };
  assert.equal(labelled("complete", { complete: "Выполнен" }), "Выполнен (complete)");
  assert.equal(
    conditionText(ru, { left: "{{ trigger.status }}", operator: "notEquals", right: "complete" }, [status]),
    "Статус не равно complete",
  );
  assert.equal(spoken("Заказ {{ trigger.status }}!", [status], "ru"), "Заказ {Статус}!");
  assert.deepEqual(operatorsFor({ kind: "boolean" }).slice(0, 2), ["isTrue", "isFalse"]);
});

test("steps that a router jumps over are indented", () => {
  const steps: Step[] = [
    { ...(router as Extract<Step, { kind: "router" }>), onFalse: "s0000002" },
    action(0),
    { id: "brk", kind: "break" },
    action(2),
  ];
  assert.deepEqual(depths(steps), [0, 1, 1, 0]);
});

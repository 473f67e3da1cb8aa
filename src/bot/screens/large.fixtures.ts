/** The largest bundle that people are promised: 20 steps of every kind, 40 fields a step, names that never end. */
import type {
  ActionStep,
  Bundle,
  BundleView,
  Connector,
  Field,
  MappingLine,
  Source,
  Step,
} from "../../engine/index.ts";
import { textsFor } from "../texts/index.ts";
import type { Look } from "./titles.ts";

export const LONG = "Очень длинное название, которое люди дают полям и связкам, чтобы ничего не забыть".repeat(3);
export const BUNDLE = "B".repeat(22);
export const CONNECTION = "C".repeat(22);
export const both = (text: string) => ({ ru: text, en: text });

export const fields: Field[] = Array.from({ length: 40 }, (_, i) => ({
  key: `client.someVeryLongKeyOfAField.${i}`,
  label: both(`${LONG} ${i}`),
  kind: "text",
  hint: both(LONG),
}));

export const connector: Connector = {
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

export const stepId = (i: number): string => `s${String(i).padStart(7, "0")}`;
export const action = (i: number): ActionStep => ({
  id: stepId(i),
  kind: "action",
  connector: connector.key,
  action: "create",
  connection: CONNECTION,
  input: Object.fromEntries(fields.map(({ key }) => [key, "{{ trigger.f1 }}"])),
  name: LONG.slice(0, 120),
  onError: { kind: "goto", step: stepId(19) },
});
const condition = { left: "{{ trigger.f1 }}", operator: "equals" as const, right: LONG };
export const many = Array.from({ length: 20 }, (_, i) => i);
export const TOOLS: Step[] = [
  {
    id: stepId(0),
    kind: "router",
    when: many.map(() => [condition, condition]),
    onTrue: "next",
    onFalse: stepId(18),
  },
  { id: stepId(1), kind: "stopIf", when: [[condition]], negate: true },
  { id: stepId(2), kind: "loop", list: LONG, limit: 1000, name: LONG.slice(0, 120) },
  { id: stepId(3), kind: "delay", how: { kind: "until", moment: `${LONG}{{ trigger.f1 }}` } },
  {
    id: stepId(4),
    kind: "set",
    keep: "workspace",
    values: many.map((i) => ({ name: `${LONG.slice(0, 55)} ${i}`, how: "set" as const, key: LONG, value: LONG })),
    lifetime: { amount: 100_000, unit: "minutes" },
  },
  {
    id: stepId(5),
    kind: "approval",
    question: LONG.repeat(20),
    who: CONNECTION,
    deadline: { amount: 1, unit: "days" },
    otherwise: "no",
    onNo: stepId(19),
  },
  { id: stepId(6), kind: "delay", how: { kind: "for", amount: "{{ trigger.f1 }}", unit: "hours" } },
];
export const body: Bundle = {
  format: 1,
  trigger: {
    connector: connector.key,
    trigger: "happened",
    connection: CONNECTION,
    options: {},
    filter: [[condition, condition]],
    hours: { kind: "window", from: "09:00", to: "18:00", weekdays: [1, 2, 3, 4, 5], monthDays: many.map((i) => i + 1) },
  },
  steps: [
    ...TOOLS,
    ...Array.from({ length: 10 }, (_, i) => action(i + 7)),
    { id: stepId(17), kind: "endLoop" },
    { id: stepId(18), kind: "break" },
    action(19),
  ],
};
export const view: BundleView = {
  id: BUNDLE,
  number: 123456,
  name: LONG,
  state: "active",
  pausedBy: null,
  hasDraft: true,
  connectors: [connector.key],
  body,
  revision: 123_456,
  version: 2,
  address: `https://example.test/hooks/${"x".repeat(64)}`,
  hook: null,
  nextPollAt: new Date(0),
  polledAt: new Date(0),
  triggerFailure: { class: "temporary", sentence: both(LONG.repeat(3)) },
  held: 49_999,
  counts: { succeeded: 123_456, failed: 123_456, waiting: 9, filtered: 99, repeated: 99 },
  lastRuns: ["failed", "succeeded", "succeeded", "waiting", "unknown", "queued", "running", "cancelled"],
  canUndoEdit: true,
  formerVersion: 1,
  migrates: true,
};
export const sources: Source[] = Array.from({ length: 20 }, (_, s) => ({
  ref: s === 0 ? "trigger" : stepId(s),
  number: s + 1,
  title: both(LONG),
  fields: fields.map((one, i) => ({
    field: one,
    template: `{{ ${s === 0 ? "trigger" : stepId(s)}.f${i} }}`,
    shown: LONG,
    value: LONG,
  })),
}));
export const mapping: MappingLine[] = fields.map((one, i) => ({
  field: i % 3 === 0 ? { ...one, required: true } : one,
  value: i % 4 === 0 ? undefined : "{{ trigger.f1 }}",
  spoken: LONG,
  shown: LONG,
  problem: both(LONG),
  unsure: i % 2 === 0,
  isCommon: i < 35,
}));
export const looks: readonly Look[] = (["ru", "en"] as const).map((locale) => ({
  t: textsFor(locale),
  locale,
  timeZone: "Europe/Moscow",
  catalogue: { connector: (key) => (key === connector.key ? connector : undefined) },
}));

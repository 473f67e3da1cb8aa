/** Made-up values as people see them. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { BundleView, DryRun, Source, SourceField } from "../../engine/index.ts";
import { textsFor } from "../texts/index.ts";
import { candidateLabel, ranked } from "./candidates.ts";
import { dryScreen } from "./dryrun.ts";
import type { Look } from "./titles.ts";

const look: Look = {
  t: textsFor("ru"),
  locale: "ru",
  timeZone: "Europe/Moscow",
  catalogue: { connector: () => undefined },
};
const both = (text: string) => ({ ru: text, en: text });
const given = (key: string, label: string, shown: string | null, more: Partial<SourceField> = {}): SourceField => ({
  field: { key, label: both(label), kind: "text", meaning: "name.first" },
  template: `{{ x.${key} }}`,
  shown,
  value: shown,
  ...more,
});

test("a field that an earlier step leaves empty isn't suggested first, and examples are called examples", () => {
  const sources: Source[] = [
    { ref: "trigger", number: 1, title: both("Звонок"), fields: [given("caller", "Имя звонящего", "Иван")] },
    {
      ref: "aaa",
      number: 3,
      title: both("Клиент"),
      isExample: true,
      fields: [given("firstName", "Имя", null, { staysEmpty: true }), given("nick", "Кличка", "Анна")],
    },
  ];
  const labels = ranked(sources, { kind: "text", meaning: "name.first" }).map((one) =>
    candidateLabel(look, one, false),
  );
  assert.deepEqual(labels, ["1 · Имя звонящего · Иван", "3 · Кличка · Анна (пример)", "3 · Имя"]);
});

const view: BundleView = {
  id: "b",
  number: 1,
  name: "B",
  state: "draft",
  pausedBy: null,
  hasDraft: true,
  connectors: [],
  body: { format: 1, trigger: null, steps: [] },
  revision: 1,
  version: 0,
  address: null,
  hook: null,
  nextPollAt: null,
  polledAt: null,
  triggerFailure: null,
  held: 0,
  counts: { succeeded: 0, failed: 0, waiting: 0, filtered: 0, repeated: 0 },
  lastRuns: [],
};

test("doing it once for real is offered only where the sample is real; otherwise it says why", () => {
  const dry = (isReal: boolean): DryRun => ({
    sample: { item: {}, from: isReal ? "event" : "declared", at: null },
    filter: null,
    steps: [{ step: "s", number: 2, title: both("Заказ"), verdict: "wouldCreate", input: {}, shown: [] }],
    isReal,
  });
  const screen = (isReal: boolean) =>
    dryScreen(look, { view, dry: dry(isReal), problems: [], named: new Map(), once: "x" });
  const offers = (isReal: boolean) =>
    screen(isReal)
      .keyboard.flat()
      .some(({ text }) => text.includes("по-настоящему"));
  assert.deepEqual([offers(true), offers(false)], [true, false]);
  assert.match(screen(false).text.text, /Пример выдуманный.*когда придёт первая/);
  assert.doesNotMatch(screen(true).text.text, /выдуманный/);
});

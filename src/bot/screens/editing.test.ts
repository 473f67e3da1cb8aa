/** Screens for editing a large bundle: Telegram's limits for 20 steps of 40 long-named fields, and what they say. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { ConnectionView, DryRun, MigrationView, Problem, Step, VersionView } from "../../engine/index.ts";
import type { Screen } from "../parts.ts";
import { markup } from "../show.ts";
import { textsFor } from "../texts/index.ts";
import { type CardModel, cardScreen, moreOfCard } from "./card.ts";
import { aloneScreen } from "./dryrun.ts";
import { hoursScreen, withDay } from "./hours.ts";
import {
  action,
  BUNDLE,
  body,
  both,
  CONNECTION,
  connector,
  fields,
  LONG,
  looks,
  many,
  mapping,
  sources,
  stepId,
  TOOLS,
  view,
} from "./large.fixtures.ts";
import { fromCode, lastingCode, lastingText, readLasting } from "./lasting.ts";
import { previewScreen, sharedScreen, whichAccount } from "./making.ts";
import { mappingScreen } from "./mapping.ts";
import { migrationScreen, periodCode, periodOfCode, periodScreen } from "./migration.ts";
import { menuScreen, toolScreen } from "./step.ts";
import { depths, stepLine, stepsScreen } from "./steps.ts";
import { onSample, toolEdit, toolLines } from "./toolfields.ts";
import { keptScreen, lastingScreen } from "./tools.ts";
import { publishScreen, versionScreen, versionsScreen } from "./versions.ts";

function fits(screen: Screen): void {
  assert.ok(screen.text.text.length <= 4000, `${screen.text.text.length} characters`);
  for (const button of screen.keyboard.flat()) {
    if ("data" in button) assert.ok(Buffer.byteLength(button.data) <= 64, `${button.data} is too long`);
    assert.ok([...button.text].length <= 70, `the button «${button.text}» is too long`);
  }
  markup(screen);
}

const problems: Problem[] = many.map((i) => ({
  sentence: both(LONG.repeat(4)),
  door: { to: "step", bundle: BUNDLE, step: stepId(i) },
  mend: { label: both(LONG), edit: { do: "removeStep", step: stepId(i) } },
}));
const changes = Array.from({ length: 300 }, () => both(LONG.repeat(2)));
const versions: VersionView[] = Array.from({ length: 50 }, (_, i) => ({
  version: 99_999 - i,
  publishedAt: new Date(0),
  by: LONG,
  isLive: i === 0,
  changes: 12_345,
}));
const dry: DryRun = {
  sample: { item: {}, from: "event", at: null },
  filter: null,
  isReal: false,
  steps: many.map((i) => ({
    step: stepId(9),
    number: 11,
    title: both(LONG),
    element: i + 1,
    verdict: "wouldUpdate" as const,
    input: {},
    shown: fields.map(({ label }) => ({ label, value: LONG })),
    found: { id: LONG, several: 9 },
  })),
};

const migration: MigrationView = {
  state: "running",
  from: null,
  to: new Date(0),
  startedAt: new Date(0),
  finishedAt: null,
  read: 1_000_000,
  sent: 1_000_000,
  filtered: 1_000_000,
  repeated: 1_000_000,
  waiting: 1_000_000,
  failed: 1_000_000,
  readTo: new Date(0),
  share: 0.456,
  isRead: false,
  failure: { class: "temporary", sentence: both(LONG.repeat(3)) },
  retryAt: new Date(0),
};
const skeleton = {
  trigger: { connector: connector.key, trigger: "happened" },
  actions: many.slice(0, 9).map(() => ({ connector: connector.key, action: "create" })),
};
const accounts: ConnectionView[] = Array.from({ length: 60 }, () => ({
  id: CONNECTION,
  connector: connector.key,
  name: LONG,
  state: "alive",
  account: LONG,
  error: null,
  checkedAt: null,
  filled: [],
  values: {},
  missing: null,
}));
const card: CardModel = {
  view: { ...view, migration },
  sources,
  problems,
  timeZone: "Europe/Moscow",
  now: new Date(0),
  word: LONG,
};

for (const look of looks)
  test(`every screen of a large bundle fits into a message (${look.locale})`, () => {
    const members = new Map([["C".repeat(22), LONG]]);
    const kept = TOOLS.find((step) => step.kind === "set");
    assert.ok(kept?.kind === "set");
    for (const screen of [
      ...TOOLS.map((step) => toolScreen(look, view, step, sources, members)),
      keptScreen(look, { view, sources }, kept, 19),
      lastingScreen(look, { head: LONG, place: ["adeads", view.id, stepId(5)], back: "x" }),
      ...[undefined, "1", "9", stepId(19)].map((page) =>
        stepsScreen(look, { view, sources, problems, page, word: LONG, removed: page === "1" }),
      ),
      cardScreen(look, card),
      mappingScreen(look, { view, step: action(9), account: LONG, mapping, page: "1" }),
      menuScreen(look, view, action(9)),
      publishScreen(look, view, changes),
      versionsScreen(look, view, versions, "3"),
      ...versions.slice(0, 2).map((one) => versionScreen(look, view, one, changes)),
      aloneScreen(look, { view, dry, named: new Map() }, action(9)),
      moreOfCard(look, { ...card, copy: "abcdef", pictures: true }),
      previewScreen(look, { head: LONG, skeleton, code: "a".repeat(50), tap: "zzzzzz" }),
      whichAccount(look, { view, connector: connector.key, service: "abcde", accounts }),
      sharedScreen(look, view, "https://t.me/some_bot?start=o_sk_abcde"),
      hoursScreen(look, view, [new Date(0), new Date(1), new Date(2)]),
      periodScreen(look, view),
      ...(["running", "paused", "done"] as const).map((state) =>
        migrationScreen(look, view, { ...migration, state }, LONG),
      ),
    ])
      fits(screen);
    for (const step of body.steps) assert.ok(stepLine(look, body, step, sources).length <= 330);
  });

test("durations are read as people write them, and come back through a button", () => {
  const t = textsFor("ru");
  for (const [typed, said] of [
    ["15 минут", "15 минут"],
    ["2 часа", "2 часа"],
    ["1 ч 30 мин", "90 минут"],
    ["через полчаса", "30 минут"],
    ["полтора часа", "90 минут"],
    ["1,5 часа", "90 минут"],
    ["день", "1 день"],
    ["48h", "2 дня"],
    ["a week", "7 дней"],
    ["in 3 days and 12 hours", "84 часа"],
  ] as const) {
    const read = readLasting(typed);
    assert.ok(read, typed);
    assert.equal(lastingText(t, read), said, typed);
    assert.deepEqual(fromCode(lastingCode(read)), read);
  }
  for (const typed of ["", "завтра", "0 минут", "-5 минут", "5", "пять минут", "5 минут назад", "999999 недель"])
    assert.equal(readLasting(typed), null, typed);
});

test("a tool's templates are lines of a mapping, and are filled by edits of the tool", () => {
  const loop: Step = { id: "loop1", kind: "loop", list: "" };
  const [list] = toolLines(loop, sources, "ru");
  assert.equal(list?.value, undefined);
  assert.deepEqual(toolEdit(loop, "list", "{{ trigger.f1 }}"), {
    do: "setLoop",
    step: "loop1",
    list: "{{ trigger.f1 }}",
  });
  const kept: Step = { id: "keep1", kind: "set", keep: "bundle", values: [{ name: "ID", how: "set", value: "1" }] };
  assert.deepEqual(toolEdit(kept, "key.0", "{{ trigger.f2 }}"), {
    do: "setKept",
    step: "keep1",
    values: [{ name: "ID", how: "set", value: "1", key: "{{ trigger.f2 }}" }],
  });
  assert.deepEqual(toolEdit(kept, "value.0", undefined), {
    do: "setKept",
    step: "keep1",
    values: [{ name: "ID", how: "set" }],
  });
  assert.equal(toolEdit(kept, "value.7", "x"), null);
  assert.equal(onSample("Заказ {{ trigger.f1 }}?", sources), `Заказ ${LONG}?`);
  assert.equal(onSample("{{ nobody.knows }}", sources), null);
  assert.equal(fields.length, 40);
});

test("steps in a loop are indented, and each tool says in its line what it does", () => {
  const [ru] = looks;
  assert.ok(ru);
  const steps: Step[] = [
    { id: "lp1", kind: "loop", list: "{{ trigger.f1 }}" },
    {
      id: "ap1",
      kind: "approval",
      question: "Ок?",
      who: null,
      deadline: { amount: 2, unit: "hours" },
      otherwise: "no",
      onNo: "dl1",
    },
    { id: "st1", kind: "set", keep: "run", values: [{ name: "Счёт", how: "add" }], onError: { kind: "continue" } },
    { id: "dl1", kind: "delay", how: { kind: "for", amount: 3, unit: "days" } },
    { id: "el1", kind: "endLoop" },
    { id: "br1", kind: "break" },
  ];
  const bundle = { ...body, steps };
  assert.deepEqual(depths(steps), [0, 1, 2, 1, 0, 0]);
  assert.deepEqual(
    steps.map((step) => stepLine(ru, bundle, step, [])),
    [
      "🔁 Для каждого: {{ trigger.f1 }}",
      "🙋 Спросить: «Ок?» · нет → шаг 5",
      "📌 Запомнить: Счёт · 🚑 при ошибке дальше",
      "⏳ Пауза: 3 дня",
      "🔚 Конец цикла",
      "⏹ Конец",
    ],
  );
});

test("a page of steps is found by a step that is on it; what was removed is one tap away", () => {
  const [ru] = looks;
  assert.ok(ru);
  const labels = (screen: Screen) => screen.keyboard.flat().map(({ text }) => text);
  const second = stepsScreen(ru, { view, sources: [], problems: [], page: stepId(12) });
  assert.ok(labels(second).includes("14") && labels(second).includes("2/2"), labels(second).join());
  assert.ok(!labels(second).includes("2"));
  const removed = stepsScreen(ru, { view, sources: [], problems: [], word: "🗑", removed: true });
  assert.deepEqual(
    removed.keyboard[0]?.map(({ text }) => text),
    ["↩️ Вернуть шаг"],
  );
  assert.match(second.text.text, /напишите номер/);
  const between = menuScreen(ru, view, action(9));
  assert.ok(labels(between).includes("↕️ На другое место"));
  assert.ok(labels(toolScreen(ru, view, body.steps[3] ?? action(1), [])).includes("Шаг 6 ›"));
});

test("a weekday is switched without touching the time; a period travels in a button", () => {
  const work = { kind: "window", from: "09:00", to: "18:00" } as const;
  assert.deepEqual(withDay(work, 7, false), { ...work, weekdays: [1, 2, 3, 4, 5, 6] });
  assert.deepEqual(withDay({ ...work, weekdays: [1, 2, 3, 4, 5, 6] }, 7, true), work);
  assert.equal(withDay({ kind: "window", weekdays: [1, 2, 3, 4, 5, 6] }, 7, true), null);
  assert.deepEqual(withDay({ kind: "window", weekdays: [3] }, 3, false), { kind: "window", weekdays: [3] });
  const now = new Date("2026-11-20T12:00:00Z");
  const period = { from: new Date("2026-10-01T00:00:00Z"), to: new Date("2026-11-01T00:00:00Z") };
  assert.deepEqual(periodOfCode(periodCode(period), now), period);
  assert.equal(periodOfCode("all", now), "everything");
  assert.equal(periodOfCode("31", now), null);
  const [ru] = looks;
  assert.ok(ru);
  assert.match(cardScreen(ru, card).text.text, /📦 Перенос прошлого: ▶️ Идёт · ▓▓▓▓▓░░░░░ 45 %/);
});

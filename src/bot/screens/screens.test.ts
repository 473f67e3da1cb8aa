/** Every screen of home, connections, history, alerts and settings, in both languages, with the worst names and numbers. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { shop } from "../../../test/support/shop.ts";
import type {
  ApprovalView,
  BundleSummary,
  ConnectionView,
  Connector,
  Failure,
  IncidentView,
  Locale,
  Member,
  RetryPreview,
  RunState,
  RunView,
  Status,
  StepView,
} from "../../engine/index.ts";
import type { Screen } from "../parts.ts";
import { cut, markup } from "../show.ts";
import { textsFor } from "../texts/index.ts";
import {
  answeredCard,
  approvalCard,
  failingCard,
  firstSuccessCard,
  heldCard,
  incidentCard,
  incidentScreen,
  pausedCard,
  sampleCard,
  unknownCard,
} from "./alerts.ts";
import * as connections from "./connections.ts";
import * as consent from "./consent.ts";
import * as history from "./history.ts";
import { helpScreen, homeScreen, statusScreen } from "./home.ts";
import { eventFieldScreen, eventScreen, foundScreen, type How, previewScreen, searchScreen } from "./replay.ts";
import { countriesScreen, settingsScreen, zonesScreen } from "./settings.ts";

const ID = "A".repeat(22);
const LONG = `«Очень длинное название, какое человек всё-таки вставил из буфера» ${"ж".repeat(400)}`;
const NOW = new Date("2026-03-02T09:00:00Z");

const bundle = (name: string): BundleSummary => ({
  id: ID,
  number: 12,
  name,
  state: "active",
  pausedBy: null,
  hasDraft: false,
  connectors: ["shop"],
});
const failure = (text: string): Failure => ({
  class: "data",
  sentence: { ru: text, en: text },
  own: text.repeat(20),
  field: "amount",
});
const step = (number: number, state: StepView["state"], text: string): StepView => ({
  step: `s${number}`,
  number,
  title: { ru: text, en: text },
  state,
  attempt: 2,
  startedAt: NOW,
  ms: 1_234,
  input: { phone: "+79001234567", tags: ["a", "b"], paid: true, empty: "", deep: { comment: text } },
  output: state === "succeeded" ? { id: "1234567890123456789" } : null,
  exchange: { request: text },
  notes: [{ ru: "нашёлся дубликат №5", en: "found a duplicate, no. 5" }],
  failure: state === "failed" ? failure(text) : null,
});
const run = (state: RunState, text: string, steps = 3): RunView => ({
  id: ID,
  bundle: { id: ID, number: 12, name: text },
  state,
  createdAt: NOW,
  endedAt: NOW,
  about: text,
  failure: state === "failed" ? failure(text) : null,
  version: 3,
  event: { client: { name: text } },
  nextAt: NOW,
  behind: null,
  ended: state === "succeeded" ? { kind: "break", number: 2 } : null,
  steps: Array.from({ length: steps }, (_, at) => step(at + 2, at === steps - 1 ? "failed" : "succeeded", text)),
  incident: ID,
});
const view = (name: string, state: ConnectionView["state"]): ConnectionView => ({
  id: ID,
  connector: "shop",
  name,
  state,
  account: name,
  error: state === "broken" ? failure(name) : null,
  checkedAt: NOW,
  filled: ["site"],
  values: { site: name },
  missing: "token",
});
const incident = (text: string, change: Partial<IncidentView> = {}): IncidentView => ({
  id: ID,
  class: "data",
  bundle: bundle(text),
  connection: null,
  step: { id: "k7fg2h3j", number: 3, title: { ru: text, en: text } },
  failure: failure(text),
  run: ID,
  count: 1_234,
  open: 12,
  firstAt: NOW,
  lastAt: NOW,
  solvedAt: null,
  ...change,
});
const member = (locale: Locale): Member => ({
  scope: { workspace: ID, member: ID },
  telegramId: 1,
  name: LONG,
  locale,
  role: "owner",
  country: "RU",
  timeZone: "Europe/Moscow",
  alerts: { mode: "off", quiet: null, summaries: { daily: true, weekly: true } },
});
const status = (text: string): Status => ({
  active: 21,
  paused: 2,
  drafts: 5,
  today: { succeeded: 1_021, failed: 3, waiting: 2 },
  unknown: 3,
  incidents: Array.from({ length: 40 }, () => incident(text)),
  ailing: Array.from({ length: 40 }, () => ({
    connection: { id: ID, name: text },
    connector: "shop",
    bundle: null,
    since: NOW,
    waiting: 3,
  })),
  stopped: Array.from({ length: 40 }, () => ({
    ...bundle(text),
    pausedBy: { by: "connection", connection: ID } as const,
  })),
  holding: Array.from({ length: 40 }, () => ({ bundle: bundle(text), count: 12 })),
  undelivered: Array.from({ length: 40 }, () => incident(text, { solvedAt: NOW })),
  silent: Array.from({ length: 40 }, () => bundle(text)),
});

/** The same service, entered with the browser. */
const signed: Connector = {
  ...shop,
  auth: {
    kind: "oauth2",
    grant: { consent: "https://example.test/oauth", token: "https://example.test/token" },
    fields: shop.auth.kind === "none" ? [] : shop.auth.fields,
    steps: [],
    appSteps: [{ ru: "Шаг", en: "Step" }],
  },
};

const asked = (text: string): ApprovalView => ({
  step: "k7fg2h3j",
  number: 3,
  attempt: 1,
  question: text,
  who: { id: ID, name: text },
  until: NOW,
  otherwise: "no",
});
const again = (from: "step" | "failed"): How => ({ from, step: "k7fg2h3j", version: "-" });
const preview = (text: string): RetryPreview => ({
  steps: Array.from({ length: 40 }, (_, at) => ({
    step: `s${at}`,
    number: at + 2,
    title: { ru: text, en: text },
    wasDone: at % 2 === 0,
    isUnsafe: at % 3 === 0,
  })),
  version: 3,
});

function all(locale: Locale, text: string, many: number): Record<string, Screen> {
  const t = textsFor(locale);
  const zone = { locale, timeZone: "Asia/Vladivostok" };
  const users = Array.from({ length: many }, () => bundle(text));
  const [site, token] = connections.asked(shop);
  assert.ok(site && token);
  const runs = Array.from({ length: 8 }, () => run("failed", text));
  return {
    ways: consent.waysScreen(t, locale, signed, view(text, "draft"), null),
    waysLacking: consent.waysScreen(t, locale, signed, view(text, "draft"), { ru: text, en: text }),
    consent: consent.consentScreen(t, locale, signed, view(text, "broken"), "https://example.test/oauth"),
    connectionLost: connections.cardScreen(t, locale, "UTC", signed, { ...view(text, "broken"), way: "oauth" }, users),
    home: homeScreen(t, status(text), text),
    welcome: homeScreen(t, { ...status(text), active: 0, paused: 0, drafts: 0 }, text),
    status: statusScreen(t, zone, status(text)),
    help: helpScreen(t),
    connections: connections.listScreen(
      t,
      Array.from({ length: 40 }, () => view(text, "broken")),
      1,
    ),
    noConnections: connections.listScreen(t, [], 0),
    choose: connections.chooseScreen(t, locale, Array(40).fill(shop), 1),
    foundNothing: connections.chooseScreen(t, locale, [shop], 0, { text, hits: 0 }),
    firstValue: connections.valueScreen(t, locale, shop, { ...view(text, "draft"), filled: [] }, site),
    secretValue: connections.valueScreen(t, locale, shop, view(text, "draft"), token),
    checked: connections.aliveScreen(t, locale, shop, text),
    notChecked: connections.failedScreen(t, locale, shop, view(text, "draft"), failure(text)),
    connection: connections.cardScreen(t, locale, "UTC", shop, view(text, "broken"), users),
    draft: connections.cardScreen(t, locale, "UTC", shop, view(text, "draft"), []),
    replace: connections.replaceScreen(t, locale, shop, view(text, "alive")),
    remove: connections.removeScreen(t, view(text, "alive"), users),
    lists: connections.listsScreen(t, locale, view(text, "alive"), [
      { label: { ru: text, en: text }, count: 12 },
      { label: { ru: text, en: text }, count: 0, failure: failure(text) },
    ]),
    history: history.historyScreen(t, zone, { bundle: "all", filter: "all", page: 3 }, { runs, more: true }, null),
    which: history.whichScreen(t, users, null),
    noneFits: history.whichScreen(t, users, text),
    historyOf: history.historyScreen(
      t,
      zone,
      { bundle: ID, filter: "unknown", page: 0 },
      { runs: [], more: false },
      text,
    ),
    ...Object.fromEntries(
      (["queued", "running", "waiting", "succeeded", "failed", "unknown", "cancelled"] as const).map((state) => [
        `run ${state}`,
        history.runScreen(t, zone, run(state, text)),
      ]),
    ),
    longRun: history.runScreen(t, zone, run("failed", text, 100)),
    step: history.stepScreen(t, zone, run("failed", text), step(3, "failed", text), { input: [], output: [] }),
    event: history.stepScreen(t, zone, run("failed", text), null, { input: [], output: [] }),
    waitsForAnswer: history.runScreen(t, zone, { ...run("waiting", text), waits: "approval", approval: asked(text) }),
    again: previewScreen(t, locale, run("failed", text), again("step"), preview(text)),
    againChanged: previewScreen(t, locale, run("failed", text), again("failed"), {
      ...preview(text),
      choose: { own: 3, newest: 12 },
      elements: [2, 7],
    }),
    eventData: eventScreen(t, locale, run("failed", text), {
      fields: [],
      changes: { '["client","name"]': text },
      page: "0",
    }),
    eventValue: eventFieldScreen(t, run("failed", text), { name: text, value: text, data: "12.abcde" }),
    search: searchScreen(t, "all"),
    found: foundScreen(t, zone, { bundle: ID, words: text, page: 2 }, { runs, more: true }),
    foundNo: foundScreen(t, zone, { bundle: "all", words: text, page: 0 }, { runs: [], more: false }),
    approval: approvalCard(t, zone, run("waiting", text), asked(text)),
    answered: answeredCard(t, run("succeeded", text), text, { answer: "no", by: text }),
    answeredAlone: answeredCard(t, run("succeeded", text), text, { answer: "yes", by: null }),
    settled: unknownCard(t, run("unknown", text), "repeat"),
    incident: incidentCard(t, zone, incident(text)),
    solved: incidentCard(t, zone, incident(text, { solvedAt: NOW })),
    details: incidentScreen(t, zone, incident(text, { count: 1, open: 0 }), null, {
      data: { callId: text },
      fields: [],
    }),
    access: incidentCard(
      t,
      zone,
      incident(text, { class: "access", bundle: null, step: null, connection: view(text, "broken") }),
    ),
    unknown: unknownCard(t, run("unknown", text)),
    firstSuccess: firstSuccessCard(t, run("succeeded", text)),
    paused: pausedCard(t, zone, bundle(text), { ru: text, en: text }),
    failing: failingCard(t, zone, bundle(text), { ru: text, en: text }),
    sample: sampleCard(t, bundle(text)),
    held: heldCard(t, bundle(text), 40_000, 50_000),
    settings: settingsScreen(t, member(locale), NOW),
    countries: countriesScreen(t, member(locale)),
    zones: zonesScreen(t, member(locale), NOW),
    manyZones: zonesScreen(t, member(locale), NOW, Intl.supportedValuesOf("timeZone")),
  };
}

function shown(screen: Screen): string {
  const rows = screen.keyboard.map((row) => row.map(({ text }) => `[ ${text} ]`).join(" "));
  return [screen.text.text, ...rows].join("\n");
}

for (const locale of ["ru", "en"] as const) {
  describe(`screens in ${locale}`, () => {
    for (const [name, screen] of Object.entries(all(locale, LONG, 100))) {
      test(`${name} keeps Telegram's limits with the longest names`, () => {
        markup(screen);
        assert.ok(cut(screen.text).text.length <= 4_000);
        for (const button of screen.keyboard.flat()) {
          assert.ok(button.text.length <= 70, `a button of ${button.text.length} letters: ${button.text}`);
          assert.ok(button.text.trim() !== "");
        }
      });
    }
    for (const [name, screen] of Object.entries(all(locale, "Клиент", 2))) {
      if (process.env.SHOW) console.log(`\n──── ${name}\n${shown(screen)}`);
      test(`${name} says something in every place`, () => {
        assert.doesNotMatch(screen.text.text, /undefined|null|\[object|NaN|function/);
        assert.ok(screen.keyboard.flat().length > 0, "a dead end");
      });
    }
  });
}

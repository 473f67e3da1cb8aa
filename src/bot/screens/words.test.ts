/** Small words on screens that people stumbled over. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { BundleView, Connector } from "../../engine/index.ts";
import { textsFor } from "../texts/index.ts";
import { dayAndTime } from "../texts/words.ts";
import { cardScreen } from "./card.ts";
import type { Look } from "./titles.ts";

const both = (text: string) => ({ ru: text, en: text });
const connector = (more: Partial<Connector>): Connector => ({
  key: "shop",
  name: both("Лавка"),
  about: both("…"),
  auth: { kind: "none" },
  actions: [],
  triggers: [],
  ...more,
});
const trigger = {
  key: "order",
  name: both("Заказ"),
  options: [],
  output: [],
  sample: {},
  record: () => "1",
  change: () => "1",
  at: () => null,
};
const poll = { items: async function* () {} };
const hook = { scope: "bundle" as const, deliveries: () => [] };
const view: BundleView = {
  id: "b",
  number: 1,
  name: "B",
  state: "active",
  pausedBy: null,
  hasDraft: false,
  connectors: ["shop"],
  body: {
    format: 1,
    trigger: { connector: "shop", trigger: "order", connection: null, options: {} },
    steps: [],
  },
  revision: 1,
  version: 1,
  address: "https://me.example/hooks/abc",
  hook: { subscribed: false },
  nextPollAt: null,
  polledAt: null,
  triggerFailure: null,
  held: 0,
  counts: { succeeded: 0, failed: 0, waiting: 0, filtered: 0, repeated: 0 },
  lastRuns: [],
};

function card(of: Connector, more: Partial<BundleView> = {}) {
  const look: Look = {
    t: textsFor("ru"),
    locale: "ru",
    timeZone: "Europe/Moscow",
    catalogue: { connector: () => of },
  };
  const model = { sources: [], problems: [], timeZone: "Europe/Moscow", now: new Date(), view: { ...view, ...more } };
  const { text, keyboard } = cardScreen(look, model);
  return { text: text.text, copies: keyboard.flat().flatMap((one) => ("copy" in one ? [one.text] : [])) };
}

test("an address on the card says whose it is, and on a polled one what it is for", () => {
  const polled = card(connector({ triggers: [{ ...trigger, poll, hook }] }));
  assert.deepEqual(polled.copies, ["📋 Скопировать адрес для Лавка"]);
  assert.match(polled.text, /в настройках Лавка: тогда события придут сразу/);
  const heard = card(connector({ triggers: [{ ...trigger, hook }] }));
  assert.match(heard.text, /Адрес для сервиса:\nhttps:\/\/me\.example\/hooks\/abc/);
  assert.deepEqual(card(connector({ core: true, triggers: [{ ...trigger, hook }] })).copies, ["📋 Скопировать адрес"]);
});

test("nobody has to paste an address that the service is told by us", () => {
  const subscribe = async () => ({});
  const told = connector({
    triggers: [{ ...trigger, poll, hook: { ...hook, subscribe, unsubscribe: async () => {} } }],
  });
  assert.deepEqual(card(told).copies, []);
  assert.doesNotMatch(card(told).text, /Адрес/);
  const byHand = connector({ triggers: [{ ...trigger, poll, hook }] });
  assert.deepEqual(card(byHand, { hook: { subscribed: true } }).copies, []);
});

test("a value of today says so, and the time", () => {
  const now = new Date("2026-01-10T20:00:00Z");
  const at = new Date("2026-01-10T19:53:00Z");
  assert.equal(dayAndTime("ru", "Europe/Moscow", at, now), "сегодня в 22:53");
  assert.equal(dayAndTime("en", "Europe/Moscow", at, now), "today at 22:53");
  assert.match(dayAndTime("ru", "Europe/Moscow", new Date("2026-01-09T19:53:00Z"), now), /^9 января/);
});

test("what is done now and what comes at once have signs of their own", () => {
  for (const locale of ["ru", "en"] as const) {
    const t = textsFor(locale);
    assert.notEqual([...t.builder.trigger.hook][0], [...t.card.runNow][0]);
  }
});

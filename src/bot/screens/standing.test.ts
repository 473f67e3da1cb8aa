/** How a bundle stands, in every combination of what can be true of it: no line may contradict another. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { shop } from "../../../test/support/shop.ts";
import type { BundleView, Connector, Failure } from "../../engine/index.ts";
import { textsFor } from "../texts/index.ts";
import { bundlesScreen } from "./bundles.ts";
import { cardScreen } from "./card.ts";
import { pickRows } from "./choose.ts";
import { told } from "./failure.ts";
import { evenly, lines } from "./lay.ts";
import type { Look } from "./titles.ts";

const failure = (text: string): Failure => ({ class: "temporary", sentence: { ru: text, en: text } });
const NOW = new Date("2026-03-02T09:00:00Z");

const trigger = (isPolled: boolean): Connector["triggers"][number] => ({
  key: "call",
  name: { ru: "Звонок", en: "Call" },
  options: [],
  output: [],
  sample: {},
  hook: { scope: "bundle", deliveries: () => [] },
  record: () => "1",
  change: () => "1",
  at: () => null,
  ...(isPolled ? { poll: { items: async function* () {} } } : {}),
});
const looks = (isPolled: boolean): Look[] => {
  const connector: Connector = { ...shop, triggers: [trigger(isPolled)] };
  return (["ru", "en"] as const).map((locale) => ({
    t: textsFor(locale),
    locale,
    timeZone: "UTC",
    catalogue: { connector: (key) => (key === shop.key ? connector : undefined) },
  }));
};

const PAUSES = ["person", "incident", "gone", "replaced", "limit"] as const;
interface Case {
  readonly state: "draft" | "active" | (typeof PAUSES)[number];
  readonly hasDraft: boolean;
  readonly blocked: boolean;
  readonly failed: boolean;
  readonly refused: boolean;
  readonly held: boolean;
  readonly subscribed: boolean;
}

function viewOf(one: Case): BundleView {
  const isPaused = one.state !== "draft" && one.state !== "active";
  const connection = one.state === "replaced" ? "new" : "old";
  return {
    id: "bundle",
    number: 1,
    name: "Bundle",
    state: isPaused ? "paused" : (one.state as "draft" | "active"),
    pausedBy:
      one.state === "gone" || one.state === "replaced"
        ? { by: "connection", connection: "old" }
        : one.state === "incident"
          ? { by: "incident", incident: "i" }
          : one.state === "limit"
            ? { by: "limit" }
            : isPaused
              ? { by: "person", who: "m" }
              : null,
    hasDraft: one.hasDraft && one.state !== "draft",
    connectors: [shop.key],
    body: { format: 1, trigger: { connector: shop.key, trigger: "call", connection, options: {} }, steps: [] },
    revision: 1,
    version: one.state === "draft" ? 0 : 1,
    address: null,
    hook: { subscribed: one.subscribed, ...(one.refused ? { refused: failure("REFUSED"), retryAt: NOW } : {}) },
    nextPollAt: one.state === "active" ? NOW : null,
    polledAt: null,
    triggerFailure: one.failed ? failure("FAILED") : null,
    held: one.held ? 3 : 0,
    ...(one.blocked && one.state !== "draft" ? { blocked: { id: "c", name: "KEY", failure: failure("DEAD") } } : {}),
    counts: { succeeded: 0, failed: 0, waiting: 0, filtered: 0, repeated: 0 },
    lastRuns: [],
  };
}

const both = [false, true];
const cases: Case[] = (["draft", "active", ...PAUSES] as const).flatMap((state) =>
  both.flatMap((hasDraft) =>
    both.flatMap((blocked) =>
      both.flatMap((failed) =>
        both.flatMap((refused) =>
          both.flatMap((held) =>
            both.map((subscribed) => ({ state, hasDraft, blocked, failed, refused, held, subscribed })),
          ),
        ),
      ),
    ),
  ),
);

const screenOf = (look: Look, one: Case) =>
  cardScreen(look, { view: viewOf(one), sources: [], problems: [], timeZone: "UTC", now: NOW });

for (const isPolled of both)
  for (const look of looks(isPolled))
    test(`the ${cases.length} combinations say one thing each (${look.locale}${isPolled ? ", polled" : ""})`, () => {
      const { card } = look.t;
      const states = [...Object.values(card.state), card.blocked("KEY")];
      for (const one of cases) {
        const { text, keyboard } = screenOf(look, one);
        const all = text.text.split("\n");
        const said = (line: string) => all.includes(line);
        const has = (label: string) => keyboard.flat().some((button) => button.text === label);
        const name = `${JSON.stringify(one)}\n${text.text}`;
        const isActive = one.state === "active";
        const isPaused = !isActive && one.state !== "draft";
        const runs = isActive && !one.blocked;

        const now = states.filter(said);
        assert.equal(now.length, 1, name);
        assert.equal(now[0] === card.state.draft, one.state === "draft", name);
        assert.equal(now[0]?.startsWith("⏸"), isPaused, name);
        assert.equal(now[0] === card.blocked("KEY"), isActive && one.blocked, name);
        if (one.state === "gone") assert.equal(now[0], card.state.connection, name);
        if (one.state === "replaced") assert.equal(now[0], card.state.replaced, name);

        const drafted = one.hasDraft && one.state !== "draft";
        assert.equal(said(card.drafted.active), drafted && isActive, name);
        assert.equal(said(card.drafted.paused), drafted && isPaused, name);
        assert.equal(has(card.publish), drafted && isActive, name);
        assert.equal(has(card.swap), one.state === "gone", name);
        assert.equal(said(card.mendFirst("KEY")), one.blocked && isPaused, name);
        assert.equal(has(card.mendConnection), one.blocked && one.state !== "draft", name);

        // What fails is only told of a bundle that is trying, and never beside its opposite.
        assert.equal(said("FAILED"), runs && one.failed, name);
        assert.equal(said("REFUSED"), runs && one.refused, name);
        assert.equal(said(card.live), runs && one.subscribed && !one.refused, name);
        const comes = said(card.live) || (isPolled && !one.failed) || !(one.failed || one.refused);
        if (runs) assert.equal(now[0], comes ? card.state.active : card.state.deaf, name);
        assert.equal(said(card.held(3)), one.held, name);
        assert.doesNotMatch(text.text, /\n\n\n|^\n|\n$/, name);
      }
    });

describe("rows", () => {
  const picks = (...labels: string[]) => pickRows(labels.map((label) => ({ label, data: "x" })));
  test("short names stand in pairs, a long one alone, in their order", () => {
    const rows = picks("Calltouch", "amoCRM", "retailCRM", "Nethouse.События", "VK", "МойСклад");
    assert.deepEqual(
      rows.map((row) => row.map(({ text }) => text)),
      [["Calltouch", "amoCRM"], ["retailCRM"], ["Nethouse.События"], ["VK", "МойСклад"]],
    );
  });
  test("numbers stand in rows of nearly one length", () => {
    const of = (n: number) =>
      evenly(
        Array.from({ length: n }, () => ({ text: "1", data: "x" })),
        5,
      ).map((row) => row.length);
    assert.deepEqual([of(0), of(4), of(7), of(11)], [[], [4], [4, 3], [4, 4, 3]]);
  });
});

describe("lines", () => {
  test("blank ones never stand together or at an end", () => {
    assert.equal(lines("", "a", "", false, "", "b", null, "").text, "a\n\nb");
  });
});

test("the service's own words are said once", () => {
  const of = (sentence: string, own?: string) =>
    told("ru", { sentence: { ru: sentence, en: sentence }, ...(own === undefined ? {} : { own }) });
  assert.deepEqual(of("CRM не принял данные: shop: bad", "shop: bad"), {
    sentence: "CRM не принял данные.",
    own: "shop: bad",
  });
  assert.deepEqual(of("CRM не принял данные: «bad».", "bad"), { sentence: "CRM не принял данные.", own: "bad" });
  assert.deepEqual(of("Ответ bad не разобрать", "bad"), { sentence: "Ответ bad не разобрать", own: "" });
  assert.deepEqual(of("Не принято.", "bad"), { sentence: "Не принято.", own: "bad" });
  assert.deepEqual(of("Не принято."), { sentence: "Не принято.", own: "" });
});

test("a bundle behind a dead key is no green one in the list", () => {
  const [ru] = looks(true);
  assert.ok(ru);
  const view = viewOf({ ...(cases[0] as Case), state: "active" });
  const shown = (blocked: readonly string[]) => bundlesScreen(ru, [view], new Set(blocked), undefined);
  assert.match(shown([view.id]).keyboard[0]?.[0]?.text ?? "", /^🔑 1 · Bundle/);
  assert.match(shown([view.id]).text.text, /не работает ключ/);
  assert.match(shown([]).keyboard[0]?.[0]?.text ?? "", /^🟢/);
  assert.doesNotMatch(shown([]).text.text, /🔑/);
});

test("requests that the address refused are told for a week, with the last reason", () => {
  const told = (daysAgo: number) =>
    looks(false).map((look) => {
      const at = new Date(NOW.getTime() - daysAgo * 24 * 3_600_000);
      const refused = { count: 3, last: { at, why: { ru: "Это не JSON.", en: "This isn't JSON." } } };
      const view = { ...viewOf({ ...(cases[0] as Case), state: "active" }), refused };
      return cardScreen(look, { view, sources: [], problems: [], timeZone: "UTC", now: NOW }).text.text;
    });
  const [ru, en] = told(0);
  assert.match(ru ?? "", /⚠️ Не принято запросов на адрес связки: 3\. Последний: .*\nЭто не JSON\./);
  assert.match(en ?? "", /⚠️ Requests to the bundle's address that weren't taken: 3\..*\nThis isn't JSON\./);
  for (const text of told(8)) assert.doesNotMatch(text, /JSON/);
});

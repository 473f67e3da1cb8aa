/** Pictures of bundles and weeks: what Telegram takes, what they say, and that words stay within them. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { Resvg } from "@resvg/resvg-js";
import fc from "../../../test/support/property.ts";
import type { Bundle, BundleView, RunSummary, Step } from "../../engine/index.ts";
import { body, connector, LONG, looks, stepId, view } from "../screens/large.fixtures.ts";
import { textsFor } from "../texts/index.ts";
import { drawBundle, MOST_PAGES } from "./bundle.ts";
import { makeDraw } from "./draw.ts";
import { chartOf, discreet } from "./rows.ts";
import type { Drawing } from "./svg.ts";
import { drawable, fit, WIDTHS, widthOf, wrap } from "./text.ts";
import { drawWeek, everyDay } from "./week.ts";

const [look] = looks;
assert.ok(look);
const now = new Date("2026-03-02T09:00:00Z");
const fails = (step: string, sentence: string): RunSummary => ({
  id: "run1",
  bundle: { id: view.id, number: 3, name: "x" },
  state: "failed",
  createdAt: now,
  endedAt: now,
  about: "",
  failure: { class: "data", sentence: { ru: sentence, en: sentence }, step },
});
const drawn = (given: Partial<BundleView>, failed: RunSummary | null = null) =>
  drawBundle(chartOf(look, { view: { ...view, ...given }, failed, timeZone: "Europe/Moscow", now }));

const TEXT = /<text x="([\d.-]+)" y="([\d.-]+)" font-size="([\d.]+)"([^>]*)>([^<]*)<\/text>/g;
const unescaped = (text: string) =>
  text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&quot;", '"').replaceAll("&amp;", "&");
const textsOf = ({ svg }: Drawing): string[] => [...svg.matchAll(TEXT)].map((one) => unescaped(one[5] ?? ""));

/** What Telegram takes as a photo; XML that can be read; words within the picture. */
function takes(page: Drawing): void {
  const { width, height, svg } = page;
  assert.ok(width + height <= 10_000 && Math.max(width / height, height / width) <= 20, `${width} × ${height}`);
  assert.deepEqual(
    [new Resvg(svg, { font: { loadSystemFonts: false } }).width, Number.isInteger(height)],
    [width, true],
  );
  for (const [, x, y, size, more = "", text = ""] of svg.matchAll(TEXT)) {
    const shown = unescaped(text);
    assert.equal(drawable(shown), shown);
    const wide = widthOf(shown, Number(size));
    const left = Number(x) - (more.includes('"end"') ? wide : more.includes('"middle"') ? wide / 2 : 0);
    assert.ok(left >= 0 && left + wide <= width, `«${shown}» from ${left}, ${wide} wide`);
    assert.ok(Number(y) > 0 && Number(y) <= height, `«${shown}» at ${y} of ${height}`);
  }
}

const name = fc.option(fc.oneof(fc.string({ unit: "grapheme", maxLength: 120 }), fc.constant(LONG.slice(0, 120))), {
  nil: undefined,
});
/** Jumps lead anywhere: back, to themselves and to steps that aren't there, too. */
const target = fc.oneof(fc.constantFrom("next", "end", "gone1"), fc.nat(99).map(stepId));
const common = fc.record(
  {
    name,
    disabled: fc.boolean(),
    onError: fc.oneof(
      fc.constant({ kind: "continue" as const }),
      target.map((step) => ({ kind: "goto" as const, step })),
    ),
  },
  { requiredKeys: [] },
);
const kind = fc.oneof(
  {
    arbitrary: fc.record({
      kind: fc.constant("action"),
      connector: fc.constantFrom(connector.key, "gone"),
      action: fc.constantFrom("create", "gone"),
      connection: fc.constant(null),
      input: fc.constant({}),
    }),
    weight: 3,
  },
  fc.record({ kind: fc.constant("router"), when: fc.constant([]), onTrue: target, onFalse: target }),
  fc.record({ kind: fc.constantFrom("break", "loop", "endLoop"), list: fc.constant("") }),
  fc.record({
    kind: fc.constant("approval"),
    question: fc.constant("?"),
    who: fc.constant(null),
    deadline: fc.constant({ amount: 1, unit: "days" }),
    otherwise: fc.constant("no"),
    onNo: target,
  }),
);
const steps = fc
  .array(fc.tuple(common, kind), { maxLength: 100, size: "max" })
  .map((all) => all.map(([more, one], i) => ({ id: stepId(i), ...more, ...one }) as Step));

test("any bundle becomes pictures that Telegram takes, with every step once and all words inside", () => {
  fc.assert(
    fc.property(steps, name, fc.nat(99), fc.string({ unit: "grapheme" }), (all, called = "", at, sentence) => {
      const pages = drawn({ name: called, body: { ...body, steps: all } }, fails(stepId(at), sentence));
      assert.ok(pages.length >= 1 && pages.length <= MOST_PAGES, `${pages.length} pictures`);
      for (const page of pages) takes(page);
      const badges = pages.flatMap(({ svg }) => [
        ...svg.matchAll(/font-weight="700" fill="#ffffff" text-anchor="middle">(\d+)</g),
      ]);
      assert.deepEqual(
        badges.map((one) => Number(one[1])),
        Array.from({ length: all.length + 1 }, (_, i) => i + 1),
      );
    }),
    { numRuns: 20 },
  );
});

test("a hundred of the tallest steps are an album of at most ten", () => {
  const tall = (i: number): Step => ({
    id: stepId(i),
    kind: "router",
    name: LONG.slice(0, 120),
    when: [],
    onTrue: stepId(Math.min(i + 2, 99)),
    onFalse: "end",
    onError: { kind: "goto", step: stepId(99) },
  });
  const pages = drawn({ body: { ...body, steps: Array.from({ length: 100 }, (_, i) => tall(i)) } });
  assert.ok(pages.length <= MOST_PAGES);
  for (const page of pages) takes(page);
});

test("the chart says where ways lead, what is off, and the last failure on its step, without what it quotes", () => {
  const act = (id: string, more: Partial<Step> = {}) =>
    ({
      id,
      kind: "action",
      connector: connector.key,
      action: "create",
      connection: null,
      input: {},
      name: `<${id}> & co 🔥`,
      ...more,
    }) as Step;
  const trigger = { ...body.trigger, filter: [] } as NonNullable<Bundle["trigger"]>;
  const steps: Step[] = [
    { id: "fork1", kind: "router", when: [], onTrue: "next", onFalse: "last1" },
    act("one11", { disabled: true }),
    { id: "stop1", kind: "break" },
    act("last1"),
  ];
  const failed = fails(
    "last1",
    "Номер +7 900 123-45-67 и почта anna@example.com не подошли, key4f9a8b7c6d5e4f3a тоже.",
  );
  const [page, ...others] = drawn({ name: "Заявки", body: { format: 1, trigger, steps } }, failed);
  assert.ok(page && others.length === 0);
  const said = textsOf(page).join("\n");
  for (const words of ["Да: дальше", "Нет: шаг 5, <last1> & co", "Выключен · Сервис", "Здесь запуск заканчивается"])
    assert.ok(said.includes(words), `no «${words}» in\n${said}`);
  assert.match(said, /Последний сбой: 2 марта в 12:00\nНомер … и почта … не подошли, … тоже\./);
  assert.ok(page.svg.includes("&lt;last1&gt; &amp; co<"));
});

test("a sentence without long numbers, keys and addresses stays as it is", () => {
  const sentence = "amoCRM не приняла поле «Бюджет»: там 12 500 вместо числа. Код 422.";
  assert.equal(discreet(sentence), sentence);
});

test("words are never wider than reckoned, and are cut and broken within their room", () => {
  const file = (cut: string) => fileURLToPath(import.meta.resolve(`@expo-google-fonts/golos-text/${cut}.ttf`));
  const font = {
    loadSystemFonts: false,
    fontFiles: [file("700Bold/GolosText_700Bold")],
    defaultFontFamily: "Golos Text",
  };
  for (const [, letters] of WIDTHS) {
    const text = [...letters]
      .map((one) => `${one}.${one}.`)
      .join("")
      .replace(/[&<>]/g, ".");
    const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="9000" height="99"><text y="50" font-size="40" font-family="Golos Text" font-weight="700">${text}</text></svg>`;
    const box = new Resvg(svg, { font }).getBBox();
    assert.ok(
      box && box.width > 0 && box.width <= widthOf(text, 40),
      `${letters}: ${box?.width} > ${widthOf(text, 40)}`,
    );
  }
  fc.assert(
    fc.property(fc.string({ unit: "grapheme", maxLength: 200 }), fc.integer({ min: 60, max: 900 }), (text, room) => {
      assert.ok(widthOf(fit(text, 40, room), 40) <= room);
      const lines = wrap(text, 40, room, 2);
      assert.ok(lines.length <= 2);
      for (const line of lines) assert.ok(line !== "" && widthOf(line, 40) <= room);
    }),
  );
  assert.deepEqual(wrap("один два три четыре", 40, 210, 2), ["один два", "три чет…"]);
  assert.equal(drawable("🔥 Ĉу\u0301 №1 — 5 ₽ 日本"), "Cу №1 — 5 ₽");
});

test("a week shows each day, also the empty ones and the night of 25 hours, and says the summary's numbers", () => {
  const zone = { locale: "ru", timeZone: "Europe/Berlin" } as const;
  const span = { from: new Date("2026-10-19T07:00:00Z"), to: new Date("2026-10-26T07:00:00Z") };
  const days = [{ day: "2026-10-20", succeeded: 20_000, failed: 1 }];
  assert.deepEqual(
    everyDay({ ...span, days }, zone.timeZone).map(({ day, succeeded }) => `${day.slice(8)}:${succeeded}`),
    ["19:0", "20:20000", "21:0", "22:0", "23:0", "24:0", "25:0", "26:0"],
  );
  const bundles = Array.from({ length: 7 }, (_, i) => ({
    bundle: { ...view, number: i + 1, name: i === 2 ? LONG : `Связка ${i}` },
    succeeded: i * 1_000_000,
    failed: i === 6 ? 1 : 0,
  }));
  const told = { ...span, succeeded: 20_000, failed: 1, waiting: 0, unknown: 0, incidents: [], days, bundles };
  const week = drawWeek(textsFor("ru"), zone, told);
  takes(week);
  const said = textsOf(week).join("\n");
  for (const words of ["20 000", "7. Связка 6", "6 000 001", "и ещё 2 связки", "вт"])
    assert.ok(said.includes(words), said);
  assert.ok(!said.includes("1. Связка 0"));
  takes(drawWeek(textsFor("en"), { ...zone, locale: "en" }, { ...told, days: [], bundles: [] }));
});

test("a process of its own draws; one that fails is an error, and the next one draws again", async () => {
  const draw = makeDraw();
  const [page] = drawn({ body: { format: 1, trigger: null, steps: [] } });
  assert.ok(page);
  const broken = draw([{ ...page, svg: "<svg" }]);
  const [png] = await draw([page]).finally(() => assert.rejects(broken, /can't be drawn/));
  const bytes = Buffer.from(png ?? []);
  assert.deepEqual([bytes.readUInt32BE(16), bytes.readUInt32BE(20)], [page.width, page.height]);
});

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "../../../test/support/property.ts";
import type { Alert, AlertSettings } from "../engine.ts";
import { afterQuiet, changeAlerts, isQuiet, planned, readAlerts } from "./alerts.ts";

const usual = readAlerts({});
const incident: Alert = { kind: "incident", incident: "i" };
const at = (iso: string) => new Date(iso);
const zone = "Europe/Moscow";
const plan = (alert: Alert, settings: AlertSettings, now: string) =>
  planned(alert, { settings, timeZone: zone, now: at(now) });

describe("alerts obey quiet hours and the chosen mode", () => {
  it("at once is at once", () => {
    assert.deepEqual(plan(incident, usual, "2026-03-02T10:00:00Z"), {
      alert: incident,
      due: at("2026-03-02T10:00:00Z"),
    });
  });
  it("what is due in quiet hours waits for their end in the member's zone", () => {
    const settings = changeAlerts(usual, { quiet: { from: "22:00", to: "08:00" } });
    assert.deepEqual(plan(incident, settings, "2026-03-02T20:30:10Z")?.due, at("2026-03-03T05:00:00Z"));
    assert.deepEqual(plan(incident, settings, "2026-03-02T18:59:59Z")?.due, at("2026-03-02T18:59:59Z"));
    assert.deepEqual(plan(incident, settings, "2026-03-03T05:00:00Z")?.due, at("2026-03-03T05:00:00Z"));
  });
  it("an answer to what the person is doing waits for nothing", () => {
    const settings = changeAlerts(usual, { mode: "off", quiet: { from: "00:00", to: "23:59" } });
    const sample: Alert = { kind: "sample", bundle: "b" };
    assert.deepEqual(plan(sample, settings, "2026-03-02T20:30:00Z"), {
      alert: sample,
      due: at("2026-03-02T20:30:00Z"),
    });
    assert.equal(plan(incident, settings, "2026-03-02T20:30:00Z"), null);
  });
  it("hourly gathers until the full hour, daily until the morning; a question comes at once in both", () => {
    const hourly = plan(incident, changeAlerts(usual, "hourly"), "2026-03-02T10:20:00Z");
    assert.deepEqual(hourly, {
      alert: { kind: "summary", of: "hour", from: "2026-03-02T10:00:00.000Z", to: "2026-03-02T11:00:00.000Z" },
      due: at("2026-03-02T11:00:00Z"),
    });
    const daily = plan(incident, changeAlerts(usual, "daily"), "2026-03-02T10:20:00Z");
    assert.deepEqual(daily?.due, at("2026-03-03T06:00:00Z"));
    const unknown: Alert = { kind: "unknown", run: "r" };
    for (const mode of ["hourly", "daily"] as const)
      assert.equal(plan(unknown, changeAlerts(usual, mode), "2026-03-02T10:20:00Z")?.alert.kind, "unknown");
  });
  it("times are checked, and a broken row reads as never set", () => {
    for (const quiet of [
      { from: "25:00", to: "08:00" },
      { from: "08:00", to: "8:00" },
      { from: "x", to: "y" },
    ])
      assert.throws(() => changeAlerts(usual, { quiet }), { name: "UserError" });
    assert.deepEqual(changeAlerts(usual, { quiet: { from: "9:00", to: "18:30" } }).quiet, {
      from: "09:00",
      to: "18:30",
    });
    for (const odd of [null, 7, "x", { mode: 3, quiet: { from: 1 }, chatId: "x", summaries: 1 }])
      assert.deepEqual(readAlerts(odd), usual);
    assert.deepEqual(changeAlerts({ ...usual, chatId: -5, topic: 2 }, { place: null }), usual);
  });
});

const ZONES = [
  "Europe/Moscow",
  "Europe/Berlin",
  "America/New_York",
  "Australia/Lord_Howe",
  "Africa/Cairo",
  "Asia/Kathmandu",
];
it("quiet hours end within the night, whatever the clock does: never inside them, never an hour late", () => {
  const time = fc.integer({ min: 0, max: 1_439 });
  const text = (minutes: number) =>
    `${String(Math.floor(minutes / 60)).padStart(2, "0")}:${String(minutes % 60).padStart(2, "0")}`;
  // Around both changes of the clock as well as on plain days.
  const day = fc.oneof(
    fc.integer({ min: 0, max: 365 }),
    fc.constantFrom(66, 67, 86, 87, 88, 93, 94, 114, 276, 277, 297, 298, 303, 304, 305),
  );
  fc.assert(
    fc.property(fc.constantFrom(...ZONES), time, time, day, time, (timeZone, from, to, days, minute) => {
      fc.pre(from !== to);
      const quiet = { from: text(from), to: text(to) };
      const now = new Date(Date.UTC(2026, 0, 1) + (days * 1_440 + minute) * 60_000);
      const end = afterQuiet(quiet, timeZone, now);
      assert.ok(end >= now);
      if (!isQuiet(quiet, timeZone, now)) return assert.equal(end, now);
      assert.equal(isQuiet(quiet, timeZone, end), false);
      let first = now.getTime();
      while (isQuiet(quiet, timeZone, new Date(first))) first += 60_000;
      assert.ok(end.getTime() - first <= 3_600_000, `${end.toISOString()} after ${new Date(first).toISOString()}`);
    }),
    { numRuns: 150 },
  );
});

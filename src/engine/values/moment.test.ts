import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "../../../test/support/property.ts";
import { readMoment, writeMoment } from "./moment.ts";
import type { ValueSettings } from "./settings.ts";

const moscow: ValueSettings = { timeZone: "Europe/Moscow", country: "RU", locale: "ru" };
const berlin: ValueSettings = { timeZone: "Europe/Berlin", country: "DE", locale: "en" };
const iso = (value: string | number, settings = moscow): string | undefined =>
  readMoment(value, settings)?.toISOString();

test("a time without a zone is local, one with a zone isn't", () => {
  for (const text of [
    "2026-01-10 12:00:00",
    "10.01.2026 12:00",
    "10/01/2026 12:00:00",
    "10-01-2026 12:00",
    "10 января 2026 г. в 12:00",
  ]) {
    assert.equal(iso(text), "2026-01-10T09:00:00.000Z", text);
  }
  for (const text of [
    "2026-01-10T12:00:00+03:00",
    "2026-01-10T09:00:00Z",
    "20260110T090000Z",
    "Sat, 10 Jan 2026 09:00:00 GMT",
    "2026-01-10 12:00 MSK",
  ]) {
    assert.equal(iso(text), "2026-01-10T09:00:00.000Z", text);
  }
  assert.equal(iso(1_768_035_600), "2026-01-10T09:00:00.000Z");
  assert.equal(iso("1768035600000"), "2026-01-10T09:00:00.000Z");
});

test("the month comes first in the US, and wherever the day can't be a month", () => {
  assert.equal(iso("03/04/2026", { ...moscow, timeZone: "UTC" }), "2026-04-03T00:00:00.000Z");
  assert.equal(iso("03/04/2026", { ...moscow, timeZone: "UTC", country: "US" }), "2026-03-04T00:00:00.000Z");
  assert.equal(iso("12/25/2026", { ...moscow, timeZone: "UTC" }), "2026-12-25T00:00:00.000Z");
  assert.equal(iso("1/2/2026 3:05 pm", { ...moscow, timeZone: "UTC", country: "US" }), "2026-01-02T15:05:00.000Z");
});

test("what is no date isn't read as one", () => {
  for (const text of [
    "",
    "12",
    "79990000001",
    "31.02.2026",
    "2026-13-01",
    "25:00",
    "soon",
    "10.01.2026 12:61",
    "x".repeat(100),
  ]) {
    assert.equal(iso(text), undefined, text);
  }
});

test("a local time that is skipped in spring moves on, one that comes twice in autumn is the first", () => {
  assert.equal(iso("2026-03-29 02:30", berlin), "2026-03-29T01:30:00.000Z");
  assert.equal(iso("2026-10-25 02:30", berlin), "2026-10-25T00:30:00.000Z");
});

test("formats of services, names in the person's language", () => {
  const moment = new Date("2026-01-05T09:07:03.045Z");
  assert.equal(writeMoment(moment, "%d-%m-%Y %H:%M:%S", moscow), "05-01-2026 12:07:03");
  assert.equal(writeMoment(moment, undefined, moscow), "2026-01-05T12:07:03+03:00");
  assert.equal(
    writeMoment(moment, "%-d %B, %A %L %s %z %% %Q", moscow),
    "5 января, понедельник 045 1767604023 +0300 % 1767604023045",
  );
  assert.equal(writeMoment(moment, "%I:%M %p %b %q", berlin), "10:07 AM Jan %q");
});

test("what was written with seconds and zone is read as the same moment, in any zone", () => {
  const zones = fc.constantFrom("Europe/Moscow", "America/New_York", "Asia/Kathmandu", "Pacific/Apia", "UTC");
  fc.assert(
    fc.property(
      fc.date({ min: new Date("1975-01-01"), max: new Date("2090-01-01"), noInvalidDate: true }),
      zones,
      (date, timeZone) => {
        const settings = { ...moscow, timeZone };
        const second = new Date(Math.floor(date.getTime() / 1000) * 1000);
        assert.equal(readMoment(writeMoment(second, undefined, settings), settings)?.getTime(), second.getTime());
      },
    ),
  );
});

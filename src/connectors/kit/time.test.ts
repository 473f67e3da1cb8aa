import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "../../../test/support/property.ts";
import { formatLocal, isZone, localDays, parseLocal } from "./time.ts";

const iso = (text: string, zone: string) => parseLocal(text, zone)?.toISOString() ?? null;

describe("local date-times", () => {
  it("are read in the forms that services use", () => {
    assert.equal(iso("2026-01-10 12:00:00", "Europe/Moscow"), "2026-01-10T09:00:00.000Z");
    assert.equal(iso("10/01/2026 12:00:00", "Europe/Moscow"), "2026-01-10T09:00:00.000Z");
    assert.equal(iso("10-01-2026 12:00", "Europe/Moscow"), "2026-01-10T09:00:00.000Z");
    assert.equal(iso("10.01.2026", "Europe/Moscow"), "2026-01-09T21:00:00.000Z");
    assert.equal(iso("2026-01-10T12:00:00+05:00", "Europe/Moscow"), "2026-01-10T07:00:00.000Z");
    assert.equal(iso("2026-01-10T12:00:00.123Z", "Europe/Moscow"), "2026-01-10T12:00:00.123Z");
    for (const text of ["", "вчера", "2026-13-01", "31/02/2026", "2026-01-10 25:00"])
      assert.equal(iso(text, "UTC"), null, text);
  });

  it("in the hour that the spring skips come after the gap; in the one that autumn repeats are the first", () => {
    assert.equal(iso("2026-03-29 02:30:00", "Europe/Berlin"), "2026-03-29T01:30:00.000Z");
    assert.equal(iso("2026-10-25 02:30:00", "Europe/Berlin"), "2026-10-25T00:30:00.000Z");
  });

  it("come back as they were written", () => {
    const pattern = "yyyy-MM-dd HH:mm:ss";
    fc.assert(
      fc.property(
        fc.date({ min: new Date("2000-01-01"), max: new Date("2040-01-01"), noInvalidDate: true }),
        fc.constantFrom("Europe/Moscow", "Asia/Kolkata", "UTC", "America/Sao_Paulo"),
        (date, zone) => {
          const text = formatLocal(date, zone, pattern);
          const read = parseLocal(text, zone);
          assert.ok(read);
          assert.equal(formatLocal(read, zone, pattern), text);
        },
      ),
    );
  });

  it("name each day of a period once, also across a change of clocks", () => {
    const names = (from: string, until: string, zone: string) =>
      localDays(new Date(from), new Date(until), zone).map((day) => formatLocal(day, zone, "dd.MM"));
    assert.deepEqual(names("2026-01-10T20:00:00Z", "2026-01-10T22:00:00Z", "Europe/Moscow"), ["10.01", "11.01"]);
    assert.deepEqual(names("2026-03-28T12:00:00Z", "2026-03-30T12:00:00Z", "Europe/Berlin"), [
      "28.03",
      "29.03",
      "30.03",
    ]);
    assert.deepEqual(names("2026-01-10T12:00:00Z", "2026-01-09T12:00:00Z", "UTC"), []);
  });

  it("know zones from words", () => {
    assert.equal(isZone("Europe/Moscow"), true);
    assert.equal(isZone("Moscow time"), false);
  });
});

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "../../../test/support/property.ts";
import { ConnectorError } from "../../connectors/kit/errors.ts";
import { cronOf, nextOccurrence, zoneOf } from "./schedule.ts";

const BERLIN = "Europe/Berlin";
function several(cron: string, zone: string, after: string, count: number): string[] {
  const found: string[] = [];
  let from = new Date(after);
  while (found.length < count) {
    from = nextOccurrence(cron, zone, from);
    found.push(from.toISOString());
  }
  return found;
}

test("a local time that the spring skips runs at the next valid minute, once", () => {
  assert.deepEqual(several("30 2 * * *", BERLIN, "2026-03-27T12:00:00Z", 3), [
    "2026-03-28T01:30:00.000Z",
    "2026-03-29T01:00:00.000Z",
    "2026-03-30T00:30:00.000Z",
  ]);
  assert.deepEqual(several("*/15 2 * * *", BERLIN, "2026-03-28T12:00:00Z", 2), [
    "2026-03-29T01:00:00.000Z",
    "2026-03-30T00:00:00.000Z",
  ]);
  // Midnight itself is skipped.
  assert.deepEqual(several("0 0 * * *", "America/Sao_Paulo", "2018-11-03T10:00:00Z", 2), [
    "2018-11-04T03:00:00.000Z",
    "2018-11-05T02:00:00.000Z",
  ]);
});

test("a local time that the autumn doubles runs once", () => {
  assert.deepEqual(several("30 2 * * *", BERLIN, "2026-10-24T12:00:00Z", 2), [
    "2026-10-25T00:30:00.000Z",
    "2026-10-26T01:30:00.000Z",
  ]);
});

test("every half hour goes on through both changes", () => {
  const gaps = (start: string) => {
    const times = several("*/30 * * * *", BERLIN, start, 8).map((time) => Date.parse(time));
    return times.slice(1).map((time, index) => (time - (times[index] ?? 0)) / 60_000);
  };
  assert.deepEqual(new Set(gaps("2026-03-29T00:00:00Z")), new Set([30]));
  assert.deepEqual(new Set(gaps("2026-10-24T23:00:00Z")), new Set([30]));
});

test("the last day of the month", () => {
  assert.deepEqual(several("0 9 L * *", "UTC", "2026-01-31T10:00:00Z", 2), [
    "2026-02-28T09:00:00.000Z",
    "2026-03-31T09:00:00.000Z",
  ]);
});

test("it always moves forward", () => {
  const field = (least: number, most: number) =>
    fc.oneof(fc.constant("*"), fc.integer({ min: least, max: most }).map(String));
  fc.assert(
    fc.property(
      field(0, 59),
      field(0, 23),
      field(0, 6),
      fc.constantFrom(BERLIN, "Europe/Moscow", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu"),
      fc.date({ min: new Date("2020-01-01"), max: new Date("2030-01-01"), noInvalidDate: true }),
      (minute, hour, weekday, zone, after) => {
        const next = nextOccurrence(`${minute} ${hour} * * ${weekday}`, zone, after);
        assert.ok(next > after);
        assert.equal(next.getTime() % 60_000, 0);
      },
    ),
    { numRuns: 200 },
  );
});

test("what can't be a schedule is refused with a sentence", () => {
  const refused = (act: () => unknown) =>
    assert.throws(act, (error) => error instanceof ConnectorError && error.errorClass === "data");
  for (const cron of ["", "* * *", "61 * * * *", "каждый день", "0 0 30 2 *", "* * * * * *"]) {
    refused(() => nextOccurrence(cron, "UTC", new Date("2026-01-01")));
  }
  refused(() => zoneOf({ timeZone: "Moscow" }, "UTC"));
  refused(() => cronOf({ cron: undefined } as never, {}, "UTC"));
});

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "../../../test/support/property.ts";
import { ARRIVAL_MS, isSilent } from "./silence.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const WEEK = 7 * DAY;
const NOW = Date.UTC(2026, 2, 11, 15);
/** One event every `step`, for `weeks`, until `until`. */
const every = (step: number, weeks: number, until: number) =>
  Array.from({ length: Math.floor((weeks * WEEK) / step) }, (_, n) => until - n * step);
/** Only on weekdays between 9 and 18. */
const office = (times: readonly number[]) =>
  times.filter(
    (time) =>
      ![0, 6].includes(new Date(time).getUTCDay()) &&
      new Date(time).getUTCHours() >= 9 &&
      new Date(time).getUTCHours() < 18,
  );

describe("nothing came, when a bundle that usually has events is silent", () => {
  it("a bundle with steady traffic is told of after hours, not minutes", () => {
    assert.equal(isSilent(every(20 * 60_000, 3, NOW - HOUR), NOW), false);
    assert.equal(isSilent(every(20 * 60_000, 3, NOW - 5 * HOUR), NOW), true);
  });
  it("a few events a week are no habit", () => {
    assert.equal(isSilent(every(2 * DAY, 5, NOW - 2 * WEEK), NOW), false);
    assert.equal(isSilent([], NOW), false);
    assert.equal(isSilent([NOW - 30 * DAY], NOW), false);
  });
  it("nights and weekends are silent as ever; a Monday that stays silent isn't", () => {
    const times = office(every(30 * 60_000, 4, Date.UTC(2026, 2, 13, 23)));
    const sunday = Date.UTC(2026, 2, 15, 20);
    const monday = Date.UTC(2026, 2, 16, 9);
    assert.equal(isSilent(times, sunday), false);
    assert.equal(isSilent(times, monday + HOUR), false);
    assert.equal(isSilent(times, monday + 8 * HOUR), true);
  });
  it("a young bundle is compared with its days; a burst counts once", () => {
    assert.equal(isSilent(every(HOUR, 1, NOW - 14 * HOUR), NOW), true);
    const bursts = every(DAY, 2, NOW - 26 * HOUR).flatMap((time) =>
      Array.from({ length: 50 }, (_, n) => time + n * 1_000),
    );
    assert.equal(isSilent(bursts, NOW), false);
  });

  const week = fc.uniqueArray(fc.integer({ min: 0, max: WEEK / 60_000 - 1 }), { minLength: 1, maxLength: 250 });
  it("whatever repeats weekly never raises an alarm while it goes on", () => {
    fc.assert(
      fc.property(
        week,
        fc.integer({ min: 2, max: 5 }),
        fc.integer({ min: 0, max: WEEK / 60_000 - 1 }),
        (pattern, weeks, minute) => {
          const start = NOW - weeks * WEEK;
          const now = NOW + minute * 60_000;
          const times = Array.from({ length: weeks + 1 }, (_, n) =>
            pattern.map((at) => start + n * WEEK + at * 60_000),
          ).flat();
          assert.equal(
            isSilent(
              times.filter((time) => time <= now),
              now,
            ),
            false,
          );
        },
      ),
      { numRuns: 200 },
    );
  });
  it("an event ends it, order and the calendar don't matter, and lasting longer is no excuse", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 16, max: 240 }),
        fc.integer({ min: 3, max: 5 }),
        fc.integer({ min: 0, max: 6 * 24 }),
        fc.integer({ min: -500, max: 500 }),
        (minutes, weeks, hours, shift) => {
          const times = every(minutes * 60_000, weeks, NOW);
          const now = NOW + hours * HOUR;
          const verdict = isSilent(times, now);
          assert.equal(isSilent([...times, now], now), false);
          assert.equal(isSilent(times.toReversed(), now), verdict);
          assert.equal(
            isSilent(
              times.map((time) => time + shift * DAY),
              now + shift * DAY,
            ),
            verdict,
          );
          if (verdict) assert.equal(isSilent(times, now + HOUR), true);
          assert.equal(
            isSilent(times, NOW + 14 * Math.max(minutes * 60_000, ARRIVAL_MS)),
            true,
            "fourteen missed in a row",
          );
          assert.equal(isSilent(times, NOW + 11 * minutes * 60_000), false, "eleven missed prove nothing yet");
        },
      ),
      { numRuns: 100 },
    );
  });
});

/** Semantics §4, "Launch hours": between hours, on weekdays, on days of the month, cron with a zone; the clock's changes. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { CronExpressionParser } from "cron-parser";
import fc from "../../../test/support/property.ts";
import { defineConnector, type JsonObject } from "../../connectors/kit/define.ts";
import { ConnectorError } from "../../connectors/kit/errors.ts";
import { describeHours, mistakeInHours } from "../bundle/hours.ts";
import { type Trigger as Chosen, Hours } from "../bundle/model.ts";
import { isOpen, nextOpen, nextWithin, type Opening } from "./hours.ts";
import { type Armed, armedOf } from "./live.ts";
import { nextFire, nextPoll, nextTry, pollMinutes, upcoming } from "./plan.ts";
import { nextOccurrence } from "./schedule.ts";

const MOSCOW = "Europe/Moscow";
const BERLIN = "Europe/Berlin";
const MINUTE = 60_000;
const within = (hours: Hours | undefined, timeZone = MOSCOW): Opening => ({ hours, timeZone });
const open = (opening: Opening, from: string) => nextOpen(opening, new Date(from))?.toISOString();
/** Zones whose clocks change, by an hour and by half of one, at midnight too, and one that never does. */
const ZONES = [
  BERLIN,
  MOSCOW,
  "America/New_York",
  "America/St_Johns",
  "America/Havana",
  "America/Santiago",
  "Africa/Cairo",
  "Asia/Beirut",
  "Asia/Kathmandu",
  "Australia/Lord_Howe",
  "Pacific/Auckland",
  "Atlantic/Azores",
];
const zones = fc.constantFrom(...ZONES);
const moments = fc.date({ min: new Date("2020-01-01"), max: new Date("2035-01-01"), noInvalidDate: true });
/** Local date and time by the platform's own calendar, not by the library that computes them. */
function local(at: Date, timeZone: string) {
  const format = new Intl.DateTimeFormat("en-CA", {
    timeZone,
    dateStyle: "short",
    timeStyle: "short",
    hourCycle: "h23",
  });
  const [date = "", time = ""] = format.format(at).split(", ");
  return { date, time };
}

describe("launch hours", () => {
  test("all the time, where nothing was chosen", () => {
    assert.ok(isOpen(within(undefined), new Date()));
    assert.deepEqual(describeHours(undefined), { ru: "всё время", en: "all the time" });
  });

  test("between hours: from the first minute on, up to and without the last", () => {
    const hours = within({ kind: "window", from: "09:00", to: "18:00" });
    assert.equal(open(hours, "2026-03-02T05:59:00Z"), "2026-03-02T06:00:00.000Z");
    assert.equal(open(hours, "2026-03-02T14:59:00Z"), "2026-03-02T14:59:00.000Z");
    assert.equal(open(hours, "2026-03-02T15:00:00Z"), "2026-03-03T06:00:00.000Z");
  });

  test("over midnight they belong to the day on which they begin", () => {
    const night = within({ kind: "window", from: "22:00", to: "06:00", weekdays: [5] }, "UTC");
    // 6 March 2026 is a Friday.
    assert.ok(isOpen(night, new Date("2026-03-06T23:00:00Z")));
    assert.ok(isOpen(night, new Date("2026-03-07T05:59:00Z")));
    assert.ok(!isOpen(night, new Date("2026-03-06T05:00:00Z")), "the morning after Thursday");
    assert.equal(open(night, "2026-03-07T06:00:00Z"), "2026-03-13T22:00:00.000Z");
  });

  test("on weekdays, in the zone that is named", () => {
    const hours = within({ kind: "window", weekdays: [1, 2, 3, 4, 5], timeZone: "Asia/Vladivostok" });
    assert.equal(open(hours, "2026-03-06T14:30:00Z"), "2026-03-08T14:00:00.000Z", "Saturday there already");
  });

  test("on days of the month; one that the month doesn't have is its last", () => {
    const hours = within({ kind: "window", from: "10:00", to: "11:00", monthDays: [1, 31] }, "UTC");
    const found: (string | undefined)[] = [];
    for (let at = "2026-01-30T00:00:00Z"; found.length < 5; ) {
      found.push(open(hours, at));
      at = new Date(Date.parse(found.at(-1) ?? "") + 3_600_000).toISOString();
    }
    assert.deepEqual(
      found.map((one) => one?.slice(0, 10)),
      ["2026-01-31", "2026-02-01", "2026-02-28", "2026-03-01", "2026-03-31"],
    );
    const rare = within({ kind: "window", weekdays: [5], monthDays: [13] }, "UTC");
    assert.equal(open(rare, "2026-03-14T00:00:00Z"), "2026-11-13T00:00:00.000Z");
  });

  test("cron with a time zone", () => {
    const hours = within({ kind: "cron", cron: "0 9 * * 1", timeZone: "America/New_York" });
    assert.equal(open(hours, "2026-03-07T00:00:00Z"), "2026-03-09T13:00:00.000Z");
    assert.ok(isOpen(hours, new Date("2026-03-09T13:00:59Z")));
    assert.ok(!isOpen(hours, new Date("2026-03-09T13:01:00Z")));
  });

  test("in any zone the next opening is open, and nothing before it was", () => {
    const times = fc
      .tuple(fc.integer({ min: 0, max: 1_439 }), fc.integer({ min: 0, max: 1_439 }))
      .filter(([from, to]) => from !== to);
    const text = (minutes: number) =>
      `${String(Math.floor(minutes / 60)).padStart(2, "0")}:${String(minutes % 60).padStart(2, "0")}`;
    const days = fc.option(fc.uniqueArray(fc.integer({ min: 1, max: 7 }), { minLength: 1 }), { nil: undefined });
    fc.assert(
      fc.property(
        times,
        days,
        zones,
        moments,
        fc.double({ min: 0, max: 1, noNaN: true }),
        (time, weekdays, zone, at, part) => {
          const hours = Hours.parse({ kind: "window", from: text(time[0]), to: text(time[1]), weekdays });
          const opening = within(hours, zone);
          const next = nextOpen(opening, at);
          assert.ok(next !== null && next >= at && isOpen(opening, next));
          if (next > at)
            assert.ok(!isOpen(opening, new Date(at.getTime() + (next.getTime() - at.getTime() - 1) * part)));
          // What the platform's calendar says of that minute.
          const shown = local(next, zone).time;
          const isIn =
            time[0] < time[1]
              ? shown >= text(time[0]) && shown < text(time[1])
              : shown >= text(time[0]) || shown < text(time[1]);
          assert.ok(isIn, `${shown} in ${zone}`);
        },
      ),
      { numRuns: 150 },
    );
  });

  test("what can't be used is said before the start", () => {
    const wrong: Hours[] = [
      { kind: "window", from: "09:00" },
      { kind: "window", from: "09:00", to: "09:00" },
      { kind: "window", weekdays: [1], timeZone: "Mars/Olympus" },
      { kind: "cron", cron: "каждый день" },
      { kind: "cron", cron: "0 0 30 2 *" },
    ];
    for (const hours of wrong) assert.ok(mistakeInHours(hours), JSON.stringify(hours));
    assert.equal(mistakeInHours({ kind: "window", weekdays: [1], monthDays: [31] }), null);
    assert.ok(!Hours.safeParse({ kind: "window", from: "25:00", to: "26:00" }).success);
    assert.deepEqual(describeHours({ kind: "window", from: "09:00", to: "18:00", weekdays: [1, 2, 3, 5, 7] }), {
      ru: "пн–ср, пт, вс, с 09:00 до 18:00",
      en: "Mon–Wed, Fri, Sun, from 09:00 to 18:00",
    });
  });
});

describe("cron in real zones", () => {
  const time = (hour: number, minute: number) => `${String(hour).padStart(2, "0")}:${String(minute).padStart(2, "0")}`;

  test("every local day has its one occurrence: at its time, or at the next valid minute where that is skipped", () => {
    fc.assert(
      fc.property(zones, fc.nat(23), fc.nat(59), fc.integer({ min: 2020, max: 2034 }), (zone, hour, minute, year) => {
        const named = time(hour, minute);
        let at = new Date(Date.UTC(year, 0, 2));
        let before = local(at, zone).date;
        at = nextOccurrence(`${minute} ${hour} * * *`, zone, at);
        for (let day = 0; day < 365; day++) {
          const { date, time: shown } = local(at, zone);
          if (day > 0) assert.ok(date > before, `${zone}: twice on ${date}`);
          if (day > 0)
            assert.equal(
              Math.round((Date.parse(date) - Date.parse(before)) / 86_400_000),
              1,
              `${zone}: none after ${before}`,
            );
          if (shown !== named) {
            // The minute before it is another hour's: the named time lies in the gap.
            const last = local(new Date(at.getTime() - MINUTE), zone);
            assert.ok(last.date < date || last.time < named, `${zone}: ${shown} instead of ${named} on ${date}`);
            assert.ok(shown > named || last.date < date);
          }
          before = date;
          at = nextOccurrence(`${minute} ${hour} * * *`, zone, at);
        }
      }),
      {
        numRuns: 4,
        examples: [
          ["Australia/Lord_Howe", 1, 0, 2020],
          [BERLIN, 2, 30, 2026],
        ],
      },
    );
  });

  test("away from the clock's changes it says what cron-parser says", () => {
    fc.assert(
      fc.property(fc.nat(59), fc.nat(23), fc.integer({ min: 1, max: 28 }), moments, (minute, hour, day, after) => {
        const cron = `${minute} ${hour} ${day} * *`;
        for (const zone of [MOSCOW, "Asia/Kathmandu", "UTC"]) {
          const plain = CronExpressionParser.parse(cron, { tz: zone, currentDate: after }).next().toDate();
          assert.equal(nextOccurrence(cron, zone, after).getTime(), plain.getTime());
        }
      }),
      { numRuns: 60 },
    );
  });
});

describe("when a trigger is asked next", () => {
  const name = { ru: "x", en: "x" };
  const base = { name, options: [], output: [], sample: {}, record: () => "1", change: () => "1", at: () => null };
  const connector = (perDay?: number) =>
    defineConnector({
      key: "x",
      name,
      about: name,
      auth: { kind: "none" },
      actions: [],
      ...(perDay === undefined ? {} : { api: { base: "https://x", limits: { perDay }, error: () => null } }),
      triggers: [
        { ...base, key: "poll", poll: { everyMinutes: 5, items: async function* () {} } },
        { ...base, key: "clock", clock: true, cron: ({ cron }: JsonObject) => String(cron) },
      ],
    });
  const armed = (trigger: string, more: Partial<Chosen> = {}, perDay?: number): Armed => {
    const found = armedOf([connector(perDay)], { connector: "x", trigger, connection: null, options: {}, ...more });
    assert.ok(found);
    return found;
  };
  const now = new Date("2026-03-06T14:50:00Z");

  test("a poll every 1 to 1440 minutes, per bundle, spread over a tenth of its period", () => {
    assert.equal(pollMinutes(armed("poll")), 5);
    assert.equal(pollMinutes(armed("poll", { everyMinutes: 1 })), 1);
    assert.equal(pollMinutes(armed("poll", { everyMinutes: 1_440 })), 1_440);
    const gaps = [0, 0.5, 1].map(
      (random) => (nextPoll(60, within(undefined), now, random).getTime() - now.getTime()) / MINUTE,
    );
    assert.deepEqual(gaps, [57, 60, 63]);
  });

  test("never so often that the polls of a connection use up its day", () => {
    // 1000 calls a day, half of them for polls: four bundles get 125 each.
    assert.equal(pollMinutes(armed("poll", { everyMinutes: 1 }, 1_000), 4), 12);
    assert.equal(pollMinutes(armed("poll", { everyMinutes: 30 }, 1_000), 4), 30);
    assert.equal(pollMinutes(armed("poll", {}, 1), 1), 1_440);
  });

  test("outside the hours a poll waits for them; a failed one too, unless it has its own moments", () => {
    const hours = within({ kind: "window", from: "09:00", to: "18:00" });
    assert.equal(nextPoll(30, hours, now, 0).toISOString(), "2026-03-07T06:00:00.000Z");
    assert.equal(nextPoll(5, hours, now, 0.5).toISOString(), "2026-03-06T14:55:00.000Z");
    assert.equal(nextTry(new Date("2026-03-06T15:05:00Z"), hours).toISOString(), "2026-03-07T06:00:00.000Z");
    const cron = within({ kind: "cron", cron: "0 9 * * *" });
    assert.equal(nextPoll(5, cron, now, 1).toISOString(), "2026-03-07T06:00:00.000Z");
    assert.equal(nextTry(new Date("2026-03-06T15:05:00Z"), cron).toISOString(), "2026-03-06T15:05:00.000Z");
  });

  test("of a schedule's moments those remain that lie in the hours; two that never meet are refused", () => {
    const hours: Hours = { kind: "window", from: "09:00", to: "10:00", weekdays: [1] };
    const schedule = armed("clock", { options: { cron: "*/30 * * * *" }, hours });
    const options = { cron: "*/30 * * * *" };
    assert.deepEqual(
      upcoming(schedule, options, MOSCOW, now, 3).map((at) => at.toISOString()),
      ["2026-03-09T06:00:00.000Z", "2026-03-09T06:30:00.000Z", "2026-03-16T06:00:00.000Z"],
    );
    const never = armed("clock", { hours: { kind: "window", from: "09:00", to: "10:00" } });
    assert.throws(() => nextFire(never, { cron: "0 12 * * *" }, MOSCOW, now), ConnectorError);
    const both = nextWithin(
      { cron: "0 */2 * * *", timeZone: MOSCOW },
      within({ kind: "cron", cron: "0 */3 * * *" }),
      now,
    );
    assert.equal(both?.toISOString(), "2026-03-06T15:00:00.000Z");
  });
});

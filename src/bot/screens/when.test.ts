/** Launch hours in words, both ways. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { textsFor } from "../texts/index.ts";
import { readPeriod } from "./migration.ts";
import { readHours, sayHours } from "./when.ts";

const SAID: readonly (readonly [typed: string, ru: string, en?: string])[] = [
  ["с 9 до 18", "с 09:00 до 18:00", "from 09:00 to 18:00"],
  ["9-18", "с 09:00 до 18:00"],
  ["from 9 am to 6 pm", "с 09:00 до 18:00"],
  ["по будням с 9:30 до 18", "по будням с 09:30 до 18:00", "on weekdays from 09:30 to 18:00"],
  ["пн-пт 10:00–19:00", "по будням с 10:00 до 19:00"],
  ["weekdays from 9 to 18", "по будням с 09:00 до 18:00"],
  ["по выходным", "по выходным", "on weekends"],
  ["пн, ср и пт", "пн, ср, пт", "Mon, Wed, Fri"],
  ["Monday-Wednesday", "пн–ср"],
  ["с 22 до 6", "с 22:00 до 06:00"],
  ["1 и 15 числа", "1, 15 числа", "on day 1, 15 of the month"],
  ["числа 1-5", "1–5 числа"],
  ["каждый день в 9", "каждый день в 09:00", "every day at 09:00"],
  ["every day at 9:30", "каждый день в 09:30"],
  ["в 9 и 18", "каждый день в 09:00 и 18:00"],
  ["по будням в 9:15", "по будням в 09:15"],
  ["по понедельникам в 10:00", "пн в 10:00", "Mon at 10:00"],
  ["on Mondays and Fridays at 10:00", "пн, пт в 10:00"],
  ["1 числа в 9", "1 числа в 09:00"],
  ["on the 1st and 15th at 10:00", "1, 15 числа в 10:00"],
  ["каждый час", "каждый час", "every hour"],
  ["каждые 2 часа", "каждые 2 часа"],
  ["каждые 15 минут с 8 до 22", "каждые 15 минут с 08:00 до 22:00"],
  ["every 20 minutes on weekdays", "каждые 20 минут по будням", "every 20 minutes on weekdays"],
  ["каждый час с 9 до 18 пн-пт", "каждый час с 09:00 до 18:00 по будням"],
  ["0 9 * * 1-5", "по будням в 09:00", "on weekdays at 09:00"],
  ["*/10 * * * *", "каждые 10 минут"],
  ["0 9 1 1 *", "cron 0 9 1 1 *"],
  ["всегда", "всё время", "all the time"],
  ["все время", "всё время"],
];

test("hours are read as people say them and said back", () => {
  for (const [typed, ru, en] of SAID) {
    const read = readHours(typed);
    assert.notEqual(read, undefined, `«${typed}» isn't understood`);
    assert.equal(sayHours(textsFor("ru"), read ?? undefined), ru, typed);
    if (en !== undefined) assert.equal(sayHours(textsFor("en"), read ?? undefined), en, typed);
  }
  for (const typed of [
    "",
    "привет",
    "с 9",
    "с 25 до 30",
    "в 9 и 10:30",
    "каждые 7 минут",
    "40 числа",
    "завтра",
    "с 9 до 9",
  ])
    assert.equal(readHours(typed), undefined, typed);
});

test("what is said back is understood again", () => {
  for (const [typed] of SAID) {
    const read = readHours(typed);
    const said = sayHours(textsFor("ru"), read ?? undefined);
    assert.deepEqual(readHours(said), read, said);
  }
});

test("a period of the past is read in the person's time zone, its last day whole", () => {
  const zone = "Europe/Moscow";
  const now = new Date("2026-11-20T12:00:00Z");
  const iso = (typed: string) => {
    const read = readPeriod(typed, zone, now);
    return read === null || read === "everything" ? read : [read.from.toISOString(), read.to.toISOString()];
  };
  assert.deepEqual(iso("01.10.2026 – 31.10.2026"), ["2026-09-30T21:00:00.000Z", "2026-10-31T21:00:00.000Z"]);
  assert.deepEqual(iso("2026-10-01 - 2026-10-01"), ["2026-09-30T21:00:00.000Z", "2026-10-01T21:00:00.000Z"]);
  assert.deepEqual(iso("с 01.11.2026"), ["2026-10-31T21:00:00.000Z", now.toISOString()]);
  assert.deepEqual(iso("01.11.2026 – 31.12.2026"), ["2026-10-31T21:00:00.000Z", now.toISOString()]);
  assert.equal(iso("31.02.2026 – 01.03.2026"), null);
  assert.equal(iso("31.10.2026 – 01.10.2026"), null);
  assert.equal(iso("вчера"), null);
});

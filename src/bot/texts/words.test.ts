import assert from "node:assert/strict";
import { test } from "node:test";
import { toldCommand } from "../commands.ts";
import { counted, moment, short, took } from "./words.ts";

const RUNS = ["запуск", "запуска", "запусков"] as const;
const plain = (text: string) => text.replaceAll(/\s/g, " ");

test("numbers take the right form", () => {
  assert.deepEqual(
    [0, 1, 2, 5, 11, 21, 22, 111, 1_021].map((n) => plain(counted("ru", n, RUNS))),
    [
      "0 запусков",
      "1 запуск",
      "2 запуска",
      "5 запусков",
      "11 запусков",
      "21 запуск",
      "22 запуска",
      "111 запусков",
      "1 021 запуск",
    ],
  );
  assert.deepEqual(
    [0, 1, 2].map((n) => counted("en", n, ["run", "runs"])),
    ["0 runs", "1 run", "2 runs"],
  );
});

test("moments are told in the member's zone: today by the clock, else with the day", () => {
  const now = new Date("2026-03-02T21:30:00Z");
  assert.equal(moment("ru", "UTC", new Date("2026-03-02T09:05:00Z"), now), "09:05");
  assert.match(
    moment("ru", "Europe/Moscow", new Date("2026-03-02T09:05:00Z"), now),
    /2 марта/,
    "in Moscow it is the 3rd",
  );
  assert.match(moment("en", "UTC", new Date("2025-12-31T09:05:00Z"), now), /December 31, 2025/);
  assert.equal(moment("ru", "UTC", new Date("2026-03-02T00:05:00Z"), now), "00:05");
});

test("durations and long names stay short", () => {
  assert.deepEqual(
    [12, 800, 12_400, 180_000].map((ms) => took("ru", ms)),
    ["< 0,1 с", "0,8 с", "12 с", "3 мин"],
  );
  assert.equal(short("ж".repeat(50)).length, 40);
  assert.equal(short("😀😀😀", 2), "😀…");
  const name = "Calltouch: Входящий звонок → retailCRM, Telegram";
  assert.equal(new Set([name, `${name} (копия)`, `${name} (копия 2)`].map((one) => short(one))).size, 3);
});

test("commands as people type them", () => {
  assert.deepEqual(toldCommand("/pause 3"), { name: "pause", rest: "3" });
  assert.deepEqual(toldCommand(" /RUN@some_bot  Calltouch в CRM "), { name: "run", rest: "Calltouch в CRM" });
  assert.deepEqual(toldCommand("/start"), { name: "start", rest: "" });
  for (const text of ["", "run", "/", "/no-command", "/path/to"]) assert.equal(toldCommand(text), null);
});

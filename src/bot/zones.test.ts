import assert from "node:assert/strict";
import { test } from "node:test";
import { COMMON_COUNTRIES, cityOf, countryName, findCountries, findZones, shiftOf } from "./zones.ts";

const NOW = new Date("2026-03-02T09:00:00Z");

test("zones are found by city in either language, by their own name, and by the time on the clock", () => {
  assert.deepEqual(findZones("омск", NOW), ["Asia/Omsk"]);
  assert.deepEqual(findZones("New York", NOW), ["America/New_York"]);
  assert.deepEqual(findZones("europe/berlin", NOW), ["Europe/Berlin"]);
  assert.ok(findZones("12:00", NOW).includes("Europe/Moscow"));
  assert.ok(findZones("12.07", NOW).includes("Europe/Moscow"));
  assert.ok(!findZones("12:00", NOW).includes("Asia/Omsk"));
  assert.deepEqual(findZones("25:99", NOW), []);
  assert.deepEqual(findZones("   ", NOW), []);
});

test("a zone is named and shows its shift", () => {
  assert.equal(cityOf("ru", "Europe/Moscow"), "Москва");
  assert.equal(cityOf("en", "America/New_York"), "New York");
  assert.equal(shiftOf("Europe/Moscow", NOW), "+03:00");
  assert.equal(shiftOf("UTC", NOW), "+00:00");
});

test("countries are found by name or code; what is no country isn't", () => {
  assert.deepEqual(findCountries("казахстан"), ["KZ"]);
  assert.deepEqual(findCountries("Germany"), ["DE"]);
  assert.deepEqual(findCountries("by"), ["BY"]);
  assert.deepEqual(findCountries("европейский союз"), []);
  assert.deepEqual(findCountries("СССР"), []);
  for (const code of COMMON_COUNTRIES) assert.notEqual(countryName("ru", code), code);
});

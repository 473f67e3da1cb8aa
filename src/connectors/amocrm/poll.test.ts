import assert from "node:assert/strict";
import { test } from "node:test";
import type { Context, HttpCall, JsonObject } from "../kit/define.ts";
import { numberOf, objectOf } from "../kit/read.ts";
import { pages } from "./poll.ts";
import { recordsBy } from "./records.ts";

const NOW = new Date("2026-01-10T12:00:00Z");
const SECOND = Math.floor(NOW.getTime() / 1_000);

/** An account with the paid filter that holds these contacts. */
function account(contacts: readonly JsonObject[]): Context {
  const answer = ({ path, query = {} }: HttpCall): JsonObject => {
    if (path.endsWith("/account")) return { is_api_filter_enabled: true };
    const { filter, order, limit, page } = objectOf(JSON.parse(JSON.stringify(query)));
    const [[by, direction] = ["", ""]] = Object.entries(objectOf(order));
    const [[mark, window] = ["", null]] = Object.entries(objectOf(filter));
    const { from, to } = objectOf(window);
    const of = (one: JsonObject, key: string) => numberOf(one[key]) ?? 0;
    const all = contacts
      .filter((one) => of(one, mark) >= (numberOf(from) ?? 0) && of(one, mark) <= (numberOf(to) ?? 0))
      .toSorted((a, b) => (direction === "desc" ? -1 : 1) * (of(a, by) - of(b, by)));
    const end = (numberOf(page) ?? 1) * (numberOf(limit) ?? 0);
    return {
      _links: end < all.length ? { next: { href: "next" } } : {},
      _embedded: { contacts: all.slice(end - (numberOf(limit) ?? 0), end) },
    };
  };
  return {
    auth: {},
    async http(call) {
      const body = answer(call);
      return { status: 200, headers: {}, text: JSON.stringify(body), json: () => body };
    },
    locale: "ru",
    timeZone: "Europe/Moscow",
    country: "RU",
    now: () => NOW,
  };
}

test("imported contacts with high numbers and old dates are new ones too", async () => {
  const own = Array.from({ length: 250 }, (_, at) => ({ id: 1_000 + at, created_at: SECOND - 300 + at }));
  const imported = Array.from({ length: 300 }, (_, at) => ({ id: 2_000 + at, created_at: SECOND - 1_000 }));
  const ctx = account([...own, ...imported]);
  const since = { at: new Date(NOW.getTime() - 3_600_000), until: NOW, cursor: null };
  const found: unknown[] = [];
  for await (const records of pages(ctx, "contacts", "created_at", since)) found.push(...records.map(({ id }) => id));
  assert.equal(found.length, 550);
  assert.equal(new Set(found).size, 550);
});

test("a search by a common name looks past the first thousand", async () => {
  const ctx = account(Array.from({ length: 1_300 }, (_, at) => ({ id: at + 1, name: "Иван" })));
  assert.equal((await recordsBy(ctx, "contacts", "name", "Иван")).length, 1_300);
});

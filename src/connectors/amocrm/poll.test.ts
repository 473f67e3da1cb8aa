import assert from "node:assert/strict";
import { test } from "node:test";
import { openService } from "../../../test/support/service.ts";
import type { Context, HttpCall, JsonObject } from "../kit/define.ts";
import { ConnectorError } from "../kit/errors.ts";
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

for (const filters of ["on", "refused"])
  test(`a move that no webhook told is found in the log, and by the same key (filter ${filters})`, async () => {
    const own = await openService("amocrm");
    try {
      own.set("filters", filters);
      const trigger = own.connector.triggers.find(({ key }) => key === "leadMoved");
      const hook = trigger?.hook;
      assert.ok(trigger && hook);
      for (let at = 0; at < 103; at++) await own.press("lead", { name: `С ${at}`, price: "1" });
      const ids = own.rows("leads").map(({ id }) => String(id));
      for (const lead of ids) await own.press("move", { lead, status: "40002" });
      await own.press("move", { lead: ids[0] ?? "", status: "50001" });
      const { items } = await own.poll("leadMoved", {});
      assert.equal(new Set(items.map(trigger.change)).size, 104);
      const last = items.find(({ statusId }) => statusId === "50001");
      assert.deepEqual([last?.oldStatusId, last?.oldPipelineId, last?.pipelineId], ["40002", "3001", "3002"]);
      assert.deepEqual([last?.oldStatusName, last?.pipelineName], ["Переговоры", "Опт"]);
      assert.equal((await own.poll("leadMoved", { statuses: ["50001"] })).items.length, 1);
      const everything = { at: new Date("2005-01-01"), until: own.ctx.now(), cursor: null };
      const before = own.ctx.now().getTime();
      const past: JsonObject[] = [];
      for await (const page of trigger.poll?.items(own.ctx, {}, everything) ?? []) past.push(...page.items);
      assert.equal(new Set(past.map(trigger.change)).size, 104);
      const calls = (own.ctx.now().getTime() - before) / 1_000;
      assert.ok(calls < (filters === "on" ? 80 : 300), `twenty years took ${calls} calls`);
      assert.equal((await own.poll("leadMoved", { exceptUsers: ["78"] })).items.length, 0);
      // The webhook's clock is a second behind.
      const seconds = Math.floor(Date.parse(String(last?.movedAt)) / 1_000) - 1;
      const told = { id: ids[0] ?? "", status_id: "50001", old_status_id: "40002", last_modified: String(seconds) };
      const request = { method: "POST", headers: {}, query: {}, raw: "", body: { leads: { status: [told] } } };
      const [delivery] = hook.deliveries(request, {});
      const item = await hook.enrich?.(own.ctx, delivery ?? {});
      assert.ok(item && last);
      assert.equal(trigger.change(item), trigger.change(last));
      const early = {
        ...told,
        status_id: "40003",
        last_modified: String(Math.floor(own.ctx.now().getTime() / 1_000)),
      };
      const [unknown] = hook.deliveries({ ...request, body: { leads: { status: [early] } } }, {});
      await assert.rejects(
        async () => hook.enrich?.(own.ctx, unknown ?? {}),
        (error) => error instanceof ConnectorError && error.errorClass === "temporary",
      );
    } finally {
      await own.stop();
    }
  });

import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { after, beforeEach, describe, it } from "node:test";
import { openService, type Service } from "../../../test/support/service.ts";
import type { Context, HookRequest, Json, JsonObject } from "../kit/define.ts";
import type { Kept, Storage } from "../kit/storage.ts";
import { remonline } from "./index.ts";
import { serviceOf } from "./service.ts";

const NOW = Date.parse("2026-10-01T09:00:00Z");
const TRUST = { secret: "0123456789abcdef0123456789abcdef", app: null };
const trigger = (key: string) => {
  const found = remonline.triggers.find((one) => one.key === key);
  assert.ok(found, key);
  return found;
};

let service: Service | undefined;
const open = async (): Promise<Service> => {
  await service?.stop();
  service = await openService("remonline", { now: NOW });
  return service;
};
after(() => service?.stop());

/** What a workspace keeps. */
function memory(): Storage {
  const kept = new Map<string, Kept>();
  const done = new Set<string>();
  return {
    get: async (name, key) => kept.get(`${name} ${key}`) ?? null,
    async set(name, key, value, until, once) {
      const next = { value, until, changedAt: new Date(NOW) };
      if (!done.has(once)) kept.set(`${name} ${key}`, next);
      done.add(once);
      return next;
    },
    remove: async () => false,
    add: async () => null,
  };
}

describe("RemOnline's webhooks", () => {
  const secret = "hook-secret-123456";
  const webhook = (event: string, more: JsonObject = {}, headers: Record<string, string> = {}): HookRequest => {
    const body: JsonObject = {
      id: "0d9f2c9e-5f6b-4f8a-9f1d-2f4f3c1b0a11",
      created_at: "2026-10-01T09:30:00Z",
      event_name: event,
      context: { object_id: 9001, object_type: "order" },
      metadata: { order: { id: 9001, name: "A1" }, old: { id: 11 }, new: { id: 14 } },
      ...more,
    };
    return { method: "POST", headers, query: {}, body, raw: JSON.stringify(body), receivedAt: new Date(NOW) };
  };
  const signed = (id: string) => ({
    "x-webhook-id": id,
    "x-signature": createHmac("sha256", secret).update(id).digest("hex"),
  });

  it("passes only what is signed with the secret, and everything where there is none", () => {
    const { hook } = trigger("newOrder");
    const good = webhook("Order.Created", {}, signed("abc"));
    assert.equal(hook?.verify?.(good, { secret }, {}, TRUST), true);
    assert.equal(hook?.verify?.(good, { secret: "other" }, {}, TRUST), false);
    assert.equal(hook?.verify?.(webhook("Order.Created"), { secret }, {}, TRUST), false);
    assert.equal(hook?.verify?.(webhook("Order.Created"), {}, {}, TRUST), true);
    const byBody = { ...signed("0d9f2c9e-5f6b-4f8a-9f1d-2f4f3c1b0a11") };
    const { "x-webhook-id": _, ...alone } = byBody;
    assert.equal(hook?.verify?.(webhook("Order.Created", {}, alone), { secret }, {}, TRUST), true);
  });

  it("hears its own event only", () => {
    const status = trigger("orderStatus").hook;
    assert.equal(status?.deliveries(webhook("Order.Status.Changed"), {}).length, 1);
    assert.equal(status?.deliveries(webhook("Order.Deleted"), {}).length, 0);
    assert.equal(trigger("newOrder").hook?.deliveries(webhook("order.created"), {}).length, 1);
    assert.equal(trigger("newOrder").hook?.deliveries(webhook("Order.Created", { context: {} }), {}).length, 0);
  });

  it("reads the record again, and keeps the change that a signed webhook spoke of", async () => {
    const ro = await open();
    const order = (await ro.press("order", {})) as { id: number };
    await ro.press("status", { order: String(order.id), status: "12" });
    const { hook, change } = trigger("orderStatus");
    const enrich = async (options: JsonObject) => {
      const [delivery] = hook?.deliveries(webhook("Order.Status.Changed"), options) ?? [];
      assert.ok(delivery && hook?.enrich);
      return hook.enrich(ro.ctx, delivery);
    };
    const believed = await enrich({ secret });
    assert.deepEqual([believed?.status, believed?.oldStatus, believed?.number], ["Готов", "Новый", "A1"]);
    assert.equal(believed && change(believed), `${order.id}:14:2026-10-01T09:30:00.000Z`);
    const doubted = await enrich({});
    assert.deepEqual([doubted?.status, doubted?.oldStatus], ["В работе", null]);
    assert.equal(await enrich({ secret, statuses: ["12"] }), null);
    assert.equal((await enrich({ secret, statuses: ["14"], branches: ["101"] }))?.statusId, "14");
    const [gone] = hook?.deliveries(webhook("Order.Status.Changed", { context: { object_id: 1 } }), {}) ?? [];
    assert.equal(gone && (await hook?.enrich?.(ro.ctx, gone)), null);
  });

  for (const version of ["1", "2"])
    it(`and the poll behind it tell each change of status once, and what no webhook told (API ${version})`, async () => {
      const ro = await open();
      const auth = { ...ro.ctx.auth, version };
      const ctx: Context = { ...ro.with(auth), storage: memory() };
      const status = trigger("orderStatus");
      const order = String(((await ro.press("order", {})) as { id: number }).id);
      let cursor: Json = null;
      async function poll(): Promise<string[]> {
        const until = ctx.now();
        const since = { at: new Date(until.getTime() - 3_600_000), until, cursor };
        const keys: string[] = [];
        for await (const page of status.poll?.items(ctx, {}, since) ?? []) {
          if (cursor !== null)
            keys.push(...page.items.map((item) => `${item.oldStatus} → ${item.status} ${status.change(item)}`));
          since.cursor = page.cursor ?? since.cursor;
        }
        cursor = since.cursor;
        return keys;
      }
      /** The service's clock follows ours. */
      async function change(
        to: string,
        from: string,
        isTold: boolean,
        options: JsonObject = { secret },
      ): Promise<string> {
        await ro.press("status", { order, status: to });
        const row = ro.rows("orders").find(({ id }) => String(id) === order);
        const at = new Date(Number(row?.modified_at)).toISOString();
        if (!isTold) return at;
        const body = {
          context: { object_id: order },
          created_at: at,
          metadata: { old: { id: from }, new: { id: to } },
        };
        const [delivery] = status.hook?.deliveries(webhook("Order.Status.Changed", body), options) ?? [];
        const item = await status.hook?.enrich?.(ctx, delivery ?? {});
        return item ? `${item.oldStatus} → ${item.status} ${status.change(item)}` : "";
      }
      await poll();
      const told = await change("12", "11", true);
      assert.match(told, /^Новый → В работе /);
      ro.move(600_000);
      assert.deepEqual(await poll(), [told], "the same key, which the engine has seen");
      const lost = await change("14", "12", false);
      assert.deepEqual(await poll(), [], "webhooks come first");
      ro.move(600_000);
      assert.deepEqual(await poll(), [`В работе → Готов ${order}:14:${lost}`]);
      const first = await change("12", "14", true);
      const second = await change("11", "12", true);
      assert.notEqual(first, second);
      ro.move(600_000);
      assert.deepEqual(
        (await poll()).map((key) => key.split(" ").at(-1)),
        [second.split(" ").at(-1)],
      );
      // Read side by side, to and fro within a second.
      const fast = await Promise.all(
        [
          ["12", "11", 1],
          ["11", "12", 2],
          ["12", "11", 3],
        ].map(async ([to, from, ms]) => {
          const at = new Date(ctx.now().getTime() + Number(ms)).toISOString();
          const body = {
            context: { object_id: order },
            created_at: at,
            metadata: { old: { id: from ?? null }, new: { id: to ?? null } },
          };
          const [delivery] = status.hook?.deliveries(webhook("Order.Status.Changed", body), { secret }) ?? [];
          const item = await status.hook?.enrich?.(ctx, delivery ?? {});
          return item ? status.change(item) : "";
        }),
      );
      assert.equal(new Set(fast).size, 3);
      const unsigned = await change("13", "11", true, {});
      assert.equal(
        (await change("13", "11", true, {})).split(" ").at(-1),
        unsigned.split(" ").at(-1),
        "a stranger repeats nothing",
      );
    });

  it("is the same item as a poll's", async () => {
    const ro = await open();
    const order = (await ro.press("order", {})) as { id: number; client_id: number };
    for (const [key, event, id] of [
      ["newOrder", "Order.Created", order.id],
      ["newClient", "Client.Created", order.client_id],
    ] as const) {
      const { hook } = trigger(key);
      const [delivery] = hook?.deliveries(webhook(event, { context: { object_id: id } }), {}) ?? [];
      const item = delivery && (await hook?.enrich?.(ro.ctx, delivery));
      assert.deepEqual(item, (await ro.poll(key)).items[0]);
    }
  });
});

async function collect(ctx: Context, key: string, options: JsonObject = {}, cursor: JsonObject | null = null) {
  const items: JsonObject[] = [];
  let last = cursor;
  const until = ctx.now();
  const since = { at: new Date(until.getTime() - 3_600_000), until, cursor };
  for await (const page of trigger(key).poll?.items(ctx, options, since) ?? []) {
    items.push(...page.items);
    last = (page.cursor as JsonObject | undefined) ?? last;
  }
  return { items, cursor: last };
}

for (const version of ["1", "1key", "2"]) {
  describe(`RemOnline's polls, API version ${version}`, () => {
    let ro: Service;
    let ctx: Context;
    beforeEach(async () => {
      ro = await open();
      ctx = ro.with({ apiKey: "69bd0c1e7f4a4d2f9a3c5e8b7d6f1a2b", version });
    });

    it("brings new orders and clients once each, over more than a page", async () => {
      for (let i = 0; i < 103; i++) await ro.press("order", { name: `Клиент ${i}`, phone: `7999111${1000 + i}` });
      for (const key of ["newOrder", "newClient"]) {
        const { items } = await collect(ctx, key);
        assert.equal(items.length, 103, key);
        assert.equal(new Set(items.map((item) => trigger(key).change(item))).size, 103);
      }
      assert.equal((await collect(ctx, "newOrder", { branches: ["102"] })).items.length, 0);
    });

    it("tells a change of status from any other edit, also when a status comes again", async () => {
      const orders = [];
      for (const phone of ["79991110001", "79991110002", "79991110003"])
        orders.push((await ro.press("order", { phone })) as { id: number });
      const [edited, moved, reopened] = orders.map(({ id }) => String(id));
      await ro.press("status", { order: String(reopened), status: "16" });
      let { cursor } = await collect(ctx, "orderStatus");
      const poll = async (options: JsonObject = {}) => {
        const found = await collect(ctx, "orderStatus", options, cursor);
        cursor = found.cursor;
        return found.items.map((item) => [item.id, item.oldStatus, item.status]);
      };
      assert.deepEqual(await poll(), []);
      await ro.press("note", { order: String(edited), text: "без смены статуса" });
      await ro.press("status", { order: String(moved), status: "13" });
      await ro.press("status", { order: String(reopened), status: "12" });
      const first = await poll();
      assert.deepEqual(first.toSorted(), [
        [moved, "Новый", "Ждёт запчасть"],
        [reopened, "Закрыт", "В работе"],
      ]);
      const keys = new Set<string>();
      for (const status of ["12", "13", "12", "13"]) {
        await ro.press("status", { order: String(moved), status });
        const { items, cursor: next } = await collect(ctx, "orderStatus", {}, cursor);
        cursor = next;
        assert.equal(items.length, 1);
        for (const item of items) keys.add(trigger("orderStatus").change(item));
      }
      assert.equal(keys.size, 4);
      const fresh = (await ro.press("order", { phone: "79991110009" })) as { id: number };
      assert.deepEqual(await poll(), []);
      await ro.press("status", { order: String(fresh.id), status: "14" });
      assert.deepEqual(await poll({ statuses: ["16"] }), []);
      await ro.press("status", { order: String(fresh.id), status: "16" });
      assert.deepEqual(await poll({ statuses: ["16"] }), [[String(fresh.id), "Готов", "Закрыт"]]);
    });

    it("loses nothing at a page's border when something is edited between two pages", async () => {
      for (let i = 0; i < 203; i++) {
        await ro.press("order", { phone: `7999222${1000 + i}` });
        // The sandbox's clock moves with our calls.
        if (i % 9 === 0) await remonline.check?.(ctx);
      }
      const reads = [
        ["orders", (one: Context, from: Date) => serviceOf(one).orders(one, { modified: { from } })],
        ["clients", (one: Context, from: Date) => serviceOf(one).clients(one, { modified: { from } })],
      ] as const;
      for (const [table, read] of reads) {
        const from = new Date(ctx.now().getTime() - 3_600_000);
        const seen = new Set<string>();
        let pages = 0;
        for await (const rows of read(ctx, from)) {
          for (const row of rows) seen.add(String(row.id));
          const first = String(rows[0]?.id);
          if (++pages > 2) continue;
          if (table === "orders") await ro.press("note", { order: first, text: `x${pages}` });
          else await ro.press("editClient", { client: first, notes: `x${pages}` });
        }
        assert.equal(seen.size, 203, table);
      }
    });

    it("notices edits of clients and orders, and not their creation", async () => {
      const order = (await ro.press("order", {})) as { id: number; client_id: number };
      assert.deepEqual((await collect(ctx, "clientChanged")).items, []);
      // The sandbox's clock moves with our calls.
      for (let i = 0; i < 3; i++) await remonline.check?.(ctx);
      await ro.press("editClient", { client: String(order.client_id), notes: "VIP" });
      await ro.press("note", { order: String(order.id), text: "Позвонить" });
      assert.equal((await collect(ctx, "clientChanged")).items[0]?.notes, "VIP");
      assert.equal((await collect(ctx, "orderChanged")).items[0]?.managerNotes, "Позвонить");
    });
  });
}

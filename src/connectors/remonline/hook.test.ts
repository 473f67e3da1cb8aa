import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { after, describe, it } from "node:test";
import { openService, type Service } from "../../../test/support/service.ts";
import type { HookRequest, JsonObject } from "../kit/define.ts";
import { remonline } from "./index.ts";

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

  it("hears its own event only, and the status by webhook only where that was chosen", () => {
    const status = trigger("orderStatus").hook;
    assert.equal(status?.deliveries(webhook("Order.Status.Changed"), { by: "hook" }).length, 1);
    assert.equal(status?.deliveries(webhook("Order.Status.Changed"), { by: "poll" }).length, 0);
    assert.equal(status?.deliveries(webhook("Order.Deleted"), { by: "hook" }).length, 0);
    assert.equal(trigger("newOrder").hook?.deliveries(webhook("order.created"), {}).length, 1);
    assert.equal(trigger("newOrder").hook?.deliveries(webhook("Order.Created", { context: {} }), {}).length, 0);
  });

  it("reads the record again, and keeps the change that a signed webhook spoke of", async () => {
    const ro = await open();
    const order = (await ro.press("order", {})) as { id: number };
    await ro.press("status", { order: String(order.id), status: "12" });
    const { hook, change } = trigger("orderStatus");
    const enrich = async (options: JsonObject) => {
      const [delivery] = hook?.deliveries(webhook("Order.Status.Changed"), { by: "hook", ...options }) ?? [];
      assert.ok(delivery && hook?.enrich);
      return hook.enrich(ro.ctx, delivery);
    };
    const believed = await enrich({ secret });
    assert.deepEqual([believed?.status, believed?.oldStatus, believed?.number], ["Готов", "Новый", "A1"]);
    assert.equal(believed && change(believed), "0d9f2c9e-5f6b-4f8a-9f1d-2f4f3c1b0a11");
    assert.equal((await enrich({}))?.status, "В работе");
    assert.equal(await enrich({ secret, statuses: ["12"] }), null);
    assert.equal((await enrich({ secret, statuses: ["14"], branches: ["101"] }))?.statusId, "14");
    const [gone] =
      hook?.deliveries(webhook("Order.Status.Changed", { context: { object_id: 1 } }), { by: "hook" }) ?? [];
    assert.equal(gone && (await hook?.enrich?.(ro.ctx, gone)), null);
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

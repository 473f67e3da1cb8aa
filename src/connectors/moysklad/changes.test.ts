import assert from "node:assert/strict";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { after, describe, it } from "node:test";
import { openService, type Service } from "../../../test/support/service.ts";
import type { HookRequest, JsonObject } from "../kit/define.ts";
import { ConnectorError } from "../kit/errors.ts";
import { listOf, objectsOf } from "../kit/read.ts";
import { moysklad } from "./index.ts";

const NOW = Date.parse("2026-01-10T09:00:00Z");
const trigger = (key: string) => {
  const found = moysklad.triggers.find((one) => one.key === key);
  assert.ok(found);
  return found;
};
const failsAs = (errorClass: string, field?: string) => (error: unknown) => {
  assert.ok(error instanceof ConnectorError, String(error));
  assert.equal(error.errorClass, errorClass, error.sentence.en);
  if (field !== undefined) assert.equal(error.details.field, field);
  return true;
};

let service: Service | undefined;
const open = async (more: Parameters<typeof openService>[1] = { now: NOW }): Promise<Service> => {
  await service?.stop();
  service = await openService("moysklad", more);
  return service;
};
after(() => service?.stop());

const first = async (ms: Service, list: string) =>
  (await moysklad.lists?.[list]?.load(ms.ctx, {}, undefined))?.items[0]?.value ?? "";
async function newOrder(ms: Service, more: JsonObject = {}): Promise<JsonObject> {
  const agent = await ms.run("createCounterparty", { name: "Анна" });
  return ms.run("createOrder", { organization: await first(ms, "organizations"), agent: agent.id ?? null, ...more });
}

describe("МойСклад's changes by poll", () => {
  const faces = (items: readonly JsonObject[]) => items.map(({ what, oldState, state }) => [what, oldState, state]);
  const keys = (key: string, items: readonly JsonObject[]) => items.map((item) => trigger(key).change(item));

  it("brings each change of state, also there and back, and each payment", async () => {
    for (const diff of ["object", "name"]) {
      const ms = await open();
      ms.set("auditDiff", diff);
      ms.set("paymentTouchesOrder", diff === "name" ? "yes" : "no");
      const { id } = (await ms.press("order", { total: "1500" })) as { id: string };
      for (const state of ["Собран", "Новый", "Собран"]) await ms.press("state", { order: id, state });
      await ms.press("pay", { order: id, sum: "900" });
      await ms.press("pay", { order: id, sum: "600", kind: "cashin" });
      const { items, cursor } = await ms.poll("orderChanged");
      assert.deepEqual(faces(items), [
        ["state", "Новый", "Собран"],
        ["state", "Собран", "Новый"],
        ["state", "Новый", "Собран"],
        ["payment", null, "Собран"],
        ["payment", null, "Собран"],
      ]);
      assert.equal(
        new Set(keys("orderChanged", items)).size,
        4,
        "both payments are seen in the same state of the order",
      );
      assert.deepEqual(
        [items[4]?.payedSum, items[4]?.isPaid, items[0]?.changedAt],
        [1500, true, "2026-01-10T09:00:00.000Z"],
      );
      assert.deepEqual(keys("orderState", (await ms.poll("orderState")).items).length, 3);
      assert.equal((await ms.poll("orderPayment")).items.length, 2);
      // What is read again has the same keys, so that the engine knows it.
      const again = await ms.poll("orderChanged", {}, cursor);
      assert.ok(keys("orderChanged", again.items).every((key) => keys("orderChanged", items).includes(key)));
    }
  });

  it("an order that was only commented on has not changed its state", async () => {
    const ms = await open();
    const { id } = (await ms.press("order", {})) as { id: string };
    await ms.press("comment", { order: id, text: "Перезвонить" });
    assert.deepEqual((await ms.poll("orderChanged")).items, []);
  });

  it("finds the newest change in a long history, whichever end it stands at", async () => {
    for (const order of ["newest", "oldest"]) {
      const ms = await open();
      ms.set("auditOrder", order);
      const { id } = (await ms.press("order", {})) as { id: string };
      for (let turn = 0; turn < 130; turn++) await ms.press("comment", { order: id, text: String(turn) });
      await ms.press("state", { order: id, state: "Собран" });
      assert.deepEqual(faces((await ms.poll("orderState")).items), [["state", "Новый", "Собран"]], order);
    }
  });

  it("filters by state, and lets payments through", async () => {
    const ms = await open();
    const { id } = (await ms.press("order", {})) as { id: string };
    await ms.press("state", { order: id, state: "Собран" });
    await ms.press("state", { order: id, state: "Доставлен" });
    await ms.press("pay", { order: id, sum: "1" });
    const states = (await moysklad.lists?.states?.load(ms.ctx, {}, undefined))?.items ?? [];
    const done = states.find(({ label }) => label === "Доставлен")?.value ?? "";
    const { items } = await ms.poll("orderChanged", { states: [done] });
    assert.deepEqual(faces(items), [
      ["state", "Собран", "Доставлен"],
      ["payment", null, "Доставлен"],
    ]);
  });

  it("makes no echo of what it did itself, and hears the same user in the browser", async () => {
    const ms = await open();
    const order = await newOrder(ms);
    const states = (await moysklad.lists?.states?.load(ms.ctx, {}, undefined))?.items ?? [];
    await ms.run("updateOrder", { id: order.id ?? null, state: states[2]?.value ?? "" });
    assert.deepEqual((await ms.poll("orderState")).items, []);
    assert.deepEqual((await ms.poll("newOrder")).items, []);
    assert.deepEqual((await ms.poll("newCounterparty")).items, []);
    for (const key of ["orderState", "newOrder", "newCounterparty"])
      assert.equal((await ms.poll(key, { ownToo: true })).items.length, 1, key);
    await ms.press("state", { order: String(order.id), state: "Доставлен" });
    assert.deepEqual(faces((await ms.poll("orderState")).items), [["state", "Собран", "Доставлен"]]);
  });

  it("without the right to read histories it goes by the order itself", async () => {
    const ms = await open();
    ms.set("audit", "forbidden");
    const { id } = (await ms.press("order", {})) as { id: string };
    const before = await ms.poll("orderState");
    await ms.press("comment", { order: id, text: "Перезвонить" });
    assert.deepEqual((await ms.poll("orderState", {}, before.cursor)).items, []);
    await ms.press("state", { order: id, state: "Собран" });
    assert.deepEqual(faces((await ms.poll("orderState", {}, before.cursor)).items), [["state", null, "Собран"]]);
  });

  it("reads more than a page of one instant, whether times are compared to the millisecond or the second", async () => {
    for (const mode of ["ms", "seconds"]) {
      const ms = await open();
      ms.set("updatedCompare", mode);
      for (let turn = 0; turn < 230; turn++) await ms.press("order", {});
      const { items } = await ms.poll("newOrder");
      assert.equal(items.length, 230, mode);
      assert.equal(new Set(items.map(({ id }) => id)).size, 230, mode);
    }
  });

  it("misses nothing when orders change while their pages are read", async () => {
    const ms = await open();
    const ids: string[] = [];
    for (let turn = 0; turn < 150; turn++) {
      ids.push(((await ms.press("order", {})) as { id: string }).id);
      if (turn % 40 === 0) await ms.run("findOrder", { name: "nothing", now: turn });
    }
    const poll = trigger("orderState").poll;
    assert.ok(poll);
    for (const id of ids) await ms.press("state", { order: id, state: "Собран" });
    const seen = new Set<unknown>();
    const at = new Date(NOW - 3_600_000);
    let isFirst = true;
    for await (const { items } of poll.items(ms.ctx, {}, { at, until: new Date(NOW), cursor: {} })) {
      for (const item of items) seen.add(item.id);
      // The first of the page moves to the end, and everything behind it one place forward.
      if (isFirst) for (const id of ids.slice(0, 20)) await ms.press("comment", { order: id, text: "изменён" });
      isFirst = false;
    }
    assert.equal(seen.size, 150);
  });
});

describe("МойСклад's webhooks", () => {
  const TRUST = { secret: "s", app: null };
  /** Somebody at the other end, who keeps what came. */
  async function listen(): Promise<{ url: string; next(): Promise<HookRequest>; stop(): void }> {
    const came: HookRequest[] = [];
    const server = createServer(async (req: IncomingMessage, res) => {
      let raw = "";
      for await (const chunk of req) raw += chunk;
      const query = Object.fromEntries(new URL(req.url ?? "", "http://x").searchParams);
      came.push({ method: "POST", headers: {}, query, body: JSON.parse(raw) as JsonObject, raw });
      res.writeHead(200).end();
    });
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    return {
      url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hooks/x`,
      async next() {
        const deadline = Date.now() + 5_000;
        for (;;) {
          const request = came.shift();
          if (request) return request;
          assert.ok(Date.now() < deadline, "no webhook came");
          await new Promise((done) => setTimeout(done, 5));
        }
      },
      stop: () => server.close(),
    };
  }

  it("subscribes, brings the same change as the poll does, and unsubscribes", async () => {
    const ms = await open();
    const hook = trigger("orderChanged").hook;
    const ear = await listen();
    try {
      for (const named of ["yes", "no"]) {
        ms.set("updatedFields", named);
        ms.set("requestId", named === "yes" ? "joined" : "naive");
        const state = await hook?.subscribe?.(ms.ctx, ear.url, {}, TRUST);
        assert.equal(ms.rows("webhooks").length, 5);
        // Asked again after a lost answer, it takes the ones that are there.
        assert.deepEqual(await hook?.subscribe?.(ms.ctx, ear.url, {}, TRUST), state);
        const { id } = (await ms.press("order", {})) as { id: string };
        await ms.press("state", { order: id, state: "Собран" });
        const one = objectsOf([...(hook?.deliveries(await ear.next(), {}) ?? [])])[0];
        await ms.press("pay", { order: id, sum: "900" });
        const two = objectsOf([...(hook?.deliveries(await ear.next(), {}) ?? [])])[0];
        assert.ok(one && two);
        const items = [await hook?.enrich?.(ms.ctx, one), await hook?.enrich?.(ms.ctx, two)].map((item) => {
          assert.ok(item);
          return item;
        });
        assert.deepEqual(
          items.map(({ what, oldState, state: now, payedSum }) => [what, oldState, now, payedSum]),
          [
            ["state", "Новый", "Собран", 900],
            ["payment", null, "Собран", 900],
          ],
        );
        const polled = (await ms.poll("orderChanged")).items.filter((item) => item.id === id);
        const { change } = trigger("orderChanged");
        assert.deepEqual(items.map(change), polled.map(change));
        assert.deepEqual(items, polled, "whatever way it came");
        await ms.press("comment", { order: id, text: "изменён" });
        const other = hook?.deliveries(await ear.next(), {}) ?? [];
        assert.equal(other.length, named === "yes" ? 0 : 1);
        for (const delivery of other) assert.equal(await hook?.enrich?.(ms.ctx, delivery), null);
        await hook?.unsubscribe?.(ms.ctx, state ?? {});
        await hook?.unsubscribe?.(ms.ctx, state ?? {});
        assert.equal(ms.rows("webhooks").length, 0);
      }
    } finally {
      ear.stop();
    }
  });

  it("passes over what the bot did, what the options don't want, and what is gone", async () => {
    const ms = await open();
    const ear = await listen();
    try {
      const created = trigger("newOrder").hook;
      const changed = trigger("orderState").hook;
      await created?.subscribe?.(ms.ctx, ear.url, {}, TRUST);
      const own = await newOrder(ms);
      const enrich = async (request: HookRequest, hook = created, options: JsonObject = {}) => {
        const [delivery] = hook?.deliveries(request, options) ?? [];
        assert.ok(delivery);
        return hook?.enrich?.(ms.ctx, delivery);
      };
      const request = await ear.next();
      assert.equal(await enrich(request), null);
      assert.equal((await enrich(request, created, { ownToo: true }))?.id, own.id);
      await changed?.subscribe?.(ms.ctx, ear.url, {}, TRUST);
      assert.deepEqual(changed?.deliveries(request, {}), [], "what is for another trigger of the connection");
      assert.equal(changed?.verify?.(request, {}, {}, TRUST), false);
      await ms.press("state", { order: String(own.id), state: "Собран" });
      const moved = await ear.next();
      assert.equal((await enrich(moved, changed))?.state, "Собран");
      assert.equal(await enrich(moved, changed, { states: [await first(ms, "states")] }), null);
      const [delivery] = changed?.deliveries(moved, {}) ?? [];
      const gone = { ...delivery, id: "7a310001-f5d1-11ef-0a80-00000000ffff" };
      assert.equal(await changed?.enrich?.(ms.ctx, gone), null);
      assert.deepEqual(changed?.deliveries({ ...moved, body: { unknown: [1] } }, {}), []);
    } finally {
      ear.stop();
    }
  });

  it("tells a living subscription from one that was switched off or removed", async () => {
    const ms = await open();
    const hook = trigger("orderChanged").hook;
    const url = "https://a.test/alive";
    const state = (await hook?.subscribe?.(ms.ctx, url, {}, TRUST)) ?? {};
    assert.equal(await hook?.isAlive?.(ms.ctx, state), true);
    const path = `/entity/webhook/${listOf(state.ids)[0]}`;
    await ms.ctx.http({ method: "PUT", path, json: { enabled: false }, safe: true });
    assert.equal(await hook?.isAlive?.(ms.ctx, state), false);
    await hook?.unsubscribe?.(ms.ctx, state);
    assert.equal(await hook?.isAlive?.(ms.ctx, state), false);
    const again = (await hook?.subscribe?.(ms.ctx, url, {}, TRUST)) ?? {};
    assert.equal(await hook?.isAlive?.(ms.ctx, again), true);
    await hook?.unsubscribe?.(ms.ctx, again);
  });

  it("says why it can't subscribe, and leaves nothing half done", async () => {
    const ms = await open();
    const hook = trigger("orderChanged").hook;
    for (const rights of ["employee", "free"]) {
      ms.set("rights", rights);
      await assert.rejects(async () => hook?.subscribe?.(ms.ctx, "https://a.test/x", {}, TRUST), failsAs("forbidden"));
    }
    ms.set("rights", "admin");
    for (let turn = 0; turn < 5; turn++)
      await trigger("orderPayment").hook?.subscribe?.(ms.ctx, `https://a.test/${turn}`, {}, TRUST);
    assert.equal(ms.rows("webhooks").length, 20);
    await assert.rejects(async () => hook?.subscribe?.(ms.ctx, "https://a.test/x", {}, TRUST), failsAs("data"));
    assert.equal(ms.rows("webhooks").length, 20);
  });
});

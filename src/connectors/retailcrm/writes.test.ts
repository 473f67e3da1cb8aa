import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { openService, type Service } from "../../../test/support/service.ts";
import type { HookRequest, Json, JsonObject } from "../kit/define.ts";
import { ConnectorError } from "../kit/errors.ts";
import { objectsOf } from "../kit/read.ts";
import { retailcrm } from "./index.ts";

const NOW = Date.parse("2026-03-10T09:00:00Z");
const DAY = 86_400_000;

let crm: Service;
before(async () => {
  crm = await openService("retailcrm", { now: NOW });
});
after(() => crm.stop());

const action = (key: string) => {
  const found = retailcrm.actions.find((one) => one.key === key);
  assert.ok(found);
  return found;
};
const trigger = (key: string) => {
  const found = retailcrm.triggers.find((one) => one.key === key);
  assert.ok(found);
  return found;
};
const failsAs = (errorClass: string, field?: string) => (error: unknown) => {
  assert.ok(error instanceof ConnectorError, String(error));
  assert.equal(error.errorClass, errorClass, error.sentence.en);
  if (field !== undefined) assert.equal(error.details.field, field);
  return true;
};
let made = 0;
const newOrder = async (more: JsonObject = {}) => {
  const order = await crm.run("createOrder", { externalId: `w-${++made}`, firstName: "Анна", ...more });
  return String(order.id);
};
const orderNow = async (id: string) => crm.run("findOrder", { id });

describe("retailCRM's payments", () => {
  it("are added once, found by external id and type, changed and deleted", async () => {
    const orderId = await newOrder();
    const paid = await crm.run("addPayment", { orderId, type: "bank-card", amount: 900, externalId: "bank-1" });
    assert.equal(paid.orderId, orderId);
    const { duplicates } = action("addPayment");
    const find = async (key: string, value: string) =>
      ((await duplicates?.find(crm.ctx, key, value, { orderId })) ?? []).map(({ id }) => id);
    assert.deepEqual(await find("externalId", "bank-1"), [paid.id]);
    assert.deepEqual(await find("type", "bank-card"), [paid.id]);
    assert.deepEqual(await find("type", "cash"), []);
    await crm.run("updatePayment", { paymentId: String(paid.id), status: "paid", paidAt: "2026-03-10T08:00:00Z" });
    const order = await orderNow(orderId);
    assert.deepEqual([order.paymentStatus, order.paymentsSum], ["paid", 900]);
    assert.equal(objectsOf(order.payments)[0]?.paidAt, "2026-03-10T08:00:00.000Z");
    const byOrder = await crm.run("updatePayment", { orderId, status: "not-paid" });
    assert.deepEqual([byOrder.id, byOrder.status, byOrder.amount], [paid.id, "not-paid", 900]);
    assert.deepEqual(await crm.run("deletePayment", { paymentId: String(paid.id) }), { deleted: true });
    assert.deepEqual(await crm.run("deletePayment", { paymentId: String(paid.id) }), { deleted: false });
    await assert.rejects(crm.run("updatePayment", { orderId, status: "paid" }), failsAs("not_found"));
  });

  it("say after a lost answer whether they are there", async () => {
    const orderId = await newOrder();
    const input = { orderId, type: "cash", amount: 100 };
    const once = { key: "run-1" };
    const add = action("addPayment");
    // The order is read first; it is the second call that is lost.
    assert.equal(await add.lookup?.(crm.ctx, input, once), "absent");
    await add.run(crm.ctx, input, once);
    const found = await add.lookup?.(crm.ctx, input, once);
    assert.ok(found && typeof found === "object");
    assert.equal(found.amount, 100);
    await assert.rejects(add.run(crm.ctx, input, once), failsAs("data"), "the same external id twice");
  });

  it("come along with an order's update, without doubling", async () => {
    const id = await newOrder();
    await assert.rejects(crm.run("updateOrder", { id, paymentStatus: "paid" }), failsAs("data", "paymentType"));
    for (const amount of [500, 700]) {
      const order = await crm.run("updateOrder", { id, paymentType: "cash", paymentAmount: amount });
      assert.deepEqual([objectsOf(order.payments).length, order.paymentsSum], [1, amount]);
    }
    const other = await crm.run("updateOrder", { id, paymentType: "bank-card", paymentAmount: 0.1 });
    assert.deepEqual([objectsOf(other.payments).length, other.paymentsSum], [2, 700.1]);
    const { duplicates } = action("createOrder");
    const [found] = (await duplicates?.find(crm.ctx, "externalId", `w-${made}`, {})) ?? [];
    assert.ok(found && duplicates?.update);
    const updated = await duplicates.update(crm.ctx, found, { paymentType: "cash", paymentStatus: "paid" }, {});
    assert.deepEqual(
      objectsOf(updated.payments).map(({ status }) => status),
      ["paid", "not-paid"],
    );
  });
});

describe("retailCRM's order items", () => {
  it("are added, told apart, changed and removed, and the others stay", async () => {
    const id = await newOrder({ itemName: "Велосипед", itemPrice: 1000 });
    const added = await crm.run("addOrderItem", { id, offerExternalId: "sku-7", price: 250.5, quantity: 2 });
    assert.deepEqual(
      objectsOf(added.items).map(({ name, externalId, price, quantity }) => [name, externalId, price, quantity]),
      [
        ["Велосипед", null, 1000, 1],
        [null, "sku-7", 250.5, 2],
      ],
    );
    const [found] = (await action("addOrderItem").duplicates?.find(crm.ctx, "offerExternalId", "SKU-7", { id })) ?? [];
    assert.ok(found);
    await action("addOrderItem").duplicates?.update?.(crm.ctx, found, { quantity: 5 }, { id });
    const changed = await crm.run("updateOrderItem", { id, name: "велосипед", status: "in-reserve" });
    assert.deepEqual(
      objectsOf(changed.items).map(({ quantity, status, price }) => [quantity, status, price]),
      [
        [1, "in-reserve", 1000],
        [5, "new", 250.5],
      ],
    );
    await assert.rejects(crm.run("updateOrderItem", { id, name: "Самокат" }), failsAs("not_found", "name"));
    await assert.rejects(crm.run("addOrderItem", { id, quantity: 1 }), failsAs("data", "name"));
    for (let turn = 0; turn < 2; turn++) {
      const left = await crm.run("removeOrderItem", { id, offerExternalId: "sku-7" });
      assert.deepEqual(
        objectsOf(left.items).map(({ name }) => name),
        ["Велосипед"],
      );
    }
    crm.set("itemsEdit", "kept");
    await assert.rejects(crm.run("removeOrderItem", { id, name: "Велосипед" }), failsAs("data"));
    crm.set("itemsEdit", "replaced");
  });
});

describe("retailCRM's customers", () => {
  it("carry notes, lose tags, take an external id and can be joined", async () => {
    const anna = await crm.run("createCustomer", { firstName: "Анна", tags: ["опт", "vip"], city: "Тверь" });
    const id = String(anna.id);
    const changed = await crm.run("updateCustomer", {
      id,
      removeTags: ["опт"],
      tags: ["новый"],
      newExternalId: "ms-1",
      bad: true,
      contragentType: "legal-entity",
    });
    assert.deepEqual([changed.tags, changed.externalId, changed.bad], ["vip, новый", "ms-1", true]);
    assert.equal(changed.contragentType, "legal-entity");
    const input = { externalId: "ms-1", text: "Перезвонить" };
    assert.equal(await action("addNote").lookup?.(crm.ctx, input, { key: "k", at: crm.ctx.now() }), "absent");
    const note = await crm.run("addNote", input);
    assert.equal(note.customerId, id);
    const seen = await action("addNote").lookup?.(crm.ctx, input, { key: "k", at: crm.ctx.now() });
    assert.deepEqual(seen, note);
    const [same] = (await action("addNote").duplicates?.find(crm.ctx, "text", "Перезвонить", input)) ?? [];
    assert.equal(same?.id, note.id);
    assert.deepEqual(await crm.run("deleteNote", { noteId: String(note.id) }), { deleted: true });

    const twin = await crm.run("createCustomer", { firstName: "Аня", externalId: "twin" });
    await newOrder({ customerId: String(twin.id) });
    const joining = { id, merged: [String(twin.id), id] };
    assert.equal(await action("combineCustomers").lookup?.(crm.ctx, joining, { key: "k" }), "absent");
    await crm.run("combineCustomers", joining);
    assert.deepEqual(await crm.run("findCustomer", { externalId: "twin" }), { found: false });
    const done = await action("combineCustomers").lookup?.(crm.ctx, joining, { key: "k" });
    assert.ok(done && typeof done === "object" && done.id === id);
    const orders = await crm.run("listOrders", { customerId: id, statuses: ["new"], sites: ["shop-1"] });
    assert.equal(orders.count, 1);
    const { items } = await crm.poll("customerDeleted", { ownToo: true });
    assert.deepEqual(
      items.map((item) => [item.id, item.combinedTo]),
      [[twin.id, id]],
    );
  });
});

describe("retailCRM's feed of changes", () => {
  it("fires once for what was saved at once, says what changed, and can be narrowed", async () => {
    const order = (await crm.press("order", {})) as { id: number };
    const id = String(order.id);
    await crm.press("status", { order: id, status: "complete", total: "900" });
    await crm.press("editOrder", { order: id, comment: "Позвонить" });
    const { items } = await crm.poll("orderChanged");
    const own = items.filter((item) => item.id === id);
    assert.equal(own.length, 1, "one moment, one saving");
    assert.equal(own[0]?.changedFields, "status, totalSumm, summ, manager_comment");
    assert.deepEqual(objectsOf(own[0]?.changes)[0], { field: "status", oldValue: "new", newValue: "complete" });
    const narrow = (await crm.poll("orderChanged", { fields: ["manager_comment"] })).items.filter((i) => i.id === id);
    assert.deepEqual(
      narrow.map((item) => [item.newValue, item.managerComment]),
      [["Позвонить", "Позвонить"]],
    );
    assert.deepEqual((await crm.poll("orderChanged", { fields: ["shipped"] })).items, []);
    const lists = await retailcrm.lists?.orderChanges?.load(crm.ctx, {}, undefined);
    assert.ok(lists?.items.some(({ value, label }) => value === "custom_utm_source" && label === "utm_source"));
    await crm.press("deleteOrder", { order: id });
    const deleted = (await crm.poll("orderDeleted")).items;
    assert.deepEqual(
      deleted.map((item) => [item.id, item.status]),
      [[id, "complete"]],
    );
  });
});

describe("retailCRM's past", () => {
  const read = async (key: string, from: number, to: number, cursor: Json = null, most = 99) => {
    const since = { at: new Date(from), until: new Date(to), cursor };
    const items: JsonObject[] = [];
    let last: Json = cursor;
    let pages = 0;
    for await (const page of trigger(key).poll?.items(crm.ctx, {}, since) ?? []) {
      items.push(...page.items);
      if (page.cursor !== undefined) last = page.cursor;
      if (++pages >= most) break;
    }
    return { items, cursor: last };
  };

  it("is read from the lists, oldest first, within the period, and goes on where it stopped", async () => {
    for (let i = 0; i < 130; i++) {
      const at = new Date(NOW - 200 * DAY + i * DAY * 0.7).toISOString();
      await crm.run("createOrder", { externalId: `old-${i}`, firstName: "Анна", createdAt: at });
    }
    const [from, to] = [NOW - 200 * DAY, NOW - 110 * DAY];
    const whole = (await read("newOrder", from, to)).items.map((item) => item.externalId);
    assert.equal(whole.length, 129);
    assert.deepEqual([whole[0], new Set(whole).size], ["old-0", 129]);
    const half = await read("newOrder", from, to, null, 1);
    const rest = await read("newOrder", from, to, half.cursor);
    assert.deepEqual(
      [...half.items, ...rest.items].map((item) => item.externalId),
      whole,
    );
    assert.equal(rest.cursor, null, "the next poll begins with the feed");
    const sample = { at: new Date(from), until: new Date(to), cursor: null, isSample: true };
    let pages = 0;
    for await (const _ of trigger("newOrder").poll?.items(crm.ctx, {}, sample) ?? []) pages++;
    assert.equal(pages, 1);
  });

  it("of changes is read from the feed and ends where the period does", async () => {
    const { items } = await read("orderStatus", NOW - 3 * DAY, NOW - 2 * DAY);
    assert.deepEqual(items, [], "everything in this feed happened later");
    assert.ok((await read("orderStatus", NOW - 3 * DAY, crm.ctx.now().getTime())).items.length > 0);
  });
});

describe("retailCRM's own triggers", () => {
  const request = (body: JsonObject): HookRequest => ({
    method: "POST",
    headers: {},
    query: {},
    body,
    raw: "",
    receivedAt: new Date(NOW),
  });
  const deliver = async (key: string, body: JsonObject) => {
    const { hook } = trigger(key);
    const found = hook?.deliveries(request(body), {}) ?? [];
    return Promise.all(found.map((delivery) => hook?.enrich?.(crm.ctx, delivery)));
  };

  it("send a template of anything with an id, and the record comes whole", async () => {
    const id = await newOrder({ itemName: "Велосипед" });
    for (const body of [{ orderId: id }, { order_id: id }, { order: { id } }, { id: Number(id) }]) {
      const [item] = await deliver("orderSignal", { ...body, event: "paid", sum: "900" });
      assert.deepEqual([item?.id, item?.event, item?.itemsText], [id, "paid", "Велосипед × 1"]);
      assert.deepEqual(item?.params, { ...body, event: "paid", sum: "900" });
      assert.equal(item && trigger("orderSignal").at(item, { timeZone: "UTC" })?.getTime(), NOW);
    }
    assert.deepEqual(await deliver("orderSignal", { event: "x" }), []);
    const [gone] = await deliver("orderSignal", { orderId: "999999" });
    assert.equal(gone?.id, "999999");
    const customer = await crm.run("createCustomer", { firstName: "Ольга", externalId: "sig" });
    const [known] = await deliver("customerSignal", { externalId: "sig" });
    assert.deepEqual([known?.id, known?.firstName], [customer.id, "Ольга"]);
  });
});

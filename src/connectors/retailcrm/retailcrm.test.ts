import assert from "node:assert/strict";
import { after, beforeEach, describe, it } from "node:test";
import { openService, type Service } from "../../../test/support/service.ts";
import type { JsonObject } from "../kit/define.ts";
import { ConnectorError } from "../kit/errors.ts";
import { portalOf } from "./api.ts";
import { retailcrm } from "./index.ts";

const action = (key: string) => {
  const found = retailcrm.actions.find((one) => one.key === key);
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
const open = async (more: Parameters<typeof openService>[1] = {}): Promise<Service> => {
  await service?.stop();
  service = await openService("retailcrm", more);
  return service;
};
after(() => service?.stop());

describe("retailCRM's portal address", () => {
  it("is read out of whatever a person pastes", () => {
    for (const typed of [
      "demo",
      "demo.retailcrm.ru",
      "https://demo.retailcrm.ru/admin/orders?x=1",
      " DEMO.retailcrm.ru/ ",
    ]) {
      assert.deepEqual(portalOf(typed), { account: "demo", host: "demo.retailcrm.ru" }, typed);
    }
    assert.deepEqual(portalOf("https://shop.simla.com"), { account: "shop", host: "shop.simla.com" });
    for (const typed of ["", "мой магазин", "a b", "http://", "-x.retailcrm.ru"]) {
      assert.throws(() => portalOf(typed), failsAs("access", "account"), typed);
    }
  });
});

describe("retailCRM against its sandbox", () => {
  let crm: Service;
  beforeEach(async () => {
    crm = await open();
  });

  it("checks the key and names the rights that it lacks", async () => {
    assert.deepEqual(await retailcrm.check?.(crm.ctx), { account: "demo.retailcrm.ru" });
    crm.set("rights", "noOrders");
    assert.equal((await retailcrm.check?.(crm.ctx))?.account, "demo.retailcrm.ru, нет прав: order_write");
    const wrong = crm.with({ account: "demo", apiKey: "wrong-key-1" });
    await assert.rejects(async () => retailcrm.check?.(wrong), failsAs("access", "apiKey"));
    await assert.rejects(
      async () => retailcrm.check?.(crm.with({ account: "demo", apiKey: "" })),
      failsAs("access", "apiKey"),
    );
  });

  it("reads lists in their order, with the shops that the key may see", async () => {
    const load = async (name: string) => (await retailcrm.lists?.[name]?.load(crm.ctx, {}, undefined))?.items ?? [];
    assert.deepEqual(
      (await load("sites")).map(({ value }) => value),
      ["shop-1"],
    );
    const statuses = await load("statuses");
    assert.equal(statuses[0]?.value, "new");
    assert.equal(statuses.find(({ value }) => value === "complete")?.label, "Выполнен");
    for (const name of ["orderTypes", "orderMethods", "paymentTypes", "paymentStatuses", "deliveryTypes", "stores"]) {
      assert.ok((await load(name)).length > 0, name);
    }
  });

  it("offers custom fields to fill and to take from", async () => {
    const fields = (await action("createOrder").fieldsOf?.(crm.ctx, {})) ?? [];
    assert.equal(fields.find(({ key }) => key === "custom_gclid")?.meaning, "clientId.google");
    assert.equal(fields.find(({ key }) => key === "custom_utm_source")?.meaning, "utm.source");
    assert.equal(fields.find(({ key }) => key === "custom_tags")?.label.ru, "Теги");
    const customer = (await action("createCustomer").fieldsOf?.(crm.ctx, {})) ?? [];
    assert.deepEqual(
      customer.find(({ key }) => key === "custom_segment_code")?.choices?.map(({ value }) => value),
      ["loyal", "fresh"],
    );
    const output = (await retailcrm.triggers[0]?.outputOf?.(crm.ctx, {})) ?? [];
    assert.ok(output.some(({ key }) => key === "customFields.utm_source"));
  });

  it("creates a customer and an order with every part of the article's first bundle", async () => {
    for (const status of ["200", "201"]) {
      crm.set("created", status);
      const customer = await crm.run("createCustomer", { externalId: `c${status}`, phone: "+79001234567" });
      const order = await crm.run("createOrder", {
        externalId: `o${status}`,
        customerId: String(customer.id),
        status: "new",
        orderType: "eshop-individual",
        firstName: "Заказ по звонку из Calltouch с номера +79001234567",
        phone: "+79001234567",
        custom_utm_source: "yandex",
        custom_tags: "отдел продаж|основной номер",
      });
      assert.equal(order.customerId, customer.id);
      assert.equal(order.externalId, `o${status}`);
      assert.deepEqual(order.customFields, { utm_source: "yandex", tags: "отдел продаж|основной номер" });
    }
  });

  it("finds duplicates by phone however it is written, by e-mail and by external id", async () => {
    for (const mode of ["digits", "exact"]) {
      crm.set("phoneSearch", mode);
      const made = await crm.run("createCustomer", {
        externalId: `x-${mode}`,
        phone: `+7900111223${mode.length}`,
        email: `${mode}@example.test`,
      });
      const { duplicates } = action("createCustomer");
      const find = async (key: string, value: string) =>
        ((await duplicates?.find(crm.ctx, key, value, {})) ?? []).map(({ id }) => id);
      assert.deepEqual(await find("phone", `7900111223${mode.length}`), [made.id]);
      assert.deepEqual(await find("phone", `+7 (900) 111-22-3${mode.length}`), [made.id]);
      assert.deepEqual(await find("phone", "+79998887766"), []);
      assert.deepEqual(await find("email", `${mode.toUpperCase()}@example.test`), [made.id]);
      assert.deepEqual(await find("externalId", `x-${mode}`), [made.id]);
    }
  });

  it("doesn't take a name that holds the digits for the phone", async () => {
    await crm.run("createCustomer", { firstName: "Заказ с номера 79001234567", externalId: "n" });
    assert.deepEqual(await action("createCustomer").duplicates?.find(crm.ctx, "phone", "+79001234567", {}), []);
  });

  it("updates a found customer and keeps its other phones", async () => {
    await crm.run("createCustomer", { externalId: "u", phone: "+79001112233", firstName: "Анна" });
    const { duplicates } = action("createCustomer");
    const [found] = (await duplicates?.find(crm.ctx, "externalId", "u", {})) ?? [];
    assert.ok(found && duplicates?.update);
    assert.equal(found.fields.firstName, "Анна");
    const output = await duplicates.update(crm.ctx, found, { phone: "+79004445566", email: "a@example.test" }, {});
    assert.deepEqual(output.phones, ["+79004445566", "+79001112233"]);
    assert.equal(output.email, "a@example.test");
    assert.equal(output.firstName, "Анна");
  });

  it("updates by id or external id, and says when there is no such record", async () => {
    await crm.run("createOrder", { externalId: "e1", firstName: "Анна" });
    assert.equal((await crm.run("updateOrder", { externalId: "e1", status: "complete" })).status, "complete");
    await assert.rejects(
      crm.run("updateOrder", { externalId: "e2", status: "complete" }),
      failsAs("not_found", "externalId"),
    );
    await assert.rejects(crm.run("updateOrder", { status: "complete" }), failsAs("data", "id"));
    assert.deepEqual(await crm.run("findOrder", { externalId: "e2" }), { found: false });
    assert.equal((await crm.run("findOrder", { externalId: "e1", phone: "" })).found, true);
  });

  it("names the field that was refused", async () => {
    await assert.rejects(crm.run("createOrder", { status: "nope" }), failsAs("data", "status"));
    await assert.rejects(crm.run("createCustomer", { email: "x", firstName: "A" }), failsAs("data", "email"));
    await assert.rejects(crm.run("createOrder", { customerId: "999999" }), failsAs("data", "customerId"));
    crm.set("customerExternalId", "required");
    await assert.rejects(crm.run("createCustomer", { firstName: "A" }), failsAs("data", "externalId"));
    crm.set("sites", "all");
    await assert.rejects(crm.run("createOrder", { firstName: "A" }), failsAs("data", "site"));
    crm.set("rights", "noOrders");
    const order = crm.run("createOrder", { firstName: "A", site: "shop-1" });
    await assert.rejects(order, /\(order_write\)|«запись заказов»|writing orders/);
    await assert.rejects(order, failsAs("forbidden"));
  });

  it("knows after a lost answer whether the order was made", async () => {
    const input: JsonObject = { externalId: "lost-1", firstName: "Анна" };
    const once = { key: "k" };
    crm.set("health", "cut:1");
    await assert.rejects(crm.run("createOrder", input), failsAs("unknown"));
    assert.equal(await action("createOrder").lookup?.(crm.ctx, input, once), "absent");
    crm.set("health", "lost:1");
    await assert.rejects(crm.run("createOrder", input), failsAs("unknown"));
    const found = await action("createOrder").lookup?.(crm.ctx, input, once);
    assert.ok(found && typeof found === "object");
    assert.equal(found.externalId, "lost-1");
    assert.equal(await action("createOrder").lookup?.(crm.ctx, { firstName: "A" }, once), null);
  });

  it("takes its 503 for a rate limit also when it creates, and any other for what it is", async () => {
    crm.set("health", "rateLimit:1");
    await assert.rejects(crm.run("createOrder", { firstName: "A" }), failsAs("temporary"));
    crm.set("health", "outage");
    await assert.rejects(crm.run("createOrder", { firstName: "A" }), failsAs("unknown"));
    await assert.rejects(crm.poll("orderStatus"), failsAs("temporary"));
    crm.set("health", "html");
    await assert.rejects(crm.poll("orderStatus"), failsAs("temporary"));
  });
});

describe("retailCRM's change feed", () => {
  const NOW = Date.parse("2026-01-10T09:00:00Z");

  /** An order made and moved by a person. */
  async function changed(crm: Service, ...statuses: string[]): Promise<string> {
    const order = (await crm.press("order", {})) as { id: number };
    for (const status of statuses) await crm.press("status", { order: String(order.id), status, total: "900" });
    return String(order.id);
  }

  it("brings each change of status with the whole order, and goes on where it was", async () => {
    const crm = await open({ now: NOW });
    const id = await changed(crm, "delivering", "complete");
    const first = await crm.poll("orderStatus");
    assert.deepEqual(
      first.items.map((item) => [item.id, item.oldStatus, item.status, item.totalSumm]),
      [
        [id, "new", "delivering", 900],
        [id, "delivering", "complete", 900],
      ],
    );
    assert.equal(first.items[1]?.statusUpdatedAt, first.items[1]?.changedAt);
    const again = await crm.poll("orderStatus", {}, first.cursor);
    assert.deepEqual(again.items, []);
    assert.equal(new Set(first.items.map((item) => retailcrm.triggers[0]?.change(item))).size, 2);
  });

  it("filters by status, and leaves the creation out unless asked", async () => {
    const crm = await open({ now: NOW });
    await changed(crm, "delivering", "complete");
    assert.deepEqual(
      (await crm.poll("orderStatus", { statuses: ["complete"] })).items.map(({ status }) => status),
      ["complete"],
    );
    assert.equal((await crm.poll("orderStatus", { withCreated: true })).items.length, 3);
    assert.equal((await crm.poll("newOrder")).items.length, 1);
    assert.equal((await crm.poll("newCustomer")).items.length, 1);
  });

  it("brings payments with the order's state", async () => {
    const crm = await open({ now: NOW });
    const id = await changed(crm);
    await crm.press("pay", { order: id });
    const { items } = await crm.poll("orderPayment");
    assert.ok(items.length > 0);
    assert.equal(items.at(-1)?.paymentStatus, "paid");
    assert.equal(items.at(-1)?.fullPaidAt, items.at(-1)?.changedAt);
  });

  it("makes no echo of what our own key did", async () => {
    const crm = await open({ now: NOW });
    const order = await crm.run("createOrder", { externalId: "echo", firstName: "A" });
    await crm.run("updateOrder", { id: String(order.id), status: "complete" });
    assert.deepEqual((await crm.poll("orderStatus")).items, []);
    assert.deepEqual((await crm.poll("newOrder")).items, []);
    assert.equal((await crm.poll("orderStatus", { ownToo: true })).items.length, 1);
  });

  it("tells moments right where the workspace lives in another zone than the account", async () => {
    for (const timeZone of ["Asia/Yekaterinburg", "Europe/Kaliningrad", "America/New_York"]) {
      const crm = await open({ now: NOW, timeZone });
      await changed(crm, "complete");
      const { items } = await crm.poll("orderStatus");
      assert.equal(items[0]?.changedAt, "2026-01-10T09:00:00.000Z", timeZone);
    }
  });

  it("reads more than a page", async () => {
    const crm = await open({ now: NOW });
    const id = await changed(crm);
    for (let turn = 0; turn < 130; turn++)
      await crm.press("status", { order: id, status: turn % 2 === 0 ? "delivering" : "assembling", total: "900" });
    const { items } = await crm.poll("orderStatus");
    assert.equal(items.length, 130);
    assert.equal(new Set(items.map((item) => item.changeId)).size, 130);
  });
});

describe("retailCRM's search", () => {
  it("looks at every record with a common value, not at the first hundred", async () => {
    const shop = await open();
    const made = await shop.run("createCustomer", { firstName: "Анна" });
    const customerId = made.id ?? null;
    for (let i = 0; i < 120; i++) await shop.run("createOrder", { firstName: "Анна", customerId, number: `N${i}` });
    const found = await action("createOrder").duplicates?.find(shop.ctx, "customerId", String(customerId), {});
    assert.equal(new Set(found?.map(({ id }) => id)).size, 120);
  });
});

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { openService, type Service } from "../../../test/support/service.ts";
import type { Context, HookRequest, Json, JsonObject } from "../kit/define.ts";
import { ConnectorError } from "../kit/errors.ts";
import { calltouch } from "./index.ts";
import { customFieldsOf } from "./items.ts";

const NOW = Date.parse("2026-03-10T09:00:00Z");
const DAY = 86_400_000;

let service: Service;
before(async () => {
  service = await openService("calltouch", { now: NOW });
});
after(() => service.stop());

const action = (key: string) => {
  const found = calltouch.actions.find((one) => one.key === key);
  assert.ok(found);
  return found;
};
const trigger = (key: string) => {
  const found = calltouch.triggers.find((one) => one.key === key);
  assert.ok(found);
  return found;
};
const failsAs = (errorClass: string, field?: string) => (error: unknown) => {
  assert.ok(error instanceof ConnectorError, String(error));
  assert.equal(error.errorClass, errorClass, error.sentence.en);
  if (field !== undefined) assert.equal(error.details.field, field);
  return true;
};
const deal = (number: unknown) => service.rows("deals").find((row) => row.orderNumber === number);

describe("Calltouch's deals", () => {
  it("find their lead by contact, take a source of their own, or do without", async () => {
    const call = (await service.press("call", { phone: "79990001122" })) as { id: number };
    const made = await service.run("dealByContact", { phone: "+7 999 000-11-22", status: "PENDING" });
    assert.equal(deal(made.orderNumber)?.leadId, String(call.id));
    await assert.rejects(service.run("dealByContact", { phone: "+79995554433", status: "NEW" }), failsAs("data"));
    await assert.rejects(service.run("dealByContact", { status: "NEW" }), failsAs("data", "phone"));
    const without = await service.run("dealByContact", { phone: "+79995554433", status: "NEW", evenWithout: true });
    assert.equal(deal(without.orderNumber)?.leadType, "withoutSource");
    const sourced = await service.run("dealBySource", { status: "NEW", source: "vk", medium: "smm" });
    assert.equal(deal(sourced.orderNumber)?.leadType, "customSources");
    const call2 = await service.run("dealByCall", { callId: "1", status: "NEW", evenWithout: true });
    assert.equal(deal(call2.orderNumber)?.leadType, "withoutSource");
  });

  it("carry products of another service's order, custom fields, tags and comments", async () => {
    await service.run("dealBySource", {
      orderNumber: "d-1",
      status: "NEW",
      products: [{ id: "1", name: "Велосипед", price: 1000.5, quantity: 2, status: "new" }, { price: 5 }],
      customFields: "Отдел: продажи\nПустое:",
      tags: ["опт"],
      comment: "Первый",
    });
    await service.run("updateDeal", {
      orderNumber: "d-1",
      tags: ["важно"],
      comment: "Второй",
      customFields: "Смена=2",
    });
    const found = await service.run("findDeal", { orderNumber: "d-1" });
    assert.deepEqual(
      [found.found, found.tags, found.comment, found.customFields],
      [true, "опт, важно", "Первый; Второй", { Отдел: "продажи", Смена: "2" }],
    );
    assert.equal(deal("d-1")?.products, "Велосипед × 2 = 1000.5");
    await service.run("updateDeal", { orderNumber: "d-1", tags: ["один"], replaceTags: true });
    assert.deepEqual(deal("d-1")?.tags, ["один"]);
    await service.run("clearFields", { orderNumber: "d-1", names: ["Смена"] });
    assert.deepEqual((await service.run("findDeal", { orderNumber: "d-1" })).customFields, { Отдел: "продажи" });
    const bad = service.run("updateDeal", { orderNumber: "d-1", customFields: "без значения" });
    await assert.rejects(bad, failsAs("data", "customFields"));
  });

  it("move to another lead by its id, and are made with their source where they are missing", async () => {
    const call = (await service.press("call", { phone: "79990003344" })) as { id: number };
    await service.run("updateDeal", { orderNumber: "d-1", callId: String(call.id), leadTags: ["сделка"] });
    assert.deepEqual([deal("d-1")?.leadType, deal("d-1")?.leadId], ["call", String(call.id)]);
    const { items } = await service.poll("call");
    assert.equal(items.find((item) => item.callId === String(call.id))?.tagsManual, "сделка");
    await service.run("updateDeal", { orderNumber: "d-2", status: "NEW", phone: "+79990003344", createMissing: true });
    assert.equal(deal("d-2")?.leadId, String(call.id));
  });

  it("are known by their number, and can be deleted", async () => {
    const { duplicates } = action("dealBySource");
    const [found] = (await duplicates?.find(service.ctx, "orderNumber", "d-1", {})) ?? [];
    assert.ok(found && duplicates?.update);
    assert.deepEqual(await duplicates?.find(service.ctx, "orderNumber", "d-77", {}), []);
    await duplicates.update(service.ctx, found, { status: "COMPLETED" }, {});
    assert.equal(deal("d-1")?.status, "COMPLETED");
    assert.deepEqual(await service.run("deleteDeal", { orderNumber: "d-1" }), { deleted: true });
    assert.deepEqual(await service.run("deleteDeal", { orderNumber: "d-1" }), { deleted: false });
    assert.deepEqual(await service.run("findDeal", { orderNumber: "d-1" }), { found: false });
  });
});

describe("Calltouch's leads", () => {
  it("take tags and custom fields by id or by contact", async () => {
    const call = (await service.press("call", { phone: "79997778899" })) as { id: number };
    await service.run("tagLead", { callId: String(call.id), tags: ["целевой"] });
    await service.run("tagLead", { phone: "+79997778899", tags: ["купил"] });
    await service.run("setLeadFields", { callId: String(call.id), leadCustomFields: "Отдел: сервис" });
    await service.run("setLeadFields", { callId: String(call.id), leadCustomFields: "Отдел: другой", onlyEmpty: true });
    const found = await service.run("findCall", { phone: "8 999 777-88-99" });
    assert.deepEqual([found.tagsManual, found.customFields], ["целевой, купил", { Отдел: "сервис" }]);
    await service.run("clearFields", { callId: String(call.id), names: ["Отдел"] });
    assert.equal((await service.run("findCall", { callId: String(call.id) })).customFields, null);
    await assert.rejects(service.run("tagLead", { callId: "7", tags: ["x"] }), failsAs("data"));
    await assert.rejects(service.run("tagLead", { tags: ["x"] }), failsAs("data", "callId"));
    await assert.rejects(service.run("clearFields", { names: ["x"] }), failsAs("data", "callId"));
  });

  it("are requests with custom fields and calls of another PBX, each once", async () => {
    const made = await service.run("createRequest", {
      subject: "Форма",
      email: "a@example.test",
      customFields: "Город: Тверь",
    });
    const found = await service.run("findRequest", { requestNumber: String(made.requestNumber) });
    assert.deepEqual([found.found, found.customFields], [true, { Город: "Тверь" }]);
    const [same] =
      (await action("createRequest").duplicates?.find(service.ctx, "requestNumber", made.requestNumber ?? null, {})) ??
      [];
    assert.equal(same?.id, made.requestNumber);
    const call: JsonObject = {
      clientPhone: "+79991112233",
      ownPhone: "+74950000009",
      duration: 30,
      referenceId: "pbx-9",
    };
    const before = service.rows("calls").length;
    for (let turn = 0; turn < 2; turn++) assert.ok((await service.run("importCall", call)).logId);
    assert.equal(service.rows("calls").length, before + 1);
    const [known] = (await action("importCall").duplicates?.find(service.ctx, "referenceId", "pbx-9", {})) ?? [];
    assert.equal(known?.id, "pbx-9");
  });

  it("of a known visit are registered as the site's form does it", async () => {
    const made = await service.run("createRequest", {
      subject: "Квиз",
      sessionId: "555777",
      phone: "+79001110000",
      tags: ["квиз"],
    });
    const found = await service.run("findRequest", { requestNumber: String(made.requestNumber) });
    assert.deepEqual([found.sessionId, found.phone, found.tags], ["555777", "79001110000", "квиз"]);
    const again = await action("createRequest").lookup?.(service.ctx, {}, { key: String(made.requestNumber) });
    assert.ok(again && typeof again === "object");
  });

  it("have custom fields in whatever shape they come", () => {
    for (const value of [
      [
        { field: "а", value: "1" },
        { field: "б", value: "" },
      ],
      { а: 1, б: null },
      '{"а":"1"}',
    ] as Json[])
      assert.deepEqual(customFieldsOf(value), { а: "1" });
    for (const value of [null, [], {}, "{}", "null", "x"] as Json[]) assert.equal(customFieldsOf(value), null);
  });
});

describe("Calltouch's deals journal", () => {
  it("tells new deals from changed ones, whichever way an unchanged one is shown", async () => {
    for (const unchanged of ["empty", "created"]) {
      service.set("unchanged", unchanged);
      const { items } = await service.poll("dealChanged", { statuses: ["MOVED"] });
      assert.deepEqual(items, []);
      const made = (await service.press("deal", { name: unchanged, status: "MOVED" })) as { number: string };
      assert.ok((await service.poll("deal", { statuses: ["MOVED"] })).items.some((one) => one.orderName === unchanged));
      assert.deepEqual((await service.poll("dealChanged", { statuses: ["MOVED"] })).items, []);
      await service.press("editDeal", { number: made.number, status: "MOVED", revenue: "5" });
      const changed = (await service.poll("dealChanged", { statuses: ["MOVED"] })).items;
      assert.deepEqual([changed.length, changed[0]?.amount], [1, 5]);
      await service.press("editDeal", { number: made.number, status: "DONE", revenue: "5" });
    }
  });

  it("is asked by spans that Calltouch takes, and a long period goes on where it stopped", async () => {
    const asked: string[] = [];
    const ctx: Context = {
      ...service.ctx,
      http: async ({ query }) => {
        asked.push(`${query?.dateFrom}`);
        return { status: 200, headers: {}, text: "[]", json: () => [] };
      },
    };
    const since = { at: new Date(NOW - 400 * DAY), until: new Date(NOW), cursor: null as Json };
    for (const [key, most] of [
      ["deal", 6],
      ["call", 58],
      ["request", 58],
    ] as const) {
      asked.splice(0);
      const cursors: Json[] = [];
      for await (const page of trigger(key).poll?.items(ctx, {}, since) ?? []) cursors.push(page.cursor ?? null);
      const whole = asked.splice(0);
      assert.equal(whole.length, most, key);
      for await (const _ of trigger(key).poll?.items(ctx, {}, { ...since, cursor: cursors[2] ?? null }) ?? []);
      assert.deepEqual(asked, whole.slice(3), key);
    }
    asked.splice(0);
    const short = { at: new Date(NOW - 3 * DAY), until: new Date(NOW), cursor: null };
    for await (const page of trigger("call").poll?.items(ctx, {}, short) ?? []) assert.equal(page.cursor, undefined);
  });

  it("is what a webhook of deals is read from; calls that name a deal aren't one", async () => {
    const request = (body: JsonObject): HookRequest => ({ method: "POST", headers: {}, query: {}, body, raw: "" });
    const made = (await service.press("deal", { status: "HOOKED" })) as { number: string; id: number };
    const { hook } = trigger("deal");
    const heard = async (body: JsonObject, options: JsonObject = {}) =>
      Promise.all((hook?.deliveries(request(body), options) ?? []).map((one) => hook?.enrich?.(service.ctx, one)));
    for (const body of [{ orderNumber: made.number }, { orderId: String(made.id), orderNumber: "null" }])
      assert.equal((await heard(body))[0]?.status, "HOOKED");
    assert.deepEqual(await heard({ leadtype: "call", orderId: String(made.id) }), []);
    assert.deepEqual(await heard({ orderNumber: "null" }), []);
    assert.deepEqual(await heard({ orderNumber: made.number }, { statuses: ["WON"] }), [null]);
    assert.deepEqual(await heard({ orderNumber: "unknown" }), [null]);
  });
});

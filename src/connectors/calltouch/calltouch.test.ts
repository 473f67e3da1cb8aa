import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { openService, type Service } from "../../../test/support/service.ts";
import { baseOf } from "../kit/base.ts";
import type { Context, HookRequest, JsonObject } from "../kit/define.ts";
import { ConnectorError } from "../kit/errors.ts";
import { retailcrm } from "../retailcrm/index.ts";
import { callFields, requestFields } from "./fields.ts";
import { calltouch } from "./index.ts";
import { callFromJournal } from "./items.ts";

const trigger = (key: string) => {
  const found = calltouch.triggers.find((one) => one.key === key);
  assert.ok(found);
  return found;
};
const form = (body: JsonObject): HookRequest => ({ method: "POST", headers: {}, query: {}, body, raw: "" });
const failsAs = (errorClass: string, field?: string) => (error: unknown) => {
  assert.ok(error instanceof ConnectorError, String(error));
  assert.equal(error.errorClass, errorClass, error.sentence.en);
  if (field !== undefined) assert.equal(error.details.field, field);
  return true;
};

describe("Calltouch against its sandbox", () => {
  let service: Service;
  before(async () => {
    service = await openService("calltouch");
  });
  after(() => service.stop());

  it("names the site, and says no to a wrong token whichever status it is refused with", async () => {
    assert.match((await calltouch.check?.(service.ctx))?.account ?? "", /1000/);
    for (const status of ["401", "403"]) {
      service.set("denied", status);
      const wrong = service.with({ siteId: "1000", token: "some-wrong-token" });
      await assert.rejects(async () => calltouch.check?.(wrong), failsAs("access"));
    }
    await assert.rejects(
      async () => calltouch.check?.(service.with({ siteId: "shop.ru", token: "x" })),
      failsAs("access", "siteId"),
    );
    assert.ok(!JSON.stringify(service.exchange()).includes("ct-sandbox-"), "the token must not be kept");
  });

  it("reads a call with every declared field, its 19 digits exact and empties empty", async () => {
    await service.press("call", { phone: "+7 900 123-45-67", dtmf: "отдел продаж", campaign: "" });
    const { items } = await service.poll("call");
    const [call] = items;
    assert.ok(call);
    for (const { key } of callFields) assert.ok(key in call, key);
    assert.equal(call.callerNumber, "79001234567");
    assert.equal(call.tagsDtmf, "отдел продаж");
    assert.equal(call.tagsPhone, "основной номер");
    assert.equal(call.tags, "отдел продаж, основной номер");
    assert.match(String(call.calltouchClientId), /^4611686018427\d{6}$/);
    assert.equal(call.utmCampaign, null);
    assert.equal(call.keyword, null);
    assert.equal(call.successful, true);
    const at = trigger("call").at(call, { timeZone: "UTC" });
    assert.ok(at && Math.abs(at.getTime() - Date.now()) < 60_000);
  });

  it("understands booleans as strings", async () => {
    service.set("booleans", "strings");
    const { items } = await service.poll("call", { only: "unique" });
    service.set("booleans", "native");
    assert.equal(items[0]?.unique, true);
    assert.equal(items[0]?.callback, false);
  });

  it("reads a request whatever its e-mail is called", async () => {
    await service.press("request", {});
    for (const name of ["EMAIL", "email", "MAIL"]) {
      service.set("contactType", name);
      const { items } = await service.poll("request");
      for (const { key } of requestFields) assert.ok(items[0] && key in items[0], key);
      assert.equal(items[0]?.email, "anna@example.test");
      assert.equal(items[0]?.phone, "79007654321");
    }
  });

  it("makes a deal by call under the call's id, then updates it", async () => {
    const { items } = await service.poll("call");
    const callId = String(items[0]?.callId);
    const made = await service.run("dealByCall", {
      callId,
      revenue: "0",
      status: "PENDING",
      orderDate: String(items[0]?.callDate),
    });
    assert.equal(made.orderNumber, callId);
    const closed = await service.run("updateDeal", {
      orderNumber: callId,
      revenue: "1500.5",
      status: "COMPLETED",
      statusDate: "2026-01-10T09:05:00.000Z",
    });
    assert.equal(closed.calltouchOrderId, made.calltouchOrderId);
    const [deal] = service.rows("deals");
    assert.equal(deal?.status, "COMPLETED");
    assert.equal(deal?.revenue, "1500.5");
    assert.equal(deal?.statusDate, "10-01-2026 12:05:00", "Moscow's clock");
  });

  it("makes a deal by request", async () => {
    const { items } = await service.poll("request");
    const requestId = String(items[0]?.requestId);
    assert.equal((await service.run("dealByRequest", { requestId, status: "PENDING" })).orderNumber, requestId);
  });

  it("reports refusals that hide inside a 200", async () => {
    await assert.rejects(service.run("dealByCall", { callId: "1", status: "PENDING" }), (error) => {
      failsAs("data", "callId")(error);
      assert.ok(error instanceof ConnectorError);
      assert.equal(error.sentence.ru, "В Calltouch нет звонка с таким ID: поле «ID звонка», значение «1».");
      return true;
    });
    await assert.rejects(
      service.run("tagLead", { requestId: "2", phone: "+79001112233", tags: ["x"] }),
      failsAs("data", "requestId"),
    );
    await assert.rejects(
      service.run("updateDeal", { orderNumber: "nope", status: "X" }),
      failsAs("not_found", "orderNumber"),
    );
    const made = await service.run("updateDeal", { orderNumber: "nope", status: "X", createMissing: true });
    assert.equal(made.created, true);
  });

  it("finds a deal whose answer was lost", async () => {
    await service.press("call", {});
    const callId = String(service.rows("calls")[0]?.id);
    const action = calltouch.actions.find(({ key }) => key === "dealByCall");
    service.set("health", "lost:1");
    await assert.rejects(service.run("dealByCall", { callId, status: "PENDING" }), failsAs("unknown"));
    const found = await action?.lookup?.(service.ctx, { callId, status: "PENDING" }, { key: "k" });
    assert.ok(found && typeof found === "object");
    assert.equal(found.orderNumber, callId);
    assert.equal(await action?.lookup?.(service.ctx, { callId: "7" }, { key: "k" }), null, "silence proves nothing");
  });

  it("creates a request with a number of its own", async () => {
    const made = await service.run("createRequest", { subject: "Форма", phone: "+79001112233", fullName: "Иван" });
    assert.match(String(made.requestNumber), /^once-/);
  });

  it("says what an outage, a rate limit and a page of HTML mean", async () => {
    service.set("health", "outage");
    await assert.rejects(service.poll("call"), failsAs("temporary"));
    await assert.rejects(service.run("dealByCall", { callId: "1", status: "PENDING" }), failsAs("unknown"));
    service.set("health", "rateLimit");
    await assert.rejects(service.run("dealByCall", { callId: "1", status: "PENDING" }), (error: unknown) => {
      assert.ok(error instanceof ConnectorError);
      assert.equal(error.errorClass, "temporary");
      assert.equal(error.details.retryAfterMs, 1_000);
      return true;
    });
    service.set("health", "html");
    await assert.rejects(service.poll("call"), failsAs("temporary"));
    service.set("health", "ok");
  });
});

describe("Calltouch's journal", () => {
  it("is read to its last page, each call once", async () => {
    const service = await openService("calltouch");
    try {
      for (let turn = 0; turn < 1_001; turn++) await service.press("call", {});
      const { items } = await service.poll("call");
      assert.equal(new Set(items.map(({ callId }) => callId)).size, 1_001);
      assert.equal(items.length, 1_001);
    } finally {
      await service.stop();
    }
  });

  it("is asked day by day, oldest first", async () => {
    const days: unknown[] = [];
    const ctx: Context = {
      auth: { siteId: "1000", token: "token" },
      http: async ({ query }) => {
        days.push(query?.dateFrom);
        return { status: 200, headers: {}, text: "[]", json: () => [] };
      },
      locale: "ru",
      timeZone: "UTC",
      country: "RU",
      now: () => new Date(),
    };
    const since = { at: new Date("2026-01-30T20:00:00Z"), until: new Date("2026-02-01T22:00:00Z"), cursor: null };
    for await (const _ of trigger("call").poll?.items(ctx, {}, since) ?? []);
    assert.deepEqual(days.splice(0), ["30/01/2026", "31/01/2026", "01/02/2026", "02/02/2026"]);
    for await (const _ of trigger("request").poll?.items(ctx, {}, since) ?? []);
    assert.deepEqual(days, ["01/30/2026", "01/31/2026", "02/01/2026", "02/02/2026"], "month first here");
    // A person who waits for a sample isn't kept for a month of days.
    for (const key of ["call", "request"]) {
      days.splice(0);
      for await (const _ of trigger(key).poll?.items(ctx, {}, { ...since, isSample: true }) ?? []);
      assert.equal(days.length, 1, key);
    }
  });

  it("lives where the connection says, however the address was pasted", () => {
    assert.equal(baseOf(calltouch, {}, {}), "https://api.calltouch.ru");
    for (const host of ["api-node3.calltouch.ru", "https://api-node3.calltouch.ru/", " api-node3.calltouch.ru/x "]) {
      assert.equal(baseOf(calltouch, { host }, {}), "https://api-node3.calltouch.ru");
    }
    assert.equal(
      baseOf(retailcrm, { account: "shop" }, { RETAILCRM: "https://{account}.crm.example/x/" }),
      "https://shop.crm.example/x",
    );
  });
});

describe("Calltouch's webhooks", () => {
  const end: JsonObject = {
    leadtype: "call",
    callphase: "calldisconnected",
    id: "100001",
    callerphone: "79990000001",
    timestamp: "1768035600",
    duration: "42",
    status: "successful",
    targetcall: "non-target",
    uniqtargetcall: "non-uniqtarget",
    callback: "non-callback",
    unique: "true",
    ctClientId: "4611686018427100001",
    tags_auto_ct: "Отдел продаж",
    utm_campaign: "null",
    redirectNumber: "undefined",
  };

  it("have the shape of the journal", () => {
    const [item] = trigger("call").hook?.deliveries(form(end), {}) ?? [];
    assert.ok(item);
    assert.deepEqual(Object.keys(item).sort(), Object.keys(callFromJournal({}, "UTC")).sort());
    assert.equal(item.callDate, "2026-01-10T09:00:00.000Z");
    assert.equal(item.target, false);
    assert.equal(item.callback, false);
    assert.equal(item.utmCampaign, null);
    assert.equal(item.redirectNumber, null);
    assert.equal(item.calltouchClientId, "4611686018427100001");
  });

  it("count at the end of a call, at its beginning only when asked, and only for their trigger", () => {
    const deliveries = (body: JsonObject, options: JsonObject) =>
      trigger("call").hook?.deliveries(form(body), options).length;
    const start = { ...end, callphase: "callconnected" };
    assert.equal(deliveries(start, {}), 0);
    assert.equal(deliveries(start, { moment: "start" }), 1);
    assert.equal(deliveries({ ...end, leadtype: "request" }, {}), 0);
    assert.equal(deliveries(end, { only: "target" }), 0);
    assert.equal(trigger("request").hook?.deliveries(form({ leadtype: "request", requestId: "5" }), {}).length, 1);
    assert.equal(trigger("request").hook?.deliveries(form(end), {}).length, 0);
  });
});

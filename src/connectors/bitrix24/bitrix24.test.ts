import assert from "node:assert/strict";
import { after, beforeEach, describe, it } from "node:test";
import { openService, type Service } from "../../../test/support/service.ts";
import type { HookRequest, JsonObject, Trigger } from "../kit/define.ts";
import { ConnectorError } from "../kit/errors.ts";
import { hostOf, portalOf, webhookOf } from "./api.ts";
import { bitrix24 } from "./index.ts";

const NOW = Date.parse("2026-01-10T09:00:00Z");
const action = (key: string) => {
  const found = bitrix24.actions.find((one) => one.key === key);
  assert.ok(found);
  return found;
};
const trigger = (key: string): Trigger => {
  const found = bitrix24.triggers.find((one) => one.key === key);
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
const open = async (): Promise<Service> => {
  await service?.stop();
  service = await openService("bitrix24", { now: NOW });
  return service;
};
after(() => service?.stop());
const made = async (portal: Service, fields: Record<string, string> = {}) =>
  String(((await portal.press("contact", fields)) as { ID: number }).ID);

describe("Bitrix24's addresses", () => {
  it("reads a webhook out of whatever was copied with it", () => {
    for (const typed of [
      "https://demo.bitrix24.ru/rest/1/abc123",
      " https://DEMO.bitrix24.ru/rest/1/abc123/ ",
      "https://demo.bitrix24.ru/rest/1/abc123/crm.contact.get.json?ID=42",
    ])
      assert.deepEqual(webhookOf(typed), { host: "demo.bitrix24.ru", user: "1", secret: "abc123" }, typed);
    for (const typed of [
      "",
      "abc123",
      "http://demo.bitrix24.ru/rest/1/abc/",
      "https://demo.bitrix24.ru/rest/abc/",
      "https://demo/rest/1/abc/",
      "https://user@demo.bitrix24.ru/rest/1/abc/",
    ])
      assert.throws(() => webhookOf(typed), failsAs("access", "webhook"), typed);
  });

  it("reads a portal however it is written", () => {
    for (const typed of ["demo", "demo.bitrix24.ru", "https://demo.bitrix24.ru/crm/contact/"])
      assert.equal(portalOf(typed), "demo.bitrix24.ru");
    assert.equal(portalOf("crm.example.com"), "crm.example.com");
    for (const typed of ["", "мой портал", "a b.ru"]) assert.throws(() => portalOf(typed), failsAs("access", "portal"));
  });
});

describe("Bitrix24's host", () => {
  it("is that of the way in use, whatever an earlier one left", () => {
    const both = { webhook: "https://one.bitrix24.ru/rest/1/abc/", host: "two.bitrix24.ru", memberId: "m" };
    assert.equal(hostOf({ ...both, way: "fields" }), "one.bitrix24.ru");
    assert.equal(hostOf({ ...both, way: "oauth" }), "two.bitrix24.ru");
    assert.equal(hostOf({ portal: "three" }), "three.bitrix24.ru");
  });
});

describe("Bitrix24 against its sandbox", () => {
  let portal: Service;
  beforeEach(async () => {
    portal = await open();
  });

  it("names the account, and the right that is missing", async () => {
    assert.deepEqual(await bitrix24.check?.(portal.ctx), { account: "demo.bitrix24.ru · Анна Демо" });
    portal.set("rights", "noUsers");
    assert.match((await bitrix24.check?.(portal.ctx))?.account ?? "", /нет права user_brief$/);
    portal.set("rights", "noCrm");
    await assert.rejects(async () => bitrix24.check?.(portal.ctx), failsAs("forbidden"));
    const wrong = portal.with({ webhook: "https://demo.bitrix24.ru/rest/1/wrong/" });
    await assert.rejects(async () => bitrix24.check?.(wrong), failsAs("access"));
  });

  it("keeps the webhook's secret out of what is recorded", async () => {
    await bitrix24.check?.(portal.ctx);
    assert.doesNotMatch(JSON.stringify(portal.exchange()), /b24sandboxsecret7f/);
    portal.set("health", "expired");
    await assert.rejects(
      async () => bitrix24.check?.(portal.ctx),
      (error) => !String((error as Error).stack).includes("b24sandboxsecret7f"),
    );
  });

  it("reads lists, the stages of the chosen pipeline, and no employees that left", async () => {
    const load = async (name: string, depends = {}) =>
      (await bitrix24.lists?.[name]?.load(portal.ctx, depends, undefined))?.items.map(({ value }) => value) ?? [];
    assert.deepEqual(await load("users"), ["1", "7"]);
    assert.deepEqual(await load("stages"), ["NEW", "PREPARATION", "WON", "LOSE"]);
    assert.deepEqual(await load("stages", { CATEGORY_ID: "3" }), ["C3:NEW", "C3:WON", "C3:LOSE"]);
    for (const name of Object.keys(bitrix24.lists ?? {})) assert.ok((await load(name)).length > 0, name);
  });

  it("offers custom fields by their names, both ways", async () => {
    const input = (await action("createContact").fieldsOf?.(portal.ctx, {})) ?? [];
    const segment = input.find(({ label }) => label.ru === "Сегмент");
    assert.deepEqual(
      segment?.choices?.map(({ value, label }) => [value, label.ru]),
      [
        ["101", "Розница"],
        ["102", "Опт"],
      ],
    );
    const lead = (await action("createLead").fieldsOf?.(portal.ctx, {})) ?? [];
    assert.equal(lead.find(({ label }) => label.ru === "gclid")?.meaning, "clientId.google");
    const output = (await trigger("contact").outputOf?.(portal.ctx, {})) ?? [];
    assert.ok(output.some(({ key }) => key === "UF_CRM_1700000001"));
    await portal.run("createContact", {
      NAME: "Анна",
      UF_CRM_1700000002: "102",
      UF_CRM_1700000003: ["201", "202"],
      UF_CRM_1700000004: true,
    });
    const [item] = (await portal.poll("contact")).items;
    assert.equal(item?.UF_CRM_1700000002, "Опт");
    assert.deepEqual(item?.UF_CRM_1700000003, ["Скидки", "Новинки"]);
    assert.equal(item?.UF_CRM_1700000004, true);
    assert.equal(item?.UF_CRM_1700000001, null);
  });

  it("has in every item what it declares, whatever is empty", async () => {
    for (const empty of ["absent", "list", "null"]) {
      portal.set("emptyCommunication", empty);
      await portal.run("createContact", { NAME: empty });
    }
    await portal.press("lead", {});
    await portal.press("deal", {});
    await portal.run("createCompany", { TITLE: "Ромашка" });
    for (const { key, output } of bitrix24.triggers) {
      const { items } = await portal.poll(key);
      assert.ok(items.length > 0, key);
      for (const item of items) {
        for (const field of output) assert.ok(item[field.key] !== undefined, `${key}.${field.key}`);
      }
    }
    const [first] = (await portal.poll("contact")).items;
    assert.deepEqual([first?.PHONE, first?.PHONES, first?.DATE_CREATE], [null, [], "2026-01-10T09:00:01.000Z"]);
  });

  it("finds duplicates by phone however it is written, by e-mail and by our name", async () => {
    const id = await made(portal, { phone: "8 (900) 555-44-33", email: "Irina@Example.test" });
    const { duplicates } = action("createContact");
    const find = async (key: string, value: string) =>
      ((await duplicates?.find(portal.ctx, key, value, {})) ?? []).map((one) => one.id);
    assert.deepEqual(await find("PHONE", "+79005554433"), [id]);
    assert.deepEqual(await find("PHONE", "+79005554434"), []);
    assert.deepEqual(await find("EMAIL", "irina@example.test"), [id]);
    const own = await portal.run("createContact", { NAME: "Пётр", ORIGIN_ID: "shop-1" });
    assert.deepEqual(await find("ORIGIN_ID", "shop-1"), [own.ID]);
    const [found] = (await duplicates?.find(portal.ctx, "PHONE", "+79005554433", {})) ?? [];
    assert.deepEqual(found?.fields.PHONE, ["8 (900) 555-44-33"]);
    assert.equal(found?.output.PHONE, "8 (900) 555-44-33");
  });

  it("changes, adds or leaves entries, and doubles none", async () => {
    const id = await made(portal, { phone: "8 900 555-44-33", email: "irina@example.test" });
    const phones = () => ((portal.rows("contacts")[0]?.PHONE ?? []) as { VALUE: string }[]).map((entry) => entry.VALUE);
    const { duplicates } = action("createContact");
    const [found] = (await duplicates?.find(portal.ctx, "EMAIL", "irina@example.test", {})) ?? [];
    assert.ok(found && duplicates?.update);
    const change = (changes: JsonObject) => duplicates.update?.(portal.ctx, found, changes, {});
    await change({ PHONE: "+79005554433" });
    assert.deepEqual(phones(), ["8 900 555-44-33"], "the same number is not written again");
    await change({ PHONE: ["8 900 555-44-33", "+79001112233"] });
    assert.deepEqual(phones(), ["8 900 555-44-33", "+79001112233"], "the rule “add”");
    await change({ PHONE: "+79007778899", POST: "Директор" });
    assert.deepEqual(phones(), ["+79007778899", "+79001112233"], "the rule “replace”");
    const output = await portal.run("updateContact", { ID: id, PHONE: "+79000000000", LAST_NAME: "Новая" });
    assert.deepEqual(output.PHONES, ["+79007778899", "+79001112233", "+79000000000"]);
    assert.deepEqual([output.LAST_NAME, output.POST], ["Новая", "Директор"]);
  });

  it("creates, updates and finds leads, deals and companies", async () => {
    const company = await portal.run("createCompany", { TITLE: "Ромашка", PHONE: "+79001112233" });
    const contact = await portal.run("createContact", { NAME: "Анна", COMPANY_ID: String(company.ID) });
    const deal = await portal.run("createDeal", {
      TITLE: "Поставка",
      CONTACT_ID: String(contact.ID),
      CATEGORY_ID: "3",
      OPPORTUNITY: "12500.50",
      CLOSEDATE: "2026-02-01",
    });
    assert.equal(deal.OPPORTUNITY, 12500.5);
    const moved = await portal.run("updateDeal", { ID: String(deal.ID), STAGE_ID: "C3:WON" });
    assert.deepEqual([moved.STAGE_ID, moved.CONTACT_ID, moved.CLOSEDATE], ["C3:WON", contact.ID, "2026-02-01"]);
    assert.equal((await portal.run("findDeal", { CONTACT_ID: String(contact.ID) })).ID, deal.ID);
    assert.equal((await portal.run("findCompany", { PHONE: "+79001112233", TITLE: "Ромашка" })).ID, company.ID);
    assert.deepEqual(await portal.run("findCompany", { PHONE: "+79001112233", TITLE: "Лютик" }), { found: false });
    const lead = await portal.run("createLead", { TITLE: "Заявка", NAME: "Олег", EMAIL: "oleg@example.test" });
    assert.equal((await portal.run("findLead", { EMAIL: "oleg@example.test" })).ID, lead.ID);
    const said = await portal.run("comment", { ENTITY_TYPE: "deal", ENTITY_ID: String(deal.ID), COMMENT: "Оплачено" });
    assert.ok(said.ID);
    assert.equal(portal.rows("comments")[0]?.entity, `deal ${deal.ID}`);
  });

  it("says what was refused, in classes", async () => {
    await assert.rejects(portal.run("createContact", { EMAIL: "x" }), failsAs("data", "EMAIL"));
    await assert.rejects(portal.run("updateContact", { ID: "999", NAME: "A" }), failsAs("not_found"));
    await assert.rejects(portal.run("updateContact", { ID: "abc", NAME: "A" }), failsAs("data"));
    portal.set("errors", "v3");
    await assert.rejects(portal.run("createContact", { EMAIL: "x" }), failsAs("data", "EMAIL"));
    portal.set("health", "expired");
    await assert.rejects(portal.run("createContact", { NAME: "A" }), failsAs("access"));
    portal.set("health", "rateLimit:1");
    await assert.rejects(portal.run("createContact", { NAME: "A" }), failsAs("temporary"));
    portal.set("health", "outage");
    await assert.rejects(portal.run("createContact", { NAME: "A" }), failsAs("unknown"));
    await assert.rejects(portal.poll("contact"), failsAs("temporary"));
    portal.set("health", "ok");
    portal.set("rights", "noCrm");
    await assert.rejects(portal.run("createContact", { NAME: "A" }), failsAs("forbidden"));
    await assert.rejects(portal.poll("contact"), failsAs("forbidden"));
  });

  it("knows after a lost answer whether the contact was made, with an external ID or without", async () => {
    for (const input of [{ NAME: "Анна", ORIGIN_ID: "o1" }, { NAME: "Олег" }] as JsonObject[]) {
      const { run, lookup } = action("createContact");
      const once = { key: `once-${input.NAME}` };
      portal.set("health", "cut:1");
      await assert.rejects(run(portal.ctx, input, once), failsAs("unknown"));
      assert.equal(await lookup?.(portal.ctx, input, once), "absent");
      portal.set("health", "lost:1");
      await assert.rejects(run(portal.ctx, input, once), failsAs("unknown"));
      const found = await lookup?.(portal.ctx, input, once);
      assert.ok(found && typeof found === "object");
      assert.equal(found.NAME, input.NAME);
    }
  });
});

describe("Bitrix24's polls", () => {
  it("brings every record once over many pages, also with one time for all", async () => {
    const portal = await open();
    for (let i = 0; i < 630; i++) await portal.press("contact", { name: `N${i}`, lastName: "", phone: "", email: "" });
    const { items } = await portal.poll("contact");
    assert.equal(items.length, 630);
    assert.equal(new Set(items.map(({ ID }) => ID)).size, 630);
    for (const count of [50, 100]) {
      const full = await open();
      for (let i = 0; i < count; i++) await full.press("contact", {});
      assert.equal((await full.poll("contact")).items.length, count);
    }
  });

  it("tells new from changed, as the events are chosen", async () => {
    const portal = await open();
    const quiet = await made(portal, { name: "Тихий" });
    const id = await made(portal, { name: "Анна" });
    // A call lets a second pass.
    await bitrix24.check?.(portal.ctx);
    await portal.press("change", { contact: id, name: "Анна", post: "Директор" });
    const seen = async (EVENTS: string, more: JsonObject = {}) =>
      (await portal.poll("contact", { EVENTS, ...more })).items.map((item) => [item.ID, item.EVENT]);
    assert.deepEqual(await seen("add"), [
      [quiet, "add"],
      [id, "add"],
    ]);
    assert.deepEqual(await seen("update"), [[id, "update"]]);
    assert.deepEqual(await seen("both"), [
      [quiet, "add"],
      [id, "update"],
    ]);
    assert.deepEqual(await seen("both", { exceptUser: "7" }), []);
    const [item] = (await portal.poll("contact", { EVENTS: "update" })).items;
    assert.ok(item);
    assert.equal(trigger("contact").at(item, { timeZone: "UTC" })?.toISOString(), item.DATE_MODIFY);
    assert.equal(trigger("contact").change(item), `${id} ${item.DATE_MODIFY}`);
  });
});

describe("Bitrix24's events", () => {
  const request = (code: string, id: string, auth: JsonObject = {}): HookRequest => ({
    method: "POST",
    headers: {},
    query: {},
    body: {
      event: code,
      data: { FIELDS: { ID: id } },
      auth: { domain: "demo.bitrix24.ru", member_id: "m-sandbox-1", application_token: "tok", ...auth },
    },
    raw: "",
  });
  const hook = () => {
    const found = trigger("contact").hook;
    assert.ok(found?.verify && found.enrich && found.subscribe && found.unsubscribe);
    return found;
  };
  const trust = { secret: "s", app: null };

  it("listens to the chosen events alone", () => {
    const { deliveries } = hook();
    const ids = (code: string, options: JsonObject) =>
      deliveries(request(code, "45"), options).map((one) => [one.ID, one.EVENT]);
    assert.deepEqual(ids("ONCRMCONTACTADD", { EVENTS: "add" }), [["45", "add"]]);
    assert.deepEqual(ids("ONCRMCONTACTUPDATE", { EVENTS: "add" }), []);
    assert.deepEqual(ids("ONCRMCONTACTUPDATE", { EVENTS: "both" }), [["45", "update"]]);
    assert.deepEqual(ids("ONCRMCONTACTDELETE", { EVENTS: "both" }), []);
    assert.deepEqual(ids("ONCRMLEADADD", { EVENTS: "add" }), []);
    assert.deepEqual(deliveries(request("ONCRMCONTACTADD", "45 OR 1"), {}), []);
  });

  it("trusts a known token, else the portal it is connected to", () => {
    const { verify } = hook();
    const webhook = { webhook: "https://demo.bitrix24.ru/rest/1/b24sandboxsecret7f/" };
    const ask = (options: JsonObject, auth: Record<string, string>, sent: JsonObject = {}) =>
      verify?.(request("ONCRMCONTACTADD", "45", sent), options, auth, trust);
    assert.equal(ask({ applicationToken: "tok" }, webhook), true);
    assert.equal(ask({ applicationToken: "tok" }, webhook, { domain: "renamed.bitrix24.ru" }), true);
    assert.equal(ask({ applicationToken: "other" }, webhook), false);
    assert.equal(ask({}, webhook), true);
    assert.equal(ask({}, webhook, { domain: "stranger.bitrix24.ru" }), false);
    assert.equal(ask({}, { way: "oauth", host: "demo.bitrix24.ru", memberId: "m-sandbox-1" }), true);
    assert.equal(ask({}, { way: "oauth", host: "demo.bitrix24.ru", memberId: "m-2" }), false);
  });

  it("reads the record that an event names, in the shape of the poll; one that is gone is nothing", async () => {
    const portal = await open();
    const id = await made(portal);
    const { enrich } = hook();
    const item = await enrich?.(portal.ctx, { ID: id, EVENT: "add", except: null });
    assert.deepEqual(item, (await portal.poll("contact")).items[0]);
    assert.equal(await enrich?.(portal.ctx, { ID: "9999", EVENT: "update", except: null }), null);
    assert.equal(await enrich?.(portal.ctx, { ID: id, EVENT: "add", except: "7" }), null);
    portal.set("health", "outage");
    await assert.rejects(
      async () => enrich?.(portal.ctx, { ID: id, EVENT: "add", except: null }),
      failsAs("temporary"),
    );
  });

  it("subscribes with an app's token, again without harm, and takes it back; a webhook can't", async () => {
    const portal = await open();
    const { subscribe, unsubscribe } = hook();
    const url = "https://bot.example.test/hooks/abc";
    assert.deepEqual(await subscribe?.(portal.ctx, url, { EVENTS: "both" }, trust), {});
    const app = portal.with(await consented(portal));
    const state = await subscribe?.(app, url, { EVENTS: "both" }, trust);
    assert.deepEqual(await subscribe?.(app, url, { EVENTS: "both" }, trust), state);
    assert.deepEqual(
      portal
        .rows("webhooks")
        .map(({ events }) => events)
        .sort(),
      ["ONCRMCONTACTADD", "ONCRMCONTACTUPDATE"],
    );
    await unsubscribe?.(app, state ?? {});
    assert.deepEqual(portal.rows("webhooks"), []);
  });

  /** Values of a connection as consent leaves them. */
  async function consented(portal: Service): Promise<Record<string, string>> {
    const base = portal.base;
    const page = `${base}/oauth/authorize/?client_id=local.sandbox.0001&state=s`;
    const allow = new URLSearchParams({ answer: "allow" });
    const back = await fetch(page, { method: "POST", body: allow, redirect: "manual" });
    const code = new URL(back.headers.get("location") ?? "").searchParams.get("code") ?? "";
    const query = new URLSearchParams({
      grant_type: "authorization_code",
      client_id: "local.sandbox.0001",
      client_secret: "b24-app-secret-4c1d",
      code,
    });
    const answer = (await (await fetch(`${base}/oauth/token/?${query}`)).json()) as JsonObject;
    assert.ok(bitrix24.auth.kind === "oauth2" && bitrix24.auth.grant.brought);
    const brought = bitrix24.auth.grant.brought(answer);
    assert.deepEqual(brought, { host: "demo.bitrix24.ru", memberId: "m-sandbox-1" });
    return { way: "oauth", accessToken: String(answer.access_token), ...brought };
  }
});

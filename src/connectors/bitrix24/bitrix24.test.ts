import assert from "node:assert/strict";
import { after, beforeEach, describe, it } from "node:test";
import { openService, type Service } from "../../../test/support/service.ts";
import type { JsonObject, Trigger } from "../kit/define.ts";
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

  it("counts every webhook and app of one portal together", () => {
    const lane = bitrix24.api?.lane;
    assert.ok(lane);
    const one = lane({ webhook: "https://demo.bitrix24.ru/rest/1/abc123/" });
    assert.equal(lane({ webhook: "https://DEMO.bitrix24.ru/rest/7/xyz/" }), one);
    assert.equal(lane({ way: "oauth", portal: "demo", host: "demo.bitrix24.ru", accessToken: "at1" }), one);
    assert.notEqual(lane({ webhook: "https://other.bitrix24.ru/rest/1/abc123/" }), one);
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
    assert.deepEqual(await load("stages", { CATEGORY_ID: "0" }), ["NEW", "PREPARATION", "WON", "LOSE"]);
    const ofAll = (await bitrix24.lists?.stages?.load(portal.ctx, {}, undefined))?.items ?? [];
    assert.deepEqual(
      ofAll.map(({ value }) => value),
      [...(await load("stages", { CATEGORY_ID: "0" })), ...(await load("stages", { CATEGORY_ID: "3" }))],
    );
    assert.ok(ofAll.every(({ note }) => note));
    assert.deepEqual(await load("stages", { CATEGORY_ID: "3" }), ["C3:NEW", "C3:WON", "C3:LOSE"]);
    for (const name of Object.keys(bitrix24.lists ?? {})) assert.ok((await load(name)).length > 0, name);
  });

  it("takes a new deal's pipeline from its stage", async () => {
    const deal = await portal.run("createDeal", { TITLE: "Опт", STAGE_ID: "C3:NEW" });
    assert.deepEqual([deal.CATEGORY_ID, deal.STAGE_ID], ["3", "C3:NEW"]);
  });

  it("looks at every record with a common value, not at the oldest fifty", async () => {
    for (let i = 0; i < 120; i++)
      await portal.press("contact", { name: "Иван", lastName: `Ф${i}`, phone: "", email: "" });
    const find = action("createContact").duplicates?.find;
    assert.equal((await find?.(portal.ctx, "NAME", "Иван", {}))?.length, 120);
    const last = await action("findContact").run(portal.ctx, { NAME: "Иван", LAST_NAME: "Ф119" }, { key: "k" });
    assert.equal(last.found, true);
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
    const todo = { ENTITY_TYPE: "lead", ENTITY_ID: String(lead.ID), title: "Перезвонить" };
    for (const answer of ["object", "number"]) {
      portal.set("todoAnswer", answer);
      const put = await portal.run("todo", { ...todo, deadline: "2026-02-01T12:00:00.000Z", responsibleId: "7" });
      const [row] = portal.rows("todos");
      assert.equal(put.ID, String(row?.id));
      assert.deepEqual([row?.entity, row?.title, row?.responsible], [`lead ${lead.ID}`, "Перезвонить", "7"]);
    }
    await assert.rejects(
      portal.run("todo", { ...todo, ENTITY_ID: "999", deadline: "2026-02-01" }),
      failsAs("not_found"),
    );
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
      // An earlier record with the same external ID is not what this call made.
      const other = await lookup?.(portal.ctx, input, { key: "another" });
      assert.equal(other, "absent");
    }
  });
});

import assert from "node:assert/strict";
import { after, describe, it } from "node:test";
import { openService, type Service } from "../../../test/support/service.ts";
import type { HookRequest, JsonObject, Trigger } from "../kit/define.ts";
import { ConnectorError } from "../kit/errors.ts";
import { bitrix24 } from "./index.ts";

const NOW = Date.parse("2026-01-10T09:00:00Z");
const trigger = (key: string): Trigger => {
  const found = bitrix24.triggers.find((one) => one.key === key);
  assert.ok(found);
  return found;
};
const failsAs = (errorClass: string) => (error: unknown) => {
  assert.ok(error instanceof ConnectorError, String(error));
  assert.equal(error.errorClass, errorClass, error.sentence.en);
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
      [id, "add"],
      [id, "update"],
    ]);
    const later = { at: new Date(NOW + 1_000), until: portal.ctx.now(), cursor: null };
    const both: unknown[] = [];
    for await (const page of trigger("contact").poll?.items(portal.ctx, { EVENTS: "both" }, later) ?? []) {
      both.push(...page.items.map((item) => [item.ID, item.EVENT]));
    }
    assert.deepEqual(both, [[id, "update"]]);
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
    const { subscribe, unsubscribe, wants } = hook();
    assert.deepEqual([...(wants?.({ EVENTS: "both", exceptUser: "7" }) ?? [])].sort(), [
      "ONCRMCONTACTADD",
      "ONCRMCONTACTUPDATE",
    ]);
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
    const { isAlive } = hook();
    assert.equal(await isAlive?.(app, state ?? {}), true);
    assert.equal(await isAlive?.(portal.ctx, {}), true, "a webhook is the person's own affair");
    await unsubscribe?.(app, state ?? {});
    assert.deepEqual(portal.rows("webhooks"), []);
    assert.equal(await isAlive?.(app, state ?? {}), false);
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

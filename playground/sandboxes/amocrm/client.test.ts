/** A client of amoCRM that others wrote drives the sandbox, so that sandbox and connector can't share a mistake. */
import assert from "node:assert/strict";
import http from "node:http";
import https from "node:https";
import { after, before, describe, it, mock } from "node:test";
import { Client } from "amocrm-js";
import { openStore } from "../../store.ts";
import { serveSandboxes } from "../serve.ts";
import { APP, LONG_LIVED } from "./oauth.ts";

let served: Awaited<ReturnType<typeof serveSandboxes>>;
let now = new Date("2026-10-01T09:00:00Z");
before(async () => {
  served = await serveSandboxes({ store: openStore(":memory:"), now: () => now });
  const { hostname, port } = new URL(served.url);
  // The client knows only https at the account's own host; here that host is the sandbox.
  mock.method(https, "request", (options: http.RequestOptions, done: (answer: http.IncomingMessage) => void) => {
    now = new Date(now.getTime() + 1_000);
    assert.equal(options.hostname, "demo.amocrm.ru");
    return http.request({ ...options, hostname, port, path: `/sandbox/amocrm${options.path}` }, done);
  });
  // It prints every refusal.
  mock.method(console, "error", () => {});
});
after(async () => {
  mock.restoreAll();
  await served.stop();
});

const app = () => ({
  client_id: APP.id,
  client_secret: APP.secret,
  redirect_uri: `${served.url}/oauth/callback`,
});
const longLived = () => new Client({ domain: "demo", auth: { ...app(), bearer: LONG_LIVED } });

describe("amocrm-js at amoCRM's sandbox", () => {
  it("gets tokens for a code and renews them", async () => {
    const at = `${served.url}/sandbox/amocrm/oauth?client_id=${APP.id}&state=s&mode=popup`;
    const body = new URLSearchParams({ answer: "allow" });
    const sent = await fetch(at, { method: "POST", body, redirect: "manual" });
    const code = new URL(sent.headers.get("location") ?? "").searchParams.get("code") ?? "";
    const client = new Client({ domain: "demo.amocrm.ru", auth: { ...app(), code } });
    const first = await client.token.fetch();
    assert.ok(first?.access_token);
    const second = await client.token.refresh();
    assert.notEqual(second?.refresh_token, first?.refresh_token);
    const account = await client.request.get("/api/v4/account");
    assert.equal((account.data as { subdomain: string }).subdomain, "demo");
  });

  it("saves contacts and leads, reads them back, and turns pages", async () => {
    const client = longLived();
    const contact = new client.Contact({ name: "Анна" });
    await contact.save();
    assert.ok(contact.id);
    const lead = new client.Lead({ name: "Заказ", price: 100 });
    await lead.save();
    lead.price = 250;
    await lead.save();
    assert.equal((await client.leads.getById(Number(lead.id)))?.price, 250);
    for (let more = 0; more < 2; more++) await new client.Contact({ name: `Ещё ${more}` }).save();
    const pages = await client.contacts.get({ limit: 2 });
    const names = (pages.getData() as { name: string }[]).map(({ name }) => name);
    await pages.next();
    names.push(...(pages.getData() as { name: string }[]).map(({ name }) => name));
    assert.deepEqual(names, ["Анна", "Ещё 0", "Ещё 1"]);
  });

  it("hears a refusal as one", async () => {
    await assert.rejects(
      Promise.resolve(longLived().request.post("/api/v4/contacts", [{ colour: "red" }])),
      /API_RESPONSE_ERROR/,
    );
  });
});

import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, beforeEach, describe, it } from "node:test";
import { openStore } from "../../store.ts";
import { serveSandboxes } from "../serve.ts";
import { APP, LONG_LIVED } from "./oauth.ts";

let served: Awaited<ReturnType<typeof serveSandboxes>>;
let now = new Date("2026-10-01T09:00:00Z");
before(async () => {
  served = await serveSandboxes({ store: openStore(":memory:"), now: () => now });
});
after(() => served.stop());
beforeEach(() => {
  now = new Date(now.getTime() + 60_000);
  served.sandboxes.reset("amocrm");
});

const base = () => `${served.url}/sandbox/amocrm`;
// biome-ignore lint/suspicious/noExplicitAny: answers of a foreign service, looked at field by field
type Answer = { status: number; body: any };
async function ask(path: string, init: RequestInit = {}, token = LONG_LIVED): Promise<Answer> {
  now = new Date(now.getTime() + 1_000);
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  const answer = await fetch(`${base()}${path}`, { headers, ...init });
  const text = await answer.text();
  return { status: answer.status, body: text === "" ? null : JSON.parse(text) };
}
const send = (method: string, path: string, body: unknown) => ask(path, { method, body: JSON.stringify(body) });
const phone = (...values: string[]) => [
  { field_code: "PHONE", values: values.map((value) => ({ value, enum_code: "MOB" })) },
];

async function code(): Promise<string> {
  const at = `${base()}/oauth?client_id=${APP.id}&state=s1&mode=popup`;
  const sent = await fetch(at, { method: "POST", body: new URLSearchParams({ answer: "allow" }), redirect: "manual" });
  const to = new URL(sent.headers.get("location") ?? "");
  assert.equal(to.searchParams.get("state"), "s1");
  assert.equal(to.searchParams.get("referer"), "demo.amocrm.ru");
  return to.searchParams.get("code") ?? "";
}
const exchange = (more: Record<string, string>, app: Partial<typeof APP> = {}) =>
  send("POST", "/oauth2/access_token", {
    client_id: app.id ?? APP.id,
    client_secret: app.secret ?? APP.secret,
    redirect_uri: `${served.url}/oauth/callback`,
    ...more,
  });

describe("amoCRM's consent", () => {
  it("gives a code for 20 minutes and one use, and tokens for it", async () => {
    const first = await code();
    const tokens = await exchange({ grant_type: "authorization_code", code: first });
    assert.deepEqual([tokens.status, tokens.body.expires_in], [200, 86_400]);
    assert.equal((await ask("/api/v4/account", {}, tokens.body.access_token)).status, 200);
    assert.equal((await exchange({ grant_type: "authorization_code", code: first })).status, 400);
    const late = await code();
    now = new Date(now.getTime() + 20 * 60_000);
    assert.match((await exchange({ grant_type: "authorization_code", code: late })).body.hint, /expired/);
    const wrong = await exchange({ grant_type: "authorization_code", code: await code() }, { secret: "x" });
    assert.equal(wrong.status, 401);
  });

  it("takes a refresh token once, or a minute longer where the switch says so", async () => {
    const { body } = await exchange({ grant_type: "authorization_code", code: await code() });
    const refresh = { grant_type: "refresh_token", refresh_token: body.refresh_token };
    assert.equal((await exchange(refresh)).status, 200);
    assert.equal((await exchange(refresh)).status, 401);
    served.sandboxes.setSwitch("amocrm", "refresh", "grace");
    assert.equal((await exchange(refresh)).status, 200);
    now = new Date(now.getTime() + 61_000);
    assert.equal((await exchange(refresh)).status, 401);
  });

  it("forgets everything when the integration is switched off, and a refusal brings no code", async () => {
    const { body } = await exchange({ grant_type: "authorization_code", code: await code() });
    await served.sandboxes.press("amocrm", "revoke", {});
    assert.equal((await ask("/api/v4/account", {}, body.access_token)).status, 401);
    const at = `${base()}/oauth?client_id=${APP.id}&state=s1`;
    const sent = await fetch(at, { method: "POST", body: new URLSearchParams({ answer: "deny" }), redirect: "manual" });
    assert.match(sent.headers.get("location") ?? "", /error=access_denied/);
  });
});

describe("amoCRM's records", () => {
  it("answers nothing with 204, makes contacts in a list and never looks for doubles", async () => {
    assert.equal((await ask("/api/v4/contacts?query=916")).status, 204);
    assert.equal((await ask("/api/v4/contacts/1")).status, 204);
    const made = await send("POST", "/api/v4/contacts", [
      { name: "A", custom_fields_values: phone("+79161234567"), request_id: "r" },
      { name: "B", custom_fields_values: phone("+79161234567") },
    ]);
    assert.deepEqual(
      made.body._embedded.contacts.map((one: { request_id: string }) => one.request_id),
      ["r", "1"],
    );
    const found = await ask("/api/v4/contacts?query=9161234567&limit=1");
    assert.equal(found.body._embedded.contacts.length, 1);
    assert.ok(found.body._links.next);
    assert.equal(found.body._embedded.contacts[0].custom_fields_values[0].values[0].enum_code, "MOB");
  });

  it("replaces the values of a field and leaves the other fields", async () => {
    const made = await send("POST", "/api/v4/contacts", [
      {
        name: "A",
        custom_fields_values: [
          ...phone("+79160000001"),
          { field_code: "EMAIL", values: [{ value: "a@example.test", enum_code: "WORK" }] },
        ],
      },
    ]);
    const { id } = made.body._embedded.contacts[0];
    await send("PATCH", `/api/v4/contacts/${id}`, { custom_fields_values: phone("+79160000002") });
    const [row] = served.sandboxes.list().find(({ key }) => key === "amocrm")?.tables[0]?.rows ?? [];
    assert.deepEqual([row?.phones, row?.emails], [["+79160000002"], ["a@example.test"]]);
  });

  it("refuses by path: unknown fields, `enum`, stages of another pipeline; and one bad item fails all", async () => {
    const enumed = [{ name: "A", custom_fields_values: [{ field_code: "PHONE", values: [{ value: "1", enum: 1 }] }] }];
    const refused = await send("POST", "/api/v4/contacts", [{ name: "fine" }, ...enumed]);
    const [flaw] = refused.body["validation-errors"][0].errors;
    assert.deepEqual(
      [refused.status, flaw.code, flaw.path],
      [400, "FieldNotExpected", "custom_fields_values.0.values.0.enum"],
    );
    assert.equal((await ask("/api/v4/contacts")).status, 204);
    assert.equal((await send("POST", "/api/v4/leads", [{ status_id: 50001 }])).status, 400);
    assert.equal((await send("POST", "/api/v4/contacts/501", {})).status, 405);
    assert.equal((await ask("/api/v4/nothing")).status, 404);
  });

  it("refuses the eighth request of a second", async () => {
    const at = now;
    const statuses = [];
    for (let call = 0; call < 8; call++) {
      now = new Date(at.getTime() - 1_000);
      statuses.push((await ask("/api/v4/account")).status);
    }
    assert.deepEqual([statuses.slice(0, 7).every((status) => status === 200), statuses[7]], [true, 429]);
  });
});

describe("amoCRM's webhooks", () => {
  it("go out as forms of texts, companies under contacts, and end with the subscription", async () => {
    const heard: URLSearchParams[] = [];
    const server = createServer(async (request, response) => {
      let text = "";
      for await (const chunk of request) text += chunk;
      heard.push(new URLSearchParams(text));
      response.end();
    });
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    const destination = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const until = async (count: number) => {
      for (let look = 0; look < 200 && heard.length < count; look++) await new Promise((done) => setTimeout(done, 10));
      assert.equal(heard.length, count);
    };
    try {
      const settings = ["add_contact", "add_company", "status_lead"];
      assert.equal((await send("POST", "/api/v4/webhooks", { destination, settings })).status, 201);
      await served.sandboxes.press("amocrm", "contact", {});
      await until(1);
      assert.match(heard[0]?.get("contacts[add][0][id]") ?? "", /^\d+$/);
      assert.equal(heard[0]?.get("contacts[add][0][custom_fields][0][code]"), "PHONE");
      await send("POST", "/api/v4/companies", [{ name: "ООО" }]);
      await until(2);
      assert.equal(heard[1]?.get("contacts[add][0][type]"), "company");
      const lead = (await served.sandboxes.press("amocrm", "lead", {})) as { id: number };
      await served.sandboxes.press("amocrm", "move", { lead: String(lead.id), status: "40003" });
      await until(3);
      assert.equal(heard[2]?.get("leads[status][0][old_status_id]"), "40001");
      assert.equal((await send("DELETE", "/api/v4/webhooks", { destination })).status, 204);
      assert.equal((await send("DELETE", "/api/v4/webhooks", { destination })).status, 404);
    } finally {
      server.close();
      server.closeAllConnections();
    }
  });
});

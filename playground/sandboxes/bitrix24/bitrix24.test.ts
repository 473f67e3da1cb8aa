import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, beforeEach, describe, it } from "node:test";
import { openStore } from "../../store.ts";
import { serveSandboxes } from "../serve.ts";

let served: Awaited<ReturnType<typeof serveSandboxes>>;
let now = new Date("2026-10-01T09:00:00Z");
before(async () => {
  served = await serveSandboxes({ store: openStore(":memory:"), now: () => now });
});
after(() => served.stop());
beforeEach(() => {
  now = new Date(now.getTime() + 60_000);
  served.sandboxes.reset("bitrix24");
});

// biome-ignore lint/suspicious/noExplicitAny: answers of a foreign service, looked at field by field
type Answer = { status: number; body: any };
async function call(method: string, params: unknown = {}, prefix = "1/b24sandboxsecret7f/"): Promise<Answer> {
  const answer = await fetch(`${served.url}/sandbox/bitrix24/rest/${prefix}${method}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(params),
  });
  return { status: answer.status, body: await answer.json() };
}
const life = (button: string, fields: Record<string, string> = {}) =>
  served.sandboxes.press("bitrix24", button, fields) as Promise<{ ID: number; token: string }>;

describe("bitrix24", () => {
  it("refuses a wrong secret, a missing scope and an unknown method in its own words", async () => {
    assert.deepEqual(
      [(await call("profile", {}, "1/nope/")).status, (await call("profile", {}, "1/nope/")).body.error],
      [401, "NO_AUTH_FOUND"],
    );
    assert.equal((await call("crm.nothing")).body.error, "ERROR_METHOD_NOT_FOUND");
    served.sandboxes.setSwitch("bitrix24", "rights", "noCrm");
    const denied = await call("crm.contact.list");
    assert.deepEqual([denied.status, denied.body.error], [403, "insufficient_scope"]);
    assert.deepEqual((await call("scope")).body.result, ["user_brief"]);
  });

  it("gives everything as text, and multifields only where they are named", async () => {
    const { ID } = await life("contact");
    const [plain] = (await call("crm.contact.list", { select: ["*"] })).body.result;
    assert.deepEqual([plain.ID, plain.NAME, plain.PHONE, plain.POST], [String(ID), "Ирина", undefined, null]);
    const [named] = (await call("crm.contact.list", { select: ["ID", "PHONE"] })).body.result;
    assert.equal(named.PHONE[0].VALUE, "+7 900 555-44-33");
    assert.equal(named.NAME, undefined);
    const got = await call("crm.contact.get", { id: 999 });
    assert.deepEqual([got.status, got.body], [400, { error: "", error_description: "Not found" }]);
  });

  it("pages by fifty, counts unless told not to, and filters with prefixes", async () => {
    for (let i = 0; i < 60; i++) await life("contact", { name: `N${i}` });
    const first = (await call("crm.contact.list")).body;
    assert.deepEqual([first.result.length, first.total, first.next], [50, 60, 50]);
    const second = (await call("crm.contact.list", { start: 50 })).body;
    assert.deepEqual([second.result.length, second.next], [10, undefined]);
    const fast = (await call("crm.contact.list", { start: -1, filter: { ">ID": first.result[49].ID } })).body;
    assert.deepEqual([fast.result.length, fast.total, fast.next], [10, 0, undefined]);
    const at = "2026-01-01T00:00:00+00:00";
    assert.equal(
      (await call("crm.contact.list", { filter: { ">=DATE_CREATE": at, "<DATE_MODIFY": at } })).body.total,
      0,
    );
    const ids = [first.result[0].ID, first.result[1].ID];
    assert.equal((await call("crm.contact.list", { filter: { "@ID": ids } })).body.total, 2);
  });

  it("adds, changes and removes entries of a multifield one by one", async () => {
    const phone = async (id: number) => (await call("crm.contact.get", { id })).body.result.PHONE;
    const added = await call("crm.contact.add", {
      fields: { NAME: "Анна", NOPE: 1, PHONE: [{ VALUE: "+70000000001", VALUE_TYPE: "WORK" }] },
    });
    const id = added.body.result;
    assert.equal(typeof id, "number");
    const update = (entry: unknown) => call("crm.contact.update", { id, fields: { PHONE: [entry] } });
    assert.equal((await update({ VALUE: "+70000000002" })).body.result, true);
    const two = await phone(id);
    assert.equal(two.length, 2);
    await update({ ID: two[0].ID, VALUE: "+70000000003" });
    await update({ ID: two[1].ID, DELETE: "Y" });
    assert.deepEqual(
      (await phone(id)).map((entry: { VALUE: string }) => entry.VALUE),
      ["+70000000003"],
    );
    const wrong = await call("crm.contact.update", { id, fields: { EMAIL: [{ VALUE: "x" }] } });
    assert.deepEqual([wrong.status, wrong.body.error], [400, "ERROR_CORE"]);
  });

  it("finds duplicates by digits and answers an empty list for none", async () => {
    const { ID } = await life("contact", { phone: "8 (900) 555-44-33" });
    const find = (value: string) =>
      call("crm.duplicate.findbycomm", { type: "PHONE", values: [value], entity_type: "CONTACT" });
    assert.deepEqual((await find("89005554433")).body.result, { CONTACT: [ID] });
    assert.deepEqual((await find("+79990000000")).body.result, []);
    assert.equal((await call("crm.duplicate.findbycomm", { type: "FAX" })).status, 400);
  });

  it("runs a batch whose commands use what earlier ones gave", async () => {
    for (let i = 0; i < 55; i++) await life("contact");
    const list = (after: string) => `crm.contact.list?start=-1&${new URLSearchParams({ "filter[>ID]": after })}`;
    const { body, status } = await call("batch", {
      halt: 0,
      cmd: { a: list("0"), b: list("$result[a][49][ID]"), c: "crm.contact.get?id=1", d: "batch" },
    });
    assert.equal(status, 200);
    assert.equal(body.result.result.b.length, 5);
    assert.deepEqual(body.result.result_error.c, { error: "", error_description: "Not found" });
    assert.equal(body.result.result_error.d.error, "ERROR_BATCH_METHOD_NOT_ALLOWED");
    assert.deepEqual((await call("batch", { cmd: {} })).body.result.result, []);
    const many = Object.fromEntries(Array.from({ length: 51 }, (_, i) => [`c${i}`, "profile"]));
    assert.equal((await call("batch", { cmd: many })).body.error, "ERROR_BATCH_LENGTH_EXCEEDED");
  });

  it("overflows above fifty calls and recovers by two a second", async () => {
    // A new second every 40 calls keeps the plain limit of calls a second out of the way.
    const statuses: number[] = [];
    for (let i = 0; i < 60; i++) {
      if (i === 40) now = new Date(now.getTime() + 1_000);
      statuses.push((await call("profile")).status);
    }
    assert.equal(statuses.filter((status) => status === 200).length, 52);
    assert.equal(statuses.at(-1), 503);
    now = new Date(now.getTime() + 2_000);
    assert.equal((await call("profile")).status, 200);
  });

  it("tells an outgoing webhook only the id, with its token", async () => {
    const seen: URLSearchParams[] = [];
    const server = createServer((req, res) => {
      let body = "";
      req.on("data", (chunk) => {
        body += chunk;
      });
      req.on("end", () => {
        seen.push(new URLSearchParams(body));
        res.end("ok");
      });
    });
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
    const { token } = await life("webhook", { url, events: "ONCRMCONTACTADD, ONCRMCONTACTUPDATE" });
    const { ID } = await life("contact");
    await life("change", { contact: String(ID) });
    const sent = () =>
      served.sandboxes
        .list()
        .find(({ key }) => key === "bitrix24")
        ?.tables.at(-1)?.rows ?? [];
    const deadline = Date.now() + 5_000;
    while (!sent().every(({ status }) => status === "200") && Date.now() < deadline)
      await new Promise((done) => setImmediate(done));
    await new Promise((done) => {
      server.close(done);
      server.closeAllConnections();
    });
    assert.deepEqual(seen.map((form) => form.get("event")).sort(), ["ONCRMCONTACTADD", "ONCRMCONTACTUPDATE"]);
    assert.equal(seen[0]?.get("data[FIELDS][ID]"), String(ID));
    assert.equal(seen[0]?.get("auth[application_token]"), token);
    assert.equal(seen[0]?.get("auth[domain]"), "demo.bitrix24.ru");
  });

  it("gives an app tokens for a code, once, and lets only an app bind events", async () => {
    const at = `${served.url}/sandbox/bitrix24`;
    await life("app", { redirect: "https://bot.example.test/oauth/callback" });
    const consent = `${at}/oauth/authorize/?client_id=local.sandbox.0001&state=s1`;
    assert.match(await (await fetch(consent)).text(), /Разрешить/);
    const allow = { method: "POST", body: new URLSearchParams({ answer: "allow" }), redirect: "manual" } as const;
    const back = await fetch(consent, allow);
    const arrived = new URL(back.headers.get("location") ?? "");
    assert.equal(arrived.origin, "https://bot.example.test");
    assert.equal(arrived.searchParams.get("domain"), "demo.bitrix24.ru");
    const exchange = async (values: Record<string, string>): Promise<Answer> => {
      const query = new URLSearchParams({
        client_id: "local.sandbox.0001",
        client_secret: "b24-app-secret-4c1d",
        ...values,
      });
      const answer = await fetch(`${at}/oauth/token/?${query}`);
      return { status: answer.status, body: await answer.json() };
    };
    const code = { grant_type: "authorization_code", code: arrived.searchParams.get("code") ?? "" };
    const first = (await exchange(code)).body;
    assert.equal((await exchange(code)).status, 400);
    const bind = { event: "ONCRMCONTACTADD", handler: "https://bot.example.test/h", auth: first.access_token };
    assert.equal((await call("event.bind", bind, "")).body.result, true);
    assert.equal((await call("event.bind", bind)).body.error, "WRONG_AUTH_TYPE");
    assert.deepEqual((await call("event.unbind", bind, "")).body.result, { count: 1 });
    now = new Date(now.getTime() + 3_601_000);
    assert.equal((await call("profile", { auth: first.access_token }, "")).body.error, "expired_token");
    const renewed = await exchange({ grant_type: "refresh_token", refresh_token: first.refresh_token });
    assert.notEqual(renewed.body.access_token, first.access_token);
    assert.equal((await exchange({ grant_type: "refresh_token", refresh_token: first.refresh_token })).status, 400);
  });
});

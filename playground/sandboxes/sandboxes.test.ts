import assert from "node:assert/strict";
import { after, before, beforeEach, describe, it } from "node:test";
import { openStore } from "../store.ts";
import { serveSandboxes } from "./serve.ts";

let served: Awaited<ReturnType<typeof serveSandboxes>>;
let now = new Date("2026-10-01T09:00:00Z");
before(async () => {
  served = await serveSandboxes({ store: openStore(":memory:"), now: () => now });
});
after(() => served.stop());
beforeEach(() => {
  now = new Date(now.getTime() + 60_000);
  for (const key of ["calltouch", "retailcrm", "receiver"]) served.sandboxes.reset(key);
});

const base = (key: string) => served.sandboxes.list().find((one) => one.key === key)?.base ?? "";
// biome-ignore lint/suspicious/noExplicitAny: answers of a foreign service, looked at field by field
type Answer = { status: number; body: any; text: string; headers: Headers };
async function ask(url: string, init: RequestInit = {}): Promise<Answer> {
  const answer = await fetch(url, { redirect: "manual", ...init });
  const text = await answer.text();
  const isJson = answer.headers.get("content-type")?.includes("json");
  return { status: answer.status, body: isJson ? JSON.parse(text) : null, text, headers: answer.headers };
}

describe("calltouch", () => {
  const TOKEN = "ct-sandbox-8f2b1c7d90";
  const journal = (dates: string, more = "") =>
    ask(`${base("calltouch")}/calls-service/RestAPI/1000/calls-diary/calls?clientApiId=${TOKEN}&${dates}${more}`);
  const lead = (route: string, body: unknown, token = TOKEN) =>
    ask(`${base("calltouch")}/lead-service/v1/api/${route}`, {
      method: "POST",
      headers: { "access-token": token, siteid: "1000", "content-type": "application/json" },
      body: JSON.stringify(body),
    });

  it("pages the calls journal and gives a bare array without a page", async () => {
    for (let i = 0; i < 3; i++) await served.sandboxes.press("calltouch", "call", {});
    const bare = await journal("dateFrom=01/10/2026&dateTo=01/10/2026");
    assert.equal(bare.body.length, 3);
    const paged = await journal("dateFrom=01/10/2026&dateTo=01/10/2026", "&page=2&limit=2");
    assert.deepEqual([paged.body.pageTotal, paged.body.recordsTotal, paged.body.records.length], [2, 3, 1]);
  });

  it("sends the client id as a bare 19-digit number", async () => {
    await served.sandboxes.press("calltouch", "call", {});
    const { text } = await journal("dateFrom=01/10/2026&dateTo=01/10/2026");
    assert.match(text, /"ctClientId":\d{19},/);
  });

  it("reads the requests journal's dates as mm/dd and the calls journal's as dd/mm", async () => {
    await served.sandboxes.press("calltouch", "request", {});
    const url = `${base("calltouch")}/calls-service/RestAPI/requests?clientApiId=${TOKEN}&siteId=1000`;
    assert.equal((await ask(`${url}&dateFrom=10/01/2026&dateTo=10/01/2026`)).body.length, 1);
    assert.equal((await ask(`${url}&dateFrom=01/10/2026&dateTo=01/10/2026`)).body.length, 0);
  });

  it("makes a deal for a known lead once, and says no inside a 200 for an unknown one", async () => {
    const made = (await served.sandboxes.press("calltouch", "call", {})) as { id: number };
    const order = {
      matching: [{ type: "call", callParams: { callId: made.id } }],
      orderNumber: String(made.id),
      status: "PENDING",
      orderDate: "01-10-2026 12:00:00",
    };
    const first = await lead("client-order/create", { crm: "test", orders: [order] });
    assert.ok(first.body.data.orders[0].calltouchOrderId > 900_000);
    assert.match(
      (await lead("client-order/create", { crm: "test", orders: [order] })).body.data.orders[0].error,
      /already exists/,
    );
    const stranger = await lead("client-order/create", {
      crm: "test",
      orders: [{ ...order, orderNumber: "x", matching: [{ type: "call", callParams: { callId: 1 } }] }],
    });
    assert.equal(stranger.status, 200);
    assert.match(stranger.body.data.orders[0].error, /not found/);
  });

  it("refuses dates of another form and a wrong token", async () => {
    const bad = await lead("client-order/update", {
      crm: "test",
      orders: [{ orderNumber: "1", statusDate: "2026-10-01 12:00:00" }],
    });
    assert.equal(bad.status, 400);
    assert.match(bad.text, /statusDate/);
    assert.equal((await lead("client-order/update", {}, "wrong")).status, 401);
  });

  it("redirects a wrong route to the help page", async () => {
    const astray = await ask(`${base("calltouch")}/calls-service/RestAPI/1000/nothing?clientApiId=${TOKEN}`);
    assert.equal(astray.status, 302);
  });

  it("answers the sixth call in one second with 429 and Retry-After", async () => {
    const answers = await Promise.all(
      Array.from({ length: 6 }, () => journal("dateFrom=01/10/2026&dateTo=01/10/2026")),
    );
    const refused = answers.filter((a) => a.status === 429);
    assert.equal(refused.length, 1);
    assert.equal(refused[0]?.headers.get("retry-after"), "1");
  });
});

describe("retailcrm", () => {
  const KEY = { "x-api-key": "rcrm-sandbox-5d0c9e71ab" };
  const get = (path: string) => ask(`${base("retailcrm")}/${path}`, { headers: KEY });
  const post = (path: string, form: Record<string, unknown>) =>
    ask(`${base("retailcrm")}/api/v5/${path}`, {
      method: "POST",
      headers: KEY,
      body: new URLSearchParams(
        Object.entries(form).map(([k, v]): [string, string] => [k, typeof v === "string" ? v : JSON.stringify(v)]),
      ),
    });

  it("finds a customer by the digits of a phone in the name filter", async () => {
    const made = await post("customers/create", {
      customer: { firstName: "Анна", phones: [{ number: "+7 900 123-45-67" }] },
    });
    assert.equal(made.status, 201);
    const found = await get("api/v5/customers?filter%5Bname%5D=79001234567&limit=20");
    assert.deepEqual(
      found.body.customers.map((c: { id: number }) => c.id),
      [made.body.id],
    );
    assert.deepEqual(found.body.customers[0].customFields, []);
  });

  it("keeps a change feed that knows whose key it was, and refuses sinceId with page", async () => {
    const order = await post("orders/create", { order: { status: "new", externalId: "77" } });
    const feed = await get("api/v5/orders/history");
    assert.ok(
      feed.body.history.every(
        (entry: { created: boolean; apiKey: { current: boolean } }) => entry.created && entry.apiKey.current,
      ),
    );
    const last = feed.body.history.at(-1).id;
    await served.sandboxes.press("retailcrm", "status", {
      order: String(order.body.id),
      status: "complete",
      total: "1500",
    });
    const next = await get(`api/v5/orders/history?filter%5BsinceId%5D=${last}`);
    assert.deepEqual(
      next.body.history.map((entry: { field: string; source: string }) => [entry.field, entry.source]),
      [
        ["status", "user"],
        ["totalSumm", "user"],
        ["summ", "user"],
      ],
    );
    assert.equal(next.body.history[0].order.totalSumm, undefined);
    assert.equal((await get(`api/v5/orders/history?filter%5BsinceId%5D=${last}&page=2`)).status, 400);
  });

  it("names the field of a wrong code and refuses a second order with the same external id", async () => {
    const wrong = await post("orders/create", { order: { status: "nope" } });
    assert.deepEqual([wrong.status, Object.keys(wrong.body.errors)], [400, ["status"]]);
    await post("orders/create", { order: { externalId: "1" } });
    assert.match((await post("orders/create", { order: { externalId: "1" } })).body.errorMsg, /already exists/);
  });

  it("wants a shop where the key sees several, and the right scope", async () => {
    served.sandboxes.setSwitch("retailcrm", "sites", "all");
    assert.match((await post("orders/create", { order: {} })).body.errorMsg, /'site' is missing/);
    served.sandboxes.setSwitch("retailcrm", "rights", "noOrders");
    const denied = await post("orders/create", { order: {}, site: "shop-1" });
    assert.deepEqual([denied.status, denied.body.errorMsg], [403, "Access denied."]);
  });

  it("knows its own portal only", async () => {
    const other = await ask(base("retailcrm").replace(/demo$/, "other/api/credentials"), { headers: KEY });
    assert.deepEqual([other.status, other.body.errorMsg], [404, "Account does not exist."]);
  });

  it("says what is wrong with the key", async () => {
    assert.match((await ask(`${base("retailcrm")}/api/credentials`)).body.errorMsg, /missing/);
    assert.equal((await ask(`${base("retailcrm")}/api/credentials`, { headers: { "x-api-key": "no" } })).status, 403);
  });
});

describe("faults that every service can have", () => {
  const hit = () => ask(`${base("receiver")}/orders`, { method: "POST", body: "{}" });

  it("your server sends a form whose nested values are nested keys, long numbers as typed", async () => {
    const sent = async (body: string) => {
      await served.sandboxes.press("receiver", "send", { url: `${base("receiver")}/hook`, kind: "form", body });
      const [row] = served.sandboxes.list().find((one) => one.key === "receiver")?.tables[0]?.rows ?? [];
      return Object.fromEntries(new URLSearchParams(String(row?.body)));
    };
    assert.deepEqual(await sent('{"order":{"id":4611686018427387905,"tags":["a","b"]},"name":"Анна","none":null}'), {
      "order[id]": "4611686018427387905",
      "order[tags][0]": "a",
      "order[tags][1]": "b",
      name: "Анна",
      none: "",
    });
    assert.deepEqual(await sent("a=1&b=я"), { a: "1", b: "я" });
  });

  const received = () => served.sandboxes.list().find((one) => one.key === "receiver")?.tables[0]?.rows.length;

  it("handles a request whose answer is lost, once", async () => {
    served.sandboxes.setSwitch("receiver", "health", "lost:1");
    await assert.rejects(hit());
    await hit();
    assert.equal(received(), 2);
  });

  it("cuts a request before it is handled, once", async () => {
    served.sandboxes.setSwitch("receiver", "health", "cut:1");
    await assert.rejects(hit());
    await hit();
    assert.equal(received(), 1);
  });

  it("has outages, HTML, dead keys and rate limits in the service's own words", async () => {
    const seen = [];
    for (const health of ["outage", "html", "expired", "rateLimit:1", "ok"]) {
      served.sandboxes.setSwitch("retailcrm", "health", health);
      const { status, headers } = await ask(`${base("retailcrm")}/api/credentials`, {
        headers: { "x-api-key": "rcrm-sandbox-5d0c9e71ab" },
      });
      seen.push(`${status} ${headers.get("content-type")?.split(";")[0]}`);
    }
    assert.deepEqual(seen, [
      "503 text/html",
      "200 text/html",
      "403 application/json",
      "503 application/json",
      "200 application/json",
    ]);
  });

  it("refuses a switch or a button that doesn't exist", async () => {
    assert.throws(() => served.sandboxes.setSwitch("retailcrm", "health", "broken"), /can't be broken/);
    await assert.rejects(served.sandboxes.press("retailcrm", "nothing", {}), /no button/);
  });
});

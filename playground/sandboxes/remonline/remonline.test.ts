import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, beforeEach, describe, it } from "node:test";
import { openStore } from "../../store.ts";
import { serveSandboxes } from "../serve.ts";
import { KEY } from "./reference.ts";

let served: Awaited<ReturnType<typeof serveSandboxes>>;
let now = new Date("2026-10-01T09:00:00Z");
before(async () => {
  served = await serveSandboxes({ store: openStore(":memory:"), now: () => now });
});
after(() => served.stop());
beforeEach(() => {
  now = new Date(now.getTime() + 60_000);
  served.sandboxes.reset("remonline");
});

// biome-ignore lint/suspicious/noExplicitAny: answers of a foreign service, looked at field by field
type Answer = { status: number; body: any };
async function ask(path: string, init: RequestInit = {}): Promise<Answer> {
  now = new Date(now.getTime() + 1_000);
  const answer = await fetch(`${served.url}/sandbox/remonline${path}`, init);
  return { status: answer.status, body: await answer.json() };
}
const json = (method: string, body: unknown, headers: Record<string, string> = {}): RequestInit => ({
  method,
  headers: { "content-type": "application/json", ...headers },
  body: JSON.stringify(body),
});
const token = async () => (await ask("/token/new", json("POST", { api_key: KEY }))).body.token as string;
const set = (key: string, value: string) => served.sandboxes.setSwitch("remonline", key, value);

describe("RemOnline's generation 1", () => {
  it("gives a token for the key in a form or in JSON, and lets it die", async () => {
    const form = await ask("/token/new", { method: "POST", body: new URLSearchParams({ api_key: KEY }) });
    assert.equal(form.body.token.length, 40);
    const wrong = await ask("/token/new", json("POST", { api_key: "wrong" }));
    assert.deepEqual([wrong.status, wrong.body.code, wrong.body.success], [401, 111, false]);
    assert.equal((await ask(`/branches/?token=${form.body.token}`)).status, 200);
    now = new Date(now.getTime() + 11 * 60_000);
    const dead = await ask(`/branches/?token=${form.body.token}`);
    assert.deepEqual([dead.status, dead.body.code], [403, 101]);
    set("deadToken", "401");
    assert.deepEqual((await ask("/branches/?token=x")).body.code, 401);
  });

  it("pages by fifty and filters by repeated parameters", async () => {
    for (let i = 0; i < 51; i++) await served.sandboxes.press("remonline", "client", { phone: `7999000${1000 + i}` });
    const own = await token();
    const first = await ask(`/clients/?token=${own}`);
    assert.deepEqual([first.body.data.length, first.body.count, first.body.page], [50, 51, 1]);
    assert.equal((await ask(`/clients/?token=${own}&page=2`)).body.data.length, 1);
    const found = await ask(`/clients/?token=${own}&phones[]=%2B7%20(999)%20000-10-07`);
    assert.deepEqual(found.body.data[0].phone, ["79990001007"]);
    assert.equal((await ask(`/clients/?token=${own}&emails[]=IVAN@example.test`)).body.count, 51);
  });

  it("creates, names what is missing, and takes no second status", async () => {
    const own = await token();
    const made = await ask(`/clients/?token=${own}`, json("POST", { first_name: "Анна", "phone[]": ["79990001122"] }));
    const client = made.body.data.id;
    const bad = await ask(`/order/?token=${own}`, json("POST", { branch_id: 101 }));
    assert.equal(bad.status, 400);
    assert.deepEqual(Object.keys(bad.body.message.validation).sort(), ["client_id", "order_type"]);
    const order = await ask(
      `/order/?token=${own}`,
      json("POST", { branch_id: 101, order_type: 301, client_id: client }),
    );
    const { id } = order.body.data;
    assert.equal((await ask(`/order/status/?token=${own}`, json("POST", { order_id: id, status_id: 12 }))).status, 200);
    const [row] = (await ask(`/order/?token=${own}&ids[]=${id}`)).body.data;
    assert.deepEqual([row.status.name, row.id_label, row.client.phone], ["В работе", "A1", ["79990001122"]]);
    set("created", "array");
    const list = await ask(`/clients/?token=${own}`, json("POST", { first_name: "Б" }));
    assert.ok(Array.isArray(list.body.data));
  });

  it("is over its rate with the fourth call in a second", async () => {
    const at = new Date(now.getTime() + 5_000);
    const answers = [];
    for (let i = 0; i < 4; i++) {
      now = new Date(at.getTime() - 1_000);
      answers.push((await ask("/branches/?token=x")).status);
    }
    assert.equal(answers.at(-1), 429);
  });
});

describe("RemOnline's generation 2", () => {
  const auth = { authorization: `Bearer ${KEY}` };

  it("takes the key alone and writes ISO moments", async () => {
    assert.equal((await ask("/v2/company")).status, 401);
    const made = await ask(
      "/v2/contacts/people",
      json("POST", { first_name: "Анна", phones: [{ phone: "7999" }] }, auth),
    );
    assert.match(made.body.created_at, /^2026-10-01T/);
    const paged = await ask("/v2/contacts/people?pageSize=10&sort=-created_at", { headers: auth });
    assert.deepEqual(paged.body.paging, { count: 1, total_pages: 1 });
    assert.ok(Array.isArray((await ask("/v2/orders/statuses", { headers: auth })).body));
  });

  it("passes the e-mail filter over unless switched", async () => {
    await served.sandboxes.press("remonline", "client", { email: "a@example.test" });
    await served.sandboxes.press("remonline", "client", { email: "b@example.test" });
    const count = async () =>
      (await ask("/v2/contacts/people?emails[]=a@example.test", { headers: auth })).body.paging.count;
    assert.equal(await count(), 2);
    set("emailFilter", "honoured");
    assert.equal(await count(), 1);
  });
});

it("signs webhooks by their id, and only for the chosen events", async () => {
  const heard: { headers: Record<string, unknown>; body: Record<string, unknown> }[] = [];
  const server = createServer(async (req, res) => {
    let text = "";
    for await (const chunk of req) text += chunk;
    heard.push({ headers: req.headers, body: JSON.parse(text) });
    res.end("ok");
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  try {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const hook = (await served.sandboxes.press("remonline", "webhook", { url, events: "Order.Status.Changed" })) as {
      secret: string;
    };
    const order = (await served.sandboxes.press("remonline", "order", {})) as { id: number };
    await served.sandboxes.press("remonline", "status", { order: String(order.id), status: "12" });
    assert.equal(heard.length, 1);
    const id = String(heard[0]?.body.id);
    assert.equal(heard[0]?.headers["x-signature"], createHmac("sha256", hook.secret).update(id).digest("hex"));
    assert.deepEqual((heard[0]?.body.metadata as Record<string, unknown> | undefined)?.old, { id: 11 });
    await served.sandboxes.press("remonline", "again", {});
    assert.equal(heard[1]?.body.id, id);
  } finally {
    server.close();
    server.closeAllConnections();
  }
});

import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, beforeEach, describe, it } from "node:test";
import Moysklad from "moysklad";
import { openStore } from "../../store.ts";
import { serveSandboxes } from "../serve.ts";
import { BASE, idOf, LOGIN, PASSWORD } from "./reference.ts";

let served: Awaited<ReturnType<typeof serveSandboxes>>;
let now = Date.parse("2026-10-01T09:00:00.250Z");
before(async () => {
  served = await serveSandboxes({ store: openStore(":memory:"), now: () => new Date(now) });
});
after(() => served.stop());
beforeEach(() => {
  served.sandboxes.reset("moysklad");
});

const url = (path: string) => `${served.url}/sandbox/moysklad/${path}`;
const basic = (login: string, password: string) => `Basic ${Buffer.from(`${login}:${password}`).toString("base64")}`;
// biome-ignore lint/suspicious/noExplicitAny: answers of a foreign service, looked at field by field
type Answer = { status: number; body: any; headers: Headers };
async function ask(path: string, init: RequestInit & { body?: string } = {}): Promise<Answer> {
  // A second passes with every request, so that no test waits for the limit.
  now += 1_000;
  const answer = await fetch(url(path), {
    ...init,
    headers: {
      authorization: basic(LOGIN, PASSWORD),
      "accept-encoding": "gzip",
      ...(init.body ? { "content-type": "application/json" } : {}),
      ...init.headers,
    },
  });
  const text = await answer.text();
  return { status: answer.status, body: text === "" ? null : JSON.parse(text), headers: answer.headers };
}
const send = (method: string, path: string, body: unknown) => ask(path, { method, body: JSON.stringify(body) });
const get = (path: string, query: Record<string, string> = {}) => ask(`${path}?${new URLSearchParams(query)}`);
const meta = (type: string, path: string) => ({
  meta: { href: `${BASE}/${path}`, type, mediaType: "application/json" },
});
const organization = meta("organization", `entity/organization/${idOf("organization", 1)}`);
const code = ({ status, body }: Answer) => [status, body?.errors?.[0]?.code];

async function newAgent(more: Record<string, unknown> = {}) {
  const { body } = await send("POST", "entity/counterparty", { name: "Анна", ...more });
  return { ...body, ref: meta("counterparty", `entity/counterparty/${body.id}`) };
}

describe("МойСклад's sandbox", () => {
  it("answers 415 and nothing else to who can't unpack gzip, and compresses what it answers", async () => {
    const bare = await ask("context/employee", { headers: { "accept-encoding": "identity" } });
    assert.deepEqual([bare.status, bare.body], [415, null]);
    const packed = await ask("context/employee");
    assert.equal(packed.headers.get("content-encoding"), "gzip");
    assert.equal(packed.body.uid, LOGIN);
  });

  it("refuses another Accept, a wrong password, a login without @, and a token that was replaced", async () => {
    assert.deepEqual(code(await ask("context/employee", { headers: { accept: "application/json" } })), [400, 1062]);
    assert.deepEqual(
      code(await ask("context/employee", { headers: { authorization: basic(LOGIN, "x") } })),
      [401, 1056],
    );
    assert.deepEqual(
      code(await ask("context/employee", { headers: { authorization: basic("admin", "x") } })),
      [401, 1056],
    );
    const { body } = await ask("security/token", { method: "POST" });
    const bearer = { headers: { authorization: `Bearer ${body.access_token}` } };
    assert.equal((await ask("context/employee", bearer)).status, 200);
    await ask("security/token", { method: "POST" });
    assert.deepEqual(code(await ask("context/employee", bearer)), [401, 1056]);
  });

  it("says what a create lacks or gets wrong", async () => {
    assert.deepEqual(code(await send("POST", "entity/counterparty", {})), [412, 3000]);
    assert.deepEqual(code(await send("POST", "entity/customerorder", { organization })), [412, 3000]);
    const agent = await newAgent();
    const order = { organization, agent: agent.ref };
    const foreign = { meta: { ...organization.meta, href: "https://example.test/entity/organization/1" } };
    assert.deepEqual(
      code(await send("POST", "entity/customerorder", { ...order, organization: foreign })),
      [400, 1059],
    );
    assert.deepEqual(
      code(await send("POST", "entity/customerorder", { ...order, organization: agent.ref })),
      [400, 1060],
    );
    const state = meta("state", `entity/counterparty/metadata/states/${idOf("state", 7)}`);
    assert.deepEqual(code(await send("POST", "entity/customerorder", { ...order, state })), [412, 11002]);
    assert.deepEqual(code(await get("entity/customerorder/00000000-0000-0000-0000-000000000000")), [404, 1021]);
  });

  it("answers a repeated syncId with the record that it made", async () => {
    const syncId = "73767961-0000-8000-8000-000000000001";
    const first = await newAgent({ syncId });
    const again = await newAgent({ syncId, name: "Другая" });
    assert.equal(again.id, first.id);
    assert.equal((await get("entity/counterparty")).body.meta.size, 1);
    assert.deepEqual(
      code(await send("PUT", `entity/counterparty/${first.id}`, { syncId: "73767961-0000-8000-8000-000000000002" })),
      [412, 3001],
    );
  });

  it("takes several = of one field as alternatives, compares times, and refuses what it doesn't know", async () => {
    await newAgent({ phone: "79990000001" });
    await newAgent({ phone: "+7 (999) 000-00-02" });
    const size = async (filter: string) => (await get("entity/counterparty", { filter })).body.meta.size;
    assert.equal(await size("phone=79990000001;phone=+7 (999) 000-00-02"), 2);
    assert.equal(await size("phone=79990000002"), 0);
    assert.equal(await size("phone=79990000001;name=Пётр"), 0);
    assert.equal(await size("updated>=2026-01-01 00:00:00"), 2);
    assert.equal(await size("updated>=2030-01-01 00:00"), 0);
    assert.deepEqual(code(await get("entity/counterparty", { filter: "colour=red" })), [400, 1034]);
    assert.deepEqual(code(await get("entity/counterparty", { filter: "updated=x;updated>=2026-01-01" })), [400, 1034]);
    assert.deepEqual(code(await get("entity/counterparty", { order: "colour,asc" })), [400, 1063]);
    assert.equal((await get("entity/counterparty", { search: "999) 000" })).body.meta.size, 1);
  });

  it("pages, and forgets to expand a large page without a word", async () => {
    const agent = await newAgent();
    for (let turn = 0; turn < 3; turn++) await send("POST", "entity/customerorder", { organization, agent: agent.ref });
    const page = (await get("entity/customerorder", { limit: "2", expand: "agent" })).body;
    assert.deepEqual([page.meta.size, page.rows.length, page.rows[0].agent.name], [3, 2, "Анна"]);
    assert.match(page.meta.nextHref, /offset=2/);
    const whole = (await get("entity/customerorder", { expand: "agent" })).body;
    assert.equal(whole.rows[0].agent.name, undefined);
  });

  it("keeps moments to the minute and tells the history of a state", async () => {
    const agent = await newAgent();
    const { body: order } = await send("POST", "entity/customerorder", {
      organization,
      agent: agent.ref,
      moment: "2026-01-10 12:00:30",
    });
    assert.equal(order.moment, "2026-01-10 12:00:00.000");
    const state = meta("state", `entity/customerorder/metadata/states/${idOf("state", 5)}`);
    await send("PUT", `entity/customerorder/${order.id}`, { state });
    const { rows, meta: about } = (await get(`entity/customerorder/${order.id}/audit`)).body;
    assert.equal(about.limit, 25);
    assert.deepEqual(
      [rows[0].eventType, rows[0].source, rows[0].diff.state.newValue.name],
      ["update", "jsonapi", "Доставлен"],
    );
    assert.equal(rows[1].diff, undefined);
  });

  it("bulk: each element answers for itself", async () => {
    const { body } = await send("POST", "entity/counterparty", [{ name: "Один" }, {}, { name: "Два" }]);
    assert.deepEqual(
      body.map((one: { name?: string; errors?: unknown[] }) => one.name ?? one.errors?.length),
      ["Один", 1, "Два"],
    );
  });

  it("sends a webhook with the changed fields, tries four times, and allows no double", async () => {
    const heard: { url: string; body: string }[] = [];
    const listener = createServer((req, res) => {
      let body = "";
      req.on("data", (chunk) => {
        body += chunk;
      });
      req.on("end", () => {
        heard.push({ url: req.url ?? "", body });
        res.writeHead(heard.length < 4 ? 500 : 204).end();
      });
    });
    await new Promise<void>((done) => listener.listen(0, "127.0.0.1", done));
    try {
      const hook = {
        url: `http://127.0.0.1:${(listener.address() as AddressInfo).port}/x`,
        action: "UPDATE",
        entityType: "customerorder",
        diffType: "FIELDS",
      };
      const made = await send("POST", "entity/webhook", hook);
      assert.equal(made.body.enabled, true);
      assert.deepEqual(code(await send("POST", "entity/webhook", hook)), [412, 30003]);
      assert.deepEqual(code(await send("POST", "entity/webhook", { ...hook, action: "CREATE" })), [412, 30009]);
      const order = (await served.sandboxes.press("moysklad", "order", {})) as { id: string };
      await served.sandboxes.press("moysklad", "state", { order: order.id, state: "Собран" });
      const deadline = Date.now() + 5_000;
      while (heard.length < 4 && Date.now() < deadline) await new Promise((done) => setTimeout(done, 10));
      assert.equal(heard.length, 4);
      assert.equal(new Set(heard.map((one) => one.url)).size, 1);
      assert.match(heard[0]?.url ?? "", /requestId=/);
      const event = JSON.parse(heard[0]?.body ?? "{}").events[0];
      assert.deepEqual(event.updatedFields, ["state"]);
      assert.ok(event.meta.href.endsWith(order.id));
      assert.equal((await ask(`entity/webhook/${made.body.id}`, { method: "DELETE" })).status, 200);
      served.sandboxes.setSwitch("moysklad", "rights", "employee");
      assert.deepEqual(code(await send("POST", "entity/webhook", hook)), [403, 30004]);
    } finally {
      listener.close();
    }
  });

  it("counts units in windows of three seconds, dearer by date", async () => {
    for (const [date, most] of [
      ["2026-07-01T09:00:00Z", 22],
      ["2026-11-01T09:00:00Z", 15],
      ["2026-12-01T09:00:00Z", 11],
    ] as const) {
      const at = now;
      now = Date.parse(date);
      const bare = async () => {
        now -= 1_000;
        return (await ask("context/employee")).status;
      };
      const statuses: number[] = [];
      for (let turn = 0; turn <= most; turn++) statuses.push(await bare());
      assert.deepEqual([statuses.indexOf(429), statuses.length], [most, most + 1], date);
      now += 3_000;
      assert.equal((await ask("context/employee")).status, 200);
      now = at;
      served.sandboxes.reset("moysklad");
    }
  });

  it("limits requests, in its own words and headers", async () => {
    served.sandboxes.setSwitch("moysklad", "health", "rateLimit:1");
    const answer = await ask("context/employee");
    assert.deepEqual(code(answer), [429, 1049]);
    assert.equal(answer.headers.get("x-lognex-retry-after"), "1000");
  });
});

describe("the npm client of МойСклад", () => {
  const client = (more: Record<string, string> = { login: LOGIN, password: PASSWORD }) =>
    Moysklad({
      // The client takes no address of this machine, so it believes to talk to the service itself.
      fetch: (input: string | URL | Request, init?: RequestInit) => {
        now += 1_000;
        return fetch(String(input).replace(`${BASE}/`, url("")), init);
      },
      ...more,
    });

  it("creates, filters by its own query builder, updates, pages and deletes", async () => {
    const ms = client();
    const agent = await ms.POST("entity/counterparty", { name: "Анна; Петрова", phone: "79990000001" });
    await ms.POST("entity/counterparty", { name: "Пётр" });
    const found = await ms.GET("entity/counterparty", {
      filter: { name: "Анна; Петрова", updated: { $gte: "2026-01-01 00:00:00" } },
      order: [["updated", "asc"]],
      limit: 1,
    });
    assert.deepEqual([found.meta.size, found.rows[0].id], [1, agent.id]);
    const order = await ms.POST("entity/customerorder", { organization, agent: { meta: agent.meta } });
    const state = meta("state", `entity/customerorder/metadata/states/${idOf("state", 2)}`);
    const changed = await ms.PUT(`entity/customerorder/${order.id}`, { state });
    assert.equal(changed.state.meta.href, state.meta.href);
    const whole = await ms.GET(`entity/customerorder/${order.id}`, { expand: "state,agent" });
    assert.deepEqual([whole.state.name, whole.agent.name], ["Подтверждён", "Анна; Петрова"]);
    const metadata = await ms.GET("entity/customerorder/metadata");
    assert.equal(metadata.states.length, 6);
    const hook = await ms.POST("entity/webhook", {
      url: "https://example.test/x",
      action: "CREATE",
      entityType: "customerorder",
    });
    await ms.DELETE(`entity/webhook/${hook.id}`);
    assert.equal((await ms.GET("entity/webhook")).meta.size, 0);
  });

  it("understands the refusals, and signs in with a token", async () => {
    await assert.rejects(
      client().POST("entity/customerorder", { organization }),
      (error: Error & { code?: number }) => {
        assert.equal(error.code, 3000);
        return /agent/.test(error.message);
      },
    );
    await assert.rejects(client({ login: LOGIN, password: "wrong" }).GET("context/employee"), /1056|аутентификации/);
    const { access_token: token } = await client().POST("security/token", undefined);
    assert.equal((await client({ token }).GET("context/employee")).uid, LOGIN);
  });
});

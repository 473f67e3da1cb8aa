import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, describe, it } from "node:test";
import { openStore } from "../../store.ts";
import { serveSandboxes } from "../serve.ts";
import { APP, PAGES, USER_TOKEN } from "./records.ts";

const DAY_MS = 86_400_000;
const [PAGE, OTHER] = PAGES;
// biome-ignore lint/suspicious/noExplicitAny: answers of a foreign service, looked at field by field
type Answer = { status: number; body: any };

describe("Facebook's sandbox", () => {
  let served: Awaited<ReturnType<typeof serveSandboxes>>;
  let now = Date.parse("2026-10-01T09:00:00Z");
  before(async () => {
    served = await serveSandboxes({ store: openStore(":memory:"), now: () => new Date(now) });
  });
  after(() => served.stop());

  async function ask(path: string, token: string, query: Record<string, string> = {}, method = "GET"): Promise<Answer> {
    const url = new URL(`${served.url}/sandbox/facebook/v25.0/${path}`);
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
    const headers = token === "" ? {} : { authorization: `Bearer ${token}` };
    const answer = await fetch(url, { method, headers });
    return { status: answer.status, body: await answer.json() };
  }
  const code = ({ status, body }: Answer) => [status, body.error?.code, body.error?.error_subcode];

  it("gives a code for consent, a short token for the code, a long one for the short, and nothing twice", async () => {
    const redirect = `${served.url}/oauth/callback`;
    const page = `${served.url}/sandbox/facebook/v25.0/dialog/oauth?${new URLSearchParams({ client_id: APP.id, redirect_uri: redirect, state: "s1", scope: "leads_retrieval" })}`;
    assert.match(await (await fetch(page)).text(), /leads_retrieval/);
    const press = async (answer: string) => {
      const sent = await fetch(page, { method: "POST", body: new URLSearchParams({ answer }), redirect: "manual" });
      return new URL(sent.headers.get("location") ?? "").searchParams;
    };
    assert.equal((await press("deny")).get("error"), "access_denied");
    const back = await press("allow");
    assert.equal(back.get("state"), "s1");
    const app = { client_id: APP.id, client_secret: APP.secret, redirect_uri: redirect };
    const got = { ...app, code: back.get("code") ?? "" };
    assert.equal((await ask("oauth/access_token", "", { ...got, client_secret: "x" })).status, 400);
    const short = (await ask("oauth/access_token", "", got)).body;
    assert.equal((await ask("oauth/access_token", "", got)).status, 400);
    const exchange = { ...app, grant_type: "fb_exchange_token", fb_exchange_token: short.access_token };
    const long = (await ask("oauth/access_token", "", exchange)).body;
    assert.equal(long.expires_in, 60 * 86_400);
    now += 2 * 3_600_000;
    assert.deepEqual(code(await ask("me", short.access_token)), [400, 190, 463]);
    assert.equal((await ask("me", long.access_token)).body.name, "Анна Петрова");
    assert.equal((await ask("oauth/access_token", "", exchange)).status, 400);
  });

  it("shows each token its own: a page no accounts, a person no leads, a stranger's page to nobody", async () => {
    assert.deepEqual(code(await ask("me/accounts", PAGE?.token ?? "")), [400, 100, undefined]);
    assert.equal((await ask("me/accounts", USER_TOKEN)).body.data.length, 2);
    assert.deepEqual(code(await ask(`${PAGE?.id}/leadgen_forms`, USER_TOKEN)), [400, 190, undefined]);
    assert.deepEqual(code(await ask(`${PAGE?.id}/leadgen_forms`, OTHER?.token ?? "")), [400, 100, 33]);
    assert.deepEqual(code(await ask("me", "nobody")), [400, 190, 463]);
    const proof = createHmac("sha256", APP.secret).update(USER_TOKEN).digest("hex");
    assert.equal((await ask("me", USER_TOKEN, { appsecret_proof: proof })).status, 200);
    assert.deepEqual(code(await ask("me", USER_TOKEN, { appsecret_proof: "0" })), [400, 100, undefined]);
  });

  it("keeps leads for 90 days, tells only asked-for fields, pages and filters", async () => {
    const token = PAGE?.token ?? "";
    for (const daysAgo of ["0", "1", "89", "91"]) await served.sandboxes.press("facebook", "lead", { daysAgo });
    const leads = (query: Record<string, string>) => ask("4000001/leads", token, query);
    const { data } = (await leads({})).body;
    assert.equal(data.length, 3);
    assert.deepEqual(Object.keys(data[0]).sort(), ["created_time", "field_data", "id"]);
    assert.match(data[0].created_time, /\+0000$/);
    const value = Math.floor((now - 2 * DAY_MS) / 1_000);
    const filtering = JSON.stringify([{ field: "time_created", operator: "GREATER_THAN", value }]);
    assert.equal((await leads({ filtering })).body.data.length, 2);
    const first = (await leads({ limit: "2" })).body;
    assert.match(first.paging.next, /after=/);
    const rest = (await leads({ limit: "2", after: first.paging.cursors.after })).body;
    assert.equal(rest.data.length, 1);
    assert.equal(rest.paging.next, undefined);
    served.sandboxes.setSwitch("facebook", "rights", "noLeads");
    assert.deepEqual(code(await leads({})), [403, 200, undefined]);
    served.sandboxes.setSwitch("facebook", "rights", "full");
  });

  it("keeps an address only when it answers the challenge, and signs every byte that it sends there", async () => {
    const heard: { signature: string; body: string }[] = [];
    const server = createServer(async (req, res) => {
      const url = new URL(req.url ?? "/", "http://ear");
      if (req.method === "GET") {
        const isRight = url.searchParams.get("hub.verify_token") === "right";
        res.writeHead(isRight ? 200 : 403).end(url.searchParams.get("hub.challenge"));
        return;
      }
      const chunks: Buffer[] = [];
      for await (const chunk of req) chunks.push(chunk as Buffer);
      heard.push({
        signature: String(req.headers["x-hub-signature-256"]),
        body: Buffer.concat(chunks).toString("utf8"),
      });
      res.end();
    });
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    const callback_url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
    const token = `${APP.id}|${APP.secret}`;
    const set = (verify_token: string) =>
      ask(`${APP.id}/subscriptions`, token, { object: "page", callback_url, verify_token, fields: "leadgen" }, "POST");
    try {
      assert.deepEqual(code(await set("wrong")), [400, 2200, undefined]);
      assert.equal((await set("right")).status, 200);
      assert.deepEqual(code(await ask(`${APP.id}/subscriptions`, USER_TOKEN)), [400, 15, undefined]);
      await served.sandboxes.press("facebook", "lead", {});
      assert.equal(heard.length, 0, "no page is subscribed yet");
      await ask(`${PAGE?.id}/subscribed_apps`, PAGE?.token ?? "", { subscribed_fields: "leadgen" }, "POST");
      await served.sandboxes.press("facebook", "lead", {});
      const [{ signature, body } = { signature: "", body: "" }] = heard;
      assert.equal(signature, `sha256=${createHmac("sha256", APP.secret).update(body).digest("hex")}`);
      assert.equal(JSON.parse(body).entry[0].changes[0].field, "leadgen");
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });
});

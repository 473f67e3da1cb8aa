import assert from "node:assert/strict";
import { createHash } from "node:crypto";
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
  served.sandboxes.reset("mertago");
});

// biome-ignore lint/suspicious/noExplicitAny: answers of a foreign service, looked at field by field
type Answer = { status: number; body: any };
async function ask(path: string, body?: unknown, authorization = "Bearer mertago-sandbox-token-2f9c"): Promise<Answer> {
  const answer = await fetch(`${served.url}/sandbox/mertago/${path}`, {
    method: body === undefined ? "GET" : "POST",
    headers: { authorization, "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: answer.status, body: await answer.json() };
}

describe("mertago's made-up API", () => {
  it("makes contacts of companies that exist, for those who may", async () => {
    const made = await ask("api/v1/companies/7001/contacts", { name: "Анна", phone: "+79000000001" });
    assert.deepEqual([made.status, made.body.company_id], [201, "7001"]);
    assert.equal((await ask("api/v1/companies/9/contacts", { name: "A" })).status, 404);
    assert.equal((await ask("api/v1/companies/7001/contacts", {})).status, 422);
    assert.equal((await ask("api/v1/me", undefined, "Bearer x")).status, 401);
    const basic = `Basic ${Buffer.from("admin:mertago-sandbox-token-2f9c").toString("base64")}`;
    assert.equal((await ask("api/v1/me", undefined, basic)).status, 200);
    assert.equal((await ask("api/v1/contacts?phone=79000000001")).body.length, 1);
  });

  it("gives tokens for a code with its proof, once", async () => {
    const at = `${served.url}/sandbox/mertago/oauth`;
    const callback = "https://bot.example.test/oauth/callback";
    const verifier = "v".repeat(43);
    const consent = new URLSearchParams({
      response_type: "code",
      client_id: "mertago-app-1",
      redirect_uri: callback,
      state: "s1",
      code_challenge: createHash("sha256").update(verifier).digest("base64url"),
      code_challenge_method: "S256",
    });
    const code = async () => {
      const body = new URLSearchParams({ answer: "allow" });
      const back = await fetch(`${at}/authorize?${consent}`, { method: "POST", body, redirect: "manual" });
      return new URL(back.headers.get("location") ?? "").searchParams.get("code") ?? "";
    };
    const token = async (values: Record<string, string>): Promise<Answer> => {
      const app = { client_id: "mertago-app-1", client_secret: "mertago-app-secret-77", redirect_uri: callback };
      const answer = await fetch(`${at}/token`, { method: "POST", body: new URLSearchParams({ ...app, ...values }) });
      return { status: answer.status, body: await answer.json() };
    };
    const grant = { grant_type: "authorization_code", code_verifier: verifier };
    assert.equal((await token({ ...grant, code: await code(), code_verifier: "w".repeat(43) })).status, 400);
    const first = await token({ ...grant, code: await code() });
    assert.equal((await ask("api/v1/me", undefined, `Bearer ${first.body.access_token}`)).status, 200);
    const refresh = { grant_type: "refresh_token", refresh_token: first.body.refresh_token };
    assert.equal((await token(refresh)).status, 200);
    assert.equal((await token(refresh)).status, 400);
    now = new Date(now.getTime() + 3_601_000);
    assert.equal((await ask("api/v1/me", undefined, `Bearer ${first.body.access_token}`)).status, 401);
  });
});

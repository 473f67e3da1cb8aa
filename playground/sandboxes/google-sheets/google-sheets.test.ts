import assert from "node:assert/strict";
import { createSign } from "node:crypto";
import { after, before, describe, it } from "node:test";
import { openStore } from "../../store.ts";
import { serveSandboxes } from "../serve.ts";

describe("Google Sheets of the playground", () => {
  let served: Awaited<ReturnType<typeof serveSandboxes>>;
  let at = Date.parse("2026-01-10T09:00:00Z");
  before(async () => {
    served = await serveSandboxes({ store: openStore(":memory:"), now: () => new Date(at) });
  });
  after(() => served.stop());
  const view = () => served.sandboxes.list().find(({ key }) => key === "google-sheets");
  const value = (key: string) => view()?.credentials.find((one) => one.key === key)?.value ?? "";
  const id = () => /\/d\/([\w-]+)/.exec(value("spreadsheet"))?.[1];

  async function token(more: Record<string, unknown> = {}, head: Record<string, unknown> = {}) {
    const file = JSON.parse(value("key")) as { client_email: string; private_key: string };
    const part = (one: unknown) => Buffer.from(JSON.stringify(one)).toString("base64url");
    const iat = at / 1_000;
    const claims = {
      iss: file.client_email,
      scope: "https://www.googleapis.com/auth/spreadsheets",
      aud: "https://oauth2.googleapis.com/token",
      iat,
      exp: iat + 3_600,
      ...more,
    };
    const body = `${part({ alg: "RS256", typ: "JWT", ...head })}.${part(claims)}`;
    const assertion = `${body}.${createSign("RSA-SHA256").update(body).sign(file.private_key, "base64url")}`;
    const grant_type = "urn:ietf:params:oauth:grant-type:jwt-bearer";
    const answer = await fetch(`${view()?.base}/token`, {
      method: "POST",
      body: new URLSearchParams({ grant_type, assertion }),
    });
    return { status: answer.status, body: (await answer.json()) as Record<string, string> };
  }
  async function call(access: string, path: string, init: RequestInit = {}) {
    at += 20;
    const headers = { authorization: `Bearer ${access}` };
    const answer = await fetch(`${view()?.base}/v4/spreadsheets/${id()}${path}`, { ...init, headers });
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
  }

  it("gives an access for an hour, and none for a JWT that is wrong in any way", async () => {
    const good = await token();
    assert.equal(good.status, 200);
    assert.equal((await call(good.body.access_token ?? "", "")).status, 200);
    const wrong: Record<string, unknown>[] = [
      { iss: "other@example.test" },
      { aud: "https://example.test" },
      { scope: "https://www.googleapis.com/auth/calendar" },
      { exp: at / 1_000 + 7_200 },
      { iat: at / 1_000 - 9_000, exp: at / 1_000 - 8_000 },
    ];
    for (const claims of wrong) assert.equal((await token(claims)).status, 400, JSON.stringify(claims));
    assert.equal((await token({}, { alg: "none" })).status, 400);
    at += 3_600_000;
    assert.equal((await call(good.body.access_token ?? "", "")).status, 401);
  });

  it("asks for valueInputOption, refuses what is no cell, and empty ranges have no values", async () => {
    const access = (await token()).body.access_token ?? "";
    const body = (values: unknown) => ({ method: "POST", body: JSON.stringify({ values }) });
    assert.equal((await call(access, "/values/A1:append", body([["a"]]))).status, 400);
    assert.equal((await call(access, "/values/A1:append?valueInputOption=RAW", body([[["a"]]]))).status, 400);
    const empty = await call(access, `/values/${encodeURIComponent("'Архив'!A1:C3")}`);
    assert.deepEqual(empty.body, { range: "Архив!A1:C3", majorDimension: "ROWS" });
    const beyond = await call(access, `/values/${encodeURIComponent("'Архив'!A2000:C3000")}`);
    assert.equal(beyond.status, 400);
  });

  it("lets sixty reads a minute through", async () => {
    at += 120_000;
    const access = (await token()).body.access_token ?? "";
    const statuses: number[] = [];
    for (let i = 0; i < 61; i++) statuses.push((await call(access, "")).status);
    assert.deepEqual([statuses.filter((one) => one === 200).length, statuses.at(-1)], [60, 429]);
    at += 60_000;
    assert.equal((await call(access, "")).status, 200);
  });
});

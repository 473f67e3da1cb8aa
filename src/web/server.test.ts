import assert from "node:assert/strict";
import { connect } from "node:net";
import { after, before, describe, test } from "node:test";
import { wayIn } from "../../test/support/wayin.ts";
import { makeLog } from "../log.ts";
import { makeWeb, type Web } from "./server.ts";

const log = makeLog("silent");
let asked = 0;
const isReady = async () => ++asked > 0;
const base = { isReady, metrics: async () => "svyazka_up 1\n" };

describe("HTTP in, with the database behind it", () => {
  let it: Awaited<ReturnType<typeof wayIn>>;
  let web: Web;
  let url: string;
  const updates: unknown[] = [];
  before(async () => {
    it = await wayIn();
    web = makeWeb({
      engine: { ...base, hooks: it.hooks },
      log,
      metricsToken: "metrics-secret",
      telegram: { secret: "telegram-secret", receive: async (update) => void updates.push(update) },
      receiveMs: 500,
    });
    url = await web.listen({ host: "127.0.0.1", port: 0 });
  });
  after(async () => {
    await web.stop();
    await it.drop();
  });
  const post = (path: string, body: string, headers: Record<string, string> = {}) =>
    fetch(`${url}${path}`, { method: "POST", body, headers: { "content-type": "application/json", ...headers } });

  test("a webhook is stored before it is answered; 19-digit ids stay exact", async () => {
    const { id, token } = await it.active("hook");
    const answer = await post(`/hooks/${token}`, '{"id":1234567890123456789}');
    assert.equal(answer.status, 200);
    assert.equal(await answer.text(), "ok");
    assert.equal(answer.headers.get("x-content-type-options"), "nosniff");
    assert.deepEqual(await it.runs(id), ["1234567890123456789"]);
  });

  test("forms, text and odd content types come in too", async () => {
    const { id, token } = await it.active("hook");
    const send = (body: string, type: string) => post(`/hooks/${token}`, body, { "content-type": type });
    assert.equal((await send("id=form", "application/x-www-form-urlencoded")).status, 200);
    assert.equal((await send('{"id":"odd"}', "what/ever; x")).status, 200);
    const form = new FormData();
    form.set("id", "multipart");
    assert.equal((await fetch(`${url}/hooks/${token}`, { method: "POST", body: form })).status, 200);
    assert.deepEqual(await it.runs(id), ["form", "odd", "multipart"]);
  });

  test("broken JSON is 400 with the place, in the sender's language; nothing is stored", async () => {
    const { id, token } = await it.active("hook");
    const answer = await post(`/hooks/${token}`, '{"id": }', { "accept-language": "ru" });
    assert.equal(answer.status, 400);
    assert.match(await answer.text(), /строке 1, столбце 8/);
    assert.deepEqual(await it.runs(id), []);
    // The sender's log is nobody's: the bundle knows of it, too.
    assert.equal((await post(`/hooks/${token}`, JSON.stringify({ id: "x".repeat(2 * 1_048_576) }))).status, 413);
    const { refused, refusedWhy } = await it.trigger(id);
    assert.equal(refused, 2);
    assert.match(String((refusedWhy as { en: string }).en), /1 MiB/);
  });

  test("2 MiB are 413, also without a declared length", async () => {
    const { token } = await it.active("hook");
    const big = JSON.stringify({ id: "x".repeat(2 * 1_048_576) });
    // The answer arrives each time: a sender that is hung up on in the middle never reads it.
    for (let n = 0; n < 10; n++) {
      const answer = await post(`/hooks/${token}`, big);
      assert.equal(answer.status, 413);
      assert.match(await answer.text(), /1 MiB/);
    }
    const whole = JSON.stringify({ id: "1", text: "x".repeat(1_048_000) });
    assert.equal((await post(`/hooks/${token}`, whole)).status, 200);
  });

  test("a wrong signature is 401, an unknown address and an unknown path 404 with one sentence", async () => {
    const { token } = await it.active("hook");
    assert.equal((await post(`/hooks/${token}`, "{}", { "x-secret": "wrong" })).status, 401);
    for (const path of ["/hooks/nobody", "/hooks/app/nothing", "/", "/oauth/callback", "/telegram/guess"]) {
      const answer = await post(path, "{}");
      assert.equal(answer.status, 404, path);
      assert.match(await answer.text(), /^There is no[^\n]+\n$/);
    }
  });

  test("who sends a byte now and then is cut off", async () => {
    const { port } = new URL(url);
    const socket = connect(Number(port), "127.0.0.1");
    let answer = "";
    socket.on("data", (data) => {
      answer += data;
    });
    const closed = new Promise<void>((resolve) => socket.on("close", () => resolve()));
    socket.on("error", () => {});
    socket.write("POST /hooks/x HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n{");
    await closed;
    assert.match(answer, /^HTTP\/1\.1 408 |^$/);
  });

  test("what isn't HTTP gets a bare 400", async () => {
    const { port } = new URL(url);
    const socket = connect(Number(port), "127.0.0.1");
    socket.on("error", () => {});
    socket.end("nonsense\r\n\r\n");
    const chunks: Buffer[] = [];
    for await (const chunk of socket) chunks.push(chunk as Buffer);
    assert.match(Buffer.concat(chunks).toString(), /^HTTP\/1\.1 400 /);
  });

  test("updates from Telegram need both secrets", async () => {
    const secret = { "x-telegram-bot-api-secret-token": "telegram-secret" };
    assert.equal((await post("/telegram/telegram-secret", '{"update_id":1}')).status, 404);
    assert.equal((await post("/telegram/wrong", '{"update_id":1}', secret)).status, 404);
    assert.equal((await post("/telegram/telegram-secret", "{", secret)).status, 400);
    assert.equal(updates.length, 0);
    assert.equal((await post("/telegram/telegram-secret", '{"update_id":1}', secret)).status, 200);
    assert.deepEqual(updates, [{ update_id: 1 }]);
    // Who forges them from one place is turned away, and Telegram, whom we know, is not, also behind the same proxy.
    const forged = (from: string) => post("/telegram/wrong", "{}", { ...secret, "x-forwarded-for": from });
    const statuses = new Set<number>();
    for (let guess = 0; guess < 70; guess++) statuses.add((await forged("203.0.113.20")).status);
    assert.deepEqual(statuses, new Set([404, 429]));
    assert.equal((await forged("203.0.113.21")).status, 404);
    for (let guess = 0; guess < 70; guess++) await forged("127.0.0.1");
    assert.equal((await post("/telegram/telegram-secret", '{"update_id":2}', secret)).status, 200);
    assert.equal(updates.length, 2);
  });

  test("a flood of /readyz asks the database once a second", async () => {
    const flood = await Promise.all(Array.from({ length: 50 }, () => fetch(`${url}/readyz`)));
    assert.ok(flood.every(({ status }) => status === 200));
    assert.ok(asked <= 10, `${asked} times`);
  });

  test("health for everybody, metrics for this machine or with the token", async () => {
    assert.equal((await fetch(`${url}/healthz`)).status, 200);
    assert.equal((await fetch(`${url}/readyz`)).status, 200);
    assert.match(await (await fetch(`${url}/metrics`)).text(), /svyazka_up/);
    const stranger = { "x-forwarded-for": "203.0.113.7" };
    assert.equal((await fetch(`${url}/metrics`, { headers: stranger })).status, 404);
    const token = { ...stranger, authorization: "Bearer metrics-secret" };
    assert.equal((await fetch(`${url}/metrics`, { headers: token })).status, 200);
    const guess = { ...stranger, authorization: "Bearer metrics-secreT" };
    assert.equal((await fetch(`${url}/metrics`, { headers: guess })).status, 404);
  });

  test("who guesses addresses is turned away; the addresses he may use stay open to him, and so do others", async () => {
    const { token } = await it.active("hook");
    const guesser = { "x-forwarded-for": "203.0.113.9" };
    assert.equal((await post(`/hooks/${token}`, '{"id":"1"}', guesser)).status, 200);
    const statuses = new Set<number>();
    for (let guess = 0; guess < 70; guess++) statuses.add((await post(`/hooks/guess${guess}`, "{}", guesser)).status);
    assert.deepEqual(statuses, new Set([404, 429]));
    const broken = { "x-forwarded-for": "203.0.113.11" };
    for (let guess = 0; guess < 70; guess++) statuses.add((await post(`/hooks/guess${guess}`, "{", broken)).status);
    assert.deepEqual(statuses, new Set([404, 429, 400]), "nor by what can't be read");
    assert.equal((await post(`/hooks/${token}`, '{"id":"2"}', guesser)).status, 200);
    assert.equal((await post("/hooks/other", "{}", { "x-forwarded-for": "203.0.113.10" })).status, 404);
  });
});

test("a flood of one address is 429 with Retry-After", async () => {
  const it = await wayIn({ hookRate: 1 });
  const web = makeWeb({ engine: { ...base, hooks: it.hooks }, log });
  try {
    const url = await web.listen({ host: "127.0.0.1", port: 0 });
    const { id, token } = await it.active("hook");
    const send = (key: number) =>
      fetch(`${url}/hooks/${token}`, { method: "POST", body: JSON.stringify({ id: String(key) }) });
    const answers = await Promise.all(Array.from({ length: 30 }, (_, key) => send(key)));
    const refused = answers.filter(({ status }) => status === 429);
    assert.equal(refused.length, 20);
    assert.ok(Number(refused[0]?.headers.get("retry-after")) >= 1);
    assert.equal((await it.runs(id)).length, 10);
  } finally {
    await web.stop();
    await it.drop();
  }
});

test("database gone: 503, and what was answered with 200 is there afterwards", async () => {
  const it = await wayIn();
  const { sql } = it;
  const [{ name } = {}] = await sql`select current_database() as name`;
  const web = makeWeb({ engine: { ...base, hooks: it.hooks, isReady: () => Promise.reject(new Error("away")) }, log });
  try {
    const url = await web.listen({ host: "127.0.0.1", port: 0 });
    assert.equal((await fetch(`${url}/readyz`)).status, 503);
    const { id, token } = await it.active("hook");
    const accepted = new Set<string>();
    const statuses = new Set<number>();
    const send = async (key: string) => {
      const answer = await fetch(`${url}/hooks/${token}`, { method: "POST", body: JSON.stringify({ id: key }) });
      statuses.add(answer.status);
      if (answer.status === 200) accepted.add(key);
      if (answer.status === 503) assert.ok(answer.headers.get("retry-after"));
    };
    const { url: adminUrl } = it;
    const admin = (await import("../db/client.ts")).makeClient({
      url: adminUrl.replace(/\/[^/?]+(\?|$)/, "/postgres$1"),
      max: 1,
    });
    let key = 0;
    for (let round = 0; round < 6; round++) {
      const wave = Array.from({ length: 40 }, () => send(String(key++)));
      if (round === 2) await admin.sql.unsafe(`alter database ${name} allow_connections false`);
      if (round === 2 || round === 3) {
        await admin.sql`select pg_terminate_backend(pid) from pg_stat_activity where datname = ${name as string}`;
      }
      await Promise.all(wave);
    }
    await admin.sql.unsafe(`alter database ${name} allow_connections true`);
    await admin.end();
    assert.deepEqual(statuses, new Set([200, 503]));
    await send("last");
    assert.ok(accepted.has("last"), "it goes on by itself");
    const runs = await it.runs(id);
    assert.equal(new Set(runs).size, runs.length);
    for (const one of accepted) assert.ok(runs.includes(one), `${one} was accepted`);
  } finally {
    await web.stop();
    await it.drop();
  }
});

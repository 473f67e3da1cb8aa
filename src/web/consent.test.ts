import assert from "node:assert/strict";
import { after, before, beforeEach, describe, test } from "node:test";
import type { Consented } from "../engine/index.ts";
import { makeLog } from "../log.ts";
import { makeWeb, type Web } from "./server.ts";

const CRM = { ru: "<b>СРМ</b>", en: "<b>CRM</b>" };

describe("/oauth/callback", () => {
  let web: Web;
  let url: string;
  let asked: Readonly<Record<string, string>>[] = [];
  let result: Consented = { ok: true, service: CRM, locale: "ru" };

  before(async () => {
    const engine = {
      hooks: {
        receive: async () => ({ status: 200 }),
        receiveApp: async () => ({ status: 200 }),
        refused: async () => true,
      },
      isReady: async () => true,
      metrics: async () => "",
      consent: {
        lacks: () => null,
        begin: async () => ({ url: "", until: new Date() }),
        apps: async () => null,
        setApp: async () => {},
        arrive: async (query: Readonly<Record<string, string>>) => {
          asked.push(query);
          return result;
        },
      },
    };
    web = makeWeb({ engine, log: makeLog("silent") });
    url = `${await web.listen({ host: "127.0.0.1", port: 0 })}/oauth/callback`;
  });
  after(() => web.stop());
  beforeEach(() => {
    asked = [];
    result = { ok: true, service: CRM, locale: "ru" };
  });

  test("hands on what the browser brought and says to go back, in the member's language", async () => {
    const answer = await fetch(`${url}?code=secret-code&state=secret-state&referer=demo.amocrm.ru&a[b]=1`);
    const text = await answer.text();
    assert.equal(answer.status, 200);
    assert.deepEqual(asked, [{ code: "secret-code", state: "secret-state", referer: "demo.amocrm.ru" }]);
    assert.match(text, /Вернитесь в чат/);
    assert.doesNotMatch(text, /secret|<b>|<script/);
    assert.match(answer.headers.get("content-security-policy") ?? "", /^default-src 'none'/);
    assert.equal(answer.headers.get("referrer-policy"), "no-referrer");
    result = { ok: true, service: CRM, locale: "en" };
    assert.match(await (await fetch(url)).text(), /Go back to the chat/);
  });

  test("says what went wrong, in the browser's language where nobody is known", async () => {
    result = { ok: false, status: 404, sentence: { ru: "Ссылка устарела.", en: "The link is too old." } };
    const answer = await fetch(`${url}?state=x`, { headers: { "accept-language": "ru-RU,ru" } });
    assert.equal(answer.status, 404);
    assert.match(await answer.text(), /Ссылка устарела/);
    assert.match(await (await fetch(url)).text(), /too old/);
  });

  test("a HEAD uses nothing up, and another method is nothing", async () => {
    assert.equal((await fetch(url, { method: "HEAD" })).status, 404);
    assert.equal((await fetch(url, { method: "POST" })).status, 404);
    assert.deepEqual(asked, []);
  });

  test("who guesses is turned away before the database is asked", async () => {
    result = { ok: false, status: 404, sentence: { ru: "Нет.", en: "No." } };
    for (let guess = 0; guess < 70; guess++) await (await fetch(`${url}?state=${guess}`)).text();
    assert.ok(asked.length <= 62, String(asked.length));
    const answer = await fetch(`${url}?state=last`);
    assert.equal(answer.status, 429);
    assert.ok(Number(answer.headers.get("retry-after")) > 0);
  });
});

import assert from "node:assert/strict";
import { resolve } from "node:path";
import { describe, it } from "node:test";
import { readConfig } from "./config.ts";
import { Refusal } from "./refusal.ts";

const TOKEN = "123456789:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw1";
const KEY = Buffer.alloc(32, 7).toString("base64");

describe("config", () => {
  it("no settings at all: the playground", () => {
    const config = readConfig({});
    assert.deepEqual(
      [config.mode, config.access, config.host, config.port, config.dataDir, config.publicUrl, config.databaseUrl],
      ["playground", "playground", "127.0.0.1", 8080, resolve("data"), null, null],
    );
    assert.deepEqual([...config.roles], ["bot", "web", "worker", "scheduler"]);
    assert.ok(Object.isFrozen(config));
  });
  it("empty variables are unset ones", () => {
    assert.equal(readConfig({ BOT_TOKEN: "", PORT: " ", DATABASE_URL: "" }).mode, "playground");
  });
  it("a token: polling; with an address: webhook", () => {
    const polling = readConfig({ BOT_TOKEN: TOKEN });
    assert.deepEqual([polling.mode, polling.access], ["polling", "private"]);
    const webhook = readConfig({ BOT_TOKEN: TOKEN, PUBLIC_URL: "https://x.example/base/", ACCESS: "open" });
    assert.deepEqual([webhook.mode, webhook.publicUrl, webhook.access], ["webhook", "https://x.example/base", "open"]);
  });
  it("an app's ID and secret come together", () => {
    const { oauthApps } = readConfig({ OAUTH_AMOCRM_ID: "id", OAUTH_AMOCRM_SECRET: " secret ", OAUTH_X_ID: "" });
    assert.deepEqual(oauthApps, { AMOCRM: { id: "id", secret: "secret" } });
    assert.throws(
      () => readConfig({ OAUTH_AMOCRM_SECRET: "hidden" }),
      (error) => error instanceof Refusal && /OAUTH_AMOCRM_ID/.test(error.message) && !error.message.includes("hidden"),
    );
  });
  it("a server with a key, in parts", () => {
    const config = readConfig({
      BOT_TOKEN: TOKEN,
      DATABASE_URL: "postgres://u:p@db/svyazka",
      ENCRYPTION_KEY: KEY,
      ROLES: "worker, scheduler",
    });
    assert.deepEqual([...config.roles], ["worker", "scheduler"]);
    assert.equal(config.encryptionKey?.length, 32);
  });
  it("endpoints by connector, with or without an account in the host", () => {
    const config = readConfig({
      ENDPOINT_CALLTOUCH: "http://127.0.0.1:9/sandbox/calltouch/",
      ENDPOINT_RETAILCRM: "https://{account}.crm.example",
      ENDPOINT_EMPTY: "",
    });
    assert.deepEqual(config.endpoints, {
      CALLTOUCH: "http://127.0.0.1:9/sandbox/calltouch",
      RETAILCRM: "https://{account}.crm.example",
    });
  });
  it("private hosts that may be called", () => {
    assert.deepEqual(readConfig({ ALLOWED_HOSTS: "ERP.local:8069, [::1]:80" }).allowedHosts, [
      "erp.local:8069",
      "[::1]:80",
    ]);
  });
  it("knows the proxy in small letters", () => {
    assert.equal(readConfig({ https_proxy: "http://p:3128" }).proxy, "http://p:3128");
  });

  const wrong: [string, NodeJS.ProcessEnv][] = [
    ["BOT_TOKEN", { BOT_TOKEN: "my bot" }],
    ["PORT", { PORT: "80 80" }],
    ["PORT", { PORT: "70000" }],
    ["PORT", { PORT: "-1" }],
    ["HOST", { HOST: "http://0.0.0.0" }],
    ["HOST", { HOST: "0.0.0.0" }],
    ["PUBLIC_URL", { PUBLIC_URL: "svyazka.example" }],
    ["PUBLIC_URL", { BOT_TOKEN: TOKEN, PUBLIC_URL: "http://svyazka.example" }],
    ["PUBLIC_URL", { BOT_TOKEN: TOKEN, PUBLIC_URL: "https://svyazka.example:8080" }],
    ["PUBLIC_URL", { PUBLIC_URL: "https://u:p@svyazka.example" }],
    ["TELEGRAM_API_ROOT", { TELEGRAM_API_ROOT: "http://127.0.0.1:8081" }],
    ["TELEGRAM_API_ROOT", { BOT_TOKEN: TOKEN, TELEGRAM_API_ROOT: "local" }],
    ["DATABASE_URL", { DATABASE_URL: "mysql://x/y", ENCRYPTION_KEY: KEY }],
    ["DATABASE_URL", { DATABASE_URL: "postgres://x", ENCRYPTION_KEY: KEY }],
    ["ENCRYPTION_KEY", { DATABASE_URL: "postgres://u@h/d" }],
    ["ENCRYPTION_KEY", { ENCRYPTION_KEY: "short" }],
    ["ACCESS", { ACCESS: "public", BOT_TOKEN: TOKEN }],
    ["ACCESS", { ACCESS: "open" }],
    ["ROLES", { ROLES: "bot,cook", BOT_TOKEN: TOKEN }],
    ["ROLES", { ROLES: "bot", BOT_TOKEN: TOKEN }],
    ["ROLES", { ROLES: "worker" }],
    ["HOOK_RATE", { HOOK_RATE: "many" }],
    ["HOOK_RATE", { HOOK_RATE: "0" }],
    ["LOG_LEVEL", { LOG_LEVEL: "loud" }],
    ["ALLOWED_HOSTS", { ALLOWED_HOSTS: "10.0.0.1" }],
    ["METRICS_TOKEN", { METRICS_TOKEN: "short" }],
    ["HTTPS_PROXY", { HTTPS_PROXY: "proxy:3128" }],
    ["ENDPOINT_CALLTOUCH", { ENDPOINT_CALLTOUCH: "calltouch" }],
  ];
  for (const [name, env] of wrong)
    it(`${JSON.stringify(env)}: one sentence that names ${name}`, () => {
      assert.throws(
        () => readConfig(env),
        (error) => {
          assert.ok(error instanceof Refusal);
          for (const sentence of [error.sentence.ru, error.sentence.en]) {
            assert.match(sentence, new RegExp(`^${name}\\b`));
            assert.equal(sentence.split("\n").length, 1);
          }
          return true;
        },
      );
    });
  it("names all that is wrong at once, and shows no secret", () => {
    assert.throws(
      () => readConfig({ BOT_TOKEN: "no-token-hidden", PORT: "x", DATABASE_URL: "mysql://u:hidden@h/d" }),
      (error) => {
        assert.ok(error instanceof Refusal);
        assert.match(error.message, /BOT_TOKEN/);
        assert.match(error.message, /PORT/);
        assert.match(error.message, /DATABASE_URL/);
        assert.ok(!error.message.includes("hidden"));
        return true;
      },
    );
  });
});

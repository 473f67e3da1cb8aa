/**
 * One house with a secret planted in every place where one can enter, with services that fail and quote what they were
 * sent; then its strangers and its viewer press every button there is.
 */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { after, before, describe, it } from "node:test";
import { addPerson, type Person } from "../playground/person.ts";
import { makeStage, type Stage } from "../playground/stories/stage.ts";
import { handlers } from "../src/bot/handlers/index.ts";
import { connectors } from "../src/connectors/index.ts";
import { makeClient } from "../src/db/client.ts";
import { makeVault } from "../src/engine/connection/vault.ts";
import { type Engine, NotFound, type Scope, Stale, UserError } from "../src/engine/index.ts";
import { makeEngine } from "../src/engine/join.ts";
import { makeLog } from "../src/log.ts";
import { canariesIn, dumpOf, echoServer, secretBundle } from "./support/canary.ts";
import { eventually, type House, openHouse, post } from "./support/house.ts";
import { turnOf } from "./support/turn.ts";

const plant = (name: string): string => `canary-${name}-${randomBytes(9).toString("base64url")}`;
const KEY = randomBytes(32);
/** Where each comes in. What a webhook brings is a person's data, not a secret: history shows it. */
const CANARIES: Record<string, string> = {
  wrongKey: plant("wrong-key"),
  mailPassword: plant("mail-password"),
  appSecret: plant("app-secret"),
  environmentApp: plant("environment-app"),
  metricsToken: plant("metrics-token"),
  stepKey: plant("step-key"),
  addressKey: plant("address-key"),
  hookSecret: plant("hook-secret"),
  wrongHookSecret: plant("wrong-hook-secret"),
  consentCode: plant("consent-code"),
  consentState: plant("consent-state"),
  forgedTelegram: plant("forged-telegram"),
  wrongOwnerCode: plant("owner-code"),
  databasePassword: plant("database-password"),
  encryptionKey: KEY.toString("base64"),
};

describe("secrets and strangers", { concurrency: false }, () => {
  const env: Record<string, string> = {};
  const echo = echoServer();
  let house: House;
  let stage: Stage;
  let anna: Person;
  let beside: ReturnType<typeof makeClient>;
  let engine: Engine;
  let scope: Scope;
  const ids = { bundle: "", run: "", connection: "", incident: "", member: "", workspace: "" };
  let link = "";

  before(async () => {
    echo.listen(0, "127.0.0.1");
    await once(echo, "listening");
    const port = (echo.address() as AddressInfo).port;
    house = await openHouse({ env });
    const database = new URL(house.database.url);
    if (database.password === "") database.password = CANARIES.databasePassword ?? "";
    Object.assign(env, {
      LOG_LEVEL: "trace",
      ENCRYPTION_KEY: KEY.toString("base64"),
      DATABASE_URL: database.href,
      METRICS_TOKEN: CANARIES.metricsToken,
      OAUTH_AMOCRM_ID: "app",
      OAUTH_AMOCRM_SECRET: CANARIES.environmentApp,
      ALLOWED_HOSTS: [...house.playground.allowedHosts, `127.0.0.1:${port}`].join(","),
    });
    CANARIES.botToken = house.playground.botToken.split(":")[1] ?? "";
    assert.ok(await house.start(), house.output());
    stage = await makeStage(house.url, "ru", 3);
    anna = stage.person;
    beside = makeClient({ url: house.database.url, max: 2 });
    engine = makeEngine({
      client: beside,
      url: house.database.url,
      key: KEY,
      clock: { now: () => new Date() },
      log: makeLog("silent"),
      connectors,
      settings: {
        access: "open",
        roles: new Set(),
        publicUrl: house.url,
        endpoints: {},
        allowedHosts: [],
        hookRate: 100,
        oauthApps: {},
      },
      installation: { mode: "telegram", bot: null },
      http: () => () => Promise.reject(new Error("no way out")),
    });
    const bundle = secretBundle(port, CANARIES.hookSecret ?? "", CANARIES.stepKey ?? "");
    await anna.say("/start");
    await anna.sees(/Главная|Здравствуйте/);
    const found = await engine.people.workspaces();
    const [first] = found;
    assert.ok(first);
    scope = first.scope;
    const made = await engine.bundles.importFile(scope, { svyazka: 1, name: "Тайная связка", bundle }, {});
    Object.assign(ids, { bundle: made.id, workspace: scope.workspace, member: scope.member });
    await engine.bundles.start(scope, made.id);
  });
  after(async () => {
    await beside?.end();
    await house?.close();
    echo.close();
    echo.closeAllConnections();
  });

  const handled = () =>
    eventually(
      "every update is handled",
      async () => {
        const [row] = await house.database.sql`select count(*)::int as open from telegram_inbox where done_at is null`;
        return row?.open === 0;
      },
      120_000,
    );

  it("secrets are planted in the chat, in services, at every address", { timeout: 170_000 }, async () => {
    await anna.say("/connect retailCRM");
    await anna.sees("1 из 2");
    await anna.say(await stage.credential("retailcrm", "account"));
    await anna.sees("2 из 2");
    await anna.say(CANARIES.wrongKey ?? "");
    await anna.sees("Не получилось подключиться", { within: 20_000 });
    CANARIES.rightKey = await stage.credential("retailcrm", "apiKey");
    await anna.say(CANARIES.rightKey);
    await anna.sees("✅ Подключено: retailCRM", { within: 20_000 });

    // E-mail and an app's secret by the engine: its questions are the same as those of the chat above.
    const mail = await engine.connections.begin(scope, "email");
    const values = { host: "mail.invalid", port: "465", security: "tls", user: "anna", from: "anna@example.com" };
    for (const [field, value] of Object.entries({ ...values, password: CANARIES.mailPassword ?? "", fromName: "Анна" }))
      await engine.connections.setValue(scope, mail.id, field, value);
    await anna.say("/connections");
    await anna.press(/почта/i);
    await anna.press("Продолжить подключение");
    await anna.sees(/mail\.invalid|не найден|недоступен/, { within: 20_000 });
    await anna.say("/settings");
    await anna.press(/Приложения/);
    await anna.press(/Facebook/);
    await anna.press(/Вписать/);
    await anna.say("51234567");
    await anna.say(CANARIES.appSecret ?? "");
    await anna.sees(/51234567/);
    // Said where nothing asks for it.
    await anna.say(CANARIES.rightKey);
    await anna.sees(/секрет|ключ/i);

    const view = await engine.bundles.get(scope, ids.bundle);
    const address = (view.address ?? "").replace(/^https?:\/\/[^/]+/, house.url);
    CANARIES.hookToken = address.split("/").at(-1) ?? "";
    const send = (body: string, headers: Record<string, string>, query = "") =>
      fetch(`${address}${query}`, {
        method: "POST",
        body,
        headers: { "content-type": "application/json", ...headers },
      });
    const key = { "x-key": CANARIES.hookSecret ?? "" };
    assert.equal((await send('{"name":"Ева"}', { "x-key": CANARIES.wrongHookSecret ?? "" })).status, 401);
    assert.equal((await send("{broken", key)).status, 400);
    assert.equal((await send('{"name":"Анна К."}', key, "?from=site")).status, 200);
    const run = await eventually("the run failed", async () => {
      const [row] = await house.database.sql`select id, incident from runs where state = 'failed'`;
      return row as { id: string; incident: string } | undefined;
    });
    Object.assign(ids, { run: run.id, incident: run.incident });
    const [own] = await house.database.sql`select id from connections where connector = 'retailcrm'`;
    ids.connection = own?.id;

    for (const path of [
      `/oauth/callback?code=${CANARIES.consentCode}&state=${CANARIES.consentState}`,
      `/hooks/${CANARIES.consentState}?api_key=${CANARIES.addressKey}`,
      `/telegram/${CANARIES.forgedTelegram}`,
      `/metrics?token=${CANARIES.addressKey}`,
    ])
      await (await fetch(`${house.app()}${path}`)).text();
    const forged = await fetch(`${house.app()}/telegram/${CANARIES.forgedTelegram}`, {
      method: "POST",
      headers: { "x-telegram-bot-api-secret-token": CANARIES.forgedTelegram ?? "" },
      body: '{"update_id":1}',
    });
    assert.equal(forged.status, 404);

    // What failed is looked at from everywhere.
    await anna.say("/history");
    await anna.press(/Анна К\./);
    await anna.sees(/400|bad request/);
    await anna.say("/settings");
    await anna.press(/Люди/);
    await anna.press("Пригласить");
    await anna.press("Наблюдатель");
    await anna.sees("Приглашение готово");
    link = new URL(await anna.press("Скопировать ссылку")).searchParams.get("start") ?? "";
    CANARIES.invitation = link;
    await anna.say(`/start ${CANARIES.wrongOwnerCode}`);
    await handled();
  });

  it("they are nowhere: not in logs at trace level, chat, exports, metrics; in the database only encrypted", async () => {
    assert.deepEqual(canariesIn(house.output(), CANARIES), [], "the log");
    // What the person was shown on purpose, to be copied: the address of the webhook and the invitation.
    const { hookToken: _, invitation: __, wrongOwnerCode: ___, ...hidden } = CANARIES;
    assert.deepEqual(canariesIn(JSON.stringify(await anna.messages()), hidden), [], "the chat");
    const metrics = await (
      await fetch(`${house.app()}/metrics`, { headers: { authorization: `Bearer ${CANARIES.metricsToken}` } })
    ).text();
    assert.match(metrics, /svyazka/);
    assert.deepEqual(canariesIn(metrics, CANARIES), [], "metrics");

    const files = [
      await engine.bundles.exportFile(scope, ids.bundle),
      await engine.bundles.shareFile(scope, ids.bundle),
    ];
    const lines: string[] = [];
    for await (const line of engine.data.exportAll(scope)) lines.push(line);
    const { hookToken: ____, ...inFiles } = CANARIES;
    assert.deepEqual(canariesIn(JSON.stringify([files, lines]), inFiles), [], "exports");
    assert.ok(lines.some((line) => line.includes("Тайная связка")));
    const shown = JSON.stringify([
      await engine.runs.get(scope, ids.run),
      await engine.incidents.get(scope, ids.incident),
      await engine.connections.list(scope),
      await engine.bundles.mapping(scope, ids.bundle, "aaa"),
    ]);
    assert.ok(shown.includes("bad request"), "the service's own words are shown");
    assert.deepEqual(canariesIn(shown, hidden), [], "what the engine tells");

    const rows = await dumpOf(house.database);
    // The last part of an address finds its bundle, so it stands in one column, as it is; so docs/security.md.
    const clear = rows.filter((row) => canariesIn(row, CANARIES).length > 0);
    assert.deepEqual(
      clear.map((row) => [row.split(":")[0], ...canariesIn(row, CANARIES)]),
      [["triggers", "hookToken"]],
      "the database",
    );
    const vault = makeVault({ key: KEY });
    const opened = [...rows.join("\n").matchAll(/v1\.[\w-]{8}\.[\w-]{38,}/g)]
      .map(([sealed]) => vault.open(sealed))
      .join("\n");
    const sealed = ["rightKey", "mailPassword", "appSecret", "stepKey", "hookSecret"] as const;
    for (const name of sealed) assert.ok(opened.includes(CANARIES[name] ?? "?"), `${name} is kept, sealed`);
  });

  /** Everything in Anna's workspace that a press could have changed. */
  const state = async () => {
    // What the clock writes by itself is left out.
    const [row] = await house.database.sql`select
        (select json_agg(b order by id) from bundles b where workspace = ${ids.workspace}) as bundles,
        (select json_agg(v order by bundle, version) from versions v where bundle = ${ids.bundle}) as versions,
        (select json_agg(to_jsonb(c) - 'checked_at' - 'renew_at' - 'end_told_at' order by id) from connections c where workspace = ${ids.workspace}) as connections,
        (select json_agg(to_jsonb(r) - 'holder' - 'held_until' order by seq) from runs r where workspace = ${ids.workspace}) as runs,
        (select json_agg(to_jsonb(i) - 'cards' order by id) from incidents i where workspace = ${ids.workspace}) as incidents,
        (select json_agg(to_jsonb(m) - 'summary_at' order by id) from members m where workspace = ${ids.workspace} and role <> 'viewer') as members,
        (select json_agg(l order by id) from links l where workspace = ${ids.workspace} and done_at is null) as links,
        (select json_agg(w) from workspaces w where id = ${ids.workspace}) as workspace,
        (select json_agg(d) from deliveries d where bundle = ${ids.bundle}) as deliveries`;
    return row;
  };

  /** Every button that Anna was ever shown. */
  const shown = async (): Promise<string[]> => [
    ...new Set(
      (await anna.messages()).flatMap(({ reply_markup }) =>
        (reply_markup?.inline_keyboard ?? []).flat().flatMap(({ callback_data }) => callback_data ?? []),
      ),
    ),
  ];
  async function pressAll(person: Person, all: readonly string[]): Promise<void> {
    const message = (await person.screen())?.message_id;
    for (const data of all) await post(`${house.url}/api/chats/${person.id}/press`, { message, data });
    await handled();
    const failed = house
      .output()
      .split("\n")
      .filter((line) => line.includes("an update failed"));
    assert.deepEqual(
      failed.map((line) => line.slice(0, 1_500)),
      [],
    );
  }
  /** Every place and every answer of the bot with every kind of id: what was shown, and what was thrown that is no refusal. */
  async function enterAll(telegramId: number): Promise<{ shown: string; broken: string[]; count: number }> {
    const member = await engine.people.enter({ telegramId, name: "X", language: "ru" });
    assert.ok(member);
    const { bundle, run, connection, incident, member: owner, workspace } = ids;
    const args = [
      // Places that take less let the rest lie.
      [bundle, "aaa", "url", "0"],
      [run, "aaa", "0"],
      [connection],
      [incident],
      [owner, "owner"],
      [workspace],
      ["0", bundle],
    ];
    const seen: unknown[] = [];
    const broken: string[] = [];
    const turn = turnOf(engine, member, (what) => seen.push(what));
    const places = Object.entries(handlers.places).map(
      ([name, place]) => [name, (given: string[]) => place(turn, ...given)] as const,
    );
    const answers = Object.entries(handlers.answers).map(
      ([name, take]) => [name, (given: string[]) => take(turn, "слово", ...given)] as const,
    );
    // Who leaves is nobody here any more.
    const calls = [...places, ...answers].filter(([name]) => name !== "leaveyes");
    for (const [name, call] of calls)
      for (const given of args)
        await (async () => call(given))().catch((error: unknown) => {
          const isRefusal = error instanceof UserError || error instanceof NotFound || error instanceof Stale;
          if (isRefusal) seen.push(error.message);
          else broken.push(`${name}:${given.join(":")} ${error instanceof Error ? error.stack?.slice(0, 400) : error}`);
        });
    return { shown: JSON.stringify(seen), broken, count: calls.length * args.length };
  }
  const WORDS = /Тайная связка|Анна К\.|anna@example\.com|mail\.invalid|bad request/;

  it("a stranger presses every button with another workspace's ids: nothing is shown, nothing happens", {
    timeout: 170_000,
  }, async (t) => {
    const bob = await addPerson(house.url, "Bob", "ru", 3);
    await bob.say("/start");
    await bob.sees(/Главная|Здравствуйте/);
    const before = await state();
    const entered = await enterAll(bob.id);
    t.diagnostic(`${entered.count} entries`);
    assert.deepEqual(entered.broken, []);
    assert.doesNotMatch(entered.shown, WORDS);
    for (const id of [ids.bundle, ids.run, ids.connection, ids.incident])
      assert.equal(await engine.team.memberFor({ telegramId: bob.id, name: "Bob" }, id), null);
    assert.deepEqual(await state(), before);
    await pressAll(bob, await shown());
    for (const word of [
      `/pause ${ids.bundle}`,
      `/run ${ids.bundle}`,
      `/start o_card_${ids.bundle}`,
      `/start o_runview_${ids.run}`,
    ])
      await bob.say(word);
    await handled();
    assert.deepEqual(await state(), before);
    const told = (await bob.messages()).filter(({ mine }) => !mine);
    assert.deepEqual(
      told.flatMap((one) => WORDS.exec(JSON.stringify(one))?.[0] ?? []),
      [],
    );
    await bob.say("/start");
    await bob.sees(/Главная|Здравствуйте/);
  });

  it("a viewer presses every button and changes nothing", { timeout: 170_000 }, async () => {
    const vera = await addPerson(house.url, "Вера", "ru", 3);
    await vera.say(`/start ${link}`);
    await vera.press("Присоединиться");
    await vera.sees("Главная");
    const before = await state();
    const { broken, shown: told } = await enterAll(vera.id);
    assert.deepEqual(broken, []);
    assert.match(told, WORDS);
    assert.deepEqual(await state(), before);
    await pressAll(vera, await shown());
    assert.deepEqual(await state(), before);
    // The invitation was good once.
    const eve = await addPerson(house.url, "Eve", "ru", 3);
    await eve.say(`/start ${link}`);
    await eve.sees(/не действует|больше не|устарел|использован/);
  });
});

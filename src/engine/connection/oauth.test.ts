import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { after, before, beforeEach, describe, test } from "node:test";
import { serveSandboxes } from "../../../playground/sandboxes/serve.ts";
import { openStore } from "../../../playground/store.ts";
import { movableClock } from "../../../test/support/clock.ts";
import { type FreshDatabase, freshDatabase } from "../../../test/support/database.ts";
import { connectors } from "../../connectors/index.ts";
import { ConnectorError } from "../../connectors/kit/errors.ts";
import { makeHttp } from "../../connectors/kit/http.ts";
import { members, outbox, connections as table, workspaces } from "../../db/schema.ts";
import { makeLog } from "../../log.ts";
import type { Connections, Scope } from "../engine.ts";
import { newId } from "../id.ts";
import { makeOnce } from "../once.ts";
import { makeApps } from "./apps.ts";
import { makeConnections } from "./connections.ts";
import { makeConsent } from "./consent.ts";
import { makeOpener } from "./opener.ts";
import { makeTokens } from "./tokens.ts";
import { makeVault } from "./vault.ts";

const HOUR = 3_600_000;

describe("consent in the browser", () => {
  let database: FreshDatabase;
  let served: Awaited<ReturnType<typeof serveSandboxes>>;
  let http: ReturnType<typeof makeHttp>;
  const clock = movableClock();
  const vault = makeVault({ key: randomBytes(32) });
  const log = makeLog("silent");
  const amo = connectors.find(({ key }) => key === "amocrm");
  assert.ok(amo);

  /** One process of several on the same database; `given`: the apps of its environment, the sandbox's where left out. */
  function process(given?: Record<string, { id: string; secret: string }>) {
    const { db } = database;
    const base = `${served.url}/sandbox/amocrm`;
    const app = served.sandboxes.list().find(({ key }) => key === "amocrm")?.app;
    const settings = {
      access: "open" as const,
      roles: new Set(["worker" as const]),
      publicUrl: served.url,
      endpoints: { AMOCRM: base },
      allowedHosts: [new URL(served.url).host],
      hookRate: 100,
      oauthApps: given ?? (app ? { AMOCRM: app } : {}),
    };
    const apps = makeApps({ db, log, vault, connectors, settings });
    const shared = { db, clock, log, vault, connectors, settings: apps.settings, http };
    const tokens = makeTokens(shared);
    const opener = makeOpener({ ...shared, tokens });
    const connections: Connections = makeConnections({
      ...shared,
      opener,
      once: makeOnce(shared),
      notify: async () => {},
      triggers: { disarm: async () => {}, unsubscribe: async () => {}, reconnected: async () => {} },
    });
    return { tokens, opener, connections, apps, consent: makeConsent({ ...shared, tokens, apps }) };
  }
  let one: ReturnType<typeof process>;
  let scope: Scope;

  before(async () => {
    database = await freshDatabase();
    served = await serveSandboxes({ store: openStore(":memory:"), now: () => clock.now() });
    http = makeHttp({
      allowedHosts: [new URL(served.url).host],
      endpoints: { AMOCRM: `${served.url}/sandbox/amocrm` },
      clock,
      limiter: { take: async () => () => {} },
    });
    one = process();
  });
  after(async () => {
    await http.close();
    await served.stop();
    await database.drop();
  });
  beforeEach(async () => {
    served.sandboxes.reset("amocrm");
    clock.move(10_000);
    await database.db.delete(table);
    const workspace = newId();
    const member = newId();
    await database.db.insert(workspaces).values({ id: workspace, name: "w", country: "RU", timeZone: "Europe/Moscow" });
    await database.db.insert(members).values({
      id: member,
      workspace,
      telegramId: Math.floor(Math.random() * 1e9),
      name: "A",
      locale: "ru",
      role: "owner",
    });
    scope = { workspace, member };
  });

  /** What the browser does: opens the page, presses a button, and is sent on. */
  async function browse(url: string, answer: "allow" | "deny"): Promise<Record<string, string>> {
    // So that nobody waits for the service's limit of calls a second.
    clock.move(1_000);
    const page = await fetch(url);
    assert.match(await page.text(), /Разрешить/);
    const body = new URLSearchParams({ answer });
    const sent = await fetch(url, { method: "POST", body, redirect: "manual" });
    const to = new URL(sent.headers.get("location") ?? "");
    assert.equal(`${to.origin}${to.pathname}`, `${served.url}/oauth/callback`);
    return Object.fromEntries(to.searchParams);
  }
  async function reaches(id: string): Promise<void> {
    const result = await one.connections.check(scope, id);
    assert.equal(result.ok && result.account, "Демо (demo.amocrm.ru)");
  }
  async function connect(): Promise<string> {
    const { id } = await one.connections.begin(scope, "amocrm");
    const { url } = await one.consent.begin(scope, id);
    const result = await one.consent.arrive(await browse(url, "allow"));
    assert.equal(result.ok, true);
    await reaches(id);
    return id;
  }
  const open = (id: string, from = one) => from.opener.open(scope.workspace, id, amo);
  const given = () =>
    served.sandboxes
      .list()
      .find(({ key }) => key === "amocrm")
      ?.tables.find(({ name }) => name === "refreshTokens")?.rows ?? [];
  const refusal = async (work: Promise<unknown>): Promise<ConnectorError> => {
    const error = await work.then(
      () => null,
      (thrown: unknown) => thrown,
    );
    assert.ok(error instanceof ConnectorError, String(error));
    return error;
  };

  test("a link leads to tokens; nothing lies in clear, and the chat is told to go on", async () => {
    const id = await connect();
    const view = await one.connections.get(scope, id);
    assert.deepEqual([view.way, view.state, view.missing], ["oauth", "alive", null]);
    const told = (await database.db.select().from(outbox)).filter((row) => row.workspace === scope.workspace);
    assert.deepEqual(
      told.map((row) => row.payload),
      [{ kind: "connected", connection: id }],
    );
    const { ctx } = await open(id);
    assert.match(String(ctx.auth.accessToken), /^eyJ/);
    const rows = JSON.stringify(await database.db.select().from(table));
    assert.doesNotMatch(rows, /eyJ|refresh\./);
  });

  test("a state serves once, for 15 minutes, and nobody guesses it", async () => {
    const { id } = await one.connections.begin(scope, "amocrm");
    const used = await browse((await one.consent.begin(scope, id)).url, "allow");
    assert.equal((await one.consent.arrive(used)).ok, true);
    const again = await one.consent.arrive(used);
    assert.ok(!again.ok && again.status === 404);
    const late = await browse((await one.consent.begin(scope, id)).url, "allow");
    clock.move(15 * 60_000);
    const over = await one.consent.arrive(late);
    assert.ok(!over.ok && over.status === 404);
    for (const state of ["", "x", "A".repeat(43)]) {
      const guessed = await one.consent.arrive({ state, code: "c", referer: "demo.amocrm.ru" });
      assert.ok(!guessed.ok && guessed.status === 404);
    }
  });

  test("a refusal, a stranger's host and a dead code leave the connection as it was", async () => {
    const id = await connect();
    const before = (await open(id)).ctx.auth.accessToken;
    const denied = await one.consent.arrive(await browse((await one.consent.begin(scope, id)).url, "deny"));
    assert.ok(!denied.ok && denied.status === 400);
    const evil = await browse((await one.consent.begin(scope, id)).url, "allow");
    const stranger = await one.consent.arrive({ ...evil, referer: "evil.example.com" });
    assert.equal(stranger.ok, false);
    const dead = await browse((await one.consent.begin(scope, id)).url, "allow");
    const wrong = await one.consent.arrive({ ...dead, code: "another" });
    assert.ok(!wrong.ok && wrong.status === 502);
    assert.equal((await open(id)).ctx.auth.accessToken, before);
  });

  test("another workspace's connection can't be consented for", async () => {
    const id = await connect();
    await assert.rejects(one.consent.begin({ workspace: newId(), member: newId() }, id));
  });

  test("tokens are renewed before they expire, once for all who need them at that moment", async () => {
    const id = await connect();
    const two = process();
    clock.move(23.5 * HOUR);
    const opened = await Promise.all(Array.from({ length: 10 }, (_, at) => open(id, at % 2 === 0 ? one : two)));
    assert.equal(new Set(opened.map(({ ctx }) => ctx.auth.accessToken)).size, 1);
    assert.equal(given().length, 2);
    await reaches(id);
  });

  test("a refused token is renewed and the call made once more; a fresh one isn't blamed", async () => {
    const id = await connect();
    clock.move(2 * HOUR);
    const opened = await open(id);
    await served.sandboxes.press("amocrm", "expire", {});
    const { status } = await opened.ctx.http({ path: "/api/v4/account" });
    assert.equal(status, 200);
    assert.equal(given().length, 2);
    assert.doesNotMatch(JSON.stringify(opened.exchange()), /eyJ|refresh\./);
    await served.sandboxes.press("amocrm", "expire", {});
    assert.equal((await refusal(opened.ctx.http({ path: "/api/v4/account" }))).errorClass, "access");
    assert.equal(given().length, 2);
  });

  test("a lost answer of the rotation keeps the account where the old token serves a while", async () => {
    const id = await connect();
    served.sandboxes.setSwitch("amocrm", "refresh", "grace");
    clock.move(23.5 * HOUR);
    served.sandboxes.setSwitch("amocrm", "health", "lost:2");
    const old = (await open(id)).ctx.auth.accessToken;
    assert.equal(given().length, 3, "both answers were lost after the service had made tokens");
    assert.equal((await open(id)).ctx.auth.accessToken, old, "it isn't asked again at once");
    clock.move(16_000);
    assert.notEqual((await open(id)).ctx.auth.accessToken, old);
    assert.equal((await one.connections.check(scope, id)).ok, true);
  });

  test("a check that had to renew the tokens still counts", async () => {
    const id = await connect();
    await one.opener.setBroken(id, { class: "access", sentence: { ru: "Нет.", en: "No." } });
    clock.move(25 * HOUR);
    assert.equal((await one.connections.check(scope, id)).ok, true);
    assert.equal((await one.connections.get(scope, id)).state, "alive");
  });

  test("where the old token is dead at once, a lost answer ends in a sentence that says what to do", async () => {
    const id = await connect();
    clock.move(23.5 * HOUR);
    served.sandboxes.setSwitch("amocrm", "health", "lost:1");
    const lost = await refusal(open(id));
    assert.equal(lost.errorClass, "access");
    assert.match(lost.sentence.ru, /Подключите аккаунт заново/);
  });

  test("a revoked consent is an access error that says to connect again, and doing so mends it", async () => {
    const id = await connect();
    clock.move(2 * HOUR);
    await served.sandboxes.press("amocrm", "revoke", {});
    const result = await one.connections.check(scope, id);
    assert.ok(!result.ok && result.failure.class === "access");
    assert.match(result.failure.sentence.ru, /заново/);
    const { url } = await one.consent.begin(scope, id);
    assert.equal((await one.consent.arrive(await browse(url, "allow"))).ok, true);
    assert.equal((await one.connections.check(scope, id)).ok, true);
  });

  test("an account that moved to another address is found there, and its place is kept", async () => {
    const id = await connect();
    clock.move(23.5 * HOUR);
    served.sandboxes.setSwitch("amocrm", "address", "moved");
    const { ctx } = await open(id);
    assert.equal(ctx.auth.account, "novoe-imya.amocrm.ru");
    assert.equal((await ctx.http({ path: "/api/v4/account" })).status, 200);
    assert.equal((await open(id)).ctx.auth.account, "novoe-imya.amocrm.ru");
    await served.sandboxes.press("amocrm", "revoke", {});
    clock.move(25 * HOUR);
    assert.equal((await refusal(open(id))).errorClass, "access");
  });

  test("an account at rest keeps its refresh token alive", async () => {
    const id = await connect();
    clock.move(9 * 24 * HOUR);
    await one.tokens.tick();
    assert.equal(given().length, 2);
    assert.equal((await one.connections.check(scope, id)).ok, true);
  });

  test("a typed token takes the place of the consent, and the other way round", async () => {
    const id = await connect();
    await one.connections.setValue(scope, id, "token", "amo-sandbox-long-lived-token-0001");
    const view = await one.connections.get(scope, id);
    assert.deepEqual([view.way, view.missing, view.values.account], ["fields", null, "demo.amocrm.ru"]);
    const { ctx } = await open(id);
    assert.equal(ctx.auth.accessToken, undefined);
    assert.equal((await one.connections.check(scope, id)).ok, true);
    const { url } = await one.consent.begin(scope, id);
    await one.consent.arrive(await browse(url, "allow"));
    assert.equal((await open(id)).ctx.auth.token, undefined);
  });

  test("without an app or an address it says what is missing", () => {
    const tokens = makeTokens({
      db: database.db,
      clock,
      log,
      vault,
      connectors,
      http,
      settings: { access: "open", roles: new Set(), publicUrl: null, endpoints: {}, allowedHosts: [], hookRate: 1 },
    });
    assert.match(tokens.lacks(amo)?.ru ?? "", /OAUTH_AMOCRM_ID, OAUTH_AMOCRM_SECRET, PUBLIC_URL/);
  });

  test("the owner's own app is kept under the key, used by every process, and gives way to the environment", async () => {
    const { db } = database;
    const app = served.sandboxes.one("amocrm").app;
    assert.ok(app);
    await db.delete(workspaces);
    const [first, later] = [newId(), newId()];
    for (const [id, year] of [
      [first, 2020],
      [later, 2021],
    ] as const) {
      const createdAt = new Date(Date.UTC(year, 0));
      await db.insert(workspaces).values({ id, name: "w", country: "RU", timeZone: "UTC", createdAt });
      const member = { id: `m${year}`, telegramId: year, name: "A", locale: "ru" };
      await db.insert(members).values({ ...member, workspace: id, role: "owner" });
    }
    const owner = { workspace: first, member: "m2020" };
    const [bare, other] = [process({}), process({})];
    assert.match(bare.consent.lacks("amocrm")?.ru ?? "", /OAUTH_AMOCRM_ID.*Приложения сервисов/);
    const stranger = { workspace: later, member: "m2021" };
    assert.equal(await bare.consent.apps(stranger), null);
    await assert.rejects(bare.consent.setApp(stranger, "amocrm", app), /bot's owner/);
    await assert.rejects(bare.consent.setApp(owner, "amocrm", { id: "a b", secret: "" }), /without spaces/);
    await assert.rejects(bare.consent.setApp(owner, "calltouch", app), /NotFound|no longer/i);

    await bare.consent.setApp(owner, "amocrm", app);
    assert.equal(bare.consent.lacks("amocrm"), null);
    const [row] = await database.sql`select value::text as value from settings where key = 'apps'`;
    assert.ok(
      !String(row?.value).includes(app.secret) && !String(row?.value).includes(app.id),
      "nothing stands in clear",
    );
    const listed = (await bare.consent.apps(owner))?.find(({ connector }) => connector === "amocrm");
    assert.deepEqual([listed?.id, listed?.from], [app.id, "owner"]);
    assert.ok(!JSON.stringify(listed).includes(app.secret));

    // Another process hears of it, and a sign-in with it goes all the way.
    scope = owner;
    const { id } = await other.connections.begin(owner, "amocrm");
    const { url } = await other.consent.begin(owner, id);
    assert.equal((await other.consent.arrive(await browse(url, "allow"))).ok, true);

    const fixed = process({ AMOCRM: { id: "env-id", secret: "env-secret" } });
    await fixed.apps.load();
    assert.equal((await fixed.consent.apps(owner))?.find(({ connector }) => connector === "amocrm")?.id, "env-id");
    await assert.rejects(fixed.consent.setApp(owner, "amocrm", null), /OAUTH_AMOCRM_ID/);
    await bare.consent.setApp(owner, "amocrm", null);
    assert.notEqual(bare.consent.lacks("amocrm"), null);
  });
});

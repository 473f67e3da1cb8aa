import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { after, before, beforeEach, describe, it } from "node:test";
import { sql } from "drizzle-orm";
import { movableClock } from "../../../test/support/clock.ts";
import { type FreshDatabase, freshDatabase } from "../../../test/support/database.ts";
import { makeVault } from "../connection/vault.ts";
import { NotFound } from "../errors.ts";
import type { EngineSettings } from "../parts.ts";
import { makePeople } from "./people.ts";
import { regionOf, zoneOf } from "./region.ts";

describe("people", () => {
  let fresh: FreshDatabase;
  const clock = movableClock();
  const vault = makeVault({ key: randomBytes(32) });
  before(async () => {
    fresh = await freshDatabase();
  });
  beforeEach(() => fresh.db.execute(sql`truncate workspaces, members, settings cascade`));
  after(() => fresh.drop());

  const people = (access: EngineSettings["access"]) =>
    makePeople({
      db: fresh.db,
      clock,
      vault,
      settings: { access, roles: new Set(), publicUrl: null, endpoints: {}, allowedHosts: [], hookRate: 100 },
    });
  const anna = { telegramId: 11, name: "Анна", language: "ru" };

  it("playground: everybody gets a workspace of their own", async () => {
    const all = people("playground");
    const [a, b] = await Promise.all([all.enter(anna), all.enter({ telegramId: 12, name: "Bob", language: "en" })]);
    assert.ok(a && b);
    assert.notEqual(a.scope.workspace, b.scope.workspace);
    assert.deepEqual([a.role, a.locale, a.country, a.timeZone], ["owner", "ru", "RU", "Europe/Moscow"]);
    assert.deepEqual([b.locale, b.country], ["en", "US"]);
    assert.equal(await all.ownerCode(), null);
  });
  it("ten first messages at once make one member", async () => {
    const all = people("open");
    const entered = await Promise.all(Array.from({ length: 10 }, () => all.enter(anna)));
    assert.equal(new Set(entered.map((one) => `${one?.scope.workspace} ${one?.scope.member}`)).size, 1);
  });
  it("private: strangers stay out, the code lets one in, once", async () => {
    const all = people("private");
    assert.equal(await all.enter(anna), null);
    const code = await all.ownerCode();
    assert.ok(code);
    assert.equal(await all.ownerCode(), code, "the next start prints the same code");
    const [one, two] = await Promise.all([
      all.claim(anna, ` ${code.toUpperCase().replaceAll("-", " ")} `),
      all.claim({ telegramId: 12, name: "Mallory" }, code),
    ]);
    assert.equal([one, two].filter((member) => member !== null).length, 1);
    assert.equal(await all.ownerCode(), null);
  });
  it("private: a reset code brings a second owner into the same workspace", async () => {
    const all = people("private");
    const first = await all.claim(anna, (await all.ownerCode()) ?? "");
    const second = await all.claim({ telegramId: 12, name: "Bob" }, await all.resetOwnerCode());
    assert.equal(second?.scope.workspace, first?.scope.workspace);
    assert.equal(second?.role, "owner");
  });
  it("private: five wrong guesses an hour, also all at once", async () => {
    const all = people("private");
    const code = (await all.ownerCode()) ?? "";
    await Promise.all(Array.from({ length: 8 }, () => all.claim(anna, "aaaa-bbbb-cccc")));
    assert.equal(await all.claim(anna, code), null);
    clock.move(3_600_001);
    assert.ok(await all.claim(anna, code));
  });
  it("a code that another key sealed is not silently replaced", async () => {
    await people("private").ownerCode();
    const stranger = makePeople({
      db: fresh.db,
      clock,
      vault: makeVault({ key: randomBytes(32) }),
      settings: { access: "private", roles: new Set(), publicUrl: null, endpoints: {}, allowedHosts: [], hookRate: 1 },
    });
    await assert.rejects(stranger.ownerCode());
  });
  it("settings are checked and kept", async () => {
    const all = people("open");
    const member = await all.enter(anna);
    assert.ok(member);
    const changed = await all.setSettings(member.scope, {
      country: "kz",
      timeZone: "asia/almaty",
      locale: "en",
      alerts: "off",
    });
    assert.deepEqual(
      [changed.country, changed.timeZone, changed.locale, changed.alerts],
      ["KZ", "Asia/Almaty", "en", { mode: "off", quiet: null, summaries: { daily: true, weekly: true } }],
    );
    for (const bad of [{ country: "ZZ" }, { country: "Россия" }, { timeZone: "Moscow" }, { timeZone: "+03:00" }])
      await assert.rejects(all.setSettings(member.scope, bad), { name: "UserError" });
    const elsewhere = { ...member.scope, workspace: "another" };
    await assert.rejects(all.setSettings(elsewhere, { locale: "ru" }), NotFound);
  });
  it("a new name is taken over, and coming back makes reachable", async () => {
    const all = people("open");
    await all.enter(anna);
    await all.setReachable(anna.telegramId, false);
    const again = await all.enter({ ...anna, name: "Анна Петрова" });
    assert.equal(again?.name, "Анна Петрова");
  });
});

describe("region", () => {
  it("is guessed from any language tag", () => {
    assert.deepEqual(regionOf("kk"), { locale: "ru", country: "KZ", timeZone: "Asia/Almaty" });
    assert.deepEqual(regionOf("pt-br"), { locale: "en", country: "BR", timeZone: "America/Sao_Paulo" });
    assert.deepEqual(regionOf(undefined), { locale: "ru", country: "RU", timeZone: "Europe/Moscow" });
    assert.equal(regionOf("!!").country, "RU");
    assert.equal(zoneOf("BY"), "Europe/Minsk");
  });
});

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { type FreshDatabase, freshDatabase } from "../../../test/support/database.ts";
import { act, addBundle } from "../../../test/support/stage.ts";
import { bundles, connections, consents, inbox, settings, versions } from "../../db/schema.ts";
import { addKey, dropOlderKeys, openKeys } from "../../key.ts";
import { newId } from "../id.ts";
import { checkKey } from "../installation.ts";
import { makeRotation } from "./rotation.ts";
import { makeVault, VaultError } from "./vault.ts";

describe("change of keys", () => {
  let fresh: FreshDatabase;
  const [first, second, third] = [randomBytes(32), randomBytes(32), randomBytes(32)];
  const connection = newId();
  const typed = "v1.abcdefgh.what-a-person-typed-and-only-looks-sealed-to-us";

  before(async () => {
    fresh = await freshDatabase();
    const { db } = fresh;
    const vault = makeVault({ key: first });
    await checkKey({ db, vault });
    const made = await addBundle(db, [
      act("aaa", "create", { title: typed, pin: { $sealed: vault.seal("pin-1") } as never }),
    ]);
    const { workspace } = made.scope;
    const secret = vault.seal('{"token":"t-1"}');
    await db
      .insert(connections)
      .values({ id: connection, workspace, connector: "crm", name: "C", state: "alive", secret });
    await db.insert(consents).values({
      hash: "h",
      workspace,
      member: made.scope.member,
      connection,
      verifier: vault.seal("verifier-1"),
      expiresAt: new Date(),
    });
    await db.insert(settings).values({ key: "ownerCode", value: { code: vault.seal("owner-1") } });
    await db.insert(settings).values({ key: "oauthApps", value: { VK: vault.seal('{"id":"1","secret":"app-1"}') } });
    await db.insert(inbox).values(
      Array.from({ length: 700 }, (_, index) => ({
        updateId: index + 1,
        chat: 1,
        body: vault.seal(`{"n":${index}}`),
      })),
    );
    await db
      .update(bundles)
      .set({ draft: { format: 1, trigger: null, steps: [], pin: { $sealed: vault.seal("pin-2") } } });
  });
  after(() => fresh.drop());

  const dump = async () =>
    JSON.stringify(
      await fresh.sql`select (select json_agg(s order by key) from settings s) as a, (select json_agg(c) from connections c) as b,
        (select json_agg(c) from consents c) as c, (select json_agg(b) from bundles b) as d, (select json_agg(v) from versions v) as e,
        (select json_agg(i) from telegram_inbox i) as f`,
    );
  const headOf = (key: Buffer) => /^v1\.[\w-]+\./.exec(makeVault({ key }).seal(""))?.[0] ?? "";
  const rotated = (key: Buffer, ...older: Buffer[]) => {
    const vault = makeVault({ key, older });
    return { vault, rotate: makeRotation({ db: fresh.db, vault, process: "test" }).rotate };
  };

  it("cut off half-way it needs both keys, and goes on from there", async () => {
    const { db } = fresh;
    const cut = makeVault({ key: second, older: [first] });
    let opened = 0;
    // A process that dies: after some rows nothing is sealed any more.
    const dying = { ...cut, reseal: (text: string) => (++opened > 600 ? assert.fail("killed") : cut.reseal(text)) };
    await assert.rejects(makeRotation({ db, vault: dying, process: "test" }).rotate(), /killed/);
    for (const key of [first, second])
      await assert.rejects(checkKey({ db, vault: makeVault({ key }) }), /Refusal|key/i);
    await checkKey({ db, vault: makeVault({ key: second, older: [first] }) });
    const text = await dump();
    assert.ok(text.includes(headOf(first)) && text.includes(headOf(second)));
  });

  it("ends with nothing that the old key opens; addresses and secrets that services were told stay", async () => {
    const { db } = fresh;
    const told = makeVault({ key: first }).mac("address of connection x");
    const { vault, rotate } = rotated(second, first);
    const done = await rotate();
    assert.ok(done.resealed > 100 && done.left === 0, JSON.stringify(done));
    assert.deepEqual(await rotate(), { resealed: 0, left: 0, others: 0 });
    const text = await dump();
    assert.ok(!text.includes(headOf(first)), "something is still sealed with the old key");
    assert.ok(text.includes(typed), "typed text was changed");
    const alone = makeVault({ key: second });
    await checkKey({ db, vault: alone });
    assert.equal(alone.mac("address of connection x"), told);
    assert.equal(vault.mac("address of connection x"), told);
    const [row] = await db.select().from(connections);
    assert.equal(alone.open(row?.secret ?? ""), '{"token":"t-1"}');
    const [version] = await db.select().from(versions);
    const pin = JSON.stringify(version?.body).match(/"\$sealed":"([^"]+)"/)?.[1] ?? "";
    assert.equal(alone.open(pin), "pin-1");
    await assert.rejects(checkKey({ db, vault: makeVault({ key: first }) }));
    assert.throws(() => makeVault({ key: first }).open(row?.secret ?? ""), VaultError);
    // And once more: the address outlives any number of keys.
    await rotated(third, second).rotate();
    const last = makeVault({ key: third });
    await checkKey({ db, vault: last });
    assert.equal(last.mac("address of connection x"), told);
  });

  it("the command tells what to do, and does it", async () => {
    const env = (key: Buffer, old?: Buffer) => ({
      PATH: process.env.PATH,
      LANG: "en_US.UTF-8",
      DATABASE_URL: fresh.url,
      ENCRYPTION_KEY: key.toString("base64"),
      ...(old ? { ENCRYPTION_KEY_OLD: old.toString("base64") } : {}),
    });
    const shell = (given: NodeJS.ProcessEnv) =>
      new Promise<{ code: number; out: string }>((done) => {
        const cwd = join(import.meta.dirname, "../../..");
        execFile(
          process.execPath,
          ["src/cli/key.ts", "rotate"],
          { env: given, cwd, timeout: 60_000 },
          (error, out, err) => done({ code: error === null ? 0 : Number(error.code ?? -1), out: out + err }),
        );
      });
    assert.match((await shell(env(first))).out, /openssl rand -base64 32/);
    const done = await shell(env(first, third));
    assert.equal(done.code, 0, done.out);
    assert.match(done.out, /remove ENCRYPTION_KEY_OLD/);
    await checkKey({ db: fresh.db, vault: makeVault({ key: first }) });
  });

  it("a key file changes whole, and a running app finds the key that was made beside it", () => {
    const dataDir = mkdtempSync(join(tmpdir(), "svyazka-key-"));
    try {
      const place = { encryptionKey: null, olderKeys: [], dataDir };
      const running = openKeys(place);
      const app = makeVault({ key: running.key, again: running.again });
      addKey(dataDir);
      addKey(dataDir);
      const changing = openKeys(place);
      assert.deepEqual(changing.older, [running.key]);
      assert.equal(app.open(makeVault({ key: changing.key }).seal("made beside it")), "made beside it");
      dropOlderKeys(dataDir);
      const after = openKeys(place);
      assert.deepEqual([after.key, after.older], [changing.key, []]);
      assert.equal(statSync(join(dataDir, "key")).mode & 0o777, 0o600);
      assert.equal(readFileSync(join(dataDir, "key"), "utf8").trim().split("\n").length, 1);
    } finally {
      rmSync(dataDir, { recursive: true, force: true });
    }
  });
});

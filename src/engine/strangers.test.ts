import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { movableClock } from "../../test/support/clock.ts";
import { type FreshDatabase, freshDatabase } from "../../test/support/database.ts";
import { shop } from "../../test/support/shop.ts";
import { act, addBundle, crm } from "../../test/support/stage.ts";
import { makeClient } from "../db/client.ts";
import { connections, incidents, members, runs } from "../db/schema.ts";
import { makeLog } from "../log.ts";
import { makeVault } from "./connection/vault.ts";
import type { Engine, Scope } from "./engine.ts";
import { NotFound, UserError } from "./errors.ts";
import { newId } from "./id.ts";
import { makeEngine } from "./join.ts";

const KEY = Buffer.alloc(32, 3);
let fresh: FreshDatabase;
let client: ReturnType<typeof makeClient>;
let engine: Engine;
let own: Scope;
let stranger: Scope;
let viewer: Scope;
const ids = { bundle: "", connection: newId(), run: newId(), incident: newId() };
before(async () => {
  fresh = await freshDatabase();
  client = makeClient({ url: fresh.url, max: 4 });
  engine = makeEngine({
    client,
    url: fresh.url,
    key: KEY,
    clock: movableClock(),
    log: makeLog("silent"),
    connectors: [crm, shop],
    settings: {
      access: "open",
      roles: new Set(),
      publicUrl: "https://svyazka.test",
      endpoints: {},
      allowedHosts: [],
      hookRate: 100,
      oauthApps: {},
    },
    installation: { mode: "telegram", bot: "1" },
    http: () => () => Promise.reject(new Error("no way out")),
  });
  const { db } = client;
  const made = await addBundle(db, [act("aaa", "create", { title: "x" })]);
  stranger = (await addBundle(db, [])).scope;
  own = made.scope;
  ids.bundle = made.bundle;
  viewer = { workspace: own.workspace, member: newId() };
  const at = new Date();
  const { workspace } = own;
  await db
    .insert(members)
    .values({ id: viewer.member, workspace, telegramId: 7, name: "V", locale: "ru", role: "viewer" });
  await db.insert(connections).values({
    id: ids.connection,
    workspace,
    connector: "shop",
    name: "Лавка",
    state: "alive",
    secret: makeVault({ key: KEY }).seal('{"site":"1","token":"right-key"}'),
  });
  await db.insert(runs).values({
    id: ids.run,
    workspace,
    bundle: ids.bundle,
    version: 1,
    state: "unknown",
    origin: "live",
    record: "1",
    event: {},
    step: "aaa",
  });
  await db.insert(incidents).values({
    id: ids.incident,
    workspace,
    bundle: ids.bundle,
    class: "data",
    cause: "c",
    example: {
      bundle: ids.bundle,
      run: ids.run,
      version: 1,
      failure: { class: "data", step: "aaa", sentence: { ru: "x", en: "x" } },
    },
    firstAt: at,
    lastAt: at,
  });
});
after(async () => {
  await client.end();
  await fresh.drop();
});

type Calls = Record<string, (scope: Scope) => Promise<unknown>>;
const looks = (): Calls => ({
  "bundles.get": (s) => engine.bundles.get(s, ids.bundle),
  "bundles.problems": (s) => engine.bundles.problems(s, ids.bundle),
  "bundles.sample": (s) => engine.bundles.sample(s, ids.bundle),
  "bundles.mapping": (s) => engine.bundles.mapping(s, ids.bundle, "aaa"),
  "bundles.sources": (s) => engine.bundles.sources(s, ids.bundle, "aaa"),
  "bundles.read": (s) => engine.bundles.read(s, ids.bundle, "aaa", "{x}"),
  "bundles.verdicts": (s) => engine.bundles.verdicts(s, ids.bundle, "trigger"),
  "bundles.exportFile": (s) => engine.bundles.exportFile(s, ids.bundle),
  "bundles.shareFile": (s) => engine.bundles.shareFile(s, ids.bundle),
  "bundles.versions": (s) => engine.bundles.versions(s, ids.bundle),
  "bundles.compare": (s) => engine.bundles.compare(s, ids.bundle, 1, "draft"),
  "bundles.migration": (s) => engine.bundles.migration(s, ids.bundle),
  "bundles.upcoming": (s) => engine.bundles.upcoming(s, ids.bundle, 3),
  "connections.get": (s) => engine.connections.get(s, ids.connection),
  "connections.usedBy": (s) => engine.connections.usedBy(s, ids.connection),
  "connections.options": (s) => engine.connections.options(s, ids.connection, "goods", {}),
  "runs.get": (s) => engine.runs.get(s, ids.run),
  "incidents.get": (s) => engine.incidents.get(s, ids.incident),
});
const changes = (): Calls => ({
  "bundles.edit": (s) => engine.bundles.edit(s, ids.bundle, 0, { do: "removeStep", step: "aaa" }),
  "bundles.undo": (s) => engine.bundles.undo(s, ids.bundle),
  "bundles.undoEdit": (s) => engine.bundles.undoEdit(s, ids.bundle, 0),
  "bundles.migrate": (s) => engine.bundles.migrate(s, ids.bundle, { do: "reset" }),
  "bundles.discard": (s) => engine.bundles.discard(s, ids.bundle),
  "bundles.rename": (s) => engine.bundles.rename(s, ids.bundle, "Mine"),
  "bundles.copy": (s) => engine.bundles.copy(s, ids.bundle),
  "bundles.start": (s) => engine.bundles.start(s, ids.bundle),
  "bundles.publish": (s) => engine.bundles.publish(s, ids.bundle),
  "bundles.pause": (s) => engine.bundles.pause(s, ids.bundle),
  "bundles.runNow": (s) => engine.bundles.runNow(s, ids.bundle),
  "bundles.runOnce": (s) => engine.bundles.runOnce(s, ids.bundle),
  "bundles.dryRun": (s) => engine.bundles.dryRun(s, ids.bundle),
  "bundles.fetchSample": (s) => engine.bundles.fetchSample(s, ids.bundle),
  "connections.setValue": (s) => engine.connections.setValue(s, ids.connection, "site", "2"),
  "connections.rename": (s) => engine.connections.rename(s, ids.connection, "Mine"),
  "connections.check": (s) => engine.connections.check(s, ids.connection),
  "connections.refreshLists": (s) => engine.connections.refreshLists(s, ids.connection),
  "connections.remove": (s) => engine.connections.remove(s, ids.connection),
  "consent.begin": (s) => engine.consent.begin(s, ids.connection),
  "runs.retry": (s) => engine.runs.retry(s, ids.run),
  "runs.resolve": (s) => engine.runs.resolve(s, ids.run, "happened"),
  "runs.cancel": (s) => engine.runs.cancel(s, ids.run),
  "incidents.retry": (s) => engine.incidents.retry(s, ids.incident, "all"),
  "incidents.dismiss": (s) => engine.incidents.dismiss(s, ids.incident),
  "bundles.remove": (s) => engine.bundles.remove(s, ids.bundle),
});

/** Everything that a stranger could have changed. */
const state = async () =>
  JSON.stringify(
    await fresh.sql`select (select json_agg(b) from bundles b) as bundles, (select json_agg(c) from connections c) as connections,
      (select json_agg(r) from runs r) as runs, (select json_agg(i) from incidents i) as incidents`,
  );

test("another workspace's ids don't exist, whatever is asked", async () => {
  const before = await state();
  for (const [name, call] of Object.entries({ ...looks(), ...changes() })) {
    // Removing what isn't there is no mistake.
    if (name === "bundles.remove") await call(stranger);
    else await assert.rejects(call(stranger), NotFound, name);
  }
  for (const list of [engine.bundles.list(stranger), engine.bundles.match(stranger, ids.bundle)])
    assert.ok((await list).every(({ id }) => id !== ids.bundle));
  assert.deepEqual(await engine.connections.list(stranger), []);
  assert.deepEqual((await engine.runs.list(stranger, { page: 0 })).runs, []);
  assert.deepEqual((await engine.runs.list(stranger, { bundle: ids.bundle, page: 0 })).runs, []);
  assert.deepEqual((await engine.runs.status(stranger)).incidents, []);
  assert.equal(await state(), before);
});

test("a viewer sees all of it and changes nothing", async () => {
  const before = await state();
  for (const [name, call] of Object.entries(looks())) await assert.doesNotReject(call(viewer), name);
  const makes: Calls = {
    ...changes(),
    "bundles.create": (s) => engine.bundles.create(s),
    "bundles.importFile": (s) => engine.bundles.importFile(s, {}, {}),
    "bundles.fromTemplate": (s) =>
      engine.bundles.fromTemplate(s, { svyazka: 1, name: "x", bundle: { format: 1, trigger: null, steps: [] } }, {}),
    "connections.begin": (s) => engine.connections.begin(s, "shop"),
  };
  for (const [name, call] of Object.entries(makes)) {
    const isTold = (error: unknown) => error instanceof UserError && /наблюдатель/.test(error.sentence.ru);
    await assert.rejects(call(viewer), isTold, name);
  }
  assert.equal(await state(), before);
  await engine.bundles.rename(own, ids.bundle, "Mine");
  assert.equal((await engine.bundles.get(viewer, ids.bundle)).name, "Mine");
});

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { movableClock } from "../../../test/support/clock.ts";
import { type FreshDatabase, freshDatabase } from "../../../test/support/database.ts";
import type { Connector, ListPage } from "../../connectors/kit/define.ts";
import { ConnectorError } from "../../connectors/kit/errors.ts";
import { bundles, members, versions, workspaces } from "../../db/schema.ts";
import { makeLog } from "../../log.ts";
import type { Alert, Connections, Scope } from "../engine.ts";
import { NotFound, UserError } from "../errors.ts";
import { newId } from "../id.ts";
import { makeOnce } from "../once.ts";
import { makeConnections } from "./connections.ts";
import { makeOpener } from "./opener.ts";
import { makeVault } from "./vault.ts";

const label = (text: string) => ({ ru: text, en: text });
const KEY = "sk-very-secret-1";
const dead = () => new ConnectorError("access", label("Ключ не подходит."), { own: `Wrong key ${KEY}` });
const silent = () => new ConnectorError("temporary", label("Сервис молчит."));

describe("connections", () => {
  let database: FreshDatabase;
  let connections: Connections;
  let scope: Scope;
  const clock = movableClock();
  const alerts: Alert[] = [];
  const reconnected: string[] = [];
  const disarmed: string[] = [];
  /** What the service does when asked. */
  const service = {
    check: async (): Promise<{ account: string }> => ({ account: "shop.test" }),
    list: async (_page: string | undefined): Promise<ListPage> => ({ items: [] }),
    loads: 0,
  };
  const crm: Connector = {
    key: "crm",
    name: label("CRM"),
    about: label("CRM"),
    auth: {
      kind: "fields",
      steps: [],
      fields: [
        { key: "account", label: label("Портал"), kind: "text", required: true },
        { key: "key", label: label("Ключ"), kind: "text", required: true, secret: true },
        { key: "note", label: label("Заметка"), kind: "text" },
      ],
    },
    api: { base: "https://{account}.crm.test", error: () => null },
    check: () => service.check(),
    lists: {
      statuses: {
        label: label("Статусы"),
        load: (_ctx, _depends, page) => {
          service.loads++;
          return service.list(page);
        },
      },
    },
    triggers: [],
    actions: [],
  };

  before(async () => {
    database = await freshDatabase();
    const { db } = database;
    const workspace = newId();
    await db.insert(workspaces).values({ id: workspace, name: "w", country: "RU", timeZone: "Europe/Moscow" });
    const member = newId();
    await db.insert(members).values({ id: member, workspace, telegramId: 1, name: "A", locale: "ru", role: "owner" });
    scope = { workspace, member };
    const shared = {
      db,
      clock,
      log: makeLog("silent"),
      vault: makeVault({ key: Buffer.alloc(32, 1) }),
      connectors: [crm],
    };
    connections = makeConnections({
      ...shared,
      opener: makeOpener({ ...shared, http: () => () => Promise.reject(new Error("no network here")) }),
      once: makeOnce(shared),
      notify: async (_tx, _workspace, alert) => void alerts.push(alert),
      triggers: {
        disarm: async (_tx, bundle) => void disarmed.push(bundle),
        unsubscribe: async () => {},
        reconnected: async (connection) => void reconnected.push(connection),
      },
    });
  });
  after(() => database.drop());

  async function filled() {
    const { id } = await connections.begin(scope, "crm");
    await connections.setValue(scope, id, "account", "https://shop.crm.test/admin");
    await connections.setValue(scope, id, "key", ` ${KEY} `);
    return id;
  }

  test("values come one by one and lie sealed; a secret is never given back", async () => {
    const begun = await connections.begin(scope, "crm");
    assert.equal(begun.missing, "account");
    assert.equal((await connections.begin(scope, "crm")).id, begun.id, "an unfinished one is taken up again");
    const half = await connections.setValue(scope, begun.id, "account", "https://shop.crm.test/admin");
    assert.equal(half.missing, "key");
    const whole = await connections.setValue(scope, begun.id, "key", ` ${KEY} `);
    assert.equal(whole.missing, null);
    assert.deepEqual(whole.values, { account: "shop" });
    assert.deepEqual(whole.filled, ["account", "key"]);
    assert.ok(!JSON.stringify(whole).includes(KEY));
    const rows = await database.sql`select * from connections`;
    assert.ok(!JSON.stringify(rows).includes(KEY) && !JSON.stringify(rows).includes("shop"));
    await assert.rejects(connections.setValue(scope, begun.id, "nothing", "x"), NotFound);
  });

  test("two answers at once lose neither value", async () => {
    const { id } = await connections.begin(scope, "crm");
    await Promise.all([
      connections.setValue(scope, id, "account", "shop"),
      connections.setValue(scope, id, "key", KEY),
      connections.setValue(scope, id, "note", "мой магазин"),
    ]);
    assert.deepEqual((await connections.get(scope, id)).filled, ["account", "key", "note"]);
  });

  test("a check makes it alive or broken; an outage breaks nothing that was alive", async () => {
    const id = await filled();
    service.check = async () => {
      throw dead();
    };
    const refused = await connections.check(scope, id);
    assert.ok(!refused.ok);
    assert.equal(refused.failure.class, "access");
    assert.ok(!JSON.stringify(refused).includes(KEY), "the service's words are masked");
    assert.equal((await connections.get(scope, id)).state, "broken");
    service.check = async () => ({ account: "shop.test" });
    assert.deepEqual(await connections.check(scope, id), { ok: true, account: "shop.test" });
    assert.deepEqual(reconnected, [id]);
    assert.equal((await connections.get(scope, id)).state, "alive");
    service.check = async () => {
      throw silent();
    };
    assert.equal((await connections.check(scope, id)).ok, false);
    const after = await connections.get(scope, id);
    assert.equal(after.state, "alive");
    assert.equal(after.error?.class, "temporary");
  });

  test("a bug in a check is a failure that shows nothing of itself", async () => {
    const id = await filled();
    service.check = async () => {
      throw new TypeError(`undefined ${KEY}`);
    };
    const result = await connections.check(scope, id);
    assert.ok(!result.ok && result.failure.class === "defect");
    assert.ok(!JSON.stringify(result).includes(KEY));
  });

  test("what isn't filled isn't checked", async () => {
    const { id } = await connections.begin(scope, "crm");
    await connections.setValue(scope, id, "note", "x");
    const [first] = (await connections.list(scope)).filter((one) => one.missing !== null);
    if (!first) return;
    const result = await connections.check(scope, first.id);
    assert.ok(!result.ok && result.failure.field === first.missing);
  });

  test("a list is read page by page, kept a day, searched, and survives the service being down", async () => {
    const id = await filled();
    service.check = async () => ({ account: "shop.test" });
    const names = Array.from({ length: 25 }, (_, index) => ({ value: `s${index}`, label: `Статус ${index}` }));
    service.loads = 0;
    service.list = async (page) => {
      const from = Number(page ?? 0);
      const next = from + 10 < names.length ? { next: String(from + 10) } : {};
      return { items: names.slice(from, from + 10), ...next };
    };
    const first = await connections.options(scope, id, "statuses", {});
    assert.equal(first.total, 25);
    assert.equal(first.items.length, 8);
    assert.equal(service.loads, 3);
    const found = await connections.options(scope, id, "statuses", { search: "статус 1", page: 1, size: 4 });
    assert.equal(found.total, 12);
    assert.equal(found.items.length, 4);
    assert.equal(service.loads, 3, "from the copy");
    clock.move(25 * 3_600_000);
    service.list = async () => {
      throw silent();
    };
    const old = await connections.options(scope, id, "statuses", {});
    assert.equal(old.total, 25);
    assert.equal(old.failure?.class, "temporary");
    assert.deepEqual(old.loadedAt, first.loadedAt);
    service.list = async () => ({ items: names.slice(0, 3) });
    assert.deepEqual(await connections.refreshLists(scope, id), [
      { name: "statuses", label: label("Статусы"), count: 3 },
    ]);
  });

  test("a list that was never read and can't be is a sentence with a door", async () => {
    const id = await filled();
    await database.sql`delete from lists`;
    service.list = async () => {
      throw dead();
    };
    await assert.rejects(
      connections.options(scope, id, "statuses", {}),
      (error) => error instanceof UserError && error.door?.to === "connection",
    );
    await assert.rejects(connections.options(scope, id, "nothing", {}), UserError);
  });

  test("a service that never ends its pages is cut off", async () => {
    const id = await filled();
    await database.sql`delete from lists`;
    let page = 0;
    service.list = async () => ({ items: [{ value: String(page++), label: "x" }], next: String(page) });
    assert.equal((await connections.options(scope, id, "statuses", {})).total, 500);
    await database.sql`delete from lists`;
    service.list = async () => ({ items: [{ value: "same", label: "x" }], next: "1" });
    assert.equal((await connections.options(scope, id, "statuses", {})).total, 1);
  });

  test("removing one in use pauses its bundles and names them; another workspace sees nothing", async () => {
    const id = await filled();
    const bundle = newId();
    const trigger = { connector: "crm", trigger: "t", connection: id, options: {} };
    const { db } = database;
    await db
      .insert(bundles)
      .values({ id: bundle, workspace: scope.workspace, number: 1, name: "Заказы", state: "active", version: 1 });
    await db.insert(versions).values({ bundle, version: 1, body: { format: 1, trigger, steps: [] } });
    const stranger = { workspace: newId(), member: newId() };
    await assert.rejects(connections.get(stranger, id), NotFound);
    await assert.rejects(connections.remove(stranger, id), NotFound);
    const [use] = await connections.usedBy(scope, id);
    assert.equal(use?.name, "Заказы");
    assert.deepEqual(use?.connectors, ["crm"]);
    await connections.remove(scope, id);
    assert.deepEqual(disarmed, [bundle]);
    assert.deepEqual(
      alerts.map((alert) => alert.kind === "paused" && alert.bundle),
      [bundle],
    );
    const [row] = await database.sql`select state, paused_by from bundles where id = ${bundle}`;
    assert.deepEqual([row?.state, row?.paused_by], ["paused", { by: "connection", connection: id }]);
    await assert.rejects(connections.get(scope, id), NotFound);
  });

  test("names", async () => {
    const id = await filled();
    assert.equal((await connections.rename(scope, id, "  Мой   магазин ")).name, "Мой магазин");
    await assert.rejects(connections.rename(scope, id, " "), UserError);
    await assert.rejects(connections.rename(scope, id, "x".repeat(61)), UserError);
    const asked = { ...scope, op: "update 1" };
    const [one, two] = await Promise.all([connections.begin(asked, "crm"), connections.begin(asked, "crm")]);
    assert.equal(one.id, two.id, "two taps make one");
  });
});

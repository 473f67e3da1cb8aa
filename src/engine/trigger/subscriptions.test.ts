import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { type WayIn, wayIn } from "../../../test/support/wayin.ts";
import { ConnectorError } from "../../connectors/kit/errors.ts";
import { makeLog } from "../../log.ts";
import type { Alert } from "../engine.ts";
import { tellMoved } from "./moved.ts";

const MINUTE = 60_000;
const OLD = "https://svyazka.test";
const NEW = "https://moved.test";

describe("subscriptions follow what changed", () => {
  let it: WayIn;
  before(async () => {
    it = await wayIn();
  });
  after(() => it.drop());

  const urlOf = async (id: string): Promise<string | undefined> =>
    ((await it.trigger(id)).subscription as { url?: string } | null)?.url;
  const remove = async (...ids: string[]) => {
    for (const id of ids) {
      await it.triggers.unsubscribe(id);
      await it.sql`update bundles set deleted_at = now() where id = ${id}`;
    }
  };
  const publish = async (id: string, version: number, options: Record<string, string>) => {
    const [row] = await it.sql`select body from versions where bundle = ${id} and version = 1`;
    const body = { ...row?.body, trigger: { ...row?.body.trigger, options } };
    await it.sql`insert into versions (bundle, version, body)
      values (${id}, ${version}, ${JSON.stringify(body)}::text::jsonb)`;
    await it.sql`update bundles set version = ${version} where id = ${id}`;
    await it.db.transaction((tx) => it.triggers.arm(tx, { id, workspace: it.workspace }, body, false));
    await it.triggers.subscribe(id);
  };

  test("an address of another PUBLIC_URL is told to the services after the start, with patience", async () => {
    const { id, token } = await it.active("subscribed");
    await it.triggers.subscribe(id);
    const moved = it.process(it.db, NEW).triggers;
    it.service.refusal = new ConnectorError("temporary", { ru: "Позже.", en: "Later." });
    await moved.followAddress();
    assert.ok(it.service.subscribed.has(`${OLD}/hooks/${token}`), "the start waits for no service");
    await moved.tick();
    assert.equal(await urlOf(id), `${OLD}/hooks/${token}`);
    it.service.refusal = null;
    // Another start meanwhile doesn't hurry what waits.
    await moved.followAddress();
    await moved.tick();
    assert.equal(await urlOf(id), `${OLD}/hooks/${token}`);
    it.clock.move(MINUTE);
    await moved.tick();
    assert.deepEqual([...it.service.subscribed], [`${NEW}/hooks/${token}`]);
    assert.equal(await urlOf(id), `${NEW}/hooks/${token}`);
    await moved.followAddress();
    assert.equal((await it.trigger(id)).subscribeAt, null, "nothing is left to do");
    await remove(id);
  });

  test("a paused bundle holds what comes, so it moves too; a draft doesn't", async () => {
    const { id, token } = await it.active("subscribed");
    await it.triggers.subscribe(id);
    const draft = await it.draft("subscribed");
    await it.triggers.subscribe(draft.id);
    await it.setState(id, "paused");
    const moved = it.process(it.db, NEW).triggers;
    await moved.followAddress();
    await moved.tick();
    assert.equal(await urlOf(id), `${NEW}/hooks/${token}`);
    assert.equal(await urlOf(draft.id), `${OLD}/hooks/${draft.token}`);
    await remove(id, draft.id);
  });

  test("bundles that share an address move at once, and nothing is left at the old one", async () => {
    await it.connection("move1", "alive", "Shop");
    const [one, two] = [
      await it.active("account", { connection: "move1" }),
      await it.active("account", { connection: "move1" }),
    ];
    for (const { id } of [one, two]) await it.triggers.subscribe(id);
    const before = it.service.calls.length;
    const moved = it.process(it.db, NEW).triggers;
    await moved.followAddress();
    await moved.tick();
    const calls = it.service.calls.slice(before).map((call) => call.replace(/c-move1-.*/, "…"));
    assert.deepEqual(calls, [`unsubscribe ${OLD}/hooks/…`, `subscribe ${NEW}/hooks/…`]);
    assert.equal(await urlOf(one.id), await urlOf(two.id));
    await remove(one.id, two.id);
    assert.equal(it.service.subscribed.size, 0);
  });

  test("publishing other options renews the subscription where it depends on them, and only there", async () => {
    const { id, token } = await it.active("subscribed", { options: { events: "changed" } });
    await it.triggers.subscribe(id);
    const before = it.service.calls.length;
    await publish(id, 2, { events: "changed", only: "mine" });
    assert.deepEqual(it.service.calls.slice(before), []);
    await publish(id, 3, { events: "changed, new", only: "mine" });
    assert.deepEqual(it.service.calls.slice(before), ["subscribe to changed, new"]);
    assert.ok(it.service.subscribed.has(`${OLD}/hooks/${token}`));
    await remove(id);
  });

  test("one that the service dropped is made anew after a look; silence of the service proves nothing", async () => {
    const { id, token } = await it.active("subscribed");
    await it.triggers.subscribe(id);
    const url = `${OLD}/hooks/${token}`;
    await it.triggers.look();
    assert.equal((await it.trigger(id)).subscribeAt, null);
    it.service.subscribed.delete(url);
    it.service.refusal = new ConnectorError("temporary", { ru: "Позже.", en: "Later." });
    await it.triggers.look();
    assert.equal((await it.trigger(id)).subscribeAt, null);
    it.service.refusal = null;
    await it.triggers.look();
    await it.triggers.tick();
    assert.ok(it.service.subscribed.has(url));
    assert.equal(await urlOf(id), url);
    await remove(id);
  });

  test("one that an older version stored is made anew once", async () => {
    const { id } = await it.active("subscribed", { options: { events: "old" } });
    await it.triggers.subscribe(id);
    await it.sql`update triggers set subscription = subscription - 'url' - 'wants' where bundle = ${id}`;
    const before = it.service.calls.length;
    await it.triggers.followAddress();
    await it.triggers.tick();
    await it.triggers.followAddress();
    await it.triggers.tick();
    assert.equal(it.service.calls.length, before + 1);
    await remove(id);
  });

  test("who pasted an address by hand is told once that it is another one now", async () => {
    const told: [string, Alert, string | undefined][] = [];
    const start = (publicUrl: string | null) =>
      tellMoved({
        db: it.db,
        log: makeLog("silent"),
        connectors: it.connectors,
        settings: { publicUrl },
        notify: async (_tx, workspace, alert, dedupe) => void told.push([workspace, alert, dedupe]),
      });
    const pasted = await it.active("hook");
    const polled = await it.active("both");
    const own = await it.active("subscribed");
    await it.triggers.subscribe(own.id);
    await it.draft("hook");
    await it.active("poll");
    await start(OLD);
    await start(OLD);
    assert.deepEqual(told, [], "the first start remembers, the next finds nothing new");
    await start(null);
    await start(NEW);
    await start(NEW);
    const alert = { kind: "addressMoved", bundles: [pasted.id], maybe: [polled.id] };
    assert.deepEqual(told, [[it.workspace, alert, `address ${NEW}`]]);
  });
});

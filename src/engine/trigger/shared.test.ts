import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { type WayIn, wayIn } from "../../../test/support/wayin.ts";

describe("addresses that bundles share", () => {
  let it: WayIn;
  before(async () => {
    it = await wayIn();
  });
  after(() => it.drop());

  const tokenOf = (url: string | undefined): string => url?.split("/").at(-1) ?? "";
  const sendTo = (url: string | undefined, body: unknown, headers: Record<string, string> = {}) =>
    it.send(tokenOf(url), body, headers);
  const listening = async (connection: string, account: string) => {
    await it.connection(connection, "alive", account);
    const bundle = await it.active("account", { connection });
    await it.triggers.subscribe(bundle.id);
    return bundle;
  };
  const newest = () => ({ url: [...it.service.subscribed].at(-1), secret: it.service.secrets.at(-1) ?? "" });

  test("one address for a connection: every bundle of it hears, paused ones hold, others' don't", async () => {
    const one = await listening("share1", "Shop");
    const { url, secret } = newest();
    const two = await listening("share1", "Shop");
    const draft = await it.draft("account", { connection: "share1" });
    const stranger = await listening("share2", "Other");
    assert.equal(it.service.subscribed.size, 2);
    await it.setState(two.id, "paused");
    assert.equal((await sendTo(url, { id: "a" }, { "x-secret": secret })).status, 200);
    assert.deepEqual(await it.runs(one.id), ["a"]);
    assert.deepEqual(await it.runs(two.id), []);
    assert.deepEqual(await it.runs(stranger.id), []);
    const [held] = await it.sql`select count(*)::int as n from deliveries where bundle = ${two.id} and state = 'held'`;
    assert.equal(held?.n, 1);
    const [sample] = await it.sql`select sample from bundles where id = ${draft.id}`;
    assert.deepEqual(sample?.sample, { id: "a" });
  });

  test("a wrong secret is 401, a guessed address 404, a bundle's own token leads nowhere", async () => {
    const { id, token } = await listening("share3", "Shop");
    const { url, secret } = newest();
    assert.equal((await sendTo(url, { id: "a" })).status, 401);
    const guessed = `${url?.slice(0, -1)}${url?.endsWith("A") ? "B" : "A"}`;
    assert.equal((await sendTo(guessed, { id: "a" }, { "x-secret": secret })).status, 404);
    assert.equal((await it.send(token, { id: "a" }, { "x-secret": secret })).status, 404);
    assert.deepEqual(await it.runs(id), []);
  });

  test("a handshake that the service has to be asked about is answered before anybody listens", async () => {
    await it.connection("share4", "alive", "Shop");
    const draft = await it.draft("account", { connection: "share4" });
    const url = it.triggers.address({ token: draft.token }, draft.body) ?? "";
    assert.equal((await sendTo(url, {}, { "x-confirm": "7" })).body, "code 7");
  });

  test("the subscription goes with the last bundle that lives from it", async () => {
    const one = await listening("share5", "Shop");
    const { url } = newest();
    const two = await listening("share5", "Shop");
    await it.triggers.unsubscribe(one.id);
    assert.ok(it.service.subscribed.has(url ?? ""));
    await it.triggers.unsubscribe(two.id);
    assert.ok(!it.service.subscribed.has(url ?? ""));
  });

  test("another account behind the connection gets a secret of its own, and the old one is worth nothing", async () => {
    const { id } = await listening("share6", "Shop");
    const before = newest();
    await it.connection("share6", "alive", "Another shop");
    await it.triggers.reconnected("share6");
    const after = newest();
    assert.notEqual(after.secret, before.secret);
    // The door is kept open for a second.
    const other = it.process();
    const body = { id: "a" };
    const request = { method: "POST", query: {}, body, raw: JSON.stringify(body) };
    const send = (secret: string) =>
      other.hooks.receive(tokenOf(after.url), { ...request, headers: { "x-secret": secret } });
    assert.equal((await send(before.secret)).status, 401);
    assert.equal((await send(after.secret)).status, 200);
    assert.deepEqual(await it.runs(id), ["a"]);
    assert.ok(!it.service.calls.includes(`unsubscribe ${before.url}`), "the new credentials aren't the old account's");
  });

  test("a removed connection's address is gone", async () => {
    await listening("share7", "Shop");
    const { url, secret } = newest();
    await it.sql`delete from connections where id = 'share7'`;
    assert.equal((await sendTo(url, { id: "a" }, { "x-secret": secret })).status, 404);
  });

  test("a subscription that was refused is asked for again when the connection works again", async () => {
    await it.connection("share8", "alive", "Shop");
    const { id } = await it.active("account", { connection: "share8" });
    const before = it.service.calls.length;
    await it.triggers.reconnected("share8");
    await it.triggers.reconnected("share8");
    assert.equal(it.service.calls.length, before + 1);
    await it.triggers.unsubscribe(id);
  });

  test("an app's address leads to the bundles that are subscribed to what the request is about", async () => {
    const bundle = async (page: string) => {
      const made = await it.active("page", { options: { page } });
      await it.triggers.subscribe(made.id);
      return made;
    };
    const [one, two, three] = [await bundle("p1"), await bundle("p1"), await bundle("p2")];
    const silent = await it.active("page", { options: { page: "p1" } });
    const send = (body: unknown, signature = "app-secret") =>
      it.hooks.receiveApp("journal", {
        method: "POST",
        headers: { "x-signature": signature, "x-secret": "wrong" },
        query: {},
        body: body as never,
        raw: "",
      });
    const both = [
      { id: "a", page: "p1" },
      { id: "b", page: "p2" },
      { id: "c", page: "p3" },
    ];
    assert.equal((await send(both)).status, 200);
    assert.deepEqual(await it.runs(one.id), ["a"]);
    assert.deepEqual(await it.runs(two.id), ["a"]);
    assert.deepEqual(await it.runs(three.id), ["b"]);
    assert.deepEqual(await it.runs(silent.id), []);
    assert.equal((await send(both, "another")).status, 401);
    await it.triggers.unsubscribe(one.id);
    assert.ok(!it.service.calls.includes("unsubscribe p1"), "another bundle still listens to the page");
    await it.triggers.unsubscribe(two.id);
    assert.ok(it.service.calls.includes("unsubscribe p1"));
  });
});

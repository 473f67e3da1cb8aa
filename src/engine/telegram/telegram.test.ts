import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { after, before, beforeEach, describe, it } from "node:test";
import { eq, sql } from "drizzle-orm";
import { movableClock } from "../../../test/support/clock.ts";
import { type FreshDatabase, freshDatabase } from "../../../test/support/database.ts";
import { makeClient } from "../../db/client.ts";
import { inbox, incidents, members, outbox, workspaces } from "../../db/schema.ts";
import { makeLog } from "../../log.ts";
import { makeVault } from "../connection/vault.ts";
import type { Alert } from "../engine.ts";
import { cardOf, withCard } from "./card.ts";
import { makeNotify } from "./notify.ts";
import { makeTelegram } from "./telegram.ts";

describe("the bot's storage", () => {
  let fresh: FreshDatabase;
  const clock = movableClock();
  const vault = makeVault({ key: randomBytes(32) });
  const log = makeLog("silent");
  const notify = makeNotify({ clock });
  let telegram: ReturnType<typeof makeTelegram>;
  before(async () => {
    fresh = await freshDatabase();
    telegram = makeTelegram({ db: fresh.db, clock, vault, log, process: "one", groups: { gone: async () => {} } });
  });
  beforeEach(async () => {
    await fresh.db.execute(sql`truncate workspaces, members, telegram_inbox, outbox, incidents, chats cascade`);
    await fresh.db.insert(workspaces).values({ id: "w", name: "W", country: "RU", timeZone: "Europe/Moscow" });
    await fresh.db.insert(members).values([
      { id: "a", workspace: "w", telegramId: 1, name: "A", locale: "ru", role: "owner" },
      { id: "b", workspace: "w", telegramId: 2, name: "B", locale: "en", role: "editor" },
    ]);
  });
  after(() => fresh.drop());

  const update = (update_id: number, chat: number) => ({
    update_id,
    chat,
    body: { update_id, text: `key-${update_id}` },
  });
  const ids = (rows: readonly { update_id: number }[]) => rows.map((row) => row.update_id);

  it("keeps updates in order per chat and drops known ids", async () => {
    await telegram.receive([update(1, 10), update(2, 10), update(3, 20)]);
    await telegram.receive([update(2, 10), update(4, 20)]);
    assert.deepEqual(ids(await telegram.open([], 10)), [1, 3]);
    assert.deepEqual(ids(await telegram.open([10], 10)), [3]);
    await telegram.done(1);
    assert.deepEqual(ids(await telegram.open([], 1)), [2]);
    assert.equal(await telegram.lastUpdateId(), 4);
    await telegram.receive([update(1, 10)]);
    assert.deepEqual(ids(await telegram.open([20], 10)), [2], "done is done");
  });
  it("two processes never handle one chat at once; what a dead one left is taken over", async () => {
    const other = makeTelegram({ db: fresh.db, clock, vault, log, process: "two", groups: { gone: async () => {} } });
    // What says that a process lives is the name of its queue's session.
    const alive = makeClient({ url: fresh.url, max: 1, name: "svyazka queue one" });
    try {
      await alive.db.execute(sql`select 1`);
      await telegram.receive([update(1, 10), update(2, 10), update(3, 20), update(4, 30)]);
      assert.deepEqual(ids(await telegram.open([], 2)), [1, 3]);
      assert.deepEqual(ids(await other.open([], 10)), [4], "neither the held ones nor those behind them");
      assert.deepEqual(ids(await telegram.open([20], 10)), [1, 4], "its own again, and of one who isn't there");
      await telegram.done(1);
      assert.deepEqual(ids(await other.open([], 10)), [2], "the next of a chat is free for everybody");
      const both = await Promise.all([telegram, other, telegram, other].map((one) => one.open([], 10)));
      for (const taken of both) assert.equal(new Set(taken.map(({ chat }) => chat)).size, taken.length);
    } finally {
      await alive.end();
    }
    const isFree = async () => ids(await other.open([], 10)).includes(3);
    const deadline = Date.now() + 5_000;
    while (!(await isFree()) && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 20));
    assert.ok(await isFree());
  });
  it("holds no word of an update in clear, and none at all when it is done", async () => {
    await telegram.receive([update(1, 10)]);
    const [row] = await fresh.db.select().from(inbox);
    assert.ok(row?.body && !row.body.includes("key"));
    await telegram.done(1);
    assert.equal((await fresh.db.select().from(inbox))[0]?.body, null);
  });
  it("takes an update out of the way at its third failure, and one that can't be opened at once", async () => {
    await telegram.receive([update(1, 10), update(2, 10)]);
    assert.deepEqual(await telegram.failed(1), { gaveUp: false });
    assert.deepEqual(await telegram.failed(1), { gaveUp: false });
    assert.deepEqual(await telegram.failed(1), { gaveUp: true });
    assert.deepEqual(ids(await telegram.open([], 10)), [2]);
    await fresh.db.update(inbox).set({ body: "rubbish" }).where(eq(inbox.updateId, 2));
    assert.deepEqual(await telegram.open([], 10), []);
  });
  it("forgets an offset older than six days: Telegram may count anew", async () => {
    await telegram.receive([update(900, 10)]);
    clock.move(7 * 86_400_000);
    assert.equal(await telegram.lastUpdateId(), null);
    await telegram.receive([update(5, 10)]);
    assert.equal(await telegram.lastUpdateId(), 5);
  });
  it("remembers chats and conversations", async () => {
    assert.deepEqual(await telegram.chat(7), { screenMessage: null, state: {} });
    await telegram.saveChat(7, { screenMessage: 5 });
    await telegram.saveChat(7, { state: { place: "x" } });
    assert.deepEqual(await telegram.chat(7), { screenMessage: 5, state: { place: "x" } });
    await telegram.saveChat(7, { screenMessage: null });
    assert.equal((await telegram.chat(7)).screenMessage, null);
    await telegram.conversations.write("k", "a\\u0000");
    assert.equal(await telegram.conversations.read("k"), "a\\u0000");
    await telegram.conversations.delete("k");
    assert.equal(await telegram.conversations.read("k"), undefined);
  });

  const sample = (bundle: string): Alert => ({ kind: "sample", bundle });
  const seqs = (items: readonly { seq: number }[]) => items.map((item) => item.seq);

  it("writes to every member who wants it, one message per chat at a time, in order", async () => {
    await notify(fresh.db, "w", sample("1"));
    await notify(fresh.db, "w", sample("2"));
    const first = await telegram.takeOutbox(10);
    assert.deepEqual(
      first.map((item) => [item.chatId, item.locale, item.scope.member]),
      [
        [1, "ru", "a"],
        [2, "en", "b"],
      ],
    );
    assert.deepEqual(
      first.map((item) => item.alert),
      [sample("1"), sample("1")],
    );
    assert.deepEqual(await telegram.takeOutbox(10), [], "leased");
    for (const seq of seqs(first)) await telegram.sent(seq, 100);
    assert.deepEqual(
      (await telegram.takeOutbox(1)).map((item) => item.alert),
      [sample("2")],
    );
  });
  it("takes a message up again when its sender died, and later when told to wait", async () => {
    await notify(fresh.db, "w", sample("1"));
    const [item] = await telegram.takeOutbox(1);
    clock.move(59_000);
    assert.ok(!seqs(await telegram.takeOutbox(10)).includes(item?.seq ?? 0));
    clock.move(2_000);
    assert.ok(seqs(await telegram.takeOutbox(10)).includes(item?.seq ?? 0));
    await telegram.notSent(item?.seq ?? 0, { retryAfterMs: 600_000 });
    clock.move(300_000);
    assert.ok(!seqs(await telegram.takeOutbox(10)).includes(item?.seq ?? 0));
  });
  it("two processes never take the same message", async () => {
    for (let n = 0; n < 5; n++) await notify(fresh.db, "w", sample(String(n)));
    const taken = (await Promise.all(Array.from({ length: 6 }, () => telegram.takeOutbox(10)))).flat();
    assert.equal(new Set(seqs(taken)).size, taken.length);
    assert.equal(taken.length, 2);
  });
  it("writes nothing to a chat that is gone, and again when the person comes back", async () => {
    await notify(fresh.db, "w", sample("1"));
    const [item] = await telegram.takeOutbox(10);
    await telegram.notSent(item?.seq ?? 0, { gone: true });
    await notify(fresh.db, "w", sample("2"));
    assert.deepEqual((await fresh.db.select().from(outbox).where(eq(outbox.chatId, 1))).length, 1);
  });
  it("joins what waits under one key, and what comes while it is being sent is news", async () => {
    await fresh.db.insert(incidents).values({
      id: "i",
      workspace: "w",
      class: "data",
      cause: "c",
      example: {},
      count: 1,
      firstAt: clock.now(),
      lastAt: clock.now(),
    });
    const alert: Alert = { kind: "incident", incident: "i" };
    for (let n = 0; n < 3; n++) await notify(fresh.db, "w", alert, "incident i");
    const items = await telegram.takeOutbox(10);
    assert.equal(items.length, 2);
    assert.equal(items[0]?.card, null);
    await notify(fresh.db, "w", alert, "incident i");
    for (const item of items) await telegram.sent(item.seq, 500 + item.chatId);
    const again = await telegram.takeOutbox(10);
    assert.deepEqual(
      again.map((item) => item.card),
      [
        { messageId: 501, sound: false },
        { messageId: 502, sound: false },
      ],
    );
    await fresh.db.update(incidents).set({ count: 12 });
    clock.move(3_600_000);
    const [rings] = await telegram.takeOutbox(1);
    assert.deepEqual(rings?.card, { messageId: 501, sound: true });
  });
  it("rings the bell in this process and from another one", async () => {
    let rung = 0;
    const stop = telegram.onWake(() => rung++);
    const deadline = Date.now() + 5_000;
    while (rung === 0 && Date.now() < deadline) {
      await fresh.db.transaction((tx) => notify(tx, "w", sample("1")));
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    assert.ok(rung > 0);
    stop();
  });
});

describe("an incident's card", () => {
  const at = new Date("2026-03-02T09:00:00Z");
  const cards = withCard([], { chatId: 1, messageId: 5, count: 1, at });
  const look = (count: number, minutes: number, solvedAt: Date | null = null, open = 0) =>
    cardOf(cards, { chatId: 1 }, { count, solvedAt, open, at: new Date(at.getTime() + minutes * 60_000) });

  it("rings at powers of ten, at most once an hour, never when solved", () => {
    assert.deepEqual(look(9, 600), { messageId: 5, sound: false });
    assert.deepEqual(look(10, 59), { messageId: 5, sound: false });
    assert.deepEqual(look(10, 60), { messageId: 5, sound: true });
    const solved = new Date(at.getTime() + 1);
    assert.deepEqual(look(100, 600, solved), { messageId: 5, sound: false });
    assert.deepEqual(look(1, 1, solved, 3), { messageId: 5, sound: true }, "records are left: not far up the chat");
    const anew = withCard(cards, { chatId: 1, messageId: 6, count: 1, at: solved });
    assert.equal(
      cardOf(anew, { chatId: 1 }, { count: 1, solvedAt: solved, open: 2, at: solved })?.sound,
      false,
      "and only once",
    );
    assert.equal(cardOf(cards, { chatId: 2 }, { count: 1, solvedAt: null, open: 0, at }), null);
  });
  it("an edit keeps the last sound, a new message sets it", () => {
    assert.deepEqual(withCard(cards, { chatId: 1, messageId: 5, count: 50, at }), cards);
    assert.equal(withCard(cards, { chatId: 1, messageId: 6, count: 50, at })[0]?.soundCount, 50);
  });
});

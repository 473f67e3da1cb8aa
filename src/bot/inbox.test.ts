import assert from "node:assert/strict";
import { test } from "node:test";
import { type Api, BotError, type Context, GrammyError, HttpError } from "grammy";
import type { Update } from "grammy/types";
import { eventually } from "../../test/support/bot.ts";
import type { Telegram } from "../engine/index.ts";
import { makeLog } from "../log.ts";
import { makeInbox, poll, safe } from "./inbox.ts";

const log = makeLog("silent");
const message = (update_id: number, chat: number): Update =>
  ({ update_id, message: { message_id: 1, date: 1, chat: { id: chat, type: "private", first_name: "A" } } }) as Update;

/** Storage that keeps its promises in memory. */
function makeStorage() {
  const rows = new Map<number, { update_id: number; chat: number; body: unknown; attempts: number }>();
  const done: number[] = [];
  const storage = {
    async receive(updates: readonly { update_id: number; chat: number; body: unknown }[]) {
      for (const one of updates) if (!done.includes(one.update_id)) rows.set(one.update_id, { ...one, attempts: 0 });
    },
    async open(busy: readonly number[], limit: number) {
      const taken = new Map<number, { update_id: number; chat: number; body: unknown; attempts: number }>();
      for (const row of [...rows.values()].sort((a, b) => a.update_id - b.update_id))
        if (!busy.includes(row.chat) && !taken.has(row.chat)) taken.set(row.chat, row);
      return [...taken.values()].slice(0, limit);
    },
    async done(id: number) {
      rows.delete(id);
      done.push(id);
    },
    async failed(id: number) {
      const row = rows.get(id);
      if (row) row.attempts += 1;
      const gaveUp = (row?.attempts ?? 3) >= 3;
      if (gaveUp) rows.delete(id);
      return { gaveUp };
    },
    onWake: () => () => undefined,
  };
  return { storage: storage as unknown as Telegram, rows, done };
}

test("updates are confirmed only after they were stored, and nothing is confirmed when there was nothing", async () => {
  const stopping = new AbortController();
  const asked: (number | undefined)[] = [];
  const { storage } = makeStorage();
  let isBroken = true;
  Object.assign(storage, {
    async receive() {
      if (isBroken) {
        isBroken = false;
        throw new Error("no database");
      }
    },
  });
  const api = {
    async getUpdates({ offset }: { offset?: number }) {
      asked.push(offset);
      if (asked.length === 5) stopping.abort();
      return offset === undefined && asked.length <= 3 ? [message(41, 1), message(42, 1)] : [];
    },
  } as unknown as Api;
  await poll(api, { telegram: storage, log, stopped: stopping.signal });
  assert.deepEqual(asked, [undefined, undefined, 43, undefined, undefined]);
});

test("one chat at a time, in order; many chats side by side", async () => {
  const { storage, done } = makeStorage();
  const seen: number[] = [];
  let atOnce = 0;
  let most = 0;
  const gates = new Map<number, () => void>();
  const inbox = makeInbox({
    telegram: storage,
    log,
    gaveUp: async () => undefined,
    async handle(update) {
      atOnce += 1;
      most = Math.max(most, atOnce);
      seen.push(update.update_id);
      await new Promise<void>((open) => gates.set(update.update_id, open));
      atOnce -= 1;
    },
  });
  await storage.receive([1, 2, 3].map((id) => ({ update_id: id, chat: 10, body: message(id, 10) })));
  await storage.receive([4, 5].map((id) => ({ update_id: id, chat: id, body: message(id, id) })));
  inbox.start();
  await eventually("three chats are at work", () => gates.size === 3);
  assert.deepEqual(seen, [1, 4, 5]);
  for (const id of [1, 2, 3, 4, 5]) {
    await eventually(`update ${id} is at work`, () => gates.has(id));
    gates.get(id)?.();
  }
  await eventually("all are done", () => done.length === 5);
  assert.equal(most, 3);
  assert.deepEqual(
    seen.filter((id) => id <= 3),
    [1, 2, 3],
  );
  await inbox.stop();
});

test("a handler that hangs is counted as failed and lets its chat go on", async () => {
  const { storage, done } = makeStorage();
  const given: number[] = [];
  const inbox = makeInbox({
    telegram: storage,
    log,
    stuckMs: 5,
    retryMs: 1,
    gaveUp: async (update) => void given.push(update.update_id),
    handle: (update) => (update.update_id === 1 ? new Promise(() => undefined) : Promise.resolve()),
  });
  await storage.receive([1, 2].map((id) => ({ update_id: id, chat: 10, body: message(id, 10) })));
  inbox.start();
  await eventually("the next update was handled", () => done.includes(2));
  assert.deepEqual(given, [1]);
  await inbox.stop();
});

test("Telegram out of reach costs an update none of its tries", async () => {
  const { storage, done, rows } = makeStorage();
  let tries = 0;
  const inbox = makeInbox({
    telegram: storage,
    log,
    retryMs: 1,
    gaveUp: async () => assert.fail("given up"),
    async handle() {
      tries += 1;
      if (tries <= 6) throw new BotError(new HttpError("Network request failed", new Error("x")), {} as Context);
    },
  });
  await storage.receive([{ update_id: 1, chat: 10, body: message(1, 10) }]);
  inbox.start();
  await eventually("it was handled", () => done.includes(1));
  assert.equal(tries, 7);
  assert.equal(rows.size, 0);
  await inbox.stop();
});

test("nothing that a person typed, no token and no parameter gets into the log", () => {
  const secret = "123:secret";
  const refused = new GrammyError(
    "Call to 'sendMessage' failed!",
    { ok: false, error_code: 400, description: "Bad Request: chat not found" },
    "sendMessage",
    { text: secret },
  );
  const query = Object.assign(new Error(`Failed query: insert … params: ${secret}`, { cause: { code: "23505" } }), {
    name: "DrizzleQueryError",
    query: "insert",
    params: [secret],
  });
  const lost = new HttpError(`Network request for 'x' failed: https://t/bot${secret}`, new Error(secret));
  for (const error of [refused, query, lost, new BotError(lost, { update: secret } as unknown as Context), secret]) {
    assert.ok(!JSON.stringify(safe(error)).includes(secret));
  }
});

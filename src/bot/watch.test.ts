import assert from "node:assert/strict";
import { test } from "node:test";
import { eventually } from "../../test/support/bot.ts";
import type { BundleView, Json } from "../engine/index.ts";
import { isAtRest, makeWatch } from "./watch.ts";

const at = { id: "b", scope: { workspace: "w", member: "m" } };

function stage(states: Partial<BundleView>[], kept: { chatId: number; state: Json }[] = []) {
  const got: { update_id: number; data: string; message: number }[] = [];
  let looks = 0;
  const watch = makeWatch({
    engine: {
      bundles: {
        async get() {
          const state = states[Math.min(looks, states.length - 1)];
          looks++;
          return { lastRuns: [], ...state } as unknown as BundleView;
        },
      },
      telegram: {
        chat: async () => ({ screenMessage: 77, state: null }),
        watchedChats: async () => kept,
        async receive(updates) {
          for (const { update_id, body } of updates) {
            const { callback_query } = body as {
              callback_query: { data: string; message: { message_id: number } };
            };
            got.push({ update_id, data: callback_query.data, message: callback_query.message.message_id });
          }
        },
      },
    },
    log: { warn: () => undefined },
    firstMs: 1,
  });
  const start = (update: number) =>
    watch.start({ scope: at.scope, chatId: 5, name: "Anna", update, bundle: at.id, word: "asked" });
  return { watch, start, got, looks: () => looks };
}

test("a card is drawn again once, when the poll has ended and its runs have too", async () => {
  const { start, got } = stage([{ asking: "going" }, { lastRuns: ["running"] }, { lastRuns: ["succeeded"] }]);
  start(12);
  await eventually("it was told", async () => got.length > 0);
  assert.deepEqual(got, [{ update_id: -(10 ** 15 + 12), data: "recard:b:asked", message: 77 }]);
});

test("what an earlier process followed is followed on; what it followed yesterday, or unreadably, isn't", async () => {
  const watching = { scope: at.scope, name: "Anna", update: 12, bundle: at.id, word: "asked", since: Date.now() };
  const { watch, got } = stage(
    [{ asking: "going" }, { lastRuns: ["succeeded"] }],
    [
      { chatId: 5, state: { watching } },
      { chatId: 6, state: { watching: { ...watching, since: Date.now() - 25 * 3_600_000 } } },
      { chatId: 7, state: { watching: "?" } },
    ],
  );
  await watch.resume();
  await eventually("it was told", async () => got.length > 0);
  assert.deepEqual(got, [{ update_id: -(10 ** 15 + 12), data: "recard:b:asked", message: 77 }]);
});

test("a chat follows one card, and nothing is followed after the end", async () => {
  const { watch, start, got, looks } = stage([{ asking: "going" }]);
  start(1);
  start(2);
  await eventually("it looks", async () => looks() > 2);
  watch.stop();
  const before = looks();
  await new Promise((done) => setImmediate(done));
  assert.ok(looks() <= before + 1);
  assert.deepEqual(got, []);
});

test("waiting for a next try, or behind a dead key, is rest", () => {
  assert.equal(isAtRest({ lastRuns: ["waiting", "failed"] }), true);
  assert.equal(isAtRest({ asking: "waits", lastRuns: [] }), false);
  assert.equal(isAtRest({ asking: "waits", blocked: { id: "c", name: "x", failure: null }, lastRuns: [] }), true);
  assert.equal(isAtRest({ lastRuns: ["succeeded", "queued"] }), false);
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { makeTelegramFetch } from "./client.ts";
import { makeOlder, plainer } from "./older.ts";

const url = (method: string) => `https://telegram.invalid/bot1:x/${method}`;
const flood = (seconds: number) =>
  new Response(JSON.stringify({ ok: false, parameters: { retry_after: seconds } }), { status: 429 });
const fine = () => new Response(JSON.stringify({ ok: true, result: true }));

function server(...answers: (() => Response)[]) {
  const state = { calls: 0 };
  const fetch = makeTelegramFetch({
    fetch: async () => {
      const answer = answers[state.calls] ?? fine;
      state.calls += 1;
      return answer();
    },
  });
  return { state, call: (method: string) => fetch(url(method), { method: "POST", body: "{}" }) };
}
const broken = (code: string) => () => {
  throw new TypeError("fetch failed", { cause: { code } });
};

test("a short wait is kept, a long one is handed on", async () => {
  const short = server(() => flood(0));
  assert.equal((await short.call("sendMessage")).status, 200);
  assert.equal(short.state.calls, 2);
  const long = server(() => flood(600));
  const answer = await long.call("sendMessage");
  assert.equal(answer.status, 429);
  assert.deepEqual(await answer.json(), { ok: false, parameters: { retry_after: 600 } });
  assert.equal(long.state.calls, 1);
});

test("three tries, then the answer as it is", async () => {
  const { state, call } = server(
    () => flood(0),
    () => flood(0),
    () => flood(0),
  );
  assert.equal((await call("sendMessage")).status, 429);
  assert.equal(state.calls, 3);
});

test("a send whose answer was lost is not repeated, an edit is", async () => {
  const send = server(broken("UND_ERR_SOCKET"));
  await assert.rejects(send.call("sendMessage"));
  assert.equal(send.state.calls, 1);
  const edit = server(broken("UND_ERR_SOCKET"));
  assert.equal((await edit.call("editMessageText")).status, 200);
  assert.equal(edit.state.calls, 2);
});

test("a send that never left is repeated; a failing server isn't asked to send twice", async () => {
  const unsent = server(broken("ECONNREFUSED"));
  assert.equal((await unsent.call("sendMessage")).status, 200);
  const failing = server(() => new Response("<html>", { status: 502 }));
  assert.equal((await failing.call("sendMessage")).status, 502);
  assert.equal(failing.state.calls, 1);
});

test("a poll is left to its own loop", async () => {
  const { state, call } = server(broken("ECONNREFUSED"));
  await assert.rejects(call("getUpdates"));
  assert.equal(state.calls, 1);
});

test("an old Bot API server: colours and copying are left out, what was to be copied is written", async () => {
  const sent: unknown[] = [];
  const isNew = (payload: unknown) => /copy_text|style/.test(JSON.stringify(payload));
  const description =
    "Bad Request: can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard";
  const prev = async (_method: string, payload: unknown) => {
    sent.push(payload);
    return isNew(payload) ? { ok: false, error_code: 400, description } : { ok: true, result: true };
  };
  const call = (payload: object) => makeCall(prev)("sendMessage", payload);
  const makeCall = (before: typeof prev) => (method: string, payload: object) =>
    // The shape of grammY's own call, of which only this much matters here.
    older(before as never, method as never, payload as never);
  const older = makeOlder();
  const keyboard = [
    [{ text: "Да", callback_data: "yes", style: "success" }],
    [{ text: "📋 Адрес", copy_text: { text: "https://x.test/1" } }],
  ];
  const payload = { chat_id: 1, text: "Готово", reply_markup: { inline_keyboard: keyboard } };
  const plain = {
    chat_id: 1,
    text: "Готово\n📋 Адрес: https://x.test/1",
    reply_markup: { inline_keyboard: [[{ text: "Да", callback_data: "yes" }]] },
  };
  assert.deepEqual(await call(payload), { ok: true, result: true });
  assert.deepEqual(sent, [payload, plain]);
  await call(payload);
  assert.deepEqual(sent.slice(2), [plain], "the server is known to be old");
  assert.deepEqual(plainer({ chat_id: 1, text: "x" }), { chat_id: 1, text: "x" });
});

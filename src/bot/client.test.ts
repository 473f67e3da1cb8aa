import assert from "node:assert/strict";
import { test } from "node:test";
import { makeTelegramFetch } from "./client.ts";

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

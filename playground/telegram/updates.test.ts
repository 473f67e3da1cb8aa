import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { startRig, until } from "../testing.ts";
import type { Message } from "./types.ts";

const pressable = { inline_keyboard: [[{ text: "a", callback_data: "go" }]] };
const bots = (rig: Awaited<ReturnType<typeof startRig>>) => rig.playground.telegram.state.bots.all()[0]?.id ?? 0;

test("an update comes again until its offset is confirmed; a long poll wakes at once", async (t) => {
  const rig = await startRig(t);
  const id = rig.person();
  const first = (await rig.call("getUpdates")).result as { update_id: number; message: Message }[];
  assert.equal(first[0]?.message.text, "/start");
  assert.deepEqual(first[0]?.message.entities, [{ type: "bot_command", offset: 0, length: 6 }]);
  assert.deepEqual((await rig.call("getUpdates")).result, first);
  const waiting = rig.call("getUpdates", { offset: (first[0]?.update_id ?? 0) + 1, timeout: 30 });
  rig.playground.telegram.people.say(id, bots(rig), "later");
  const [update] = (await waiting).result as { message: Message }[];
  assert.equal(update?.message.text, "later");
});

test("a second reader ends the first with 409; a webhook ends all reading", async (t) => {
  const rig = await startRig(t);
  const first = rig.call("getUpdates", { timeout: 30 });
  let isFirstOver = false;
  void first.then(() => {
    isFirstOver = true;
  });
  // The first is surely waiting when its call has been read; a second then takes its place.
  await until("the end of the first", async () => {
    await rig.call("getUpdates", { timeout: 0 });
    return isFirstOver;
  });
  const { status, description } = await first;
  assert.equal(status, 409);
  assert.match(description, /terminated by other getUpdates request/);
  await rig.call("setWebhook", { url: "https://example.com/hook" });
  assert.match(await rig.refusal("getUpdates"), /^409 Conflict: can't use getUpdates method while webhook is active/);
  await rig.call("deleteWebhook");
  assert.equal((await rig.call("getUpdates")).ok, true);
});

test("presses are forgotten after 150 seconds, messages after a day", async (t) => {
  const rig = await startRig(t);
  const id = rig.person();
  const { telegram } = rig.playground;
  const { message_id } = (await rig.call("sendMessage", { chat_id: id, text: "x", reply_markup: pressable }))
    .result as Message;
  telegram.people.press(id, bots(rig), message_id, "go");
  telegram.advance(151_000);
  const kinds = ((await rig.call("getUpdates")).result as object[]).map((update) => Object.keys(update)[1]);
  assert.deepEqual(kinds, ["message"]);
  telegram.advance(86_400_000);
  assert.deepEqual((await rig.call("getUpdates")).result, []);
});

test("allowed_updates is remembered, and chat_member comes only when asked for", async (t) => {
  const rig = await startRig(t);
  const id = rig.person();
  await rig.updates({ allowed_updates: ["callback_query"] });
  rig.playground.telegram.people.say(id, bots(rig), "unheard");
  assert.deepEqual(await rig.updates(), []);
  await rig.updates({ allowed_updates: [] });
  rig.playground.telegram.people.say(id, bots(rig), "heard");
  assert.equal((await rig.updates()).length, 1);
});

test("a press is answered once, in time, by its own bot", async (t) => {
  const rig = await startRig(t);
  const id = rig.person();
  const { people, advance } = rig.playground.telegram;
  const { message_id } = (await rig.call("sendMessage", { chat_id: id, text: "x", reply_markup: pressable }))
    .result as Message;
  await rig.updates();
  people.press(id, bots(rig), message_id, "go");
  const [update] = await rig.updates();
  const query = update?.callback_query as { id: string; data: string; message: Message };
  assert.equal(query.data, "go");
  assert.equal(query.message.message_id, message_id);
  const tooOld = "400 Bad Request: query is too old and response timeout expired or query ID is invalid";
  assert.equal(
    await rig.refusal("answerCallbackQuery", { callback_query_id: query.id, text: "x".repeat(201) }),
    "400 Bad Request: MESSAGE_TOO_LONG",
  );
  assert.equal((await rig.call("answerCallbackQuery", { callback_query_id: query.id })).result, true);
  assert.equal(await rig.refusal("answerCallbackQuery", { callback_query_id: query.id }), tooOld);
  assert.equal(await rig.refusal("answerCallbackQuery", { callback_query_id: "1" }), tooOld);
  const late = people.press(id, bots(rig), message_id, "go");
  advance(151_000);
  assert.equal(await rig.refusal("answerCallbackQuery", { callback_query_id: late }), tooOld);
});

test("a press under a deleted message carries an inaccessible message", async (t) => {
  const rig = await startRig(t);
  const id = rig.person();
  await rig.updates();
  rig.playground.telegram.people.press(id, bots(rig), 500, "stale");
  const [update] = await rig.updates();
  const query = update?.callback_query as { message: Message } | undefined;
  assert.deepEqual([query?.message.date, query?.message.message_id], [0, 500]);
});

test("blocking is told and refuses; unblocking is told and lets in", async (t) => {
  const rig = await startRig(t);
  const id = rig.person();
  await rig.updates();
  rig.playground.telegram.people.block(id, bots(rig), true);
  assert.equal(
    await rig.refusal("sendMessage", { chat_id: id, text: "x" }),
    "403 Forbidden: bot was blocked by the user",
  );
  rig.playground.telegram.people.block(id, bots(rig), false);
  const states = (await rig.updates()).map(
    (update) => (update.my_chat_member as { new_chat_member: { status: string } }).new_chat_member.status,
  );
  assert.deepEqual(states, ["kicked", "member"]);
  assert.equal((await rig.call("sendMessage", { chat_id: id, text: "x" })).ok, true);
});

test("groups: privacy, being thrown out, becoming a supergroup", async (t) => {
  const rig = await startRig(t);
  const { people, state } = rig.playground.telegram;
  const [owner, guest] = [rig.person(), rig.person()];
  await rig.updates();
  const group = people.makeGroup("Shop", [owner, guest], [bots(rig)]);
  assert.deepEqual(
    (await rig.updates()).map((update) => Object.keys(update)[1]),
    ["message", "my_chat_member"],
  );
  people.say(owner, group.id, "among us");
  people.say(guest, group.id, "/status");
  const heard = await rig.updates();
  assert.deepEqual(
    heard.map((update) => (update.message as Message).text),
    ["/status"],
  );
  people.setMember(group.id, bots(rig), false);
  assert.equal(
    await rig.refusal("sendMessage", { chat_id: group.id, text: "x" }),
    "403 Forbidden: bot was kicked from the group chat",
  );
  people.setMember(group.id, bots(rig), true);
  const next = people.migrate(group.id);
  const { description, parameters } = await rig.call("sendMessage", { chat_id: group.id, text: "x" });
  assert.equal(description, "Bad Request: group chat was upgraded to a supergroup chat");
  assert.equal(parameters?.migrate_to_chat_id, next.id);
  assert.equal((await rig.call("sendMessage", { chat_id: next.id, text: "x" })).ok, true);
  assert.equal(state.chat(next.id)?.type, "supergroup");
  const topic = people.makeTopic(next.id, "Failures");
  assert.equal(
    await rig.refusal("sendMessage", { chat_id: next.id, text: "x", message_thread_id: topic + 1 }),
    "400 Bad Request: message thread not found",
  );
  const { result } = await rig.call("sendMessage", { chat_id: next.id, text: "x", message_thread_id: topic });
  assert.deepEqual(
    [(result as Message).message_thread_id, (result as Message).is_topic_message, (result as Message).chat.is_forum],
    [topic, true, true],
  );
});

test("429 with body and header: bursts first, then one a second; groups 20 a minute; off by default", async (t) => {
  let now = Date.now();
  const rig = await startRig(t, { strict: true, clock: () => now });
  const chat_id = rig.person();
  const send = () => rig.call("sendMessage", { chat_id, text: "x" });
  for (let i = 0; i < 20; i++) assert.equal((await send()).ok, true);
  const refused = await send();
  assert.equal(refused.status, 429);
  assert.equal(refused.description, "Too Many Requests: retry after 1");
  assert.deepEqual(refused.parameters, { retry_after: 1 });
  assert.equal(refused.headers.get("retry-after"), "1");
  now += 1000;
  assert.equal((await send()).ok, true);
  const group = rig.playground.telegram.people.makeGroup("g", [chat_id], [bots(rig)]);
  now += 10_000;
  for (let i = 0; i < 20; i++) assert.equal((await rig.call("sendMessage", { chat_id: group.id, text: "x" })).ok, true);
  assert.deepEqual((await rig.call("sendMessage", { chat_id: group.id, text: "x" })).parameters, { retry_after: 3 });
  rig.playground.telegram.limits.strict = false;
  for (let i = 0; i < 50; i++) assert.equal((await send()).ok, true);
});

test("faults: dropped, cut after handling, refused, flooded; each as often as asked", async (t) => {
  const rig = await startRig(t);
  const chat_id = rig.person();
  const { faults, state } = rig.playground.telegram;
  const count = () => state.messages(`${bots(rig)}.${chat_id}`).count();
  faults.add({ kind: "drop" });
  await assert.rejects(rig.call("sendMessage", { chat_id, text: "x" }));
  assert.equal(count(), 1);
  faults.add({ kind: "cut", method: "sendMessage" });
  await assert.rejects(rig.call("sendMessage", { chat_id, text: "x" }));
  assert.equal(count(), 2);
  faults.add({ kind: "error", times: 2 });
  assert.equal((await rig.call("sendMessage", { chat_id, text: "x" })).status, 500);
  assert.equal((await rig.call("getMe")).status, 500);
  faults.add({ kind: "flood", retryAfter: 7 });
  assert.deepEqual((await rig.call("getMe")).parameters, { retry_after: 7 });
  assert.equal((await rig.call("getMe")).ok, true);
  assert.deepEqual(
    faults.calls().map(({ method, code }) => `${method} ${code}`),
    ["sendMessage 200", "sendMessage 500", "getMe 500", "getMe 429", "getMe 200"],
  );
});

test("webhooks: the secret, repeats after a failure, order in a chat, a method as the answer", async (t) => {
  const rig = await startRig(t);
  const seen: { secret: unknown; text: string | undefined }[] = [];
  let fails = 1;
  const app = createServer(async (req, res) => {
    let body = "";
    for await (const chunk of req) body += chunk;
    const { message } = JSON.parse(body) as { message: Message };
    seen.push({ secret: req.headers["x-telegram-bot-api-secret-token"], text: message.text });
    if (fails-- > 0) return void res.writeHead(500, { "retry-after": "0.01" }).end();
    res.end(JSON.stringify({ method: "sendMessage", chat_id: message.chat.id, text: `heard ${message.text}` }));
  }).listen(0, "127.0.0.1");
  await once(app, "listening");
  t.after(() => {
    app.close();
    app.closeAllConnections();
  });
  const url = `http://127.0.0.1:${(app.address() as AddressInfo).port}/hook`;
  assert.match(await rig.refusal("setWebhook", { url: "http://example.com" }), /An HTTPS URL must be provided/);
  assert.match(await rig.refusal("setWebhook", { url, secret_token: "no spaces" }), /unallowed characters/);
  await rig.call("setWebhook", { url, secret_token: "s3cret" });
  const id = rig.person();
  rig.playground.telegram.people.say(id, bots(rig), "second");
  const texts = () =>
    rig.playground.telegram.state
      .messages(`${bots(rig)}.${id}`)
      .all()
      .map(({ message }) => message.text);
  await until("the answers", () => texts().includes("heard second"));
  assert.deepEqual(
    seen,
    ["/start", "/start", "second"].map((text) => ({ secret: "s3cret", text })),
  );
  const info = (await rig.call("getWebhookInfo")).result as { url: string; last_error_message: string };
  assert.equal(info.url, url);
  assert.match(info.last_error_message, /Wrong response from the webhook: 500/);
});

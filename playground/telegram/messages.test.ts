import assert from "node:assert/strict";
import { test } from "node:test";
import { startRig } from "../testing.ts";
import type { Message } from "./types.ts";

const HOUR = 3_600_000;
const button = (more: object = {}) => ({ text: "a", callback_data: "a", ...more });
const inline = (...rows: object[][]) => ({ inline_keyboard: rows });

test("methods: any case, query, form and JSON; wrong tokens and methods refused", async (t) => {
  const { playground, call, person } = await startRig(t);
  const id = person();
  const root = `${playground.telegramRoot}/bot${playground.botToken}`;
  assert.equal((await call("GETME")).ok, true);
  assert.equal((await call(`sendmessage?chat_id=${id}&text=query`, {}, {})).ok, true);
  const form = new URLSearchParams({
    chat_id: String(id),
    text: "form",
    reply_markup: JSON.stringify(inline([button()])),
  });
  const sent = (await (await fetch(`${root}/sendMessage`, { method: "POST", body: form })).json()) as {
    result: Message;
  };
  assert.equal(sent.result.reply_markup?.inline_keyboard?.[0]?.[0]?.callback_data, "a");
  const status = async (path: string) => {
    const answer = await fetch(playground.telegramRoot + path);
    return [answer.status, ((await answer.json()) as { description: string }).description];
  };
  assert.deepEqual(await status("/bot123:abc/getMe"), [401, "Unauthorized"]);
  assert.deepEqual(await status("/botabc/getMe"), [404, "Not Found"]);
  assert.deepEqual(await status(`/bot${playground.botToken}/getNothing`), [404, "Not Found: method not found"]);
});

test("a sent message comes back whole, with seconds, numbered in its chat", async (t) => {
  const { call, person, playground } = await startRig(t);
  const [anna, oleg] = [person(), person()];
  const { result } = await call("sendMessage", { chat_id: anna, text: "hi" });
  const message = result as Message;
  assert.equal(message.message_id, 2);
  assert.equal(((await call("sendMessage", { chat_id: oleg, text: "hi" })).result as Message).message_id, 2);
  assert.deepEqual(message.chat, { id: anna, type: "private", first_name: "Anna" });
  assert.equal(message.from?.is_bot, true);
  assert.equal(message.from?.username, playground.telegram.state.bots.all()[0]?.username);
  assert.ok(Math.abs(message.date - Date.now() / 1000) < 60);
});

test("texts: refusals in Telegram's words, limits after the entities are taken out", async (t) => {
  const { refusal, call, person } = await startRig(t);
  const chat_id = person();
  const send = (more: object) => refusal("sendMessage", { chat_id, ...more });
  assert.equal(await send({}), "400 Bad Request: message text is empty");
  assert.equal(await send({ text: " \n " }), "400 Bad Request: message text is empty");
  assert.equal(await send({ text: "<b></b>", parse_mode: "HTML" }), "400 Bad Request: message text is empty");
  assert.equal(await send({ text: "x".repeat(4097) }), "400 Bad Request: message is too long");
  assert.equal(await send({ text: "x".repeat(32_769) }), "400 Bad Request: Text is too long");
  assert.equal(
    (await call("sendMessage", { chat_id, text: `<b>${"x".repeat(4096)}</b>`, parse_mode: "HTML" })).ok,
    true,
  );
  assert.equal(await send({ text: "x", parse_mode: "RTF" }), "400 Bad Request: unsupported parse_mode");
  assert.equal(await send({ text: "x", message_thread_id: 5 }), "400 Bad Request: message thread not found");
  assert.equal(
    await send({ text: "x", reply_parameters: { message_id: 99 } }),
    "400 Bad Request: message to be replied not found",
  );
  assert.equal(
    (
      await call("sendMessage", {
        chat_id,
        text: "x",
        reply_parameters: { message_id: 99, allow_sending_without_reply: true },
      })
    ).ok,
    true,
  );
  assert.equal(await refusal("sendMessage", { text: "x" }), "400 Bad Request: chat_id is empty");
  assert.equal(await refusal("sendMessage", { chat_id: 1, text: "x" }), "400 Bad Request: chat not found");
});

test("keyboards: bytes, counts, kinds, addresses", async (t) => {
  const { refusal, call, person } = await startRig(t);
  const chat_id = person();
  const send = (reply_markup: object) => refusal("sendMessage", { chat_id, text: "x", reply_markup });
  const parse = "400 Bad Request: can't parse inline keyboard button: ";
  assert.equal(await send(inline([button({ callback_data: "я".repeat(33) })])), "400 Bad Request: BUTTON_DATA_INVALID");
  assert.equal(await send(inline([button({ callback_data: "" })])), "400 Bad Request: BUTTON_DATA_INVALID");
  assert.equal(await send(inline([{ text: "a" }])), `${parse}Text buttons are unallowed in the inline keyboard`);
  assert.equal(await send(inline([{ callback_data: "a" }])), `${parse}Field "text" must be of type String`);
  assert.equal(await send(inline([button({ style: "pink" })])), `${parse}Unsupported button style specified`);
  assert.equal(await send(inline(Array(9).fill(button()))), "400 Bad Request: reply markup is too long");
  assert.equal(await send(inline(...Array(101).fill([button()]))), "400 Bad Request: reply markup is too long");
  const fat = button({ text: "x".repeat(150), callback_data: "y".repeat(60) });
  assert.equal(await send(inline(...Array(50).fill([fat]))), "400 Bad Request: reply markup is too long");
  assert.match(
    await send(inline([{ text: "a", url: "http://localhost/x" }])),
    /inline keyboard button URL 'http:\/\/localhost\/x' is invalid: Wrong HTTP URL/,
  );
  const fine = inline(
    [button({ callback_data: "я".repeat(32), style: "danger" }), { text: "c", copy_text: { text: "c" } }],
    [{ text: "u", url: "https://example.com" }],
  );
  assert.equal((await call("sendMessage", { chat_id, text: "x", reply_markup: fine })).ok, true);
});

test("edits: in place, not without a change, not of what is gone or foreign", async (t) => {
  const { refusal, call, person } = await startRig(t);
  const chat_id = person();
  const { result } = await call("sendMessage", { chat_id, text: "one", reply_markup: inline([button()]) });
  const { message_id } = result as Message;
  const edit = (more: object) => refusal("editMessageText", { chat_id, message_id, ...more });
  assert.match(
    await edit({ text: "one", reply_markup: inline([button()]) }),
    /^400 Bad Request: message is not modified: /,
  );
  const edited = (await call("editMessageText", { chat_id, message_id, text: "one" })).result as Message;
  assert.equal(edited.reply_markup, undefined);
  assert.ok(edited.edit_date);
  const again = (await call("editMessageReplyMarkup", { chat_id, message_id, reply_markup: inline([button()]) }))
    .result as Message;
  assert.equal(again.text, "one");
  assert.match(
    await refusal("editMessageReplyMarkup", { chat_id, message_id, reply_markup: inline([button()]) }),
    /not modified/,
  );
  assert.equal(await edit({ message_id: 77, text: "x" }), "400 Bad Request: message to edit not found");
  assert.equal(await edit({ message_id: 1, text: "x" }), "400 Bad Request: message can't be edited");
  assert.equal(
    await refusal("editMessageCaption", { chat_id, message_id, caption: "x" }),
    "400 Bad Request: there is no caption in the message to edit",
  );
  assert.equal(
    await edit({ text: "x", reply_markup: { keyboard: [["a"]] } }),
    "400 Bad Request: inline keyboard expected",
  );
});

test("deletions: both sides' messages, for 48 hours", async (t) => {
  const { refusal, call, person, playground } = await startRig(t);
  const chat_id = person();
  const { message_id } = (await call("sendMessage", { chat_id, text: "x" })).result as Message;
  assert.equal((await call("deleteMessage", { chat_id, message_id: 1 })).result, true);
  assert.equal(
    await refusal("deleteMessage", { chat_id, message_id: 1 }),
    "400 Bad Request: message to delete not found",
  );
  playground.telegram.advance(48 * HOUR + 1000);
  assert.equal(
    await refusal("deleteMessage", { chat_id, message_id }),
    "400 Bad Request: message can't be deleted for everyone",
  );
  assert.equal((await call("editMessageText", { chat_id, message_id, text: "still editable" })).ok, true);
  const fresh = (await call("sendMessage", { chat_id, text: "y" })).result as Message;
  assert.equal((await call("deleteMessages", { chat_id, message_ids: [fresh.message_id, 555] })).result, true);
});

test("photos and documents: what a picture must be, captions, files by id", async (t) => {
  const { call, person, playground } = await startRig(t);
  const chat_id = person();
  const upload = async (
    method: string,
    field: string,
    bytes: Uint8Array<ArrayBuffer>,
    more: Record<string, string> = {},
  ) => {
    const form = new FormData();
    for (const [name, value] of Object.entries({ chat_id: String(chat_id), [field]: "attach://f", ...more }))
      form.set(name, value);
    form.set("f", new File([bytes], "имя; с.png"));
    return call(method, {}, { method: "POST", body: form });
  };
  const png = new Uint8Array(33);
  png.set([0x89, 0x50, 0x4e, 0x47]);
  const view = new DataView(png.buffer);
  view.setUint32(16, 100);
  view.setUint32(20, 50);
  const photo = (await upload("sendPhoto", "photo", png)).result as Message;
  assert.deepEqual([photo.photo?.[0]?.width, photo.photo?.[0]?.height], [100, 50]);
  assert.equal(
    (await upload("sendPhoto", "photo", new Uint8Array(9))).description,
    "Bad Request: IMAGE_PROCESS_FAILED",
  );
  view.setUint32(16, 9_999);
  assert.equal((await upload("sendPhoto", "photo", png)).description, "Bad Request: PHOTO_INVALID_DIMENSIONS");
  const caption = "x".repeat(1025);
  assert.equal(
    (await upload("sendDocument", "document", png, { caption })).description,
    "Bad Request: message caption is too long",
  );
  const { document } = (await upload("sendDocument", "document", png)).result as Message;
  assert.equal(document?.file_name, "имя; с.png");
  assert.equal((await call("sendDocument", { chat_id, document: document?.file_id })).ok, true);
  assert.match((await call("sendDocument", { chat_id, document: "nothing" })).description, /wrong file identifier/);
  const { file_path } = (await call("getFile", { file_id: document?.file_id })).result as { file_path: string };
  const down = await fetch(`${playground.telegramRoot}/file/bot${playground.botToken}/${file_path}`);
  assert.equal((await down.arrayBuffer()).byteLength, png.length);
  assert.equal((await call("getFile", { file_id: "x" })).description, "Bad Request: invalid file_id");
});

test("commands by scope and language; descriptions; refusals", async (t) => {
  const { call, refusal, person, playground } = await startRig(t);
  const id = person();
  const set = (command: string, more: object = {}) =>
    call("setMyCommands", { commands: [{ command, description: "d" }], ...more });
  const shown = async () => {
    const chat = (await (await fetch(`${playground.url}/api/chats/${id}`)).json()) as {
      commands: { command: string }[];
    };
    return chat.commands.map(({ command }) => command).join();
  };
  await set("plain");
  assert.equal(await shown(), "plain");
  await set("english", { language_code: "en" });
  assert.equal(await shown(), "english");
  await set("private", { scope: { type: "all_private_chats" } });
  assert.equal(await shown(), "private");
  await set("own", { scope: { type: "chat", chat_id: id } });
  assert.equal(await shown(), "own");
  await call("deleteMyCommands", { scope: { type: "chat", chat_id: id } });
  assert.equal(await shown(), "private");
  assert.equal(
    await refusal("setMyCommands", { commands: [{ command: "Bad!", description: "d" }] }),
    "400 Bad Request: BOT_COMMAND_INVALID",
  );
  await call("setMyDescription", { description: "all" });
  await call("setMyDescription", { description: "на русском", language_code: "ru" });
  assert.deepEqual((await call("getMyDescription", { language_code: "ru" })).result, { description: "на русском" });
  assert.deepEqual((await call("getMyDescription", { language_code: "de" })).result, { description: "all" });
});

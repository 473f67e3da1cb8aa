import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { Bot, InlineKeyboard, InputFile } from "grammy";
import { type Playground, startPlayground } from "./index.ts";
import { addPerson } from "./person.ts";

let dir = "";
let playground: Playground;
let bot: Bot;

before(async () => {
  dir = mkdtempSync(join(tmpdir(), "playground-"));
  playground = await startPlayground({ dataDir: dir });
  bot = new Bot(playground.botToken, { client: { apiRoot: playground.telegramRoot } });
  bot.command("start", (ctx) =>
    ctx.reply("Hello", {
      reply_markup: new InlineKeyboard().text("More", "more").row().url("Site", "https://example.com"),
    }),
  );
  bot.callbackQuery("more", async (ctx) => {
    await ctx.editMessageText("Changed", { reply_markup: new InlineKeyboard().text("Gone", "gone") });
    await ctx.answerCallbackQuery("Done");
  });
  bot.callbackQuery("gone", async (ctx) => {
    await ctx.deleteMessage();
    await ctx.answerCallbackQuery();
  });
  bot.on("message:document", async (ctx) => {
    const { file_path } = await ctx.getFile();
    const bytes = await (await fetch(`${playground.telegramRoot}/file/bot${playground.botToken}/${file_path}`)).bytes();
    await ctx.replyWithDocument(new InputFile(bytes, `копия ${ctx.message.document.file_name}`), { caption: "Back" });
  });
  void bot.start();
});
after(async () => {
  await bot.stop();
  await playground.stop();
  rmSync(dir, { recursive: true });
});

test("a person talks to a grammY bot: command, edit in place, deletion, answers", async () => {
  const anna = await addPerson(playground.url, "Anna Lee", "en");
  await anna.say("/start");
  await anna.sees("Hello");
  assert.deepEqual(await anna.buttons(), [["More"], ["Site"]]);
  assert.equal(await anna.press("Site"), "https://example.com");
  assert.equal(await anna.press("More"), "Done");
  await anna.sees("Changed");
  assert.equal((await anna.messages()).length, 2);
  await anna.press(/^Gone/);
  await anna.missing("Changed");
  assert.deepEqual(anna.counts, { sent: 1, pressed: 2 });
});

test("files go both ways, with names in any alphabet", async () => {
  const anna = await addPerson(playground.url, "Anna", "en");
  await anna.sendFile("отчёт.csv", "a;b\n1;2\n");
  await anna.sees("Back");
  const { name, bytes } = await anna.download();
  assert.equal(name, "копия отчёт.csv");
  assert.equal(bytes.toString(), "a;b\n1;2\n");
});

test("what does not come is told with the chat as it is", async () => {
  const anna = await addPerson(playground.url, "Anna", "en");
  await anna.say("/start");
  await anna.sees("Hello");
  await assert.rejects(
    anna.sees("Bye", { within: 30 }),
    /Bye did not come within 30 ms[\s\S]*bot: Hello[\s\S]*\[ More \]/,
  );
});

test("the app's paths are passed on with method, query and body", async () => {
  const before = await fetch(`${playground.url}/hooks/abc`);
  assert.equal(before.status, 503);
  const app = createServer(async (req, res) => {
    let body = "";
    for await (const chunk of req) body += chunk;
    res.writeHead(201, { "x-app": "yes" }).end(`${req.method} ${req.url} ${body}`);
  }).listen(0, "127.0.0.1");
  await once(app, "listening");
  playground.passTo(`http://127.0.0.1:${(app.address() as AddressInfo).port}`);
  const answer = await fetch(`${playground.url}/hooks/abc?x=1`, { method: "POST", body: "hi" });
  assert.equal(answer.status, 201);
  assert.equal(answer.headers.get("x-app"), "yes");
  assert.equal(await answer.text(), "POST /hooks/abc?x=1 hi");
  assert.equal((await fetch(`${playground.url}/healthz`)).status, 201);
  app.close();
  app.closeAllConnections();
});

test("an app that answers before it has read the body is heard; one that is gone is said to be", async (t) => {
  const app = createServer((req, res) => {
    res.writeHead(413).end("too big");
    req.resume();
  }).listen(0, "127.0.0.1");
  t.after(() => {
    app.close();
    app.closeAllConnections();
  });
  await once(app, "listening");
  playground.passTo(`http://127.0.0.1:${(app.address() as AddressInfo).port}`);
  const hook = `${playground.url}/hooks/abc`;
  assert.equal((await fetch(hook, { method: "POST", body: Buffer.alloc(3 * 1024 * 1024) })).status, 413);
  playground.passTo("http://127.0.0.1:1");
  assert.equal((await fetch(hook)).status, 502);
});

test("other names for this machine and other sites' pages are turned away", async () => {
  const status = (headers: Record<string, string>) =>
    new Promise((resolve) => {
      request(`${playground.url}/api/state`, { headers }, (res) => resolve(res.resume().statusCode)).end();
    });
  assert.equal(await status({ host: "evil.example" }), 403);
  assert.equal(await status({ origin: "https://evil.example" }), 403);
  assert.equal(await status({ "sec-fetch-site": "cross-site" }), 403);
  assert.equal(await status({ origin: playground.url }), 200);
  assert.match(playground.url, /127\.0\.0\.1/);
});

test("the page comes with a policy that runs nothing but its own files", async () => {
  const page = await fetch(playground.url);
  assert.match(page.headers.get("content-security-policy") ?? "", /default-src 'none'; script-src 'self'/);
  for (const path of ["/../package.json", "/%2e%2e/package.json", "/..%2fserver.js", "/nothing.js"]) {
    assert.equal((await fetch(playground.url + path)).status, 404, path);
  }
});

test("bad asks of the API get sentences", async () => {
  const post = async (path: string, body: string) => {
    const answer = await fetch(playground.url + path, { method: "POST", body });
    return [answer.status, ((await answer.json()) as { error: string }).error];
  };
  assert.deepEqual(await post("/api/people", "{"), [400, "Bad Request: the body must be a JSON object"]);
  assert.deepEqual(await post("/api/people", "{}"), [400, "Bad Request: a name has 1 to 64 characters"]);
  assert.deepEqual(await post("/api/chats/1/text", '{"text":"x"}'), [400, "Bad Request: there is no such person"]);
  assert.deepEqual(await post("/api/sandboxes/nothing/reset", "{}"), [400, "no sandbox called nothing"]);
  assert.deepEqual(await post("/api/people", " ".repeat(5 * 1024 * 1024)), [413, "Request Entity Too Large"]);
  assert.equal((await post("/api/nothing", "{}"))[0], 404);
});

import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, test } from "node:test";
import { type BotRig, eventually, openUpdates, startBotRig } from "../../test/support/bot.ts";

let rig: BotRig;
const seen: { path: string | undefined; secret: string | string[] | undefined }[] = [];
const server = createServer(async (request, response) => {
  let body = "";
  for await (const chunk of request) body += chunk;
  seen.push({ path: request.url, secret: request.headers["x-telegram-bot-api-secret-token"] });
  await rig.bot().receive(JSON.parse(body));
  response.end();
});
before(async () => {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  rig = await startBotRig({ publicUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
});
after(async () => {
  await rig.stop();
  server.close();
  server.closeAllConnections();
});

test("by webhook: the address and the header carry the secret, updates are stored, then handled", async () => {
  await eventually("Telegram was told the address", () => rig.bot().isReady());
  const anna = await rig.person();
  await anna.say("/start");
  await anna.sees(/Главная|Здравствуйте/);
  await anna.press("Настройки");
  await anna.sees("Язык");
  assert.deepEqual(seen[0], { path: `/telegram/${rig.bot().secret}`, secret: rig.bot().secret });
  assert.match(rig.bot().secret, /^[\w-]{43}$/);
  await eventually("all is handled", async () => (await openUpdates(rig)) === 0);
  await assert.rejects(rig.bot().receive({ nothing: true }), /not an update/);
});

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { type BotRig, isStoredInClear, startBotRig } from "../../test/support/bot.ts";

let rig: BotRig;
before(async () => {
  rig = await startBotRig({ access: "private" });
});
after(() => rig.stop());

test("a private bot: strangers hear what it is, the owner's code opens it once and leaves the chat", async () => {
  const code = (await rig.engine.people.ownerCode()) ?? "";
  assert.notEqual(code, "");
  const eve = await rig.person("Eve", "en");
  await eve.say("/start");
  await eve.sees("This bot is private");
  await eve.say("hi!");
  await eve.sees("This bot is private");
  await eve.say("aaaa-bbbb-cccc");
  await eve.sees("doesn't fit");
  await eve.say("/new");
  await eve.sees("This bot is private");

  const anna = await rig.person();
  await anna.say(`/start ${code}`);
  await anna.sees(/Главная|Здравствуйте/);
  assert.ok(!(await anna.messages()).some(({ text }) => text?.includes(code)));

  await eve.say(code);
  await eve.sees("doesn't fit");
  assert.equal(await isStoredInClear(rig.database, code), false);
});

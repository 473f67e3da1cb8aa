import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { type BotRig, eventually, isStoredInClear, startBotRig } from "../../test/support/bot.ts";

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
  await anna.missing(code);

  await eve.say(code);
  await eve.sees("doesn't fit");
  assert.equal(await isStoredInClear(rig.database, code), false);
});

test("in a group the bot says where it works, and only when it was spoken to", async () => {
  const { people, state, faults } = rig.playground.telegram;
  const anna = await rig.person();
  const bot = state.bots.all()[0];
  assert.ok(bot);
  const group = people.makeGroup("Отдел продаж", [anna.id], [bot.id]);
  const sent = () => faults.calls().filter(({ params }) => Number(params.chat_id) === group.id);
  people.say(anna.id, group.id, "just talking");
  people.say(anna.id, group.id, "/new");
  await eventually("the group was answered", () => sent().length > 1);
  // Being added, and the command; a stranger's group is asked nothing.
  assert.match(String(sent()[0]?.params.text), /для тех, кто уже работает со мной/);
  assert.match(String(sent()[1]?.params.text), /в личном чате/);
  assert.equal(sent().length, 2);
});

import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { FormattedString } from "@grammyjs/parse-mode";
import { type BotRig, eventually, openUpdates, pressData, startBotRig, texts } from "../../test/support/bot.ts";
import { NotFound } from "../engine/index.ts";
import { join, handlers as real } from "./handlers/index.ts";
import type { Handlers } from "./parts.ts";

/** What the slow place waits for; set by a test. */
const doing: { place: () => Promise<void> } = { place: async () => undefined };
const extra: Handlers = {
  places: {
    async xslow(turn) {
      await doing.place();
      await turn.show({ text: new FormattedString("slow done"), keyboard: [] });
    },
    async xmenu(turn) {
      await turn.show({
        text: new FormattedString("menu"),
        keyboard: [[{ text: "Old", data: "gone-place:1" }], [{ text: "Slow", data: "xslow" }]],
      });
    },
  },
  answers: {},
  commands: {
    xmenu: (turn) => turn.go("xmenu"),
    async xwait(turn) {
      const keyboard = [[{ text: "Old", data: "gone-place:1" }]];
      await turn.show({ text: new FormattedString("⏳ at it"), keyboard, passing: true });
      await turn.show({ text: new FormattedString("found"), keyboard });
    },
  },
};

let rig: BotRig;
before(async () => {
  rig = await startBotRig({ handlers: join(real, extra) });
});
after(() => rig.stop());
beforeEach(() => {
  rig.playground.telegram.faults.clear();
  doing.place = async () => undefined;
});

test("the bot's owner puts in a service's app, whose secret leaves the chat; nobody else sees the place", async () => {
  const anna = await rig.person();
  await anna.say("/settings");
  await anna.press("Приложения сервисов");
  await anna.press("➕ Битрикс24");
  await anna.sees("Как зарегистрировать:");
  await anna.press("Вписать ID и секрет");
  await anna.say("local.5f3a.12345678");
  await anna.sees("секрет приложения");
  await anna.say("app-secret-of-the-owner-71");
  await anna.sees(/ID приложения: local\.5f3a\.12345678[\s\S]*Секрет сохранён/);
  await anna.missing("app-secret-of-the-owner-71");
  await anna.press("Убрать");
  await anna.sees("Приложения пока нет");
  const bob = await rig.person("Bob", "en");
  await bob.say("/settings");
  await bob.sees("Settings");
  assert.ok(!(await bob.buttons()).flat().some((text) => text.includes("apps")));
});

test("home and the menu of commands are there in both languages", async () => {
  const anna = await rig.person();
  await anna.say("/start");
  await anna.sees("Главная");
  assert.ok((await anna.commands()).includes("cancel"));
  const bob = await rig.person("Bob", "en");
  await bob.say("/start");
  await bob.sees("Home");
});

test("stray words leave the screen above alive", async () => {
  const anna = await rig.person();
  await anna.say("привет");
  await anna.sees("Главная");
  await anna.press("Настройки");
  await anna.say("что?");
  await anna.sees("Не понял");
  await anna.press(/Язык/);
  await anna.sees("Settings");
});

test("a stale button shows a fresh screen and says so", async () => {
  const anna = await rig.person();
  await anna.say("/xmenu");
  assert.match(await anna.press("Old"), /устарела/);
  await anna.sees("Главная");
});

test("one live screen: a press edits it, a command sends it anew and takes the old buttons away", async () => {
  const anna = await rig.person();
  await anna.say("/start");
  await anna.press("Настройки");
  await anna.sees("Язык");
  assert.equal((await anna.messages()).length, 2);
  await anna.say("/start");
  await anna.sees("Главная");
  await eventually("the old screen lost its buttons", async () => {
    const [, old] = await anna.messages();
    return old?.reply_markup?.inline_keyboard === undefined;
  });
});

test("the language changes at once, with the country and the time", async () => {
  const anna = await rig.person();
  await anna.say("/settings");
  await anna.press(/Язык/);
  await anna.sees("Settings");
  await anna.press(/Country/);
  await anna.say("Казах");
  await anna.sees("Kazakhstan");
  await anna.press(/Time/);
  await anna.say("омск");
  await anna.sees("Omsk");
});

test("two taps at once are two answers and one screen", async () => {
  const anna = await rig.person();
  await anna.say("/xmenu");
  await anna.sees("menu");
  const id = (await anna.screen())?.message_id ?? 0;
  await Promise.all([pressData(rig, anna, id, "xslow"), pressData(rig, anna, id, "xslow")]);
  await anna.sees("slow done");
  await eventually("both taps are answered", async () => (await openUpdates(rig)) === 0);
  assert.equal((await anna.messages()).length, 2);
});

test("an update whose handling was killed is handled by the next process", async () => {
  const anna = await rig.person();
  await anna.say("/xmenu");
  await anna.sees("menu");
  let isReached = false;
  doing.place = () => {
    isReached = true;
    return new Promise<never>(() => undefined);
  };
  const id = (await anna.screen())?.message_id ?? 0;
  await pressData(rig, anna, id, "xslow");
  await eventually("the handler is at work", () => isReached);
  rig.crash();
  doing.place = async () => undefined;
  await rig.start();
  await anna.sees("slow done");
});

test("an update handled twice does nothing twice, and is no answer to the question that it asked", async () => {
  const anna = await rig.person();
  const { telegram } = rig.engine;
  const { done } = telegram;
  // The process dies after the work and before the mark: the first `done` of each update is lost.
  const lost = new Set<number>();
  Object.assign(telegram, {
    async done(id: number) {
      if (lost.has(id)) return done(id);
      lost.add(id);
      throw new Error("killed");
    },
  });
  try {
    await anna.say("/connect лавка");
    await anna.sees("👉 1 из 2");
    await anna.say("4242");
    await anna.sees("👉 2 из 2");
    await eventually("both updates were handled twice", async () => lost.size >= 2 && (await openUpdates(rig)) === 0);
    assert.ok(!(await texts(anna)).some((text) => text.includes("Проверяю")), "the repeat was taken for the key");
    assert.equal((await texts(anna)).length, 3, "no screen was sent twice, and the answered question is gone");
    const rows = await rig.database.sql`
      select 1 from connections c join members m on m.workspace = c.workspace where m.telegram_id = ${anna.id}`;
    assert.equal(rows.length, 1);
  } finally {
    Object.assign(telegram, { done });
  }
  await anna.say("right-key");
  await anna.sees("Подключено");
});

test("killed after the screen and before the mark: the next try edits that screen", async () => {
  const anna = await rig.person();
  const { telegram } = rig.engine;
  const { conversations } = telegram;
  let isKilled = false;
  const { write } = conversations;
  // Dies where the question is kept, which is after the screen was sent.
  conversations.write = async (key, value) => {
    if (isKilled) return write(key, value);
    isKilled = true;
    throw new Error("killed");
  };
  try {
    await anna.say("/connect лавка");
    await anna.sees("👉 1 из 2");
    await eventually("the second try is over", async () => isKilled && (await openUpdates(rig)) === 0);
    assert.equal((await texts(anna)).length, 2);
    await anna.say("4242");
    await anna.sees("👉 2 из 2");
  } finally {
    conversations.write = write;
  }
});

test("killed before the id of a waiting screen is kept: what hangs there is true and has no buttons", async () => {
  const anna = await rig.person();
  const { telegram } = rig.engine;
  const { saveChat } = telegram;
  let isKilled = false;
  Object.assign(telegram, {
    async saveChat(...given: Parameters<typeof saveChat>) {
      // Only hers: an earlier test's chat may still be written.
      if (isKilled || given[0] !== anna.id || given[1].screenMessage === undefined) return saveChat(...given);
      isKilled = true;
      throw new Error("killed");
    },
  });
  try {
    await anna.say("/xwait");
    await anna.sees("found");
  } finally {
    Object.assign(telegram, { saveChat });
  }
  assert.deepEqual((await texts(anna)).slice(-2), ["👌 Принято.", "found"]);
  const [hanging] = (await anna.messages()).slice(-2);
  assert.equal(hanging?.reply_markup, undefined);
});

test("a handler that fails is tried again, then set aside with a word, and the chat goes on", async () => {
  const anna = await rig.person();
  await anna.say("/xmenu");
  await anna.sees("menu");
  let tries = 0;
  doing.place = async () => {
    tries += 1;
    throw new Error("a bug");
  };
  await pressData(rig, anna, (await anna.screen())?.message_id ?? 0, "xslow");
  await anna.sees("Что-то сломалось", { within: 20_000 });
  assert.equal(tries, 3);
  await anna.say("/start");
  await anna.sees("Главная");
});

test("Telegram asks to wait: the screen comes a moment later", async () => {
  const anna = await rig.person();
  rig.playground.telegram.faults.add({ kind: "flood", retryAfter: 1, method: "sendMessage" });
  await anna.say("/start");
  await anna.sees("Главная");
});

test("a screen that was deleted or can't be edited is sent anew; a late answer to a button is nothing", async () => {
  const anna = await rig.person();
  await anna.say("/xmenu");
  await anna.sees("menu");
  const { faults } = rig.playground.telegram;
  faults.add({
    kind: "error",
    method: "editMessageText",
    code: 400,
    description: "Bad Request: message to edit not found",
  });
  faults.add({
    kind: "error",
    method: "answerCallbackQuery",
    code: 400,
    description: "Bad Request: query is too old and response timeout expired or query ID is invalid",
  });
  await pressData(rig, anna, (await anna.screen())?.message_id ?? 0, "settings");
  await anna.sees("Настройки");
  assert.equal((await anna.messages()).filter((one) => !one.mine).length, 2);
});

test("who blocks the bot is left in peace, and found again on return", async () => {
  const anna = await rig.person();
  await anna.say("/start");
  await anna.sees("Главная");
  await anna.block(true);
  const gone = async () => {
    const [row] = await rig.database.sql<{ gone: boolean }[]>`select gone from members where telegram_id = ${anna.id}`;
    return row?.gone;
  };
  await eventually("the block was noted", async () => (await gone()) === true);
  await anna.block(false);
  await eventually("the return was noted", async () => (await gone()) === false);
});

test("somebody of two workspaces: a button of the other one works where it stands, and home is switched", async () => {
  const [anna, bob] = [await rig.person("Анна"), await rig.person("Bob", "en")];
  for (const one of [anna, bob]) {
    await one.say("/start");
    await one.sees(/Главная|Home/);
  }
  const enter = async (telegramId: number) => {
    const member = await rig.engine.people.enter({ telegramId, name: "" });
    assert.ok(member);
    return member;
  };
  const theirs = await enter(anna.id);
  const { code } = await rig.engine.team.invite(theirs.scope, "editor");
  await bob.say(`/start ${code}`);
  await bob.press("Join");
  assert.equal((await enter(bob.id)).scope.workspace, theirs.scope.workspace);
  await bob.say("/settings");
  await bob.press(/Workspace/);
  await bob.press(/Bob/);
  await bob.sees("Home");
  const own = (await enter(bob.id)).scope.workspace;
  assert.notEqual(own, theirs.scope.workspace);

  const { sql } = rig.database;
  await sql`insert into incidents (id, workspace, class, cause, example, count, first_at, last_at)
    values ('elsewhere', ${theirs.scope.workspace}, 'data', 'c', '{}', 1, now(), now())`;
  const asked: string[] = [];
  rig.engine.incidents.retry = async (scope) => {
    asked.push(scope.workspace);
    if (scope.workspace === own) throw new NotFound();
    return 2;
  };
  const { message_id = 0 } = (await bob.screen()) ?? {};
  await pressData(rig, bob, message_id, "retryall:elsewhere:card");
  await bob.sees("Repeating 2 records");
  assert.deepEqual(asked, [own, theirs.scope.workspace]);
  assert.equal((await enter(bob.id)).scope.workspace, own, "home stays where it was");
});

test("the same update by webhook twice is handled once", async () => {
  const anna = await rig.person();
  await anna.say("/xmenu");
  await anna.sees("menu");
  const update = {
    update_id: 900_000_001,
    message: {
      message_id: 77,
      date: Math.floor(Date.now() / 1_000),
      chat: { id: anna.id, type: "private", first_name: "Анна" },
      from: { id: anna.id, is_bot: false, first_name: "Анна", language_code: "ru" },
      text: "/help",
    },
  };
  await Promise.all([rig.bot().receive(update), rig.bot().receive(update)]);
  await anna.sees("Как это работает");
  await rig.bot().receive(update);
  await eventually("all is handled", async () => (await openUpdates(rig)) === 0);
  assert.equal((await texts(anna)).filter((text) => text.includes("Как это работает")).length, 1);
});

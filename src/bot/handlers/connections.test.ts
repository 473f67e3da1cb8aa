import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { FormattedString } from "@grammyjs/parse-mode";
import type { Person } from "../../../playground/person.ts";
import { type BotRig, eventually, isStoredInClear, pressData, startBotRig, texts } from "../../../test/support/bot.ts";
import type { Handlers } from "../parts.ts";
import { join, handlers as real } from "./index.ts";

let counted = 0;
const extra: Handlers = {
  places: {
    async xmenu(turn) {
      await turn.show({
        text: new FormattedString("menu"),
        keyboard: [[{ text: "Count", data: "xcount" }], [{ text: "Detour", data: "xdetour" }]],
      });
    },
    async xcount() {
      counted += 1;
    },
    async xdetour(turn) {
      await turn.returnTo("xcame", "first");
      await turn.go("connect", "shop");
    },
    async xcame(turn, first, made) {
      await turn.show({ text: new FormattedString(`came back ${first} ${made?.length}`), keyboard: [] });
    },
  },
  answers: {},
  commands: { xmenu: (turn) => turn.go("xmenu") },
};

let rig: BotRig;
before(async () => {
  rig = await startBotRig({ handlers: join(real, extra) });
});
after(() => rig.stop());

async function untilSecret(person: Person): Promise<void> {
  await person.say("/connect лавка");
  await person.sees("👉 1 из 2");
  await person.say("4242");
  await person.sees("👉 2 из 2");
}

test("a connection is made value by value; the secret leaves the chat and lies nowhere in clear", async () => {
  const anna = await rig.person();
  await anna.say("/connect");
  await anna.sees("Какой сервис");
  await anna.say("лав");
  await anna.sees("Номер сайта");
  await anna.say("4242");
  await anna.sees("Ключ");
  await anna.say("right-key");
  await anna.sees("Подключено");
  assert.ok(!(await texts(anna)).some((text) => text.includes("right-key")));
  assert.equal(await isStoredInClear(rig.database, "right-key"), false);
});

test("a wrong key says so with the way out, and the next try works", async () => {
  const anna = await rig.person();
  await untilSecret(anna);
  await anna.say("wrong-key");
  await anna.sees("Ключ не подошёл");
  await anna.press(/Исправить: Номер сайта/);
  await anna.sees("👉 Пришлите");
  await anna.say("5");
  await anna.sees("Пришлите заново: Ключ");
  await anna.say("right-key");
  await anna.sees("Подключено");
  assert.ok(!(await texts(anna)).some((text) => text.includes("wrong") || text.includes("right-key")));
  await anna.say("/connections");
  await anna.sees("✅ Лавка");
  assert.equal((await anna.buttons()).filter(([first]) => first?.includes("Лавка")).length, 1);
});

test("a connection made on a detour goes on where the person came from", async () => {
  const anna = await rig.person();
  await anna.say("/xmenu");
  await anna.press("Detour");
  await anna.say("1");
  await anna.sees("👉 2 из 2");
  await anna.say("right-key");
  await anna.sees(/came back first 2\d/);
  assert.ok((await texts(anna)).some((text) => text.includes("Подключено")));
});

test("a restart in the middle of a question costs nothing", async () => {
  const anna = await rig.person();
  await untilSecret(anna);
  await rig.restart();
  await anna.say("right-key");
  await anna.sees("Подключено");
});

test("/cancel in the middle says what was kept, and what was typed is still there", async () => {
  const anna = await rig.person();
  await untilSecret(anna);
  await anna.say("/cancel");
  await anna.sees("сохранено незаконченным");
  await anna.say("some words");
  await anna.sees("Не понял");
  await anna.say("/connect лавка");
  await anna.sees("👉 2 из 2");
  await anna.say("/cancel");
  await anna.say("/cancel");
  await anna.sees("отменять нечего");
});

test("another command breaks the question off; a password may begin with a slash", async () => {
  const anna = await rig.person();
  await untilSecret(anna);
  await anna.say("/help");
  await anna.sees("Как это работает");
  await untilSecretAgain(anna);
  await anna.say("/Q7-secret");
  await anna.sees("Ключ не подошёл");
  assert.ok(!(await texts(anna)).some((text) => text.includes("/Q7-secret")));
});
async function untilSecretAgain(person: Person): Promise<void> {
  await person.say("/connect лавка");
  await person.sees("👉 2 из 2");
}

test("a button of another screen answers while the question keeps waiting", async () => {
  const anna = await rig.person();
  await anna.say("/xmenu");
  await anna.sees("menu");
  // The old screen keeps its buttons only until a new one is shown, so press by data, as an old client would.
  const menu = await anna.screen();
  await untilSecret(anna);
  await pressData(rig, anna, menu?.message_id ?? 0, "xcount");
  await eventually("the press counted", () => counted === 1);
  await anna.say("right-key");
  await anna.sees("Подключено");
});

test("pictures and 5 000 characters are no answers, and the question stays", async () => {
  const anna = await rig.person();
  await anna.say("/connect лавка");
  await anna.sees("👉 1 из 2");
  await anna.sendFile("cat.png", "x", { as: "document" });
  await anna.sees("ответ текстом");
  await anna.say("7".repeat(4_050));
  await anna.sees("Слишком длинно");
  // As Telegram splits a paste of 5 000: only its rest is swallowed, however fast the answer follows.
  await anna.say("7".repeat(4_096));
  await anna.sees("намного больше");
  await anna.say("7".repeat(904));
  await anna.say("4242");
  await anna.sees("👉 2 из 2");
});

test("a broken connection: its card asks for the key, one tap leads to that question; under a live card a key is deleted", async () => {
  const anna = await rig.person();
  await untilSecret(anna);
  await anna.say("wrong-key");
  await anna.sees("Ключ не подошёл");
  const [broken] = await rig.database.sql<{ id: string }[]>`
    select c.id from connections c join members m on m.workspace = c.workspace where m.telegram_id = ${anna.id}`;
  await anna.say("/status");
  const menu = await anna.screen();
  await pressData(rig, anna, menu?.message_id ?? 0, `connmend:${broken?.id}`);
  await anna.sees(/Ключ не подошёл[\s\S]*Пришлите заново/);
  await pressData(rig, anna, menu?.message_id ?? 0, `connection:${broken?.id}`);
  await anna.sees(/Не работает[\s\S]*Пришлите заново/);
  await anna.say("right-key");
  await anna.sees("Подключено");
  await anna.say("/xmenu");
  await anna.sees("menu");
  await pressData(rig, anna, (await anna.screen())?.message_id ?? 0, `connection:${broken?.id}`);
  await anna.sees("Проверить");
  await anna.say("other.key");
  await anna.sees("Похоже, это ключ");
  await anna.missing("other.key");
});

test("a key sent when nothing asked for it is deleted with a word: a stored one, or one like what was asked a moment ago", async () => {
  const anna = await rig.person();
  await untilSecret(anna);
  await anna.say("right-key");
  await anna.sees("Подключено");
  for (const key of ["right-key", "aB3dE6gH9jK2mN5pQ8"]) {
    await anna.say(key);
    await anna.sees("Похоже, это ключ");
    await eventually("it is gone", async () => !(await texts(anna)).some((text) => text.includes(key)));
  }
  await anna.say("Спасибо большое, всё получилось 1");
  await anna.sees("Не понял");
});

test("another account of a service whose first one is broken: mended or added, as the person says", async () => {
  const anna = await rig.person();
  await untilSecret(anna);
  await anna.say("wrong-key");
  await anna.sees("Ключ не подошёл");
  await anna.say("/connect лавка");
  await anna.sees("Исправить его или подключить ещё один");
  await anna.press("Подключить новый аккаунт");
  await anna.sees("👉 1 из 2");
  await anna.say("/connect лавка");
  await anna.press(/Исправить: /);
  await anna.sees("Ключ не подошёл");
});

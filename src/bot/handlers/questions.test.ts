/** What becomes of questions: answered ones leave the chat, one that was broken off can be taken up again. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { FormattedString } from "@grammyjs/parse-mode";
import type { Person } from "../../../playground/person.ts";
import { type BotRig, eventually, startBotRig, texts } from "../../../test/support/bot.ts";
import type { Handlers } from "../parts.ts";
import { join, handlers as real } from "./index.ts";

const extra: Handlers = {
  places: {
    async xdetour(turn) {
      await turn.returnTo("xcame");
      await turn.go("connect", "shop");
    },
    async xcame(turn) {
      await turn.show({ text: new FormattedString("came back"), keyboard: [] });
    },
  },
  answers: {},
  commands: { xdetour: (turn) => turn.go("xdetour") },
};

let rig: BotRig;
before(async () => {
  rig = await startBotRig({ handlers: join(real, extra) });
});
after(() => rig.stop());

const questions = async (person: Person) => (await texts(person)).filter((text) => text.includes("👉"));

test("an answered question leaves the chat; what is said in the end stays", async () => {
  const anna = await rig.person();
  await anna.say("/connect лавка");
  await anna.sees("👉 1 из 2");
  await anna.say("4242");
  await anna.sees("👉 2 из 2");
  await anna.say("right-key");
  await anna.sees("Подключено");
  await eventually("no question is left", async () => (await questions(anna)).length === 0);
});

test("a refused answer leaves one question, not two", async () => {
  const anna = await rig.person();
  await anna.say("/connect лавка");
  await anna.sees("👉 1 из 2");
  await anna.say("one\ntwo");
  await anna.sees("⚠️");
  await eventually("one question is left", async () => (await questions(anna)).length === 1);
});

test("/cancel offers to go on: the same question, on the same detour, also after a restart", async () => {
  const anna = await rig.person();
  await anna.say("/xdetour");
  await anna.sees("👉 1 из 2");
  await anna.say("4242");
  await anna.sees("👉 2 из 2");
  await anna.say("/cancel");
  await anna.sees("сохранено незаконченным");
  await rig.restart();
  await anna.press("Продолжить");
  await anna.sees("👉 2 из 2");
  await anna.say("right-key");
  await anna.sees("came back");
  assert.ok(!(await texts(anna)).some((text) => text.includes("right-key")), "it is a question for a secret again");
});

test("/cancel of nothing offers nothing", async () => {
  const anna = await rig.person();
  await anna.say("/cancel");
  await anna.sees("отменять нечего");
  assert.ok(!(await anna.buttons()).flat().some((label) => label.includes("Продолжить")));
});

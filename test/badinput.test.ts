/** Bad input of every kind, as a person or a service gives it: a clear sentence, a way on, and nothing is lost. */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { makePerson, type Person } from "../playground/person.ts";
import { type App, startApp } from "../playground/stories/app.ts";
import { openLine } from "../playground/stories/hands.ts";
import { makeStage, type Stage } from "../playground/stories/stage.ts";
import { type FreshDatabase, freshDatabase } from "./support/database.ts";
import { buildHooked, ORDER, sendTo } from "./support/hooked.ts";
import { eventually, post } from "./support/house.ts";

const TWO_MIB = 2 * 1024 * 1024;
const IDS = ["4611686018427387905", "9007199254740993", "-4611686018427387905"];

describe("bad input", { concurrency: false }, () => {
  let database: FreshDatabase;
  let dataDir: string;
  let app: App;
  let stage: Stage;
  let person: Person;
  let address: string;

  before(async () => {
    dataDir = mkdtempSync(join(tmpdir(), "svyazka-bad-"));
    database = await freshDatabase({ max: 2 });
    const env = { DATABASE_URL: database.url, ENCRYPTION_KEY: randomBytes(32).toString("base64") };
    app = await startApp({ dataDir, env });
    stage = await makeStage(app.url, "ru", 2);
    person = stage.person;
  });
  after(async () => {
    await app?.stop();
    await database?.drop();
    rmSync(dataDir, { recursive: true, force: true, maxRetries: 5 });
  });

  const requests = () => stage.records("receiver", "requests");
  const bodies = async () => (await requests()).map((row) => String(row.body));
  const came = (part: string) =>
    eventually(`a request with ${part}`, async () => (await bodies()).find((body) => body.includes(part)));
  const press = (message: number, data: string) => post(`${app.url}/api/chats/${person.id}/press`, { message, data });
  /** The newest screen offers something to press. */
  async function leadsOn(): Promise<void> {
    const buttons = (await person.buttons()).flat();
    assert.ok(buttons.length > 0, `no way on from:\n${(await person.screen())?.text}`);
  }
  const live = async () => {
    const [row] = await database.sql`select screen_message from chats where chat_id = ${person.id}`;
    return Number(row?.screen_message);
  };

  it("a wrong portal address and a wrong key: the sentence names what to change, the answer can be mended", async () => {
    await person.say("/start");
    await person.say("/connect");
    await person.say("retailCRM");
    await person.press("retailCRM");
    await person.sees("1 из 2");
    await person.say("это не адрес");
    await person.sees(/⚠️ .*(адрес|имя|retailcrm\.ru)/i);
    await leadsOn();
    await person.say(await stage.credential("retailcrm", "account"));
    await person.sees("2 из 2");
    await person.say("wrong-key-000000");
    await person.sees("Не получилось подключиться: retailCRM", { within: 20_000 });
    await person.sees(/ключ/i);
    await leadsOn();
    assert.ok(!(await person.messages()).some((one) => one.text?.includes("wrong-key")), "the key stayed in the chat");
    await person.say(await stage.credential("retailcrm", "apiKey"));
    await person.sees("✅ Подключено: retailCRM", { within: 20_000 });
  });

  it("an answer of 5 000 characters, in two messages as Telegram sends it: one word, and the question stays", async () => {
    await person.say("/connections");
    await person.press(/retailCRM/);
    await person.press("Переименовать");
    await person.sees("Как назвать его теперь?");
    await person.say("а".repeat(5_000));
    await person.sees("Слишком длинно: помещается 60 знаков, а пришло намного больше");
    await leadsOn();
    await eventually("both halves were heard", async () => {
      const [row] = await database.sql`select count(*)::int as n from telegram_inbox where done_at is null`;
      return row?.n === 0;
    });
    const told = (await person.messages()).filter((one) => one.text?.includes("Слишком длинно"));
    assert.equal(told.length, 1, "the second half is no second mistake");
    // Telegram's split ends within two seconds; what comes later is an answer again.
    await eventually("a new answer is taken", async () => {
      await person.say("Наша <b>CRM</b> 😀 ‮שלום");
      return person.sees("Наша <b>CRM</b> 😀", { within: 1_500 }).catch(() => false as const);
    });
  });

  it("an answer that is a little too long: the question's own limit, and how much came", async () => {
    await person.press("Переименовать");
    await person.sees("Как назвать его теперь?");
    await person.say("б".repeat(61));
    await person.sees("Слишком длинно: помещается 60 знаков, а пришло 61");
    await leadsOn();
    await person.say("б".repeat(60));
    await person.sees("б".repeat(60));
  });

  it("a photo and a file instead of text: a word, the question stays", async () => {
    await person.press("Переименовать");
    await person.sees("Как назвать его теперь?");
    const pixel = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
    await person.sendFile("p.png", Buffer.from(pixel, "base64"), { as: "photo", type: "image/png" });
    await person.sees("Здесь нужен ответ текстом");
    await leadsOn();
    await person.sendFile("a.txt", "words");
    await person.sees("Здесь нужен ответ текстом");
    await person.say("CRM");
    await person.sees(/CRM/);
  });

  it("an unknown command and stray words: a word and a way on", async () => {
    await person.say("/nonsense");
    await person.sees("Такой команды нет");
    await leadsOn();
    await person.say("просто слова");
    await person.sees("Не понял");
    await leadsOn();
  });

  it("19 digits come through whole, from a webhook to the body of a request", async () => {
    address = await buildHooked(stage, app.url);
    for (const id of IDS) assert.equal(await sendTo(address, ORDER.replace("4611686018427387905", id)), 200);
    for (const id of IDS) assert.equal(await came(id), `{"id": ${id}, "who": "Анна"}`);
  });

  it("names with scripts, quotes, emoji and right-to-left text arrive as they are and break nothing", async () => {
    const names = [
      "<script>alert(1)</script> & 'кавычки'",
      "😀👨‍👩‍👧‍👦 ‮שלום",
      "{{ trigger.body.order.id }} {% if %}",
      "'; drop table runs; --",
      'О"Брайен \\ "и\nсыновья"\t',
    ];
    for (const [n, name] of names.entries())
      assert.equal(await sendTo(address, JSON.stringify({ order: { id: 700 + n }, name })), 200);
    for (const [n, name] of names.entries()) {
      const body = await came(`"id": ${700 + n},`);
      assert.equal((JSON.parse(body) as { who: string }).who, name);
    }
    await person.say("/history");
    await person.sees(/Истори|запуск/i);
    await leadsOn();
  });

  it("webhooks that are no JSON, or too large, or sent nowhere", async () => {
    const before = (await requests()).length;
    const broken = await fetch(address, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: '{"a": ',
    });
    assert.equal(broken.status, 400);
    assert.match(await broken.text(), /JSON/);
    const large = await fetch(address, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ text: "x".repeat(TWO_MIB) }),
    });
    assert.equal(large.status, 413);
    assert.match(await large.text(), /1 ?(MiB|МиБ)/);
    assert.equal(await sendTo(`${address}x`, ORDER), 404);
    assert.equal(await sendTo(address, ORDER.replace("4611686018427387905", "808")), 200);
    await came('"id": 808,');
    assert.equal((await requests()).length, before + 1, "nothing else came of them");
    // Nobody reads the sender's log: the card tells.
    await person.say("/bundles");
    await person.press(/^\S+ 1 · /);
    await person.sees(/⚠️ Не принято запросов на адрес связки: 2\..*\n.*больше 1 МиБ/);
  });

  it("a service that refuses: the alert says so; Retry pressed twice repeats once", async () => {
    await stage.setSwitch("receiver", "answer", "404");
    assert.equal(await sendTo(address, ORDER.replace("4611686018427387905", "909")), 200);
    await person.sees(/❌ [\s\S]*Случилось/, { within: 20_000 });
    await leadsOn();
    await stage.setSwitch("receiver", "answer", "ok");
    const sent = async () => (await bodies()).filter((body) => body.includes('"id": 909,')).length;
    const before = await sent();
    const card = (await person.messages()).findLast((one) => one.text?.includes("❌"));
    const data = card?.reply_markup?.inline_keyboard?.flat().find(({ text }) => text === "🔁 Повторить")?.callback_data;
    assert.ok(card && data);
    await Promise.all([press(card.message_id, data), press(card.message_id, data)]);
    await eventually("the run was repeated", async () => (await sent()) > before);
    await person.sees("Снова работает", { within: 20_000 });
    assert.equal(await sent(), before + 1);
  });

  it("a stale button of a bundle that is gone, and data that nobody made", async () => {
    await person.say("/bundles");
    await person.press(/^\S+ 1 · /);
    const card = await person.screen();
    const pause = card?.reply_markup?.inline_keyboard?.flat().find(({ text }) => text.includes("Пауза"))?.callback_data;
    assert.ok(card && pause);
    for (const data of ["nonsense", "card:doesnotexist", "x".repeat(64), "pause:"]) {
      await press(await live(), data);
      await eventually("the chat answers", async () => (await person.buttons()).flat().length > 0);
    }
    await person.say("/start");
    await person.sees("Главная");
    await press(card.message_id, pause);
    await person.sees(/пауз/i);
    await leadsOn();
  });

  it("two taps at once on the card: one thing happens", async () => {
    await person.say("/bundles");
    await person.press(/^\S+ 1 · /);
    const card = await person.screen();
    const resume = card?.reply_markup?.inline_keyboard
      ?.flat()
      .find(({ text }) => text.includes("Включить"))?.callback_data;
    assert.ok(card && resume);
    await Promise.all([press(card.message_id, resume), press(card.message_id, resume), press(card.message_id, resume)]);
    await eventually("it runs", async () => {
      const [row] = await database.sql`select state from bundles where number = 1`;
      return row?.state === "active";
    });
    await person.sees(/Работает/);
  });

  it("a number is asked for and a text comes: refused by name, the question stays", async () => {
    await person.say("/bundles");
    await person.press(/^\S+ 1 · /);
    await person.press(/Шаги/);
    await person.press("2");
    await openLine(person, "Ждать ответа, с");
    await person.say("долго");
    await person.sees("«долго» – не целое число");
    await leadsOn();
    await person.say("20");
    await person.sees(/Ждать ответа, с · 20/);
  });

  it("a key sent into a group: nothing is asked there, a button leads to the private chat", async () => {
    const bot = (await (await fetch(`${app.url}/api/state`)).json()) as { bots: { id: number }[] };
    const group = await post<{ id: number }>(`${app.url}/api/groups`, {
      title: "Отдел",
      people: [person.id],
      bots: [bot.bots[0]?.id],
    });
    const inGroup = makePerson(app.url, person.id, group.id, 2);
    await inGroup.say("/connect");
    await inGroup.sees("Я работаю в личном чате");
    await inGroup.say("сюда ключ: secret-key-in-a-group");
    const [row] = await database.sql`select count(*)::int as n from connections`;
    assert.equal(row?.n, 1);
  });

  it("an account in use is deleted: the bundle says which, and offers another", async () => {
    await person.say("/new");
    await person.sees(/С чего|незаконченн/);
    if ((await person.buttons()).flat().some((text) => text.includes("Начать новую")))
      await person.press("Начать новую");
    await person.say("вебхук");
    await person.press("Входящий вебхук");
    await person.press("Взять выдуманный пример");
    await person.say("Поиск клиента");
    await person.press("retailCRM · Поиск клиента");
    await person.sees("Нажмите номер строки", { within: 20_000 });
    await person.press("Готово");
    await person.say("/connections");
    await person.press(/CRM/);
    await person.press("Удалить");
    await person.press(/Да, удалить/);
    await person.say("/bundles");
    await person.press(/^\S+ 2 · /);
    await person.press(/Запустить/);
    await person.sees(/подключения .* больше нет/);
    await leadsOn();
  });

  it("nobody was left without an answer, and the log holds no stack", () => {
    assert.doesNotMatch(app.output(), /"level":(50|60)/);
  });
});

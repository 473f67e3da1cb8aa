/** Building and steering bundles as a person does it: the whole app, texts and button presses only. */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type { Person, Seen, SeenButton } from "../../../playground/person.ts";
import { type App, startApp } from "../../../playground/stories/app.ts";
import { makeStage, type Stage } from "../../../playground/stories/stage.ts";
import { eventually } from "../../../test/support/bot.ts";
import { type FreshDatabase, freshDatabase } from "../../../test/support/database.ts";

let database: FreshDatabase;
let app: App;
let dataDir: string;
let stage: Stage;
let person: Person;
const key = randomBytes(32).toString("base64");

const start = (port?: number) =>
  startApp({ dataDir, ...(port ? { port } : {}), env: { DATABASE_URL: database.url, ENCRYPTION_KEY: key } });

before(async () => {
  dataDir = mkdtempSync(join(tmpdir(), "builder-"));
  database = await freshDatabase({ max: 2 });
  app = await start();
  stage = await makeStage(app.url);
  person = stage.person;
});
after(async () => {
  await app.stop();
  await database.drop();
  rmSync(dataDir, { recursive: true, force: true, maxRetries: 5 });
});

/** The number that stands before a line with these words. */
async function numberOf(words: string): Promise<string> {
  const text = (await person.screen())?.text ?? "";
  const found = new RegExp(`^(\\d+)\\. (?:[^\\p{L}\\n]+ )?${words}`, "mu").exec(text)?.[1];
  assert.ok(found, `no line «${words}» in\n${text}`);
  return found;
}

/** Presses one button several times at once. */
async function presses(label: string | RegExp, times: number): Promise<void> {
  const isIt = ({ text }: SeenButton) => (typeof label === "string" ? text.includes(label) : label.test(text));
  const screen = (await person.messages()).findLast((one) => one.reply_markup?.inline_keyboard?.flat().some(isIt));
  const button = screen?.reply_markup?.inline_keyboard?.flat().find(isIt);
  assert.ok(screen && button?.callback_data, `no button ${label}`);
  const body = JSON.stringify({ message: screen.message_id, data: button.callback_data });
  const press = () =>
    fetch(`${app.url}/api/chats/${person.id}/press`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body,
    });
  await Promise.all(Array.from({ length: times }, press));
}

async function connect(service: "calltouch" | "retailcrm", label: string): Promise<void> {
  await person.press(`Подключить ${label}`);
  const keys = service === "calltouch" ? ["siteId", "token"] : ["account", "apiKey"];
  for (const one of keys) {
    await person.sees("Пришлите");
    await person.say(await stage.credential(service, one));
  }
  while (/Пришлите/.test((await person.sees(/Пришлите|Шаг \d|Что сделать/, { within: 20_000 })) ?? "")) {
    if (!(await person.buttons()).flat().includes("Пропустить")) break;
    await person.press("Пропустить");
  }
}

test("article 003 §1 is built, tried and started in few presses", async () => {
  await stage.life("calltouch", "call", { phone: "79161234567", dtmf: "Продажи" });
  await person.say("/new");
  await person.press("Calltouch");
  await person.press("Входящий звонок");
  await connect("calltouch", "Calltouch");
  await person.sees("Номер звонящего: +7 916 123-45-67", { within: 20_000 });
  await person.press("Calltouch");
  await person.press(/^Новая сделка по звонку/);
  await person.sees(/Статус сделки · PENDING/);
  await person.press("Готово");
  await person.press("Действие");
  await person.press("retailCRM");
  await person.press("Новый клиент");
  await connect("retailcrm", "retailCRM");
  await person.sees(/не создавать, если найден по: Телефон/, { within: 20_000 });
  await person.press("Готово");
  await person.press("Действие");
  await person.press("retailCRM");
  await person.press("Новый заказ");
  await person.sees(/Статус заказа · Новый/);
  await person.press(await numberOf("Имя клиента"));
  await person.say("Заказ по звонку из Calltouch с номера {Номер звонящего}");
  await person.sees(/Имя клиента · Заказ по звонку/);
  await person.press(await numberOf("Теги"));
  await person.say("{Авто-теги (тоновые сигналы)}|{Авто-теги (номер телефона)}");
  await person.sees(/Теги · .*\|/);
  await person.press("Готово");
  await person.press("Проверить на примере");
  await person.sees("Всё готово к запуску", { within: 20_000 });
  await person.press("Запустить связку");
  await person.sees("🟢 Работает");
  assert.ok(person.counts.pressed <= 26, `${person.counts.pressed} presses`);
  await stage.life("calltouch", "call", { phone: "79160000002", dtmf: "Опт" });
  await person.say("/run 1");
  const order = await stage.until("retailcrm", "orders", "an order", (rows) => rows[0]);
  assert.equal(order.firstName, "Заказ по звонку из Calltouch с номера 79160000002");
  await person.sees("Первая настоящая запись");
  await eventually("the card above tells of it too", async () => {
    const card = (await person.messages()).findLast(({ text }) => /^(?:.*\n\n)?🧩 Связка/.test(text ?? ""));
    return /Последние запуски/.test(card?.text ?? "");
  });
});

test("two taps at once do one thing", async () => {
  await openSteps();
  await person.press("Действие");
  await person.press("Calltouch");
  await person.sees("Calltouch: что сделать?");
  await presses("Новая заявка", 2);
  await person.sees(/Шаг 5 · /);
  await person.press("Готово");
  const steps = (await person.sees(/Что она делает/)).match(/^\d+\. .*Новая заявка$/gm);
  assert.equal(steps?.length, 1);

  await person.press("К карточке");
  await person.press(/Ещё/);
  await person.sees(/Копия/);
  await presses("Копия", 3);
  await person.sees("Копия готова");
  await person.say("/bundles");
  await person.sees("2 связки");
});

/** The list of steps of the first bundle. */
async function openSteps(): Promise<void> {
  await person.say("/bundles");
  await person.press(/^\S+ 1 · /);
  await person.press(/Шаги/);
  await person.sees("Что она делает сейчас");
}

test("a separator pressed twice is put once, and a piece is taken back", async () => {
  await openSteps();
  await person.press("4");
  await person.sees(/Теги · /);
  await person.press(await numberOf("Теги"));
  await person.press("Собрать из частей");
  await person.sees("собираем из частей");
  await presses(/^;$/, 2);
  await person.sees("{Авто-теги (номер телефона)};");
  const text = (await person.screen())?.text ?? "";
  assert.doesNotMatch(text, /;;/);
  await person.say("конец");
  await person.sees("{Авто-теги (номер телефона)};конец");
  await person.press("Убрать последнее");
  await person.press("Убрать последнее");
  await person.sees(/\{Авто-теги \(номер телефона\)\}\n/);
  await presses(/Начать заново/, 2);
  await person.sees(/собираем из частей\n\nпусто/i);
  await person.say("с нуля");
  await person.sees("с нуля");
  await person.press("Готово");
});

test("a text where a number belongs and an unknown name are refused, the question stays", async () => {
  await openSteps();
  await person.press("2");
  await person.press(await numberOf("Бюджет"));
  await person.say("много");
  await person.sees("«много» – не число");
  await person.say("{Нет такого}");
  await person.sees("Не знаю такого поля: {Нет такого}");
  await person.say("1 500,50");
  await person.sees(/Бюджет сделки · 1500\.50/);
});

test("a button of a step that is gone shows the list of steps with a word", async () => {
  await openSteps();
  await person.press("5");
  await person.sees(/Шаг 5/);
  const old = (await person.screen()) as Seen;
  const field = old.reply_markup?.inline_keyboard?.[0]?.[0]?.callback_data;
  await person.press(/Ещё$/);
  await person.press("Удалить шаг");
  await person.sees("Что она делает сейчас");
  const headers = { "content-type": "application/json" };
  await fetch(`${app.url}/api/chats/${person.id}/press`, {
    method: "POST",
    headers,
    body: JSON.stringify({ message: old.message_id, data: field }),
  });
  await person.sees(/Кнопка устарела|Что она делает/);
});

test("a filter shows its verdict on the sample; a router branches; kill -9 in the middle of a question loses nothing", async () => {
  await openSteps();
  await person.press(/Фильтр/);
  await person.press("Условие");
  await person.say("источник звонка");
  await person.press(/^Источник звонка · /);
  await person.press("не равно");
  await person.sees(/Источник звонка не равно …/);
  const port = Number(new URL(app.url).port);
  await app.kill();
  app = await start(port);
  await person.say("yandex");
  await person.sees(/Источник звонка не равно yandex/);
  await person.sees("✗ нет");
  await person.press("Готово");
  await person.sees("🚫 Пример не проходит");
  await person.press("1");
  await person.press("Убрать");
  await person.sees("Условий пока нет");
  await person.press("Готово");
  await person.press("Инструмент");
  await person.press("Развилка");
  await person.sees(/условие не задано/);
  await person.press("Задать условия");
  await person.press("Условие");
  await person.press(/Номер звонящего · /);
  await person.press("начинается с");
  await person.say("7916");
  await person.sees("✓ да");
  await person.press("Готово");
  await person.press("Готово");
  await person.press("Готово");
  await person.sees(/🔀 Если Номер звонящего начинается с 7916/);
});

test("doing it once for real, pressed twice, makes one order", async () => {
  const before = (await stage.records("retailcrm", "orders")).length;
  await stage.life("calltouch", "call", { phone: "79160000003", dtmf: "Опт" });
  await openSteps();
  await person.press("1 🎬");
  await person.press("Обновить пример");
  await person.sees("+7 916 000-00-03", { within: 20_000 });
  await person.press("К шагам");
  await person.press("Проверить на примере");
  await person.sees(/Ничего не записано/, { within: 20_000 });
  await person.press(/один раз/);
  await person.sees("созданы по-настоящему");
  await presses("Да, сделать", 2);
  await stage.until("retailcrm", "orders", "the order", (rows) => (rows.length > before ? rows : undefined));
  await person.say("/bundles");
  await person.press(/^\S+ 1 · /);
  await person.sees(/Последние запуски: 🟢🟢\n/);
  assert.equal((await stage.records("retailcrm", "orders")).length, before + 1);
});

test("commands find a bundle by number, by name, or offer a choice", async () => {
  await person.say("/pause 1");
  await person.sees("⏸ На паузе");
  await person.say("/resume нет такой связки");
  await person.sees("не нашлось");
  await person.say("/resume");
  await person.sees("Какую связку включить?");
  await person.say("/run копия");
  await person.sees("Проверка на примере", { within: 20_000 });
});

test("a bundle of one's own: a question to a person, then a loop over a list", async () => {
  await person.say("/new");
  if (/незаконченн/.test(await person.sees(/незаконченн|С чего всё/))) await person.press("Начать новую");
  await person.say("вебхук");
  await person.press("Входящий вебхук");
  await person.sees("Жду первую доставку");
  const address = await person.press("Скопировать адрес");
  const send = (number: string, names: readonly string[]) =>
    fetch(address, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ number, guests: names.map((name, i) => ({ name, phone: `7916000${number}${i}` })) }),
    });
  await send("700", ["Проба"]);
  await person.sees("пришло первое событие", { within: 20_000 });
  await person.press("Продолжить");
  await person.press("Инструмент");
  await person.press("Спросить человека");
  await person.say("Записать гостей заказа {body.number}?");
  await person.sees("Записать гостей заказа 700?");
  await person.press("Готово");
  await person.press("Инструмент");
  await person.press("Для каждого");
  await person.press("Выбрать список");
  await person.press(/body\.guests/);
  await person.sees("1 элемент");
  await person.press("Шаг внутрь");
  await person.press("retailCRM");
  await person.press("Новый клиент");
  // What the elements hold is proposed, not the first one's own.
  await person.sees(/Имя · \{name\} → Проба/);
  await person.sees(/Телефон · \{phone\}/);
  await person.press("Готово");
  await person.sees(/2\. 🙋 Спросить: «Записать гостей заказа \{body\.number\}\?» · нет → конец/);
  await person.sees(/\n {4}4\. .*Новый клиент/);
  await person.press("Проверить на примере");
  await person.sees(/Спрошу: «Записать гостей заказа 700\?»[\s\S]*Список: 1/, { within: 20_000 });
  await person.press("Запустить связку");
  await person.sees("🟢 Работает");
  const before = (await stage.records("retailcrm", "customers")).length;

  await send("701", ["Вера", "Глеб"]);
  await person.sees("Записать гостей заказа 701?", { within: 20_000 });
  assert.equal((await stage.records("retailcrm", "customers")).length, before);
  await person.press("✅ Да");
  const made = await stage.until("retailcrm", "customers", "two guests", (rows) =>
    rows.length === before + 2 ? rows : undefined,
  );
  const names = made.map(({ firstName }) => firstName);
  assert.ok(names.includes("Вера") && names.includes("Глеб"), names.join());

  await send("702", ["Никто"]);
  await person.sees("Записать гостей заказа 702?", { within: 20_000 });
  await person.press("✖️ Нет");
  await person.say("/history");
  await person.sees(/🟢|✅/);
  assert.equal((await stage.records("retailcrm", "customers")).length, before + 2);
});

test("a deleted account keeps the bundle from starting, and the step asks for another", async () => {
  await person.say("/connections");
  // The history above has buttons with that word too.
  await person.sees("✅ работает");
  await person.press(/retailCRM/);
  await person.press(/Удалить/);
  await person.press("Да, удалить");
  await person.say("/bundles");
  await person.press(/^\S+ 2 · /);
  await person.press(/Запустить/);
  await person.sees("Почти готово. Осталось:");
  await person.sees(/подключения retailCRM больше нет/);
  await person.press(/^1\. /);
  await person.press("Выбрать аккаунт");
  await person.sees("Подключить retailCRM");
});

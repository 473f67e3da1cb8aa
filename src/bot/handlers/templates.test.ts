/** Every template taken in the chat as a person does it: accounts, the draft, the dry run. The whole app. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type { Person } from "../../../playground/person.ts";
import { type App, startApp } from "../../../playground/stories/app.ts";
import { browse } from "../../../playground/stories/consent.ts";
import { askNow } from "../../../playground/stories/hands.ts";
import { makeStage, type Stage } from "../../../playground/stories/stage.ts";

let app: App;
let dataDir: string;
let stage: Stage;
let person: Person;

before(async () => {
  dataDir = mkdtempSync(join(tmpdir(), "templates-"));
  app = await startApp({ dataDir });
  stage = await makeStage(app.url);
  person = stage.person;
  await person.say("/start");
});
after(async () => {
  await app.stop();
  rmSync(dataDir, { recursive: true, force: true, maxRetries: 5 });
});

/** The bot asks for each value; it goes on by itself. */
async function types(service: string, ...keys: string[]): Promise<void> {
  for (const key of keys) {
    await person.sees(keys.length === 1 ? "👉 Пришлите" : new RegExp(`\\d из ${keys.length}`), { within: 20_000 });
    await person.say(await stage.credential(service, key));
  }
}

async function signsIn(service: string): Promise<void> {
  await person.sees("действует 15 минут");
  const page = await browse(await person.press(new RegExp(`Войти через ${service}`)), "allow");
  assert.equal(page.status, 200, page.text);
}

const DRAFT = { within: 25_000 };

test("Calltouch ⇄ МойСклад: four drafts at once, the accounts asked for on the way", async () => {
  await stage.life("calltouch", "call", { phone: "79990000001" });
  await person.say("/templates мойсклад calltouch");
  await person.press("Взять все 4");
  await types("calltouch", "siteId", "token");
  await types("moysklad", "login", "password");
  await person.sees("Готово: 4 черновика", DRAFT);
  await person.press(/Звонки Calltouch/);
  await person.sees(/Подставлено по вашему аккаунту[\s\S]*Организация: ООО «Велосипеды»[\s\S]*Статус: Новый/);
  await person.press("Проверить на примере");
  await person.sees("Всё готово к запуску", DRAFT);
  await person.press("Запустить связку");
  await person.sees("Прошлое не отправляется");
  await person.say("/resume 3");
  await person.sees(/Запущена|Прошлое не отправляется/, DRAFT);
  const call = await stage.life("calltouch", "call", { phone: "79161234567" });
  await askNow(person, 1);
  const order = await stage.until("moysklad", "orders", "an order for the call", (rows) =>
    rows.find(({ externalCode }) => externalCode === String(call.id)),
  );
  // An order of the shop's own has no deal, and nobody is told that.
  await stage.life("moysklad", "order", { phone: "79990000007" });
  const [own] = (await stage.records("moysklad", "orders")).filter(({ id }) => id !== order.id);
  assert.ok(own);
  await stage.life("moysklad", "state", { order: String(own.id), state: "Подтверждён", total: "10" });
  await stage.life("moysklad", "state", { order: String(order.id), state: "Подтверждён", total: "1500" });
  const deal = await stage.until("calltouch", "deals", "the deal's new status", (rows) =>
    rows.find(({ status }) => status === "Подтверждён"),
  );
  assert.equal(Number(deal.revenue), 1500);
  assert.equal((await stage.records("calltouch", "deals")).length, 1);
  await person.say("/status");
  await person.sees("Всё работает", DRAFT);
});

test("ВКонтакте → amoCRM in one step", async () => {
  await person.say("/templates вк амо");
  await person.press(/без дублей/);
  await person.press("Взять");
  await types("vk", "communityKey");
  await person.press("Войти через amoCRM", DRAFT);
  await signsIn("amoCRM");
  await person.sees(/контакт одним шагом[\s\S]*Всё заполнено/, DRAFT);
  await person.press("Проверить на примере");
  await person.sees(/Название: Анна Петрова · Телефон: \+79001234567[\s\S]*Всё готово к запуску/, DRAFT);
});

test("ВКонтакте → amoCRM in the article's ten steps", async () => {
  await person.say("/templates десять шагов");
  await person.press("Взять");
  await person.sees(/десять шагов[\s\S]*Всё заполнено/, DRAFT);
  await person.press("К шагам");
  await person.sees(
    /3\. 🔀 Если ID контакта не пусто → шаг 4, иначе → шаг 6[\s\S]*7\. 🔀 .* → шаг 8, иначе → шаг 10[\s\S]*10\. amoCRM · Новый контакт/,
  );
  await person.press("Проверить на примере");
  await person.sees(/7\. 🔀 Условия не выполнены → шаг 10[\s\S]*Всё готово к запуску/, DRAFT);
});

test("Facebook → РемонтОнлайн: what the account leaves open is asked for", async () => {
  await stage.life("facebook", "lead", {
    name: "Анна",
    phone: "+79990000001",
    email: "old@example.test",
    daysAgo: "1",
  });
  await person.say("/templates facebook ремонт");
  await person.press("Взять");
  await person.press(/Войти через Facebook/);
  await signsIn("Facebook");
  await types("remonline", "apiKey");
  await person.sees(
    /поле «Страница»[\s\S]*поле «Мастерская»[\s\S]*поле «Тип заказа»[\s\S]*Статус заказа: Новый/,
    DRAFT,
  );
  const doors = (await person.buttons()).flat().filter((text) => text.includes("шаг") || text.includes("Шаг"));
  assert.equal(new Set(doors).size, doors.length, `one door for each place: ${doors}`);
});

test("Nethouse → retailCRM: the address is a press away", async () => {
  await person.say("/templates нетхаус retailcrm");
  await person.press("Взять");
  await types("retailcrm", "account", "apiKey");
  await person.sees(/Nethouse\.События → retailCRM[\s\S]*Магазин: Магазин на Садовой[\s\S]*Обратите внимание/, DRAFT);
  await person.press("Адрес для сервиса");
  await person.sees("Вставьте этот адрес");
  const url = await person.press("Скопировать адрес");
  assert.match(url, /\/hooks\/\w{22}$/);
  await stage.life("nethouse", "connect", { url });
  await stage.life("nethouse", "events");
  await stage.life("nethouse", "power", { on: "on" });
  await person.say("/bundles");
  await person.press(/Nethouse\.События → retailCRM/);
  await person.press("Запустить");
  await stage.life("nethouse", "plus");
  await stage.life("nethouse", "pay", {
    name: "Мария Соколова",
    email: "maria@example.test",
    phone: "+7 900 123-45-67",
  });
  const [customer] = await stage.until("retailcrm", "customers", "the buyer", (rows) => (rows[0] ? rows : undefined));
  assert.match(JSON.stringify(customer), /Мария/);
  const order = await stage.until("retailcrm", "orders", "an order for the tickets", ([row]) => row);
  assert.match(String(order.externalId), /^nethouse-\d+$/);
});

test("Битрикс24 → Mertago: the company is asked for", async () => {
  await stage.life("bitrix24", "contact", { name: "Старый", lastName: "Знакомый", phone: "+79990000001" });
  await person.say("/templates битрикс mertago");
  await person.press("Взять");
  await person.press("Входящий вебхук");
  await types("bitrix24", "webhook");
  await person.press(/Войти через Mertago/, DRAFT);
  await types("mertago", "baseUrl", "createPath", "authorizeUrl", "tokenUrl");
  await signsIn("Mertago");
  await person.sees(/Осталось заполнить[\s\S]*ID Компании/, DRAFT);
});

test("two taps make one draft; with two accounts of a service one is chosen; all in English", async () => {
  const english = await makeStage(app.url, "en");
  const john = english.person;
  const answers = async (...keys: [string, string][]) => {
    for (const [service, key] of keys) {
      await john.sees(key === "account" ? "1 of 2" : "2 of 2", { within: 20_000 });
      await john.say(await english.credential(service, key));
    }
  };
  const account: [string, string][] = [
    ["retailcrm", "account"],
    ["retailcrm", "apiKey"],
  ];
  await john.say("/start");
  for (const _ of [1, 2]) {
    await john.say("/connect retailCRM");
    await answers(...account);
    await john.sees("Connected", { within: 20_000 });
  }
  await john.say("/templates tickets retailcrm");
  await john.press("Take it");
  await john.sees("retailCRM");
  const choice = (await john.screen())?.reply_markup?.inline_keyboard?.flat()[1];
  const message = (await john.screen())?.message_id;
  assert.ok(choice?.callback_data && message);
  const press = () =>
    fetch(`${app.url}/api/chats/${john.id}/press`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ message, data: choice.callback_data }),
    });
  await Promise.all([press(), press()]);
  await john.sees(/Nethouse\.Events → retailCRM[\s\S]*Everything is filled/, DRAFT);
  await john.say("/bundles");
  await john.sees(/Your bundles\n1 bundle/);
  const listed = (await john.buttons()).flat().filter((text) => text.includes("Nethouse"));
  assert.equal(listed.length, 1, `one draft: ${listed}`);
  await john.say("/templates");
  for (const text of (await john.messages()).map((one) => one.text ?? "").slice(-1))
    assert.doesNotMatch(text, /[а-яё]/i);
});

/** What a shop owner meets when a service breaks, and how they get out: the whole app, texts and presses only. */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type { Person } from "../../../playground/person.ts";
import { type App, startApp } from "../../../playground/stories/app.ts";
import { makeStage, type Stage } from "../../../playground/stories/stage.ts";
import { type FreshDatabase, freshDatabase } from "../../../test/support/database.ts";

let database: FreshDatabase;
let app: App;
let dataDir: string;
let stage: Stage;
let person: Person;
const LONG = { within: 20_000 };

before(async () => {
  dataDir = mkdtempSync(join(tmpdir(), "recovery-"));
  database = await freshDatabase({ max: 2 });
  const key = randomBytes(32).toString("base64");
  app = await startApp({ dataDir, env: { DATABASE_URL: database.url, ENCRYPTION_KEY: key } });
  stage = await makeStage(app.url);
  person = stage.person;
  await stage.life("calltouch", "call", { phone: "79160000001" });
  await person.say("/new");
  await person.press("Calltouch");
  await person.press("Входящий звонок");
  await connect("Calltouch", "calltouch", ["siteId", "token"]);
  await person.sees("Номер звонящего", LONG);
  await person.press("retailCRM");
  await person.press("Новый заказ");
  await connect("retailCRM", "retailcrm", ["account", "apiKey"]);
  await person.sees(/Статус заказа · Новый/, LONG);
  await person.press("Готово");
  await person.press("Проверить на примере");
  await person.sees("Всё готово к запуску", LONG);
  await person.press("Запустить связку");
  await person.sees("🟢 Работает");
});
after(async () => {
  await app.stop();
  await database.drop();
  rmSync(dataDir, { recursive: true, force: true, maxRetries: 5 });
});

async function connect(label: string, service: string, keys: readonly string[]): Promise<void> {
  await person.press(`Подключить ${label}`);
  await type(service, keys);
}
async function type(service: string, keys: readonly string[]): Promise<void> {
  for (const one of keys) {
    await person.sees("Пришлите");
    await person.say(await stage.credential(service, one));
  }
}
const orders = async () => (await stage.records("retailcrm", "orders")).length;
async function call(phone: string): Promise<void> {
  await stage.life("calltouch", "call", { phone });
  await person.say("/run 1");
  // Where its own poll came first, a dead key is known already and nothing more is asked.
  await person.sees(/Спросил сервис|Спросить не получилось/, LONG);
}
async function check(): Promise<void> {
  await person.say("/connections");
  await person.sees("✅ работает");
  await person.press(/retailCRM/);
  await person.press("Проверить");
}
const screen = async () => (await person.screen())?.text ?? "";

test("a dead key: the run fails, the card says what waits, and a repaired key brings the record by itself", async () => {
  const before = await orders();
  await stage.setSwitch("retailcrm", "health", "expired");
  await call("79160000002");
  await person.sees("перестало работать", LONG);
  await person.say("/run 1");
  await person.sees("Спросить не получилось", LONG);
  assert.match(await screen(), /🔑 Ждёт подключения «retailCRM»/);
  assert.doesNotMatch(await screen(), /🟢 Работает/);
  await person.say("/status");
  await person.sees("Не получилось: 1 запись");
  await stage.setSwitch("retailcrm", "health", "ok");
  await check();
  await person.sees("Отправляю её сам", LONG);
  await stage.until("retailcrm", "orders", "the order", (rows) => (rows.length > before ? rows : undefined));
  await person.say("/status");
  await person.sees("Всё работает");
});

test("a right that was missing: what works again says which record never got through, and a press brings it", async () => {
  const before = await orders();
  await stage.setSwitch("retailcrm", "rights", "noOrders");
  await call("79160000003");
  assert.match(await person.sees("🔑 Открыть подключение", LONG), /нет права «запись заказов»/);
  await stage.setSwitch("retailcrm", "rights", "full");
  await call("79160000004");
  await person.sees("так и не дошла", LONG);
  await person.say("/status");
  await person.sees("Не дошли");
  assert.doesNotMatch(await screen(), /Всё работает/);
  await person.press(/Повторить \(1\)/);
  await stage.until("retailcrm", "orders", "both orders", (rows) => (rows.length >= before + 2 ? rows : undefined));
});

test("an account that doesn't answer isn't called empty, and its door leads back to the builder", async () => {
  await stage.setSwitch("calltouch", "health", "expired");
  await person.say("/new");
  await person.press("Calltouch");
  await person.press("Входящий звонок");
  await person.sees("Не получилось спросить сервис", LONG);
  assert.doesNotMatch(await screen(), /пока пусто/);
  await person.press("Исправить подключение");
  await person.sees("Пришлите заново", LONG);
  await stage.setSwitch("calltouch", "health", "ok");
  await person.say(await stage.credential("calltouch", "token"));
  await person.sees("последняя запись из вашего аккаунта", LONG);
});

test("one unknown name in a long value: the text is kept, and a press puts the right field in", async () => {
  await person.say("/bundles");
  await person.press(/^\S+ #?1 /);
  await person.press(/Шаги/);
  await person.sees("Что она делает");
  await person.press("2");
  const shown = await person.sees(/Имя клиента/);
  await person.press(/^(\d+)\. (?:[^\p{L}\n]+ )?Имя клиента/mu.exec(shown)?.[1] ?? "");
  await person.say("Звонок с номера {Номер звонящево}, перезвонить");
  assert.match(await person.sees("Написанное сохранено"), /Звонок с номера \{Номер звонящево\}, перезвонить/);
  await person.press(/^Номер звонящего/);
  await person.sees(/Имя клиента · Звонок с номера .*, перезвонить/);
});

test("a deleted connection in use: the reason is said, and one choice mends every step", async () => {
  await person.say("/connections");
  await person.sees("✅ работает");
  await person.press(/retailCRM/);
  await person.press(/Удалить/);
  await person.press("Да, удалить");
  await person.sees("Выбрать другое подключение", LONG);
  await person.say("/status");
  await person.sees("подключение, которым она пользуется, удалено");
  await person.press("Выбрать другое подключение");
  await connect("retailCRM", "retailcrm", ["account", "apiKey"]);
  await person.sees("выбрано везде", LONG);
  await person.press("Включить");
  await person.sees("снова работает", LONG);
});

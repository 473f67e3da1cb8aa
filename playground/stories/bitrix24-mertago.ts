/**
 * Article 000: a contact of Bitrix24, each of them once, becomes a contact of a buyer company in Mertago, in real time.
 * Bitrix24 comes in by an inbound webhook, so its outbound one is added by hand; Mertago by consent, as the article has
 * it. Mertago's API is made up: see its sandbox. After that the portal lets the app in too, and events need no hands.
 */
import { browse } from "./consent.ts";
import { askNow, checkAndStart, openLine, type } from "./hands.ts";
import type { Story } from "./index.ts";
import type { Stage } from "./stage.ts";

const COMPANY = "7001";
const ADD = "При добавлении контакта";

export const bitrix24Mertago: Story = {
  name: "bitrix24-mertago",
  title: "Битрикс24 → Mertago: новые контакты покупателю (статья 000)",
  services: ["bitrix24", "mertago"],
  async play(stage) {
    await listen(stage);
    await hand(stage);
    await live(stage);
    await missed(stage);
    await byApp(stage);
  },
};

/** The trigger: events, once each, the address pasted in Bitrix24 and its token taken back. */
async function listen(stage: Stage): Promise<void> {
  const { person } = stage;
  // Somebody who is there already: the sample, and never sent.
  await stage.life("bitrix24", "contact", { name: "Старый", lastName: "Знакомый", phone: "+79990000001" });
  await person.say("/start");
  await person.press("Новая связка");
  await person.press("Битрикс24");
  await person.press("Контакт создан/изменен");
  await person.press(/Подключить Битрикс24/);
  await person.press("Входящий вебхук");
  await person.sees(/Готовые сценарии → Другое → Входящий вебхук[\s\S]*Адрес входящего вебхука/);
  const webhook = await stage.credential("bitrix24", "webhook");
  await person.say(webhook);
  await person.sees(/Когда: Битрикс24 · Контакт создан\/изменен[\s\S]*Старый/, { within: 20_000 });
  const messages = await person.messages();
  stage.expect(!messages.some(({ text }) => text?.includes(webhook)), "the webhook's address stayed in the chat");

  await person.press("Мгновенно");
  await person.sees(/Другое → Исходящий вебхук[\s\S]*ONCRMCONTACTADD/);
  const url = await person.press("Скопировать адрес");
  const { token } = await stage.life("bitrix24", "webhook", { url, events: "ONCRMCONTACTADD" });
  await person.press("Назад");
  await person.press("Настройки триггера");
  await person.sees(new RegExp(`События · ${ADD}`));
  await openLine(person, "Токен исходящего вебхука");
  await person.say(String(token));
  await person.sees("Нажмите номер строки");
  await person.press("Готово");
}

/** The action: Mertago lets the app in, the fields are filled from the contact, the company's ID is typed. */
async function hand(stage: Stage): Promise<void> {
  const { person } = stage;
  await person.press("Mertago (настраиваемый)");
  await person.press("Создание контакта (покупателя)");
  await person.press(/Подключить Mertago/);
  await person.press(/Войти через Mertago/);
  for (const key of ["baseUrl", "createPath", "authorizeUrl", "tokenUrl"]) {
    await person.sees("из 4");
    await person.say(await stage.credential("mertago", key));
  }
  await person.sees("действует 15 минут");
  const page = await browse(await person.press(/Войти через Mertago/), "allow");
  stage.expect(page.status === 200, `the page leads back: ${page.text}`);
  await person.sees(/Имя · \{Имя\}[\s\S]*Фамилия · \{Фамилия\}[\s\S]*Телефон · \{Телефон\}[\s\S]*Email · \{E-mail\}/, {
    within: 20_000,
  });
  await type(person, "ID Компании (покупатель)", COMPANY);
  await person.sees(`ID Компании (покупатель) · ${COMPANY}`);
  await person.press("Готово");
  await checkAndStart(person);
}

/** A new contact arrives by itself; neither its change nor a delivery that comes twice makes another. */
async function live(stage: Stage): Promise<void> {
  const made = await stage.life("bitrix24", "contact", {
    name: "Ирина",
    lastName: "Смирнова",
    phone: "8 (900) 555-44-33",
    email: "irina@example.test",
  });
  await stage.person.sees("Первая настоящая запись прошла", { within: 20_000 });
  const first = await stage.until("mertago", "contacts", "a contact for Irina", ([row]) => row);
  stage.expect(
    first.company_id === COMPANY && first.name === "Ирина Смирнова" && first.email === "irina@example.test",
    `the contact came whole, to its company: ${JSON.stringify(first)}`,
  );
  stage.expect(first.phone === "+79005554433", `the phone came as a number: ${first.phone}`);

  await stage.life("bitrix24", "change", { contact: String(made.ID), name: "Ирина", post: "Директор" });
  await stage.setSwitch("bitrix24", "events", "twice");
  await stage.life("bitrix24", "contact", { name: "Пётр", lastName: "", phone: "", email: "petr@example.test" });
  const second = await stage.until("mertago", "contacts", "a contact for Pyotr", (rows) =>
    rows.find(({ name }) => name === "Пётр"),
  );
  stage.expect(second.phone === "", `what is empty isn't sent: ${JSON.stringify(second)}`);
}

/** An event that got lost is found by the poll, and nobody comes twice by both ways. */
async function missed(stage: Stage): Promise<void> {
  await stage.setSwitch("bitrix24", "events", "lost");
  await stage.life("bitrix24", "contact", { name: "Ольга", lastName: "Тихая", phone: "+79001112233", email: "" });
  await askNow(stage.person, 1);
  await stage.until("mertago", "contacts", "a contact for Olga", (rows) =>
    rows.find(({ name }) => name === "Ольга Тихая"),
  );
  await askNow(stage.person, 1);
  const names = (await stage.records("mertago", "contacts")).map(({ name }) => String(name)).sort();
  stage.expect(
    names.join() === "Ирина Смирнова,Ольга Тихая,Пётр",
    `each new contact once, the old one never: ${names.join()}`,
  );
  await stage.person.press("⋯ Ещё");
  await stage.person.sees("Каждая запись: один раз");
}

/** The same for leads, over the app: it subscribes by itself. */
async function byApp(stage: Stage): Promise<void> {
  const { person } = stage;
  await stage.setSwitch("bitrix24", "events", "sent");
  await stage.life("bitrix24", "lead", { title: "Старая заявка", name: "Старая" });
  await person.say("/connect Битрикс24");
  await person.press("Войти через Битрикс24");
  await person.sees("Адрес портала");
  await person.say(await stage.credential("bitrix24", "portal"));
  await person.sees("действует 15 минут");
  await browse(await person.press("Войти через Битрикс24"), "allow");
  await person.sees(/demo\.bitrix24\.ru · Анна Демо/, { within: 20_000 });

  await person.say("/new");
  await person.press("Битрикс24");
  await person.press("Лид создан/изменен");
  await person.sees("Какой аккаунт");
  await person.press(/Битрикс24 2 ·/);
  await person.sees("Старая заявка", { within: 20_000 });
  await person.press("Mertago (настраиваемый)");
  await person.press("Создание контакта (покупателя)");
  await person.sees(/Имя · \{Имя\}[\s\S]*Телефон · \{Телефон\}/);
  await type(person, "ID Компании (покупатель)", COMPANY);
  await person.press("Готово");
  await checkAndStart(person);
  await stage.until("bitrix24", "webhooks", "the app's subscription", (rows) =>
    rows.find(({ events, token }) => events === "ONCRMLEADADD" && token === null),
  );
  await stage.life("bitrix24", "lead", { title: "Заявка с сайта", name: "Олег", phone: "+79003334455" });
  await stage.until("mertago", "contacts", "a contact for the lead", (rows) =>
    rows.find(({ name }) => name === "Олег"),
  );
  const { length } = await stage.records("mertago", "contacts");
  stage.expect(length === 4, `the old lead stayed where it is: ${length} contacts`);
}

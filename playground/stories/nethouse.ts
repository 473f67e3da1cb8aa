/**
 * Article 002: the address is copied from the chat and pasted in Nethouse, six events come to it. First a complete order
 * becomes a customer and an order of retailCRM; then all six go to a server of one's own.
 */
import { addAction, checkAndStart, connect, type } from "./hands.ts";
import type { Story } from "./index.ts";
import type { Rows, Stage } from "./stage.ts";

const MARIA = { name: "Мария Соколова", email: "maria@example.test", phone: "+7 900 123-45-67" };

export const nethouse: Story = {
  name: "nethouse",
  title: "Nethouse: шесть событий на один адрес (статья 002)",
  services: ["nethouse", "retailcrm", "receiver"],
  async play(stage) {
    await buildSales(stage);
    await liveSales(stage);
    await buildAll(stage);
    await liveAll(stage);
  },
};

/** Nethouse → a service that exists: the bundle of whoever sells tickets and keeps buyers in a CRM. */
async function buildSales(stage: Stage): Promise<void> {
  const { person } = stage;
  await person.say("/start");
  await person.press("Новая связка");
  await person.say("nethouse");
  await person.press("Nethouse.События · Заказ завершён");
  await person.sees(/Приложения[\s\S]*Albato[\s\S]*Подключить[\s\S]*тумблер/);
  await paste(stage, await person.press("Скопировать адрес"));

  // A test order: the first events are of other kinds and must not pass for the sample.
  await stage.life("nethouse", "plus");
  await stage.life("nethouse", "pay", { ...MARIA, name: "Проба Пера", email: "proba@example.test" });
  await person.sees("пришло первое событие", { within: 20_000 });
  await person.press("Продолжить");
  await person.sees(/Пример – последнее настоящее событие[\s\S]*Покупатель: Проба Пера/);

  await person.press("retailCRM");
  await person.press("Новый клиент");
  await connect(
    stage,
    "retailCRM",
    [await stage.credential("retailcrm", "account"), await stage.credential("retailcrm", "apiKey")],
    /Телефон · \{Телефон\}[\s\S]*Email · \{Email\}/,
  );
  await person.press("Дубликаты");
  await person.sees(/☑️ Телефон[\s\S]*☑️ Email/);
  await person.press("Готово");
  await person.press("Готово");
  await addAction(person, "retailCRM", "Новый заказ", /ID клиента · \{ID клиента\}/);
  // What nobody has a name for is picked from the real delivery by its path.
  await type(person, "Источник", "Анкета: {body.data.tickets.0.fields.12}");
  await person.press("Готово");
  await checkAndStart(person);
}

/** What a person does in Nethouse: paste, connect, choose events, turn on. */
async function paste(stage: Stage, address: string): Promise<void> {
  stage.expect(/\/hooks\/[\w-]{20,}$/.test(address), `the copied text is an address: ${address}`);
  await stage.life("nethouse", "connect", { url: address });
  await stage.life("nethouse", "events");
  await stage.life("nethouse", "power", { on: "on" });
}

async function liveSales(stage: Stage): Promise<void> {
  for (const button of ["plus", "option", "checkout", "pay"]) await stage.life("nethouse", button, MARIA);
  await stage.person.sees("Первая настоящая запись прошла", { within: 20_000 });
  const order = await stage.until("retailcrm", "orders", "an order for the ticket", ([row]) => row);
  const custom = order.customFields as Record<string, unknown> | undefined;
  stage.expect(custom?.source === "Анкета: Из рассылки", `the form's answer came along: ${JSON.stringify(custom)}`);
  // The same buyer, in the other layout of the body; and the same delivery twice.
  await stage.setSwitch("nethouse", "layout", "flat");
  await stage.setSwitch("nethouse", "content", "form");
  await stage.life("nethouse", "plus");
  await stage.life("nethouse", "pay", MARIA);
  await stage.life("nethouse", "again");
  await stage.until("retailcrm", "orders", "an order for the second ticket", (rows) =>
    rows.length > 1 ? rows : undefined,
  );
  const second = (await stage.records("retailcrm", "orders"))[0];
  stage.expect(second?.firstName === MARIA.name, `a flat order has the buyer's name: ${second?.firstName}`);
  const [customers, orders] = [
    await stage.records("retailcrm", "customers"),
    await stage.records("retailcrm", "orders"),
  ];
  stage.expect(
    orders.length === 2,
    `two complete orders made two, the test order and the repeat none: ${orders.length}`,
  );
  stage.expect(
    customers.length === 1 && customers[0]?.email === MARIA.email,
    `one buyer is one customer: ${JSON.stringify(customers)}`,
  );
  const sent = await stage.records("nethouse", "deliveries");
  stage.expect(
    sent.every(({ status }) => status === 200),
    `every delivery was heard: ${JSON.stringify(sent.map(({ action, status }) => [action, status]))}`,
  );
}

/** All six at one address, on to a server of one's own. */
async function buildAll(stage: Stage): Promise<void> {
  const { person } = stage;
  await person.say("/new");
  await person.say("nethouse любое");
  await person.press("Nethouse.События · Любое событие");
  await person.sees("Жду первую доставку");
  await paste(stage, await person.press("Скопировать адрес"));
  await stage.setSwitch("nethouse", "layout", "nested");
  await stage.setSwitch("nethouse", "content", "json");
  await stage.life("nethouse", "plus");
  await person.sees("пришло первое событие", { within: 20_000 });
  await person.press("Продолжить");
  await person.sees(/Пример – последнее настоящее событие/);
  await person.say("HTTP-запрос");
  await person.press(/HTTP-запрос · HTTP-запрос/);
  await person.sees("Нажмите номер строки");
  await type(person, "Адрес", `${await stage.base("receiver")}/tickets`);
  await type(person, "Тело", '{"event": "{Событие}", "order": "{ID заказа}", "phone": "{Телефон}"}');
  await person.press("Готово");
  await checkAndStart(person);
}

async function liveAll(stage: Stage): Promise<void> {
  for (const button of ["plus", "option", "checkout", "pay", "cancel"]) await stage.life("nethouse", button, MARIA);
  const expected = [
    "order_create",
    "order_ticket_create",
    "order_ticket_update",
    "order_update",
    "order_complete",
    "order_ticket_cancel",
  ];
  const events = (rows: Rows) => rows.map(({ body }) => (JSON.parse(String(body)) as { event?: string }).event);
  const rows = await stage.until("receiver", "requests", "six requests", (all) => (all.length >= 6 ? all : undefined));
  stage.expect(
    JSON.stringify(events(rows).toSorted()) === JSON.stringify(expected.toSorted()),
    `each event came once: ${JSON.stringify(events(rows))}`,
  );
}

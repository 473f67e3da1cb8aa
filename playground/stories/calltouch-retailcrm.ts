/**
 * Article 003: Calltouch ⇄ retailCRM. Four bundles are built in the chat, then calls, requests and order changes happen.
 * Where the article leaves the order's external id empty, the proposed one stays: bundles 3 and 4 find the deal by it.
 */
import { addAction, askNow, checkAndStart, connect, joinTags, openLine, rename, type } from "./hands.ts";
import type { Story } from "./index.ts";
import type { Rows, Stage } from "./stage.ts";

const CALLER = "79161234567";

export const calltouchRetailcrm: Story = {
  name: "calltouch-retailcrm",
  title: "Calltouch ⇄ retailCRM: звонки, заявки и заказы (статья 003)",
  services: ["calltouch", "retailcrm"],
  async play(stage) {
    await buildCalls(stage);
    await buildRequests(stage);
    await liveCalls(stage);
    await liveRequests(stage);
    await buildUpdates(stage);
    await buildClosing(stage);
    await liveOrders(stage);
  },
};

/** §1: a call makes a deal, a customer and an order. */
export async function buildCalls(stage: Stage): Promise<void> {
  const { person } = stage;
  // An old call lies in the journal: it is the sample, and must never become a deal.
  await stage.life("calltouch", "call", { phone: "79990000001" });
  await person.say("/start");
  await person.press("Новая связка");
  await person.press("Calltouch");
  await person.press("Входящий звонок");
  await connect(
    stage,
    "Calltouch",
    [await stage.credential("calltouch", "siteId"), await stage.credential("calltouch", "token")],
    "Когда: Calltouch · Входящий звонок",
  );

  await person.press("Calltouch");
  await person.press("Новая сделка по звонку (ID звонка)");
  await person.sees(
    /ID звонка · \{Уникальный ID звонка\}[\s\S]*Бюджет сделки · 0[\s\S]*PENDING[\s\S]*Дата создания сделки · \{Дата и время звонка\}/,
  );
  await person.press("Готово");

  await person.press("Действие");
  await person.press("retailCRM");
  await person.press("Новый клиент");
  await connect(
    stage,
    "retailCRM",
    [await stage.credential("retailcrm", "account"), await stage.credential("retailcrm", "apiKey")],
    /Магазин · Магазин на Садовой[\s\S]*Внешний ID · \{Уникальный ID звонка\}[\s\S]*Телефон · \{Номер звонящего\}/,
  );
  // The article's rule: make nothing when a customer with this phone is there.
  await person.press("Дубликаты");
  await person.sees(/🔘 2\. Не создавать новую запись, если найден дубликат/);
  await person.press("Готово");
  await person.press("Готово");

  await addAction(
    person,
    "retailCRM",
    "Новый заказ",
    /ID клиента · \{ID клиента\}[\s\S]*Статус заказа · Новый[\s\S]*Тип заказа · Физическое лицо/,
  );
  await type(person, "Имя клиента", "Заказ по звонку из Calltouch с номера {Номер звонящего}");
  await joinTags(stage);
  await person.press("Готово");
  await checkAndStart(person);
}

/** §2: a site request does the same; a customer counts as known by phone or e-mail. */
async function buildRequests(stage: Stage): Promise<void> {
  const { person } = stage;
  await stage.life("calltouch", "request", { fio: "Старая заявка", phone: "79990000002", email: "old@example.test" });
  await person.say("/new");
  await person.press("Calltouch");
  await person.press("Заявка");
  await person.sees("Когда: Calltouch · Заявка", { within: 20_000 });
  await person.press("Calltouch");
  await person.press("Новая сделка по заявке");
  await person.sees(/ID заявки · \{ID заявки\}[\s\S]*PENDING/);
  await person.press("Готово");

  await addAction(person, "retailCRM", "Новый клиент", /Телефон · \{Телефон\}[\s\S]*Email · \{Email\}/);
  await person.press("Дубликаты");
  await person.sees(/☑️ Телефон[\s\S]*☑️ Email[\s\S]*🔘 Достаточно любого/);
  await person.press("Готово");
  await person.press("Готово");

  await addAction(person, "retailCRM", "Новый заказ");
  await type(person, "Имя клиента", "Заказ по заявке из Calltouch с номера и почты {Телефон} {Email}");
  await person.press("Готово");
  await checkAndStart(person);
}

/** §3: an order's status and total travel to the deal, unless the order is complete. */
async function buildUpdates(stage: Stage): Promise<void> {
  const { person } = stage;
  // A change from before the start: it is the sample, and the deal must not hear of it.
  const past = await newestWithDeal(stage);
  await stage.life("retailcrm", "status", { order: String(past.id), status: "availability-confirmed", total: "10" });
  await person.say("/new");
  await person.press("retailCRM");
  await person.press("Обновление статуса заказа");
  await person.sees("Когда: retailCRM · Обновление статуса заказа", { within: 20_000 });
  await person.press("Calltouch");
  await person.press("Обновление существующей сделки");
  await person.sees(
    /ID сделки · \{Внешний ID заказа\}[\s\S]*Бюджет сделки · \{Общая сумма с учетом скидки\}[\s\S]*Статус сделки · \{Статус\}[\s\S]*Дата завершения · \{Дата и время изменения статуса\}/,
  );
  await person.press("Готово");

  await person.press(/Фильтр/);
  await person.press("Условие");
  await person.say("Статус");
  await person.press(/^(1 · )?Статус( ·|$)/);
  await person.press("не равно");
  await person.say("complete");
  await person.sees(/Статус не равно .*complete/);
  await person.press("Готово");
  await person.press("Готово");
  await checkAndStart(person);
  await rename(person, "Обновление сделки");
}

/** §4: a copy that closes deals. */
async function buildClosing({ person }: Stage): Promise<void> {
  await person.press("⋯ Ещё");
  await person.press("Копия");
  await person.sees("Копия готова");
  await rename(person, "Закрытие сделок в Calltouch");
  await person.press("Шаги");
  await person.press(/Фильтр: 1/);
  await person.press(/^1$/);
  await person.press("равно");
  await person.sees(/Статус равно .*complete/);
  await person.press("Готово");
  await person.press("Готово");
  await person.press(/^2/);
  await openLine(person, "Статус сделки");
  await person.press(/COMPLETED/);
  await person.sees(/Статус сделки · COMPLETED/);
  await person.press("Готово");
  await person.press("К карточке");
  await person.press("Запустить");
  await person.sees("Прошлое не отправляется");
}

async function liveCalls(stage: Stage): Promise<void> {
  const first = await stage.life("calltouch", "call", { phone: CALLER, dtmf: "Продажи" });
  await askNow(stage.person, 1);
  await stage.person.sees("Первая настоящая запись прошла", { within: 20_000 });
  const order = await stage.until("retailcrm", "orders", "an order for the call", byExternalId(first.id));
  const deal = await stage.until("calltouch", "deals", "a deal for the call", (rows) =>
    rows.find((row) => row.leadId === String(first.id)),
  );
  const customer = (await stage.records("retailcrm", "customers")).find((row) => row.id === idOf(order.customer));
  stage.expect(
    deal.status === "PENDING" && deal.revenue === "0",
    `the deal is open and empty: ${JSON.stringify(deal)}`,
  );
  stage.expect(
    String(customer?.phone).includes(CALLER),
    `the order's customer has the caller's phone: ${JSON.stringify(customer)}`,
  );
  stage.expect(
    String(order.firstName) === `Заказ по звонку из Calltouch с номера ${CALLER}`,
    `the order's name is put together: ${order.firstName}`,
  );
  stage.expect(
    fieldsOf(order).tags === "Продажи|основной номер",
    `tags are joined by |: ${JSON.stringify(order.customFields)}`,
  );
  stage.expect(
    fieldsOf(order).source === "yandex" && fieldsOf(order).utm_campaign === "zima",
    `the source came along: ${JSON.stringify(order.customFields)}`,
  );
  stage.expect(
    order.status === "new" && order.orderType === "eshop-individual",
    `listed values are set: ${order.status}, ${order.orderType}`,
  );

  // The same person calls again: a new deal and order, the same customer.
  const second = await stage.life("calltouch", "call", { phone: CALLER, dtmf: "" });
  await askNow(stage.person, 1);
  const again = await stage.until("retailcrm", "orders", "an order for the second call", byExternalId(second.id));
  stage.expect(idOf(again.customer) === idOf(order.customer), "the second call found the customer by phone");
  stage.expect(
    count(await stage.records("retailcrm", "customers"), (row) => String(row.phone).includes(CALLER)) === 1,
    "one customer for two calls",
  );
}

async function liveRequests(stage: Stage): Promise<void> {
  // A known phone with a new e-mail, then a known e-mail with a new phone: any of the two is enough.
  const first = await stage.life("calltouch", "request", {
    fio: "Анна Петрова",
    phone: "79031112233",
    email: "anna@example.test",
  });
  await askNow(stage.person, 2);
  const order = await stage.until("retailcrm", "orders", "an order for the request", byExternalId(first.id));
  const second = await stage.life("calltouch", "request", {
    fio: "Анна Петрова",
    phone: "79039998877",
    email: "anna@example.test",
  });
  await askNow(stage.person, 2);
  const again = await stage.until("retailcrm", "orders", "an order for the second request", byExternalId(second.id));
  stage.expect(idOf(again.customer) === idOf(order.customer), "the second request found the customer by e-mail");
  stage.expect(
    order.firstName === "Заказ по заявке из Calltouch с номера и почты 79031112233 anna@example.test",
    `the order's name is put together: ${order.firstName}`,
  );
}

async function liveOrders(stage: Stage): Promise<void> {
  const order = await newestWithDeal(stage);
  const deal = dealOf(order);
  await stage.life("retailcrm", "status", { order: String(order.id), status: "assembling", total: "1500" });
  await askNow(stage.person, 3);
  const open = await stage.until("calltouch", "deals", "the deal's new status", (rows) =>
    rows.find((row) => deal(row) && row.status === "assembling"),
  );
  stage.expect(Number(open.revenue) === 1500, `the deal has the order's total: ${open.revenue}`);

  await stage.life("retailcrm", "status", { order: String(order.id), status: "complete", total: "1750" });
  await askNow(stage.person, 3);
  await askNow(stage.person, 4);
  const closed = await stage.until("calltouch", "deals", "the closed deal", (rows) =>
    rows.find((row) => deal(row) && row.status === "COMPLETED"),
  );
  stage.expect(
    Number(closed.revenue) === 1750 && closed.updates === 2,
    `the filter kept bundle 3 away from the complete order: ${JSON.stringify(closed)}`,
  );

  const deals = await stage.records("calltouch", "deals");
  const orders = await stage.records("retailcrm", "orders");
  stage.expect(deals.length === 4, `four leads since the start made four deals, the old ones none: ${deals.length}`);
  stage.expect(count(orders, (row) => row.externalId !== undefined) === 4, "four orders came from Calltouch");
  stage.expect(
    count(deals, (row) => row.updates !== 0) === 1,
    "no echo: only the deal whose order a person changed was updated",
  );
}

async function newestWithDeal(stage: Stage): Promise<Record<string, unknown>> {
  return stage.until("retailcrm", "orders", "an order of Calltouch", (rows) =>
    rows.find((row) => row.externalId !== undefined),
  );
}
const dealOf = (order: Record<string, unknown>) => (row: Record<string, unknown>) =>
  row.orderNumber === order.externalId;
const byExternalId = (id: unknown) => (rows: Rows) => rows.find((row) => row.externalId === String(id));
const idOf = (link: unknown) => (link as { id?: number } | undefined)?.id;
const fieldsOf = (order: Record<string, unknown>) => (order.customFields ?? {}) as Record<string, unknown>;
const count = (rows: Rows, holds: (row: Record<string, unknown>) => boolean) => rows.filter(holds).length;

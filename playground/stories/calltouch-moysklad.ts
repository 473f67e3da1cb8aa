/**
 * Article 003 in its variant for МойСклад: both services are connected first, the order's fields are made in МойСклад
 * and read with «Обновить списки», then the four bundles are built in the chat and life goes on.
 * The article's «имя клиента» is the order's comment here, and its «complete» is the account's state «Доставлен».
 */
import { addAction, askNow, checkAndStart, joinTags, openLine, rename, type } from "./hands.ts";
import type { Story } from "./index.ts";
import type { Rows, Stage } from "./stage.ts";

const CALLER = "79161234567";
/** The article's table: name and type of each field of an order. */
const FIELDS = [
  ["Источник", "string"],
  ["Канал", "string"],
  ["utm_source", "string"],
  ["utm_medium", "string"],
  ["utm_campaign", "string"],
  ["utm_content", "string"],
  ["utm_term", "string"],
  ["Google Client ID", "string"],
  ["Теги", "text"],
] as const;
const CONFIRMED = "Подтверждён";
const DONE = "Доставлен";

export const calltouchMoysklad: Story = {
  name: "calltouch-moysklad",
  title: "Calltouch ⇄ МойСклад: звонки, заявки и заказы (статья 003)",
  services: ["calltouch", "moysklad"],
  async play(stage) {
    await stage.person.say("/start");
    await connectCalltouch(stage);
    await connectMoysklad(stage);
    await makeFields(stage);
    await buildCalls(stage);
    await buildRequests(stage);
    await liveCalls(stage);
    await liveRequests(stage);
    await buildUpdates(stage);
    await buildClosing(stage);
    await liveOrders(stage);
  },
};

// ---------------------------------------------------------------- connections and fields

async function add({ person }: Stage, service: string, values: readonly string[]): Promise<void> {
  await person.press("Подключить сервис");
  await person.press(service);
  for (const [i, value] of values.entries()) {
    await person.sees(`${i + 1} из ${values.length}`);
    await person.say(value);
  }
  await person.sees(`Подключено: ${service}`, { within: 20_000 });
}

async function connectCalltouch(stage: Stage): Promise<void> {
  await stage.person.press("Подключения");
  await add(stage, "Calltouch", [
    await stage.credential("calltouch", "siteId"),
    await stage.credential("calltouch", "token"),
  ]);
}

async function connectMoysklad(stage: Stage): Promise<void> {
  const { person } = stage;
  const password = await stage.credential("moysklad", "password");
  await person.press("Подключения");
  await add(stage, "МойСклад", [await stage.credential("moysklad", "login"), password]);
  await person.sees("admin@svyazka-demo (Петрова Ольга)");
  stage.expect(
    !(await person.messages()).some((one) => one.text?.includes(password)),
    "the password stayed in the chat",
  );
}

/** «Заказы покупателей → шестерёнка → + Поле», then the connection is told to look again. */
async function makeFields(stage: Stage): Promise<void> {
  const { person } = stage;
  for (const [name, kind] of FIELDS) await stage.life("moysklad", "attribute", { name, type: kind });
  await person.press("Подключения");
  await person.press(/МойСклад/);
  await person.press("Обновить списки");
  await person.sees(/Организации: 1[\s\S]*Статусы заказов: 6[\s\S]*Склады: 2[\s\S]*Каналы продаж: 2/, {
    within: 20_000,
  });
}

// ---------------------------------------------------------------- bundles

/** §1: a call makes a deal, a counterparty and an order. */
async function buildCalls(stage: Stage): Promise<void> {
  const { person } = stage;
  // An old call lies in the journal: it is the sample, and must never become a deal.
  await stage.life("calltouch", "call", { phone: "79990000001" });
  await person.say("/new");
  await person.press("Calltouch");
  await person.press("Входящий звонок");
  await person.sees("Когда: Calltouch · Входящий звонок", { within: 20_000 });

  await person.press("Calltouch");
  await person.press("Новая сделка по звонку (ID звонка)");
  await person.sees(
    /ID звонка · \{Уникальный ID звонка\}[\s\S]*Бюджет сделки · 0[\s\S]*PENDING[\s\S]*Дата создания сделки · \{Дата и время звонка\}/,
  );
  await person.press("Готово");

  await addAction(
    person,
    "МойСклад",
    "Новый контрагент",
    /Телефон · \{Номер звонящего\}[\s\S]*Внешний код · \{Уникальный ID звонка\}[\s\S]*Тип контрагента · Физическое лицо/,
  );
  await type(person, "Наименование", "Клиент {Номер звонящего}");
  // The article's rule: make nothing when a counterparty with this phone is there.
  await person.press("Дубликаты");
  await person.sees(/🔘 2\. Не создавать новую запись, если найден дубликат/);
  await person.press("Готово");
  await person.press("Готово");

  await addAction(
    person,
    "МойСклад",
    "Новый заказ покупателя",
    /Организация · ООО «Велосипеды»[\s\S]*Контрагент \(ID\) · \{ID контрагента\}[\s\S]*Внешний код · \{ID сделки\}[\s\S]*Статус · Новый/,
  );
  await type(person, "Комментарий", "Заказ по звонку из Calltouch с номера {Номер звонящего}");
  await joinTags(stage);
  await person.press("Готово");
  await checkAndStart(person);
}

/** §2: a site request does the same; a counterparty counts as known by phone or e-mail. */
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

  await addAction(
    person,
    "МойСклад",
    "Новый контрагент",
    /Наименование · \{ФИО\}[\s\S]*Телефон · \{Телефон\}[\s\S]*E-mail · \{Email\}/,
  );
  await person.press("Дубликаты");
  await person.sees(/☑️ Телефон[\s\S]*☑️ E-mail[\s\S]*🔘 Достаточно любого/);
  await person.press("Готово");
  await person.press("Готово");

  await addAction(person, "МойСклад", "Новый заказ покупателя", /Источник · \{Источник/);
  await type(person, "Комментарий", "Заказ по заявке из Calltouch с номера и почты {Телефон} {Email}");
  await person.press("Готово");
  await checkAndStart(person);
}

/** §3: an order's state and payment travel to the deal, unless the order is done. */
async function buildUpdates(stage: Stage): Promise<void> {
  const { person } = stage;
  // A change from before the start: it is the sample, and the deal must not hear of it.
  const past = await newestWithDeal(stage);
  await stage.life("moysklad", "state", { order: String(past.id), state: "Собран", total: "10" });
  await person.say("/new");
  await person.press("МойСклад");
  await person.press("Обновление заказа (статус и оплата)");
  await person.sees("Когда: МойСклад · Обновление заказа (статус и оплата)", { within: 20_000 });
  await person.press("Calltouch");
  await person.press("Обновление существующей сделки");
  await person.sees(
    /ID сделки · \{Внешний код заказа\}[\s\S]*Бюджет сделки · \{Сумма\}[\s\S]*Статус сделки · \{Статус\}[\s\S]*Дата завершения · \{Дата и время изменения\}/,
  );
  await person.press("Готово");

  await person.press(/Фильтр/);
  await person.press("Условие");
  await person.say("Статус");
  await person.press(/^(1 · )?Статус( ·|$)/);
  await person.press("не равно");
  await person.say(DONE);
  await person.sees(`Статус не равно ${DONE}`);
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
  await person.sees(`Статус равно ${DONE}`);
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

// ---------------------------------------------------------------- life

async function liveCalls(stage: Stage): Promise<void> {
  const first = await stage.life("calltouch", "call", { phone: CALLER, dtmf: "Продажи" });
  await askNow(stage.person, 1);
  await stage.person.sees("Первая настоящая запись прошла", { within: 20_000 });
  const order = await stage.until("moysklad", "orders", "an order for the call", byCode(first.id));
  const deal = await stage.until("calltouch", "deals", "a deal for the call", (rows) =>
    rows.find((row) => row.leadId === String(first.id)),
  );
  const counterparty = (await stage.records("moysklad", "counterparties")).find((row) => row.id === order.agentId);
  stage.expect(
    deal.status === "PENDING" && deal.revenue === "0",
    `the deal is open and empty: ${JSON.stringify(deal)}`,
  );
  stage.expect(
    String(counterparty?.phone).includes(CALLER) && counterparty?.companyType === "individual",
    `the order's counterparty has the caller's phone: ${JSON.stringify(counterparty)}`,
  );
  stage.expect(
    order.description === `Заказ по звонку из Calltouch с номера ${CALLER}`,
    `the order's comment is put together: ${order.description}`,
  );
  stage.expect(
    order.state === "Новый" && order.organization === "ООО «Велосипеды»",
    `listed values are set: ${order.state}, ${order.organization}`,
  );
  const fields = fieldsOf(order);
  stage.expect(fields.Теги === "Продажи|основной номер", `tags are joined by |: ${JSON.stringify(fields)}`);
  // The call of the sandbox has no utm_content and utm_term.
  const filled = FIELDS.map(([name]) => name).filter((name) => !["utm_content", "utm_term"].includes(name));
  stage.expect(
    filled.every((name) => typeof fields[name] === "string" && fields[name] !== ""),
    `the article's fields are filled: ${JSON.stringify(fields)}`,
  );
  stage.expect(
    fields.Источник === "yandex" && fields.utm_campaign === "zima",
    `the source came along: ${JSON.stringify(fields)}`,
  );

  // The same person calls again: a new deal and order, the same counterparty.
  const second = await stage.life("calltouch", "call", { phone: CALLER, dtmf: "" });
  await askNow(stage.person, 1);
  const again = await stage.until("moysklad", "orders", "an order for the second call", byCode(second.id));
  stage.expect(again.agentId === order.agentId, "the second call found the counterparty by phone");
  stage.expect(
    count(await stage.records("moysklad", "counterparties"), (row) => String(row.phone).includes(CALLER)) === 1,
    "one counterparty for two calls",
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
  const order = await stage.until("moysklad", "orders", "an order for the request", byCode(first.id));
  const second = await stage.life("calltouch", "request", {
    fio: "Анна Петрова",
    phone: "79039998877",
    email: "anna@example.test",
  });
  await askNow(stage.person, 2);
  const again = await stage.until("moysklad", "orders", "an order for the second request", byCode(second.id));
  stage.expect(again.agentId === order.agentId, "the second request found the counterparty by e-mail");
  stage.expect(order.agent === "Анна Петрова", `the counterparty is called as the request says: ${order.agent}`);
  stage.expect(
    order.description === "Заказ по заявке из Calltouch с номера и почты 79031112233 anna@example.test",
    `the order's comment is put together: ${order.description}`,
  );
}

async function liveOrders(stage: Stage): Promise<void> {
  const order = await newestWithDeal(stage);
  const deal = dealOf(order);
  // Nobody asks: МойСклад tells by a webhook.
  await stage.life("moysklad", "state", {
    order: String(order.id),
    state: CONFIRMED,
    total: "1500",
  });
  const open = await stage.until("calltouch", "deals", "the deal's new status", (rows) =>
    rows.find((row) => deal(row) && row.status === CONFIRMED),
  );
  stage.expect(Number(open.revenue) === 1500, `the deal has the order's total in roubles: ${open.revenue}`);

  await stage.life("moysklad", "pay", { order: String(order.id), sum: "900" });
  await stage.until("calltouch", "deals", "the payment's update", (rows) =>
    rows.find((row) => deal(row) && row.updates === 2),
  );
  // What a webhook has brought, a poll doesn't bring again.
  await askNow(stage.person, 3);

  await stage.life("moysklad", "state", { order: String(order.id), state: DONE, total: "1750" });
  const closed = await stage.until("calltouch", "deals", "the closed deal", (rows) =>
    rows.find((row) => deal(row) && row.status === "COMPLETED"),
  );
  await askNow(stage.person, 3);
  await askNow(stage.person, 4);
  stage.expect(
    Number(closed.revenue) === 1750 && closed.updates === 3,
    `the filter kept bundle 3 away from the order that is done: ${JSON.stringify(closed)}`,
  );

  const deals = await stage.records("calltouch", "deals");
  const orders = await stage.records("moysklad", "orders");
  stage.expect(deals.length === 4, `four leads since the start made four deals, the old ones none: ${deals.length}`);
  stage.expect(orders.length === 4, `four orders came from Calltouch: ${orders.length}`);
  stage.expect(
    count(deals, (row) => row.updates !== 0) === 1,
    "no echo: only the deal whose order a person changed was updated",
  );
  stage.expect(
    (await stage.records("moysklad", "webhooks")).length === 5,
    "both bundles live from one set of МойСклад's webhooks",
  );
}

const newestWithDeal = (stage: Stage) =>
  stage.until("moysklad", "orders", "an order of Calltouch", (rows) => rows.find(() => true));
const dealOf = (order: Record<string, unknown>) => (row: Record<string, unknown>) =>
  row.orderNumber === order.externalCode;
const byCode = (id: unknown) => (rows: Rows) => rows.find((row) => row.externalCode === String(id));
const fieldsOf = (order: Record<string, unknown>) => (order.attributes ?? {}) as Record<string, unknown>;
const count = (rows: Rows, holds: (row: Record<string, unknown>) => boolean) => rows.filter(holds).length;

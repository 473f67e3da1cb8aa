/**
 * Article 004: a Facebook lead form → a client of RemOnline (updated, or created when neither phone nor e-mail is known)
 * → an order for it, unless the client has one. Then every error code of the article, explained in the chat.
 */
import { consent } from "./consent.ts";
import { addAction, checkAndStart, connect, openLine, type } from "./hands.ts";
import type { Story } from "./index.ts";
import type { Stage } from "./stage.ts";

const ANNA = { name: "Анна Петрова", phone: "+79161234567", email: "anna@example.test" };

export const facebookRemonline: Story = {
  name: "facebook-remonline",
  title: "Facebook → РемонтОнлайн: клиент и заказ из лид-формы (статья 004)",
  services: ["facebook", "remonline"],
  async play(stage) {
    await build(stage);
    await live(stage);
    await errors(stage);
  },
};

async function build(stage: Stage): Promise<void> {
  const { person } = stage;
  // Yesterday's lead is the sample and never becomes a client.
  await stage.life("facebook", "lead", {
    name: "Старая Заявка",
    phone: "+79990000001",
    email: "old@example.test",
    daysAgo: "1",
  });
  await person.say("/start");
  await person.press("Новая связка");
  await person.say("facebook");
  await person.press("Facebook · Новая заявка с лид-формы");
  // Signed in with the browser, the person has two pages, so one has to be chosen.
  await consent(stage, "Facebook", /Страница · /);
  await choose(person, "Страница", "Сервис на Садовой");
  await person.press("Готово");
  await person.sees(/Когда: Facebook · Новая заявка с лид-формы[\s\S]*Полное имя: Старая Заявка/, { within: 20_000 });

  await person.press("РемонтОнлайн");
  await person.press("Новый клиент");
  await connect(
    stage,
    "РемонтОнлайн",
    [await stage.credential("remonline", "apiKey")],
    /Телефон · \{Номер телефона\}[\s\S]*Email · \{Электронный адрес\}/,
  );
  // The article: update the one that is there, tell it by phone and e-mail.
  await person.press("Дубликаты");
  await person.sees(/☑️ Телефон[\s\S]*☑️ Email/);
  await person.press("3");
  await person.sees(/🔘 3\. Обновить найденный дубликат/);
  await person.press("Готово");
  await person.press("Готово");

  await addAction(person, "РемонтОнлайн", "Новый заказ", /ID клиента · \{ID клиента\}/);
  await choose(person, "Мастерская", "Мастерская на Садовой");
  await choose(person, "Тип заказа", "Платный");
  await choose(person, "Статус заказа", "Новый");
  await type(person, "Неисправность", "{Ответы на вопросы формы}");
  // One order for a client is enough.
  await person.press("Дубликаты");
  await person.sees("Если такая запись уже есть");
  await person.press("2");
  await person.sees(/🔘 2\. Не создавать новую запись/);
  await person.sees(/☑️ ID клиента/);
  await person.press("Готово");
  await person.press("Готово");
  await checkAndStart(person);
}

async function choose(person: Stage["person"], field: string, value: string): Promise<void> {
  await openLine(person, field);
  await person.press(new RegExp(`^(✓ )?${value}( ·|$)`));
  await person.sees(new RegExp(`${field} · ${value}`));
}

async function live(stage: Stage): Promise<void> {
  const [subscription] = (await stage.records("facebook", "subscriptions")).filter(({ what }) => what === "app");
  stage.expect(/\/hooks\/app\/facebook$/.test(String(subscription?.at)), `the app tells us: ${subscription?.at}`);
  await stage.life("facebook", "lead", ANNA);
  await stage.person.sees("Первая настоящая запись прошла", { within: 20_000 });
  const order = await stage.until("remonline", "orders", "an order for the lead", ([row]) => row);
  const [client] = await stage.records("remonline", "clients");
  stage.expect(
    client?.id === order.client_id && client?.email === ANNA.email,
    `the client is Anna: ${JSON.stringify(client)}`,
  );
  stage.expect(
    order.branch === "Мастерская на Садовой" && order.type === "Платный" && order.status === "Новый",
    `listed values are set: ${JSON.stringify(order)}`,
  );
  stage.expect(
    String(order.malfunction).includes("Что сломалось?: Телефон не заряжается"),
    `the form's answers came along: ${order.malfunction}`,
  );

  // Known by phone, then by e-mail; told twice, with ids as numbers; a lead of another page is nobody's.
  await stage.setSwitch("facebook", "delivery", "twice");
  await stage.setSwitch("facebook", "ids", "numbers");
  await stage.life("facebook", "lead", { ...ANNA, email: "anna.new@example.test" });
  await stage.until("remonline", "clients", "the client's new e-mail", (rows) =>
    rows.find(({ email }) => email === "anna.new@example.test"),
  );
  await stage.life("facebook", "lead", {
    name: "Анна Смирнова",
    phone: "+79165556677",
    email: "anna.new@example.test",
  });
  const known = await stage.until("remonline", "clients", "the client's new phone", (rows) =>
    rows.find(({ phones }) => String(phones).includes("79165556677")),
  );
  await stage.life("facebook", "lead", { form: "4000003", name: "Чужая Страница", phone: "+79160000000" });
  stage.expect(known.id === client?.id, "the e-mail found the same client");
  await stage.life("facebook", "again");
  const [clients, orders] = [await stage.records("remonline", "clients"), await stage.records("remonline", "orders")];
  stage.expect(clients.length === 1, `three leads of one person are one client: ${JSON.stringify(clients)}`);
  stage.expect(orders.length === 1, `and one order: ${orders.length}`);
}

/** The article's codes, in its words. */
const CODES = [
  ["400", /Запрос содержит некорректные данные/],
  ["404", /запрашиваемый ресурс не найден/],
  ["405", /нет права доступа к ресурсу/],
  ["500", /Программная ошибка на сервере[\s\S]*поддержку remonline\.ru/],
] as const;

async function errors(stage: Stage): Promise<void> {
  for (const [index, [code, words]] of CODES.entries()) {
    await stage.setSwitch("remonline", "orders", code);
    await stage.life("facebook", "lead", {
      name: `Клиент ${code}`,
      phone: `+7916000000${index}`,
      email: `e${code}@example.test`,
    });
    if (code !== "500") {
      await stage.person.sees(words, { within: 20_000 });
      continue;
    }
    // A fault of the server passes by itself, so it is tried again in silence; the history says why it waits.
    await openRun(stage, /^⏳.*Клиент 500/);
    await stage.person.sees(words);
  }
  await stage.setSwitch("remonline", "orders", "ok");
  // The cause is gone: what failed last is tried again by a press.
  await stage.person.press("Повторить");
  await stage.until("remonline", "orders", "the order that failed", (rows) =>
    rows.find(({ client }) => client === "Клиент 405"),
  );
}

/** Opens a run from the history as soon as it is there. */
async function openRun({ person }: Stage, button: RegExp): Promise<void> {
  const deadline = Date.now() + 20_000;
  for (;;) {
    await person.say("/history");
    const isThere = await person.press(button, { within: 1_500 }).then(
      () => true,
      () => false,
    );
    if (isThere) return;
    if (Date.now() > deadline) throw new Error(`no run ${button} in the history`);
  }
}

/** VK → retailCRM: the community's key alone makes the subscription, a person pastes nothing anywhere. */
import { addAction, checkAndStart, connect, type } from "./hands.ts";
import type { Story } from "./index.ts";
import type { Stage } from "./stage.ts";
import { chooseVk, fillIn, repeat } from "./vk.ts";

const ANNA = { first_name: "Анна", last_name: "Петрова", phone_number: "79161234567", email: "anna@example.test" };

export const vkRetailcrm: Story = {
  name: "vk-retailcrm",
  title: "ВКонтакте → retailCRM: клиент и заказ из формы сообщества",
  services: ["vk", "retailcrm"],
  async play(stage) {
    await build(stage);
    await live(stage);
  },
};

async function build(stage: Stage): Promise<void> {
  const { person } = stage;
  await person.say("/start");
  await person.press("Новая связка");
  await chooseVk(stage);
  await person.press("retailCRM");
  await person.press("Новый клиент");
  await connect(
    stage,
    "retailCRM",
    [await stage.credential("retailcrm", "account"), await stage.credential("retailcrm", "apiKey")],
    /Имя · \{Имя\}[\s\S]*Телефон · \{Номер телефона\}[\s\S]*Email · \{Адрес электронной почты\}/,
  );
  await person.press("Дубликаты");
  await person.sees(/☑️ Телефон[\s\S]*☑️ Email/);
  await person.press("Готово");
  await person.press("Готово");

  await addAction(person, "retailCRM", "Новый заказ", /ID клиента · \{ID клиента\}/);
  // An own question of the form, known from the request that came.
  await type(person, "Источник", "Удобно: {answers.custom_0}");
  await person.press("Готово");
  await checkAndStart(person);
}

async function live(stage: Stage): Promise<void> {
  stage.expect((await fillIn(stage, ANNA)).join() === "ok", "VK's event is answered as VK wants it");
  await stage.person.sees("Первая настоящая запись прошла", { within: 20_000 });
  const order = await stage.until("retailcrm", "orders", "an order for the request", ([row]) => row);
  const [customer] = await stage.records("retailcrm", "customers");
  stage.expect(String(customer?.phone).includes("79161234567"), `the phone is read: ${JSON.stringify(customer)}`);
  stage.expect(
    (order.customFields as Record<string, unknown> | undefined)?.source === "Удобно: Утро",
    `the answer came along: ${JSON.stringify(order.customFields)}`,
  );

  // The same event again, then another request of the same person with several answers in one field.
  await repeat(stage);
  await stage.setSwitch("vk", "multi", "objects");
  await fillIn(stage, { ...ANNA, custom_0: "Вечер" });
  await stage.until("retailcrm", "orders", "an order for the second request", (rows) => rows.length > 1 || undefined);
  const orders = await stage.records("retailcrm", "orders");
  const customers = await stage.records("retailcrm", "customers");
  stage.expect(orders.length === 2, `two requests, one of them told twice, made two orders: ${orders.length}`);
  stage.expect(customers.length === 1, `one person is one customer: ${customers.length}`);
  const servers = await stage.records("vk", "servers");
  stage.expect(servers.length === 1, `the community has one server of ours: ${JSON.stringify(servers)}`);
  // Deleted with the bundle that lived from it.
  await stage.person.press("⋯ Ещё");
  await stage.person.press("Удалить");
  await stage.person.press("Удалить навсегда");
  await stage.until("vk", "servers", "the end of our server", (rows) => (rows.length === 0 ? true : undefined));
}

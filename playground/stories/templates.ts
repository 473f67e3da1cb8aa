/**
 * Ready bundles: article 003 §1 from the template to the record in a few presses, then the rest of the set at once, with
 * the accounts that are there by now.
 */
import { askNow } from "./hands.ts";
import type { Story } from "./index.ts";
import type { Stage } from "./stage.ts";

const CALLER = "79161234567";
const MOST_PRESSES = 9;

export const templates: Story = {
  name: "templates",
  title: "Готовые связки: Calltouch ⇄ retailCRM из шаблона (статья 003)",
  services: ["calltouch", "retailcrm"],
  async play(stage) {
    await one(stage);
    await rest(stage);
  },
};

async function one(stage: Stage): Promise<void> {
  const { person } = stage;
  // An old call lies in the journal: it is the sample, and must never become a deal.
  await stage.life("calltouch", "call", { phone: "79990000001" });
  await person.say("/start");
  await person.press("Шаблоны");
  await person.press(/Calltouch ⇄ retailCRM/);
  await person.sees(/Звонок создаёт сделку[\s\S]*Нужны: 🔌 Calltouch · 🔌 retailCRM/);
  await person.press("Только 1");
  // Both accounts are asked for right here.
  for (const [service, key] of [
    ["calltouch", "siteId"],
    ["calltouch", "token"],
    ["retailcrm", "account"],
    ["retailcrm", "apiKey"],
  ] as const) {
    const value = await stage.credential(service, key);
    await person.sees(new RegExp(`${service === "calltouch" ? "Calltouch" : "retailCRM"}[\\s\\S]*Пришлите`), {
      within: 20_000,
    });
    await person.sees(key === "siteId" || key === "account" ? "1 из 2" : "2 из 2");
    await person.say(value);
  }
  await person.sees(/Подставлено по вашему аккаунту[\s\S]*Магазин на Садовой[\s\S]*Всё заполнено/, { within: 20_000 });
  await person.press("Проверить на примере");
  await person.sees("Всё готово к запуску", { within: 20_000 });
  await person.press("Запустить связку");
  await person.sees("Прошлое не отправляется");
  const { pressed } = person.counts;
  stage.expect(pressed <= MOST_PRESSES, `from the template to a running bundle in ${pressed} presses`);

  const call = await stage.life("calltouch", "call", { phone: CALLER, dtmf: "Продажи" });
  await askNow(person, 1);
  const order = await stage.until("retailcrm", "orders", "an order for the call", (rows) =>
    rows.find(({ externalId }) => externalId === String(call.id)),
  );
  const customer = (await stage.records("retailcrm", "customers")).find(
    ({ id }) => id === (order.customer as { id?: number } | undefined)?.id,
  );
  stage.expect(String(customer?.phone).includes(CALLER), `the customer is the caller: ${JSON.stringify(customer)}`);
  stage.expect(
    order.firstName === `Заказ по звонку из Calltouch с номера ${CALLER}`,
    `the order's name is put together: ${order.firstName}`,
  );
  stage.expect(
    (order.customFields as Record<string, unknown> | undefined)?.source === "yandex",
    `the account's own fields came along: ${JSON.stringify(order.customFields)}`,
  );
  const deals = await stage.records("calltouch", "deals");
  stage.expect(deals.length === 1 && deals[0]?.status === "PENDING", `one open deal: ${JSON.stringify(deals)}`);
}

/** All four at once: nothing is asked for, and each leads back to the others. */
async function rest(stage: Stage): Promise<void> {
  const { person } = stage;
  await person.say("/templates звонки retailcrm");
  await person.sees(/Нужны: ✅ Calltouch · ✅ retailCRM/);
  await person.press("Взять все 4");
  await person.sees("Готово: 4 черновика", { within: 20_000 });
  await person.press(/4 · Заказы retailCRM → сделки Calltouch/);
  await person.sees(/код, которым в вашей retailCRM закрывают заказ[\s\S]*Всё заполнено/);
  await person.press("Проверить на примере");
  await person.press("Запустить связку", { within: 20_000 });
  await person.sees("Прошлое не отправляется");

  const order = await stage.until("retailcrm", "orders", "an order of Calltouch", (rows) =>
    rows.find(({ externalId }) => externalId !== undefined),
  );
  await stage.life("retailcrm", "status", { order: String(order.id), status: "assembling", total: "1500" });
  await askNow(person, 4);
  const deal = await stage.until("calltouch", "deals", "the deal's new status", (rows) =>
    rows.find(({ status }) => status === "assembling"),
  );
  stage.expect(Number(deal.revenue) === 1500, `the deal has the order's total: ${deal.revenue}`);
}

import assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, afterEach, before, test } from "node:test";
import type { Bot } from "grammy";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { type Playground, startPlayground } from "./index.ts";
import { EVIL, makeShopBot, PIXELS } from "./shopbot.ts";

const CHROMIUM = process.env.CHROMIUM ?? "/usr/bin/chromium";
const skip = existsSync(CHROMIUM) ? false : `no Chromium at ${CHROMIUM}`;
const ARGS =
  "--headless --no-sandbox --disable-gpu --no-first-run --disable-background-networking --disable-component-update --disable-sync";
/** Where pictures go, when somebody wants to look at them. */
const PICTURES = process.env.SCREENSHOTS;

let dir = "";
let playground: Playground;
let bot: Bot;
let browser: Browser | undefined;

before(async () => {
  if (skip) return;
  dir = mkdtempSync(join(tmpdir(), "page-"));
  playground = await startPlayground({ dataDir: dir });
  bot = makeShopBot(playground);
  await bot.api.setMyCommands([
    { command: "new", description: "Новая связка" },
    { command: "bundles", description: "Мои связки" },
    { command: "status", description: "Что сейчас работает" },
  ]);
  await bot.api.setMyDescription(
    "Соединяю сервисы между собой: звонок в одном — заказ в другом. Без кода и без сайта, прямо в чате.",
  );
  void bot.start();
  browser = await chromium.launch({ executablePath: CHROMIUM, args: ARGS.split(" ") });
});
after(async () => {
  if (skip) return;
  await browser?.close();
  await bot.stop();
  await playground.stop();
  rmSync(dir, { recursive: true });
});

// Open windows read messages and so take unread marks away from the next test.
afterEach(async () => {
  await Promise.all((browser?.contexts() ?? []).map((context) => context.close()));
});

async function open(options: BrowserContextOptions = {}): Promise<{ page: Page; errors: string[] }> {
  assert.ok(browser);
  const context = await browser.newContext({ locale: "ru-RU", viewport: { width: 1440, height: 900 }, ...options });
  context.setDefaultTimeout(8_000);
  const page = await context.newPage();
  const errors: string[] = [];
  page.on("pageerror", (error) => errors.push(error.message));
  page.on("console", (message) => {
    if (message.type() === "error") errors.push(message.text());
  });
  await page.goto(playground.url);
  return { page, errors };
}

async function picture(page: Page, name: string): Promise<void> {
  if (!PICTURES) return;
  mkdirSync(PICTURES, { recursive: true });
  await page.screenshot({ path: join(PICTURES, `${name}.png`) });
}

const lastBubble = (page: Page) => page.locator(".bubble").last();

test("a newcomer sees what this is and starts with one button", { skip }, async () => {
  const { page, errors } = await open();
  await page.getByText("Telegram на этом компьютере").waitFor();
  await page.getByRole("heading", { name: "Что умеет этот бот?" }).waitFor();
  await picture(page, "first");
  await page.getByRole("button", { name: "НАЧАТЬ", exact: true }).click();
  await page.locator(".bubble strong", { hasText: "Добрый день, Анна!" }).waitFor();
  assert.equal(await page.locator(".bubble blockquote").textContent(), "Сегодня: 12 запусков, всё хорошо");
  assert.equal(await page.locator(".key-danger").textContent(), "Удалить");
  await picture(page, "start");
  assert.deepEqual(errors, []);
});

test("buttons edit in place, spin until answered, answer with a toast or an alert", { skip }, async () => {
  const { page, errors } = await open();
  await page.getByRole("textbox", { name: "Сообщение" }).fill("/start");
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Подключения" }).last().click();
  await page.locator(".key.waiting").waitFor();
  await page.getByRole("textbox", { name: "Сообщение" }).fill("go");
  await page.getByRole("button", { name: "Отправить" }).click();
  await page.getByRole("dialog").getByText("Ключ больше не подходит").waitFor();
  await page.keyboard.press("Escape");
  await page.locator(".key.waiting").waitFor({ state: "detached" });
  const before = await page.locator(".bubble").count();
  await page.getByRole("button", { name: "Новая связка" }).last().click();
  await page.locator(".toast", { hasText: "Начнём с события" }).waitFor();
  await page.locator(".key-success").last().waitFor();
  assert.equal(await page.locator(".bubble").count(), before);
  assert.deepEqual(errors, []);
});

test("a deleted message vanishes, for the second window too", { skip }, async () => {
  const { page } = await open();
  const { page: other } = await open();
  await page.getByRole("textbox", { name: "Сообщение" }).fill("/start");
  await page.keyboard.press("Enter");
  const count = () => page.locator(".key-danger").count();
  await page.locator(".row-mine").last().getByText("/start").waitFor();
  await page.locator(".row-mine:last-of-type + .row-theirs, .row-theirs:last-of-type .key-danger").first().waitFor();
  const there = await count();
  const last = (where: Page) => where.locator(".key-danger").nth(there - 1);
  await last(other).waitFor();
  await page.locator(".key-danger").last().click();
  await Promise.all([page, other].map((where) => last(where).waitFor({ state: "detached" })));
});

test("commands come on a slash, narrow down, and run by Enter", { skip }, async () => {
  const { page } = await open();
  const input = page.getByRole("textbox", { name: "Сообщение" });
  await input.fill("/");
  assert.equal(await page.locator(".option").count(), 3);
  await input.fill("/st");
  await picture(page, "commands");
  await page.keyboard.press("Enter");
  await lastBubble(page).getByText("/status").waitFor();
  await input.fill("/");
  await page.keyboard.press("Escape");
  assert.ok(await page.locator(".commands").isHidden());
});

test("a message can be replied to, and the reply shows it", { skip }, async () => {
  const { page } = await open();
  const input = page.getByRole("textbox", { name: "Сообщение" });
  await input.fill("/start");
  await page.keyboard.press("Enter");
  await page.locator(".row-theirs .bubble").last().hover();
  await page.locator(".row-theirs .reply-button").last().click();
  await page.locator(".answering").waitFor();
  await input.fill("это");
  await page.keyboard.press("Enter");
  await page.locator(".row-mine .reply").waitFor();
  assert.ok(await page.locator(".answering").isHidden());
});

test("files go up with a caption and come down with their name", { skip }, async () => {
  const { page } = await open();
  const picker = page.locator("input[type=file]");
  await picker.setInputFiles({ name: "прайс.txt", mimeType: "text/plain", buffer: Buffer.from("1") });
  await page.getByRole("textbox", { name: "Подпись" }).fill("Вот");
  await page.keyboard.press("Enter");
  await page.locator(".words", { hasText: "Получил прайс.txt" }).waitFor();
  const [download] = await Promise.all([page.waitForEvent("download"), page.locator("a.file").last().click()]);
  assert.equal(download.suggestedFilename(), "отчёт.csv");
  await picker.setInputFiles({ name: "a.png", mimeType: "image/png", buffer: PIXELS });
  await page.getByRole("dialog").getByRole("button", { name: "Отправить" }).click();
  await page.locator(".words", { hasText: "Красиво" }).waitFor();
  await page.getByRole("textbox", { name: "Сообщение" }).fill("/photo");
  await page.keyboard.press("Enter");
  await page.locator(".row-theirs .photo img").waitFor();
  assert.equal(await page.locator(".row-mine .photo img").count(), 1);
  await picture(page, "files");
});

test("nobody's words become markup", { skip }, async () => {
  const { page, errors } = await open();
  await page.getByRole("textbox", { name: "Сообщение" }).fill(EVIL);
  await page.keyboard.press("Enter");
  await page.getByRole("textbox", { name: "Сообщение" }).fill("/evil");
  await page.keyboard.press("Enter");
  await page.locator(".row-theirs .bubble", { hasText: "not bold" }).waitFor();
  await page.locator(".key", { hasText: "not bold" }).waitFor();
  assert.equal(await page.locator("img[src=x]").count(), 0);
  assert.deepEqual(errors, []);
});

test("several people side by side; unread marks; a blocked bot can be let in again", { skip }, async () => {
  const { page } = await open();
  await page.getByRole("button", { name: "Добавить человека" }).click();
  await page.getByLabel("Имя").fill("Олег Кравцов");
  await page.getByRole("button", { name: "Добавить", exact: true }).click();
  await page.getByRole("tab", { name: "Олег", selected: true }).waitFor();
  await page.getByRole("button", { name: "НАЧАТЬ", exact: true }).click();
  await page.locator(".bubble strong", { hasText: "Олег" }).waitFor();
  const anna = (await state()).people[0];
  await bot.api.sendMessage(anna?.id ?? 0, "Вам сообщение");
  await page.locator(".face .badge").waitFor();
  await page.getByRole("tab", { name: /Анна/ }).click();
  await page.locator(".words", { hasText: "Вам сообщение" }).waitFor();
  await page.locator(".face .badge").waitFor({ state: "detached" });
  await page.getByRole("tab", { name: "Олег" }).click();
  await page.locator(".bubble strong", { hasText: "Олег" }).waitFor();
  await page.getByRole("button", { name: "Ещё" }).click();
  await page.getByRole("menuitem", { name: "Заблокировать бота" }).click();
  await page.getByRole("button", { name: "РАЗБЛОКИРОВАТЬ" }).click();
  await page.getByRole("textbox", { name: "Сообщение" }).waitFor();
});

test("a group with the bot: commands are heard, the bot can be thrown out and brought back", { skip }, async () => {
  const { page, errors } = await open();
  await page.getByRole("textbox", { name: "Сообщение" }).waitFor();
  await page.getByRole("button", { name: "Ещё" }).click();
  await page.getByRole("menuitem", { name: "Создать группу с ботом" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Выполнить" }).click();
  await page.locator(".note", { hasText: "теперь в группе" }).waitFor();
  await page.getByRole("textbox", { name: "Сообщение" }).fill("/start");
  await page.keyboard.press("Enter");
  await page.locator(".bubble strong", { hasText: "Добрый день" }).waitFor();
  await picture(page, "group");
  const choose = async (name: string) => {
    await page.getByRole("button", { name: "Ещё" }).click();
    await page.getByRole("menuitem", { name }).click();
  };
  await choose("Убрать бота из группы");
  await page.locator(".note", { hasText: "больше не в группе" }).waitFor();
  await choose("Вернуть бота в группу");
  await page.locator(".note", { hasText: "теперь в группе" }).nth(1).waitFor();
  assert.deepEqual(errors, []);
});

test("nothing is lost while the connection is away", { skip }, async () => {
  const { page } = await open();
  await page.locator(".bubble").first().waitFor();
  await page.context().setOffline(true);
  await bot.api.sendMessage((await state()).people[0]?.id ?? 0, "Пока вас не было");
  await page.context().setOffline(false);
  await page.locator(".words", { hasText: "Пока вас не было" }).waitFor();
});

test("the services' side makes things happen and shows the records", { skip }, async () => {
  const { page, errors } = await open();
  const services = page.getByRole("complementary", { name: "Сервисы" });
  await services.getByRole("tab").first().click();
  const action = services.locator(".action").first();
  await action.click();
  await picture(page, "services");
  const submit = services.getByRole("button", { name: "Выполнить" });
  if (await submit.isVisible()) await submit.click();
  await services.locator("tbody tr").first().waitFor();
  await services.locator("tbody tr").first().click();
  await page.getByRole("dialog").locator(".json").waitFor();
  await page.keyboard.press("Escape");
  const health = services.locator(".switch select").first();
  await health.selectOption("outage");
  await services.locator('.dot[data-ok="false"]').waitFor();
  await health.selectOption("ok");
  assert.deepEqual(errors, []);
});

test("a phone shows one side at a time and nothing sticks out", { skip }, async () => {
  for (const colorScheme of ["light", "dark"] as const) {
    const { page } = await open({ viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true, colorScheme });
    await page.locator(".bubble").first().waitFor();
    await picture(page, `phone-chat-${colorScheme}`);
    for (const name of ["Сервисы", "Чаты", "Чат"]) {
      await page.locator(".bottom").getByRole("button", { name, exact: true }).click();
      await picture(page, `phone-${name}-${colorScheme}`);
      const wide = await page.evaluate<number>("document.documentElement.scrollWidth");
      assert.ok(wide <= 360, `${name} is ${wide} pixels wide`);
    }
  }
});

test("however many people there are, each and the button for one more are seen on a phone", { skip }, async () => {
  const before = await state();
  for (const name of ["Александра", "Константин", "Вячеслав", "Ольга", "Мария"]) {
    const answer = await fetch(`${playground.url}/api/people`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ name, language: "ru" }),
    });
    assert.equal(answer.status, 200);
  }
  const { page } = await open({ viewport: { width: 390, height: 844 } });
  await page.locator(".bottom").getByRole("button", { name: "Чаты", exact: true }).click();
  await page
    .locator(".face")
    .nth(before.people.length + 5)
    .waitFor();
  await picture(page, "phone-people");
  const out = await page
    .locator(".face")
    .evaluateAll((faces) => faces.filter((face) => face.getBoundingClientRect().right > 390).length);
  assert.equal(out, 0);
});

test("the page speaks English to an English browser and can be switched", { skip }, async () => {
  const { page } = await open({ locale: "en-GB", colorScheme: "dark" });
  await page.getByText("A Telegram on this computer").waitFor();
  await picture(page, "english-dark");
  await page.getByRole("button", { name: "Русский" }).click();
  await page.getByText("Telegram на этом компьютере").waitFor();
});

async function state(): Promise<{ people: { id: number }[] }> {
  return (await fetch(`${playground.url}/api/state`)).json() as Promise<{ people: { id: number }[] }>;
}

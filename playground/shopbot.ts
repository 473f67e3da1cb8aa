/** A small bot for the page's tests: screens that edit, vanish, answer late, and send files. */
import { Bot, InlineKeyboard, InputFile } from "grammy";
import type { Playground } from "./index.ts";

// 2 × 1 pixels of PNG.
export const PIXELS = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAIAAAABCAIAAAB7QOjdAAAAD0lEQVR4nGNgYPj/n+E/AAYAAv/2MRCXAAAAAElFTkSuQmCC",
  "base64",
);
/** Words that would do harm if they became markup. */
export const EVIL = "<img src=x onerror=alert(1)><b>not bold</b>";

export function makeShopBot({ botToken, telegramRoot }: Playground): Bot {
  const made = new Bot(botToken, { client: { apiRoot: telegramRoot } });
  const home = () =>
    new InlineKeyboard()
      .text("➕ Новая связка", "new")
      .primary()
      .row()
      .text("🔗 Связки · 3", "bundles")
      .text("🔌 Подключения · 2", "slow")
      .row()
      .text("Удалить", "delete")
      .danger();
  const quote = "Сегодня: 12 запусков, всё хорошо";
  made.command("start", (ctx) => {
    const text = `Добрый день, ${ctx.from?.first_name}!\n${quote}`;
    return ctx.reply(text, {
      entities: [
        { type: "bold", offset: 0, length: text.indexOf("\n") },
        { type: "blockquote", offset: text.indexOf(quote), length: quote.length },
      ],
      reply_markup: home(),
    });
  });
  made.command("evil", (ctx) => ctx.reply(EVIL, { reply_markup: new InlineKeyboard().text(EVIL, "new") }));
  made.command("photo", (ctx) => ctx.replyWithPhoto(new InputFile(PIXELS, "a.png"), { caption: "Картинка" }));
  made.callbackQuery("new", async (ctx) => {
    await ctx.editMessageText("Что запускает связку?", {
      reply_markup: new InlineKeyboard()
        .text("Звонок Calltouch", "x")
        .text("Заказ retailCRM", "y")
        .row()
        .text("✓ Готово", "done")
        .success(),
    });
    await ctx.answerCallbackQuery("Начнём с события");
  });
  let release: () => void = () => {};
  made.callbackQuery("slow", (ctx) => {
    // The press waits until somebody writes "go".
    release = () => void ctx.answerCallbackQuery({ text: "Ключ больше не подходит", show_alert: true });
  });
  made.callbackQuery("delete", async (ctx) => {
    await ctx.deleteMessage();
    await ctx.answerCallbackQuery("Удалено");
  });
  made.hears("go", () => release());
  made.on("message:document", (ctx) =>
    ctx.replyWithDocument(new InputFile(Buffer.from("a;b\n1;2\n"), "отчёт.csv"), {
      caption: `Получил ${ctx.message.document.file_name}`,
    }),
  );
  made.on("message:photo", (ctx) => ctx.reply("Красиво"));
  return made;
}

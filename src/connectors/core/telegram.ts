/** Telegram message: a bundle writes to a chat with a bot of the person's own. */
import { type Action, defineConnector, type Field } from "../kit/define.ts";
import { textOf } from "../kit/read.ts";
import { same } from "../kit/words.ts";
import { api, BUTTONS, call, send } from "./message.ts";

const buttons: readonly Field[] = BUTTONS.flatMap((number): Field[] => [
  {
    key: `button${number}Text`,
    label: { ru: `Кнопка ${number}: надпись`, en: `Button ${number}: caption` },
    kind: "text",
  },
  { key: `button${number}Url`, label: { ru: `Кнопка ${number}: ссылка`, en: `Button ${number}: link` }, kind: "text" },
]);

const sendMessage: Action = {
  key: "sendMessage",
  name: { ru: "Отправить сообщение", en: "Send a message" },
  words: ["сообщение", "уведомление", "написать", "message", "notify", "notification"],
  kind: "other",
  safe: false,
  fields: [
    {
      key: "chat",
      label: { ru: "Чат", en: "Chat" },
      kind: "text",
      required: true,
      common: true,
      hint: {
        ru: "Номер чата или @канал. Боту надо сначала написать /start или добавить его в чат.",
        en: "The chat's number or @channel. First send /start to the bot or add it to the chat.",
      },
    },
    {
      key: "text",
      label: { ru: "Текст", en: "Text" },
      kind: "longText",
      required: true,
      common: true,
      meaning: "comment",
    },
    {
      key: "format",
      label: { ru: "Разметка", en: "Markup" },
      kind: "choice",
      initial: "plain",
      choices: [
        { value: "plain", label: { ru: "обычный текст", en: "plain text" } },
        { value: "html", label: same("HTML") },
      ],
    },
    { key: "topic", label: { ru: "Номер темы", en: "Topic number" }, kind: "integer" },
    { key: "silent", label: { ru: "Без звука", en: "Silently" }, kind: "boolean" },
    { key: "noPreview", label: { ru: "Без предпросмотра ссылок", en: "No link preview" }, kind: "boolean" },
    ...buttons,
  ],
  output: [
    { key: "messageId", label: { ru: "Номер сообщения", en: "Message number" }, kind: "text", meaning: "id" },
    { key: "chatId", label: { ru: "Номер чата", en: "Chat number" }, kind: "text" },
    { key: "date", label: { ru: "Дата и время отправки", en: "Sent at" }, kind: "dateTime" },
  ],
  sample: { messageId: "17", chatId: "100200300", date: "2026-01-10T09:00:00.000Z" },
  run: send,
};

export const telegram = defineConnector({
  key: "telegram",
  name: { ru: "Telegram", en: "Telegram" },
  about: { ru: "Сообщения в чат от вашего бота.", en: "Messages to a chat from your bot." },
  words: ["телеграм", "телега", "тг", "tg", "сообщение", "уведомление", "message"],
  core: true,
  auth: {
    kind: "fields",
    steps: [
      {
        ru: "Напишите @BotFather: /newbot, придумайте имя. Или возьмите готового: /mybots → API Token.",
        en: "Write to @BotFather: /newbot and choose a name. Or take one you have: /mybots → API Token.",
      },
      { ru: "Скопируйте токен и отправьте его сюда.", en: "Copy the token and send it here." },
    ],
    fields: [
      {
        key: "token",
        label: { ru: "Токен бота", en: "Bot token" },
        kind: "text",
        required: true,
        secret: true,
        hint: { ru: "Выглядит как 123456789:AA…", en: "Looks like 123456789:AA…" },
        pattern: {
          source: "\\d+:[\\w-]+",
          sentence: {
            ru: "Токен бота – это цифры, двоеточие и буквы, вида 123456789:AA… Скопируйте его у @BotFather целиком.",
            en: "A bot token is digits, a colon and letters, like 123456789:AA… Copy all of it from @BotFather.",
          },
        },
      },
    ],
  },
  api,
  async check(ctx) {
    const me = await call(ctx, "getMe", {});
    const name = textOf(me.username);
    return { account: name ? `@${name}` : (textOf(me.first_name) ?? "bot") };
  },
  triggers: [],
  actions: [sendMessage],
});

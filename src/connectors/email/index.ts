/** E-mail over SMTP, from a mailbox of the person's own. */
import { type Action, defineConnector } from "../kit/define.ts";
import { same } from "../kit/words.ts";
import { attachmentsOf } from "./attachments.ts";
import { letterOf } from "./letter.ts";
import { deliver, knock } from "./server.ts";

const send: Action = {
  key: "sendEmail",
  name: { ru: "Отправить письмо", en: "Send an e-mail" },
  words: ["письмо", "почта", "email", "e-mail", "mail", "letter"],
  kind: "other",
  safe: false,
  fields: [
    {
      key: "to",
      label: { ru: "Кому", en: "To" },
      kind: "text",
      required: true,
      common: true,
      meaning: "email",
      hint: { ru: "Один адрес или несколько через запятую.", en: "One address, or several with commas between." },
    },
    { key: "subject", label: { ru: "Тема", en: "Subject" }, kind: "text", common: true, meaning: "title" },
    { key: "text", label: { ru: "Текст", en: "Text" }, kind: "longText", required: true, common: true },
    {
      key: "format",
      label: { ru: "Вид текста", en: "Kind of text" },
      kind: "choice",
      initial: "plain",
      choices: [
        { value: "plain", label: { ru: "обычный текст", en: "plain text" } },
        { value: "html", label: same("HTML") },
      ],
      hint: {
        ru: "В HTML данные вставляйте с «| escape», чтобы чужие теги остались текстом.",
        en: "In HTML put data in with “| escape”, so that foreign tags stay text.",
      },
    },
    {
      key: "attachments",
      label: { ru: "Вложения", en: "Attachments" },
      kind: "text",
      many: true,
      hint: {
        ru: "Ссылки на файлы: до 10 файлов, вместе до 15 МБ. Ссылка должна открываться без входа.",
        en: "Links to files: up to 10, together up to 15 MB. A link must open without signing in.",
      },
    },
    { key: "cc", label: { ru: "Копия", en: "Cc" }, kind: "text" },
    { key: "bcc", label: { ru: "Скрытая копия", en: "Bcc" }, kind: "text" },
    { key: "replyTo", label: { ru: "Куда отвечать", en: "Reply to" }, kind: "text" },
    {
      key: "fromName",
      label: { ru: "Имя отправителя", en: "Sender's name" },
      kind: "text",
      hint: { ru: "Пусто: как в подключении.", en: "Empty: as in the connection." },
    },
  ],
  output: [
    { key: "messageId", label: same("Message-ID"), kind: "text", meaning: "id" },
    { key: "accepted", label: { ru: "Принято для", en: "Accepted for" }, kind: "text", many: true },
    { key: "rejected", label: { ru: "Отказано для", en: "Refused for" }, kind: "text", many: true },
    { key: "attached", label: { ru: "Вложено", en: "Attached" }, kind: "text", many: true },
    { key: "response", label: { ru: "Ответ сервера", en: "The server's answer" }, kind: "text" },
  ],
  sample: {
    messageId: "<0f3a5b@example.test>",
    accepted: ["anna@example.test"],
    rejected: [],
    attached: ["invoice.pdf"],
    response: "250 2.0.0 Ok: queued",
  },
  async run(ctx, input, once) {
    const letter = letterOf(ctx, input, once.key);
    const files = await attachmentsOf(ctx, input.attachments);
    const { accepted, rejected, response } = await deliver(ctx, letter, files);
    const attached = files.map(({ filename }) => filename);
    return { messageId: letter.messageId, accepted: [...accepted], rejected: [...rejected], attached, response };
  },
};

export const email = defineConnector({
  key: "email",
  name: { ru: "Электронная почта", en: "E-mail" },
  about: { ru: "Письма с вашего ящика по SMTP.", en: "Letters from your mailbox over SMTP." },
  words: ["почта", "письмо", "email", "e-mail", "smtp", "mail", "яндекс", "mail.ru", "gmail"],
  core: true,
  auth: {
    kind: "fields",
    steps: [
      {
        ru: "В настройках почты найдите раздел «Почтовые программы» (IMAP, SMTP): там имя SMTP-сервера, порт и вид шифрования.",
        en: "In your mail's settings look for “Mail programs” (IMAP, SMTP): it names the SMTP server, its port and encryption.",
      },
      {
        ru: "Создайте пароль приложения для почты: пароль от самого ящика обычно не подходит.",
        en: "Make an app password for mail: the mailbox's own password usually doesn't do.",
      },
    ],
    fields: [
      {
        key: "host",
        label: { ru: "SMTP-сервер", en: "SMTP server" },
        kind: "text",
        required: true,
        hint: { ru: "Например, smtp.example.ru", en: "For example smtp.example.com" },
      },
      {
        key: "port",
        label: { ru: "Порт", en: "Port" },
        kind: "integer",
        required: true,
        initial: "465",
        hint: { ru: "Обычно 465 или 587.", en: "Usually 465 or 587." },
      },
      {
        key: "security",
        label: { ru: "Шифрование", en: "Encryption" },
        kind: "choice",
        required: true,
        initial: "tls",
        choices: [
          { value: "tls", label: { ru: "SSL/TLS (порт 465)", en: "SSL/TLS (port 465)" } },
          { value: "starttls", label: { ru: "STARTTLS (порт 587)", en: "STARTTLS (port 587)" } },
          { value: "none", label: { ru: "без шифрования", en: "no encryption" } },
        ],
      },
      { key: "user", label: { ru: "Логин", en: "User" }, kind: "text", required: true },
      { key: "from", label: { ru: "Адрес отправителя", en: "Sender's address" }, kind: "email", required: true },
      {
        key: "password",
        label: { ru: "Пароль приложения", en: "App password" },
        // Passwords may hold spaces and any letters; keys of one-line fields may not.
        kind: "longText",
        required: true,
        secret: true,
      },
      { key: "fromName", label: { ru: "Имя отправителя", en: "Sender's name" }, kind: "text" },
    ],
  },
  async check(ctx) {
    await knock(ctx);
    return { account: ctx.auth.from ?? "" };
  },
  triggers: [],
  actions: [send],
});

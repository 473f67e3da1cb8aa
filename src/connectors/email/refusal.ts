/** What a mail server's refusal means: reply classes of RFC 5321, the command that was refused, and whether the letter was on its way. */
import type { NodemailerError } from "nodemailer";
import { ConnectorError, type ConnectorErrorDetails, type ErrorClass } from "../kit/errors.ts";
import type { Text } from "../kit/fields.ts";
import type { Mask } from "../kit/mask.ts";

const isMailError = (error: unknown): error is NodemailerError => error instanceof Error && "code" in error;

/** `sent`: the whole letter has left, so that without an answer nobody knows what became of it. */
export function refusalOf(error: unknown, server: string, sent: boolean, mask: Mask): ConnectorError {
  if (error instanceof ConnectorError) return error;
  if (!isMailError(error)) throw error;
  // Some servers repeat what they were sent, the sign-in too.
  const own = mask(error.response ?? error.message).slice(0, 300);
  const code = error.responseCode === undefined ? error.code : String(error.responseCode);
  const say = (errorClass: ErrorClass, sentence: Text, more: ConnectorErrorDetails = {}) =>
    new ConnectorError(errorClass, sentence, { own, ...(code === undefined ? {} : { code }), ...more });

  const command = error.command ?? "";
  if (error.responseCode !== undefined && (error.code === "ETLS" || /^STARTTLS/i.test(command)))
    return otherEncryption(server, say);
  if (error.responseCode === undefined) return withoutAnswer(error, server, sent, say);
  if (error.responseCode < 500) {
    return say("temporary", {
      ru: `${server} просит отправить письмо позже.`,
      en: `${server} asks to send the letter later.`,
    });
  }
  if (error.code === "EAUTH" || [530, 534, 535, 538].includes(error.responseCode)) {
    return say(
      "access",
      {
        ru: `${server} не принял логин или пароль. Почте часто нужен отдельный «пароль приложения», а не пароль от ящика.`,
        en: `${server} did not accept the user or password. Mail often needs an “app password” instead of the mailbox's own.`,
      },
      { field: "password" },
    );
  }
  if (/^MAIL FROM/i.test(command)) {
    return say(
      "access",
      {
        ru: `${server} не разрешает писать с этого адреса. Укажите в подключении адрес, который принадлежит этому логину.`,
        en: `${server} doesn't allow this sender's address. Give one in the connection that belongs to this user.`,
      },
      { field: "from" },
    );
  }
  if (/^RCPT TO/i.test(command)) {
    const whom = error.recipient ?? error.rejected?.[0] ?? "";
    return say(
      "data",
      {
        ru: `${server} не принял получателя${whom ? ` ${whom}` : ""}: такого адреса нет или он закрыт для писем.`,
        en: `${server} refused the recipient${whom ? ` ${whom}` : ""}: there is no such address, or it takes no letters.`,
      },
      { field: "to" },
    );
  }
  if (error.responseCode === 552) {
    return say(
      "data",
      {
        ru: `${server} не принял письмо: оно слишком большое или ящик получателя полон.`,
        en: `${server} refused the letter: it is too large, or the recipient's mailbox is full.`,
      },
      { field: "text" },
    );
  }
  return say(
    "data",
    {
      ru: `${server} не принял письмо. Часто это защита от спама: проверьте текст и ссылки.`,
      en: `${server} refused the letter. Often this is protection from spam: check the text and its links.`,
    },
    { field: "text" },
  );
}

type Say = (errorClass: ErrorClass, sentence: Text, more?: ConnectorErrorDetails) => ConnectorError;

function withoutAnswer(error: NodemailerError, server: string, sent: boolean, say: Say): ConnectorError {
  if (sent) {
    return say("unknown", {
      ru: `Письмо ушло на ${server}, а ответ потерялся: неизвестно, принято ли оно.`,
      en: `The letter went to ${server} and its answer was lost; whether it was taken is unknown.`,
    });
  }
  const original = error.originalCode ?? "";
  if (/CERT|SELF_SIGNED|ALTNAME/.test(`${original} ${error.message}`.toUpperCase())) {
    return say(
      "access",
      {
        ru: `У ${server} неверный сертификат: соединение небезопасно. Проверьте имя сервера в подключении.`,
        en: `${server} has a bad certificate: the connection isn't safe. Check the server's name in the connection.`,
      },
      { field: "host" },
    );
  }
  // A plain answer to a TLS hello and the other way round: the port speaks the other way of encryption.
  if (error.code === "ETLS" || /SSL|TLS|WRONG_VERSION|STARTTLS/.test(error.message.toUpperCase())) {
    return otherEncryption(server, say);
  }
  if (error.code === "EAUTH" || error.code === "ENOAUTH") {
    return say(
      "access",
      {
        ru: `${server} не принял вход с логином и паролем.`,
        en: `${server} did not accept a sign-in with user and password.`,
      },
      { field: "password" },
    );
  }
  if (error.code === "EENVELOPE") {
    return say(
      "data",
      {
        ru: "Адреса письма не годятся: проверьте получателя и отправителя.",
        en: "The letter's addresses are no good: check recipient and sender.",
      },
      { field: "to" },
    );
  }
  return say("temporary", {
    ru: `${server} не отвечает: соединение оборвалось до отправки письма.`,
    en: `${server} doesn't answer: the connection broke before the letter was sent.`,
  });
}

function otherEncryption(server: string, say: Say): ConnectorError {
  return say(
    "access",
    {
      ru: `${server} шифрует соединение иначе. Порту 465 подходит «SSL/TLS», порту 587 — «STARTTLS».`,
      en: `${server} encrypts in another way. Port 465 goes with “SSL/TLS”, port 587 with “STARTTLS”.`,
    },
    { field: "security" },
  );
}

/** A letter put together from what a person wrote. Nothing that comes from outside may become a header of its own. */
import { createHash } from "node:crypto";
import addressparser from "nodemailer/lib/addressparser";
import type { Context, Json, JsonObject } from "../kit/define.ts";
import { ConnectorError } from "../kit/errors.ts";
import { textOf } from "../kit/read.ts";

export interface Address {
  readonly name: string;
  readonly address: string;
}
export interface Letter {
  readonly from: Address;
  readonly to: readonly Address[];
  readonly cc: readonly Address[];
  readonly bcc: readonly Address[];
  readonly replyTo: readonly Address[];
  readonly subject: string;
  readonly text?: string;
  readonly html?: string;
  readonly messageId: string;
}

const MAX_RECIPIENTS = 50;
const MAX_TEXT = 1024 * 1024;
const ADDRESS = /^[^\s@<>()[\],;:"\\]{1,64}@[^\s@<>()[\],;:"\\]+\.[^\s@<>()[\],;:"\\.]{2,63}$/u;

function bad(field: string, ru: string, en: string): never {
  throw new ConnectorError("data", { ru, en }, { field });
}

/** One line: a line break would begin another header. */
function line(value: Json | undefined, field: string): string {
  const text = textOf(value) ?? "";
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  if (/[\u0000-\u0008\u000a-\u001f\u007f\u2028\u2029]/.test(text)) {
    bad(
      field,
      "Здесь может быть только одна строка: перевод строки создал бы в письме лишний заголовок.",
      "Only one line can stand here: a line break would make another header of the letter.",
    );
  }
  return text;
}

function addresses(value: Json | undefined, field: string): readonly Address[] {
  const texts = (Array.isArray(value) ? value : [value]).map((one) => line(one, field)).filter((one) => one !== "");
  return texts.flatMap((text) => {
    // People part addresses by semicolons too, which RFC 5322 keeps for groups.
    const found = addressparser(text.replaceAll(";", ","), { flatten: true });
    return found.map(({ name, address }) => {
      if (ADDRESS.test(address)) return { name, address };
      return bad(
        field,
        `«${(address || name || text).slice(0, 80)}» не похоже на адрес почты.`,
        `“${(address || name || text).slice(0, 80)}” is no e-mail address.`,
      );
    });
  });
}

/** Stable over repeats of the step, so that a server or a mailbox can tell a letter that came twice. */
function messageIdOf(once: string, from: string): string {
  const name = createHash("sha256").update(once).digest("hex").slice(0, 32);
  return `<${name}@${from.split("@")[1]}>`;
}

export function letterOf(ctx: Pick<Context, "auth">, input: JsonObject, once: string): Letter {
  const [sender] = addresses(ctx.auth.from, "from");
  if (!sender) return bad("from", "В подключении нет адреса отправителя.", "The connection has no sender's address.");
  const to = addresses(input.to, "to");
  const cc = addresses(input.cc, "cc");
  const bcc = addresses(input.bcc, "bcc");
  if (to.length === 0) bad("to", "Не указано, кому письмо.", "Nobody is named to write to.");
  if (to.length + cc.length + bcc.length > MAX_RECIPIENTS) {
    bad(
      "to",
      `Получателей больше ${MAX_RECIPIENTS}: связка пишет людям, а не рассылает.`,
      `More than ${MAX_RECIPIENTS} recipients: a bundle writes to people, it doesn't do mailings.`,
    );
  }
  const body = String(input.text ?? "");
  if (body.trim() === "") bad("text", "Текст письма пуст.", "The letter's text is empty.");
  if (body.length > MAX_TEXT) bad("text", "Текст письма больше 1 МиБ.", "The letter's text is over 1 MiB.");
  const fromName = line(input.fromName, "fromName") || line(ctx.auth.fromName, "fromName");
  return {
    from: { name: fromName, address: sender.address },
    to,
    cc,
    bcc,
    replyTo: addresses(input.replyTo, "replyTo"),
    subject: line(input.subject, "subject"),
    ...(textOf(input.format) === "html" ? { html: body, text: plain(body) } : { text: body }),
    messageId: messageIdOf(once, sender.address),
  };
}

const ENTITIES: Readonly<Record<string, string>> = { nbsp: " ", amp: "&", lt: "<", gt: ">", quot: '"' };

/** What readers without HTML see, and what filters of spam want to see beside it. */
function plain(html: string): string {
  return html
    .replace(/<(style|script)\b[^>]*>[\s\S]*?<\/\1>/gi, "")
    .replace(/<(?:br|\/p|\/div|\/li|\/tr|\/h[1-6])\b[^>]*>/gi, "\n")
    .replace(/<[^>]*>/g, "")
    .replace(/&(nbsp|amp|lt|gt|quot);/g, (whole, name: string) => ENTITIES[name] ?? whole)
    .replace(/[ \t]+\n/g, "\n")
    .replace(/\n{3,}/g, "\n\n")
    .trim();
}

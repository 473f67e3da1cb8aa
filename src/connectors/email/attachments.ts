/** Files of a letter: fetched from their links before the mail server is spoken to, so that a bad link leaves nothing half done. */
import type { Context, HttpAnswer, Json } from "../kit/define.ts";
import { ConnectorError } from "../kit/errors.ts";
import { textOf } from "../kit/read.ts";
import { errorByStatus } from "../kit/status.ts";

export interface Attachment {
  readonly filename: string;
  readonly content: Buffer;
  readonly contentType: string;
}

export const MAX_FILES = 10;
/** In base64 they weigh a third more; most servers take 25 MB. */
export const MAX_BYTES = 15 * 1024 * 1024;
const LONGEST_NAME = 120;

const bad = (ru: string, en: string, code?: string) =>
  new ConnectorError("data", { ru, en }, { field: "attachments", ...(code === undefined ? {} : { code }) });

/** The answer's own name for the file, or the last part of its address. */
export function nameOf(url: URL, disposition: string): string {
  const star = /filename\*=(?:UTF-8|utf-8)''([^;]+)/.exec(disposition)?.[1];
  const plain = /filename="?([^";]+)"?/.exec(disposition)?.[1];
  const read = (text: string) => {
    try {
      return decodeURIComponent(text);
    } catch {
      return text;
    }
  };
  const name = star !== undefined ? read(star) : (plain ?? read(url.pathname.split("/").at(-1) ?? ""));
  // A name is a name: no folders, no line breaks, nothing that could end the header it stands in.
  const safe = name.replace(/[\p{Cc}\p{Cf}\\/:*?"<>|]+/gu, " ").trim();
  return safe === "" || /^\.+$/.test(safe) ? "file" : safe.slice(-LONGEST_NAME);
}

/** A link that leads to a page for people (a sign-in, a preview) is no file. */
function checkFile(answer: HttpAnswer, url: URL): void {
  const isRedirect = answer.status >= 300 && answer.status < 400;
  if (answer.status === 401 || answer.status === 403 || isRedirect) {
    throw bad(
      `Файл по ссылке ${url.host} не отдаётся без входа. Откройте доступ по ссылке всем, у кого она есть.`,
      `The file at ${url.host} isn't given without signing in. Share it with everybody who has the link.`,
      String(answer.status),
    );
  }
  const error = errorByStatus(answer, { path: url.pathname }, { ru: url.host, en: url.host });
  if (error) throw new ConnectorError(error.errorClass, error.sentence, { ...error.details, field: "attachments" });
  const type = answer.headers["content-type"] ?? "";
  if (/^text\/html/i.test(type) && !/\.html?$/i.test(url.pathname)) {
    throw bad(
      `По ссылке ${url.host} открывается веб-страница, а не файл. Нужна прямая ссылка на скачивание.`,
      `The link to ${url.host} opens a web page, not a file. A direct download link is needed.`,
    );
  }
}

export async function attachmentsOf(ctx: Pick<Context, "http">, value: Json | undefined): Promise<Attachment[]> {
  const links = (Array.isArray(value) ? value : [value]).flatMap(
    (one) => textOf(one)?.split(/[\s,]+(?=https?:)/) ?? [],
  );
  if (links.length > MAX_FILES)
    throw bad(`Вложений больше ${MAX_FILES}.`, `There are more than ${MAX_FILES} attachments.`);
  const files: Attachment[] = [];
  let room = MAX_BYTES;
  for (const link of links) {
    const url = URL.parse(link.trim());
    if (!url || !/^https?:$/.test(url.protocol))
      throw bad(`«${link.slice(0, 80)}» не похоже на ссылку на файл.`, `“${link.slice(0, 80)}” is no link to a file.`);
    const answer = await ctx.http({ path: url.href, base64: true, maxBytes: room }).catch((error: unknown) => {
      if (!(error instanceof ConnectorError)) throw error;
      // Another server's refusal is no refusal of the mailbox.
      const errorClass = error.errorClass === "temporary" ? "temporary" : "data";
      throw new ConnectorError(errorClass, error.sentence, { ...error.details, field: "attachments" });
    });
    checkFile(answer, url);
    const content = Buffer.from(answer.text, "base64");
    room -= content.length;
    const contentType = /^[\w.+-]+\/[\w.+-]+/.exec(answer.headers["content-type"] ?? "")?.[0];
    files.push({
      filename: nameOf(url, answer.headers["content-disposition"] ?? ""),
      content,
      contentType: contentType ?? "application/octet-stream",
    });
  }
  return files;
}

/** `/oauth/callback`: where a service sends the browser back. A page that says how it went and to return to the chat. */
import { createHash } from "node:crypto";
import type { FastifyInstance } from "fastify";
import type { Consent, Locale, Text } from "../engine/index.ts";
import { parseForm } from "./form.ts";
import { makeStrangers } from "./strangers.ts";

/** States are 256 random bits; who tries many is turned away before the database is asked. */
const KEY = "callback";

export function addConsent(app: FastifyInstance, consent: Pick<Consent, "arrive">): void {
  const strangers = makeStrangers();
  app.route({
    url: "/oauth/callback",
    method: "GET",
    // A HEAD must not use up the code.
    exposeHeadRoute: false,
    handler: async (request, reply) => {
      const fromHeader: Locale = /^\s*ru\b/i.test(request.headers["accept-language"] ?? "") ? "ru" : "en";
      const page = (status: number, locale: Locale, title: Text, words: Text) =>
        reply
          .code(status)
          .type("text/html; charset=utf-8")
          .header("content-security-policy", POLICY)
          .send(draw(locale, title[locale], words[locale]));
      const seconds = strangers.wait(request.ip, KEY);
      if (seconds > 0) {
        reply.header("retry-after", String(seconds));
        return page(429, fromHeader, FAILED, TOO_MANY);
      }
      const at = request.url.indexOf("?");
      const sent = at === -1 ? {} : parseForm(request.url.slice(at + 1));
      const query = Object.fromEntries(
        Object.entries(sent).flatMap(([key, value]): [string, string][] =>
          typeof value === "string" && value.length <= 4_096 ? [[key, value]] : [],
        ),
      );
      const result = await consent.arrive(query);
      const locale = result.locale ?? fromHeader;
      if (!result.ok) {
        strangers.note(request.ip, KEY, result.status);
        return page(result.status, locale, FAILED, result.sentence);
      }
      return page(200, locale, DONE, back(result.service));
    },
  });
}

const STYLE =
  "body{font:18px/1.5 system-ui,sans-serif;max-width:32em;margin:15vh auto;padding:0 1em;text-align:center;color-scheme:light dark}h1{font-size:1.4em}";
const POLICY = `default-src 'none'; style-src 'sha256-${createHash("sha256").update(STYLE).digest("base64")}'; frame-ancestors 'none'`;

const DONE: Text = { ru: "✅ Доступ получен", en: "✅ Access given" };
const FAILED: Text = { ru: "⚠️ Не получилось", en: "⚠️ That didn't work" };
const back = (service: Text): Text => ({
  ru: `${service.ru} подключён. Вернитесь в чат: бот уже продолжил. Это окно можно закрыть.`,
  en: `${service.en} is connected. Go back to the chat: the bot has gone on already. You can close this window.`,
});
const TOO_MANY: Text = {
  ru: "Слишком много попыток. Подождите минуту и возьмите в чате новую ссылку.",
  en: "Too many attempts. Wait a minute and take a new link in the chat.",
};

function draw(locale: Locale, title: string, words: string): string {
  return `<!doctype html><html lang="${locale}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta name="robots" content="noindex"><title>${escaped(title)}</title><style>${STYLE}</style></head><body><h1>${escaped(title)}</h1><p>${escaped(words)}</p></body></html>`;
}

const escaped = (text: string): string => text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);

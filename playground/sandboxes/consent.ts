/** The page on which a service asks its person whether an app may come in: "Разрешить / Отказать", for any sandbox. */
import type { Reply } from "./kit.ts";

const escaped = (text: string): string => text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);

/** The form comes back as a POST to the same address with `answer=allow` or `answer=deny`. */
export function consentPage(ask: { service: string; account: string; rights: readonly string[] }): Reply {
  const rights = ask.rights.map((right) => `<li>${escaped(right)}</li>`).join("");
  return {
    status: 200,
    headers: { "content-type": "text/html; charset=utf-8", "cache-control": "no-store" },
    body: `<!doctype html><html lang="ru"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escaped(ask.service)}</title><style>body{font:17px/1.5 system-ui,sans-serif;max-width:28em;margin:12vh auto;padding:0 1em;color-scheme:light dark}button{font:inherit;padding:.5em 1.5em;margin-right:.5em}</style></head><body><h1>${escaped(ask.service)}</h1><p>Приложение «Связка» просит доступ к аккаунту <b>${escaped(ask.account)}</b>. / The app “Svyazka” asks for access to this account.</p><ul>${rights}</ul><form method="post"><button name="answer" value="allow">Разрешить</button><button name="answer" value="deny">Отказать</button></form></body></html>`,
  };
}

/** Sends the browser on. */
export function redirect(to: string, query: Readonly<Record<string, string>>): Reply {
  const url = new URL(to);
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  return { status: 302, headers: { location: url.toString(), "cache-control": "no-store" }, body: "" };
}

export const isAllowed = (body: string): boolean => new URLSearchParams(body).get("answer") === "allow";

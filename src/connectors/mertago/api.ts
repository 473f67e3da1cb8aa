/** Mertago over HTTP, as far as whoever connects it describes it. */
import type { Api, Context, HttpAnswer, HttpCall } from "../kit/define.ts";
import { ConnectorError } from "../kit/errors.ts";
import { errorByStatus } from "../kit/status.ts";

const NAME = "Mertago";

/** Host and path of the API's address. */
export function placeOf(typed: string): { host: string; prefix: string } {
  const text = typed.trim();
  const url = URL.parse(/^[a-z]+:\/\//i.test(text) ? text : `https://${text}`);
  const isGood = url?.protocol === "https:" && url.username === "" && url.host.includes(".") && !/\s/.test(text);
  if (url && isGood) return { host: url.host, prefix: url.pathname.replace(/\/+$/, "") };
  throw new ConnectorError(
    "access",
    {
      ru: "Это не похоже на адрес API. Он начинается с https://, например https://ваш-аккаунт.example/api.",
      en: "This is no API address. One begins with https://, such as https://your-account.example/api.",
    },
    { field: "baseUrl" },
  );
}

type Values = Readonly<Record<string, string>>;

function credentials(auth: Values): Record<string, string> {
  if (auth.way === "oauth") return { Authorization: `Bearer ${auth.accessToken ?? ""}` };
  const secret = auth.secret ?? "";
  switch (auth.authMode) {
    case "header":
      return { [auth.name?.trim() || "X-Api-Key"]: secret };
    case "basic":
      return { Authorization: `Basic ${Buffer.from(`${auth.name ?? ""}:${secret}`).toString("base64")}` };
    default:
      return { Authorization: `Bearer ${secret}` };
  }
}

export const api: Api = {
  base: "https://{host}",
  names: (auth) => ({ host: placeOf(auth.baseUrl ?? "").host }),
  authorize: (auth) => ({ headers: credentials(auth) }),
  // No limit is published; this is ours.
  limits: { perSecond: 2, burst: 5, parallel: 2 },
  error(answer, call) {
    const own = words(answer);
    if (answer.status === 409) {
      return new ConnectorError(
        "data",
        {
          ru: "Mertago отвечает, что такая запись уже есть.",
          en: "Mertago answers that the record exists already.",
        },
        { code: "409", ...(own ? { own } : {}) },
      );
    }
    if (answer.status === 404) {
      return new ConnectorError(
        "not_found",
        {
          ru: "Mertago отвечает «не найдено»: проверьте ID компании и пути в подключении.",
          en: "Mertago answers “not found”: check the company's ID and the paths in the connection.",
        },
        { code: "404", ...(own ? { own } : {}) },
      );
    }
    return errorByStatus(answer, call, NAME, own);
  },
};

const words = (answer: HttpAnswer): string | undefined => {
  const text = answer.text.trim();
  return text === "" || text.startsWith("<") ? undefined : text.slice(0, 300);
};

/** A call below the API's address. */
export async function ask(ctx: Context, path: string, more: Omit<HttpCall, "path"> = {}): Promise<HttpAnswer> {
  const answer = await ctx.http({ ...more, path: `${placeOf(ctx.auth.baseUrl ?? "").prefix}${path}` });
  // Whatever an API may answer, a page for people is a sign-in or a works notice: json() says so.
  if (/^\s*</.test(answer.text)) answer.json();
  return answer;
}

/** Graph over HTTP: errors told by their code, pages with tokens of their own, paging by cursors. */
import { createHmac } from "node:crypto";
import type { Api, Context, HttpAnswer, HttpCall, JsonObject } from "../kit/define.ts";
import { ConnectorError, type ConnectorErrorDetails, type ErrorClass } from "../kit/errors.ts";
import type { Text } from "../kit/fields.ts";
import { isObject, numberOf, objectOf, objectsOf, textOf } from "../kit/read.ts";
import { errorByStatus, isSafe } from "../kit/status.ts";

export const VERSION = "v25.0";
const NAME = "Facebook";
const MINUTE_MS = 60_000;
/** Graph tells no time to wait with most of its limits. */
const LIMIT_MS = 5 * MINUTE_MS;
const LIMITS = new Set([4, 17, 32, 341, 613]);
const PER_PAGE = 100;

export const api: Api = {
  base: `https://graph.facebook.com/${VERSION}`,
  limits: { parallel: 4 },
  error(answer, call) {
    const error = errorOf(answer);
    return error ? meaningOf(error, answer, call) : errorByStatus(answer, call, NAME);
  },
};

function errorOf(answer: HttpAnswer): JsonObject | null {
  if (!answer.text.trimStart().startsWith("{")) return null;
  const { error } = objectOf(answer.json());
  return isObject(error) ? error : null;
}

/** Minutes until the page may be asked again, as the header of business limits says. */
function waitOf(answer: HttpAnswer): number {
  const header = answer.headers["x-business-use-case-usage"] ?? "";
  const minutes = [...header.matchAll(/"estimated_time_to_regain_access"\s*:\s*(\d+)/g)].map(([, found]) =>
    Number(found),
  );
  return Math.max(LIMIT_MS, ...minutes.map((found) => found * MINUTE_MS));
}

function meaningOf(error: JsonObject, answer: HttpAnswer, call: HttpCall): ConnectorError {
  const code = numberOf(error.code) ?? 0;
  const subcode = numberOf(error.error_subcode) ?? 0;
  const own = textOf(error.error_user_msg) ?? textOf(error.message) ?? undefined;
  const say = (errorClass: ErrorClass, sentence: Text, more: ConnectorErrorDetails = {}) =>
    new ConnectorError(errorClass, sentence, {
      code: subcode === 0 ? String(code) : `${code}/${subcode}`,
      ...(own ? { own: own.slice(0, 300) } : {}),
      ...more,
    });
  if (LIMITS.has(code) || (code >= 80_000 && code <= 80_014))
    return say("temporary", TOO_MANY, { retryAfterMs: waitOf(answer) });
  if (code === 100 && /appsecret_proof/i.test(own ?? "")) return say("access", UNPROVEN, { field: "appSecret" });
  if (code === 102 || code === 104 || code === 190) return say("access", DEAD, { field: "token" });
  if (code === 1 || code === 2 || error.is_transient === true) return say(isSafe(call) ? "temporary" : "unknown", BUSY);
  // Its words speak of permissions too.
  if (code === 100 && subcode === 33) return say("not_found", MISSING);
  if (code === 10 || (code >= 200 && code <= 299) || (code === 100 && /missing permission/i.test(own ?? ""))) {
    return say("forbidden", DENIED);
  }
  if (code === 368) return say("forbidden", BLOCKED);
  return say("data", REFUSED);
}

const TOO_MANY: Text = {
  ru: "Facebook просит подождать: лимит запросов страницы исчерпан.",
  en: "Facebook asks to wait: the page's limit of requests is used up.",
};
const DEAD: Text = {
  ru: "Facebook больше не принимает токен: пароль сменили, доступ отозвали или срок истёк. Подключите аккаунт заново.",
  en: "Facebook no longer accepts the token: the password was changed, access revoked, or it expired. Connect again.",
};
const UNPROVEN: Text = {
  ru: "Приложение Facebook требует подписи запросов (Require App Secret), а секрет приложения не подошёл или не указан. Укажите секрет того приложения, которое выдало токен.",
  en: "The Facebook app wants calls to be signed (Require App Secret), and the app's secret is missing or wrong. Give the secret of the app that issued the token.",
};
const BUSY: Text = { ru: "Facebook сейчас не отвечает как надо.", en: "Facebook isn't working properly right now." };
const DENIED: Text = {
  ru: "Facebook: у токена нет права на заявки этой страницы. Нужны leads_retrieval, pages_show_list, pages_read_engagement, pages_manage_metadata и pages_manage_ads, а в Business Suite – доступ к лидам.",
  en: "Facebook: the token may not read this page's leads. It needs leads_retrieval, pages_show_list, pages_read_engagement, pages_manage_metadata and pages_manage_ads, and leads access in Business Suite.",
};
const BLOCKED: Text = {
  ru: "Facebook заблокировал это действие за нарушение правил. Откройте Facebook и посмотрите уведомления.",
  en: "Facebook has blocked this for breaking its rules. Open Facebook and look at the notices.",
};
const MISSING: Text = {
  ru: "Facebook: такой записи нет, или токену она не видна.",
  en: "Facebook: there is no such record, or the token can't see it.",
};
const REFUSED: Text = { ru: "Facebook не принял запрос.", en: "Facebook did not accept the request." };

/**
 * Shows that a token is used by the app it was given to: apps may refuse calls without it. A token that was typed is of
 * an app of the person's own, whose secret they may add; the app's token holds the secret itself.
 */
function proofOf({ auth, app }: Context, token: string): string | null {
  const secret = auth.accessToken === undefined ? auth.appSecret?.trim() : app?.secret;
  return !secret || token.includes("|") ? null : createHmac("sha256", secret).update(token).digest("hex");
}

/** One call with a token of its own: of the person, of a page, of the app. */
export async function graph(
  ctx: Context,
  token: string,
  path: string,
  more: Pick<HttpCall, "method" | "query" | "form" | "secrets"> = {},
): Promise<JsonObject> {
  const proof = proofOf(ctx, token);
  const call: HttpCall = {
    path,
    ...more,
    ...(proof === null ? {} : { query: { ...more.query, appsecret_proof: proof } }),
    headers: { Authorization: `Bearer ${token}` },
    secrets: [token, ...(proof === null ? [] : [proof]), ...(more.secrets ?? [])],
    // Everything that is written here sets the same state again.
    safe: true,
  };
  return objectOf((await ctx.http(call)).json());
}

/** Records of an edge, page by page; a page may be empty and still not be the last. */
export async function* edge(
  ctx: Context,
  token: string,
  path: string,
  query: Readonly<Record<string, unknown>>,
): AsyncIterable<JsonObject[]> {
  for (let after: string | null = null; ; ) {
    const body = await graph(ctx, token, path, { query: { limit: PER_PAGE, ...query, after } });
    yield objectsOf(body.data);
    const paging = objectOf(body.paging);
    const next = textOf(objectOf(paging.cursors).after);
    if (textOf(paging.next) === null || next === null || next === after) return;
    after = next;
  }
}

export async function all(...ask: Parameters<typeof edge>): Promise<JsonObject[]> {
  const found: JsonObject[] = [];
  for await (const items of edge(...ask)) found.push(...items);
  return found;
}

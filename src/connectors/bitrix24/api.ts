/** Bitrix24 REST: an incoming webhook's address or an app's token, JSON both ways, classic CRM methods. */
import type { Api, Context, HttpAnswer, Json, JsonObject } from "../kit/define.ts";
import { ConnectorError } from "../kit/errors.ts";
import { encodeForm } from "../kit/form.ts";
import { isObject, numberOf, objectOf, textOf } from "../kit/read.ts";
import { errorByStatus, retryAfter } from "../kit/status.ts";
import { refusal } from "./refusal.ts";

const NAME = { ru: "Битрикс24", en: "Bitrix24" };
const HOST = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9-]+)+(:\d+)?$/i;

/** The parts of an incoming webhook's address, whatever was pasted behind them. */
export function webhookOf(typed: string): { host: string; user: string; secret: string } {
  const parts = /^https:\/\/([^/?#\s]+)\/rest\/(\d+)\/([\w-]+)(?:[/?#]|$)/i.exec(typed.trim());
  const [, host = "", user = "", secret = ""] = parts ?? [];
  if (HOST.test(host) && user !== "" && secret !== "") return { host: host.toLowerCase(), user, secret };
  throw new ConnectorError(
    "access",
    {
      ru: "Это не похоже на адрес входящего вебхука. Он выглядит так: https://ваш-портал.bitrix24.ru/rest/1/секретный-код/",
      en: "This is no address of an inbound webhook. One looks like https://your-portal.bitrix24.com/rest/1/secret-code/",
    },
    { field: "webhook" },
  );
}

/** The portal's host out of `demo`, `demo.bitrix24.ru`, `https://demo.bitrix24.ru/crm/…`. */
export function portalOf(typed: string): string {
  const name = typed
    .trim()
    .toLowerCase()
    .replace(/^[a-z]+:\/\//, "")
    .replace(/[/?#].*$/, "");
  const host = name === "" || name.includes(".") ? name : `${name}.bitrix24.ru`;
  if (HOST.test(host)) return host;
  throw new ConnectorError(
    "access",
    {
      ru: `«${typed.trim().slice(0, 60)}» не похоже на адрес портала. Нужен адрес вида demo.bitrix24.ru.`,
      en: `“${typed.trim().slice(0, 60)}” is no portal address. One such as demo.bitrix24.com is needed.`,
    },
    { field: "portal" },
  );
}

type Values = Readonly<Record<string, string>>;
/** With a webhook its own host; else `host`, which the auth server said, and before that `portal`, which a person typed. */
export function hostOf(auth: Values): string {
  if (auth.webhook && auth.way !== "oauth") return webhookOf(auth.webhook).host;
  return portalOf(auth.host ?? auth.portal ?? "");
}

export const api: Api = {
  base: "https://{host}",
  names: (auth) => ({ host: hostOf(auth) }),
  authorize: (auth) => (auth.way === "oauth" && auth.accessToken ? { query: { auth: auth.accessToken } } : {}),
  // Fifty overflow the portal's bucket, which other programs of this address fill too; two a second run out.
  limits: { perSecond: 2, burst: 40, parallel: 4 },
  // All webhooks and apps of one portal fill the same bucket.
  lane: hostOf,
  error(answer, call) {
    if (answer.status < 300 && isJson(answer)) {
      const body = objectOf(answer.json());
      return body.error === undefined ? null : refusalOf(body, answer);
    }
    if (isJson(answer)) {
      const known = refusalOf(objectOf(answer.json()), answer);
      if (known) return known;
    } else if (answer.status === 404) {
      return new ConnectorError(
        "access",
        {
          ru: "Такого портала Битрикс24 нет: в адресе опечатка, или портал удалён.",
          en: "There is no such Bitrix24 portal: its address is mistyped, or it was removed.",
        },
        { code: "404" },
      );
    }
    return errorByStatus(answer, call, NAME, isJson(answer) ? words(objectOf(answer.json())).text : undefined);
  },
};

const isJson = (answer: HttpAnswer) => /^\s*[[{]/.test(answer.text);

/** Code and text, in the classic form or that of the newer methods. */
function words(body: JsonObject): { code: string; text?: string } {
  const { error } = body;
  const code = textOf(isObject(error) ? error.code : error) ?? "";
  const text = textOf(isObject(error) ? error.message : body.error_description);
  return { code: code.toLowerCase(), ...(text ? { text } : {}) };
}

function refusalOf(body: JsonObject, answer: HttpAnswer): ConnectorError | null {
  const { code, text } = words(body);
  const resetAt = numberOf(objectOf(body.time).operating_reset_at);
  const until = resetAt === null ? undefined : resetAt * 1_000 - Date.now();
  return refusal({ status: answer.status, code, text, retryAfterMs: retryAfter(answer) ?? until });
}

/** One method; the whole answer. Everything that only reads is `safe`. */
export async function call(ctx: Context, method: string, params: JsonObject, safe: boolean): Promise<JsonObject> {
  const isApp = ctx.auth.way === "oauth";
  const { user, secret } = isApp ? { user: "", secret: "" } : webhookOf(ctx.auth.webhook ?? "");
  const answer = await ctx.http({
    method: "POST",
    path: isApp ? `/rest/${method}` : `/rest/${user}/${secret}/${method}`,
    json: params,
    safe,
    ...(isApp ? {} : { secrets: [secret] }),
  });
  return objectOf(answer.json());
}
export const read = (ctx: Context, method: string, params: JsonObject = {}) => call(ctx, method, params, true);

export interface Command {
  readonly method: string;
  readonly params?: JsonObject;
}
/** A command's result, or its error thrown. */
export type Results = (key: string) => Json;

/** Several reading methods in one call, which is what the portal counts. Later ones may use `$result[key]…` of earlier ones. */
export async function batch(ctx: Context, commands: Readonly<Record<string, Command>>): Promise<Results> {
  const cmd = Object.fromEntries(
    Object.entries(commands).map(([key, { method, params }]) => [key, `${method}?${encodeForm(params ?? {})}`]),
  );
  const answer = objectOf((await read(ctx, "batch", { halt: 0, cmd })).result);
  const results = objectOf(answer.result);
  const errors = objectOf(answer.result_error);
  return (key) => {
    if (isObject(errors[key])) {
      const { code, text } = words(errors[key]);
      throw refusal({ status: 400, code, text }) ?? unread(key);
    }
    const result = results[key];
    if (result === undefined) throw unread(key);
    return result;
  };
}

const unread = (key: string) =>
  new ConnectorError(
    "temporary",
    { ru: "Битрикс24 ответил не на всё, о чём его спросили.", en: "Bitrix24 didn't answer everything it was asked." },
    { code: `batch ${key}` },
  );

/** All pages of a list that is paged by `start`. */
export async function all(ctx: Context, method: string, params: JsonObject): Promise<JsonObject[]> {
  const found: JsonObject[] = [];
  for (let start = 0; ; ) {
    const body = await read(ctx, method, { ...params, start });
    if (Array.isArray(body.result)) found.push(...body.result.filter(isObject));
    const next = numberOf(body.next);
    if (next === null || next <= start) return found;
    start = next;
  }
}

/** VK over HTTP: methods with a key of the community or a person's token; its errors come inside a 200. */
import type { Api, Context, HttpAnswer, HttpCall, Json, JsonObject } from "../kit/define.ts";
import { ConnectorError, type ConnectorErrorDetails, type ErrorClass } from "../kit/errors.ts";
import type { Text } from "../kit/fields.ts";
import { isObject, numberOf, objectOf, objectsOf, textOf } from "../kit/read.ts";
import { errorByStatus, isSafe } from "../kit/status.ts";

export const VERSION = "5.199";
const NAME: Text = { ru: "ВКонтакте", en: "VK" };
const HOUR_MS = 3_600_000;

/** Only an administrator's token opens the methods of lead forms. */
const isOfUser = (call: HttpCall): boolean => call.path.startsWith("/leadForms.");

export const api: Api = {
  base: "https://api.vk.com/method",
  // A person's token may ask three times a second, a community's key twenty; one lane serves both.
  limits: { perSecond: 3 },
  // They are the token's: an administrator's may serve several communities.
  lane: (auth) => auth.userToken?.trim() || (auth.communityKey ?? "").trim(),
  error(answer, call) {
    const status = errorByStatus(answer, call, NAME);
    if (status) return status;
    const error = errorOf(answer);
    return error ? meaningOf(error, call) : null;
  },
};

function errorOf(answer: HttpAnswer): JsonObject | null {
  if (!answer.text.trimStart().startsWith("{")) return null;
  const { error } = objectOf(answer.json());
  return isObject(error) ? error : null;
}

interface Known {
  readonly errorClass: ErrorClass;
  readonly ru: string;
  readonly en: string;
  readonly waitMs?: number;
}
const busy = (waitMs: number): Known => ({
  errorClass: "temporary",
  ru: "ВКонтакте просит подождать: слишком много запросов.",
  en: "VK asks to wait: too many requests.",
  waitMs,
});
const OUT_OF_ORDER: Known = {
  errorClass: "temporary",
  ru: "ВКонтакте сейчас не отвечает как надо.",
  en: "VK isn't working properly right now.",
};
const DEAD: Known = {
  errorClass: "access",
  ru: "ВКонтакте не принял ключ: он отозван, устарел или скопирован не целиком. Создайте новый и скопируйте его целиком.",
  en: "VK did not accept the key: it was revoked, has expired, or wasn't copied whole. Make a new one and copy all of it.",
};
const ACT: Known = {
  errorClass: "access",
  ru: "ВКонтакте ждёт, что владелец ключа подтвердит вход. Откройте VK, подтвердите и проверьте подключение.",
  en: "VK wants the key's owner to confirm the sign-in. Open VK, confirm, and check the connection.",
};
const DENIED: Known = {
  errorClass: "forbidden",
  ru: "ВКонтакте: у ключа нет нужного права в этом сообществе.",
  en: "VK: the key lacks the right for this in the community.",
};
const WRONG: Known = {
  errorClass: "data",
  ru: "ВКонтакте не принял запрос.",
  en: "VK did not accept the request.",
};

/** https://dev.vk.com/ru/reference/errors, by number. */
const CODES: ReadonlyMap<number, Known> = new Map([
  [1, OUT_OF_ORDER],
  [10, OUT_OF_ORDER],
  [36, OUT_OF_ORDER],
  [43, OUT_OF_ORDER],
  [6, busy(1_000)],
  [9, busy(60_000)],
  [29, busy(HOUR_MS)],
  [5, DEAD],
  [27, DEAD],
  [28, DEAD],
  [14, ACT],
  [17, ACT],
  [24, ACT],
  [7, DENIED],
  [15, DENIED],
  [203, DENIED],
  [
    104,
    {
      errorClass: "not_found",
      ru: "ВКонтакте: такой формы или такого сервера нет.",
      en: "VK: there is no such form or server.",
    },
  ],
  [
    2000,
    {
      errorClass: "data",
      ru: "В сообществе уже десять серверов Callback API, больше нельзя. Удалите лишний: «Управление → Работа с API → Callback API».",
      en: "The community has ten Callback API servers already, the most there can be. Remove one under “Manage → API usage → Callback API”.",
    },
  ],
]);

function meaningOf(error: JsonObject, call: HttpCall): ConnectorError {
  const code = numberOf(error.error_code) ?? 0;
  const { errorClass, waitMs, ...sentence } = CODES.get(code) ?? WRONG;
  const own = textOf(error.error_text) ?? textOf(error.error_msg);
  const isLost = errorClass === "temporary" && waitMs === undefined && !isSafe(call);
  const details: ConnectorErrorDetails = {
    code: String(code),
    ...(own ? { own: own.slice(0, 300) } : {}),
    ...(waitMs === undefined ? {} : { retryAfterMs: waitMs }),
    ...(errorClass === "access" || errorClass === "forbidden"
      ? { field: isOfUser(call) ? "userToken" : "communityKey" }
      : {}),
  };
  return new ConnectorError(isLost ? "unknown" : errorClass, sentence satisfies Text, details);
}

/** One method of VK; gives `response`. */
export async function call(
  ctx: Context,
  method: string,
  params: JsonObject = {},
  how: { safe?: boolean } = {},
): Promise<Json> {
  const request: HttpCall = {
    method: "POST",
    path: `/${method}`,
    form: { ...params, v: VERSION, lang: ctx.locale },
    safe: how.safe ?? true,
  };
  const token = isOfUser(request) ? ctx.auth.userToken : ctx.auth.communityKey;
  const headers = { Authorization: `Bearer ${token?.trim() ?? ""}` };
  return objectOf((await ctx.http({ ...request, headers })).json()).response ?? null;
}

export const hasUserToken = (ctx: Pick<Context, "auth">): boolean => (ctx.auth.userToken ?? "").trim() !== "";

/** The community whose key it is. Answered as an object today, as a bare list by older versions. */
export async function groupOf(ctx: Context): Promise<{ id: string; name: string }> {
  const response = await call(ctx, "groups.getById");
  const [group] = objectsOf(Array.isArray(response) ? response : objectOf(response).groups);
  const id = textOf(group?.id);
  if (group && id !== null) return { id, name: textOf(group.name) ?? id };
  throw new ConnectorError(
    "access",
    {
      ru: "Это не ключ сообщества. Создайте его в самом сообществе: «Управление → Работа с API → Ключи доступа».",
      en: "This is no key of a community. Make one in the community itself: “Manage → API usage → Access tokens”.",
    },
    { field: "communityKey" },
  );
}

/** Lead forms with their questions; none without an administrator's token. */
export async function formsOf(ctx: Context): Promise<JsonObject[]> {
  if (!hasUserToken(ctx)) return [];
  const { id } = await groupOf(ctx);
  return objectsOf(await call(ctx, "leadForms.list", { group_id: id }));
}

/** amoCRM over HTTP: API v4, bearer token, lists as HAL, "nothing found" as an empty 204. */
import type { Api, Context, HttpAnswer, HttpCall, JsonObject } from "../kit/define.ts";
import { ConnectorError } from "../kit/errors.ts";
import { isObject, listOf, numberOf, objectOf, objectsOf, textOf } from "../kit/read.ts";
import { errorByStatus, retryAfter } from "../kit/status.ts";

const NAME = "amoCRM";
export const V4 = "/api/v4";
export const PAGE = 250;

/** Hosts that may be given a token: the three products' own. */
const HOST = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.(?:amocrm\.ru|amocrm\.com|kommo\.com)$/;

/** The account out of whatever a person pastes or amoCRM names: `demo`, `demo.amocrm.ru`, `https://demo.amocrm.ru/leads/`. */
export function hostOf(typed: string): string {
  const bare = typed
    .trim()
    .toLowerCase()
    .replace(/^[a-z]+:\/\//, "")
    .replace(/[/?#].*$/, "");
  const host = bare.includes(".") ? bare : `${bare}.amocrm.ru`;
  if (HOST.test(host) && !/^www\./.test(host)) return host;
  throw new ConnectorError(
    "access",
    {
      ru: `«${typed.trim().slice(0, 60)}» не похоже на адрес аккаунта. Нужен адрес вида demo.amocrm.ru.`,
      en: `“${typed.trim().slice(0, 60)}” is no account's address. One such as demo.amocrm.ru is needed.`,
    },
    { field: "account" },
  );
}

export const api: Api = {
  base: "https://{host}",
  names: (auth) => ({ host: hostOf(auth.account ?? "") }),
  authorize: (auth) => ({ headers: { Authorization: `Bearer ${auth.accessToken ?? auth.token ?? ""}` } }),
  // Seven a second are published; going over costs a block, of the whole account.
  limits: { perSecond: 6, parallel: 4 },
  lane: (auth) => hostOf(auth.account ?? ""),
  error(answer, call) {
    if (answer.status < 300) return null;
    const body = bodyOf(answer);
    const flaws = objectsOf(body["validation-errors"]).flatMap((one) => objectsOf(one.errors));
    const words = [
      ...flaws.map((flaw) => [textOf(flaw.path), textOf(flaw.detail)].filter((word) => word !== null).join(": ")),
      ...(flaws.length > 0 ? [] : [textOf(body.detail) ?? textOf(body.title) ?? ""]),
    ].filter((word) => word !== "");
    const own = words.join("; ").slice(0, 500);
    const details = { code: String(answer.status), ...(own ? { own } : {}) };
    switch (answer.status) {
      case 401:
        return new ConnectorError(
          "access",
          {
            ru: "amoCRM не принял доступ: его отозвали или срок токена истёк. Подключите аккаунт заново.",
            en: "amoCRM did not accept the access: it was revoked, or the token has expired. Connect the account again.",
          },
          { ...details, field: "token" },
        );
      case 403:
        return new ConnectorError(
          "forbidden",
          isHtml(answer)
            ? {
                ru: "amoCRM временно закрыл доступ с этого сервера: слишком много запросов. Напишите в поддержку amoCRM.",
                en: "amoCRM has shut this server out for now: too many requests. Write to amoCRM's support.",
              }
            : {
                ru: "У подключения amoCRM нет права на это действие. Нужен доступ администратора аккаунта.",
                en: "The amoCRM connection lacks the right for this. It takes an administrator of the account.",
              },
          details,
        );
      case 429:
        return new ConnectorError(
          "temporary",
          { ru: "amoCRM просит подождать: слишком много запросов.", en: "amoCRM asks to wait: too many requests." },
          {
            ...details,
            retryAfterMs: Math.max(1_000, retryAfter(answer) ?? (numberOf(body.retry_after) ?? 1) * 1_000),
          },
        );
      case 400:
      case 422: {
        const field = fieldOf(textOf(flaws[0]?.path), call);
        return new ConnectorError(
          "data",
          {
            ru: own ? `amoCRM не принял данные: ${own}` : "amoCRM не принял данные.",
            en: own ? `amoCRM did not accept the data: ${own}` : "amoCRM did not accept the data.",
          },
          { ...details, ...(field ? { field } : {}) },
        );
      }
      default:
        return errorByStatus(answer, call, NAME, own || undefined);
    }
  },
};

const isHtml = (answer: HttpAnswer) => /^\s*</.test(answer.text);

function bodyOf(answer: HttpAnswer): JsonObject {
  if (!/^\s*[[{]/.test(answer.text)) return {};
  try {
    return objectOf(answer.json());
  } catch {
    return {};
  }
}

const FIELDS: Readonly<Record<string, string>> = {
  first_name: "firstName",
  last_name: "lastName",
  responsible_user_id: "responsibleUserId",
  status_id: "statusId",
  pipeline_id: "pipelineId",
  loss_reason_id: "lossReasonId",
  complete_till: "completeTill",
  task_type_id: "taskTypeId",
  entity_id: "entityId",
  tags_to_add: "tags",
};

/** amoCRM names a mistake by its place in what was sent; ours is the field that was filled. */
function fieldOf(path: string | null, call: HttpCall): string | undefined {
  if (path === null) return undefined;
  const at = /(?:^|\.)custom_fields_values\.(\d+)/.exec(path)?.[1];
  if (at === undefined) {
    const name = path.replace(/^\d+\./, "").split(".")[0] ?? "";
    return FIELDS[name] ?? (name || undefined);
  }
  const sent = Array.isArray(call.json) ? call.json[0] : call.json;
  const field = objectOf(listOf(objectOf(sent).custom_fields_values)[Number(at)]);
  const code = textOf(field.field_code);
  if (code === "PHONE" || code === "EMAIL") return code.toLowerCase();
  const id = textOf(field.field_id);
  return id === null ? undefined : `cf_${id}`;
}

export async function get(ctx: Context, path: string, query: Record<string, unknown> = {}): Promise<JsonObject> {
  const answer = await ctx.http({ path: `${V4}/${path}`, query });
  return answer.status === 204 || answer.text.trim() === "" ? {} : objectOf(answer.json());
}

/** POST and PATCH; true where doing it again changes nothing. */
export async function send(
  ctx: Context,
  method: "POST" | "PATCH" | "DELETE",
  path: string,
  json: unknown,
  safe = false,
): Promise<JsonObject> {
  const answer = await ctx.http({ method, path: `${V4}/${path}`, json, safe });
  return answer.text.trim() === "" ? {} : objectOf(answer.json());
}

/** Records of one page under their name. */
export const embedded = (body: JsonObject, name: string): JsonObject[] => objectsOf(objectOf(body._embedded)[name]);
export const hasNext = (body: JsonObject): boolean => isObject(objectOf(body._links).next);

/** All pages of a reference list. */
export async function all(ctx: Context, path: string, name: string): Promise<JsonObject[]> {
  const found: JsonObject[] = [];
  for (let page = 1; ; page++) {
    const body = await get(ctx, path, { page, limit: PAGE });
    const some = embedded(body, name);
    found.push(...some);
    const pages = numberOf(body._page_count);
    const isMore = pages === null ? hasNext(body) : page < pages;
    if (some.length === 0 || !isMore) return found;
  }
}

/** retailCRM over HTTP: API v5, key in a header, structured parameters as JSON inside form fields. */
import type { Api, Context, HttpAnswer, Json, JsonObject } from "../kit/define.ts";
import { ConnectorError } from "../kit/errors.ts";
import { stringifyJson } from "../kit/json.ts";
import { isObject, numberOf, objectOf, objectsOf, textOf } from "../kit/read.ts";
import { errorByStatus, retryAfter } from "../kit/status.ts";

const NAME = "retailCRM";
export const V5 = "/api/v5";

/** The portal out of whatever a person pastes: `shop`, `shop.retailcrm.ru`, `https://shop.simla.com/admin/…`. */
export function portalOf(typed: string): { account: string; host: string } {
  const host = typed
    .trim()
    .toLowerCase()
    .replace(/^[a-z]+:\/\//, "")
    .replace(/[/?#].*$/, "")
    .replace(/:\d+$/, "");
  const full = host.includes(".") ? host : `${host}.retailcrm.ru`;
  const isNumeric = /^[\d.]+$/.test(full);
  if (isNumeric || !/^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9-]+)+$/.test(full)) {
    throw new ConnectorError(
      "access",
      {
        ru: `«${typed.trim().slice(0, 60)}» не похоже на адрес портала. Нужен адрес вида shop.retailcrm.ru.`,
        en: `“${typed.trim().slice(0, 60)}” is no portal address. One such as shop.retailcrm.ru is needed.`,
      },
      { field: "account" },
    );
  }
  return { account: full.split(".")[0] ?? full, host: full };
}

export const api: Api = {
  base: "https://{host}",
  names: (auth) => portalOf(auth.account ?? ""),
  authorize: (auth) => ({ headers: { "X-API-KEY": auth.apiKey ?? "" } }),
  // Ten a second per key are published, and going over costs a refusal.
  limits: { perSecond: 8, parallel: 4 },
  lane: (auth) => (auth.apiKey ?? "").trim(),
  error(answer, call) {
    const said = ownWords(answer);
    const own = said.text;
    const details = { code: String(answer.status), ...(own ? { own } : {}) };
    // An unknown portal is answered by the server in front: 404 and 400 in JSON, 405 as a page.
    if (/account does not exist/i.test(own ?? "") || (answer.status === 405 && !isJson(answer))) {
      return new ConnectorError(
        "access",
        {
          ru: "Такого портала retailCRM нет: в адресе опечатка, или портал удалён.",
          en: "There is no such retailCRM portal: its address is mistyped, or it was removed.",
        },
        { ...details, field: "account" },
      );
    }
    const isLimit = answer.status === 429 || /rate limit/i.test(own ?? "");
    if (isLimit) {
      return new ConnectorError(
        "temporary",
        {
          ru: "retailCRM просит подождать: слишком много запросов.",
          en: "retailCRM asks to wait: too many requests.",
        },
        { ...details, retryAfterMs: retryAfter(answer) ?? 1_000 },
      );
    }
    if (/apikey.*(missing|wrong)|wrong.*apikey/i.test(own ?? "")) {
      return new ConnectorError(
        "access",
        {
          ru: "retailCRM не принял API-ключ. Скопируйте его заново: «Настройки → Интеграция → Ключи доступа к API».",
          en: "retailCRM did not accept the API key. Copy it again: “Settings → Integration → API keys”.",
        },
        { ...details, field: "apiKey" },
      );
    }
    if (answer.status === 403) {
      const right = rightFor(call);
      return new ConnectorError(
        "forbidden",
        right === null
          ? {
              ru: "У API-ключа retailCRM нет права на это действие. Добавьте право в настройках ключа.",
              en: "The retailCRM API key lacks the right for this. Add the right in the key's settings.",
            }
          : {
              ru: `У API-ключа retailCRM нет права «${right.ru}» (${right.scope}). Отметьте его в настройках ключа: «Настройки → Интеграция → Ключи доступа к API».`,
              en: `The retailCRM API key lacks the right “${right.en}” (${right.scope}). Tick it in the key's settings: “Settings → Integration → API keys”.`,
            },
        details,
      );
    }
    if ([400, 405, 422, 460].includes(answer.status)) return refused(own, said.field, details.code);
    const byStatus = errorByStatus(answer, call, NAME, own);
    if (byStatus) return byStatus;
    if (!isJson(answer)) return null;
    return objectOf(answer.json()).success === false ? refused(own, said.field, details.code) : null;
  },
};

/** Rights of a key as its settings name them, by what is called. */
function rightFor(call: {
  readonly method?: string;
  readonly path?: string;
}): { ru: string; en: string; scope: string } | null {
  const what = (
    [
      [/\/orders\b/, "order", "заказов", "orders"],
      [/\/customers\b/, "customer", "клиентов", "customers"],
      [/\/reference\b/, "reference", "справочников", "reference lists"],
      [/\/custom-fields\b/, "custom_fields", "пользовательских полей", "custom fields"],
    ] as const
  ).find(([path]) => path.test(call.path ?? ""));
  if (!what) return null;
  const [, scope, ru, en] = what;
  return (call.method ?? "GET") === "GET"
    ? { ru: `чтение ${ru}`, en: `reading ${en}`, scope: `${scope}_read` }
    : { ru: `запись ${ru}`, en: `writing ${en}`, scope: `${scope}_write` };
}

function refused(own: string | undefined, field: string | undefined, code: string): ConnectorError {
  return new ConnectorError(
    "data",
    {
      ru: own ? `retailCRM не принял данные: ${own}` : "retailCRM не принял данные.",
      en: own ? `retailCRM did not accept the data: ${own}` : "retailCRM did not accept the data.",
    },
    { code, ...(own ? { own } : {}), ...(field ? { field } : {}) },
  );
}

const isJson = (answer: HttpAnswer) => /^\s*[[{]/.test(answer.text);

/** `errorMsg` with `errors`, which is an object by field, a list of sentences, or absent. */
function ownWords(answer: HttpAnswer): { text?: string; field?: string } {
  if (!isJson(answer)) return {};
  let body: JsonObject;
  try {
    body = objectOf(answer.json());
  } catch {
    return {};
  }
  const words: string[] = [];
  const main = textOf(body.errorMsg);
  if (main) words.push(main);
  let field: string | undefined;
  const walk = (value: Json, name: string): void => {
    if (Array.isArray(value)) for (const item of value) walk(item, name);
    else if (isObject(value)) for (const [key, item] of Object.entries(value)) walk(item, key);
    else if (textOf(value)) {
      if (name !== "" && !/^\d+$/.test(name)) field ??= name;
      words.push(name === "" || /^\d+$/.test(name) ? String(value) : `${name}: ${value}`);
    }
  };
  walk(body.errors ?? null, "");
  field ??= /Parameter '(\w+)'/.exec(main ?? "")?.[1];
  const own = fieldOf(field);
  return {
    ...(words.length > 0 ? { text: words.join("; ").slice(0, 500) } : {}),
    ...(own === undefined ? {} : { field: own }),
  };
}

/** retailCRM names a field by its own path: `customFields[utm_source]`, `phones`, `customer.id`. Ours are flat. */
function fieldOf(name: string | undefined): string | undefined {
  if (name === undefined) return undefined;
  const custom = /customFields(?:\[|\.)["']?([\w-]+)/.exec(name)?.[1];
  if (custom) return `custom_${custom}`;
  if (/^phones?\b/.test(name)) return "phone";
  if (/^customer($|\[|\.)/.test(name)) return "customerId";
  return name.split(/[.[]/)[0];
}

export async function get(ctx: Context, path: string, query: Record<string, unknown> = {}): Promise<JsonObject> {
  return objectOf((await ctx.http({ path, query })).json());
}

/** Structured parameters become JSON text; `site` and `by` go beside them. */
export async function post(
  ctx: Context,
  path: string,
  parameters: Readonly<Record<string, Json | undefined>>,
  safe = false,
): Promise<JsonObject> {
  const form: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(parameters)) {
    if (value === undefined || value === null || value === "") continue;
    form[key] = typeof value === "object" ? stringifyJson(value) : value;
  }
  return objectOf((await ctx.http({ method: "POST", path: `${V5}/${path}`, form, safe })).json());
}

const SEARCHED = 100;
const MOST_SEARCHED_PAGES = 20;

/** Records that a filter finds, over its pages; those beyond the first 2 000 are not looked at. */
export async function search(
  ctx: Context,
  kind: "customers" | "orders",
  filter: Record<string, unknown>,
): Promise<JsonObject[]> {
  const found: JsonObject[] = [];
  for (let page = 1; page <= MOST_SEARCHED_PAGES; page++) {
    const numbered = page > 1 ? { page } : {};
    const body = await get(ctx, `${V5}/${kind}`, { filter, limit: SEARCHED, ...numbered });
    const some = objectsOf(body[kind]);
    found.push(...some);
    if (some.length < SEARCHED || page >= (numberOf(objectOf(body.pagination).totalPageCount) ?? 1)) break;
  }
  return found;
}

/** All pages of a list that is paged by number. */
export async function all(
  ctx: Context,
  path: string,
  key: string,
  query: Record<string, unknown> = {},
): Promise<JsonObject[]> {
  const found: JsonObject[] = [];
  for (let page = 1; ; page++) {
    const body = await get(ctx, `${V5}/${path}`, { ...query, limit: 100, page });
    found.push(...objectsOf(body[key]));
    const total = Number(objectOf(body.pagination).totalPageCount ?? 1);
    if (!(page < total)) return found;
  }
}

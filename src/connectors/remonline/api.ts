/** RemOnline / RO App over HTTP: two living generations of one API, and how both of them say no. */
import type { Api, HttpAnswer, HttpCall, Json, JsonObject, Text } from "../kit/define.ts";
import { ConnectorError } from "../kit/errors.ts";
import { isObject, listOf, objectOf, textOf } from "../kit/read.ts";
import { errorByStatus, isSafe, retryAfter } from "../kit/status.ts";

/** `1`: the key is exchanged for a short-lived token; `1key`: the old paths with the key itself; `2`: RO App. */
export type Version = "1" | "1key" | "2";
type Auth = Readonly<Record<string, string>>;

export function versionOf(auth: Auth): Version {
  const typed = auth.version?.trim();
  return typed === "2" || typed === "1key" ? typed : "1";
}

const HOSTS: Readonly<Record<Version, string>> = {
  "1": "api.remonline.app",
  "1key": "api.remonline.app",
  "2": "api.roapp.io",
};
export const hostOf = (auth: Auth): string => auth.host?.trim() || HOSTS[versionOf(auth)];

/** The code of a refusal that a fresh token mends. */
export const DEAD_TOKEN = "token";

export const api: Api = {
  base: "https://{host}",
  names: (auth) => ({ host: hostOf(auth) }),
  authorize: (auth) =>
    versionOf(auth) === "1" ? {} : { headers: { Authorization: `Bearer ${(auth.apiKey ?? "").trim()}` } },
  // Three a second are published today (eight once were), for both generations.
  limits: { perSecond: 3 },
  // They are the key's: a second connection with it, of whichever API version, has no more of them.
  lane: (auth) => (auth.apiKey ?? "").trim(),
  error(answer, call) {
    const { text: own, field, code } = ownWords(answer);
    const details = {
      code: code === null || code === String(answer.status) ? String(answer.status) : `${answer.status}/${code}`,
      ...(own ? { own } : {}),
    };
    if (answer.status === 401 || (answer.status === 403 && code === "101")) return keyRefused(call, code, details);
    if (answer.status === 403 || answer.status === 405) return new ConnectorError("forbidden", NO_RIGHT, details);
    if (answer.status === 404) return new ConnectorError("not_found", NOT_FOUND, details);
    if (answer.status === 429) {
      const retryAfterMs = Math.max(1_000, retryAfter(answer) ?? 0);
      return new ConnectorError("temporary", TOO_FAST, { ...details, retryAfterMs });
    }
    if (answer.status >= 500) {
      return isSafe(call)
        ? new ConnectorError("temporary", serverFault(answer.status), details)
        : new ConnectorError("unknown", faultyWrite(answer.status), details);
    }
    const isRefusal = answer.status < 300 && isJson(answer) && objectOf(answer.json()).success === false;
    if (answer.status >= 400 || isRefusal) {
      return new ConnectorError("data", badData(own), { ...details, ...(field ? { field } : {}) });
    }
    return errorByStatus(answer, call, "RemOnline", own);
  },
};

function keyRefused(call: HttpCall, code: string | null, details: { code: string }): ConnectorError {
  const isTokenAsked = call.path.startsWith("/token/new");
  if (!isTokenAsked && code !== "111" && "token" in (call.query ?? {})) {
    return new ConnectorError("access", TOKEN_REFUSED, { ...details, code: DEAD_TOKEN });
  }
  return new ConnectorError("access", KEY_REFUSED, { ...details, field: "apiKey" });
}

const KEY_REFUSED: Text = {
  ru: "РемонтОнлайн не принял ключ API. Скопируйте его заново: «Настройки → API».",
  en: "RemOnline did not accept the API key. Copy it again: “Settings → API”.",
};
const TOKEN_REFUSED: Text = {
  ru: "РемонтОнлайн не принимает временный токен, который сам же выдал. Подойдёт другая «Версия API».",
  en: "RemOnline does not accept the short-lived token that it gave. Another “API version” fits.",
};
const NO_RIGHT: Text = {
  ru: "РемонтОнлайн: нет права доступа к ресурсу. Ключ API действует от имени сотрудника: дайте его роли это право или возьмите ключ другого сотрудника.",
  en: "RemOnline: no right to this resource. The API key acts as an employee: give that role the right, or take another employee's key.",
};
const NOT_FOUND: Text = {
  ru: "РемонтОнлайн: запрашиваемый ресурс не найден. Проверьте ID: запись удалена или её не видит сотрудник, которому принадлежит ключ.",
  en: "RemOnline: what was asked for was not found. Check the ID: the record was deleted, or the key's employee can't see it.",
};
const TOO_FAST: Text = {
  ru: "РемонтОнлайн просит подождать: не больше трёх запросов в секунду.",
  en: "RemOnline asks to wait: no more than three requests a second.",
};
const serverFault = (status: number): Text => ({
  ru: `Программная ошибка на сервере РемонтОнлайн (${status}). Если она не пройдёт сама, сообщите о ней в поддержку remonline.ru.`,
  en: `A fault on RemOnline's server (${status}). If it doesn't pass by itself, tell RemOnline's support.`,
});
const faultyWrite = (status: number): Text => ({
  ru: `Программная ошибка на сервере РемонтОнлайн (${status}), и неизвестно, выполнен ли запрос. Если она повторяется, сообщите в поддержку remonline.ru.`,
  en: `A fault on RemOnline's server (${status}); whether the request was done is unknown. If it comes again, tell RemOnline's support.`,
});
const badData = (own: string | undefined): Text => ({
  ru: `Запрос содержит некорректные данные, РемонтОнлайн его не принял${own ? `: ${own}` : "."}`,
  en: `The request holds wrong data and RemOnline did not accept it${own ? `: ${own}` : "."}`,
});

const isJson = (answer: HttpAnswer) => /^\s*\{/.test(answer.text);

/** `message` is a sentence, or a map of sentences by field under `validation`; the map was seen in three places. */
function ownWords(answer: HttpAnswer): { text?: string; field?: string; code: string | null } {
  if (!isJson(answer)) return { code: null };
  let body: JsonObject;
  try {
    body = objectOf(answer.json());
  } catch {
    return { code: null };
  }
  const code = textOf(body.code);
  const maps = [objectOf(body.message).validation, body.validation, body.errors];
  const map = maps.find((one) => isObject(one));
  if (!isObject(map)) {
    const text = textOf(body.message) ?? textOf(body.error);
    return { ...(text ? { text: text.slice(0, 500) } : {}), code };
  }
  const words = Object.entries(map).map(([field, said]) => `${field}: ${sentences(said)}`);
  const [first] = Object.keys(map);
  const field = first === undefined ? undefined : fieldOf(first);
  return { text: words.join("; ").slice(0, 500), ...(field ? { field } : {}), code };
}

const sentences = (value: Json): string =>
  isObject(value) || Array.isArray(value) ? listOf(value).map(sentences).join(", ") : (textOf(value) ?? "");

const FIELDS: Readonly<Record<string, string>> = {
  name: "firstName",
  first_name: "firstName",
  last_name: "lastName",
  phone: "phone",
  phones: "phone",
  email: "email",
  ad_campaign_id: "adCampaignId",
  branch_id: "branchId",
  order_type: "orderTypeId",
  order_type_id: "orderTypeId",
  ordertype_id: "orderTypeId",
  client_id: "clientId",
  status_id: "statusId",
  manager: "managerId",
  manager_id: "managerId",
  engineer: "engineerId",
  assignee_id: "engineerId",
  model: "model",
  brand: "brand",
  serial: "serial",
  kindof_good: "kindofGood",
  malfunction: "malfunction",
  manager_notes: "managerNotes",
  estimated_cost: "estimatedCost",
  estimated_price: "estimatedCost",
  estimated_done_at: "estimatedDoneAt",
  due_date: "estimatedDoneAt",
  scheduled_for: "scheduledFor",
};

/** RemOnline names a field by its own name, or several at once: `custom_fields|group|kindof_good|brand|model|serial`. */
function fieldOf(name: string): string | undefined {
  const custom = /^(?:custom_fields[.[|])?f?(\d+)\]?$/.exec(name)?.[1];
  if (custom) return `custom_${custom}`;
  return name
    .split(/[|.[]/)
    .map((part) => FIELDS[part])
    .find((part) => part !== undefined);
}

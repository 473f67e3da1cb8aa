/** МойСклад over HTTP: JSON API 1.2, Basic or Bearer, gzip by force, errors as a list with codes. */
import type { Api, Context, HttpAnswer, HttpCall, Json, JsonObject, Text } from "../kit/define.ts";
import { ConnectorError, type ErrorClass } from "../kit/errors.ts";
import { numberOf, objectOf, objectsOf, textOf } from "../kit/read.ts";
import { errorByStatus } from "../kit/status.ts";
import { formatLocal, parseLocal } from "../kit/time.ts";

const NAME = { ru: "МойСклад", en: "MoySklad" };
/** References in bodies and filters carry this address whatever the way to the service is; another host is refused. */
export const BASE = "https://api.moysklad.ru/api/remap/1.2";
/** All times of the service are Moscow's, whatever the account's zone is. */
const ZONE = "Europe/Moscow";
/** Pages that ask for linked records: larger ones come without them, and without a word. */
export const PAGE = 100;
const LIST_PAGE = 1000;

/** Tokens are 40 hexadecimal digits; who has another kind says so in the connection. */
export function isToken({ signIn, password = "" }: Readonly<Record<string, string>>): boolean {
  if (signIn === "token" || signIn === "password") return signIn === "token";
  return /^[0-9a-f]{40}$/i.test(password.trim());
}

function authorization(auth: Readonly<Record<string, string>>): string {
  const secret = auth.password ?? "";
  if (isToken(auth)) return `Bearer ${secret.trim()}`;
  return `Basic ${Buffer.from(`${auth.login?.trim() ?? ""}:${secret}`).toString("base64")}`;
}

export const api: Api = {
  base: BASE,
  authorize: (auth) => ({
    headers: {
      Authorization: authorization(auth),
      Accept: "application/json;charset=utf-8",
      // Without it the answer is 415 and nothing else.
      "Accept-Encoding": "gzip",
    },
  }),
  // 45 units in 3 s, and a request weighs 4 of them from December 2026: eleven. Five at once are allowed.
  // Both are counted per user: connections of one login share them, whatever else differs.
  limits: { perSecond: 2, burst: 5, parallel: 4 },
  lane: (auth) => (isToken(auth) ? (auth.password ?? "").trim() : (auth.login ?? "").trim().toLowerCase()),
  error(answer, call) {
    const said = saidBy(answer);
    const details = {
      code: said.code === null ? String(answer.status) : `${answer.status} ${said.code}`,
      ...(said.own ? { own: said.own } : {}),
    };
    const known = said.code === null ? undefined : KNOWN[said.code];
    if (known && answer.status >= 400) {
      const [errorClass, sentence] = known;
      return new ConnectorError(errorClass, sentence, {
        ...details,
        ...(errorClass === "temporary" ? { retryAfterMs: retryAfter(answer) } : {}),
      });
    }
    if (answer.status === 429) {
      const [errorClass, sentence] = TOO_MANY;
      return new ConnectorError(errorClass, sentence, { ...details, retryAfterMs: retryAfter(answer) });
    }
    if ([400, 409, 412, 413, 414, 422].includes(answer.status)) return refused(said, details.code);
    return errorByStatus(answer, call, NAME, said.own);
  },
};

const TOO_MANY: readonly [ErrorClass, Text] = [
  "temporary",
  { ru: "МойСклад просит подождать: слишком много запросов.", en: "MoySklad asks to wait: too many requests." },
];
const right = (ru: string, en: string): readonly [ErrorClass, Text] => ["forbidden", { ru, en }];

/** Codes that say more than their status. */
const KNOWN: Readonly<Record<number, readonly [ErrorClass, Text]>> = {
  1021: ["not_found", { ru: "В МоёмСкладе нет такой записи.", en: "MoySklad has no such record." }],
  1048: TOO_MANY,
  1049: TOO_MANY,
  1073: TOO_MANY,
  1056: [
    "access",
    {
      ru: "МойСклад не принял логин и пароль (или токен). Логин берётся из «Настройки пользователя» и содержит @.",
      en: "MoySklad did not accept the login and password (or the token). The login stands in “User settings” and holds an @.",
    },
  ],
  1061: [
    "access",
    {
      ru: "У этого пользователя МоегоСклада нет доступа к API. Его даёт администратор в карточке сотрудника.",
      en: "This user of MoySklad may not use the API. An administrator grants it on the employee's card.",
    },
  ],
  1016: right(
    "У пользователя МоегоСклада нет права смотреть эти записи.",
    "The user of MoySklad has no right to view these records.",
  ),
  1017: right(
    "У пользователя МоегоСклада нет права менять эту запись.",
    "The user of MoySklad has no right to edit this record.",
  ),
  1045: right(
    "У пользователя МоегоСклада нет права создавать такие записи.",
    "The user of MoySklad has no right to create such records.",
  ),
  1065: [
    "temporary",
    {
      ru: "Запись в МоёмСкладе только что изменил кто-то другой.",
      en: "Somebody else has just changed the record in MoySklad.",
    },
  ],
  30004: right(
    "Вебхуки МоегоСклада включает только администратор. Без них связка спрашивает сама.",
    "Only an administrator may set up webhooks of MoySklad. Without them the bundle asks by itself.",
  ),
  30006: right(
    "Тариф МоегоСклада не даёт вебхуков. Без них связка спрашивает сама.",
    "The tariff of MoySklad has no webhooks. Without them the bundle asks by itself.",
  ),
  30007: [
    "data",
    {
      ru: "В МоёмСкладе уже пять таких вебхуков, больше нельзя. Связка спрашивает сама.",
      en: "MoySklad has five such webhooks already and allows no more. The bundle asks by itself.",
    },
  ],
};

/** Milliseconds in the service's own header; a limit of parallel calls isn't in it. */
function retryAfter(answer: HttpAnswer): number {
  const wait = numberOf(answer.headers["x-lognex-retry-after"]);
  return wait !== null && wait > 0 ? Math.min(wait, 60_000) : 1_000;
}

interface Said {
  readonly code: number | null;
  readonly own?: string;
  readonly field?: string;
}

/** `errors` of an object, or of the first refused element of a list; gateways answer pages of HTML. */
function saidBy(answer: HttpAnswer): Said {
  if (answer.status < 300 || !/^\s*[[{]/.test(answer.text)) return { code: null };
  let body: Json;
  try {
    body = answer.json();
  } catch {
    return { code: null };
  }
  const errors = objectsOf(objectOf(Array.isArray(body) ? body[0] : body).errors);
  const [first] = errors;
  if (!first) return { code: null };
  const own = errors.map((one) => textOf(one.error)).filter((one) => one !== null);
  const named = textOf(first.parameter) ?? /поле '([\w.]+)'/.exec(own[0] ?? "")?.[1] ?? null;
  const field = fieldOf(named);
  return {
    code: numberOf(first.code),
    ...(own.length > 0 ? { own: own.join("; ").slice(0, 500) } : {}),
    ...(field ? { field } : {}),
  };
}

/** The service's names of fields are ours, but for parts of them and for what stands in headers and queries. */
function fieldOf(named: string | null): string | undefined {
  const name = named?.split(/[.[]/)[0];
  return name === undefined || ["filter", "order", "limit", "offset", "attributes"].includes(name) ? undefined : name;
}

function refused({ own, field }: Said, code: string): ConnectorError {
  return new ConnectorError(
    "data",
    {
      ru: own ? `МойСклад не принял данные: ${own}` : "МойСклад не принял данные.",
      en: own ? `MoySklad did not accept the data: ${own}` : "MoySklad did not accept the data.",
    },
    { code, ...(own ? { own } : {}), ...(field ? { field } : {}) },
  );
}

// ---------------------------------------------------------------- calls

export type Entity = "counterparty" | "customerorder";

export async function get(ctx: Context, path: string, query: Record<string, unknown> = {}): Promise<JsonObject> {
  return objectOf((await ctx.http({ path, query })).json());
}

/** Creates carry a `syncId`, by which the service knows a repeated one; updates set the same state again. */
export async function write(ctx: Context, method: "POST" | "PUT", path: string, json: JsonObject): Promise<JsonObject> {
  const call: HttpCall = { method, path, json, safe: true };
  return objectOf((await ctx.http(call)).json());
}

/** One page of a plain list, and where the next one begins. */
export async function listPage(
  ctx: Context,
  path: string,
  page: string | undefined,
): Promise<{ rows: JsonObject[]; next?: string }> {
  const offset = Number(page ?? 0);
  const body = await get(ctx, path, { limit: LIST_PAGE, offset: offset || undefined });
  const rows = objectsOf(body.rows);
  const size = numberOf(objectOf(body.meta).size) ?? 0;
  return rows.length > 0 && offset + rows.length < size ? { rows, next: String(offset + rows.length) } : { rows };
}

export async function listAll(ctx: Context, path: string): Promise<JsonObject[]> {
  const all: JsonObject[] = [];
  let page: string | undefined;
  do {
    const read = await listPage(ctx, path, page);
    all.push(...read.rows);
    page = read.next;
  } while (page !== undefined);
  return all;
}

/** Conditions joined the service's way; several `=` of one field are alternatives. */
export const filterOf = (...conditions: readonly string[]): string =>
  conditions.map((condition) => condition.replaceAll(";", "\\;")).join(";");

// ---------------------------------------------------------------- references and times

export const reference = (type: string, path: string): JsonObject => ({
  meta: { href: `${BASE}/${path}`, type, mediaType: "application/json" },
});
/** A reference to a record by its id; undefined where there is none to refer to. */
export function entityOf(type: string, id: Json | undefined): JsonObject | undefined {
  const text = textOf(id);
  return text === null ? undefined : reference(type, `entity/${type}/${encodeURIComponent(text)}`);
}

/** The id at the end of a reference's address. */
export function idOf(value: Json | undefined): string | null {
  const object = objectOf(value);
  const own = textOf(object.id);
  if (own !== null) return own;
  const href = textOf(objectOf(object.meta).href) ?? textOf(object.href);
  return href?.split(/[?#]/)[0]?.split("/").at(-1) || null;
}

export const toMoscow = (date: Date): string => formatLocal(date, ZONE, "yyyy-MM-dd HH:mm:ss");
export function fromMoscow(value: Json | undefined): string | null {
  const text = textOf(value);
  return text === null ? null : (parseLocal(text, ZONE)?.toISOString() ?? null);
}
/** A moment of ours as the service writes it; a data error names the field. */
export function moscowTime(value: Json | undefined, field: string): string | undefined {
  const text = textOf(value);
  if (text === null) return undefined;
  const date = parseLocal(text, ZONE);
  if (date) return toMoscow(date);
  throw new ConnectorError(
    "data",
    { ru: `Не получается прочитать дату «${text}».`, en: `The date “${text}” can't be read.` },
    { field },
  );
}

/** Calls to RemOnline: the short-lived token of generation 1, pages, and what an answer holds. */
import type { Context, HttpCall, Json, JsonObject } from "../kit/define.ts";
import { ConnectorError } from "../kit/errors.ts";
import { numberOf, objectOf, objectsOf, textOf } from "../kit/read.ts";
import { DEAD_TOKEN, hostOf, versionOf } from "./api.ts";

/** Ten minutes by the documentation, a day by some clients: the shorter one is never wrong. */
const TOKEN_MS = 9 * 60_000;
const MANY = 1_000;

interface Token {
  readonly value: Promise<string>;
  readonly until: number;
}
/** Tokens of this process; one that died is told by the service, so an outdated entry costs one call. */
const tokens = new Map<string, Token>();

async function newToken(ctx: Context): Promise<string> {
  const json = { api_key: (ctx.auth.apiKey ?? "").trim() };
  const answer = await ctx.http({ method: "POST", path: "/token/new", json, safe: true });
  const token = textOf(objectOf(answer.json()).token);
  if (token !== null) return token;
  throw new ConnectorError("access", {
    ru: "РемонтОнлайн ответил без токена. Подойдёт другая «Версия API».",
    en: "RemOnline answered without a token. Another “API version” fits.",
  });
}

/** The token to use. `dead`: the one that was just refused; whoever else has a newer one already shares it. */
async function tokenOf(ctx: Context, dead?: string): Promise<string> {
  const key = `${hostOf(ctx.auth)} ${ctx.auth.apiKey}`;
  const known = tokens.get(key);
  const now = ctx.now().getTime();
  if (known && known.until > now) {
    const value = await known.value.catch(() => undefined);
    if (value !== undefined && value !== dead) return value;
  }
  const current = tokens.get(key);
  if (current && current !== known) return current.value;
  if (tokens.size >= MANY) tokens.clear();
  const fresh = { value: newToken(ctx), until: now + TOKEN_MS };
  tokens.set(key, fresh);
  fresh.value.catch(() => tokens.delete(key));
  return fresh.value;
}

/** One call with its credentials; a token that died is replaced once, and a second refusal is final. */
async function call(ctx: Context, request: HttpCall): Promise<Json> {
  if (versionOf(ctx.auth) !== "1") return (await ctx.http(request)).json();
  const using = async (token: string) =>
    (await ctx.http({ ...request, query: { ...request.query, token }, secrets: [token] })).json();
  const token = await tokenOf(ctx);
  try {
    return await using(token);
  } catch (error) {
    // Refused before anything was done, so also a create may be asked for again.
    if (!(error instanceof ConnectorError) || error.details.code !== DEAD_TOKEN) throw error;
    return using(await tokenOf(ctx, token));
  }
}

export const get = (ctx: Context, path: string, query: Readonly<Record<string, unknown>> = {}): Promise<Json> =>
  call(ctx, { path, query });

/** `safe`: doing it again sets the same state. */
export const send = (
  ctx: Context,
  method: "POST" | "PUT" | "PATCH",
  path: string,
  json: JsonObject,
  safe: boolean,
): Promise<Json> => call(ctx, { method, path, json, safe });

/** Records of an answer: `data` is a list, one record or missing; some lists come bare. */
export function rowsOf(body: Json): JsonObject[] {
  if (Array.isArray(body)) return objectsOf(body);
  const { data } = objectOf(body);
  if (Array.isArray(data)) return objectsOf(data);
  return data === undefined || data === null ? [] : [objectOf(data)];
}

/** The one record of an answer, in `data` or bare. */
export function rowOf(body: Json): JsonObject {
  const found = objectOf(body);
  return rowsOf(body)[0] ?? ("id" in found ? found : {});
}

const PAGE_1 = 50;
const PAGE_2 = 100;
const MOST_PAGES = 2_000;

const sizeOf = (ctx: Context) => (versionOf(ctx.auth) === "2" ? PAGE_2 : PAGE_1);

async function onePage(ctx: Context, path: string, query: Readonly<Record<string, unknown>>, page: number) {
  const size = sizeOf(ctx);
  const body = await get(ctx, path, { ...query, page, ...(versionOf(ctx.auth) === "2" ? { pageSize: size } : {}) });
  const rows = rowsOf(body);
  const paging = objectOf(objectOf(body).paging);
  const last = numberOf(paging.total_pages);
  const count = numberOf(paging.count) ?? numberOf(objectOf(body).count);
  const hasMore = last !== null ? page < last : rows.length >= size && (count === null || page * size < count);
  return { rows, isLast: !hasMore || rows.length === 0 };
}

/** Pages of a list, until a short one or the number that the service counts. */
export async function* pages(
  ctx: Context,
  path: string,
  query: Readonly<Record<string, unknown>>,
): AsyncIterable<JsonObject[]> {
  for (let page = 1; page <= MOST_PAGES; page++) {
    const { rows, isLast } = await onePage(ctx, path, query, page);
    yield rows;
    if (isLast) return;
  }
}

const changedAt = (row: JsonObject | undefined): number => Date.parse(textOf(row?.modified_at) ?? "");

/**
 * Pages by the moment of the last change (ISO, generation 2), oldest first. What is edited meanwhile moves to the end,
 * and the next number would skip its neighbour: so the next page begins at the last moment seen. Pages are numbered only
 * within one moment, and where the service doesn't keep to the order asked for.
 */
export async function* pagesByChange(
  ctx: Context,
  path: string,
  query: Readonly<Record<string, unknown>>,
  { from, to }: { readonly from: Date; readonly to?: Date },
): AsyncIterable<JsonObject[]> {
  const seen = new Set<string>();
  const keyOf = (row: JsonObject) => `${textOf(row.id)} ${textOf(row.modified_at)}`;
  let mark = from.getTime();
  let page = 1;
  for (let calls = 0; calls < MOST_PAGES; calls++) {
    const modified = [new Date(mark).toISOString(), ...(to ? [to.toISOString()] : [])];
    const { rows, isLast } = await onePage(ctx, path, { ...query, sort: "modified_at", modified_at: modified }, page);
    const fresh = rows.filter((row) => !seen.has(keyOf(row)));
    for (const row of fresh) seen.add(keyOf(row));
    yield fresh;
    if (isLast) return;
    const isOrdered = rows.every((row, at) => at === 0 || changedAt(rows[at - 1]) <= changedAt(row));
    const last = changedAt(rows.at(-1));
    page = isOrdered && last > mark ? 1 : page + 1;
    if (isOrdered && last > mark) mark = last;
  }
}

export async function all(
  ctx: Context,
  path: string,
  query: Readonly<Record<string, unknown>> = {},
): Promise<JsonObject[]> {
  const found: JsonObject[] = [];
  for await (const rows of pages(ctx, path, query)) found.push(...rows);
  return found;
}

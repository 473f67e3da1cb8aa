/** Calltouch over HTTP: the journals (token in the query) and the lead service (token in a header), and what they answer. */
import type { Api, Context, HttpAnswer, HttpCall, Json, JsonObject } from "../kit/define.ts";
import { ConnectorError } from "../kit/errors.ts";
import { isObject, listOf, objectOf, objectsOf, textOf } from "../kit/read.ts";
import { errorByStatus } from "../kit/status.ts";
import { formatLocal, isZone, parseLocal } from "../kit/time.ts";
import { NO_LEAD_CODE, refused } from "./refusal.ts";

const NAME = "Calltouch";
/** Calltouch writes local times of the account; accounts live in Moscow unless the connection says otherwise. */
const DEFAULT_ZONE = "Europe/Moscow";

export function zoneOf(auth: Readonly<Record<string, string>>): string {
  const zone = auth.timeZone?.trim();
  return zone && isZone(zone) ? zone : DEFAULT_ZONE;
}

export const api: Api = {
  base: "https://{host}",
  // Also a pasted `https://api-node3.calltouch.ru/` is understood.
  names: (auth) => ({
    host: (auth.host ?? "")
      .trim()
      .replace(/^[a-z]+:\/\//i, "")
      .replace(/[/?#].*$/, ""),
  }),
  // Five requests a second per address of the caller: all sites, the lead service and the journals share them.
  limits: { perSecond: 4, parallel: 4 },
  lane: () => "",
  error(answer, call) {
    const own = ownWords(answer);
    if (answer.status === 401 || answer.status === 403) {
      // Calltouch doesn't tell a wrong token from a missing right.
      return new ConnectorError(
        "access",
        {
          ru: "Calltouch не принял API-токен или ID сайта. Скопируйте их заново в разделе «Интеграции → API и Webhooks».",
          en: "Calltouch did not accept the API token or the site ID. Copy them again from “Integrations → API and Webhooks”.",
        },
        { code: String(answer.status), ...(own ? { own } : {}) },
      );
    }
    if (answer.status === 400 || answer.status === 422) return refused(own, String(answer.status), sentOf(call));
    return errorByStatus(answer, call, NAME, own) ?? validation(answer, call);
  },
};

/** The lead service may refuse a whole batch with 200 and `data.validationErrorData`. */
function validation(answer: HttpAnswer, call: HttpCall): ConnectorError | null {
  if (!call.path.startsWith("/lead-service/") || !answer.text.includes("validationErrorData")) return null;
  const problems = objectOf(objectOf(answer.json()).data).validationErrorData;
  if (problems === undefined || problems === null || listOf(problems).length === 0) return null;
  return refused(wordsOf(problems), "validation", sentOf(call));
}

/** The only item of what was sent to the lead service, or the query to a journal. */
function sentOf(call: HttpCall): Json {
  // Composed by us as JSON.
  const body = (call.json ?? call.query ?? call.form ?? null) as Json;
  const { clientApiId: _, ...rest } = objectOf(body);
  const [list] = [rest.orders, rest.leads, rest.requests, rest.calls].filter(Array.isArray);
  return list?.length === 1 ? (list[0] ?? null) : rest;
}

function ownWords(answer: HttpAnswer): string | undefined {
  const text = answer.text.trim();
  if (!text.startsWith("{") && !text.startsWith("[")) return undefined;
  try {
    const body = objectOf(answer.json());
    const data = objectOf(body.data);
    return wordsOf(data.validationErrorData ?? body.message ?? body.error ?? body.errorMessage ?? data.message ?? null);
  } catch {
    return undefined;
  }
}

/** All texts in an error, joined: its shape differs from method to method. */
function wordsOf(value: Json): string | undefined {
  const words: string[] = [];
  const walk = (part: Json, name: string): void => {
    if (Array.isArray(part)) for (const item of part) walk(item, name);
    else if (isObject(part)) for (const [key, item] of Object.entries(part)) walk(item, key);
    else if (part !== null && part !== false) words.push(name === "" ? String(part) : `${name}: ${part}`);
  };
  walk(value, "");
  const text = words.join("; ").slice(0, 500);
  return text === "" ? undefined : text;
}

/** The site's ID as it stands in addresses; digits or nothing. */
export function siteOf(ctx: Context): string {
  const site = ctx.auth.siteId?.trim() ?? "";
  if (/^\d+$/.test(site)) return site;
  throw new ConnectorError(
    "access",
    {
      ru: "ID сайта Calltouch состоит только из цифр, а указано другое.",
      en: "A Calltouch site ID is digits only, and this one isn't.",
    },
    { field: "siteId" },
  );
}

const PAGE = 1000;

/** Days of the calls journal (at most three months), all pages. The day's name is dd/mm/yyyy here. */
export async function callsOfDays(ctx: Context, from: Date, to: Date): Promise<JsonObject[]> {
  const zone = zoneOf(ctx.auth);
  return pages(ctx, `/calls-service/RestAPI/${siteOf(ctx)}/calls-diary/calls`, {
    dateFrom: formatLocal(from, zone, "dd/MM/yyyy"),
    dateTo: formatLocal(to, zone, "dd/MM/yyyy"),
    attribution: 1,
    withCallTags: true,
    withComments: true,
    withAttrs: true,
  });
}

/** Deals by their date; `from` must lie before `until`. */
export async function dealsBetween(ctx: Context, from: Date, until: Date): Promise<JsonObject[]> {
  const zone = zoneOf(ctx.auth);
  return pages(ctx, `/calls-service/RestAPI/${siteOf(ctx)}/orders-diary/orders`, {
    dateFrom: formatLocal(from, zone, "dd/MM/yyyy"),
    dateTo: formatLocal(until, zone, "dd/MM/yyyy"),
    withOrdersTags: true,
    withComments: true,
    withContacts: true,
  });
}

async function pages(ctx: Context, path: string, query: Record<string, unknown>): Promise<JsonObject[]> {
  const records: JsonObject[] = [];
  for (let page = 1; ; page++) {
    const answer = await ctx.http({ path, query: { clientApiId: ctx.auth.token, ...query, page, limit: PAGE } });
    const body = answer.json();
    // Without paging an account of an old node answers a bare list.
    if (Array.isArray(body)) return objectsOf(body);
    const found = objectsOf(objectOf(body).records);
    records.push(...found);
    const total = Number(objectOf(body).pageTotal ?? 1);
    if (found.length === 0 || !(page < total)) return records;
  }
}

/** Days of the requests journal. Here the day's name is mm/dd/yyyy, unlike in the calls journal. */
export async function requestsOfDays(ctx: Context, from: Date, to: Date): Promise<JsonObject[]> {
  const zone = zoneOf(ctx.auth);
  const answer = await ctx.http({
    path: "/calls-service/RestAPI/requests",
    query: {
      clientApiId: ctx.auth.token,
      siteId: siteOf(ctx),
      dateFrom: formatLocal(from, zone, "MM/dd/yyyy"),
      dateTo: formatLocal(to, zone, "MM/dd/yyyy"),
      withRequestTags: true,
      withCustomFields: true,
    },
  });
  const body = answer.json();
  return Array.isArray(body) ? objectsOf(body) : objectsOf(objectOf(body).records);
}

/** A call to the lead service; gives `data` of the answer. */
export async function lead(ctx: Context, method: string, json: JsonObject, safe = false): Promise<JsonObject> {
  const answer = await ctx.http({
    method: "POST",
    path: `/lead-service/v1/api/${method}`,
    headers: { "Access-Token": ctx.auth.token ?? "", SiteId: siteOf(ctx) },
    json,
    safe,
  });
  return objectOf(objectOf(answer.json()).data);
}

/**
 * The only item of a one-item batch. A refusal of the item comes inside a 200 as `error` (text or object), or as
 * `imported: false`; it is thrown as a data error that names what of `sent` it is about.
 */
export function onlyItem(data: JsonObject, list: string, sent: Json): JsonObject {
  const item = objectsOf(data[list])[0] ?? {};
  const error = item.error ?? item.errors ?? item.errorMessage;
  const isRefused = error !== undefined && error !== null && error !== false && wordsOf(error) !== undefined;
  if (!isRefused && item.imported !== false && item.success !== false) return item;
  throw refused(wordsOf(error ?? null), "item", sent);
}

/** Calltouch's words for "no such deal"; its exact answer isn't documented, so any of these counts. */
export function isMissing(error: unknown): boolean {
  if (!(error instanceof ConnectorError)) return false;
  if (error.errorClass === "not_found") return error.details.code === "404";
  return (
    error.errorClass === "data" &&
    error.details.code !== NO_LEAD_CODE &&
    /not[ _-]?found|not[ _-]?exist|unknown order|no such|не найден|не существует/i.test(error.details.own ?? "")
  );
}

/** A date of ours as the lead service wants it, in the account's zone. */
export function leadDate(ctx: Context, value: Json | undefined): string | undefined {
  const text = textOf(value);
  if (text === null) return undefined;
  const date = parseLocal(text, zoneOf(ctx.auth));
  if (!date) {
    throw new ConnectorError("data", {
      ru: `Не получается прочитать дату «${text}».`,
      en: `The date “${text}” can't be read.`,
    });
  }
  return formatLocal(date, zoneOf(ctx.auth), "dd-MM-yyyy HH:mm:ss");
}

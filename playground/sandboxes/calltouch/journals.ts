/** The journals of calls and requests (RestAPI family), with the service's own inconsistencies. */
import { type Call, collection, html, json, moscow, type Reply, type SandboxDeps } from "../kit.ts";
import { type Deal, type Lead, type PhoneCall, SITE, type SiteRequest, TOKEN } from "./records.ts";

const EMPTY = "<не указано>";

/** A number as the text that it is; TypeScript's library doesn't know `JSON.rawJSON` (ES2026) yet. */
const rawJson = (JSON as unknown as { rawJSON(text: string): unknown }).rawJSON;

export const deny = (deps: SandboxDeps): Reply => json(Number(deps.choice("denied")), { message: "Invalid token" });
/** A wrong route is answered with a redirect to the help page, not with JSON. */
export const astray = (): Reply => html(302, "Справка", { location: "https://www.calltouch.ru/support/" });

export function makeJournals(deps: SandboxDeps): (call: Call) => Reply {
  const calls = collection<PhoneCall>(deps, "calltouch", "calls");
  const requests = collection<SiteRequest>(deps, "calltouch", "requests");
  const deals = collection<Deal>(deps, "calltouch", "deals");

  const pairs = (fields: Readonly<Record<string, string>> = {}) =>
    Object.entries(fields).map(([field, value]) => ({ field, value }));
  const empties = (value: string) => (value === "" ? EMPTY : value);
  const flag = (value: boolean) => (deps.choice("booleans") === "strings" ? String(value) : value);
  const russian = (at: number) => {
    const [date = "", time = ""] = moscow(new Date(at)).split(" ");
    return `${date.split("-").reverse().join("/")} ${time}`;
  };
  const marketing = (one: Lead) => ({
    sessionId: 555_000 + one.id,
    city: "Москва",
    source: empties(one.source),
    medium: empties(one.medium),
    ref: "https://ya.ru/",
    url: "https://shop.test/",
    utmSource: empties(one.source),
    utmMedium: empties(one.medium),
    utmCampaign: empties(one.campaign),
    utmContent: EMPTY,
    utmTerm: EMPTY,
    browser: "Chrome",
    device: "desktop",
    os: "Mac",
    ip: "192.0.2.1",
    yaClientId: `1690000000${one.id}`,
  });
  const journalCall = (call: PhoneCall, query: URLSearchParams) => ({
    ...marketing(call),
    callId: call.id,
    callphase: "calldisconnected",
    callReferenceId: call.reference ?? `ref-${call.id}`,
    siteId: Number(SITE),
    siteName: "shop.test",
    attribution: 1,
    date: russian(call.at),
    timestamp: Math.floor(call.at / 1000),
    sessionDate: russian(call.at - 300_000),
    duration: call.duration,
    waitingConnect: 5,
    callerNumber: call.phone,
    phoneNumber: "74950000001",
    redirectNumber: "74950000002",
    manager: null,
    successful: flag(call.duration > 0),
    uniqueCall: flag(true),
    targetCall: flag(call.duration >= 20),
    uniqTargetCall: flag(call.duration >= 20),
    callbackCall: flag(false),
    keyword: "(not set)",
    callUrl: null,
    hostname: "shop.test",
    ctCallerId: "0f".repeat(16),
    clientId: `123456789.${call.id}`,
    // 19 digits as a bare JSON number, as the service sends it: precision dies in a careless parser.
    ctClientId: rawJson(`4611686018427${String(call.id).padStart(6, "0")}`),
    ctGlobalId: null,
    userAgent: "Mozilla/5.0",
    statusDetails: "answered",
    callTags:
      query.get("withCallTags") === "true"
        ? [
            { category: "AUTO", type: "DTMF", names: call.dtmf ? [call.dtmf] : [] },
            { category: "AUTO", type: "PHONE_NUMBER", names: ["основной номер"] },
            ...(call.tags?.length ? [{ category: "MANUAL", type: "MANUAL", names: call.tags }] : []),
          ]
        : null,
    additionalTags: [],
    comments: null,
    attrs: query.get("withAttrs") === "true" ? (call.fields ?? {}) : null,
    orders: null,
    order: null,
  });
  const journalRequest = (one: SiteRequest, query: URLSearchParams) => ({
    requestId: one.id,
    requestNumber: one.number ?? String(one.id),
    date: one.at,
    dateStr: russian(one.at),
    subject: one.subject,
    requestType: null,
    status: "NOT_SET",
    manager: null,
    comments: one.comment ? [{ comment: one.comment }] : [],
    requestUrl: "https://shop.test/",
    siteId: Number(SITE),
    uniqueRequest: true,
    targetRequest: true,
    uniqTargetRequest: true,
    client: {
      clientId: 300_000 + one.id,
      fio: one.fio,
      phones: one.phone ? [{ phoneNumber: one.phone, phoneType: "OTHER" }] : [],
      contacts: one.email ? [{ contactType: deps.choice("contactType"), contactValue: one.email }] : [],
    },
    session: {
      ...marketing(one),
      ...(one.session ? { sessionId: Number(one.session) } : {}),
      keywords: "",
      guaClientId: `987654321.${one.id}`,
      attribution: 1,
      additionalTags: [],
    },
    orders: [],
    RequestTags:
      query.get("withRequestTags") === "true" && one.tags?.length
        ? [{ category: "MANUAL", type: "MANUAL", names: one.tags }]
        : null,
    customFields: query.get("withCustomFields") === "true" ? pairs(one.fields) : null,
    mapVisits: null,
    ctClientId: 0,
    widgetInfo: null,
  });

  /** Days are Moscow days; `order` says where day and month stand in `a/b/yyyy`. */
  function inDays<T extends Lead>(all: T[], query: URLSearchParams, order: "dmy" | "mdy"): T[] | null {
    const day = (value: string | null) => {
      const parts = value?.match(/^(\d\d)\/(\d\d)\/(\d{4})$/);
      if (!parts) return null;
      const [, a, b, year] = parts;
      const iso = order === "dmy" ? `${year}-${b}-${a}` : `${year}-${a}-${b}`;
      const at = Date.parse(`${iso}T00:00:00+03:00`);
      return Number.isNaN(at) ? null : at;
    };
    const from = day(query.get("dateFrom"));
    const until = day(query.get("dateTo"));
    if (from === null || until === null) return null;
    return all.filter((one) => one.at >= from && one.at < until + 86_400_000);
  }

  /** By the date that the deal was given; the end must lie behind the beginning. */
  function dealsInDays(query: URLSearchParams): Deal[] | null {
    const day = (name: string) =>
      query
        .get(name)
        ?.match(/^\d\d\/\d\d\/\d{4}$/)?.[0]
        .split("/")
        .reverse()
        .join("-");
    const [from, until] = [day("dateFrom"), day("dateTo")];
    if (!from || !until || from >= until) return null;
    return deals.all().filter((deal) => {
      const given = deal.orderDate.slice(0, 10).split("-").reverse().join("-");
      const own = given === "" ? moscow(new Date(deal.createdAt)).slice(0, 10) : given;
      return own >= from && own <= until;
    });
  }
  const journalDeal = (deal: Deal, query: URLSearchParams) => ({
    orderId: deal.calltouchOrderId,
    orderNumber: deal.orderNumber,
    orderName: empties(deal.orderName),
    orderStatus: deal.status,
    funnel: empties(deal.funnel),
    createdDate: russian(deal.createdAt),
    orderDate: deal.orderDate ? deal.orderDate.replaceAll("-", "/") : russian(deal.createdAt),
    updatedDate: deal.updates === 0 && deps.choice("unchanged") === "empty" ? null : russian(deal.updatedAt),
    plannedAmount: Number(deal.revenue) || 0,
    completedAmount: null,
    manager: deal.manager || null,
    tags: query.get("withOrdersTags") === "true" ? deal.tags.map((tag) => ({ tag })) : null,
    comment: query.get("withComments") === "true" ? deal.comment : null,
    client:
      query.get("withContacts") === "true"
        ? {
            fio: deal.fio,
            phones: deal.phone ? [{ phoneNumber: deal.phone, phoneType: "OTHER" }] : [],
            emails: deal.email ? [deal.email] : [],
          }
        : null,
    visit: null,
    orderSource: { type: deal.leadType.toUpperCase() },
    customFields: pairs(deal.fields),
  });

  function envelope(records: unknown[], query: URLSearchParams): unknown {
    const size = Math.min(Number(query.get("limit") ?? 100), 1_000);
    const page = Math.max(Number(query.get("page") ?? 1), 1);
    return {
      page,
      pageTotal: Math.max(Math.ceil(records.length / size), 1),
      pageSize: size,
      recordsTotal: records.length,
      records: records.slice((page - 1) * size, page * size),
    };
  }

  function journal(call: Call): Reply {
    const badDates = json(400, { errorCode: 400, message: "dateFrom and dateTo are required" });
    const route = call.path.match(/^calls-service\/RestAPI\/(?:(\d+)\/)?(.+)$/);
    const site = route?.[1] ?? call.query.get("siteId");
    if (!route) return astray();
    if (call.query.get("clientApiId") !== TOKEN) return deny(deps);
    const what = route[2];
    if (what === "getnodeid") return json(200, { nodeId: 1 });
    if (site !== SITE) return json(403, { message: "Access denied for this site" });
    if (what === "calls-diary/calls") {
      const found = inDays(calls.all(), call.query, "dmy");
      if (!found) return badDates;
      const records = found.map((one) => journalCall(one, call.query));
      return call.query.has("page") ? json(200, envelope(records, call.query)) : json(200, records);
    }
    if (what === "requests") {
      const found = inDays(requests.all(), call.query, "mdy");
      if (!found) return badDates;
      const records = found.map((one) => journalRequest(one, call.query));
      const pages = deps.choice("requestPages") === "envelope" && call.query.has("page");
      return json(200, pages ? envelope(records, call.query) : records);
    }
    if (what === "orders-diary/orders") {
      const found = dealsInDays(call.query);
      if (!found) return badDates;
      return json(
        200,
        envelope(
          found.map((deal) => journalDeal(deal, call.query)),
          call.query,
        ),
      );
    }
    return astray();
  }

  return journal;
}

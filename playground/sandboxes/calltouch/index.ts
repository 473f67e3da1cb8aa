/** Calltouch as its contract sheet describes it: journals of calls and requests, deals of the lead service, webhooks from the UI. */
import { collection, json, moscow, nested, type Sandbox, type SandboxDeps, text } from "../kit.ts";
import { makeLeadService } from "./deals.ts";
import { deny, makeJournals } from "./journals.ts";
import { type Deal, type Lead, type PhoneCall, type Settings, SITE, type SiteRequest, TOKEN } from "./records.ts";
import { buttons, SWITCHES, tables } from "./screen.ts";

export function makeCalltouch(deps: SandboxDeps): Sandbox {
  const calls = collection<PhoneCall>(deps, "calltouch", "calls");
  const requests = collection<SiteRequest>(deps, "calltouch", "requests");
  const deals = collection<Deal>(deps, "calltouch", "deals");
  const settings = collection<Settings>(deps, "calltouch", "settings");

  const lead = (fields: Record<string, string>) => ({
    at: deps.now().getTime(),
    source: fields.source ?? "yandex",
    medium: fields.medium ?? "cpc",
    campaign: fields.campaign ?? "",
  });

  // ---------------------------------------------------------------- life

  function addCall(fields: Record<string, string>): PhoneCall {
    const id = 100_000 + calls.next();
    const call: PhoneCall = {
      ...lead(fields),
      id,
      phone: (fields.phone ?? "").replace(/\D/g, ""),
      duration: Number(fields.duration ?? 42) || 0,
      dtmf: fields.dtmf ?? "",
    };
    calls.put(String(id), call);
    return call;
  }
  function addRequest(fields: Record<string, string>): number {
    const id = 200_000 + requests.next();
    requests.put(String(id), {
      ...lead(fields),
      id,
      fio: fields.fio ?? "",
      phone: (fields.phone ?? "").replace(/\D/g, ""),
      email: fields.email ?? "",
      subject: fields.subject ?? "",
    });
    return id;
  }

  /** Every value is a string and an empty one is the string "null". */
  const hookFields = (values: Record<string, unknown>) =>
    Object.fromEntries(
      Object.entries(values).map(([key, value]) => [
        key,
        value === "" || value === null || value === undefined ? "null" : String(value),
      ]),
    );
  const hookMarketing = (one: Lead) => ({
    timestamp: Math.floor(one.at / 1000),
    source: one.source,
    medium: one.medium,
    utm_source: one.source,
    utm_medium: one.medium,
    utm_campaign: one.campaign,
    utm_content: "",
    utm_term: "",
    yaClientId: `1690000000${one.id}`,
    sessionId: 555_000 + one.id,
    ctClientId: `4611686018427${String(one.id).padStart(6, "0")}`,
    url: "https://shop.test/",
    ref: "https://ya.ru/",
    city: "Москва",
    hostname: "shop.test",
    siteId: SITE,
    siteName: "shop.test",
    sendingTimestamp: Math.floor(deps.now().getTime() / 1000),
    browser: "Chrome",
    os: "Mac",
    device: "desktop",
    ip: "192.0.2.1",
    userAgent: "Mozilla/5.0",
    attrs: "{}",
    attribution: 1,
  });
  async function sendCall(call: PhoneCall): Promise<number[]> {
    const url = settings.get("hook")?.hookUrl;
    if (!url) return [];
    const start = {
      ...hookMarketing(call),
      leadtype: "call",
      callphase: "callconnected",
      id: call.id,
      callerphone: call.phone,
      phonenumber: "74950000001",
      calltime: moscow(new Date(call.at)),
      unique: "true",
      callback: "non-callback",
      // Unknown until somebody answers.
      redirectNumber: "undefined",
      gcid: `123456789.${call.id}`,
      changedFields: "",
    };
    const end = {
      ...start,
      callphase: "calldisconnected",
      duration: call.duration,
      waiting_time: 5,
      redirectNumber: "74950000002",
      status: call.duration > 0 ? "successful" : "unsuccessful",
      statusDetails: "answered",
      targetcall: "target",
      uniqtargetcall: "uniqtarget",
      tags_auto_ct: call.dtmf,
      tags_auto_pn: "основной номер",
      changedFields: "duration,status",
    };
    return [
      await deps.send(url, { kind: "form", value: hookFields(start) }),
      await deps.send(url, { kind: "form", value: hookFields(end) }),
    ];
  }
  async function sendRequest(id: number): Promise<number[]> {
    const url = settings.get("hook")?.hookUrl;
    const one = requests.get(String(id));
    if (!url || !one) return [];
    const body = {
      ...hookMarketing(one),
      leadtype: "request",
      requestId: id,
      requestNumber: id,
      subject: one.subject,
      fio: one.fio,
      callerphone: one.phone,
      email: one.email,
      requestDate: moscow(new Date(one.at)),
      uniquerequest: "true",
      targetrequest: "target",
      uniqtargetrequest: "uniqtarget",
      changedFields: "",
    };
    return [await deps.send(url, { kind: "form", value: hookFields(body) })];
  }

  const journals = makeJournals(deps);
  const leads = makeLeadService(deps, addRequest);

  return {
    key: "calltouch",
    name: { ru: "Calltouch", en: "Calltouch" },
    perSecond: 5,
    credentials: [
      { key: "siteId", label: { ru: "ID сайта", en: "Site ID" }, value: SITE },
      { key: "token", label: { ru: "API-токен", en: "API token" }, value: TOKEN },
    ],
    switches: SWITCHES,
    tables: () => tables(calls.all(), requests.all(), deals.all()),
    buttons: () => buttons(settings.get("hook")?.hookUrl ?? ""),
    async press(button, fields) {
      if (button === "call") {
        const call = addCall(fields);
        return { id: call.id, sent: await sendCall(call) };
      }
      if (button === "request") {
        const id = addRequest(fields);
        return { id, sent: await sendRequest(id) };
      }
      settings.put("hook", { hookUrl: (fields.url ?? "").trim() });
      return {};
    },
    handle: (call) => {
      if (call.path.startsWith("lead-service/v1/api/")) return leads(call);
      // The site's own form needs no token.
      const form = call.path.match(/^calls-service\/RestAPI\/requests\/(\d+)\/register$/);
      if (form) {
        const values = nested(call.method === "POST" ? new URLSearchParams(call.body) : call.query);
        return json(200, {
          requestId: addRequest({
            fio: text(values.fio) ?? "",
            phone: text(values.phoneNumber) ?? "",
            email: text(values.email) ?? "",
            subject: text(values.subject) ?? "",
          }),
        });
      }
      return journals(call);
    },
    tooMany: () => json(429, { message: "Too many requests" }, { "retry-after": "1" }),
    expired: () => deny(deps),
    clear: () => {
      for (const kind of [calls, requests, deals, settings]) kind.clear();
    },
  };
}

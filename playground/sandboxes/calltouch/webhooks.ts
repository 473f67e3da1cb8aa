/** Webhooks that a person set up in Calltouch's interface: forms of text, where nothing is the word null. */
import { collection, moscow, type SandboxDeps } from "../kit.ts";
import { type Deal, type Lead, type PhoneCall, type Settings, SITE, type SiteRequest } from "./records.ts";

export function makeWebhooks(deps: SandboxDeps) {
  const requests = collection<SiteRequest>(deps, "calltouch", "requests");
  const settings = collection<Settings>(deps, "calltouch", "settings");

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
      callReferenceNumber: call.reference ?? `ref-${call.id}`,
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
  /** What deals' parameters are called isn't published; the names here are those of the journal. */
  async function sendDeal(deal: Deal, event: string): Promise<number[]> {
    const url = settings.get("hook")?.dealUrl;
    if (!url) return [];
    const body = {
      event,
      orderId: deal.calltouchOrderId,
      orderNumber: deal.orderNumber,
      orderName: deal.orderName,
      orderStatus: deal.status,
      revenue: deal.revenue,
      siteId: SITE,
      sendingTimestamp: Math.floor(deps.now().getTime() / 1000),
    };
    return [await deps.send(url, { kind: "form", value: hookFields(body) })];
  }

  return { sendCall, sendRequest, sendDeal };
}

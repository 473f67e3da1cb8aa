/** Calltouch as its contract sheet describes it: journals of calls, requests and deals, the lead service, webhooks from the UI. */
import { collection, json, nested, type Sandbox, type SandboxDeps, text } from "../kit.ts";
import { makeDeals } from "./deals.ts";
import { deny, makeJournals } from "./journals.ts";
import { type Born, makeLeads } from "./leads.ts";
import { makeMatching } from "./matching.ts";
import { type Chat, type Deal, type PhoneCall, type Settings, SITE, type SiteRequest, TOKEN } from "./records.ts";
import { buttons, SWITCHES, tables } from "./screen.ts";
import { makeLeadService } from "./service.ts";
import { makeWebhooks } from "./webhooks.ts";

export function makeCalltouch(deps: SandboxDeps): Sandbox {
  const calls = collection<PhoneCall>(deps, "calltouch", "calls");
  const requests = collection<SiteRequest>(deps, "calltouch", "requests");
  const deals = collection<Deal>(deps, "calltouch", "deals");
  const chats = collection<Chat>(deps, "calltouch", "chats");
  const settings = collection<Settings>(deps, "calltouch", "settings");

  const lead = (fields: Readonly<Record<string, string>>) => ({
    at: deps.now().getTime(),
    source: fields.source ?? "yandex",
    medium: fields.medium ?? "cpc",
    campaign: fields.campaign ?? "",
  });

  // ---------------------------------------------------------------- life

  const born: Born = {
    call(fields, more = {}) {
      const id = 100_000 + calls.next();
      const call: PhoneCall = {
        ...lead(fields),
        id,
        phone: (fields.phone ?? "").replace(/\D/g, ""),
        duration: Number(fields.duration ?? 42) || 0,
        dtmf: fields.dtmf ?? "",
        ...more,
      };
      calls.put(String(id), call);
      return call;
    },
    request(fields, more = {}) {
      const id = 200_000 + requests.next();
      requests.put(String(id), {
        ...lead(fields),
        id,
        fio: fields.fio ?? "",
        phone: (fields.phone ?? "").replace(/\D/g, ""),
        email: fields.email ?? "",
        subject: fields.subject ?? "",
        ...more,
      });
      return id;
    },
  };

  const match = makeMatching(deps);
  const leads = makeLeads(deps, match, born);
  const sales = makeDeals(deps, match, leads.tag);
  const { sendCall, sendRequest, sendDeal } = makeWebhooks(deps);
  const journals = makeJournals(deps);
  const service = makeLeadService(deps, { ...leads.methods, ...sales.methods }, { ...leads.more, ...sales.more });

  /** A deal that the shop's own CRM sends, and its change. */
  async function pressDeal(fields: Readonly<Record<string, string>>): Promise<unknown> {
    const number = fields.number || `crm-${deals.next()}`;
    sales.methods["client-order/create"]?.answer({
      matching: [{ type: "withoutSource" }],
      orderNumber: number,
      status: fields.status ?? "PENDING",
      revenue: fields.revenue ?? "0",
      orderName: fields.name ?? "",
      orderDate: "",
    });
    const deal = deals.get(number);
    return deal ? { number, id: deal.calltouchOrderId, sent: await sendDeal(deal, "create") } : {};
  }
  async function pressEdit(fields: Readonly<Record<string, string>>): Promise<unknown> {
    const deal = deals.get(fields.number ?? "");
    if (!deal) throw new Error(`no deal with number ${fields.number}`);
    sales.change(deal, { status: fields.status ?? deal.status, revenue: fields.revenue ?? deal.revenue });
    return { number: deal.orderNumber, sent: await sendDeal(deals.get(deal.orderNumber) ?? deal, "update") };
  }

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
    buttons: () => buttons(settings.get("hook") ?? { hookUrl: "" }, deals.all().at(-1)),
    async press(button, fields) {
      if (button === "call") {
        const call = born.call(fields);
        return { id: call.id, sent: await sendCall(call) };
      }
      if (button === "request") {
        const id = born.request(fields);
        return { id, sent: await sendRequest(id) };
      }
      if (button === "chat") {
        const id = 400_000 + chats.next();
        chats.put(String(id), { id, at: deps.now().getTime(), phone: fields.phone ?? "" });
        return { id };
      }
      if (button === "deal") return pressDeal(fields);
      if (button === "editDeal") return pressEdit(fields);
      const known = settings.get("hook") ?? { hookUrl: "" };
      const url = (fields.url ?? "").trim();
      settings.put("hook", button === "dealWebhook" ? { ...known, dealUrl: url } : { ...known, hookUrl: url });
      return {};
    },
    handle: (call) => {
      if (call.path.startsWith("lead-service/v1/api/")) return service(call);
      // The site's own form needs no token.
      const form = call.path.match(/^calls-service\/RestAPI\/requests\/(\d+)\/register$/);
      if (form) {
        const values = nested(call.method === "POST" ? new URLSearchParams(call.body) : call.query);
        const { requestNumber, sessionId, comment, tags } = values;
        const fields = {
          fio: text(values.fio) ?? "",
          phone: text(values.phoneNumber) ?? "",
          email: text(values.email) ?? "",
          subject: text(values.subject) ?? "",
        };
        const more = {
          ...(text(requestNumber) ? { number: text(requestNumber) ?? "" } : {}),
          ...(text(sessionId) ? { session: text(sessionId) ?? "" } : {}),
          comment: text(comment) ?? "",
          tags: (text(tags) ?? "").split(",").filter(Boolean),
        };
        return json(200, { requestId: born.request(fields, more) });
      }
      return journals(call);
    },
    tooMany: () => json(429, { message: "Too many requests" }, { "retry-after": "1" }),
    expired: () => deny(deps),
    clear() {
      for (const kind of [calls, requests, chats, deals, settings]) kind.clear();
      leads.clear();
    },
  };
}

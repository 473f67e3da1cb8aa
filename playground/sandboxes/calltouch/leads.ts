/** Requests and calls made from outside, and what is added to leads that are there. */
import { collection, json, list, object, type SandboxDeps, text } from "../kit.ts";
import { fieldsIn, mixed, tagsIn } from "./deals.ts";
import type { Matched, makeMatching } from "./matching.ts";
import type { Deal, Lead, PhoneCall, SiteRequest } from "./records.ts";
import type { Item, Method } from "./service.ts";

export interface Born {
  call(fields: Readonly<Record<string, string>>, more?: Partial<PhoneCall>): PhoneCall;
  request(fields: Readonly<Record<string, string>>, more?: Partial<SiteRequest>): number;
}

export function makeLeads(deps: SandboxDeps, match: ReturnType<typeof makeMatching>, born: Born) {
  const calls = collection<PhoneCall>(deps, "calltouch", "calls");
  const requests = collection<SiteRequest>(deps, "calltouch", "requests");
  const deals = collection<Deal>(deps, "calltouch", "deals");
  const log = collection<{ id: number }>(deps, "calltouch", "importLog");

  /** Calls and requests alike. */
  function edit(lead: Matched, change: (one: Lead) => Partial<Lead>): void {
    const call = lead.type === "call" ? calls.get(lead.id) : undefined;
    const request = lead.type === "request" ? requests.get(lead.id) : undefined;
    if (call) calls.put(lead.id, { ...call, ...change(call) });
    if (request) requests.put(lead.id, { ...request, ...change(request) });
  }
  const tag = (lead: Matched, tags: readonly string[]) =>
    edit(lead, (one) => ({ tags: [...new Set([...(one.tags ?? []), ...tags])] }));

  const matched = (item: Item, what: (lead: Matched) => void): Item => {
    const lead = match(item.matching);
    if (!lead || !["call", "request"].includes(lead.type)) return { error: "lead not found by matching" };
    what(lead);
    return { leadType: lead.type, leadId: Number(lead.id) };
  };

  function createRequest(item: Item): Item {
    const number = text(item.requestNumber);
    const sources = object(item.customSources) ?? {};
    const id = born.request(
      {
        fio: text(item.fio) ?? "",
        phone: text(item.phoneNumber) ?? "",
        email: text(item.email) ?? "",
        subject: text(item.subject) ?? "",
        source: text(sources.source) ?? "",
        medium: text(sources.medium) ?? "",
        campaign: text(sources.campaign) ?? "",
      },
      {
        ...(number ? { number } : {}),
        comment: text(object(item.comment)?.text) ?? "",
        tags: tagsIn(item.addTags),
        fields: fieldsIn(item.customFields),
      },
    );
    return { requestNumber: number ?? String(id), imported: true };
  }

  /** The queue is worked off at once here; a call of a known external id is passed over. */
  function importCalls(items: readonly Item[]): Item {
    for (const item of items) {
      const reference = text(item.referenceId) ?? "";
      if (reference === "" || calls.all().some((call) => call.reference === reference)) continue;
      const sources = object(item.customSources) ?? {};
      born.call(
        {
          phone: text(item.clientPhoneNumber) ?? "",
          duration: text(item.duration) ?? "0",
          source: text(sources.source) ?? "",
          medium: text(sources.medium) ?? "",
          campaign: text(sources.campaign) ?? "",
        },
        { reference, tags: tagsIn(item.addTags) },
      );
    }
    const logId = log.next();
    log.put(String(logId), { id: logId });
    return { logId };
  }

  const methods: Readonly<Record<string, Method>> = {
    "request/create": {
      list: "requests",
      known:
        "requestNumber subject requestUrl requestDate phoneNumber email fio comment addTags customSources customFields manager sessionId",
      answer: createRequest,
    },
    "call/import": {
      list: "calls",
      known:
        "referenceId sipCallId clientPhoneNumber callCenterPhoneNumber callStartTime duration waitingTime status recordUrl comment addTags customSources",
      answer: (item) => item,
      data: importCalls,
    },
    "tag/lead/add": {
      list: "leads",
      known: "matching addTags",
      answer: (item) => matched(item, (lead) => edit(lead, (one) => ({ tags: mixed(one.tags ?? [], item.addTags) }))),
    },
    "customfield/lead/add": {
      list: "leads",
      known: "matching addCustomFields",
      answer: (item) =>
        matched(item, (lead) => {
          const { overwrite, customFields } = object(item.addCustomFields) ?? {};
          const sent = fieldsIn(customFields);
          edit(lead, (one) => ({
            fields: overwrite === true ? { ...one.fields, ...sent } : { ...sent, ...one.fields },
          }));
        }),
    },
  };
  const more = {
    "customfield/delete": (body: Item) => {
      const names = list(body.customFields);
      const ids = ["callId", "requestId", "orderNumber"].filter((key) => text(body[key]) !== undefined);
      const [key = ""] = ids;
      const id = text(body[key]) ?? "";
      if (ids.length !== 1 || names.length === 0)
        return json(400, { data: { validationErrorData: { violations: ["exactly one id and some customFields"] } } });
      const without = (fields: Readonly<Record<string, string>> = {}) =>
        Object.fromEntries(Object.entries(fields).filter(([name]) => !names.includes(name)));
      const deal = key === "orderNumber" ? deals.get(id) : undefined;
      if (deal) deals.put(id, { ...deal, fields: without(deal.fields) });
      else edit({ type: key === "callId" ? "call" : "request", id }, (one) => ({ fields: without(one.fields) }));
      return json(200, { data: {} });
    },
  };
  return { methods, more, tag, clear: () => log.clear() };
}

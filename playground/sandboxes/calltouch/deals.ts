/** The lead service: deals v2 and requests made from outside, checked as the sheet says. */
import { type Call, collection, json, list, object, objects, type Reply, type SandboxDeps, text } from "../kit.ts";
import { astray, deny } from "./journals.ts";
import { type Deal, type PhoneCall, SITE, type SiteRequest, TOKEN } from "./records.ts";

export function makeLeadService(
  deps: SandboxDeps,
  addRequest: (fields: Record<string, string>) => number,
): (call: Call) => Reply {
  const calls = collection<PhoneCall>(deps, "calltouch", "calls");
  const requests = collection<SiteRequest>(deps, "calltouch", "requests");
  const deals = collection<Deal>(deps, "calltouch", "deals");

  const failed = (message: string) => ({ error: message });

  function createDeal(order: Record<string, unknown>): Record<string, unknown> {
    const number = text(order.orderNumber);
    if (!number) return failed("orderNumber is required");
    if (!text(order.status)) return { orderNumber: number, ...failed("status is required") };
    if (deals.get(number)) {
      const known = deals.get(number);
      return deps.choice("sameNumber") === "error"
        ? { orderNumber: number, ...failed(`Order ${number} already exists`) }
        : { orderNumber: number, calltouchOrderId: known?.calltouchOrderId };
    }
    const matched = (Array.isArray(order.matching) ? order.matching : []).map(object).find((way) => {
      const callId = text(object(way?.callParams)?.callId);
      const requestId = text(object(way?.requestParams)?.requestId);
      return way?.type === "withoutSource" || (callId && calls.get(callId)) || (requestId && requests.get(requestId));
    });
    if (!matched) return { orderNumber: number, ...failed("lead not found by matching") };
    const id = 900_000 + deals.next();
    deals.put(number, {
      orderNumber: number,
      calltouchOrderId: id,
      status: text(order.status) ?? "",
      revenue: text(order.revenue) ?? "",
      orderDate: text(order.orderDate) ?? "",
      statusDate: text(order.statusDate) ?? "",
      leadType: String(matched.type),
      leadId: text(object(matched.callParams)?.callId) ?? text(object(matched.requestParams)?.requestId) ?? "",
      orderName: text(order.orderName) ?? "",
      updates: 0,
    });
    return { orderNumber: number, calltouchOrderId: id };
  }

  function updateDeal(order: Record<string, unknown>): Record<string, unknown> {
    const number = text(order.orderNumber) ?? "";
    const deal = deals.get(number);
    if (!deal) {
      if (deps.choice("unknownNumber") === "silent") return { orderNumber: number };
      return { orderNumber: number, ...failed(`Order ${number} not found`) };
    }
    const change = (key: "status" | "revenue" | "statusDate" | "orderName") => text(order[key]) ?? deal[key];
    deals.put(number, {
      ...deal,
      status: change("status"),
      revenue: change("revenue"),
      statusDate: change("statusDate"),
      orderName: change("orderName"),
      updates: deal.updates + 1,
    });
    return { orderNumber: number, calltouchOrderId: deal.calltouchOrderId };
  }

  /** `dd-mm-yyyy hh:mm:ss` is the only date form of the lead service; anything else fails the whole call. */
  function badDate(order: Record<string, unknown>): string | null {
    for (const key of ["orderDate", "statusDate", "updateDate"]) {
      const value = text(order[key]);
      if (value && !/^\d\d-\d\d-\d{4} \d\d:\d\d:\d\d$/.test(value))
        return `${key}: expected dd-MM-yyyy HH:mm:ss, got ${value}`;
    }
    return null;
  }

  function leadService(call: Call): Reply {
    if (call.headers["access-token"] !== TOKEN) return deny(deps);
    if (call.headers.siteid !== SITE) return json(403, { message: "Access denied for this site" });
    if (call.method !== "POST") return json(405, { message: "Method not allowed" });
    let body: Record<string, unknown> | undefined;
    try {
      body = object(JSON.parse(call.body));
    } catch {
      return json(400, { data: { validationErrorData: { violations: ["malformed JSON"] } } });
    }
    const route = call.path.replace("lead-service/v1/api/", "");
    if (route === "client-order/delete") {
      for (const number of list(body?.orderNumbers)) deals.remove(number);
      return json(200, { data: { orders: list(body?.orderNumbers).map((orderNumber) => ({ orderNumber })) } });
    }
    if (route === "request/create") {
      const items = objects(body?.requests);
      const made = items.map((item) => {
        const id = addRequest({
          fio: text(item.fio) ?? "",
          phone: text(item.phoneNumber) ?? "",
          email: text(item.email) ?? "",
          subject: text(item.subject) ?? "",
        });
        return { requestNumber: text(item.requestNumber) ?? String(id), imported: true };
      });
      return json(200, { data: { requests: made } });
    }
    if (route !== "client-order/create" && route !== "client-order/update") return astray();
    const orders = objects(body?.orders);
    const violations = orders.flatMap((order) => badDate(order) ?? []);
    if (!text(body?.crm)) violations.push("crm: must not be empty");
    if (orders.length === 0) violations.push("orders: must not be empty");
    if (orders.length > 100) violations.push("orders: at most 100");
    if (violations.length > 0) return json(400, { data: { validationErrorData: { violations } } });
    return json(200, { data: { orders: orders.map(route.endsWith("create") ? createDeal : updateDeal) } });
  }

  return leadService;
}

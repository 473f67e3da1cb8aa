/** retailCRM (API v5) as its contract sheet describes it: what everybody asks, the change feed, and life in its interface. */
import { type Call, html, json, nested, object, type Reply, type Sandbox, type SandboxDeps, text } from "../kit.ts";
import { type By, type Change, makeAccount, type Order } from "./account.ts";
import { makeDesk, type Visit } from "./desk.ts";
import { makeFilters } from "./filters.ts";
import { makePeople } from "./people.ts";
import { CUSTOM_FIELDS, DICTIONARIES, KEY, REFERENCES } from "./reference.ts";
import { Refusal, refuse } from "./refusals.ts";
import { makeRules } from "./rule.ts";
import { makeSales } from "./sales.ts";
import { buttons, SWITCHES, tables } from "./screen.ts";
import { makeTill } from "./till.ts";

export function makeRetailcrm(deps: SandboxDeps): Sandbox {
  const account = makeAccount(deps);
  const filters = makeFilters(deps);
  const desk = makeDesk(deps, account);
  const till = makeTill(deps, account);
  const rules = makeRules(deps);
  const people = makePeople(deps, account, desk, filters);
  const sales = makeSales(account, desk, till, filters);
  const { page, inTime } = filters;

  // ---------------------------------------------------------------- change feed

  function short(change: Change): Record<string, unknown> {
    if (change.gone) return change.gone;
    if (change.entity === "customer") return change.full ?? { id: Number(change.record) };
    const order = account.orders.get(change.record);
    if (change.full) return desk.orderShape(change.full as Order);
    return {
      id: Number(change.record),
      ...(order?.externalId ? { externalId: order.externalId } : {}),
      managerId: 3,
      site: order?.site,
      status: order?.status,
    };
  }
  function feed(kind: Change["entity"], { query, filter, key }: Visit): Reply {
    if (filter.sinceId !== undefined && query.has("page"))
      throw new Refusal(refuse(400, "Errors in the input parameters", { page: "page can't be used with sinceId" }));
    const since = Number(text(filter.sinceId) ?? 0);
    const found = account.history
      .all()
      .filter(
        (c) => c.entity === kind && c.id > since && inTime(c.createdAt, text(filter.startDate), text(filter.endDate)),
      );
    const { items, pagination } = page(found, query, 100);
    return json(200, {
      success: true,
      generatedAt: filters.now(),
      history: items.map((change) => ({
        id: change.id,
        createdAt: change.createdAt,
        source: change.by.source,
        ...(change.by.source === "user" ? { user: change.by.user } : { apiKey: { current: change.by.key === key } }),
        field: change.field,
        oldValue: change.oldValue,
        newValue: change.newValue,
        ...(change.created ? { created: true } : {}),
        ...(change.gone ? { deleted: true } : {}),
        ...(change.combinedTo ? { combinedTo: change.combinedTo } : {}),
        [kind]: short(change),
      })),
      pagination,
    });
  }

  // ---------------------------------------------------------------- routes

  function reference(name: string): Reply {
    desk.demand("reference_read");
    const known = REFERENCES[name];
    if (!known) return refuse(404, "Method not found");
    const seen =
      name === "sites" ? Object.entries(known.value as object).filter(([c]) => desk.sites().includes(c)) : null;
    return json(200, { success: true, [known.key]: seen ? Object.fromEntries(seen) : known.value });
  }

  function about(path: string): Reply | null {
    if (path === "api/credentials")
      return json(200, {
        success: true,
        credentials: ["/api/orders"],
        scopes: desk.scopes(),
        siteAccess: desk.sites().length > 1 ? "access_full" : "access_selective",
        sitesAvailable: desk.sites(),
      });
    if (path === "api/api-versions") return json(200, { success: true, versions: ["3.0", "4.0", "5.0"] });
    if (path !== "api/system-info") return path.startsWith("api/v5/") ? null : refuse(404, "Method not found");
    const url = "https://demo.retailcrm.ru";
    return json(200, { success: true, systemVersion: "8.7", publicUrl: url, technicalUrl: url });
  }

  function route(call: Call, key: string): Reply {
    const told = about(call.path);
    if (told) return told;
    const path = call.path.replace(/^api\/v5\//, "");
    const filter = object(nested(call.query).filter) ?? {};
    const by: By = { source: "api", key };
    const form = new URLSearchParams(call.body);
    const visit: Visit = { path, isPost: call.method === "POST", query: call.query, filter, form, by, key };
    const list = path.match(/^reference\/([\w-]+)$/)?.[1];
    if (list) return reference(list);
    if (path === "custom-fields") {
      desk.demand("custom_fields_read");
      const found = CUSTOM_FIELDS.filter((field) => filter.entity === undefined || field.entity === filter.entity);
      const { items, pagination } = page(found, call.query);
      return json(200, { success: true, pagination, customFields: items });
    }
    if (path === "custom-fields/dictionaries") {
      const { pagination } = page(DICTIONARIES, call.query);
      return json(200, { success: true, customDictionaries: DICTIONARIES, pagination });
    }
    if (path === "customers/history") return feed("customer", visit);
    if (path === "orders/history") return feed("order", visit);
    return people(visit) ?? sales(visit) ?? refuse(404, "Method not found");
  }

  // ---------------------------------------------------------------- life

  const person: By = { source: "user", user: { id: 3 } };

  function newOrder(fields: Readonly<Record<string, string>>): Order {
    const total = Number(fields.total);
    const { firstName, phone } = fields;
    const customer = account.addCustomer({ firstName, phones: [{ number: phone }] }, "shop-1", person);
    const data = { firstName, phone, totalSumm: total, summ: total, customer: { id: customer.id } };
    return account.addOrder(data, "shop-1", person);
  }
  function known<T>(kind: string, found: T | undefined, id: string | undefined): T {
    if (found === undefined) throw new Error(`no ${kind} with id ${id}`);
    return found;
  }
  async function told(order: Order): Promise<unknown> {
    const sent = await rules.fire("order", order);
    return sent.length > 0 ? { ...order, sent } : order;
  }
  async function press(button: string, fields: Readonly<Record<string, string>>): Promise<unknown> {
    if (button === "trigger") {
      rules.set({ event: fields.event ?? "", url: (fields.url ?? "").trim(), params: fields.params ?? "" });
      return {};
    }
    if (button === "order") return told(newOrder(fields));
    if (button === "editCustomer" || button === "deleteCustomer") {
      const customer = known("customer", account.customers.get(fields.customer ?? ""), fields.customer);
      if (button === "deleteCustomer") account.removeCustomer(customer, person);
      else account.editCustomer(customer, { lastName: fields.lastName ?? "" }, person);
      return {
        id: customer.id,
        sent: await rules.fire("customer", account.customers.get(String(customer.id)) ?? customer),
      };
    }
    const order = known("order", account.orders.get(fields.order ?? ""), fields.order);
    if (button === "deleteOrder") {
      account.removeOrder(order, person);
      return { id: order.id };
    }
    if (button === "pay") {
      const id = till.pay(order, { type: "bank-card", amount: order.totalSumm, status: "paid" }, person);
      return { id, sent: await rules.fire("order", order) };
    }
    const total = Number(fields.total);
    const change =
      button === "editOrder"
        ? { managerComment: fields.comment ?? "" }
        : { status: fields.status, totalSumm: total, summ: total };
    return told(account.editOrder(order, change, person));
  }

  return {
    key: "retailcrm",
    name: { ru: "retailCRM", en: "retailCRM" },
    perSecond: 10,
    portal: { name: "demo", unknown: () => refuse(404, "Account does not exist.") },
    credentials: [
      { key: "account", label: { ru: "Адрес портала", en: "Portal address" }, value: "demo.retailcrm.ru" },
      { key: "apiKey", label: { ru: "API-ключ", en: "API key" }, value: KEY },
    ],
    switches: SWITCHES,
    tables: () => tables(account),
    buttons: () => buttons(account, rules.rule()),
    press,
    handle(call) {
      const key = call.headers["x-api-key"] ?? call.query.get("apiKey") ?? new URLSearchParams(call.body).get("apiKey");
      if (!key) return refuse(400, '"apiKey" is missing.');
      if (key !== KEY) return refuse(403, 'Wrong "apiKey" value.');
      if (!["GET", "POST"].includes(call.method)) return html(405, "405 Not Allowed");
      try {
        return route(call, key);
      } catch (error) {
        if (error instanceof Refusal) return error.reply;
        throw error;
      }
    },
    tooMany: () => refuse(503, "Rate limit exceeded"),
    expired: () => refuse(403, 'Wrong "apiKey" value.'),
    clear() {
      account.clear();
      rules.clear();
    },
  };
}

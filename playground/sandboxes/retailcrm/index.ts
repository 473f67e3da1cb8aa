/** retailCRM (API v5) as its contract sheet describes it: routes, filters, permissions, refusals. */
import {
  type Call,
  html,
  json,
  list,
  nested,
  newestFirst,
  object,
  type Reply,
  type Sandbox,
  type SandboxDeps,
  text,
} from "../kit.ts";
import { type By, type Change, type Customer, makeAccount, type Order } from "./account.ts";
import { makeFilters } from "./filters.ts";
import { CUSTOM_FIELDS, DICTIONARIES, KEY, REFERENCES, SITES } from "./reference.ts";
import { checkCustomer, checkOrder, Refusal, refuse } from "./refusals.ts";
import { buttons, SWITCHES, tables } from "./screen.ts";

const SCOPES = ["order_read", "order_write", "customer_read", "customer_write", "reference_read", "custom_fields_read"];

export function makeRetailcrm(deps: SandboxDeps): Sandbox {
  const account = makeAccount(deps);
  const { page, fits, fitsName, inTime } = makeFilters(deps);

  // ---------------------------------------------------------------- who may

  const scopes = () => (deps.choice("rights") === "full" ? SCOPES : SCOPES.filter((scope) => scope !== "order_write"));
  const sites = () => (deps.choice("sites") === "all" ? Object.keys(SITES) : ["shop-1"]);

  function demand(scope: string): void {
    if (!scopes().includes(scope)) throw new Refusal(refuse(403, "Access denied."));
  }
  /** Needed wherever the key sees more than one shop. */
  function siteOf(form: URLSearchParams): string {
    const site = form.get("site");
    if (site && !sites().includes(site))
      throw new Refusal(refuse(400, "Errors in the input parameters", { site: `Site "${site}" is not available` }));
    if (!site && sites().length > 1) throw new Refusal(refuse(400, "Parameter 'site' is missing"));
    return site ?? sites()[0] ?? "";
  }

  function entity(form: URLSearchParams, name: string): Record<string, unknown> {
    const raw = form.get(name);
    if (raw === null) throw new Refusal(refuse(400, `Parameter '${name}' is missing`));
    try {
      const value = object(JSON.parse(raw));
      if (value) return value;
    } catch {
      // falls through to the refusal
    }
    throw new Refusal(refuse(400, "Errors in the entity format", { [name]: "Invalid JSON" }));
  }

  // ---------------------------------------------------------------- shapes

  /** Empty custom fields are a list, filled ones an object: the service's own inconsistency. */
  const fieldsShape = (fields: Record<string, unknown>) => (Object.keys(fields).length === 0 ? [] : fields);
  const customerShape = (customer: Customer) => ({ ...customer, customFields: fieldsShape(customer.customFields) });
  const orderShape = (order: Order, created = false) => ({
    ...order,
    customFields: fieldsShape(order.customFields),
    customer: order.customer ? { type: "customer", site: order.site, ...order.customer } : undefined,
    payments:
      order.payments.length === 0
        ? deps.choice("emptyPayments") === "object"
          ? {}
          : []
        : created
          ? order.payments
          : Object.fromEntries(order.payments.map((p) => [String(p.id), p])),
  });

  // ---------------------------------------------------------------- writes

  function sameExternalId(
    kind: "Order" | "Customer",
    externalId: unknown,
    known: readonly (Customer | Order)[],
    site: string,
  ): void {
    if (externalId !== undefined && known.some((one) => one.externalId === String(externalId) && one.site === site))
      throw new Refusal(refuse(400, `${kind} already exists.`));
  }
  function linkCustomer(data: Record<string, unknown>): Record<string, unknown> {
    const link = object(data.customer);
    if (!link) return data;
    const id = text(link.id);
    const found = account.customers
      .all()
      .find((c) => String(c.id) === id || (link.externalId !== undefined && c.externalId === String(link.externalId)));
    if (!found) throw new Refusal(refuse(400, "Order is not loaded", { customer: "Customer not found" }));
    return { ...data, customer: { id: found.id, ...(found.externalId ? { externalId: found.externalId } : {}) } };
  }
  function pick<T extends Customer | Order>(all: readonly T[], id: string, by: string | null): T {
    const found = all.find((one) => (by === "id" ? String(one.id) === id : one.externalId === id));
    if (!found) throw new Refusal(refuse(404, "Not found"));
    return found;
  }

  // ---------------------------------------------------------------- change feed

  function feed(kind: Change["entity"], query: URLSearchParams, key: string): Reply {
    const filter = object(nested(query).filter) ?? {};
    if (filter.sinceId !== undefined && query.has("page"))
      throw new Refusal(refuse(400, "Errors in the input parameters", { page: "page can't be used with sinceId" }));
    const since = Number(text(filter.sinceId) ?? 0);
    const found = account.history
      .all()
      .filter(
        (c) => c.entity === kind && c.id > since && inTime(c.createdAt, text(filter.startDate), text(filter.endDate)),
      );
    const { items, pagination } = page(found, query, 100);
    const short = (change: Change) => {
      if (kind === "customer") return change.full ?? { id: Number(change.record) };
      const order = account.orders.get(change.record);
      return change.full
        ? orderShape(change.full as Order)
        : {
            id: Number(change.record),
            ...(order?.externalId ? { externalId: order.externalId } : {}),
            managerId: 3,
            site: order?.site,
            status: order?.status,
          };
    };
    return json(200, {
      success: true,
      generatedAt: new Date(deps.now().getTime() + 3 * 3_600_000).toISOString().slice(0, 19).replace("T", " "),
      history: items.map((change) => ({
        id: change.id,
        createdAt: change.createdAt,
        source: change.by.source,
        ...(change.by.source === "user" ? { user: change.by.user } : { apiKey: { current: change.by.key === key } }),
        field: change.field,
        oldValue: change.oldValue,
        newValue: change.newValue,
        ...(change.created ? { created: true } : {}),
        [kind]: short(change),
      })),
      pagination,
    });
  }

  // ---------------------------------------------------------------- routes

  function route(call: Call, key: string): Reply {
    const form = new URLSearchParams(call.body);
    const by: By = { source: "api", key };
    const path = call.path.replace(/^api\/v5\//, "");
    const filter = object(nested(call.query).filter) ?? {};
    const post = call.method === "POST";
    if (call.path === "api/credentials")
      return json(200, {
        success: true,
        credentials: ["/api/orders"],
        scopes: scopes(),
        siteAccess: sites().length > 1 ? "access_full" : "access_selective",
        sitesAvailable: sites(),
      });
    if (call.path === "api/api-versions") return json(200, { success: true, versions: ["3.0", "4.0", "5.0"] });
    if (call.path === "api/system-info")
      return json(200, {
        success: true,
        systemVersion: "8.7",
        publicUrl: "https://demo.retailcrm.ru",
        technicalUrl: "https://demo.retailcrm.ru",
      });
    if (!call.path.startsWith("api/v5/")) return refuse(404, "Method not found");

    const reference = path.match(/^reference\/([\w-]+)$/)?.[1];
    if (reference) {
      demand("reference_read");
      const known = REFERENCES[reference];
      if (!known) return refuse(404, "Method not found");
      const value =
        reference === "sites"
          ? Object.fromEntries(Object.entries(known.value as object).filter(([code]) => sites().includes(code)))
          : known.value;
      return json(200, { success: true, [known.key]: value });
    }
    if (path === "custom-fields") {
      demand("custom_fields_read");
      const { items, pagination } = page(
        CUSTOM_FIELDS.filter((field) => filter.entity === undefined || field.entity === filter.entity),
        call.query,
      );
      return json(200, { success: true, pagination, customFields: items });
    }
    if (path === "custom-fields/dictionaries")
      return json(200, {
        success: true,
        customDictionaries: DICTIONARIES,
        pagination: page(DICTIONARIES, call.query).pagination,
      });

    if (path === "customers/history") return feed("customer", call.query, key);
    if (path === "orders/history") return feed("order", call.query, key);

    if (path === "customers" && !post) {
      demand("customer_read");
      const name = text(filter.name);
      const found = newestFirst(account.customers.all()).filter(
        (c) =>
          fits(c, filter) &&
          (name === undefined || fitsName(c, name)) &&
          inTime(c.createdAt, text(filter.dateFrom), text(filter.dateTo)),
      );
      const { items, pagination } = page(found, call.query);
      return json(200, { success: true, pagination, customers: items.map(customerShape) });
    }
    if (path === "customers/create" && post) {
      demand("customer_write");
      const data = entity(form, "customer");
      const site = siteOf(form);
      checkCustomer(data);
      if (deps.choice("customerExternalId") === "required" && data.externalId === undefined)
        return refuse(400, "Parameter 'externalId' in 'customer' is missing");
      sameExternalId("Customer", data.externalId, account.customers.all(), site);
      return json(Number(deps.choice("created")), { success: true, id: account.addCustomer(data, site, by).id });
    }
    if (path === "customers/upload" && post) {
      demand("customer_write");
      const items = JSON.parse(form.get("customers") ?? "[]") as Record<string, unknown>[];
      const site = siteOf(form);
      const taken = (item: Record<string, unknown>) =>
        account.customers.all().some((c) => c.externalId === item.externalId);
      const failed = items.filter(taken);
      const uploaded = items
        .filter((item) => !taken(item))
        .map((item) => ({ id: account.addCustomer(item, site, by).id, externalId: item.externalId }));
      if (failed.length === 0) return json(200, { success: true, uploadedCustomers: uploaded });
      return json(460, {
        success: false,
        uploadedCustomers: uploaded,
        failedCustomers: failed.map((f) => ({ externalId: f.externalId })),
        errorMsg: "Customers are loaded with errors",
        errors: {},
      });
    }

    if (path === "orders" && !post) {
      demand("order_read");
      const found = newestFirst(account.orders.all()).filter(
        (o) =>
          fits(o, filter) &&
          (filter.numbers === undefined || list(filter.numbers).includes(o.number)) &&
          (filter.customerId === undefined || String(o.customer?.id) === text(filter.customerId)) &&
          (filter.customer === undefined ||
            `${o.firstName} ${o.lastName} ${o.phone}`.toLowerCase().includes(String(filter.customer).toLowerCase())) &&
          (filter.extendedStatus === undefined || list(filter.extendedStatus).includes(o.status)) &&
          inTime(o.createdAt, text(filter.createdAtFrom), text(filter.createdAtTo)) &&
          inTime(o.statusUpdatedAt, text(filter.statusUpdatedAtFrom), text(filter.statusUpdatedAtTo)),
      );
      const { items, pagination } = page(found, call.query);
      return json(200, { success: true, pagination, orders: items.map((o) => orderShape(o)) });
    }
    if (path === "orders/statuses") {
      const { ids, externalIds } = nested(call.query);
      const found = account.orders
        .all()
        .filter((o) => list(ids).includes(String(o.id)) || list(externalIds).includes(o.externalId ?? ""));
      return json(200, {
        success: true,
        orders: found.map((o) => ({ id: o.id, externalId: o.externalId, status: o.status, group: o.status })),
      });
    }
    if (path === "orders/create" && post) {
      demand("order_write");
      const data = entity(form, "order");
      const site = siteOf(form);
      checkOrder(data);
      sameExternalId("Order", data.externalId, account.orders.all(), site);
      const order = account.addOrder(linkCustomer(data), site, by);
      return json(Number(deps.choice("created")), { success: true, id: order.id, order: orderShape(order, true) });
    }
    if (path === "orders/payments/create" && post) {
      demand("order_write");
      const { order: link, ...payment } = entity(form, "payment");
      const order = pick(
        account.orders.all(),
        text(object(link)?.id) ?? text(object(link)?.externalId) ?? "",
        object(link)?.id === undefined ? "externalId" : "id",
      );
      return json(201, { success: true, id: account.pay(order, payment, by) });
    }

    const one = path.match(/^(customers|orders)\/([^/]+)(\/edit)?$/);
    if (!one) return refuse(404, "Method not found");
    const [, kind, id = "", edit] = one;
    if (kind === "customers") {
      demand(edit ? "customer_write" : "customer_read");
      const customer = pick(account.customers.all(), id, (edit ? form : call.query).get("by"));
      if (!edit) return json(200, { success: true, customer: customerShape(customer) });
      const data = entity(form, "customer");
      checkCustomer(data);
      account.editCustomer(customer, data, by);
      return json(200, { success: true, id: customer.id });
    }
    demand(edit ? "order_write" : "order_read");
    const order = pick(account.orders.all(), id, (edit ? form : call.query).get("by"));
    if (!edit) return json(200, { success: true, order: orderShape(order) });
    const data = entity(form, "order");
    checkOrder(data);
    return json(200, {
      success: true,
      id: order.id,
      order: orderShape(account.editOrder(order, linkCustomer(data), by)),
    });
  }

  // ---------------------------------------------------------------- life

  const person: By = { source: "user", user: { id: 3 } };
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
    buttons: () => buttons(account),
    press(button, fields) {
      if (button === "order") {
        const customer = account.addCustomer(
          { firstName: fields.firstName, phones: [{ number: fields.phone }] },
          "shop-1",
          person,
        );
        return account.addOrder(
          {
            firstName: fields.firstName,
            phone: fields.phone,
            totalSumm: Number(fields.total),
            summ: Number(fields.total),
            customer: { id: customer.id },
          },
          "shop-1",
          person,
        );
      }
      const order = account.orders.get(fields.order ?? "");
      if (!order) throw new Error(`no order with id ${fields.order}`);
      if (button === "pay")
        return { id: account.pay(order, { type: "bank-card", amount: order.totalSumm, status: "paid" }, person) };
      return account.editOrder(
        order,
        { status: fields.status, totalSumm: Number(fields.total), summ: Number(fields.total) },
        person,
      );
    },
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
    clear: account.clear,
  };
}

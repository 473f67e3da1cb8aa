/** Routes of customers: list, one, create, edit, bulk, notes, joining. */
import { json, list, newestFirst, objects, type SandboxDeps, text } from "../kit.ts";
import type { Account } from "./account.ts";
import type { Desk, Route } from "./desk.ts";
import type { Filters } from "./filters.ts";
import { checkCustomer, checkNote, Refusal, refuse } from "./refusals.ts";

export function makePeople(deps: SandboxDeps, account: Account, desk: Desk, filters: Filters): Route {
  const { page, fits, fitsName, inTime } = filters;

  const customers: Route = ({ path, isPost, query, filter, form, by }) => {
    if (path === "customers" && !isPost) {
      desk.demand("customer_read");
      const name = text(filter.name);
      const found = newestFirst(account.customers.all()).filter(
        (c) =>
          fits(c, filter) &&
          (name === undefined || fitsName(c, name)) &&
          inTime(c.createdAt, text(filter.dateFrom), text(filter.dateTo)),
      );
      const { items, pagination } = page(found, query);
      return json(200, { success: true, pagination, customers: items.map(desk.customerShape) });
    }
    if (path === "customers/create" && isPost) {
      desk.demand("customer_write");
      const data = desk.entity(form, "customer");
      const site = desk.siteOf(form);
      checkCustomer(data);
      if (deps.choice("customerExternalId") === "required" && data.externalId === undefined)
        return refuse(400, "Parameter 'externalId' in 'customer' is missing");
      desk.sameExternalId("Customer", data.externalId, account.customers.all(), site);
      return desk.made({ id: account.addCustomer(data, site, by).id });
    }
    if (path === "customers/upload" && isPost) {
      desk.demand("customer_write");
      const items = objects(desk.sent(form, "customers"));
      const site = desk.siteOf(form);
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
    if (path === "customers/combine" && isPost) {
      desk.demand("customer_write");
      const main = desk.linked(account.customers.all(), desk.sent(form, "resultCustomer"));
      const others = objects(desk.sent(form, "customers")).map((link) => desk.linked(account.customers.all(), link));
      if (others.length === 0) return refuse(400, "Errors in the input parameters", { customers: "must not be empty" });
      for (const other of others) {
        for (const order of account.orders.all())
          if (order.customer?.id === other.id)
            account.orders.put(String(order.id), { ...order, customer: { id: main.id } });
        account.removeCustomer(other, by, main);
      }
      return json(200, { success: true });
    }
    return null;
  };

  const notes: Route = ({ path, isPost, query, filter, form }) => {
    if (path === "customers/notes" && !isPost) {
      desk.demand("customer_read");
      const found = account.notes
        .all()
        .filter(
          (note) => filter.customerIds === undefined || list(filter.customerIds).includes(String(note.customer.id)),
        );
      const { items, pagination } = page(newestFirst(found), query);
      return json(200, { success: true, pagination, notes: items });
    }
    if (path === "customers/notes/create" && isPost) {
      desk.demand("customer_write");
      const note = desk.entity(form, "note");
      desk.siteOf(form);
      checkNote(note);
      const { id, externalId } = desk.linked(account.customers.all(), note.customer);
      const made = 7_000 + account.notes.next();
      account.notes.put(String(made), {
        id: made,
        text: text(note.text) ?? "",
        createdAt: filters.now(),
        managerId: typeof note.managerId === "number" ? note.managerId : null,
        customer: { id, ...(externalId ? { externalId } : {}) },
      });
      return desk.made({ id: made });
    }
    const gone = path.match(/^customers\/notes\/(\d+)\/delete$/)?.[1];
    if (gone && isPost) {
      desk.demand("customer_write");
      if (!account.notes.get(gone)) throw new Refusal(refuse(404, "Not found"));
      account.notes.remove(gone);
      return json(200, { success: true });
    }
    return null;
  };

  const one: Route = ({ path, query, form, by }) => {
    const [, id = "", edit] = path.match(/^customers\/([^/]+)(\/edit)?$/) ?? [];
    if (id === "") return null;
    desk.demand(edit ? "customer_write" : "customer_read");
    const customer = desk.pick(account.customers.all(), id, (edit ? form : query).get("by"));
    if (!edit) return json(200, { success: true, customer: desk.customerShape(customer) });
    const data = desk.entity(form, "customer");
    desk.siteOf(form);
    checkCustomer(data);
    account.editCustomer(customer, data, by);
    return json(200, { success: true, id: customer.id });
  };

  return (visit) => customers(visit) ?? notes(visit) ?? one(visit);
}

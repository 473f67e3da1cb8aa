/** Routes of orders: list, one, statuses, create, edit, payments. */
import { json, list, nested, newestFirst, text } from "../kit.ts";
import type { Account } from "./account.ts";
import type { Desk, Route } from "./desk.ts";
import type { Filters } from "./filters.ts";
import { checkOrder, checkPayment, Refusal, refuse } from "./refusals.ts";
import type { Till } from "./till.ts";

export function makeSales(account: Account, desk: Desk, till: Till, filters: Filters): Route {
  const { page, fits, inTime } = filters;

  const orders: Route = ({ path, isPost, query, filter, form, by }) => {
    if (path === "orders" && !isPost) {
      desk.demand("order_read");
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
      const { items, pagination } = page(found, query);
      return json(200, { success: true, pagination, orders: items.map((o) => desk.orderShape(o)) });
    }
    if (path === "orders/statuses") {
      const { ids, externalIds } = nested(query);
      const found = account.orders
        .all()
        .filter((o) => list(ids).includes(String(o.id)) || list(externalIds).includes(o.externalId ?? ""));
      return json(200, {
        success: true,
        orders: found.map((o) => ({ id: o.id, externalId: o.externalId, status: o.status, group: o.status })),
      });
    }
    if (path === "orders/create" && isPost) {
      desk.demand("order_write");
      const data = desk.entity(form, "order");
      const site = desk.siteOf(form);
      checkOrder(data);
      desk.sameExternalId("Order", data.externalId, account.orders.all(), site);
      const { payments, ...rest } = desk.linkCustomer(data);
      const order = account.addOrder(rest, site, by);
      for (const payment of Array.isArray(payments) ? payments : [])
        till.pay(account.orders.get(String(order.id)) ?? order, payment, by);
      return desk.made({
        id: order.id,
        order: desk.orderShape(account.orders.get(String(order.id)) ?? order, true),
      });
    }
    return null;
  };

  const payments: Route = ({ path, isPost, form, by }) => {
    if (!isPost || !path.startsWith("orders/payments/")) return null;
    desk.demand("order_write");
    if (path === "orders/payments/create") {
      const { order: link, ...payment } = desk.entity(form, "payment");
      checkPayment(payment, true);
      const order = desk.linked(account.orders.all(), link);
      const { externalId } = payment;
      if (externalId !== undefined && till.holder(String(externalId), "externalId"))
        return refuse(400, "Payment already exists.");
      return desk.made({ id: till.pay(order, payment, by) });
    }
    const [, id = "", what] = path.match(/^orders\/payments\/([^/]+)\/(edit|delete)$/) ?? [];
    const held = till.holder(id, what === "edit" ? (form.get("by") ?? "externalId") : "id");
    if (!held) throw new Refusal(refuse(404, "Not found"));
    if (what === "delete") till.remove(held.order, held.payment, by);
    else {
      const change = desk.entity(form, "payment");
      checkPayment(change, false);
      till.change(held.order, held.payment, change, by);
    }
    return json(200, { success: true, id: held.payment.id });
  };

  const one: Route = ({ path, query, form, by }) => {
    const [, id = "", edit] = path.match(/^orders\/([^/]+)(\/edit)?$/) ?? [];
    if (id === "") return null;
    desk.demand(edit ? "order_write" : "order_read");
    const order = desk.pick(account.orders.all(), id, (edit ? form : query).get("by"));
    if (!edit) return json(200, { success: true, order: desk.orderShape(order) });
    const data = desk.entity(form, "order");
    desk.siteOf(form);
    checkOrder(data);
    const changed = account.editOrder(order, desk.linkCustomer(data), by);
    return json(200, { success: true, id: order.id, order: desk.orderShape(changed) });
  };

  return (visit) => orders(visit) ?? payments(visit) ?? one(visit);
}

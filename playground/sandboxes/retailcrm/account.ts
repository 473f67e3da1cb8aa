/** retailCRM's account: its records and its change feed. */
import { collection, moscow, type SandboxDeps } from "../kit.ts";

export interface Customer {
  id: number;
  externalId?: string;
  site: string;
  createdAt: string;
  firstName: string;
  lastName: string;
  patronymic: string;
  email: string;
  phones: { number: string }[];
  managerId?: number;
  tags: string[];
  customFields: Record<string, unknown>;
  [more: string]: unknown;
}
export interface Order {
  id: number;
  number: string;
  externalId?: string;
  site: string;
  status: string;
  statusUpdatedAt: string;
  createdAt: string;
  orderType: string;
  orderMethod: string;
  totalSumm: number;
  summ: number;
  firstName: string;
  lastName: string;
  phone: string;
  email: string;
  customer?: { id: number };
  customFields: Record<string, unknown>;
  payments: Record<string, unknown>[];
  items: unknown[];
  [more: string]: unknown;
}
/** Who did it: a person in the interface, or a key of the API. */
export type By = { source: "user"; user: { id: number } } | { source: "api"; key: string };
export interface Change {
  id: number;
  entity: "order" | "customer";
  createdAt: string;
  by: By;
  field: string;
  oldValue: unknown;
  newValue: unknown;
  created: boolean;
  record: string;
  /** The whole record as it was, for the entries of a creation. */
  full?: Record<string, unknown>;
}

export type Account = ReturnType<typeof makeAccount>;

export function makeAccount(deps: SandboxDeps) {
  const customers = collection<Customer>(deps, "retailcrm", "customers");
  const orders = collection<Order>(deps, "retailcrm", "orders");
  const history = collection<Change>(deps, "retailcrm", "history");
  const now = () => moscow(deps.now());

  function note(
    entity: Change["entity"],
    record: string,
    by: By,
    field: string,
    oldValue: unknown,
    newValue: unknown,
    created?: Record<string, unknown>,
  ): void {
    const id = 70_000 + history.next();
    history.put(String(id), {
      id,
      entity,
      createdAt: now(),
      by,
      field,
      oldValue,
      newValue,
      created: created !== undefined,
      record,
      ...(created ? { full: created } : {}),
    });
  }

  return {
    customers,
    orders,
    history,

    addCustomer(data: Record<string, unknown>, site: string, by: By): Customer {
      const id = 500 + customers.next();
      const customer: Customer = {
        type: "customer",
        isContact: false,
        vip: false,
        bad: false,
        contragent: { contragentType: "individual" },
        personalDiscount: 0,
        marginSumm: 0,
        totalSumm: 0,
        averageSumm: 0,
        ordersCount: 0,
        firstName: "",
        lastName: "",
        patronymic: "",
        email: "",
        phones: [],
        tags: [],
        customFields: {},
        createdAt: now(),
        ...data,
        id,
        site,
      };
      customers.put(String(id), customer);
      for (const field of [
        "id",
        "created_at",
        ...(customer.phones.length ? ["phones"] : []),
        ...(customer.externalId ? ["external_id"] : []),
      ])
        note("customer", String(id), by, field, null, field === "id" ? id : null, customer);
      return customer;
    },

    editCustomer(customer: Customer, change: Record<string, unknown>, by: By): void {
      const { addTags, removeTags, customFields, ...plain } = change;
      const tags = new Set(customer.tags);
      for (const tag of Array.isArray(addTags) ? addTags : []) tags.add(String(tag));
      for (const tag of Array.isArray(removeTags) ? removeTags : []) tags.delete(String(tag));
      const next = {
        ...customer,
        ...plain,
        tags: [...tags],
        customFields: { ...customer.customFields, ...(customFields as object | undefined) },
        id: customer.id,
      } as Customer;
      customers.put(String(customer.id), next);
      for (const field of Object.keys(plain))
        if (JSON.stringify(customer[field]) !== JSON.stringify(next[field]))
          note("customer", String(customer.id), by, field, customer[field] ?? null, next[field] ?? null);
    },

    addOrder(data: Record<string, unknown>, site: string, by: By): Order {
      const id = 900 + orders.next();
      const order: Order = {
        slug: id,
        orderType: "eshop-individual",
        orderMethod: "shopping-cart",
        countryIso: "RU",
        currency: "RUB",
        summ: 0,
        totalSumm: 0,
        prepaySum: 0,
        firstName: "",
        lastName: "",
        phone: "",
        email: "",
        items: [],
        customFields: {},
        createdAt: now(),
        shipped: false,
        fullPaidAt: null,
        fromApi: by.source === "api",
        status: "new",
        statusUpdatedAt: now(),
        ...data,
        payments: [],
        id,
        number: `${id}A`,
        site,
      };
      orders.put(String(id), order);
      note("order", String(id), by, "status", null, { code: order.status }, order);
      for (const field of [
        "customer",
        "created_at",
        ...Object.keys(order.customFields).map((code) => `custom_${code}`),
      ])
        note("order", String(id), by, field, null, null, order);
      return order;
    },

    editOrder(order: Order, change: Record<string, unknown>, by: By): Order {
      const { customFields, ...plain } = change;
      const next = {
        ...order,
        ...plain,
        customFields: { ...order.customFields, ...(customFields as object | undefined) },
        id: order.id,
      } as Order;
      if (next.status !== order.status) {
        next.statusUpdatedAt = now();
        note("order", String(order.id), by, "status", { code: order.status }, { code: next.status });
      }
      for (const field of Object.keys(plain))
        if (field !== "status" && JSON.stringify(order[field]) !== JSON.stringify(next[field]))
          note("order", String(order.id), by, field, order[field] ?? null, next[field] ?? null);
      orders.put(String(order.id), next);
      return next;
    },

    pay(order: Order, payment: Record<string, unknown>, by: By): number {
      const id = 3_000 + history.next();
      const made = { id, status: "not-paid", ...payment };
      const paid = made.status === "paid";
      orders.put(String(order.id), {
        ...order,
        payments: [...order.payments, made],
        ...(paid ? { fullPaidAt: now() } : {}),
      });
      note("order", String(order.id), by, "payments", null, { id, type: payment.type });
      if (paid) note("order", String(order.id), by, "full_paid_at", null, now());
      return id;
    },

    clear: () => {
      for (const kind of [customers, orders, history]) kind.clear();
    },
  };
}

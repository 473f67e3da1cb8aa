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
  payments: Payment[];
  items: Item[];
  [more: string]: unknown;
}
export interface Payment {
  id: number;
  externalId?: string;
  status: string;
  [more: string]: unknown;
}
export interface Item {
  id: number;
  [more: string]: unknown;
}
export interface Note {
  id: number;
  text: string;
  createdAt: string;
  managerId: number | null;
  customer: { id: number; externalId?: string };
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
  /** The short record of what is no more, and what it became part of. */
  gone?: Record<string, unknown>;
  combinedTo?: { id: number };
}

/** Names of fields as recorded feeds write them; those of sums were never recorded. */
const RECORDED: Readonly<Record<string, string>> = {
  managerComment: "manager_comment",
  customerComment: "customer_comment",
  managerId: "manager",
  firstName: "first_name",
  lastName: "last_name",
  externalId: "external_id",
  shipmentStore: "shipment_store",
  shipmentDate: "shipment_date",
};
const historyName = (field: string) => RECORDED[field] ?? field;

export type Account = ReturnType<typeof makeAccount>;

export function makeAccount(deps: SandboxDeps) {
  const customers = collection<Customer>(deps, "retailcrm", "customers");
  const orders = collection<Order>(deps, "retailcrm", "orders");
  const history = collection<Change>(deps, "retailcrm", "history");
  const notes = collection<Note>(deps, "retailcrm", "notes");
  const now = () => moscow(deps.now());

  function note(
    entity: Change["entity"],
    record: string,
    by: By,
    field: string,
    oldValue: unknown,
    newValue: unknown,
    created?: Record<string, unknown>,
    more: Partial<Change> = {},
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
      ...more,
    });
  }

  /** An edit's items: known ones by their id, new ones get one; what isn't named is gone, or stays where a switch says so. */
  function itemsOf(known: readonly Item[], sent: unknown): Item[] {
    const next = (Array.isArray(sent) ? sent : []).map((one: Record<string, unknown>): Item => {
      const old = known.find((item) => item.id === Number(one.id));
      return { status: "new", quantity: 1, ...old, ...one, id: old?.id ?? 40_000 + history.next() };
    });
    const kept = known.filter((item) => deps.choice("itemsEdit") === "kept" && !next.some(({ id }) => id === item.id));
    return [...kept, ...next];
  }

  function noteCustom(entity: Change["entity"], old: Customer | Order, next: Customer | Order, by: By): void {
    for (const [code, value] of Object.entries(next.customFields))
      if (JSON.stringify(old.customFields[code]) !== JSON.stringify(value))
        note(entity, String(old.id), by, `custom_${code}`, old.customFields[code] ?? null, value);
  }

  return {
    customers,
    orders,
    history,
    notes,
    note,

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
      for (const field of [...Object.keys(plain), "tags"])
        if (JSON.stringify(customer[field]) !== JSON.stringify(next[field]))
          note("customer", String(customer.id), by, historyName(field), customer[field] ?? null, next[field] ?? null);
      noteCustom("customer", customer, next, by);
    },

    /** A record that is deleted, or that became part of another, is told of in the feed and nowhere else. */
    removeCustomer(customer: Customer, by: By, into?: Customer): void {
      customers.remove(String(customer.id));
      const gone = { id: customer.id, externalId: customer.externalId, site: customer.site };
      const more = { gone, ...(into ? { combinedTo: { id: into.id } } : {}) };
      note("customer", String(customer.id), by, "id", customer.id, null, undefined, more);
    },
    removeOrder(order: Order, by: By): void {
      orders.remove(String(order.id));
      const { id, externalId, site, status } = order;
      note("order", String(id), by, "deleted_at", null, now(), undefined, { gone: { id, externalId, site, status } });
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
        customFields: {},
        createdAt: now(),
        shipped: false,
        fullPaidAt: null,
        fromApi: by.source === "api",
        status: "new",
        statusUpdatedAt: now(),
        number: `${id}A`,
        ...data,
        payments: [],
        items: itemsOf([], data.items),
        id,
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
      const { customFields, items, delivery, ...plain } = change;
      const next = {
        ...order,
        ...plain,
        ...(delivery ? { delivery: { ...(order.delivery as object | undefined), ...(delivery as object) } } : {}),
        items: items === undefined ? order.items : itemsOf(order.items, items),
        customFields: { ...order.customFields, ...(customFields as object | undefined) },
        id: order.id,
      } as Order;
      if (next.status !== order.status) {
        next.statusUpdatedAt = now();
        note("order", String(order.id), by, "status", { code: order.status }, { code: next.status });
      }
      for (const field of Object.keys(plain))
        if (field !== "status" && JSON.stringify(order[field]) !== JSON.stringify(next[field]))
          note("order", String(order.id), by, historyName(field), order[field] ?? null, next[field] ?? null);
      noteCustom("order", order, next, by);
      if (JSON.stringify(order.items) !== JSON.stringify(next.items))
        note("order", String(order.id), by, "order_product", order.items.length, next.items.length);
      orders.put(String(order.id), next);
      return next;
    },

    clear: () => {
      for (const kind of [customers, orders, history, notes]) kind.clear();
    },
  };
}

/** МойСклад's account: its records, its audit, and the webhooks that follow from both. */
import { randomUUID } from "node:crypto";
import { collection, type SandboxDeps } from "../kit.ts";
import type { Collection } from "../types.ts";
import {
  ACCOUNT_ID,
  type Attribute,
  BASE,
  FIRST_ATTRIBUTES,
  FIRST_TOKEN,
  idOf,
  type Kind,
  LOGIN,
  STATES,
} from "./reference.ts";

export interface Doc {
  id: string;
  name: string;
  externalCode: string;
  created: string;
  updated: string;
  syncId?: string;
  /** Ids of what the record refers to, by field: organization, agent, state … */
  refs: Record<string, string>;
  attributes: Record<string, unknown>;
  [more: string]: unknown;
}
export interface Order extends Doc {
  moment: string;
  sum: number;
  payedSum: number;
  /** `paymentin/<id>` or `cashin/<id>`. */
  payments: string[];
  positions: { assortment: string; quantity: number; price: number; discount: number }[];
}
export interface Payment extends Doc {
  sum: number;
  operations: { order: string; linkedSum: number }[];
}
export interface Hook {
  id: string;
  url: string;
  action: string;
  entityType: string;
  enabled: boolean;
  diffType?: string;
}
interface AuditRow {
  id: string;
  source: string;
  eventType: "create" | "update" | "delete";
  entityType: string;
  uid: string;
  moment: string;
  diff?: Record<string, { oldValue: unknown; newValue: unknown }>;
  name: string;
  entity: string;
}
/** Who did it: a person in the browser, or a program with a person's key. */
export interface By {
  readonly source: "app" | "jsonapi";
  readonly uid: string;
}
export const PERSON: By = { source: "app", uid: LOGIN };
export const PROGRAM: By = { source: "jsonapi", uid: LOGIN };

const TRIES = 4;
export type Account = ReturnType<typeof makeAccount>;

export function makeAccount(deps: SandboxDeps) {
  const counterparties = collection<Doc>(deps, "moysklad", "counterparties");
  const orders = collection<Order>(deps, "moysklad", "orders");
  const payments = {
    paymentin: collection<Payment>(deps, "moysklad", "paymentin"),
    cashin: collection<Payment>(deps, "moysklad", "cashin"),
  };
  const hooks = collection<Hook>(deps, "moysklad", "webhooks");
  const audit = collection<AuditRow>(deps, "moysklad", "audit");
  const attributes = collection<Attribute>(deps, "moysklad", "attributes");
  const tokens = collection<{ value: string }>(deps, "moysklad", "tokens");

  /** Moscow time with milliseconds, as answers carry it. */
  const now = () => new Date(deps.now().getTime() + 3 * 3_600_000).toISOString().slice(0, 23).replace("T", " ");
  const stateName = (id: unknown) => STATES.find((state) => state.id === id)?.name ?? null;

  async function deliver(hook: Hook, body: Record<string, unknown>): Promise<void> {
    const isJoined = hook.url.includes("?") && deps.choice("requestId") === "joined";
    const url = `${hook.url}${isJoined ? "&" : "?"}requestId=${randomUUID()}`;
    for (let turn = 0; turn < TRIES; turn++) {
      const status = await deps.send(url, { kind: "json", value: body }).catch(() => 0);
      if (status === 200 || status === 204) return;
    }
  }

  /** One thing that happened to one record: a row of the audit, and everybody who subscribed hears of it. */
  function note(
    entityType: string,
    doc: Doc,
    action: "CREATE" | "UPDATE" | "DELETE",
    by: By,
    diff?: AuditRow["diff"],
  ): void {
    const id = idOf("audit", audit.next());
    const moment = now().slice(0, 19);
    const eventType = action.toLowerCase() as AuditRow["eventType"];
    audit.put(id, {
      id,
      ...by,
      eventType,
      entityType,
      moment,
      name: doc.name,
      entity: doc.id,
      ...(diff ? { diff } : {}),
    });
    for (const hook of hooks.all()) {
      if (!hook.enabled || hook.entityType !== entityType || hook.action !== action) continue;
      const fields = Object.keys(diff ?? {});
      const isListed = hook.diffType === "FIELDS" && deps.choice("updatedFields") === "yes";
      void deliver(hook, {
        auditContext: { meta: { type: "audit", href: `${BASE}/audit/${id}` }, uid: by.uid, moment },
        events: [
          {
            meta: { type: entityType, href: `${BASE}/entity/${entityType}/${doc.id}` },
            action,
            accountId: ACCOUNT_ID,
            ...(isListed ? { updatedFields: fields } : {}),
          },
        ],
      });
    }
  }

  function fresh(kind: Kind, n: number, data: Record<string, unknown>): Doc {
    const at = now();
    return {
      name: String(n).padStart(5, "0"),
      externalCode: randomUUID().slice(0, 22),
      created: at,
      updated: at,
      refs: {},
      attributes: {},
      ...data,
      id: idOf(kind, n),
    };
  }

  const sumOf = (positions: Order["positions"]) =>
    positions.reduce((sum, one) => sum + one.price * one.quantity * (1 - one.discount / 100), 0);

  /** What differs, as the audit tells it: references by name where they have one. */
  function differences(before: Doc, after: Doc): NonNullable<AuditRow["diff"]> {
    const diff: NonNullable<AuditRow["diff"]> = {};
    const put = (field: string, oldValue: unknown, newValue: unknown) => {
      if (JSON.stringify(oldValue ?? null) !== JSON.stringify(newValue ?? null)) diff[field] = { oldValue, newValue };
    };
    for (const field of new Set([...Object.keys(before), ...Object.keys(after)])) {
      if (!["updated", "refs", "attributes", "payments"].includes(field)) put(field, before[field], after[field]);
    }
    for (const field of new Set([...Object.keys(before.refs), ...Object.keys(after.refs)])) {
      const face = (id: string | undefined) => {
        if (id === undefined) return null;
        const name = stateName(id) ?? id;
        if (deps.choice("auditDiff") === "name") return name;
        const type = field === "state" ? "state" : field;
        return { meta: { href: `${BASE}/entity/customerorder/metadata/states/${id}`, type }, name };
      };
      if (before.refs[field] !== after.refs[field]) put(field, face(before.refs[field]), face(after.refs[field]));
    }
    put("attributes", before.attributes, after.attributes);
    return diff;
  }

  function change<T extends Doc>(
    kind: "counterparty" | "customerorder",
    all: Pick<Collection<T>, "put">,
    doc: T,
    next: T,
    by: By,
  ): T {
    const diff = differences(doc, next);
    if (Object.keys(diff).length === 0) return doc;
    const saved = { ...next, updated: now() };
    all.put(doc.id, saved);
    note(kind, saved, "UPDATE", by, diff);
    return saved;
  }

  return {
    counterparties,
    orders,
    payments,
    hooks,
    audit,
    now,
    stateName,

    attributes: () => [...FIRST_ATTRIBUTES, ...attributes.all()],
    addAttribute(one: Omit<Attribute, "id">): Attribute {
      const made = { ...one, id: idOf("attribute", attributes.next()) };
      attributes.put(made.id, made);
      return made;
    },

    token: () => tokens.get("token")?.value ?? FIRST_TOKEN,
    newToken(): string {
      const value = (randomUUID() + randomUUID()).replaceAll("-", "").slice(0, 40);
      tokens.put("token", { value });
      return value;
    },

    addCounterparty(data: Record<string, unknown>, by: By): Doc {
      const doc = fresh("counterparty", counterparties.next(), {
        companyType: "legal",
        tags: [],
        archived: false,
        shared: false,
        salesAmount: 0,
        ...data,
      });
      counterparties.put(doc.id, doc);
      note("counterparty", doc, "CREATE", by);
      return doc;
    },
    editCounterparty: (doc: Doc, next: Doc, by: By) => change("counterparty", counterparties, doc, next, by),

    addOrder(data: Record<string, unknown>, by: By): Order {
      const refs = { state: STATES[0]?.id, ...(data.refs as object) };
      const positions = (data.positions ?? []) as Order["positions"];
      const at = `${now().slice(0, 16)}:00.000`;
      const order = fresh("customerorder", orders.next(), {
        moment: at,
        applicable: true,
        payedSum: 0,
        payments: [],
        ...data,
        refs,
        positions,
        sum: sumOf(positions),
      }) as Order;
      orders.put(order.id, order);
      note("customerorder", order, "CREATE", by);
      return order;
    },
    editOrder: (order: Order, next: Order, by: By) =>
      change("customerorder", orders, order, { ...next, sum: sumOf(next.positions) }, by),

    /** A payment lies in a document of its own; the order only shows what it comes to. */
    pay(order: Order, kind: "paymentin" | "cashin", sum: number, by: By): Payment {
      const payment = fresh(kind, payments[kind].next(), {
        refs: { organization: order.refs.organization, agent: order.refs.agent },
        moment: now(),
        sum,
        operations: [{ order: order.id, linkedSum: sum }],
      }) as Payment;
      payments[kind].put(payment.id, payment);
      const touches = deps.choice("paymentTouchesOrder") === "yes";
      const next = {
        ...order,
        payedSum: order.payedSum + sum,
        payments: [...order.payments, `${kind}/${payment.id}`],
        ...(touches ? { updated: now() } : {}),
      };
      orders.put(order.id, next);
      note(kind, payment, "CREATE", by);
      if (touches)
        note("customerorder", next, "UPDATE", by, { payedSum: { oldValue: order.payedSum, newValue: next.payedSum } });
      return payment;
    },

    clear() {
      for (const kind of [
        counterparties,
        orders,
        payments.paymentin,
        payments.cashin,
        hooks,
        audit,
        attributes,
        tokens,
      ])
        kind.clear();
    },
  };
}

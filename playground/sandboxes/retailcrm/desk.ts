/** What every route of the API needs: who may, which shop, the entity that was sent, the shapes of answers. */
import { json, object, type Reply, type SandboxDeps, text } from "../kit.ts";
import type { Account, By, Customer, Order } from "./account.ts";
import { SITES } from "./reference.ts";
import { Refusal, refuse } from "./refusals.ts";

const SCOPES = ["order_read", "order_write", "customer_read", "customer_write", "reference_read", "custom_fields_read"];

/** One call, taken apart. */
export interface Visit {
  readonly path: string;
  readonly isPost: boolean;
  readonly query: URLSearchParams;
  readonly filter: Record<string, unknown>;
  readonly form: URLSearchParams;
  readonly by: By;
  readonly key: string;
}
/** Null: not of this part. */
export type Route = (visit: Visit) => Reply | null;

/** Empty custom fields are a list, filled ones an object: the service's own inconsistency. */
const fieldsShape = (fields: Record<string, unknown>) => (Object.keys(fields).length === 0 ? [] : fields);

export function makeDesk(deps: SandboxDeps, account: Account) {
  const scopes = () => (deps.choice("rights") === "full" ? SCOPES : SCOPES.filter((scope) => scope !== "order_write"));
  const sites = () => (deps.choice("sites") === "all" ? Object.keys(SITES) : ["shop-1"]);

  return {
    scopes,
    sites,

    demand(scope: string): void {
      if (!scopes().includes(scope)) throw new Refusal(refuse(403, "Access denied."));
    },
    /** Needed wherever the key sees more than one shop. */
    siteOf(form: URLSearchParams): string {
      const site = form.get("site");
      if (site && !sites().includes(site))
        throw new Refusal(refuse(400, "Errors in the input parameters", { site: `Site "${site}" is not available` }));
      if (!site && sites().length > 1) throw new Refusal(refuse(400, "Parameter 'site' is missing"));
      return site ?? sites()[0] ?? "";
    },
    /** A structured parameter: JSON text in one field of the form. */
    sent(form: URLSearchParams, name: string): unknown {
      const raw = form.get(name);
      if (raw === null) throw new Refusal(refuse(400, `Parameter '${name}' is missing`));
      try {
        return JSON.parse(raw);
      } catch {
        throw new Refusal(refuse(400, "Errors in the entity format", { [name]: "Invalid JSON" }));
      }
    },
    entity(form: URLSearchParams, name: string): Record<string, unknown> {
      const value = object(this.sent(form, name));
      if (value) return value;
      throw new Refusal(refuse(400, "Errors in the entity format", { [name]: "Invalid JSON" }));
    },
    pick<T extends Customer | Order>(all: readonly T[], id: string, by: string | null): T {
      const found = all.find((one) => (by === "id" ? String(one.id) === id : one.externalId === id));
      if (!found) throw new Refusal(refuse(404, "Not found"));
      return found;
    },
    /** A link to a record: by `id`, else by `externalId`. */
    linked<T extends Customer | Order>(all: readonly T[], link: unknown): T {
      const { id, externalId } = object(link) ?? {};
      return this.pick(all, text(id) ?? text(externalId) ?? "", id === undefined ? "externalId" : "id");
    },
    sameExternalId(
      kind: "Order" | "Customer",
      externalId: unknown,
      known: readonly (Customer | Order)[],
      site: string,
    ) {
      if (externalId !== undefined && known.some((one) => one.externalId === String(externalId) && one.site === site))
        throw new Refusal(refuse(400, `${kind} already exists.`));
    },
    made: (body: Record<string, unknown>): Reply => json(Number(deps.choice("created")), { success: true, ...body }),

    customerShape: (customer: Customer) => ({ ...customer, customFields: fieldsShape(customer.customFields) }),
    orderShape: (order: Order, isCreated = false) => ({
      ...order,
      customFields: fieldsShape(order.customFields),
      customer: order.customer ? { type: "customer", site: order.site, ...order.customer } : undefined,
      payments:
        order.payments.length === 0
          ? deps.choice("emptyPayments") === "object"
            ? {}
            : []
          : isCreated
            ? order.payments
            : Object.fromEntries(order.payments.map((p) => [String(p.id), p])),
    }),
    linkCustomer(data: Record<string, unknown>): Record<string, unknown> {
      const link = object(data.customer);
      if (!link) return data;
      const id = text(link.id);
      const found = account.customers
        .all()
        .find(
          (c) => String(c.id) === id || (link.externalId !== undefined && c.externalId === String(link.externalId)),
        );
      if (!found) throw new Refusal(refuse(400, "Order is not loaded", { customer: "Customer not found" }));
      return { ...data, customer: { id: found.id, ...(found.externalId ? { externalId: found.externalId } : {}) } };
    },
  };
}
export type Desk = ReturnType<typeof makeDesk>;

/** RemOnline's account: clients, orders and short-lived tokens, the same whichever generation of the API looks at them. */
import { randomUUID } from "node:crypto";
import { collection, type SandboxDeps } from "../kit.ts";
import { BRANCHES, CLOSED, ORDER_TYPES, STATUSES } from "./reference.ts";

export interface Client {
  id: number;
  created_at: number;
  modified_at: number;
  name: string;
  first_name: string;
  last_name: string;
  phone: string[];
  email: string;
  notes: string;
  address: string;
  juridical: boolean;
  supplier: boolean;
  discount_code: string;
  ad_campaign_id: number | null;
  /** By the field's bare id. */
  custom_fields: Record<string, unknown>;
}
export interface Order {
  id: number;
  uuid: string;
  id_label: string;
  created_at: number;
  modified_at: number;
  done_at: number | null;
  closed_at: number | null;
  status_id: number;
  branch_id: number;
  order_type_id: number;
  client_id: number;
  custom_fields: Record<string, unknown>;
  comments: string[];
  [more: string]: unknown;
}
interface Token {
  readonly until: number;
}
/** What happened, for the webhooks. */
export interface Happening {
  readonly name: string;
  readonly client?: Client;
  readonly order?: Order;
  readonly old?: number;
}

const MINUTE = 60_000;
export type Account = ReturnType<typeof makeAccount>;

export function makeAccount(deps: SandboxDeps, tell: (happening: Happening) => Promise<void>) {
  const clients = collection<Client>(deps, "remonline", "clients");
  const orders = collection<Order>(deps, "remonline", "orders");
  const tokens = collection<Token>(deps, "remonline", "tokens");
  const now = () => deps.now().getTime();

  return {
    clients,
    orders,

    newToken(): string {
      const token = `${randomUUID()}${randomUUID()}`.replaceAll("-", "").slice(0, 40);
      const minutes = deps.choice("tokenLife") === "24h" ? 24 * 60 : 10;
      tokens.put(token, { until: now() + minutes * MINUTE });
      return token;
    },
    isAlive: (token: string) => (tokens.get(token)?.until ?? 0) > now(),
    forgetTokens: () => tokens.clear(),

    async addClient(data: Partial<Client>): Promise<Client> {
      const id = 500 + clients.next();
      const name = data.name ?? [data.first_name, data.last_name].filter(Boolean).join(" ");
      const [first = "", ...rest] = (data.name ?? "").split(" ");
      const client: Client = {
        phone: [],
        email: "",
        notes: "",
        address: "",
        juridical: false,
        supplier: false,
        discount_code: "",
        ad_campaign_id: null,
        custom_fields: {},
        first_name: first,
        last_name: rest.join(" "),
        ...data,
        name,
        id,
        created_at: now(),
        modified_at: now(),
      };
      clients.put(String(id), client);
      await tell({ name: "Client.Created", client });
      return client;
    },

    editClient(client: Client, change: Partial<Client>): Client {
      const next = { ...client, ...change, modified_at: now() };
      if (change.name !== undefined) {
        const [first = "", ...rest] = change.name.split(" ");
        Object.assign(next, { first_name: first, last_name: rest.join(" ") });
      } else next.name = [next.first_name, next.last_name].filter(Boolean).join(" ");
      if (change.custom_fields) next.custom_fields = { ...client.custom_fields, ...change.custom_fields };
      clients.put(String(client.id), next);
      return next;
    },

    async addOrder(data: Record<string, unknown> & { client_id: number }): Promise<Order> {
      const id = 9_000 + orders.next();
      const order: Order = {
        branch_id: BRANCHES[0]?.id ?? 0,
        order_type_id: ORDER_TYPES[0]?.id ?? 0,
        custom_fields: {},
        malfunction: "",
        manager_notes: "",
        engineer_notes: "",
        kindof_good: "",
        brand: "",
        model: "",
        serial: "",
        urgent: false,
        price: 0,
        payed: 0,
        ...data,
        comments: [],
        id,
        uuid: randomUUID(),
        id_label: `A${id - 9_000}`,
        created_at: now(),
        modified_at: now(),
        done_at: null,
        closed_at: null,
        status_id: STATUSES[0]?.id ?? 0,
      };
      orders.put(String(id), order);
      await tell({ name: "Order.Created", order, ...clientOf(order) });
      return order;
    },

    async setStatus(order: Order, status: number): Promise<Order> {
      const closed = CLOSED.has(status) ? now() : null;
      const next = { ...order, status_id: status, closed_at: closed, modified_at: now() };
      orders.put(String(order.id), next);
      if (status !== order.status_id)
        await tell({ name: "Order.Status.Changed", order: next, old: order.status_id, ...clientOf(next) });
      return next;
    },

    editOrder(order: Order, change: Record<string, unknown>): Order {
      const custom = { ...order.custom_fields, ...(change.custom_fields as object | undefined) };
      const next: Order = { ...order, ...change, custom_fields: custom, id: order.id, modified_at: now() };
      orders.put(String(order.id), next);
      return next;
    },

    clear() {
      for (const kind of [clients, orders, tokens]) kind.clear();
    },
  };

  function clientOf(order: Order): { client?: Client } {
    const client = clients.get(String(order.client_id));
    return client ? { client } : {};
  }
}

/** “RO App API v2”: the key as a bearer, ISO moments, people and organizations apart. */
import { type Call, json, type Reply, type SandboxDeps } from "../kit.ts";
import type { Account, Client } from "./account.ts";
import { clientOf, orderOf } from "./checks.ts";
import { findClients, findOrders, inputOf } from "./filters.ts";
import * as reference from "./reference.ts";
import { invalid, missing, refusalOf, refuse } from "./refusals.ts";
import { clientRow2, orderRow2 } from "./rows.ts";

type Input = Record<string, unknown>;

export function makeGeneration2(deps: SandboxDeps, account: Account) {
  function page(rows: readonly unknown[], input: Input): Reply {
    const at = Number(input.page ?? 1);
    const size = Number(input.pageSize ?? 50);
    if (!(at >= 1) || !(size >= 10 && size <= 100)) throw invalid({ pageSize: ["from 10 to 100"] });
    return json(200, {
      data: rows.slice((at - 1) * size, at * size),
      paging: { count: rows.length, total_pages: Math.max(1, Math.ceil(rows.length / size)) },
    });
  }

  function sorted<T extends { id: number; created_at: number; modified_at: number }>(rows: T[], input: Input): T[] {
    const sort = String(input.sort ?? "id");
    const key = sort.replace("-", "");
    const value = (row: T) => (key === "created_at" || key === "modified_at" ? row[key] : row.id);
    const ordered = [...rows].sort((a, b) => value(a) - value(b) || a.id - b.id);
    return sort.startsWith("-") ? ordered.reverse() : ordered;
  }

  async function contacts(call: Call, kind: string, id: string | undefined, input: Input): Promise<Reply> {
    const isOrganization = kind === "organizations";
    const isOfKind = (client: Client) => client.juridical === isOrganization;
    if (call.method === "GET" && id === undefined) {
      const how = {
        exactPhones: deps.choice("phoneSearch") === "exact",
        byEmail: deps.choice("emailFilter") === "honoured",
      };
      return page(sorted(findClients(account, input, how).filter(isOfKind), input).map(clientRow2), input);
    }
    const data = { ...clientOf(input, "f"), juridical: isOrganization };
    if (call.method === "POST" && id === undefined) {
      const needed = isOrganization ? "name" : "first_name";
      if (!input[needed]) throw invalid({ [needed]: ["Поле обязательно"] });
      return json(201, clientRow2(await account.addClient(data)));
    }
    const client = account.clients.get(id ?? "");
    if (!client || !isOfKind(client)) throw missing();
    if (call.method === "PATCH") return json(200, clientRow2(account.editClient(client, data)));
    if (call.method !== "GET") throw missing();
    return json(200, clientRow2(client));
  }

  async function orders(call: Call, id: string | undefined, more: string | undefined, input: Input): Promise<Reply> {
    if (id === undefined) {
      if (call.method === "GET")
        return page(
          sorted(findOrders(account, input), input).map((order) => orderRow2(account, order)),
          input,
        );
      if (call.method !== "POST") throw missing();
      const refused = refusalOf(deps.choice("orders"));
      if (refused) return refused;
      const checked = orderOf(account, input, {
        isNew: true,
        form: "f",
        modelRequired: deps.choice("required") === "model",
      });
      return json(201, orderRow2(account, await account.addOrder(checked)));
    }
    const order = account.orders.get(id);
    if (!order) throw missing();
    if (more === undefined && call.method === "GET") return json(200, orderRow2(account, order));
    if (more === undefined && call.method === "PATCH") {
      const merged = { client_id: order.client_id, ...input };
      const change = orderOf(account, merged, { isNew: false, form: "f", modelRequired: false });
      return json(200, orderRow2(account, account.editOrder(order, change)));
    }
    if (call.method !== "POST") throw missing();
    if (more === "comments") {
      if (!input.comment) throw invalid({ comment: ["Поле обязательно"] });
      account.editOrder(order, { comments: [...order.comments, String(input.comment)] });
      return json(200, { success: true });
    }
    if (deps.choice("statusRight") === "no") return refuse(405, 405, "Access to the resource is denied");
    if (!reference.STATUSES.some((status) => String(status.id) === String(input.status_id)))
      throw invalid({ status_id: ["Нет такого статуса"] });
    return json(200, orderRow2(account, await account.setStatus(order, Number(input.status_id))));
  }

  return async function handle(call: Call): Promise<Reply> {
    const path = call.path.replace(/^v2\//, "");
    if (call.headers.authorization !== `Bearer ${reference.KEY}`) return refuse(401, 401, "Unauthorized");
    const input = inputOf(call);
    const get = call.method === "GET";
    if (get && path === "company") return json(200, { name: reference.COMPANY, timezone: "Europe/Moscow" });
    if (get && path === "branches") return page(reference.BRANCHES, input);
    if (get && path === "employees") return page(reference.EMPLOYEES, input);
    if (get && path === "marketing/campaigns") return page(reference.CAMPAIGNS, input);
    if (get && path === "orders/types") return json(200, { data: reference.ORDER_TYPES });
    // The only list that is known to come bare.
    if (get && path === "orders/statuses")
      return json(
        200,
        reference.STATUSES.map((status) => ({ ...status, group: { type: status.group, name: status.name } })),
      );
    if (get && path === "orders/custom-fields")
      return json(200, { data: reference.ORDER_FIELDS.map(({ id, name, type }) => ({ id, name, type })) });
    const contact = /^contacts\/(people|organizations)(?:\/(\d+))?$/.exec(path);
    if (contact) return contacts(call, contact[1] ?? "", contact[2], input);
    const order = /^orders(?:\/(\d+)(?:\/(status|comments))?)?$/.exec(path);
    if (order) return orders(call, order[1], order[2], input);
    throw missing();
  };
}

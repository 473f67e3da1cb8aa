/** “RemOnline Public API 1.0”: a token in the query, moments in milliseconds, fifty rows a page. */
import { type Call, json, object, type Reply, type SandboxDeps } from "../kit.ts";
import type { Account } from "./account.ts";
import { clientOf, orderOf } from "./checks.ts";
import { findClients, findOrders, inputOf } from "./filters.ts";
import * as reference from "./reference.ts";
import { invalid, missing, refusalOf, refuse } from "./refusals.ts";
import { clientRow1, orderRow1 } from "./rows.ts";

const PAGE = 50;

export function makeGeneration1(deps: SandboxDeps, account: Account) {
  const form = () => deps.choice("customKeys");
  const created = (id: number) =>
    json(200, { data: deps.choice("created") === "array" ? [{ id }] : { id }, success: true });
  const dictionary = (rows: readonly unknown[]) => json(200, { data: rows, success: true });

  function page(rows: readonly unknown[], input: Record<string, unknown>): Reply {
    const at = Number(input.page ?? 1);
    if (!Number.isInteger(at) || at < 1) throw invalid({ page: ["Invalid page"] });
    return json(200, { data: rows.slice((at - 1) * PAGE, at * PAGE), count: rows.length, page: at, success: true });
  }

  function newToken(input: Record<string, unknown>): Reply {
    if (input.api_key === reference.KEY) return json(200, { token: account.newToken(), success: true });
    return refuse(401, 111, "Unable to log you in. Check your api_key and try again.");
  }

  /** A dead token is told in one of two ways, by the age of the deployment. */
  const deadToken = () =>
    deps.choice("deadToken") === "401" ? refuse(401, 401, "Unauthorized") : refuse(403, 101, "Invalid token");

  function isAllowed(call: Call, input: Record<string, unknown>): boolean {
    const bearer = /^Bearer (.+)$/.exec(call.headers.authorization ?? "")?.[1];
    if (bearer !== undefined) return deps.choice("bearer") === "yes" && bearer === reference.KEY;
    return account.isAlive(String(input.token ?? ""));
  }

  async function clients(call: Call, input: Record<string, unknown>): Promise<Reply> {
    if (call.method === "GET") {
      const how = { exactPhones: deps.choice("phoneSearch") === "exact", byEmail: true };
      return page(
        findClients(account, input, how).map((one) => clientRow1(one, form())),
        input,
      );
    }
    const data = clientOf(input, form());
    if (call.method === "POST") {
      if (!data.name && !data.first_name) throw invalid({ first_name: ["Поле обязательно"] });
      return created((await account.addClient(data)).id);
    }
    if (call.method !== "PUT") throw missing();
    if (input.id === undefined) throw invalid({ id: ["Поле обязательно"] });
    const client = account.clients.get(String(input.id));
    if (!client) throw missing();
    account.editClient(client, data);
    return json(200, { data: { id: client.id }, success: true });
  }

  async function order(call: Call, input: Record<string, unknown>): Promise<Reply> {
    if (call.method === "GET") {
      const rows = findOrders(account, input);
      if (input.sort_dir !== "asc") rows.reverse();
      return page(
        rows.map((one) => orderRow1(account, one, form())),
        input,
      );
    }
    if (call.method !== "POST") throw missing();
    const refused = refusalOf(deps.choice("orders"));
    if (refused) return refused;
    const modelRequired = deps.choice("required") === "model";
    return created((await account.addOrder(orderOf(account, input, { isNew: true, form: form(), modelRequired }))).id);
  }

  async function status(input: Record<string, unknown>): Promise<Reply> {
    const found = account.orders.get(String(input.order_id));
    if (!found) throw missing();
    if (deps.choice("statusRight") === "no") return refuse(405, 405, "Access to the resource is denied");
    if (!reference.STATUSES.some(({ id }) => String(id) === String(input.status_id)))
      throw invalid({ status_id: ["Нет такого статуса"] });
    await account.setStatus(found, Number(input.status_id));
    return json(200, { success: true });
  }

  return async function handle(call: Call): Promise<Reply> {
    const input = inputOf(call);
    if (call.path === "token/new" && call.method === "POST") return newToken(input);
    if (!isAllowed(call, input)) return deadToken();
    const get = call.method === "GET";
    const custom = /^(clients|order)\/custom-fields$/.exec(call.path)?.[1];
    if (custom === "clients" && get) return dictionary(reference.CLIENT_FIELDS);
    if (custom === "order" && get) {
      const type = input.ordertype_id;
      const fields = reference.ORDER_FIELDS.filter(({ types }) => type === undefined || types.includes(Number(type)));
      return dictionary(fields.map(({ id, name, type: kind }) => ({ id, name, type: kind })));
    }
    switch (call.path) {
      case "branches":
        return dictionary(reference.BRANCHES);
      case "order/types":
        return dictionary(reference.ORDER_TYPES);
      case "statuses":
      case "statuses/orders":
        return dictionary(reference.STATUSES);
      case "employees":
        return dictionary(reference.EMPLOYEES);
      case "marketing/campaigns":
        return dictionary(reference.CAMPAIGNS);
      case "settings/company":
        return json(200, { data: { timezone: "Europe/Moscow" }, success: true });
      case "clients":
        return clients(call, input);
      case "order":
        return order(call, input);
      case "order/status":
        return call.method === "POST" ? status(input) : Promise.reject(missing());
    }
    const comment = /^order\/(\d+)\/comments$/.exec(call.path)?.[1];
    const one = /^(clients|order)\/(\d+)$/.exec(call.path);
    const found = account.orders.get(comment ?? one?.[2] ?? "");
    if (comment !== undefined && call.method === "POST") {
      if (!found) throw missing();
      if (!input.message) throw invalid({ message: ["Поле обязательно"] });
      account.editOrder(found, { comments: [...found.comments, String(input.message)] });
      return json(200, { success: true });
    }
    if (!get || !one) throw missing();
    const client = account.clients.get(one[2] ?? "");
    const row = one[1] === "order" ? found && orderRow1(account, found, form()) : client && clientRow1(client, form());
    if (!object(row)) throw missing();
    return json(200, { data: row, success: true });
  };
}

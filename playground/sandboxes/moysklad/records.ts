/** Counterparties and orders: created, changed, read, one by one and many at once, with their history. */
import { type Call, json, object, type Reply, type SandboxDeps, text } from "../kit.ts";
import { type Account, type Doc, type Order, PROGRAM } from "./account.ts";
import { type Faces, meta } from "./faces.ts";
import { makeInput, type Written } from "./input.ts";
import type { Lists } from "./lists.ts";
import { makeMetadata } from "./metadata.ts";
import { apiId } from "./reference.ts";
import { missing, Refusal } from "./refusals.ts";

export function makeRecords(deps: Pick<SandboxDeps, "choice">, account: Account, faces: Faces, lists: Lists) {
  const { list, documents } = lists;
  const read = makeInput(account);
  const metadata = makeMetadata(deps, account, lists);

  const docsOf = (type: Written): readonly Doc[] =>
    type === "counterparty" ? account.counterparties.all() : account.orders.all();
  function pick(type: Written, id: string): Doc {
    const found = type === "counterparty" ? account.counterparties.get(id) : account.orders.get(id);
    if (!found) throw missing(type, id);
    return found;
  }

  function create(type: Written, body: Record<string, unknown>): Doc {
    if (type === "customerorder" && deps.choice("rights") === "noOrders")
      throw new Refusal(403, 1045, "Доступ запрещен: у вас нет прав на создание данного объекта");
    const known = body.syncId === undefined ? undefined : docsOf(type).find((doc) => doc.syncId === body.syncId);
    if (known) return known;
    const data = read(type, body);
    return type === "counterparty" ? account.addCounterparty(data, PROGRAM) : account.addOrder(data, PROGRAM);
  }
  function edit(type: Written, doc: Doc, body: Record<string, unknown>): Doc {
    const next = { ...doc, ...read(type, body, doc), id: doc.id } as Doc;
    return type === "counterparty"
      ? account.editCounterparty(doc, next, PROGRAM)
      : account.editOrder(doc as Order, next as Order, PROGRAM);
  }
  function write(type: Written, body: Record<string, unknown>): Doc {
    const href = text(object(body.meta)?.href);
    return href === undefined ? create(type, body) : edit(type, pick(type, href.split("/").at(-1) ?? ""), body);
  }

  /** Many at once: each answers for itself. */
  function bulk(type: Written, items: readonly unknown[]): Reply {
    const answers = items.map((item) => {
      try {
        return faces.record(type, write(type, object(item) ?? {}));
      } catch (error) {
        if (error instanceof Refusal) return JSON.parse(error.reply.body) as unknown;
        throw error;
      }
    });
    return json(200, answers);
  }

  function auditOf(type: string, id: string, query: URLSearchParams): Reply {
    if (deps.choice("audit") === "forbidden") throw new Refusal(403, 38000, "Нет доступа к аудиту");
    const own = account.audit.all().filter((row) => row.entity === id);
    const rows = (deps.choice("auditOrder") === "newest" ? own.reverse() : own).map(
      ({ id: context, entity: _, ...row }) => ({
        ...row,
        audit: meta("audit", `audit/${context}`),
        entity: meta(type, `entity/${type}/${id}`),
      }),
    );
    const asked = new URLSearchParams(query);
    if (!asked.has("limit")) asked.set("limit", "25");
    return list(`entity/${type}/${id}/audit`, "auditevent", rows, asked, 100);
  }

  return function records(type: Written, id: string, rest: string, call: Call, body: unknown): Reply {
    if (id === "metadata") return metadata(type, rest, call, body);
    if (id === "") {
      if (call.method === "GET") return documents(type, docsOf(type), call.query);
      if (call.method !== "POST") throw new Refusal(405, 1002, "Метод не поддерживается");
      if (Array.isArray(body)) return bulk(type, body);
      return json(200, faces.record(type, write(type, object(body) ?? {})));
    }
    const real = apiId(id);
    if (real !== id) return { status: 308, headers: { location: `./${real}` }, body: "" };
    const doc = pick(type, id);
    if (rest === "audit") return auditOf(type, id, call.query);
    if (rest === "positions" && type === "customerorder")
      return list(
        `entity/customerorder/${id}/positions`,
        "customerorderposition",
        (doc as Order).positions.map((one) => ({
          quantity: one.quantity,
          price: one.price,
          discount: one.discount,
          assortment: meta("product", `entity/product/${one.assortment}`),
        })),
        call.query,
      );
    if (rest !== "") throw new Refusal(404, 1002, "Неизвестный путь");
    const expand = (call.query.get("expand") ?? "").split(",").filter(Boolean);
    if (call.method === "PUT") return json(200, faces.record(type, edit(type, doc, object(body) ?? {})));
    return json(200, faces.record(type, doc, expand));
  };
}

/** Deals v2 of the lead service: made for a lead, changed by their number, deleted. */
import { collection, json, list, object, objects, type SandboxDeps, text } from "../kit.ts";
import type { makeMatching } from "./matching.ts";
import type { Deal } from "./records.ts";
import type { Item, Method } from "./service.ts";

const COMMON =
  "orderNumber orderName funnel status statusDate currency revenue margin manager orderLink addTags addTagsToLead customFields products orderContacts";

/** `[{field, value}]` as a record. */
export const fieldsIn = (value: unknown): Record<string, string> =>
  Object.fromEntries(objects(value).map((one) => [text(one.field) ?? "", text(one.value) ?? String(one.value)]));
export const tagsIn = (value: unknown): string[] => objects(value).flatMap((one) => text(one.tag) ?? []);
/** Tags of an update: they join those that are there, or take their place. */
export function mixed(known: readonly string[], change: unknown): string[] {
  const wanted = object(change);
  if (!wanted) return [...known];
  const tags = tagsIn(wanted.tags);
  return wanted.overwrite === true ? tags : [...new Set([...known, ...tags])];
}

export function makeDeals(
  deps: SandboxDeps,
  match: ReturnType<typeof makeMatching>,
  tag: (lead: { type: string; id: string }, tags: readonly string[]) => void,
) {
  const deals = collection<Deal>(deps, "calltouch", "deals");
  const failed = (number: string, message: string) => ({ orderNumber: number, error: message });

  const products = (value: unknown) =>
    objects(value)
      .map((one) => `${text(one.name) ?? "?"} × ${text(one.quantity) ?? "1"} = ${text(one.price) ?? "0"}`)
      .join(", ");
  function contacts(order: Item) {
    const main = object(object(order.orderContacts)?.mainContacts) ?? {};
    return { fio: text(main.fio), phone: text(main.phoneNumber), email: text(main.email) };
  }
  /** Only what was sent. */
  const sent = (values: Partial<Deal>) =>
    Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Partial<Deal>;
  const common = (order: Item): Partial<Deal> =>
    sent({
      ...sent({ status: text(order.status), revenue: text(order.revenue), statusDate: text(order.statusDate) } as Deal),
      ...sent({ orderName: text(order.orderName), funnel: text(order.funnel), manager: text(order.manager) } as Deal),
      ...sent(contacts(order) as Deal),
      ...(order.products === undefined ? {} : { products: products(order.products) }),
    });

  function create(order: Item): Item {
    const number = text(order.orderNumber);
    if (!number) return { error: "orderNumber is required" };
    if (!text(order.status)) return failed(number, "status is required");
    const known = deals.get(number);
    if (known) {
      return deps.choice("sameNumber") === "error"
        ? failed(number, `Order ${number} already exists`)
        : { orderNumber: number, calltouchOrderId: known.calltouchOrderId };
    }
    const lead = match(order.matching);
    if (!lead) return failed(number, "lead not found by matching");
    const id = 900_000 + deals.next();
    const at = deps.now().getTime();
    deals.put(number, {
      orderNumber: number,
      calltouchOrderId: id,
      status: "",
      revenue: "",
      statusDate: "",
      orderName: "",
      funnel: "",
      manager: "",
      fio: "",
      phone: "",
      email: "",
      products: "",
      ...common(order),
      orderDate: text(order.orderDate) ?? "",
      leadType: lead.type,
      leadId: lead.id,
      comment: text(object(order.comment)?.text) ?? "",
      tags: tagsIn(order.addTags),
      fields: fieldsIn(order.customFields),
      createdAt: at,
      updatedAt: at,
      updates: 0,
    });
    tag(lead, tagsIn(order.addTagsToLead));
    return { orderNumber: number, calltouchOrderId: id };
  }

  function change(deal: Deal, values: Partial<Deal>): void {
    deals.put(deal.orderNumber, { ...deal, ...values, updatedAt: deps.now().getTime(), updates: deal.updates + 1 });
  }

  function update(order: Item): Item {
    const number = text(order.orderNumber) ?? "";
    const deal = deals.get(number);
    if (!deal) {
      if (deps.choice("unknownNumber") === "silent") return { orderNumber: number };
      return failed(number, `Order ${number} not found`);
    }
    const lead = order.reMatching === undefined ? null : match(order.reMatching);
    if (order.reMatching !== undefined && !lead) return failed(number, "lead not found by reMatching");
    const note = text(object(order.addNewComment)?.text);
    change(deal, {
      ...common(order),
      ...(lead ? { leadType: lead.type, leadId: lead.id } : {}),
      ...(note ? { comment: [deal.comment, note].filter(Boolean).join("; ") } : {}),
      tags: mixed(deal.tags, order.addTags),
      fields: { ...deal.fields, ...fieldsIn(order.customFields) },
    });
    tag(lead ?? { type: deal.leadType, id: deal.leadId }, tagsIn(object(order.addTagsToLead)?.tags));
    return { orderNumber: number, calltouchOrderId: deal.calltouchOrderId };
  }

  const methods: Readonly<Record<string, Method>> = {
    "client-order/create": {
      list: "orders",
      known: `${COMMON} matching orderDate comment`,
      needsCrm: true,
      answer: create,
    },
    "client-order/update": {
      list: "orders",
      known: `${COMMON} updateDate leadManager addNewComment addCustomFieldsToLead reMatching`,
      needsCrm: true,
      answer: update,
    },
  };
  const more = {
    "client-order/delete": (body: Item) => {
      const numbers = list(body.orderNumbers);
      const orders = numbers.map((number) => {
        if (!deals.get(number)) return failed(number, `Order ${number} not found`);
        deals.remove(number);
        return { orderNumber: number };
      });
      return json(200, { data: { orders } });
    },
  };
  return { methods, more, change };
}

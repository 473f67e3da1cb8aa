/** What happens when somebody presses a button on the screen of МойСклад: always a person's doing, in the browser. */
import { type Account, PERSON } from "./account.ts";
import { ATTRIBUTE_TYPES, idOf, STATES } from "./reference.ts";

export function press(account: Account, button: string, fields: Readonly<Record<string, string>>): unknown {
  if (button === "attribute") {
    const type = ATTRIBUTE_TYPES.find(([key]) => key === fields.type)?.[0];
    if (!type || !fields.name) throw new Error("a field needs a name and a type");
    const entity = fields.entity === "counterparty" ? "counterparty" : "customerorder";
    return account.addAttribute({ entity, name: fields.name, type, required: false });
  }
  if (button === "order") {
    const agent = account.addCounterparty(
      { name: fields.name, phone: fields.phone, companyType: "individual" },
      PERSON,
    );
    const positions = [
      { assortment: idOf("product", 1), quantity: 1, price: Math.round(Number(fields.total) * 100), discount: 0 },
    ];
    return account.addOrder({ refs: { organization: idOf("organization", 1), agent: agent.id }, positions }, PERSON);
  }
  const order = account.orders.get(fields.order ?? "");
  if (!order) throw new Error(`no order with id ${fields.order}`);
  if (button === "pay") {
    const kind = fields.kind === "cashin" ? "cashin" : "paymentin";
    return account.pay(order, kind, Math.round(Number(fields.sum) * 100), PERSON);
  }
  if (button === "comment") return account.editOrder(order, { ...order, description: fields.text }, PERSON);
  const state = STATES.find((one) => one.id === fields.state || one.name === fields.state);
  if (!state) throw new Error(`no state called ${fields.state}`);
  const total = Number(fields.total);
  const positions = [{ assortment: idOf("product", 1), quantity: 1, price: Math.round(total * 100), discount: 0 }];
  return account.editOrder(
    order,
    {
      ...order,
      refs: { ...order.refs, state: state.id },
      ...(fields.total ? { positions } : {}),
    },
    PERSON,
  );
}

import type { Contract, HookCase, Stand, TriggerCase } from "../contract.ts";

const hook: HookCase = {
  async listen(stand, url) {
    await stand.press("connect", { url });
    await stand.press("events");
    await stand.press("power", { on: "on" });
    return undefined;
  },
};
/** A ticket into the basket, and then what happens to its order. */
const after = (button?: string): TriggerCase => ({
  hook,
  async make(stand: Stand) {
    const order = (await stand.press("plus")) as { id: number };
    if (button !== undefined) await stand.press(button, { order: String(order.id) });
  },
});

export const contract: Contract = {
  triggers: {
    orderCreate: after(),
    orderUpdate: after("checkout"),
    orderComplete: after("pay"),
    ticketCreate: after(),
    ticketUpdate: after("option"),
    ticketCancel: after("cancel"),
    any: after("pay"),
  },
};

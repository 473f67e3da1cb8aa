import type { JsonObject } from "../../../src/connectors/kit/define.ts";
import type { Contract, HookCase, Stand } from "../contract.ts";

const order = (stand: Stand, number: number) =>
  stand.press("order", { firstName: `Ирина ${number}`, total: "2300.50" });

const idOf = (made: JsonObject) => String(made.id);
const customer = async (stand: Stand) => idOf(await stand.run("createCustomer", { firstName: "Анна" }));
const ownOrder = async (stand: Stand) => idOf(await stand.run("createOrder", { firstName: "Анна" }));
const newest = (stand: Stand, table: string) => String(stand.rows(table)[0]?.id);

/** A trigger of retailCRM's interface, set up as its steps say. */
const byHand = (event: string, params: string): HookCase => ({
  async listen(stand, url) {
    await stand.press("trigger", { event, url, params });
    return undefined;
  },
});

export const contract: Contract = {
  writes: {
    createOrder: {
      made: "orders",
      input: () => ({ externalId: "call-1", firstName: "Анна", phone: "+79001234567" }),
    },
    createCustomer: {
      made: "customers",
      input: () => ({ externalId: "c-1", firstName: "Анна", phone: "+79001234567" }),
    },
    addNote: {
      made: "notes",
      input: async (stand) => ({ id: await customer(stand), text: "Перезвонить" }),
    },
    combineCustomers: {
      // One fewer is one more that was joined.
      made: (stand) => 100 - stand.rows("customers").length,
      input: async (stand) => ({ id: await customer(stand), merged: [await customer(stand)] }),
    },
    addPayment: {
      made: "payments",
      input: async (stand) => ({ orderId: await ownOrder(stand), type: "bank-card", amount: 900.5 }),
    },
    addOrderItem: {
      made: "items",
      input: async (stand) => ({ id: await ownOrder(stand), name: "Велосипед", price: 1000, quantity: 1 }),
    },
  },
  without: { "lists:users": "the sandbox plays an account without this method, whose list is empty" },
  triggers: {
    newOrder: { make: order, many: 101, expects: { firstName: "Ирина 0", totalSumm: 2300.5 } },
    orderStatus: { options: { withCreated: true }, make: order, many: 3 },
    orderPayment: {
      async make(stand, number) {
        await order(stand, number);
        await stand.press("pay", { order: String(stand.rows("orders")[0]?.id) });
      },
      many: 51,
    },
    newCustomer: {
      options: { ownToo: true },
      make: (stand, n) => stand.run("createCustomer", { externalId: `c${n}`, firstName: `Анна ${n}` }),
      many: 101,
      expects: { externalId: "c0", firstName: "Анна 0" },
    },
    orderChanged: {
      async make(stand, number) {
        await order(stand, number);
        await stand.press("editOrder", { order: newest(stand, "orders"), comment: `Позвонить ${number}` });
      },
      many: 30,
      expects: { changedFields: "manager_comment", newValue: "Позвонить 0" },
    },
    customerChanged: {
      async make(stand, number) {
        await order(stand, number);
        await stand.press("editCustomer", { customer: newest(stand, "customers"), lastName: `Петрова ${number}` });
      },
      many: 3,
      expects: { lastName: "Петрова 0" },
    },
    orderDeleted: {
      async make(stand, number) {
        await order(stand, number);
        await stand.press("deleteOrder", { order: newest(stand, "orders") });
      },
      many: 3,
    },
    customerDeleted: {
      async make(stand, number) {
        await order(stand, number);
        await stand.press("deleteCustomer", { customer: newest(stand, "customers") });
      },
      many: 3,
    },
    orderSignal: { make: order, hook: byHand("order", "orderId={{ order.id }}&event=new") },
    customerSignal: {
      async make(stand, number) {
        await order(stand, number);
        await stand.press("editCustomer", { customer: newest(stand, "customers"), lastName: `Петрова ${number}` });
      },
      hook: byHand("customer", "customerId={{ customer.id }}&event=changed"),
    },
  },
};

import type { Contract, Stand } from "../contract.ts";

const order = (stand: Stand, number: number) =>
  stand.press("order", { firstName: `Ирина ${number}`, total: "2300.50" });

export const contract: Contract = {
  create: {
    action: "createOrder",
    table: "orders",
    input: () => ({ externalId: "call-1", firstName: "Анна", phone: "+79001234567" }),
  },
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
  },
};

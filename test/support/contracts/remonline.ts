import type { Contract, Stand } from "../contract.ts";

const order = (stand: Stand, number: number) => stand.press("order", { malfunction: `Разбит экран ${number}` });
const client = (stand: Stand, number: number) => stand.press("client", { name: `Иван Петров${number}` });

export const contract: Contract = {
  create: {
    action: "createOrder",
    table: "orders",
    async input(stand) {
      const made = await stand.run("createClient", { firstName: "Анна", phone: "+79990001122" });
      return { branchId: "101", orderTypeId: "301", clientId: String(made.id), malfunction: "Разбит экран" };
    },
  },
  triggers: {
    newOrder: { make: order, many: 101, expects: { malfunction: "Разбит экран 0" } },
    orderStatus: { options: { withCreated: true }, make: order, many: 3 },
    orderChanged: {
      async make(stand, number) {
        await order(stand, number);
        // What changes in its first moments is its creation.
        stand.move(3_000);
        await stand.press("note", { order: String(stand.rows("orders")[0]?.id), text: `Позвонить ${number}` });
      },
      many: 3,
    },
    newClient: { make: client, many: 101 },
    clientChanged: {
      async make(stand, number) {
        await client(stand, number);
        stand.move(3_000);
        await stand.press("editClient", { client: String(stand.rows("clients")[0]?.id), notes: `${number}` });
      },
      many: 3,
    },
  },
};

import type { Contract, HookCase, Stand } from "../contract.ts";

/** A person adds the webhook and brings its secret back, as the steps say. */
const byHand = (event: string): HookCase => ({
  async listen(stand, url) {
    const { secret } = (await stand.press("webhook", { url, events: event })) as { secret: string };
    return { secret };
  },
});

const order = (stand: Stand, number: number) => stand.press("order", { malfunction: `Разбит экран ${number}` });
const client = (stand: Stand, number: number) => stand.press("client", { name: `Иван Петров${number}` });

export const contract: Contract = {
  writes: {
    createClient: { made: "clients", input: () => ({ firstName: "Борис", phone: "+79265554433" }) },
    createOrder: {
      made: "orders",
      async input(stand) {
        const made = await stand.run("createClient", { firstName: "Анна", phone: "+79990001122" });
        return { branchId: "101", orderTypeId: "301", clientId: String(made.id), malfunction: "Разбит экран" };
      },
    },
    addComment: {
      made: (stand) => stand.rows("orders").flatMap(({ comments }) => comments).length,
      async input(stand) {
        await order(stand, 0);
        return { id: String(stand.rows("orders")[0]?.id), text: "Позвонить вечером" };
      },
    },
  },
  triggers: {
    newOrder: { hook: byHand("Order.Created"), make: order, many: 101, expects: { malfunction: "Разбит экран 0" } },
    orderStatus: {
      hook: {
        ...byHand("Order.Status.Changed"),
        differs: {
          oldStatusId: "a poll that sees the order for the first time can't know what was before",
          oldStatus: "as oldStatusId",
        },
        async make(stand, number) {
          await order(stand, number);
          await stand.press("status", { order: String(stand.rows("orders")[0]?.id), status: "12" });
        },
      },
      options: { withCreated: true },
      make: order,
      many: 3,
    },
    orderChanged: {
      async make(stand, number) {
        await order(stand, number);
        // What changes in its first moments is its creation.
        stand.move(3_000);
        await stand.press("note", { order: String(stand.rows("orders")[0]?.id), text: `Позвонить ${number}` });
      },
      many: 3,
    },
    newClient: { hook: byHand("Client.Created"), make: client, many: 101 },
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

import { moysklad } from "../../../src/connectors/moysklad/index.ts";
import type { Contract, Stand } from "../contract.ts";

const first = async (stand: Stand, list: string) =>
  (await moysklad.lists?.[list]?.load(stand.ctx, {}, undefined))?.items[0]?.value ?? "";
const order = (stand: Stand, number: number) => stand.press("order", { name: `Ирина ${number}`, total: "2300.50" });

export const contract: Contract = {
  auth: ({ login = "", password = "" }) => ({ login, password }),
  writes: {
    createOrder: {
      made: "orders",
      async input(stand) {
        const agent = await stand.run("createCounterparty", { name: "Анна" });
        return { organization: await first(stand, "organizations"), agent: agent.id ?? null, externalCode: "ct-1" };
      },
    },
    createCounterparty: { made: "counterparties", input: () => ({ name: "Борис", phone: "+79265554433" }) },
  },
  triggers: {
    newOrder: { make: order, many: 101, expects: { sum: 2300.5 } },
    orderChanged: {
      async make(stand, number) {
        const made = (await order(stand, number)) as { id: string };
        await stand.press("state", { order: made.id });
      },
      many: 3,
    },
    orderState: {
      async make(stand, number) {
        const made = (await order(stand, number)) as { id: string };
        await stand.press("state", { order: made.id });
      },
      many: 51,
    },
    orderPayment: {
      async make(stand, number) {
        const made = (await order(stand, number)) as { id: string };
        await stand.press("pay", { order: made.id, sum: "1000.25" });
      },
      many: 51,
    },
    newCounterparty: {
      options: { ownToo: true },
      make: (stand, n) => stand.run("createCounterparty", { name: `Анна ${n}` }),
      many: 101,
      expects: { name: "Анна 0" },
    },
  },
  without: { longIds: "its ids are UUIDs, text everywhere" },
};

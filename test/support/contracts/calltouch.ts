import type { Contract, HookCase } from "../contract.ts";

const byHand: HookCase = {
  async listen(stand, url) {
    await stand.press("webhook", { url });
    return undefined;
  },
};

const dealsByHand: HookCase = {
  async listen(stand, url) {
    await stand.press("dealWebhook", { url });
    return undefined;
  },
};

export const contract: Contract = {
  writes: {
    dealByCall: {
      made: "deals",
      async input(stand) {
        await stand.press("call");
        return { callId: String(stand.rows("calls")[0]?.id), status: "PENDING", revenue: "1500.5" };
      },
    },
    dealByRequest: {
      made: "deals",
      async input(stand) {
        await stand.press("request");
        return { requestId: String(stand.rows("requests")[0]?.id), status: "PENDING", revenue: "1500.5" };
      },
    },
    dealByContact: {
      made: "deals",
      async input(stand) {
        await stand.press("call", { phone: "79001234567" });
        return { phone: "+79001234567", status: "PENDING", revenue: "1500.5" };
      },
    },
    dealByChat: {
      made: "deals",
      async input(stand) {
        const chat = (await stand.press("chat")) as { id: number };
        return { chatId: String(chat.id), status: "PENDING" };
      },
    },
    dealBySource: { made: "deals", input: () => ({ source: "vk", status: "PENDING", orderNumber: "own-1" }) },
    importCall: {
      made: "calls",
      input: () => ({ clientPhone: "+79001234567", ownPhone: "+74950000001", duration: 42 }),
    },
    createRequest: { made: "requests", input: () => ({ phone: "+79001234567", fullName: "Анна", subject: "Форма" }) },
  },
  triggers: {
    call: {
      hook: byHand,
      make: (stand, number) => stand.press("call", { phone: `7900${String(1_000_000 + number)}` }),
      many: 1_001,
      expects: { callerNumber: "79001000000" },
    },
    request: {
      hook: {
        ...byHand,
        differs: {
          googleClientId: "webhooks of requests aren't known to carry it",
          calltouchClientId: "the journal of requests says 0 where the webhook knows it",
        },
      },
      make: (stand, number) => stand.press("request", { subject: `Форма ${number}` }),
      many: 60,
      expects: { subject: "Форма 0" },
    },
    deal: {
      hook: dealsByHand,
      make: (stand, number) => stand.press("deal", { name: `Заказ ${number}`, revenue: "1500.5" }),
      many: 60,
      expects: { orderName: "Заказ 0", amount: 1500.5 },
    },
    dealChanged: {
      hook: dealsByHand,
      async make(stand, number) {
        const made = (await stand.press("deal", { name: `Заказ ${number}` })) as { number: string };
        // What changes in the second of its creation is its creation.
        stand.move(3_000);
        await stand.press("editDeal", { number: made.number, status: "COMPLETED", revenue: "1700" });
      },
      many: 3,
      expects: { status: "COMPLETED", amount: 1700 },
    },
  },
};

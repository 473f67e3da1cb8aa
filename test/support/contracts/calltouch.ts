import type { Contract, HookCase } from "../contract.ts";

const byHand: HookCase = {
  async listen(stand, url) {
    await stand.press("webhook", { url });
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
  },
};

import type { Contract } from "../contract.ts";

export const contract: Contract = {
  create: {
    action: "dealByCall",
    table: "deals",
    async input(stand) {
      await stand.press("call");
      return { callId: String(stand.rows("calls")[0]?.id), status: "PENDING", revenue: "1500.5" };
    },
  },
  triggers: {
    call: {
      make: (stand, number) => stand.press("call", { phone: `7900${String(1_000_000 + number)}` }),
      many: 1_001,
      expects: { callerNumber: "79001000000" },
    },
    request: {
      make: (stand, number) => stand.press("request", { subject: `Форма ${number}` }),
      many: 60,
      expects: { subject: "Форма 0" },
    },
  },
};

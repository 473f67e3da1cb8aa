import type { Contract } from "../contract.ts";

export const contract: Contract = {
  auth: ({ token = "" }) => ({ token }),
  triggers: {
    lead: {
      options: { page: "1000001" },
      make: (stand, n) => stand.press("lead", { name: `Анна ${n}` }),
      many: 101,
    },
  },
  without: {
    longIds: "its ids are long by nature; facebook.test.ts reads them as texts and as numbers",
  },
};

import type { Contract } from "../contract.ts";

export const contract: Contract = {
  triggers: {
    leadForm: {
      make: (stand, n) => stand.press("lead", { first_name: `Анна ${n}` }),
      many: 101,
    },
  },
};

import type { Contract } from "../contract.ts";

export const contract: Contract = {
  writes: {
    createContact: {
      made: "contacts",
      input: () => ({ companyId: "7001", firstName: "Анна", phone: "+79001234567" }),
    },
  },
};

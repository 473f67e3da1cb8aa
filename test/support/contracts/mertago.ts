import type { Contract } from "../contract.ts";

export const contract: Contract = {
  create: {
    action: "createContact",
    table: "contacts",
    input: () => ({ companyId: "7001", firstName: "Анна", phone: "+79001234567" }),
  },
  without: {
    items: "nothing starts a bundle there",
    moments: "nothing starts a bundle there",
    longIds: "nothing starts a bundle there",
  },
};

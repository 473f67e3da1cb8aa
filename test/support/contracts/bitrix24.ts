import type { Contract } from "../contract.ts";

export const contract: Contract = {
  auth: ({ webhook = "" }) => ({ webhook }),
  secrets: ["b24sandboxsecret7f"],
  create: {
    action: "createContact",
    table: "contacts",
    input: () => ({ NAME: "Ирина", PHONE: "+79005554433", EMAIL: "irina@example.test" }),
  },
  triggers: {
    contact: {
      make: (stand, n) => stand.press("contact", { name: `Ирина ${n}` }),
      many: 160,
      expects: { NAME: "Ирина 0" },
    },
    lead: {
      make: (stand, n) => stand.press("lead", { title: `Заявка ${n}` }),
      many: 3,
      expects: { TITLE: "Заявка 0" },
    },
    deal: {
      make: (stand, n) => stand.press("deal", { title: `Поставка ${n}`, sum: "12500.50" }),
      many: 3,
      expects: { TITLE: "Поставка 0" },
    },
    company: { make: (stand, n) => stand.run("createCompany", { TITLE: `Ромашка ${n}` }), many: 51 },
  },
};

import type { Contract, HookCase, Stand } from "../contract.ts";

/** An inbound webhook can't subscribe: a person pastes the address in the portal. */
const byHand = (entity: string): HookCase => ({
  async listen(stand, url) {
    await stand.press("webhook", { url, events: `ONCRM${entity}ADD, ONCRM${entity}UPDATE` });
    return undefined;
  },
});
const contact = (stand: Stand, n: number) => stand.press("contact", { name: `Ирина ${n}` });

export const contract: Contract = {
  auth: ({ webhook = "" }) => ({ webhook }),
  secrets: ["b24sandboxsecret7f"],
  writes: {
    createContact: {
      made: "contacts",
      input: () => ({ NAME: "Ирина", PHONE: "+79005554433", EMAIL: "irina@example.test" }),
    },
    createLead: { made: "leads", input: () => ({ TITLE: "Заявка", NAME: "Ольга", PHONE: "+79001112233" }) },
    createDeal: { made: "deals", input: () => ({ TITLE: "Поставка", OPPORTUNITY: "12500.50" }) },
    createCompany: { made: "companies", input: () => ({ TITLE: "Ромашка" }) },
    todo: {
      made: "todos",
      async input(stand) {
        const made = await stand.run("createContact", { NAME: "Ирина" });
        const deadline = "2026-12-01T10:00:00.000Z";
        return { ENTITY_TYPE: "contact", ENTITY_ID: made.ID ?? null, title: "Перезвонить", deadline };
      },
    },
    comment: {
      made: "comments",
      async input(stand) {
        const made = await stand.run("createContact", { NAME: "Ирина" });
        return { ENTITY_TYPE: "contact", ENTITY_ID: made.ID ?? null, COMMENT: "Перезвонить" };
      },
    },
  },
  triggers: {
    contact: {
      make: contact,
      hook: byHand("CONTACT"),
      many: 160,
      expects: { NAME: "Ирина 0" },
    },
    lead: {
      hook: byHand("LEAD"),
      make: (stand, n) => stand.press("lead", { title: `Заявка ${n}` }),
      many: 3,
      expects: { TITLE: "Заявка 0" },
    },
    deal: {
      hook: byHand("DEAL"),
      make: (stand, n) => stand.press("deal", { title: `Поставка ${n}`, sum: "12500.50" }),
      many: 3,
      expects: { TITLE: "Поставка 0" },
    },
    company: {
      hook: byHand("COMPANY"),
      make: (stand, n) => stand.run("createCompany", { TITLE: `Ромашка ${n}` }),
      many: 51,
    },
  },
};

import type { Contract, Stand } from "../contract.ts";

const contact = (stand: Stand, number: number) =>
  stand.press("contact", { name: `Контакт ${number}`, phone: "+79161234567" });
const lead = (stand: Stand, number: number) => stand.press("lead", { name: `Сделка ${number}`, price: "1500" });

export const contract: Contract = {
  auth: ({ account = "", token = "" }) => ({ account, token }),
  writes: {
    createContact: {
      made: "contacts",
      input: () => ({ name: "Мария Кравцова", phone: "+79161234567", email: "maria@example.test" }),
    },
    createLead: { made: "leads", input: () => ({ name: "Заказ с сайта", price: 1500.5 }) },
    createCompany: { made: "companies", input: () => ({ name: "Ромашка", phone: "+74951234567" }) },
    addNote: {
      made: "notes",
      async input(stand) {
        const { id } = (await lead(stand, 0)) as { id: number };
        return { entityType: "leads", entityId: String(id), text: "Позвонить" };
      },
    },
    addTask: { made: "tasks", input: () => ({ text: "Позвонить", completeTill: "2026-12-01T10:00:00.000Z" }) },
  },
  triggers: {
    newContact: { make: contact, many: 251, expects: { name: "Контакт 0" } },
    contactChanged: { options: { withCreated: true }, make: contact, many: 3 },
    newLead: { make: lead, many: 3, expects: { name: "Сделка 0", price: 1500 } },
    leadChanged: { options: { withCreated: true }, make: lead, many: 251 },
    leadMoved: { make: move, many: 3, expects: { statusId: "40002", oldStatusId: "40001" } },
    newCompany: { make: (stand, n) => stand.run("createCompany", { name: `Компания ${n}` }), many: 3 },
    companyChanged: {
      options: { withCreated: true },
      make: (stand, n) => stand.run("createCompany", { name: `Компания ${n}` }),
      many: 3,
    },
    newTask: { make: task, many: 3 },
    taskChanged: { options: { withCreated: true }, make: task, many: 3 },
  },
};

async function move(stand: Stand, number: number): Promise<unknown> {
  const { id } = (await lead(stand, number)) as { id: number };
  return stand.press("move", { lead: String(id), status: "40002" });
}

async function task(stand: Stand, number: number): Promise<unknown> {
  return stand.run("addTask", { text: `Позвонить ${number}`, completeTill: "2026-12-01T10:00:00.000Z" });
}

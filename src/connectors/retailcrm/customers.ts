/** Actions with customers: find, create, update, a note, joining two that are one. */
import type { Action, Context, Field, JsonObject } from "../kit/define.ts";
import { textOf, textsOf } from "../kit/read.ts";
import { all, post, search } from "./api.ts";
import { customerFind, customerInput, customerOutput, customerSample, customerUpdate } from "./customerfields.ts";
import { customerOf } from "./customershape.ts";
import { externalId, manager } from "./fields.ts";
import { addressed, createAction, findAction, removeAction, updateAction } from "./records.ts";
import { numeric, timeIn } from "./shapes.ts";

const customerId: Field = {
  key: "id",
  label: { ru: "ID клиента", en: "Customer ID" },
  kind: "text",
  meaning: "customer.id",
  common: true,
};
const byExternal: Field = {
  ...externalId,
  hint: { ru: "Если ID клиента пуст, клиент ищется по нему.", en: "The customer is found by it when the ID is empty." },
};

// ---------------------------------------------------------------- notes

const noteOutput: readonly Field[] = [
  { key: "id", label: { ru: "ID заметки", en: "Note ID" }, kind: "text", meaning: "id" },
  { key: "customerId", label: { ru: "ID клиента", en: "Customer ID" }, kind: "text", meaning: "customer.id" },
  { key: "text", label: { ru: "Текст заметки", en: "Note text" }, kind: "text" },
];
const noteSample: JsonObject = { id: "7001", customerId: "501", text: "Просил перезвонить в четверг" };

const notesOf = (ctx: Context, customer: string) =>
  all(ctx, "customers/notes", "notes", { filter: { customerIds: [customer] } });

/** A note of this text that is there already, made after `since` where that is known. */
async function noteWith(ctx: Context, customer: string, text: string, since?: Date): Promise<JsonObject | null> {
  const time = timeIn(ctx.timeZone);
  // The account's clock may run in another zone than ours, so only what is a day older is ruled out.
  const from = since === undefined ? "" : new Date(since.getTime() - 86_400_000).toISOString();
  const found = (await notesOf(ctx, customer)).find(
    (note) => textOf(note.text) === text && (time(note.createdAt) ?? "9") >= from,
  );
  return found ? { id: textOf(found.id), customerId: customer, text } : null;
}

const addNote: Action = {
  key: "addNote",
  name: { ru: "Заметка клиенту", en: "Note on a customer" },
  words: ["заметка", "комментарий клиенту", "note", "comment"],
  kind: "create",
  safe: false,
  fields: [
    customerId,
    byExternal,
    { key: "text", label: { ru: "Текст заметки", en: "Note text" }, kind: "longText", required: true, common: true },
    manager,
  ],
  output: noteOutput,
  sample: noteSample,
  async run(ctx, input) {
    const customer = await addressed(ctx, "customers", input);
    const text = textOf(input.text) ?? "";
    const note = { text, customer: { id: numeric(customer.id) ?? null } };
    const managerId = numeric(input.managerId);
    const answer = await post(ctx, "customers/notes/create", {
      note: managerId === undefined ? note : { ...note, managerId },
      site: textOf(customer.site) ?? undefined,
    });
    return { id: textOf(answer.id), customerId: customer.id, text };
  },
  duplicates: {
    keys: ["text"],
    async find(ctx, _key, value, input) {
      const customer = await addressed(ctx, "customers", input);
      const output = await noteWith(ctx, customer.id, textOf(value) ?? "");
      return output ? [{ id: textOf(output.id) ?? "", output, fields: { text: output.text ?? null } }] : [];
    },
  },
  async lookup(ctx, input, once) {
    const customer = await addressed(ctx, "customers", input);
    return (await noteWith(ctx, customer.id, textOf(input.text) ?? "", once.at)) ?? "absent";
  },
};

const deleteNote = removeAction(
  {
    key: "deleteNote",
    name: { ru: "Удаление заметки клиента", en: "Delete a customer's note" },
    words: ["удалить заметку", "delete note"],
  },
  "customers/notes",
  { key: "noteId", label: { ru: "ID заметки", en: "Note ID" }, kind: "text" },
);

// ---------------------------------------------------------------- joining

async function combined(ctx: Context, id: string): Promise<JsonObject> {
  const record = (await search(ctx, "customers", { ids: [id] }))[0] ?? { id };
  return customerOf(record, timeIn(ctx.timeZone));
}

const combine: Action = {
  key: "combineCustomers",
  name: { ru: "Объединение клиентов", en: "Combine customers" },
  about: {
    ru: "Заказы и данные остальных переходят к главному клиенту, сами они исчезают. Отменить нельзя.",
    en: "The others' orders and data go to the main customer, and they vanish. It can't be undone.",
  },
  words: ["объединить", "склеить", "дубли", "merge", "combine"],
  kind: "other",
  safe: false,
  fields: [
    { ...customerId, label: { ru: "ID главного клиента", en: "Main customer's ID" }, required: true },
    {
      key: "merged",
      label: { ru: "ID остальных клиентов", en: "IDs of the others" },
      kind: "text",
      many: true,
      required: true,
      common: true,
    },
  ],
  output: customerOutput,
  sample: customerSample,
  async run(ctx, input) {
    const main = textOf(input.id) ?? "";
    const others = [...new Set(textsOf(input.merged))].filter((id) => id !== main);
    if (others.length > 0) {
      await post(ctx, "customers/combine", {
        customers: others.map((id) => ({ id: numeric(id) ?? null })),
        resultCustomer: { id: numeric(main) ?? null },
      });
    }
    return combined(ctx, main);
  },
  async lookup(ctx, input) {
    const main = textOf(input.id) ?? "";
    const others = textsOf(input.merged).filter((id) => id !== main);
    const left = await search(ctx, "customers", { ids: others });
    return left.length === 0 ? combined(ctx, main) : "absent";
  },
};

export const customers: readonly Action[] = [
  findAction("customers", {
    key: "findCustomer",
    name: { ru: "Поиск клиента", en: "Find a customer" },
    words: ["найти клиента", "контакт", "find customer", "contact"],
    fields: customerFind,
    output: customerOutput,
    sample: customerSample,
  }),
  createAction("customers", {
    key: "createCustomer",
    name: { ru: "Новый клиент", en: "New customer" },
    words: ["создать клиента", "контакт", "create customer", "contact"],
    fields: customerInput,
    output: customerOutput,
    sample: customerSample,
    keys: ["phone", "email", "externalId"],
  }),
  updateAction("customers", {
    key: "updateCustomer",
    name: { ru: "Обновление клиента", en: "Update of a customer" },
    words: ["изменить клиента", "обновить клиента", "теги клиента", "update customer", "tags"],
    fields: customerUpdate,
    output: customerOutput,
    sample: customerSample,
  }),
];
/** What is done with a customer less often. */
export const moreOfCustomers: readonly Action[] = [addNote, deleteNote, combine];

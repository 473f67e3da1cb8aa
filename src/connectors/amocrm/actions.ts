/** What can be done in amoCRM: find, create, update; notes, tasks, tags; moving a lead. */
import type { Action, Field, JsonObject } from "../kit/define.ts";
import { ConnectorError } from "../kit/errors.ts";
import { textOf } from "../kit/read.ts";
import { embedded, send } from "./api.ts";
import { customInput, type Kind } from "./custom.ts";
import {
  companyFind,
  companyInput,
  companyUpdate,
  contactFind,
  contactInput,
  contactUpdate,
  leadFind,
  leadInput,
  leadMove,
  leadUpdate,
  noteInput,
  tagInput,
  taskInput,
} from "./fields.ts";
import {
  companyOutput,
  companySample,
  contactOutput,
  contactSample,
  leadOutput,
  leadSample,
  taskOutput,
  taskSample,
} from "./outputs.ts";
import { create, demand, findOne, foundOf, recordsBy, update } from "./records.ts";
import { numeric, type Rule } from "./shapes.ts";

type About = Pick<Action, "key" | "name" | "words" | "fields" | "output" | "sample">;

const foundField: Field = { key: "found", label: { ru: "Найден", en: "Found" }, kind: "boolean" };

/** Empty outputs of a search that found nothing: routers look at them. */
function findAction(kind: Kind, about: About): Action {
  const keys = about.fields.map(({ key }) => key);
  return {
    ...about,
    about: {
      ru: "Совпасть должны все заполненные поля. Если ничего не нашлось, связка идёт дальше с пустым результатом.",
      en: "All filled fields must match. When nothing is found the bundle goes on with an empty result.",
    },
    kind: "find",
    safe: true,
    output: [foundField, ...about.output],
    sample: { found: true, ...about.sample },
    async run(ctx, input) {
      const output = await findOne(ctx, kind, keys, input);
      return output ? { found: true, ...output } : { found: false };
    },
  };
}

function createAction(kind: Kind, about: About & { readonly keys: readonly string[] }): Action {
  const { keys, ...rest } = about;
  return {
    ...rest,
    kind: "create",
    safe: false,
    fieldsOf: (ctx) => customInput(ctx, kind),
    run: (ctx, input, once) => create(ctx, kind, input, once.key),
    duplicates: {
      keys,
      find: async (ctx, key, value) =>
        (await recordsBy(ctx, kind, key, value)).map((record) => foundOf(ctx, kind, record)),
      // The engine has applied its rules already: what it hands over is what shall stand there.
      update: async (ctx, found, changes) => update(ctx, kind, await demand(ctx, kind, found.id), changes, "replace"),
    },
  };
}

const ruleOf = (input: JsonObject): Rule => {
  const text = textOf(input.multiRule);
  return text === "replace" || text === "fill" ? text : "add";
};

function updateAction(kind: Kind, about: About): Action {
  return {
    ...about,
    kind: "update",
    // Fields are set, and what is there isn't added twice, so doing it again changes nothing.
    safe: true,
    fieldsOf: (ctx) => customInput(ctx, kind),
    run: async (ctx, input) => update(ctx, kind, await demand(ctx, kind, input.id), input, ruleOf(input)),
  };
}

const said = (key: string, ru: string, en: string, ...words: readonly string[]) => ({ key, name: { ru, en }, words });
const contact = { output: contactOutput, sample: contactSample };
const lead = { output: leadOutput, sample: leadSample };
const company = { output: companyOutput, sample: companySample };

const kindOf = (input: JsonObject): Kind => {
  const text = textOf(input.entityType);
  return text === "contacts" || text === "companies" ? text : "leads";
};

const noteOutput: readonly Field[] = [
  { key: "id", label: { ru: "ID примечания", en: "Note's ID" }, kind: "text" },
  { key: "entityId", label: { ru: "ID записи", en: "Record's ID" }, kind: "text" },
];

const addNote: Action = {
  ...said("addNote", "Новое примечание", "New note", "комментарий", "заметка", "note", "comment"),
  kind: "create",
  safe: false,
  fields: noteInput,
  output: noteOutput,
  sample: { id: "2001", entityId: "9001" },
  async run(ctx, input, once) {
    const kind = kindOf(input);
    const entity = await demand(ctx, kind, input.entityId, "entityId");
    const id = textOf(entity.id) ?? "";
    const note = { note_type: "common", params: { text: textOf(input.text) ?? "" }, request_id: once.key };
    const answer = await send(ctx, "POST", `${kind}/${id}/notes`, [note]);
    return { id: textOf(embedded(answer, "notes")[0]?.id), entityId: id };
  },
};

const addTask: Action = {
  ...said("addTask", "Новая задача", "New task", "поставить задачу", "task"),
  kind: "create",
  safe: false,
  fields: taskInput,
  output: taskOutput,
  sample: taskSample,
  run: (ctx, input, once) => create(ctx, "tasks", input, once.key),
};

const addTags: Action = {
  ...said("addTags", "Добавить теги", "Add tags", "тег", "метка", "tag"),
  kind: "update",
  safe: true,
  fields: tagInput,
  output: [
    { key: "id", label: { ru: "ID записи", en: "Record's ID" }, kind: "text" },
    { key: "tags", label: { ru: "Теги", en: "Tags" }, kind: "text", meaning: "tags" },
  ],
  sample: { id: "9001", tags: "сайт, опт" },
  async run(ctx, input) {
    const kind = kindOf(input);
    const entity = await demand(ctx, kind, input.entityId, "entityId");
    const after = await update(ctx, kind, entity, { tags: input.tags ?? null }, "replace");
    return { id: after.id ?? null, tags: after.tags ?? null };
  },
};

const moveLead: Action = {
  ...said("moveLead", "Смена этапа сделки", "Move a lead", "этап", "воронка", "статус", "stage", "status"),
  kind: "update",
  safe: true,
  fields: leadMove,
  ...lead,
  async run(ctx, input) {
    const present = await demand(ctx, "leads", input.id);
    if (numeric(input.statusId) === undefined) {
      throw new ConnectorError(
        "data",
        { ru: "Выберите этап, на который перевести сделку.", en: "Choose the stage to move the lead to." },
        { field: "statusId" },
      );
    }
    const { pipelineId = null, statusId = null, lossReasonId = null } = input;
    return update(ctx, "leads", present, { pipelineId, statusId, lossReasonId }, "replace");
  },
};

export const actions: readonly Action[] = [
  findAction("contacts", {
    ...said("findContact", "Поиск контакта", "Find a contact", "найти контакт", "клиент", "find contact"),
    fields: contactFind,
    ...contact,
  }),
  createAction("contacts", {
    ...said("createContact", "Новый контакт", "New contact", "создать контакт", "клиент", "create contact"),
    fields: contactInput,
    ...contact,
    keys: ["phone", "email", "name"],
  }),
  updateAction("contacts", {
    ...said("updateContact", "Обновление контакта", "Update of a contact", "изменить контакт", "update contact"),
    fields: contactUpdate,
    ...contact,
  }),
  findAction("leads", {
    ...said("findLead", "Поиск сделки", "Find a lead", "найти сделку", "find lead", "deal"),
    fields: leadFind,
    ...lead,
  }),
  createAction("leads", {
    ...said("createLead", "Новая сделка", "New lead", "создать сделку", "заявка", "create lead", "deal"),
    fields: leadInput,
    ...lead,
    keys: ["contactId", "name"],
  }),
  updateAction("leads", {
    ...said("updateLead", "Обновление сделки", "Update of a lead", "изменить сделку", "update lead", "deal"),
    fields: leadUpdate,
    ...lead,
  }),
  moveLead,
  findAction("companies", {
    ...said("findCompany", "Поиск компании", "Find a company", "найти компанию", "find company"),
    fields: companyFind,
    ...company,
  }),
  createAction("companies", {
    ...said("createCompany", "Новая компания", "New company", "создать компанию", "create company"),
    fields: companyInput,
    ...company,
    keys: ["phone", "email", "name"],
  }),
  updateAction("companies", {
    ...said("updateCompany", "Обновление компании", "Update of a company", "изменить компанию", "update company"),
    fields: companyUpdate,
    ...company,
  }),
  addNote,
  addTask,
  addTags,
];

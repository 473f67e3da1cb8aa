/** Leads: a call made from outside, tags and custom fields of those that are there. */
import type { Action, Context, Field, JsonObject } from "../kit/define.ts";
import { ConnectorError } from "../kit/errors.ts";
import { filled, numberOf, objectOf, textOf, textsOf } from "../kit/read.ts";
import { callsOfDays, lead, leadDate, onlyItem } from "./api.ts";
import * as said from "./lead.ts";
import { callInput, leadCustomInput, leadKeys, searchFields } from "./leadinput.ts";

const DAY = 86_400_000;

// ---------------------------------------------------------------- calls

const importCall: Action = {
  key: "importCall",
  name: { ru: "Импорт звонка", en: "Import a call" },
  about: {
    ru: "Звонок, который прошёл мимо номеров Calltouch. Он появится в журнале, когда Calltouch разберёт очередь.",
    en: "A call that passed Calltouch's numbers by. It enters the journal when Calltouch has worked its queue off.",
  },
  words: ["загрузить звонок", "звонок из атс", "call", "pbx"],
  kind: "create",
  // Calltouch takes a call of one external id once, and there always is one.
  safe: true,
  fields: callInput,
  output: [
    {
      key: "referenceId",
      label: { ru: "Внешний ID звонка", en: "External call ID" },
      kind: "text",
      meaning: "externalId",
    },
    { key: "logId", label: { ru: "ID в очереди импорта", en: "ID in the import queue" }, kind: "text" },
  ],
  sample: { referenceId: "pbx-1", logId: "77" },
  async run(ctx, input, once) {
    const referenceId = (textOf(input.referenceId) ?? once.key).slice(0, 100);
    const call = filled({
      referenceId,
      clientPhoneNumber: said.phoneOf(input.clientPhone),
      callCenterPhoneNumber: said.phoneOf(input.ownPhone),
      callStartTime: leadDate(ctx, input.callDate) ?? said.now(ctx),
      duration: numberOf(input.duration) ?? 0,
      waitingTime: numberOf(input.waiting),
      status: input.status ?? (Number(input.duration ?? 0) > 0 ? "successful" : "unsuccessful"),
      recordUrl: input.recordUrl,
      comment: said.commentOf(input.comment),
      addTags: said.tagsOf(input.tags),
      customSources: said.customSources(input),
    });
    const data = await lead(ctx, "call/import", { calls: [call] }, true);
    onlyItem(data, "calls", call);
    return { referenceId, logId: textOf(data.logId) };
  },
  duplicates: {
    keys: ["referenceId"],
    async find(ctx, _key, value) {
      const referenceId = textOf(value) ?? "";
      const calls = await callsOfDays(ctx, new Date(ctx.now().getTime() - 30 * DAY), ctx.now());
      const isThere = calls.some((call) => textOf(call.callReferenceId) === referenceId);
      return isThere ? [{ id: referenceId, output: { referenceId, logId: null }, fields: {} }] : [];
    },
  },
};

// ---------------------------------------------------------------- what is there

const leadOutput: readonly Field[] = [
  { key: "leadType", label: { ru: "Вид обращения", en: "Kind of lead" }, kind: "text" },
  { key: "leadId", label: { ru: "ID обращения", en: "Lead ID" }, kind: "text", meaning: "id" },
];
const leadSample: JsonObject = { leadType: "call", leadId: "100001" };

/** Changes a lead that is named by an id or by a contact; a repeat leaves it as it is. */
async function change(ctx: Context, method: string, input: JsonObject, what: JsonObject): Promise<JsonObject> {
  const matching = said.ways(ctx, input);
  if (matching.length === 0) {
    throw new ConnectorError(
      "data",
      {
        ru: "Заполните ID звонка, ID заявки, телефон или email: по ним находится обращение.",
        en: "Fill in the call's ID, the request's ID, the phone or the email: the lead is found by them.",
      },
      { field: "callId" },
    );
  }
  const sent = { matching, ...what };
  const item = onlyItem(await lead(ctx, method, { leads: [sent] }, true), "leads", sent);
  const found = objectOf(item.lead ?? item);
  return {
    leadType: textOf(found.leadType) ?? textOf(found.type) ?? textOf(matching[0]?.type),
    leadId: textOf(found.leadId) ?? textOf(found.id) ?? textOf(input.callId) ?? textOf(input.requestId),
  };
}

const tagLead: Action = {
  key: "tagLead",
  name: { ru: "Теги звонка или заявки", en: "Tags of a call or a request" },
  words: ["тег", "тегировать лид", "метка", "качество лида", "tag", "lead"],
  kind: "update",
  safe: true,
  fields: [
    ...leadKeys,
    {
      key: "tags",
      label: { ru: "Теги", en: "Tags" },
      kind: "text",
      many: true,
      required: true,
      meaning: "tags",
      common: true,
    },
    {
      key: "replaceTags",
      label: { ru: "Заменить теги, а не добавить", en: "Replace tags instead of adding" },
      kind: "boolean",
    },
    ...searchFields,
  ],
  output: leadOutput,
  sample: leadSample,
  run: (ctx, input) =>
    change(ctx, "tag/lead/add", input, {
      addTags: { overwrite: input.replaceTags === true, tags: said.tagsOf(input.tags) },
    }),
};

const setFields: Action = {
  key: "setLeadFields",
  name: { ru: "Пользовательские поля звонка или заявки", en: "Custom fields of a call or a request" },
  words: ["поля лида", "custom fields", "lead"],
  kind: "update",
  safe: true,
  fields: [
    ...leadKeys,
    { ...leadCustomInput, required: true, common: true },
    {
      key: "onlyEmpty",
      label: { ru: "Не трогать заполненные", en: "Leave filled ones alone" },
      kind: "boolean",
    },
    ...searchFields,
  ],
  output: leadOutput,
  sample: leadSample,
  run: (ctx, input) =>
    change(ctx, "customfield/lead/add", input, {
      addCustomFields: {
        overwrite: input.onlyEmpty !== true,
        customFields: said.customOf(input, "leadCustomFields"),
      },
    }),
};

const CLEARED = ["callId", "requestId", "orderNumber"] as const;

const clearFields: Action = {
  key: "clearFields",
  name: { ru: "Очистка пользовательских полей", en: "Clear custom fields" },
  about: {
    ru: "У звонка, заявки или сделки – у того, чей ID заполнен.",
    en: "Of a call, a request or a deal: of the one whose ID is filled.",
  },
  words: ["удалить поля", "custom fields"],
  kind: "update",
  safe: true,
  fields: [
    ...leadKeys.filter(({ key }) => key === "callId" || key === "requestId"),
    { key: "orderNumber", label: { ru: "ID сделки", en: "Deal ID" }, kind: "text", meaning: "deal.id", common: true },
    {
      key: "names",
      label: { ru: "Имена полей", en: "Names of fields" },
      kind: "text",
      many: true,
      required: true,
      common: true,
    },
  ],
  output: [{ key: "cleared", label: { ru: "Очищено", en: "Cleared" }, kind: "boolean" }],
  sample: { cleared: true },
  async run(ctx, input) {
    // One id only: Calltouch refuses several.
    const key = CLEARED.find((one) => textOf(input[one]) !== null);
    if (key === undefined) {
      throw new ConnectorError(
        "data",
        { ru: "Заполните ID звонка, заявки или сделки.", en: "Fill in the ID of the call, the request or the deal." },
        { field: "callId" },
      );
    }
    const id = textOf(input[key]) ?? "";
    const body = { [key]: key === "orderNumber" ? id : said.idOf(id), customFields: textsOf(input.names) };
    await lead(ctx, "customfield/delete", body, true);
    return { cleared: true };
  },
};

export const moreLeads: readonly Action[] = [tagLead, setFields, clearFields, importCall];

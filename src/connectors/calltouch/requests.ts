/** A request made from outside. */
import type { Action, Context, Field, JsonObject } from "../kit/define.ts";
import { filled, objectsOf, textOf, textsOf } from "../kit/read.ts";
import { lead, leadDate, onlyItem, requestsOfDays, siteOf } from "./api.ts";
import * as said from "./lead.ts";
import { requestInput } from "./leadinput.ts";

const DAY = 86_400_000;

const requestOutput: readonly Field[] = [
  { key: "requestNumber", label: { ru: "Номер заявки", en: "Request number" }, kind: "text" },
  { key: "created", label: { ru: "Создана сейчас", en: "Created now" }, kind: "boolean" },
];

async function requestWith(ctx: Context, number: string, from: Date, until: Date): Promise<JsonObject | null> {
  const found = objectsOf(await requestsOfDays(ctx, from, until)).some((one) => textOf(one.requestNumber) === number);
  return found ? { requestNumber: number, created: true } : null;
}

/** As the site's own form does it: the only way that ties a request to a visit. It knows no source and no fields. */
async function register(ctx: Context, input: JsonObject, number: string): Promise<JsonObject> {
  const form = filled({
    requestNumber: number,
    subject: textOf(input.subject)?.slice(0, 256),
    sessionId: input.sessionId,
    requestUrl: input.requestUrl,
    fio: input.fullName,
    phoneNumber: said.phoneOf(input.phone),
    email: input.email,
    comment: input.comment,
    tags: textsOf(input.tags).join(","),
  });
  await ctx.http({ method: "POST", path: `/calls-service/RestAPI/requests/${siteOf(ctx)}/register/`, form });
  return { requestNumber: number, created: true };
}

const createRequest: Action = {
  key: "createRequest",
  name: { ru: "Новая заявка", en: "New request" },
  words: ["создать заявку", "лид", "lead", "request"],
  kind: "create",
  safe: false,
  fields: requestInput,
  output: requestOutput,
  sample: { requestNumber: "r-100001", created: true },
  async run(ctx, input, once) {
    const number = textOf(input.requestNumber) ?? once.key;
    if (textOf(input.sessionId) !== null) return register(ctx, input, number);
    const request = filled({
      requestNumber: number,
      subject: textOf(input.subject)?.slice(0, 256),
      requestUrl: input.requestUrl,
      requestDate: leadDate(ctx, input.requestDate) ?? said.now(ctx),
      phoneNumber: said.phoneOf(input.phone),
      email: input.email,
      fio: input.fullName,
      comment: said.commentOf(input.comment),
      addTags: said.tagsOf(input.tags),
      customSources: said.customSources(input),
      customFields: said.customOf(input, "customFields"),
      manager: input.manager,
    });
    const data = await lead(ctx, "request/create", { requests: [request] });
    const item = onlyItem(data, "requests", request);
    return { requestNumber: textOf(item.requestNumber) ?? number, created: true };
  },
  duplicates: {
    keys: ["requestNumber"],
    async find(ctx, _key, value) {
      const output = await requestWith(ctx, textOf(value) ?? "", new Date(ctx.now().getTime() - 30 * DAY), ctx.now());
      if (output === null) return [];
      return [{ id: textOf(value) ?? "", output: { ...output, created: false }, fields: {} }];
    },
  },
  async lookup(ctx, input, once) {
    const at = new Date(textOf(input.requestDate) ?? "");
    const day = Number.isNaN(at.getTime()) ? ctx.now() : at;
    return requestWith(ctx, textOf(input.requestNumber) ?? once.key, day, day);
  },
};

export const requests: readonly Action[] = [createRequest];

/** "New lead": by the app's webhook where there is an app, and read from the forms; old leads of 90 days by migration. */
import type { Context, JsonObject, PollPage, PollSince, Trigger } from "../kit/define.ts";
import { momentIn, textOf } from "../kit/read.ts";
import { edge } from "./api.ts";
import { LEAD, leadFields, leadOf, leadSample, questionFields } from "./leads.ts";
import { formOf, formsOf, type Page, pageOfId } from "./pages.ts";
import { hook } from "./webhook.ts";

async function chosenForms(ctx: Context, page: Page, options: JsonObject): Promise<JsonObject[]> {
  const form = textOf(options.form);
  return form === null ? formsOf(ctx, page) : [await formOf(ctx, page, form)];
}

/** Newest first in each form; whether the filter by time is honoured isn't certain, so it is applied again. */
async function leadsSince(ctx: Context, page: Page, form: JsonObject, since: Date): Promise<JsonObject[]> {
  const seconds = Math.floor(since.getTime() / 1_000) - 1;
  const filtering = JSON.stringify([{ field: "time_created", operator: "GREATER_THAN", value: seconds }]);
  const found: JsonObject[] = [];
  for await (const leads of edge(ctx, page.token, `/${textOf(form.id)}/leads`, { fields: LEAD, filtering })) {
    const items = leads.map((lead) => leadOf(lead, form, page));
    const fresh = items.filter(
      ({ createdAt }) => createdAt === null || Date.parse(String(createdAt)) > seconds * 1_000,
    );
    found.push(...fresh);
    if (items.length > 0 && fresh.length === 0) break;
  }
  return found;
}

async function* read(ctx: Context, options: JsonObject, since: PollSince): AsyncIterable<PollPage> {
  const page = await pageOfId(ctx, textOf(options.page) ?? "");
  for (const form of await chosenForms(ctx, page, options)) {
    const items = await leadsSince(ctx, page, form, since.at);
    yield { items: items.sort((a, b) => String(a.createdAt).localeCompare(String(b.createdAt))) };
  }
}

const lead: Trigger = {
  key: "lead",
  name: { ru: "Новая заявка с лид-формы", en: "New lead from a form" },
  about: { ru: "Каждая заявка с лид-форм страницы.", en: "Every lead of the page's instant forms." },
  words: ["лид", "лид-форма", "заявка", "реклама", "моментальная форма", "lead", "lead ads", "instant form"],
  options: [
    {
      key: "page",
      label: { ru: "Страница", en: "Page" },
      kind: "reference",
      list: { name: "pages" },
      required: true,
    },
    {
      key: "form",
      label: { ru: "Лид-форма", en: "Lead form" },
      kind: "reference",
      list: { name: "forms", dependsOn: ["page"] },
      common: true,
      hint: { ru: "Пусто – все формы страницы.", en: "Empty: all forms of the page." },
    },
  ],
  output: leadFields,
  async outputOf(ctx, options) {
    const id = textOf(options.page);
    if (id === null) return [];
    const page = await pageOfId(ctx, id);
    return questionFields(await chosenForms(ctx, page, options));
  },
  sample: leadSample,
  poll: { everyMinutes: 5, overlapMinutes: 60, migrates: true, items: read },
  hook,
  record: (item) => String(item.leadId),
  change: (item) => String(item.leadId),
  at: momentIn("createdAt"),
};

export const triggers: readonly Trigger[] = [lead];

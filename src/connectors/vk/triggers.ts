/** "Lead form request": by Callback API at once, and read from the forms where an administrator's token allows it. */
import { createHash, timingSafeEqual } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import type { Context, Hook, JsonObject, Poll, Trigger } from "../kit/define.ts";
import { ConnectorError } from "../kit/errors.ts";
import { booleanOf, momentIn, objectOf, objectsOf, textOf } from "../kit/read.ts";
import { call, formsOf, groupOf, hasUserToken, VERSION } from "./api.ts";
import { chosen, leadFields, leadFromEvent, leadFromList, leadSample, pagesOf, questionFields } from "./leads.ts";

const PAGE = 100;
/** VK takes 14 characters. */
const TITLE = "Svyazka";
/** VK confirms an address within seconds; the subscription is made by a person who waits. */
const LOOKS = 10;
const LOOK_EVERY_MS = 500;

const isSame = (given: string, wanted: string): boolean => {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(given), digest(wanted));
};

const serversOf = async (ctx: Context, group: string): Promise<readonly JsonObject[]> =>
  objectsOf(objectOf(await call(ctx, "groups.getCallbackServers", { group_id: group })).items);

const serverAt = async (ctx: Context, group: string, url: string): Promise<JsonObject | undefined> =>
  (await serversOf(ctx, group)).find((server) => server.url === url);

/** Servers of ours, told by their name, that VK can't reach. */
export const deadServers = async (ctx: Context, group: string): Promise<readonly JsonObject[]> =>
  (await serversOf(ctx, group)).filter(({ title, status }) => title === TITLE && textOf(status) === "failed");

const isOurs = (server: JsonObject, secret: string) => isSame(textOf(server.secret_key) ?? "", secret);
const isConfirmed = (server: JsonObject) => textOf(server.status) === "ok";

/** Until VK has confirmed the address; a confirmation that takes longer may still come. */
async function confirmed(ctx: Context, group: string, url: string): Promise<void> {
  for (let look = 0; look < LOOKS; look++) {
    const status = textOf((await serverAt(ctx, group, url))?.status);
    if (status === "ok") return;
    if (status === "failed") {
      throw new ConnectorError("data", {
        ru: "ВКонтакте не смог подтвердить адрес: проверьте, что PUBLIC_URL открывается из интернета.",
        en: "VK could not confirm the address: check that PUBLIC_URL can be opened from the internet.",
      });
    }
    await pause(LOOK_EVERY_MS);
  }
}

const hook: Hook = {
  scope: "connection",
  steps: [
    {
      ru: "Сервер Callback API в сообществе добавляется сам: ключу нужно право на управление сообществом.",
      en: "The community's Callback API server is added by itself: the key needs the right to manage the community.",
    },
  ],

  /** VK may ask without the secret while an address is new; once it is confirmed only who knows the secret is answered. */
  async confirm(ctx, request, { secret }) {
    const body = objectOf(request.body);
    if (body.type !== "confirmation") return null;
    const given = textOf(body.secret);
    if (given !== null && !isSame(given, secret)) return null;
    const { id } = await groupOf(ctx);
    if (textOf(body.group_id) !== id) return null;
    const isStranger =
      given === null && (await serversOf(ctx, id)).some((one) => isOurs(one, secret) && isConfirmed(one));
    if (isStranger) return null;
    const answer = objectOf(await call(ctx, "groups.getCallbackConfirmationCode", { group_id: id }));
    const code = textOf(answer.code) ?? "";
    return { status: 200, headers: { "content-type": "text/plain; charset=utf-8" }, body: code };
  },
  verify: (request, _options, _auth, { secret }) => isSame(textOf(objectOf(request.body).secret) ?? "", secret),
  deliveries(request, options) {
    const item = leadFromEvent(request);
    return item && chosen(options, item.formId) ? [item] : [];
  },

  async subscribe(ctx, url, _options, { secret }) {
    const { id: group } = await groupOf(ctx);
    const fields = { group_id: group, url, title: TITLE, secret_key: secret };
    const present = await serverAt(ctx, group, url);
    const known = textOf(present?.id);
    // A confirmed one with our secret is left as it is: an edit would have it confirmed once more.
    const isWhole = present !== undefined && isOurs(present, secret) && isConfirmed(present);
    if (known !== null && !isWhole) await call(ctx, "groups.editCallbackServer", { ...fields, server_id: known });
    const server =
      known ?? textOf(objectOf(await call(ctx, "groups.addCallbackServer", fields, { safe: false })).server_id) ?? "";
    const settings = { group_id: group, server_id: server, api_version: VERSION, lead_forms_new: 1 };
    await call(ctx, "groups.setCallbackSettings", settings);
    await confirmed(ctx, group, url);
    return { group, server };
  },
  /** VK drops an address that answered badly or asked to be dropped, and a person may untick the event. */
  async isAlive(ctx, state) {
    const group = textOf(state.group) ?? "";
    const server = (await serversOf(ctx, group)).find(({ id }) => textOf(id) === textOf(state.server));
    if (!server || textOf(server.status) === "failed") return false;
    const settings = { group_id: group, server_id: state.server ?? null };
    const { events } = objectOf(await call(ctx, "groups.getCallbackSettings", settings));
    return booleanOf(objectOf(events).lead_forms_new) === true;
  },
  async unsubscribe(ctx, state) {
    const server = { group_id: state.group ?? null, server_id: state.server ?? null };
    await call(ctx, "groups.deleteCallbackServer", server).catch((error: unknown) => {
      if (!(error instanceof ConnectorError && error.errorClass === "not_found")) throw error;
    });
  },
};

/** Leads of one form since a moment. VK filters nothing and promises no order, so a page says when to stop. */
async function leadsSince(ctx: Context, group: string, form: JsonObject, since: Date): Promise<JsonObject[]> {
  const found: JsonObject[] = [];
  let token: string | null = null;
  for (;;) {
    const page = { group_id: group, form_id: form.form_id ?? null, limit: PAGE, next_page_token: token };
    const { leads, next } = pagesOf(await call(ctx, "leadForms.getLeads", page));
    const items = leads.map((lead) => leadFromList(lead, form));
    const fresh = items.filter(
      ({ createdAt }) => createdAt === null || Date.parse(String(createdAt)) >= since.getTime(),
    );
    found.push(...fresh);
    const isNewestFirst = String(items[0]?.createdAt) > String(items.at(-1)?.createdAt);
    if (next === null || items.length === 0 || (isNewestFirst && fresh.length === 0)) return found;
    token = next;
  }
}

const poll: Poll = {
  everyMinutes: 5,
  overlapMinutes: 60,
  migrates: true,
  async *items(ctx, options, since) {
    // With a community's key alone leads only come by themselves.
    if (!hasUserToken(ctx)) return;
    const { id: group } = await groupOf(ctx);
    for (const form of (await formsOf(ctx)).filter(({ form_id }) => chosen(options, form_id))) {
      const items = await leadsSince(ctx, group, form, since.at);
      yield { items: items.sort((a, b) => String(a.createdAt).localeCompare(String(b.createdAt))) };
    }
  },
};

const leadForm: Trigger = {
  key: "leadForm",
  name: {
    ru: "Заявка с формы (ответы как отдельные поля)",
    en: "Lead form request (answers as separate fields)",
  },
  about: {
    ru: "Каждая новая заявка с формы сбора заявок сообщества.",
    en: "Every new request of the community's lead forms.",
  },
  words: ["лид", "форма", "анкета", "сбор заявок", "заявка", "lead", "form", "request"],
  options: [
    {
      key: "form",
      label: { ru: "Форма", en: "Form" },
      kind: "reference",
      list: { name: "forms" },
      common: true,
      hint: {
        ru: "Пусто – все формы. Список виден с токеном администратора, без него напишите ID формы.",
        en: "Empty: all forms. The list needs an administrator's token; without it write the form's ID.",
      },
    },
  ],
  output: leadFields,
  async outputOf(ctx, options) {
    return questionFields((await formsOf(ctx)).filter(({ form_id }) => chosen(options, form_id)));
  },
  sample: leadSample,
  poll,
  hook,
  record: (item) => `${item.formId}/${item.leadId}`,
  change: (item) => `${item.formId}/${item.leadId}`,
  at: momentIn("createdAt"),
};

export const triggers: readonly Trigger[] = [leadForm];

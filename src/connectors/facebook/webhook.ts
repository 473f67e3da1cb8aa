/** The app's one webhook: checked by a token, signed with the app's secret, routed by page; it brings only ids. */
import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import type { Context, Hook, HookTrust, JsonObject } from "../kit/define.ts";
import { ConnectorError } from "../kit/errors.ts";
import { objectOf, objectsOf, textOf } from "../kit/read.ts";
import { graph } from "./api.ts";
import { LEAD, leadOf } from "./leads.ts";
import { formOf, type Page, pageOfId, tokenOf } from "./pages.ts";

/** A lead that can't be seen right after its event is asked for again for so long. */
const FRESH_MS = 15 * 60_000;

const isSame = (given: string, wanted: string): boolean => {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(given), digest(wanted));
};

type App = NonNullable<HookTrust["app"]>;
const tokenOfApp = ({ id, secret }: App): string => `${id}|${secret}`;

/** The app's webhook at our address. Meta checks the address during the call. */
async function setAddress(ctx: Context, app: App, url: string, verify: string): Promise<void> {
  const token = tokenOfApp(app);
  const known = objectsOf((await graph(ctx, token, `/${app.id}/subscriptions`)).data);
  const own = known.find(({ object }) => object === "page");
  const fields = objectsOf(own?.fields).flatMap(({ name }) => textOf(name) ?? []);
  if (own?.callback_url === url && own.active !== false && fields.includes("leadgen")) return;
  const form = {
    object: "page",
    callback_url: url,
    verify_token: verify,
    fields: [...new Set([...fields, "leadgen"])].join(","),
    include_values: "true",
  };
  await graph(ctx, token, `/${app.id}/subscriptions`, { method: "POST", form, secrets: [verify] });
}

/** A page tells its events to the app that the token was made for; another app's webhook isn't ours. */
async function assertOurs(ctx: Context, app: App): Promise<void> {
  const query = { input_token: tokenOf(ctx) };
  const { data } = await graph(ctx, tokenOfApp(app), "/debug_token", { query, secrets: [tokenOf(ctx)] });
  const owner = textOf(objectOf(data).app_id);
  if (owner === null || owner === app.id) return;
  throw new ConnectorError(
    "access",
    {
      ru: `Токен Facebook выдан приложением ${owner}, а не тем, что указано в OAUTH_FACEBOOK_ID. Заявки будут приходить опросом.`,
      en: `The Facebook token was issued by the app ${owner}, not by the one in OAUTH_FACEBOOK_ID. Leads will be polled.`,
    },
    { field: "token" },
  );
}

async function fieldsOfPage(ctx: Context, page: Page, app: App): Promise<readonly string[]> {
  const apps = objectsOf((await graph(ctx, page.token, `/${page.id}/subscribed_apps`)).data);
  const own = apps.find(({ id }) => textOf(id) === app.id)?.subscribed_fields;
  return Array.isArray(own) ? own.flatMap((field) => textOf(field) ?? []) : [];
}

/** New leads of the page come to this app. */
export const isSubscribed = async (ctx: Context, page: Page, app: App): Promise<boolean> =>
  (await fieldsOfPage(ctx, page, app)).includes("leadgen");

const entriesOf = (body: unknown): JsonObject[] => objectsOf(objectOf(body as JsonObject).entry);

export const hook: Hook = {
  scope: "app",
  acceptsGet: true,
  steps: [
    {
      ru: "Страница подписывается на приложение сама, как только связка запущена.",
      en: "The page is subscribed to the app by itself as soon as the bundle starts.",
    },
  ],

  answer(request, _options, _auth, { secret }) {
    if (request.method !== "GET") return null;
    const isAsked = request.query["hub.mode"] === "subscribe";
    const isRight = isAsked && isSame(textOf(request.query["hub.verify_token"]) ?? "", secret);
    if (!isRight) return { status: 403 };
    const body = textOf(request.query["hub.challenge"]) ?? "";
    return { status: 200, headers: { "content-type": "text/plain; charset=utf-8" }, body };
  },
  verify(request, _options, _auth, { app }) {
    if (app === null) return false;
    const wanted = `sha256=${createHmac("sha256", app.secret).update(request.raw).digest("hex")}`;
    return isSame(request.headers["x-hub-signature-256"] ?? "", wanted);
  },
  route: (options) => textOf(options.page),
  routes: (request) => [...new Set(entriesOf(request.body).flatMap(({ id }) => textOf(id) ?? []))],

  deliveries(request, options) {
    const form = textOf(options.form);
    return entriesOf(request.body)
      .filter(({ id }) => textOf(id) === textOf(options.page))
      .flatMap(({ changes }) => objectsOf(changes))
      .filter(({ field }) => field === "leadgen")
      .map(({ value }) => objectOf(value))
      .filter((value) => textOf(value.leadgen_id) !== null && (form === null || textOf(value.form_id) === form))
      .map((value) => ({
        leadId: textOf(value.leadgen_id),
        pageId: textOf(options.page),
        formId: textOf(value.form_id),
        receivedAt: request.receivedAt?.toISOString() ?? null,
      }));
  },

  async enrich(ctx, { leadId, pageId, formId, receivedAt }) {
    const page = await pageOfId(ctx, String(pageId));
    const lead = await graph(ctx, page.token, `/${leadId}`, { query: { fields: LEAD } }).catch((error: unknown) => {
      const age = ctx.now().getTime() - Date.parse(String(receivedAt));
      const isEarly = error instanceof ConnectorError && error.errorClass === "not_found" && age < FRESH_MS;
      throw isEarly ? new ConnectorError("temporary", error.sentence, error.details) : error;
    });
    const id = textOf(lead.form_id) ?? textOf(formId);
    return leadOf(lead, id === null ? {} : await formOf(ctx, page, id), page);
  },

  async subscribe(ctx, url, options, { secret, app }) {
    if (app === null) {
      throw new ConnectorError("access", {
        ru: "Мгновенные заявки Facebook требуют приложения: владелец бота задаёт OAUTH_FACEBOOK_ID и OAUTH_FACEBOOK_SECRET. Пока заявки приходят опросом.",
        en: "Facebook leads at once need an app: the bot's owner sets OAUTH_FACEBOOK_ID and OAUTH_FACEBOOK_SECRET. Until then they are polled.",
      });
    }
    await assertOurs(ctx, app);
    await setAddress(ctx, app, url, secret);
    const page = await pageOfId(ctx, textOf(options.page) ?? "");
    // The list of fields replaces the earlier one.
    const fields = new Set([...(await fieldsOfPage(ctx, page, app)), "leadgen"]);
    const form = { subscribed_fields: [...fields].join(",") };
    await graph(ctx, page.token, `/${page.id}/subscribed_apps`, { method: "POST", form });
    return { page: page.id };
  },
  /** Meta takes an address out of use that failed for long, and a page's owner may remove the app. */
  async isAlive(ctx, state) {
    const { app } = ctx;
    if (!app) return true;
    const known = objectsOf((await graph(ctx, tokenOfApp(app), `/${app.id}/subscriptions`)).data);
    const isOn = known.some(({ object, active }) => object === "page" && active !== false);
    return isOn && (await isSubscribed(ctx, await pageOfId(ctx, textOf(state.page) ?? ""), app));
  },
  async unsubscribe(ctx, state) {
    const page = await pageOfId(ctx, textOf(state.page) ?? "");
    await graph(ctx, page.token, `/${page.id}/subscribed_apps`, { method: "DELETE" });
  },
};

import { defineConnector } from "../kit/define.ts";
import { ConnectorError } from "../kit/errors.ts";
import { objectOf, textOf } from "../kit/read.ts";
import { actions } from "./actions.ts";
import { api, batch, hostOf, portalOf } from "./api.ts";
import { lists } from "./lists.ts";
import { triggers } from "./triggers.ts";

export const bitrix24 = defineConnector({
  key: "bitrix24",
  name: { ru: "Битрикс24", en: "Bitrix24" },
  about: {
    ru: "CRM: контакты, компании, лиды и сделки.",
    en: "A CRM: contacts, companies, leads and deals.",
  },
  words: ["битрикс", "битрикс 24", "bitrix", "б24", "b24", "crm", "срм", "контакты", "сделки", "лиды"],
  auth: {
    kind: "oauth2",
    grant: {
      consent: "https://{host}/oauth/authorize/",
      token: "https://oauth.bitrix.info/oauth/token/",
      // The app's own form holds the address to come back to.
      sendsRedirect: false,
      body: "query",
      fields: [
        {
          key: "portal",
          label: { ru: "Адрес портала", en: "Portal address" },
          kind: "text",
          required: true,
          hint: { ru: "Например, demo.bitrix24.ru.", en: "For example demo.bitrix24.com." },
        },
      ],
      // The auth server says which portal the token is for; what the browser brings could name any.
      brought(answer) {
        const host = /^https:\/\/([^/]+)\//i.exec(textOf(answer.client_endpoint) ?? "")?.[1];
        const memberId = textOf(answer.member_id);
        return { ...(host ? { host: portalOf(host) } : {}), ...(memberId ? { memberId } : {}) };
      },
    },
    appSteps: [
      {
        ru: "В Битрикс24 откройте «Приложения → Разработчикам → Готовые сценарии → Другое → Локальное приложение».",
        en: "In Bitrix24 open “Applications → Developer resources → Common use cases → Other → Local application”.",
      },
      {
        ru: "Выберите серверное приложение без интерфейса, «Путь вашего обработчика» – адрес этого сервера с /oauth/callback, права CRM (crm) и пользователи (user_brief).",
        en: "Choose a server application without an interface, this server's address with /oauth/callback as the handler's path, the rights CRM (crm) and users (user_brief).",
      },
      {
        ru: "Сохраните. Код приложения (client_id) впишите в OAUTH_BITRIX24_ID, ключ приложения (client_secret) – в OAUTH_BITRIX24_SECRET.",
        en: "Save. Put the application ID (client_id) into OAUTH_BITRIX24_ID and the application key (client_secret) into OAUTH_BITRIX24_SECRET.",
      },
    ],
    otherwise: { ru: "Входящий вебхук", en: "Inbound webhook" },
    steps: [
      {
        ru: "В Битрикс24 откройте «Приложения → Разработчикам → Готовые сценарии → Другое → Входящий вебхук».",
        en: "In Bitrix24 open “Applications → Developer resources → Common use cases → Other → Inbound webhook”.",
      },
      {
        ru: "Укажите права доступа: CRM (crm) и пользователи (user_brief), и нажмите «Создать».",
        en: "Under “Assign permissions” tick CRM (crm) and users (user_brief), and press “Create”.",
      },
      {
        ru: "Скопируйте из формы адрес вебхука целиком: он начинается с https:// и содержит /rest/.",
        en: "Copy the webhook's whole address from the form: it begins with https:// and holds /rest/.",
      },
    ],
    fields: [
      {
        key: "webhook",
        label: { ru: "Адрес входящего вебхука", en: "Inbound webhook's address" },
        kind: "text",
        required: true,
        secret: true,
        hint: {
          ru: "Вида https://портал.bitrix24.ru/rest/1/секретный-код/. Бот работает с правами того, кто создал вебхук.",
          en: "Such as https://portal.bitrix24.com/rest/1/secret-code/. The bot works with the rights of whoever made it.",
        },
      },
    ],
  },
  api,
  async check(ctx) {
    const result = await batch(ctx, { me: { method: "profile" }, scope: { method: "scope" } });
    const scope = result("scope");
    const scopes = Array.isArray(scope) ? scope.map(String) : [];
    if (!scopes.includes("crm")) {
      throw new ConnectorError(
        "forbidden",
        {
          ru: "У вебхука или приложения нет права «CRM (crm)». Отметьте его в Битрикс24 и проверьте подключение снова.",
          en: "The webhook or the app lacks the right CRM (crm). Tick it in Bitrix24 and check the connection again.",
        },
        { code: "insufficient_scope" },
      );
    }
    const me = objectOf(result("me"));
    const name = [me.NAME, me.LAST_NAME]
      .map((part) => textOf(part))
      .filter((part) => part !== null)
      .join(" ");
    const account = [hostOf(ctx.auth), ...(name ? [name] : [])].join(" · ");
    if (scopes.some((one) => /^user(_brief|_basic)?$/.test(one))) return { account };
    return { account: `${account}, ${ctx.locale === "ru" ? "нет права user_brief" : "lacks user_brief"}` };
  },
  lists,
  triggers,
  actions,
});

import { defineConnector } from "../kit/define.ts";
import { objectOf, textOf } from "../kit/read.ts";
import { actions } from "./actions.ts";
import { api, get, hostOf } from "./api.ts";
import { lists } from "./lists.ts";
import { moved } from "./moved.ts";
import { triggers } from "./triggers.ts";

export const amocrm = defineConnector({
  key: "amocrm",
  name: { ru: "amoCRM", en: "amoCRM" },
  about: { ru: "CRM: контакты, сделки, задачи.", en: "A CRM: contacts, leads, tasks." },
  words: ["амо", "амосрм", "амо срм", "amo", "kommo", "комо", "crm", "срм", "сделки", "контакты"],
  auth: {
    kind: "oauth2",
    grant: {
      consent: "https://www.amocrm.ru/oauth",
      token: "https://{host}/oauth2/access_token",
      query: { mode: "popup" },
      // The address to come back to is a setting of the integration.
      sendsRedirect: false,
      body: "json",
      arrived: ({ referer = "" }) => ({ account: hostOf(referer) }),
      moved,
    },
    otherwise: { ru: "Долгосрочный токен", en: "Long-lived token" },
    steps: [
      {
        ru: "В amoCRM откройте «amoМаркет → ⋯ → Создать интеграцию → Внешняя интеграция», отметьте «Предоставить доступ» и сохраните.",
        en: "In amoCRM open “amoMarket → ⋯ → Create an integration → External integration”, tick “Give access” and save.",
      },
      {
        ru: "В созданной интеграции откройте «Ключи и доступы», нажмите «Сгенерировать токен», выберите срок и скопируйте токен: его показывают один раз.",
        en: "In the new integration open “Keys and access”, press “Generate a token”, choose how long it lives and copy it: it is shown once.",
      },
    ],
    fields: [
      {
        key: "account",
        label: { ru: "Адрес аккаунта", en: "Account's address" },
        kind: "text",
        required: true,
        hint: { ru: "Например, demo.amocrm.ru.", en: "For example demo.amocrm.ru." },
      },
      {
        key: "token",
        label: { ru: "Долгосрочный токен", en: "Long-lived token" },
        kind: "text",
        required: true,
        secret: true,
      },
    ],
    appSteps: [
      {
        ru: "В amoCRM: «amoМаркет → ⋯ → Создать интеграцию → Внешняя интеграция». Ссылка для перенаправления: PUBLIC_URL и /oauth/callback.",
        en: "In amoCRM: “amoMarket → ⋯ → Create an integration → External integration”. Redirect address: PUBLIC_URL followed by /oauth/callback.",
      },
      {
        ru: "ID интеграции и секретный ключ впишите в OAUTH_AMOCRM_ID и OAUTH_AMOCRM_SECRET и перезапустите сервер.",
        en: "Put the integration's ID and secret key into OAUTH_AMOCRM_ID and OAUTH_AMOCRM_SECRET and restart the server.",
      },
    ],
  },
  api,
  async check(ctx) {
    const account = objectOf(await get(ctx, "account"));
    const host = hostOf(ctx.auth.account ?? "");
    const name = textOf(account.name);
    return { account: name === null ? host : `${name} (${host})` };
  },
  lists,
  triggers,
  actions,
});

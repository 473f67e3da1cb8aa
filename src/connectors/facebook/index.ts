import { defineConnector } from "../kit/define.ts";
import { ConnectorError } from "../kit/errors.ts";
import { textOf } from "../kit/read.ts";
import { api, graph, VERSION } from "./api.ts";
import { formsOf, pageOfId, pagesOf, tokenOf } from "./pages.ts";
import { notesOf } from "./reach.ts";
import { triggers } from "./triggers.ts";

const RIGHTS = [
  "leads_retrieval",
  "pages_show_list",
  "pages_read_engagement",
  "pages_manage_metadata",
  "pages_manage_ads",
];

export const facebook = defineConnector({
  key: "facebook",
  name: { ru: "Facebook", en: "Facebook" },
  about: { ru: "Заявки с лид-форм страницы.", en: "Leads of a page's instant forms." },
  words: ["фейсбук", "лид-формы", "meta", "instagram", "инстаграм", "lead ads"],
  auth: {
    kind: "oauth2",
    grant: {
      consent: `https://www.facebook.com/${VERSION}/dialog/oauth`,
      token: `https://graph.facebook.com/${VERSION}/oauth/access_token`,
      scope: RIGHTS.join(","),
      body: "query",
      // There are no refresh tokens: one of an hour becomes one of sixty days, and that again a new one.
      lengthens: "fb_exchange_token",
    },
    otherwise: { ru: "Ввести токен", en: "Type a token" },
    appSteps: [
      {
        ru: "На developers.facebook.com создайте приложение вида «Бизнес», добавьте «Вход через Facebook» и «Webhooks».",
        en: "On developers.facebook.com create an app of the type “Business” and add “Facebook Login” and “Webhooks”.",
      },
      {
        ru: "В «Вход через Facebook → Настройки» впишите адрес для возврата: PUBLIC_URL и /oauth/callback. Адрес вебхука бот поставит сам.",
        en: "Under “Facebook Login → Settings” enter the redirect address: PUBLIC_URL and /oauth/callback. The bot sets the webhook's address itself.",
      },
      {
        ru: "Из «Настройки → Основное» возьмите ID и секрет приложения: OAUTH_FACEBOOK_ID и OAUTH_FACEBOOK_SECRET. Чужим аккаунтам нужна проверка приложения (App Review).",
        en: "Take the app's ID and secret from “Settings → Basic”: OAUTH_FACEBOOK_ID and OAUTH_FACEBOOK_SECRET. Other people's accounts need App Review.",
      },
    ],
    steps: [
      {
        ru: "Откройте developers.facebook.com → «Инструменты → Graph API Explorer» и выберите своё приложение.",
        en: "Open developers.facebook.com → “Tools → Graph API Explorer” and choose your app.",
      },
      {
        ru: `Отметьте разрешения ${RIGHTS.join(", ")} и выпустите токен страницы; продлите его в «Access Token Debugger».`,
        en: `Tick the permissions ${RIGHTS.join(", ")} and get a page token; extend it in the “Access Token Debugger”.`,
      },
    ],
    fields: [
      {
        key: "token",
        label: { ru: "Токен доступа", en: "Access token" },
        kind: "text",
        required: true,
        secret: true,
        hint: {
          ru: "Страницы, пользователя или системного пользователя; начинается с EAA.",
          en: "Of a page, a person or a system user; it begins with EAA.",
        },
      },
      {
        key: "appSecret",
        label: { ru: "Секрет приложения", en: "App secret" },
        kind: "text",
        secret: true,
        hint: {
          ru: "Нужен, только если в приложении, которое выдало токен, включено «Require App Secret».",
          en: "Needed only where the app that issued the token has “Require App Secret” on.",
        },
      },
    ],
  },
  api,
  async check(ctx) {
    const [first, ...more] = await pagesOf(ctx);
    if (!first) {
      throw new ConnectorError(
        "access",
        {
          ru: "Токен Facebook не открывает ни одной страницы. Выпустите его с разрешением pages_show_list и отметьте страницы.",
          en: "The Facebook token opens no page. Issue it with the permission pages_show_list and tick the pages.",
        },
        { field: "token" },
      );
    }
    const isPage = first.token === tokenOf(ctx);
    const me = isPage ? null : await graph(ctx, tokenOf(ctx), "/me", { query: { fields: "id,name" } });
    const notes = await notesOf(ctx, [first, ...more]);
    const names = [first, ...more].map(({ name }) => name).join(", ");
    const account = me ? `${textOf(me.name) ?? textOf(me.id) ?? "?"}: ${names}` : `${first.name} (${first.id})`;
    return { account, ...(notes.length > 0 ? { notes } : {}) };
  },
  lists: {
    pages: {
      label: { ru: "Страницы", en: "Pages" },
      load: async (ctx) => ({ items: (await pagesOf(ctx)).map(({ id, name }) => ({ value: id, label: name })) }),
    },
    forms: {
      label: { ru: "Лид-формы", en: "Lead forms" },
      async load(ctx, { page = "" }) {
        const forms = await formsOf(ctx, await pageOfId(ctx, page));
        return {
          items: forms.flatMap((form) => {
            const value = textOf(form.id);
            return value === null ? [] : [{ value, label: textOf(form.name) ?? value }];
          }),
        };
      },
    },
  },
  triggers,
  actions: [],
});

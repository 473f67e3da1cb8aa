import { defineConnector } from "../kit/define.ts";
import { textOf } from "../kit/read.ts";
import { api, call, formsOf, groupOf, hasUserToken } from "./api.ts";
import { deadServers, triggers } from "./triggers.ts";

const UNREACHED = {
  ru: "ВКонтакте сейчас не достаёт до сервера Связки в этом сообществе, и мгновенные заявки не приходят. Раз в час бот подключает его заново; если не помогает, проверьте, открывается ли PUBLIC_URL из интернета.",
  en: "VK can't reach Svyazka's server in this community at the moment, so requests don't come at once. The bot connects it anew every hour; if that doesn't help, check that PUBLIC_URL can be opened from the internet.",
};

export const vk = defineConnector({
  key: "vk",
  name: { ru: "ВКонтакте", en: "VK" },
  about: { ru: "Заявки с форм сообщества.", en: "Requests of a community's lead forms." },
  words: ["вк", "vkontakte", "вконтакте", "лид-форма", "сообщество", "lead form", "community"],
  auth: {
    kind: "fields",
    steps: [
      {
        ru: "Откройте сообщество, «Управление → Дополнительно → Работа с API», вкладка «Ключи доступа».",
        en: "Open the community, “Manage → Additional → API usage”, tab “Access tokens”.",
      },
      {
        ru: "Нажмите «Создать ключ», отметьте доступ к управлению сообществом и скопируйте ключ.",
        en: "Press “Create token”, tick access to community management, and copy the key.",
      },
    ],
    fields: [
      {
        key: "communityKey",
        label: { ru: "Ключ доступа сообщества", en: "Community access key" },
        kind: "text",
        required: true,
        secret: true,
        hint: { ru: "Начинается с vk1.a.", en: "It begins with vk1.a." },
      },
      {
        key: "userToken",
        label: { ru: "Токен администратора", en: "Administrator's token" },
        kind: "text",
        secret: true,
        hint: {
          ru: "Необязателен. С ним видны формы, их вопросы и старые заявки: нужен токен пользователя с правом groups.",
          en: "Not required. It shows forms, their questions and old requests: a user's token with the right groups.",
        },
      },
    ],
  },
  api,
  async check(ctx) {
    const { id, name } = await groupOf(ctx);
    // Only a key that may manage the community is given the code, and only such a key can make a subscription.
    await call(ctx, "groups.getCallbackConfirmationCode", { group_id: id });
    if (hasUserToken(ctx)) await call(ctx, "leadForms.list", { group_id: id });
    const dead = await deadServers(ctx, id);
    return { account: `${name} (${id})`, ...(dead.length > 0 ? { notes: [UNREACHED] } : {}) };
  },
  lists: {
    forms: {
      label: { ru: "Формы", en: "Forms" },
      async load(ctx) {
        const forms = await formsOf(ctx);
        return {
          items: forms.flatMap((form) => {
            const value = textOf(form.form_id);
            return value === null ? [] : [{ value, label: textOf(form.name) ?? value }];
          }),
        };
      },
    },
  },
  triggers,
  actions: [],
});

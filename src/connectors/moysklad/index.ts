import { defineConnector } from "../kit/define.ts";
import { ConnectorError } from "../kit/errors.ts";
import { textOf } from "../kit/read.ts";
import { actions } from "./actions.ts";
import { api, get, isToken } from "./api.ts";
import { lists } from "./lists.ts";
import { triggers } from "./triggers.ts";

export const moysklad = defineConnector({
  key: "moysklad",
  name: { ru: "МойСклад", en: "MoySklad" },
  about: {
    ru: "Учёт торговли: заказы покупателей, контрагенты, оплаты.",
    en: "Trade management: customer orders, counterparties, payments.",
  },
  words: ["мой склад", "moysklad", "my warehouse", "склад", "заказы", "контрагенты"],
  auth: {
    kind: "fields",
    steps: [
      {
        ru: "В МоёмСкладе нажмите на имя пользователя справа вверху и откройте «Настройки пользователя».",
        en: "In MoySklad press your user's name at the top right and open “User settings”.",
      },
      {
        ru: "Скопируйте оттуда логин: он написан через @, например admin@company.",
        en: "Copy the login from there: it holds an @, such as admin@company.",
      },
      {
        ru: "Пришлите пароль этого пользователя или его токен доступа к JSON API. Чтобы события приходили сразу, пользователь должен быть администратором.",
        en: "Send this user's password or access token of the JSON API. For events to come at once the user has to be an administrator.",
      },
    ],
    fields: [
      {
        key: "login",
        label: { ru: "Логин", en: "Login" },
        kind: "text",
        required: true,
        hint: { ru: "Через @, например admin@company.", en: "With an @, such as admin@company." },
        pattern: {
          source: "[^@\\s]+@[^@\\s]+",
          sentence: {
            ru: "Логин МоегоСклада пишется через @, например admin@company. Он виден в «Настройках пользователя».",
            en: "A MoySklad login has an @ in it, such as admin@company. “User settings” shows it.",
          },
        },
      },
      {
        key: "password",
        label: { ru: "Пароль или токен", en: "Password or token" },
        kind: "text",
        required: true,
        secret: true,
        hint: {
          ru: "Токен – это 40 цифр и букв от a до f; бот узнаёт его сам.",
          en: "A token is 40 digits and letters from a to f; the bot knows it by that.",
        },
      },
      {
        key: "signIn",
        label: { ru: "Способ входа", en: "Way to sign in" },
        kind: "choice",
        initial: "auto",
        choices: [
          { value: "auto", label: { ru: "узнать самому", en: "find out" } },
          { value: "password", label: { ru: "логин и пароль", en: "login and password" } },
          { value: "token", label: { ru: "токен", en: "token" } },
        ],
      },
    ],
  },
  api,
  async check(ctx) {
    const login = ctx.auth.login?.trim() ?? "";
    if (!isToken(ctx.auth) && !/^[^@\s]+@[^@\s]+$/.test(login)) {
      throw new ConnectorError(
        "access",
        {
          ru: `«${login.slice(0, 60)}» не похоже на логин МоегоСклада. Он пишется через @: admin@company.`,
          en: `“${login.slice(0, 60)}” is no login of MoySklad. It has an @ in it: admin@company.`,
        },
        { field: "login" },
      );
    }
    const me = await get(ctx, "/context/employee");
    const [name, uid] = [textOf(me.fullName) ?? textOf(me.name), textOf(me.uid)];
    return { account: name && uid ? `${uid} (${name})` : (uid ?? name ?? login) };
  },
  lists,
  triggers,
  actions,
});

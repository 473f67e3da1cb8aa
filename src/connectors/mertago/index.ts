import { defineConnector } from "../kit/define.ts";
import { actions } from "./actions.ts";
import { api, ask, placeOf } from "./api.ts";
import { auth } from "./connection.ts";
import { filledPath } from "./template.ts";

export const mertago = defineConnector({
  key: "mertago",
  name: { ru: "Mertago (настраиваемый)", en: "Mertago (configurable)" },
  about: {
    ru: "Закупки: контакты компаний-покупателей. API не опубликован, поэтому адреса вписываете вы.",
    en: "Purchasing: contacts of buyer companies. Its API isn't published, so you fill in the addresses.",
  },
  words: ["мертаго", "закупки", "покупатели", "mertago", "purchasing"],
  auth,
  api,
  async check(ctx) {
    const { host } = placeOf(ctx.auth.baseUrl ?? "");
    const path = ctx.auth.checkPath?.trim() ?? "";
    if (path === "") {
      return {
        account: ctx.locale === "ru" ? `${host} · доступ не проверен` : `${host} · access not checked`,
      };
    }
    const method = ctx.auth.checkMethod;
    const isOther = method === "POST" || method === "HEAD";
    // Only what was said to check is asked, so asking again does no harm.
    await ask(ctx, filledPath(path, {}, "checkPath"), isOther ? { method, safe: true } : {});
    return { account: host };
  },
  triggers: [],
  actions,
});

import { defineConnector } from "../kit/define.ts";
import { actions } from "./actions.ts";
import { api, portalOf } from "./api.ts";
import { lists, missingScopes } from "./lists.ts";
import { triggers } from "./triggers.ts";

export const retailcrm = defineConnector({
  key: "retailcrm",
  name: { ru: "retailCRM", en: "retailCRM" },
  about: { ru: "CRM интернет-магазинов: заказы и клиенты.", en: "A CRM of online shops: orders and customers." },
  words: ["ретейлцрм", "ретейл срм", "simla", "симла", "crm", "срм", "заказы"],
  auth: {
    kind: "fields",
    steps: [
      {
        ru: "В retailCRM откройте «Настройки → Интеграция → Ключи доступа к API» и нажмите «Добавить».",
        en: "In retailCRM open “Settings → Integration → API keys” and press “Add”.",
      },
      {
        ru: "Отметьте магазины и права: чтение и запись заказов и клиентов, чтение справочников и пользователей. Сохраните и скопируйте ключ.",
        en: "Tick the shops and the rights: read and write orders and customers, read reference data and users. Save and copy the key.",
      },
      {
        ru: "Заведите отдельный ключ только для этого бота: по нему он отличает свои изменения от чужих.",
        en: "Make a key for this bot alone: by it the bot tells its own changes from others'.",
      },
    ],
    fields: [
      {
        key: "account",
        label: { ru: "Адрес портала", en: "Portal address" },
        kind: "text",
        required: true,
        hint: { ru: "Например, shop.retailcrm.ru.", en: "For example shop.retailcrm.ru." },
      },
      { key: "apiKey", label: { ru: "API-ключ", en: "API key" }, kind: "text", required: true, secret: true },
    ],
  },
  api,
  async check(ctx) {
    const { host } = portalOf(ctx.auth.account ?? "");
    const missing = await missingScopes(ctx);
    if (missing.length === 0) return { account: host };
    const list = missing.join(", ");
    return { account: ctx.locale === "ru" ? `${host}, нет прав: ${list}` : `${host}, lacks ${list}` };
  },
  lists,
  triggers,
  actions,
});

import { defineConnector } from "../kit/define.ts";
import { textOf } from "../kit/read.ts";
import { api, versionOf } from "./api.ts";
import { clientActions } from "./clients.ts";
import { lists, readList } from "./lists.ts";
import { orderActions } from "./orders.ts";
import { serviceOf } from "./service.ts";
import { triggers } from "./triggers.ts";

export const remonline = defineConnector({
  key: "remonline",
  name: { ru: "РемонтОнлайн", en: "RemOnline" },
  about: {
    ru: "Учёт для мастерских (RemOnline, RO App): клиенты и заказы.",
    en: "Software for repair shops (RemOnline, RO App): clients and orders.",
  },
  words: ["ремонлайн", "ремонт онлайн", "remonline", "ro app", "roapp", "мастерская", "сервисный центр", "repair"],
  auth: {
    kind: "fields",
    steps: [
      {
        ru: "В РемонтОнлайн откройте «Настройки → API» и скопируйте ключ.",
        en: "In RemOnline open “Settings → API” and copy the key.",
      },
      {
        ru: "Ключ действует от имени сотрудника: ему нужны права на клиентов и заказы и доступ к нужным мастерским.",
        en: "The key acts as an employee, who needs rights to clients and orders and access to the locations in question.",
      },
    ],
    fields: [
      { key: "apiKey", label: { ru: "Ключ API", en: "API key" }, kind: "text", required: true, secret: true },
      {
        key: "version",
        label: { ru: "Версия API", en: "API version" },
        kind: "choice",
        initial: "1",
        choices: [
          { value: "1", label: { ru: "RemOnline API 1.0", en: "RemOnline API 1.0" } },
          { value: "1key", label: { ru: "RemOnline API 1.0 без токена", en: "RemOnline API 1.0, no token" } },
          { value: "2", label: { ru: "RO App API v2", en: "RO App API v2" } },
        ],
        hint: {
          ru: "Обычно первая. Вторая — если сервис не выдаёт временный токен, третья — для новых аккаунтов RO App.",
          en: "Usually the first; the second where no short-lived token is given, the third for new RO App accounts.",
        },
      },
      {
        key: "host",
        label: { ru: "Адрес API", en: "API address" },
        kind: "text",
        hint: {
          ru: "Обычно пусто. Старым аккаунтам может подойти api.remonline.ru или api.remonline.ua.",
          en: "Usually empty. Old accounts may need api.remonline.ru or api.remonline.ua.",
        },
      },
    ],
  },
  api,
  async check(ctx) {
    // The list of locations proves that the key works and says what its employee sees; a company's name is a bonus.
    const branches = await readList(ctx, "branches");
    const company = versionOf(ctx.auth) === "2" ? await serviceOf(ctx).company(ctx) : {};
    const names = branches.map(({ name }) => textOf(name)).filter((name) => name !== null);
    const [first] = names;
    const rest = names.length > 1 ? ` +${names.length - 1}` : "";
    const own = textOf(company.name) ?? (first === undefined ? null : `${first}${rest}`);
    return { account: own ?? (ctx.locale === "ru" ? "нет доступных мастерских" : "no locations to see") };
  },
  lists,
  triggers,
  actions: [...clientActions, ...orderActions],
});

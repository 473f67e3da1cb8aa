import { type Connector, defineConnector } from "../../src/connectors/kit/define.ts";
import { ConnectorError } from "../../src/connectors/kit/errors.ts";

/** A service with one open and one secret value; the right key is "right-key". */
export const shop: Connector = defineConnector({
  key: "shop",
  name: { ru: "Лавка", en: "Shop" },
  about: { ru: "Проверочный сервис", en: "A service for tests" },
  auth: {
    kind: "fields",
    fields: [
      { key: "site", label: { ru: "Номер сайта", en: "Site number" }, kind: "text", required: true },
      { key: "token", label: { ru: "Ключ", en: "Key" }, kind: "text", required: true, secret: true },
    ],
    steps: [{ ru: "Откройте Настройки → API", en: "Open Settings → API" }],
  },
  async check({ auth }) {
    if (auth.token === "right-key") return { account: `Лавка ${auth.site}` };
    throw new ConnectorError(
      "access",
      { ru: "Ключ не подошёл.", en: "The key was refused." },
      { field: "token", own: "bad token" },
    );
  },
  lists: {
    goods: { label: { ru: "Товары", en: "Goods" }, load: async () => ({ items: [{ value: "1", label: "Чай" }] }) },
  },
  triggers: [],
  actions: [],
});

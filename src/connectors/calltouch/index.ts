import { defineConnector } from "../kit/define.ts";
import { ConnectorError } from "../kit/errors.ts";
import { isZone } from "../kit/time.ts";
import { actions } from "./actions.ts";
import { api, callsOfDays } from "./api.ts";
import { triggers } from "./triggers.ts";

export const calltouch = defineConnector({
  key: "calltouch",
  name: { ru: "Calltouch", en: "Calltouch" },
  about: { ru: "Коллтрекинг: звонки, заявки с сайта и сделки.", en: "Call tracking: calls, site requests and deals." },
  words: ["колтач", "коллтач", "коллтрекинг", "звонки", "call tracking"],
  auth: {
    kind: "fields",
    steps: [
      {
        ru: "В личном кабинете Calltouch откройте «Интеграции → API и Webhooks».",
        en: "In your Calltouch account open “Integrations → API and Webhooks”.",
      },
      {
        ru: "Скопируйте оттуда ID сайта и API-токен.",
        en: "Copy the site ID and the API token from there.",
      },
    ],
    fields: [
      {
        key: "siteId",
        label: { ru: "ID сайта", en: "Site ID" },
        kind: "text",
        required: true,
        hint: { ru: "Только цифры, например 12345.", en: "Digits only, for example 12345." },
        pattern: {
          source: "\\d{1,20}",
          sentence: {
            ru: "ID сайта – это только цифры, например 12345. Скопируйте его в Calltouch: «Интеграции → API и Webhooks».",
            en: "The site ID is digits only, such as 12345. Copy it in Calltouch from “Integrations → API and Webhooks”.",
          },
        },
      },
      {
        key: "token",
        label: { ru: "API-токен", en: "API token" },
        kind: "text",
        required: true,
        secret: true,
        hint: {
          ru: "Длинная строка рядом с ID сайта.",
          en: "The long line beside the site ID.",
        },
      },
      {
        key: "host",
        label: { ru: "Адрес API", en: "API address" },
        kind: "text",
        initial: "api.calltouch.ru",
        hint: {
          ru: "Нужен только старым аккаунтам на отдельном узле, например api-node3.calltouch.ru.",
          en: "Only for old accounts on a node of their own, such as api-node3.calltouch.ru.",
        },
      },
      {
        key: "timeZone",
        label: { ru: "Часовой пояс аккаунта", en: "Account's time zone" },
        kind: "text",
        initial: "Europe/Moscow",
        hint: {
          ru: "Если не Москва, например Asia/Yekaterinburg.",
          en: "If not Moscow, for example Asia/Yekaterinburg.",
        },
        pattern: {
          source: "UTC|[A-Za-z_]+(?:/[A-Za-z0-9_+-]+)+",
          sentence: {
            ru: "Часовой пояс пишется как Europe/Moscow или Asia/Yekaterinburg.",
            en: "A time zone is written like Europe/Moscow or Asia/Yekaterinburg.",
          },
        },
      },
    ],
  },
  api,
  async check(ctx) {
    const zone = ctx.auth.timeZone?.trim() ?? "";
    if (zone !== "" && !isZone(zone)) {
      throw new ConnectorError(
        "access",
        {
          ru: `Нет часового пояса «${zone.slice(0, 60)}». Пример: Europe/Moscow.`,
          en: `There is no time zone “${zone.slice(0, 60)}”. An example is Europe/Moscow.`,
        },
        { field: "timeZone" },
      );
    }
    // There is no method that names the account: today's calls prove the token, and a call names the site.
    const calls = await callsOfDays(ctx, ctx.now(), ctx.now());
    const name = calls.map((call) => call.siteName).find((site) => typeof site === "string" && site !== "");
    const id = ctx.auth.siteId ?? "";
    return { account: name ? `${name} (${id})` : ctx.locale === "ru" ? `сайт ${id}` : `site ${id}` };
  },
  triggers,
  actions,
});

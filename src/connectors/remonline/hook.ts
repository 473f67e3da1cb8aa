/** RemOnline's webhooks: made by a person in its settings, signed by their id alone, so every record is read again. */
import { createHmac, timingSafeEqual } from "node:crypto";
import type { Context, Field, Hook, HookRequest, JsonObject, Text } from "../kit/define.ts";
import { objectOf, textOf } from "../kit/read.ts";
import { momentOf } from "./shapes.ts";

export const secretOption: Field = {
  key: "secret",
  label: { ru: "Секрет вебхука", en: "Webhook secret" },
  kind: "text",
  secret: true,
  common: true,
  hint: {
    ru: "Из карточки вебхука в РемонтОнлайн. Пока пусто, подпись не проверяется: бот верит только тому, что сам прочитает в заказе.",
    en: "From the webhook's card in RemOnline. While empty, signatures aren't checked: the bot believes only what it reads from the order itself.",
  },
};

/**
 * `X-Signature` is hex(HMAC-SHA256(secret, id of the webhook)), measured on a captured delivery; the body isn't part of
 * it. The id stands in `X-Webhook-Id`, else in the body.
 */
function isSigned(request: HookRequest, secret: string): boolean {
  const id = textOf(request.headers["x-webhook-id"]) ?? textOf(objectOf(request.body).id);
  const sent = textOf(request.headers["x-signature"])?.toLowerCase();
  if (id === null || sent === undefined) return false;
  const expected = Buffer.from(createHmac("sha256", secret).update(id).digest("hex"));
  const given = Buffer.from(sent);
  return given.length === expected.length && timingSafeEqual(given, expected);
}

/** Options by which orders are chosen. */
const CHOOSING = ["branches", "orderTypes", "statuses"];
const secretOf = (options: JsonObject) => textOf(options.secret) ?? "";

function deliveryOf(request: HookRequest, options: JsonObject): JsonObject | null {
  const body = objectOf(request.body);
  const metadata = objectOf(body.metadata);
  const id = textOf(objectOf(body.context).object_id);
  if (id === null) return null;
  return {
    objectId: id,
    at: momentOf(body.created_at),
    oldStatusId: textOf(objectOf(metadata.old).id),
    // The body isn't signed, but only who knows the secret can send it; without one anybody might.
    newStatusId: secretOf(options) === "" ? null : textOf(objectOf(metadata.new).id),
    // `enrich` isn't told the options, and a webhook names no location and not always a type.
    only: Object.fromEntries(CHOOSING.map((key) => [key, options[key] ?? null])),
  };
}

/** `event`: as the service calls it. `enrich` reads the record that the webhook only names. */
export const hook = (
  event: string,
  title: Text,
  enrich: (ctx: Context, delivery: JsonObject) => Promise<JsonObject | null>,
): Hook => ({
  scope: "bundle",
  steps: [
    {
      ru: "В РемонтОнлайн откройте «Настройки → API» и нажмите «+ Вебхук».",
      en: "In RemOnline open “Settings → API” and press “+ Webhook”.",
    },
    {
      ru: `Вставьте адрес, отметьте событие «${title.ru}» (${event}) и сохраните.`,
      en: `Paste the address, tick the event “${title.en}” (${event}) and save.`,
    },
    {
      ru: "Секрет вебхука перенесите в поле «Секрет вебхука» этого триггера: тогда чужие запросы не пройдут.",
      en: "Put the webhook's secret into this trigger's “Webhook secret”: then nobody else's requests pass.",
    },
  ],
  verify: (request, options) => secretOf(options) === "" || isSigned(request, secretOf(options)),
  deliveries(request, options) {
    const name = textOf(objectOf(request.body).event_name)?.toLowerCase();
    const delivery = name === event.toLowerCase() ? deliveryOf(request, options) : null;
    return delivery ? [delivery] : [];
  },
  enrich,
});

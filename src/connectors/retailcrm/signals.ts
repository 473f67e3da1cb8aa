/** What a trigger made in retailCRM itself sends to our address: at once, on any condition that it knows. */
import type { Field, Hook, JsonObject, Text, Trigger } from "../kit/define.ts";
import { momentIn, objectOf, textOf } from "../kit/read.ts";
import { customOutput } from "./custom.ts";
import { customerOutput, customerSample } from "./customerfields.ts";
import { customerOf } from "./customershape.ts";
import type { Kind } from "./feedpoll.ts";
import { orderOutput, orderSample } from "./orderoutput.ts";
import { orderOf } from "./ordershape.ts";
import { recordsBy } from "./search.ts";
import { timeIn } from "./shapes.ts";

const signalFields: readonly Field[] = [
  { key: "event", label: { ru: "Событие (параметр event)", en: "Event (parameter “event”)" }, kind: "text" },
  { key: "params", label: { ru: "Все параметры запроса", en: "All parameters of the request" }, kind: "object" },
  { key: "receivedAt", label: { ru: "Дата и время получения", en: "Received at" }, kind: "dateTime" },
];
const signalSample = (id: string): JsonObject => ({
  event: "paid",
  params: { [id]: "900", event: "paid" },
  receivedAt: "2026-01-10T09:05:00.000Z",
});

const NAMES: Readonly<Record<Kind, readonly string[]>> = {
  orders: ["orderId", "order_id", "order", "id"],
  customers: ["customerId", "customer_id", "customer", "id"],
};

function stepsOf(event: Text, parameter: string, twig: string): readonly Text[] {
  return [
    {
      ru: "В retailCRM откройте «Настройки → Коммуникации → Триггеры» и нажмите «Добавить».",
      en: "In retailCRM open “Settings → Communications → Triggers” and press “Add”.",
    },
    {
      ru: `Выберите событие, например «${event.ru}», и, если нужно, условие.`,
      en: `Choose an event, for example “${event.en}”, and a condition if you need one.`,
    },
    {
      ru: `Добавьте действие «Выполнить HTTP-запрос»: метод POST, адрес – этот, параметр ${parameter} со значением {{ ${twig} }}. Остальные параметры – любые: они придут вместе с ним.`,
      en: `Add the action “Make an HTTP request”: method POST, this address, parameter ${parameter} with the value {{ ${twig} }}. Other parameters may be any: they come along.`,
    },
    {
      ru: "Бот возьмёт по этому ID запись целиком. Адрес никому не показывайте: подписи у retailCRM нет.",
      en: "The bot reads the whole record by this ID. Show the address to nobody: retailCRM signs nothing.",
    },
  ];
}

/** Forms, JSON and values of the address are read alike; the id may be called as people call it. */
const hookOf = (kind: Kind, steps: readonly Text[]): Hook => ({
  scope: "bundle",
  acceptsGet: true,
  steps,
  deliveries(request) {
    const params = { ...request.query, ...objectOf(request.body) };
    const plain = (name: string) => textOf(params[name]) ?? textOf(objectOf(params[name]).id);
    const id = NAMES[kind].map(plain).find((value) => value !== null) ?? null;
    const externalId = textOf(params.externalId) ?? textOf(params.external_id);
    if (id === null && externalId === null) return [];
    const receivedAt = (request.receivedAt ?? new Date()).toISOString();
    return [{ id, externalId, event: textOf(params.event), params, receivedAt }];
  },
  async enrich(ctx, delivery) {
    const key = textOf(delivery.id) === null ? "externalId" : "id";
    const [record] = await recordsBy(ctx, kind, key, delivery[key] ?? null);
    // What was deleted meanwhile is told as far as it is known.
    const whole = record ?? { id: delivery.id ?? null, externalId: delivery.externalId ?? null };
    const time = timeIn(ctx.timeZone);
    const item = kind === "orders" ? orderOf(whole, time) : customerOf(whole, time);
    const { event = null, params = null, receivedAt = null } = delivery;
    return { ...item, event, params, receivedAt };
  },
});

const signal = (
  kind: Kind,
  about: Pick<Trigger, "key" | "name" | "about" | "words">,
  steps: readonly Text[],
): Trigger => ({
  ...about,
  options: [],
  output: [...(kind === "orders" ? orderOutput : customerOutput), ...signalFields],
  outputOf: (ctx) => customOutput(ctx, kind === "orders" ? "order" : "customer"),
  sample:
    kind === "orders"
      ? { ...orderSample, ...signalSample("orderId") }
      : { ...customerSample, ...signalSample("customerId") },
  repeats: "every",
  hook: hookOf(kind, steps),
  record: (item) => String(item.id ?? item.externalId),
  change: (item) => `${item.id ?? item.externalId} ${item.event ?? ""} ${item.receivedAt}`,
  at: momentIn("receivedAt"),
});

export const signals: readonly Trigger[] = [
  signal(
    "orders",
    {
      key: "orderSignal",
      name: { ru: "Сигнал триггера retailCRM: заказ", en: "Signal of a retailCRM trigger: order" },
      about: {
        ru: "Сразу, когда сработает триггер в самом retailCRM, на любых его условиях.",
        en: "At once when a trigger in retailCRM itself fires, on any of its conditions.",
      },
      words: ["вебхук", "http-запрос", "шаблон", "webhook", "template"],
    },
    stepsOf({ ru: "Изменение информации о заказе", en: "Change of an order" }, "orderId", "order.id"),
  ),
  signal(
    "customers",
    {
      key: "customerSignal",
      name: { ru: "Сигнал триггера retailCRM: клиент", en: "Signal of a retailCRM trigger: customer" },
      about: {
        ru: "Сразу, когда сработает триггер в самом retailCRM, на любых его условиях.",
        en: "At once when a trigger in retailCRM itself fires, on any of its conditions.",
      },
      words: ["вебхук", "http-запрос", "шаблон", "webhook", "template"],
    },
    stepsOf({ ru: "Изменение информации о клиенте", en: "Change of a customer" }, "customerId", "customer.id"),
  ),
];

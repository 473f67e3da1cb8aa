/** Nethouse.События: six events that come to a pasted address. There is no key and nothing to call. */
import { defineConnector, type Field, type JsonObject, type Text, type Trigger } from "../kit/define.ts";
import { textOf } from "../kit/read.ts";
import { CHOICES, EVENTS, type Event, output, sampleOf } from "./fields.ts";
import { itemOf } from "./items.ts";

const stepsFor = (events: Text): readonly Text[] => [
  {
    ru: "В Nethouse откройте «Приложения», найдите блок «Albato», вставьте адрес и нажмите «Подключить».",
    en: "In Nethouse open “Apps”, find the block “Albato”, paste the address and press “Connect”.",
  },
  {
    ru: `Отметьте ${events.ru} и переведите тумблер интеграции в рабочее положение.`,
    en: `Tick ${events.en} and turn the integration's switch on.`,
  },
  {
    ru: "Оформите пробный заказ: по нему появятся поля.",
    en: "Place a test order: the fields appear from it.",
  },
];

/** What an item is about; without any id the delivery stands for itself. */
const subject = (item: JsonObject, of: Event["of"]): string => {
  const id = textOf(of === "ticket" ? item.ticketId : item.orderId);
  return id === null ? `delivery ${item.deliveryId}` : `${of} ${id}`;
};
/** A repeated delivery has the same contents, two changes haven't, even in the same second. */
const change = (item: JsonObject, of: Event["of"]) => `${subject(item, of)} ${item.updatedAt} ${item.deliveryId}`;

function triggerOf(event: Event): Trigger {
  const { key, action, name, about, of, repeats } = event;
  return {
    key,
    name,
    about,
    words: [of === "ticket" ? "билет" : "заказ", "мероприятие", "оплата", of, "event"],
    options: [],
    output,
    sample: sampleOf(action),
    repeats: repeats ? "every" : "once",
    hook: {
      scope: "bundle",
      steps: stepsFor({ ru: `событие «${name.ru}»`, en: `the event “${name.en}”` }),
      // Any of the other events may come to the same address; it is heard and left alone.
      deliveries(request) {
        const item = itemOf(request);
        return item.action === action ? [item] : [];
      },
    },
    record: (item) => subject(item, of),
    change: (item) => (repeats ? change(item, of) : subject(item, of)),
    at: () => null,
  };
}

const only: Field = {
  key: "only",
  label: { ru: "Только события", en: "Only these events" },
  kind: "choice",
  choices: CHOICES,
  many: true,
  common: true,
};

/** Nethouse takes one address: whoever needs several events takes them all here and parts them by conditions. */
const any: Trigger = {
  key: "any",
  name: { ru: "Любое событие", en: "Any event" },
  about: {
    ru: "Все события на один адрес: Nethouse принимает только одну ссылку. Разведите их развилкой по полю «Событие».",
    en: "All events at one address, as Nethouse takes a single link. Part them by a router on “Event”.",
  },
  words: ["все события", "билет", "заказ", "webhook", "all"],
  options: [only],
  output,
  sample: sampleOf("order_complete"),
  repeats: "every",
  hook: {
    scope: "bundle",
    steps: stepsFor({ ru: "нужные события", en: "the events that you need" }),
    deliveries(request, options) {
      const item = itemOf(request);
      const wanted = (Array.isArray(options.only) ? options.only : []).map(String);
      return wanted.length === 0 || wanted.includes(String(item.action)) ? [item] : [];
    },
  },
  record: (item) => `${item.action} ${subject(item, item.ticketId === null ? "order" : "ticket")}`,
  change: (item) => `${item.action} ${change(item, item.ticketId === null ? "order" : "ticket")}`,
  at: () => null,
};

export const nethouse = defineConnector({
  key: "nethouse",
  name: { ru: "Nethouse.События", en: "Nethouse.Events" },
  about: {
    ru: "Регистрация и билеты на мероприятия, курсы Nethouse.Академии.",
    en: "Registration and tickets for events, courses of Nethouse.Academy.",
  },
  words: ["нетхаус", "нетхауз", "nethouse", "ивентишес", "академия", "мероприятия", "билеты", "курсы", "tickets"],
  auth: { kind: "none" },
  triggers: [...EVENTS.map(triggerOf), any],
  actions: [],
});

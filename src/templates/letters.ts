/** Letters to customers about their own orders. */
import type { Text } from "../engine/index.ts";
import { does, from, single } from "./steps.ts";
import type { TemplateSet } from "./template.ts";

const words = ["письмо", "почта", "клиент", "email", "mail", "letter", "customer"];
const READ: Text = {
  ru: "Прочтите письмо глазами клиента и подпишите его своим именем.",
  en: "Read the letter as your customer will, and sign it with your name.",
};

export const moyskladEmail: TemplateSet = single({
  key: "moysklad-email",
  name: { ru: "МойСклад → письмо: заказ принят", en: "MoySklad → letter: order taken" },
  about: {
    ru: "Покупатель с почтой получает письмо, что его заказ принят: номер, сумма, срок.",
    en: "A buyer with an e-mail gets a letter that the order was taken: number, sum, date.",
  },
  needs: ["moysklad", "email"],
  words: [...words, "мой склад", "заказ", "order"],
  look: [READ],
  trigger: from("moysklad.newOrder", { filter: [[{ left: "{{ trigger.agentEmail }}", operator: "notEmpty" }]] }),
  steps: [
    does("letter", "email.sendEmail", {
      to: "{{ trigger.agentEmail }}",
      subject: { ru: "Заказ {{ trigger.name }} принят", en: "Order {{ trigger.name }} was taken" },
      text: {
        ru: "Здравствуйте, {{ trigger.agentName }}!\n\nМы приняли ваш заказ {{ trigger.name }} на сумму {{ trigger.sum }}.\n{% if trigger.deliveryPlannedMoment %}Доставим {{ trigger.deliveryPlannedMoment | date: '%d.%m.%Y' }}.{% endif %}",
        en: "Hello {{ trigger.agentName }},\n\nwe took your order {{ trigger.name }} for {{ trigger.sum }}.\n{% if trigger.deliveryPlannedMoment %}We deliver on {{ trigger.deliveryPlannedMoment | date: '%d.%m.%Y' }}.{% endif %}",
      },
    }),
  ],
});

export const retailcrmEmail: TemplateSet = single({
  key: "retailcrm-email",
  name: { ru: "retailCRM → письмо: трек-номер заказа", en: "retailCRM → letter: an order's tracking number" },
  about: {
    ru: "Как только у заказа появляется трек-номер и он меняет статус, покупателю уходит письмо с номером. Один раз.",
    en: "When an order with a tracking number changes its status, the buyer gets a letter with the number. Once.",
  },
  needs: ["retailcrm", "email"],
  words: [...words, "ретейл", "доставка", "трек", "отправлен", "delivery", "tracking"],
  look: [READ],
  trigger: from("retailcrm.orderStatus", {
    repeats: "every",
    filter: [
      [
        { left: "{{ trigger.email }}", operator: "notEmpty" },
        { left: "{{ trigger.trackNumber }}", operator: "notEmpty" },
      ],
    ],
  }),
  steps: [
    does("first", "storage.firstTime", {
      table: { ru: "Письма с трек-номером", en: "Tracking letters" },
      key: "{{ trigger.id }}",
    }),
    { id: "told", kind: "stopIf", when: [[{ left: "{{ first.isFirst }}", operator: "isFalse" }]] },
    does("letter", "email.sendEmail", {
      to: "{{ trigger.email }}",
      subject: { ru: "Заказ {{ trigger.number }} в пути", en: "Order {{ trigger.number }} is on its way" },
      text: {
        ru: "Здравствуйте, {{ trigger.firstName }}!\n\nВаш заказ {{ trigger.number }} отправлен. Трек-номер: {{ trigger.trackNumber }}.",
        en: "Hello {{ trigger.firstName }},\n\nyour order {{ trigger.number }} was sent. Tracking number: {{ trigger.trackNumber }}.",
      },
    }),
  ],
});

export const remonlineEmail: TemplateSet = single({
  key: "remonline-email",
  name: { ru: "РемонтОнлайн → письмо: как идёт ремонт", en: "RemOnline → letter: how the repair goes" },
  about: {
    ru: "Заказ сменил статус – клиент с почтой получает письмо: какая техника и что с ней теперь.",
    en: "An order's status changed: a client with an e-mail gets a letter with the device and what is up with it.",
  },
  needs: ["remonline", "email"],
  words: [...words, "ремонлайн", "ро апп", "ремонт", "готов", "статус", "ro app", "repair", "status"],
  look: [
    READ,
    {
      ru: "Статусы: выберите те, что понятны клиенту, например «Готов».",
      en: "Statuses: choose those that a client understands, such as “Ready”.",
    },
  ],
  trigger: from("remonline.orderStatus", { filter: [[{ left: "{{ trigger.clientEmail }}", operator: "notEmpty" }]] }),
  steps: [
    does("letter", "email.sendEmail", {
      to: "{{ trigger.clientEmail }}",
      subject: {
        ru: "Заказ {{ trigger.number }}: {{ trigger.status }}",
        en: "Order {{ trigger.number }}: {{ trigger.status }}",
      },
      text: {
        ru: "Здравствуйте, {{ trigger.clientName }}!\n\n{{ trigger.brand }} {{ trigger.model }}, заказ {{ trigger.number }}: {{ trigger.status }}.\nК оплате: {{ trigger.price }}.",
        en: "Hello {{ trigger.clientName }},\n\n{{ trigger.brand }} {{ trigger.model }}, order {{ trigger.number }}: {{ trigger.status }}.\nTo pay: {{ trigger.price }}.",
      },
    }),
  ],
});

export const remonlineReview: TemplateSet = single({
  key: "remonline-review",
  name: {
    ru: "РемонтОнлайн → письмо через три дня: всё ли в порядке",
    en: "RemOnline → letter after three days: is all well",
  },
  about: {
    ru: "Через три дня после закрытия заказа клиента спрашивают, доволен ли он ремонтом.",
    en: "Three days after an order is closed its client is asked whether the repair was good.",
  },
  needs: ["remonline", "email"],
  words: [...words, "ремонлайн", "отзыв", "пауза", "review", "delay", "repair"],
  look: [READ],
  trigger: from("remonline.orderStatus", {
    filter: [
      [
        { left: "{{ trigger.clientEmail }}", operator: "notEmpty" },
        { left: "{{ trigger.closedAt }}", operator: "notEmpty" },
      ],
    ],
  }),
  steps: [
    { id: "wait", kind: "delay", how: { kind: "for", amount: 3, unit: "days" } },
    does("letter", "email.sendEmail", {
      to: "{{ trigger.clientEmail }}",
      subject: { ru: "Всё ли работает после ремонта?", en: "Does it work well after the repair?" },
      text: {
        ru: "Здравствуйте, {{ trigger.clientName }}!\n\nТри дня назад вы забрали {{ trigger.brand }} {{ trigger.model }}. Всё ли в порядке? Ответьте на это письмо, если что-то не так.",
        en: "Hello {{ trigger.clientName }},\n\nthree days ago you took {{ trigger.brand }} {{ trigger.model }} home. Is all well? Answer this letter if it isn't.",
      },
    }),
  ],
});

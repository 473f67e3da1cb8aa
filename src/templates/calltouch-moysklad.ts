/** Article 003 for МойСклад: Calltouch ⇄ МойСклад, four bundles that belong together. */
import { DEAL_BY_CALL, DEAL_BY_REQUEST, updateDeal } from "./calltouch-deals.ts";
import type { ReadyBundle, TemplateSet } from "./template.ts";

const store = { kind: "action", connector: "moysklad", connection: "moysklad" } as const;
const DONE = "Доставлен";

const calls: ReadyBundle = {
  name: { ru: "Звонки Calltouch → МойСклад", en: "Calltouch calls → MoySklad" },
  about: {
    ru: "Звонок создаёт сделку в Calltouch, контрагента МойСклад (если телефона ещё нет) и заказ покупателя.",
    en: "A call makes a deal in Calltouch, a counterparty of MoySklad (if the phone isn't there yet) and a customer order.",
  },
  bundle: {
    format: 1,
    trigger: { connector: "calltouch", trigger: "call", connection: "calltouch", options: {} },
    steps: [
      DEAL_BY_CALL,
      {
        id: "buyer",
        ...store,
        action: "createCounterparty",
        input: {
          name: { ru: "Клиент {{ trigger.callerNumber }}", en: "Customer {{ trigger.callerNumber }}" },
          phone: "{{ trigger.callerNumber }}",
          externalCode: "{{ trigger.callId }}",
          companyType: "individual",
        },
        duplicates: { mode: "keep", match: "any", keys: ["phone"], rules: {} },
      },
      {
        id: "order",
        ...store,
        action: "createOrder",
        input: {
          agent: "{{ buyer.id }}",
          externalCode: "{{ deal.orderNumber }}",
          description: {
            ru: "Заказ по звонку из Calltouch с номера {{ trigger.callerNumber }}",
            en: "Order by a call of Calltouch from {{ trigger.callerNumber }}",
          },
        },
        duplicates: { mode: "create", match: "all", keys: [], rules: {} },
      },
    ],
  },
};

const requests: ReadyBundle = {
  name: { ru: "Заявки Calltouch → МойСклад", en: "Calltouch requests → MoySklad" },
  about: {
    ru: "Заявка с сайта делает то же; контрагент узнаётся по телефону или почте.",
    en: "A request of the site does the same; the counterparty is known by phone or e-mail.",
  },
  bundle: {
    format: 1,
    trigger: { connector: "calltouch", trigger: "request", connection: "calltouch", options: {} },
    steps: [
      DEAL_BY_REQUEST,
      {
        id: "buyer",
        ...store,
        action: "createCounterparty",
        input: {
          name: "{{ trigger.fullName }}",
          phone: "{{ trigger.phone }}",
          email: "{{ trigger.email }}",
          externalCode: "{{ trigger.requestId }}",
          companyType: "individual",
        },
        duplicates: { mode: "keep", match: "any", keys: ["phone", "email"], rules: {} },
      },
      {
        id: "order",
        ...store,
        action: "createOrder",
        input: {
          agent: "{{ buyer.id }}",
          externalCode: "{{ deal.orderNumber }}",
          description: {
            ru: "Заказ по заявке из Calltouch с номера и почты {{ trigger.phone }} {{ trigger.email }}",
            en: "Order by a request of Calltouch from {{ trigger.phone }} {{ trigger.email }}",
          },
        },
        duplicates: { mode: "create", match: "all", keys: [], rules: {} },
      },
    ],
  },
};

/**
 * Every order of МойСклад has an external code, but only those of the first two bundles have a deal. They say so in
 * their comment; the field «Источник» of the article is the account's own and has no key that a template could know.
 */
const ITS_OWN = { left: "{{ trigger.description }}", operator: "contains", right: "Calltouch" } as const;
const LOOK = [
  {
    ru: `Статус «${DONE}» в фильтре – тот, которым вы закрываете заказ. У вас другой – поменяйте.`,
    en: `The state “${DONE}” in the filter is the one that closes an order. Change it if yours is another.`,
  },
  {
    ru: "Заказ узнаётся по слову Calltouch в комментарии. Меняете комментарии – поставьте в фильтр «Источник» не пусто.",
    en: "An order is told by the word Calltouch in its comment. If you change comments, filter by “Источник is not empty”.",
  },
];
const told = (status: string) =>
  updateDeal({
    orderNumber: "{{ trigger.externalCode }}",
    revenue: "{{ trigger.sum }}",
    status,
    statusDate: "{{ trigger.changedAt }}",
  });

const updates: ReadyBundle = {
  name: { ru: "Заказы МойСклад → сделки Calltouch", en: "MoySklad orders → Calltouch deals" },
  about: {
    ru: "Новый статус, сумма и оплата заказа уходят в его сделку Calltouch, пока заказ не доставлен.",
    en: "An order's new state, sum and payment go to its deal in Calltouch until the order is delivered.",
  },
  look: LOOK,
  bundle: {
    format: 1,
    trigger: {
      connector: "moysklad",
      trigger: "orderChanged",
      connection: "moysklad",
      options: {},
      filter: [[{ left: "{{ trigger.state }}", operator: "notEquals", right: DONE }, ITS_OWN]],
    },
    steps: [told("{{ trigger.state }}")],
  },
};

const closing: ReadyBundle = {
  name: { ru: "Закрытие сделок Calltouch по заказам МойСклад", en: "Closing Calltouch deals by MoySklad orders" },
  about: {
    ru: "Когда заказ доставлен, его сделка в Calltouch закрывается с итоговой суммой.",
    en: "When an order is delivered, its deal in Calltouch is closed with the final sum.",
  },
  look: LOOK,
  bundle: {
    format: 1,
    trigger: {
      connector: "moysklad",
      trigger: "orderChanged",
      connection: "moysklad",
      options: {},
      filter: [[{ left: "{{ trigger.state }}", operator: "equals", right: DONE }, ITS_OWN]],
    },
    steps: [told("COMPLETED")],
  },
};

export const calltouchMoysklad: TemplateSet = {
  key: "calltouch-moysklad",
  name: { ru: "Calltouch ⇄ МойСклад: звонки, заявки, заказы", en: "Calltouch ⇄ MoySklad: calls, requests, orders" },
  about: {
    ru: "Сквозная аналитика: звонки и заявки Calltouch становятся заказами МойСклад, а их статусы, суммы и оплаты возвращаются в Calltouch.",
    en: "End-to-end analytics: calls and requests of Calltouch become orders of MoySklad, and their states, sums and payments go back.",
  },
  needs: ["calltouch", "moysklad"],
  words: ["звонок", "заявка", "заказ", "мой склад", "аналитика", "call", "request", "order", "analytics"],
  bundles: [calls, requests, updates, closing],
};

/** Article 003: Calltouch ⇄ retailCRM, four bundles that belong together. */
import { DEAL_BY_CALL, DEAL_BY_REQUEST, updateDeal } from "./calltouch-deals.ts";
import type { ReadyBundle, TemplateSet } from "./template.ts";

const crm = { kind: "action", connector: "retailcrm", connection: "retailcrm" } as const;
const DONE = "complete";

const calls: ReadyBundle = {
  name: { ru: "Звонки Calltouch → retailCRM", en: "Calltouch calls → retailCRM" },
  about: {
    ru: "Звонок создаёт сделку в Calltouch, клиента retailCRM (если телефона ещё нет) и заказ с рекламным источником.",
    en: "A call makes a deal in Calltouch, a customer of retailCRM (if the phone isn't there yet) and an order with its source.",
  },
  bundle: {
    format: 1,
    trigger: { connector: "calltouch", trigger: "call", connection: "calltouch", options: {} },
    steps: [
      DEAL_BY_CALL,
      {
        id: "buyer",
        ...crm,
        action: "createCustomer",
        input: { externalId: "{{ trigger.callId }}", phone: "{{ trigger.callerNumber }}" },
        duplicates: { mode: "keep", match: "any", keys: ["phone"], rules: {} },
      },
      {
        id: "order",
        ...crm,
        action: "createOrder",
        input: {
          externalId: "{{ deal.orderNumber }}",
          customerId: "{{ buyer.id }}",
          firstName: {
            ru: "Заказ по звонку из Calltouch с номера {{ trigger.callerNumber }}",
            en: "Order by a call of Calltouch from {{ trigger.callerNumber }}",
          },
          phone: "{{ trigger.callerNumber }}",
        },
        duplicates: { mode: "create", match: "all", keys: [], rules: {} },
      },
    ],
  },
};

const requests: ReadyBundle = {
  name: { ru: "Заявки Calltouch → retailCRM", en: "Calltouch requests → retailCRM" },
  about: {
    ru: "Заявка с сайта делает то же; клиент узнаётся по телефону или почте.",
    en: "A request of the site does the same; the customer is known by phone or e-mail.",
  },
  bundle: {
    format: 1,
    trigger: { connector: "calltouch", trigger: "request", connection: "calltouch", options: {} },
    steps: [
      DEAL_BY_REQUEST,
      {
        id: "buyer",
        ...crm,
        action: "createCustomer",
        input: {
          externalId: "{{ trigger.requestId }}",
          firstName: "{{ trigger.fullName }}",
          phone: "{{ trigger.phone }}",
          email: "{{ trigger.email }}",
        },
        duplicates: { mode: "keep", match: "any", keys: ["phone", "email"], rules: {} },
      },
      {
        id: "order",
        ...crm,
        action: "createOrder",
        input: {
          externalId: "{{ deal.orderNumber }}",
          customerId: "{{ buyer.id }}",
          firstName: {
            ru: "Заказ по заявке из Calltouch с номера и почты {{ trigger.phone }} {{ trigger.email }}",
            en: "Order by a request of Calltouch from {{ trigger.phone }} {{ trigger.email }}",
          },
          phone: "{{ trigger.phone }}",
          email: "{{ trigger.email }}",
        },
        duplicates: { mode: "create", match: "all", keys: [], rules: {} },
      },
    ],
  },
};

/** Orders that a manager entered have no deal at Calltouch. */
const ITS_OWN = { left: "{{ trigger.externalId }}", operator: "notEmpty" } as const;
const told = (status: string) =>
  updateDeal({
    orderNumber: "{{ trigger.externalId }}",
    revenue: "{{ trigger.totalSumm }}",
    status,
    statusDate: "{{ trigger.statusUpdatedAt }}",
  });

const updates: ReadyBundle = {
  name: { ru: "Заказы retailCRM → сделки Calltouch", en: "retailCRM orders → Calltouch deals" },
  about: {
    ru: "Новый статус и сумма заказа уходят в его сделку Calltouch, пока заказ не выполнен.",
    en: "An order's new status and total go to its deal in Calltouch until the order is complete.",
  },
  look: [
    {
      ru: "Статус «complete» в фильтре – код, которым в вашей retailCRM закрывают заказ. У вас другой – поменяйте.",
      en: "“complete” in the filter is the code by which your retailCRM closes an order. Change it if yours is another.",
    },
  ],
  bundle: {
    format: 1,
    trigger: {
      connector: "retailcrm",
      trigger: "orderStatus",
      connection: "retailcrm",
      options: {},
      filter: [[{ left: "{{ trigger.status }}", operator: "notEquals", right: DONE }, ITS_OWN]],
    },
    steps: [told("{{ trigger.status }}")],
  },
};

const closing: ReadyBundle = {
  name: { ru: "Закрытие сделок Calltouch по заказам retailCRM", en: "Closing Calltouch deals by retailCRM orders" },
  about: {
    ru: "Когда заказ выполнен, его сделка в Calltouch закрывается с итоговой суммой.",
    en: "When an order is complete, its deal in Calltouch is closed with the final total.",
  },
  look: updates.look ?? [],
  bundle: {
    format: 1,
    trigger: {
      connector: "retailcrm",
      trigger: "orderStatus",
      connection: "retailcrm",
      options: {},
      filter: [[{ left: "{{ trigger.status }}", operator: "equals", right: DONE }, ITS_OWN]],
    },
    steps: [told("COMPLETED")],
  },
};

export const calltouchRetailcrm: TemplateSet = {
  key: "calltouch-retailcrm",
  name: { ru: "Calltouch ⇄ retailCRM: звонки, заявки, заказы", en: "Calltouch ⇄ retailCRM: calls, requests, orders" },
  about: {
    ru: "Сквозная аналитика: звонки и заявки Calltouch становятся заказами retailCRM, а их статусы и суммы возвращаются в Calltouch.",
    en: "End-to-end analytics: calls and requests of Calltouch become orders of retailCRM, and their statuses and totals go back.",
  },
  needs: ["calltouch", "retailcrm"],
  words: ["звонок", "заявка", "заказ", "ритейл", "аналитика", "call", "request", "order", "analytics"],
  bundles: [calls, requests, updates, closing],
};

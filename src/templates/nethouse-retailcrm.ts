/** Article 002: an order for tickets of Nethouse.Events becomes a customer and an order of retailCRM. */
import type { TemplateSet } from "./template.ts";

export const nethouseRetailcrm: TemplateSet = {
  key: "nethouse-retailcrm",
  name: { ru: "Nethouse.События → retailCRM: заказы", en: "Nethouse.Events → retailCRM: orders" },
  about: {
    ru: "Оплаченный заказ билетов в Nethouse.События становится клиентом и заказом в retailCRM.",
    en: "A paid order for tickets in Nethouse.Events becomes a customer and an order in retailCRM.",
  },
  needs: ["retailcrm"],
  words: ["нетхаус", "билет", "событие", "мероприятие", "ticket", "event", "ритейл"],
  bundles: [
    {
      name: { ru: "Nethouse.События → retailCRM", en: "Nethouse.Events → retailCRM" },
      about: {
        ru: "Когда заказ билетов оплачен, находит клиента retailCRM по телефону или почте (или создаёт) и создаёт ему заказ. Один заказ дважды не создаётся.",
        en: "When an order for tickets is paid, finds the customer of retailCRM by phone or e-mail (or makes one) and makes an order for them. One order is never made twice.",
      },
      look: [
        {
          ru: "Адрес для Nethouse: скопируйте его на экране триггера и вставьте в Приложения → Albato → Подключить.",
          en: "The address for Nethouse: copy it on the trigger's screen and paste it under Apps → Albato → Connect.",
        },
      ],
      bundle: {
        format: 1,
        // A new order holds nobody's name yet: those come with the payment.
        trigger: { connector: "nethouse", trigger: "orderComplete", connection: null, options: {} },
        steps: [
          {
            id: "buyer",
            kind: "action",
            connector: "retailcrm",
            action: "createCustomer",
            connection: "retailcrm",
            input: {
              firstName: "{{ trigger.firstName }}",
              lastName: "{{ trigger.lastName }}",
              phone: "{{ trigger.phone }}",
              email: "{{ trigger.email }}",
              // A number of one order says nothing about the person.
              externalId: null,
            },
            duplicates: { mode: "keep", match: "any", keys: ["phone", "email"], rules: {} },
          },
          {
            id: "order",
            kind: "action",
            connector: "retailcrm",
            action: "createOrder",
            connection: "retailcrm",
            input: {
              externalId: "nethouse-{{ trigger.orderId }}",
              customerId: "{{ buyer.id }}",
              firstName: "{{ trigger.firstName }}",
              lastName: "{{ trigger.lastName }}",
              phone: "{{ trigger.phone }}",
              email: "{{ trigger.email }}",
              managerComment: {
                ru: "Заказ {{ trigger.orderId }} из Nethouse.События, сумма {{ trigger.total }} {{ trigger.currency }}",
                en: "Order {{ trigger.orderId }} of Nethouse.Events, total {{ trigger.total }} {{ trigger.currency }}",
              },
            },
            duplicates: { mode: "keep", match: "all", keys: ["externalId"], rules: {} },
          },
        ],
      },
    },
  ],
};

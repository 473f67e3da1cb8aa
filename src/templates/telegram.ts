/** What happened at a service, said in Telegram at once. */
import { does, from, LOOK_CHAT, single } from "./steps.ts";
import type { TemplateSet } from "./template.ts";

const words = ["телеграм", "уведомление", "сообщение", "чат", "группа", "telegram", "notification", "message", "chat"];
const look = [LOOK_CHAT];

export const vkTelegram: TemplateSet = single({
  key: "vk-telegram",
  name: { ru: "ВКонтакте → Telegram: новая заявка", en: "VK → Telegram: new request" },
  about: {
    ru: "Заявка с формы ВКонтакте сразу приходит в ваш чат: имя, телефон, почта и ответы.",
    en: "A request of a VK form comes to your chat at once: name, phone, e-mail and answers.",
  },
  needs: ["vk", "telegram"],
  words: [...words, "вк", "лид", "форма", "lead", "form"],
  look,
  trigger: from("vk.leadForm"),
  steps: [
    does("tell", "telegram.sendMessage", {
      text: {
        ru: "Новая заявка: {{ trigger.formName }}\n{{ trigger.firstName }} {{ trigger.lastName }}\n{{ trigger.phone }} {{ trigger.email }}\n{{ trigger.answersText }}",
        en: "New request: {{ trigger.formName }}\n{{ trigger.firstName }} {{ trigger.lastName }}\n{{ trigger.phone }} {{ trigger.email }}\n{{ trigger.answersText }}",
      },
    }),
  ],
});

export const facebookTelegram: TemplateSet = single({
  key: "facebook-telegram",
  name: { ru: "Facebook → Telegram: новая заявка", en: "Facebook → Telegram: new lead" },
  about: {
    ru: "Заявка с лид-формы Facebook сразу приходит в ваш чат вместе с рекламой, которая её привела.",
    en: "A lead of a Facebook form comes to your chat at once, with the ad that brought it.",
  },
  needs: ["facebook", "telegram"],
  words: [...words, "фейсбук", "лид", "реклама", "lead ads"],
  look,
  trigger: from("facebook.lead"),
  steps: [
    does("tell", "telegram.sendMessage", {
      text: {
        ru: "Новая заявка: {{ trigger.formName }}\n{{ trigger.fullName }}\n{{ trigger.phone }} {{ trigger.email }}\n{{ trigger.answersText }}\nРеклама: {{ trigger.campaignName }} {{ trigger.adName }}",
        en: "New lead: {{ trigger.formName }}\n{{ trigger.fullName }}\n{{ trigger.phone }} {{ trigger.email }}\n{{ trigger.answersText }}\nAd: {{ trigger.campaignName }} {{ trigger.adName }}",
      },
    }),
  ],
});

export const missedCallTelegram: TemplateSet = single({
  key: "calltouch-telegram",
  name: { ru: "Calltouch → Telegram: пропущенный звонок", en: "Calltouch → Telegram: missed call" },
  about: {
    ru: "О пропущенном звонке узнаёт ваш чат: кто звонил, куда и с какой рекламы. Осталось перезвонить.",
    en: "Your chat hears of a missed call: who called, where and by which ad. All that is left is to call back.",
  },
  needs: ["calltouch", "telegram"],
  words: [...words, "коллтач", "звонок", "пропущенный", "перезвонить", "call", "missed"],
  look,
  trigger: from("calltouch.call", { filter: [[{ left: "{{ trigger.successful }}", operator: "isFalse" }]] }),
  steps: [
    does("tell", "telegram.sendMessage", {
      text: {
        ru: "Пропущенный звонок: {{ trigger.callerNumber }}\nЗвонили на {{ trigger.phoneNumber }} в {{ trigger.callDate | date: '%H:%M' }}\nОткуда: {{ trigger.source }} {{ trigger.utmCampaign }}",
        en: "Missed call: {{ trigger.callerNumber }}\nTo {{ trigger.phoneNumber }} at {{ trigger.callDate | date: '%H:%M' }}\nFrom: {{ trigger.source }} {{ trigger.utmCampaign }}",
      },
    }),
  ],
});

export const retailcrmTelegram: TemplateSet = single({
  key: "retailcrm-telegram",
  name: { ru: "retailCRM → Telegram: новый заказ", en: "retailCRM → Telegram: new order" },
  about: {
    ru: "Новый заказ retailCRM сразу виден в чате: номер, сумма, состав и покупатель.",
    en: "A new order of retailCRM shows in the chat at once: number, sum, goods and buyer.",
  },
  needs: ["retailcrm", "telegram"],
  words: [...words, "ретейл", "заказ", "order"],
  look,
  trigger: from("retailcrm.newOrder"),
  steps: [
    does("tell", "telegram.sendMessage", {
      text: {
        ru: "Новый заказ {{ trigger.number }} на {{ trigger.totalSumm }}\n{{ trigger.itemsText }}\n{{ trigger.firstName }} {{ trigger.lastName }}, {{ trigger.phone }}\n{{ trigger.customerComment }}",
        en: "New order {{ trigger.number }} for {{ trigger.totalSumm }}\n{{ trigger.itemsText }}\n{{ trigger.firstName }} {{ trigger.lastName }}, {{ trigger.phone }}\n{{ trigger.customerComment }}",
      },
    }),
  ],
});

export const moyskladTelegram: TemplateSet = single({
  key: "moysklad-telegram",
  name: { ru: "МойСклад → Telegram: новый заказ", en: "MoySklad → Telegram: new order" },
  about: {
    ru: "Новый заказ покупателя сразу приходит в чат склада: номер, сумма, покупатель и ссылка на заказ.",
    en: "A new customer order comes to the warehouse's chat at once: number, sum, buyer and a link.",
  },
  needs: ["moysklad", "telegram"],
  words: [...words, "мой склад", "заказ", "склад", "order", "warehouse"],
  look,
  trigger: from("moysklad.newOrder"),
  steps: [
    does("tell", "telegram.sendMessage", {
      text: {
        ru: "Заказ {{ trigger.name }} на {{ trigger.sum }}\n{{ trigger.agentName }}, {{ trigger.agentPhone }}\n{{ trigger.description }}\n{{ trigger.url }}",
        en: "Order {{ trigger.name }} for {{ trigger.sum }}\n{{ trigger.agentName }}, {{ trigger.agentPhone }}\n{{ trigger.description }}\n{{ trigger.url }}",
      },
    }),
  ],
});

export const remonlineTelegram: TemplateSet = single({
  key: "remonline-telegram",
  name: { ru: "РемонтОнлайн → Telegram: статус заказа", en: "RemOnline → Telegram: order's status" },
  about: {
    ru: "Смена статуса заказа приходит в чат мастерской: что за техника, чья и что теперь.",
    en: "A change of an order's status comes to the workshop's chat: which device, whose, and what now.",
  },
  needs: ["remonline", "telegram"],
  words: [...words, "ремонлайн", "ро апп", "статус", "ремонт", "ro app", "status", "repair"],
  look: [
    ...look,
    {
      ru: "Статусы: выберите те, о которых стоит говорить. Не выбрали – придут все.",
      en: "Statuses: choose those worth telling. Without a choice all of them come.",
    },
  ],
  trigger: from("remonline.orderStatus"),
  steps: [
    does("tell", "telegram.sendMessage", {
      text: {
        ru: "Заказ {{ trigger.number }}: {{ trigger.oldStatus }} → {{ trigger.status }}\n{{ trigger.brand }} {{ trigger.model }}\n{{ trigger.clientName }}, {{ trigger.clientPhone }}",
        en: "Order {{ trigger.number }}: {{ trigger.oldStatus }} → {{ trigger.status }}\n{{ trigger.brand }} {{ trigger.model }}\n{{ trigger.clientName }}, {{ trigger.clientPhone }}",
      },
    }),
  ],
});

export const bitrix24Telegram: TemplateSet = single({
  key: "bitrix24-telegram",
  name: { ru: "Битрикс24 → Telegram: новый лид", en: "Bitrix24 → Telegram: new lead" },
  about: {
    ru: "Новый лид Битрикс24 сразу приходит в чат отдела продаж: кто, телефон и откуда.",
    en: "A new lead of Bitrix24 comes to the sales chat at once: who, the phone and where from.",
  },
  needs: ["bitrix24", "telegram"],
  words: [...words, "битрикс", "лид", "lead"],
  look,
  trigger: from("bitrix24.lead", { options: { EVENTS: "add" } }),
  steps: [
    does("tell", "telegram.sendMessage", {
      text: {
        ru: "Новый лид: {{ trigger.TITLE }}\n{{ trigger.FULL_NAME }}, {{ trigger.PHONE }}\nИсточник: {{ trigger.SOURCE_NAME }}\n{{ trigger.COMMENTS }}",
        en: "New lead: {{ trigger.TITLE }}\n{{ trigger.FULL_NAME }}, {{ trigger.PHONE }}\nSource: {{ trigger.SOURCE_NAME }}\n{{ trigger.COMMENTS }}",
      },
    }),
  ],
});

export const nethouseTelegram: TemplateSet = single({
  key: "nethouse-telegram",
  name: { ru: "Nethouse.События → Telegram: возврат билета", en: "Nethouse.Events → Telegram: cancelled ticket" },
  about: {
    ru: "Отменён билет – чат узнаёт, какое место освободилось и кому вернуть деньги.",
    en: "A ticket is cancelled: the chat learns which seat is free again and who gets the money back.",
  },
  needs: ["telegram"],
  words: [...words, "нетхаус", "билет", "событие", "возврат", "ticket", "event", "refund"],
  look,
  trigger: from("nethouse.ticketCancel"),
  steps: [
    does("tell", "telegram.sendMessage", {
      text: {
        ru: "Билет отменён: {{ trigger.place }}, заказ {{ trigger.orderId }}\n{{ trigger.buyerName }}, {{ trigger.phone }}\nСумма: {{ trigger.ticketSum }}",
        en: "Ticket cancelled: {{ trigger.place }}, order {{ trigger.orderId }}\n{{ trigger.buyerName }}, {{ trigger.phone }}\nSum: {{ trigger.ticketSum }}",
      },
    }),
  ],
});

export const morningSummary: TemplateSet = single({
  key: "retailcrm-summary",
  name: { ru: "Каждое утро: заказы за вчера в Telegram", en: "Every morning: yesterday's orders in Telegram" },
  about: {
    ru: "В девять утра в чат приходит, сколько заказов было вчера в retailCRM и на какую сумму.",
    en: "At nine in the morning the chat hears how many orders retailCRM had yesterday and for how much.",
  },
  needs: ["retailcrm", "telegram"],
  words: [...words, "расписание", "сводка", "отчёт", "утро", "schedule", "summary", "report"],
  look,
  trigger: from("schedule.tick", { options: { mode: "daily", time: "09:00" } }),
  steps: [
    does("since", "tools.addToDate", { date: "{{ trigger.at }}", amount: "-1", unit: "days" }),
    does("orders", "retailcrm.listOrders", {
      createdFrom: "{{ since.result }}",
      createdTo: "{{ trigger.at }}",
      customerId: null,
      statuses: null,
    }),
    does("tell", "telegram.sendMessage", {
      text: {
        ru: "Заказов за сутки: {{ orders.count }}, на сумму {{ orders.total }}",
        en: "Orders in a day: {{ orders.count }}, for {{ orders.total }}",
      },
    }),
  ],
});

/** Records of one service that are made in another, so that nobody types them twice. */
import { ALWAYS_NEW, does, from, SAME_PERSON, single } from "./steps.ts";
import type { TemplateSet } from "./template.ts";

export const vkRetailcrm: TemplateSet = single({
  key: "vk-retailcrm",
  name: { ru: "ВКонтакте → retailCRM: клиент и заказ", en: "VK → retailCRM: customer and order" },
  about: {
    ru: "Заявка с формы ВКонтакте становится заказом retailCRM; клиент узнаётся по телефону или почте.",
    en: "A request of a VK form becomes an order of retailCRM; the customer is known by phone or e-mail.",
  },
  needs: ["vk", "retailcrm"],
  words: ["вк", "ретейл", "лид", "форма", "заказ", "lead", "form", "order"],
  trigger: from("vk.leadForm"),
  steps: [
    does(
      "customer",
      "retailcrm.createCustomer",
      {
        firstName: "{{ trigger.firstName }}",
        lastName: "{{ trigger.lastName }}",
        phone: "{{ trigger.phone }}",
        email: "{{ trigger.email }}",
        externalId: null,
      },
      SAME_PERSON,
    ),
    does(
      "order",
      "retailcrm.createOrder",
      {
        customerId: "{{ customer.id }}",
        externalId: "vk-{{ trigger.leadId }}",
        firstName: "{{ trigger.firstName }}",
        lastName: "{{ trigger.lastName }}",
        phone: "{{ trigger.phone }}",
        email: "{{ trigger.email }}",
        customerComment: "{{ trigger.answersText }}",
      },
      ALWAYS_NEW,
    ),
  ],
});

export const facebookAmocrm: TemplateSet = single({
  key: "facebook-amocrm",
  name: { ru: "Facebook → amoCRM: контакт и сделка", en: "Facebook → amoCRM: contact and deal" },
  about: {
    ru: "Заявка с лид-формы Facebook становится сделкой amoCRM; контакт узнаётся по телефону или почте.",
    en: "A lead of a Facebook form becomes a deal of amoCRM; the contact is known by phone or e-mail.",
  },
  needs: ["facebook", "amocrm"],
  words: ["фейсбук", "амо", "лид", "сделка", "lead ads", "deal"],
  trigger: from("facebook.lead"),
  steps: [
    does(
      "contact",
      "amocrm.createContact",
      { name: "{{ trigger.fullName }}", phone: "{{ trigger.phone }}", email: "{{ trigger.email }}" },
      SAME_PERSON,
    ),
    does(
      "deal",
      "amocrm.createLead",
      { name: "{{ trigger.formName }}: {{ trigger.fullName }}", contactId: "{{ contact.id }}" },
      ALWAYS_NEW,
    ),
  ],
});

export const formAmocrm: TemplateSet = single({
  key: "form-amocrm",
  name: { ru: "Форма сайта → amoCRM: контакт и сделка", en: "A site's form → amoCRM: contact and deal" },
  about: {
    ru: "Заявка с сайта (Тильда, WordPress, что угодно с вебхуком) становится сделкой amoCRM, контакт – без дублей.",
    en: "A request of your site (Tilda, WordPress, anything with a webhook) becomes a deal of amoCRM, its contact without duplicates.",
  },
  needs: ["amocrm"],
  words: ["сайт", "тильда", "вебхук", "форма", "амо", "заявка", "tilda", "wordpress", "webhook", "site", "form"],
  look: [
    {
      ru: "Поля формы здесь зовутся name, phone и email. У вас иначе – поменяйте, когда придёт первая заявка.",
      en: "The form's fields are called name, phone and email here. Change that when the first request has come, if yours differ.",
    },
  ],
  trigger: from("webhook.incoming"),
  steps: [
    does(
      "contact",
      "amocrm.createContact",
      { name: "{{ trigger.body.name }}", phone: "{{ trigger.body.phone }}", email: "{{ trigger.body.email }}" },
      SAME_PERSON,
    ),
    does(
      "deal",
      "amocrm.createLead",
      {
        name: { ru: "Заявка с сайта: {{ trigger.body.name }}", en: "Request of the site: {{ trigger.body.name }}" },
        contactId: "{{ contact.id }}",
      },
      ALWAYS_NEW,
    ),
  ],
});

export const retailcrmMoysklad: TemplateSet = single({
  key: "retailcrm-moysklad",
  name: { ru: "retailCRM → МойСклад: заказы на склад", en: "retailCRM → MoySklad: orders to the warehouse" },
  about: {
    ru: "Новый заказ retailCRM становится заказом покупателя в МойСклад; контрагент – без дублей.",
    en: "A new order of retailCRM becomes a customer order of MoySklad; its counterparty without duplicates.",
  },
  needs: ["retailcrm", "moysklad"],
  words: ["ретейл", "мой склад", "заказ", "контрагент", "order", "warehouse"],
  look: [
    {
      ru: "Товары не переносятся: их состав стоит в комментарии заказа.",
      en: "Goods aren't carried over: they are listed in the order's comment.",
    },
  ],
  trigger: from("retailcrm.newOrder"),
  steps: [
    does(
      "buyer",
      "moysklad.createCounterparty",
      {
        name: "{{ trigger.firstName }} {{ trigger.lastName }}",
        phone: "{{ trigger.phone }}",
        email: "{{ trigger.email }}",
        externalCode: null,
        companyType: "individual",
      },
      SAME_PERSON,
    ),
    does(
      "order",
      "moysklad.createOrder",
      {
        agent: "{{ buyer.id }}",
        externalCode: "retailcrm-{{ trigger.id }}",
        description: {
          ru: "Заказ retailCRM {{ trigger.number }} на {{ trigger.totalSumm }}\n{{ trigger.itemsText }}\n{{ trigger.customerComment }}",
          en: "retailCRM order {{ trigger.number }} for {{ trigger.totalSumm }}\n{{ trigger.itemsText }}\n{{ trigger.customerComment }}",
        },
        shipmentAddress: "{{ trigger.deliveryAddress }}",
      },
      { mode: "keep", match: "all", keys: ["externalCode"], rules: {} },
    ),
  ],
});

export const amocrmBitrix24: TemplateSet = single({
  key: "amocrm-bitrix24",
  name: { ru: "amoCRM → Битрикс24: сделка дошла до этапа", en: "amoCRM → Bitrix24: a deal reached a stage" },
  about: {
    ru: "Сделка amoCRM на выбранном этапе появляется сделкой в Битрикс24; перешла дальше – обновляется она же.",
    en: "A deal of amoCRM at a chosen stage becomes a deal of Bitrix24; when it moves on, the same one is updated.",
  },
  needs: ["amocrm", "bitrix24"],
  words: ["амо", "битрикс", "сделка", "этап", "deal", "lead", "stage"],
  look: [
    {
      ru: "Этапы: выберите тот, с которого сделкой занимаются в Битрикс24. Не выбрали – перейдут все.",
      en: "Stages: choose the one from which Bitrix24 takes over. Without a choice all deals go over.",
    },
  ],
  trigger: from("amocrm.leadMoved", { repeats: "every" }),
  steps: [
    does(
      "deal",
      "bitrix24.createDeal",
      {
        TITLE: "{{ trigger.name }}",
        OPPORTUNITY: "{{ trigger.price }}",
        ORIGIN_ID: "amo-{{ trigger.id }}",
        COMMENTS: {
          ru: "Этап в amoCRM: {{ trigger.statusName }}\nОтветственный: {{ trigger.responsibleName }}\n{{ trigger.url }}",
          en: "Stage in amoCRM: {{ trigger.statusName }}\nResponsible: {{ trigger.responsibleName }}\n{{ trigger.url }}",
        },
        CONTACT_ID: null,
      },
      { mode: "update", match: "all", keys: ["ORIGIN_ID"], rules: {} },
    ),
  ],
});

export const bigOrderApproval: TemplateSet = single({
  key: "retailcrm-approval",
  name: { ru: "retailCRM: большой заказ сначала подтвердить", en: "retailCRM: a big order is confirmed first" },
  about: {
    ru: "О заказе на большую сумму бот спрашивает вас. Да – клиенту уходит письмо, нет – ничего не делает.",
    en: "Of a big order the bot asks you. Yes: the customer gets a letter; no: nothing is done.",
  },
  needs: ["retailcrm", "email"],
  words: ["ретейл", "заказ", "подтверждение", "вопрос", "согласование", "order", "approval", "confirm"],
  look: [
    {
      ru: "Сумма в фильтре: поставьте ту, с которой заказ для вас большой.",
      en: "The sum in the filter: enter the one from which an order is big for you.",
    },
  ],
  trigger: from("retailcrm.newOrder", {
    filter: [
      [
        { left: "{{ trigger.totalSumm }}", operator: "ge", right: "5000" },
        { left: "{{ trigger.email }}", operator: "notEmpty" },
      ],
    ],
  }),
  steps: [
    {
      id: "ask",
      kind: "approval",
      question: {
        ru: "Подтвердить заказ {{ trigger.number }} на {{ trigger.totalSumm }}? {{ trigger.firstName }} {{ trigger.lastName }}",
        en: "Confirm order {{ trigger.number }} for {{ trigger.totalSumm }}? {{ trigger.firstName }} {{ trigger.lastName }}",
      },
      who: null,
      deadline: { amount: 1, unit: "days" },
      otherwise: "no",
      onNo: "end",
    },
    does("letter", "email.sendEmail", {
      to: "{{ trigger.email }}",
      subject: { ru: "Заказ {{ trigger.number }} подтверждён", en: "Order {{ trigger.number }} is confirmed" },
      text: {
        ru: "Здравствуйте, {{ trigger.firstName }}!\n\nВаш заказ {{ trigger.number }} на сумму {{ trigger.totalSumm }} подтверждён, мы его собираем.",
        en: "Hello {{ trigger.firstName }},\n\nyour order {{ trigger.number }} for {{ trigger.totalSumm }} is confirmed and being packed.",
      },
    }),
  ],
});

/** The account's fixed values: key, shops, reference lists, custom fields. */

export const KEY = "rcrm-sandbox-5d0c9e71ab";
export const SITES = { "shop-1": "Магазин на Садовой", "shop-2": "Оптовый отдел" };

const entry = (name: string, code: string, ordering: number, more: Record<string, unknown> = {}) => ({
  name,
  code,
  ordering,
  active: true,
  ...more,
});
const byCode = (items: { code: string }[]) => Object.fromEntries(items.map((item) => [item.code, item]));

/** Answers of `reference/<name>`: most are objects by code, some are lists; that is how the service does it. */
export const REFERENCES: Readonly<Record<string, { key: string; value: unknown }>> = {
  sites: {
    key: "sites",
    value: byCode(
      Object.entries(SITES).map(([code, name], i) => entry(name, code, i, { url: `https://${code}.test` })),
    ),
  },
  statuses: {
    key: "statuses",
    value: byCode([
      entry("Новый", "new", 10, { group: "new" }),
      entry("Наличие подтверждено", "availability-confirmed", 20, { group: "approval" }),
      entry("Комплектуется", "assembling", 30, { group: "assembling" }),
      entry("Доставляется", "delivering", 40, { group: "delivery" }),
      entry("Выполнен", "complete", 50, { group: "complete" }),
      entry("Отменён", "cancel-other", 60, { group: "cancel" }),
      { ...entry("Старый статус", "legacy", 70, { group: "cancel" }), active: false },
    ]),
  },
  "status-groups": {
    key: "statusGroups",
    value: byCode([
      entry("Новый", "new", 10, { process: false, statuses: ["new"] }),
      entry("Выполнен", "complete", 50, { process: false, statuses: ["complete"] }),
    ]),
  },
  "order-types": {
    key: "orderTypes",
    value: byCode([
      entry("Физическое лицо", "eshop-individual", 10, { defaultForCrm: true, defaultForApi: true }),
      entry("Юридическое лицо", "eshop-legal", 20, { defaultForCrm: false, defaultForApi: false }),
    ]),
  },
  "order-methods": {
    key: "orderMethods",
    value: byCode([
      entry("По телефону", "phone", 10, { defaultForApi: false }),
      entry("Через корзину", "shopping-cart", 20, { defaultForApi: true }),
    ]),
  },
  "payment-types": {
    key: "paymentTypes",
    value: byCode([entry("Банковская карта", "bank-card", 10), entry("Наличные", "cash", 20)]),
  },
  "payment-statuses": {
    key: "paymentStatuses",
    value: byCode([
      entry("Не оплачен", "not-paid", 10, { paymentComplete: false }),
      entry("Оплачен", "paid", 20, { paymentComplete: true }),
    ]),
  },
  "delivery-types": {
    key: "deliveryTypes",
    value: byCode([
      entry("Курьер", "courier", 10, { defaultCost: 300 }),
      entry("Самовывоз", "self-delivery", 20, { defaultCost: 0 }),
    ]),
  },
  "delivery-services": {
    key: "deliveryServices",
    value: byCode([entry("Экспресс", "express", 10), entry("До двери", "door", 20)]),
  },
  "product-statuses": {
    key: "productStatuses",
    value: byCode([
      entry("Новый", "new", 10, { isProcess: false }),
      entry("В резерве", "in-reserve", 20, { isProcess: true }),
      entry("Отменён", "canceled", 30, { isProcess: false }),
    ]),
  },
  stores: { key: "stores", value: [entry("Основной склад", "main", 10)] },
  "price-types": { key: "priceTypes", value: [entry("Розничная", "base", 10)] },
  countries: { key: "countriesIso", value: ["RU", "BY", "KZ"] },
};

const custom = (entity: string, code: string, name: string, type: string, ordering: number, more = {}) => ({
  entity,
  code,
  name,
  type,
  ordering,
  required: false,
  inFilter: true,
  inList: true,
  displayArea: "customer",
  viewMode: "editable",
  ...more,
});
/** The order's fields are those of the article: marketing data of the call. */
export const CUSTOM_FIELDS = [
  custom("order", "source", "Источник", "string", 10),
  custom("order", "medium", "Канал", "string", 20),
  custom("order", "tags", "Теги", "text", 30),
  custom("order", "utm_source", "utm_source", "string", 40),
  custom("order", "utm_medium", "utm_medium", "string", 50),
  custom("order", "utm_campaign", "utm_campaign", "string", 60),
  custom("order", "utm_content", "utm_content", "string", 70),
  custom("order", "utm_term", "utm_term", "string", 80),
  custom("order", "gclid", "Google Client ID", "string", 90),
  custom("customer", "nps", "Оценка сервиса", "integer", 10),
  custom("customer", "segment_code", "Сегмент", "dictionary", 20, { dictionary: "segments" }),
];
export const DICTIONARIES = [
  {
    name: "Сегменты",
    code: "segments",
    elements: [
      { name: "Постоянный", code: "loyal", ordering: 1 },
      { name: "Новый", code: "fresh", ordering: 2 },
    ],
  },
];

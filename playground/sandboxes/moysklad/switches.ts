/** The points that the sheet leaves open, and what a user may be. */
import type { SandboxSwitch } from "../types.ts";

export const SWITCHES: readonly Omit<SandboxSwitch, "value">[] = [
  {
    key: "rights",
    label: { ru: "Права пользователя", en: "Rights of the user" },
    choices: [
      { value: "admin", label: { ru: "администратор", en: "administrator" } },
      { value: "employee", label: { ru: "сотрудник: без вебхуков", en: "employee: no webhooks" } },
      { value: "free", label: { ru: "бесплатный тариф: без вебхуков", en: "free tariff: no webhooks" } },
      { value: "noOrders", label: { ru: "не может создавать заказы", en: "can't create orders" } },
      { value: "noApi", label: { ru: "без доступа к API", en: "no access to the API" } },
    ],
  },
  {
    key: "audit",
    label: { ru: "История изменений заказа", en: "History of an order" },
    choices: [
      { value: "allowed", label: { ru: "доступна", en: "may be read" } },
      { value: "forbidden", label: { ru: "нет права", en: "no right" } },
    ],
  },
  {
    key: "auditOrder",
    label: { ru: "Порядок истории", en: "Order of the history" },
    choices: [
      { value: "newest", label: { ru: "сначала новое", en: "newest first" } },
      { value: "oldest", label: { ru: "сначала старое", en: "oldest first" } },
    ],
  },
  {
    key: "auditDiff",
    label: { ru: "Статус в истории", en: "A state in the history" },
    choices: [
      { value: "object", label: { ru: "объект", en: "an object" } },
      { value: "name", label: { ru: "название", en: "a name" } },
    ],
  },
  {
    key: "updatedFields",
    label: { ru: "Изменённые поля в вебхуке", en: "Changed fields in a webhook" },
    choices: [
      { value: "yes", label: { ru: "названы", en: "named" } },
      { value: "no", label: { ru: "не названы", en: "not named" } },
    ],
  },
  {
    key: "requestId",
    label: { ru: "requestId у адреса со своим «?»", en: "requestId behind an address with a “?” of its own" },
    choices: [
      { value: "joined", label: { ru: "через &", en: "joined by &" } },
      { value: "naive", label: { ru: "ещё один «?»", en: "a second “?”" } },
    ],
  },
  {
    key: "paymentTouchesOrder",
    label: { ru: "Оплата меняет дату изменения заказа", en: "A payment changes the order's own time" },
    choices: [
      { value: "no", label: { ru: "нет", en: "no" } },
      { value: "yes", label: { ru: "да", en: "yes" } },
    ],
  },
  {
    key: "updatedCompare",
    label: { ru: "Фильтр по времени", en: "Filter by time" },
    choices: [
      { value: "ms", label: { ru: "сравнивает миллисекунды", en: "compares milliseconds" } },
      { value: "seconds", label: { ru: "сравнивает секунды", en: "compares seconds" } },
    ],
  },
  {
    key: "attributesShape",
    label: { ru: "Поля в метаданных", en: "Fields in metadata" },
    choices: [
      { value: "collection", label: { ru: "ссылкой", en: "as a reference" } },
      { value: "inline", label: { ru: "списком", en: "as a list" } },
    ],
  },
  {
    key: "phoneFilter",
    label: { ru: "Фильтр по телефону", en: "Filter by phone" },
    choices: [
      { value: "exact", label: { ru: "точный", en: "exact" } },
      { value: "digits", label: { ru: "и по цифрам", en: "also by digits" } },
    ],
  },
  {
    key: "tokenCode",
    label: { ru: "Ответ на новый токен", en: "Answer to a new token" },
    choices: [
      { value: "200", label: { ru: "200", en: "200" } },
      { value: "201", label: { ru: "201", en: "201" } },
    ],
  },
];

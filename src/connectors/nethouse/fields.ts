/** The six events of Nethouse.События and what an item of them holds. */
import type { Choice, Field, FieldKind, JsonObject, Meaning, Text } from "../kit/fields.ts";
import { same } from "../kit/words.ts";

export interface Event {
  readonly action: string;
  readonly key: string;
  readonly name: Text;
  readonly about: Text;
  /** Whether the event is about a ticket, and whether it comes again for the same one. */
  readonly of: "order" | "ticket";
  readonly repeats?: true;
}
export const EVENTS: readonly Event[] = [
  {
    action: "order_complete",
    key: "orderComplete",
    name: { ru: "Заказ завершён", en: "Order complete" },
    about: {
      ru: "Оплата прошла, участник зарегистрирован. Имя и телефон уже есть: лучший триггер для CRM.",
      en: "Paid and registered. Name and phone are there by now: the best trigger for a CRM.",
    },
    of: "order",
  },
  {
    action: "order_create",
    key: "orderCreate",
    name: { ru: "Заказ создан", en: "Order created" },
    about: {
      ru: "На форме нажали «+» у билета. Имени и телефона ещё нет.",
      en: "“+” was pressed at a ticket on the form. There is no name or phone yet.",
    },
    of: "order",
  },
  {
    action: "order_update",
    key: "orderUpdate",
    name: { ru: "Заказ обновлён", en: "Order updated" },
    about: {
      ru: "Перешли к оплате и не оплатили, и любое другое изменение заказа.",
      en: "Went on to payment without paying, and any other change of the order.",
    },
    of: "order",
    repeats: true,
  },
  {
    action: "order_ticket_create",
    key: "ticketCreate",
    name: { ru: "Билет добавлен в заказ", en: "Ticket added to an order" },
    about: { ru: "На форме нажали «+» у билета.", en: "“+” was pressed at a ticket on the form." },
    of: "ticket",
  },
  {
    action: "order_ticket_update",
    key: "ticketUpdate",
    name: { ru: "Билет обновлён в заказе", en: "Ticket updated in an order" },
    about: {
      ru: "К билету на форме добавили или убрали опцию.",
      en: "An option of the ticket was added or removed on the form.",
    },
    of: "ticket",
    repeats: true,
  },
  {
    action: "order_ticket_cancel",
    key: "ticketCancel",
    name: { ru: "Билет отменён в заказе", en: "Ticket cancelled in an order" },
    about: {
      ru: "Билет отменил организатор или участник.",
      en: "The organiser or the participant cancelled the ticket.",
    },
    of: "ticket",
  },
];
export const CHOICES: readonly Choice[] = EVENTS.map(({ action, name }) => ({ value: action, label: name }));

const field = (key: string, label: Text, kind: FieldKind, meaning?: Meaning): Field => ({
  key,
  label,
  kind,
  ...(meaning ? { meaning } : {}),
});

export const output: readonly Field[] = [
  { ...field("action", { ru: "Событие", en: "Event" }, "choice"), choices: CHOICES, open: true },
  field("orderId", { ru: "ID заказа", en: "Order ID" }, "text", "order.id"),
  field("buyerName", { ru: "Покупатель", en: "Buyer" }, "text", "name.full"),
  field("phone", { ru: "Телефон", en: "Phone" }, "phone", "phone"),
  field("email", same("Email"), "email", "email"),
  field("total", { ru: "Сумма заказа", en: "Order total" }, "decimal", "amount"),
  field("currency", { ru: "Валюта", en: "Currency" }, "text", "currency"),
  field("firstName", { ru: "Имя", en: "First name" }, "text", "name.first"),
  field("lastName", { ru: "Фамилия", en: "Last name" }, "text", "name.last"),
  field("middleName", { ru: "Отчество", en: "Middle name" }, "text", "name.middle"),
  field("participant", { ru: "Участник", en: "Participant" }, "text"),
  field("participantEmail", { ru: "Email участника", en: "Participant's email" }, "text"),
  field("city", { ru: "Город", en: "City" }, "text", "city"),
  field("eventId", { ru: "ID события", en: "Event's ID" }, "text"),
  field("ticketId", { ru: "ID билета в заказе", en: "ID of the ticket in the order" }, "text"),
  field("ticketTypeId", { ru: "ID вида билета", en: "Ticket type ID" }, "text"),
  field("ticketPrice", { ru: "Цена билета", en: "Ticket price" }, "decimal"),
  field("ticketSum", { ru: "Стоимость билета со скидкой", en: "Ticket sum" }, "decimal"),
  field("ticketKey", { ru: "Код билета", en: "Ticket key" }, "text"),
  field("place", { ru: "Место", en: "Seat" }, "text"),
  field("promocode", { ru: "Промокод", en: "Promo code" }, "text"),
  field("session", { ru: "Сеанс", en: "Session" }, "text"),
  field("sessionAt", { ru: "Время сеанса", en: "Time of the session" }, "dateTime"),
  field("discount", { ru: "Скидка", en: "Discount" }, "decimal"),
  field("isCompleted", { ru: "Заказ завершён", en: "Order is complete" }, "boolean"),
  field("isCanceled", { ru: "Отменён", en: "Cancelled" }, "boolean"),
  field("createdAt", { ru: "Заказ создан", en: "Order created at" }, "dateTime", "createdAt"),
  field("completedAt", { ru: "Дата завершения", en: "Completed at" }, "dateTime", "closedAt"),
  field("updatedAt", { ru: "Дата изменения", en: "Updated at" }, "dateTime", "changedAt"),
  field("deliveryId", { ru: "Ключ запроса", en: "Key of the request" }, "text"),
  field("body", { ru: "Всё тело запроса", en: "The whole body" }, "object"),
];

export const sampleOf = (action: string): JsonObject => ({
  action,
  orderId: "7001",
  ticketId: "88001",
  eventId: "310",
  buyerName: "Мария Соколова",
  firstName: "Мария",
  lastName: "Соколова",
  middleName: "Игоревна",
  phone: "+79001234567",
  email: "maria@example.test",
  participant: "Мария Соколова",
  participantEmail: "maria@example.test",
  city: "Казань",
  total: 1500,
  discount: 0,
  currency: "RUB",
  ticketTypeId: "41",
  ticketPrice: 1500,
  ticketSum: 1500,
  ticketKey: "ABCD",
  place: "Партер, 3, 12",
  promocode: "LETO",
  session: "Вечерний",
  sessionAt: "2026-02-01T16:00:00.000Z",
  isCompleted: true,
  isCanceled: false,
  createdAt: "2026-01-10T09:00:00.000Z",
  completedAt: "2026-01-10T09:05:00.000Z",
  updatedAt: "2026-01-10T09:05:00.000Z",
  body: { data: { action } },
  deliveryId: "QzQ8sY0b2rW1hQm5cX9d7A",
});

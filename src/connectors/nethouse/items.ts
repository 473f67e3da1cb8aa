/**
 * What Nethouse sends, as one flat item. No body was ever published: certain is `data.action` alone. Orders and tickets
 * are looked for where the service's public API suggests them, in a nested and in a flat layout; the whole body goes
 * along, so that a person can take from a real sample whatever isn't found here.
 */
import { createHash } from "node:crypto";
import type { HookRequest, Json, JsonObject } from "../kit/define.ts";
import { parseJson, stringifyJson } from "../kit/json.ts";
import { booleanOf, isObject, numberOf, objectOf, objectsOf, textOf } from "../kit/read.ts";
import { parseLocal } from "../kit/time.ts";

/** The body's `data`, which a form may hold as JSON text; a body without one is taken for it. */
function dataOf(body: JsonObject): JsonObject {
  if (isObject(body.data)) return body.data;
  if (typeof body.data !== "string") return body;
  try {
    return objectOf(parseJson(body.data));
  } catch {
    return body;
  }
}

/** Seconds or milliseconds since 1970 by their size, or a date in words. */
function momentOf(value: Json | undefined): string | null {
  const number = numberOf(value);
  if (number !== null) return number > 0 ? new Date(number > 1e11 ? number : number * 1_000).toISOString() : null;
  return parseLocal(textOf(value) ?? "", "Europe/Moscow")?.toISOString() ?? null;
}

/** An amount, plain or beside its currency. */
const amountOf = (value: Json | undefined) => numberOf(isObject(value) ? value.amount : value);
const nameOf = (value: Json | undefined) => textOf(isObject(value) ? value.name : value);

const isOfTicket = (action: string | null, data: JsonObject) =>
  action?.startsWith("order_ticket") ?? ("order_id" in data || "person" in data);

/** The ticket that an event is about, or the first of an order's. */
function ticketOf(action: string | null, data: JsonObject): JsonObject {
  const order = objectOf(data.order);
  const named = [data.ticket, data.orderTicket, data.order_ticket].find(isObject);
  const listed = [data.tickets, data.orderTickets, data.order_tickets, order.tickets, order.order_tickets];
  return named ?? listed.flatMap(objectsOf)[0] ?? (isOfTicket(action, data) ? data : {});
}

function orderOf(action: string | null, data: JsonObject, ticket: JsonObject): JsonObject {
  if (isObject(data.order)) return data.order;
  return isOfTicket(action, data) ? { id: ticket.order_id ?? data.order_id ?? null } : data;
}

export function itemOf(request: HookRequest): JsonObject {
  const body = objectOf(request.body);
  const data = dataOf(body);
  const action = textOf(data.action) ?? textOf(body.action);
  const ticket = ticketOf(action, data);
  const order = orderOf(action, data, ticket);
  const person = objectOf(ticket.person);
  const hall = objectOf(ticket.hall);
  const session = objectOf(ticket.session);
  const first = textOf(person.first_name);
  const last = textOf(person.last_name);
  const whole = textOf(person.full_name) ?? ([first, last].filter(Boolean).join(" ") || null);
  const buyer = textOf(order.buyer_name) ?? whole;
  const place = [hall.hall, hall.group, hall.place].map((part) => textOf(part)).filter((part) => part !== null);
  return {
    action,
    orderId: textOf(order.id) ?? textOf(data.order_id),
    ticketId: textOf(ticket.id),
    eventId: textOf(order.event_id ?? ticket.event_id ?? null),
    buyerName: buyer,
    // Which word of a whole name is the first one nobody can tell; whole it isn't lost.
    firstName: first ?? (last === null ? buyer : null),
    lastName: last,
    middleName: textOf(person.middle_name),
    phone: textOf(person.phone) ?? textOf(order.buyer_phone) ?? textOf(order.phone),
    email: textOf(order.buyer_email) ?? textOf(person.email),
    participant: whole,
    participantEmail: textOf(person.email),
    city: nameOf(person.city),
    total: amountOf(order.total),
    discount: amountOf(order.discount),
    currency: textOf(objectOf(order.total).currency) ?? textOf(objectOf(ticket.sum).currency),
    ticketTypeId: textOf(ticket.ticket_id),
    ticketPrice: amountOf(ticket.price),
    ticketSum: amountOf(ticket.sum),
    ticketKey: textOf(ticket.key),
    place: place.join(", ") || null,
    promocode: nameOf(ticket.promocode),
    session: nameOf(ticket.session),
    sessionAt: momentOf(session.datetime),
    isCompleted: booleanOf(order.is_completed ?? null),
    isCanceled: booleanOf((isOfTicket(action, data) ? ticket : order).is_canceled ?? null),
    createdAt: momentOf(order.created_at ?? ticket.created_at),
    completedAt: momentOf(order.completed_at),
    updatedAt: momentOf((isOfTicket(action, data) ? ticket : order).updated_at ?? null),
    body: { ...body, ...(body === data ? {} : { data }) },
    deliveryId: createHash("sha256").update(stringifyJson(data)).digest("base64url").slice(0, 22),
  };
}

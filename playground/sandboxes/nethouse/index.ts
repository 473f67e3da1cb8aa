/**
 * Nethouse.События as its contract sheet describes it: an address that a person pastes, six events, and two readings of
 * a body that nobody has published. It has no API that the integration uses.
 */
import { collection, html, json, rowsOf, type Sandbox, type SandboxDeps } from "../kit.ts";
import { type Body, bodyOf, EVENTS, type Order, type Ticket } from "./bodies.ts";
import { buttons, SWITCHES } from "./screen.ts";

interface Settings {
  url: string;
  events: string[];
  isOn: boolean;
}
interface Delivery {
  readonly id: number;
  readonly at: string;
  readonly action: string;
  readonly status: number;
  readonly body: Body;
}

const OFF: Settings = { url: "", events: [], isOn: false };

export function makeNethouse(deps: SandboxDeps): Sandbox {
  const orders = collection<Order>(deps, "nethouse", "orders");
  const tickets = collection<Ticket>(deps, "nethouse", "tickets");
  const settings = collection<Settings>(deps, "nethouse", "settings");
  const deliveries = collection<Delivery>(deps, "nethouse", "deliveries");
  const now = () => Math.floor(deps.now().getTime() / 1_000);
  const present = () => settings.get("1") ?? OFF;
  const ticketsOf = (order: number) => tickets.all().filter((one) => one.order_id === order && !one.is_canceled);

  async function post(action: string, body: Body): Promise<number> {
    // A failed delivery isn't tried again, as far as anybody knows.
    const status = await deps.send(present().url, body).catch(() => 0);
    const id = deliveries.next();
    deliveries.put(String(id), { id, at: deps.now().toISOString(), action, status, body });
    return status;
  }

  async function tell(action: string, order: Order, ticket?: Ticket): Promise<void> {
    const { url, events, isOn } = present();
    if (!isOn || url === "" || !events.includes(action)) return;
    const how = { layout: deps.choice("layout"), content: deps.choice("content"), times: deps.choice("times") };
    await post(action, bodyOf({ action, order, ticket, tickets: ticketsOf(order.id) }, how));
  }

  function save(order: Order): Order {
    const all = ticketsOf(order.id);
    const amount = all.reduce((sum, one) => sum + one.sum.amount, 0);
    const next = { ...order, total: { amount, currency: "RUB" }, updated_at: now() };
    orders.put(String(order.id), next);
    return next;
  }

  /** “+” beside a ticket on the form: an order without anybody's name, and a ticket in it. */
  async function add(price: number): Promise<Order> {
    const id = 7_000 + orders.next();
    const order: Order = {
      id,
      event_id: 310,
      external_id: null,
      buyer_email: "",
      buyer_name: "",
      discount: { amount: 0, currency: "RUB" },
      total: { amount: price, currency: "RUB" },
      pay_until: null,
      is_bill: false,
      is_canceled: false,
      is_completed: false,
      completed_at: null,
      created_at: now(),
      updated_at: now(),
      deleted_at: null,
    };
    orders.put(String(id), order);
    const ticket = addTicket(id, price);
    await tell("order_create", order);
    await tell("order_ticket_create", order, ticket);
    return order;
  }

  function addTicket(order: number, price: number): Ticket {
    const id = 88_000 + tickets.next();
    const money = { amount: price, currency: "RUB" };
    const ticket: Ticket = {
      id,
      event_id: 310,
      order_id: order,
      ticket_id: 41,
      external_id: null,
      price: money,
      discount: { amount: 0, currency: "RUB" },
      sum: money,
      fields: {},
      hall: { hall: "", group: "", place: "" },
      key: `K${id}`,
      options: {},
      person: { full_name: "", first_name: "", middle_name: "", last_name: "", email: "", phone: "", city: null },
      promocode: null,
      session: null,
      is_canceled: false,
      created_at: now(),
      updated_at: null,
      deleted_at: null,
      canceled_at: null,
      expires_at: null,
      visited_at: null,
    };
    tickets.put(String(id), ticket);
    return ticket;
  }

  /** The buyer has filled in the form; the participant of every ticket is the buyer. */
  function fill(order: Order, fields: Readonly<Record<string, string>>): Order {
    const [first_name = "", last_name = ""] = (fields.name ?? "").split(" ");
    for (const ticket of ticketsOf(order.id)) {
      const { name: full_name = "", email = "", phone = "" } = fields;
      const person = { ...ticket.person, full_name, first_name, last_name, email, phone };
      tickets.put(String(ticket.id), { ...ticket, person, fields: { "12": fields.answer ?? "" }, updated_at: now() });
    }
    return save({ ...order, buyer_name: fields.name ?? "", buyer_email: fields.email ?? "" });
  }

  async function press(button: string, fields: Readonly<Record<string, string>>): Promise<unknown> {
    const order = orders.get(fields.order ?? "") ?? orders.all().at(-1);
    const ticket = order && ticketsOf(order.id).at(-1);
    switch (button) {
      case "connect":
        if (!/^https?:\/\//.test(fields.url ?? "")) throw new Error("the address must begin with http:// or https://");
        settings.put("1", { ...present(), url: fields.url ?? "" });
        return present();
      case "events": {
        const events = (fields.events ?? "").split(",").map((one) => one.trim());
        const wrong = events.find((one) => one !== "" && !EVENTS.includes(one));
        if (wrong !== undefined) throw new Error(`no event called ${wrong}`);
        settings.put("1", { ...present(), events: events.filter((one) => one !== "") });
        return present();
      }
      case "power":
        settings.put("1", { ...present(), isOn: fields.on === "on" });
        return present();
      case "again": {
        const last = deliveries.all().at(-1);
        if (!last) throw new Error("nothing was sent yet");
        return { status: await post(last.action, last.body) };
      }
      case "plus":
        return add(Number(fields.price));
    }
    if (!order) throw new Error("there is no order yet");
    if (button === "checkout") {
      const next = fill(order, fields);
      await tell("order_update", next);
      return next;
    }
    if (button === "pay") {
      const next = save({ ...fill(order, fields), is_completed: true, completed_at: now() });
      await tell("order_complete", next);
      return next;
    }
    if (!ticket) throw new Error("the order has no ticket left");
    const change = button === "option" ? { options: { "5": true } } : { is_canceled: true, canceled_at: now() };
    const next = { ...ticket, ...change, updated_at: now() };
    tickets.put(String(ticket.id), next);
    await tell(button === "option" ? "order_ticket_update" : "order_ticket_cancel", save(order), next);
    return next;
  }

  return {
    key: "nethouse",
    name: { ru: "Nethouse.События", en: "Nethouse.Events" },
    perSecond: 10,
    credentials: [],
    switches: SWITCHES,
    tables: () => [
      {
        name: "orders",
        label: { ru: "Заказы", en: "Orders" },
        rows: rowsOf(orders.all()),
        columns: [
          { key: "id", label: { ru: "ID", en: "ID" } },
          { key: "buyer_name", label: { ru: "Покупатель", en: "Buyer" } },
          { key: "buyer_email", label: { ru: "Почта", en: "E-mail" } },
          { key: "total.amount", label: { ru: "Сумма", en: "Total" } },
          { key: "is_completed", label: { ru: "Завершён", en: "Complete" } },
        ],
      },
      {
        name: "tickets",
        label: { ru: "Билеты", en: "Tickets" },
        rows: rowsOf(tickets.all()),
        columns: [
          { key: "id", label: { ru: "ID", en: "ID" } },
          { key: "order_id", label: { ru: "Заказ", en: "Order" } },
          { key: "person.full_name", label: { ru: "Участник", en: "Participant" } },
          { key: "person.phone", label: { ru: "Телефон", en: "Phone" } },
          { key: "is_canceled", label: { ru: "Отменён", en: "Cancelled" } },
        ],
      },
      {
        name: "integration",
        label: { ru: "Приложения → Albato", en: "Apps → Albato" },
        rows: settings.all().map((one) => ({ ...one, events: one.events.join(", ") })),
        columns: [
          { key: "url", label: { ru: "Ссылка на вебхук", en: "Webhook link" } },
          { key: "events", label: { ru: "События", en: "Events" } },
          { key: "isOn", label: { ru: "Включена", en: "On" } },
        ],
      },
      {
        name: "deliveries",
        label: { ru: "Отправленное", en: "Sent" },
        rows: rowsOf(deliveries.all()),
        columns: [
          { key: "at", label: { ru: "Время", en: "Time" } },
          { key: "action", label: { ru: "Событие", en: "Event" } },
          { key: "status", label: { ru: "Ответ", en: "Answer" } },
        ],
      },
    ],
    buttons: () => buttons(present().url, String(orders.all().at(-1)?.id ?? "")),
    press,
    handle: () => html(404, "Страница не найдена"),
    tooMany: () => html(429, "Too Many Requests"),
    expired: () => json(401, { message: "Unauthenticated." }),
    clear() {
      for (const kind of [orders, tickets, settings, deliveries]) kind.clear();
    },
  };
}

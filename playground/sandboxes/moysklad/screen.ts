/** What a person sees of МойСклад in the playground: tables and buttons. */
import { newestFirst } from "../kit.ts";
import type { SandboxButton, Table } from "../types.ts";
import type { Account } from "./account.ts";
import { ATTRIBUTE_TYPES, DIRECTORIES, SEGMENTS, STATES } from "./reference.ts";

const name = (kind: string, id: string | undefined) => DIRECTORIES[kind]?.find((one) => one.id === id)?.name ?? null;

export function tables(account: Account): Table[] {
  const fields = account.attributes();
  /** Custom fields by their names, as the service's own cards show them. */
  const named = (values: Record<string, unknown>) =>
    Object.fromEntries(
      fields
        .filter((field) => values[field.id] !== undefined && values[field.id] !== null)
        .map((field) => [
          field.name,
          field.type === "customentity"
            ? SEGMENTS.elements.find((one) => one.id === values[field.id])?.name
            : values[field.id],
        ]),
    );
  const orderFields = fields.filter((field) => field.entity === "customerorder");
  return [
    {
      name: "counterparties",
      label: { ru: "Контрагенты", en: "Counterparties" },
      rows: newestFirst(account.counterparties.all()).map((one) => ({ ...one, attributes: named(one.attributes) })),
      columns: [
        { key: "name", label: { ru: "Наименование", en: "Name" } },
        { key: "phone", label: { ru: "Телефон", en: "Phone" } },
        { key: "email", label: { ru: "E-mail", en: "E-mail" } },
        { key: "companyType", label: { ru: "Тип", en: "Type" } },
        { key: "externalCode", label: { ru: "Внешний код", en: "External code" } },
      ],
    },
    {
      name: "orders",
      label: { ru: "Заказы покупателей", en: "Customer orders" },
      rows: newestFirst(account.orders.all()).map((one) => ({
        ...one,
        state: account.stateName(one.refs.state),
        agent: account.counterparties.get(one.refs.agent ?? "")?.name ?? null,
        agentId: one.refs.agent,
        organization: name("organization", one.refs.organization),
        store: name("store", one.refs.store),
        salesChannel: name("saleschannel", one.refs.salesChannel),
        total: one.sum / 100,
        paid: one.payedSum / 100,
        attributes: named(one.attributes),
      })),
      columns: [
        { key: "name", label: { ru: "№", en: "#" } },
        { key: "state", label: { ru: "Статус", en: "State" } },
        { key: "agent", label: { ru: "Контрагент", en: "Counterparty" } },
        { key: "total", label: { ru: "Сумма", en: "Total" } },
        { key: "paid", label: { ru: "Оплачено", en: "Paid" } },
        { key: "description", label: { ru: "Комментарий", en: "Comment" } },
        { key: "externalCode", label: { ru: "Внешний код", en: "External code" } },
        ...orderFields.map((field) => ({
          key: `attributes.${field.name}`,
          label: { ru: field.name, en: field.name },
        })),
      ],
    },
    {
      name: "payments",
      label: { ru: "Платежи", en: "Payments" },
      rows: newestFirst([...account.payments.paymentin.all(), ...account.payments.cashin.all()]).map((one) => ({
        ...one,
        amount: one.sum / 100,
      })),
      columns: [
        { key: "name", label: { ru: "№", en: "#" } },
        { key: "amount", label: { ru: "Сумма", en: "Sum" } },
        { key: "created", label: { ru: "Создан", en: "Created" } },
      ],
    },
    {
      name: "webhooks",
      label: { ru: "Вебхуки", en: "Webhooks" },
      rows: account.hooks.all().map((one) => ({ ...one })),
      columns: [
        { key: "entityType", label: { ru: "Что", en: "What" } },
        { key: "action", label: { ru: "Когда", en: "When" } },
        { key: "url", label: { ru: "Адрес", en: "Address" } },
      ],
    },
    {
      name: "fields",
      label: { ru: "Дополнительные поля", en: "Custom fields" },
      rows: fields.map((field) => ({ ...field })),
      columns: [
        { key: "entity", label: { ru: "Где", en: "Where" } },
        { key: "name", label: { ru: "Название", en: "Name" } },
        { key: "type", label: { ru: "Тип", en: "Type" } },
      ],
    },
  ];
}

export function buttons(account: Account): SandboxButton[] {
  const newest = account.orders.all().at(-1)?.id ?? "";
  const order = { key: "order", label: { ru: "ID заказа", en: "Order ID" }, value: newest };
  const states = STATES.filter((state) => state.entityType === "customerorder");
  return [
    {
      key: "state",
      label: { ru: "Сменить статус заказа", en: "Change an order's state" },
      fields: [
        order,
        {
          key: "state",
          label: { ru: "Статус", en: "State" },
          value: states[1]?.id ?? "",
          choices: states.map((state) => ({ value: state.id, label: { ru: state.name, en: state.name } })),
        },
        { key: "total", label: { ru: "Сумма, ₽ (пусто: не менять)", en: "Total (empty: as it is)" }, value: "" },
      ],
    },
    {
      key: "pay",
      label: { ru: "Оплатить заказ", en: "Pay an order" },
      fields: [
        order,
        { key: "sum", label: { ru: "Сумма, ₽", en: "Sum" }, value: "1500" },
        {
          key: "kind",
          label: { ru: "Чем", en: "By" },
          value: "paymentin",
          choices: [
            { value: "paymentin", label: { ru: "входящий платёж", en: "incoming payment" } },
            { value: "cashin", label: { ru: "приходный ордер", en: "cash receipt" } },
          ],
        },
      ],
    },
    {
      key: "order",
      label: { ru: "Новый заказ", en: "New order" },
      fields: [
        { key: "name", label: { ru: "Контрагент", en: "Counterparty" }, value: "Ирина" },
        { key: "phone", label: { ru: "Телефон", en: "Phone" }, value: "+7 (900) 555-44-33" },
        { key: "total", label: { ru: "Сумма, ₽", en: "Total" }, value: "2300" },
      ],
    },
    {
      key: "comment",
      label: { ru: "Изменить комментарий заказа", en: "Change an order's comment" },
      fields: [order, { key: "text", label: { ru: "Комментарий", en: "Comment" }, value: "Перезвонить" }],
    },
    {
      key: "attribute",
      label: { ru: "+ Поле", en: "+ Field" },
      fields: [
        {
          key: "entity",
          label: { ru: "Где", en: "Where" },
          value: "customerorder",
          choices: [
            { value: "customerorder", label: { ru: "Заказы покупателей", en: "Customer orders" } },
            { value: "counterparty", label: { ru: "Контрагенты", en: "Counterparties" } },
          ],
        },
        { key: "name", label: { ru: "Название", en: "Name" }, value: "Источник" },
        {
          key: "type",
          label: { ru: "Тип", en: "Type" },
          value: "string",
          choices: ATTRIBUTE_TYPES.map(([value, ru, en]) => ({ value, label: { ru, en } })),
        },
      ],
    },
  ];
}

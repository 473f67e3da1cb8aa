/** What can be written into an order of retailCRM, named as in its own interface. */
import type { Field } from "../kit/define.ts";
import { addressed, createdAt, manager, site, sourceFields } from "./fields.ts";

/** The one product of an order; for more there is the list. */
const oneItem: readonly Field[] = [
  { key: "itemName", label: { ru: "Товар: название", en: "Item: name" }, kind: "text" },
  {
    key: "itemOffer",
    label: { ru: "Товар: внешний ID предложения", en: "Item: offer's external ID" },
    kind: "text",
    hint: { ru: "Если товар есть в каталоге retailCRM.", en: "When the product is in retailCRM's catalogue." },
  },
  { key: "itemPrice", label: { ru: "Товар: цена", en: "Item: price" }, kind: "decimal" },
  { key: "itemQuantity", label: { ru: "Товар: количество", en: "Item: quantity" }, kind: "decimal" },
];
const items: Field = {
  key: "items",
  label: { ru: "Товары", en: "Items" },
  kind: "object",
  many: true,
  hint: {
    ru: 'Несколько товаров списком: [{"productName": "Велосипед", "initialPrice": 1000, "quantity": 1}].',
    en: 'Several items as a list: [{"productName": "Bicycle", "initialPrice": 1000, "quantity": 1}].',
  },
};

const orderBody: readonly Field[] = [
  {
    key: "status",
    label: { ru: "Статус заказа", en: "Order status" },
    kind: "reference",
    list: { name: "statuses" },
    common: true,
  },
  {
    key: "orderType",
    label: { ru: "Тип заказа", en: "Order type" },
    kind: "reference",
    list: { name: "orderTypes" },
    common: true,
  },
  {
    key: "orderMethod",
    label: { ru: "Способ оформления", en: "Order method" },
    kind: "reference",
    list: { name: "orderMethods" },
  },
  {
    key: "firstName",
    label: { ru: "Имя клиента", en: "Customer's first name" },
    kind: "text",
    meaning: "name.first",
    common: true,
  },
  { key: "lastName", label: { ru: "Фамилия клиента", en: "Customer's last name" }, kind: "text", meaning: "name.last" },
  {
    key: "patronymic",
    label: { ru: "Отчество клиента", en: "Customer's middle name" },
    kind: "text",
    meaning: "name.middle",
  },
  {
    key: "phone",
    label: { ru: "Телефон клиента", en: "Customer's phone" },
    kind: "phone",
    meaning: "phone",
    common: true,
  },
  { key: "email", label: { ru: "Email клиента", en: "Customer's email" }, kind: "email", meaning: "email" },
  ...sourceFields,
  manager,
  {
    key: "customerComment",
    label: { ru: "Комментарий клиента", en: "Customer's comment" },
    kind: "longText",
    meaning: "comment",
  },
  { key: "managerComment", label: { ru: "Комментарий оператора", en: "Operator's comment" }, kind: "longText" },
  { key: "statusComment", label: { ru: "Комментарий к статусу", en: "Status comment" }, kind: "text" },
  { key: "discountManualAmount", label: { ru: "Скидка, сумма", en: "Discount, amount" }, kind: "decimal" },
  { key: "discountManualPercent", label: { ru: "Скидка, %", en: "Discount, %" }, kind: "decimal" },
  {
    key: "deliveryType",
    label: { ru: "Тип доставки", en: "Delivery type" },
    kind: "reference",
    list: { name: "deliveryTypes" },
  },
  { key: "deliveryCost", label: { ru: "Стоимость доставки", en: "Delivery cost" }, kind: "decimal" },
  { key: "deliveryAddress", label: { ru: "Адрес доставки", en: "Delivery address" }, kind: "text", meaning: "address" },
  {
    key: "shipmentStore",
    label: { ru: "Склад отгрузки", en: "Shipping warehouse" },
    kind: "reference",
    list: { name: "stores" },
  },
  { key: "deliveryCity", label: { ru: "Город доставки", en: "Delivery city" }, kind: "text" },
  {
    key: "deliveryDate",
    label: { ru: "Дата доставки", en: "Delivery date" },
    kind: "dateTime",
    format: "%Y-%m-%d",
  },
  {
    key: "deliveryTime",
    label: { ru: "Время доставки", en: "Delivery time" },
    kind: "text",
    hint: { ru: "Как в заказе, например «с 10:00 до 14:00».", en: "As in the order, for example “10:00 to 14:00”." },
  },
  {
    key: "deliveryService",
    label: { ru: "Служба доставки", en: "Delivery service" },
    kind: "reference",
    list: { name: "deliveryServices" },
  },
  { key: "deliveryNetCost", label: { ru: "Себестоимость доставки", en: "Delivery net cost" }, kind: "decimal" },
  {
    key: "shipmentDate",
    label: { ru: "Дата отгрузки", en: "Shipping date" },
    kind: "dateTime",
    format: "%Y-%m-%d",
  },
  { key: "shipped", label: { ru: "Заказ отгружен", en: "Order is shipped" }, kind: "boolean" },
  { key: "call", label: { ru: "Требуется позвонить", en: "Needs a call" }, kind: "boolean" },
  { key: "additionalPhone", label: { ru: "Дополнительный телефон", en: "Second phone" }, kind: "phone" },
  ...oneItem,
  items,
];
const payment: readonly Field[] = [
  {
    key: "paymentType",
    label: { ru: "Тип оплаты", en: "Payment type" },
    kind: "reference",
    list: { name: "paymentTypes" },
  },
  {
    key: "paymentStatus",
    label: { ru: "Статус оплаты", en: "Payment status" },
    kind: "reference",
    list: { name: "paymentStatuses" },
  },
  { key: "paymentAmount", label: { ru: "Сумма оплаты", en: "Payment amount" }, kind: "decimal" },
];
const orderExternalId: Field = {
  key: "externalId",
  label: { ru: "Внешний ID заказа", en: "Order's external ID" },
  kind: "text",
  meaning: "order.externalId",
  common: true,
  hint: {
    ru: "По нему заказ находят другие системы: например, ID звонка или заявки.",
    en: "By it other systems find the order: for example the ID of the call or request.",
  },
};

export const orderInput: readonly Field[] = [
  site,
  orderExternalId,
  {
    key: "customerId",
    label: { ru: "ID клиента", en: "Customer ID" },
    kind: "text",
    meaning: "customer.id",
    common: true,
  },
  { key: "customerExternalId", label: { ru: "Внешний ID клиента", en: "Customer's external ID" }, kind: "text" },
  { key: "number", label: { ru: "Номер заказа", en: "Order number" }, kind: "text" },
  ...orderBody.map((field) =>
    field.key === "status"
      ? { ...field, initial: "new" }
      : field.key === "orderType"
        ? { ...field, initial: "eshop-individual" }
        : field,
  ),
  ...payment,
  createdAt,
];

export const orderUpdate: readonly Field[] = [
  ...addressed(
    { key: "id", label: { ru: "ID заказа", en: "Order ID" }, kind: "text", meaning: "order.id", common: true },
    {
      ...orderExternalId,
      hint: { ru: "Если ID заказа пуст, заказ ищется по нему.", en: "The order is found by it when the ID is empty." },
    },
  ),
  site,
  ...orderBody.map((field) =>
    field.key === "items" || field.key === "itemName"
      ? {
          ...field,
          hint: {
            ru: "Заменяет товары заказа целиком. Чтобы добавить один, есть действие «Добавление товара в заказ».",
            en: "Replaces the order's items. To add one there is the action “Add an item to an order”.",
          },
        }
      : field,
  ),
  ...payment.map((field) =>
    field.key === "paymentType"
      ? {
          ...field,
          hint: {
            ru: "Изменит оплату этого типа, а если её нет – добавит.",
            en: "Changes the payment of this type, or adds one when there is none.",
          },
        }
      : field,
  ),
  {
    key: "newExternalId",
    label: { ru: "Новый внешний ID", en: "New external ID" },
    kind: "text",
    hint: {
      ru: "Запишет внешний ID заказу, найденному по ID: например, ID заказа в другой системе.",
      en: "Written to the order found by ID: for example the order's ID in another system.",
    },
  },
];

export const orderFind: readonly Field[] = [
  { ...orderExternalId },
  { key: "number", label: { ru: "Номер заказа", en: "Order number" }, kind: "text", common: true },
  { key: "customerId", label: { ru: "ID клиента", en: "Customer ID" }, kind: "text", meaning: "customer.id" },
  {
    key: "phone",
    label: { ru: "Телефон клиента", en: "Customer's phone" },
    kind: "phone",
    meaning: "phone",
    common: true,
  },
  { key: "email", label: { ru: "Email клиента", en: "Customer's email" }, kind: "email", meaning: "email" },
  { key: "id", label: { ru: "ID заказа", en: "Order ID" }, kind: "text", meaning: "order.id" },
];

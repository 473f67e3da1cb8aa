/** What RemOnline's clients and orders are made of, named as in its own interface. */
import type { Field, FieldKind, JsonObject, Meaning, Text } from "../kit/fields.ts";
import { same } from "../kit/words.ts";

type More = Partial<Omit<Field, "key" | "label" | "kind">>;
const field = (key: string, label: Text, kind: FieldKind, more: More = {}): Field => ({ key, label, kind, ...more });
const means = (meaning: Meaning, more: More = {}): More => ({ meaning, ...more });
const listed = (name: string, more: More = {}): More => ({ list: { name }, ...more });

const phone = field("phone", { ru: "Телефон", en: "Phone" }, "phone", means("phone", { common: true }));
const email = field("email", same("Email"), "email", means("email", { common: true }));
const adCampaign = field(
  "adCampaignId",
  { ru: "Рекламная кампания", en: "Advertising campaign" },
  "reference",
  listed("campaigns"),
);
const firstName: Text = { ru: "Имя", en: "First name" };
const lastName: Text = { ru: "Фамилия", en: "Last name" };
const address: Text = { ru: "Адрес", en: "Address" };
const notes: Text = { ru: "Примечание", en: "Notes" };
const juridical: Text = { ru: "Юридическое лицо", en: "Organization" };
const supplier: Text = { ru: "Поставщик", en: "Supplier" };
const discountCode: Text = { ru: "Номер дисконтной карты", en: "Discount card number" };

const clientBody: readonly Field[] = [
  field("lastName", lastName, "text", means("name.last")),
  phone,
  email,
  field("address", address, "text", means("address")),
  field("notes", notes, "longText", means("comment")),
  adCampaign,
  field("discountCode", discountCode, "text"),
  field("supplier", supplier, "boolean"),
];
const newName = field("firstName", firstName, "text", means("name.first", { required: true, common: true }));
const { required: _, ...ofChange } = newName;

export const clientInput: readonly Field[] = [
  newName,
  ...clientBody,
  field("juridical", juridical, "boolean", {
    hint: {
      ru: "Название компании пишите в «Имя».",
      en: "The company's name goes into “First name”.",
    },
  }),
];
const clientId = field(
  "clientId",
  { ru: "ID клиента", en: "Client ID" },
  "text",
  means("customer.id", { common: true }),
);
export const clientUpdate: readonly Field[] = [{ ...clientId, required: true }, ofChange, ...clientBody];
export const clientFind: readonly Field[] = [phone, email, { ...clientId, common: false }];

export const clientOutput: readonly Field[] = [
  field("id", { ru: "ID клиента", en: "Client ID" }, "text", means("customer.id", { common: true })),
  field("name", { ru: "Имя клиента", en: "Client's name" }, "text", means("name.full")),
  field("firstName", firstName, "text", means("name.first")),
  field("lastName", lastName, "text", means("name.last")),
  field("phone", { ru: "Телефон", en: "Phone" }, "phone", means("phone")),
  field("phones", { ru: "Все телефоны", en: "All phones" }, "phone", { many: true }),
  field("email", same("Email"), "email", means("email")),
  field("address", address, "text", means("address")),
  field("notes", notes, "longText", means("comment")),
  field("juridical", juridical, "boolean"),
  field("supplier", supplier, "boolean"),
  field("discountCode", discountCode, "text"),
  field("adCampaign", { ru: "Рекламная кампания", en: "Advertising campaign" }, "text", means("campaign")),
  field("createdAt", { ru: "Дата создания", en: "Created at" }, "dateTime", means("createdAt")),
  field("modifiedAt", { ru: "Дата изменения", en: "Changed at" }, "dateTime", means("changedAt")),
];
export const clientSample: JsonObject = {
  id: "501",
  name: "Анна Петрова",
  firstName: "Анна",
  lastName: "Петрова",
  phone: "79990001122",
  phones: ["79990001122"],
  email: "anna@example.test",
  address: "Садовая, 1",
  notes: "Постоянный клиент",
  juridical: false,
  supplier: false,
  discountCode: "1001",
  adCampaign: "Сайт",
  createdAt: "2026-01-10T09:00:00.000Z",
  modifiedAt: "2026-01-10T09:00:00.000Z",
  customFields: {},
};

// ---------------------------------------------------------------- orders

const device: readonly (readonly [string, Text])[] = [
  ["kindofGood", { ru: "Тип устройства", en: "Device type" }],
  ["brand", { ru: "Бренд", en: "Brand" }],
  ["model", { ru: "Модель", en: "Model" }],
  ["serial", { ru: "Серийный номер", en: "Serial number" }],
];
const malfunction: Text = { ru: "Неисправность", en: "Malfunction" };
const managerNotes: Text = { ru: "Заметки приёмщика", en: "Manager's notes" };
const estimatedCost: Text = { ru: "Ориентировочная стоимость", en: "Estimated cost" };
const dueDate: Text = { ru: "Срок выполнения", en: "Due date" };
const branchName: Text = { ru: "Мастерская", en: "Location" };
const typeName: Text = { ru: "Тип заказа", en: "Order type" };
const statusName: Text = { ru: "Статус заказа", en: "Order status" };
const managerName: Text = { ru: "Менеджер", en: "Manager" };
const engineerName: Text = { ru: "Исполнитель", en: "Engineer" };
const urgent: Text = { ru: "Срочно", en: "Urgent" };
const onlyOld: Text = {
  ru: "Только RemOnline API 1.0: в RO App v2 устройство — отдельная запись.",
  en: "RemOnline API 1.0 only: in RO App v2 a device is a record of its own.",
};

const status = field("statusId", statusName, "reference", listed("statuses", { common: true, initial: "new" }));
const orderDetails: readonly Field[] = [
  field("malfunction", malfunction, "longText", means("comment", { common: true })),
  field("managerNotes", managerNotes, "longText"),
  field("managerId", managerName, "reference", listed("employees", means("manager"))),
  field("engineerId", engineerName, "reference", listed("employees")),
  field("estimatedCost", estimatedCost, "decimal", means("amount")),
  field("estimatedDoneAt", dueDate, "dateTime"),
  field("scheduledFor", { ru: "Запланирован на", en: "Scheduled for" }, "dateTime"),
  field("duration", { ru: "Длительность, минут", en: "Duration, minutes" }, "integer"),
  field("urgent", urgent, "boolean"),
  adCampaign,
  ...device.map(([key, label]) => field(key, label, "text", { hint: onlyOld })),
  field("packagelist", { ru: "Комплектация", en: "Package list" }, "text", { hint: onlyOld }),
  field("appearance", { ru: "Внешний вид", en: "Appearance" }, "text", { hint: onlyOld }),
  field("assetId", { ru: "ID изделия", en: "Asset ID" }, "text"),
];

export const orderInput: readonly Field[] = [
  field("branchId", branchName, "reference", listed("branches", { required: true, common: true })),
  field("orderTypeId", typeName, "reference", listed("orderTypes", { required: true, common: true })),
  status,
  { ...clientId, required: true },
  ...orderDetails,
];
const orderId = field(
  "id",
  { ru: "ID заказа", en: "Order ID" },
  "text",
  means("order.id", { required: true, common: true }),
);
const { initial: __, ...ofOrder } = status;
export const orderUpdate: readonly Field[] = [
  orderId,
  ofOrder,
  ...orderDetails.map((one) => ({
    ...one,
    common: false,
    ...(one.hint ? {} : { hint: { ru: "Только RO App API v2.", en: "RO App API v2 only." } }),
  })),
];
export const statusInput: readonly Field[] = [orderId, { ...ofOrder, required: true }];
export const commentInput: readonly Field[] = [
  orderId,
  field("text", { ru: "Комментарий", en: "Comment" }, "longText", means("comment", { required: true, common: true })),
  field("isPrivate", { ru: "Виден только сотрудникам", en: "For employees only" }, "boolean"),
];
export const orderFind: readonly Field[] = [
  field("number", { ru: "Номер заказа", en: "Order number" }, "text", { common: true }),
  clientId,
  { ...orderId, required: false, common: false },
];

export const orderOutput: readonly Field[] = [
  field("id", { ru: "ID заказа", en: "Order ID" }, "text", means("order.id", { common: true })),
  field("number", { ru: "Номер заказа", en: "Order number" }, "text", means("externalId")),
  field("status", statusName, "text", means("status")),
  field("statusId", { ru: "ID статуса", en: "Status ID" }, "text"),
  field("orderType", typeName, "text", means("type")),
  field("orderTypeId", { ru: "ID типа заказа", en: "Order type ID" }, "text"),
  field("branchId", { ru: "ID мастерской", en: "Location ID" }, "text"),
  field("clientId", { ru: "ID клиента", en: "Client ID" }, "text", means("customer.id")),
  field("clientName", { ru: "Имя клиента", en: "Client's name" }, "text", means("name.full")),
  field("clientPhone", { ru: "Телефон клиента", en: "Client's phone" }, "phone", means("phone")),
  field("clientEmail", { ru: "Email клиента", en: "Client's email" }, "email", means("email")),
  field("managerId", { ru: "ID менеджера", en: "Manager ID" }, "text", means("manager")),
  field("engineerId", { ru: "ID исполнителя", en: "Engineer ID" }, "text"),
  ...device.map(([key, label]) => field(key, label, "text")),
  field("malfunction", malfunction, "longText", means("comment")),
  field("managerNotes", managerNotes, "longText"),
  field("engineerNotes", { ru: "Заметки исполнителя", en: "Engineer's notes" }, "longText"),
  field("resume", { ru: "Вердикт", en: "Verdict" }, "longText"),
  field("price", { ru: "Сумма заказа", en: "Order total" }, "decimal", means("amount")),
  field("payed", { ru: "Оплачено", en: "Paid" }, "decimal"),
  field("estimatedCost", estimatedCost, "decimal"),
  field("urgent", urgent, "boolean"),
  field("adCampaign", { ru: "Рекламная кампания", en: "Advertising campaign" }, "text", means("campaign")),
  field("createdAt", { ru: "Дата создания", en: "Created at" }, "dateTime", means("createdAt")),
  field("modifiedAt", { ru: "Дата изменения", en: "Changed at" }, "dateTime", means("changedAt")),
  field("doneAt", { ru: "Дата готовности", en: "Done at" }, "dateTime"),
  field("closedAt", { ru: "Дата закрытия", en: "Closed at" }, "dateTime", means("closedAt")),
  field("estimatedDoneAt", dueDate, "dateTime"),
];
export const orderSample: JsonObject = {
  id: "9001",
  number: "A17",
  status: "В работе",
  statusId: "12",
  orderType: "Платный",
  orderTypeId: "301",
  branchId: "101",
  clientId: "501",
  clientName: "Анна Петрова",
  clientPhone: "79990001122",
  clientEmail: "anna@example.test",
  managerId: "3",
  engineerId: "4",
  kindofGood: "Телефон",
  brand: "Пример",
  model: "X1",
  serial: "SN-1",
  malfunction: "Разбит экран",
  managerNotes: "Позвонить вечером",
  engineerNotes: "Экран заказан",
  resume: "Экран заменён",
  price: 4500,
  payed: 0,
  estimatedCost: 5000,
  urgent: false,
  adCampaign: "Сайт",
  createdAt: "2026-01-10T09:00:00.000Z",
  modifiedAt: "2026-01-10T10:00:00.000Z",
  doneAt: null,
  closedAt: null,
  estimatedDoneAt: "2026-01-12T15:00:00.000Z",
  customFields: {},
};

/** What a change of status adds to the order. */
export const changeFields: readonly Field[] = [
  field("oldStatusId", { ru: "ID прежнего статуса", en: "Previous status ID" }, "text"),
  field("oldStatus", { ru: "Прежний статус", en: "Previous status" }, "text"),
  field("changedAt", { ru: "Дата смены статуса", en: "Status changed at" }, "dateTime"),
  field("changeId", { ru: "Ключ смены статуса", en: "Key of the change" }, "text"),
];
export const changeSample: JsonObject = {
  oldStatusId: "11",
  oldStatus: "Новый",
  changedAt: "2026-01-10T10:00:00.000Z",
  changeId: "9001:12:2026-01-10T10:00:00.000Z",
};

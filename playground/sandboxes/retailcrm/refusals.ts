/** What retailCRM refuses, and how it says so. */
import { json, object, objects, type Reply, text } from "../kit.ts";
import { CUSTOM_FIELDS, REFERENCES } from "./reference.ts";

export const refuse = (status: number, errorMsg: string, errors?: unknown): Reply =>
  json(status, { success: false, errorMsg, ...(errors ? { errors } : {}) });

/** Thrown by a route that can't go on; carries the answer. */
export class Refusal extends Error {
  readonly reply: Reply;
  constructor(reply: Reply) {
    super("refused");
    this.reply = reply;
  }
}

/** What may be written, by the sheet and the entities of the official clients; nothing else is part of the format. */
const WRITABLE = {
  customer:
    "externalId createdAt isContact vip bad site contragent firstName lastName patronymic sex birthday email phones managerId address customFields personalDiscount cumulativeDiscount discountCardNumber source tags addTags removeTags browserId",
  order:
    "externalId number createdAt countryIso status statusComment orderType orderMethod privilegeType firstName lastName patronymic phone additionalPhone email managerId mark call expired customer customerComment managerComment contragent discountManualAmount discountManualPercent prepaySum summ totalSumm weight length width height shipmentStore shipmentDate shipped source clientId delivery items payments customFields",
  payment: "externalId type status amount paidAt comment",
  item: "id externalId externalIds initialPrice purchasePrice discountManualAmount discountManualPercent productName vatRate createdAt quantity status comment offer properties priceType",
  note: "text managerId customer",
} as const;

/** A name that the format doesn't have is a mistake of the sender. */
function checkKeys(kind: keyof typeof WRITABLE, data: Record<string, unknown>): void {
  const known = WRITABLE[kind].split(" ");
  const stray = Object.keys(data).find((key) => !known.includes(key));
  if (stray !== undefined)
    throw new Refusal(
      refuse(400, "Errors in the entity format", { [stray]: "This form should not contain extra fields." }),
    );
}

const codeIn = (name: string, code: string) => object(REFERENCES[name]?.value)?.[code] !== undefined;

export function checkNote(note: Record<string, unknown>): void {
  checkKeys("note", note);
  if (!text(note.text))
    throw new Refusal(refuse(400, "Errors in the entity format", { text: "This value should not be blank." }));
}

export function checkPayment(payment: Record<string, unknown>, isNew: boolean): void {
  checkKeys("payment", payment);
  if (isNew && !text(payment.type))
    throw new Refusal(refuse(400, "Errors in the entity format", { type: "This value should not be blank." }));
  for (const [field, name] of [
    ["type", "payment-types"],
    ["status", "payment-statuses"],
  ] as const) {
    const code = text(payment[field]);
    if (code && !codeIn(name, code))
      throw new Refusal(
        refuse(400, "Payment is not loaded", { [field]: `"${field}" with code "${code}" does not exist.` }),
      );
  }
  if (payment.amount !== undefined && typeof payment.amount !== "number")
    throw new Refusal(refuse(400, "Errors in the entity format", { amount: "This value should be of type float." }));
  const paidAt = text(payment.paidAt);
  if (paidAt !== undefined && !/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/.test(paidAt))
    throw new Refusal(refuse(400, "Errors in the entity format", { paidAt: "This value is not valid." }));
}

export function checkCustomer(data: Record<string, unknown>): void {
  checkKeys("customer", data);
  const email = text(data.email);
  if (email && !email.includes("@"))
    throw new Refusal(
      refuse(400, "Errors in the entity format", { email: "This value is not a valid email address." }),
    );
  if (data.phones !== undefined && !(Array.isArray(data.phones) && data.phones.every((p) => text(object(p)?.number))))
    throw new Refusal(refuse(400, "Errors in the entity format", { phones: "Invalid value" }));
  checkCustom("customer", data);
}
export function checkOrder(data: Record<string, unknown>): void {
  checkKeys("order", data);
  for (const item of objects(data.items)) {
    checkKeys("item", item);
    if (item.id === undefined && !object(item.offer) && !text(item.productName))
      throw new Refusal(refuse(400, "Order is not loaded", { items: "Offer or product name is required." }));
    const status = text(item.status);
    if (status && !codeIn("product-statuses", status))
      throw new Refusal(
        refuse(400, "Order is not loaded", { items: `"status" with code "${status}" does not exist.` }),
      );
  }
  for (const payment of objects(data.payments)) checkPayment(payment, true);
  for (const [field, name] of [
    ["status", "statuses"],
    ["orderType", "order-types"],
    ["orderMethod", "order-methods"],
  ] as const) {
    const value = text(data[field]);
    if (value && !codeIn(name, value))
      throw new Refusal(
        refuse(400, "Order is not loaded", { [field]: `"${field}" with code "${value}" does not exist.` }),
      );
  }
  for (const field of ["totalSumm", "summ", "discountManualAmount"])
    if (data[field] !== undefined && typeof data[field] !== "number")
      throw new Refusal(refuse(400, "Errors in the entity format", { [field]: "This value should be of type float." }));
  checkCustom("order", data);
}
function checkCustom(kind: string, data: Record<string, unknown>): void {
  for (const code of Object.keys(object(data.customFields) ?? {})) {
    if (!CUSTOM_FIELDS.some((field) => field.entity === kind && field.code === code))
      throw new Refusal(refuse(400, "Errors in the entity format", { customFields: `Unknown field "${code}"` }));
  }
}

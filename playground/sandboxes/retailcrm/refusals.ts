/** What retailCRM refuses, and how it says so. */
import { json, object, type Reply, text } from "../kit.ts";
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

export function checkCustomer(data: Record<string, unknown>): void {
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
  for (const [field, name] of [
    ["status", "statuses"],
    ["orderType", "order-types"],
    ["orderMethod", "order-methods"],
  ] as const) {
    const value = text(data[field]);
    if (value && !object(REFERENCES[name]?.value)?.[value])
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

/** How RemOnline says no. */
import { json, type Reply } from "../kit.ts";

/** Thrown by a route that can't go on; carries the answer. */
export class Refusal extends Error {
  readonly reply: Reply;
  constructor(reply: Reply) {
    super("refused");
    this.reply = reply;
  }
}

export const refuse = (status: number, code: number, message: unknown): Reply =>
  json(status, { success: false, code, message });
export const invalid = (validation: Record<string, readonly string[]>): Refusal =>
  new Refusal(refuse(400, 400, { validation }));
export const missing = (): Refusal => new Refusal(refuse(404, 404, "Not found"));

/** The answers of article 004, for a switch: what any write may be told. */
export function refusalOf(choice: string): Reply | null {
  if (choice === "400") return refuse(400, 400, { validation: { malfunction: ["Значение слишком длинное"] } });
  if (choice === "404") return refuse(404, 404, "Resource not found");
  if (choice === "405") return refuse(405, 405, "Access to the resource is denied");
  if (choice === "500") return refuse(500, 500, "Internal server error");
  return null;
}

/** What both generations can do, in one set of words; everything above this file is the same for both. */
import type { Context, JsonObject } from "../kit/define.ts";
import { versionOf } from "./api.ts";
import { generation1 } from "./generation1.ts";
import { generation2 } from "./generation2.ts";

export interface Period {
  readonly from: Date;
  /** Absent: up to now. */
  readonly to?: Date;
}
export interface ClientFilter {
  /** Digits. */
  readonly phone?: string;
  readonly email?: string;
  readonly created?: Period;
  readonly modified?: Period;
}
export interface OrderFilter {
  readonly ids?: readonly string[];
  readonly numbers?: readonly string[];
  readonly clientId?: string;
  readonly statuses?: readonly string[];
  readonly created?: Period;
  readonly modified?: Period;
}
export type Reference = "branches" | "orderTypes" | "statuses" | "employees" | "campaigns";

export interface Service {
  readonly lists: Readonly<Record<Reference, string>>;
  company(ctx: Context): Promise<JsonObject>;
  /** Whole records, oldest first where the service can. */
  clients(ctx: Context, filter: ClientFilter): AsyncIterable<JsonObject[]>;
  client(ctx: Context, id: string): Promise<JsonObject | null>;
  /** Answers with the new record's id, or null where the answer holds none. */
  createClient(ctx: Context, input: JsonObject): Promise<string | null>;
  /** `record`: as it was read. `phones` of the input replace the present ones. */
  editClient(ctx: Context, record: JsonObject, input: JsonObject): Promise<void>;
  orders(ctx: Context, filter: OrderFilter): AsyncIterable<JsonObject[]>;
  createOrder(ctx: Context, input: JsonObject): Promise<string | null>;
  /** Everything but the status. Throws a ConnectorError where this generation can't. */
  editOrder(ctx: Context, id: string, input: JsonObject): Promise<void>;
  setStatus(ctx: Context, id: string, status: string): Promise<void>;
  comment(ctx: Context, id: string, text: string, isPrivate: boolean): Promise<void>;
  clientFields(ctx: Context, isCompany: boolean): Promise<JsonObject[]>;
  orderFields(ctx: Context, orderType: string | null): Promise<JsonObject[]>;
}

export const serviceOf = (ctx: Context): Service => (versionOf(ctx.auth) === "2" ? generation2 : generation1);

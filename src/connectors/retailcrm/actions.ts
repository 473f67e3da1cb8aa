/** Everything that can be done in retailCRM, what people look for most first. */
import type { Action } from "../kit/define.ts";
import { customers, moreOfCustomers } from "./customers.ts";
import { items } from "./items.ts";
import { listOrders, orders } from "./orders.ts";
import { payments } from "./payments.ts";

export const actions: readonly Action[] = [
  ...customers,
  ...orders,
  ...payments,
  ...items,
  listOrders,
  ...moreOfCustomers,
];

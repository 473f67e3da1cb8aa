/** Reference lists of the account: what the fields with a list offer. */
import type { Context, JsonObject, List, ListItem, Text } from "../kit/define.ts";
import { ConnectorError } from "../kit/errors.ts";
import { numberOf, objectOf, objectsOf, textOf } from "../kit/read.ts";
import { all, get, V5 } from "./api.ts";
import { changeLists } from "./changes.ts";

function itemsOf(records: readonly JsonObject[], note: (record: JsonObject) => string | null = () => null): ListItem[] {
  return records
    .filter((record) => record.active !== false && textOf(record.code) !== null)
    .sort((a, b) => (numberOf(a.ordering) ?? 0) - (numberOf(b.ordering) ?? 0))
    .map((record) => {
      const group = note(record);
      const code = textOf(record.code) ?? "";
      return { value: code, label: textOf(record.name) ?? code, ...(group ? { note: group } : {}) };
    });
}

const reference = async (ctx: Context, name: string, key: string) =>
  objectsOf((await get(ctx, `${V5}/reference/${name}`))[key]);

const simple = (label: Text, name: string, key: string): List => ({
  label,
  load: async (ctx) => ({ items: itemsOf(await reference(ctx, name, key)) }),
});

const statuses: List = {
  label: { ru: "Статусы заказов", en: "Order statuses" },
  async load(ctx) {
    const [records, groups] = await Promise.all([
      reference(ctx, "statuses", "statuses"),
      reference(ctx, "status-groups", "statusGroups"),
    ]);
    const names = new Map(groups.map((group) => [textOf(group.code), textOf(group.name)]));
    return { items: itemsOf(records, (record) => names.get(textOf(record.group)) ?? textOf(record.group)) };
  },
};

/** A key with selective access sees only its own shops, and the others' codes would be refused. */
const sites: List = {
  label: { ru: "Магазины", en: "Shops" },
  async load(ctx) {
    const [records, credentials] = await Promise.all([reference(ctx, "sites", "sites"), get(ctx, "/api/credentials")]);
    const available = Array.isArray(credentials.sitesAvailable) ? credentials.sitesAvailable.map(String) : [];
    const isSelective = credentials.siteAccess === "access_selective" && available.length > 0;
    const seen = isSelective ? records.filter((record) => available.includes(String(record.code))) : records;
    return { items: itemsOf(seen, (record) => textOf(record.url)) };
  },
};

const users: List = {
  label: { ru: "Сотрудники", en: "Users" },
  async load(ctx) {
    // Some accounts have no such method; everything else about them works.
    const found = await all(ctx, "users", "users").catch((error: unknown) => {
      if (error instanceof ConnectorError && error.errorClass === "not_found") return [];
      throw error;
    });
    return {
      items: found
        .filter((user) => user.active !== false)
        .map((user) => {
          const id = textOf(user.id) ?? "";
          const name = [user.firstName, user.lastName].map((part) => textOf(part)).filter((part) => part !== null);
          const email = textOf(user.email);
          return { value: id, label: name.join(" ") || email || id, ...(email ? { note: email } : {}) };
        }),
    };
  },
};

export const lists: Readonly<Record<string, List>> = {
  sites,
  statuses,
  orderTypes: simple({ ru: "Типы заказов", en: "Order types" }, "order-types", "orderTypes"),
  orderMethods: simple({ ru: "Способы оформления", en: "Order methods" }, "order-methods", "orderMethods"),
  paymentTypes: simple({ ru: "Типы оплаты", en: "Payment types" }, "payment-types", "paymentTypes"),
  paymentStatuses: simple({ ru: "Статусы оплаты", en: "Payment statuses" }, "payment-statuses", "paymentStatuses"),
  deliveryTypes: simple({ ru: "Типы доставки", en: "Delivery types" }, "delivery-types", "deliveryTypes"),
  deliveryServices: simple({ ru: "Службы доставки", en: "Delivery services" }, "delivery-services", "deliveryServices"),
  productStatuses: simple({ ru: "Статусы товаров", en: "Item statuses" }, "product-statuses", "productStatuses"),
  stores: simple({ ru: "Склады", en: "Warehouses" }, "stores", "stores"),
  users,
  ...changeLists,
};

const NEEDED = ["order_read", "order_write", "customer_read", "customer_write", "reference_read"];

/** Rights of the key that our triggers and actions need and that it lacks; unknown where the account doesn't tell. */
export async function missingScopes(ctx: Context): Promise<readonly string[]> {
  const credentials = objectOf(await get(ctx, "/api/credentials"));
  if (!Array.isArray(credentials.scopes)) return [];
  const scopes = credentials.scopes.map(String);
  return NEEDED.filter((scope) => !scopes.includes(scope));
}

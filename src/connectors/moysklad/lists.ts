/** Reference lists of the account: what the fields with a list offer. */
import type { Context, JsonObject, List, ListItem, Text } from "../kit/define.ts";
import { objectsOf, textOf } from "../kit/read.ts";
import { type Entity, get, idOf, listPage } from "./api.ts";

function itemsOf(rows: readonly JsonObject[], note: (row: JsonObject) => string | null): ListItem[] {
  return rows
    .filter((row) => row.archived !== true && idOf(row) !== null)
    .map((row) => {
      const [value, small] = [idOf(row) ?? "", note(row)];
      return { value, label: textOf(row.name) ?? value, ...(small ? { note: small } : {}) };
    });
}

const directory = (label: Text, type: string, note: (row: JsonObject) => string | null = () => null): List => ({
  label,
  async load(ctx, _, page) {
    const { rows, next } = await listPage(ctx, `/entity/${type}`, page);
    return { items: itemsOf(rows, note), ...(next ? { next } : {}) };
  },
});

/** States stand in the metadata of what they belong to, in their order. */
export async function statesOf(ctx: Context, entity: Entity): Promise<JsonObject[]> {
  return objectsOf((await get(ctx, `/entity/${entity}/metadata`)).states);
}
const states = (label: Text, entity: Entity): List => ({
  label,
  load: async (ctx) => ({ items: itemsOf(await statesOf(ctx, entity), () => null) }),
});

export const lists: Readonly<Record<string, List>> = {
  organizations: directory({ ru: "Организации", en: "Organisations" }, "organization"),
  states: states({ ru: "Статусы заказов", en: "Order states" }, "customerorder"),
  stores: directory({ ru: "Склады", en: "Warehouses" }, "store", (row) => textOf(row.pathName)),
  salesChannels: directory({ ru: "Каналы продаж", en: "Sales channels" }, "saleschannel"),
  projects: directory({ ru: "Проекты", en: "Projects" }, "project"),
  employees: directory({ ru: "Сотрудники", en: "Employees" }, "employee", (row) => textOf(row.uid)),
  counterpartyStates: states({ ru: "Статусы контрагентов", en: "Counterparty states" }, "counterparty"),
};

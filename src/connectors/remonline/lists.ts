/** Reference lists and custom fields of the account. */
import type { Context, Field, JsonObject, List, ListItem, Text } from "../kit/define.ts";
import { ConnectorError } from "../kit/errors.ts";
import { textOf } from "../kit/read.ts";
import { same } from "../kit/words.ts";
import { all } from "./calls.ts";
import { CUSTOM } from "./inputs.ts";
import { type Reference, serviceOf } from "./service.ts";
import { groupOf } from "./shapes.ts";

const GROUPS: Readonly<Record<number, Text>> = {
  0: { ru: "Свои", en: "Own" },
  1: { ru: "Новый", en: "New" },
  2: { ru: "На исполнении", en: "In work" },
  3: { ru: "Отложен", en: "Postponed" },
  4: { ru: "Исполнен", en: "Done" },
  5: { ru: "Доставка", en: "Delivery" },
  6: { ru: "Закрыт успешно", en: "Closed" },
  7: { ru: "Закрыт неуспешно", en: "Closed without success" },
};

export const readList = (ctx: Context, name: Reference): Promise<JsonObject[]> => all(ctx, serviceOf(ctx).lists[name]);

function itemOf(record: JsonObject, note?: string): ListItem {
  const value = textOf(record.id) ?? "";
  const names = [record.first_name, record.last_name].map((part) => textOf(part)).filter(Boolean);
  const label = textOf(record.name) ?? textOf(record.title) ?? (names.join(" ") || value);
  return { value, label, ...(note ? { note } : {}) };
}

const list = (label: Text, name: Reference, note: (record: JsonObject, ctx: Context) => string | undefined): List => ({
  label,
  async load(ctx) {
    const records = await readList(ctx, name);
    const present = records.filter((record) => textOf(record.id) !== null && record.deleted !== true);
    return { items: present.map((record) => itemOf(record, note(record, ctx))) };
  },
});

export const lists: Readonly<Record<Reference, List>> = {
  branches: list({ ru: "Мастерские", en: "Locations" }, "branches", (one) => textOf(one.address) ?? undefined),
  orderTypes: list({ ru: "Типы заказов", en: "Order types" }, "orderTypes", () => undefined),
  statuses: list({ ru: "Статусы заказов", en: "Order statuses" }, "statuses", (one, ctx) => {
    const group = groupOf(one);
    return group === null ? undefined : GROUPS[group]?.[ctx.locale];
  }),
  employees: list({ ru: "Сотрудники", en: "Employees" }, "employees", (one) => textOf(one.email) ?? undefined),
  campaigns: list({ ru: "Рекламные кампании", en: "Advertising campaigns" }, "campaigns", () => undefined),
};

// ---------------------------------------------------------------- custom fields

export type Entity = "client" | "order";

/** A key without the right to see them has none to offer; everything else works without them. */
async function readFields(ctx: Context, entity: Entity, input: JsonObject): Promise<readonly JsonObject[]> {
  const service = serviceOf(ctx);
  try {
    return entity === "order"
      ? await service.orderFields(ctx, textOf(input.orderTypeId))
      : await service.clientFields(ctx, input.juridical === true);
  } catch (error) {
    const isNone =
      error instanceof ConnectorError && (error.errorClass === "forbidden" || error.errorClass === "not_found");
    if (isNone) return [];
    throw error;
  }
}

/** What the numbers of field types mean isn't published, so every field is text and passes through as it is. */
const described = (records: readonly JsonObject[], keyOf: (id: string) => string): readonly Field[] =>
  records.flatMap((record): Field[] => {
    const id = textOf(record.id)?.replace(/^f/, "");
    if (!id) return [];
    return [{ key: keyOf(id), label: same(textOf(record.name) ?? `f${id}`), kind: "text", custom: true }];
  });

/** As fields to fill; an order's depend on its type, where one is chosen already. */
export const customInput = async (ctx: Context, entity: Entity, input: JsonObject): Promise<readonly Field[]> =>
  described(await readFields(ctx, entity, input), (id) => CUSTOM + id);

/** As fields to take from. */
export const customOutput = async (ctx: Context, entity: Entity): Promise<readonly Field[]> =>
  described(await readFields(ctx, entity, {}), (id) => `customFields.f${id}`);

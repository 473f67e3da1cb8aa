/** Items of orders: add one, change one, remove one. */
import type { Action, Context, Field, Found, JsonObject } from "../kit/define.ts";
import { ConnectorError } from "../kit/errors.ts";
import { numberOf, objectOf, objectsOf, textOf } from "../kit/read.ts";
import { orderOutput, orderSample } from "./orderoutput.ts";
import { itemBody, itemOf, orderOf } from "./ordershape.ts";
import { addressed, edit } from "./records.ts";
import { timeIn } from "./shapes.ts";

type Order = JsonObject & { id: string };

const orderKeys = ["id", "externalId"] as const;
const order: readonly Field[] = [
  { key: "id", label: { ru: "ID заказа", en: "Order ID" }, kind: "text", meaning: "order.id", common: true },
  {
    key: "externalId",
    label: { ru: "Внешний ID заказа", en: "Order's external ID" },
    kind: "text",
    meaning: "order.externalId",
    common: true,
    hint: { ru: "Если ID заказа пуст, заказ ищется по нему.", en: "The order is found by it when the ID is empty." },
  },
];
const product: readonly Field[] = [
  {
    key: "offerExternalId",
    label: { ru: "Внешний ID торгового предложения", en: "Offer's external ID" },
    kind: "text",
    common: true,
    hint: { ru: "Если товар есть в каталоге retailCRM.", en: "When the product is in retailCRM's catalogue." },
  },
  { key: "xmlId", label: { ru: "XML ID торгового предложения", en: "Offer's XML ID" }, kind: "text" },
  { key: "offerId", label: { ru: "ID торгового предложения", en: "Offer ID" }, kind: "text" },
  { key: "name", label: { ru: "Название товара", en: "Product name" }, kind: "text", meaning: "title", common: true },
];
const values: readonly Field[] = [
  { key: "price", label: { ru: "Цена", en: "Price" }, kind: "decimal", common: true },
  { key: "quantity", label: { ru: "Количество", en: "Quantity" }, kind: "decimal", meaning: "quantity", common: true },
  { key: "discount", label: { ru: "Скидка на единицу, сумма", en: "Discount per unit, amount" }, kind: "decimal" },
  {
    key: "status",
    label: { ru: "Статус товара", en: "Item status" },
    kind: "reference",
    list: { name: "productStatuses" },
  },
  { key: "comment", label: { ru: "Комментарий к товару", en: "Item comment" }, kind: "text", meaning: "comment" },
];
const itemId: Field = {
  key: "itemId",
  label: { ru: "ID товара в заказе", en: "Item ID in the order" },
  kind: "text",
  hint: {
    ru: "Из списка «Товары» заказа. Если пуст, товар ищется по предложению или названию.",
    en: "Out of the order's list “Items”. When empty, the item is found by its offer or its name.",
  },
};

const PRODUCT_KEYS = ["offerExternalId", "xmlId", "offerId", "name"] as const;
/** How the item of an order says what our field asks. */
const SAID = { offerExternalId: "externalId", xmlId: "xmlId", offerId: "offerId", name: "name" } as const;

const isOf = (item: JsonObject, key: (typeof PRODUCT_KEYS)[number], value: string) =>
  (textOf(itemOf(item)[SAID[key]]) ?? "").toLowerCase() === value.toLowerCase();

/** What an edit must say of an item that stays: retailCRM replaces the whole list with what it is sent. */
const kept = (item: JsonObject): JsonObject => ({ id: item.id ?? null, quantity: item.quantity ?? null });

/** The item that the input means: by its id in the order, else by every product key that is filled. */
function itemAsked(record: Order, input: JsonObject): JsonObject | undefined {
  const id = textOf(input.itemId);
  const keys = PRODUCT_KEYS.filter((key) => textOf(input[key]) !== null);
  if (id === null && keys.length === 0) {
    throw new ConnectorError(
      "data",
      {
        ru: "Заполните ID товара в заказе, предложение или название: по ним находится товар.",
        en: "Fill in the item's ID, its offer or its name: the item is found by them.",
      },
      { field: "itemId" },
    );
  }
  return objectsOf(record.items).find((item) =>
    id === null ? keys.every((key) => isOf(item, key, textOf(input[key]) ?? "")) : textOf(item.id) === id,
  );
}

function itemIn(record: Order, input: JsonObject): JsonObject {
  const found = itemAsked(record, input);
  if (found) return found;
  const field = ["itemId", ...PRODUCT_KEYS].find((key) => textOf(input[key]) !== null) ?? "itemId";
  throw new ConnectorError(
    "not_found",
    { ru: "В этом заказе нет такого товара.", en: "This order has no such item." },
    { field },
  );
}

const write = (ctx: Context, record: Order, items: readonly JsonObject[], safe = true) =>
  edit(ctx, "orders", record.id, record.site, { items: [...items] }, safe);

async function changeItem(ctx: Context, record: Order, id: string, change: JsonObject): Promise<JsonObject> {
  const items = objectsOf(record.items).map((item) =>
    textOf(item.id) === id ? { ...kept(item), ...change } : kept(item),
  );
  return write(ctx, record, items);
}

const addItem: Action = {
  key: "addOrderItem",
  name: { ru: "Добавление товара в заказ", en: "Add an item to an order" },
  words: ["товар", "позиция заказа", "состав заказа", "item", "product"],
  kind: "create",
  safe: false,
  fields: [...order, ...product, ...values],
  output: orderOutput,
  sample: orderSample,
  async run(ctx, input) {
    const record = await addressed(ctx, "orders", input, orderKeys);
    const added = itemBody({ ...input, quantity: numberOf(input.quantity) ?? 1 });
    if (added.offer === undefined && added.productName === undefined) {
      throw new ConnectorError(
        "data",
        {
          ru: "Укажите торговое предложение или название товара.",
          en: "Say which offer it is, or the product's name.",
        },
        { field: "name" },
      );
    }
    return write(ctx, record, [...objectsOf(record.items).map(kept), added], false);
  },
  duplicates: {
    keys: PRODUCT_KEYS,
    async find(ctx, key, value, input) {
      const record = await addressed(ctx, "orders", input, orderKeys);
      const wanted = PRODUCT_KEYS.find((one) => one === key);
      return objectsOf(record.items)
        .filter((item) => wanted !== undefined && isOf(item, wanted, textOf(value) ?? ""))
        .map((item): Found => {
          const fields = itemOf(item);
          return { id: textOf(item.id) ?? "", output: fields, fields };
        });
    },
    async update(ctx, found, changes, input) {
      const record = await addressed(ctx, "orders", input, orderKeys);
      const { offer: _, productName: __, ...change } = itemBody(changes);
      return changeItem(ctx, record, found.id, change);
    },
  },
};

const updateItem: Action = {
  key: "updateOrderItem",
  name: { ru: "Изменение товара в заказе", en: "Change an item of an order" },
  words: ["количество товара", "статус товара", "цена товара", "item", "product"],
  kind: "update",
  safe: true,
  fields: [...order, itemId, ...product, ...values],
  output: orderOutput,
  sample: orderSample,
  async run(ctx, input) {
    const record = await addressed(ctx, "orders", input, orderKeys);
    const item = itemIn(record, input);
    const { offer: _, productName: __, ...change } = itemBody(input);
    return changeItem(ctx, record, textOf(item.id) ?? "", change);
  },
};

const removeItem: Action = {
  key: "removeOrderItem",
  name: { ru: "Удаление товара из заказа", en: "Remove an item from an order" },
  about: {
    ru: "Если такого товара в заказе нет, связка идёт дальше.",
    en: "When the order has no such item the bundle goes on.",
  },
  words: ["убрать товар", "item", "product"],
  kind: "update",
  safe: true,
  fields: [...order, itemId, ...product],
  output: orderOutput,
  sample: orderSample,
  async run(ctx, input) {
    const record = await addressed(ctx, "orders", input, orderKeys);
    const id = textOf(itemAsked(record, input)?.id);
    if (id === null) return orderOf(record, timeIn(ctx.timeZone));
    const output = await write(
      ctx,
      record,
      objectsOf(record.items)
        .filter((item) => textOf(item.id) !== id)
        .map(kept),
    );
    // Whether an edit takes away what it doesn't name isn't written anywhere.
    if (objectsOf(output.items).some((item) => textOf(objectOf(item).id) === id)) {
      throw new ConnectorError("data", {
        ru: "retailCRM оставил товар в заказе: уберите его там сами или смените его статус.",
        en: "retailCRM kept the item in the order: remove it there, or change its status.",
      });
    }
    return output;
  },
};

export const items: readonly Action[] = [addItem, updateItem, removeItem];

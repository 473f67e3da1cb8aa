/** A deal as the lead service wants it, new or changed. */
import type { Context, Json, JsonObject } from "../kit/define.ts";
import { filled, numberOf, objectsOf, textOf } from "../kit/read.ts";
import { lead, leadDate, onlyItem } from "./api.ts";
import * as said from "./lead.ts";

export const CRM = "svyazka";

/** Products as Calltouch writes them; the items of another service's order have the same names. */
const productsOf = (value: Json | undefined): JsonObject[] =>
  objectsOf(value)
    .map((one) =>
      filled({
        name: one.name ?? one.productName,
        price: said.money(one.price ?? one.initialPrice),
        quantity: numberOf(one.quantity),
        brand: one.brand,
        category: one.category,
        variant: one.variant,
      }),
    )
    .filter(({ name }) => textOf(name) !== null);

function common(input: JsonObject): JsonObject {
  return filled({
    orderName: input.orderName,
    funnel: input.funnel,
    status: input.status,
    currency: input.currency,
    revenue: said.money(input.revenue),
    margin: said.money(input.margin),
    manager: input.manager,
    orderLink: input.orderLink,
    orderContacts: filled({
      mainContacts: filled({ fio: input.fullName, phoneNumber: said.phoneOf(input.phone), email: input.email }),
    }),
    customFields: said.customOf(input, "customFields"),
    products: productsOf(input.products),
  });
}

export function newDeal(ctx: Context, input: JsonObject, number: string, matching: JsonObject[]): JsonObject {
  return filled({
    matching,
    orderNumber: number,
    ...common(input),
    orderDate: leadDate(ctx, input.orderDate) ?? said.now(ctx),
    statusDate: leadDate(ctx, input.statusDate) ?? said.now(ctx),
    comment: said.commentOf(input.comment),
    addTags: said.tagsOf(input.tags),
    addTagsToLead: said.tagsOf(input.leadTags),
  });
}

/** Sets what the input tells of a deal; a deal that isn't there is the service's refusal. */
export async function update(ctx: Context, input: JsonObject, number: string): Promise<JsonObject> {
  const leadCustom = said.customOf(input, "leadCustomFields");
  const isReplaced = input.replaceTags === true;
  const leadManager = textOf(input.leadManager);
  const { phone: _, email: __, ...ids } = input;
  const deal = filled({
    orderNumber: number,
    ...common(input),
    statusDate: leadDate(ctx, input.statusDate) ?? (input.status ? said.now(ctx) : undefined),
    updateDate: said.now(ctx),
    addNewComment: said.commentOf(input.comment),
    addTags: said.addTags(input.tags, isReplaced),
    addTagsToLead: said.addTags(input.leadTags, isReplaced),
    leadManager: leadManager === null ? undefined : { manager: leadManager, overwrite: true },
    addCustomFieldsToLead: leadCustom.length === 0 ? undefined : { customFields: leadCustom, overwrite: true },
    // A contact is what the deal is about; only an id moves it to another lead.
    reMatching: said.ways(ctx, ids),
  });
  const data = await lead(ctx, "client-order/update", { crm: CRM, orders: [deal] }, true);
  const item = onlyItem(data, "orders", deal);
  return { orderNumber: number, calltouchOrderId: textOf(item.calltouchOrderId), created: false };
}

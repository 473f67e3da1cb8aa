/** Webhooks: set up by the connector, they bring ids only, and the record is read afterwards. */
import type { Context, Hook, HookRequest, Json, JsonObject } from "../kit/define.ts";
import { ConnectorError } from "../kit/errors.ts";
import { listOf, objectOf, objectsOf, textOf } from "../kit/read.ts";
import { fromMoscow, get, idOf, listAll, write } from "./api.ts";
import { ordersOf, paymentItem, stateChange } from "./changes.ts";
import { outputOf, read } from "./search.ts";
import { isOwn } from "./shapes.ts";

export interface Subscription {
  readonly entityType: "counterparty" | "customerorder" | "paymentin" | "cashin";
  readonly action: "CREATE" | "UPDATE";
}
const isPayment = ({ entityType }: Subscription) => entityType === "paymentin" || entityType === "cashin";

/** A repeated subscription is refused as a double, so a lost answer does no harm: the one that is there is taken. */
async function subscribeOne(ctx: Context, url: string, one: Subscription): Promise<string | null> {
  const diff = one.action === "UPDATE" && !isPayment(one) ? { diffType: "FIELDS" } : {};
  try {
    return idOf(await write(ctx, "POST", "/entity/webhook", { url, ...one, ...diff }));
  } catch (error) {
    if (!(error instanceof ConnectorError) || !error.details.code?.endsWith(" 30003")) throw error;
    const known = await listAll(ctx, "/entity/webhook");
    const same = known.find(
      (hook) => hook.url === url && hook.entityType === one.entityType && hook.action === one.action,
    );
    return same ? idOf(same) : null;
  }
}

async function unsubscribe(ctx: Context, ids: readonly (string | null)[]): Promise<void> {
  for (const id of ids) {
    if (id === null) continue;
    const path = `/entity/webhook/${encodeURIComponent(id)}`;
    await ctx.http({ method: "DELETE", path, safe: true }).catch((error: unknown) => {
      if (!(error instanceof ConnectorError) || error.errorClass !== "not_found") throw error;
    });
  }
}

/** All of them are there, and nobody switched one off. */
async function areAlive(ctx: Context, ids: readonly (string | null)[]): Promise<boolean> {
  for (const id of ids) {
    if (id === null) continue;
    try {
      if ((await get(ctx, `/entity/webhook/${encodeURIComponent(id)}`)).enabled === false) return false;
    } catch (error) {
      if (error instanceof ConnectorError && error.errorClass === "not_found") return false;
      throw error;
    }
  }
  return true;
}

/** All of them or none: half a subscription would look like a whole one. */
async function subscribe(ctx: Context, url: string, all: readonly Subscription[]): Promise<JsonObject> {
  const made: (string | null)[] = [];
  try {
    for (const one of all) made.push(await subscribeOne(ctx, url, one));
  } catch (error) {
    await unsubscribe(ctx, made).catch(() => {});
    throw error;
  }
  return { ids: made };
}

/** One delivery per event; what the trigger wants of it travels along, because reading the record knows no options. */
function deliveriesOf(request: HookRequest, all: readonly Subscription[], want: JsonObject): readonly JsonObject[] {
  const body = objectOf(request.body);
  const context = objectOf(body.auditContext);
  return objectsOf(body.events).flatMap((event): JsonObject[] => {
    const [type, action] = [textOf(objectOf(event.meta).type), textOf(event.action)];
    const id = idOf(event);
    if (id === null || !all.some((one) => one.entityType === type && one.action === action)) return [];
    const fields: Json[] = listOf(event.updatedFields);
    // Named fields spare the reading of what isn't wanted; unnamed ones are told by the history.
    if (type === "customerorder" && action === "UPDATE" && fields.length > 0 && !fields.includes("state")) return [];
    return [{ type, action, id, context: idOf(context), moment: textOf(context.moment), want }];
  });
}

async function enrich(ctx: Context, delivery: JsonObject): Promise<JsonObject | null> {
  const [type, id] = [textOf(delivery.type), textOf(delivery.id) ?? ""];
  const want = objectOf(delivery.want);
  if (type === "paymentin" || type === "cashin") {
    const payment = await get(ctx, `/entity/${type}/${encodeURIComponent(id)}`);
    // One delivery becomes one item; further orders of the same payment are brought by the poll.
    const [order] = ordersOf(payment);
    if (order === undefined) return null;
    return paymentItem(await read(ctx, "customerorder", order), fromMoscow(payment.updated));
  }
  const entity = type === "counterparty" ? "counterparty" : "customerorder";
  const record = await read(ctx, entity, id);
  if (delivery.action === "UPDATE") {
    return stateChange(ctx, record, textOf(delivery.context), want.ownToo === true);
  }
  return want.ownToo !== true && isOwn(record) ? null : outputOf(entity, record);
}

/** Five bundles of a kind would use up what the service allows, so a connection's bundles share one address. */
const FOR = "for";
function addressFor(url: string, key: string): string {
  const address = new URL(url);
  address.searchParams.set(FOR, key);
  return address.href;
}
/** The service writes its own `?requestId=` behind the address; whether it sees that there is a `?` isn't said. */
const isFor = ({ query }: HookRequest, key: string): boolean => textOf(query[FOR])?.split("?")[0] === key;

/** `keeps`: what of the item is wanted by the options, the same as for the poll. */
export function hookOf(
  key: string,
  all: readonly Subscription[],
  keeps: (item: JsonObject, options: JsonObject) => boolean = () => true,
): Hook {
  return {
    scope: "connection",
    // Each trigger has webhooks of its own, so that one can be taken back without the others.
    subscribe: (ctx, url) => subscribe(ctx, addressFor(url, key), all),
    unsubscribe: (ctx, state) => unsubscribe(ctx, listOf(state.ids).map(textOf)),
    isAlive: (ctx, state) => areAlive(ctx, listOf(state.ids).map(textOf)),
    verify: (request) => isFor(request, key),
    deliveries: (request, options) => (isFor(request, key) ? deliveriesOf(request, all, options) : []),
    async enrich(ctx, delivery) {
      const item = await enrich(ctx, delivery).catch((error: unknown) => {
        // Gone again by now.
        if (error instanceof ConnectorError && error.errorClass === "not_found") return null;
        throw error;
      });
      return item && keeps(item, objectOf(delivery.want)) ? item : null;
    },
  };
}

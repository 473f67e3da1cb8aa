/** МойСклад's records as our flat outputs, and our inputs as its records. Sums are kopecks there and roubles here. */
import { createHash } from "node:crypto";
import type { Json, JsonObject, Once } from "../kit/define.ts";
import { filled, listOf, numberOf, objectOf, objectsOf, textOf } from "../kit/read.ts";
import { entityOf, fromMoscow, idOf, moscowTime, reference } from "./api.ts";
import { attributesAsInput, attributesBody, attributesOut } from "./attributes.ts";

const roubles = (value: Json | undefined): number | null => {
  const kopecks = numberOf(value);
  return kopecks === null ? null : Math.round(kopecks) / 100;
};
const nameOf = (value: Json | undefined) => textOf(objectOf(value).name);
const urlOf = (record: JsonObject) => textOf(objectOf(record.meta).uuidHref);

export function counterpartyOf(record: JsonObject): JsonObject {
  return {
    id: idOf(record),
    name: textOf(record.name),
    phone: textOf(record.phone),
    email: textOf(record.email),
    externalCode: textOf(record.externalCode),
    code: textOf(record.code),
    companyType: textOf(record.companyType),
    description: textOf(record.description),
    tags:
      listOf(record.tags)
        .map((tag) => textOf(tag))
        .filter((tag) => tag !== null)
        .join(", ") || null,
    state: nameOf(record.state),
    actualAddress: textOf(record.actualAddress),
    inn: textOf(record.inn),
    salesAmount: roubles(record.salesAmount),
    archived: record.archived === true,
    created: fromMoscow(record.created),
    updated: fromMoscow(record.updated),
    url: urlOf(record),
    attributes: attributesOut(record),
  };
}

export function orderOf(record: JsonObject): JsonObject {
  const agent = objectOf(record.agent);
  const state = objectOf(record.state);
  const [sum, payedSum] = [roubles(record.sum), roubles(record.payedSum)];
  return {
    id: idOf(record),
    name: textOf(record.name),
    externalCode: textOf(record.externalCode),
    state: textOf(state.name),
    stateId: idOf(state),
    stateType: textOf(state.stateType),
    sum,
    payedSum,
    isPaid: sum !== null && payedSum !== null && sum > 0 && payedSum >= sum,
    shippedSum: roubles(record.shippedSum),
    invoicedSum: roubles(record.invoicedSum),
    moment: fromMoscow(record.moment),
    deliveryPlannedMoment: fromMoscow(record.deliveryPlannedMoment),
    description: textOf(record.description),
    agentId: idOf(agent),
    agentName: textOf(agent.name),
    agentPhone: textOf(agent.phone),
    agentEmail: textOf(agent.email),
    organization: nameOf(record.organization),
    store: nameOf(record.store),
    salesChannel: nameOf(record.salesChannel),
    project: nameOf(record.project),
    owner: nameOf(record.owner),
    shipmentAddress: textOf(record.shipmentAddress),
    applicable: record.applicable === true,
    created: fromMoscow(record.created),
    updated: fromMoscow(record.updated),
    url: urlOf(record),
    attributes: attributesOut(record),
  };
}
/** Links of an order that its output shows by name. */
export const ORDER_EXPAND = "state,agent,organization,store,salesChannel,project,owner";
export const COUNTERPARTY_EXPAND = "state";

const stateOf = (entity: "counterparty" | "customerorder", id: Json | undefined) => {
  const text = textOf(id);
  return text === null ? undefined : reference("state", `entity/${entity}/metadata/states/${encodeURIComponent(text)}`);
};

export function counterpartyBody(input: JsonObject, isNew: boolean): JsonObject {
  const name = textOf(input.name) ?? (isNew ? unnamed(input) : undefined);
  return filled({
    name: name?.slice(0, 255),
    companyType: input.companyType,
    phone: input.phone,
    email: input.email,
    externalCode: input.externalCode,
    code: input.code,
    description: input.description,
    tags: (Array.isArray(input.tags) ? input.tags : [input.tags ?? null]).filter((tag) => textOf(tag) !== null),
    state: stateOf("counterparty", input.state),
    owner: entityOf("employee", input.owner),
    actualAddress: input.actualAddress,
    legalTitle: input.legalTitle,
    legalFirstName: input.legalFirstName,
    legalLastName: input.legalLastName,
    legalMiddleName: input.legalMiddleName,
    inn: input.inn,
    attributes: attributesBody("counterparty", input),
  });
}
/** The service demands a name, and a caller has none. */
const unnamed = (input: JsonObject) => textOf(input.phone) ?? textOf(input.email) ?? "Без имени";

/** Kopecks of a sum in roubles; text that is no number goes on as it is, and is refused there. */
const kopecks = (value: Json | undefined): Json => {
  const number = numberOf(value);
  return number === null ? (value ?? 0) : Math.round(number * 100);
};
function positionOf(one: JsonObject): JsonObject {
  const type = textOf(one.type) ?? "product";
  return filled({
    assortment: one.assortment ?? entityOf(type, one.product ?? one.id),
    quantity: numberOf(one.quantity) ?? 1,
    price: one.price === undefined ? undefined : kopecks(one.price),
    discount: one.discount,
    vat: one.vat,
  });
}

export function orderBody(input: JsonObject): JsonObject {
  return filled({
    name: input.name,
    externalCode: input.externalCode,
    organization: entityOf("organization", input.organization),
    agent: entityOf("counterparty", input.agent),
    state: stateOf("customerorder", input.state),
    store: entityOf("store", input.store),
    salesChannel: entityOf("saleschannel", input.salesChannel),
    project: entityOf("project", input.project),
    owner: entityOf("employee", input.owner),
    moment: moscowTime(input.moment, "moment"),
    deliveryPlannedMoment: moscowTime(input.deliveryPlannedMoment, "deliveryPlannedMoment"),
    description: input.description,
    shipmentAddress: input.shipmentAddress,
    applicable: input.applicable,
    positions: objectsOf(input.positions).map(positionOf),
    attributes: attributesBody("customerorder", input),
  });
}

/** Our records carry it in front of their `syncId`, so that a trigger of ours can pass them over. */
const MARK = "73767961";

/** The same call gives the same id for ever: the service answers a repeated one with the record that it made before. */
export function syncIdOf(once: Once, entity: string): string {
  const hash = createHash("sha256").update(`${entity} ${once.key}`).digest("hex");
  return `${MARK}-${hash.slice(0, 4)}-8${hash.slice(4, 7)}-8${hash.slice(7, 10)}-${hash.slice(10, 22)}`;
}
export const isOwn = (record: JsonObject): boolean => (textOf(record.syncId) ?? "").startsWith(`${MARK}-`);

/** What a found record holds, by input field, for the rules "add" and "fill if empty". */
export function asInput(entity: "counterparty" | "customerorder", record: JsonObject): JsonObject {
  const { attributes: _, ...output } = entity === "counterparty" ? counterpartyOf(record) : orderOf(record);
  const links = Object.fromEntries(
    ["organization", "agent", "store", "salesChannel", "project", "owner", "state"].flatMap(
      (field): [string, Json][] => (record[field] === undefined ? [] : [[field, idOf(record[field])]]),
    ),
  );
  return { ...output, ...links, tags: record.tags ?? null, ...attributesAsInput(record) };
}

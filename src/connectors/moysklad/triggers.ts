/** Triggers of МойСклад: webhooks where the user may set them up, and a poll every five minutes behind them. */
import type { Field, JsonObject, Poll, Text, Trigger } from "../kit/define.ts";
import { isAmong, momentIn } from "../kit/read.ts";
import type { Entity } from "./api.ts";
import { attributeOutput } from "./attributes.ts";
import { orderChanges, since } from "./changes.ts";
import { hookOf, type Subscription } from "./hooks.ts";
import {
  changeFields,
  changeSample,
  counterpartyOutput,
  counterpartySample,
  orderOutput,
  orderSample,
} from "./outputs.ts";
import { outputOf } from "./search.ts";
import { COUNTERPARTY_EXPAND, isOwn, ORDER_EXPAND } from "./shapes.ts";

const ownToo: Field = {
  key: "ownToo",
  label: { ru: "И то, что сделано этим ботом", en: "Also what this bot did" },
  kind: "boolean",
  hint: {
    ru: "Обычно нет: иначе связка отвечает сама себе.",
    en: "Usually not: otherwise the bundle answers itself.",
  },
};
const onlyStates: Field = {
  key: "states",
  label: { ru: "Только статусы", en: "Only these states" },
  kind: "reference",
  list: { name: "states" },
  many: true,
  common: true,
};

const CREATED: Record<Entity, Pick<Trigger, "key" | "name" | "about" | "words" | "output" | "sample">> = {
  customerorder: {
    key: "newOrder",
    name: { ru: "Новый заказ покупателя", en: "New customer order" },
    about: { ru: "Заказ создан в МоёмСкладе.", en: "An order was created in MoySklad." },
    words: ["заказ создан", "новый заказ", "order created"],
    output: orderOutput,
    sample: orderSample,
  },
  counterparty: {
    key: "newCounterparty",
    name: { ru: "Новый контрагент", en: "New counterparty" },
    about: { ru: "Контрагент создан в МоёмСкладе.", en: "A counterparty was created in MoySklad." },
    words: ["новый клиент", "контрагент создан", "customer created"],
    output: counterpartyOutput,
    sample: counterpartySample,
  },
};

function created(entity: Entity): Trigger {
  const poll: Poll = {
    everyMinutes: 5,
    migrates: true,
    isAscending: true,
    async *items(ctx, options, { at: from, until }) {
      const expand = entity === "counterparty" ? COUNTERPARTY_EXPAND : ORDER_EXPAND;
      for await (const page of since(ctx, entity, "created", from, expand)) {
        const items = page
          .filter((record) => options.ownToo === true || !isOwn(record))
          .map((record) => outputOf(entity, record));
        const inTime = items.filter((item) => (momentIn("created")(item) ?? until) <= until);
        yield { items: inTime };
        if (inTime.length < items.length) return;
      }
    },
  };
  return {
    ...CREATED[entity],
    options: [ownToo],
    outputOf: (ctx) => attributeOutput(ctx, entity),
    poll,
    hook: hookOf(CREATED[entity].key, [{ entityType: entity, action: "CREATE" }]),
    record: (item) => String(item.id),
    change: (item) => String(item.id),
    at: momentIn("created"),
  };
}

const STATE: readonly Subscription[] = [{ entityType: "customerorder", action: "UPDATE" }];
const PAYMENT: readonly Subscription[] = (["paymentin", "cashin"] as const).flatMap((entityType) => [
  { entityType, action: "CREATE" },
  { entityType, action: "UPDATE" },
]);

function changed(about: {
  key: string;
  name: Text;
  about: Text;
  words: readonly string[];
  state: boolean;
  payment: boolean;
}): Trigger {
  const { state, payment, ...named } = about;
  /** The choice of states says nothing about payments. */
  const keeps = (item: JsonObject, options: JsonObject) => {
    return item.what === "payment" || isAmong(item.stateId, options.states);
  };
  return {
    ...named,
    options: state ? [onlyStates, ownToo] : [],
    output: [...orderOutput, ...changeFields],
    outputOf: (ctx) => attributeOutput(ctx, "customerorder"),
    sample: { ...orderSample, ...changeSample, ...(state ? {} : { what: "payment" }) },
    repeats: "every",
    poll: {
      everyMinutes: 5,
      async *items(ctx, options, from) {
        const wanted = { state, payment, ownToo: options.ownToo === true };
        for await (const page of orderChanges(ctx, wanted, from, ORDER_EXPAND)) {
          yield { items: page.items.filter((item) => keeps(item, options)), cursor: page.cursor };
        }
      },
    },
    hook: hookOf(named.key, [...(state ? STATE : []), ...(payment ? PAYMENT : [])], keeps),
    record: (item) => String(item.id),
    change: (item) => `${item.what} ${item.changeId}`,
    at: momentIn("changedAt"),
  };
}

export const triggers: readonly Trigger[] = [
  changed({
    key: "orderChanged",
    name: { ru: "Обновление заказа (статус и оплата)", en: "Order changed (state and payment)" },
    about: {
      ru: "Каждая смена статуса заказа и каждое изменение его оплаты.",
      en: "Every change of an order's state and of its payment.",
    },
    words: ["изменение заказа", "обновление заказа", "статус", "оплата", "order updated", "status", "payment"],
    state: true,
    payment: true,
  }),
  changed({
    key: "orderState",
    name: { ru: "Обновление статуса заказа", en: "Order state changed" },
    about: { ru: "Каждая смена статуса заказа покупателя.", en: "Every change of a customer order's state." },
    words: ["статус", "смена статуса", "выполнен", "отгружен", "status"],
    state: true,
    payment: false,
  }),
  changed({
    key: "orderPayment",
    name: { ru: "Изменение оплаты заказа", en: "Order payment changed" },
    about: {
      ru: "По заказу прошёл, изменён или убран платёж.",
      en: "A payment for an order came in, was changed or taken away.",
    },
    words: ["оплата", "оплачен", "платёж", "payment", "paid"],
    state: false,
    payment: true,
  }),
  created("customerorder"),
  created("counterparty"),
];

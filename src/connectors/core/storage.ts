/** Data storage: counters and small records that outlive a run. All bundles of a workspace share them. */
import { type Action, type Context, defineConnector, type Field, type Json, type JsonObject } from "../kit/define.ts";
import { ConnectorError } from "../kit/errors.ts";
import { numberOf, textOf } from "../kit/read.ts";
import type { Kept, Storage } from "../kit/storage.ts";
import { formatLocal } from "../kit/time.ts";

const MAX_NAME = 200;
const MAX_VALUE = 64 * 1024;
const DAY_MS = 86_400_000;

function storageOf(ctx: Context): Storage {
  if (ctx.storage) return ctx.storage;
  throw new ConnectorError("defect", {
    ru: "Хранилище доступно только внутри запущенной связки.",
    en: "Data storage works inside a running bundle only.",
  });
}

/** Names are compared as people write them: without case and outer spaces. */
function nameOf(input: JsonObject, field: string): string {
  const text = (textOf(input[field]) ?? "").toLowerCase();
  if (text.length <= MAX_NAME) return text;
  throw new ConnectorError(
    "data",
    { ru: `Имя или ключ длиннее ${MAX_NAME} знаков.`, en: `A name or key is longer than ${MAX_NAME} characters.` },
    { field },
  );
}

function untilOf(ctx: Context, input: JsonObject): Date | null {
  const days = numberOf(input.days);
  if (days === null) return null;
  if (days > 0 && days <= 36_500) return new Date(ctx.now().getTime() + days * DAY_MS);
  throw new ConnectorError(
    "data",
    {
      ru: "«Хранить, дней» — число больше нуля; пусто значит «всегда».",
      en: "“Keep, days” is a number above zero; empty means always.",
    },
    { field: "days" },
  );
}

const PERIODS: Readonly<Record<string, readonly [pattern: string, days: number]>> = {
  day: ["yyyy-MM-dd", 2],
  month: ["yyyy-MM", 32],
  year: ["yyyy", 367],
};

/** Where the counter stands now: one that begins anew every day has a place for each, which is forgotten afterwards. */
function placeOf(ctx: Context, input: JsonObject): { name: string; key: string; until: Date | null } {
  const [pattern, days] = PERIODS[textOf(input.restart) ?? ""] ?? [];
  return {
    name: `counter ${nameOf(input, "counter")}`,
    key: pattern ? formatLocal(ctx.now(), ctx.timeZone, pattern) : "",
    until: days === undefined ? null : new Date(ctx.now().getTime() + days * DAY_MS),
  };
}

/** A JSON number where a double holds it. */
function numberJson(text: string): Json {
  return String(Number(text)) === text ? Number(text) : text;
}

const counter: readonly Field[] = [
  {
    key: "counter",
    label: { ru: "Счётчик", en: "Counter" },
    kind: "text",
    required: true,
    common: true,
    hint: {
      ru: "Любое имя: по нему счётчик узнают все связки.",
      en: "Any name; all bundles know the counter by it.",
    },
  },
  {
    key: "restart",
    label: { ru: "Начинать заново", en: "Begin anew" },
    kind: "choice",
    initial: "never",
    common: true,
    choices: [
      { value: "never", label: { ru: "никогда", en: "never" } },
      { value: "day", label: { ru: "каждый день", en: "every day" } },
      { value: "month", label: { ru: "каждый месяц", en: "every month" } },
      { value: "year", label: { ru: "каждый год", en: "every year" } },
    ],
  },
];
const counted: readonly Field[] = [
  { key: "value", label: { ru: "Значение", en: "Value" }, kind: "decimal", common: true },
];
const record: readonly Field[] = [
  {
    key: "table",
    label: { ru: "Список", en: "List" },
    kind: "text",
    required: true,
    common: true,
    hint: { ru: "Любое имя, например «клиенты».", en: "Any name, such as “customers”." },
  },
  {
    key: "key",
    label: { ru: "Ключ", en: "Key" },
    kind: "text",
    required: true,
    common: true,
    hint: {
      ru: "По нему запись находится: телефон, номер заказа.",
      en: "The record is found by it: a phone, an order's number.",
    },
  },
];
const days: Field = {
  key: "days",
  label: { ru: "Хранить, дней", en: "Keep, days" },
  kind: "decimal",
  common: true,
  hint: { ru: "Пусто: пока не удалят.", en: "Empty: until it is deleted." },
};
const kept: readonly Field[] = [
  { key: "value", label: { ru: "Значение", en: "Value" }, kind: "longText", common: true },
  { key: "changedAt", label: { ru: "Изменено", en: "Changed" }, kind: "dateTime", meaning: "changedAt" },
  { key: "until", label: { ru: "Хранится до", en: "Kept until" }, kind: "dateTime" },
];
const outputOf = (one: Kept | null): JsonObject => ({
  value: one?.value ?? null,
  changedAt: one?.changedAt.toISOString() ?? null,
  until: one?.until?.toISOString() ?? null,
});
const KEPT = { value: "VIP", changedAt: "2026-01-10T09:00:00.000Z", until: "2026-02-09T09:00:00.000Z" };

const add: Action = {
  key: "addToCounter",
  name: { ru: "Прибавить к счётчику", en: "Add to a counter" },
  about: {
    ru: "Номер по порядку, сумма за день. Повтор шага дважды не прибавит.",
    en: "A running number, a day's sum. A repeated step doesn't add twice.",
  },
  words: ["счётчик", "счетчик", "номер", "сумма", "counter", "increment"],
  kind: "other",
  safe: true,
  fields: [
    ...counter,
    {
      key: "amount",
      label: { ru: "Сколько прибавить", en: "How much to add" },
      kind: "decimal",
      initial: "1",
      required: true,
      common: true,
      hint: { ru: "Отрицательное число отнимает.", en: "A negative number takes away." },
    },
  ],
  output: counted,
  sample: { value: 12 },
  async run(ctx, input, once) {
    const { name, key, until } = placeOf(ctx, input);
    const amount = textOf(input.amount) ?? "1";
    if (!/^-?\d{1,30}(\.\d{1,15})?$/.test(amount)) {
      throw new ConnectorError(
        "data",
        { ru: "Прибавить можно только обычное число.", en: "Only a plain number can be added." },
        { field: "amount" },
      );
    }
    const sum = await storageOf(ctx).add(name, key, amount, until, once.key);
    if (sum !== null) return { value: numberJson(sum) };
    throw new ConnectorError(
      "data",
      { ru: "Счётчик стал слишком большим числом.", en: "The counter has grown too large a number." },
      { field: "counter" },
    );
  },
};

const read: Action = {
  key: "readCounter",
  name: { ru: "Узнать счётчик", en: "Read a counter" },
  words: ["счётчик", "счетчик", "counter"],
  kind: "find",
  safe: true,
  fields: counter,
  output: counted,
  sample: { value: 12 },
  async run(ctx, input) {
    const { name, key } = placeOf(ctx, input);
    return { value: (await storageOf(ctx).get(name, key))?.value ?? 0 };
  },
};

const set: Action = {
  key: "setRecord",
  name: { ru: "Запомнить значение", en: "Keep a value" },
  words: ["запомнить", "сохранить", "запись", "save", "record", "store"],
  kind: "update",
  safe: true,
  fields: [
    ...record,
    { key: "value", label: { ru: "Значение", en: "Value" }, kind: "longText", required: true, common: true },
    days,
  ],
  output: kept,
  sample: KEPT,
  async run(ctx, input, once) {
    const value = input.value ?? null;
    if (JSON.stringify(value).length > MAX_VALUE) {
      throw new ConnectorError(
        "data",
        {
          ru: "Значение больше 64 КиБ: сюда кладут короткое.",
          en: "The value is over 64 KiB: this is for short ones.",
        },
        { field: "value" },
      );
    }
    const key = nameOf(input, "key");
    return outputOf(await storageOf(ctx).set(tableOf(input), key, value, untilOf(ctx, input), once.key));
  },
};
const tableOf = (input: JsonObject) => `table ${nameOf(input, "table")}`;

const get: Action = {
  key: "getRecord",
  name: { ru: "Найти запомненное", en: "Find a kept value" },
  words: ["найти", "запись", "get", "record"],
  kind: "find",
  safe: true,
  fields: record,
  output: [{ key: "found", label: { ru: "Найдено", en: "Found" }, kind: "boolean" }, ...kept],
  sample: { found: true, ...KEPT },
  async run(ctx, input) {
    const one = await storageOf(ctx).get(tableOf(input), nameOf(input, "key"));
    return { found: one !== null, ...outputOf(one) };
  },
};

const remove: Action = {
  key: "deleteRecord",
  name: { ru: "Забыть значение", en: "Forget a value" },
  words: ["удалить", "забыть", "delete", "forget"],
  kind: "other",
  safe: true,
  fields: record,
  output: [{ key: "deleted", label: { ru: "Было и удалено", en: "Was there and is gone" }, kind: "boolean" }],
  sample: { deleted: true },
  async run(ctx, input, once) {
    return { deleted: await storageOf(ctx).remove(tableOf(input), nameOf(input, "key"), once.key) };
  },
};

const first: Action = {
  key: "firstTime",
  name: { ru: "Это впервые?", en: "Is it the first time?" },
  about: {
    ru: "Запоминает ключ и говорит, встречался ли он раньше: для фильтра после этого шага.",
    en: "Keeps the key and says whether it came before: for a filter after this step.",
  },
  words: ["впервые", "повтор", "дубль", "first", "duplicate", "seen"],
  kind: "other",
  safe: true,
  fields: [...record, { ...days, hint: { ru: "Пусто: помнить всегда.", en: "Empty: remember for ever." } }],
  output: [
    { key: "isFirst", label: { ru: "Впервые", en: "First time" }, kind: "boolean", common: true },
    { key: "times", label: { ru: "Который раз", en: "How many times" }, kind: "integer" },
  ],
  sample: { isFirst: true, times: 1 },
  async run(ctx, input, once) {
    const name = `seen ${nameOf(input, "table")}`;
    const times = await storageOf(ctx).add(name, nameOf(input, "key"), "1", untilOf(ctx, input), once.key);
    return { isFirst: times === "1", times: Number(times) };
  },
};

export const storage = defineConnector({
  key: "storage",
  name: { ru: "Хранилище", en: "Data storage" },
  about: { ru: "Счётчики и записи, общие для всех связок.", en: "Counters and records shared by all bundles." },
  words: ["хранилище", "счётчик", "память", "данные", "storage", "counter", "memory"],
  core: true,
  auth: { kind: "none" },
  triggers: [],
  actions: [add, read, set, get, remove, first],
});

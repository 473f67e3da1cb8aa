/** Searches in the journals: the latest call, request or deal that fits. */
import type { Action, Context, Field, JsonObject } from "../kit/define.ts";
import { isSamePhone, numberOf, textOf } from "../kit/read.ts";
import { same } from "../kit/words.ts";
import { callsOfDays, dealsBetween, requestsOfDays, zoneOf } from "./api.ts";
import { dealJournal, dealJournalSample } from "./dealfields.ts";
import { dealFromJournal } from "./dealitems.ts";
import { callFields, callSample, requestFields, requestSample } from "./fields.ts";
import { callFromJournal, requestFromJournal } from "./items.ts";

const DAY = 86_400_000;
/** The journals give three months at most in one call. */
const MOST_DAYS = 89;

const days: Field = {
  key: "days",
  label: { ru: "За сколько дней искать", en: "How many days back" },
  kind: "integer",
  initial: "30",
  hint: { ru: "До 89: больше журнал за раз не отдаёт.", en: "Up to 89: the journal gives no more at once." },
};
const phone: Field = {
  key: "phone",
  label: { ru: "Телефон", en: "Phone" },
  kind: "phone",
  meaning: "phone",
  common: true,
};
const foundField: Field = { key: "found", label: { ru: "Найден", en: "Found" }, kind: "boolean" };

interface Search {
  readonly key: string;
  readonly name: Action["name"];
  readonly words: readonly string[];
  readonly fields: readonly Field[];
  readonly output: readonly Field[];
  readonly sample: JsonObject;
  readonly time: string;
  read(ctx: Context, from: Date, until: Date): Promise<readonly JsonObject[]>;
  /** Our field by which our input is compared; phones are, by digits. */
  readonly by: Readonly<Record<string, string>>;
}

function fits(item: JsonObject, input: JsonObject, by: Search["by"]): boolean {
  return Object.entries(by).every(([key, field]) => {
    const wanted = textOf(input[key]);
    if (wanted === null) return true;
    if (key === "phone") return isSamePhone(item[field], wanted);
    return (textOf(item[field]) ?? "").toLowerCase() === wanted.toLowerCase();
  });
}

const searchAction = (about: Search): Action => ({
  key: about.key,
  name: about.name,
  about: {
    ru: "Совпасть должны все заполненные поля; берётся самое новое. Если ничего не нашлось, связка идёт дальше с пустым результатом.",
    en: "All filled fields must match; the newest is taken. When nothing is found the bundle goes on with an empty result.",
  },
  words: about.words,
  kind: "find",
  safe: true,
  fields: [...about.fields, days],
  output: [foundField, ...about.output],
  sample: { found: true, ...about.sample },
  async run(ctx, input) {
    const asked = Object.keys(about.by).some((key) => textOf(input[key]) !== null);
    if (!asked) return { found: false };
    const back = Math.min(MOST_DAYS, Math.max(1, numberOf(input.days) ?? 30));
    const items = await about.read(ctx, new Date(ctx.now().getTime() - back * DAY), ctx.now());
    const fitting = items.filter((item) => fits(item, input, about.by));
    const [newest] = fitting.toSorted((a, b) => String(b[about.time] ?? "").localeCompare(String(a[about.time] ?? "")));
    return newest ? { found: true, ...newest } : { found: false };
  },
});

export const finds: readonly Action[] = [
  searchAction({
    key: "findCall",
    name: { ru: "Поиск звонка", en: "Find a call" },
    words: ["найти звонок", "источник клиента", "find call"],
    fields: [
      { key: "callId", label: { ru: "ID звонка", en: "Call ID" }, kind: "text", meaning: "call.id", common: true },
      phone,
    ],
    output: callFields,
    sample: callSample,
    time: "callDate",
    read: async (ctx, from, until) =>
      (await callsOfDays(ctx, from, until)).map((call) => callFromJournal(call, zoneOf(ctx.auth))),
    by: { callId: "callId", phone: "callerNumber" },
  }),
  searchAction({
    key: "findRequest",
    name: { ru: "Поиск заявки", en: "Find a request" },
    words: ["найти заявку", "источник клиента", "find request"],
    fields: [
      {
        key: "requestId",
        label: { ru: "ID заявки", en: "Request ID" },
        kind: "text",
        meaning: "request.id",
        common: true,
      },
      { key: "requestNumber", label: { ru: "Номер заявки", en: "Request number" }, kind: "text" },
      phone,
      { key: "email", label: same("Email"), kind: "email", meaning: "email", common: true },
    ],
    output: requestFields,
    sample: requestSample,
    time: "requestDate",
    read: async (ctx, from, until) =>
      (await requestsOfDays(ctx, from, until)).map((request) => requestFromJournal(request, zoneOf(ctx.auth))),
    by: { requestId: "requestId", requestNumber: "requestNumber", phone: "phone", email: "email" },
  }),
  searchAction({
    key: "findDeal",
    name: { ru: "Поиск сделки", en: "Find a deal" },
    words: ["найти сделку", "find deal"],
    fields: [
      { key: "orderNumber", label: { ru: "ID сделки", en: "Deal ID" }, kind: "text", meaning: "deal.id", common: true },
      phone,
      { key: "email", label: same("Email"), kind: "email", meaning: "email" },
    ],
    output: dealJournal,
    sample: dealJournalSample,
    time: "createdAt",
    // By the day after: the journal wants its end to lie behind its beginning.
    read: async (ctx, from, until) =>
      (await dealsBetween(ctx, from, new Date(until.getTime() + DAY))).map((deal) =>
        dealFromJournal(deal, zoneOf(ctx.auth)),
      ),
    by: { orderNumber: "orderNumber", phone: "phone", email: "email" },
  }),
];

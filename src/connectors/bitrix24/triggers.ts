/** "Created / changed" of contacts, companies, leads and deals: at once by an event, and by a poll that misses none. */
import type { Context, Field, Json, JsonObject, PollPage, PollSince, Text, Trigger } from "../kit/define.ts";
import { objectsOf, textOf } from "../kit/read.ts";
import { batch, type Command } from "./api.ts";
import { type Custom, customOutput, customsOf } from "./custom.ts";
import { type Entity, EVENT, OUTPUT, SAMPLE } from "./fields.ts";
import { applicationToken, exceptUser, type Happened, hookOf, isExcepted, wanted } from "./hook.ts";
import { type NamesOf, nameOutput, nameSample, namesCommand, namesIn } from "./names.ts";
import { outputOf, SELECT } from "./records.ts";

const PAGE = 50;
/** Pages that follow a full one are asked for in one call, each from where the one before ended. */
const AT_ONCE = 10;

/** Seconds, with the offset: without one it is unknown whose zone is meant. */
const moment = (date: Date) => `${date.toISOString().slice(0, 19)}+00:00`;

/**
 * Records whose date lies in the window, by rising ID: a record that changes while it is read neither slips over a page's
 * border nor comes twice, and any number of them may share a second.
 */
async function* pages(
  ctx: Context,
  entity: Entity,
  date: string,
  since: PollSince,
): AsyncIterable<{ records: JsonObject[]; customs: readonly Custom[]; names: NamesOf }> {
  const page = (after: Json): Command => ({
    method: `crm.${entity}.list`,
    params: {
      select: SELECT(entity),
      filter: { [`>=${date}`]: moment(since.at), [`<=${date}`]: moment(since.until), ">ID": after },
      order: { ID: "ASC" },
      start: -1,
    },
  });
  const first = await batch(ctx, { fields: { method: `crm.${entity}.fields` }, names: namesCommand, p0: page(0) });
  const customs = customsOf(first("fields"));
  const names = namesIn(entity, first, "names");
  let records = objectsOf(first("p0"));
  yield { records, customs, names };
  while (records.length === PAGE) {
    const commands: Record<string, Command> = { p0: page(records.at(-1)?.ID ?? null) };
    for (let at = 1; at < AT_ONCE; at++) commands[`p${at}`] = page(`$result[p${at - 1}][${PAGE - 1}][ID]`);
    const result = await batch(ctx, commands);
    for (let at = 0; at < AT_ONCE && records.length === PAGE; at++) {
      // What follows a page that isn't full began anew, for want of a last ID.
      records = objectsOf(result(`p${at}`));
      yield { records, customs, names };
    }
  }
}

/**
 * What a record brings. When only new ones are wanted each is one, whatever became of it. Else one that was changed in
 * its first minutes is both: its creation first, in its present state, for no other poll will see it.
 */
function happened(item: JsonObject, events: readonly Happened[], since: PollSince): readonly Happened[] {
  if (!events.includes("update")) return ["add"];
  const created = textOf(item.DATE_CREATE) ?? "";
  if (!(String(item.DATE_MODIFY) > created)) return ["add"];
  return Date.parse(created) >= Math.floor(since.at.getTime() / 1_000) * 1_000 ? ["add", "update"] : ["update"];
}

async function* items(ctx: Context, entity: Entity, options: JsonObject, since: PollSince): AsyncIterable<PollPage> {
  const events = wanted(options);
  const date = events.includes("update") ? "DATE_MODIFY" : "DATE_CREATE";
  const except = textOf(options.exceptUser);
  for await (const { records, customs, names } of pages(ctx, entity, date, since)) {
    const read = records.flatMap((record): JsonObject[] => {
      const item = { ...outputOf(entity, record, customs), ...names(record) };
      return happened(item, events, since).map((EVENT) => ({ ...item, EVENT }));
    });
    yield {
      items: read.filter((item) => events.some((event) => event === item.EVENT) && !isExcepted(item, except)),
    };
  }
}

interface Names {
  readonly name: Text;
  readonly about: Text;
  readonly words: readonly string[];
  /** By the article's words: "При добавлении контакта". */
  readonly add: Text;
  readonly update: Text;
  readonly both: Text;
  /** As the portal lists its events. */
  readonly events: Text;
}

const eventsOption = ({ add, update, both }: Names): Field => ({
  key: "EVENTS",
  label: { ru: "События", en: "Events" },
  kind: "choice",
  initial: "add",
  common: true,
  choices: [
    { value: "add", label: add },
    { value: "update", label: update },
    { value: "both", label: both },
  ],
});

const trigger = (entity: Entity, names: Names): Trigger => ({
  key: entity,
  name: names.name,
  about: names.about,
  words: names.words,
  options: [eventsOption(names), applicationToken, exceptUser],
  output: [...OUTPUT(entity), ...nameOutput(entity), EVENT],
  outputOf: (ctx) => customOutput(ctx, entity),
  sample: { ...SAMPLE[entity], ...nameSample(entity), EVENT: "add" },
  poll: {
    everyMinutes: 5,
    migrates: true,
    items: (ctx, options, since) => items(ctx, entity, options, since),
  },
  hook: hookOf(entity, names.events),
  record: (item) => String(item.ID),
  change: (item) => (item.EVENT === "add" ? String(item.ID) : `${item.ID} ${item.DATE_MODIFY}`),
  at(item) {
    const text = textOf(item.EVENT === "add" ? item.DATE_CREATE : item.DATE_MODIFY);
    return text === null ? null : new Date(text);
  },
});

export const triggers: readonly Trigger[] = [
  trigger("contact", {
    name: { ru: "Контакт создан/изменен", en: "Contact created/changed" },
    about: {
      ru: "Новый контакт CRM или изменение прежнего. Загружать ли каждый лишь единожды, выбирается в связке.",
      en: "A new contact of the CRM or a change of one. Whether each is loaded only once is chosen in the bundle.",
    },
    words: ["контакт", "клиент", "покупатель", "новый контакт", "contact", "customer", "client"],
    add: { ru: "При добавлении контакта", en: "When a contact is added" },
    update: { ru: "При изменении контакта", en: "When a contact is changed" },
    both: { ru: "При добавлении и изменении контакта", en: "When a contact is added or changed" },
    events: {
      ru: "«Создание контакта (ONCRMCONTACTADD)», «Обновление контакта (ONCRMCONTACTUPDATE)»",
      en: "ONCRMCONTACTADD, ONCRMCONTACTUPDATE",
    },
  }),
  trigger("lead", {
    name: { ru: "Лид создан/изменен", en: "Lead created/changed" },
    about: { ru: "Новый лид или изменение прежнего.", en: "A new lead or a change of one." },
    words: ["лид", "заявка", "новый лид", "lead", "request"],
    add: { ru: "При добавлении лида", en: "When a lead is added" },
    update: { ru: "При изменении лида", en: "When a lead is changed" },
    both: { ru: "При добавлении и изменении лида", en: "When a lead is added or changed" },
    events: {
      ru: "«Создание лида (ONCRMLEADADD)», «Обновление лида (ONCRMLEADUPDATE)»",
      en: "ONCRMLEADADD, ONCRMLEADUPDATE",
    },
  }),
  trigger("deal", {
    name: { ru: "Сделка создана/изменена", en: "Deal created/changed" },
    about: {
      ru: "Новая сделка или изменение прежней, в том числе её стадии.",
      en: "A new deal or a change of one, of its stage too.",
    },
    words: ["сделка", "стадия", "воронка", "новая сделка", "deal", "stage", "pipeline"],
    add: { ru: "При добавлении сделки", en: "When a deal is added" },
    update: { ru: "При изменении сделки", en: "When a deal is changed" },
    both: { ru: "При добавлении и изменении сделки", en: "When a deal is added or changed" },
    events: {
      ru: "«Создание сделки (ONCRMDEALADD)», «Обновление сделки (ONCRMDEALUPDATE)»",
      en: "ONCRMDEALADD, ONCRMDEALUPDATE",
    },
  }),
  trigger("company", {
    name: { ru: "Компания создана/изменена", en: "Company created/changed" },
    about: { ru: "Новая компания или изменение прежней.", en: "A new company or a change of one." },
    words: ["компания", "организация", "company", "organization"],
    add: { ru: "При добавлении компании", en: "When a company is added" },
    update: { ru: "При изменении компании", en: "When a company is changed" },
    both: { ru: "При добавлении и изменении компании", en: "When a company is added or changed" },
    events: {
      ru: "«Создание компании (ONCRMCOMPANYADD)», «Обновление компании (ONCRMCOMPANYUPDATE)»",
      en: "ONCRMCOMPANYADD, ONCRMCOMPANYUPDATE",
    },
  }),
];

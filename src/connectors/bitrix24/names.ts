/** What the portal calls the codes in a record: stages, sources and types in its people's words. */
import type { Field, Json, JsonObject } from "../kit/define.ts";
import { objectsOf, textOf } from "../kit/read.ts";
import type { Command, Results } from "./api.ts";
import type { Entity } from "./fields.ts";

/** Field of a code · the portal's list it comes from · what its words are called · and are in the made-up record. */
type Listed = readonly [code: string, list: RegExp, ru: string, en: string, sample: string];
const SOURCE: Listed = ["SOURCE_ID", /^SOURCE$/, "Источник: название", "Source: name", "Веб-сайт"];
const LISTED: Readonly<Record<Entity, readonly Listed[]>> = {
  contact: [["TYPE_ID", /^CONTACT_TYPE$/, "Тип контакта: название", "Contact type: name", "Клиенты"], SOURCE],
  company: [
    ["COMPANY_TYPE", /^COMPANY_TYPE$/, "Тип компании: название", "Company type: name", "Клиент"],
    ["INDUSTRY", /^INDUSTRY$/, "Сфера деятельности: название", "Industry: name", "Доставка"],
  ],
  lead: [["STATUS_ID", /^STATUS$/, "Стадия: название", "Stage: name", "Не обработан"], SOURCE],
  deal: [
    ["STAGE_ID", /^DEAL_STAGE(_\d+)?$/, "Стадия сделки: название", "Deal stage: name", "Новая"],
    ["TYPE_ID", /^DEAL_TYPE$/, "Тип: название", "Type: name", "Продажа"],
    SOURCE,
  ],
};
const keyOf = (code: string) => `${code.replace(/_ID$/, "")}_NAME`;

/** Read together with the records, so it costs the portal nothing more. */
export const namesCommand: Command = { method: "crm.status.list", params: { order: { SORT: "ASC" } } };

export type NamesOf = (record: JsonObject) => JsonObject;

/** Without the right to the lists, or where a code stands in none, there are no words. */
export function namesIn(entity: Entity, results: Results, key: string): NamesOf {
  let all: JsonObject[] = [];
  try {
    all = objectsOf(results(key));
  } catch {
    // The codes are there all the same.
  }
  const names = LISTED[entity].map(([code, list]) => {
    const own = all.filter(({ ENTITY_ID }) => list.test(textOf(ENTITY_ID) ?? ""));
    return [code, new Map(own.map(({ STATUS_ID, NAME }) => [textOf(STATUS_ID), textOf(NAME)]))] as const;
  });
  return (record) =>
    Object.fromEntries(
      names.map(([code, words]): [string, Json] => [keyOf(code), words.get(textOf(record[code])) ?? null]),
    );
}

export const nameOutput = (entity: Entity): readonly Field[] =>
  LISTED[entity].map(([code, , ru, en]) => ({ key: keyOf(code), label: { ru, en }, kind: "text" }));
export const nameSample = (entity: Entity): JsonObject =>
  Object.fromEntries(LISTED[entity].map(([code, , , , sample]) => [keyOf(code), sample]));

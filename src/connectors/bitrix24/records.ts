/** Records of the portal as our flat outputs, and our inputs as its fields. */
import type { Json, JsonObject } from "../kit/define.ts";
import { filled, isSamePhone, listOf, numberOf, objectsOf, textOf } from "../kit/read.ts";
import { type Custom, customValues } from "./custom.ts";
import { type Entity, HAS_COMMUNICATION, INPUT } from "./fields.ts";

/** By this name the portal tells records of ours from other programs'. */
export const ORIGINATOR = "svyazka";
const MULTIPLE: ReadonlySet<string> = new Set(["PHONE", "EMAIL", "WEB"]);
const DATES: ReadonlySet<string> = new Set(["BIRTHDATE", "BEGINDATE", "CLOSEDATE"]);

/** `*` brings no phones and no e-mails: they have to be named. */
export const SELECT = (entity: Entity): string[] => [
  "*",
  "UF_*",
  ...(HAS_COMMUNICATION.has(entity) ? [...MULTIPLE] : []),
];

/** Values of a multifield; where there are none its key may be missing. */
export const entriesOf = (value: Json | undefined): JsonObject[] =>
  objectsOf(value).filter((entry) => textOf(entry.VALUE) !== null);
export const valuesOf = (value: Json | undefined): string[] =>
  entriesOf(value).map((entry) => textOf(entry.VALUE) ?? "");

const time = (value: Json | undefined): string | null => {
  const at = Date.parse(textOf(value) ?? "");
  return Number.isNaN(at) ? null : new Date(at).toISOString();
};
const flag = (value: Json | undefined): boolean | null => {
  const text = textOf(value);
  return text === null ? null : text === "Y" || text === "1";
};
/** An absent link is "0" in places. */
const link = (value: Json | undefined): string | null => {
  const text = textOf(value);
  return text === "0" ? null : text;
};

function one(key: string, kind: string, value: Json | undefined): Json {
  if (MULTIPLE.has(key)) return valuesOf(value)[0] ?? null;
  if (DATES.has(key)) return textOf(value)?.slice(0, 10) ?? null;
  if (kind === "decimal") return numberOf(value);
  if (kind === "boolean") return flag(value);
  return key === "COMPANY_ID" || key === "CONTACT_ID" ? link(value) : textOf(value);
}

export function outputOf(entity: Entity, record: JsonObject, customs: readonly Custom[]): JsonObject {
  const own = Object.fromEntries(
    INPUT[entity].map(({ key, kind }): [string, Json] => [key, one(key, kind, record[key])]),
  );
  const name = [record.NAME, record.LAST_NAME].map((part) => textOf(part)).filter((part) => part !== null);
  return {
    ID: textOf(record.ID),
    ...(entity === "contact" || entity === "lead" ? { FULL_NAME: name.join(" ") || null } : {}),
    ...own,
    ...(HAS_COMMUNICATION.has(entity) ? { PHONES: valuesOf(record.PHONE), EMAILS: valuesOf(record.EMAIL) } : {}),
    ...(entity === "deal" ? { CLOSED: flag(record.CLOSED) } : {}),
    CREATED_BY_ID: textOf(record.CREATED_BY_ID),
    MODIFY_BY_ID: textOf(record.MODIFY_BY_ID),
    DATE_CREATE: time(record.DATE_CREATE),
    DATE_MODIFY: time(record.DATE_MODIFY),
    ...customValues(record, customs),
  };
}

/** What a found record holds, by input field: all its phones and e-mails, values of lists by their ids. */
export function asInput(entity: Entity, record: JsonObject, customs: readonly Custom[]): JsonObject {
  const output = outputOf(entity, record, customs);
  const raw = Object.fromEntries(
    customs
      .filter(({ type }) => type === "enumeration")
      .map(({ code }): [string, Json] => [code, record[code] === false ? null : (record[code] ?? null)]),
  );
  return {
    ...output,
    ...raw,
    ...(HAS_COMMUNICATION.has(entity) ? { PHONE: valuesOf(record.PHONE), EMAIL: valuesOf(record.EMAIL) } : {}),
    WEB: valuesOf(record.WEB),
  };
}

const isSame = (key: string, one: Json | undefined, other: string) =>
  key === "PHONE" ? isSamePhone(one, other) : (textOf(one) ?? "").toLowerCase() === other.toLowerCase();

/**
 * What is to be sent for a multifield: entries are changed one by one, and one without an ID is added even when it is
 * there already. `replaces`: a single new value takes the first entry's place; otherwise it joins them.
 */
function entries(key: string, value: Json, known: readonly JsonObject[], replaces: boolean): JsonObject[] {
  const wanted = (Array.isArray(value) ? value : [value]).map((text) => textOf(text)).filter((text) => text !== null);
  const fresh = wanted.filter((text) => !known.some((entry) => isSame(key, entry.VALUE, text)));
  const [first] = known;
  const [only] = fresh;
  const taken = replaces && !Array.isArray(value) && first && only ? textOf(first.ID) : null;
  if (taken !== null && only !== undefined) return [{ ID: taken, VALUE: only }];
  return fresh.map((VALUE) => ({ VALUE, VALUE_TYPE: "WORK" }));
}

/** The fields to write. `known`: the record as it is, where one is changed. */
export function bodyOf(entity: Entity, input: JsonObject, known: JsonObject = {}, replaces = false): JsonObject {
  const body: JsonObject = {};
  const declared = new Set(INPUT[entity].map(({ key }) => key));
  for (const [key, value] of Object.entries(input)) {
    if (!declared.has(key) && !key.startsWith("UF_")) continue;
    if (MULTIPLE.has(key)) body[key] = entries(key, value, entriesOf(known[key]), replaces);
    else if (typeof value === "boolean") body[key] = key.startsWith("UF_") ? (value ? "1" : "0") : value ? "Y" : "N";
    else if (key === "OPPORTUNITY") body[key] = numberOf(value);
    else body[key] = Array.isArray(value) ? listOf(value) : value;
  }
  if (textOf(input.ORIGIN_ID) !== null) body.ORIGINATOR_ID = ORIGINATOR;
  // A stage names its pipeline; a deal of the first pipeline would take no stage of another one.
  const pipeline = /^C(\d+):/.exec(textOf(input.STAGE_ID) ?? "")?.[1];
  const isNewDeal = entity === "deal" && textOf(known.ID) === null;
  if (isNewDeal && pipeline !== undefined && textOf(input.CATEGORY_ID) === null) body.CATEGORY_ID = pipeline;
  return filled(body);
}

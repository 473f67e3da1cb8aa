/** Texts that a person would put together of what an event brought: a message's body, a subject, a record's name. */
import type { Field, Locale, Meaning } from "../../connectors/kit/fields.ts";
import type { Source, SourceField } from "../engine.ts";
import { isEmpty } from "../values/settings.ts";
import { escapeText } from "../values/template.ts";
import { meaningOf } from "./meaning.ts";
import { compact } from "./words.ts";

const MAX_LINES = 10;
/** What people want to read of an event, in this order. */
const TOLD: readonly Meaning[] = [
  "title",
  "name.full",
  "company",
  "phone",
  "email",
  "amount",
  "status",
  "city",
  "address",
  "comment",
  "url",
];
const NUMBERS = new Set(["nomer", "number", "nomerzakaza", "ordernumber", "nomersdelki", "dealnumber"]);

/** A field for the text of a message or a note: its whole action is about what stands in it. */
export function isMessage(field: Field, kind: string | undefined): boolean {
  if (field.required !== true || field.kind !== "longText" || (kind !== "create" && kind !== "other")) return false;
  return /^(?:text|comment|message|body)$/i.test(field.key);
}

/** What happened, and then line by line what is known of it; null where nothing is. */
export function composeMessage(source: Source | undefined, locale: Locale): string | null {
  if (source === undefined) return null;
  const fields = source.fields.filter(isTold);
  const of = (meaning: Meaning) => best(fields, meaning);
  const name = of("name.full");
  const parts = name ? [] : [of("name.first"), of("name.last")].filter((one) => one !== undefined);
  const told = TOLD.flatMap((meaning): SourceField[] => {
    const found = of(meaning);
    return found === undefined ? [] : [worded(found, source)];
  });
  const number = numberOf(fields);
  const own = fields.filter(isOwn);
  const lines = [...(number ? [number] : []), ...told, ...own];
  const known = lines.filter((one, at) => lines.findIndex(({ template }) => template === one.template) === at);
  const texts = known.map((one) => `${escapeText(one.field.label[locale])}: ${one.template}`);
  if (parts.length > 0) texts.unshift(`${NAME[locale]}: ${parts.map(({ template }) => template).join(" ")}`);
  return texts.length === 0
    ? null
    : [escapeText(source.title[locale]), ...texts.slice(0, MAX_LINES)].filter((one) => one !== "").join("\n");
}

/** A few words by which a record is known among others: what happened, and its number or whose it is. */
export function composeTitle(source: Source | undefined, locale: Locale): string | null {
  if (source === undefined) return null;
  const fields = source.fields.filter(isTold);
  const first = best(fields, "name.first");
  const last = best(fields, "name.last");
  const named = first && last ? `${first.template} ${last.template}` : first?.template;
  const whose =
    numberOf(fields)?.template ??
    best(fields, "name.full")?.template ??
    named ??
    best(fields, "phone")?.template ??
    best(fields, "email")?.template ??
    best(fields, "order.id")?.template;
  if (whose === undefined) return null;
  const event = source.title[locale].replace(/^[^:]*: /, "");
  return event === "" ? whose : `${escapeText(event)}: ${whose}`;
}

const NAME = { ru: "Имя", en: "Name" } as const;

const isTold = ({ field, value }: SourceField): boolean =>
  field.secret !== true && field.kind !== "object" && field.kind !== "boolean" && !isEmpty(value);

/** What the account or the sender named: all of it was asked for by somebody. */
const isOwn = ({ field }: SourceField): boolean => field.custom === true || field.key.startsWith("body.");

function best(fields: readonly SourceField[], meaning: Meaning): SourceField | undefined {
  return (
    fields.find(({ field }) => field.meaning === meaning) ?? fields.find(({ field }) => meaningOf(field) === meaning)
  );
}

function numberOf(fields: readonly SourceField[]): SourceField | undefined {
  return fields.find(({ field }) =>
    [field.label.ru, field.label.en, field.key].some((one) => NUMBERS.has(compact(one))),
  );
}

/** Beside an id its name is what people read: the status rather than 40002. */
export function worded(one: SourceField, { fields }: Pick<Source, "fields">): SourceField {
  const stem = /^(.+?)(?:_?ID|Id)$/.exec(one.field.key)?.[1];
  if (stem === undefined) return one;
  const isName = ({ field }: SourceField) => field.key === `${stem}Name` || field.key === `${stem}_NAME`;
  return fields.find((other) => isName(other) && !isEmpty(other.value)) ?? one;
}

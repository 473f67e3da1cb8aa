/** Which source belongs to which field: by meaning, by its stand-ins, by name. */
import type { Field, Meaning } from "../../connectors/kit/fields.ts";
import type { SourceField } from "../engine.ts";
import { isEmpty } from "../values/settings.ts";
import { worded } from "./compose.ts";
import { meaningOf } from "./meaning.ts";
import { FOREIGN, IDENTITY, INSTEAD, NEWEST_FIRST, OWN_IDS } from "./standins.ts";
import { compact, inclusion, likeness } from "./words.ts";

export interface Candidate {
  readonly field: SourceField;
  readonly connector: string;
  readonly meaning: Meaning | undefined;
}
export interface Choice {
  readonly template: string;
  readonly isSure: boolean;
}
/** A column «Имя» without one for the surname holds both. */
export function isAlone(field: Field, fields: readonly Field[]): boolean {
  return field.custom === true && !fields.some((one) => meaningOf(one) === "name.last");
}

/** Keys of a form, columns of a sheet, fields of an account. */
export const isNamedByPerson = (field: Field): boolean => field.custom === true || field.key.startsWith("body.");

/** Both services call it the same in both languages. */
export function isSameInBoth(source: Field, field: Field): boolean {
  const isSame = source.label.ru === field.label.ru && source.label.en === field.label.en;
  // A meaning that could be guessed was left out on purpose.
  return isSame && source.kind === field.kind && field.label.en.length > 4 && meaningOf(field) === undefined;
}

/** The source that means the same, or what may stand in for it. */
export function byMeaning(
  meaning: Meaning,
  usable: readonly Candidate[],
  { connector }: { readonly connector: string },
  isWanted: boolean,
): Choice | null {
  const same = pick(meaning, meaning, usable, connector);
  if (same !== undefined && !isEmpty(same.field.value)) return { template: same.field.template, isSure: true };
  for (const { meaning: other, isUnsure, isWeak } of INSTEAD[meaning] ?? []) {
    if (isWeak === true && !isWanted) continue;
    const found = pick(other, meaning, usable, connector);
    // What the sample leaves empty gives way only to something that holds a value.
    if (found === undefined || (same !== undefined && isEmpty(found.field.value))) continue;
    return { template: found.field.template, isSure: isUnsure !== true };
  }
  return same === undefined ? null : { template: same.field.template, isSure: true };
}

/** The source with this meaning for a field of that one: with a value in the sample rather than without, declared rather than guessed. */
function pick(
  meaning: Meaning,
  wanted: Meaning,
  usable: readonly Candidate[],
  connector: string,
): Candidate | undefined {
  const found = usable.filter((one) => {
    if (one.meaning !== meaning) return false;
    // Within one service the id of another record is no stranger's.
    if (FOREIGN.has(wanted) && meaning !== wanted) return one.connector !== connector || !OWN_IDS.has(meaning);
    if (meaning === "manager" && one.connector !== connector) return !/id$/i.test(one.field.field.key);
    return one.connector === connector || !OWN_IDS.has(meaning);
  });
  const ordered = NEWEST_FIRST.has(meaning) ? found.toReversed() : found;
  const rank = ({ field }: Candidate): number =>
    (field.field.meaning === meaning ? 0 : 1) + (isEmpty(field.value) ? 2 : 0);
  return ordered.reduce<Candidate | undefined>(
    (best, one) => (best === undefined || rank(one) < rank(best) ? one : best),
    undefined,
  );
}

/** First and last name where no source has both in one. */
export function fullName(usable: readonly Candidate[]): Choice | null {
  const parts = (["name.first", "name.last"] as const).map((meaning) => usable.find((one) => one.meaning === meaning));
  const templates = parts.flatMap((part) => (part === undefined ? [] : [part.field.template]));
  return templates.length === 0 ? null : { template: templates.join(" "), isSure: templates.length === 2 };
}

/** Equal names fill any field, names alike only those that want a value, and then as a guess. */
export function byName(
  field: Field,
  meaning: Meaning | undefined,
  usable: readonly Candidate[],
  taken: ReadonlySet<string>,
): Choice | null {
  const isIdentity = meaning !== undefined && IDENTITY.has(meaning);
  const free = usable.filter((one) => {
    if (isIdentity && taken.has(one.field.template)) return false;
    const isOther = meaning !== undefined && one.meaning !== undefined && one.meaning !== meaning;
    return !isOther;
  });
  const equal = free.find(({ field: { field: source } }) =>
    namesOf(source).some((name) => namesOf(field).includes(name)),
  );
  if (equal !== undefined) return { template: equal.field.template, isSure: field.kind === equal.field.field.kind };
  if (!wantsValue(field) || isIdentity) return null;
  const scored = free
    .map((one) => ({ one, score: similarity(field, one.field.field, field.custom === true) }))
    .filter(({ score }) => score >= 0.6);
  const best = scored.toSorted((a, b) => b.score - a.score)[0];
  if (best === undefined) return null;
  const fields = free.filter(({ connector }) => connector === best.one.connector).map((one) => one.field);
  return { template: worded(best.one.field, { fields }).template, isSure: false };
}

/** By which names a field can be told, in a common form. */
export function namesOf(field: Field): readonly string[] {
  const lastPart = field.key.split(".").at(-1) ?? "";
  // Keys such as `id` and `name` say nothing about whose they are.
  return [field.label.ru, field.label.en, lastPart.length > 4 ? lastPart : ""]
    .map(compact)
    .filter((name) => name !== "");
}

/** `isLoose`: a column is called by one word of what goes into it. */
function similarity(a: Field, b: Field, isLoose: boolean): number {
  const like = isLoose ? inclusion : likeness;
  return Math.max(like(a.label.ru, b.label.ru), like(a.label.en, b.label.en));
}

/** Whether its line stands on the screen at once. */
export function wantsValue(field: Field): boolean {
  return field.required === true || field.common === true;
}

/** Whether a value of the source's kind can become one of the target's. */
export function fits(source: Field, target: Field): boolean {
  if (source.secret === true) return false;
  if (target.kind === "object" || source.kind === "object") return target.kind === source.kind;
  if (source.many === true && target.many !== true) return target.kind === "text" || target.kind === "longText";
  switch (target.kind) {
    case "phone":
    case "email":
    case "dateTime":
      return source.kind === target.kind || (source.kind === "text" && meaningOf(source) === meaningOf(target));
    case "integer":
    case "decimal":
      return (
        source.kind === "integer" ||
        source.kind === "decimal" ||
        (source.kind === "text" && meaningOf(source) === meaningOf(target))
      );
    default:
      return source.kind !== "boolean";
  }
}

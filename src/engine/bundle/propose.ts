/** The mapping proposal: what would a careful person put into the fields of a new step? */
import type { Action, Field, Json, ListItem, Locale } from "../../connectors/kit/define.ts";
import type { Meaning } from "../../connectors/kit/fields.ts";
import type { Source } from "../engine.ts";
import { escapeText } from "../values/template.ts";
import { composeMessage, composeTitle, isMessage } from "./compose.ts";
import type { Habits } from "./habits.ts";
import { meaningOf } from "./meaning.ts";
import type { DuplicateSettings } from "./model.ts";
import {
  byMeaning,
  byName,
  type Candidate,
  type Choice,
  fits,
  fullName,
  isAlone,
  isNamedByPerson,
  isSameInBoth,
  namesOf,
  wantsValue,
} from "./pairing.ts";
import { IDENTITY, MADE, OF_EVENTS, OWN_IDS } from "./standins.ts";
import { compact } from "./words.ts";

export interface ProposalAsk {
  /** Key of the connector whose fields are to be filled. */
  readonly connector: string;
  readonly fields: readonly Field[];
  /** In the order of the steps, the trigger first. */
  readonly sources: readonly ProposalSource[];
  /** Reference lists by name, as far as they are known. */
  readonly lists: Readonly<Record<string, readonly ListItem[]>>;
  /** The action, for its duplicates; absent for a trigger's options. */
  readonly action?: Pick<Action, "kind" | "output" | "duplicates">;
  /** Language of the texts that are put together; Russian where nobody says. */
  readonly locale?: Locale;
  /** What people put into the same step elsewhere. */
  readonly habits?: Habits;
}
/**
 * `idsOnly`: a step that writes; what it gives back besides ids is only what was put in. `finds`: whose id a search
 * gives back; a new record of that kind is made because nothing was found, so nothing of it belongs there.
 */
export type ProposalSource = Source & {
  readonly connector: string;
  readonly idsOnly?: boolean;
  readonly finds?: Meaning;
};
export interface Proposal {
  readonly values: Readonly<Record<string, Json>>;
  /** Fields whose value is a guess. */
  readonly unsure: readonly string[];
  readonly duplicates?: DuplicateSettings;
}

/** Proposes values for empty fields: by meaning, then by name, then what the field or its list suggests. */
export function propose(ask: ProposalAsk): Proposal {
  const made = ask.action?.kind === "create" ? ownId(ask.action.output) : undefined;
  const isFoundInstead = ({ connector, finds }: ProposalSource): boolean =>
    made !== undefined && finds === made && connector === ask.connector;
  const candidates = ask.sources.flatMap((source) =>
    (isFoundInstead(source) ? [] : source.fields)
      .map((field): Candidate => ({ field, connector: source.connector, meaning: givenMeaning(field.field) }))
      .filter(({ meaning }) => source.idsOnly !== true || (meaning !== undefined && MADE.has(meaning))),
  );
  const values: [string, Json][] = [];
  const unsure: string[] = [];
  const taken = new Set<string>();
  const isPerson = ask.action !== undefined && makesPerson(ask.action);
  for (const field of ask.fields) {
    const habit = ask.habits?.values.get(field.key);
    if (habit !== undefined && isListed(habit, field, ask.lists)) {
      if (habit !== null) values.push([field.key, habit]);
      const meaning = meaningOf(field);
      if (typeof habit === "string" && meaning !== undefined && IDENTITY.has(meaning)) taken.add(habit);
      continue;
    }
    if (!wantsValue(field) && !isWorthIt(field, ask, isPerson)) continue;
    const choice =
      fromList(field, ask.lists) ??
      composed(field, ask) ??
      fromSources(field, candidates, ask, taken) ??
      substitute(field, candidates, ask) ??
      fromInitial(field, ask.lists);
    if (choice === null) continue;
    values.push([field.key, choice.template]);
    if (!choice.isSure) unsure.push(field.key);
    const meaning = meaningOf(field);
    if (meaning !== undefined && IDENTITY.has(meaning)) taken.add(choice.template);
  }
  const filled = new Set(values.map(([key]) => key));
  const usual = ask.habits?.duplicates;
  const isUsual = usual?.keys.every((key) => filled.has(key)) === true;
  const duplicates =
    ask.action === undefined ? null : isUsual ? usual : proposeDuplicates(ask.action, ask.fields, filled);
  return { values: Object.fromEntries(values), unsure, ...(duplicates ? { duplicates } : {}) };
}

/**
 * People are told by phone or e-mail, and one that is found is handed on; everything else is created anew each time.
 * Null for actions that can't look for duplicates.
 */
export function proposeDuplicates(
  action: Pick<Action, "kind" | "output" | "duplicates">,
  fields: readonly Field[],
  filled: ReadonlySet<string>,
): DuplicateSettings | null {
  if (action.kind !== "create" || action.duplicates === undefined) return null;
  const keys = action.duplicates.keys.filter((key) => {
    const field = fields.find((one) => one.key === key);
    const meaning = field === undefined ? undefined : meaningOf(field);
    return filled.has(key) && (meaning === "phone" || meaning === "email");
  });
  if (!makesPerson(action) || keys.length === 0) return { mode: "create", match: "all", keys: [], rules: {} };
  return { mode: "keep", match: "any", keys, rules: {} };
}

/** Whose id an action gives back: what kind of record it makes or finds. */
export const ownId = (output: readonly Field[]): Meaning | undefined =>
  output.find(({ meaning }) => meaning !== undefined && OWN_IDS.has(meaning))?.meaning;

function makesPerson({ kind, output }: Pick<Action, "kind" | "output">): boolean {
  const made = ownId(output);
  return kind === "create" && (made === "customer.id" || made === "contact.id");
}

/** Whether the account still lists the value; where the list isn't known, it does. */
function isListed(value: Json, { kind, list }: Field, lists: ProposalAsk["lists"]): boolean {
  const items = kind === "reference" && list !== undefined ? lists[list.name] : undefined;
  if (items === undefined || typeof value !== "string" || value.includes("{{")) return true;
  return items.some((one) => one.value === value);
}

/** Whether a field that nobody insists on is to be filled at all. */
function isWorthIt(field: Field, ask: ProposalAsk, isPerson: boolean): boolean {
  if (field.custom === true || field.initial !== undefined || field.meaning === undefined) return true;
  // What the event doesn't change stays as it is in a record that already exists.
  if (ask.action?.kind === "update") return IDENTITY.has(field.meaning) || field.meaning === "changedAt";
  const isOwn = ask.sources.some(({ connector }) => connector === ask.connector);
  return !isPerson || !OF_EVENTS.has(field.meaning) || (isOwn && field.kind === "reference");
}

/** A message is about the event as a whole, not about its comment alone. */
function composed(field: Field, ask: ProposalAsk): Choice | null {
  if (!isMessage(field, ask.action?.kind)) return null;
  const exact = ask.sources[0]?.fields.some(
    ({ field: source }) => source.custom === true && namesOf(source).some((name) => namesOf(field).includes(name)),
  );
  const template = exact === true ? null : composeMessage(ask.sources[0], ask.locale ?? "ru");
  return template === null ? null : { template, isSure: false };
}

/** A record that nothing names is named after the event; a person without a name after the phone. */
function substitute(field: Field, all: readonly Candidate[], ask: ProposalAsk): Choice | null {
  if (!wantsValue(field) || ask.action === undefined || ask.action.kind === "find") return null;
  const meaning = meaningOf(field);
  if (ask.action.kind === "update") return null;
  const template =
    meaning === "title"
      ? composeTitle(ask.sources[0], ask.locale ?? "ru")
      : meaning === "name.full" && makesPerson(ask.action)
        ? (all.find((one) => one.meaning === "phone")?.field.template ??
          all.find((one) => one.meaning === "email")?.field.template ??
          null)
        : null;
  return template === null ? null : { template, isSure: false };
}

/** An id that the connector names by nothing else is the record's own. */
function givenMeaning(field: Field): Meaning | undefined {
  const meaning = meaningOf(field);
  return meaning === undefined && /^id$/i.test(field.key) ? "id" : meaning;
}

function fromList(field: Field, lists: ProposalAsk["lists"]): Choice | null {
  const items = field.kind === "reference" && field.list !== undefined ? lists[field.list.name] : undefined;
  const [only] = items ?? [];
  return items?.length === 1 && only !== undefined && wantsValue(field)
    ? { template: escapeText(only.value), isSure: true }
    : null;
}

/** What the declaration suggests; a listed value only where the account has it, else the one that reads like it. */
function fromInitial(field: Field, lists: ProposalAsk["lists"]): Choice | null {
  const { initial } = field;
  const items = field.kind === "reference" && field.list !== undefined ? lists[field.list.name] : undefined;
  if (items === undefined) return initial === undefined ? null : { template: initial, isSure: true };
  if (initial !== undefined && items.some(({ value }) => value === initial)) return { template: initial, isSure: true };
  if (initial === undefined) return null;
  const isNew = compact(initial) === "new";
  const like = items.find(({ label }) => (isNew ? /^(?:нов|new)/i.test(label) : compact(label) === compact(initial)));
  return like === undefined ? null : { template: escapeText(like.value), isSure: false };
}

function fromSources(
  field: Field,
  all: readonly Candidate[],
  ask: ProposalAsk,
  taken: ReadonlySet<string>,
): Choice | null {
  if (field.secret === true || field.kind === "boolean") return null;
  const meaning = meaningOf(field);
  const isListed = field.kind === "reference" || (field.kind === "choice" && field.open !== true);
  // Another service's words are never this account's codes.
  const usable = all.filter(
    ({ field: source, connector }) => fits(source.field, field) && (!isListed || connector === ask.connector),
  );
  // Declared without a meaning and not even common: the connector's author saw nothing that belongs there by itself,
  // but what a person named alike, and the same field of the same service.
  if (field.meaning === undefined && field.custom !== true && !wantsValue(field)) {
    const alike = usable.filter(({ field: { field: source }, connector }) =>
      connector === ask.connector
        ? source.key === field.key && ask.action?.kind === "create"
        : isNamedByPerson(source) || isSameInBoth(source, field),
    );
    return isListed || ask.action?.kind !== "create" ? null : byName(field, meaning, alike, taken);
  }
  // Where a record is moved on, its present state is the one place where it shall not stay.
  if (ask.action?.kind === "update" && meaning === "status" && isListed) return null;
  if (meaning !== undefined) {
    const wanted = meaning === "name.first" && isAlone(field, ask.fields) ? "name.full" : meaning;
    const found = byMeaning(wanted, usable, ask, wantsValue(field));
    if (found !== null) return found;
    const joined = wanted === "name.full" ? fullName(usable) : null;
    if (joined !== null) return joined;
    const first = wanted === meaning ? null : byMeaning(meaning, usable, ask, wantsValue(field));
    if (first !== null) return first;
  }
  // Another service's ids are none of this one's, however the fields are called.
  const isOwnId = meaning !== undefined && OWN_IDS.has(meaning);
  const known = isOwnId ? usable.filter(({ connector }) => connector === ask.connector) : usable;
  return isListed ? null : byName(field, meaning, known, taken);
}

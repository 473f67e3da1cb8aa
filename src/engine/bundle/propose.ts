/** The mapping proposal: what would a careful person put into the fields of a new step? */
import type { Action, Field, Json, ListItem } from "../../connectors/kit/define.ts";
import type { Meaning } from "../../connectors/kit/fields.ts";
import type { Source, SourceField } from "../engine.ts";
import { isEmpty } from "../values/settings.ts";
import { escapeText } from "../values/template.ts";
import { meaningOf } from "./meaning.ts";
import type { DuplicateSettings } from "./model.ts";
import { FOREIGN, IDENTITY, INSTEAD, MADE, NEWEST_FIRST, OF_EVENTS, OWN_IDS } from "./standins.ts";
import { compact, likeness } from "./words.ts";

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
}
/** `idsOnly`: a step that writes; what it gives back besides ids is only what was put in. */
export type ProposalSource = Source & { readonly connector: string; readonly idsOnly?: boolean };
export interface Proposal {
  readonly values: Readonly<Record<string, Json>>;
  /** Fields whose value is a guess. */
  readonly unsure: readonly string[];
  readonly duplicates?: DuplicateSettings;
}

interface Candidate {
  readonly field: SourceField;
  readonly connector: string;
  readonly meaning: Meaning | undefined;
}
interface Choice {
  readonly template: string;
  readonly isSure: boolean;
}

/** Proposes values for empty fields: by meaning, then by name, then what the field or its list suggests. */
export function propose(ask: ProposalAsk): Proposal {
  const candidates = ask.sources.flatMap((source) =>
    source.fields
      .map((field): Candidate => ({ field, connector: source.connector, meaning: meaningOf(field.field) }))
      .filter(({ meaning }) => source.idsOnly !== true || (meaning !== undefined && MADE.has(meaning))),
  );
  const values: [string, Json][] = [];
  const unsure: string[] = [];
  const taken = new Set<string>();
  const isPerson = ask.action !== undefined && makesPerson(ask.action);
  for (const field of ask.fields) {
    const own = field.meaning;
    if (isPerson && own !== undefined && OF_EVENTS.has(own) && !wantsValue(field)) continue;
    const choice =
      fromList(field, ask.lists) ?? fromSources(field, candidates, ask, taken) ?? fromInitial(field, ask.lists);
    if (choice === null) continue;
    values.push([field.key, choice.template]);
    if (!choice.isSure) unsure.push(field.key);
    const meaning = meaningOf(field);
    if (meaning !== undefined && IDENTITY.has(meaning)) taken.add(choice.template);
  }
  const filled = new Set(values.map(([key]) => key));
  const duplicates = ask.action === undefined ? null : proposeDuplicates(ask.action, ask.fields, filled);
  return { values: Object.fromEntries(values), unsure, ...(duplicates === null ? {} : { duplicates }) };
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

function makesPerson({ kind, output }: Pick<Action, "kind" | "output">): boolean {
  const made = output.find(({ meaning }) => meaning !== undefined && OWN_IDS.has(meaning))?.meaning;
  return kind === "create" && (made === "customer.id" || made === "contact.id");
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
  // Declared without a meaning and not even common: the connector's author saw nothing that belongs there by itself.
  if (field.meaning === undefined && field.custom !== true && !wantsValue(field)) return null;
  if (meaning !== undefined) {
    const found = byMeaning(meaning, usable, ask.connector);
    if (found !== null) return found;
    const joined = meaning === "name.full" ? fullName(usable) : null;
    if (joined !== null) return joined;
  }
  // Another service's ids are none of this one's, however the fields are called.
  const isOwnId = meaning !== undefined && OWN_IDS.has(meaning);
  const known = isOwnId ? usable.filter(({ connector }) => connector === ask.connector) : usable;
  return isListed ? null : byName(field, meaning, known, taken);
}

function byMeaning(meaning: Meaning, usable: readonly Candidate[], connector: string): Choice | null {
  const same = pick(meaning, meaning, usable, connector);
  if (same !== undefined && !isEmpty(same.field.value)) return { template: same.field.template, isSure: true };
  for (const { meaning: other, isUnsure } of INSTEAD[meaning] ?? []) {
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
    return one.connector === connector || !OWN_IDS.has(meaning) || (FOREIGN.has(wanted) && meaning !== wanted);
  });
  const ordered = NEWEST_FIRST.has(meaning) ? found.toReversed() : found;
  const rank = ({ field }: Candidate): number =>
    (field.field.meaning === meaning ? 0 : 1) + (isEmpty(field.value) ? 2 : 0);
  return ordered.reduce<Candidate | undefined>(
    (best, one) => (best === undefined || rank(one) < rank(best) ? one : best),
    undefined,
  );
}

function fullName(usable: readonly Candidate[]): Choice | null {
  const parts = (["name.first", "name.last"] as const).map((meaning) => usable.find((one) => one.meaning === meaning));
  const templates = parts.flatMap((part) => (part === undefined ? [] : [part.field.template]));
  return templates.length === 0 ? null : { template: templates.join(" "), isSure: templates.length === 2 };
}

/** Equal names fill any field, names alike only those that want a value, and then as a guess. */
function byName(
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
    .map((one) => ({ one, score: similarity(field, one.field.field) }))
    .filter(({ score }) => score >= 0.6);
  const best = scored.toSorted((a, b) => b.score - a.score)[0];
  return best === undefined ? null : { template: best.one.field.template, isSure: false };
}

function namesOf(field: Field): readonly string[] {
  const lastPart = field.key.split(".").at(-1) ?? "";
  // Keys such as `id` and `name` say nothing about whose they are.
  return [field.label.ru, field.label.en, lastPart.length > 4 ? lastPart : ""]
    .map(compact)
    .filter((name) => name !== "");
}

function similarity(a: Field, b: Field): number {
  return Math.max(likeness(a.label.ru, b.label.ru), likeness(a.label.en, b.label.en));
}

function wantsValue(field: Field): boolean {
  return field.required === true || field.common === true;
}

/** Whether a value of the source's kind can become one of the target's. */
function fits(source: Field, target: Field): boolean {
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

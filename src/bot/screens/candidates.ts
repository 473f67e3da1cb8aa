/** Which fields of earlier steps may fill a field, the best first, and how they look on buttons. */
import type { Field, Locale, Source, SourceField } from "../../engine/index.ts";
import { token } from "../short.ts";
import { cut } from "./lay.ts";
import { shownAs } from "./shown.ts";
import type { Look } from "./titles.ts";

export interface Candidate {
  readonly source: Source;
  readonly one: SourceField;
  /** Place in the source's fields. */
  readonly index: number;
}

export const candidates = (sources: readonly Source[]): Candidate[] =>
  sources.flatMap((source) => source.fields.map((one, index) => ({ source, one, index })));

const isNumber = (kind: Field["kind"]): boolean => kind === "integer" || kind === "decimal";
const isAlike = (a: Field["kind"], b: Field["kind"]): boolean => a === b || (isNumber(a) && isNumber(b));

/**
 * Same meaning, then same kind, then what has a value on the sample; otherwise in the order of the steps. A field that
 * an earlier step leaves empty is no answer, however alike it is.
 */
export function ranked(
  sources: readonly Source[],
  field: Pick<Field, "meaning" | "kind" | "many"> | null,
): Candidate[] {
  const score = ({ one }: Candidate): number => {
    const isPlain = one.field.kind !== "object" || field?.kind === "object";
    const has = one.shown === null || one.shown === "" ? 0 : isPlain ? 2 : 1;
    if (field === null) return has;
    const same = one.staysEmpty !== true && field.meaning !== undefined && one.field.meaning === field.meaning ? 8 : 0;
    const kind = field.kind !== "text" && field.kind !== "longText" && isAlike(one.field.kind, field.kind) ? 4 : 0;
    const list = field?.many === true && (one.field.many === true || Array.isArray(one.value)) ? 4 : 0;
    return same + kind + list + has;
  };
  return candidates(sources)
    .map((one) => ({ one, score: score(one) }))
    .sort((a, b) => b.score - a.score)
    .map(({ one }) => one);
}

const plain = (text: string): string => text.toLowerCase().replaceAll("ё", "е").trim();

/** By the field's name, its path or its value on the sample. */
export function searched(all: readonly Candidate[], typed: string, locale: Locale): Candidate[] {
  const wanted = plain(typed).replace(/^\{|\}$/g, "");
  if (wanted === "") return [];
  return all.filter(
    ({ one }) =>
      plain(one.field.label[locale]).includes(wanted) ||
      plain(one.field.key).includes(wanted) ||
      (one.shown !== null && plain(one.shown).includes(wanted)),
  );
}

/** `3 · Номер звонящего · +7 900 123-45-67`; the step's number only where there are several. */
export function candidateLabel(look: Look, candidate: Candidate, isOnly: boolean): string {
  const { source, one } = candidate;
  const example = source.isExample ? ` ${look.t.mapping.example}` : "";
  const shown = one.shown ? ` · ${cut(shownAs(look, one.shown, one.field.kind), 26)}${example}` : "";
  return `${isOnly ? "" : `${source.number} · `}${cut(one.field.label[look.locale], 34)}${shown}`;
}

export const candidateArgs = ({ source, one, index }: Candidate): [string, string] => [
  source.ref,
  token(index, one.field.key),
];

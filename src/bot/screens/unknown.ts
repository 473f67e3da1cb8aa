/** A typed value that names fields which don't exist: what was typed is kept, and one press puts the right field in. */
import type { Locale } from "../../engine/index.ts";
import { to } from "../callback.ts";
import type { Screen } from "../parts.ts";
import { type Candidate, candidateArgs, candidateLabel, candidates } from "./candidates.ts";
import { type FieldModel, fieldToken, valueToken } from "./field.ts";
import { bold, cut, lines } from "./lay.ts";
import type { Look } from "./titles.ts";

const MOST = 6;
/** A name in single braces; references have two. */
const NAME = /(?<!\{)\{(?![{%])([^{}|]+)\}(?!\})/;

/** The first name in a template that stands there as it was typed. */
export const firstUnknown = (template: string): string | null => NAME.exec(template)?.[1]?.trim() ?? null;

export const withField = (template: string, reference: string): string => template.replace(NAME, () => reference);

/** How many letters must change to make one word of the other. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (const [i, one] of [...a].entries()) {
    const next = [i + 1];
    for (const [j, other] of [...b].entries())
      next.push(Math.min((row[j] ?? 0) + (one === other ? 0 : 1), (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    row = next;
  }
  return row.at(-1) ?? 0;
}

/** Fields whose names come nearest to what was typed, the best first. */
export function nearest(all: readonly Candidate[], typed: string, locale: Locale): Candidate[] {
  const plain = (text: string) => text.toLowerCase().replaceAll("ё", "е").trim().slice(0, 80);
  const wanted = plain(typed);
  const score = ({ one }: Candidate): number => {
    const label = plain(one.field.label[locale]);
    const shared = label.split(/\s+/).filter((word) => wanted.split(/\s+/).includes(word)).length;
    const inside = label.includes(wanted) || wanted.includes(label) ? 4 : 0;
    return distance(wanted, label) - inside - 3 * shared;
  };
  return all
    .map((one) => ({ one, score: score(one) }))
    .sort((a, b) => a.score - b.score)
    .slice(0, MOST)
    .map(({ one }) => one);
}

export function unknownScreen(look: Look, model: FieldModel, unknown: string, spoken: string): Screen {
  const words = look.t.mapping;
  const found = nearest(candidates(model.sources), unknown, look.locale);
  const isOnly = new Set(found.map(({ source }) => source.ref)).size < 2;
  return {
    text: lines(words.unknownKept(cut(unknown, 60)), bold(cut(spoken, 1_000)), "", words.unknownAsk),
    keyboard: [
      ...found.map((one) => [
        {
          text: candidateLabel(look, one, isOnly),
          data: to("nfix", model.bundle, model.step, valueToken(model), ...candidateArgs(one)),
        },
      ]),
      [{ text: words.unknownLeave, data: to("step", model.bundle, model.step) }],
      [{ text: look.t.builder.back, data: to("field", model.bundle, model.step, fieldToken(model)) }],
    ],
  };
}

/** Putting a value together from fields, texts and separators. */
import type { MappingLine } from "../../engine/index.ts";
import type { Handlers, Turn } from "../parts.ts";
import { candidates, searched } from "../screens/candidates.ts";
import { appendScreen, composeScreen, fieldToken, foundFields, valueKey, valueToken } from "../screens/field.ts";
import { isFilled } from "../screens/mapping.ts";
import { SEPARATORS, withoutLast } from "../screens/typed.ts";
import { firstUnknown, withField } from "../screens/unknown.ts";
import { lookOf, refusal, stale } from "./draft.ts";
import { backToMapping, keepUnknown, type Opened, openField, setValue, sourceField, templateOf } from "./field.ts";

const MOST = 4_000;
const valueKeys = (mapping: readonly MappingLine[]): string[] => mapping.map(valueKey);

const args = (opened: Opened): [string, string] => [opened.view.id, opened.model.step];

async function showComposer(turn: Turn, opened: Opened): Promise<void> {
  const screen = composeScreen(lookOf(turn), opened.model);
  await turn.ask({ answer: "pieceText", args: [...args(opened), valueToken(opened.model)], screen });
}

/** The value so far as text; a value of another kind begins anew. */
const sofar = ({ model }: Opened): string =>
  isFilled(model.line) && typeof model.line.value === "string" ? model.line.value : "";

async function append(turn: Turn, opened: Opened, piece: string): Promise<void> {
  const value = sofar(opened) + piece;
  if (value.length > MOST) throw refusal((t) => t.mapping.long(value.length));
  await setValue(turn, opened, value);
  await turn.go("comp", ...args(opened), fieldToken(opened.model));
}

/**
 * Only while the value is what it was when the button was drawn or the question asked: a second tap, or the same update
 * handled again after a crash, appends nothing and shows the value as it is.
 */
const withValue =
  (then: (turn: Turn, opened: Opened, ...rest: (string | undefined)[]) => Promise<void>) =>
  async (turn: Turn, id?: string, step?: string, at?: string, ...rest: string[]): Promise<void> => {
    const opened = await openField(turn, id, step, at, { page: rest[0], keys: valueKeys, isPlace: true });
    if (opened === null) return;
    if (opened.isStale) await showComposer(turn, opened);
    else await then(turn, opened, ...rest);
  };

export const compose: Handlers = {
  places: {
    async comp(turn, id, step, at) {
      const opened = await openField(turn, id, step, at);
      if (opened !== null) await showComposer(turn, opened);
    },
    apl: withValue(async (turn, opened) => {
      const screen = appendScreen(lookOf(turn), opened.model);
      await turn.ask({ answer: "pieceFind", args: [...args(opened), valueToken(opened.model)], screen });
    }),
    app: withValue(async (turn, opened, ref, at) => {
      const one = sourceField(opened.model.sources, ref, at);
      if (one === null) return stale(turn, "comp", ...args(opened), fieldToken(opened.model));
      await append(turn, opened, one.template);
    }),
    sep: withValue(async (turn, opened, which) => {
      const sign = SEPARATORS[Number(which)];
      if (sign === undefined) return stale(turn, "comp", ...args(opened), fieldToken(opened.model));
      await append(turn, opened, sign);
    }),
    /** The field that was meant by an unknown name takes its place. */
    nfix: withValue(async (turn, opened, ref, at) => {
      const one = sourceField(opened.model.sources, ref, at);
      const before = sofar(opened);
      if (one === null || firstUnknown(before) === null) return stale(turn, "step", ...args(opened));
      const value = withField(before, one.template);
      if (firstUnknown(value) !== null) return keepUnknown(turn, opened, value);
      await setValue(turn, opened, value);
      await backToMapping(turn, opened);
    }),
    undo: withValue(async (turn, opened) => {
      await setValue(turn, opened, withoutLast(sofar(opened)) || undefined);
      await turn.go("comp", ...args(opened), fieldToken(opened.model));
    }),
    wipe: withValue(async (turn, opened) => {
      await setValue(turn, opened, undefined);
      await turn.go("comp", ...args(opened), fieldToken(opened.model));
    }),
  },
  answers: {
    pieceText: (turn, text, ...at) =>
      withValue(async (_, opened) => {
        const before = sofar(opened);
        const template = await templateOf(turn, opened, text);
        // Telegram trims what is typed, so words are kept apart from what stands before them.
        const gap = /(\}\}|[\p{L}\p{N}:.,])$/u.test(before) && /^[\p{L}\p{N}{]/u.test(text) ? " " : "";
        if (typeof template === "object") return keepUnknown(turn, opened, before + gap + template.template);
        await append(turn, opened, gap + String(template));
      })(turn, ...at),
    pieceFind: (turn, text, ...at) =>
      withValue(async (_, opened) => {
        const found = searched(candidates(opened.model.sources), text, turn.locale);
        const screen = foundFields(lookOf(turn), opened.model, found, text, "app");
        await turn.ask({ answer: "pieceFind", args: [...args(opened), valueToken(opened.model)], screen });
      })(turn, ...at),
  },
};

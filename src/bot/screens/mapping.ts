/** The mapping: every field of a step that matters in one message, each line with its value on the sample. */
import type { ActionStep, BundleView, DuplicateSettings, MappingLine } from "../../engine/index.ts";
import { to } from "../callback.ts";
import type { Button, Screen } from "../parts.ts";
import { token } from "../short.ts";
import { pickRows } from "./choose.ts";
import { bold, cut, cutMiddle, evenly, italic, join, lines, type Paged, type Piece, page, pager } from "./lay.ts";
import { neighbours } from "./neighbours.ts";
import { shownAs } from "./shown.ts";
import { actionOf, type Look, stepNumber, stepTitle } from "./titles.ts";

/** A message holds this many lines at most, and fewer when they are long: the head and the foot need room too. */
const MOST_LINES = 25;
const MOST_CHARACTERS = 2_700;

export const isFilled = (line: MappingLine): boolean =>
  line.value !== undefined &&
  line.value !== null &&
  line.value !== "" &&
  !(Array.isArray(line.value) && line.value.length === 0);

/** Lines worth showing at once; the others wait behind "more fields". Index: place in the whole mapping. */
export function shownLines(all: readonly MappingLine[]): Shown[] {
  return all
    .map((line, index) => ({ line, index }))
    .filter(({ line }) => isFilled(line) || line.isCommon || line.field.required === true || line.problem !== null);
}

export const keysOf = (all: readonly MappingLine[]): string[] => all.map((line) => line.field.key);

export const isMissing = (line: MappingLine): boolean => !isFilled(line) && line.field.required === true;

/** `Телефон · {Номер звонящего} → +7 900 123-45-67`. */
export function mappingLine(look: Look, number: number, line: MappingLine): Piece {
  const words = look.t.mapping;
  const mark = line.problem !== null && isFilled(line) ? `${words.problem} ` : line.unsure ? `${words.unsure} ` : "";
  const label = `${number}. ${mark}${cut(line.field.label[look.locale], 44)} · `;
  if (!isFilled(line)) return join(label, isMissing(line) ? bold(words.emptyRequired) : italic(words.empty));
  if (line.field.secret) return join(label, "••••••");
  const said = cutMiddle(line.spoken ?? "", 50);
  const result =
    line.shown === null || line.shown === line.spoken
      ? ""
      : ` → ${cutMiddle(shownAs(look, line.shown, line.field.kind), 44) || words.empty}${exampleMark(look, line)}`;
  return join(label, bold(said), result);
}

/** A connector's example must not be taken for the account's own value. */
export const exampleMark = (look: Look, line: MappingLine): string =>
  line.isExample ? ` ${look.t.mapping.example}` : "";

interface Shown {
  readonly line: MappingLine;
  readonly index: number;
}

/** Pages by length: most steps fit on one. */
function linesPages(look: Look, all: readonly Shown[]): Shown[][] {
  const pages: Shown[][] = [[]];
  let length = 0;
  for (const one of all) {
    const problem = one.line.problem && isFilled(one.line) ? cut(one.line.problem[look.locale], 120).length + 6 : 0;
    const own = mappingLine(look, 99, one.line).toString().length + 1 + problem;
    const last = pages.at(-1);
    if (last && last.length < MOST_LINES && length + own <= MOST_CHARACTERS) last.push(one);
    else pages.push([one]);
    length = pages.at(-1) === last ? length + own : own;
  }
  return pages;
}

function linesPage(look: Look, all: readonly Shown[], wanted: string | undefined): Paged<Shown> {
  const pages = linesPages(look, all);
  const at = page(pages, wanted, 1).page;
  const from = pages.slice(0, at).reduce((sum, one) => sum + one.length, 0);
  return { items: pages[at] ?? [], page: at, pages: pages.length, from };
}

/** The page that holds a field's line. */
export function pageOfField(look: Look, mapping: readonly MappingLine[], key: string): number {
  const pages = linesPages(look, shownLines(mapping));
  return Math.max(
    0,
    pages.findIndex((one) => one.some(({ line }) => line.field.key === key)),
  );
}

export interface MappingModel {
  readonly view: BundleView;
  /** Null: the trigger's options. */
  readonly step: ActionStep | null;
  readonly account: string | null;
  readonly mapping: readonly MappingLine[];
  readonly page?: string | undefined;
}

export function mappingScreen(look: Look, model: MappingModel): Screen {
  const { view, step, mapping } = model;
  const words = look.t.mapping;
  const id = step?.id ?? "trigger";
  const all = shownLines(mapping);
  const shown = linesPage(look, all, model.page);
  const hidden = mapping.length - all.length;
  const missing = mapping.filter(isMissing).length;
  const action = step && actionOf(look, step);
  const needsAccount = step !== null && model.account === null && accountNeeded(look, step.connector);
  const numbers = shown.items.map(
    ({ line, index }, i): Button => ({
      text: `${isMissing(line) ? "🔴 " : ""}${shown.from + i + 1}`,
      data: to("field", view.id, id, token(index, line.field.key)),
    }),
  );
  const more: Button[] = [
    ...(hidden > 0 ? [{ text: words.more(hidden), data: to("more", view.id, id) }] : []),
    ...(step && action?.duplicates ? [{ text: words.duplicates, data: to("dup", view.id, id) }] : []),
  ];
  const about: Button[] = step
    ? [
        ...(model.account !== null && step.connection
          ? [{ text: look.t.builder.step.account, data: to("scons", view.id, id) }]
          : []),
        { text: look.t.builder.step.menu, data: to("menu", view.id, id) },
      ]
    : [];
  return {
    text: lines(
      bold(
        step
          ? look.t.builder.step.menuTitle(stepNumber(view.body, step.id), cut(stepTitle(look, step), 90))
          : words.optionsTitle,
      ),
      model.account !== null && words.account(cut(model.account, 60)),
      "",
      all.length === 0 && words.noFields,
      ...shown.items.flatMap(({ line }, i): Piece[] => [
        mappingLine(look, shown.from + i + 1, line),
        ...(line.problem !== null && isFilled(line) ? [`     ${cut(line.problem[look.locale], 120)}`] : []),
      ]),
      step && action?.duplicates && "",
      step && action?.duplicates && `👥 ${duplicatesLine(look, step.duplicates, mapping)}`,
      "",
      mapping.some((line) => line.unsure) && words.legendUnsure,
      missing > 0 && words.left(missing),
      all.length > 0 && words.hint,
    ),
    keyboard: [
      ...evenly(numbers, numbers.length > 15 ? 6 : 5),
      ...pager(shown, "step", view.id, id),
      ...(needsAccount && step
        ? [[{ text: words.noAccount, data: to("scons", view.id, id), style: "primary" } satisfies Button]]
        : []),
      ...(more.length > 0 ? [more] : []),
      ...(about.length > 0 ? [about] : []),
      ...(step ? neighbours(look, view, step.id) : []),
      [
        {
          text: look.t.builder.done,
          data: step ? to("steps", view.id, step.id) : to("trigger", view.id),
          ...(missing === 0 ? { style: "success" as const } : {}),
        },
      ],
    ],
  };
}

/** Connectors without auth work without an account. */
export const accountNeeded = (look: Pick<Look, "catalogue">, connector: string): boolean =>
  look.catalogue.connector(connector)?.auth.kind !== "none";

/** Empty fields that aren't shown at once. */
export function moreScreen(look: Look, model: MappingModel): Screen {
  const { view, mapping } = model;
  const id = model.step?.id ?? "trigger";
  const hidden = hiddenPicks(look, model);
  const shown = page(hidden, model.page);
  return {
    text: lines(
      bold(look.t.mapping.moreTitle),
      look.t.builder.searchHint,
      mapping.length === 0 && look.t.mapping.noFields,
    ),
    keyboard: [
      ...pickRows(shown.items),
      ...pager(shown, "more", view.id, id),
      [{ text: look.t.builder.back, data: to("step", view.id, id) }],
    ],
  };
}

export function hiddenPicks(look: Look, { view, step, mapping }: MappingModel): { label: string; data: string }[] {
  const at = new Set(shownLines(mapping).map(({ index }) => index));
  return mapping.flatMap((line, index) =>
    at.has(index)
      ? []
      : [
          {
            label: line.field.label[look.locale],
            data: to("field", view.id, step?.id ?? "trigger", token(index, line.field.key)),
          },
        ],
  );
}

/** The duplicate settings in one plain sentence. */
export function duplicatesLine(
  look: Look,
  settings: DuplicateSettings | undefined,
  mapping: readonly MappingLine[],
): string {
  const words = look.t.duplicates;
  if (settings === undefined || settings.mode === "create") return words.line.create;
  const names = settings.keys.map(
    (key) => mapping.find((line) => line.field.key === key)?.field.label[look.locale] ?? key,
  );
  const keys = names.join(settings.match === "any" ? words.joinOr : words.joinAnd) || words.noKeys;
  return words.line[settings.mode](keys);
}

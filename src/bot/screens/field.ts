/** One line of the mapping opened: what it holds now, and every way to fill it. */
import type { Failure, Json, ListItem, MappingLine, Source } from "../../engine/index.ts";
import { to } from "../callback.ts";
import type { Button, Screen } from "../parts.ts";
import { short, token } from "../short.ts";
import { type Candidate, candidateArgs, candidateLabel, ranked } from "./candidates.ts";
import { bold, cut, grid, italic, lines, type Piece, page, pager } from "./lay.ts";
import { exampleMark, isFilled } from "./mapping.ts";
import { shownAs } from "./shown.ts";
import type { Look } from "./titles.ts";
import { SEPARATORS } from "./typed.ts";

export interface FieldModel {
  readonly bundle: string;
  /** A step's id or `trigger`. */
  readonly step: string;
  readonly line: MappingLine;
  readonly index: number;
  readonly sources: readonly Source[];
  readonly page?: string | undefined;
}

/** The account's list for a reference field; a failure where it couldn't be read, null where no account is chosen. */
export type Listed = { readonly items: readonly ListItem[]; readonly total: number } | Failure | null;

export const fieldToken = ({ line, index }: Pick<FieldModel, "line" | "index">): string => token(index, line.field.key);
/** Changes with the value: a second tap on "append" finds another field there. */
export const valueKey = (line: Pick<MappingLine, "field" | "value">): string =>
  line.field.key + JSON.stringify(line.value ?? null);
export const valueToken = ({ line, index }: Pick<FieldModel, "line" | "index">): string => token(index, valueKey(line));

function head(look: Look, { line }: FieldModel): Piece[] {
  const words = look.t.mapping;
  const { field } = line;
  return [
    bold(`✏️ ${field.label[look.locale]}`),
    ...(field.hint ? [italic(cut(field.hint[look.locale], 300))] : []),
    "",
    ...(isFilled(line)
      ? [
          `${words.now} ${field.secret ? "••••••" : cut(line.spoken ?? "", 500)}`,
          ...(!field.secret && line.shown !== null && line.shown !== line.spoken
            ? [`${words.onSample} ${cut(shownAs(look, line.shown, field.kind), 300)}${exampleMark(look, line)}`]
            : []),
          ...(line.problem ? [`${words.problem} ${line.problem[look.locale]}`] : []),
          "",
        ]
      : []),
  ];
}

const backRow = (look: Look, model: FieldModel): Button[] => [
  { text: look.t.builder.back, data: to("step", model.bundle, model.step) },
  ...(isFilled(model.line)
    ? [{ text: look.t.mapping.clear, data: to("set", model.bundle, model.step, fieldToken(model), "e") }]
    : []),
];

const isText = ({ line }: FieldModel): boolean =>
  line.field.secret !== true && ["text", "longText", "object"].includes(line.field.kind);

/** Fields of earlier steps first; typing gives a text of one's own. */
export function valueScreen(look: Look, model: FieldModel): Screen {
  const words = look.t.mapping;
  const all = ranked(model.sources, model.line.field);
  const [first] = all;
  const shown = page(all, model.page);
  const at = fieldToken(model);
  return {
    text: lines(
      ...head(look, model),
      first ? words.pickOrType(cut(first.one.field.label[look.locale], 60)) : words.onlyType,
      ...(model.line.field.secret ? ["", look.t.connections.secretNote] : []),
    ),
    keyboard: [
      ...candidateRows(look, shown.items, model.sources, "put", model.bundle, model.step, at),
      ...pager(
        shown,
        model.line.field.choices || model.line.field.list ? "from" : "field",
        model.bundle,
        model.step,
        at,
      ),
      [
        ...(all.length > 8 ? [{ text: words.find, data: to("find", model.bundle, model.step, at) }] : []),
        ...(isText(model) ? [{ text: words.compose, data: to("comp", model.bundle, model.step, at) }] : []),
      ],
      backRow(look, model),
    ].filter((row) => row.length > 0),
  };
}

export function candidateRows(
  look: Look,
  shown: readonly Candidate[],
  sources: readonly Source[],
  ...place: readonly [string, ...string[]]
): Button[][] {
  const [name, ...args] = place;
  const isOnly = sources.filter((one) => one.fields.length > 0).length < 2;
  return shown.map((one) => [
    { text: candidateLabel(look, one, isOnly), data: to(name, ...args, ...candidateArgs(one)) },
  ]);
}

const chosen = (value: Json | undefined): string[] =>
  Array.isArray(value)
    ? value.map(String)
    : value === undefined || value === null || value === ""
      ? []
      : [String(value)];

/** Buttons of listed values; ticks where several may be chosen. */
function valueRows(
  model: FieldModel,
  items: readonly { value: string; label: string; note?: string | undefined }[],
): Button[][] {
  const has = chosen(model.line.value);
  return items.map((one) => [
    {
      text: cut(
        `${has.includes(one.value) ? (model.line.field.many ? "☑️ " : "✓ ") : model.line.field.many ? "⬜️ " : ""}${one.label}${one.note ? ` · ${one.note}` : ""}`,
        60,
      ),
      // What is wanted travels along, so that two taps don't undo each other.
      data: to("val", model.bundle, model.step, fieldToken(model), short(one.value), has.includes(one.value) ? 0 : 1),
    },
  ]);
}

const otherWays = (look: Look, model: FieldModel): Button[] => [
  ...(model.sources.length > 0
    ? [{ text: look.t.mapping.fromSteps, data: to("from", model.bundle, model.step, fieldToken(model)) }]
    : []),
  { text: look.t.mapping.type, data: to("type", model.bundle, model.step, fieldToken(model)) },
];

export function choiceScreen(look: Look, model: FieldModel): Screen {
  const { field } = model.line;
  const shown = page(field.choices ?? [], model.page);
  return {
    text: lines(...head(look, model), field.many ? look.t.mapping.pickMany : look.t.mapping.pickChoice),
    keyboard: [
      ...valueRows(
        model,
        shown.items.map((one) => ({ value: one.value, label: one.label[look.locale] })),
      ),
      ...pager(shown, "field", model.bundle, model.step, fieldToken(model)),
      otherWays(look, model),
      backRow(look, model),
    ],
  };
}

export function booleanScreen(look: Look, model: FieldModel): Screen {
  const words = look.t.mapping;
  const set = (value: string) => to("set", model.bundle, model.step, fieldToken(model), value);
  return {
    text: lines(...head(look, model), words.pickChoice),
    keyboard: [
      [
        { text: words.yes, data: set("y") },
        { text: words.no, data: set("n") },
      ],
      ...(model.sources.length > 0
        ? [[{ text: words.fromSteps, data: to("from", model.bundle, model.step, fieldToken(model)) }]]
        : []),
      backRow(look, model),
    ],
  };
}

/** The account's own list, a page of it or what a search found. `listed.items` is one page already. */
export function listedScreen(look: Look, model: FieldModel, listed: Listed, search?: string): Screen {
  const words = look.t.mapping;
  const at = fieldToken(model);
  if (listed === null || "class" in listed)
    return {
      text: lines(
        ...head(look, model),
        listed === null ? words.listNeedsAccount : words.listFailed,
        listed?.sentence[look.locale],
      ),
      keyboard: [
        ...(listed === null && model.step !== "trigger"
          ? [[{ text: words.noAccount, data: to("scons", model.bundle, model.step) }]]
          : []),
        [{ text: words.refreshList, data: to("refr", model.bundle, model.step, at) }],
        otherWays(look, model),
        backRow(look, model),
      ],
    };
  const pages = search === undefined ? Math.max(1, Math.ceil(listed.total / 8)) : 1;
  const asked = Number(model.page ?? 0);
  const now = Math.min(Math.max(Number.isInteger(asked) ? asked : 0, 0), pages - 1);
  const rest = listed.total - listed.items.length;
  return {
    text: lines(
      ...head(look, model),
      search === undefined
        ? listed.total === 0
          ? words.listEmpty
          : model.line.field.many
            ? words.pickMany
            : words.pickOption
        : listed.items.length === 0
          ? look.t.builder.nothingFound(cut(search, 60))
          : look.t.builder.foundFor(cut(search, 60)),
      search !== undefined && rest > 0 && look.t.builder.moreFound(rest),
    ),
    keyboard: [
      ...valueRows(model, listed.items),
      ...pager({ page: now, pages }, "field", model.bundle, model.step, at),
      otherWays(look, model),
      [{ text: words.refreshList, data: to("refr", model.bundle, model.step, at) }],
      backRow(look, model),
    ],
  };
}

const SIGNS: Readonly<Record<string, string>> = { "|": "|", ",": ",", ";": ";", "-": "-" };

/** Putting a value together: typing appends text, buttons append fields and separators. */
export function composeScreen(look: Look, model: FieldModel): Screen {
  const words = look.t.mapping;
  const at = valueToken(model);
  const separators = SEPARATORS.map(
    (sign, i): Button => ({
      text: SIGNS[sign] ?? (sign === " " ? words.space : words.newLine),
      data: to("sep", model.bundle, model.step, at, i),
    }),
  );
  return {
    text: lines(
      bold(words.composeTitle(cut(model.line.field.label[look.locale], 80))),
      "",
      isFilled(model.line) ? cut(model.line.spoken ?? "", 1000) : italic(words.empty),
      model.line.shown !== null &&
        isFilled(model.line) &&
        `${words.onSample} ${cut(model.line.shown, 500)}${exampleMark(look, model.line)}`,
      "",
      words.composeHint,
    ),
    keyboard: [
      [{ text: words.addField, data: to("apl", model.bundle, model.step, at), style: "primary" }],
      ...grid(separators, 3),
      ...(isFilled(model.line)
        ? [
            [
              { text: words.undo, data: to("undo", model.bundle, model.step, at) },
              { text: words.startOver, data: to("wipe", model.bundle, model.step, at) },
            ],
          ]
        : []),
      [{ text: look.t.builder.done, data: to("step", model.bundle, model.step), style: "success" }],
    ],
  };
}

/** Which field to append. */
export function appendScreen(look: Look, model: FieldModel): Screen {
  const at = valueToken(model);
  const shown = page(ranked(model.sources, null), model.page);
  return {
    text: lines(
      bold(look.t.mapping.appendTitle),
      shown.items.length === 0 ? look.t.mapping.nothingBefore : look.t.builder.searchHint,
    ),
    keyboard: [
      ...candidateRows(look, shown.items, model.sources, "app", model.bundle, model.step, at),
      ...pager(shown, "apl", model.bundle, model.step, at),
      [{ text: look.t.builder.back, data: to("comp", model.bundle, model.step, fieldToken(model)) }],
    ],
  };
}

/** What a search among earlier steps found; `place` is `put` or `app`. */
export function foundFields(
  look: Look,
  model: FieldModel,
  found: readonly Candidate[],
  typed: string,
  place: "put" | "app",
): Screen {
  const at = place === "put" ? fieldToken(model) : valueToken(model);
  const word = cut(typed, 60);
  return {
    text: lines(
      found.length === 0 ? look.t.builder.nothingFound(word) : look.t.builder.foundFor(word),
      found.length > 20 && look.t.builder.moreFound(found.length - 20),
    ),
    keyboard: [
      ...candidateRows(look, found.slice(0, 20), model.sources, place, model.bundle, model.step, at),
      [
        {
          text: look.t.builder.back,
          data: to(place === "put" ? "field" : "comp", model.bundle, model.step, fieldToken(model)),
        },
      ],
    ],
  };
}

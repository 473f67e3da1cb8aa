/** The conditions editor: filter, router and stop-if alike, each condition with its verdict on the sample. */
import type { Condition, Conditions, Field, Operator, Source, Verdict } from "../../engine/index.ts";
import { to } from "../callback.ts";
import type { Button, Screen } from "../parts.ts";
import { short, token } from "../short.ts";
import { candidates, ranked } from "./candidates.ts";
import { candidateRows } from "./field.ts";
import { bold, cut, grid, lines, type Piece, page, pager } from "./lay.ts";
import { bare, conditionText, type Look, labelled, UNARY } from "./titles.ts";

const ANY: readonly Operator[] = ["notEmpty", "empty"];
/** In pairs, because buttons stand two beside each other; the likeliest first. */
const TEXT: readonly Operator[] = [
  "equals",
  "notEquals",
  "contains",
  "notContains",
  ...ANY,
  "startsWith",
  "endsWith",
  "oneOf",
  "noneOf",
];
const NUMBER: readonly Operator[] = ["eq", "ne", "lt", "le", "gt", "ge"];

/** Operators that make sense for a field, the likeliest first. */
export function operatorsFor(field: Pick<Field, "kind" | "many"> | null): readonly Operator[] {
  if (field?.many) return ["has", "hasNot", ...ANY];
  switch (field?.kind) {
    case "integer":
    case "decimal":
      return [...NUMBER, "oneOf", "noneOf", ...ANY];
    case "dateTime":
      return ["before", "after", "within", ...ANY];
    case "boolean":
      return ["isTrue", "isFalse", ...ANY];
    case undefined:
    case "object":
      return [...TEXT, ...NUMBER, "has", "hasNot", "matches"];
    case "text":
    case "longText":
      return [...TEXT, "lt", "gt", "matches"];
    default:
      return [...TEXT, "matches"];
  }
}

/** Every condition under its flat number; its hash tells a stale button. */
export interface Flat {
  readonly condition: Condition;
  readonly group: number;
  readonly at: number;
}
export const flat = (when: Conditions): Flat[] =>
  when.flatMap((group, g) => group.map((condition, at) => ({ condition, group: g, at })));
export const conditionKeys = (when: Conditions): string[] => flat(when).map((one) => JSON.stringify(one.condition));

export interface ConditionsModel {
  readonly bundle: string;
  readonly step: string;
  readonly number: number;
  readonly when: Conditions;
  readonly verdicts: readonly (readonly Verdict[])[];
  readonly sources: readonly Source[];
}

export function conditionsScreen(look: Look, model: ConditionsModel): Screen {
  const { bundle, step, when, verdicts } = model;
  const words = look.t.conditions;
  const isFilter = step === "trigger";
  const all = flat(when);
  const keys = conditionKeys(when);
  const held = verdicts.some((group) => group.length > 0 && group.every((one) => one.holds));
  const rows: Piece[] = [];
  when.forEach((group, g) => {
    if (g > 0) rows.push("", bold(words.or));
    group.forEach((condition, at) => {
      const verdict = verdicts[g]?.[at];
      const number = all.findIndex((one) => one.group === g && one.at === at) + 1;
      const mark = isOpen(condition) ? "⚠️" : verdict === undefined ? "▫️" : verdict.holds ? "✅" : "❌";
      rows.push(
        `${mark} ${number}. ${at > 0 ? `${words.and} ` : ""}${cut(conditionText(look, condition, model.sources, verdict?.labels), 110)}`,
      );
    });
  });
  return {
    text: lines(
      bold(isFilter ? words.titleFilter : words.titleStep(model.number)),
      isFilter && words.aboutFilter,
      "",
      ...(when.length === 0 ? [isFilter ? words.empty : words.emptyStep] : rows),
      all.some((one) => isOpen(one.condition)) && words.open,
      when.length > 0 && verdicts.length > 0 && "",
      when.length > 0 && verdicts.length > 0 && (held ? words.passes : words.fails),
    ),
    keyboard: [
      ...grid(
        all
          .slice(0, 60)
          .map((_, i): Button => ({ text: String(i + 1), data: to("cone", bundle, step, token(i, keys[i] ?? "")) })),
        8,
      ),
      when.length === 0
        ? [{ text: words.add, data: to("cadd", bundle, step, "n"), style: "primary" }]
        : [
            { text: words.addAnd, data: to("cadd", bundle, step, when.length - 1) },
            { text: words.addOr, data: to("cadd", bundle, step, "n") },
          ],
      [
        {
          text: look.t.builder.done,
          data: isFilter ? to("steps", bundle) : to("step", bundle, step),
          style: "success",
        },
      ],
    ],
  };
}

/** Choosing a field: the left side of a new or present condition, or what to compare with. */
export function conditionFieldScreen(
  look: Look,
  model: {
    readonly head: string;
    readonly sources: readonly Source[];
    readonly page: string | undefined;
    /** What each field's button leads to, without the field. */
    readonly choose: readonly [string, ...string[]];
    readonly paging: readonly [string, ...string[]];
    readonly back: string;
  },
): Screen {
  const shown = page(ranked(model.sources, null), model.page);
  return {
    text: lines(model.head, shown.items.length > 0 ? look.t.builder.searchHint : look.t.mapping.nothingBefore),
    keyboard: [
      ...candidateRows(look, shown.items, model.sources, ...model.choose),
      ...pager(shown, ...model.paging),
      [{ text: look.t.builder.back, data: model.back }],
    ],
  };
}

export interface ConditionModel {
  readonly bundle: string;
  readonly step: string;
  readonly index: number;
  readonly condition: Condition;
  readonly verdict: Verdict | null;
  readonly sources: readonly Source[];
  /** The field on the left, when it is one and nothing else. */
  readonly field: Field | null;
}

export const conditionToken = ({ index, condition }: Pick<ConditionModel, "index" | "condition">): string =>
  token(index, JSON.stringify(condition));

/** What the left field holds on the sample, when that is something to compare with. */
export function sampleOf({ condition, sources }: Pick<ConditionModel, "condition" | "sources">): string | null {
  const found = candidates(sources).find(({ one }) => one.template === condition.left)?.one.value;
  const text = typeof found === "string" || typeof found === "number" ? String(found) : "";
  return text === "" || text.length > 200 || text.includes("{") ? null : text;
}

/** A comparison without anything to compare with. */
export const isOpen = ({ operator, right }: Condition): boolean =>
  !UNARY.includes(operator) &&
  (right === undefined || right === null || right === "" || (Array.isArray(right) && right.length === 0));

export function conditionScreen(look: Look, model: ConditionModel): Screen {
  const { bundle, step, condition, verdict, field } = model;
  const words = look.t.conditions;
  const at = conditionToken(model);
  const isUnary = UNARY.includes(condition.operator);
  const hint =
    condition.operator === "within"
      ? words.withinHint
      : condition.operator === "oneOf" || condition.operator === "noneOf"
        ? words.listHint
        : condition.operator === "matches"
          ? words.patternHint
          : words.valueHint;
  const units = (["minutes", "hours", "days"] as const).map(
    (unit): Button => ({
      text: `${(condition.unit ?? "days") === unit ? "🔘 " : ""}${words.units[unit]}`,
      data: to("cunit", bundle, step, at, unit),
    }),
  );
  const example = sampleOf(model);
  const values: Button[] = [
    ...(example === null ? [] : [{ text: `📄 ${cut(example, 40)}`, data: to("csam", bundle, step, at) }]),
    ...(field?.choices || field?.list ? [{ text: words.chooseValue, data: to("cval", bundle, step, at) }] : []),
    { text: words.fromField, data: to("cfrom", bundle, step, at) },
  ];
  return {
    text: lines(
      bold(words.title),
      cut(conditionText(look, condition, model.sources, verdict?.labels), 300),
      verdict !== null &&
        words.onSample(cut(labelled(verdict.left, verdict.labels), 80) || words.empties, verdict.holds),
      "",
      !isUnary && hint,
    ),
    keyboard: [
      ...grid(
        operatorsFor(field).map(
          (operator): Button => ({
            text: `${operator === condition.operator ? "🔘 " : ""}${words.operators[operator]}`,
            data: to("cop", bundle, step, at, operator),
          }),
        ),
        2,
      ),
      ...(condition.operator === "within" ? [units] : []),
      ...(isUnary || condition.operator === "within" ? [] : grid(values, 2)),
      [
        { text: words.otherField, data: to("cleft", bundle, step, at) },
        { text: words.remove, data: to("crem", bundle, step, at), style: "danger" },
      ],
      [{ text: look.t.builder.done, data: to("cond", bundle, step), style: "success" }],
    ],
  };
}

/** Values of the account or of the field to compare with. */
export function conditionValueScreen(
  look: Look,
  model: ConditionModel,
  items: readonly { value: string; label: string }[],
  paging: { readonly page: number; readonly pages: number },
): Screen {
  const at = conditionToken(model);
  return {
    text: lines(look.t.conditions.chooseValueTitle(cut(bare(model.condition.left, model.sources, look.locale), 80))),
    keyboard: [
      ...items.map((one): Button[] => [
        { text: cut(one.label, 60), data: to("cpick", model.bundle, model.step, at, short(one.value)) },
      ]),
      ...pager(paging, "cval", model.bundle, model.step, at),
      [{ text: look.t.builder.back, data: to("cone", model.bundle, model.step, at) }],
    ],
  };
}

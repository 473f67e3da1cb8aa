/** One condition of the filter, a router or a stop-if: found by its button, changed, and what it may be compared with. */
import type { BundleView, Condition, Conditions, Field, Json, Source } from "../../engine/index.ts";
import type { Question, Screen, Turn } from "../parts.ts";
import { candidates } from "../screens/candidates.ts";
import { type ConditionModel, conditionKeys, conditionScreen, conditionToken, flat } from "../screens/conditions.ts";
import { cut } from "../screens/lay.ts";
import { indexOf } from "../short.ts";
import { change, load, lookOf, refusal, stale, stepIn } from "./draft.ts";

/** Values on one page. */
export const SIZE = 8;

export interface Opened {
  readonly view: BundleView;
  readonly step: string;
  readonly when: Conditions;
  readonly sources: readonly Source[];
}

export async function open(turn: Turn, id: string | undefined, stepId: string | undefined): Promise<Opened | null> {
  const view = await load(turn, id);
  const { bundles } = turn.engine;
  if (stepId === "trigger") {
    if (!view.body.trigger) {
      await turn.go("trigger", view.id);
      return null;
    }
    const sources = await bundles.sources(turn.member.scope, view.id, "trigger");
    return { view, step: "trigger", when: view.body.trigger.filter ?? [], sources };
  }
  const step = await stepIn(turn, view, stepId);
  if (step === null) return null;
  if (step.kind !== "router" && step.kind !== "stopIf") {
    await stale(turn, "step", view.id, step.id);
    return null;
  }
  return { view, step: step.id, when: step.when, sources: await bundles.sources(turn.member.scope, view.id, step.id) };
}

export async function save(turn: Turn, opened: Opened, when: readonly (readonly Condition[])[]): Promise<void> {
  const kept = when.filter((group) => group.length > 0).map((group) => [...group]);
  await change(turn, opened.view, { do: "setConditions", step: opened.step, when: kept });
}

export async function modelOf(turn: Turn, opened: Opened, index: number): Promise<ConditionModel | null> {
  const one = flat(opened.when)[index];
  if (!one) return null;
  const verdicts = await turn.engine.bundles.verdicts(turn.member.scope, opened.view.id, opened.step);
  return {
    bundle: opened.view.id,
    step: opened.step,
    index,
    condition: one.condition,
    verdict: verdicts[one.group]?.[one.at] ?? null,
    sources: opened.sources,
    field: fieldOf(opened.sources, one.condition.left),
  };
}

export const fieldOf = (sources: readonly Source[], template: Json): Field | null =>
  candidates(sources).find(({ one }) => one.template === template)?.one.field ?? null;

const LONGEST = 1_000;

/** What a condition is compared with, typed. */
export const conditionQuestion = (opened: Opened, model: ConditionModel, screen: Screen): Question => ({
  answer: "conditionValue",
  args: [opened.view.id, opened.step, conditionToken(model)],
  longest: LONGEST,
  screen,
});

export async function showCondition(turn: Turn, opened: Opened, index: number): Promise<void> {
  const model = await modelOf(turn, opened, index);
  if (model === null) return turn.go("cond", opened.view.id, opened.step);
  const screen = conditionScreen(lookOf(turn), model);
  await turn.ask(conditionQuestion(opened, model, screen));
}

/** One of several values joins the others. */
export function withValue({ operator, right }: Condition, value: string): Json {
  if (operator !== "oneOf" && operator !== "noneOf") return value;
  const present = Array.isArray(right) ? right : [];
  return [...present.filter((one) => one !== value), value];
}

export type At = { readonly opened: Opened; readonly index: number; readonly condition: Condition };

/**
 * Runs with a condition that is still what the button said. A second tap, or the same update handled again after a
 * crash, shows the condition that stands there now.
 */
export const withCondition =
  (then: (turn: Turn, at: At, ...args: (string | undefined)[]) => Promise<void>) =>
  async (turn: Turn, id?: string, stepId?: string, token?: string, ...args: string[]): Promise<void> => {
    const opened = await open(turn, id, stepId);
    if (opened === null) return;
    const index = indexOf(token, conditionKeys(opened.when));
    const condition = index === null ? undefined : flat(opened.when)[index]?.condition;
    if (index === null || condition === undefined) return showCondition(turn, opened, Number(token?.split(".")[0]));
    await then(turn, { opened, index, condition }, ...args);
  };

/** The conditions with the one at `index` replaced, or removed by null. */
export function withReplaced(when: Conditions, index: number, next: Condition | null): Condition[][] {
  const at = flat(when)[index];
  return when.map((group, g) =>
    g !== at?.group ? [...group] : group.flatMap((one, i) => (i !== at.at ? [one] : next === null ? [] : [next])),
  );
}

export async function replace(turn: Turn, { opened, index }: At, next: Condition): Promise<void> {
  await save(turn, opened, withReplaced(opened.when, index, next));
  const fresh = await open(turn, opened.view.id, opened.step);
  if (fresh !== null) await showCondition(turn, fresh, index);
}

/** A list for `oneOf`, a number for `within`, a template otherwise. */
export async function rightFrom(turn: Turn, { opened, condition }: At, text: string): Promise<Json> {
  const { operator } = condition;
  if (operator === "within") {
    const number = Number(text.replace(",", "."));
    if (!(number > 0)) throw refusal((t) => t.conditions.notNumber(cut(text, 40)));
    return number;
  }
  if (["eq", "ne", "lt", "le", "gt", "ge"].includes(operator) && !text.includes("{")) {
    const number = text.replace(/\s/gu, "").replace(",", ".");
    if (!/^[+-]?\d{1,30}(\.\d{1,20})?$/.test(number)) throw refusal((t) => t.conditions.notNumber(cut(text, 40)));
    return number;
  }
  const read = async (part: string): Promise<string> => {
    if (operator === "matches" || !part.includes("{")) return part;
    const given = await turn.engine.bundles.read(turn.member.scope, opened.view.id, opened.step, part);
    if (given.unknown.length > 0)
      throw refusal((t) => t.mapping.unknownNames(given.unknown.map((name) => `{${name}}`).join(", ")));
    return given.template;
  };
  if (operator === "oneOf" || operator === "noneOf") {
    const parts = text.split(/[,;\n]/).map((part) => part.trim());
    return Promise.all(parts.filter((part) => part !== "").map(read));
  }
  return read(text);
}

/** A page of the values that the left field can have: its choices, or its account's list. */
export async function valuesOf(turn: Turn, { opened, condition }: At, page: number, size: number) {
  const field = fieldOf(opened.sources, condition.left);
  if (field?.choices) {
    const all = field.choices.map((one) => ({ value: one.value, label: one.label[turn.locale] }));
    return { items: all.slice(page * size, (page + 1) * size), total: all.length };
  }
  const ref = candidates(opened.sources).find(({ one }) => one.template === condition.left)?.source.ref;
  const step = opened.view.body.steps.find((one) => one.id === ref);
  const connection =
    ref === "trigger" ? opened.view.body.trigger?.connection : step?.kind === "action" && step.connection;
  if (!field?.list || !connection) return { items: [], total: 0 };
  return turn.engine.connections.options(turn.member.scope, connection, field.list.name, { page, size });
}

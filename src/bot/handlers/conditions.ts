/** The conditions editor of the filter, of routers and of stop-if. */
import type { BundleView, Condition, Conditions, Field, Json, Source } from "../../engine/index.ts";
import { to } from "../callback.ts";
import type { Handlers, Screen, Turn } from "../parts.ts";
import { candidates, searched } from "../screens/candidates.ts";
import {
  type ConditionModel,
  conditionFieldScreen,
  conditionKeys,
  conditionScreen,
  conditionsScreen,
  conditionToken,
  conditionValueScreen,
  flat,
  operatorsFor,
  sampleOf,
} from "../screens/conditions.ts";
import { candidateRows } from "../screens/field.ts";
import { cut, lines } from "../screens/lay.ts";
import { stepNumber } from "../screens/titles.ts";
import { indexOf, short } from "../short.ts";
import { change, load, lookOf, refusal, stale, stepIn } from "./draft.ts";
import { sourceField } from "./mapping.ts";

const SIZE = 8;

interface Opened {
  readonly view: BundleView;
  readonly step: string;
  readonly when: Conditions;
  readonly sources: readonly Source[];
}

async function open(turn: Turn, id: string | undefined, stepId: string | undefined): Promise<Opened | null> {
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

async function save(turn: Turn, opened: Opened, when: readonly (readonly Condition[])[]): Promise<void> {
  const kept = when.filter((group) => group.length > 0).map((group) => [...group]);
  await change(turn, opened.view, { do: "setConditions", step: opened.step, when: kept });
}

async function modelOf(turn: Turn, opened: Opened, index: number): Promise<ConditionModel | null> {
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

const fieldOf = (sources: readonly Source[], template: Json): Field | null =>
  candidates(sources).find(({ one }) => one.template === template)?.one.field ?? null;

async function showCondition(turn: Turn, opened: Opened, index: number): Promise<void> {
  const model = await modelOf(turn, opened, index);
  if (model === null) return turn.go("cond", opened.view.id, opened.step);
  const screen = conditionScreen(lookOf(turn), model);
  await turn.ask({ answer: "conditionValue", args: [opened.view.id, opened.step, conditionToken(model)], screen });
}

/** One of several values joins the others. */
function withValue({ operator, right }: Condition, value: string): Json {
  if (operator !== "oneOf" && operator !== "noneOf") return value;
  const present = Array.isArray(right) ? right : [];
  return [...present.filter((one) => one !== value), value];
}

type At = { readonly opened: Opened; readonly index: number; readonly condition: Condition };

/**
 * Runs with a condition that is still what the button said. A second tap, or the same update handled again after a
 * crash, shows the condition that stands there now.
 */
const withCondition =
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
function withReplaced(when: Conditions, index: number, next: Condition | null): Condition[][] {
  const at = flat(when)[index];
  return when.map((group, g) =>
    g !== at?.group ? [...group] : group.flatMap((one, i) => (i !== at.at ? [one] : next === null ? [] : [next])),
  );
}

async function replace(turn: Turn, { opened, index }: At, next: Condition): Promise<void> {
  await save(turn, opened, withReplaced(opened.when, index, next));
  const fresh = await open(turn, opened.view.id, opened.step);
  if (fresh !== null) await showCondition(turn, fresh, index);
}

/** A list for `oneOf`, a number for `within`, a template otherwise. */
async function rightFrom(turn: Turn, { opened, condition }: At, text: string): Promise<Json> {
  if (text.length > 1_000) throw refusal((t) => t.conditions.long);
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
async function valuesOf(turn: Turn, { opened, condition }: At, page: number, size: number) {
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

async function chooseLeft(turn: Turn, opened: Opened, group: string, page?: string): Promise<void> {
  const args = [opened.view.id, opened.step, group] as const;
  const screen = conditionFieldScreen(lookOf(turn), {
    head: turn.t.conditions.chooseField,
    sources: opened.sources,
    page,
    choose: ["cad", ...args],
    paging: ["cadd", ...args],
    back: to("cond", opened.view.id, opened.step),
  });
  await turn.ask({ answer: "conditionField", args: ["cad", ...args], screen });
}

/** Choosing a field for a condition that exists: its left side, or what to compare with. */
const chooseFor = (place: "clf" | "cvf", paging: "cleft" | "cfrom") =>
  withCondition(async (turn, { opened, condition, index }, page) => {
    const args = [opened.view.id, opened.step, conditionToken({ index, condition })] as const;
    const screen = conditionFieldScreen(lookOf(turn), {
      head: turn.t.conditions.chooseField,
      sources: opened.sources,
      page,
      choose: [place, ...args],
      paging: [paging, ...args],
      back: to("cone", ...args),
    });
    await turn.ask({ answer: "conditionField", args: [place, ...args], screen });
  });

export const conditions: Handlers = {
  places: {
    async cond(turn, id, stepId) {
      const opened = await open(turn, id, stepId);
      if (opened === null) return;
      const { view, step, when, sources } = opened;
      const verdicts = when.length > 0 ? await turn.engine.bundles.verdicts(turn.member.scope, view.id, step) : [];
      const number = step === "trigger" ? 1 : stepNumber(view.body, step);
      await turn.show(conditionsScreen(lookOf(turn), { bundle: view.id, step, number, when, verdicts, sources }));
    },
    async cadd(turn, id, stepId, group, page) {
      const opened = await open(turn, id, stepId);
      if (opened !== null) await chooseLeft(turn, opened, group ?? "n", page);
    },
    /** A condition exists from the moment its field is chosen, so nothing chosen is lost. */
    async cad(turn, id, stepId, group, ref, at) {
      const opened = await open(turn, id, stepId);
      if (opened === null) return;
      const one = sourceField(opened.sources, ref, at);
      if (one === null) return stale(turn, "cond", opened.view.id, opened.step);
      const operator = operatorsFor(one.field)[0] ?? "notEmpty";
      const added: Condition = { left: one.template, operator };
      // Two taps: the same fresh condition isn't added again.
      const present = flat(opened.when).findIndex((each) => JSON.stringify(each.condition) === JSON.stringify(added));
      if (present >= 0) return showCondition(turn, opened, present);
      const g = Number(group);
      const when = opened.when.map((each) => [...each]);
      const into = group !== "n" && Number.isInteger(g) ? when[g] : undefined;
      if (into === undefined) when.push([added]);
      else if (into.length >= 20) throw refusal((t) => t.conditions.full);
      else into.push(added);
      await save(turn, opened, when);
      const fresh = await open(turn, opened.view.id, opened.step);
      if (fresh === null) return;
      await showCondition(turn, fresh, conditionKeys(fresh.when).indexOf(JSON.stringify(added)));
    },
    cone: withCondition((turn, { opened, index }) => showCondition(turn, opened, index)),
    cop: withCondition(async (turn, at, given) => {
      const operator = operatorsFor(fieldOf(at.opened.sources, at.condition.left)).find((one) => one === given);
      if (operator === undefined) return stale(turn, "cond", at.opened.view.id, at.opened.step);
      const { right, unit, ...rest } = at.condition;
      const isList = operator === "oneOf" || operator === "noneOf";
      const kept =
        isList === Array.isArray(right) && operator !== "within" ? right : isList && right ? [right] : undefined;
      await replace(turn, at, {
        ...rest,
        operator,
        ...(kept === undefined ? {} : { right: kept }),
        ...(operator === "within" ? { right: 1, unit: unit ?? "days" } : {}),
      });
    }),
    cunit: withCondition(async (turn, at, unit) => {
      if (unit !== "minutes" && unit !== "hours" && unit !== "days")
        return stale(turn, "cond", at.opened.view.id, at.opened.step);
      await replace(turn, at, { ...at.condition, unit });
    }),
    cval: withCondition(async (turn, at, wanted) => {
      const page = /^\d{1,4}$/.test(wanted ?? "") ? Number(wanted) : 0;
      const model = await modelOf(turn, at.opened, at.index);
      if (model === null) return;
      const found = await valuesOf(turn, at, page, SIZE);
      const pages = Math.max(1, Math.ceil(found.total / SIZE));
      const screen = conditionValueScreen(lookOf(turn), model, found.items, { page, pages });
      await turn.ask({
        answer: "conditionValue",
        args: [at.opened.view.id, at.opened.step, conditionToken(model)],
        screen,
      });
    }),
    cpick: withCondition(async (turn, at, hash) => {
      for (let page = 0; page < 100; page++) {
        const found = await valuesOf(turn, at, page, 200);
        const value = found.items.find((one) => short(one.value) === hash)?.value;
        if (value !== undefined) {
          return replace(turn, at, { ...at.condition, right: withValue(at.condition, value) });
        }
        if ((page + 1) * 200 >= found.total) break;
      }
      await stale(turn, "cond", at.opened.view.id, at.opened.step);
    }),
    /** Compares with what the sample has there. */
    csam: withCondition(async (turn, at) => {
      const value = sampleOf({ condition: at.condition, sources: at.opened.sources });
      if (value === null) return stale(turn, "cond", at.opened.view.id, at.opened.step);
      await replace(turn, at, { ...at.condition, right: withValue(at.condition, value) });
    }),
    cleft: chooseFor("clf", "cleft"),
    cfrom: chooseFor("cvf", "cfrom"),
    clf: withCondition(async (turn, at, ref, token) => {
      const one = sourceField(at.opened.sources, ref, token);
      if (one === null) return stale(turn, "cond", at.opened.view.id, at.opened.step);
      const fits = operatorsFor(one.field);
      const operator = fits.includes(at.condition.operator) ? at.condition.operator : (fits[0] ?? "notEmpty");
      await replace(turn, at, { ...at.condition, left: one.template, operator });
    }),
    cvf: withCondition(async (turn, at, ref, token) => {
      const one = sourceField(at.opened.sources, ref, token);
      if (one === null) return stale(turn, "cond", at.opened.view.id, at.opened.step);
      await replace(turn, at, { ...at.condition, right: one.template });
    }),
    async crem(turn, id, stepId, token) {
      const opened = await open(turn, id, stepId);
      if (opened === null) return;
      const index = indexOf(token, conditionKeys(opened.when));
      if (index !== null) {
        await save(turn, opened, withReplaced(opened.when, index, null));
        turn.toast(turn.t.conditions.removed);
      }
      await turn.go("cond", opened.view.id, opened.step);
    },
  },
  answers: {
    conditionValue: async (turn, text, ...args) =>
      withCondition(async (_, at) => {
        await replace(turn, at, { ...at.condition, right: await rightFrom(turn, at, text) });
      })(turn, ...args),
    /** Typing while a field is chosen searches the fields; `place` is where their buttons lead. */
    async conditionField(turn, text, place, id, stepId, token) {
      const opened = await open(turn, id, stepId);
      if (opened === null) return;
      const args = [opened.view.id, opened.step, token ?? "n"] as const;
      const found = searched(candidates(opened.sources), text, turn.locale);
      const back = place === "cad" ? to("cadd", ...args) : to("cone", ...args);
      const words = turn.t.builder;
      const screen: Screen = {
        text: lines(found.length === 0 ? words.nothingFound(cut(text, 60)) : words.foundFor(cut(text, 60))),
        keyboard: [
          ...candidateRows(lookOf(turn), found.slice(0, 20), opened.sources, place ?? "cad", ...args),
          [{ text: words.back, data: back }],
        ],
      };
      await turn.ask({ answer: "conditionField", args: [place ?? "cad", ...args], screen });
    },
  },
};

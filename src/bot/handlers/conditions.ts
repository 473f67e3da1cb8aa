/** The conditions editor of the filter, of routers and of stop-if. */
import type { Condition } from "../../engine/index.ts";
import { to } from "../callback.ts";
import type { Handlers, Screen, Turn } from "../parts.ts";
import { candidates, searched } from "../screens/candidates.ts";
import {
  conditionFieldScreen,
  conditionKeys,
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
import {
  conditionQuestion,
  fieldOf,
  modelOf,
  type Opened,
  open,
  replace,
  rightFrom,
  SIZE,
  save,
  showCondition,
  valuesOf,
  withCondition,
  withReplaced,
  withValue,
} from "./condition.ts";
import { lookOf, refusal, stale } from "./draft.ts";
import { sourceField } from "./field.ts";

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
      await turn.ask(conditionQuestion(at.opened, model, screen));
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

/** What is wrong with a tool's own settings. */
import type { Json, Text } from "../../connectors/kit/fields.ts";
import { bodyOf, loopAround, loopAt } from "../run/loops.ts";
import { readMoment } from "../values/moment.ts";
import { readAmount } from "../values/numbers.ts";
import { isEmpty, toText } from "../values/settings.ts";
import { references } from "../values/template.ts";
import type { Report } from "./jumps.ts";
import type { Bundle, DelayStep, LoopStep, SetStep, Step } from "./model.ts";

/** Checks one of the step's templates. */
export type CheckTemplate = (value: Json, label: Text) => void;

export function checkTool(body: Bundle, step: Step, index: number, report: Report, template: CheckTemplate): void {
  switch (step.kind) {
    case "loop":
      checkLoop(body, step, index, report, template);
      return;
    case "endLoop":
      if (!loopEndsAt(body, index))
        report(NO_LOOP, undefined, { mend: { label: removal(index + 2), edit: { do: "removeStep", step: step.id } } });
      return;
    case "delay":
      checkDelay(step, report, template);
      return;
    case "set":
      checkSet(step, report, template);
      return;
    case "approval":
      if (isEmpty(step.question)) report({ ru: "не написан вопрос.", en: "there is no question." });
      template(step.question, { ru: "Вопрос", en: "Question" });
      return;
    case "action":
    case "router":
    case "break":
    case "stopIf":
      return;
    default:
      step satisfies never;
  }
}

/** Named by its number: several repairs may stand below one another. */
const removal = (step: number): Text => ({ ru: `Убрать шаг ${step}`, en: `Remove step ${step}` });
const NO_LOOP: Text = {
  ru: "здесь кончается цикл, а перед этим шагом ни один цикл не начинается.",
  en: "a loop ends here, and none begins before this step.",
};

function loopEndsAt(body: Bundle, index: number): boolean {
  return body.steps.some((_, at) => loopAt(body, at)?.end === index);
}

function checkLoop(body: Bundle, step: LoopStep, index: number, report: Report, template: CheckTemplate): void {
  if (isEmpty(step.list))
    report({ ru: "не выбран список, который надо пройти.", en: "no list is chosen to go through." });
  template(step.list, { ru: "Список", en: "List" });
  const outer = loopAround(body, index);
  if (outer) {
    const number = body.steps.indexOf(outer.step) + 2;
    report({
      ru: `цикл лежит внутри другого цикла (шаг ${number}), так нельзя. Закончите тот цикл раньше или вынесите этот в отдельную связку.`,
      en: `a loop lies inside another one (step ${number}), which isn't possible. End that loop before, or put this one into a bundle of its own.`,
    });
  }
  const loop = loopAt(body, index);
  if (loop && bodyOf(body, loop).every(({ disabled }) => disabled === true)) {
    report({ ru: "внутри цикла нет ни одного шага.", en: "there is no step in the loop." });
  }
}

const MOMENT_SETTINGS = { timeZone: "UTC", country: "RU" } as const;

function checkDelay({ how }: DelayStep, report: Report, template: CheckTemplate): void {
  if (how.kind === "for") {
    const { amount } = how;
    const isFixed = references(amount).length === 0;
    const read = isFixed ? readAmount(amount, "ru") : null;
    if (isEmpty(amount) || (isFixed && !isTemplate(amount) && (read === null || read.units <= 0n))) {
      report({ ru: "не указано, сколько ждать.", en: "how long to wait isn't said." });
    }
    template(amount, { ru: "Сколько ждать", en: "How long" });
    return;
  }
  const { moment } = how;
  if (isEmpty(moment)) {
    report({ ru: "не указано, до какого времени ждать.", en: "until when to wait isn't said." });
  } else if (references(moment).length === 0 && !isTemplate(moment) && readMoment(moment, MOMENT_SETTINGS) === null) {
    report({
      ru: `«${toText(moment).slice(0, 60)}» – не дата, до которой можно ждать.`,
      en: `“${toText(moment).slice(0, 60)}” is no date to wait for.`,
    });
  }
  template(moment, { ru: "До какого времени", en: "Until when" });
}

function checkSet({ values, keep }: SetStep, report: Report, template: CheckTemplate): void {
  if (values.length === 0) report({ ru: "не указано, что запомнить.", en: "what to keep isn't said." });
  for (const { name, how, key, value } of values) {
    if (how === "set" && isEmpty(value)) {
      report({ ru: `у «${name}» нет значения.`, en: `“${name}” has no value.` });
    }
    if (key !== undefined) template(key, { ru: `Ключ «${name}»`, en: `Key of “${name}”` });
    if (value !== undefined) template(value, { ru: name, en: name });
  }
  const twice = values.find(({ name }, at) => values.findIndex((one) => one.name === name) !== at);
  if (twice && keep !== "run") {
    report({ ru: `«${twice.name}» указано дважды.`, en: `“${twice.name}” is there twice.` });
  }
}

const isTemplate = (value: Json): boolean => typeof value === "string" && /\{[{%]/.test(value);

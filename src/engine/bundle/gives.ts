/** What tools give to the steps after them: the element of a loop, values that were set, a person's answer. */
import type { Field, Json, JsonObject } from "../../connectors/kit/fields.ts";
import { bodyOf, loopAround, loopAt } from "../run/loops.ts";
import { openLoop } from "../run/tools.ts";
import { readPath, type ValueSettings } from "../values/settings.ts";
import type { Bundle, LoopStep, Step } from "./model.ts";

export interface Given {
  readonly declared: readonly Field[];
  readonly sample: JsonObject;
}

const PLAIN: ValueSettings = { timeZone: "UTC", country: "RU", locale: "ru" };
const integer = (key: string, ru: string, en: string): Field => ({ key, label: { ru, en }, kind: "integer" });

/** `data`: the sample and what the steps before give. Null for what gives nothing. */
export function toolGives(body: Bundle, step: Step, reader: number, data: JsonObject): Given | null {
  switch (step.kind) {
    case "loop":
      return loopGives(body, step, reader, data);
    case "set": {
      const declared = step.values
        .filter(({ how }) => how !== "remove")
        .map(
          ({ name, how }): Field => ({
            key: name,
            label: { ru: name, en: name },
            kind: how === "add" ? "decimal" : "text",
          }),
        );
      const sample = step.values.map(({ name, how, value }): [string, Json] => [
        name,
        how === "add" ? 1 : (value ?? null),
      ]);
      return { declared, sample: Object.fromEntries(sample) };
    }
    case "approval":
      return {
        declared: [
          {
            key: "answer",
            label: { ru: "Ответ", en: "Answer" },
            kind: "choice",
            choices: [
              { value: "yes", label: { ru: "да", en: "yes" } },
              { value: "no", label: { ru: "нет", en: "no" } },
            ],
          },
          { key: "by", label: { ru: "Кто ответил", en: "Answered by" }, kind: "text" },
          { key: "at", label: { ru: "Когда ответили", en: "Answered at" }, kind: "dateTime" },
        ],
        sample: { answer: "yes", by: "Анна", at: "2026-01-10T09:00:00.000Z" },
      };
    case "delay":
      return {
        declared: [{ key: "until", label: { ru: "До какого времени ждали", en: "Waited until" }, kind: "dateTime" }],
        sample: { until: "2026-01-10T09:00:00.000Z" },
      };
    case "action":
    case "router":
    case "break":
    case "stopIf":
    case "endLoop":
      return null;
    default:
      return step satisfies never;
  }
}

/** To the steps in it a loop gives the element, to those after it the count. */
function loopGives(body: Bundle, step: LoopStep, reader: number, data: JsonObject): Given {
  const total = integer("total", "Всего элементов", "Number of elements");
  const loop = loopAt(body, body.steps.indexOf(step));
  if (loop && reader >= loop.end) {
    const declared = [total, integer("done", "Прошло элементов", "Elements done")];
    return { declared, sample: { total: 2, done: 2 } };
  }
  const items = readPath(openLoop(step, data, PLAIN, undefined).output, "items");
  const list = Array.isArray(items) ? items : [];
  const item = list[0] ?? null;
  const index = integer("index", "Номер элемента", "Number of the element");
  const whole: Field = { key: "item", label: { ru: "Элемент", en: "Element" }, kind: "object" };
  const isRecord = typeof item === "object" && item !== null;
  return {
    declared: isRecord ? [index, total] : [{ ...whole, kind: "text" }, index, total],
    sample: { item, index: 1, total: Math.max(1, list.length) },
  };
}

/** What a step at `reader` can't see: steps of a loop that it doesn't lie in give a value per element. Values of the run are seen. */
export function isHidden(body: Bundle, giver: number, reader: number): boolean {
  const step = body.steps[giver];
  const around = loopAround(body, giver);
  if (!around || !step || (step.kind === "set" && step.keep === "run")) return false;
  return reader >= around.end || !bodyOf(body, around).includes(step);
}

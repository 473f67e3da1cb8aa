/** How steps, templates and conditions are called in people's words. */
import type {
  ActionStep,
  Bundle,
  Catalogue,
  Condition,
  Connector,
  Json,
  Locale,
  Operator,
  Source,
  Step,
  Verdict,
} from "../../engine/index.ts";
import type { Texts } from "../texts/index.ts";
import { cut } from "./lay.ts";

/** What every screen is drawn with. */
export interface Look {
  readonly t: Texts;
  readonly locale: Locale;
  readonly catalogue: Pick<Catalogue, "connector">;
  readonly timeZone: string;
}

export type TriggerOf = Connector["triggers"][number];
export type ActionOf = Connector["actions"][number];

export const serviceName = (look: Look, key: string): string => look.catalogue.connector(key)?.name[look.locale] ?? key;

export function triggerOf(look: Pick<Look, "catalogue">, body: Bundle): TriggerOf | undefined {
  const chosen = body.trigger;
  return chosen
    ? look.catalogue.connector(chosen.connector)?.triggers.find((one) => one.key === chosen.trigger)
    : undefined;
}

export const actionOf = (look: Pick<Look, "catalogue">, step: ActionStep): ActionOf | undefined =>
  look.catalogue.connector(step.connector)?.actions.find((one) => one.key === step.action);

export function triggerTitle(look: Look, body: Bundle): string | null {
  if (!body.trigger) return null;
  const name = triggerOf(look, body)?.name[look.locale] ?? body.trigger.trigger;
  return `${serviceName(look, body.trigger.connector)} · ${name}`;
}

/** Its own name, or `service · action`, or the tool's name. */
export function stepTitle(look: Look, step: Step): string {
  if (step.name) return step.name;
  const words = look.t.builder;
  switch (step.kind) {
    case "action":
      return `${serviceName(look, step.connector)} · ${actionOf(look, step)?.name[look.locale] ?? words.steps.gone}`;
    default:
      return words.action[step.kind];
  }
}

/** Steps are numbered from 2: the trigger is number 1. */
export const stepNumber = (body: Bundle, id: string): number => body.steps.findIndex((step) => step.id === id) + 2;

export function targetTitle(look: Look, body: Bundle, target: string): string {
  const words = look.t.builder.steps;
  if (target === "end") return words.ends;
  if (target === "next") return words.nextStep;
  return words.toStep(stepNumber(body, target));
}

export const REFERENCE = /\{\{(?:"[^"]*"|[^"{}])*\}\}/g;

/** A template in people's form: references by name in braces. What no source knows stays as it is written. */
export function spoken(template: Json | undefined, sources: readonly Source[], locale: Locale): string {
  if (template === undefined || template === null) return "";
  if (Array.isArray(template)) return template.map((one) => spoken(one, sources, locale)).join(", ");
  if (typeof template !== "string") return String(typeof template === "object" ? JSON.stringify(template) : template);
  return template.replace(REFERENCE, (reference) => {
    if (reference === '{{ "{" }}') return "{";
    for (const source of sources)
      for (const one of source.fields) if (one.template === reference) return `{${one.field.label[locale]}}`;
    return reference;
  });
}

/** As `spoken`, without the braces where the template is one reference and nothing else. */
export function bare(template: Json | undefined, sources: readonly Source[], locale: Locale): string {
  const text = spoken(template, sources, locale);
  return /^\{[^{}]*\}$/.test(text) ? text.slice(1, -1) : text;
}

export const UNARY: readonly Operator[] = ["empty", "notEmpty", "isTrue", "isFalse"];

/** `Статус не равно complete`. */
export function conditionText(
  look: Look,
  condition: Condition,
  sources: readonly Source[],
  labels: Verdict["labels"] = {},
): string {
  const words = look.t.conditions;
  const left = cut(bare(condition.left, sources, look.locale), 60);
  const operator = words.operators[condition.operator];
  if (UNARY.includes(condition.operator)) return `${left} ${operator}`;
  const rights = Array.isArray(condition.right) ? condition.right : [condition.right];
  const named = rights.map((one) => labelled(spoken(one, sources, look.locale), labels)).join(", ");
  const right = cut(named, 80) || words.noValue;
  const unit = condition.operator === "within" ? ` ${words.units[condition.unit ?? "days"]}` : "";
  return `${left} ${operator} ${right}${unit}`;
}

/** A listed value by its name, with its code beside it. */
export const labelled = (value: string, labels: Verdict["labels"] = {}): string =>
  Object.hasOwn(labels, value) ? `${labels[value]} (${value})` : value;

/** The first condition in words and how many more there are, for one line of a list. */
export function conditionsText(
  look: Look,
  when: readonly (readonly Condition[])[],
  sources: readonly Source[],
): string {
  const all = when.flat();
  const first = all[0];
  if (!first) return look.t.builder.steps.noConditions;
  return conditionText(look, first, sources) + (all.length > 1 ? look.t.builder.steps.andMore(all.length - 1) : "");
}

/** What a tool holds as a template, as lines of a mapping: so it is filled with the same screens as an action's fields. */
import type { Edit, Field, Json, KeptValue, Locale, MappingLine, Source, Step } from "../../engine/index.ts";
import { type Texts, textsFor } from "../texts/index.ts";
import { cut } from "./lay.ts";
import { REFERENCE, spoken } from "./titles.ts";

const both = (say: (t: Texts) => string) => ({ ru: say(textsFor("ru")), en: say(textsFor("en")) });
const named = (name: string, say: (t: Texts) => string) => both((t) => `${cut(name, 60)} · ${say(t)}`);

/** Keys of the two templates of a kept value, by its place. */
export const valueKeyAt = (at: number): string => `value.${at}`;
export const keyKeyAt = (at: number): string => `key.${at}`;

interface ToolField {
  readonly field: Field;
  readonly value: Json | undefined;
}

function fieldsOf(step: Step): ToolField[] {
  switch (step.kind) {
    case "loop":
      return [
        {
          field: { key: "list", label: both((t) => t.tools.loop.list), kind: "object", many: true, required: true },
          value: step.list,
        },
      ];
    case "delay":
      return [
        step.how.kind === "for"
          ? {
              field: { key: "amount", label: both((t) => t.tools.delay.amount), kind: "decimal", required: true },
              value: step.how.amount,
            }
          : {
              field: { key: "moment", label: both((t) => t.tools.delay.moment), kind: "dateTime", required: true },
              value: step.how.moment,
            },
      ];
    case "approval":
      return [
        {
          field: { key: "question", label: both((t) => t.tools.approval.question), kind: "longText", required: true },
          value: step.question,
        },
      ];
    case "set":
      return step.values.flatMap(({ name, how, value, key }, at): ToolField[] => [
        {
          field: {
            key: valueKeyAt(at),
            label: named(name, (t) => (how === "add" ? t.tools.set.amount : t.tools.set.value)),
            kind: how === "add" ? "decimal" : "longText",
          },
          value,
        },
        { field: { key: keyKeyAt(at), label: named(name, (t) => t.tools.set.key), kind: "text" }, value: key },
      ]);
    default:
      return [];
  }
}

/** The tool's templates with what they give on the sample. */
export function toolLines(step: Step, sources: readonly Source[], locale: Locale): MappingLine[] {
  return fieldsOf(step).map(({ field, value }) => {
    const isEmpty = value === undefined || value === null || value === "";
    return {
      field,
      value: isEmpty ? undefined : value,
      spoken: isEmpty ? null : spoken(value, sources, locale),
      shown: isEmpty ? null : onSample(value, sources),
      problem: null,
      unsure: false,
      isCommon: true,
    };
  });
}

/** A template with the sample's values in the places of its references; null where one of them is unknown. */
export function onSample(template: Json, sources: readonly Source[]): string | null {
  if (typeof template === "number") return String(template);
  if (typeof template !== "string") return null;
  let isKnown = true;
  const text = template.replace(REFERENCE, (reference) => {
    if (reference === '{{ "{" }}') return "{";
    const found = sources.flatMap(({ fields }) => fields).find((one) => one.template === reference);
    if (found === undefined) isKnown = false;
    return found?.shown ?? "";
  });
  return isKnown ? text : null;
}

/** The list behind a template that is one reference to it; null for anything else. */
export function listBehind(template: Json, sources: readonly Source[]): readonly Json[] | null {
  const found = sources.flatMap(({ fields }) => fields).find((one) => one.template === template)?.value;
  return Array.isArray(found) ? found : null;
}

/** Only lists, where there are any: nothing else can be gone through. */
export function listSources(sources: readonly Source[]): readonly Source[] {
  const lists = sources.map((source) => ({
    ...source,
    fields: source.fields.filter((one) => Array.isArray(one.value) || one.field.many === true),
  }));
  return lists.some(({ fields }) => fields.length > 0) ? lists : sources;
}

/** The edit that fills one of them; null where the tool has no such field. */
export function toolEdit(step: Step, key: string, value: Json | undefined): Edit | null {
  switch (step.kind) {
    case "loop":
      return key === "list" ? { do: "setLoop", step: step.id, list: value ?? "" } : null;
    case "delay":
      if (key === "amount" && step.how.kind === "for")
        return { do: "setDelay", step: step.id, how: { ...step.how, amount: value ?? "" } };
      return key === "moment" ? { do: "setDelay", step: step.id, how: { kind: "until", moment: value ?? "" } } : null;
    case "approval":
      return key === "question" ? { do: "setApproval", step: step.id, question: value ?? "" } : null;
    case "set": {
      const [part, place] = key.split(".");
      const at = Number(place);
      if ((part !== "value" && part !== "key") || step.values[at] === undefined) return null;
      const values = step.values.map((one, i): KeptValue => {
        if (i !== at) return one;
        const { [part]: _, ...rest } = one;
        return value === undefined || value === "" ? rest : { ...rest, [part]: value };
      });
      return { do: "setKept", step: step.id, values };
    }
    default:
      return null;
  }
}

/** The mapping as lines: each field with its value in people's form and what the sample makes of it. */

import { ConnectorError } from "../../connectors/kit/errors.ts";
import type { Field, Json, JsonObject, Text } from "../../connectors/kit/fields.ts";
import { isAsked, syntaxOf } from "../../connectors/kit/when.ts";
import { isUnlisted, UNLISTED } from "../connection/label.ts";
import type { MappingLine } from "../engine.ts";
import { convert, inField, mistakeOf } from "../values/convert.ts";
import { isEmpty, type ValueSettings } from "../values/settings.ts";
import { type Named, speak } from "../values/speak.ts";
import { references, render } from "../values/template.ts";
import { shownValue } from "./sources.ts";

export interface LinesAsk {
  readonly fields: readonly Field[];
  readonly values: Readonly<Record<string, Json>>;
  readonly unsure: readonly string[];
  /** What references find: the sample and the steps' declared outputs. */
  readonly data: JsonObject;
  /** The steps of `data` whose values are connectors' examples. */
  readonly examples?: ReadonlySet<string>;
  readonly named: readonly Named[];
  readonly settings: ValueSettings;
  /** Labels of listed values by field, where they are known. */
  readonly labels: Readonly<Record<string, string>>;
  /** What the account's lists take, by field, where they are known. */
  readonly listed?: ReadonlyMap<string, ReadonlySet<string>>;
}

/** A line for every field, and for every value whose field the account doesn't name at the moment. */
export function mappingLines(ask: LinesAsk): readonly MappingLine[] {
  const known = new Set(ask.fields.map(({ key }) => key));
  const strangers = Object.keys(ask.values)
    .filter((key) => !known.has(key))
    .map((key): Field => ({ key, label: { ru: key, en: key }, kind: "text", custom: true }));
  const asked = ask.fields.filter((field) => isAsked(field, ask.fields, ask.values));
  return [...asked, ...strangers].map((field) => lineOf(field, ask));
}

function lineOf(field: Field, ask: LinesAsk): MappingLine {
  const value = ask.values[field.key];
  const isCommon = field.common === true || field.required === true;
  const about = { field, value, unsure: ask.unsure.includes(field.key), isCommon };
  if (isEmpty(value) || value === undefined) {
    const problem: Text | null = field.required === true ? EMPTY : null;
    return { ...about, spoken: null, shown: null, problem };
  }
  if (field.secret === true) return { ...about, value: "•••", spoken: "•••", shown: null, problem: null };
  const label = ask.labels[field.key] ?? choiceLabel(field, value, ask.settings);
  const spoken = label ?? speak(value, ask.named);
  const { shown, problem, isMild } = shownOf(field, value, label, ask);
  const isExample = shown !== null && leansOnExample(value, ask);
  return { ...about, spoken, shown, problem, ...(isMild ? { isMild } : {}), ...(isExample ? { isExample } : {}) };
}

const leansOnExample = (value: Json, { examples }: LinesAsk): boolean =>
  references(value).some(({ ref }) => examples?.has(ref));

const EMPTY: Text = { ru: "Обязательное поле не заполнено.", en: "This required field is empty." };

/** What the sample gives. That it gives nothing is no problem yet: another event may. */
function shownOf(
  field: Field,
  value: Json,
  label: string | null,
  ask: LinesAsk,
): Pick<MappingLine, "shown" | "problem" | "isMild"> {
  try {
    const rendered = render(value, ask.data, ask.settings, syntaxOf(field, ask.fields, ask.values));
    if (isEmpty(rendered)) return { shown: null, problem: null };
    const converted = convert(field, rendered, ask.settings);
    if ("problem" in converted) return { shown: shownValue(rendered), problem: converted.problem };
    const mistake = converted.value === undefined ? null : mistakeOf(field, converted.value, ask.fields, ask.values);
    if (mistake !== null) return { shown: shownValue(rendered), problem: inField(field, mistake) };
    const isFixed = references(value).length === 0;
    const given = yesOrNo(field, converted.value, ask.settings) ?? shownValue(converted.value);
    const listed = ask.listed?.get(field.key);
    // Of a record that is still to be made the value isn't known yet.
    const isAlien =
      listed !== undefined && !leansOnExample(value, ask) && isUnlisted(listed, converted.value ?? rendered);
    const doubt = isAlien ? ({ problem: UNLISTED, isMild: true } as const) : { problem: null };
    return { shown: isFixed && label !== null ? label : given, ...doubt };
  } catch (error) {
    if (error instanceof ConnectorError) return { shown: null, problem: error.sentence };
    throw error;
  }
}

function choiceLabel(field: Field, value: Json, settings: ValueSettings): string | null {
  const chosen = field.choices?.find((choice) => choice.value === String(value))?.label[settings.locale];
  return chosen ?? yesOrNo(field, value, settings);
}

const YES: Text = { ru: "Да", en: "Yes" };
const NO: Text = { ru: "Нет", en: "No" };

/** Nobody chose `true`: the buttons say yes and no. */
function yesOrNo(field: Field, value: Json | undefined, { locale }: ValueSettings): string | null {
  if (field.kind !== "boolean" || !["true", "false"].includes(String(value))) return null;
  return (String(value) === "true" ? YES : NO)[locale];
}

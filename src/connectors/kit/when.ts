import type { Field, Json, Syntax } from "./fields.ts";

/**
 * Whether a field has anything to say beside these values. What isn't chosen counts as its initial value; a template
 * may become anything, so its fields stay.
 */
export function isAsked(field: Field, fields: readonly Field[], values: Readonly<Record<string, Json>>): boolean {
  const { when } = field;
  if (when === undefined) return true;
  const sibling = fields.find(({ key }) => key === when.field);
  if (sibling === undefined) return true;
  if (!isAsked(sibling, fields, values)) return false;
  const value = chosenOf(sibling, values);
  return value.includes("{{") || when.is.includes(value);
}

/** The syntax of a field's text beside these values; null for text that is nothing but text. */
export function syntaxOf(
  field: Field,
  fields: readonly Field[],
  values: Readonly<Record<string, Json>>,
): Syntax | null {
  const { syntax } = field;
  if (syntax === undefined || typeof syntax === "string") return syntax ?? null;
  const sibling = fields.find(({ key }) => key === syntax.by);
  const value = sibling === undefined ? "" : chosenOf(sibling, values);
  return Object.hasOwn(syntax.is, value) ? (syntax.is[value] ?? null) : null;
}

function chosenOf(field: Field, values: Readonly<Record<string, Json>>): string {
  const chosen = values[field.key];
  return chosen === undefined || chosen === null || chosen === "" ? (field.initial ?? "") : asWord(chosen);
}

/** No option is an object; one from outside may even lack a `toString`. */
const asWord = (value: Json): string => (typeof value === "object" ? JSON.stringify(value) : String(value));
